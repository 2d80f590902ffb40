"""Trains the models that ship with lab 2 and writes their weights into data/lab2 (run by `make train`).

    python data/train_lab2.py [characters] [bar_position] [composer] [--seconds 300]

The time is counted in CPU seconds for two cores, so that a busy machine gives the same models: 300 seconds are 600 CPU
seconds, what five minutes on two quiet cores have.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import tensorflow as tf

from labkit import data, weights
from labkit.composition import composer
from labkit.composition.melody import Vocabulary, tokens
from labkit.models import characters
from labkit.training.fitting import Fit, fit

FOLDER = Path(__file__).resolve().parent
CORES = 2
RATE, BATCH = 3e-3, 16  # of the composers
CHARACTERS_RATE, CHARACTERS_BATCH = 4e-3, 32
CHECKED = 150  # validation tunes by which the best weights are chosen while the training runs


def clock() -> float:
    """Return CPU seconds as two cores have them."""
    return time.process_time() / CORES


def texts(part: str) -> list[str]:
    """Return the tunes of a part."""
    return [entry.text for entry in data.tunes().part(part)]


def report(name: str, fitted: Fit, wall: float, bits: dict[str, float]) -> dict[str, Any]:
    """Print and return what is known about a training."""
    about = {
        "steps": fitted.steps,
        "cpu_seconds": round(CORES * fitted.seconds),
        "valid_bits": round(bits["valid"], 4),
        "test_bits": round(bits["test"], 4),
        "tunes": json.loads((FOLDER / "lab2" / "tunes.json").read_text(encoding="utf-8"))["sha256"],
        "versions": {"python": platform.python_version(), "tensorflow": tf.__version__, "keras": keras.__version__},
    }
    print(
        f"{name}: {about['cpu_seconds']} CPU-s, {wall:.0f} s of wall time, {fitted.steps} steps; bits per character "
        f"{bits['valid']:.4f} (valid), {bits['test']:.4f} (test)",
        flush=True,
    )
    return about


def train_characters(seconds: float) -> None:
    """Train the lab's LSTM; what it writes while it learns is the grid "learning" (`make grids`)."""
    train = texts("train")
    ids = characters.vocabulary(train)
    model = characters.build(len(ids) + characters.FIRST)
    optimizer = keras.optimizers.Adam(CHARACTERS_RATE)
    take, checked = characters.train_step(model, optimizer), texts("valid")[:CHECKED]
    began = time.monotonic()
    fitted = fit(
        model,
        optimizer,
        lambda *batch: take(*map(tf.constant, batch)),
        characters.batches(train, ids, CHARACTERS_BATCH),
        lambda: characters.bits_per_character(model, checked, ids),
        seconds=seconds,
        label="characters",
        learning_rate=CHARACTERS_RATE,
        clock=clock,
    )
    wall = time.monotonic() - began
    bits = {part: characters.bits_per_character(model, texts(part), ids) for part in ("valid", "test")}
    about = report("characters", fitted, wall, bits)
    weights.save(FOLDER / weights.CHARACTERS, model, {**about, "vocabulary": "".join(ids)})


def train_composer(name: str, settings: composer.Settings, seconds: float) -> None:
    """Train a composer; name: a file of weights."""
    vocabulary = Vocabulary.of(tokens(text) for text in texts("train"))
    rows = {part: composer.rows(texts(part), vocabulary) for part in ("train", "valid", "test")}
    model = composer.build(vocabulary, settings)
    optimizer = keras.optimizers.Adam(RATE)
    take = composer.train_step(model, optimizer)
    began = time.monotonic()
    fitted = fit(
        model,
        optimizer,
        lambda *batch: take(*map(tf.constant, batch)),
        composer.batches(rows["train"], BATCH, seed=0),
        lambda: composer.bits_per_character(model, rows["valid"][:CHECKED]),
        seconds=seconds,
        label=Path(name).stem,
        learning_rate=RATE,
        clock=clock,
    )
    wall = time.monotonic() - began
    bits = {part: composer.bits_per_character(model, rows[part]) for part in ("valid", "test")}
    about = report(Path(name).stem, fitted, wall, bits)
    extra = {"settings": asdict(settings), "symbols": vocabulary.symbols, "lengths": vocabulary.lengths}
    weights.save(FOLDER / name, model, {**about, **extra})


def main() -> None:
    """Train the models named on the command line, or all."""
    trainings = {
        "characters": train_characters,
        "bar_position": lambda seconds: train_composer(weights.PLAIN, composer.Settings(composer.PLAIN), seconds),
        "composer": lambda seconds: train_composer(weights.COMPOSER, composer.Settings(), seconds),
    }
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", metavar="model", help=f"some of {', '.join(trainings)}; default all")
    parser.add_argument("--seconds", type=float, default=300, help="on two cores, for each model (default 300)")
    options = parser.parse_args()
    if unknown := set(options.models) - set(trainings):
        parser.error(f"There is no model {', '.join(sorted(unknown))}; there are {', '.join(trainings)}.")
    for name in options.models or trainings:
        keras.utils.set_random_seed(0)
        trainings[name](options.seconds)


if __name__ == "__main__":
    main()
