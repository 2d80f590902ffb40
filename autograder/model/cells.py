"""The cells of a lab's notebook: how they are marked, what kind each is, what names it binds."""

from __future__ import annotations

import ast
import re
from typing import Any

import nbformat
from nbformat import NotebookNode

EXERCISE_TITLE = re.compile(r"# (Exercise \d+\.\d+: \w+)")


BEGIN_SOLUTION, END_SOLUTION = "### BEGIN SOLUTION", "### END SOLUTION"


BEGIN_HIDDEN, END_HIDDEN = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"


BEGIN_MARKS, END_MARKS = "### BEGIN MARK SCHEME", "### END MARK SCHEME"


PLACE = "YOUR ANSWER HERE"  # nbgrader's stub of a written answer


# The title of a lab, and beside it which edition of the lab it is; without a label it is the first.
LAB_TITLE = re.compile(r"^# Lab \d+:", re.MULTILINE)
EDITION = re.compile(r"^[*_]Edition (\d{1,3})[*_][ \t]*$", re.MULTILINE)
ABOUT = "deep_sequence_labs"  # our own entry in the metadata of a notebook: {"edition": 2}


# Cells that nothing graded needs: the grader leaves them out.
EXPERIMENT_TAGS = frozenset({"demo", "train"})


def kind(cell: NotebookNode) -> str:
    """Name the kind of a cell: prose, given, experiment, exercise, check or written."""
    about = cell.metadata.get("nbgrader", {})
    if cell.cell_type == "markdown":
        return "written" if about.get("grade") else "prose"
    if about.get("solution"):
        return "exercise"
    if about.get("grade"):
        return "check"
    return "experiment" if EXPERIMENT_TAGS & set(cell.metadata.get("tags", [])) else "given"


def runs_in_examiner(cell: NotebookNode) -> bool:
    """Say whether a given cell also runs beside the checks (tag `both`: imports, fixtures)."""
    return kind(cell) == "given" and "both" in cell.metadata.get("tags", [])


def grade_id(cell: NotebookNode) -> str:
    """Return nbgrader's name of a cell, or an empty string."""
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def edition_in(text: str) -> int:
    """Return the edition in the text of a title cell; 1 for a title without a label, and 0 for any other text."""
    found = EDITION.search(text)
    return 0 if not LAB_TITLE.search(text) else int(found[1]) if found else 1


def edition_of(metadata: Any) -> int:
    """Return the edition that the metadata of a notebook says; 0 where it says none. Anybody may have made them."""
    about = metadata.get(ABOUT) if isinstance(metadata, dict) else None
    said = about.get("edition") if isinstance(about, dict) else None
    return said if type(said) is int and 0 < said < 1000 else 0


def title(cell: NotebookNode) -> str:
    """Return the title in the first line of an exercise cell: "Exercise 2.1: rnn_step"; empty when there is none."""
    found = EXERCISE_TITLE.match(cell.source)
    return found[1] if found else ""


def number_of(title: str) -> str:
    """Return the number in the title of an exercise or question: "2.1"; the title itself when there is none."""
    found = re.search(r"\d+\.\d+", title)
    return found[0] if found else title


def syntax_errors(notebook: NotebookNode, where: str) -> list[str]:
    """Name every code cell that is not valid Python."""
    found = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            try:
                compile(cell.source, cell.id, "exec")
            except SyntaxError as error:
                found.append(f"{where}: cell {cell.id!r} is not valid Python: {error.msg}, line {error.lineno}.")
    return found


def bound_names(source: str) -> set[str]:
    """List the names that a cell binds at its top level (functions, classes, assignments, imports)."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names | {
        node.name
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef)
    }


def bound_names_of_exercise(cell: NotebookNode) -> set[str]:
    """List the functions and classes (or, without any, the variables) that an exercise cell defines."""
    body = ast.parse(cell.source).body
    defined = {node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    return defined or {
        target.id
        for node in body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def one_call_decides(source: str) -> bool:
    """Say whether a check cell is `checks.f(f)`, and hidden, after imports, `checks.f(f, cases)`: nothing else."""
    public, _, rest = source.partition(BEGIN_HIDDEN)
    hidden, _, after = rest.partition(END_HIDDEN)
    imports = (ast.Import, ast.ImportFrom)
    shown, asked = ast.parse(public).body, [one for one in ast.parse(hidden).body if not isinstance(one, imports)]
    calls = [one.value for one in (*shown, *asked) if isinstance(one, ast.Expr) and isinstance(one.value, ast.Call)]
    if (len(shown), len(asked), len(calls)) != (1, 1, 2) or after.strip() or any(call.keywords for call in calls):
        return False
    first, second = calls
    same = ast.dump(first.func) == ast.dump(second.func) and isinstance(first.func, ast.Attribute)
    named = len(first.args) == 1 and isinstance(first.args[0], ast.Name)
    return same and named and len(second.args) == 2 and ast.dump(first.args[0]) == ast.dump(second.args[0])


def dumps(notebook: NotebookNode) -> str:
    """Write a notebook as text: the same bytes for the same content."""
    text: str = nbformat.writes(notebook, indent=1, sort_keys=True, ensure_ascii=False)
    return text.rstrip("\n") + "\n"
