"""Right answers of lab 2, as differently as students write them: a step of training."""

from checks.alternatives.lab2_music.given import masked_cross_entropy

# 3.3 train_step


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


def train_step__as_a_float(model, optimizer, inputs, targets, mask, max_norm):
    """AutoGraph makes a cast of float(...), so that this works inside a tf.function, too."""
    import tensorflow as tf

    with tf.GradientTape() as tape:
        loss = masked_cross_entropy(model(inputs, training=True), targets, mask)
    gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, model.trainable_variables), max_norm)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
    return float(loss)
