"""Has scores drawn by verovio in a process of its own with a time limit, and looks at what comes back."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from labkit.engraving import mei

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labkit.notation.abc import Tune

PROGRAM = Path(__file__).with_name("_engrave.py")
START, EACH = 10.0, 2.0  # seconds to start, and for each score
LARGEST = 3_000_000  # characters of a score
ELEMENTS = {
    *("svg", "g", "defs", "desc", "title", "style", "symbol", "use", "path", "rect", "line", "circle"),
    *("ellipse", "polygon", "polyline", "text", "tspan"),
}
WHITE = '<rect width="100%" height="100%" fill="white" style="stroke:none"/>'


@dataclass(frozen=True)
class Engraving:
    """A score as SVG on white; or no score, and why."""

    svg: str = ""
    why: str = ""


def engrave(tunes: Sequence[Tune], seconds: float | None = None) -> list[Engraving]:
    """Engrave tunes, as far as each was read; never raises for a tune.

    seconds: how long the process may take; None: time enough for so many
    """
    documents: dict[int, str] = {}
    found = [Engraving() for _ in tunes]
    for place, tune in enumerate(tunes):
        try:
            documents[place] = mei.written(tune)
        except mei.NotWritableError as error:
            found[place] = Engraving(why=str(error))
    while documents:
        places = list(documents)
        limit = START + EACH * len(places) if seconds is None else seconds
        drawn, why = _drawn(list(documents.values()), limit)
        for place, svg in zip(places, drawn, strict=False):
            found[place] = _checked(svg)
            del documents[place]
        if documents:  # the first without an answer is the one that ended the process
            place = places[len(drawn)]
            found[place] = Engraving(why=why)
            del documents[place]
    return found


def _drawn(documents: list[str], seconds: float) -> tuple[list[str], str]:
    """Start the engraver; return the scores that it wrote, and what became of it."""
    # -P: the folder of the program is not searched for modules; it holds an `abc` of ours.
    command = [sys.executable, "-P", str(PROGRAM)]
    try:
        ended = subprocess.run(command, input=json.dumps(documents).encode(), capture_output=True, timeout=seconds)  # noqa: PLW1510
    except subprocess.TimeoutExpired as error:
        return _lines(error.stdout or b""), f"The engraver did not finish within {seconds:g} seconds."
    except OSError:
        return [], "The engraver cannot be started here."
    if b"No module named 'verovio'" in ended.stderr:
        return [], "The engraver is not installed: %pip install verovio"
    return _lines(ended.stdout), "The engraver gave up."


def _lines(output: bytes) -> list[str]:
    """Read the scores that are complete."""
    *complete, _ = output.split(b"\n")
    return [json.loads(line) for line in complete if line.startswith(b'"')]


def _checked(svg: str) -> Engraving:
    """Take a score that holds drawing and nothing else, and put it on white."""
    if not svg or len(svg) > LARGEST:
        return Engraving(why="The engraver drew nothing." if not svg else "The score is too large.")
    if not _only_drawing(svg):
        return Engraving(why="The score holds more than a drawing.")
    return Engraving(re.sub(r"<svg\b[^>]*>", lambda root: root[0] + WHITE, _smaller(svg), count=1))


def _smaller(svg: str) -> str:
    """Leave out the indentation, and the names that nothing refers to."""
    used = set(re.findall(r"#([\w-]+)", svg))
    svg = re.sub(r' id="([^"]*)"', lambda name: name[0] if name[1] in used else "", svg)
    return re.sub(r">\s+<", "><", svg)


def _only_drawing(svg: str) -> bool:
    """Say whether an SVG is made of shapes and text alone: no script, no handler, nothing from elsewhere."""
    if "<!" in svg:  # no entities to expand
        return False
    try:
        root = ET.fromstring(svg)  # noqa: S314
    except ET.ParseError:
        return False
    return all(
        element.tag.rpartition("}")[2] in ELEMENTS
        and not re.search(r"@import|url\(", element.text or "")
        and all(_plain(name.rpartition("}")[2], value) for name, value in element.attrib.items())
        for element in root.iter()
    )


def _plain(name: str, value: str) -> bool:
    if name == "href":
        return value.startswith("#")
    return not name.lower().startswith("on") and "url(" not in value and "javascript:" not in value.lower()
