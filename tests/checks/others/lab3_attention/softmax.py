import numpy as np
import tensorflow as tf
import keras

SHOWN = {}


def softmax__w01_no_shift(x, axis=-1):
    e = tf.exp(x)
    return e / tf.reduce_sum(e, axis=axis, keepdims=True)


SHOWN["softmax__w01_no_shift"] = (
    "natural",
    "exp(1000) overflows: nan",
    lambda: dict(x=tf.constant([[1000.0, 999.0], [1.0, 2.0]])),
)


def softmax__w02_axis_forgotten(x, axis=-1):
    x = x - tf.reduce_max(x, axis=-1, keepdims=True)
    e = tf.exp(x)
    return e / tf.reduce_sum(e, axis=-1, keepdims=True)


SHOWN["softmax__w02_axis_forgotten"] = (
    "natural",
    "always the last axis, the argument is not used",
    lambda: dict(x=tf.constant([[1.0, 2.0, 3.0], [0.0, 5.0, 1.0]]), axis=0),
)


def softmax__w03_sum_of_everything(x, axis=-1):
    e = tf.exp(x - tf.reduce_max(x, axis=axis, keepdims=True))
    return e / tf.reduce_sum(e)


SHOWN["softmax__w03_sum_of_everything"] = (
    "natural",
    "divides by the sum of the whole tensor",
    lambda: dict(x=tf.constant([[1.0, 2.0, 3.0], [0.0, 5.0, 1.0]])),
)


def softmax__w04_keepdims_forgotten(x, axis=-1):
    e = tf.exp(x - tf.reduce_max(x, axis=axis, keepdims=True))
    return e / tf.reduce_sum(e, axis=axis)


SHOWN["softmax__w04_keepdims_forgotten"] = (
    "natural",
    "the sums of the rows are broadcast to the columns (or do not fit)",
    lambda: dict(x=tf.constant([[1.0, 2.0, 3.0], [0.0, 5.0, 1.0], [1.0, 1.0, 7.0]])),
)


def softmax__w05_log_softmax(x, axis=-1):
    x = x - tf.reduce_max(x, axis=axis, keepdims=True)
    return x - tf.math.log(tf.reduce_sum(tf.exp(x), axis=axis, keepdims=True))


SHOWN["softmax__w05_log_softmax"] = (
    "natural",
    "returns the logarithms of the weights",
    lambda: dict(x=tf.constant([[1.0, 2.0, 3.0]])),
)


def softmax__w06_no_exponential(x, axis=-1):
    x = x - tf.reduce_min(x, axis=axis, keepdims=True)
    return x / tf.reduce_sum(x, axis=axis, keepdims=True)


SHOWN["softmax__w06_no_exponential"] = (
    "natural",
    "shares of the shifted scores themselves, without the exponential",
    lambda: dict(x=tf.constant([[1.0, 2.0, 4.0]])),
)


def softmax__w07_shift_in_numerator_only(x, axis=-1):
    top = tf.reduce_max(x, axis=axis, keepdims=True)
    # numerator stable, the sum as in the formula
    return tf.exp(x - top) / tf.reduce_sum(tf.exp(x), axis=axis, keepdims=True)


SHOWN["softmax__w07_shift_in_numerator_only"] = (
    "natural",
    "the maximum is subtracted in the numerator, not in the sum",
    lambda: dict(x=tf.constant([[1.0, 2.0, 4.0]])),
)


def softmax__w08_one_maximum_for_all(x, axis=-1):
    x = x - tf.reduce_max(x)
    e = tf.exp(x)
    return e / tf.reduce_sum(e, axis=axis, keepdims=True)


SHOWN["softmax__w08_one_maximum_for_all"] = (
    "subtle",
    "with the maximum of the whole tensor a much lower row becomes 0 / 0",
    lambda: dict(x=tf.constant([[1000.0, 999.0], [-1000.0, -999.0]])),
)


def softmax__w09_clipped(x, axis=-1):
    # exp stays finite in float32 between -80 and 80
    e = tf.exp(tf.clip_by_value(x, -80.0, 80.0))
    return e / tf.reduce_sum(e, axis=axis, keepdims=True)


SHOWN["softmax__w09_clipped"] = (
    "subtle",
    "1000 and 999 become equal by clipping",
    lambda: dict(x=tf.constant([[1000.0, 999.0, 0.0]])),
)


def softmax__w10_axis_or(x, axis=-1):
    axis = axis or -1
    shifted = tf.subtract(x, tf.math.reduce_max(x, axis=axis, keepdims=True))
    e = tf.math.exp(shifted)
    return tf.divide(e, tf.math.reduce_sum(e, axis=axis, keepdims=True))


SHOWN["softmax__w10_axis_or"] = (
    "subtle",
    "axis=0 counts as not given",
    lambda: dict(x=tf.constant([[1.0, 2.0, 3.0], [0.0, 5.0, 1.0]]), axis=0),
)


def softmax__w11_transposed(x, axis=-1):
    rank = len(x.shape)
    if axis in (-1, rank - 1):
        return tf.nn.softmax(x)
    # bring the axis to the end and back
    return tf.transpose(tf.nn.softmax(tf.transpose(x)))


SHOWN["softmax__w11_transposed"] = (
    "subtle",
    "transpose reverses all axes: right for the first and the last axis, not for one in the middle",
    lambda: dict(x=tf.constant(np.random.default_rng(0).normal(size=(2, 3, 4)), tf.float32), axis=1),
)


def softmax__w12_shift_only_large_scores(x, axis=-1):
    top = tf.reduce_max(x, axis=axis, keepdims=True)
    top = tf.where(top > 50.0, top, tf.zeros_like(top))  # small scores cannot overflow
    e = tf.exp(x - top)
    return e / tf.reduce_sum(e, axis=axis, keepdims=True)


SHOWN["softmax__w12_shift_only_large_scores"] = (
    "subtle",
    "a row of very low scores becomes 0 / 0",
    lambda: dict(x=tf.constant([[-1000.0, -1001.0]])),
)


def softmax__w13_infinity_becomes_zero(x, axis=-1):
    x = tf.where(tf.math.is_finite(x), x, tf.zeros_like(x))  # no nan from infinities
    x = x - tf.reduce_max(x, axis=axis, keepdims=True)
    e = tf.exp(x)
    return e / tf.reduce_sum(e, axis=axis, keepdims=True)


SHOWN["softmax__w13_infinity_becomes_zero"] = (
    "subtle",
    "a score of -inf counts as score 0 and gets weight",
    lambda: dict(x=tf.constant([[1.0, -np.inf, 0.5]])),
)


def softmax__w14_by_differences(x, axis=-1):
    # 1 / sum_j exp(x_j - x_i): only differences, so nothing to shift
    x = keras.ops.moveaxis(x, axis, -1)
    differences = x[..., tf.newaxis, :] - x[..., :, tf.newaxis]
    weights = 1.0 / tf.reduce_sum(tf.exp(differences), axis=-1)
    return keras.ops.moveaxis(weights, -1, axis)


SHOWN["softmax__w14_by_differences"] = (
    "subtle",
    "-inf minus -inf is nan",
    lambda: dict(x=tf.constant([[1.0, -np.inf, 0.5]])),
)


def softmax__w15_single_precision(x, axis=-1):
    dtype = x.dtype
    x = tf.cast(x, tf.float32)
    e = tf.exp(x - tf.reduce_max(x, axis=axis, keepdims=True))
    return tf.cast(e / tf.reduce_sum(e, axis=axis, keepdims=True), dtype)


SHOWN["softmax__w15_single_precision"] = (
    "subtle",
    "float64 scores are cut to float32: the difference of large scores gets lost",
    lambda: dict(x=tf.constant([[1e9, 1e9 + 1, 1e9 + 2]], tf.float64)),
)


def softmax__w16_numpy_inside(x, axis=-1):
    x = np.array(x)
    e = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return tf.constant(e / np.sum(e, axis=axis, keepdims=True))


SHOWN["softmax__w16_numpy_inside"] = (
    "use",
    "NumPy inside: TensorFlow cannot differentiate it (gradient None)",
    "gradient with respect to x is None",
)


def softmax__w17_sum_is_constant(x, axis=-1):
    e = tf.exp(x - tf.reduce_max(x, axis=axis, keepdims=True))
    total = tf.stop_gradient(tf.reduce_sum(e, axis=axis, keepdims=True))
    return e / total


SHOWN["softmax__w17_sum_is_constant"] = (
    "use",
    "the gradient through the sum is stopped",
    "gradient with respect to x is wrong (without the part of the sum)",
)


def softmax__w18_own_gradient_diagonal(x, axis=-1):
    @tf.custom_gradient
    def run(z):
        e = tf.exp(z - tf.reduce_max(z, axis=axis, keepdims=True))
        s = e / tf.reduce_sum(e, axis=axis, keepdims=True)

        def backward(upstream):
            return upstream * s * (1 - s)  # s' = s (1 - s)

        return s, backward

    return run(x)


SHOWN["softmax__w18_own_gradient_diagonal"] = (
    "use",
    "own gradient with the diagonal of the Jacobian only",
    "gradient with respect to x lacks the terms between different scores",
)


def softmax__w19_own_gradient_last_axis(x, axis=-1):
    @tf.custom_gradient
    def run(z):
        s = tf.nn.softmax(z, axis=axis)

        def backward(upstream):
            return s * (upstream - tf.reduce_sum(upstream * s, axis=-1, keepdims=True))

        return s, backward

    return run(tf.convert_to_tensor(x))


SHOWN["softmax__w19_own_gradient_last_axis"] = (
    "use",
    "own gradient sums along the last axis whatever axis is asked",
    "gradient with respect to x is wrong for axis other than the last",
)


def softmax__w20_choice_of_two_formulas(x, axis=-1):
    top = tf.reduce_max(x, axis=axis, keepdims=True)
    plain = tf.exp(x)
    plain = plain / tf.reduce_sum(plain, axis=axis, keepdims=True)
    shifted = tf.exp(x - top)
    shifted = shifted / tf.reduce_sum(shifted, axis=axis, keepdims=True)
    return tf.where(tf.abs(top) > 50.0, shifted, plain)


SHOWN["softmax__w20_choice_of_two_formulas"] = (
    "use",
    "the values are right, but the gradient of the branch not taken is nan and spoils the gradient",
    "gradient with respect to x is nan for scores of 1000",
)


def softmax__r1_as_told(x, axis=-1):
    e = tf.exp(x - tf.reduce_max(x, axis=axis, keepdims=True))
    return e / tf.reduce_sum(e, axis=axis, keepdims=True)


def softmax__r2_built_in(x, axis=-1):
    return tf.nn.softmax(x, axis=axis)


def softmax__r3_by_logarithms(x, axis=-1):
    shifted = x - tf.stop_gradient(tf.reduce_max(x, axis=axis, keepdims=True))
    return tf.exp(shifted - tf.math.log(tf.reduce_sum(tf.exp(shifted), axis=axis, keepdims=True)))


def softmax__r4_keras_ops(x, axis=-1):
    scores = keras.ops.subtract(x, keras.ops.max(x, axis=axis, keepdims=True))
    powers = keras.ops.exp(scores)
    return powers / keras.ops.sum(powers, axis=axis, keepdims=True)


def softmax__r5_row_by_row(x, axis=-1):
    def one(row):
        e = tf.exp(row - tf.reduce_max(row))
        return tf.math.divide(e, tf.reduce_sum(e))

    moved = keras.ops.moveaxis(tf.convert_to_tensor(x), axis, -1)
    shape = tf.shape(moved)
    rows = tf.map_fn(one, tf.reshape(moved, [-1, shape[-1]]))
    return keras.ops.moveaxis(tf.reshape(rows, shape), -1, axis)


def softmax__r6_own_gradient(x, axis=-1):
    @tf.custom_gradient
    def run(z):
        e = tf.exp(z - tf.reduce_max(z, axis=axis, keepdims=True))
        s = e / tf.reduce_sum(e, axis=axis, keepdims=True)

        def backward(upstream):
            return s * (upstream - tf.reduce_sum(upstream * s, axis=axis, keepdims=True))

        return s, backward

    return run(tf.convert_to_tensor(x))
