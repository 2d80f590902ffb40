"""Two tasks for the lectures' table, learned on short sequences and asked on longer ones: look up, and keep a sum.

    look up       the first word of a sequence, one of 8, is asked for at its end; between them 8 other words
    keep a sum    of numbers from 0 to 3, modulo 4

Four networks of much the same number of parameters read them: see `labkit.sequences.readers.Reader`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit import training

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ids = NDArray[np.int32]

KEYS, FILLERS = 8, 8
QUESTION = 1 + KEYS + FILLERS  # the last id; 0 is not used
SIZE = 1 + QUESTION
CLASSES = {"look up": KEYS, "keep a sum": 4}
KINDS = ("RNN", "GRU", "LSTM", "Transformer")
LONGEST = 24  # of the sequences that are trained on
ASKED = (8, 16, 24, 32, 48, 96)
RATES = (1e-3, 3e-3, 1e-2)
STEPS = {"look up": 500, "keep a sum": 1500}
WARM, BATCH, TESTED = 100, 32, 500
SURE = 0.95  # a network that is right so often at length 24 has learned the task


@dataclass
class Trained:
    """A network and what its training took.

    rate: of learning     seconds: CPU seconds of the training, without making its graphs
    """

    model: Any
    task: str
    rate: float
    seconds: float = 0.0
    losses: list[float] = field(default_factory=list)


def draw(task: str, count: int, length: int, generator: np.random.Generator) -> tuple[Ids, Ids]:
    """Draw sequences of a task, (count, length), and their answers (count,)."""
    if task == "look up":
        ids = generator.integers(1 + KEYS, QUESTION, (count, length))
        ids[:, 0] = generator.integers(1, 1 + KEYS, count)
        ids[:, -1] = QUESTION
        answers = ids[:, 0] - 1
    elif task == "keep a sum":
        ids = generator.integers(1, 5, (count, length))
        answers = (ids - 1).sum(1) % 4
    else:
        raise ValueError(f"There is no task {task!r}; there are {' and '.join(CLASSES)}.")
    return ids.astype(np.int32), answers.astype(np.int32)


def longest(share: float) -> int:
    """Return the length of the longest sequences when so much of a training is done: from 2 to 24 in its first half."""
    return min(LONGEST, 2 + int(2 * share * (LONGEST - 1)))


def train(task: str, kind: str, rate: float = 3e-3, seed: int = 0, steps: int = 0, label: str = "") -> Trained:
    """Train a network of a kind (one of KINDS) on sequences of 2 to 24, the short ones first.

    steps: 0 stands for STEPS of the task; times LABKIT_BUDGET; Adam with warm-up and cosine, gradients clipped
    label: for the progress line; "" is silent
    """
    import keras
    import tensorflow as tf

    from labkit.sequences import readers

    keras.utils.set_random_seed(seed)
    steps = training.scaled(steps or STEPS[task])
    model = readers.Reader(kind, SIZE, CLASSES[task])
    model(np.ones((1, 4), np.int32))
    warm = min(WARM, steps // 2)
    schedule = keras.optimizers.schedules.CosineDecay(0.0, max(1, steps - warm), warmup_target=rate, warmup_steps=warm)
    step = readers.train_step(model, keras.optimizers.Adam(schedule, global_clipnorm=1.0))
    found, generator = Trained(model, task, rate), np.random.default_rng(seed)
    shown = training.Progress(label, steps) if label else None
    step.get_concrete_function()
    began = time.process_time()
    for number in range(steps):
        length = int(generator.integers(2, longest(number / steps) + 1))
        ids, answers = draw(task, BATCH, length, generator)
        found.losses.append(float(step(tf.constant(ids), tf.constant(answers))))
        if shown:
            shown.log(found.losses[-1])
    found.seconds = time.process_time() - began
    return found


def accuracy(model: Any, task: str, length: int, count: int = TESTED, seed: int = 10_000) -> float:
    """Say how often a network is right on sequences of a length that it has not seen."""
    ids, answers = draw(task, count, length, np.random.default_rng((seed, length)))
    return float((np.asarray(model(ids)).argmax(-1) == answers).mean())


def step_seconds(kind: str, length: int, calls: int = 40) -> float:
    """Measure the CPU seconds of one training step on 32 sequences of a length: the median, once the graph is made."""
    import keras
    import tensorflow as tf

    from labkit.sequences import readers

    model = readers.Reader(kind, SIZE, KEYS)
    model(np.ones((1, 4), np.int32))
    step = readers.train_step(model, keras.optimizers.Adam(1e-4))
    batch = [tf.constant(one) for one in draw("look up", BATCH, length, np.random.default_rng(0))]
    taken = []
    for _ in range(calls + 3):
        began = time.process_time()
        float(step(*batch))
        taken.append(time.process_time() - began)
    return float(np.median(taken[3:]))


def kept(kind: str, length: int) -> int:
    """Count the numbers that a network keeps, of one sequence, when it has read `length` words and reads one more."""
    from labkit.sequences import readers

    if kind == "Transformer":
        return 2 * readers.BLOCKS * length * readers.WIDTH  # keys and values
    return readers.UNITS[kind] * (2 if kind == "LSTM" else 1)
