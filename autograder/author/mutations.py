"""Changes a solution in one small place at a time: operators, constants, arguments, indices, names, statements."""

from __future__ import annotations

import ast
import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autograder.author import mutation_usage
from autograder.author.mutation_operators import others
from autograder.base.errors import UserFacingError
from autograder.model.cells import BEGIN_SOLUTION, END_SOLUTION

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Mutant:
    """A solution cell with one change. line: in the cell; before, after: the statement that changed."""

    line: int
    before: str
    after: str
    source: str


@dataclass(frozen=True)
class _Slot:
    """Where a node hangs in the tree: the steps from the root, each an attribute and perhaps an index."""

    path: tuple[tuple[str, int | None], ...]
    node: ast.AST


def mutants(source: str, usage: mutation_usage.Usage | None = None) -> list[Mutant]:
    """List the mutants of an exercise cell: the same ones, in the same order, for the same source.

    Only what stands between the solution markers is changed, and a default value, when it is known how the exercise is
    used. Raises UserFacingError for a cell without markers.
    """
    lines = source.splitlines()
    inside = _solution_lines(lines)
    tree = ast.parse(source)
    whole = ast.unparse(tree)
    seen = {whole}
    found = []
    for slot, scope in _slots(tree, (), ()):
        if getattr(slot.node, "lineno", 0) not in inside:
            continue
        for other in others(slot.node, scope):
            changed = copy.deepcopy(tree)
            _put(changed, slot.path, other)
            text = ast.unparse(ast.fix_missing_locations(changed))
            if text not in seen:
                seen.add(text)
                before, after = _difference(whole, text)
                found.append(Mutant(slot.node.lineno, before, after, text))  # type: ignore[attr-defined]
    for changed, line in mutation_usage.usual(tree, inside, usage) if usage else ():
        text = ast.unparse(ast.fix_missing_locations(changed))
        if text not in seen:
            seen.add(text)
            found.append(Mutant(line, *_difference(whole, text), text))
    return found


def _solution_lines(lines: list[str]) -> set[int]:
    inside, open_ = set(), False
    for number, line in enumerate(lines, start=1):
        if line.strip() == BEGIN_SOLUTION:
            open_ = True
        elif line.strip() == END_SOLUTION:
            open_ = False
        elif open_:
            inside.add(number)
    if not inside:
        raise UserFacingError(f"The cell {lines[0]!r} has no line between {BEGIN_SOLUTION} and {END_SOLUTION}.")
    return inside


def _difference(before: str, after: str) -> tuple[str, str]:
    """Take what two programs do not share: whole lines."""
    one, two = before.splitlines(), after.splitlines()
    while one and two and one[0] == two[0]:
        one, two = one[1:], two[1:]
    while one and two and one[-1] == two[-1]:
        one, two = one[:-1], two[:-1]
    return "\n".join(one).strip(), "\n".join(two).strip()


def _slots(
    node: ast.AST, path: tuple[tuple[str, int | None], ...], scope: tuple[str, ...]
) -> Iterator[tuple[_Slot, tuple[str, ...]]]:
    if isinstance(node, ast.FunctionDef):
        scope = _names(node)
    for name, value in ast.iter_fields(node):
        children = enumerate(value) if isinstance(value, list) else [(None, value)]
        for index, child in children:
            label = isinstance(child, ast.keyword) and child.arg == "name"  # shown in summaries only
            if isinstance(child, ast.AST) and not label:
                here = (*path, (name, index))
                yield _Slot(here, child), scope
                yield from _slots(child, here, scope)


def _names(function: ast.FunctionDef) -> tuple[str, ...]:
    """List the variables of a function: arguments and what it assigns."""
    names = [argument.arg for argument in function.args.args if argument.arg != "self"]
    names += [node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    return tuple(dict.fromkeys(names))


def _put(tree: ast.AST, path: tuple[tuple[str, int | None], ...], node: ast.AST) -> None:
    for name, index in path[:-1]:
        child: Any = getattr(tree, name)
        tree = child if index is None else child[index]
    name, index = path[-1]
    if index is None:
        setattr(tree, name, node)
    else:
        getattr(tree, name)[index] = node
