"""How good tunes are, beside real ones: bits per character, the validity ladder, and musical figures, in one table."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.base import style
from labkit.notation import abc, bars

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from labkit.notation.abc import Tune

# The rungs, each with the kinds of problem (`labkit.notation.abc`) that keep a tune from it.
ENDS = "it ends by itself"
RUNGS = {
    "its header can be read": "header",
    "every symbol can be read": "symbol",
    "every bar fills its meter": "bar",
    "its repeats balance": "repeat",
}
READ, VALID = 2, 4  # rungs of a ladder: "read" is up to the symbols, "valid" is all
Z_95 = 1.959964  # a normal variable is within so many standard deviations of its mean in 95 of 100 cases


@dataclass(frozen=True)
class Share:
    """How many of some tunes have something, with Wilson's 95% confidence interval (Wilson, 1927)."""

    name: str
    count: int
    total: int

    @property
    def share(self) -> float:
        """The share itself; not a number where there is no tune."""
        return self.count / self.total if self.total else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """Where the share of all tunes of this kind is likely to be."""
        if not self.total:
            return 0.0, 1.0
        square = Z_95**2 / self.total
        middle = (self.share + square / 2) / (1 + square)
        half = math.sqrt(square * (self.share * (1 - self.share) + square / 4)) / (1 + square)
        return max(middle - half, 0.0), min(middle + half, 1.0)


@dataclass(frozen=True)
class Figure:
    """A figure over some tunes, with a 95% confidence interval that takes tunes, not notes, as independent.

    unit: "%" for a share, else what is counted;   low, high: the interval;   tunes: how many tunes it rests on
    """

    name: str
    unit: str
    value: float
    low: float
    high: float
    tunes: int


@dataclass(frozen=True)
class Measures:
    """Everything that is measured of some tunes; bits and copies are None where nobody measured them."""

    tunes: int
    ladder: tuple[Share, ...]
    figures: tuple[Figure, ...]
    bits: float | None = None
    copies: Figure | None = None

    @property
    def read(self) -> float:
        """The share of tunes that end, with a header and symbols that can be read."""
        return self.ladder[READ].share

    @property
    def valid(self) -> float:
        """The share of tunes that stand on the last rung."""
        return self.ladder[VALID].share

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data, for JSON."""
        rows = [asdict(row) | {"share": row.share, "interval": row.interval} for row in self.ladder]
        return asdict(self) | {"ladder": rows, "read": self.read, "valid": self.valid}


def bits_per_character(nats: float, texts: Sequence[str]) -> float:
    """Divide the bits of tunes by the characters of their canonical texts, whatever the tokens of the model are.

    nats: what all tunes cost together, -log p(tune) summed, their ends included
    texts: canonical texts (`labkit.notation.canonical`), in any key; the line break at the end is one of their
    characters
    """
    characters = sum(map(len, texts))
    if not characters:
        raise ValueError("There is no character to divide by.")
    return float(nats) / math.log(2) / characters


def ladder(texts: Sequence[str], ended: Sequence[bool] | None = None) -> tuple[Share, ...]:
    """Count how many texts reach each rung; who is on a rung is on all before it.

    ended: for each text whether its writer stopped by itself, before a limit cut it off. A text alone does not show
           that; without `ended`, a final bar line (`|]` or `:|`) is taken for the end.
    """
    return _ladder([abc.read(text) for text in texts], ended)


def _ladder(tunes: Sequence[Tune], ended: Sequence[bool] | None) -> tuple[Share, ...]:
    flags = [tune.text.rstrip().endswith(("|]", ":|")) for tune in tunes] if ended is None else list(ended)
    if len(flags) != len(tunes):
        raise ValueError(f"ended has {len(flags)} entries for {len(tunes)} tunes.")
    standing = [tune for tune, flag in zip(tunes, flags, strict=True) if flag]
    rungs = [Share(ENDS, len(standing), len(tunes))]
    for name, kind in RUNGS.items():
        standing = [tune for tune in standing if not tune.outside(kind)]
        rungs.append(Share(name, len(standing), len(tunes)))
    return tuple(rungs)


def right(texts: Sequence[str], ended: Sequence[bool] | None = None) -> list[str]:
    """List the texts that stand on the last rung of the ladder; `ended` as there."""
    flags = [None] * len(texts) if ended is None else list(ended)
    pairs = zip(texts, flags, strict=True)
    return [text for text, flag in pairs if ladder([text], None if flag is None else [flag])[VALID].count]


def in_key(tune: Tune) -> tuple[int, int]:
    """Count the notes that belong to the scale of the key, and all notes."""
    pitches = [pitch for event in tune.events for pitch in event.pitches]
    return sum(pitch % 12 in tune.key.scale for pitch in pitches), len(pitches)


def ends_on_tonic(tune: Tune) -> tuple[int, int]:
    """Say (1 or 0, 1) whether the last note is the tonic; of a chord, any of its notes."""
    last = [event for event in tune.events if event.pitches][-1]
    return int(any(pitch % 12 == tune.key.tonic_class for pitch in last.pitches)), 1


def repeated_bars(tune: Tune) -> tuple[int, int]:
    """Count the bars whose pitches and rhythm occur in another bar of the tune as it is written, and all bars."""
    contents = Counter(
        tuple((event.pitches, event.duration) for event in bar.events) for bar in bars.split(tune) if bar.events
    )
    return sum(count for count in contents.values() if count > 1), sum(contents.values())


def pitch_entropy(tune: Tune) -> tuple[float, int]:
    """Return the entropy of the pitches of a tune, in bits: 2^entropy is how many pitches it uses evenly."""
    counts = np.array(list(Counter(pitch for event in tune.events for pitch in event.pitches).values()))
    p = counts / counts.sum()
    return float(-(p * np.log2(p)).sum()) + 0.0, 1


def _length(tune: Tune) -> tuple[int, int]:
    return sum(bool(event.pitches) for event in tune.events), 1


FIGURES = {
    "notes that are in the key": ("%", in_key),
    "tunes that end on the tonic": ("%", ends_on_tonic),
    "bars that occur again": ("%", repeated_bars),
    "entropy of the pitches": ("bits", pitch_entropy),
    "notes in a tune": ("notes", _length),
}


def measure(
    texts: Sequence[str],
    ended: Sequence[bool] | None = None,
    bits: float | None = None,
    copies: Sequence[int] | None = None,
) -> Measures:
    """Measure tunes; the musical figures are those of all with a header and a note, as far as they could be read.

    bits: bits per character, when known;   copies: the longest copied run of each tune (see `novelty`), when known
    """
    tunes = [abc.read(text) for text in texts]
    musical = [tune for tune in tunes if not tune.outside("header") and any(event.pitches for event in tune.events)]
    figures = tuple(_figure(name, unit, [of(tune) for tune in musical]) for name, (unit, of) in FIGURES.items())
    middle = _median("longest copied run, median", copies) if copies is not None and len(copies) else None
    return Measures(len(texts), _ladder(tunes, ended), figures, bits, middle)


def _figure(name: str, unit: str, pairs: Sequence[tuple[float, float]]) -> Figure:
    """Divide the sum of the first by the sum of the second of each tune's pair, with the error of a ratio estimate."""
    if not pairs:
        return Figure(name, unit, math.nan, math.nan, math.nan, 0)
    above, below = np.array(pairs, float).T  # (tunes,), (tunes,)
    value = float(above.sum() / below.sum())
    if (below == 1).all() and unit == "%":
        low, high = Share(name, int(above.sum()), len(pairs)).interval
        return Figure(name, unit, value, low, high, len(pairs))
    freedom = len(pairs) / max(len(pairs) - 1, 1)
    half = Z_95 * math.sqrt(freedom * float(((above - value * below) ** 2).sum())) / float(below.sum())
    low, high = (value - half, value + half) if len(pairs) > 1 else (math.nan, math.nan)
    if unit == "%":
        low, high = max(low, 0.0), min(high, 1.0)
    return Figure(name, unit, value, low, high, len(pairs))


def _median(name: str, lengths: Sequence[int]) -> Figure:
    """Return the median with the interval that order statistics give."""
    ordered, count = sorted(lengths), len(lengths)
    half = Z_95 * math.sqrt(count) / 2
    low, high = ordered[max(int(count / 2 - half), 0)], ordered[min(math.ceil(count / 2 + half), count - 1)]
    return Figure(name, "notes", float(np.median(ordered)), low, high, count)


def report(texts: Sequence[str], real: Sequence[str], ended: Sequence[bool] | None = None) -> dict[str, Measures]:
    """Print one table of tunes beside real ones, and what is to be seen in it; return what was measured."""
    columns = {"these tunes": measure(texts, ended), "real tunes": measure(real)}
    table(columns)
    return columns


def table(columns: Mapping[str, Measures], real: str = "real tunes") -> None:
    """Print what was measured of several kinds of tunes side by side; each but `real` is compared with it in words."""
    first = next(iter(columns.values()))
    names = {name: max(len(name), 15) for name in columns}
    rows = [("tunes", [str(one.tunes) for one in columns.values()])]
    if any(one.bits is not None for one in columns.values()):
        rows.append(("bits per character", [_number(one.bits, 3) for one in columns.values()]))
    rows.append(("of 100 tunes, so many get to where", [""] * len(columns)))
    for place, rung in enumerate(first.ladder):
        rows.append((f"{place + 1}  {rung.name}", [_percent(one.ladder[place]) for one in columns.values()]))
    rows.append(("the music", [""] * len(columns)))
    for place, figure in enumerate(first.figures):
        rows.append((f"   {figure.name}", [_said(one.figures[place]) for one in columns.values()]))
    if any(one.copies for one in columns.values()):
        rows.append(("   longest copied run, median", [_said(one.copies) for one in columns.values()]))
    lines = [f"{'':36}" + "".join(f"  {name:>{width}}" for name, width in names.items())]
    for label, cells in rows:
        line = "".join(f"  {cell:>{width}}" for cell, width in zip(cells, names.values(), strict=True))
        lines.append(f"{label:36}{line}".rstrip())
    style.print_wide(lines)
    print("In brackets: where the figure would be likely to be (95%) if many more such tunes were measured.")
    if real in columns and columns[real].valid == 1:
        print("All real tunes get to the last rung because the collection keeps no others.")
    for name, one in columns.items():
        if name != real:
            print(f"{name[:1].upper()}{name[1:]}: {seen(one, columns.get(real))}")


def _number(value: float | None, places: int) -> str:
    return "-" if value is None or math.isnan(value) else f"{value:.{places}f}"


def _percent(rung: Share) -> str:
    if not rung.total:
        return "-"
    low, high = rung.interval
    return f"{100 * rung.share:.0f} ({100 * low:.0f}-{100 * high:.0f})"


def _said(figure: Figure | None) -> str:
    if figure is None or math.isnan(figure.value):
        return "-"
    scale, places, sign = {"%": (100, 0, "%"), "bits": (1, 2, "")}.get(figure.unit, (1, 0, ""))
    text = f"{_number(scale * figure.value, places)}{sign}"
    between = f" ({_number(scale * figure.low, places)}-{_number(scale * figure.high, places)})"
    return text + ("" if math.isnan(figure.low) else between)


def seen(one: Measures, real: Measures | None = None) -> str:
    """Say where most tunes leave the ladder, and which figures differ from those of real tunes beyond chance."""
    if not one.tunes:
        return "there is no tune."
    sentence = f"{one.ladder[-1].count} of {one.tunes} get to the last rung."
    counts = [one.tunes, *(rung.count for rung in one.ladder)]
    lost = [before - after for before, after in pairwise(counts)]
    if max(lost):
        worst = lost.index(max(lost))
        sentence += f" Most of the others ({lost[worst]}) fail at rung {worst + 1}: {one.ladder[worst].name}."
    if real is None:
        return sentence
    pairs = [*zip(one.figures, real.figures, strict=True), *([(one.copies, real.copies)] if one.copies else [])]
    known = [(own, its) for own, its in pairs if own and its and not math.isnan(own.low) and not math.isnan(its.low)]
    if not known:
        return sentence + " There is not enough music to compare."
    apart = [
        f"{own.name} {_said(own).split(' ')[0]} (real: {_said(its).split(' ')[0]})"
        for own, its in known
        if own.low > its.high or own.high < its.low
    ]
    return sentence + (
        f" Unlike real tunes: {'; '.join(apart)}." if apart else " Its music has the figures of real tunes."
    )
