"""Prints and draws what the collection of folk tunes holds: `make data-stats`, or `python data/stats_lab2.py PNG`."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl

from labkit import data
from labkit.base import style
from labkit.evaluation.ngrams import NGram
from labkit.notation import abc, bars

if TYPE_CHECKING:
    from collections.abc import Sequence

PICTURE = Path(__file__).resolve().parent.parent / "dist" / "tunes.png"
LONGEST = 8  # characters that a model looks at, the next one among them


def counted() -> dict[str, Any]:
    """Count everything that is drawn."""
    tunes = data.tunes()
    read = [abc.read(entry.text) for entry in tunes.entries]
    train, valid = ([entry.text for entry in tunes.part(name)] for name in ("train", "valid"))
    return {
        "meters": Counter(tune.meter_name for tune in read),
        "keys": Counter(str(tune.key) for tune in read),
        "bars": [len(bars.split(tune)) for tune in read],
        "characters": [len(entry.text) for entry in tunes.entries],
        "bits": [NGram(train, order).bits_per_character(valid) for order in range(1, LONGEST + 1)],
        "parts": Counter(entry.part for entry in tunes.entries),
        "alphabet": len(set("".join(train))),
    }


def table(found: dict[str, Any]) -> str:
    """Write it as text."""
    many = sum(found["parts"].values())
    return "\n".join(
        (
            f"{many} tunes: " + ", ".join(f"{count} {name}" for name, count in sorted(found["parts"].items())),
            f"{sum(found['characters'])} characters, of {found['alphabet']} kinds",
            "meters      " + ", ".join(f"{name} {count}" for name, count in found["meters"].most_common()),
            "keys        " + ", ".join(f"{name} {count}" for name, count in found["keys"].most_common()),
            *(f"{name:11} {_quantiles(found[name])}" for name in ("bars", "characters")),
            "bits per character of n-grams, smoothed after Kneser and Ney, counted on `train`, measured on `valid`:",
            "            " + ", ".join(f"n={order} {bits:.3f}" for order, bits in enumerate(found["bits"], 1)),
        )
    )


def _quantiles(numbers: Sequence[int]) -> str:
    ranked = sorted(numbers)
    places = {"least": 0.0, "5%": 0.05, "median": 0.5, "95%": 0.95, "most": 1.0}
    return ", ".join(f"{name} {ranked[round(share * (len(ranked) - 1))]}" for name, share in places.items())


def draw(found: dict[str, Any], path: Path) -> None:
    """Draw it as one picture."""
    figure, axes = style.subplots(2, 3, size=(13, 7))
    _bars(axes[0, 0], found["meters"].most_common(10), "Meters")
    _bars(axes[0, 1], found["keys"].most_common(16), "Keys (the 16 most frequent)")
    modes = Counter[str]()
    for key, count in found["keys"].items():
        modes[key[-3:]] += count
    _bars(axes[0, 2], modes.most_common(), "Modes")
    for place, name, step in ((0, "bars", 2), (1, "characters", 20)):
        numbers = sorted(found[name])
        top = numbers[round(0.99 * len(numbers))]
        axes[1, place].hist(numbers, bins=range(0, top + step, step), color=style.BLUE)
        axes[1, place].set(title=f"{name.capitalize()} of a tune as written (99% of all)", xlabel=name, ylabel="tunes")
    orders = range(1, LONGEST + 1)
    axes[1, 2].plot(orders, found["bits"], color=style.RED, marker="o")
    for order, bits in zip(orders, found["bits"], strict=True):
        axes[1, 2].annotate(f"{bits:.2f}", (order, bits), (0, 8), textcoords="offset points", ha="center", fontsize=9)
    axes[1, 2].set(
        title="n-grams on tunes held out (Kneser-Ney)",
        xlabel="n: characters looked at, the next among them",
        ylabel="bits per character",
        ylim=(0, max(found["bits"]) * 1.12),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)


def _bars(axes: Any, rows: Sequence[tuple[str, int]], title: str) -> None:
    names, counts = zip(*rows, strict=True)
    axes.barh(names, counts, color=style.SKY)
    axes.bar_label(axes.containers[0], padding=3, fontsize=9)
    axes.invert_yaxis()
    axes.set(title=title, xlabel="tunes", xlim=(0, max(counts) * 1.14))


if __name__ == "__main__":
    mpl.use("Agg")
    picture = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURE
    facts = counted()
    draw(facts, picture)
    print(f"{table(facts)}\nThe picture: {picture}")
