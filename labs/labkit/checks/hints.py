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
_SHAPES = ("Do the shapes fit in each product and sum?", "Print the shapes just before the line that raises.")


def raised(name: str, error: tuple[str, str], where: str) -> Hint:
    """Say that the function `name` raised: the type and the message of the exception."""
    kind, message = error
    plain = re.sub(r"\x1b\[\d*m|\{\{function_node .*?\}\} ?", "", message)  # colours; where TensorFlow ran
    lines = [line for line in plain.splitlines() if line.strip()]
    if lines and lines[0].startswith("Exception encountered when calling"):  # Keras puts this before the message
        lines = lines[1:]
    text = f"{kind}: {lines[0].strip()[:200]}" if lines else kind
    return Hint(f"{name} raises {text}{where}", *_RAISED.get(kind, _SHAPES))


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


def fresh(name: str, error: str) -> Hint:
    """Say that hidden cases fail, without a number of theirs."""
    return Hint(
        f"{name} is right on the examples you see, and {f'raises {error}' if error else 'wrong'} on fresh inputs.",
        "Does it rely on particular numbers, sizes or lengths?",
        "Try it with other sizes: one row, one step, one unit.",
    )


def impostor(name: str, kind: str, returns: str) -> Hint:
    """Say that the result does not depend on what came in, or is what came in."""
    seen = {
        "zeros": f"{name} returns zeros, whatever comes in.",
        "constant": f"{name} returns the same numbers, whatever comes in.",
        "echo": f"{name} returns one of its arguments as it came.",
    }[kind]
    return Hint(seen, "Does the computed value reach the return line?", f"The docstring: returns {returns}.")
