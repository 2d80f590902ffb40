"""Trains and samples the models of lab 2 beside the first edition's training and their ancestor's, on the same tunes.

`music_before` keeps the training of the first edition, `music_ancestor` says what the ancestor is.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import tensorflow as tf

from benchmarks import music_ancestor, music_training
from labkit import data
from labkit.composition import composer, composing
from labkit.composition.melody import Vocabulary, tokens
from labkit.evaluation import metrics, novelty
from labkit.models import characters, sampling
from labkit.training import fitting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

CORES = 2
ROOT = Path(__file__).resolve().parents[1]
RATE, BATCH = 3e-3, 16  # of the composer, as in data/train_lab2.py
TEMPERATURE = 0.8


@dataclass
class Run:
    """What one model reached; speeds in characters a second.

    flops: multiplications and additions of one training step, for each character
    """

    name: str
    bits: float
    train_speed: float
    sample_speed: float
    flops: float = 0.0
    texts: Sequence[str] = ()
    ended: Sequence[bool] = ()
    more: dict[str, Any] = field(default_factory=dict)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all three; the last line on the screen is one JSON object."""
    options = parsed(arguments)
    tf.config.threading.set_intra_op_parallelism_threads(CORES)
    peak = matmul_peak()
    turns = music_training.speeds()
    before = first_edition(options)
    runs = [character_model(options), *composer_model(options), ancestor(options)]
    library = novelty.training()
    rows = {run.name: measured(run, library) for run in runs}
    metrics.table({name: row for name, row in rows.items() if row is not None} | {"real tunes": real()})
    print()
    print(f"{'':22}{'bits/char':>10}{'training, char/s':>18}{'sampling, char/s':>18}")
    for run in (before, *runs):
        print(f"{run.name:22}{run.bits:>10.3f}{run.train_speed:>18,.0f}{run.sample_speed:>18,.0f}")
    print(f"matrix products on this machine: {peak / 1e9:.0f} GFLOP/s at best\n")
    by_rules = composing_by_turns(options)
    print("Training by turns, characters a CPU second:", {name: list(map(round, each)) for name, each in turns.items()})
    print("The composer by its rules, by turns, characters a CPU second:", by_rules or "not asked for (--before)")
    found = summary(runs, rows, library, peak) | {
        "first_edition_bpc": round(before.bits, 3),
        "train_speed_vs_first_edition": round(music_training.ratio(turns), 2),
    }
    if by_rules:
        found["composer_speed_vs_checkout"] = round(music_training.ratio(by_rules), 2)
    print(json.dumps(found))
    return 0


def composing_by_turns(options: argparse.Namespace) -> dict[str, list[float]]:
    """Let the composers of an earlier checkout and of this one write by their rules; empty where none was named."""
    if not options.before:
        return {}
    checkouts = {"before": options.before, "now": ROOT}
    found: dict[str, list[float]] = {name: [] for name in checkouts}
    for _ in range(music_training.TURNS):
        for name, checkout in checkouts.items():
            found[name].append(music_training.written(checkout, options.tunes))
    return found


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.music", description=__doc__)
    parser.add_argument("--seconds", type=float, default=300, help="training time of each model (default 300)")
    parser.add_argument("--tunes", type=int, default=400, help="how many tunes each model writes (default 400)")
    parser.add_argument("--cpu", action="store_true", help="count CPU seconds of two cores, on a busy machine")
    parser.add_argument(
        "--before", type=Path, metavar="CHECKOUT", help="compare the composer's speed with this checkout"
    )
    options = parser.parse_args(arguments)
    if options.seconds <= 0 or options.tunes < 1:
        sys.exit("--seconds and --tunes are positive numbers.")
    return options


def clock(options: argparse.Namespace) -> Callable[[], float]:
    """Return the clock that all speeds and budgets are taken from."""
    return (lambda: time.process_time() / CORES) if options.cpu else time.monotonic


def texts(part: str) -> list[str]:
    """Return the tunes of a part."""
    return [entry.text for entry in data.tunes().part(part)]


def matmul_peak(size: int = 1024, tries: int = 15) -> float:
    """Return the floating-point operations a second of a large matrix product, at best."""
    square = tf.random.normal((size, size))
    product = tf.function(lambda: tf.matmul(square, square))
    product()
    times = []
    for _ in range(tries):
        began = time.perf_counter()
        product().numpy()
        times.append(time.perf_counter() - began)
    return 2 * size**3 / min(times)


class _Meter:
    """Counts the characters that a training goes through."""

    def __init__(self) -> None:
        self.seen = 0

    def count(self, batches: Iterator[Any], size: Callable[[Any], int]) -> Iterator[Any]:
        """Hand batches on."""
        for batch in batches:
            yield batch
            self.seen += size(batch)


def flops(features: int, units: int, vocabulary: int) -> float:
    """Count a training step's operations for each character: 2 for each weight forward, twice that backward."""
    return 6.0 * ((features + units) * 4 * units + units * vocabulary)


def timed(now: Callable[[], float], write: Callable[[], Any]) -> tuple[Any, float]:
    """Return what a function returns, and how long it took; it runs once before, to be compiled."""
    write()
    began = now()
    found = write()
    return found, now() - began


def character_model(options: argparse.Namespace) -> Run:
    """Train the lab's model of characters for the lab's time, as a student does, and let it write."""
    now, one = clock(options), music_training.Training("now", 0)
    speed = one.run(options.seconds, now)
    (written, ended), took = timed(
        now, lambda: sampling.sample(one.model, one.ids, options.tunes, temperature=TEMPERATURE, seed=1)
    )
    return Run(
        "character LSTM", one.bits("test"), speed, sum(map(len, written)) / took,
        flops(music_training.EMBEDDING, music_training.UNITS, len(one.ids) + characters.FIRST), written, ended,
    )  # fmt: skip


def first_edition(options: argparse.Namespace) -> Run:
    """Train the same model for the same time as the lab's first edition did; what it writes is not asked for."""
    one = music_training.Training("before", 0)
    speed = one.run(options.seconds, clock(options))
    return Run("its first edition", one.bits("test"), speed, math.nan)


def composer_model(options: argparse.Namespace) -> list[Run]:
    """Train the lab's best model, and let it write freely and by the rules."""
    keras.utils.set_random_seed(0)
    now, train, meter = clock(options), texts("train"), _Meter()
    vocabulary = Vocabulary.of(tokens(text) for text in train)
    rows = {part: composer.rows(texts(part), vocabulary) for part in ("train", "valid", "test")}
    model = composer.build(vocabulary, composer.Settings())
    optimizer = keras.optimizers.Adam(RATE)
    take = composer.train_step(model, optimizer)
    each = sum(row.characters for row in rows["train"]) / sum(len(row.ids) for row in rows["train"])
    fitted = fitting.fit(
        model,
        optimizer,
        lambda *batch: take(*map(tf.constant, batch)),
        meter.count(composer.batches(rows["train"], BATCH, seed=0), lambda batch: int((batch[0][..., 0] > 0).sum())),
        lambda: composer.bits_per_character(model, rows["valid"][:150]),
        seconds=options.seconds,
        learning_rate=RATE,
        label="composer",
        clock=now,
    )
    bits, speed = composer.bits_per_character(model, rows["test"]), meter.seen * each / fitted.seconds
    found = []
    for name, constrained in (("best", False), ("constrained", True)):

        def write(*, rules: bool = constrained) -> Any:
            return composing.compose(model, options.tunes, temperature=TEMPERATURE, seed=1, constrained=rules)

        (written, ended), took = timed(now, write)
        found.append(Run(name, bits, speed, sum(map(len, written)) / took, 0.0, written, ended))
    return found


def ancestor(options: argparse.Namespace) -> Run:
    """Train and sample as the ancestor does."""
    now = clock(options)
    trained = music_ancestor.train(options.seconds, now, seed=0)
    bits = music_ancestor.bits(trained.model, trained.ids, texts("test"))
    alone = music_ancestor.build(trained.size, 1)
    alone.set_weights(trained.model.get_weights())
    began, written = now(), music_ancestor.write(alone, trained.ids, 300)
    return Run(
        "ancestor", bits, trained.speed, len(written) / (now() - began),
        flops(music_ancestor.EMBEDDING, music_ancestor.UNITS, trained.size),
    )  # fmt: skip


def measured(run: Run, library: novelty.Library) -> metrics.Measures | None:
    """Measure what a model wrote; None where it wrote no tunes."""
    if not run.texts:
        return None
    copies = [library.longest(text).length for text in run.texts]
    return metrics.measure(run.texts, run.ended, run.bits, copies)


def real() -> metrics.Measures:
    """Measure the held-out real tunes beside."""
    library = novelty.training()
    held_out = texts("test")
    return metrics.measure(held_out, copies=[library.longest(text).length for text in held_out])


def summary(
    runs: Sequence[Run], rows: dict[str, metrics.Measures | None], library: novelty.Library, peak: float
) -> dict[str, Any]:
    """Gather the figures of the last line."""
    by_name = {run.name: run for run in runs}
    ours, old = by_name["character LSTM"], by_name["ancestor"]
    found: dict[str, Any] = {
        "train_speed_vs_ancestor": round(ours.train_speed / old.train_speed, 2),
        "sample_speed_vs_ancestor": round(ours.sample_speed / old.sample_speed, 1),
        "peak_fraction": round(ours.train_speed * ours.flops / peak, 3),
        "ancestor_bpc": round(old.bits, 3),
        "real_longest_copy_p50": float(statistics.median(library.longest(text).length for text in texts("test"))),
    }
    for key, name in (("char_lstm", "character LSTM"), ("best", "best"), ("constrained", "constrained")):
        row = rows[name]
        if row is not None:
            found[key] = {
                "bpc": round(by_name[name].bits, 3),
                "read": round(row.ladder[metrics.READ].share, 4),
                "bars_full": round(row.ladder[3].share, 4),
                "valid": round(row.valid, 4),
                "longest_copy_p50": row.copies.value if row.copies else None,
            }
    return found


if __name__ == "__main__":
    sys.exit(main())
