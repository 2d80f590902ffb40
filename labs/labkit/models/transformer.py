"""The course's own music Transformer: the same network as the lab's, with the weights of all its heads to look at.

It reads characters, as the LSTM of lab 2 does, and is trained and measured by the same tools
(`labkit.models.characters`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.models import characters
from labkit.models.carried import attended, carried, silenced

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

__all__ = [
    "BATCH",
    "LONGEST",
    "RATE",
    "TOGETHER",
    "Settings",
    "batches",
    "bits_per_character",
    "build",
    "carried",
    "looks",
    "silenced",
    "train_step",
]

LONGEST = 1024  # positions
TOGETHER = 64  # tunes that are written at once: a cache of keys and values takes room
RATE, BATCH = 3e-3, 16


@dataclass(frozen=True)
class Settings:
    """The size of a music Transformer.

    near: characters that the first layer sees together; hidden: width inside a block; dropout: in training only
    """

    width: int = 128
    heads: int = 4
    hidden: int = 384
    blocks: int = 3
    near: int = 4
    dropout: float = 0.1


@cache
def _network() -> Any:
    """Make the class of the network."""
    import keras
    import tensorflow as tf

    from labkit.models.blocks import Block, norm, positions

    class MusicTransformer(keras.Model):  # type: ignore[misc]
        """Embedding, neighbours and positions; blocks; a last norm; logits."""

        known = True  # it must know the length as a number

        def __init__(self, size: int, settings: Settings) -> None:
            super().__init__()
            self.settings, self.together = settings, TOGETHER
            self.positions = positions(LONGEST, settings.width)
            self.embedding = keras.layers.Embedding(size, settings.width, name="embedding")
            self.near = keras.layers.Conv1D(settings.width, settings.near, padding="causal", name="near")
            sizes = (settings.width, settings.heads, settings.hidden, settings.dropout)
            self.stack = [Block(*sizes, name=f"block_{number}") for number in range(1, settings.blocks + 1)]
            self.norm = norm()
            self.dense = keras.layers.Dense(size, name="dense")

        def build(self, shape: Any) -> None:
            """Nothing: each layer makes its weights by itself."""
            del shape
            super().build(None)

        def seen(self, ids: Any) -> Any:
            """Embed characters, at the size of the positions that are added to them."""
            return self.embedding(ids) * math.sqrt(self.settings.width)

        def parts(self, ids: Any, training: bool = False) -> tuple[Any, list[Any]]:
            """Return the logits, and the weights of each block (batch, heads, time, time)."""
            time = ids.shape[1]
            x = self.near(self.seen(ids)) + self.positions[:time]
            past = np.tril(np.ones((time, time), bool))
            looks = []
            for block in self.stack:
                x, weights = block(x, mask=past, training=training, weights=True)
                looks.append(weights)
            return self.dense(self.norm(x)), looks

        def call(self, ids: Any, training: bool = False) -> Any:
            """Return the logits (batch, time, size)."""
            return self.parts(ids, training)[0]

        def begin(self, rows: Any) -> list[Any]:
            """Return what is known before the first character: the last ones read, keys and values of each block."""
            settings = self.settings
            empty = tf.zeros((rows, settings.heads, 0, settings.width // settings.heads))
            return [tf.zeros((rows, settings.near - 1), tf.int32), *[empty] * (2 * settings.blocks)]

        def step(self, ids: Any, place: Any, known: list[Any]) -> tuple[Any, list[Any]]:
            """Read one character (rows,) at a position, with all that is known; return logits (rows, size)."""
            recent = tf.concat([known[0], ids[:, None]], 1)  # (rows, near)
            shown = tf.where(recent[..., None] > 0, self.seen(recent), 0.0)
            kernel = tf.convert_to_tensor(self.near.kernel)
            x = (tf.einsum("bkd,kde->be", shown, kernel) + self.near.bias)[:, None]
            x += tf.gather(tf.constant(self.positions), place)
            longer = [recent[:, 1:]]
            for number, block in enumerate(self.stack):
                query, *new = block.searched(x)
                both = [tf.concat(pair, 2) for pair in zip(known[1 + 2 * number :], new, strict=False)]
                x, _ = block.mixed(x, (query, *both))
                longer += both
            return self.dense(self.norm(x))[:, 0], longer

    return MusicTransformer


def build(size: int, settings: Settings | None = None) -> Any:
    """Make the network: ids (batch, time) -> logits (batch, time, size). `parts` is for looking, `step` for writing."""
    model = _network()(size, settings or Settings())
    model(np.zeros((1, 2), np.int32))
    return model


def batches(texts: Sequence[str], ids: Mapping[str, int], seed: int = 0, transposed: float = 0.0) -> Iterator[Any]:
    """Give batches (ids, mask) of as many tunes each, in few shapes, without end."""
    found = characters.batches(texts, ids, BATCH, seed, transposed=transposed, rounded=characters.KNOWN)
    return (batch for batch in found if len(batch[0]) == BATCH)


def train_step(model: Any, optimizer: Any) -> Any:
    """Make the step of a training: step(ids, mask) returns the loss in nats. The model sees each shape as numbers."""
    return characters.train_step(model, optimizer, known=True)


def bits_per_character(model: Any, texts: Sequence[str], ids: Mapping[str, int]) -> float:
    """Measure this model, or the lab's: all bits of the tunes for each character."""
    return characters.bits_per_character(model, texts, ids, known=True)


def looks(model: Any, text: str, ids: Mapping[str, int]) -> NDArray[np.float32]:
    """Return the attention weights while a tune is read: (blocks, heads, 1 + characters, 1 + characters).

    model: labkit's, or a student's with its own blocks (`carried`)
    """
    read = np.array([characters.encode(text, ids)[:-1]], np.int32)
    found = model.parts(read)[1] if hasattr(model, "parts") else attended(model, read)
    return np.stack([np.asarray(weights)[0] for weights in found])
