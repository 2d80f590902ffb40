"""The trainings of lab 2 that claims are read from, and what its shipped network writes with cells held."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.claims.grids import Grid
from labkit import data, weights
from labkit.evaluation import counting, stages
from labkit.models import characters, inside, sampling
from labkit.recurrence import gates, recall
from labkit.training import fitting

HERE = "benchmarks/claims/lab2_music_grids.py"
MODELS = "labs/labkit/models"
Rows = list[dict[str, Any]]

SHIPPED, RATE, BATCH = 2413, 4e-3, 32  # steps that the shipped weights had: five minutes on two quiet cores
STAGES = (0, 50, 100, 200, 500, 1000)
GAP, CUT = 30, 20  # fillers between word and question; steps after which the gradient is cut
TRAIN, TUNES, ALONE, TENS, TEN = 400, 100, 10, 5, 10  # tunes to choose cells on, tunes of a setting; the controls


def texts(part: str) -> list[str]:
    """Return the tunes of a part."""
    return [entry.text for entry in data.tunes().part(part)]


def learning(seed: int) -> Rows:
    """Train the lab's network as the shipped weights were, for 1,000 steps; let it write at stages, and those."""
    import keras  # noqa: PLC0415  (it takes seconds)
    import tensorflow as tf  # noqa: PLC0415

    keras.utils.set_random_seed(seed)
    train, valid = texts("train"), texts("valid")
    ids = characters.vocabulary(train)
    model = characters.build(len(ids) + characters.FIRST)
    optimizer = keras.optimizers.Adam(RATE)
    take, rows = characters.train_step(model, optimizer), []

    def write(network: Any, steps: int) -> None:
        written, ended = sampling.sample(
            network, ids, stages.TUNES, temperature=stages.HEAT, seed=seed, prompt=stages.PROMPT,
            max_length=stages.LONGEST,
        )  # fmt: skip
        bits = characters.bits_per_character(network, valid, ids)
        figures = {name: round(float(value), 4) for name, value in stages.figures(written, ended).items()}
        row = {"seed": seed, "steps": steps, "bits": round(bits, 3), **figures}
        rows.append({**row, "tunes": written, "ended": list(map(bool, ended))})

    for number, batch in enumerate(characters.batches(train, ids, BATCH, seed)):
        if number in STAGES:
            write(model, number)
        if number == STAGES[-1]:
            break
        optimizer.learning_rate = RATE * fitting.rate(number / SHIPPED, number)
        take(*map(tf.constant, batch))
    write(weights.load_char_model()[0], SHIPPED)
    return rows


def cells(seed: int) -> Rows:
    """Choose the shipped network's cell that follows the bar on training tunes; hold it, and others, while it writes.

    seed: of the training tunes, of the control cells and of the tunes that are written
    """
    import keras  # noqa: PLC0415

    model, ids = weights.load_char_model()
    train, test = texts("train"), texts("test")
    chosen = np.random.default_rng(seed).choice(len(train), TRAIN, replace=False)
    keras.utils.set_random_seed(seed)
    fresh = characters.build(len(ids) + characters.FIRST)
    learned, tested = (inside.memory(model, ids, part) for part in ([train[one] for one in chosen], test))
    best = learned.best(TEN)
    row: dict[str, Any] = {
        "seed": seed,
        "cell": best[0],
        "train": float(learned.correlations()[best[0]]),
        "test": float(tested.correlations()[best[0]]),
        "read_out": inside.read_out(learned, tested),
        "read_out_fresh": inside.read_out(
            *(inside.memory(fresh, ids, part) for part in ([train[one] for one in chosen], test))
        ),
    }
    groups = inside.settings(learned, alone=ALONE, tens=TENS, seed=seed)
    tunes = inside.written(model, ids, groups, learned.c.mean(0), TUNES, seed=seed)
    for name, written in tunes.items():
        row[name] = {
            "full": counting.share(counting.counts(written))[0],
            "symbols": stages.figures(written)["read"],
            "cells": groups[name],
        }
    return [row]


def bptt(seed: int) -> Rows:
    """Measure recall with the gradient cut every so many steps, and with two layers."""
    kinds = {"cut": gates.cut(gates.lstm(5.0), CUT), "two layers": gates.stacked(gates.lstm(5.0))}
    return [
        {"how": how, "gap": GAP, "seed": seed, "accuracy": recall.accuracy(layer, GAP, seed)}
        for how, layer in kinds.items()
    ]


GRIDS = {
    "learning": Grid(
        "data/lab2/learning.json",
        (
            f"{MODELS}/characters.py::build",
            f"{MODELS}/characters.py::train_step",
            "labs/labkit/training/fitting.py::rate",
            "labs/labkit/evaluation/stages.py::figures",
            f"{HERE}::learning",
        ),
        learning,
        "Experiment G: the lab's network after so many steps of its training, batches of 32, Adam with 0.004 at its "
        "highest, and (2,413) the shipped weights, trained alike by the clock; bits per character on the validation "
        "tunes; 50 tunes at temperature 0.8 that begin with the header M:6/8, K:Gmaj.",
        (0,),
    ),
    "cells": Grid(
        "benchmarks/claims/results/lab2_cells.json",
        (
            f"{MODELS}/inside.py",
            "labs/labkit/evaluation/counting.py::counts",
            "labs/labkit/evaluation/counting.py::share",
            "labs/labkit/evaluation/stages.py::figures",
            f"{HERE}::cells",
        ),
        cells,
        "Experiment M, the shipped network: cells chosen by their correlation with the place in the bar on 400 "
        "training tunes, reported on the test tunes; then held at their mean while 100 tunes a setting are written at "
        "temperature 0.8, beside other cells that move as much.",
        range(3),
    ),
    "bptt": Grid(
        "benchmarks/claims/results/lab2_bptt.json",
        (
            *(f"labs/labkit/recurrence/recall.py::{name}" for name in ("sequences", "model", "trained", "accuracy")),
            *(f"labs/labkit/recurrence/memories.py::{name}" for name in ("lstm", "cut", "stacked")),
            f"{HERE}::bptt",
        ),
        bptt,
        "The task of memory.json with k = 30 and the LSTM of forget bias 5: its gradient cut every 20 steps, or two "
        "of its layers on top of each other.",
        range(3),
    ),
}
