"""Trains the two translators that ship with lab 3 and writes their weights into data/lab3.

    python data/train_translator.py [translator] [bottleneck] [--seconds 300] [--out data]

The time is counted in CPU seconds for two cores, as in train_lab2.py: 300 seconds are 600 CPU seconds, what five
minutes on two quiet cores have. Both networks get the same time, the same pairs, and about as many parameters.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import tensorflow as tf

from labkit.training.fitting import rate
from labkit.translation import dates, translator

CORES = 2
NAMES = {"translator": translator.ATTENTION, "bottleneck": translator.BOTTLENECK}
RATES = {"translator": 2e-3, "bottleneck": 4e-3}
PAIRS, BATCH = 150_000, 64
WARM_UP = 300  # steps over which the learning rate rises
CHECKS, CHECKED = 6, 120  # how often the training shows how exact it is, and on how many held-out pairs
TESTED = 2000  # pairs for the figures that are written down


def clock() -> float:
    """Return CPU seconds as two cores have them."""
    return time.process_time() / CORES


def train(model: translator.Translator, pairs: list[dates.Pair], seconds: float, learning_rate: float) -> int:
    """Train for some seconds; return the number of steps."""
    optimizer = keras.optimizers.Adam(learning_rate, beta_2=0.98)
    step = translator.train_step(model.network, optimizer)
    checked, checks = dates.pairs("valid", CHECKED, seed=1), 0
    began, steps = clock(), 0
    for batch in translator.batches(pairs, model.letters, BATCH):
        if (spent := clock() - began) >= seconds:
            break
        optimizer.learning_rate = learning_rate * rate(spent / seconds, steps) * min(1.0, (steps + 1) / WARM_UP)
        loss = step(*map(tf.constant, batch))
        steps += 1
        if spent > (checks + 1) * seconds / CHECKS:
            checks += 1
            said = translator.exact(model, checked)
            print(f"  {CORES * spent:.0f} CPU-s, {steps} steps, loss {float(loss):.4f}; {said}", flush=True)
    return steps


def run(name: str, seconds: float, out: Path) -> None:
    """Train one translator, measure it as it is read back from its file, and write down both."""
    keras.utils.set_random_seed(0)
    pairs = dates.pairs("train", PAIRS)
    file, path = NAMES[name], out / NAMES[name]
    path.parent.mkdir(parents=True, exist_ok=True)
    model = translator.make(translator.alphabet(pairs), file)
    print(f"{name}: {model.parameters():,} parameters", flush=True)
    wall = time.monotonic()
    steps = train(model, pairs, seconds, RATES[name])
    wall = time.monotonic() - wall
    about = {
        "sizes": translator.SIZES[file],
        "steps": steps,
        "cpu_seconds": round(CORES * seconds),
        "data": dates.SIGNATURE,
        "versions": {"python": platform.python_version(), "tensorflow": tf.__version__, "keras": keras.__version__},
    }
    translator.save(path, model, about)
    shipped = translator.load(bottleneck=name == "bottleneck", path=path)
    measured = translator.exact(shipped, dates.pairs("test", TESTED, seed=2))
    about["exact_dates"] = round(measured.share(kinds=dates.DATES), 4)
    about["exact_numbers"] = round(measured.share(kinds=("number",)), 4)
    translator.save(path, shipped, about)
    print(f"{name}: {CORES * seconds:.0f} CPU-s, {wall:.0f} s of wall time, {steps} steps; {measured}", flush=True)
    for kind in dates.KINDS:
        shares = ", ".join(f"{one} {measured.share(kinds=(kind,), languages=(one,)):.3f}" for one in dates.LANGUAGES)
        print(f"  {kind} {measured.share(kinds=(kind,)):.4f}: {shares}")
    for mistake in measured.mistakes()[:12]:
        print("  {} | {} | {}".format(*mistake))


def main() -> None:
    """Train the translators named on the command line, or both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", metavar="model", help=f"some of {', '.join(NAMES)}; default both")
    parser.add_argument("--seconds", type=float, default=300, help="on two cores, for each model (default 300)")
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent, help="folder (default data)")
    options = parser.parse_args()
    if unknown := set(options.models) - set(NAMES):
        parser.error(f"There is no model {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}.")
    for name in options.models or NAMES:
        run(name, options.seconds, options.out)


if __name__ == "__main__":
    main()
