"""The best model of the lab: an LSTM over tokens of whole notes that sees the place in the bar and what stood there.

Each step predicts a symbol and then, for a note or a rest, its length. From its place
(`labkit.composition.bar_position`) it knows the time left in the bar and the tokens that stood at the same place 1, 2,
4 and 8 bars ago; what stood there can be copied straight into the output. With `PLAIN` it knows its place in the bar
and nothing else.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.composition.bar_position import LAGS, SIZES, Chart, walk
from labkit.composition.melody import OTHER, PADDING, Vocabulary, tokens
from labkit.training.fitting import buckets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

FULL, PLAIN = tuple(SIZES), ("left",)
UNSEEN_BITS = 12.0  # more for a symbol or a length that no training tune holds: which of some thousands it is
ROUNDED = 16  # batches are padded to multiples, so that few shapes occur
COPIES = (*LAGS, "match")


@dataclass(frozen=True)
class Settings:
    """What a composer is made of; `fields` are names of `labkit.composition.bar_position.SIZES`."""

    fields: tuple[str, ...] = FULL
    place: int = 128
    units: int = 256
    head: int = 192
    dropout: float = 0.25


@dataclass(frozen=True)
class Row:
    """One tune as numbers: ids (time, 2), what is known at each place (time, fields), characters of its text."""

    ids: NDArray[np.int64]
    known: NDArray[np.int16]
    characters: int


def rows(texts: Iterable[str], vocabulary: Vocabulary) -> list[Row]:
    """Prepare tunes, in canonical text."""
    chart, found = Chart(vocabulary), []
    for text in texts:
        ids = vocabulary.encode(tokens(text))
        found.append(Row(ids, walk(chart, ids), len(text)))
    return found


def batch(chosen: Sequence[Row]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Pad tunes to ids (batch, time, 2) and known (batch, time, fields)."""
    time = -(-max(len(row.ids) for row in chosen) // ROUNDED) * ROUNDED
    ids = np.zeros((len(chosen), time, 2), np.int32)
    known = np.zeros((len(chosen), time, len(SIZES)), np.int32)
    for number, row in enumerate(chosen):
        ids[number, : len(row.ids)] = row.ids
        known[number, : len(row.ids)] = row.known
    return ids, known


def build(vocabulary: Vocabulary, settings: Settings) -> Any:
    """Make the network, a keras.Model of whole tunes that can also take one step."""
    import keras
    import tensorflow as tf

    sizes = dict(zip(SIZES, Chart(vocabulary).sizes(tuple(SIZES)), strict=True))
    places = [tuple(SIZES).index(name) for name in settings.fields]
    copies = [lag for lag in COPIES if f"symbol_{lag}" in settings.fields]
    copied = [[tuple(SIZES).index(f"{what}_{lag}") for lag in copies] for what in ("symbol", "length")]
    symbols, lengths = len(vocabulary.symbols), len(vocabulary.lengths)
    layers = keras.layers

    class Composer(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.symbol = layers.Embedding(symbols, 64, name="symbol")
            self.length = layers.Embedding(lengths, 16, name="length")
            self.known = [layers.Embedding(sizes[name], _dim(name), name=name) for name in settings.fields]
            self.place = layers.Dense(settings.place, activation="relu", name="place")
            self.lstm = layers.LSTM(settings.units, return_sequences=True, return_state=True, name="lstm")
            self.dropout = layers.Dropout(settings.dropout)
            self.hidden = layers.Dense(settings.head, activation="relu", name="hidden")
            self.to_symbol = layers.Dense(symbols, name="to_symbol")
            self.to_length = layers.Dense(lengths, name="to_length")
            self.chosen = layers.Embedding(symbols, 64, name="chosen")
            self.second = layers.Dense(96, activation="relu", name="second")
            names = ("copy_symbol", "copy_length") if copies else ()
            self.gates = [layers.Dense(len(copies), name=name) for name in names]

        def see(self, before: Any, known: Any) -> tuple[Any, Any]:
            """Embed the token before (..., 2) and what is known of the place (..., fields)."""
            here = [layer(known[..., place]) for layer, place in zip(self.known, places, strict=True)]
            place = self.place(tf.concat(here, -1))
            return tf.concat([self.symbol(before[..., 0]), self.length(before[..., 1]), place], -1), place

        def heads(self, h: Any, place: Any, known: Any, training: bool) -> tuple[Any, Any]:
            """Return the logits of the symbols, and the vector from which those of the lengths come."""
            u = self.hidden(self.dropout(tf.concat([h, place], -1), training=training))
            u = self.dropout(u, training=training)
            return self.to_symbol(u) + self.copy(0, u, known, symbols), u

        def lengths_of(self, u: Any, chosen: Any, known: Any) -> Any:
            """Return the logits of the lengths, for chosen symbols."""
            v = self.second(tf.concat([u, self.chosen(chosen)], -1))
            return self.to_length(v) + self.copy(1, v, known, lengths)

        def copy(self, which: int, u: Any, known: Any, size: int) -> Any:
            """Raise what stood here earlier, each by a gate: (..., size)."""
            if not copies:
                return 0.0
            gates = self.gates[which](u)  # (..., copies)
            earlier = tf.stack([known[..., place] for place in copied[which]], -1)  # (..., copies)
            there = tf.cast(earlier > 0, gates.dtype)
            return tf.einsum("...c,...cv->...v", gates * there, tf.one_hot(earlier, size, dtype=gates.dtype))

        def build(self, shape: Any) -> None:
            """Nothing: each layer makes its weights when it is first called."""
            del shape
            super().build(None)

        def step(self, before: Any, known: Any, states: list[Any]) -> tuple[Any, Any, list[Any]]:
            """Take one step with (batch, 2), (batch, fields) and the LSTM's states; as `call` does, for all steps."""
            x, place = self.see(before, known)
            h, states = self.lstm.cell(x, states)
            logits, u = self.heads(h, place, known, training=False)
            return logits, u, states

        def call(self, inputs: tuple[Any, Any], training: bool = False) -> tuple[Any, Any]:
            """Return the logits of every step of whole tunes: symbols, and lengths given the symbols."""
            ids, known = inputs
            before = tf.pad(ids[:, :-1], ((0, 0), (1, 0), (0, 0)))
            x, place = self.see(before, known)
            h, _, _ = self.lstm(self.dropout(x, training=training))
            logits, u = self.heads(h, place, known, training)
            return logits, self.lengths_of(u, ids[..., 0], known)

    model = Composer()
    model((np.zeros((1, 2, 2), np.int32), np.zeros((1, 2, len(SIZES)), np.int32)))
    model.vocabulary, model.settings = vocabulary, settings
    return model


def _dim(name: str) -> int:
    kind = name.split("_", maxsplit=1)[0]
    return {"symbol": 40, "left": 40, "passed": 16, "bar": 16, "section": 16}.get(kind, 8)


def nats(model: Any, ids: Any, known: Any, *, training: bool = False) -> Any:
    """Return the surprise of each tune of a batch, (batch,): symbols, and lengths of what has one."""
    import tensorflow as tf

    symbols, lengths = model((ids, known), training=training)
    each = tf.nn.sparse_softmax_cross_entropy_with_logits
    first = each(labels=ids[..., 0], logits=symbols) * tf.cast(ids[..., 0] != PADDING, tf.float32)
    masked = lengths - 1e9 * tf.one_hot(0, lengths.shape[-1])  # a note has some length
    second = each(labels=ids[..., 1], logits=masked) * tf.cast(ids[..., 1] > 0, tf.float32)
    return tf.reduce_sum(first + second, axis=-1)


def bits_per_character(model: Any, prepared: Sequence[Row], size: int = 64) -> float:
    """Measure a model: all bits of the tunes, divided by the characters of their texts."""
    import tensorflow as tf

    measure = model.__dict__.setdefault("measure", tf.function(lambda *one: nats(model, *one), reduce_retracing=True))
    total = 0.0
    ordered = sorted(prepared, key=lambda row: len(row.ids))
    for start in range(0, len(ordered), size):
        chosen = ordered[start : start + size]
        total += float(np.sum(measure(*map(tf.constant, batch(chosen))))) / math.log(2)
    total += UNSEEN_BITS * sum(_unseen(row, model.vocabulary) for row in prepared)
    return total / sum(row.characters for row in prepared)


def _unseen(row: Row, vocabulary: Vocabulary) -> int:
    symbols, lengths = row.ids.T
    return int((symbols == OTHER).sum() + (vocabulary.sounding[symbols] & (lengths == 0)).sum())


def batches(prepared: Sequence[Row], size: int, seed: int) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]]:
    """Give batches of tunes of like length, epoch after epoch, without end."""
    return (
        batch([prepared[index] for index in chosen])
        for chosen in buckets([len(row.ids) for row in prepared], size, seed)
    )


def train_step(model: Any, optimizer: Any, max_norm: float = 1.0) -> Any:
    """Make the step of a training with batches (ids, known); it returns the loss in nats for each token."""
    import tensorflow as tf

    @tf.function(reduce_retracing=True)  # type: ignore[untyped-decorator,unused-ignore]
    def step(ids: Any, known: Any) -> Any:
        with tf.GradientTape() as tape:
            total = tf.reduce_sum(nats(model, ids, known, training=True))
            loss = total / tf.reduce_sum(tf.cast(ids[..., 0] != PADDING, tf.float32))
        gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, model.trainable_variables), max_norm)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        return loss

    return step
