"""Lab 2's training beside that of its first edition: speed by turns, and bits per character after the same time.

What is trained is what a student trains: the lab's own cells. `music_before` keeps the first edition's.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from benchmarks import music_before
from benchmarks.claims.cells import names
from labkit import data, training
from labkit.models import characters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CORES = 2
SECONDS = 300.0
SIZE = 32  # tunes of a batch, as in the lab's cell "train-tunes"
EMBEDDING, UNITS, NORM = 64, 256, 1.0  # the same
EDITIONS = ("before", "now")
RUNS = (*((edition, seed) for seed in range(3) for edition in EDITIONS), ("ancestor", 0))
PARTS = ("valid", "test")
TURNS, STEPS = 5, 4
WRITE = """
import time
from labkit import weights, composing
model, spent = weights.load_composer(), []
for _ in range({turns} + 1):
    began = time.process_time()
    texts, _ = composing.compose(model, {tunes}, temperature=0.8, seed=1, constrained=True)
    spent.append(time.process_time() - began)
print(sum(map(len, texts)) / min(spent[1:]))
"""


def clock() -> float:
    """Return CPU seconds as two cores have them."""
    return time.process_time() / CORES


@cache
def texts(part: str) -> list[str]:
    """Return the tunes of a part."""
    return [entry.text for entry in data.tunes().part(part)]


class Training:
    """One training, not yet run: its network, its step, its batches, and how many characters went through it.

    edition: "before" or "now"
    """

    def __init__(self, edition: str, seed: int) -> None:
        import keras  # noqa: PLC0415  (it takes seconds)

        keras.utils.set_random_seed(seed)
        self.edition, self.seen = edition, 0
        self.ids = characters.vocabulary(texts("train"))
        self.optimizer = keras.optimizers.Adam()
        self.model, self.step, fed = (_before if edition == "before" else _now)(self.ids, self.optimizer, seed)
        self.fed = self._counted(fed)

    def _counted(self, fed: Iterator[Any]) -> Iterator[Any]:
        for batch in fed:
            yield batch
            self.seen += self.size(batch)

    def size(self, batch: Any) -> int:
        """Count the characters that a batch predicts; the first edition's mask begins a step earlier."""
        return int(batch[-1].sum()) - (len(batch[-1]) if self.edition == "before" else 0)

    def run(self, seconds: float, now: Callable[[], float] = clock) -> float:
        """Train for so long, by this clock; return characters a second."""
        checked = texts("valid")

        def valid() -> float:
            return characters.bits_per_character(self.model, checked, self.ids)

        if self.edition == "before":
            spent = music_before.fit(self.model, self.optimizer, self.step, self.fed, valid, seconds, now)
        else:
            spent = training.fit(
                self.model, self.optimizer, self.step, self.fed, valid, seconds=seconds, label="now", clock=now
            ).seconds
        return self.seen / spent

    def bits(self, part: str) -> float:
        """Measure bits per character on a part of the tunes."""
        return characters.bits_per_character(self.model, texts(part), self.ids)


def _before(ids: dict[str, int], optimizer: Any, seed: int) -> tuple[Any, Any, Iterator[Any]]:
    model = music_before.build(len(ids) + characters.FIRST)
    return model, music_before.train_step(model, optimizer), music_before.batches(texts("train"), ids, seed)


def _now(ids: dict[str, int], optimizer: Any, seed: int) -> tuple[Any, Any, Iterator[Any]]:
    """Do as the lab's cell "train-tunes" does."""
    import tensorflow as tf  # noqa: PLC0415

    lab = names("lab2_music")
    rows = [lab["encode"](text, ids) for text in texts("train")]
    model = lab["build_model"](len(ids) + characters.FIRST, EMBEDDING, UNITS)

    # The lab's functions have no source that AutoGraph could read here, and need none.
    @tf.function(reduce_retracing=True, autograph=False)  # type: ignore[untyped-decorator,unused-ignore]
    def step(inputs: Any, targets: Any, mask: Any) -> Any:
        return lab["train_step"](model, optimizer, inputs, targets, mask, max_norm=NORM)

    def batches() -> Iterator[Any]:
        for chosen in training.buckets([len(row) for row in rows], SIZE, seed=seed):
            table, mask = lab["pad_and_mask"]([rows[index] for index in chosen])
            inputs, targets = lab["next_step_pairs"](table.astype("int32"))
            yield inputs, targets, mask[:, 1:]

    return model, lambda *batch: step(*map(tf.constant, batch)), batches()


def speeds(turns: int = TURNS, steps: int = STEPS) -> dict[str, list[float]]:
    """Measure characters a CPU second of both editions by turns: the same number of tunes for each, `turns` times."""
    both = {edition: Training(edition, 0) for edition in EDITIONS}
    found: dict[str, list[float]] = {edition: [] for edition in EDITIONS}
    for turn in range(turns + 1):  # the first is compiled
        for edition, one in both.items():
            seen, began = 0, time.process_time()
            for batch in islice(one.fed, steps * (SIZE // music_before.BATCH if edition == "before" else 1)):
                float(one.step(*batch))
                seen += one.size(batch)
            if turn:
                found[edition].append(seen / (time.process_time() - began))
    return found


def ratio(found: dict[str, list[float]]) -> float:
    """Return the median of a turn's ratios."""
    return statistics.median(new / old for old, new in zip(found["before"], found["now"], strict=True))


def minutes(number: int) -> list[dict[str, Any]]:
    """Make one of RUNS: a row with bits per character and speed after five minutes of two cores.

    Bits are those of the weights that were best on the validation tunes, as in the lab; the ancestor's of its last.
    """
    import tensorflow as tf  # noqa: PLC0415

    tf.config.threading.set_intra_op_parallelism_threads(CORES)
    edition, seed = RUNS[number]
    row: dict[str, Any] = {"edition": edition, "seed": seed, "cpu_seconds": CORES * SECONDS}
    if edition == "ancestor":
        from benchmarks import music_ancestor  # noqa: PLC0415  (it loads TensorFlow)

        old = music_ancestor.train(SECONDS, clock, seed)
        bits = {part: round(music_ancestor.bits(old.model, old.ids, texts(part)), 4) for part in PARTS}
        return [row | {"steps": old.steps, "characters_a_second": round(old.speed), **bits}]
    one = Training(edition, seed)
    speed = one.run(SECONDS)
    bits = {part: round(one.bits(part), 4) for part in PARTS}
    return [row | {"steps": int(one.optimizer.iterations), "characters_a_second": round(speed), **bits}]


def written(checkout: Path, tunes: int, turns: int = 1) -> float:
    """Measure how many characters a CPU second the composer of a checkout writes by its rules."""
    path = os.pathsep.join(str(checkout / folder) for folder in (".", "labs"))
    script = WRITE.format(turns=turns, tunes=tunes)
    done = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, "PYTHONPATH": path}, cwd=checkout, check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    return float(done.stdout.split()[-1])
