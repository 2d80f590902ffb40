"""The words of a failed check, three lines each: of every exercise here, of misconceptions in a lab's .toml files."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labkit.checks.compare import Problem


@dataclass(frozen=True)
class Hint:
    """Three lines for a student: what was seen, the likely cause as a question, where to look."""

    seen: str
    cause: str
    look: str


def read(lab: str) -> dict[str, dict[str, Hint]]:
    """Read the hints of a lab from every .toml file of its folder: exercise -> misconception -> hint."""
    parts = (file for file in files("labkit.checks").joinpath(lab).iterdir() if file.name.endswith(".toml"))
    tables = (tomllib.loads(file.read_text(encoding="utf-8")) for file in parts)
    return {
        name: {key: Hint(**lines) for key, lines in rows.items()} for table in tables for name, rows in table.items()
    }


_RAISED = {
    "NameError": ("Is the name spelled as where it is made, and has that cell run?", "The name in the message."),
    "UnboundLocalError": ("Is the variable used before it gets a value?", "The name in the message."),
    "AttributeError": ("Does this object have what stands behind the dot?", "The type of the object in the message."),
    "KeyError": ("Which key is looked up, and who put it there?", "Print the keys just before the line that raises."),
    "IndexError": (
        "How long is the axis that is indexed?",
        "Print the index and the shape just before the line that raises.",
    ),
    "TypeError": (
        "Does each call get the arguments it takes, each of the right type?",
        "Print the types just before that line.",
    ),
    "ZeroDivisionError": ("Can the divisor be 0?", "Print the divisor just before the line that raises."),
    "RecursionError": ("Does the function call itself?", "The calls inside the function."),
}
# What the message of an exception says, whatever its type: the first that is found in it counts.
_SAYS: tuple[tuple[str, tuple[str, str]], ...] = (
    (
        r"truth value of an (array|empty)|a symbolic `?tf\.Tensor`? as a Python `?bool|ambiguous",
        (
            "Does an `if`, an `and` or a `while` ask a whole array for one answer?",
            "Where it chooses number by number: np.where or tf.where does.",
        ),
    ),
    (
        r"weak reference to '?NoneType|'?NoneType'? object|None values not supported|convert a value \(None\)",
        (
            "Does every function, and `call`, end in a `return`, and has what is used been made?",
            "Each path through the function, down to its last line.",
        ),
    ),
    (
        r"(too many|not enough) values to unpack|cannot unpack|Expected \d+ values",
        ("How many values does the right side give?", "Print what the call on the right side of that line returns."),
    ),
    (
        r"No gradients provided for any variable|`?grads_and_vars`? .*empty",
        (
            "Is the loss computed inside `with tf.GradientTape()`, from the model's own output?",
            "What is indented below the `with`, and what is not.",
        ),
    ),
    (
        r"Cannot convert a symbolic|NumPy call|numpy\(\)|convert a Tensor of dtype .* to a NumPy array",
        (
            "Does a step ask a tensor for its numbers: NumPy, float(...), .numpy()?",
            "In a graph a tensor has no numbers yet: each step must be one of TensorFlow's.",
        ),
    ),
    (
        r"expected to be a \w+ tensor but is a \w+ tensor|cannot be cast|Cannot cast|numpy boolean subtract",
        (
            "Do two dtypes meet that do not mix: bool and float, int and float?",
            "The dtype of each side; tf.cast and .astype make one from the other.",
        ),
    ),
    (
        r"'float' object cannot be interpreted as an integer|must be an integer|only integer|integer scalar",
        (
            "Does `/` give a float where a whole number is needed?",
            "Sizes, indices and repeats: `//` divides whole numbers.",
        ),
    ),
    (
        r"inhomogeneous shape|setting an array element with a sequence|ragged|lists? of different lengths",
        (
            "Are lists of different lengths made into one array?",
            "The line that makes the array: each row needs the same length.",
        ),
    ),
    (
        r"was never called|has never been called|not been built|KerasTensor|not a Keras|must be called on",
        (
            "Is a layer made, and then called on its input?",
            "layer(...)(x): the first brackets make it, the second use it.",
        ),
    ),
    (
        r"should be passed as a keyword argument",
        (
            "Does a layer get something that is no tensor, without its name?",
            "layer(x, training=training): the name stands before it.",
        ),
    ),
    (
        r"return_state|return_sequences|expected ndim=|is incompatible with the layer",
        (
            "Does a layer get or give another number of axes than you think?",
            "What the layer before returns: return_sequences and return_state change it.",
        ),
    ),
    (
        r"out of bounds|out of range|axis -?\d+ is",
        (
            "How long is the axis that is indexed, and how many axes are there?",
            "Print the shape just before that line.",
        ),
    ),
)
_SHAPES = ("Do the shapes fit in each product and sum?", "Print the shapes just before the line that raises.")


def raised(name: str, error: tuple[str, str], where: str) -> Hint:
    """Say that the function `name` raised: the type and the message of the exception."""
    kind, message = error
    plain = re.sub(r"\x1b\[\d*m|\{\{function_node .*?\}\} ?", "", message)  # colours; where TensorFlow ran
    lines = [line for line in plain.splitlines() if line.strip()]
    while lines and re.match(r"Exception encountered when calling|Graph execution error:|Detected at node", lines[0]):
        lines = lines[1:]  # Keras and TensorFlow put this before the message
    text = f"{kind}: {lines[0].strip()[:200]}" if lines else kind
    words = next((words for says, words in _SAYS if re.search(says, plain)), _RAISED.get(kind, _SHAPES))
    return Hint(f"{name} raises {text}{where}", *words)


def different(problem: Problem, returns: str, where: str, right: str) -> Hint:
    """Say in general words what is wrong with a result; `right` names the parts that are right already."""
    seen = f"{problem.part or 'The result'} {problem.seen}"
    if problem.place:
        seen += f" first at {problem.place}" if problem.kind != "finite" else f" at {problem.place}"
    if problem.numbers and problem.kind != "finite":
        seen += f"{';' if problem.kind == 'shape' else ':'} {problem.numbers}"
    look = f"The docstring: returns {returns}."
    if problem.kind == "precision":
        seen = f"{problem.part or 'The result'} is right to about four digits; this gradient needs float64"
        return Hint(
            f"{seen}{where}.{right}",
            "Does a float32 value or a rounding enter somewhere?",
            "The dtype of each array that you make.",
        )
    cause, look = {
        "type": (
            "Which line makes numbers of this dtype?"
            if problem.seen.startswith("has dtype")
            else "Does every path end in a return, with the type that is asked?",
            look,
        ),
        "shape": ("Is an axis missing, left over, or in another place?", look),
        "finite": (
            "Does an exponential, a logarithm or a division leave the range of floats?",
            "Print what enters each exponential, logarithm and division.",
        ),
    }.get(problem.kind, ("Which line, or which term of a formula, gives this entry?", f"{look} Try it by hand."))
    return Hint(f"{seen}{where}.{right}", cause, look)


def missing(name: str, number: str, *, defined: bool = True) -> Hint:
    """Say that there is no function to check: the name stands for something else, or for nothing."""
    seen = f"{name} is not a function or class." if defined else f"{name} is not defined."
    return Hint(seen, "Did its cell run without an error?", f"The cell of Exercise {number}.")


def needs(name: str, other: str, title: str) -> Hint:
    """Say that the function calls one that is not written yet."""
    return Hint(
        f"{name} calls a function that is not written yet: needs Exercise {other}.",
        f"Is Exercise {other} still to do?",
        f"The cell of {title}.",
    )


def changed(name: str, argument: str) -> Hint:
    """Say that an argument was changed."""
    return Hint(
        f"The values are right, but {name} changes its argument {argument}.",
        "Is there a `+=`, a `.sort()` or an assignment to an entry of an argument?",
        "Make a new array or list, and leave the argument as it came.",
    )


def fresh(name: str, error: str, label: str) -> Hint:
    """Say that hidden cases fail, without a number of theirs. label: what is special about the first that does."""
    how, where = f"raises {error}" if error else "wrong", f" (case: {label})" if label else ""
    return Hint(
        f"{name} is right on the examples you see, and {how} on fresh inputs{where}.",
        "Does it rely on particular numbers, sizes or lengths?",
        "Try it with other sizes: one row, one step, one unit.",
    )


_WAYS = {
    "in_graph": (
        "{name} is right when it is called directly, and not inside a tf.function, where this lab uses it.",
        "Does a step ask a tensor for its numbers: NumPy, float(...), .numpy(), an `if` on a value?",
        "In a graph a tensor has a shape and a dtype, and no numbers yet: each step must be one of TensorFlow's.",
    ),
    "not_differentiable": (
        "{name} gives the right numbers, and TensorFlow finds no way back from them to what they hang on.",
        "Does a step leave TensorFlow: NumPy, .numpy(), a new constant, tf.stop_gradient?",
        "Each function that the numbers pass on their way to the result.",
    ),
    "gradient_not_finite": (
        "{name} gives numbers, and a gradient that is infinite or not a number.",
        "Is something infinite computed first, and chosen away afterwards?",
        "Each exponential, logarithm, root and division.",
    ),
    "gradient": (
        "{name} gives the right numbers, and a wrong gradient: training would go another way.",
        "Is a part of the result kept from the gradient, or counted twice?",
        "tf.stop_gradient, .numpy(), constants, and each term that enters more than once.",
    ),
    "in_training": (
        "{name} gives something else in training than it should.",
        "Is there a layer that does another thing in training, such as Dropout?",
        "The layers between what comes in and what goes out.",
    ),
    "again": (
        "{name} is right the first time, and not when it is used again with other numbers.",
        "Is something kept from the first call?",
        "What is made once and never again: attributes, caches, constants.",
    ),
    "after_graph": (
        "{name} is right inside a tf.function, and not when it is called directly afterwards.",
        "Is a tensor kept that was made inside the graph?",
        "Caches and other things that outlive a call.",
    ),
    "keras_weights": (
        "{name} is right with tensors, and not with the weights of a Keras layer, which a block hands on.",
        "Which step takes tensors only?",
        "tf.convert_to_tensor makes a tensor of a weight; tf.matmul takes both.",
    ),
    "frozen": (
        "{name} is right as long as all layers learn, and not when one of them is frozen.",
        "Which weights of a model are trained?",
        "The weights that the gradients are taken of: model.trainable_variables.",
    ),
    "other_object": (
        "Two objects of {name} do not keep to themselves: what one holds changes the other.",
        "Do the objects share a layer or a weight?",
        "What is made outside of __init__ and build, or in a default argument.",
    ),
    "training_unsaid": (
        "{name} does in training only what it should do, but not where nobody says whether it trains.",
        "What is `training` when nobody says it?",
        "The default of `training` in call.",
    ),
    "mask_in_training": (
        "{name} is right without a mask, or outside of training, and not with a mask in training.",
        "Does the mask hang on `training`?",
        "Every place where the mask is handed on.",
    ),
}


def other_way(name: str, way: str, seen: str) -> Hint:
    """Say in which other way of using it a function is wrong; seen: an error that stopped it there."""
    first, cause, look = _WAYS[way]
    return Hint(first.format(name=name) + (f" It stops with {seen}" if seen else ""), cause, look)


def impostor(name: str, kind: str, returns: str) -> Hint:
    """Say that the result does not depend on what came in, or is what came in."""
    seen = {
        "zeros": f"{name} returns zeros, whatever comes in.",
        "constant": f"{name} returns the same numbers, whatever comes in.",
        "echo": f"{name} returns one of its arguments as it came.",
    }[kind]
    return Hint(seen, "Does the computed value reach the return line?", f"The docstring: returns {returns}.")
