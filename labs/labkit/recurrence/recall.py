"""The recall task of lab 1: name the first word of a sequence after `gap` filler words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from labkit import training

if TYPE_CHECKING:
    from numpy.typing import NDArray

COUNTRIES = 8  # words to remember, ids 0 to 7
FILLERS = 8  # words that say nothing, ids 8 to 15
CHANCE = 1 / COUNTRIES
UNITS, STEPS, BATCH, LEARNING_RATE = 32, 1500, 32, 0.001
TESTED = 1000


def sequences(count: int, gap: int, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Draw sequences: a country, then `gap` fillers. Returns ids (count, gap + 1) and the countries (count,)."""
    generator = np.random.default_rng(seed)
    ids = generator.integers(COUNTRIES, COUNTRIES + FILLERS, (count, gap + 1))
    ids[:, 0] = generator.integers(0, COUNTRIES, count)
    return ids, ids[:, 0].copy()


def model(layer: Any, gap: int) -> Any:
    """Put a recurrent layer between an embedding and the logits of the countries: (batch, gap + 1) -> (batch, 8)."""
    import keras
    import tensorflow as tf

    # One of TensorFlow's optimisations fails on ReLU inside a loop, and says so at length in the notebook.
    tf.config.optimizer.set_experimental_options({"remapping": False})

    return keras.Sequential(
        [
            keras.Input((gap + 1,), dtype="int32"),
            keras.layers.Embedding(
                COUNTRIES + FILLERS, 8, embeddings_initializer=keras.initializers.RandomNormal(stddev=1.0)
            ),
            layer,
            keras.layers.Dense(COUNTRIES),
        ]
    )


def accuracy(make_layer: Any, gap: int, seed: int = 0, label: str = "") -> float:
    """Train a recurrent layer on the task and say how often it names the country, on sequences it has not seen.

    make_layer: a function of the number of units that returns a Keras layer, for example keras.layers.SimpleRNN
    label:      name for the progress line; "" is silent
    """
    import keras

    keras.utils.set_random_seed(seed)
    network = model(make_layer(UNITS), gap)
    network.compile(
        keras.optimizers.Adam(LEARNING_RATE, clipnorm=1.0),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    steps = training.scaled(STEPS)
    ids, countries = sequences(steps * BATCH, gap, seed)
    callbacks = [training.live(label, steps)] if label else []
    network.fit(ids, countries, batch_size=BATCH, shuffle=False, verbose=0, callbacks=callbacks)
    tested, expected = sequences(TESTED, gap, seed=10_000)
    guesses = network.predict(tested, batch_size=TESTED, verbose=0).argmax(axis=-1)  # (TESTED,)
    return float((guesses == expected).mean())


def descend(
    make_layer: Any, gap: int, rate: float, steps: int = 150, seed: int = 0, clip: Any = None
) -> tuple[list[float], list[float]]:
    """Train on the task with plain gradient descent, and keep the loss and the gradient norm of each step.

    clip: a function of the list of gradients that returns (the list to use, the norm before); None changes nothing
    returns losses, norms
    """
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(seed)
    network = model(make_layer(UNITS), gap)
    variables = network.trainable_variables

    @tf.function  # type: ignore[untyped-decorator,unused-ignore]
    def gradients_of(ids: Any, countries: Any) -> Any:
        with tf.GradientTape() as tape:
            each = tf.nn.sparse_softmax_cross_entropy_with_logits(countries, network(ids))  # (BATCH,)
            loss = tf.reduce_mean(each)
        return loss, [tf.convert_to_tensor(gradient) for gradient in tape.gradient(loss, variables)]

    steps = training.scaled(steps)
    ids, countries = sequences(steps * BATCH, gap, seed)
    losses, norms = [], []
    for batch in np.arange(steps * BATCH).reshape(steps, BATCH):
        loss, tensors = gradients_of(ids[batch], countries[batch])
        gradients = [np.asarray(tensor, dtype="float64") for tensor in tensors]
        norms.append(float(np.sqrt(sum((gradient**2).sum() for gradient in gradients))))
        losses.append(float(loss))
        used = gradients if clip is None else clip(gradients)[0]
        for variable, gradient in zip(variables, used, strict=True):
            variable.assign_sub(rate * np.asarray(gradient, dtype="float32"))
    return losses, norms
