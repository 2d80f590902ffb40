"""What a network has learned at a stage of its training: its bars, keys and intervals, beside those of real tunes."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from labkit.base import style
from labkit.base.style import GREY, LINES, say
from labkit.evaluation.metrics import RUNGS, ends_on_tonic, in_key
from labkit.notation import abc, bars

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from labkit.notation.abc import Tune

    Figures = Mapping[str, float]

PROMPT = "M:6/8\nL:1/8\nK:Gmaj\n"  # every tune of a stage begins so: bars and keys can be judged from the start
TICKS = (0, 50, 200, 1000)  # steps
TUNES, HEAT, LONGEST = 50, 0.8, 600  # of a stage: tunes, temperature, characters of one
SHOWN = {
    "read": "tunes that end,\nevery symbol read",
    "full": "bars that\nfill their meter",
    "home": "tunes that end\non the home note",
    "interval": "semitones from\nnote to note",
}


def figures(texts: Sequence[str], ended: Sequence[bool] | None = None) -> dict[str, float]:
    """Measure the tunes of a stage; a figure over nothing is not a number.

    read:     the share that ends by itself and of which header and every symbol can be read
    full:     the share of full bars among all bars
    in_key:   the share of notes that belong to the key;   home: the share of tunes whose last note is its tonic
    interval: from one note to the next (the top ones of chords), in semitones, either way, on average
    bars, notes: how many there are
    """
    tunes = [abc.read(text) for text in texts]
    flags = [True] * len(tunes) if ended is None else list(ended)
    kinds = [kind for kind in RUNGS.values() if kind not in {"bar", "repeat"}]
    read = sum(flag and not tune.outside(*kinds) for tune, flag in zip(tunes, flags, strict=True))
    sounding = [tune for tune in tunes if not tune.outside("header") and any(event.pitches for event in tune.events)]
    written = sum(len(bars.split(tune)) for tune in sounding)
    keys = [in_key(tune) for tune in sounding]
    leaps = [leap for tune in sounding for leap in _leaps(tune)]
    return {
        "read": _share(read, len(tunes)),
        "full": _share(written - sum(len(tune.wrong("bar")) for tune in sounding), written),
        "in_key": _share(sum(inside for inside, _ in keys), sum(notes for _, notes in keys)),
        "home": _share(sum(ends_on_tonic(tune)[0] for tune in sounding), len(sounding)),
        "interval": _share(sum(leaps), len(leaps)),
        "bars": written,
        "notes": sum(notes for _, notes in keys),
    }


def _leaps(tune: Tune) -> list[int]:
    tops = [max(event.pitches) for event in tune.events if event.pitches]
    return [abs(after - before) for before, after in pairwise(tops)]


def _share(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")


def draw(columns: Mapping[str, Mapping[int, Figures]], real: Figures) -> None:
    """Draw how each figure goes with the steps; columns: network -> steps -> figures; real: those of real tunes."""
    _, axes = style.subplots(1, len(SHOWN), (12.5, 3.4))
    for panel, (key, title) in zip(axes, SHOWN.items(), strict=True):
        for (name, stages), (colour, dashes, mark) in zip(columns.items(), LINES, strict=False):
            heights = [one[key] for one in stages.values()]
            panel.plot(list(stages), heights, color=colour, ls=dashes, marker=mark, ms=5, label=name)
        panel.axhline(real[key], color=GREY, ls=":")
        panel.set_xscale("symlog", linthresh=50)
        panel.set_xticks(TICKS, [f"{steps:,}" for steps in TICKS], fontsize=8)
        panel.minorticks_off()
        panel.set_xlim(-5, 3 * TICKS[-1])
        panel.set_title(title, fontsize=10)
        panel.set_ylim(0, 1.05 if key != "interval" else None)
        panel.set_xlabel("steps")
    axes[2].annotate(  # early, where no network ends on the home note yet
        "real tunes", (0.02, real["home"]), (0, 3), xycoords=("axes fraction", "data"),
        textcoords="offset points", color=GREY, fontsize=9,
    )  # fmt: skip
    axes[-1].legend(fontsize=9, loc="lower right")
    for name, stages in columns.items():
        for steps, one in stages.items():
            music = (
                f"{one['full']:.0%} of {one['bars']:.0f} bars are full, {one['home']:.0%} of the tunes end on the home "
                f"note, {one['interval']:.2f} semitones from note to note"
            )
            known = one["bars"] and one["interval"] == one["interval"]  # not a number where no note follows another
            said = f"{one['read']:.0%} of the tunes can be read, {music if known else 'there is no melody'}"
            said = said if one["read"] == one["read"] else "there is no tune"
            say(f"{name[:1].upper()}{name[1:]}, {steps:,} steps: {said}.")
    if real["bars"]:
        say(_real(real))


def _real(real: Figures) -> str:
    return (
        f"Real tunes: {real['full']:.0%} of the bars are full (the collection keeps no others), {real['home']:.0%} end "
        f"on the home note, {real['interval']:.2f} semitones from note to note."
    )
