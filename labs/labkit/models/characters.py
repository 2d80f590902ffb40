"""The lab's model of characters: its batches, its network, and how good it is in bits per character."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.models.sampling import END, START, UNKNOWN
from labkit.training.fitting import buckets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    Batch = tuple[NDArray[np.int32], NDArray[np.bool_]]

FIRST = 4  # the id of the first character
ROUNDED, KNOWN = 16, 128  # batches are padded to multiples, so that few shapes occur
EMBEDDING, UNITS = 64, 256
RANGE = (55, 88)  # MIDI numbers that a transposed tune may reach
SHARPS = 4  # or flats, at most, of a transposed tune


def vocabulary(texts: Sequence[str]) -> dict[str, int]:
    """Give numbers to the characters of some tunes, in sorted order from 4, as in the lab."""
    return {character: number for number, character in enumerate(sorted(set("".join(texts))), FIRST)}


def encode(text: str, ids: Mapping[str, int]) -> list[int]:
    """Turn a tune into ids: start, its characters, end."""
    return [START, *(ids.get(character, UNKNOWN) for character in text), END]


def padded(sequences: Sequence[Sequence[int]], rounded: int = ROUNDED) -> Batch:
    """Pad to ids (batch, time) and mask (batch, time), True where a step is real; time is a multiple of 16, and 1."""
    time = -(-(max(map(len, sequences)) - 1) // rounded) * rounded + 1
    ids = np.zeros((len(sequences), time), np.int32)
    for row, sequence in zip(ids, sequences, strict=True):
        row[: len(sequence)] = sequence
    return ids, np.arange(time) < np.array([[len(sequence)] for sequence in sequences])


def batches(
    texts: Sequence[str],
    ids: Mapping[str, int],
    size: int = 32,
    seed: int = 0,
    *,
    transposed: float = 0.0,
    rounded: int = ROUNDED,
) -> Iterator[Batch]:
    """Give batches of whole tunes of nearly the same length, epoch after epoch, without end.

    transposed: the part of the tunes that is moved to another key each time; texts must then be canonical
    rounded:    time is a multiple of it, and 1
    """
    generator, keys = np.random.default_rng(seed + 1), _Keys()
    for chosen in buckets([len(text) for text in texts], size, seed):
        move = generator.random(len(chosen)) < transposed
        picked = [
            keys.moved(texts[one], generator) if moves else texts[one] for one, moves in zip(chosen, move, strict=True)
        ]
        yield padded([encode(text, ids) for text in picked], rounded)


class _Keys:
    """Moves tunes to other keys; each is read once, when it is first asked for."""

    def __init__(self) -> None:
        self.read: dict[str, Any] = {}

    def moved(self, text: str, generator: np.random.Generator) -> str:
        """Write a tune in a key drawn at random; as it is, where that key is out of the way."""
        from labkit.notation import abc, canonical

        tune = self.read.setdefault(text, None) or abc.read(text)
        self.read[text] = tune
        semitones = int(generator.integers(-6, 6))
        pitches = [pitch + semitones for event in tune.events for pitch in event.pitches]
        near = RANGE[0] <= min(pitches, default=60) and max(pitches, default=60) <= RANGE[1]
        if not near or abs(tune.key.transposed(semitones).sharps) > SHARPS:
            return text
        return canonical.text(tune, semitones) or text


def build(size: int, embedding: int = EMBEDDING, units: int = UNITS, cell: str = "LSTM") -> Any:
    """Make the network of the lab: Embedding, LSTM, Dense; cell: "SimpleRNN" makes one without gates."""
    import keras

    recurrent = {"LSTM": keras.layers.LSTM, "SimpleRNN": keras.layers.SimpleRNN}[cell]

    model = keras.Sequential(
        [
            keras.layers.Embedding(size, embedding, name="embedding"),
            recurrent(units, return_sequences=True, name=cell.lower()),
            keras.layers.Dense(size, name="dense"),
        ]
    )
    model(np.zeros((1, 1), np.int32))
    return model


def train_step(model: Any, optimizer: Any, max_norm: float = 1.0, *, known: bool = False) -> Any:
    """Make the step of a training with batches (ids, mask); it returns the loss in nats.

    known: compile it for each shape by itself, so that the model sees the length as a number
    """
    import tensorflow as tf

    def step(ids: Any, mask: Any) -> Any:
        real = tf.cast(mask[:, 1:], tf.float32)
        with tf.GradientTape() as tape:
            logits = model(ids[:, :-1], training=True)
            each = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=ids[:, 1:], logits=logits)
            loss = tf.reduce_sum(each * real) / tf.reduce_sum(real)
        gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, model.trainable_variables), max_norm)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        return loss

    return _compiled(step, known=known)


def _compiled(function: Callable[..., Any], *, known: bool) -> Callable[..., Any]:
    """Compile a function of (ids, mask): once for any shape, or (known) once for each.

    It is asked for each version by name: TensorFlow warns where calls bring in one shape after the other.
    """
    import tensorflow as tf

    made, found = tf.function(function), {}

    def call(ids: Any, mask: Any) -> Any:
        shape = tuple(ids.shape) if known else (None, None)
        if shape not in found:
            table = tf.TensorSpec(shape, tf.int32), tf.TensorSpec(shape, tf.bool)
            found[shape] = made.get_concrete_function(*table)
        return found[shape](tf.convert_to_tensor(ids), tf.convert_to_tensor(mask))

    return call


def bits_per_character(
    model: Any, texts: Sequence[str], ids: Mapping[str, int], size: int = 64, *, known: bool | None = None
) -> float:
    """Measure any model of ids (batch, time) -> logits: all bits of the tunes, their ends' too, for each character.

    known: as for `train_step`; None asks the model's own attribute `known`
    """
    import tensorflow as tf

    known = getattr(model, "known", False) if known is None else known

    def nats(rows: Any, mask: Any) -> Any:
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=rows[:, 1:], logits=model(rows[:, :-1]))
        return tf.reduce_sum(tf.where(mask[:, 1:], each, 0.0))

    measure = model.__dict__.setdefault("labkit_nats", _compiled(nats, known=known))
    ordered = sorted(texts, key=len)
    parts = [ordered[start : start + size] for start in range(0, len(ordered), size)]
    rounded = KNOWN if known else ROUNDED
    tables = (padded([encode(text, ids) for text in part], rounded) for part in parts)
    total = sum(float(measure(*map(tf.constant, batch))) for batch in tables)
    return total / math.log(2) / sum(map(len, texts))
