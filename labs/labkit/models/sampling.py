"""Writes many tunes at once with a model of characters: one loop inside TensorFlow, not one call per character."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

UNKNOWN, START, END = 1, 2, 3  # ids, as in the lab: 0 is padding; characters follow
LONGEST = 1000  # characters; the longest real tune has fewer
TOGETHER = 256  # tunes
STRIDE = 64  # characters


def sample(
    model: Any,
    vocabulary: Mapping[str, int],
    count: int,
    *,
    temperature: float = 1.0,
    top_p: float = 1.0,
    seed: int = 0,
    prompt: str = "",
    max_length: int = LONGEST,
) -> tuple[list[str], list[bool]]:
    """Draw tunes from a model; return them, and for each whether it ended by itself.

    model:      Embedding, LSTM or SimpleRNN, and Dense; or one with `begin` and `step` (labkit.models.transformer)
    vocabulary: character -> id      temperature: positive      top_p: as in `next_probabilities`, from 0 to 1
    prompt:     how each tune begins; the tunes hold it too     max_length: characters, the prompt's too
    The same seed gives the same tunes on the same machine.
    """
    if not (temperature > 0 and 0 < top_p <= 1):
        raise ValueError(f"temperature is a positive number and top_p lies in (0, 1]; not {temperature} and {top_p}.")
    write = model.__dict__.get("labkit_writer") or _Writer(model)
    model.__dict__["labkit_writer"] = write
    start = [START, *(vocabulary.get(character, UNKNOWN) for character in prompt)]
    noise = np.random.default_rng(seed)
    characters = {number: character for character, number in vocabulary.items()}
    texts, ended = [], []
    for first in range(0, count, write.together):
        size = min(write.together, count - first)
        limit = max(max_length - len(prompt), 0)
        for row in write(start, size, limit, (temperature, top_p), noise.integers(0, 2**31, 2)):
            stop = np.flatnonzero(row == END)
            ended.append(len(stop) > 0)
            said = row[: stop[0]] if len(stop) else row
            texts.append(prompt + "".join(characters.get(int(one), "") for one in said))
    return texts, ended


class _Writer:
    """Writes with one model: STRIDE characters in one loop of TensorFlow, then without the tunes that have ended."""

    def __init__(self, model: Any) -> None:
        import tensorflow as tf

        self.begin, self.step, self.size = _steps(model)
        self.together = getattr(model, "together", TOGETHER)
        self.read = tf.function(self._read, reduce_retracing=True)
        self.go_on = tf.function(self._go_on, reduce_retracing=True)

    def __call__(
        self, start: list[int], rows: int, limit: int, knobs: tuple[float, float], seed: NDArray[np.int64]
    ) -> NDArray[np.int32]:
        """Draw ids (rows, limit), END from a tune's end on; knobs: temperature and top_p."""
        import tensorflow as tf

        written = np.full((rows, limit), END, np.int32)
        running = np.arange(rows)
        logits, states = self.read(tf.constant([start] * rows, tf.int32))
        for place in range(0, limit, STRIDE):
            ids, logits, states = self.go_on(
                logits,
                states,
                tf.constant([place, place + len(start), min(STRIDE, limit - place)]),
                tf.constant(running, tf.int32),
                tf.constant(knobs, tf.float32),
                tf.constant(np.array([rows, *seed]), tf.int32),
            )
            drawn = ids.numpy()
            written[running, place : place + drawn.shape[1]] = drawn
            going = np.flatnonzero(drawn[:, -1] != END)
            if not len(going):
                break
            running, logits = running[going], tf.gather(logits, going)
            states = [tf.gather(state, going) for state in states]
        return written

    def _read(self, start: Any) -> tuple[Any, list[Any]]:
        import tensorflow as tf

        def body(t: Any, _: Any, states: list[Any]) -> tuple[Any, Any, list[Any]]:
            return t + 1, *self.step(start[:, t], t, states)

        states, length = self.begin(tf.shape(start)[0]), tf.shape(start)[1]
        first = (tf.constant(0), tf.zeros((tf.shape(start)[0], self.size)), states)
        return _loop(lambda t, *_: t < length, body, first)[1:]  # type: ignore[no-any-return,unused-ignore]

    def _go_on(self, logits: Any, states: Any, places: Any, running: Any, knobs: Any, seed: Any) -> Any:
        import tensorflow as tf

        forbidden = -1e9 * tf.constant([1.0, 1.0, 1.0] + [0.0] * (self.size - 3))  # padding, unknown, start

        def body(t: Any, drawn: Any, logits: Any, states: list[Any]) -> tuple[Any, Any, Any, list[Any]]:
            noise = tf.random.stateless_uniform((seed[0],), tf.stack([seed[1], seed[2] + places[0] + t]))
            ids = draw(logits + forbidden, knobs[0], knobs[1], tf.gather(noise, running))
            ids = tf.where(tf.reduce_any(drawn == END, axis=1), END, ids)
            drawn = tf.concat([drawn, ids[:, None]], axis=1)
            return t + 1, drawn, *self.step(ids, places[1] + t, states)

        first = (tf.constant(0), tf.zeros((tf.shape(running)[0], 0), tf.int32), logits, states)
        return _loop(lambda t, *_: t < places[2], body, first)[1:]


def _loop(condition: Callable[..., Any], body: Callable[..., Any], first: Any) -> Any:
    """Run a loop whose variables may change their sizes, as a cache of keys does."""
    import tensorflow as tf

    free = tf.nest.map_structure(lambda one: tf.TensorShape([None] * len(one.shape)), first)
    return tf.while_loop(condition, body, first, shape_invariants=free)


def _steps(model: Any) -> tuple[Callable[..., Any], Callable[..., Any], int]:
    """Take a model apart: rows -> first states; (ids (rows,), place, states) -> logits and states; how many logits."""
    import keras
    import tensorflow as tf

    if hasattr(model, "step") and hasattr(model, "begin"):
        return model.begin, model.step, model.dense.units
    layers = [layer for layer in model.layers if not isinstance(layer, (keras.layers.InputLayer, keras.layers.Dropout))]
    names = [type(layer).__name__ for layer in layers]
    if names not in (["Embedding", "LSTM", "Dense"], ["Embedding", "SimpleRNN", "Dense"]):
        raise ValueError("sample needs a model of three layers: Embedding, LSTM or SimpleRNN, Dense.")
    embedding, recurrent, dense = layers

    def begin(rows: Any) -> list[Any]:
        return [tf.zeros((rows, recurrent.units)) for _ in range(2 if names[1] == "LSTM" else 1)]

    def step(ids: Any, place: Any, states: list[Any]) -> tuple[Any, list[Any]]:
        del place
        h, states = recurrent.cell(embedding(ids), states)
        return dense(h), states

    return begin, step, dense.units


def draw(logits: Any, temperature: Any, top_p: Any, noise: Any) -> Any:
    """Draw one id for each row: temperature, then top_p, then the id at which the heap of probabilities passes noise.

    logits: (batch, size)    noise: (batch,) uniform in [0, 1)    returns (batch,) int32
    """
    import tensorflow as tf

    ranked, order = tf.math.top_k(tf.nn.softmax(logits / temperature), tf.shape(logits)[-1])
    before = tf.cumsum(ranked, axis=-1, exclusive=True)
    heap = tf.cumsum(tf.where(before < top_p, ranked, 0.0), axis=-1)
    place = tf.reduce_sum(tf.cast(heap <= noise[:, None] * heap[:, -1:], tf.int32), axis=-1)
    return tf.gather(order, place, batch_dims=1)
