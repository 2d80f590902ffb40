"""A published release as students have it: its notebooks, and hand-ins made from them with the solutions of its day.

Nothing here follows the labs as they are now: a release stays what it was.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbformat import NotebookNode

HERE = Path(__file__).parent
RELEASES = sorted(path.name for path in HERE.glob("release_*"))
LABS = {release: sorted(path.stem for path in (HERE / release).glob("*.ipynb")) for release in RELEASES}


def notebook(release: str, lab: str) -> NotebookNode:
    """The notebook that students were given."""
    return nbformat.read(HERE / release / f"{lab}.ipynb", as_version=4)


def solutions(release: str, lab: str) -> dict[str, str]:
    """The right answers of that day: grade id of an exercise's cell -> its source."""
    return json.loads((HERE / release / "solutions.json").read_text(encoding="utf-8"))[lab]


def solved(release: str, lab: str, own: Mapping[str, str] | None = None) -> NotebookNode:
    """The notebook with the solutions in it. own: what stands in some cells instead, by their grade ids."""
    found, answers = notebook(release, lab), solutions(release, lab) | dict(own or {})
    for cell in found.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        cell.source = answers.get(name, cell.source)
    return found


def hand_in(release: str, lab: str, own: Mapping[str, str] | None = None) -> bytes:
    """The bytes that a student hands in: always the same ones."""
    text = json.dumps(solved(release, lab, own), indent=1, sort_keys=True, ensure_ascii=False)
    return text.encode("utf-8")
