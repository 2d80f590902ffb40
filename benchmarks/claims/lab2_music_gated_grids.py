"""The trainings of lab 2 by the clock, and those that ask which gated cell is best. A step is one training."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from autograder.base.files import ROOT
from benchmarks import music_training
from benchmarks.claims.grids import Grid
from labkit.models import gated

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

HERE = "benchmarks/claims/lab2_music_gated_grids.py"
KIT = "labs/labkit"
RATES = "data/lab2/gated_rates.json"
TUNED = 100  # the seed whose trainings choose the rate
KINDS = gated.KINDS
TRAINED = (
    f"{KIT}/models/gated.py",
    *(f"{KIT}/models/characters.py::{name}" for name in ("padded", "batches", "train_step", "bits_per_character")),
    f"{KIT}/training/fitting.py::buckets",
    f"{KIT}/training/fitting.py::rate",
)
TUNING = tuple((kind, rate) for kind in KINDS for rate in gated.RATES)
MORE_RATES = "data/lab2/deeper_rates.json"
MORE_TUNING = tuple((kind, rate) for kind in gated.MORE for rate in gated.RATES)
MORE_RUNS = tuple((kind, seed) for seed in range(5) for kind in gated.MORE)
RUNS = tuple((kind, seed) for seed in range(5) for kind in gated.KINDS) + tuple(
    (kind, seed) for seed in range(3) for kind in gated.MORE
)
Rows = list[dict[str, Any]]


def rates(number: int) -> Rows:
    """Train one network with one of three rates, by a seed of its own."""
    kind, rate = TUNING[number]
    return [gated.run(kind, rate, TUNED)]


def chosen(runs: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """Return for each cell the rate with the fewest bits on the validation tunes."""
    best: dict[str, Mapping[str, Any]] = {}
    for run in runs:
        if run["cell"] not in best or run["valid"] < best[run["cell"]]["valid"]:
            best[run["cell"]] = run
    return {cell: float(run["rate"]) for cell, run in best.items()}


def cells(number: int) -> Rows:
    """Train one network with the rate that the grid before this one has chosen."""
    kind, seed = RUNS[number]
    tuned = json.loads((ROOT / RATES).read_text(encoding="utf-8"))["runs"]
    return [gated.run(kind, chosen(tuned)[kind], seed)]


def more_rates(number: int) -> Rows:
    """Train an LSTM with dropout, or one of two layers, with one of three rates, by a seed of its own."""
    kind, rate = MORE_TUNING[number]
    return [gated.run(kind, rate, TUNED)]


def more(number: int) -> Rows:
    """Train an LSTM with dropout, or one of two layers, with the rate that the grid before this one has chosen."""
    kind, seed = MORE_RUNS[number]
    tuned = json.loads((ROOT / MORE_RATES).read_text(encoding="utf-8"))["runs"]
    return [gated.run(kind, chosen(tuned)[kind], seed)]


GRIDS = {
    "gated_rates": Grid(
        RATES,
        (*TRAINED, f"{HERE}::TUNING", f"{HERE}::rates"),
        rates,
        "Which gated cell is best? Each network with each of three learning rates, by a seed of its own: the rate with "
        "the fewest bits on the validation tunes is taken.",
        seeds=range(len(TUNING)),
    ),
    "gated": Grid(
        "data/lab2/gated.json",
        (*TRAINED, RATES, f"{HERE}::RUNS", f"{HERE}::chosen", f"{HERE}::cells"),
        cells,
        f"Which gated cell is best? Networks of as many parameters, {gated.UPDATES} batches of {gated.BATCH} tunes for "
        "each, Adam with the rate of gated_rates.json, warm-up and cosine; bits per character, CPU seconds of the "
        "updates on one thread.",
        seeds=range(5 * len(KINDS)),  # those of gated.MORE, behind them, have a grid of their own
    ),
    "deeper_rates": Grid(
        MORE_RATES,
        (*TRAINED, f"{HERE}::MORE_TUNING", f"{HERE}::more_rates"),
        more_rates,
        "An LSTM with dropout, and one of two layers, each with three learning rates, by a seed of its own: the rate "
        "with the fewest bits on the validation tunes is taken.",
        seeds=range(len(MORE_TUNING)),
    ),
    "deeper": Grid(
        "data/lab2/deeper.json",
        (*TRAINED, MORE_RATES, f"{HERE}::MORE_RUNS", f"{HERE}::chosen", f"{HERE}::more"),
        more,
        f"Do dropout or a second layer help? Networks of as many parameters as those of gated.json, "
        f"{gated.UPDATES} batches of {gated.BATCH} tunes for each, Adam with the rate of deeper_rates.json.",
        seeds=range(len(MORE_RUNS)),
    ),
    "minutes": Grid(
        "benchmarks/claims/results/lab2_minutes.json",
        (
            "benchmarks/music_before.py",
            "benchmarks/music_ancestor.py",
            *(f"benchmarks/music_training.py::{name}" for name in ("Training", "_before", "_now", "minutes", "SIZE")),
            *(f"#{name}" for name in ("build_model", "encode", "ex-masked_cross_entropy", "ex-train_step")),
            f"{KIT}/training/fitting.py::fit",
            f"{KIT}/training/fitting.py::rate",
            f"{KIT}/training/fitting.py::buckets",
        ),
        music_training.minutes,
        "Lab 2's five minutes, counted as 600 CPU seconds of two threads with validation inside: the training of the "
        "first edition, that of today, and the ancestor's, on the same tunes.",
        seeds=range(len(music_training.RUNS)),
    ),
}
