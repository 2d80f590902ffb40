"""Mutants that go wrong only sometimes: for large or single rows, the second time, in a graph, for rare numbers.

The operators of `mutation_operators` change a place; these put a line at the top of the solution that changes an
argument under a condition, or wrap the solution. Which of them fit an argument follows from the cases of the exercise.
"""

from __future__ import annotations

import ast
import copy
import re
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.checks import ways

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROWS, LENGTH = 4, 20  # what a small case has at most
_LONG = {"floats", "ints", "bools", "list", "text"}
_WEIGHT = re.compile(r"(W|U|b|P|weights)(_|$)")
_OF_CALL = {"inputs": "floats", "states": "floats", "x": "floats", "mask": "bools"}
NAME = "faults"  # under which a mutant finds autograder.author.mutation_faults


@dataclass(frozen=True)
class Usage:
    """How an exercise is used: what its arguments are, and whether TensorFlow traces and differentiates it.

    arguments: name -> "floats", "ints", "bools", "number", "count", "text", "list", "table"
    batched: the arguments that have a batch, or a length, that a student may think is small
    tables: those that are arrays with several axes
    arrays: whether the arguments come as NumPy's arrays, which can be written into
    """

    arguments: Mapping[str, str]
    batched: frozenset[str] = frozenset()
    tables: frozenset[str] = frozenset()
    differentiated: bool = False
    traced: bool = False
    arrays: bool = True


def usage(lab: str, name: str) -> Usage:
    """Say how an exercise is used, by the cases that are drawn for it; of a class, by what its `call` is given."""
    reference = import_module(f"autograder.references.{lab}").REFERENCES[name]
    exercise = import_module(f"labkit.checks.{lab}").EXERCISES[name]
    arguments: dict[str, str] = {}
    if exercise.probe:
        arguments = dict(_OF_CALL)
    tables = set(_OF_CALL) - {"mask"} if exercise.probe else set()
    for drawn, _ in reference.draw(np.random.default_rng(1)):
        tables |= {one for one, value in drawn.items() if isinstance(value, np.ndarray) and value.ndim > 1}
        arguments |= {one: what for one, value in drawn.items() if (what := kind(value))}
    batched = {one for one, what in arguments.items() if what in _LONG and not _WEIGHT.match(one)}
    return Usage(
        arguments,
        frozenset(batched),
        frozenset(tables & {one for one in batched if arguments[one] != "bools"}),
        differentiated=exercise.ways is not None,
        traced=exercise.ways not in {None, ways.taped},
        arrays=exercise.probe is None,
    )


def without_numbers(used: Usage) -> Usage:
    """Leave out what is done to single numbers: with stand-ins for what they are handed to, they do little."""
    return replace(used, arguments={one: what for one, what in used.arguments.items() if what != "number"})


def kind(value: Any) -> str:
    """Say what an argument of a case is."""
    if isinstance(value, np.ndarray):
        return {"f": "floats", "i": "ints", "b": "bools"}[value.dtype.kind]
    if isinstance(value, list) and value and isinstance(value[0], np.ndarray):
        return "floats"
    if isinstance(value, bool) or value is None:
        return ""
    return {int: "count", float: "number", str: "text", list: "list", dict: "table"}.get(type(value), "")


def usual(tree: ast.Module, inside: set[int], usage: Usage) -> Iterator[tuple[ast.Module, int]]:
    """Give programs that use an argument wrongly under a condition, each with the line of the solution's first step."""
    for path in _functions(tree):
        function = _at(tree, path)
        places = [place for place, one in enumerate(function.body) if one.lineno in inside]
        if not places:
            continue
        names = [one.arg for one in function.args.args]
        for line in _lines(names, usage):
            changed = copy.deepcopy(tree)
            _at(changed, path).body.insert(places[0], ast.parse(line).body[0])
            yield changed, function.body[places[0]].lineno
        for name in names:
            if usage.arguments.get(name) in {"floats", "ints", "bools", "list", "table"} and usage.arrays:
                changed = copy.deepcopy(tree)
                body = _at(changed, path).body
                wrapped = ast.parse(f"try:\n    pass\nfinally:\n    {NAME}.written({name})").body[0]
                assert isinstance(wrapped, ast.Try)  # noqa: S101  (for the type checker)
                wrapped.body = body[places[0] : places[-1] + 1]
                body[places[0] : places[-1] + 1] = [wrapped]
                yield changed, function.body[places[0]].lineno
        for place, default in enumerate(function.args.defaults):
            if isinstance(default, ast.Constant) and isinstance(default.value, bool | int | float):
                value = not default.value if isinstance(default.value, bool) else default.value / 2
                changed = copy.deepcopy(tree)
                _at(changed, path).args.defaults[place] = ast.Constant(value)
                yield changed, function.body[places[0]].lineno


def _lines(names: list[str], usage: Usage) -> Iterator[str]:
    for name in names:
        what = usage.arguments.get(name, "")
        conditions, changes = [], []
        if name in usage.batched:
            conditions += [f"{NAME}.rows({name}) > {ROWS}", f"{NAME}.longest({name}) > {LENGTH}"]
            if name in usage.tables:
                conditions += [f"{NAME}.rows({name}) == 1", f"{NAME}.square({name})"]
        if usage.traced and what in {"floats", "bools", "ints"}:
            conditions.append(f"{NAME}.tracing()")
        if "training" in names and what:
            conditions += ["training"]
        changes += [f"{NAME}.bent({name}) if {condition} else {name}" for condition in conditions]
        if what in {"floats", "ints"} and name in usage.batched:
            changes.append(f"{NAME}.narrowed({name})")
        changes += {
            "floats": [f"{NAME}.clipped({name}, -3, 3)"] if name in usage.batched else [],
            "ints": [f"{NAME}.clipped({name}, 0, 99)"],
            "number": [f"max({name}, 0.1)", *([f"min({name}, 3.0)"] if name != "top_p" else [])],
            "count": [f"min({name}, {LENGTH})"],
        }.get(what, [])
        if usage.differentiated and what == "floats":
            changes += [f"{NAME}.stopped({name})", f"{NAME}.doubled({name})"]
        if what:
            changes.append(f"{NAME}.first({name!r}, {name})")
        yield from (f"{name} = {change}" for change in changes)


def _functions(tree: ast.AST, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the paths of the functions of a cell, and of the methods of its classes."""
    for place, node in enumerate(getattr(tree, "body", [])):
        if isinstance(node, ast.FunctionDef):
            yield (*path, place)
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node, (*path, place))


def _at(tree: Any, path: tuple[int, ...]) -> Any:
    for place in path:
        tree = tree.body[place]
    return tree
