"""Runs on the student's side for lab 2: a loss with its gradient, a small model with its optimizer, scripted models.

See `labkit.checks.probes`: a probe takes the student's function first, then plain values, and returns plain values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.checks import ways
from labkit.checks.probes import Unfit, made_once

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Array = np.ndarray[Any, np.dtype[Any]]

WEIGHTS = ("E", "W_h", "b_h", "W_y", "b_y")
END = 3


def cross_entropy(function: Callable[..., Any], logits: Array, targets: Array, mask: Array) -> Any:
    """Call the loss with logits as a tensor, and see whether TensorFlow finds the way back to them."""
    import tensorflow as tf

    z = tf.constant(logits)
    with tf.GradientTape() as tape:
        tape.watch(z)
        loss = function(z, targets, mask)
    if not tf.is_tensor(loss):
        if isinstance(loss, float | np.floating | np.ndarray):
            raise Unfit("not_differentiable")
        return loss
    gradient = tape.gradient(loss, z)
    if gradient is None:
        raise Unfit("not_differentiable")
    value = np.asarray(loss)
    if np.isfinite(value).all() and not np.isfinite(np.asarray(tf.convert_to_tensor(gradient))).all():
        raise Unfit("gradient_not_finite")
    return value


def train_step(
    function: Callable[..., Any],
    weights: Sequence[Array],
    inputs: Array,
    targets: Array,
    mask: Array,
    max_norm: float,
    learning_rate: float,
) -> dict[str, Any]:
    """Build a small model with these weights, take one step of gradient descent, and say what became of them.

    weights: E (vocabulary, d), W_h (d, units), b_h, W_y (units, vocabulary), b_y; the hidden layer is a tanh of each
    step by itself. Returns the loss, the weights after the step, and how many steps the optimizer has counted.
    """
    import keras
    import tensorflow as tf

    model = made_once(function, tuple(one.shape for one in weights), lambda: _model(weights))
    model.set_weights(list(weights))
    optimizer = keras.optimizers.SGD(learning_rate)
    loss = function(model, optimizer, inputs, targets, mask, max_norm)
    after = [np.asarray(value) for value in model.get_weights()]
    return {
        "loss": np.asarray(loss) if tf.is_tensor(loss) else loss,
        **dict(zip(WEIGHTS, after, strict=True)),
        "steps": int(optimizer.iterations),
    }


def train_step_traced(
    function: Callable[..., Any],
    sums: Sequence[Array],
    weights: Sequence[Array],
    inputs: Array,
    targets: Array,
    mask: Array,
    max_norm: float,
    learning_rate: float,
) -> dict[str, Any]:
    """Take two steps inside a tf.function, as the lab trains: both losses, and the weights added up with `sums`.

    Then a step with the embedding frozen, on a model of its own: how far the embedding moved, and all weights added up.
    """
    import keras
    import tensorflow as tf

    with ways.settled():
        model = _model(weights)
        optimizer = keras.optimizers.SGD(learning_rate)

        @tf.function  # type: ignore[untyped-decorator,unused-ignore]
        def step(inputs: Any, targets: Any, mask: Any) -> Any:
            return function(model, optimizer, inputs, targets, mask, max_norm)

        batch = [tf.constant(one) for one in (inputs, targets, mask)]
        losses = [float(step(*batch)) for _ in range(2)]
        after = _added(model, sums)
        frozen = _model(weights)
        frozen.layers[0].trainable = False
        function(frozen, keras.optimizers.SGD(learning_rate), *batch, max_norm)
        moved = float(np.abs(np.asarray(frozen.get_weights()[0]) - weights[0]).sum())
    return {"in_graph": np.array([*losses, after]), "frozen": np.array([moved, _added(frozen, sums)])}


def _added(model: Any, sums: Sequence[Array]) -> float:
    return sum(
        float((np.asarray(value, float) * one).sum()) for value, one in zip(model.get_weights(), sums, strict=True)
    )


def _model(weights: Sequence[Array]) -> Any:
    """Build the small model: an embedding, a tanh of each step by itself, a dense layer for the logits."""
    import keras

    size, width = weights[0].shape
    layers = [
        keras.layers.Embedding(size, width),
        keras.layers.Dense(weights[1].shape[1], activation="tanh"),
        keras.layers.Dense(size),
    ]
    model = keras.Sequential(layers)
    model.build((None, None))
    model.set_weights(list(weights))
    return model


def blunt_cross_entropy(logits: Any, targets: Any, mask: Any) -> Any:
    """Stand in for `masked_cross_entropy`: a loss that no exercise asks for, in which every entry counts.

    The logit of the target counts at real steps, the mean of all logits at masked ones.
    """
    import tensorflow as tf

    logits = tf.convert_to_tensor(logits)
    picked = tf.gather(logits, tf.convert_to_tensor(targets), batch_dims=2)
    return tf.reduce_mean(tf.where(mask, 1 - tf.tanh(picked), 0.5 + tf.tanh(tf.reduce_mean(logits, axis=-1))))


def picky_probabilities(logits: Any, temperature: float, top_p: float = 1.0) -> Array:
    """Stand in for `next_probabilities`: all for one character, whose rank hangs on temperature and top_p.

    END, where it is the most probable; those that are as probable as the character share with it.
    """
    logits = np.asarray(logits, dtype=float)
    falling = np.sort(logits[END + 1 :])[::-1]
    chosen = falling[round(4 * float(temperature) + 9 * float(top_p)) % len(falling)]
    shares = logits == (logits[END] if logits.argmax() == END else chosen)
    return np.asarray(shares / shares.sum())


class Script:
    """Says what comes next: the logits after each step hang on all ids up to this step.

    size:   of the vocabulary
    logits: of the characters, from the most probable one on; which one that is hangs on the ids so far, and on `salt`
    end:    END comes after this many ids (START is the first); never when it is 0. It comes once: who draws it and asks
            again gets characters
    """

    def __init__(self, size: int, logits: Sequence[float], end: int, salt: int) -> None:
        self.size, self.end, self.salt = size, end, salt
        self.turns = [np.roll(logits, turn) for turn in range(len(logits))]

    def logits(self, ids: Any) -> Array:
        """Return the logits after each step: ids (1, time) -> (1, time, size). Raises ValueError for another shape."""
        ids = np.asarray(ids)
        if ids.ndim != 2 or len(ids) != 1 or not ids.size:
            raise ValueError(f"the model takes ids of shape (1, time), not {ids.shape}")
        table = np.full((1, ids.shape[1], self.size), -60.0)
        mark = self.salt
        for step, number in enumerate(ids[0].tolist()):
            mark = (31 * mark + int(number) + 1) % 9973
            table[0, step, END + 1 :] = self.turns[mark % len(self.turns)] * (1 + mark % 97 / 500)  # no two sums alike
        if ids.size == self.end:
            table[0, -1, END] = 90.0
            self.end = 0
        return table


class ScriptedModel(Script):
    """A script that can be called as Keras models are."""

    def __call__(self, ids: Any, **_: Any) -> Any:
        """Return the logits as a tensor."""
        import tensorflow as tf

        return tf.constant(self.logits(ids), tf.float32)

    def predict(self, ids: Any, **_: Any) -> Array:
        """Return the logits as an array."""
        return self.logits(ids).astype(np.float32)


def generate(
    function: Callable[..., Any],
    script: Mapping[str, Any],
    prompt: str,
    vocabulary: dict[str, int],
    max_length: int,
    temperature: float,
    top_p: float,
    seeds: Sequence[int],
) -> Any:
    """Let the student's function write a tune with a scripted model; see `observed` for what comes back."""
    model = ScriptedModel(len(vocabulary) + END + 1, **script)
    return observed(
        lambda number: function(model, prompt, vocabulary, max_length, temperature, top_p, number),
        len(prompt),
        seeds,
    )


def observed(write: Callable[[int], Any], begin: int, seeds: Sequence[int]) -> Any:
    """Return the tune that comes of a seed; where there are more seeds, say what a seed does in place of the tune.

    Then it is (one seed gives one tune, other seeds give others, more than one character follows the first `begin`).
    """
    tune = write(seeds[0])
    if len(seeds) == 1 or type(tune) is not str:
        return tune
    again, *others = map(write, seeds)
    texts = all(type(other) is str for other in (again, *others))
    return (texts and again == tune, texts and any(other != tune for other in others), len(set(tune[begin:])) > 1)
