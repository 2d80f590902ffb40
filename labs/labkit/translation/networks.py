"""The two networks of the translator: they read characters and write characters.

TensorFlow loads with this module, so `labkit.translation.translator` imports it only when a network is made.

    read(source ids)          -> state: all that the writer will know of the source
    write(before, state, ...) -> logits of the next characters, where it looked, the state for the next call

`Bottleneck`: an LSTM reads the source, and its last h and c are all that the LSTM that writes gets.
`Attention`:  a Transformer; each character that it writes asks all characters of the source.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers

if TYPE_CHECKING:
    from numpy.typing import NDArray

PLACES = 160  # more than any text has characters
NEVER = -1e9  # the score of what may not be attended to


class Bottleneck(keras.Model):  # type: ignore[misc]
    """An LSTM that reads and an LSTM that writes; h and c go from one to the other, and nothing else."""

    def __init__(self, size: int, embedding: int, units: int) -> None:
        super().__init__()
        self.source = layers.Embedding(size, embedding, name="source")
        self.target = layers.Embedding(size, embedding, name="target")
        self.reader = layers.LSTM(units, return_state=True, name="reader")
        self.writer = layers.LSTM(units, return_sequences=True, return_state=True, name="writer")
        self.out = layers.Dense(size, name="out")

    def build(self, shape: Any) -> None:
        """Nothing: each layer makes its weights when it is first called."""
        del shape
        self.built = True

    def read(self, source: Any) -> Any:
        """Read (batch, time) ids; return h and c of the last real character, (batch, units) each."""
        return self.reader(self.source(source), mask=tf.not_equal(source, 0))[1:]

    def write(self, before: Any, state: Any, cross_attention: Any = None) -> tuple[Any, None, Any]:
        """Go on from a state, after the characters (batch, time) just written; it cannot look anywhere."""
        if cross_attention is not None:
            raise ValueError("The model with the bottleneck has no cross-attention that yours could replace.")
        if before.shape[1] == 1:
            h, state = self.writer.cell(self.target(before)[:, 0], state)
            return self.out(h)[:, None], None, state
        h, *state = self.writer(self.target(before), initial_state=state)
        return self.out(h), None, state

    def call(self, inputs: tuple[Any, Any]) -> Any:
        """Return the logits of every step, (batch, time, size)."""
        source, before = inputs
        return self.write(before, self.read(source))[0]


class Heads(layers.Layer):  # type: ignore[misc]
    """Attention with several heads, without biases; what is attended to is kept as keys and values."""

    def __init__(self, width: int, heads: int, name: str) -> None:
        super().__init__(name=name)
        self.sizes = (heads, width // heads)
        self.matrices = [self.add_weight(shape=(width, width), name=one) for one in ("W_q", "W_k", "W_v", "W_o")]
        self.built = True

    def cut(self, x: Any, matrix: Any) -> Any:
        """Multiply (batch, time, width) with a matrix, and cut the result: (batch, heads, time, rest)."""
        return tf.einsum("btw,whd->bhtd", x, tf.reshape(matrix, (-1, *self.sizes)))

    def keep(self, memory: Any) -> tuple[Any, Any]:
        """Return the keys and the values of a memory (batch, time, width)."""
        return self.cut(memory, self.matrices[1]), self.cut(memory, self.matrices[2])

    def ask(self, x: Any, kept: tuple[Any, Any], penalty: Any) -> tuple[Any, Any]:
        """Return what x (batch, time, width) finds in keys and values, and how it looked; penalty: added to scores."""
        questions = self.cut(x, self.matrices[0]) / self.sizes[1] ** 0.5
        looks = tf.nn.softmax(tf.einsum("bhqd,bhkd->bhqk", questions, kept[0]) + penalty)
        found = tf.einsum("bhqk,bhkd->bqhd", looks, kept[1])
        return tf.einsum("bqhd,hdw->bqw", found, tf.reshape(self.matrices[3], (*self.sizes, -1))), looks


class Attention(keras.Model):  # type: ignore[misc]
    """A Transformer: blocks that read (self-attention, dense) and blocks that write (self-, cross-attention, dense)."""

    def __init__(self, size: int, width: int, heads: int, hidden: int, blocks: int) -> None:
        super().__init__()
        self.heads, self.places = heads, tf.constant(waves(PLACES, width))
        start = keras.initializers.RandomNormal(stddev=0.5)
        self.source = layers.Embedding(size, width, embeddings_initializer=start, name="source")
        self.target = layers.Embedding(size, width, embeddings_initializer=start, name="target")
        sizes = (width, heads, hidden)
        self.readers = [_block(f"read_{number}", ("self",), *sizes) for number in range(blocks)]
        self.writers = [_block(f"write_{number}", ("self", "cross"), *sizes) for number in range(blocks)]
        self.read_norm, self.write_norm = _norm("read_norm"), _norm("write_norm")
        self.out = layers.Dense(size, name="out")

    def build(self, shape: Any) -> None:
        """Nothing: each layer makes its weights when it is first called."""
        del shape
        self.built = True

    def read(self, source: Any) -> Any:
        """Read (batch, time) ids: a memory (batch, time, width), what is real of it, its keys and values."""
        real = tf.not_equal(source, 0)  # (batch, time)
        penalty = tf.where(real, 0.0, NEVER)[:, None, None]  # for every head and question
        x = self.source(source) + self.places[: tf.shape(source)[1]]
        for block in self.readers:
            asked = block["self_norm"](x)
            x = _think(x + block["self"].ask(asked, block["self"].keep(asked), penalty)[0], block)
        memory = self.read_norm(x)
        kept = [block["cross"].keep(memory) for block in self.writers]
        return {"memory": memory, "real": real, "penalty": penalty, "kept": kept, "past": None}

    def write(self, before: Any, state: Any, cross_attention: Any = None) -> tuple[Any, list[Any], Any]:
        """Go on after the characters (batch, time) just written; those before them are in the state.

        cross_attention: a function (x, memory, W_q, W_k, W_v, W_o, heads, mask) that is to take the place of ours
        """
        done = tf.shape(state["past"][0][0])[2] if state["past"] else 0
        here = done + tf.range(tf.shape(before)[1])
        x = self.target(before) + tf.gather(self.places, here)
        later = tf.where(tf.range(here[-1] + 1) > here[:, None], NEVER, 0.0)  # (time, done + time)
        looks, past = [], []
        for number, block in enumerate(self.writers):
            asked = block["self_norm"](x)
            kept = block["self"].keep(asked)
            if state["past"]:
                kept = tuple(tf.concat(both, axis=2) for both in zip(state["past"][number], kept, strict=True))
            x += block["self"].ask(asked, kept, later)[0]
            found, look = self.cross(number, block["cross_norm"](x), state, cross_attention)
            x = _think(x + found, block)
            past.append(kept)
            looks.append(look)
        return self.out(self.write_norm(x)), looks, {**state, "past": past}

    def cross(self, number: int, x: Any, state: Any, cross_attention: Any) -> tuple[Any, Any]:
        """Ask the source, with our layer or with somebody else's function."""
        layer = self.writers[number]["cross"]
        if cross_attention is None:
            return layer.ask(x, state["kept"][number], state["penalty"])  # type: ignore[no-any-return,unused-ignore]
        matrices = [tf.convert_to_tensor(one) for one in layer.matrices]
        given = cross_attention(x, state["memory"], *matrices, self.heads, state["real"][:, None])
        return _checked(given, x, state["memory"], self.heads)

    def call(self, inputs: tuple[Any, Any]) -> Any:
        """Return the logits of every step, (batch, time, size)."""
        source, before = inputs
        return self.write(before, self.read(source))[0]


def waves(length: int, width: int) -> NDArray[np.float32]:
    """Make a vector for each place, (length, width): sines, then cosines, from fast to slow."""
    turns = np.outer(np.arange(length), 1 / np.logspace(0, 4, width // 2, endpoint=False))
    return np.hstack((np.sin(turns), np.cos(turns))).astype(np.float32)


def _block(name: str, attentions: tuple[str, ...], width: int, heads: int, hidden: int) -> dict[str, Any]:
    """Make the layers of one block; the keys are their parts in it."""
    parts: dict[str, Any] = {one: Heads(width, heads, name=f"{name}_{one}") for one in attentions}
    parts |= {f"{one}_norm": _norm(f"{name}_{one}_norm") for one in (*attentions, "dense")}
    dense = layers.Dense(hidden, activation="relu", name=f"{name}_dense")
    return {**parts, "dense": dense, "back": layers.Dense(width, name=f"{name}_back")}


def _think(x: Any, block: dict[str, Any]) -> Any:
    """Add what the two dense layers of a block make of each place."""
    return x + block["back"](block["dense"](block["dense_norm"](x)))


def _norm(name: str) -> Any:
    return layers.LayerNormalization(epsilon=1e-5, name=name)


def _checked(given: Any, x: Any, memory: Any, heads: int) -> tuple[Any, Any]:
    """Return what somebody's cross_attention gave, once its shapes are right."""
    batch, time, width = x.shape
    wanted = [(batch, time, width), (batch, heads, time, memory.shape[1])]
    found = [tuple(np.shape(one)) for one in given] if isinstance(given, tuple | list) else []
    if found != wanted:
        raise ValueError(f"cross_attention must give output and weights of shapes {wanted} here; it gives {found}.")
    return given[0], given[1]
