import numpy as np

SHOWN = {}


def _args(batch=3, features=4, units=5, scale=1.0, state=1.0, seed=0):
    rng = np.random.default_rng(seed)
    return dict(
        x_t=scale * rng.normal(size=(batch, features)),
        h_prev=rng.normal(size=(batch, units)),
        c_prev=state * rng.normal(size=(batch, units)),
        W=rng.normal(size=(features, 4 * units)),
        U=rng.normal(size=(units, 4 * units)),
        b=rng.normal(size=4 * units),
    )


def lstm_step__w01_order_i_f_o_c(x_t, h_prev, c_prev, W, U, b):
    a = x_t @ W + h_prev @ U + b
    a_i, a_f, a_o, a_c = np.split(a, 4, axis=1)
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    c = sigmoid(a_f) * c_prev + sigmoid(a_i) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


SHOWN["lstm_step__w01_order_i_f_o_c"] = ("natural", "cuts the blocks in the order i, f, o, c", lambda: _args())


def lstm_step__w02_order_f_i_c_o(x_t, h_prev, c_prev, W, U, b):
    u = h_prev.shape[1]
    a = np.dot(x_t, W) + np.dot(h_prev, U) + b

    def sigmoid(v):
        return 1.0 / (1.0 + np.exp(-v))

    f = sigmoid(a[:, :u])
    i = sigmoid(a[:, u : 2 * u])
    g = np.tanh(a[:, 2 * u : 3 * u])
    o = sigmoid(a[:, 3 * u :])
    c = f * c_prev + i * g
    return o * np.tanh(c), c


SHOWN["lstm_step__w02_order_f_i_c_o"] = (
    "natural",
    "takes the forget gate from the first block and the input gate from the second",
    lambda: _args(),
)


def lstm_step__w03_no_tanh_on_cell(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    i, f, o = (1 / (1 + np.exp(-v)) for v in (a_i, a_f, a_o))
    c = f * c_prev + i * np.tanh(a_c)
    h = o * c
    return h, c


SHOWN["lstm_step__w03_no_tanh_on_cell"] = ("natural", "shows o * c_t without the tanh", lambda: _args())


def lstm_step__w04_no_bias(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U, 4, axis=-1)
    i, f, o = (1 / (1 + np.exp(-v)) for v in (a_i, a_f, a_o))
    c = f * c_prev + i * np.tanh(a_c)
    return o * np.tanh(c), c


SHOWN["lstm_step__w04_no_bias"] = ("natural", "forgets b", lambda: _args())


def lstm_step__w05_candidate_sigmoid(x_t, h_prev, c_prev, W, U, b):
    a = 1 / (1 + np.exp(-(x_t @ W + h_prev @ U + b)))
    i, f, candidate, o = np.split(a, 4, axis=-1)
    c = f * c_prev + i * candidate
    return o * np.tanh(c), c


SHOWN["lstm_step__w05_candidate_sigmoid"] = ("natural", "squashes the candidate by the sigmoid too", lambda: _args())


def lstm_step__w06_tanh_state_returned(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    i, f, o = (1 / (1 + np.exp(-v)) for v in (a_i, a_f, a_o))
    c = np.tanh(f * c_prev + i * np.tanh(a_c))
    return o * c, c


SHOWN["lstm_step__w06_tanh_state_returned"] = ("natural", "hands back tanh(c_t) as the cell state", lambda: _args())


def lstm_step__w07_cell_in_recurrence(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + c_prev @ U + b, 4, axis=-1)
    i, f, o = (1 / (1 + np.exp(-v)) for v in (a_i, a_f, a_o))
    c = f * h_prev + i * np.tanh(a_c)
    return o * np.tanh(c), c


SHOWN["lstm_step__w07_cell_in_recurrence"] = ("natural", "exchanges h_{t-1} and c_{t-1}", lambda: _args())


def lstm_step__w08_extra_forget_bias(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    forget_bias = 1.0  # Keras starts with unit_forget_bias=True
    i = 1 / (1 + np.exp(-a_i))
    f = 1 / (1 + np.exp(-(a_f + forget_bias)))
    o = 1 / (1 + np.exp(-a_o))
    c = f * c_prev + i * np.tanh(a_c)
    return o * np.tanh(c), c


SHOWN["lstm_step__w08_extra_forget_bias"] = (
    "natural",
    "adds 1 to the forget gate, which in Keras is already in b",
    lambda: _args(),
)


def lstm_step__w09_sigmoid_overflows(x_t, h_prev, c_prev, W, U, b):
    def sigmoid(v):
        e = np.exp(v)
        return e / (1 + e)

    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=1)
    c = sigmoid(a_f) * c_prev + sigmoid(a_i) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


SHOWN["lstm_step__w09_sigmoid_overflows"] = (
    "subtle",
    "exp(a) / (1 + exp(a)) is NaN for a large pre-activation",
    lambda: _args(scale=1000.0),
)


def lstm_step__w10_squeezed(x_t, h_prev, c_prev, W, U, b):
    a = x_t @ W + h_prev @ U + b
    i, f, g, o = np.squeeze(np.split(a, 4, axis=1))
    i, f, o = (1 / (1 + np.exp(-v)) for v in (i, f, o))
    c = np.squeeze(f * c_prev + i * np.tanh(g))
    return np.squeeze(o * np.tanh(c)), c


SHOWN["lstm_step__w10_squeezed"] = ("subtle", "loses the batch axis for a batch of 1", lambda: _args(batch=1))


def lstm_step__w11_updates_c_prev(x_t, h_prev, c_prev, W, U, b):
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=1)
    c_prev *= sigmoid(a_f)
    c_prev += sigmoid(a_i) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c_prev), c_prev


SHOWN["lstm_step__w11_updates_c_prev"] = ("use", "changes its argument c_prev", "changes its argument c_prev in place")


def lstm_step__w12_reshaped_blocks(x_t, h_prev, c_prev, W, U, b):
    batch, units = h_prev.shape
    a_i, a_f, a_c, a_o = (x_t @ W + h_prev @ U + b).reshape(4, batch, units)
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    c = sigmoid(a_f) * c_prev + sigmoid(a_i) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


SHOWN["lstm_step__w12_reshaped_blocks"] = (
    "subtle",
    "reshape to (4, batch, units) mixes the rows unless the batch is 1",
    lambda: _args(batch=2),
)


def lstm_step__w13_clipped_activations(x_t, h_prev, c_prev, W, U, b):
    a = np.clip(x_t @ W + h_prev @ U + b, -6.0, 6.0)  # against overflow in exp
    a_i, a_f, a_c, a_o = np.split(a, 4, axis=1)
    i, f, o = (1 / (1 + np.exp(-v)) for v in (a_i, a_f, a_o))
    c = f * c_prev + i * np.tanh(a_c)
    return o * np.tanh(c), c


SHOWN["lstm_step__w13_clipped_activations"] = (
    "subtle",
    "clips the pre-activations to +-6",
    lambda: _args(scale=20.0, state=10.0),
)


def lstm_step__w14_clipped_cell(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=1)
    i, f, o = (1 / (1 + np.exp(-v)) for v in (a_i, a_f, a_o))
    c = np.clip(f * c_prev + i * np.tanh(a_c), -10, 10)
    return o * np.tanh(c), c


SHOWN["lstm_step__w14_clipped_cell"] = ("subtle", "clips the cell state to +-10", lambda: _args(state=100.0))


def lstm_step__w15_half_precision(x_t, h_prev, c_prev, W, U, b):
    a = (x_t @ W + h_prev @ U + b).astype(np.float16)
    a_i, a_f, a_c, a_o = np.split(a, 4, axis=1)
    i, f, o = (1 / (1 + np.exp(-v)) for v in (a_i, a_f, a_o))
    c = f * c_prev + i * np.tanh(a_c)
    return o * np.tanh(c), c


SHOWN["lstm_step__w15_half_precision"] = (
    "subtle",
    "computes in half precision, errors of 1e-3 (and of any size for a > 65504)",
    lambda: _args(state=5.0),
)


def lstm_step__w16_hard_sigmoid(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=1)
    hard_sigmoid = lambda v: np.clip(0.2 * v + 0.5, 0, 1)
    c = hard_sigmoid(a_f) * c_prev + hard_sigmoid(a_i) * np.tanh(a_c)
    return hard_sigmoid(a_o) * np.tanh(c), c


SHOWN["lstm_step__w16_hard_sigmoid"] = (
    "natural",
    "hard sigmoid of old Keras in the place of the sigmoid",
    lambda: _args(),
)


_w17_stacked = {}


def lstm_step__w17_stacked_weights_kept(x_t, h_prev, c_prev, W, U, b):
    key = (W.shape, U.shape)
    if key not in _w17_stacked:  # stack W, U and b only once, the weights are the same for every step
        _w17_stacked[key] = np.concatenate([W, U, b[None]], axis=0)
    rows = np.concatenate([x_t, h_prev, np.ones((len(x_t), 1))], axis=1)
    a_i, a_f, a_c, a_o = np.split(rows @ _w17_stacked[key], 4, axis=1)
    i, f, o = (1 / (1 + np.exp(-v)) for v in (a_i, a_f, a_o))
    c = f * c_prev + i * np.tanh(a_c)
    return o * np.tanh(c), c


SHOWN["lstm_step__w17_stacked_weights_kept"] = (
    "use",
    "keeps the weights of the first call",
    "the second call with other weights of the same shapes uses the first weights",
)


def lstm_step__w18_dtype_of_the_input(x_t, h_prev, c_prev, W, U, b):
    units = U.shape[0]
    h = np.empty((x_t.shape[0], units), dtype=x_t.dtype)
    c = np.empty_like(h)
    a = x_t @ W + h_prev @ U + b
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    c[:] = sigmoid(a[:, units : 2 * units]) * c_prev + sigmoid(a[:, :units]) * np.tanh(a[:, 2 * units : 3 * units])
    h[:] = sigmoid(a[:, 3 * units :]) * np.tanh(c)
    return h, c


SHOWN["lstm_step__w18_dtype_of_the_input"] = (
    "subtle",
    "results in the dtype of x_t: integer inputs (one-hot) cut the states to integers",
    lambda: dict(_args(), x_t=np.eye(4, dtype=int)[:3]),
)


def lstm_step__w19_block_width_features(x_t, h_prev, c_prev, W, U, b):
    n = x_t.shape[1]
    a = x_t @ W + h_prev @ U + b
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    i, f, o = sigmoid(a[:, :n]), sigmoid(a[:, n : 2 * n]), sigmoid(a[:, 3 * n :])
    c = f * c_prev + i * np.tanh(a[:, 2 * n : 3 * n])
    return o * np.tanh(c), c


SHOWN["lstm_step__w19_block_width_features"] = (
    "subtle",
    "takes the width of a block from the features, right only for features = units",
    lambda: _args(features=1, units=4),
)


def lstm_step__w20_padding_guessed(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=1)
    i, f, o = (1 / (1 + np.exp(-v)) for v in (a_i, a_f, a_o))
    c = f * c_prev + i * np.tanh(a_c)
    h = o * np.tanh(c)
    padded = ~np.any(x_t, axis=1, keepdims=True)  # nothing comes in: keep the states
    return np.where(padded, h_prev, h), np.where(padded, c_prev, c)


SHOWN["lstm_step__w20_padding_guessed"] = (
    "subtle",
    "takes an input row of zeros for padding and keeps the states",
    lambda: dict(_args(), x_t=np.zeros((3, 4))),
)


def lstm_step__r1_split(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=1)
    sigmoid = lambda v: 0.5 * (1 + np.tanh(v / 2))
    i, f, o = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o)
    c = f * c_prev + i * np.tanh(a_c)
    h = o * np.tanh(c)
    return h, c


def lstm_step__r2_slices(x_t, h_prev, c_prev, W, U, b):
    def sigmoid(v):
        with np.errstate(over="ignore"):
            return 1 / (1 + np.exp(-v))

    units = h_prev.shape[-1]
    a = np.dot(x_t, W) + np.dot(h_prev, U) + b[np.newaxis, :]
    i = sigmoid(a[:, 0 * units : 1 * units])
    f = sigmoid(a[:, 1 * units : 2 * units])
    c_tilde = np.tanh(a[:, 2 * units : 3 * units])
    o = sigmoid(a[:, 3 * units : 4 * units])
    c = np.multiply(f, c_prev) + np.multiply(i, c_tilde)
    return np.multiply(o, np.tanh(c)), c


def lstm_step__r3_four_products(x_t, h_prev, c_prev, W, U, b):
    from scipy.special import expit

    Ws, Us, bs = np.hsplit(W, 4), np.hsplit(U, 4), np.split(b, 4)
    a = [x_t @ w + h_prev @ u + bias for w, u, bias in zip(Ws, Us, bs)]
    c = expit(a[1]) * c_prev + expit(a[0]) * np.tanh(a[2])
    return expit(a[3]) * np.tanh(c), c


def lstm_step__r4_einsum_reshape(x_t, h_prev, c_prev, W, U, b):
    batch, units = h_prev.shape
    a = np.einsum("bf,fu->bu", x_t, W) + np.einsum("bk,ku->bu", h_prev, U) + b
    a = a.reshape(batch, 4, units).astype(np.float64)
    gates = np.exp(-np.logaddexp(0, -a))
    c = gates[:, 1] * c_prev + gates[:, 0] * np.tanh(a[:, 2])
    return gates[:, 3] * np.tanh(c), c


def lstm_step__r5_keras_ops(x_t, h_prev, c_prev, W, U, b):
    from keras import ops

    x_t, h_prev, c_prev, W, U, b = (ops.convert_to_tensor(v, dtype="float64") for v in (x_t, h_prev, c_prev, W, U, b))
    a_i, a_f, a_c, a_o = ops.split(ops.matmul(x_t, W) + ops.matmul(h_prev, U) + b, 4, axis=-1)
    c = ops.sigmoid(a_f) * c_prev + ops.sigmoid(a_i) * ops.tanh(a_c)
    h = ops.sigmoid(a_o) * ops.tanh(c)
    return ops.convert_to_numpy(h), ops.convert_to_numpy(c)


def lstm_step__r6_row_by_row(x_t, h_prev, c_prev, W, U, b):
    batch, units = h_prev.shape
    h, c = np.zeros((batch, units)), np.zeros((batch, units))
    stacked = np.vstack([W, U, b])

    def sigmoid(v):
        return np.where(v >= 0, 1 / (1 + np.exp(-np.abs(v))), np.exp(-np.abs(v)) / (1 + np.exp(-np.abs(v))))

    for k in range(batch):
        a = np.concatenate([x_t[k], h_prev[k], [1.0]]) @ stacked
        c[k] = sigmoid(a[units : 2 * units]) * c_prev[k]
        c[k] += sigmoid(a[:units]) * np.tanh(a[2 * units : 3 * units])
        h[k] = sigmoid(a[3 * units :]) * np.tanh(c[k])
    return h, c
