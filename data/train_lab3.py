"""Trains the models of music that ship with lab 3 and writes their weights into data/lab3 (run by `make train`).

    python data/train_lab3.py [transformer] [rnn] [--seconds 300]

`transformer` is trained four times as long as in the lab, `rnn` (a plain recurrent network, for the table) as long as
the LSTM of lab 2. Time is counted as in train_lab2.py: CPU seconds for two cores.
"""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import tensorflow as tf
from train_lab2 import CHECKED, clock, report, texts

from labkit import weights
from labkit.models import characters, transformer
from labkit.training.fitting import fit

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).resolve().parent
LONGER = 4  # times the lab's five minutes
DROPOUT, TRANSPOSED = 0.15, 0.5  # of the long training
RNN_RATE, RNN_BATCH = 2e-3, 32


def train(name: str, model: Any, step: Any, batches: Iterator[Any], rate: float, seconds: float) -> None:
    """Train a model of characters, say how good it is, and write its weights."""
    ids, checked = characters.vocabulary(texts("train")), texts("valid")[:CHECKED]
    measure = characters.bits_per_character if name == weights.RNN else transformer.bits_per_character
    began = time.monotonic()
    fitted = fit(
        model,
        step.optimizer,
        lambda *batch: step(*map(tf.constant, batch)),
        batches,
        lambda: measure(model, checked, ids),
        seconds=seconds,
        label=Path(name).stem,
        learning_rate=rate,
        clock=clock,
    )
    wall = time.monotonic() - began
    bits = {part: measure(model, texts(part), ids) for part in ("valid", "test")}
    settings = getattr(model, "settings", None)
    about = {"vocabulary": "".join(ids), "settings": asdict(settings) if settings else {}}
    weights.save(FOLDER / name, model, {**report(Path(name).stem, fitted, wall, bits), **about})


class Step:
    """A step of training, with its optimizer."""

    def __init__(self, model: Any, *, known: bool) -> None:
        self.optimizer = keras.optimizers.Adam()
        self.take = characters.train_step(model, self.optimizer, known=known)

    def __call__(self, *batch: Any) -> Any:
        """Take one step."""
        return self.take(*batch)


def train_transformer(seconds: float) -> None:
    """Train the Transformer: longer than in the lab, with dropout, and with half of the tunes in other keys."""
    train_texts = texts("train")
    ids = characters.vocabulary(train_texts)
    model = transformer.build(len(ids) + characters.FIRST, transformer.Settings(dropout=DROPOUT))
    batches = transformer.batches(train_texts, ids, transposed=TRANSPOSED)
    train(weights.TRANSFORMER, model, Step(model, known=True), batches, transformer.RATE, LONGER * seconds)


def train_rnn(seconds: float) -> None:
    """Train the plain recurrent network."""
    train_texts = texts("train")
    ids = characters.vocabulary(train_texts)
    model = characters.build(len(ids) + characters.FIRST, cell="SimpleRNN")
    batches = characters.batches(train_texts, ids, RNN_BATCH)
    train(weights.RNN, model, Step(model, known=False), batches, RNN_RATE, seconds)


def main() -> None:
    """Train the models named on the command line, or all."""
    trainings = {"transformer": train_transformer, "rnn": train_rnn}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", metavar="model", help=f"some of {', '.join(trainings)}; default all")
    parser.add_argument("--seconds", type=float, default=300, help="on two cores, of the lab's training (default 300)")
    options = parser.parse_args()
    if unknown := set(options.models) - set(trainings):
        parser.error(f"There is no model {', '.join(sorted(unknown))}; there are {', '.join(trainings)}.")
    (FOLDER / "lab3").mkdir(exist_ok=True)
    for name in options.models or trainings:
        keras.utils.set_random_seed(0)
        trainings[name](options.seconds)


if __name__ == "__main__":
    main()
