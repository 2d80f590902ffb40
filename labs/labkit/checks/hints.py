"""The words of a failed check, three lines each: of every exercise here, of misconceptions in a lab's .toml files."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

    from labkit.checks.compare import Problem


@dataclass(frozen=True)
class Hint:
    """Three lines for a student: what was seen, the likely cause as a question, where to look."""

    seen: str
    cause: str
    look: str


def read(lab: str) -> dict[str, dict[str, Hint]]:
    """Read the hints of a lab from every .toml file below its folder: exercise -> misconception -> hint."""
    tables = (tomllib.loads(text) for text in _texts(files("labkit.checks").joinpath(lab)))
    return {
        name: {key: Hint(**lines) for key, lines in rows.items()} for table in tables for name, rows in table.items()
    }


def _texts(folder: Traversable) -> Iterator[str]:
    for one in folder.iterdir():
        if one.is_dir():
            yield from _texts(one)
        elif one.name.endswith(".toml"):
            yield one.read_text(encoding="utf-8")


def different(problem: Problem, returns: str, where: str, right: str, *, alone: bool = False) -> Hint:
    """Say in general words what is wrong with a result; `right` names the parts that are right already.

    alone: most other cases are right, so that something is special about this one
    """
    seen = f"{problem.part or 'The result'} {problem.seen}"
    if problem.place:
        seen += f" first at {problem.place}" if problem.kind != "finite" else f" at {problem.place}"
    if problem.numbers and problem.kind != "finite":
        seen += f"{';' if problem.kind == 'shape' else ':'} {problem.numbers}"
    look = f"The docstring: returns {returns}."
    if problem.kind == "precision":
        what = problem.part or "The result"
        seen = f"{what} is right to about four digits only; this gradient is computed in float64"
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
        "shape": ("Is an axis missing, left over, in another place, or of a fixed length?", look),
        "finite": (
            "Does an exponential, a logarithm, a square or a division leave the range of its floats?",
            "Print what enters each of these; float32 ends at 3e38.",
        ),
    }.get(problem.kind, _APART if alone else ("Which term of a formula gives this entry?", f"{look} Try it by hand."))
    return Hint(f"{seen}{where}.{right}", cause, look)


_APART = (
    "What sets this case apart: its sizes, a mask, how large or small its numbers are, what an earlier call has left?",
    "The line that treats such sizes or numbers in another way, or should, and what lives longer than one call.",
)


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


def package(name: str, lacking: str) -> Hint:
    """Say that the function uses a package that is not there when it is graded."""
    return Hint(
        f"{name} uses {lacking}, which the grader has not got.",
        "Can NumPy or TensorFlow do this step?",
        f"Every line in which {lacking} stands.",
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
        "Does it rely on particular numbers, sizes or lengths, or on what an earlier call has left?",
        "Try it with other sizes: one row, one step, one unit, and very many of each.",
    )


_WAYS = {
    "in_graph": (
        "{name} is right when it is called directly, and not inside a tf.function, where this lab uses it.",
        "Does a step ask a tensor for its numbers: NumPy, float(...), .numpy(), an `if` on a value?",
        "In a graph a tensor has a shape and a dtype, and no numbers yet: each step must be one of TensorFlow's.",
    ),
    "not_differentiable": (
        "{name} gives the right numbers, and TensorFlow finds no way back from them to what they hang on.",
        "Does a step leave TensorFlow (NumPy, .numpy(), a new constant), stop the gradient, or freeze a layer?",
        "Each function that the numbers pass on their way; tf.stop_gradient; `trainable` of each layer and weight.",
    ),
    "gradient_not_finite": (
        "{name} gives numbers, and a gradient that is infinite or not a number.",
        "Is something infinite computed first, and chosen away afterwards?",
        "Each exponential, logarithm, root and division.",
    ),
    "gradient": (
        "{name} gives the right numbers, and a wrong gradient: training would go another way.",
        "Is a part of the result kept from the gradient, or counted twice?",
        "tf.stop_gradient, tf.custom_gradient, .numpy(), constants, and each term that enters more than once.",
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


_VARIABLE = (
    "Is a tf.Variable made in each call?",
    "A graph makes its variables once: a result that is computed anew needs none, a tensor serves.",
)
_OTHER_IN_GRAPH = (
    "{name} gives something else inside a tf.function, where this lab uses it, than when it is called directly.",
    "Does something hang on where it is called, or on what a tensor holds while TensorFlow traces?",
    "Each `if`, tf.executing_eagerly(), and numbers that are drawn or computed once, while the graph is made.",
)


def other_way(name: str, way: str, seen: str) -> Hint:
    """Say in which other way of using it a function is wrong; seen: an error that stopped it there."""
    first, cause, look = _WAYS[way]
    if way == "in_graph" and (not seen or "tf.Variable" in seen):
        first, cause, look = (first, *_VARIABLE) if seen else _OTHER_IN_GRAPH
    return Hint(first.format(name=name) + (f" It stops with {seen}" if seen else ""), cause, look)


def impostor(name: str, kind: str, returns: str) -> Hint:
    """Say that the result does not depend on what came in, or is what came in."""
    seen = {
        "zeros": f"{name} returns zeros, whatever comes in.",
        "constant": f"{name} returns the same numbers, whatever comes in.",
        "echo": f"{name} returns one of its arguments as it came.",
    }[kind]
    return Hint(seen, "Does the computed value reach the return line?", f"The docstring: returns {returns}.")
