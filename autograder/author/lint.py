"""Checks a lab before anybody sees it: fresh builds, no leaks, valid student cells, names that checks may use."""

from __future__ import annotations

import ast
import builtins
import json
import os
import re
import subprocess
import sys
from importlib import import_module
from typing import TYPE_CHECKING

import nbformat

from autograder.author import claims
from autograder.author.build import products
from autograder.model.cells import (
    BEGIN_HIDDEN,
    BEGIN_MARKS,
    BEGIN_SOLUTION,
    END_HIDDEN,
    END_MARKS,
    END_SOLUTION,
    bound_names,
    grade_id,
    kind,
    one_call_decides,
    runs_in_examiner,
    syntax_errors,
    title,
)
from labkit.checks import table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from nbformat import NotebookNode

    from autograder.model.lab import Lab

# A line with fewer characters, comments and spaces left out, says nothing of a solution ("return h", "else:").
TELLING = 14
FRAMEWORKS = ("tensorflow", "keras")
# Words that stand in a hidden test, a solution or a marking guide and nowhere in what a student gets.
MARKERS = (BEGIN_SOLUTION, BEGIN_HIDDEN, BEGIN_MARKS, "autograder.references", "reference.fresh")


def problems(lab: Lab) -> list[str]:
    """List what is wrong with a lab, one sentence each; an empty list means that it may be released."""
    found = syntax_errors(lab.notebook, f"solutions/{lab.name}/{lab.name}.py")
    found = found or [*_metadata(lab), *_names(lab), *_frameworks(lab)]
    if found:
        return found
    made = products(lab)
    found += stale(lab, made)
    found += _release(lab, made[lab.release_path])
    found += _deterministic(lab, made)
    found += claims.problems(lab)
    return found


def stale(lab: Lab, made: dict[Path, str]) -> list[str]:
    """Name the committed files that are not what the source gives."""
    return [
        f"{path.relative_to(lab.root)} is not what solutions/{lab.name}/{lab.name}.py gives: run `make labs`."
        for path, text in made.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]


def _metadata(lab: Lab) -> list[str]:
    ids = [grade_id(cell) for cell in lab.notebook.cells if grade_id(cell)]
    found = [f"{lab.name}: two cells have the grade_id {name!r}." for name in sorted(set(ids)) if ids.count(name) > 1]
    points = sum(cell.metadata["nbgrader"]["points"] for cell in lab.cells("check", "written"))
    if points != 100:
        found.append(f"{lab.name}: the points add up to {points}, not to 100.")
    found += [*_table(lab), *_numbers(lab), *_edition(lab)]
    for cell in lab.cells("exercise"):
        name = grade_id(cell).removeprefix("ex-")
        if not title(cell) or title(cell).split()[-1] != name or name not in bound_names(cell.source):
            found.append(f"{lab.name}: cell {grade_id(cell)!r} must begin with '# Exercise N.M: {name}' and define it.")
    for cell in lab.cells("check"):
        if BEGIN_HIDDEN not in cell.source or END_HIDDEN not in cell.source:
            found.append(f"{lab.name}: cell {grade_id(cell)!r} has no hidden tests.")
        elif not one_call_decides(cell.source):
            found.append(
                f"{lab.name}: cell {grade_id(cell)!r} must be one public call and one hidden call of the same check, "
                "of the same name: only then one call decides."
            )
        if "raises-exception" not in cell.metadata.get("tags", []):
            found.append(f"{lab.name}: cell {grade_id(cell)!r} needs the tag raises-exception: Run All must go on.")
    return found


def _edition(lab: Lab) -> list[str]:
    """Hold a lab to one edition: that of its title, of what it tells labkit, and of what labkit has as the newest."""
    newest = table.newest(lab.name)
    calls = (re.search(r"^checks\.edition\((\d+)\)", cell.source, re.MULTILINE) for cell in lab.cells("given"))
    told = next((int(call[1]) for call in calls if call), 1)
    if lab.edition == told == newest:
        return []
    said = f"its title says edition {lab.edition}, its imports tell labkit {told}"
    return [f"{lab.name}: {said}, and the newest in labkit/base/editions.py is {newest}."]


def _table(lab: Lab) -> list[str]:
    """Hold the table at the top of a lab, one row for each part, to the points of its cells."""
    points: dict[str, int] = {}
    part = ""
    for cell in lab.cells("exercise", "check", "written"):
        number = re.search(r"(?:Exercise|Question) (\d+)\.\d+", cell.source)
        part = number[1] if number and kind(cell) != "check" else part
        points[part] = points.get(part, 0) + cell.metadata["nbgrader"].get("points", 0)
    prose = "\n".join(cell.source for cell in lab.cells("prose"))
    said = {row[1]: int(row[2]) for row in re.finditer(r"^\| (\d+)\. .*\| (\d+) \|$", prose, flags=re.MULTILINE)}
    return [
        f"{lab.name}: the table says {said[part]} points for part {part}, and its cells give {points.get(part, 0)}."
        for part in said
        if said[part] != points.get(part, 0)
    ]


def _numbers(lab: Lab) -> list[str]:
    """Hold parts to their order, and every exercise and question to the number that its place gives it."""
    prose = "\n".join(cell.source for cell in lab.cells("prose"))
    parts = [int(number) for number in re.findall(r"^## Part (\d+)", prose, re.MULTILINE)]
    found = []
    if parts != list(range(1, len(parts) + 1)):
        found.append(f"{lab.name}: its parts are numbered {', '.join(map(str, parts))}.")
    table = import_module(f"labkit.checks.{lab.name}").EXERCISES
    for cell, part, place in _places(lab):
        name, said = grade_id(cell), re.search(r"(?:Exercise|Question) (\d+\.\d+)", cell.source)
        called = said[1] if said else "nothing"
        known = table.get(name.removeprefix("ex-"))
        if not part:
            found.append(f"{lab.name}: cell {name!r} stands in no part: it needs a heading '## Part N: ...' above it.")
        elif called != f"{part}.{place}":
            found.append(f"{lab.name}: cell {name!r} is called {called}, and by its place it is {part}.{place}.")
        if known and known.number != called:
            found.append(f"{lab.name}: cell {name!r} is called {called}, and its table of checks has {known.number}.")
    return found


def _places(lab: Lab) -> Iterator[tuple[NotebookNode, str, int]]:
    """Go through exercises and questions: each with the part that it stands in ("" for none), and its place there."""
    part, place = "", 0
    for cell in lab.cells("prose", "exercise", "written"):
        if kind(cell) != "prose":
            place += 1
            yield cell, part, place
        elif headings := re.findall(r"^## (?:Part (\d+))?", cell.source, re.MULTILINE):
            part, place = headings[-1], 0


def _names(lab: Lab) -> list[str]:
    """Hold every check cell to the names it may use: the student's exercises, `both` cells, and its own."""
    shared = set().union(*(bound_names(cell.source) for cell in lab.notebook.cells if runs_in_examiner(cell)))
    allowed = shared | lab.exercise_names | set(dir(builtins))
    found = []
    for cell in lab.cells("check"):
        strange = free_names(cell.source) - allowed
        found += [
            f"{lab.name}: cell {grade_id(cell)!r} uses {name!r}, which is neither an exercise nor bound by a cell "
            "tagged `both` nor by the check itself."
            for name in sorted(strange)
        ]
        if re.search(r"\ballclose\(", cell.source):
            found.append(f"{lab.name}: cell {grade_id(cell)!r} calls allclose, which broadcasts: use labkit.checks.")
    return found


def _frameworks(lab: Lab) -> list[str]:
    """Hold what runs in the examiner to NumPy: there, `import keras` binds a name, and nothing else is to be had."""
    trees = {
        grade_id(cell): ast.parse(cell.source)
        for cell in lab.notebook.cells
        if kind(cell) == "check" or runs_in_examiner(cell)
    }
    imports = [node for tree in trees.values() for node in ast.walk(tree) if isinstance(node, ast.Import)]
    named = {alias.asname or alias.name for node in imports for alias in node.names if alias.name in FRAMEWORKS}
    parts = re.compile(rf"^\s*(?:from|import) (?:{'|'.join(FRAMEWORKS)})(?: import|\.)", re.MULTILINE)
    return [
        f"{lab.name}: cell {name!r} uses {' and '.join(sorted(used)) or 'parts of a framework'} where checks run, and "
        "TensorFlow is not there: what is asked of it belongs into a probe."
        for name, tree in trees.items()
        if (used := _read(tree) & named) or parts.search(ast.unparse(tree))
    ]


def _read(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def free_names(source: str) -> set[str]:
    """List the names that a cell reads and does not bind."""
    tree = ast.parse(source)
    arguments = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    return _read(tree) - bound_names(source) - arguments


def _release(lab: Lab, text: str) -> list[str]:
    notebook = nbformat.reads(text, as_version=4)
    found = syntax_errors(notebook, f"labs/{lab.name}/{lab.name}.ipynb")
    found += [
        f"labs/{lab.name}/{lab.name}.ipynb: cell {cell.id!r} holds an output."
        for cell in notebook.cells
        if cell.cell_type == "code" and (cell.outputs or cell.execution_count is not None)
    ]
    return found + leaks({f"labs/{lab.name}/{lab.name}.ipynb": text}, [lab])


def secrets(lab: Lab) -> set[str]:
    """List the telling lines of a lab's solutions and hidden tests, without those that given cells show anyway."""
    hidden: set[str] = set()
    for cell in lab.cells("exercise", "check"):
        hidden |= _lines_between(cell, BEGIN_SOLUTION, END_SOLUTION) | _lines_between(cell, BEGIN_HIDDEN, END_HIDDEN)
    for cell in lab.cells("written"):
        hidden |= _lines_between(cell, BEGIN_MARKS, END_MARKS)
    return hidden


def leaks(files: dict[str, str], all_labs: Iterable[Lab]) -> list[str]:
    """Name every file that holds a line of a solution, of a hidden test or of a marking guide.

    files: name -> text; a notebook is read cell by cell, any other file line by line
    """
    hidden = set().union(*(secrets(lab) for lab in all_labs))
    found = []
    for name, text in files.items():
        plain = _plain(name, text)
        found += [f"{name} leaks {marker!r}." for marker in MARKERS if marker in plain and not name.endswith(".toml")]
        shown = sorted(hidden & _telling(plain))
        found += [f"{name} holds a line of a solution or a hidden test: {line!r}." for line in shown]
    return found


def _plain(name: str, text: str) -> str:
    if not name.endswith(".ipynb"):
        return text
    cells = json.loads(text)["cells"]
    parts = ["".join(cell["source"]) for cell in cells] + [json.dumps(cell.get("outputs", [])) for cell in cells]
    return "\n".join(parts)


def _lines_between(cell: NotebookNode, begin: str, end: str) -> set[str]:
    regions = re.findall(rf"{re.escape(begin)}(.*?){re.escape(end)}", cell.source, flags=re.DOTALL)
    return _telling("\n".join(regions))


def _telling(text: str) -> set[str]:
    """Return the lines that say something, without comments and spaces."""
    lines = {re.sub(r"\s+", "", re.sub(r"\s#\s.*$", "", line)) for line in text.splitlines()}
    return {line for line in lines if len(line) >= TELLING and not line.startswith("#")}


def _deterministic(lab: Lab, made: dict[Path, str]) -> list[str]:
    """Build once more, in a fresh process with another hash seed."""
    code = """
import json, sys
from pathlib import Path
from autograder.author.build import products
from autograder.model.lab import Lab
made = products(Lab(sys.argv[1], Path(sys.argv[2])))
print(json.dumps({str(path): text for path, text in made.items()}))
"""
    again = subprocess.run(
        [sys.executable, "-c", code, lab.name, str(lab.root)],
        # The code that runs here, also where it is not the one that is installed.
        env={
            "PYTHONHASHSEED": "1",
            "PATH": "",
            "HOME": str(lab.root),
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    other = json.loads(again.stdout)
    return [
        f"{path.relative_to(lab.root)}: two builds of the same source differ."
        for path, text in made.items()
        if other[str(path)] != text
    ]


def kinds(lab: Lab) -> dict[str, int]:
    """Count the cells of each kind."""
    names = [kind(cell) for cell in lab.notebook.cells]
    return {name: names.count(name) for name in sorted(set(names))}
