"""Trains and samples the models of lab 2 beside their ancestor's configuration, on the same tunes, in one run.

The ancestor is the character model of many courses: embedding 256, LSTM 1024, batches of 8 windows of 100 characters,
stateful, Adam with 5e-3, and one call of the model for each character that it writes.
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
from typing import TYPE_CHECKING, Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf

from labkit import data
from labkit.composition import composer, composing
from labkit.composition.melody import Vocabulary, tokens
from labkit.evaluation import metrics, novelty
from labkit.models import characters, sampling
from labkit.training import fitting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

CORES = 2
RATE, BATCH = 3e-3, 16  # of the composer, as in data/train_lab2.py
CHARACTER_RATE, CHARACTER_BATCH = 4e-3, 32
WINDOW, ROWS, ANCESTOR_RATE = 100, 8, 5e-3
GAP = "\n"  # between two tunes of the ancestor's text: it stands for the end that our models write
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
    ours = character_model(options)
    runs = [ours, *composer_model(options), ancestor(options)]
    library = novelty.training()
    rows = {run.name: measured(run, library) for run in runs}
    metrics.table({name: row for name, row in rows.items() if row is not None} | {"real tunes": real()})
    print()
    print(f"{'':22}{'bits/char':>10}{'training, char/s':>18}{'sampling, char/s':>18}")
    for run in runs:
        print(f"{run.name:22}{run.bits:>10.3f}{run.train_speed:>18,.0f}{run.sample_speed:>18,.0f}")
    print(f"matrix products on this machine: {peak / 1e9:.0f} GFLOP/s at best\n")
    print(json.dumps(summary(runs, rows, library, peak)))
    return 0


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.music", description=__doc__)
    parser.add_argument("--seconds", type=float, default=300, help="training time of each model (default 300)")
    parser.add_argument("--tunes", type=int, default=400, help="how many tunes each model writes (default 400)")
    parser.add_argument("--cpu", action="store_true", help="count CPU seconds of two cores, on a busy machine")
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
    """Train the lab's model of characters for the lab's time, and let it write."""
    keras.utils.set_random_seed(0)
    now, train, meter = clock(options), texts("train"), _Meter()
    ids = characters.vocabulary(train)
    model = characters.build(len(ids) + characters.FIRST)
    optimizer = keras.optimizers.Adam(CHARACTER_RATE)
    take = characters.train_step(model, optimizer)
    checked = texts("valid")[:150]
    fitted = fitting.fit(
        model,
        optimizer,
        lambda *batch: take(*map(tf.constant, batch)),
        meter.count(characters.batches(train, ids, CHARACTER_BATCH), lambda batch: int(batch[1][:, 1:].sum())),
        lambda: characters.bits_per_character(model, checked, ids),
        seconds=options.seconds,
        learning_rate=CHARACTER_RATE,
        label="characters",
        clock=now,
    )
    bits = characters.bits_per_character(model, texts("test"), ids)
    (written, ended), took = timed(
        now, lambda: sampling.sample(model, ids, options.tunes, temperature=TEMPERATURE, seed=1)
    )
    return Run(
        "character LSTM", bits, meter.seen / fitted.seconds, sum(map(len, written)) / took,
        flops(characters.EMBEDDING, characters.UNITS, len(ids) + characters.FIRST), written, ended,
    )  # fmt: skip


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
    keras.utils.set_random_seed(0)
    now, text = clock(options), GAP.join(texts("train"))
    ids = characters.vocabulary([text])
    numbers = np.array([ids[character] for character in text])
    size = len(ids) + characters.FIRST
    model = ancestor_model(size, ROWS)
    optimizer = keras.optimizers.Adam(ANCESTOR_RATE)

    @tf.function  # type: ignore[untyped-decorator,unused-ignore]
    def step(inputs: Any, targets: Any) -> Any:
        with tf.GradientTape() as tape:
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=model(inputs))
            loss = tf.reduce_mean(losses)
        optimizer.apply_gradients(
            zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables, strict=True)
        )
        return loss

    rng, steps = np.random.default_rng(0), 0
    step(*windows(numbers, rng))  # compiled before the clock starts
    began = now()
    while now() - began < options.seconds:
        step(*windows(numbers, rng)).numpy()
        steps += 1
    speed = steps * ROWS * WINDOW / (now() - began)
    bits = ancestor_bits(model, ids, texts("test"))
    alone = ancestor_model(size, 1)
    alone.set_weights(model.get_weights())
    began, written = now(), write_as_ancestor(alone, ids, 300)
    return Run("ancestor", bits, speed, len(written) / (now() - began), flops(256, 1024, size))


def ancestor_model(size: int, rows: int) -> Any:
    """Make the ancestor's network, with a fixed number of rows, whose states go on from call to call."""
    return keras.Sequential(
        [
            keras.layers.Input(batch_shape=(rows, None)),
            keras.layers.Embedding(size, 256),
            keras.layers.LSTM(1024, return_sequences=True, stateful=True),
            keras.layers.Dense(size),
        ]
    )


def windows(numbers: NDArray[np.int64], rng: np.random.Generator) -> tuple[Any, Any]:
    """Draw inputs and targets (ROWS, WINDOW) at random places of the text."""
    places = rng.integers(0, len(numbers) - WINDOW - 1, ROWS)
    cut = np.stack([numbers[place : place + WINDOW + 1] for place in places])
    return tf.constant(cut[:, :-1]), tf.constant(cut[:, 1:])


def ancestor_bits(model: Any, ids: dict[str, int], held_out: Sequence[str]) -> float:
    """Measure bits per character over held-out tunes read as one text; the gap after each tune counts as its end.

    As in its training: the text in as many rows as a batch has, window by window, and each row's states go on from
    where they are. From states of zero, which its training never sees again, the ancestor is far worse.
    """
    text = GAP + "".join(tune + GAP for tune in held_out)
    numbers = np.array([ids.get(character, characters.FIRST) for character in text])
    long = (len(numbers) - 1) // ROWS
    inputs, targets = (numbers[start : start + ROWS * long].reshape(ROWS, long) for start in (0, 1))
    read = tf.function(model, reduce_retracing=True)  # called directly, Keras would go through the steps in Python
    nats = 0.0
    for start in range(0, long, WINDOW):
        logits = read(tf.constant(inputs[:, start : start + WINDOW]))
        labels = tf.constant(targets[:, start : start + WINDOW])
        nats += float(tf.reduce_sum(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)))
    return nats / math.log(2) / (ROWS * long) * len(numbers[1:]) / sum(map(len, held_out))


def write_as_ancestor(model: Any, ids: dict[str, int], count: int) -> list[int]:
    """Draw characters as the ancestor does: one call of the model for each."""
    model.layers[-2].reset_states()
    drawn = [ids["M"]]
    for _ in range(count):
        logits = model(tf.constant([[drawn[-1]]]))[:, -1]
        drawn.append(int(tf.random.categorical(logits, 1)[0, 0]))
    return drawn


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
