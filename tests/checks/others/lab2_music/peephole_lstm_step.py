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
        P_i=rng.normal(size=(units, units)),
        P_f=rng.normal(size=(units, units)),
        P_o=rng.normal(size=(units, units)),
    )


def peephole_lstm_step__w01_diagonals(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=1)
    i = sigmoid(a_i + c_prev * np.diag(P_i))
    f = sigmoid(a_f + c_prev * np.diag(P_f))
    c = f * c_prev + i * np.tanh(a_c)
    o = sigmoid(a_o + c * np.diag(P_o))
    return o * np.tanh(c), c


SHOWN["peephole_lstm_step__w01_diagonals"] = ("natural", "uses the diagonals of P only", lambda: _args())


def peephole_lstm_step__w02_transposed(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=1)
    i = sigmoid(a_i + (P_i @ c_prev.T).T)
    f = sigmoid(a_f + (P_f @ c_prev.T).T)
    c = f * c_prev + i * np.tanh(a_c)
    o = sigmoid(a_o + (P_o @ c.T).T)
    return o * np.tanh(c), c


SHOWN["peephole_lstm_step__w02_transposed"] = (
    "natural",
    "P c instead of c P: the matrices transposed",
    lambda: _args(),
)


def peephole_lstm_step__w03_old_cell_for_o(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=1)
    i = sigmoid(a_i + c_prev @ P_i)
    f = sigmoid(a_f + c_prev @ P_f)
    o = sigmoid(a_o + c_prev @ P_o)
    c = f * c_prev + i * np.tanh(a_c)
    return o * np.tanh(c), c


SHOWN["peephole_lstm_step__w03_old_cell_for_o"] = (
    "natural",
    "the output gate sees c_{t-1} instead of c_t",
    lambda: _args(),
)


def peephole_lstm_step__w04_i_and_f_exchanged(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    a_f, a_i, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=1)
    f = sigmoid(a_f + c_prev @ P_f)
    i = sigmoid(a_i + c_prev @ P_i)
    c = f * c_prev + i * np.tanh(a_c)
    o = sigmoid(a_o + c @ P_o)
    return o * np.tanh(c), c


SHOWN["peephole_lstm_step__w04_i_and_f_exchanged"] = ("natural", "cuts in the order f, i, c, o", lambda: _args())


def peephole_lstm_step__w05_tanh_of_the_new_cell(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=1)
    c = sigmoid(a_f + c_prev @ P_f) * c_prev + sigmoid(a_i + c_prev @ P_i) * np.tanh(a_c)
    shown = np.tanh(c)
    return sigmoid(a_o + shown @ P_o) * shown, c


SHOWN["peephole_lstm_step__w05_tanh_of_the_new_cell"] = ("natural", "tanh(c_t) P_o instead of c_t P_o", lambda: _args())


def peephole_lstm_step__w06_added_after_sigmoid(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=1)
    i = sigmoid(a_i) + c_prev @ P_i
    f = sigmoid(a_f) + c_prev @ P_f
    c = f * c_prev + i * np.tanh(a_c)
    o = sigmoid(a_o) + c @ P_o
    return o * np.tanh(c), c


SHOWN["peephole_lstm_step__w06_added_after_sigmoid"] = (
    "natural",
    "adds the peepholes after the sigmoid",
    lambda: _args(),
)


def peephole_lstm_step__w07_hidden_state_seen(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=1)
    i = sigmoid(a_i + h_prev @ P_i)
    f = sigmoid(a_f + h_prev @ P_f)
    c = f * c_prev + i * np.tanh(a_c)
    return sigmoid(a_o + c @ P_o) * np.tanh(c), c


SHOWN["peephole_lstm_step__w07_hidden_state_seen"] = (
    "natural",
    "the gates i and f see h_{t-1}, not c_{t-1}",
    lambda: _args(),
)


def peephole_lstm_step__w08_candidate_sees_the_cell(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=1)
    seen = c_prev @ P_i
    i = sigmoid(a_i + seen)
    f = sigmoid(a_f + c_prev @ P_f)
    c = f * c_prev + i * np.tanh(a_c + seen)
    return sigmoid(a_o + c @ P_o) * np.tanh(c), c


SHOWN["peephole_lstm_step__w08_candidate_sees_the_cell"] = (
    "natural",
    "c_{t-1} P_i enters the candidate too",
    lambda: _args(),
)


def peephole_lstm_step__w09_no_tanh(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=1)
    c = sigmoid(a_f + c_prev @ P_f) * c_prev + sigmoid(a_i + c_prev @ P_i) * np.tanh(a_c)
    return sigmoid(a_o + c @ P_o) * c, c


SHOWN["peephole_lstm_step__w09_no_tanh"] = ("natural", "h = o * c without the tanh", lambda: _args())


def peephole_lstm_step__w10_elementwise(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=1)
    look = lambda c, P: (c[:, None, :] * P).sum(axis=1)
    c = sigmoid(a_f + look(c_prev, P_f)) * c_prev + sigmoid(a_i + look(c_prev, P_i)) * np.tanh(a_c)
    return sigmoid(a_o + look(c, P_o)) * np.tanh(c), c


SHOWN["peephole_lstm_step__w10_elementwise"] = (
    "natural",
    "c times the column sums of P: broadcasts c over the wrong axis (right for diagonal matrices)",
    lambda: _args(),
)


def peephole_lstm_step__w11_sigmoid_overflows(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    sigmoid = lambda v: np.exp(v) / (1 + np.exp(v))
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=1)
    c = sigmoid(a_f + c_prev @ P_f) * c_prev + sigmoid(a_i + c_prev @ P_i) * np.tanh(a_c)
    return sigmoid(a_o + c @ P_o) * np.tanh(c), c


SHOWN["peephole_lstm_step__w11_sigmoid_overflows"] = (
    "subtle",
    "NaN for a large cell state",
    lambda: _args(state=1000.0),
)


def peephole_lstm_step__w12_c_prev_changed(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=1)
    i, f = sigmoid(a_i + c_prev @ P_i), sigmoid(a_f + c_prev @ P_f)
    c = c_prev
    c *= f
    c += i * np.tanh(a_c)
    return sigmoid(a_o + c @ P_o) * np.tanh(c), c


SHOWN["peephole_lstm_step__w12_c_prev_changed"] = ("use", "updates c_prev in place", "changes its argument c_prev")


def peephole_lstm_step__w13_no_peephole_at_the_start(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    if not np.any(c_prev):  # first step: there is no cell to look at
        return lstm_step(x_t, h_prev, c_prev, W, U, b)
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=1)
    c = sigmoid(a_f + c_prev @ P_f) * c_prev + sigmoid(a_i + c_prev @ P_i) * np.tanh(a_c)
    return sigmoid(a_o + c @ P_o) * np.tanh(c), c


SHOWN["peephole_lstm_step__w13_no_peephole_at_the_start"] = (
    "subtle",
    "for c_{t-1} = 0 the output gate does not see the new cell",
    lambda: dict(_args(), c_prev=np.zeros((3, 5))),
)


def peephole_lstm_step__w14_squeezed(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    c_prev = c_prev.squeeze()
    a_i, a_f, a_c, a_o = np.split((x_t @ W + h_prev @ U + b).squeeze(), 4, axis=-1)
    c = sigmoid(a_f + c_prev @ P_f) * c_prev + sigmoid(a_i + c_prev @ P_i) * np.tanh(a_c)
    return sigmoid(a_o + c @ P_o) * np.tanh(c), c


SHOWN["peephole_lstm_step__w14_squeezed"] = ("subtle", "loses the batch axis for a batch of 1", lambda: _args(batch=1))


_w15_peepholes = {}


def peephole_lstm_step__w15_peepholes_kept(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    units = h_prev.shape[1]
    P_i, P_f, P_o = _w15_peepholes.setdefault(units, (P_i.copy(), P_f.copy(), P_o.copy()))
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=1)
    c = sigmoid(a_f + c_prev @ P_f) * c_prev + sigmoid(a_i + c_prev @ P_i) * np.tanh(a_c)
    return sigmoid(a_o + c @ P_o) * np.tanh(c), c


SHOWN["peephole_lstm_step__w15_peepholes_kept"] = (
    "use",
    "keeps the first peephole matrices for each number of units",
    "the second call with other P_i, P_f, P_o uses the first ones",
)


def peephole_lstm_step__w16_peephole_clipped(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=1)
    look = lambda c, P: np.clip(c, -5, 5) @ P
    c = sigmoid(a_f + look(c_prev, P_f)) * c_prev + sigmoid(a_i + look(c_prev, P_i)) * np.tanh(a_c)
    return sigmoid(a_o + look(c, P_o)) * np.tanh(c), c


SHOWN["peephole_lstm_step__w16_peephole_clipped"] = (
    "subtle",
    "clips the cell to +-5 before the peepholes",
    lambda: dict(_args(state=10.0), P_i=0.1 * np.ones((5, 5)), P_f=0.1 * np.eye(5), P_o=0.1 * np.eye(5)),
)


def peephole_lstm_step__w17_first_row(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=1)
    i = sigmoid(a_i + c_prev[0] @ P_i)
    f = sigmoid(a_f + c_prev[0] @ P_f)
    c = f * c_prev + i * np.tanh(a_c)
    o = sigmoid(a_o + c[0] @ P_o)
    return o * np.tanh(c), c


SHOWN["peephole_lstm_step__w17_first_row"] = (
    "subtle",
    "all rows look at the cell of the first row: right for a batch of 1",
    lambda: _args(),
)


def peephole_lstm_step__w18_dtype_of_c_prev(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=1)
    c = np.empty(c_prev.shape, dtype=c_prev.dtype)
    np.copyto(c, sigmoid(a_f + c_prev @ P_f) * c_prev + sigmoid(a_i + c_prev @ P_i) * np.tanh(a_c), casting="unsafe")
    return sigmoid(a_o + c @ P_o) * np.tanh(c), c


SHOWN["peephole_lstm_step__w18_dtype_of_c_prev"] = (
    "subtle",
    "c_t has the dtype of c_{t-1}: integers for a first state of integer zeros",
    lambda: dict(_args(), c_prev=np.zeros((3, 5), dtype=int)),
)


def peephole_lstm_step__w19_half_precision(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    P_i, P_f, P_o, c_prev = (v.astype(np.float16) for v in (P_i, P_f, P_o, c_prev))
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=1)
    c = sigmoid(a_f + c_prev @ P_f) * c_prev + sigmoid(a_i + c_prev @ P_i) * np.tanh(a_c)
    return sigmoid(a_o + c @ P_o) * np.tanh(c), c


SHOWN["peephole_lstm_step__w19_half_precision"] = (
    "subtle",
    "peepholes in half precision",
    lambda: _args(units=30, state=20.0),
)


def peephole_lstm_step__w20_units_from_features(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    units = W.shape[0]
    a = x_t @ W + h_prev @ U + b
    peep = c_prev @ np.hstack([P_i, P_f])
    i = sigmoid(a[:, :units] + peep[:, :units])
    f = sigmoid(a[:, units : 2 * units] + peep[:, units : 2 * units])
    c = f * c_prev + i * np.tanh(a[:, 2 * units : 3 * units])
    return sigmoid(a[:, 3 * units :] + c @ P_o) * np.tanh(c), c


SHOWN["peephole_lstm_step__w20_units_from_features"] = (
    "subtle",
    "takes the number of units from the features: right for features = units",
    lambda: _args(),
)


def peephole_lstm_step__r1_split(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    sigmoid = lambda v: 0.5 * (1 + np.tanh(0.5 * v))
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=1)
    i = sigmoid(a_i + c_prev @ P_i)
    f = sigmoid(a_f + c_prev @ P_f)
    c = f * c_prev + i * np.tanh(a_c)
    o = sigmoid(a_o + c @ P_o)
    return o * np.tanh(c), c


def peephole_lstm_step__r2_one_product(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    from scipy.special import expit

    n = c_prev.shape[1]
    P = np.concatenate([P_i, P_f, np.zeros((n, 2 * n))], axis=1)
    a = np.concatenate([x_t, h_prev, c_prev], axis=1) @ np.concatenate([W, U, P], axis=0) + b
    i, f, g, o = (a[:, k * n : (k + 1) * n] for k in range(4))
    c = expit(f) * c_prev + expit(i) * np.tanh(g)
    return expit(o + c @ P_o) * np.tanh(c), c


def peephole_lstm_step__r3_einsum(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    batch, n = h_prev.shape
    a = (np.einsum("bf,fn->bn", x_t, W) + np.einsum("bm,mn->bn", h_prev, U) + b).reshape(batch, 4, n)

    def sigmoid(v):
        with np.errstate(over="ignore"):
            return np.reciprocal(1.0 + np.exp(-v))

    gates = sigmoid(a[:, :2] + np.einsum("bm,kmn->bkn", c_prev, np.stack([P_i, P_f])))
    c = np.einsum("bkn,bkn->bn", gates, np.stack([np.tanh(a[:, 2]), c_prev], axis=1))
    return sigmoid(a[:, 3] + np.einsum("bm,mn->bn", c, P_o)) * np.tanh(c), c


def peephole_lstm_step__r4_functions_for_gates(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    Ws, Us, bs = np.hsplit(W, 4), np.hsplit(U, 4), np.split(b, 4)

    def linear(k):
        return np.dot(x_t, Ws[k]) + np.dot(h_prev, Us[k]) + bs[k]

    def gate(k, cell, P):
        return np.exp(-np.logaddexp(0.0, -(linear(k) + np.dot(cell, P))))

    c = gate(1, c_prev, P_f) * c_prev + gate(0, c_prev, P_i) * np.tanh(linear(2))
    h = gate(3, c, P_o) * np.tanh(c)
    return h, c


def peephole_lstm_step__r5_tensorflow(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    import tensorflow as tf

    x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o = (
        tf.cast(v, tf.float64) for v in (x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o)
    )
    a_i, a_f, a_c, a_o = tf.split(tf.matmul(x_t, W) + tf.matmul(h_prev, U) + b, 4, axis=1)
    c = tf.sigmoid(a_f + tf.matmul(c_prev, P_f)) * c_prev + tf.sigmoid(a_i + tf.matmul(c_prev, P_i)) * tf.tanh(a_c)
    h = tf.sigmoid(a_o + tf.matmul(c, P_o)) * tf.tanh(c)
    return h.numpy(), c.numpy()


def peephole_lstm_step__r6_in_place_on_its_own(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    n = U.shape[0]
    a = np.array(x_t @ W, dtype=float)
    a += h_prev @ U
    a += b
    a[:, :n] += c_prev @ P_i
    a[:, n : 2 * n] += c_prev @ P_f
    c = 0.5 * (1 + np.tanh(0.5 * a[:, n : 2 * n]))
    c *= c_prev
    c += 0.5 * (1 + np.tanh(0.5 * a[:, :n])) * np.tanh(a[:, 2 * n : 3 * n])
    a[:, 3 * n :] += c @ P_o
    return 0.5 * (1 + np.tanh(0.5 * a[:, 3 * n :])) * np.tanh(c), c
