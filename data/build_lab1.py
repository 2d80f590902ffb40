"""Measures the shipped grid of lab 1: recall of a word `gap` steps back, two cells, five seeds.

Writes data/lab1/forgetting.json. About ten minutes on two cores:  python data/build_lab1.py
"""

from __future__ import annotations

import json
import platform
import sys
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from labkit.recurrence import recall

GAPS = (5, 10, 15, 20, 30, 45, 60, 100)
SEEDS = range(5)
TARGET = Path(__file__).parent / "lab1" / "forgetting.json"


def tanh(units: int) -> Any:
    """Make the plain cell, as Keras starts it: tanh, orthogonal W_hh."""
    return keras.layers.SimpleRNN(units)


def relu_identity(units: int) -> Any:
    """Make the cell that the notebook gives in Part 5: ReLU, W_hh = I, small W_xh."""
    return keras.layers.SimpleRNN(
        units,
        activation="relu",
        recurrent_initializer="identity",
        kernel_initializer=keras.initializers.RandomNormal(stddev=0.03),
    )


CELLS = {"tanh": tanh, "relu_identity": relu_identity}


def measure(point: tuple[str, int, int]) -> dict[str, Any]:
    """Train one network and test it; point: cell, gap, seed."""
    cell, gap, seed = point
    return {"cell": cell, "gap": gap, "seed": seed, "accuracy": recall.accuracy(CELLS[cell], gap, seed)}


def main() -> None:
    """Measure all points, two at a time, and write the grid."""
    points = [(cell, gap, seed) for cell in CELLS for gap in GAPS for seed in SEEDS]
    rows = []
    with get_context("spawn").Pool(2) as pool:
        for row in pool.imap(measure, points):
            rows.append(row)
            sys.stderr.write(f"{len(rows)}/{len(points)} {row}\n")
    about = {
        "task": f"one of {recall.COUNTRIES} countries, then `gap` of {recall.FILLERS} fillers; name the country",
        "training": f"{recall.STEPS} steps of Adam, batch {recall.BATCH}, learning rate {recall.LEARNING_RATE}, "
        f"gradient norm clipped to 1, {recall.UNITS} units",
        "tested_on": recall.TESTED,
        "versions": {"python": platform.python_version(), "tensorflow": tf.__version__, "keras": keras.__version__},
    }
    lines = ",\n    ".join(json.dumps(row) for row in rows)
    TARGET.write_text(f'{{\n  "about": {json.dumps(about)},\n  "runs": [\n    {lines}\n  ]\n}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
