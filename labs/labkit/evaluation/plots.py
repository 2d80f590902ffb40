"""Pictures of how tunes were judged: the plagiarism lens, and the validity ladder as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.base import style
from labkit.base.style import BLACK, BLUE, GREEN, GREY, LIGHT, LINES, ORANGE, PURPLE, RED, SKY, YELLOW, say
from labkit.evaluation import novelty
from labkit.notation import abc, bars

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from labkit.evaluation.metrics import Measures
    from labkit.evaluation.novelty import Library, Match

BARS_IN_ROW, MOST_ROWS = 10, 8
FULL = 3  # the rung of full bars
TICKS = (1, 3, 10, 30, 100, 300)  # notes
BARS = (
    (BLUE, ""), (RED, "//"), (GREEN, "xx"), (PURPLE, ".."),
    (SKY, "\\\\"), (ORANGE, "--"), (YELLOW, "oo"), (BLACK, "++"),
)  # fmt: skip
REAL = (LIGHT, "")  # of real tunes


def lens(text: str, library: Library | None = None) -> Match:
    """Draw a tune with each note coloured by the longest run that it shares with a training tune; say whose it is.

    library: the tunes to look in; None takes the training tunes of the course
    """
    import matplotlib as mpl

    library = library or novelty.training()
    match = library.longest(text)
    if not match.notes:
        say("There is no note to look at.")
        return match
    real = library.real
    rows = [list(range(*places)) for places in _rows(match)]
    shown, left_out = rows[:MOST_ROWS], sum(map(len, rows[MOST_ROWS:]))
    norm = mpl.colors.LogNorm(1, TICKS[-2], clip=True)
    size = (11.5, 0.9 + 2.0 * len(shown))
    figure, table = style.subplots(2 * len(shown), 1, size, squeeze=False, height_ratios=[3, 2] * len(shown))
    wide = max(_end(match, row) - _begin(match, row) for row in shown)
    starts = {number: float(bar.events[0].onset) for number, bar in enumerate(bars.split(abc.read(text)), 1)}
    for number, row in enumerate(shown):
        roll, curve = table[2 * number][0], table[2 * number + 1][0]
        for axes in (roll, curve):
            axes.set_xlim(-0.005 * wide, wide)
            axes.tick_params(length=0)
            axes.spines["bottom"].set_visible(False)
        _notes(roll, match, row, norm)
        _curve(curve, match, row, real, TICKS[3])
        _bars(roll, curve, starts, match, row)
    table[0][0].set_title(
        "each note: the longest run it shares with a training tune    on hatched ground: the longest of all"
    )
    _colours(figure, [line[0] for line in table], norm)
    _say(match, real)
    if left_out:
        say(f"The last {left_out} notes are not drawn.")
    return match


def _rows(match: Match) -> list[tuple[int, int]]:
    """Divide the notes into rows of some bars: first note, and the one after the last."""
    places = [0]
    for place, note in enumerate(match.notes):
        if note.bar - match.notes[places[-1]].bar >= BARS_IN_ROW:
            places.append(place)
    return list(zip(places, [*places[1:], len(match.notes)], strict=True))


def _begin(match: Match, row: Sequence[int]) -> float:
    return float(match.notes[row[0]].onset)


def _end(match: Match, row: Sequence[int]) -> float:
    return float(match.notes[row[-1]].onset + match.notes[row[-1]].duration)


def _longest(match: Match, row: Sequence[int]) -> list[int]:
    """List the notes of a row that belong to the longest run."""
    if match.entry is None:
        return []
    return [place for place in row if match.own_start <= place < match.own_start + match.length]


def _notes(axes: Any, match: Match, row: Sequence[int], norm: Any) -> None:
    """Draw notes as bars: the colour says how long a run each is in; the longest run stands on hatched ground."""
    import matplotlib as mpl

    begin, inside = _begin(match, row), _longest(match, row)
    if inside:
        span = _begin(match, inside) - begin, _end(match, inside) - begin
        axes.axvspan(*span, facecolor="white", edgecolor=GREY, hatch="////", lw=0, alpha=0.45, zorder=0)
    for place in row:
        note = match.notes[place]
        axes.barh(
            note.pitch,
            0.93 * float(note.duration),
            left=float(note.onset) - begin,
            height=1.5,
            color=mpl.colormaps["viridis"](norm(match.per_note[place])),
            edgecolor=BLACK,
            lw=0.5,
            zorder=2,
        )
    pitches = [note.pitch for note in match.notes]
    axes.set_ylim(min(pitches) - 1.5, max(pitches) + 1.5)
    axes.set_yticks([])
    axes.set_ylabel("pitch", fontsize=9, color=GREY)


def _curve(axes: Any, match: Match, row: Sequence[int], real: Any, top: float) -> None:
    """Draw the lengths again, as a curve over time, with those of real tunes as lines."""
    begin = _begin(match, row)
    edges = [float(match.notes[place].onset) - begin for place in row] + [_end(match, row) - begin]
    lengths = [match.per_note[place] for place in row]
    axes.set_yscale("log")
    axes.set_ylim(0.9, 2.2 * max(top, *match.per_note))
    axes.stairs(lengths, edges, fill=True, color=LIGHT, baseline=0.9)
    axes.stairs(lengths, edges, color=BLACK, lw=1.4, baseline=None)
    half, most = ("half of the real tunes", "--", "top"), ("9 of 10 real tunes", ":", "bottom")
    marks = [(np.median(real), *half), (np.percentile(real, 90), *most)] if len(real) else []
    for value, name, dashes, side in marks:
        axes.axhline(value, color=RED, ls=dashes, lw=1.2)
        axes.annotate(
            f"{name}: up to {value:.0f}" if row[0] == 0 else "",
            (1, value),
            (-2, 1 if side == "bottom" else -2),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            ha="right",
            va=side,
            fontsize=8,
            color=RED,
        )
    inside = _longest(match, row)
    if inside:
        middle = (_begin(match, inside) + _end(match, inside)) / 2 - begin
        axes.text(middle, 1.1 * match.length, str(match.length), ha="center", va="bottom", weight="bold")
    axes.set_yticks(TICKS, map(str, TICKS), fontsize=8)
    axes.minorticks_off()
    axes.set_ylabel("run", fontsize=9, color=GREY)


def _bars(roll: Any, curve: Any, starts: Mapping[int, float], match: Match, row: Sequence[int]) -> None:
    """Draw the bar lines and number the bars."""
    begin, numbers = _begin(match, row), range(match.notes[row[0]].bar, match.notes[row[-1]].bar + 1)
    places = [starts[number] - begin for number in numbers]
    for place in places:
        roll.axvline(place, color=LIGHT, lw=1, zorder=0)
    roll.set_xticks([])
    room = curve.get_xlim()[1] / 25
    shown = [place + room < after for place, after in zip(places, [*places[1:], np.inf], strict=True)]
    labels = [f"bar {number}" for number in numbers]
    curve.set_xticks(places, [label if fits else "" for label, fits in zip(labels, shown, strict=True)], fontsize=8)
    for label in curve.get_xticklabels():
        label.set(ha="left", color=GREY)


def _colours(figure: Any, panels: Sequence[Any], norm: Any) -> None:
    """Explain the colours."""
    import matplotlib as mpl

    scale = mpl.cm.ScalarMappable(norm, mpl.colormaps["viridis"])
    bar = figure.colorbar(scale, ax=list(panels), label="notes in the shared run", pad=0.01, extend="max", aspect=25)
    bar.set_ticks(TICKS[:-1], labels=[str(tick) for tick in TICKS[:-1]])
    bar.minorticks_off()


def _say(match: Match, real: Any) -> None:
    """Say whose the longest run is, and what real tunes share."""
    if match.entry is None:
        say("No two notes in a row stand in a training tune.")
    else:
        own, its = (
            f"bars {first} to {last}" if last > first else f"bar {first}"
            for first, last in (match.own_bars, match.its_bars)
        )
        others = match.holders - 1
        more = f", and in {others} other tune{'s' if others > 1 else ''}" if others else ""
        say(
            f"The longest shared run: {match.length} of {len(match.notes)} notes, {own}. "
            f"It stands in “{match.entry.title}”, {its}{more}."
        )
    if len(real):
        longer = float((real >= match.length).mean())
        say(
            f"Real tunes that no model learned from share {np.median(real):.0f} notes (median) with a training tune; "
            f"1 in 10 shares {np.percentile(real, 90):.0f} or more. {longer:.0%} share as much as this tune or more."
        )


def ladder(columns: Mapping[str, Measures]) -> None:
    """Draw which share of each kind of tunes reaches each rung, with 95% intervals; columns as in metrics.table."""
    rungs = [rung.name for rung in next(iter(columns.values())).ladder]
    _, axes = style.subplots(size=(9.5, 0.8 + 0.28 * len(rungs) * (len(columns) + 1)))
    height = 0.85 / len(columns)
    for number, (name, one) in enumerate(columns.items()):
        colour, hatch = REAL if name == "real tunes" else BARS[number % len(BARS)]
        edge = GREY if name == "real tunes" else "white"
        for place, rung in enumerate(one.ladder):
            y = place + (number - (len(columns) - 1) / 2) * height
            share = rung.share if rung.total else 0.0
            low, high = rung.interval
            axes.barh(y, share, 0.9 * height, color=colour, hatch=hatch, edgecolor=edge, label="" if place else name)
            if not rung.total:
                axes.text(0.01, y, "no tune", va="center", fontsize=9, color=GREY)
                continue
            axes.errorbar(share, y, xerr=[[max(share - low, 0)], [max(high - share, 0)]], color=BLACK, lw=1, capsize=2)
            axes.text(high + 0.01, y, f"{share:.0%}", va="center", fontsize=9)
        whose = f"{name[:1].upper()}{name[1:]}"
        if not one.tunes:
            say(f"{whose}: there is no tune.")
            continue
        full = one.ladder[FULL].share
        say(
            f"{whose}: {one.read:.0%} can be read, {full:.0%} have only full bars, too, "
            f"{one.valid:.0%} get to the last rung."
        )
    axes.set_yticks(range(len(rungs)), [f"{place}  {rung}" for place, rung in enumerate(rungs, 1)])
    axes.invert_yaxis()
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(0, 1.08)
    axes.set_xticks(np.linspace(0, 1, 6), [f"{share:.0%}" for share in np.linspace(0, 1, 6)])
    axes.set_title("share of tunes that get so far (line: 95% interval)")
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))


def temperatures(columns: Mapping[float, Measures] | Mapping[str, Mapping[float, Measures]], real: Any) -> None:
    """Draw what temperature does: the share of valid tunes, and how much half of the tunes copy at most.

    columns: temperature -> what was measured, copies too; or the name of a writer -> such a table
    real:    the longest copied runs of real tunes, in notes
    """
    _, (left, right) = style.subplots(1, 2, (11, 3.6))
    several: Any = columns if isinstance(next(iter(columns)), str) else {"": columns}
    for number, (writer, measured) in enumerate(several.items()):
        heats = sorted(measured)
        known = [(heat, measured[heat].copies) for heat in heats if measured[heat].copies]
        colour, dashes, mark = LINES[number % len(LINES)]
        shares = [measured[heat].ladder[-1] for heat in heats]
        spread = np.array([[share.share - share.interval[0], share.interval[1] - share.share] for share in shares]).T
        look = {"color": colour, "ls": dashes, "marker": mark, "label": writer}
        left.errorbar(heats, [share.share for share in shares], np.clip(spread, 0, None), **look)
        right.plot([heat for heat, _ in known], [one.value for _, one in known], **look)
        for heat in heats:
            one = measured[heat]
            copied = f"; half of them copy at most {one.copies.value:.0f} notes" if one.copies else ""
            whose = f"{writer[:1].upper()}{writer[1:]}, " if writer else ""
            said = f"{one.valid:.0%} of the tunes have no mistake{copied}" if one.tunes else "there is no tune"
            say(f"{whose}T = {heat:g}: {said}.")
    left.set_ylim(0, 1.05)
    left.set_title("tunes without a mistake (line: 95% interval)")
    right.axhline(np.median(real), color=GREY, ls=":")
    right.annotate(
        "real tunes", (heats[-1], np.median(real)), (0, 4), textcoords="offset points", ha="right", color=GREY
    )
    right.set_ylim(0, 1.1 * right.get_ylim()[1])
    right.set_title("longest run shared with a training tune, in notes (median)")
    for axes in (left, right):
        axes.set_xlabel("temperature")
        axes.set_xticks(heats)
    if "" not in several:
        left.legend(loc="lower left", fontsize=9)
    say(f"Half of the real tunes share at most {np.median(real):.0f} notes with a training tune.")
