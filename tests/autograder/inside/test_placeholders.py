"""Only an import statement in a cell of the student's finds a placeholder; nothing of ours ever does."""

from __future__ import annotations

import linecache
import sys
from typing import Any

import pytest

from autograder.inside import placeholders
from autograder.inside.elsewhere import ELSEWHERE


@pytest.fixture
def cell(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run cells in a namespace for whose imports placeholders are found."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    monkeypatch.setattr(
        sys, "meta_path", [*sys.meta_path, placeholders.Finder(namespace, frozenset({"no_such_pandas"}))]
    )
    before = set(sys.modules)

    def run(source: str, where: dict[str, Any] = namespace) -> dict[str, Any]:
        linecache.cache["<cell>"] = (len(source), None, source.splitlines(keepends=True), "<cell>")
        exec(compile(source, "<cell>", "exec"), where)  # noqa: S102  (the cells stand below)
        return where

    yield run
    for name in set(sys.modules) - before:
        del sys.modules[name]


def test_what_is_imported_and_not_used_costs_nothing(cell: Any) -> None:
    names = cell("import no_such_pandas as pd\nfrom no_such_pandas.plotting import table\nsame = pd.DataFrame")
    assert repr(names["table"]) == "<no_such_pandas.plotting.table, which the grader has not got>"
    assert not hasattr(names["pd"], "__wrapped__")


@pytest.mark.parametrize(
    "use",
    ["pd.DataFrame([1])", "pd.options['x']", "pd.DataFrame + 1", "list(pd.columns)", "class A(pd.DataFrame): pass"],
)
def test_its_first_use_names_the_package(cell: Any, use: str) -> None:
    cell("import no_such_pandas as pd")
    with pytest.raises(placeholders.PackageMissingError, match="the grader has no package no_such_pandas"):
        cell(use)


def test_who_waits_for_the_error_gets_it(cell: Any) -> None:
    for kinds in ("ImportError", "(ValueError, ModuleNotFoundError)", "Exception", ""):
        found = cell(f"try:\n    import no_such_pandas\n    there = True\nexcept {kinds}:\n    there = False")
        assert found["there"] is False
    with pytest.raises(ModuleNotFoundError):
        cell("import no_such_pandsa")


def test_no_other_module_finds_one(cell: Any) -> None:
    with pytest.raises(ModuleNotFoundError):
        cell("import no_such_pandas", {"__name__": "a_library"})
    with pytest.raises(ModuleNotFoundError):
        cell("import importlib\nimportlib.import_module('no_such_pandas')")


def test_the_grader_has_none_itself() -> None:
    assert not [finder for finder in sys.meta_path if isinstance(finder, placeholders.Finder)]
    assert {"pandas", "sklearn", "torch", "seaborn"} <= ELSEWHERE
    assert not {"numpy", "tensorflow", "keras", "labkit"} & ELSEWHERE
