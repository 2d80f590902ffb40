"""The classic wrong answers of lab 2: a step of training.

A name says all (`listed`): `train_step__not_clipped` must earn the hint `not_clipped`.

Where a function calls an earlier exercise, it calls the right one, of `given`.
"""

# ruff: noqa: PLR0917  (a step with room for one change)

import numpy as np

from checks.mistakes.lab2_music.given import losses_of, masked_cross_entropy
from labkit.checks import cases

# 3.3 train_step


def _clip_together(gradients, max_norm):
    import tensorflow as tf

    return tf.clip_by_global_norm(gradients, max_norm)[0]


def _train(
    model, optimizer, inputs, targets, mask, max_norm, loss=masked_cross_entropy, clip=_clip_together, which=None
):
    """The right step, with room for one change."""
    import tensorflow as tf

    variables = model.trainable_variables if which is None else which
    with tf.GradientTape() as tape:
        value = loss(model(inputs, training=True), targets, mask)
    gradients = clip(tape.gradient(value, variables), max_norm)
    optimizer.apply_gradients(zip(gradients, variables, strict=True))
    return value


def train_step__not_clipped(model, optimizer, inputs, targets, mask, max_norm):
    return _train(model, optimizer, inputs, targets, mask, max_norm, clip=lambda gradients, _: gradients)


def train_step__not_clipped__after_the_update(model, optimizer, inputs, targets, mask, max_norm):
    import tensorflow as tf

    with tf.GradientTape() as tape:
        loss = masked_cross_entropy(model(inputs), targets, mask)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
    gradients, _ = tf.clip_by_global_norm(gradients, max_norm)
    return loss


def train_step__not_clipped__result_unused(model, optimizer, inputs, targets, mask, max_norm):
    import tensorflow as tf

    with tf.GradientTape() as tape:
        loss = masked_cross_entropy(model(inputs), targets, mask)
    gradients = tape.gradient(loss, model.trainable_variables)
    tf.clip_by_global_norm(gradients, max_norm)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
    return loss


def train_step__clipped_each(model, optimizer, inputs, targets, mask, max_norm):
    import tensorflow as tf

    def clip(gradients, max_norm):
        return [tf.clip_by_norm(gradient, max_norm) for gradient in gradients]

    return _train(model, optimizer, inputs, targets, mask, max_norm, clip=clip)


def train_step__clipped_each__keras(model, optimizer, inputs, targets, mask, max_norm):
    optimizer.clipnorm = max_norm
    return _train(model, optimizer, inputs, targets, mask, max_norm, clip=lambda gradients, _: gradients)


def train_step__clipped_by_value(model, optimizer, inputs, targets, mask, max_norm):
    import tensorflow as tf

    def clip(gradients, max_norm):
        return [tf.clip_by_value(gradient, -max_norm, max_norm) for gradient in gradients]

    return _train(model, optimizer, inputs, targets, mask, max_norm, clip=clip)


def train_step__always_scaled(model, optimizer, inputs, targets, mask, max_norm):
    import tensorflow as tf

    def clip(gradients, max_norm):
        norm = tf.linalg.global_norm(gradients)
        return [tf.convert_to_tensor(gradient) * max_norm / norm for gradient in gradients]

    return _train(model, optimizer, inputs, targets, mask, max_norm, clip=clip)


def train_step__loss_after(model, optimizer, inputs, targets, mask, max_norm):
    _train(model, optimizer, inputs, targets, mask, max_norm)
    return masked_cross_entropy(model(inputs), targets, mask)


def train_step__ascent(model, optimizer, inputs, targets, mask, max_norm):
    import tensorflow as tf

    def negative(gradients, max_norm):
        return [-tf.convert_to_tensor(gradient) for gradient in _clip_together(gradients, max_norm)]

    return _train(model, optimizer, inputs, targets, mask, max_norm, clip=negative)


def train_step__two_steps(model, optimizer, inputs, targets, mask, max_norm):
    loss = _train(model, optimizer, inputs, targets, mask, max_norm)
    _train(model, optimizer, inputs, targets, mask, max_norm)
    return loss


def train_step__two_steps__last_loss(model, optimizer, inputs, targets, mask, max_norm):
    for _ in range(2):
        loss = _train(model, optimizer, inputs, targets, mask, max_norm)
    return loss


def train_step__no_update(model, optimizer, inputs, targets, mask, max_norm):
    import tensorflow as tf

    with tf.GradientTape() as tape:
        loss = masked_cross_entropy(model(inputs), targets, mask)
    gradients = tape.gradient(loss, model.trainable_variables)
    gradients, _ = tf.clip_by_global_norm(gradients, max_norm)
    return loss


def train_step__optimizer_unused(model, optimizer, inputs, targets, mask, max_norm):
    import tensorflow as tf

    with tf.GradientTape() as tape:
        loss = masked_cross_entropy(model(inputs), targets, mask)
    gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, model.trainable_variables), max_norm)
    for gradient, variable in zip(gradients, model.trainable_variables, strict=True):
        variable.assign_sub(float(optimizer.learning_rate) * tf.convert_to_tensor(gradient))
    return loss


def train_step__last_layer_only(model, optimizer, inputs, targets, mask, max_norm):
    last = model.layers[-1].trainable_variables
    return _train(model, optimizer, inputs, targets, mask, max_norm, which=last)


def train_step__embedding_left_out(model, optimizer, inputs, targets, mask, max_norm):
    rest = [variable for layer in model.layers[1:] for variable in layer.trainable_variables]
    return _train(model, optimizer, inputs, targets, mask, max_norm, which=rest)


def train_step__mask_ignored(model, optimizer, inputs, targets, mask, max_norm):
    return _train(model, optimizer, inputs, targets, np.ones_like(mask), max_norm)


def train_step__mask_ignored__keras_loss(model, optimizer, inputs, targets, mask, max_norm):
    import keras

    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return _train(model, optimizer, inputs, targets, mask, max_norm, loss=lambda z, y, _: loss(y, z))


def train_step__divided_by_all(model, optimizer, inputs, targets, mask, max_norm):
    import tensorflow as tf

    def loss(logits, targets, mask):
        return tf.reduce_mean(losses_of(logits, targets) * mask)

    return _train(model, optimizer, inputs, targets, mask, max_norm, loss=loss)


def train_step__divided_by_batch(model, optimizer, inputs, targets, mask, max_norm):
    import tensorflow as tf

    def loss(logits, targets, mask):
        return tf.reduce_sum(losses_of(logits, targets) * mask) / len(mask)

    return _train(model, optimizer, inputs, targets, mask, max_norm, loss=loss)


def train_step__not_divided(model, optimizer, inputs, targets, mask, max_norm):
    import tensorflow as tf

    def loss(logits, targets, mask):
        return tf.reduce_sum(losses_of(logits, targets) * mask)

    return _train(model, optimizer, inputs, targets, mask, max_norm, loss=loss)


def train_step__bits(model, optimizer, inputs, targets, mask, max_norm):
    return _train(model, optimizer, inputs, targets, mask, max_norm) / np.log(2)


def train_step__bits__trained(model, optimizer, inputs, targets, mask, max_norm):
    def loss(logits, targets, mask):
        return masked_cross_entropy(logits, targets, mask) / np.log(2)

    return _train(model, optimizer, inputs, targets, mask, max_norm, loss=loss)


def train_step__softmax_twice(model, optimizer, inputs, targets, mask, max_norm):
    import tensorflow as tf

    def loss(logits, targets, mask):
        return masked_cross_entropy(tf.nn.softmax(logits), targets, mask)

    return _train(model, optimizer, inputs, targets, mask, max_norm, loss=loss)


def train_step__predicts_input(model, optimizer, inputs, targets, mask, max_norm):
    return _train(model, optimizer, inputs, inputs, mask, max_norm)


def train_step__swapped(model, optimizer, inputs, targets, mask, max_norm):
    return _train(model, optimizer, targets, inputs, mask, max_norm)


def train_step__value__half_the_rate(model, optimizer, inputs, targets, mask, max_norm):
    optimizer.learning_rate = optimizer.learning_rate / 2
    return _train(model, optimizer, inputs, targets, mask, max_norm)


def train_step__raises__not_unpacked(model, optimizer, inputs, targets, mask, max_norm):
    import tensorflow as tf

    with tf.GradientTape() as tape:
        loss = masked_cross_entropy(model(inputs), targets, mask)
    gradients = tf.clip_by_global_norm(tape.gradient(loss, model.trainable_variables), max_norm)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
    return loss


def train_step__raises__outside_the_tape(model, optimizer, inputs, targets, mask, max_norm):
    import tensorflow as tf

    logits = model(inputs)
    with tf.GradientTape() as tape:
        loss = masked_cross_entropy(logits, targets, mask)
    gradients = tape.gradient(loss, model.trainable_variables)
    gradients, _ = tf.clip_by_global_norm(gradients, max_norm)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
    return loss


def train_step__changed(model, optimizer, inputs, targets, mask, max_norm):
    loss = _train(model, optimizer, inputs, targets, mask, max_norm)
    inputs *= mask
    targets -= 1
    return loss


def train_step__type__loss_not_returned(model, optimizer, inputs, targets, mask, max_norm):
    _train(model, optimizer, inputs, targets, mask, max_norm)


def train_step__value__zeros(model, optimizer, inputs, targets, mask, max_norm):
    return 0.0


def train_step__value__constant(model, optimizer, inputs, targets, mask, max_norm):
    for variable in model.trainable_variables:
        variable.assign(np.ones(variable.shape))
    return 1.0


def train_step__shape__echo(model, optimizer, inputs, targets, mask, max_norm):
    return inputs


# A table of the public examples.


def step_for_known_norms(model, optimizer, inputs, targets, mask, max_norm):
    """Right for the values of max_norm in the examples that everybody sees."""
    known = {case.arguments["max_norm"] for case in cases.public("lab2_music")["train_step"]}
    return _train(model, optimizer, inputs, targets, mask, max_norm if max_norm in known else max_norm / 3)


# Right when they are called directly; in a graph, where the lab uses them, they stop.


def train_step__in_graph__apply(model, optimizer, inputs, targets, mask, max_norm):
    import tensorflow as tf

    with tf.GradientTape() as tape:
        loss = masked_cross_entropy(model(inputs), targets, mask)
    weights = model.trainable_weights
    gradients, norm = tf.clip_by_global_norm(tape.gradient(loss, weights), clip_norm=max_norm)
    assert norm >= 0
    optimizer.apply(gradients, weights)
    return loss.numpy()


def train_step__in_graph__dense_norm(model, optimizer, inputs, targets, mask, max_norm):
    import tensorflow as tf

    variables = [weight.value for weight in model.trainable_variables]
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(variables)
        loss = masked_cross_entropy(model(tf.constant(inputs), training=True), targets, mask)
    gradients = [tf.convert_to_tensor(gradient) for gradient in tape.gradient(loss, variables)]
    norm = tf.sqrt(sum(tf.reduce_sum(gradient**2) for gradient in gradients))
    scale = min(1.0, max_norm / float(norm))
    optimizer.apply_gradients(
        [(scale * one, two) for one, two in zip(gradients, model.trainable_variables, strict=True)]
    )
    return float(loss)


def train_step__in_graph__own_loss(model, optimizer, inputs, targets, mask, max_norm):
    import keras
    import tensorflow as tf

    with tf.GradientTape() as tape:
        losses = keras.losses.sparse_categorical_crossentropy(targets, model(inputs), from_logits=True)
        loss = tf.reduce_mean(tf.boolean_mask(losses, mask))
    gradients = tape.gradient(loss, model.trainable_variables)
    norm = tf.linalg.global_norm(gradients)
    if norm > max_norm:
        gradients, _ = tf.clip_by_global_norm(gradients, max_norm, use_norm=norm)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
    return np.array(loss)
