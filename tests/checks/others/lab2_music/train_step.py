import numpy as np
import tensorflow as tf
import keras

SHOWN = {}


def _args(max_norm=0.1, rate=0.1, weight=1.0, seed=0):
    rng = np.random.default_rng(seed)
    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [keras.layers.Embedding(9, 3), keras.layers.LSTM(4, return_sequences=True), keras.layers.Dense(9)]
    )
    inputs = tf.constant(rng.integers(2, 9, size=(3, 5)))
    model(inputs)
    model.set_weights([weight * w for w in model.get_weights()])
    return dict(
        model=model,
        optimizer=keras.optimizers.SGD(rate),
        inputs=inputs,
        targets=tf.constant(rng.integers(3, 9, size=(3, 5))),
        mask=tf.constant(np.arange(5) < np.array([[5], [3], [1]])),
        max_norm=max_norm,
    )


def train_step__w01_each_gradient_clipped(model, optimizer, inputs, targets, mask, max_norm):
    with tf.GradientTape() as tape:
        loss = masked_cross_entropy(model(inputs, training=True), targets, mask)
    gradients = tape.gradient(loss, model.trainable_variables)
    gradients = [tf.clip_by_norm(g, max_norm) for g in gradients]
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


SHOWN["train_step__w01_each_gradient_clipped"] = (
    "natural",
    "clips each gradient by itself",
    "the update with a small max_norm is larger than max_norm (SGD)",
)


def train_step__w02_clipped_by_value(model, optimizer, inputs, targets, mask, max_norm):
    with tf.GradientTape() as tape:
        loss = masked_cross_entropy(model(inputs, training=True), targets, mask)
    gradients = tape.gradient(loss, model.trainable_variables)
    gradients = [tf.clip_by_value(tf.convert_to_tensor(g), -max_norm, max_norm) for g in gradients]
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


SHOWN["train_step__w02_clipped_by_value"] = (
    "natural",
    "clips the entries, not the norm",
    "the update with a small max_norm is larger than max_norm (SGD)",
)


def train_step__w03_clipped_for_nothing(model, optimizer, inputs, targets, mask, max_norm):
    with tf.GradientTape() as tape:
        loss = masked_cross_entropy(model(inputs, training=True), targets, mask)
    gradients = tape.gradient(loss, model.trainable_variables)
    clipped, norm = tf.clip_by_global_norm(gradients, max_norm)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


SHOWN["train_step__w03_clipped_for_nothing"] = (
    "natural",
    "applies the gradients as they were before the clipping",
    "the update with a small max_norm is that of the unclipped gradients",
)


def train_step__w04_loss_after_the_update(model, optimizer, inputs, targets, mask, max_norm):
    with tf.GradientTape() as tape:
        loss = masked_cross_entropy(model(inputs, training=True), targets, mask)
    gradients = tape.gradient(loss, model.trainable_variables)
    gradients, _ = tf.clip_by_global_norm(gradients, max_norm)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return masked_cross_entropy(model(inputs), targets, mask)


SHOWN["train_step__w04_loss_after_the_update"] = (
    "natural",
    "returns the loss after the update",
    lambda: _args(max_norm=5.0, rate=1.0),
)


def train_step__w05_mask_unused(model, optimizer, inputs, targets, mask, max_norm):
    loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    with tf.GradientTape() as tape:
        logits = model(inputs, training=True)
        loss = loss_fn(targets, logits)
    gradients = tape.gradient(loss, model.trainable_variables)
    gradients, _ = tf.clip_by_global_norm(gradients, max_norm)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


SHOWN["train_step__w05_mask_unused"] = ("natural", "the Keras loss without the mask", lambda: _args(weight=10.0))


def train_step__w06_always_scaled(model, optimizer, inputs, targets, mask, max_norm):
    with tf.GradientTape() as tape:
        loss = masked_cross_entropy(model(inputs, training=True), targets, mask)
    gradients = tape.gradient(loss, model.trainable_variables)
    norm = tf.linalg.global_norm(gradients)
    gradients = [tf.convert_to_tensor(g) * (max_norm / norm) for g in gradients]
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


SHOWN["train_step__w06_always_scaled"] = (
    "natural",
    "scales to max_norm, also gradients that are smaller",
    "with a large max_norm the update (SGD) is not that of the plain gradients",
)


def train_step__w07_no_clipping_in_a_graph(model, optimizer, inputs, targets, mask, max_norm):
    variables = model.trainable_variables
    with tf.GradientTape() as tape:
        loss = masked_cross_entropy(model(inputs, training=True), targets, mask)
    gradients = [tf.convert_to_tensor(g) for g in tape.gradient(loss, variables)]
    if tf.executing_eagerly():
        norm = np.sqrt(sum(float(tf.reduce_sum(g**2)) for g in gradients))
        if norm > max_norm:
            gradients = [g * (max_norm / norm) for g in gradients]
    optimizer.apply_gradients(zip(gradients, variables))
    return loss


SHOWN["train_step__w07_no_clipping_in_a_graph"] = (
    "use",
    "clips in eager mode only",
    "inside tf.function nothing is clipped",
)


def train_step__w08_returns_a_number(model, optimizer, inputs, targets, mask, max_norm):
    with tf.GradientTape() as tape:
        loss = masked_cross_entropy(model(inputs, training=True), targets, mask)
    gradients = tape.gradient(loss, model.trainable_variables)
    gradients, _ = tf.clip_by_global_norm(gradients, max_norm)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss.numpy()


SHOWN["train_step__w08_returns_a_number"] = ("use", "loss.numpy()", "inside tf.function raises")


def train_step__w09_optimizer_of_its_own(model, optimizer, inputs, targets, mask, max_norm):
    optimizer = keras.optimizers.Adam(learning_rate=optimizer.learning_rate, global_clipnorm=max_norm)
    with tf.GradientTape() as tape:
        loss = masked_cross_entropy(model(inputs, training=True), targets, mask)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


SHOWN["train_step__w09_optimizer_of_its_own"] = (
    "natural",
    "makes a new Adam in each step, which forgets its moments",
    "SGD is not SGD; after two steps of Adam the weights are wrong, optimizer.iterations stays 0",
)


def train_step__w10_last_layer_only(model, optimizer, inputs, targets, mask, max_norm):
    variables = model.layers[-1].trainable_variables
    with tf.GradientTape() as tape:
        loss = masked_cross_entropy(model(inputs, training=True), targets, mask)
    gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, variables), max_norm)
    optimizer.apply_gradients(zip(gradients, variables))
    return loss


SHOWN["train_step__w10_last_layer_only"] = (
    "natural",
    "trains the dense layer only",
    "embedding and LSTM stay as they were",
)


def train_step__w11_one_variable_at_a_time(model, optimizer, inputs, targets, mask, max_norm):
    if not optimizer.built:
        optimizer.build(model.trainable_variables)
    with tf.GradientTape() as tape:
        loss = masked_cross_entropy(model(inputs, training=True), targets, mask)
    gradients = tape.gradient(loss, model.trainable_variables)
    gradients, _ = tf.clip_by_global_norm(gradients, max_norm)
    for gradient, variable in zip(gradients, model.trainable_variables):
        optimizer.apply_gradients([(gradient, variable)])
    return loss


SHOWN["train_step__w11_one_variable_at_a_time"] = (
    "use",
    "one apply_gradients for each variable: Adam counts six steps",
    "with Adam the weights are wrong and optimizer.iterations grows by the number of variables; SGD is right",
)


def train_step__w12_norm_without_root(model, optimizer, inputs, targets, mask, max_norm):
    with tf.GradientTape() as tape:
        loss = masked_cross_entropy(model(inputs, training=True), targets, mask)
    gradients = [tf.convert_to_tensor(g) for g in tape.gradient(loss, model.trainable_variables)]
    norm = tf.add_n([tf.reduce_sum(tf.square(g)) for g in gradients])
    scale = tf.minimum(1.0, max_norm / norm)
    optimizer.apply_gradients([(g * scale, v) for g, v in zip(gradients, model.trainable_variables)])
    return loss


SHOWN["train_step__w12_norm_without_root"] = (
    "natural",
    "forgets the square root of the norm",
    "with a small max_norm the update (SGD) does not have the norm max_norm",
)


def train_step__w13_embedding_left_out(model, optimizer, inputs, targets, mask, max_norm):
    with tf.GradientTape() as tape:
        loss = masked_cross_entropy(model(inputs, training=True), targets, mask)
    gradients = tape.gradient(loss, model.trainable_variables)
    pairs = [(g, v) for g, v in zip(gradients, model.trainable_variables) if isinstance(g, tf.Tensor)]
    gradients, variables = zip(*pairs)
    gradients, _ = tf.clip_by_global_norm(gradients, max_norm)
    optimizer.apply_gradients(zip(gradients, variables))
    return loss


SHOWN["train_step__w13_embedding_left_out"] = (
    "subtle",
    "drops gradients which are no tf.Tensor: that of the embedding is IndexedSlices",
    "the embedding stays as it was",
)


def train_step__w14_gradient_of_the_sum(model, optimizer, inputs, targets, mask, max_norm):
    with tf.GradientTape() as tape:
        loss = masked_cross_entropy(model(inputs, training=True), targets, mask)
        total = loss * tf.reduce_sum(tf.cast(mask, loss.dtype))
    gradients = tape.gradient(total, model.trainable_variables)
    gradients, _ = tf.clip_by_global_norm(gradients, max_norm)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


SHOWN["train_step__w14_gradient_of_the_sum"] = (
    "subtle",
    "takes the gradient of the sum over the steps: seen only where nothing is clipped (SGD)",
    "with a large max_norm the update (SGD) is too large by the number of real steps",
)


_w15_steps = []


def train_step__w15_compiled_once(model, optimizer, inputs, targets, mask, max_norm):
    if not _w15_steps:

        @tf.function(reduce_retracing=True)
        def step(inputs, targets, mask):
            with tf.GradientTape() as tape:
                loss = masked_cross_entropy(model(inputs, training=True), targets, mask)
            gradients = tape.gradient(loss, model.trainable_variables)
            gradients, _ = tf.clip_by_global_norm(gradients, max_norm)
            optimizer.apply_gradients(zip(gradients, model.trainable_variables))
            return loss

        _w15_steps.append(step)
    return _w15_steps[0](inputs, targets, mask)


SHOWN["train_step__w15_compiled_once"] = (
    "use",
    "compiles the step once, with the first model, optimizer and max_norm",
    "a second call with another model trains the first model",
)


def train_step__w16_norm_at_most_one(model, optimizer, inputs, targets, mask, max_norm):
    with tf.GradientTape() as tape:
        loss = masked_cross_entropy(model(inputs, training=True), targets, mask)
    gradients = tape.gradient(loss, model.trainable_variables)
    gradients, _ = tf.clip_by_global_norm(gradients, min(max_norm, 1.0))
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


SHOWN["train_step__w16_norm_at_most_one"] = (
    "subtle",
    "takes 1 for a max_norm above 1",
    "gradients with a norm between 1 and max_norm get scaled (start weights times 10, SGD)",
)


def train_step__w17_forward_before_the_tape(model, optimizer, inputs, targets, mask, max_norm):
    logits = model(inputs, training=True)
    with tf.GradientTape() as tape:
        loss = masked_cross_entropy(logits, targets, mask)
    gradients = tape.gradient(loss, model.trainable_variables)
    gradients, _ = tf.clip_by_global_norm(gradients, max_norm)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


SHOWN["train_step__w17_forward_before_the_tape"] = (
    "use",
    "the forward pass is not on the tape: all gradients None",
    lambda: _args(),
)


def train_step__w18_large_gradients_skipped(model, optimizer, inputs, targets, mask, max_norm):
    with tf.GradientTape() as tape:
        loss = masked_cross_entropy(model(inputs, training=True), targets, mask)
    gradients = tape.gradient(loss, model.trainable_variables)
    norm = tf.linalg.global_norm(gradients)
    keep = tf.cast(norm <= max_norm, norm.dtype)
    gradients = [tf.convert_to_tensor(g) * keep for g in gradients]
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


SHOWN["train_step__w18_large_gradients_skipped"] = (
    "natural",
    "throws gradients above max_norm away instead of scaling them",
    "with a small max_norm nothing is updated",
)


def train_step__w19_frozen_layers_trained(model, optimizer, inputs, targets, mask, max_norm):
    with tf.GradientTape() as tape:
        loss = masked_cross_entropy(model(inputs, training=True), targets, mask)
    gradients = tape.gradient(loss, model.weights)
    gradients, _ = tf.clip_by_global_norm(gradients, max_norm)
    optimizer.apply_gradients(zip(gradients, model.weights))
    return loss


SHOWN["train_step__w19_frozen_layers_trained"] = (
    "use",
    "model.weights has the frozen variables too",
    "with model.layers[0].trainable = False the embedding still changes",
)


def train_step__w20_plain_descent(model, optimizer, inputs, targets, mask, max_norm):
    with tf.GradientTape() as tape:
        loss = masked_cross_entropy(model(inputs, training=True), targets, mask)
    gradients = tape.gradient(loss, model.trainable_variables)
    gradients, _ = tf.clip_by_global_norm(gradients, max_norm)
    for gradient, variable in zip(gradients, model.trainable_variables):
        variable.assign_sub(optimizer.learning_rate * tf.convert_to_tensor(gradient))
    return loss


SHOWN["train_step__w20_plain_descent"] = (
    "subtle",
    "subtracts rate * gradient itself: right for SGD only",
    "with Adam (or momentum) the weights are wrong; optimizer.iterations stays 0",
)


def train_step__r1_as_hinted(model, optimizer, inputs, targets, mask, max_norm):
    with tf.GradientTape() as tape:
        logits = model(inputs, training=True)
        loss = masked_cross_entropy(logits, targets, mask)
    gradients = tape.gradient(loss, model.trainable_variables)
    gradients, _ = tf.clip_by_global_norm(gradients, max_norm)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


def train_step__r2_optimizer_apply(model, optimizer, inputs, targets, mask, max_norm):
    variables = model.trainable_weights
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        for v in variables:
            tape.watch(v.value)
        loss = masked_cross_entropy(model(inputs), targets, mask)
    gradients = tape.gradient(loss, [v.value for v in variables])
    optimizer.apply(tf.clip_by_global_norm(gradients, clip_norm=max_norm)[0], variables)
    return loss


def train_step__r3_dense_gradients(model, optimizer, inputs, targets, mask, max_norm):
    variables = model.trainable_variables
    with tf.GradientTape() as tape:
        loss = masked_cross_entropy(model(inputs, training=True), targets, mask)
    gradients = tape.gradient(loss, variables, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    gradients = [tf.convert_to_tensor(g) for g in gradients]
    gradients, _ = tf.clip_by_global_norm(gradients, max_norm)
    optimizer.apply_gradients(list(zip(gradients, variables)))
    return loss


def train_step__r4_global_norm_and_scale(model, optimizer, inputs, targets, mask, max_norm):
    with tf.GradientTape() as tape:
        loss = masked_cross_entropy(model(inputs, training=True), targets, mask)
    pairs = [
        (g, v)
        for g, v in zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
        if g is not None
    ]
    norm = tf.linalg.global_norm([g for g, _ in pairs])
    scale = tf.minimum(1.0, max_norm / norm)
    optimizer.apply_gradients([(tf.convert_to_tensor(g) * scale, v) for g, v in pairs])
    return loss


def train_step__r5_keras_ops(model, optimizer, inputs, targets, mask, max_norm):
    from keras import ops

    with tf.GradientTape() as tape:
        loss = masked_cross_entropy(model(inputs, training=True), targets, mask)
    gradients = tape.gradient(loss, model.trainable_variables)
    gradients = [
        ops.zeros_like(v) if g is None else ops.convert_to_tensor(g)
        for g, v in zip(gradients, model.trainable_variables)
    ]
    norm = ops.sqrt(sum(ops.sum(ops.square(g)) for g in gradients))
    factor = ops.where(norm > max_norm, max_norm / norm, 1.0)
    optimizer.apply([g * factor for g in gradients], model.trainable_variables)
    return loss


def train_step__r6_one_long_vector(model, optimizer, inputs, targets, mask, max_norm):
    variables = model.trainable_variables

    def loss_and_gradients():
        with tf.GradientTape() as tape:
            loss = masked_cross_entropy(model(inputs), targets, mask)
        return loss, tape.gradient(loss, variables, unconnected_gradients="zero")

    loss, gradients = loss_and_gradients()
    vector = tf.concat([tf.reshape(g, [-1]) for g in gradients], axis=0)
    vector = vector * max_norm / tf.maximum(tf.norm(vector), max_norm)
    pieces = tf.split(vector, [int(np.prod(v.shape)) for v in variables])
    optimizer.apply_gradients([(tf.reshape(p, v.shape), v) for p, v in zip(pieces, variables)])
    return loss
