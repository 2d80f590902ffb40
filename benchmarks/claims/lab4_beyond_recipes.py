"""How the networks of lab 4 are trained: those that ship (data/train_lab4.py) and those of the grids.

A training has a number of steps, not of seconds, so that it is the same one on every machine. Where it has a part to
choose by, the weights that were best there are kept.
"""

from __future__ import annotations

import itertools
import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import tensorflow as tf

from labkit.captioning import captions
from labkit.captioning import networks as captioners
from labkit.sequences import letters, proteins
from labkit.training.fitting import rate
from labkit.vision import scenes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    Ids = NDArray[np.int32]

BATCH, CHECKS = 64, 10
LETTERS_RATE, CAPTIONS_RATE = 2e-3, 3e-3
BITS = math.log(2)  # nats
VALID_PROTEINS = 300  # of those to train on; the close relatives among them are dropped
VALID_DIGITS = 200  # drawings to train on that the shipped captioners do not see


@dataclass(frozen=True)
class Course:
    """How a training went: steps and CPU seconds; losses: each step's, nats; checks: (steps, bits) to choose by."""

    steps: int
    cpu_seconds: float
    wall_seconds: float
    losses: list[float]
    checks: list[tuple[int, float]]


def train(
    model: Any,
    optimizer: Any,
    step: Callable[..., Any],
    batches: Iterable[tuple[Any, ...]],
    steps: int,
    highest: float,
    validate: Callable[[], float] | None = None,
) -> Course:
    """Take so many steps, with a warm-up and half a cosine; keep the weights that `validate` liked best."""
    began, cpu = time.monotonic(), time.process_time()
    losses: list[float] = []
    checks: list[tuple[int, float]] = []
    best = None
    for number, batch in enumerate(itertools.islice(batches, steps)):
        optimizer.learning_rate = highest * rate(number / steps, number)
        losses.append(float(step(*map(tf.constant, batch))))
        if validate and (number + 1) % max(1, steps // CHECKS) == 0:
            checks.append((number + 1, validate()))
            print(f"  step {number + 1}: loss {losses[-1] / BITS:.3f} bits, held out {checks[-1][1]:.4f}", flush=True)
            if checks[-1][1] <= min(bits for _, bits in checks):
                best = model.get_weights()
    if best is not None:
        model.set_weights(best)
    return Course(steps, time.process_time() - cpu, time.monotonic() - began, losses, checks)


# --- letters ----------------------------------------------------------------------------------------------------------


def hidden(ids: Ids, draws: letters.Draws) -> tuple[Ids, Ids]:
    """Hide letters as BERT does: of the chosen 80% become MASK, 10% any letter, 10% stay; the targets are theirs."""
    inputs = np.where(draws.chosen & (draws.action < 0.8), letters.MASK, ids)
    inputs = np.where(draws.chosen & (draws.action >= 0.8) & (draws.action < 0.9), draws.random_ids, inputs)
    return inputs.astype(np.int32), np.where(draws.chosen, ids, letters.IGNORE).astype(np.int32)


def shifted(ids: Ids) -> tuple[Ids, Ids]:
    """Ask each place for the next letter."""
    return ids[:, :-1], ids[:, 1:]


def english_rows(part: str, length: int) -> Ids:
    """Return a part of the English as windows one behind the other, START before each: (count, 1 + length)."""
    return letters.encode(letters.windows(letters.english(part), length=length), letters.ENGLISH, end=False)


def english_batches(length: int, seed: int) -> Iterator[Ids]:
    """Give windows at random places of the English to train on, START before each: (BATCH, 1 + length)."""
    text = letters.encode([letters.english("train")], letters.ENGLISH, end=False)[0, 1:]
    generator, inside = np.random.default_rng(seed), np.arange(length)
    while True:
        places = generator.integers(0, len(text) - length + 1, BATCH)
        yield np.pad(text[places[:, None] + inside], ((0, 0), (1, 0)), constant_values=letters.START)


def protein_rows(sequences: list[str]) -> Ids:
    """Return proteins as ids with START and END: (count, 33)."""
    return letters.encode(sequences, proteins.AMINO, longest=proteins.LONGEST)


def protein_parts() -> tuple[list[str], list[str]]:
    """Split the proteins to train on: those that are learned, and those to choose by.

    Of the latter, those that share half of their pieces of four letters with a learned one are dropped.
    """
    every = proteins.load("train")
    order = np.random.default_rng(0).permutation(len(every))
    kept, drawn = ([every[place] for place in some] for some in (order[VALID_PROTEINS:], order[:VALID_PROTEINS]))
    pieces = [{one[at : at + 4] for at in range(len(one) - 3)} for one in kept]
    valid = []
    for one in drawn:
        own = {one[at : at + 4] for at in range(len(one) - 3)}
        if max(len(own & other) for other in pieces) < len(own) / 2:
            valid.append(one)
    return kept, valid


def next_letter_bits(network: Any, rows: Ids) -> float:
    """Return the bits per letter (END counts as one) of a network that is asked for the next one."""
    some = [letters.likelihood(network, rows[at : at + 256]).sum() for at in range(0, len(rows), 256)]
    return float(-sum(some) / (rows[:, 1:] != letters.PAD).sum() / BITS)


def hidden_letter_bits(network: Any, rows: Ids, alphabet: str, draws: int = 4) -> float:
    """Return the bits per hidden letter of BERT, with the same letters hidden at every call."""
    generator, found = np.random.default_rng(1), []
    for _ in range(draws):
        inputs, targets = hidden(rows, letters.random_draws(rows, alphabet, generator))
        logs = np.asarray(tf.nn.log_softmax(network(inputs)))
        row, place = np.nonzero(targets != letters.IGNORE)
        found.append(logs[row, place, targets[row, place]])
    return float(-np.concatenate(found).mean() / BITS)


def letter_model(text: str, objective: str, steps: int, seed: int = 0, *, choose: bool = True) -> tuple[Any, Course]:
    """Train a network of letters.

    text: "english" or "proteins"     choose: True keeps the weights that were best on letters to choose by
    objective: "gpt" (causal, next letter), "bert" (both sides, hidden letters), "cheat" (both sides, next letter)
    """
    keras.utils.set_random_seed(seed)
    alphabet = letters.ENGLISH if text == "english" else proteins.AMINO
    length = letters.WINDOW + (objective != "bert")  # of which the last is only asked for
    if text == "english":
        longest, rows, valid = letters.WINDOW + 1, english_batches(length, seed), english_rows("valid", length)
    else:
        kept, held_out = protein_parts()
        longest, rows, valid = (
            proteins.LONGEST + 2,
            letters.batches(protein_rows(kept), BATCH, seed),
            protein_rows(held_out),
        )
    network = letters.model(alphabet, objective == "gpt", longest=longest)
    generator = np.random.default_rng(seed + 1)
    if objective == "bert":
        batches = (hidden(ids, letters.random_draws(ids, alphabet, generator)) for ids in rows)
    else:
        batches = (shifted(ids) for ids in rows)

    def validate() -> float:
        if objective == "bert":
            return hidden_letter_bits(network, valid, alphabet)
        return next_letter_bits(network, valid)

    optimizer = keras.optimizers.Adam()
    step = letters.train_step(network, optimizer)
    return network, train(network, optimizer, step, batches, steps, LETTERS_RATE, validate if choose else None)


# --- captions ---------------------------------------------------------------------------------------------------------


def caption_batches(shown: list[scenes.Scene], seed: int) -> Iterator[tuple[Any, ...]]:
    """Give patches, words before and words to write of BATCH scenes at random, without end."""
    arrays, generator = (scenes.patches(shown), *captions.pairs(shown)), np.random.default_rng(seed)
    while True:
        chosen = generator.integers(0, len(shown), BATCH)
        yield tuple(array[chosen] for array in arrays)


def captioner(kind: str, steps: int, seed: int = 0, count: int = 5000, *, choose: bool = False) -> tuple[Any, Course]:
    """Train a captioner on `count` scenes.

    choose: True keeps VALID_DIGITS of the drawings back, and the weights that were best on 400 scenes of them
    """
    keras.utils.set_random_seed(seed)
    network = captions.model(kind)
    kept = slice(VALID_DIGITS, None) if choose else slice(None)
    valid = scenes.draw("train", 400, seed=3, of=slice(0, VALID_DIGITS))
    patches, (before, targets) = scenes.patches(valid), captions.pairs(valid)

    def validate() -> float:
        return float(captioners.mean_loss(network((patches, before)), targets)) / BITS

    optimizer = keras.optimizers.Adam()
    step = captioners.train_step(network, optimizer)
    batches = caption_batches(scenes.draw("train", count, seed=1, of=kept), seed)
    return network, train(network, optimizer, step, batches, steps, CAPTIONS_RATE, validate if choose else None)
