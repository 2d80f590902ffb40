"""Measures lab 3: the solution's attention against Keras's, its Transformer against the LSTM, and both translators.

Everything runs the solution's own cells. Models train for the lab's time, one after the other, in one run.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from typing import TYPE_CHECKING, Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf

from autograder.model.lab import find
from labkit import data, weights
from labkit.models import characters, transformer
from labkit.training import fitting
from labkit.translation import dates, translator

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LAB = "lab3_attention"
CORES = 2
SHAPES = ((16, 128, 128, 4), (16, 256, 128, 4), (4, 512, 256, 8))  # batch, time, d_model, heads
ROUNDS, CALLS = 15, 4
LSTM_RATE = 4e-3  # as in data/train_lab2.py


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all; the last line on the screen is one JSON object."""
    options = parsed(arguments)
    tf.config.threading.set_intra_op_parallelism_threads(CORES)
    solution = cells()
    found: dict[str, float] = {"attention_time_vs_keras": round(time_against_keras(solution), 3)}
    held_out = dates.pairs("test", options.pairs, seed=2)
    for key, bottleneck in (("translation_exact", False), ("bottleneck_exact", True)):
        attend = None if bottleneck else solution["cross_attention"]
        exact = translator.exact(translator.load(bottleneck=bottleneck), held_out, attend)
        found[key] = round(exact.share(kinds=dates.DATES), 4)
        found[f"{key}_numbers"] = round(exact.share(kinds=("number",)), 4)
    size = len(vocabulary()) + characters.FIRST
    found["transformer_shipped_bpc"] = round(tested(weights.load_transformer()[0]), 4)
    found["lstm_shipped_bpc"] = round(tested(weights.load_char_model()[0]), 4)
    makers: dict[str, Callable[[], Any]] = {
        "transformer_bpc": lambda: solution["MusicTransformer"](size),
        "lstm_bpc": lambda: characters.build(size),
    }
    if options.alone:
        makers["transformer_without_neighbours_bpc"] = lambda: solution["MusicTransformer"](size, near=1)
    for key, make in makers.items():
        found[key] = round(trained(make, key, options), 4)
    print(f"\n{'':38}{'bits/char, held-out tunes':>26}")
    for key in (*makers, "transformer_shipped_bpc", "lstm_shipped_bpc"):
        print(f"{key.removesuffix('_bpc').replace('_', ' '):38}{found[key]:>26.3f}")
    for what, end in (("dates", ""), ("numbers", "_numbers")):
        print(f"held-out {what} right to the last character: attention {found[f'translation_exact{end}']:.1%}, "
              f"bottleneck {found[f'bottleneck_exact{end}']:.1%}")  # fmt: skip
    print(json.dumps(found))
    return 0


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.attention", description=__doc__)
    parser.add_argument("--seconds", type=float, default=300, help="training time of each model (default 300)")
    parser.add_argument("--pairs", type=int, default=3000, help="how many held-out texts are translated (default 3000)")
    parser.add_argument("--cpu", action="store_true", help="count CPU seconds of two cores, on a busy machine")
    parser.add_argument("--alone", action="store_true", help="train a Transformer without the layer of neighbours, too")
    options = parser.parse_args(arguments)
    if options.seconds <= 0 or options.pairs < 1:
        sys.exit("--seconds and --pairs are positive numbers.")
    return options


def cells() -> dict[str, Any]:
    """Run the given cells and the exercises of the solution; return the names that they make."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in find(LAB).cells("given", "exercise"):
        exec(compile(cell.source, f"<{LAB}>", "exec"), names)  # noqa: S102  (our own cells)
    return names


def time_against_keras(solution: dict[str, Any]) -> float:
    """Time forward and backward of the solution and of Keras, by turns; return the worst ratio of the shapes."""
    worst = 0.0
    for shape in SHAPES:
        ours, theirs = pair(solution["multi_head_attention"], *shape)
        ratios = []
        for _ in range(ROUNDS):
            took = [clocked(run) for run in (ours, theirs)]
            ratios.append(took[0] / took[1])
        ratio = statistics.median(ratios)
        print(f"attention {shape}: {ratio:.2f} times the time of keras.layers.MultiHeadAttention, forward and backward")
        worst = max(worst, ratio)
    return worst


def pair(attend: Callable[..., Any], batch: int, length: int, width: int, heads: int) -> list[Callable[[], Any]]:
    """Make two compiled functions, the solution's and Keras's: the gradients of all matrices and of x."""
    rng = np.random.default_rng(0)
    x = tf.constant(rng.normal(size=(batch, length, width)), tf.float32)
    mask = tf.constant(np.tril(np.ones((length, length), bool)))
    layer = keras.layers.MultiHeadAttention(heads, width // heads, use_bias=False, flash_attention=False)
    layer(x, x)
    matrices = [tf.Variable(np.asarray(one).reshape(width, width)) for one in layer.get_weights()]

    def ours() -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            total = tf.reduce_sum(attend(x, *matrices, heads, mask)[0])
        return tape.gradient(total, [x, *matrices])

    def theirs() -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            total = tf.reduce_sum(layer(x, x, attention_mask=mask[None], return_attention_scores=True)[0])
        return tape.gradient(total, [x, *layer.trainable_variables])

    made = [tf.function(ours), tf.function(theirs)]
    for one, other in zip(made[0](), made[1](), strict=True):
        np.testing.assert_allclose(np.ravel(one), np.ravel(other), rtol=1e-3, atol=1e-3)
    return made


def clocked(run: Callable[[], Any]) -> float:
    """Time some calls."""
    began = time.perf_counter()
    for _ in range(CALLS):
        results = run()
    np.asarray(results[0])
    return time.perf_counter() - began


def texts(part: str) -> list[str]:
    """Return the tunes of a part."""
    return [entry.text for entry in data.tunes().part(part)]


def vocabulary() -> dict[str, int]:
    """Give numbers to the characters of the training tunes."""
    return characters.vocabulary(texts("train"))


def measured(model: Any, held_out: Sequence[str]) -> float:
    """Measure bits per character on some tunes."""
    gated = isinstance(model, keras.Sequential)
    measure = characters.bits_per_character if gated else transformer.bits_per_character
    return measure(model, held_out, vocabulary())


def tested(model: Any) -> float:
    """Measure bits per character on the test tunes."""
    return measured(model, texts("test"))


def trained(make: Callable[[], Any], name: str, options: argparse.Namespace) -> float:
    """Train a model of characters for the lab's time; return its bits per character on the test tunes."""
    keras.utils.set_random_seed(0)
    model, ids, train, checked = make(), vocabulary(), texts("train"), texts("valid")[:150]
    optimizer, gated = keras.optimizers.Adam(), name == "lstm_bpc"
    take = characters.train_step(model, optimizer) if gated else transformer.train_step(model, optimizer)
    fitting.fit(
        model,
        optimizer,
        lambda *batch: take(*map(tf.constant, batch)),
        characters.batches(train, ids) if gated else transformer.batches(train, ids),
        lambda: measured(model, checked),
        seconds=options.seconds,
        learning_rate=LSTM_RATE if gated else transformer.RATE,
        label=name,
        clock=(lambda: time.process_time() / CORES) if options.cpu else time.monotonic,
    )
    return tested(model)


if __name__ == "__main__":
    sys.exit(main())
