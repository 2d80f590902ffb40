"""Right answers of lab 2, as differently as students write them: a step of training."""

import numpy as np

from checks.alternatives.lab2_music.given import masked_cross_entropy

# 3.3 train_step


def train_step__apply(model, optimizer, inputs, targets, mask, max_norm):
    import tensorflow as tf

    with tf.GradientTape() as tape:
        loss = masked_cross_entropy(model(inputs), targets, mask)
    weights = model.trainable_weights
    gradients, norm = tf.clip_by_global_norm(tape.gradient(loss, weights), clip_norm=max_norm)
    assert norm >= 0
    optimizer.apply(gradients, weights)
    return loss.numpy()


def train_step__dense_norm(model, optimizer, inputs, targets, mask, max_norm):
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


def train_step__keras_ops(model, optimizer, inputs, targets, mask, max_norm):
    import tensorflow as tf
    from keras import ops

    tape = tf.GradientTape(persistent=True)
    with tape:
        loss = masked_cross_entropy(model(inputs, training=True), targets, mask)
    gradients = [ops.convert_to_tensor(tape.gradient(loss, weight.value)) for weight in model.trainable_variables]
    norm = ops.norm(ops.concatenate([ops.reshape(gradient, (-1,)) for gradient in gradients]))
    scale = max_norm / ops.maximum(norm, max_norm)
    optimizer.apply([gradient * scale for gradient in gradients], model.trainable_variables)
    return loss


def train_step__compiled(model, optimizer, inputs, targets, mask, max_norm):
    import tensorflow as tf

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = masked_cross_entropy(model(inputs, training=True), targets, mask)
        gradients = tape.gradient(loss, model.trainable_variables)
        gradients, _ = tf.clip_by_global_norm(gradients, max_norm)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        return loss

    return step()


def train_step__own_loss(model, optimizer, inputs, targets, mask, max_norm):
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
