"""Draws a tune as a piano-roll: time to the right, pitch upwards, wrong bars red and hatched with what is wrong."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from labkit.base import style
from labkit.base.style import BLACK, BLUE, GREY, LIGHT, RED
from labkit.notation import bars, meter, playing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labkit.notation.abc import Event, Tune
    from labkit.notation.bars import Bar

BARS_IN_ROW, MOST_ROWS, MOST_BEATS = 8, 12, 60
SIGNS = {-2: "𝄫", -1: "♭", 0: "", 1: "♯", 2: "x"}


def draw(tune: Tune, axes: Any | None = None, *, played: bool = False) -> str:
    """Draw a tune that has at least one note or rest; return a sentence about bars left out, or "".

    axes: where to draw all of it; None opens a figure with rows of some bars
    played: repeats played out, instead of the bars as they are written
    """
    found = bars.split(tune)
    numbers = {bar.events[0].onset: number for number, bar in enumerate(found, 1)}
    order = playing.played(tune) if played else found
    rows = [order] if axes is not None else _rows(order, tune.meter)
    left_out = sum(len(row) for row in rows[MOST_ROWS:])
    rows = rows[:MOST_ROWS]
    names = _names(tune, [bar for row in rows for bar in row])
    head = 8.0 if tune.wrong("bar") else 2.5  # room for what is said above the notes, in semitones
    semitones = max(names) - min(names) + 1.5 + head
    height = min(max(0.07 * semitones, 1.0), 2.4)  # inches
    if axes is None:
        _, table = style.subplots(len(rows), 1, (11.5, 0.5 + (height + 0.25) * len(rows)), squeeze=False)
        panels = [line[0] for line in table]
        panels[0].set_title(heading(tune), pad=16)
        panels[-1].set_xlabel("bar", loc="left", fontsize=9)
    else:
        panels = [axes]
    wide = float(max(sum((_drawn_length(bar, tune) for bar in row), Fraction(0)) for row in rows))
    for row, panel in zip(rows, panels, strict=True):
        _row(panel, row, numbers, tune)
        panel.set_xlim(0, max(wide, 1e-6))
        panel.set_ylim(min(names) - 1.5, max(names) + head)
        panel.set_yticks(*_ticks(names, tune.key.tonic_class, 0.12 * semitones / height), fontsize=8)
        panel.tick_params(length=0)
        panel.spines["bottom"].set_visible(False)
    return f"The last {left_out} bars are not drawn." if left_out else ""


def heading(tune: Tune) -> str:
    """Name a tune: title, meter and key."""
    return " · ".join(filter(None, (tune.title.replace("$", r"\$"), tune.meter_name, str(tune.key))))


def _rows(order: Sequence[Bar], full: Fraction) -> list[list[Bar]]:
    """Divide bars into rows of about the same time; a very long bar has a row of its own."""
    rows: list[list[Bar]] = [[]]
    time = Fraction(0)
    for bar in order:
        if rows[-1] and time + bar.duration > (BARS_IN_ROW + Fraction(1, 2)) * full:
            rows.append([])
            time = Fraction(0)
        rows[-1].append(bar)
        time += bar.duration
    return rows


def _drawn_length(bar: Bar, tune: Tune) -> Fraction:
    return min(bar.duration, 4 * BARS_IN_ROW * tune.meter)


def _row(axes: Any, row: Sequence[Bar], numbers: dict[Fraction, int], tune: Tune) -> None:
    """Draw one row of bars."""
    wrong = {(problem.line, problem.column): problem.message for problem in tune.wrong("bar")}
    start = Fraction(0)
    height = 0.0
    places: list[float] = []
    labels: list[str] = []
    for bar in row:
        begin, end = float(start), float(start + _drawn_length(bar, tune))
        places.append(begin)
        labels.append(str(numbers[bar.events[0].onset]))
        message = wrong.get((bar.events[0].line, bar.events[0].column), "")
        if message:
            axes.axvspan(begin, end, facecolor=RED + "28", hatch="///", edgecolor=RED + "90", lw=0, zorder=0)
            short = message.replace(" where", "\nwhere").rstrip(".")
            height = 0.7 if height == 0.95 else 0.95  # neighbours do not cover each other
            _label(axes, begin, short, color=RED, y=height, va="top", bbox={"color": "white", "pad": 1.0})
        _lines(axes, bar, start, tune)
        for event in bar.events:
            _note(axes, event, start - bar.events[0].onset, wrong=bool(message))
        start += _drawn_length(bar, tune)
    _bar_line(axes, row[-1].right.sign if row[-1].right else "", float(start))
    axes.set_xticks(places, labels, fontsize=8, ha="left", color=GREY)


def _lines(axes: Any, bar: Bar, start: Fraction, tune: Tune) -> None:
    """Draw the bar line at the left of a bar, and its beats."""
    sign = bar.left.sign if bar.left else ""
    _bar_line(axes, sign, float(start))
    if bar.ending:
        _label(axes, float(start), f"  ending {bar.ending}")
    beat, _ = meter.pace(tune)
    shift = meter.begins(bar, tune)
    count = min(int((shift + _drawn_length(bar, tune)) / beat), MOST_BEATS)
    for number in range(1, count + 1):
        time = number * beat - shift
        if 0 < time < bar.duration:
            axes.axvline(float(start + time), color=LIGHT, lw=1, zorder=1)


def _bar_line(axes: Any, sign: str, time: float) -> None:
    axes.axvline(time, color=GREY if sign in {"", "|"} else BLACK, lw=1 if sign in {"", "|"} else 2.5, zorder=1)
    if ":" in sign:
        opens, closes = sign.endswith(":"), sign.startswith(":")
        place = "left" if not closes else "center" if opens else "right"
        _label(axes, time, sign, ha=place, weight="bold")


def _label(axes: Any, x: float, text: str, y: float = 1.0, va: str = "bottom", **options: Any) -> None:
    """Write at a time of the row; y goes from 0 (its foot) to 1 (its head)."""
    axes.text(x, y, text, va=va, fontsize=8, zorder=4, transform=axes.get_xaxis_transform(), **options)


def _note(axes: Any, event: Event, shift: Fraction, *, wrong: bool) -> None:
    """Draw a note or chord as bars; a small gap after it, if it is not tied to the next."""
    length = float(event.duration)
    gap = 0.0 if event.tied else min(0.1 * length, 0.012)
    if event.pitches:
        axes.barh(
            event.pitches,
            length - gap,
            left=float(event.onset + shift),
            height=0.9,
            color=BLUE,
            edgecolor=RED if wrong else BLUE,
            lw=0.8,
            zorder=2,
        )


def _names(tune: Tune, shown: Sequence[Bar]) -> dict[int, str]:
    """Name the pitches that occur, as the tune writes them first; a middle one if there is none."""
    names: dict[int, str] = {}
    for event in (event for bar in shown for event in bar.events):
        for one, pitch in zip(event.written, event.pitches, strict=True):
            names.setdefault(pitch, one.letter + SIGNS.get(pitch - one.midi(0), "") + str(one.octave))
    return names or {60 + tune.key.tonic_class: tune.key.tonic}


def _ticks(names: dict[int, str], tonic: int, room: float) -> tuple[list[int], list[str]]:
    """Choose the names that have room (in semitones) beside each other: tonics first, then from below."""
    chosen: list[int] = []
    for pitch in sorted(names, key=lambda pitch: (pitch % 12 != tonic, pitch)):
        if all(abs(pitch - other) >= room for other in chosen):
            chosen.append(pitch)
    return chosen, [names[pitch] for pitch in chosen]
