import numpy as np

SHOWN = {}


def _args(batch=3, features=4, units=2, scale=1.0, seed=0):
    rng = np.random.default_rng(seed)
    return dict(
        d_h=rng.normal(size=(batch, units)) * scale,
        x_t=rng.normal(size=(batch, features)),
        h_prev=np.tanh(rng.normal(size=(batch, units))),
        h_t=np.tanh(rng.normal(size=(batch, units))),
        W_hh=rng.normal(size=(units, units)),
    )


# ---------------------------------------------------------------- wrong
def rnn_backward_step__w01_no_slope(d_h, x_t, h_prev, h_t, W_hh):
    return x_t.T @ d_h, h_prev.T @ d_h, d_h.sum(axis=0), d_h @ W_hh.T


SHOWN["rnn_backward_step__w01_no_slope"] = (
    "natural",
    "the slope of tanh is forgotten; right for h_t = 0",
    lambda: _args(),
)


def rnn_backward_step__w02_slope_of_old_state(d_h, x_t, h_prev, h_t, W_hh):
    d_z = d_h * (1 - h_prev**2)
    return x_t.T @ d_z, h_prev.T @ d_z, d_z.sum(axis=0), d_z @ W_hh.T


SHOWN["rnn_backward_step__w02_slope_of_old_state"] = (
    "natural",
    "slope of tanh taken at h_prev instead of h_t",
    lambda: _args(),
)


def rnn_backward_step__w03_slope_of_sigmoid(d_h, x_t, h_prev, h_t, W_hh):
    d_z = d_h * h_t * (1 - h_t)
    return x_t.T @ d_z, h_prev.T @ d_z, d_z.sum(axis=0), d_z @ W_hh.T


SHOWN["rnn_backward_step__w03_slope_of_sigmoid"] = ("natural", "h (1 - h) is the slope of a sigmoid", lambda: _args())


def rnn_backward_step__w04_tanh_again(d_h, x_t, h_prev, h_t, W_hh):
    d_z = d_h * (1 - np.tanh(h_t) ** 2)
    return x_t.T @ d_z, h_prev.T @ d_z, d_z.sum(axis=0), d_z @ W_hh.T


SHOWN["rnn_backward_step__w04_tanh_again"] = (
    "natural",
    "h_t is already behind the tanh, here it passes it a second time",
    lambda: _args(),
)


def rnn_backward_step__w05_not_transposed(d_h, x_t, h_prev, h_t, W_hh):
    d_z = d_h * (1 - h_t**2)
    return x_t.T @ d_z, h_prev.T @ d_z, d_z.sum(axis=0), d_z @ W_hh


SHOWN["rnn_backward_step__w05_not_transposed"] = (
    "natural",
    "W_hh instead of its transpose; right for one unit or a symmetric matrix",
    lambda: _args(),
)


def rnn_backward_step__w06_mean_over_batch(d_h, x_t, h_prev, h_t, W_hh):
    d_z = d_h * (1 - h_t**2)
    batch = len(d_h)
    return x_t.T @ d_z / batch, h_prev.T @ d_z / batch, d_z.mean(axis=0), d_z @ W_hh.T


SHOWN["rnn_backward_step__w06_mean_over_batch"] = (
    "subtle",
    "means over the batch instead of sums: right for a batch of 1",
    lambda: _args(),
)


def rnn_backward_step__w07_bias_not_summed(d_h, x_t, h_prev, h_t, W_hh):
    d_z = d_h * (1 - h_t**2)
    return x_t.T @ d_z, h_prev.T @ d_z, np.squeeze(d_z), d_z @ W_hh.T


SHOWN["rnn_backward_step__w07_bias_not_summed"] = (
    "subtle",
    "d_b_h keeps the batch: right for a batch of 1 only",
    lambda: _args(),
)


def rnn_backward_step__w08_new_state_in_W_hh(d_h, x_t, h_prev, h_t, W_hh):
    d_z = d_h * (1 - h_t**2)
    return x_t.T @ d_z, h_t.T @ d_z, d_z.sum(axis=0), d_z @ W_hh.T


SHOWN["rnn_backward_step__w08_new_state_in_W_hh"] = ("natural", "d_W_hh uses h_t instead of h_prev", lambda: _args())


def rnn_backward_step__w09_other_order(d_h, x_t, h_prev, h_t, W_hh):
    d_z = d_h * (1 - h_t**2)
    return d_z @ W_hh.T, x_t.T @ d_z, h_prev.T @ d_z, d_z.sum(axis=0)


SHOWN["rnn_backward_step__w09_other_order"] = ("use", "d_h_prev comes first in the results", lambda: _args())


def rnn_backward_step__w10_d_h_for_memory(d_h, x_t, h_prev, h_t, W_hh):
    d_z = d_h * (1 - h_t**2)
    return x_t.T @ d_z, h_prev.T @ d_z, d_z.sum(axis=0), d_h @ W_hh.T


SHOWN["rnn_backward_step__w10_d_h_for_memory"] = (
    "natural",
    "the gradient for h_prev does not pass the tanh",
    lambda: _args(),
)


def rnn_backward_step__w11_changes_d_h(d_h, x_t, h_prev, h_t, W_hh):
    d_h *= 1 - h_t**2
    return x_t.T @ d_h, h_prev.T @ d_h, d_h.sum(axis=0), d_h @ W_hh.T


SHOWN["rnn_backward_step__w11_changes_d_h"] = (
    "use",
    "d_h of the caller is multiplied by the slope",
    "changes its argument d_h",
)


def rnn_backward_step__w12_single_precision(d_h, x_t, h_prev, h_t, W_hh):
    d_h, x_t, h_prev, h_t, W_hh = (np.asarray(a, dtype=np.float32) for a in (d_h, x_t, h_prev, h_t, W_hh))
    d_z = d_h * (1 - h_t**2)
    return x_t.T @ d_z, h_prev.T @ d_z, d_z.sum(axis=0), d_z @ W_hh.T


SHOWN["rnn_backward_step__w12_single_precision"] = (
    "subtle",
    "float32 instead of float64",
    lambda: _args(batch=7, features=30, units=20),
)


def rnn_backward_step__w13_clipped(d_h, x_t, h_prev, h_t, W_hh):
    d_z = np.clip(d_h * (1 - h_t**2), -5, 5)
    return x_t.T @ d_z, h_prev.T @ d_z, d_z.sum(axis=0), d_z @ W_hh.T


SHOWN["rnn_backward_step__w13_clipped"] = ("subtle", "large gradients are clipped at 5", lambda: _args(scale=100.0))


def rnn_backward_step__w14_outer_product(d_h, x_t, h_prev, h_t, W_hh):
    d_z = d_h * (1 - h_t**2)
    d_b_h = d_z.sum(axis=0)
    return np.outer(x_t.sum(axis=0), d_b_h), np.outer(h_prev.sum(axis=0), d_b_h), d_b_h, d_z @ W_hh.T


SHOWN["rnn_backward_step__w14_outer_product"] = (
    "subtle",
    "sums over the batch before the product: right for a batch of 1",
    lambda: _args(),
)


def rnn_backward_step__w15_saturated_units(d_h, x_t, h_prev, h_t, W_hh):
    slope = np.where(np.abs(h_t) < 0.99, 1 - h_t**2, 0.0)
    d_z = d_h * slope
    return x_t.T @ d_z, h_prev.T @ d_z, d_z.sum(axis=0), d_z @ W_hh.T


SHOWN["rnn_backward_step__w15_saturated_units"] = (
    "subtle",
    "units beyond 0.99 get no gradient at all",
    lambda: dict(_args(), h_t=np.full((3, 2), 0.995)),
)


def rnn_backward_step__w16_slope_not_zero(d_h, x_t, h_prev, h_t, W_hh):
    slope = np.maximum(1 - h_t**2, 1e-4)
    d_z = d_h * slope
    return x_t.T @ d_z, h_prev.T @ d_z, d_z.sum(axis=0), d_z @ W_hh.T


SHOWN["rnn_backward_step__w16_slope_not_zero"] = (
    "subtle",
    "the slope is at least 0.0001, so saturated units learn on",
    lambda: dict(_args(), h_t=np.array([[1.0, -1.0], [0.3, 1.0], [-0.2, 0.999999]])),
)


def rnn_backward_step__w17_row_bias(d_h, x_t, h_prev, h_t, W_hh):
    d_z = d_h * (1 - h_t**2)
    return np.dot(x_t.T, d_z), np.dot(h_prev.T, d_z), d_z.sum(axis=0, keepdims=True), np.dot(d_z, W_hh.T)


SHOWN["rnn_backward_step__w17_row_bias"] = ("natural", "d_b_h is (1, units) instead of (units,)", lambda: _args())


_w18_sums = {}


def rnn_backward_step__w18_sums_grow(d_h, x_t, h_prev, h_t, W_hh):
    d_z = d_h * (1 - h_t**2)
    key = x_t.shape[1], h_t.shape[1]
    if key not in _w18_sums:
        _w18_sums[key] = [0.0, 0.0, 0.0]
    for i, d in enumerate((x_t.T @ d_z, h_prev.T @ d_z, d_z.sum(axis=0))):
        _w18_sums[key][i] = _w18_sums[key][i] + d
    return (*_w18_sums[key], d_z @ W_hh.T)


SHOWN["rnn_backward_step__w18_sums_grow"] = (
    "use",
    "adds up the weights' gradients over its calls (the caller does this already)",
    "the second call returns the sum of both",
)


def rnn_backward_step__w19_bias_over_units(d_h, x_t, h_prev, h_t, W_hh):
    d_z = d_h * (1 - h_t**2)
    return x_t.T @ d_z, h_prev.T @ d_z, d_z.sum(axis=-1), d_z @ W_hh.T


SHOWN["rnn_backward_step__w19_bias_over_units"] = (
    "natural",
    "d_b_h is summed over the units: (batch,), which looks right where batch == units",
    lambda: _args(batch=2, units=2),
)


def rnn_backward_step__w20_weight_gradient_transposed(d_h, x_t, h_prev, h_t, W_hh):
    d_z = d_h * (1 - h_t**2)
    return x_t.T @ d_z, d_z.T @ h_prev, d_z.sum(axis=0), d_z @ W_hh.T


SHOWN["rnn_backward_step__w20_weight_gradient_transposed"] = (
    "subtle",
    "d_W_hh is transposed: the shape looks right, right for one unit",
    lambda: _args(),
)


# ---------------------------------------------------------------- right
def rnn_backward_step__r1_products(d_h, x_t, h_prev, h_t, W_hh):
    d_z = d_h * (1 - h_t**2)
    d_W_xh = x_t.T @ d_z
    d_W_hh = h_prev.T @ d_z
    d_b_h = d_z.sum(axis=0)
    d_h_prev = d_z @ W_hh.T
    return d_W_xh, d_W_hh, d_b_h, d_h_prev


def rnn_backward_step__r2_einsum(d_h, x_t, h_prev, h_t, W_hh):
    d_z = np.einsum("bu,bu->bu", d_h, 1.0 - h_t * h_t)
    return (
        np.einsum("bf,bu->fu", x_t, d_z),
        np.einsum("bk,bu->ku", h_prev, d_z),
        np.einsum("bu->u", d_z),
        np.einsum("bu,ku->bk", d_z, W_hh),
    )


def rnn_backward_step__r3_loop_over_batch(d_h, x_t, h_prev, h_t, W_hh):
    batch, units = d_h.shape
    d_W_xh = np.zeros((x_t.shape[1], units))
    d_W_hh = np.zeros((units, units))
    d_b_h = np.zeros(units)
    d_h_prev = np.zeros((batch, units))
    for i in range(batch):
        d_z = d_h[i] * (1 + h_t[i]) * (1 - h_t[i])
        d_W_xh += np.outer(x_t[i], d_z)
        d_W_hh += np.outer(h_prev[i], d_z)
        d_b_h += d_z
        d_h_prev[i] = W_hh @ d_z
    return d_W_xh, d_W_hh, d_b_h, d_h_prev


def rnn_backward_step__r4_joined(d_h, x_t, h_prev, h_t, W_hh):
    d_z = np.array(d_h, dtype=np.float64)
    d_z -= d_z * np.square(h_t)
    features, units = x_t.shape[1], h_t.shape[1]
    joined = np.concatenate([x_t, h_prev, np.ones((len(x_t), 1))], axis=1).T @ d_z
    return joined[:features], joined[features : features + units], joined[-1], (W_hh @ d_z.T).T


def rnn_backward_step__r5_tape(d_h, x_t, h_prev, h_t, W_hh):
    import tensorflow as tf

    x, h, W = (tf.constant(a, dtype=tf.float64) for a in (x_t, h_prev, W_hh))
    W_x = tf.zeros((x.shape[1], W.shape[0]), dtype=tf.float64)
    b = tf.zeros(W.shape[0], dtype=tf.float64)
    d_z = tf.constant(d_h * (1 - h_t**2), dtype=tf.float64)
    with tf.GradientTape() as tape:
        tape.watch([W_x, W, b, h])
        z = x @ W_x + h @ W + b
    return tuple(g.numpy() for g in tape.gradient(z, [W_x, W, b, h], output_gradients=d_z))


def rnn_backward_step__r6_broadcast(d_h, x_t, h_prev, h_t, W_hh):
    d_z = np.multiply(d_h, np.subtract(1.0, np.power(h_t, 2)))
    d_W_xh = (x_t[:, :, None] * d_z[:, None, :]).sum(axis=0)
    d_W_hh = np.tensordot(h_prev, d_z, axes=(0, 0))
    d_h_prev = np.inner(d_z, W_hh)
    return d_W_xh, d_W_hh, np.ones(len(d_z)) @ d_z, d_h_prev
