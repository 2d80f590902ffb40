"""Draws a class's results as SVG, in the colours of the page (CSS classes), each with a title and a description.

Every chart has a table beside it that says the same. Positions are in pixels of a drawing that scales with the page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from markupsafe import Markup

from autograder.results.statistics import BINS, OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograder.results.statistics import Item, Misconception, Scores

WIDTH = 600
ROW, BAR = 25, 17  # height of a row, and of the bar in it
NARROWEST = 22  # a bar holds its number from this width on
SHOWN = 44  # characters of a label


def histogram(scores: Scores) -> Markup:
    """Draw how many students came to each tenth of the points; a dashed line stands at the median."""
    height, base, top, left = 260, 225, 44, 16  # above the bars: a row for their counts, and one for the median
    step = (WIDTH - 2 * left) / BINS
    most = max(1, *scores.bins)
    svg = _svg(
        height, "How the scores are distributed", f"Median {_percent(scores.median)}, mean {_percent(scores.mean)}."
    )
    middle = left + scores.median * BINS * step
    for at, count in enumerate(scores.bins):
        tall, x = (base - top) * count / most, left + at * step
        _rect(svg, "bar", x + 2, base - tall, step - 4, tall)
    _line(svg, "median", middle, 4, middle, base)
    for at, count in enumerate(scores.bins):
        tall, x = (base - top) * count / most, left + at * step
        if count:
            _text(svg, x + step / 2, base - tall - 5, str(count), "middle", "over")
        _text(svg, x, base + 16, f"{100 * at // BINS}", "middle", "faint")
    _text(svg, WIDTH, base + 16, "100 %", "end", "faint")
    _line(svg, "axis", left, base, WIDTH - left, base)
    side, anchor = (-6, "end") if scores.median > 0.5 else (6, "start")
    _text(svg, middle + side, 14, f"median {_percent(scores.median)}", anchor, "strong")
    return _markup(svg)


def outcomes(items: Sequence[Item]) -> Markup:
    """Draw what became of each check: one bar an exercise, in the order of OUTCOMES."""
    left = 172
    svg = _svg(
        ROW * len(items) + 4, "What became of each exercise", "One bar for each exercise; the table has the counts."
    )
    for row, item in enumerate(items):
        y, x, total = ROW * row + 4, float(left), max(1, sum(item.counts.values()))
        _text(svg, 0, y + 13, _label(item))
        for outcome in OUTCOMES:
            count = item.counts.get(outcome, 0)
            wide = (WIDTH - left) * count / total
            if count:
                _rect(svg, outcome, x, y, max(wide - 1, 0.5), BAR)
            if wide > NARROWEST + 5 * (len(str(count)) - 2):
                _text(svg, x + wide / 2, y + 13, str(count), "middle", f"on {outcome}")
            x += wide
    return _markup(svg)


def quality(items: Sequence[Item]) -> Markup:
    """Draw difficulty (left) and discrimination (right) of each item; a line stands at a discrimination of 0.2."""
    left, wide, gap = 172, 190, 36
    right = left + wide + gap
    scale = wide / 1.2  # from -0.2 to 1
    zero, height = right + 0.2 * scale, ROW * len(items) + 24
    svg = _svg(height, "How hard each exercise is, and how it goes with the rest", "The table has the numbers.")
    _text(svg, left, 14, "share of the points", css="faint")
    _text(svg, zero, 14, "goes with the rest", css="faint")
    for row, item in enumerate(items):
        y = ROW * row + 24
        _text(svg, 0, y + 13, _label(item))
        _rect(svg, "track", left, y, wide, BAR)
        if item.difficulty is not None:
            _rect(svg, "bar", left, y, wide * item.difficulty, BAR)
            _text(svg, left + wide + 2, y + 13, f"{100 * item.difficulty:.0f}", css="faint")
        _rect(svg, "track", right, y, wide, BAR)
        if item.discrimination is not None:
            value = max(-0.2, item.discrimination)
            css = "bar" if value >= 0.2 else "failed"
            _rect(svg, css, min(zero, zero + value * scale), y, max(1.5, abs(value) * scale), BAR)
    _line(svg, "axis", zero, 20, zero, height)
    _line(svg, "median", zero + 0.2 * scale, 20, zero + 0.2 * scale, height)
    return _markup(svg)


def ranking(found: Sequence[Misconception], students: int) -> Markup:
    """Draw how many earned each of the most frequent hints."""
    left = 300
    svg = _svg(ROW * len(found) + 4, "The most frequent misconceptions", "One bar for each; the list has the names.")
    most = max((len(one.students) for one in found), default=1)
    for row, one in enumerate(found):
        y, count = ROW * row + 4, len(one.students)
        wide = (WIDTH - left - 90) * count / most
        _text(svg, 0, y + 13, _cut(one.label))
        _rect(svg, "failed", left, y, wide, BAR)
        _text(svg, left + wide + 6, y + 13, f"{count} ({_percent(count / max(1, students))})")
    return _markup(svg)


def _label(item: Item) -> str:
    return _cut(f"{item.number} {item.title.rpartition(': ')[2]}" if item.checked else item.title, 24)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _cut(text: str, most: int = SHOWN) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _svg(height: float, title: str, description: str) -> ET.Element:
    svg = ET.Element("svg", viewBox=f"0 0 {WIDTH} {height:g}", role="img")
    ET.SubElement(svg, "title").text = title
    ET.SubElement(svg, "desc").text = description
    return svg


def _rect(svg: ET.Element, css: str, x: float, y: float, width: float, height: float) -> None:
    places = {"x": x, "y": y, "width": width, "height": height}
    ET.SubElement(svg, "rect", {"class": css, **{name: f"{value:.1f}" for name, value in places.items()}})


def _line(svg: ET.Element, css: str, x1: float, y1: float, x2: float, y2: float) -> None:
    places = {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
    ET.SubElement(svg, "line", {"class": css, **{name: f"{value:.1f}" for name, value in places.items()}})


def _text(svg: ET.Element, x: float, y: float, text: str, anchor: str = "start", css: str = "") -> None:
    about = {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor} | ({"class": css} if css else {})
    ET.SubElement(svg, "text", about).text = text


def _markup(svg: ET.Element) -> Markup:
    """Write the drawing; ElementTree has escaped every text in it."""
    return Markup(ET.tostring(svg, encoding="unicode"))  # noqa: S704
