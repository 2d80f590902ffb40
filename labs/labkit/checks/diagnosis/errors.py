"""Says of a function that raised what its exception means, and in which line."""

from __future__ import annotations

import re

from labkit.checks.hints import Hint

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
        r"learning_rate`? should be|optimizer cannot recognize variable|Unknown variable",
        (
            "Is an optimizer made in this call, or used for another model than its own?",
            "The optimizer that is given keeps its moments from step to step: use that one.",
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
_LINE = 100  # characters of a student's line that a hint shows
_SAID = (
    "What does the message say of the value that it got?",
    "The call in that line: what is given to it, and what it expects.",
)
_BEFORE = re.compile(
    r"Exception encountered when calling|Graph execution error:|Detected at node|\s*File \"|Traceback|\s*\^"
)
_ABOUT_SHAPES = re.compile(r"shape|dimension|broadcast|matmul|size|rank|axis|axes|concat|reshape|length", re.IGNORECASE)
_SHAPES = ("Do the shapes fit in each product and sum?", "Print the shapes just before the line that raises.")


def raised(name: str, error: tuple[str, str], where: str, line: str = "", shapes: str = "") -> Hint:
    """Say that the function `name` raised: the type and the message of the exception, and the line that did.

    shapes: those of the arguments of this call, for exceptions that have to do with shapes
    """
    kind, message = error
    plain = re.sub(r"\x1b\[\d*m|\{\{function_node .*?\}\} ?", "", message)  # colours; where TensorFlow ran
    lines = [line for line in plain.splitlines() if line.strip()]
    # What Keras and TensorFlow put before the message.
    while len(lines) > 1 and _BEFORE.match(lines[0]):
        lines = lines[1:]
    text = f"{kind}: {lines[0].strip()[:200]}" if lines else kind
    rest = _SHAPES if _ABOUT_SHAPES.search(plain) else _SAID
    cause, look = next((words for says, words in _SAYS if re.search(says, plain)), _RAISED.get(kind, rest))
    if shapes and look == _SHAPES[1]:
        look = f"{look} Here come in: {shapes}."
    stands = f", in the line `{line if len(line) <= _LINE else line[: _LINE - 3] + '...'}`" if line else ""
    return Hint(f"{name} raises {text}{stands}{where}", cause, look)
