import numpy as np
import tensorflow as tf
import keras

SHOWN = {}


def _args(batch=3, time=5, vocabulary=6, scale=1.0, lengths=(5, 2, 1), low=0, seed=0):
    rng = np.random.default_rng(seed)
    mask = np.arange(time) < np.resize(lengths, batch)[:, None]
    return dict(
        logits=tf.constant(scale * rng.normal(size=(batch, time, vocabulary)), tf.float32),
        targets=tf.constant(rng.integers(low, vocabulary, size=(batch, time)), tf.int64),
        mask=tf.constant(mask),
    )


def masked_cross_entropy__w01_all_steps_in_the_mean(logits, targets, mask):
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=logits)
    return tf.reduce_mean(losses * tf.cast(mask, losses.dtype))


SHOWN["masked_cross_entropy__w01_all_steps_in_the_mean"] = (
    "natural",
    "divides by all steps, the masked ones too",
    lambda: _args(),
)


def masked_cross_entropy__w02_no_mask(logits, targets, mask):
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=logits))


SHOWN["masked_cross_entropy__w02_no_mask"] = ("natural", "forgets the mask", lambda: _args())


def masked_cross_entropy__w03_mean_of_row_means(logits, targets, mask):
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=logits)
    m = tf.cast(mask, losses.dtype)
    rows = tf.math.divide_no_nan(tf.reduce_sum(losses * m, axis=1), tf.reduce_sum(m, axis=1))
    return tf.reduce_mean(rows)


SHOWN["masked_cross_entropy__w03_mean_of_row_means"] = (
    "natural",
    "the mean over tunes of the mean over steps: right for equal lengths",
    lambda: _args(),
)


def masked_cross_entropy__w04_divided_by_batch(logits, targets, mask):
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=logits)
    m = tf.cast(mask, losses.dtype)
    return tf.reduce_sum(losses * m) / tf.cast(tf.shape(losses)[0], losses.dtype)


SHOWN["masked_cross_entropy__w04_divided_by_batch"] = ("natural", "divides by the number of tunes", lambda: _args())


def masked_cross_entropy__w05_bits(logits, targets, mask):
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=logits) / np.log(2)
    return tf.reduce_mean(tf.boolean_mask(losses, mask))


SHOWN["masked_cross_entropy__w05_bits"] = ("natural", "in bits, not nats", lambda: _args())


def masked_cross_entropy__w06_softmax_twice(logits, targets, mask):
    probabilities = tf.nn.softmax(logits)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=probabilities)
    return tf.reduce_mean(tf.boolean_mask(losses, mask))


SHOWN["masked_cross_entropy__w06_softmax_twice"] = (
    "natural",
    "gives probabilities to a function that wants logits",
    lambda: _args(),
)


def masked_cross_entropy__w07_mask_on_logits(logits, targets, mask):
    m = tf.cast(mask, logits.dtype)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=logits * m[..., None])
    return tf.reduce_sum(losses) / tf.reduce_sum(m)


SHOWN["masked_cross_entropy__w07_mask_on_logits"] = (
    "natural",
    "masks the logits: masked steps still give log(vocabulary)",
    lambda: _args(),
)


def masked_cross_entropy__w08_mask_from_targets(logits, targets, mask):
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=logits)
    m = tf.cast(tf.not_equal(targets, 0), losses.dtype)  # 0 is padding
    return tf.reduce_sum(losses * m) / tf.reduce_sum(m)


SHOWN["masked_cross_entropy__w08_mask_from_targets"] = (
    "natural",
    "guesses the mask from targets != 0",
    lambda: _args(low=1),
)


def masked_cross_entropy__w09_log_of_softmax(logits, targets, mask):
    p = tf.gather(tf.nn.softmax(logits), targets, batch_dims=2)
    m = tf.cast(mask, p.dtype)
    return -tf.reduce_sum(tf.math.log(p) * m) / tf.reduce_sum(m)


SHOWN["masked_cross_entropy__w09_log_of_softmax"] = (
    "subtle",
    "log(softmax) is -inf (or NaN under the mask) for wide logits",
    lambda: _args(scale=500.0),
)


def masked_cross_entropy__w10_keras_on_probabilities(logits, targets, mask):
    losses = keras.losses.sparse_categorical_crossentropy(targets, tf.nn.softmax(logits))
    m = tf.cast(mask, losses.dtype)
    return tf.reduce_sum(losses * m) / tf.reduce_sum(m)


SHOWN["masked_cross_entropy__w10_keras_on_probabilities"] = (
    "subtle",
    "Keras clips probabilities at 1e-7: no loss above 16",
    lambda: _args(scale=500.0),
)


def masked_cross_entropy__w11_logits_clipped(logits, targets, mask):
    logits = tf.clip_by_value(logits, -50.0, 50.0)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=logits)
    return tf.reduce_mean(losses[mask])


SHOWN["masked_cross_entropy__w11_logits_clipped"] = ("subtle", "clips the logits to +-50", lambda: _args(scale=200.0))


def masked_cross_entropy__w12_one_maximum_for_all(logits, targets, mask):
    shifted = logits - tf.reduce_max(logits)
    log_sum = tf.math.log(tf.reduce_sum(tf.exp(shifted), axis=-1))
    losses = log_sum - tf.gather(shifted, targets, batch_dims=2)
    return tf.reduce_mean(tf.boolean_mask(losses, mask))


SHOWN["masked_cross_entropy__w12_one_maximum_for_all"] = (
    "subtle",
    "subtracts the maximum of all steps: log(0) in a step with much smaller logits",
    lambda: dict(
        logits=tf.constant([[[1000.0, 999.0], [-1000.0, -999.0]]]),
        targets=tf.constant([[0, 1]]),
        mask=tf.constant([[True, True]]),
    ),
)


def masked_cross_entropy__w13_smoothed_count(logits, targets, mask):
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=logits)
    m = tf.cast(mask, losses.dtype)
    return tf.reduce_sum(losses * m) / (tf.reduce_sum(m) + 1e-2)


SHOWN["masked_cross_entropy__w13_smoothed_count"] = (
    "subtle",
    "adds 0.01 to the count, wrong by a percent for one real step",
    lambda: _args(batch=1, lengths=(1,)),
)


def masked_cross_entropy__w14_int8_targets(logits, targets, mask):
    depth = logits.shape[-1]
    onehot = tf.one_hot(tf.cast(targets, tf.int8), depth, dtype=logits.dtype)
    losses = -tf.reduce_sum(onehot * tf.nn.log_softmax(logits), axis=-1)
    m = tf.cast(mask, logits.dtype)
    return tf.reduce_sum(losses * m) / tf.reduce_sum(m)


SHOWN["masked_cross_entropy__w14_int8_targets"] = (
    "subtle",
    "int8 targets: an id above 127 costs nothing",
    lambda: _args(vocabulary=300),
)


def masked_cross_entropy__w15_losses_capped(logits, targets, mask):
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=logits)
    losses = tf.minimum(losses, 100.0)  # one bad step must not blow up the training
    return tf.reduce_sum(tf.where(mask, losses, 0.0)) / tf.reduce_sum(tf.cast(mask, tf.float32))


SHOWN["masked_cross_entropy__w15_losses_capped"] = ("subtle", "no step costs more than 100", lambda: _args(scale=500.0))


def masked_cross_entropy__w16_numpy(logits, targets, mask):
    logits, targets, mask = np.asarray(logits), np.asarray(targets), np.asarray(mask)
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    chosen = np.take_along_axis(log_p, targets[..., None], axis=-1)[..., 0]
    return tf.constant(-(chosen * mask).sum() / mask.sum())


SHOWN["masked_cross_entropy__w16_numpy"] = ("use", "NumPy inside", "inside tf.function raises; no gradient")


_w17_count = {}


def masked_cross_entropy__w17_count_kept(logits, targets, mask):
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=logits)
    m = tf.cast(mask, losses.dtype)
    shape = tuple(logits.shape)
    if tf.executing_eagerly():
        if shape not in _w17_count:
            _w17_count[shape] = float(tf.reduce_sum(m))
        return tf.reduce_sum(losses * m) / _w17_count[shape]
    return tf.reduce_sum(losses * m) / tf.reduce_sum(m)


SHOWN["masked_cross_entropy__w17_count_kept"] = (
    "use",
    "keeps the number of real steps of the first call",
    "the second call with another mask of the same shape divides by the first number",
)


def masked_cross_entropy__w18_normaliser_stopped(logits, targets, mask):
    log_sum = tf.stop_gradient(tf.reduce_logsumexp(logits, axis=-1))
    losses = log_sum - tf.gather(logits, targets, batch_dims=2)
    m = tf.cast(mask, losses.dtype)
    return tf.reduce_sum(losses * m) / tf.reduce_sum(m)


SHOWN["masked_cross_entropy__w18_normaliser_stopped"] = (
    "use",
    "no gradient through log(sum(exp))",
    "the value is right, the gradient is -onehot / n instead of (p - onehot) / n",
)


def masked_cross_entropy__w19_gradient_of_the_sum(logits, targets, mask):
    m = tf.cast(mask, logits.dtype)

    @tf.custom_gradient
    def loss(z):
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=z)

        def gradient(upstream):
            onehot = tf.one_hot(targets, tf.shape(z)[-1], dtype=z.dtype)
            return upstream * (tf.nn.softmax(z) - onehot) * m[..., None]

        return tf.reduce_sum(losses * m) / tf.reduce_sum(m), gradient

    return loss(logits)


SHOWN["masked_cross_entropy__w19_gradient_of_the_sum"] = (
    "use",
    "its own gradient is that of the sum, not divided by the number of real steps",
    "the value is right, the gradient too large by the number of real steps",
)


def masked_cross_entropy__w20_mask_only_in_eager(logits, targets, mask):
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=logits)
    if tf.is_symbolic_tensor(mask):
        return tf.reduce_mean(losses)  # a boolean index needs known values
    return tf.reduce_mean(losses[np.asarray(mask)])


SHOWN["masked_cross_entropy__w20_mask_only_in_eager"] = (
    "use",
    "leaves the mask out in a graph",
    "inside tf.function the mask is ignored",
)


def masked_cross_entropy__r1_cast(logits, targets, mask):
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=logits)
    m = tf.cast(mask, losses.dtype)
    return tf.reduce_sum(losses * m) / tf.reduce_sum(m)


def masked_cross_entropy__r2_boolean_mask(logits, targets, mask):
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=logits)
    return tf.reduce_mean(tf.boolean_mask(losses, mask))


def masked_cross_entropy__r3_real_steps_first(logits, targets, mask):
    where = tf.where(mask)
    real_logits = tf.gather_nd(logits, where)
    real_targets = tf.gather_nd(targets, where)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(logits=real_logits, labels=real_targets)
    return tf.math.add_n([tf.reduce_sum(losses)]) / tf.cast(tf.size(losses), losses.dtype)


def masked_cross_entropy__r4_logsumexp_gather(logits, targets, mask):
    logits = tf.convert_to_tensor(logits)
    chosen = tf.gather(logits, targets, axis=2, batch_dims=2)
    losses = tf.reduce_logsumexp(logits, axis=-1) - chosen
    losses = tf.where(mask, losses, tf.zeros_like(losses))
    return tf.reduce_sum(losses) / tf.cast(tf.math.count_nonzero(mask), losses.dtype)


def masked_cross_entropy__r5_onehot_log_softmax(logits, targets, mask):
    log_p = tf.nn.log_softmax(logits, axis=-1)
    onehot = tf.one_hot(targets, tf.shape(log_p)[-1], dtype=log_p.dtype)
    weights = tf.cast(mask, log_p.dtype)
    weights = weights / tf.reduce_sum(weights)
    return -tf.einsum("btv,btv,bt->", onehot, log_p, weights)


def masked_cross_entropy__r6_keras(logits, targets, mask):
    losses = keras.ops.sparse_categorical_crossentropy(targets, logits, from_logits=True)
    weights = keras.ops.cast(mask, losses.dtype)
    return keras.ops.sum(losses * weights) / keras.ops.sum(weights)
