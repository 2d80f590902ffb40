import numpy as np

SHOWN = {}


def _args(batch=3, features=4, units=5, scale=1.0, state=1.0, seed=0):
    rng = np.random.default_rng(seed)
    return dict(
        x_t=scale * rng.normal(size=(batch, features)),
        h_prev=rng.normal(size=(batch, units)),
        c_prev=state * rng.normal(size=(batch, units)),
        W=rng.normal(size=(features, 3 * units)),
        U=rng.normal(size=(units, 3 * units)),
        b=rng.normal(size=3 * units),
    )


def coupled_lstm_step__w01_f_from_i(x_t, h_prev, c_prev, W, U, b):
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    a_i, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 3, axis=1)
    i = sigmoid(a_i)
    f = 1 - i
    c = f * c_prev + i * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


SHOWN["coupled_lstm_step__w01_f_from_i"] = (
    "natural",
    "takes the first block for the input gate and f = 1 - i",
    lambda: _args(),
)


def coupled_lstm_step__w02_order_f_o_c(x_t, h_prev, c_prev, W, U, b):
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    a_f, a_o, a_c = np.split(x_t @ W + h_prev @ U + b, 3, axis=1)
    f = sigmoid(a_f)
    c = f * c_prev + (1 - f) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


SHOWN["coupled_lstm_step__w02_order_f_o_c"] = ("natural", "cuts in the order f, o, c", lambda: _args())


def coupled_lstm_step__w03_no_tanh_on_cell(x_t, h_prev, c_prev, W, U, b):
    n = c_prev.shape[1]
    a = x_t @ W + h_prev @ U + b
    f = 1 / (1 + np.exp(-a[:, :n]))
    o = 1 / (1 + np.exp(-a[:, 2 * n :]))
    c = f * c_prev + (1 - f) * np.tanh(a[:, n : 2 * n])
    return o * c, c


SHOWN["coupled_lstm_step__w03_no_tanh_on_cell"] = ("natural", "h = o * c without the tanh", lambda: _args())


def coupled_lstm_step__w04_i_equals_f(x_t, h_prev, c_prev, W, U, b):
    n = c_prev.shape[1]
    a = x_t @ W + h_prev @ U + b
    f = 1 / (1 + np.exp(-a[:, :n]))
    o = 1 / (1 + np.exp(-a[:, 2 * n :]))
    c = f * (c_prev + np.tanh(a[:, n : 2 * n]))
    return o * np.tanh(c), c


SHOWN["coupled_lstm_step__w04_i_equals_f"] = ("natural", "uses f as input gate", lambda: _args())


def coupled_lstm_step__w05_one_minus_inside(x_t, h_prev, c_prev, W, U, b):
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 3, axis=1)
    f, i = sigmoid(a_f), sigmoid(1 - a_f)
    c = f * c_prev + i * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


SHOWN["coupled_lstm_step__w05_one_minus_inside"] = (
    "natural",
    "i = sigmoid(1 - a_f) instead of 1 - sigmoid(a_f)",
    lambda: _args(),
)


def coupled_lstm_step__w06_no_bias(x_t, h_prev, c_prev, W, U, b):
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U, 3, axis=1)
    f = sigmoid(a_f)
    c = f * c_prev + (1 - f) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


SHOWN["coupled_lstm_step__w06_no_bias"] = ("natural", "forgets b", lambda: _args())


def coupled_lstm_step__w07_output_coupled_too(x_t, h_prev, c_prev, W, U, b):
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 3, axis=1)
    f, o = sigmoid(a_f), sigmoid(a_o)
    c = f * c_prev + (1 - f) * np.tanh(a_c)
    return o * np.tanh(c) + (1 - o) * h_prev, c


SHOWN["coupled_lstm_step__w07_output_coupled_too"] = ("natural", "mixes h with h_{t-1}, as in a GRU", lambda: _args())


def coupled_lstm_step__w08_four_blocks(x_t, h_prev, c_prev, W, U, b):
    n = W.shape[1] // 4
    a = x_t @ W + h_prev @ U + b
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    f = sigmoid(a[:, n : 2 * n])
    c = f * c_prev + (1 - f) * np.tanh(a[:, 2 * n : 3 * n])
    return sigmoid(a[:, 3 * n :]) * np.tanh(c), c


SHOWN["coupled_lstm_step__w08_four_blocks"] = ("natural", "still cuts into four blocks", lambda: _args())


def coupled_lstm_step__w09_sigmoid_overflows(x_t, h_prev, c_prev, W, U, b):
    sigmoid = lambda v: np.exp(v) / (1 + np.exp(v))
    a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 3, axis=1)
    f = sigmoid(a_f)
    c = f * c_prev + (1 - f) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


SHOWN["coupled_lstm_step__w09_sigmoid_overflows"] = (
    "subtle",
    "NaN for large pre-activations",
    lambda: _args(scale=1000.0),
)


def coupled_lstm_step__w10_squeezed(x_t, h_prev, c_prev, W, U, b):
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    a_f, a_c, a_o = np.array(np.split(x_t @ W + h_prev @ U + b, 3, axis=1)).squeeze()
    f = sigmoid(a_f)
    c = f * np.squeeze(c_prev) + (1 - f) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


SHOWN["coupled_lstm_step__w10_squeezed"] = ("subtle", "loses the batch axis for a batch of 1", lambda: _args(batch=1))


def coupled_lstm_step__w11_c_prev_changed(x_t, h_prev, c_prev, W, U, b):
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 3, axis=1)
    f, candidate = sigmoid(a_f), np.tanh(a_c)
    c_prev -= candidate
    c_prev *= f
    c_prev += candidate
    return sigmoid(a_o) * np.tanh(c_prev), c_prev


SHOWN["coupled_lstm_step__w11_c_prev_changed"] = ("use", "updates c_prev in place", "changes its argument c_prev")


def coupled_lstm_step__w12_reshaped(x_t, h_prev, c_prev, W, U, b):
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    a_f, a_c, a_o = (x_t @ W + h_prev @ U + b).reshape((3,) + c_prev.shape)
    f = sigmoid(a_f)
    c = f * c_prev + (1 - f) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


SHOWN["coupled_lstm_step__w12_reshaped"] = (
    "subtle",
    "reshape to (3, batch, units) mixes rows and blocks unless the batch is 1",
    lambda: _args(batch=2),
)


def coupled_lstm_step__w13_open_or_closed(x_t, h_prev, c_prev, W, U, b):
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 3, axis=1)
    f = sigmoid(a_f)
    i = np.where(f > 0.99, 0.0, 1 - f)  # an open forget gate lets nothing in
    c = f * c_prev + i * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


SHOWN["coupled_lstm_step__w13_open_or_closed"] = (
    "subtle",
    "an input gate below 0.01 becomes 0",
    lambda: dict(
        _args(), W=np.zeros((4, 15)), U=np.zeros((5, 15)), b=np.r_[np.full(5, 4.7), np.full(5, 3.0), np.zeros(5)]
    ),
)


def coupled_lstm_step__w14_cell_clipped(x_t, h_prev, c_prev, W, U, b):
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 3, axis=1)
    f = sigmoid(a_f)
    c = np.clip(f * c_prev + (1 - f) * np.tanh(a_c), -1, 1)  # a mean of values within +-1
    return sigmoid(a_o) * np.tanh(c), c


SHOWN["coupled_lstm_step__w14_cell_clipped"] = (
    "subtle",
    "clips c to +-1, though c_{t-1} may be larger",
    lambda: _args(state=10.0),
)


def coupled_lstm_step__w15_half_precision(x_t, h_prev, c_prev, W, U, b):
    a = (x_t @ W + h_prev @ U + b).astype("float16")
    a_f, a_c, a_o = np.split(a, 3, axis=1)
    f = 1 / (1 + np.exp(-a_f))
    c = f * c_prev + (1 - f) * np.tanh(a_c)
    return 1 / (1 + np.exp(-a_o)) * np.tanh(c), c


SHOWN["coupled_lstm_step__w15_half_precision"] = ("subtle", "gates in half precision", lambda: _args(state=5.0))


def coupled_lstm_step__w16_dtype_of_the_cell(x_t, h_prev, c_prev, W, U, b):
    n = c_prev.shape[1]
    a = x_t @ W + h_prev @ U + b
    f, o = 1 / (1 + np.exp(-a[:, :n])), 1 / (1 + np.exp(-a[:, 2 * n :]))
    c = np.zeros_like(c_prev)
    c[:] = f * c_prev + (1 - f) * np.tanh(a[:, n : 2 * n])
    return o * np.tanh(c), c


SHOWN["coupled_lstm_step__w16_dtype_of_the_cell"] = (
    "subtle",
    "an integer c_{t-1} (zeros) makes an integer c_t",
    lambda: dict(_args(), c_prev=np.zeros((3, 5), dtype=int)),
)


_w17_weights = []


def coupled_lstm_step__w17_weights_kept(x_t, h_prev, c_prev, W, U, b):
    if not _w17_weights:
        _w17_weights.append(np.vstack([W, U, b]))
    rows = np.hstack([x_t, h_prev, np.ones((x_t.shape[0], 1))])
    a_f, a_c, a_o = np.split(rows @ _w17_weights[0], 3, axis=1)
    f = 1 / (1 + np.exp(-a_f))
    c = f * c_prev + (1 - f) * np.tanh(a_c)
    return 1 / (1 + np.exp(-a_o)) * np.tanh(c), c


SHOWN["coupled_lstm_step__w17_weights_kept"] = (
    "use",
    "keeps the weights of the first call",
    "the second call with other weights of the same shapes uses the first weights",
)


def coupled_lstm_step__w18_block_width_features(x_t, h_prev, c_prev, W, U, b):
    n = x_t.shape[-1]
    a = x_t @ W + h_prev @ U + b
    f, o = 1 / (1 + np.exp(-a[:, :n])), 1 / (1 + np.exp(-a[:, 2 * n :]))
    c = f * c_prev + (1 - f) * np.tanh(a[:, n : 2 * n])
    return o * np.tanh(c), c


SHOWN["coupled_lstm_step__w18_block_width_features"] = (
    "subtle",
    "takes the width of a block from the features",
    lambda: _args(features=3, units=4),
)


def coupled_lstm_step__w19_through_lstm_step(x_t, h_prev, c_prev, W, U, b):
    def four(m):
        f, c, o = np.split(m, 3, axis=-1)
        return np.concatenate([1 - f, f, c, o], axis=-1)

    return lstm_step(x_t, h_prev, c_prev, four(W), four(U), four(b))


SHOWN["coupled_lstm_step__w19_through_lstm_step"] = (
    "natural",
    "uses lstm_step with the weights 1 - W_f for the input gate (right would be -W_f)",
    lambda: _args(),
)


def coupled_lstm_step__w20_mean_of_the_batch(x_t, h_prev, c_prev, W, U, b):
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 3, axis=1)
    f = sigmoid(a_f)
    i = 1 - f.mean(axis=0)
    c = f * c_prev + i * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


SHOWN["coupled_lstm_step__w20_mean_of_the_batch"] = (
    "subtle",
    "the input gate is that of the batch's mean: right for a batch of 1",
    lambda: _args(batch=7),
)


def coupled_lstm_step__r1_split(x_t, h_prev, c_prev, W, U, b):
    sigmoid = lambda v: 0.5 * (np.tanh(v / 2) + 1)
    a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 3, axis=1)
    f = sigmoid(a_f)
    c = f * c_prev + (1 - f) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


def coupled_lstm_step__r2_lstm_step_with_minus_f(x_t, h_prev, c_prev, W, U, b):
    def four(m):
        f, c, o = np.split(m, 3, axis=-1)
        return np.concatenate([-f, f, c, o], axis=-1)  # 1 - sigmoid(a) = sigmoid(-a)

    return lstm_step(x_t, h_prev, c_prev, four(W), four(U), four(b))


def coupled_lstm_step__r3_interpolation(x_t, h_prev, c_prev, W, U, b):
    from scipy.special import expit

    n = U.shape[0]
    a = np.dot(x_t, W) + np.dot(h_prev, U) + b
    candidate = np.tanh(a[..., n : 2 * n])
    c = candidate + expit(a[..., :n]) * (c_prev - candidate)
    return expit(a[..., 2 * n :]) * np.tanh(c), c


def coupled_lstm_step__r4_einsum(x_t, h_prev, c_prev, W, U, b):
    n = h_prev.shape[1]
    a = (
        np.einsum("bf,fkn->kbn", x_t, W.reshape(-1, 3, n))
        + np.einsum("bm,mkn->kbn", h_prev, U.reshape(n, 3, n))
        + b.reshape(3, 1, n)
    )
    with np.errstate(over="ignore"):
        f, o = 1 / (1 + np.exp(-a[0])), 1 / (1 + np.exp(-a[2]))
    i = 1 - f
    c = np.add(f * c_prev, i * np.tanh(a[1]))
    h = o * np.tanh(c)
    return h, c


def coupled_lstm_step__r5_average(x_t, h_prev, c_prev, W, U, b):
    W_f, W_c, W_o = np.hsplit(W, 3)
    U_f, U_c, U_o = np.hsplit(U, 3)
    b_f, b_c, b_o = np.split(b, 3)
    f = np.exp(-np.logaddexp(0, -(x_t @ W_f + h_prev @ U_f + b_f)))
    i = np.exp(-np.logaddexp(0, x_t @ W_f + h_prev @ U_f + b_f))
    o = np.exp(-np.logaddexp(0, -(x_t @ W_o + h_prev @ U_o + b_o)))
    both = np.stack([c_prev, np.tanh(x_t @ W_c + h_prev @ U_c + b_c)])
    c = (np.stack([f, i]) * both).sum(axis=0)
    return o * np.tanh(c), c


def coupled_lstm_step__r6_keras(x_t, h_prev, c_prev, W, U, b):
    from keras import ops

    x_t, h_prev, c_prev, W, U, b = [ops.cast(v, "float64") for v in (x_t, h_prev, c_prev, W, U, b)]
    a_f, a_c, a_o = ops.split(x_t @ W + h_prev @ U + b, 3, axis=1)
    f = ops.sigmoid(a_f)
    c = f * c_prev + (1.0 - f) * ops.tanh(a_c)
    return ops.convert_to_numpy(ops.sigmoid(a_o) * ops.tanh(c)), ops.convert_to_numpy(c)
