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


def accuracy(
    make_layer: Any, gap: int, seed: int = 0, label: str = "", *, steps: int = STEPS, rate: float = LEARNING_RATE
) -> float:
    """Train a recurrent layer on the task and say how often it names the country, on sequences it has not seen.

    make_layer: a function of the number of units that returns a Keras layer, for example keras.layers.SimpleRNN
    label:      name for the progress line; "" is silent
    steps:      times LABKIT_BUDGET, of Adam with this rate; gradients are clipped by their global norm
    """
    steps = training.scaled(steps)
    network = trained(make_layer, sequences(steps * BATCH, gap, seed), seed, label, rate=rate)
    tested, expected = sequences(TESTED, gap, seed=10_000)
    return float((named(network, tested) == expected).mean())


def trained(make_layer: Any, batches: tuple[Any, Any], seed: int, label: str = "", *, rate: float) -> Any:
    """Train a network once over sequences (count, gap + 1) and the country of each; return it."""
    import keras

    ids, countries = batches
    keras.utils.set_random_seed(seed)
    network = model(make_layer(UNITS), ids.shape[1] - 1)
    network.compile(
        keras.optimizers.Adam(rate, global_clipnorm=1.0),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    callbacks = [training.live(label, len(ids) // BATCH)] if label else []
    network.fit(ids, countries, batch_size=BATCH, shuffle=False, verbose=0, callbacks=callbacks)
    return network


def named(network: Any, ids: Any) -> NDArray[np.int64]:
    """Return the country that a network names for each sequence: (count,)."""
    return np.asarray(network.predict(ids, batch_size=len(ids), verbose=0).argmax(axis=-1))


def two_clues(
    count: int, gap: int, seed: int, right: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Draw sequences with a second clue: the last word is a country, too, and it is the right one only so often.

    right: how often the last word names the country of the first, in place of any of the eight
    returns ids (count, gap + 1), the countries of the first word, which are asked for, and those of the last
    """
    ids, first = sequences(count, gap, seed)
    generator = np.random.default_rng((seed, 1))
    last = np.where(generator.random(count) < right, first, generator.integers(0, COUNTRIES, count))
    ids[:, -1] = last
    return ids, first, last


def descend(
    make_layer: Any,
    gap: int,
    rate: float,
    steps: int = 150,
    seed: int = 0,
    clip: Any = None,
    watch: Any = None,
) -> tuple[list[float], list[float]]:
    """Train on the task with plain gradient descent, and keep the loss and the gradient norm of each step.

    clip:  a function of the list of gradients that returns (the list to use, the norm before); None changes nothing
    watch: called with (number of steps done, network), before the first step and after each
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
    if watch:
        watch(0, network)
    for batch in np.arange(steps * BATCH).reshape(steps, BATCH):
        loss, tensors = gradients_of(ids[batch], countries[batch])
        gradients = [np.asarray(tensor, dtype="float64") for tensor in tensors]
        norms.append(float(np.sqrt(sum((gradient**2).sum() for gradient in gradients))))
        losses.append(float(loss))
        used = gradients if clip is None else clip(gradients)[0]
        for variable, gradient in zip(variables, used, strict=True):
            variable.assign_sub(rate * np.asarray(gradient, dtype="float32"))
        if watch:
            watch(len(losses), network)
    return losses, norms
