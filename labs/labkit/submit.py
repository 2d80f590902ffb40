"""Looks at a notebook before it is handed in: what is attempted, what passes, what the grader would have to repair."""

from __future__ import annotations

import io
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from labkit.base import colab, grader
from labkit.checks.judge import verdict
from labkit.checks.table import judging

Notebook = Mapping[str, Any]
LARGE = 20_000_000  # bytes; the grader takes more, but an e-mail or an LMS may not
SHOWN = 4  # exercises that a warning names
_TITLE = re.compile(r"^[^\w\n]{0,20}(Exercise \d+\.\d+: \w+)", re.MULTILINE)


def submit_check() -> None:
    """Print what of this lab is attempted and passes, and warn of what would be wrong with the file.

    Call it in the last cell of a lab. It changes nothing and hands in nothing; the grader draws other cases, too.
    """
    names = _names()
    checks = _checks(names)
    if checks is None:
        print("Run the cells from the top of the notebook first: this looks at what they define.")
        return
    lines, passed = _states(checks, names)
    print("\n".join(lines))
    print(f"\n{passed} of {len(lines)} pass their examples. The grader tries others, too.")
    found = saved()
    if found is None:
        warnings = ["The notebook's file was not found from here. Save it, and look at what you hand in once more."]
    else:
        warnings = [*problems(found, checks, ran=[str(cell) for cell in names.get("In", [])])]
    for warning in warnings:
        print(f"! {warning}")
    if not warnings:
        print(f"{checks.LAB}.ipynb is ready to be handed in. (What you changed after the last save is not in it.)")


@dataclass(frozen=True)
class Saved:
    """A notebook as its file or its editor has it. name: of the file, empty where nobody says it; size: in bytes."""

    notebook: Notebook
    name: str
    size: int


def _names() -> Mapping[str, Any]:
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    return shell.user_ns if shell else vars(sys.modules["__main__"])


def _checks(names: Mapping[str, Any]) -> ModuleType | None:
    """Return the checks of the lab that the notebook has imported."""
    modules = (value for value in list(names.values()) if isinstance(value, ModuleType))
    return next((module for module in modules if hasattr(module, "EXERCISES") and hasattr(module, "LAB")), None)


def _exercises(checks: ModuleType) -> dict[str, Any]:
    """Return the exercises that the notebook here has: an earlier edition may have fewer."""
    return {name: exercise for name, exercise in checks.EXERCISES.items() if exercise.there}


def _states(checks: ModuleType, names: Mapping[str, Any]) -> tuple[list[str], int]:
    lines, passed, is_right = [], 0, judging(checks.LAB, checks.EXERCISES)
    for name, exercise in _exercises(checks).items():
        if name not in names:
            lines.append(f"○ {exercise.title}: its cell has not been run")
            continue
        with redirect_stdout(io.StringIO()):  # of what a student's function prints
            failure = verdict(checks.LAB, exercise, names.get(name), is_right=is_right)
        passed += failure is None
        said = "passes" if failure is None else _short(failure.args[0].splitlines())
        lines.append(f"{failure.mark if failure else '✓'} {exercise.title}: {said}")
    return lines, passed


def _short(lines: Sequence[str]) -> str:
    """Return what a failed check says in its first line after the title; or what stands behind that."""
    return lines[1].strip() if len(lines) > 1 else lines[0].rpartition(": ")[2]


def saved() -> Saved | None:
    """Find the notebook that runs here: in Colab it is asked for, elsewhere it is read from its file."""
    if colab.there():
        message = import_module("google.colab._message")
        answer = message.blocking_request("get_ipynb", request="", timeout_sec=30)
        notebook = (answer or {}).get("ipynb")
        if notebook is None:
            return None
        named = str(notebook.get("metadata", {}).get("colab", {}).get("name", ""))
        return Saved(notebook, named, len(json.dumps(notebook)))
    for path in _paths():
        with suppress(OSError, ValueError):
            data = path.read_bytes()
            notebook = json.loads(data)
            if isinstance(notebook, dict) and isinstance(notebook.get("cells"), list):
                return Saved(notebook, path.name, len(data))
    return None


def _paths() -> Iterator[Path]:
    """List the places where the file may be: VS Code and Jupyter say it; else it is the only notebook here."""
    for said in (str(_names().get("__vsc_ipynb_file__", "")), os.environ.get("JPY_SESSION_NAME", "")):
        if said.endswith(".ipynb"):
            yield Path(said)
            yield Path.cwd() / Path(said).name
    here = sorted(Path.cwd().glob("*.ipynb"))
    if len(here) == 1:
        yield here[0]


def problems(file: Saved, checks: ModuleType, ran: Sequence[str] = ()) -> Iterator[str]:
    """Say what the grader would have to repair, and what the student may have overlooked.

    ran: the texts of the cells that were run, as the kernel has them
    """
    cells = [(str(cell.get("cell_type")), _text(cell), cell) for cell in file.notebook["cells"]]
    code = [(text, cell) for kind, text, cell in cells if kind == "code"]
    if file.name and file.name != f"{checks.LAB}.ipynb":
        yield f"The file is called {file.name}; hand it in as {checks.LAB}.ipynb."
    if file.size > LARGE:
        yield f"The file has {file.size / 1e6:.0f} MB. Clear all outputs, and save it."
    exercises = _exercises(checks)
    places = {name: [text for text, _ in code if _is(text, name, one)] for name, one in exercises.items()}
    yield from _about(
        "is not in the notebook. Get a fresh copy of the lab for its cell", checks, places, lambda of: not of
    )
    yield from _about("stands there more than once: the last one counts", checks, places, lambda of: len(of) > 1)
    calls = "\n".join(text for text, _ in code)
    gone = [name for name in exercises if f"({name})" not in calls]
    if gone:
        yield f"The check of {_list(gone)} was deleted. The grader puts it back; you don't see what it says."
    if ran:
        stale = {
            name: [text for text in of if text.strip() not in {one.strip() for one in ran}]
            for name, of in places.items()
        }
        yield from _about("was changed since it was run, or was never run", checks, stale, bool)
    if not any("nbgrader" in (cell.get("metadata") or {}) for _, _, cell in cells):
        yield "An editor has dropped the names of the cells. The grader knows them by their first lines: keep those."
    written = re.findall(r"^%%(?:writefile|file)\s+(?:-\w+\s+)*(\w+)\.py\b", calls, re.MULTILINE)
    if absent := grader.lacks((text for text, _ in code), written):
        yield f"The grader has not got {_list(absent)}: an import costs nothing there, using it does."
    counts = [cell.get("execution_count") for text, cell in code if _TITLE.search(text)]
    done = [count for count in counts if isinstance(count, int)]
    if done != sorted(done):
        yield "The cells were not run from top to bottom. Restart the kernel, run all, and look at this again."
    if any(kind == "markdown" and "YOUR ANSWER HERE" in text for kind, text, _ in cells):
        yield "The question in words is not answered yet."


def _is(text: str, name: str, exercise: Any) -> bool:
    return exercise.title in _TITLE.findall(text) or bool(re.search(rf"^(?:def|class) {name}\b", text, re.MULTILINE))


def _about(what: str, checks: ModuleType, places: Mapping[str, list[str]], wrong: Any) -> Iterator[str]:
    found = [name for name, of in places.items() if wrong(of)]
    if found:
        yield f"{_list([checks.EXERCISES[name].title for name in found])} {what}."


def _list(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def _text(cell: Notebook) -> str:
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)
