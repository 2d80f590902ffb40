"""What the cells of a notebook use of labkit: modules, attributes of these, and how the functions are called."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbformat import NotebookNode


class Use(NamedTuple):
    """One place: `module.attribute`, and, where it is called without stars, with how many arguments and which names."""

    module: str
    attribute: str
    positional: int | None = None
    keywords: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """How the place is written in a list: "labkit.data.flights"."""
        return f"{self.module}.{self.attribute}"


def of(cells: Iterable[NotebookNode]) -> set[Use]:
    """Find every use of labkit in code cells: imports, and attributes of what was imported."""
    trees = [ast.parse(_plain(cell.source)) for cell in cells if cell.cell_type == "code"]
    modules: dict[str, str] = {}
    found: set[Use] = set()
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "labkit":
                for alias in node.names:
                    modules[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                    found.add(Use(str(node.module), alias.name))
            elif isinstance(node, ast.Import):
                modules |= {alias.asname or alias.name: alias.name for alias in node.names if alias.name == "labkit"}
    for tree in trees:
        calls = {id(node.func): node for node in ast.walk(tree) if isinstance(node, ast.Call)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
                found.add(_use(modules[node.value.id], node.attr, calls.get(id(node))))
    return found


def _use(module: str, attribute: str, call: ast.Call | None) -> Use:
    if call is None or any(isinstance(one, ast.Starred) for one in call.args) or not all(k.arg for k in call.keywords):
        return Use(module, attribute)
    return Use(module, attribute, len(call.args), tuple(sorted(str(k.arg) for k in call.keywords)))


def _plain(source: str) -> str:
    """Leave out IPython's own commands."""
    return "\n".join("pass" if line.lstrip()[:1] in {"%", "!"} else line for line in source.splitlines())
