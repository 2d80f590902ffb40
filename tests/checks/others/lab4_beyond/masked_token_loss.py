import math
from collections import Counter

import keras
import numpy as np
import tensorflow as tf

SHOWN = {}  # name: (kind, what is wrong, input on which it shows)
HOW = {}  # where comparing plain values is not enough: "gradient" (by logits), "graph", "argument", ("state", first input)


def _in(batch, time, classes, times=1.0, ignored=0.4, ignore=-100, seed=0, give=False, dtype="int32"):
    rng = np.random.default_rng(seed)
    logits = (rng.normal(size=(batch, time, classes)) * times).astype("float32")
    targets = rng.integers(0, classes, size=(batch, time))
    targets[rng.random((batch, time)) < ignored] = ignore
    out = dict(logits=tf.constant(logits), targets=tf.constant(targets.astype(dtype)))
    if give:
        out["ignore"] = ignore
    return out


def _none(batch, time, classes):
    return dict(_in(batch, time, classes), targets=tf.fill((batch, time), -100))


# ---------------------------------------------------------------- wrong: natural


def masked_token_loss__w01_divides_by_all(logits, targets, ignore=-100):
    mask = targets != ignore
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.where(mask, targets, 0), logits)
    return tf.reduce_mean(loss * tf.cast(mask, tf.float32))


SHOWN["masked_token_loss__w01_divides_by_all"] = (
    "natural",
    "reduce_mean divides by batch * time, ignored places included",
    lambda: _in(3, 5, 4),
)


def masked_token_loss__w02_mean_of_row_means(logits, targets, ignore=-100):
    mask = targets != ignore
    m = tf.cast(mask, tf.float32)
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.where(mask, targets, 0), logits) * m
    rows = tf.math.divide_no_nan(tf.reduce_sum(loss, axis=1), tf.reduce_sum(m, axis=1))
    return tf.reduce_mean(rows)


SHOWN["masked_token_loss__w02_mean_of_row_means"] = (
    "natural",
    "averages each sequence first, then the sequences: short ones weigh too much",
    lambda: _in(4, 6, 3, ignored=0.5),
)


def masked_token_loss__w03_nan_where_none(logits, targets, ignore=-100):
    mask = targets != ignore
    m = tf.cast(mask, tf.float32)
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.where(mask, targets, 0), logits)
    return tf.reduce_sum(loss * m) / tf.reduce_sum(m)


SHOWN["masked_token_loss__w03_nan_where_none"] = (
    "natural",
    "0 / 0 = nan where all targets are ignored",
    lambda: _none(2, 3, 4),
)


def masked_token_loss__w04_bits(logits, targets, ignore=-100):
    mask = targets != ignore
    m = tf.cast(mask, tf.float32)
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.where(mask, targets, 0), logits) / math.log(2)
    return tf.math.divide_no_nan(tf.reduce_sum(loss * m), tf.reduce_sum(m))


SHOWN["masked_token_loss__w04_bits"] = ("natural", "in bits instead of nats", lambda: _in(2, 4, 5))


def masked_token_loss__w05_sum(logits, targets, ignore=-100):
    mask = targets != ignore
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.where(mask, targets, 0), logits)
    return tf.reduce_sum(tf.where(mask, loss, 0.0))


SHOWN["masked_token_loss__w05_sum"] = ("natural", "the sum, not divided", lambda: _in(2, 4, 5))


def masked_token_loss__w06_log_of_softmax(logits, targets, ignore=-100):
    mask = targets != ignore
    m = tf.cast(mask, tf.float32)
    p = tf.gather(tf.nn.softmax(logits), tf.where(mask, targets, 0), batch_dims=2)
    return tf.math.divide_no_nan(tf.reduce_sum(-tf.math.log(p + 1e-9) * m), tf.reduce_sum(m))


SHOWN["masked_token_loss__w06_log_of_softmax"] = (
    "natural",
    "log(softmax + 1e-9): never more than 20.7, wrong for logits of +-1000",
    lambda: _in(2, 4, 3, times=1000.0),
)


def masked_token_loss__w07_class_0_is_padding(logits, targets, ignore=-100):
    mask = targets > 0
    m = tf.cast(mask, tf.float32)
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.where(mask, targets, 0), logits)
    return tf.math.divide_no_nan(tf.reduce_sum(loss * m), tf.reduce_sum(m))


SHOWN["masked_token_loss__w07_class_0_is_padding"] = (
    "natural",
    "targets > 0: class 0 is not counted either",
    lambda: _in(3, 6, 3),
)


def masked_token_loss__w08_ignored_count_as_0(logits, targets, ignore=-100):
    safe = tf.where(targets == ignore, 0, targets)
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(safe, logits))


SHOWN["masked_token_loss__w08_ignored_count_as_0"] = (
    "natural",
    "replaces the ignored targets by class 0 and then counts them like all others",
    lambda: _in(2, 5, 4),
)


def masked_token_loss__w09_softmax_twice(logits, targets, ignore=-100):
    mask = targets != ignore
    m = tf.cast(mask, tf.float32)
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.where(mask, targets, 0), tf.nn.softmax(logits))
    return tf.math.divide_no_nan(tf.reduce_sum(loss * m), tf.reduce_sum(m))


SHOWN["masked_token_loss__w09_softmax_twice"] = (
    "natural",
    "gives probabilities where logits are expected: softmax twice",
    lambda: _in(2, 5, 4),
)


def masked_token_loss__w10_plus_one_below(logits, targets, ignore=-100):
    mask = targets != ignore
    m = tf.cast(mask, tf.float32)
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.where(mask, targets, 0), logits)
    return tf.reduce_sum(loss * m) / (tf.reduce_sum(m) + 1.0)


SHOWN["masked_token_loss__w10_plus_one_below"] = (
    "natural",
    "adds 1 to the count so that it is never 0",
    lambda: _in(2, 5, 4),
)


# ---------------------------------------------------------------- wrong: subtle


def masked_token_loss__w11_always_minus_100(logits, targets, ignore=-100):
    mask = targets != -100
    m = tf.cast(mask, tf.float32)
    one_hot = tf.one_hot(targets, logits.shape[-1])
    loss = -tf.reduce_sum(one_hot * tf.nn.log_softmax(logits), axis=-1)
    return tf.math.divide_no_nan(tf.reduce_sum(loss * m), tf.reduce_sum(m))


SHOWN["masked_token_loss__w11_always_minus_100"] = (
    "subtle",
    "-100 is written into the code: the argument ignore does nothing",
    lambda: _in(3, 5, 4, ignore=-1, give=True),
)


def masked_token_loss__w12_negative_is_ignored(logits, targets, ignore=-100):
    mask = targets >= 0
    m = tf.cast(mask, tf.float32)
    one_hot = tf.one_hot(targets, tf.shape(logits)[-1])
    loss = tf.nn.softmax_cross_entropy_with_logits(one_hot, logits)
    return tf.math.divide_no_nan(tf.reduce_sum(loss * m), tf.reduce_sum(m))


SHOWN["masked_token_loss__w12_negative_is_ignored"] = (
    "subtle",
    "takes all from 0 on for classes: ignore=255 is counted",
    lambda: _in(3, 5, 4, ignore=255, give=True),
)


def masked_token_loss__w13_nan_gradient(logits, targets, ignore=-100):
    mask = targets != ignore
    m = tf.cast(mask, tf.float32)
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.where(mask, targets, 0), logits)
    count = tf.reduce_sum(m)
    return tf.where(count > 0, tf.reduce_sum(loss * m) / count, 0.0)


SHOWN["masked_token_loss__w13_nan_gradient"] = (
    "use",
    "tf.where hides the 0 / 0 of the value, but its gradient is nan where all targets are ignored",
    lambda: _none(2, 3, 4),
)
HOW["masked_token_loss__w13_nan_gradient"] = "gradient"


def masked_token_loss__w14_no_gradient_where_none(logits, targets, ignore=-100):
    mask = targets != ignore
    if not tf.reduce_any(mask):
        return tf.constant(0.0)
    return tf.reduce_mean(
        tf.nn.sparse_softmax_cross_entropy_with_logits(tf.boolean_mask(targets, mask), tf.boolean_mask(logits, mask))
    )


SHOWN["masked_token_loss__w14_no_gradient_where_none"] = (
    "use",
    "returns a constant where all targets are ignored: the gradient is None instead of 0",
    lambda: _none(2, 3, 4),
)
HOW["masked_token_loss__w14_no_gradient_where_none"] = "gradient"


def masked_token_loss__w15_logits_clipped(logits, targets, ignore=-100):
    mask = targets != ignore
    m = tf.cast(mask, tf.float32)
    logits = tf.clip_by_value(logits, -50.0, 50.0)
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.where(mask, targets, 0), logits)
    return tf.math.divide_no_nan(tf.reduce_sum(loss * m), tf.reduce_sum(m))


SHOWN["masked_token_loss__w15_logits_clipped"] = (
    "subtle",
    "clips the logits to +-50 against overflow",
    lambda: _in(2, 4, 3, times=1000.0),
)


def masked_token_loss__w16_numpy_inside(logits, targets, ignore=-100):
    z, t = np.asarray(logits), np.asarray(targets)
    mask = t != ignore
    if not mask.any():
        return tf.constant(0.0)
    z, t = z[mask], t[mask]
    z = z - z.max(axis=-1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    return tf.constant(-logp[np.arange(len(t)), t].mean())


SHOWN["masked_token_loss__w16_numpy_inside"] = (
    "use",
    "computes in NumPy: the gradient is None",
    lambda: _in(2, 4, 3),
)
HOW["masked_token_loss__w16_numpy_inside"] = "gradient"


def masked_token_loss__w17_one_maximum_for_all(logits, targets, ignore=-100):
    mask = targets != ignore
    m = tf.cast(mask, tf.float32)
    z = logits - tf.reduce_max(logits)
    logp = z - tf.math.log(tf.reduce_sum(tf.exp(z), axis=-1, keepdims=True))
    loss = -tf.gather(logp, tf.where(mask, targets, 0), batch_dims=2)
    return tf.math.divide_no_nan(tf.reduce_sum(loss * m), tf.reduce_sum(m))


SHOWN["masked_token_loss__w17_one_maximum_for_all"] = (
    "subtle",
    "subtracts the maximum of the whole batch: a place whose logits all lie 1000 lower gets log(0)",
    lambda: dict(logits=tf.constant([[[1000.0, 999.0], [-1000.0, -1001.0]]]), targets=tf.constant([[0, 1]])),
)


def masked_token_loss__w18_counts_the_one_hot(logits, targets, ignore=-100):
    one_hot = tf.one_hot(targets, logits.shape[-1])  # a row of zeros for -100
    loss = -tf.reduce_sum(one_hot * tf.nn.log_softmax(logits))
    return loss / tf.maximum(tf.reduce_sum(one_hot), 1.0)


SHOWN["masked_token_loss__w18_counts_the_one_hot"] = (
    "subtle",
    "relies on one_hot giving zeros for what is no class: ignore=0 (padding) is counted",
    lambda: _in(3, 5, 4, ignore=0, give=True),
)


def masked_token_loss__w19_counts_in_int8(logits, targets, ignore=-100):
    mask = targets != ignore
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.where(mask, targets, 0), logits)
    count = tf.cast(tf.reduce_sum(tf.cast(mask, tf.int8)), tf.float32)
    return tf.math.divide_no_nan(tf.reduce_sum(tf.where(mask, loss, 0.0)), count)


SHOWN["masked_token_loss__w19_counts_in_int8"] = (
    "subtle",
    "counts the targets in int8: wrong from 128 targets on",
    lambda: _in(4, 60, 3, ignored=0.2),
)


def masked_token_loss__w20_up_to_the_first_ignored(logits, targets, ignore=-100):
    mask = tf.cast(targets != ignore, tf.float32)
    mask = tf.math.cumprod(mask, axis=1)
    safe = tf.where(mask > 0, targets, 0)
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(safe, logits)
    return tf.math.divide_no_nan(tf.reduce_sum(loss * mask), tf.reduce_sum(mask))


SHOWN["masked_token_loss__w20_up_to_the_first_ignored"] = (
    "subtle",
    "takes ignored targets for padding at the end: what follows the first one is dropped",
    lambda: _in(3, 6, 4),
)


# ---------------------------------------------------------------- right


def masked_token_loss__r1_sparse(logits, targets, ignore=-100):
    mask = tf.not_equal(targets, ignore)
    m = tf.cast(mask, logits.dtype)
    safe = tf.where(mask, targets, tf.zeros_like(targets))
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=safe, logits=logits)
    return tf.reduce_sum(loss * m) / tf.maximum(tf.reduce_sum(m), 1.0)


def masked_token_loss__r2_gather(logits, targets, ignore=-100):
    logp = tf.nn.log_softmax(logits, axis=-1)
    mask = targets != ignore
    picked = tf.gather(logp, tf.where(mask, targets, 0), axis=2, batch_dims=2)
    m = tf.cast(mask, tf.float32)
    return -tf.math.divide_no_nan(tf.reduce_sum(picked * m), tf.reduce_sum(m))


def masked_token_loss__r3_one_hot(logits, targets, ignore=-100):
    classes = tf.shape(logits)[-1]
    m = tf.cast(targets != ignore, tf.float32)
    one_hot = tf.one_hot(targets, classes) * m[..., tf.newaxis]
    total = -tf.reduce_sum(one_hot * tf.nn.log_softmax(logits))
    return tf.math.divide_no_nan(total, tf.reduce_sum(m))


def masked_token_loss__r4_boolean_mask(logits, targets, ignore=-100):
    mask = targets != ignore
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.boolean_mask(targets, mask), tf.boolean_mask(logits, mask))
    return tf.reduce_sum(loss) / tf.cast(tf.maximum(tf.size(loss), 1), tf.float32)


def masked_token_loss__r5_keras_ops(logits, targets, ignore=-100):
    ops = keras.ops
    mask = ops.not_equal(targets, ignore)
    safe = ops.where(mask, targets, ops.zeros_like(targets))
    own = ops.take_along_axis(logits, ops.expand_dims(safe, -1), axis=-1)[..., 0]
    loss = ops.where(mask, ops.logsumexp(logits, axis=-1) - own, 0.0)
    return ops.sum(loss) / ops.maximum(ops.sum(ops.cast(mask, "float32")), 1.0)


def masked_token_loss__r6_by_hand_flat(logits, targets, ignore=-100):
    z = tf.reshape(logits, (-1, logits.shape[-1]))
    t = tf.reshape(targets, (-1,))
    where = tf.where(t != ignore)[:, 0]
    z, t = tf.gather(z, where), tf.cast(tf.gather(t, where), tf.int64)
    z = z - tf.stop_gradient(tf.reduce_max(z, axis=1, keepdims=True))
    log_total = tf.math.log(tf.reduce_sum(tf.exp(z), axis=1))
    own = tf.gather_nd(z, tf.stack([tf.range(tf.size(t, out_type=tf.int64)), t], axis=1))
    count = tf.cast(tf.size(t), tf.float32)
    return tf.math.divide_no_nan(tf.reduce_sum(log_total - own), count)


MORE = [
    lambda: _in(1, 1, 2, ignored=0.0),
    lambda: _in(2, 7, 5, dtype="int64"),
    lambda: _in(5, 3, 11, ignore=-1, give=True),
    lambda: _in(3, 4, 2, times=1000.0),
    lambda: _in(16, 40, 30, seed=3),
    lambda: _none(2, 2, 3),
]
