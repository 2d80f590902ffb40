"""Measures the shipped grid of lab 2: recall of a word `gap` steps back, by kind of cell, three seeds.

Writes data/lab2/memory.json. About fifteen minutes on two cores:  python data/measure_lab2.py
"""

from __future__ import annotations

import json
import platform
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from labkit.recurrence import gates, recall

GAPS = (10, 30, 100)
SEEDS = range(3)
TARGET = Path(__file__).parent / "lab2" / "memory.json"
CELLS: dict[str, Any] = {
    "tanh RNN": keras.layers.SimpleRNN,
    "LSTM, forget bias 0": gates.lstm(0.0),
    "LSTM, forget bias 1": gates.lstm(1.0),
    "LSTM, forget bias 5": gates.lstm(5.0),
    "GRU, keep bias 5": gates.gru(5.0),
}


def main() -> None:
    """Train every cell on every gap and seed."""
    runs = []
    for cell, make in CELLS.items():
        for gap in GAPS:
            for seed in SEEDS:
                runs.append({"cell": cell, "gap": gap, "seed": seed, "accuracy": recall.accuracy(make, gap, seed)})
                print(runs[-1], flush=True)
    facts = {"python": platform.python_version(), "tensorflow": tf.__version__, "keras": keras.__version__}
    rows = ",\n".join("  " + json.dumps(run) for run in runs)
    TARGET.write_text(f'{{"versions": {json.dumps(facts)},\n "runs": [\n{rows}\n]}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
