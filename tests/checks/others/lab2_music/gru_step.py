import numpy as np

SHOWN = {}


def _args(batch=3, features=4, units=5, scale=1.0, state=1.0, seed=0):
    rng = np.random.default_rng(seed)
    return dict(
        x_t=scale * rng.normal(size=(batch, features)),
        h_prev=state * rng.normal(size=(batch, units)),
        W=rng.normal(size=(features, 3 * units)),
        U=rng.normal(size=(units, 3 * units)),
        b=rng.normal(size=3 * units),
    )


def gru_step__w01_order_r_z_h(x_t, h_prev, W, U, b):
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    W_r, W_z, W_h = np.split(W, 3, axis=1)
    U_r, U_z, U_h = np.split(U, 3, axis=1)
    b_r, b_z, b_h = np.split(b, 3)
    z = sigmoid(x_t @ W_z + h_prev @ U_z + b_z)
    r = sigmoid(x_t @ W_r + h_prev @ U_r + b_r)
    h = np.tanh(x_t @ W_h + (r * h_prev) @ U_h + b_h)
    return z * h_prev + (1 - z) * h


SHOWN["gru_step__w01_order_r_z_h"] = ("natural", "cuts in the order r, z, h (PyTorch)", lambda: _args())


def gru_step__w02_mixture_swapped(x_t, h_prev, W, U, b):
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    W_z, W_r, W_h = np.split(W, 3, axis=1)
    U_z, U_r, U_h = np.split(U, 3, axis=1)
    b_z, b_r, b_h = np.split(b, 3)
    z = sigmoid(x_t @ W_z + h_prev @ U_z + b_z)
    r = sigmoid(x_t @ W_r + h_prev @ U_r + b_r)
    h = np.tanh(x_t @ W_h + (r * h_prev) @ U_h + b_h)
    return (1 - z) * h_prev + z * h


SHOWN["gru_step__w02_mixture_swapped"] = ("natural", "z lets the candidate in instead of keeping", lambda: _args())


def gru_step__w03_reset_after(x_t, h_prev, W, U, b):
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    xz, xr, xh = np.split(x_t @ W + b, 3, axis=1)
    hz, hr, hh = np.split(h_prev @ U, 3, axis=1)
    z, r = sigmoid(xz + hz), sigmoid(xr + hr)
    return z * h_prev + (1 - z) * np.tanh(xh + r * hh)


SHOWN["gru_step__w03_reset_after"] = ("natural", "resets after the product with U_h", lambda: _args())


def gru_step__w04_no_reset(x_t, h_prev, W, U, b):
    n = h_prev.shape[1]
    a = x_t @ W + h_prev @ U + b
    z = 1 / (1 + np.exp(-a[:, :n]))
    candidate = np.tanh(a[:, 2 * n :])
    return z * h_prev + (1 - z) * candidate


SHOWN["gru_step__w04_no_reset"] = ("natural", "forgets the reset gate", lambda: _args())


def gru_step__w05_no_candidate_bias(x_t, h_prev, W, U, b):
    n = h_prev.shape[1]
    gates = 1 / (1 + np.exp(-(x_t @ W[:, : 2 * n] + h_prev @ U[:, : 2 * n] + b[: 2 * n])))
    z, r = gates[:, :n], gates[:, n:]
    candidate = np.tanh(x_t @ W[:, 2 * n :] + (r * h_prev) @ U[:, 2 * n :])
    return z * h_prev + (1 - z) * candidate


SHOWN["gru_step__w05_no_candidate_bias"] = ("natural", "forgets b_h in the candidate", lambda: _args())


def gru_step__w06_sigmoid_candidate(x_t, h_prev, W, U, b):
    n = h_prev.shape[1]

    def gate(k, state):
        s = slice(k * n, (k + 1) * n)
        return 1 / (1 + np.exp(-(x_t @ W[:, s] + state @ U[:, s] + b[s])))

    z = gate(0, h_prev)
    r = gate(1, h_prev)
    return z * h_prev + (1 - z) * gate(2, r * h_prev)


SHOWN["gru_step__w06_sigmoid_candidate"] = ("natural", "sigmoid instead of tanh in the candidate", lambda: _args())


def gru_step__w07_reset_on_everything(x_t, h_prev, W, U, b):
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    a_z, a_r, a_h = np.split(x_t @ W + h_prev @ U + b, 3, axis=1)
    z, r = sigmoid(a_z), sigmoid(a_r)
    return z * h_prev + (1 - z) * np.tanh(r * a_h)


SHOWN["gru_step__w07_reset_on_everything"] = (
    "natural",
    "the reset multiplies the whole pre-activation, the input too",
    lambda: _args(),
)


def gru_step__w08_z_and_r_exchanged(x_t, h_prev, W, U, b):
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    W_z, W_r, W_h = np.hsplit(W, 3)
    U_z, U_r, U_h = np.hsplit(U, 3)
    b_z, b_r, b_h = np.split(b, 3)
    z = sigmoid(x_t @ W_z + h_prev @ U_z + b_z)
    r = sigmoid(x_t @ W_r + h_prev @ U_r + b_r)
    h = np.tanh(x_t @ W_h + (z * h_prev) @ U_h + b_h)
    return r * h_prev + (1 - r) * h


SHOWN["gru_step__w08_z_and_r_exchanged"] = ("natural", "exchanges the uses of z and r", lambda: _args())


def gru_step__w09_sigmoid_overflows(x_t, h_prev, W, U, b):
    sigmoid = lambda v: np.exp(v) / (np.exp(v) + 1)
    W_z, W_r, W_h = np.hsplit(W, 3)
    U_z, U_r, U_h = np.hsplit(U, 3)
    b_z, b_r, b_h = np.split(b, 3)
    z = sigmoid(x_t @ W_z + h_prev @ U_z + b_z)
    r = sigmoid(x_t @ W_r + h_prev @ U_r + b_r)
    return z * h_prev + (1 - z) * np.tanh(x_t @ W_h + (r * h_prev) @ U_h + b_h)


SHOWN["gru_step__w09_sigmoid_overflows"] = (
    "subtle",
    "exp(a) / (exp(a) + 1) is NaN for large a",
    lambda: _args(scale=1000.0),
)


def gru_step__w10_tanh_by_hand(x_t, h_prev, W, U, b):
    def sigmoid(v):
        return 1 / (1 + np.exp(-v))

    def tanh(v):
        return (np.exp(v) - np.exp(-v)) / (np.exp(v) + np.exp(-v))

    W_z, W_r, W_h = np.hsplit(W, 3)
    U_z, U_r, U_h = np.hsplit(U, 3)
    b_z, b_r, b_h = np.split(b, 3)
    z = sigmoid(x_t @ W_z + h_prev @ U_z + b_z)
    r = sigmoid(x_t @ W_r + h_prev @ U_r + b_r)
    return z * h_prev + (1 - z) * tanh(x_t @ W_h + (r * h_prev) @ U_h + b_h)


SHOWN["gru_step__w10_tanh_by_hand"] = (
    "subtle",
    "its own tanh is NaN for large pre-activations",
    lambda: _args(scale=1000.0),
)


def gru_step__w11_squeezed(x_t, h_prev, W, U, b):
    n = U.shape[0]
    a = (x_t @ W + b).squeeze()
    s = (h_prev @ U).squeeze()
    z = 1 / (1 + np.exp(-(a[..., :n] + s[..., :n])))
    r = 1 / (1 + np.exp(-(a[..., n : 2 * n] + s[..., n : 2 * n])))
    h_prev = h_prev.squeeze()
    return z * h_prev + (1 - z) * np.tanh(a[..., 2 * n :] + (r * h_prev) @ U[:, 2 * n :])


SHOWN["gru_step__w11_squeezed"] = ("subtle", "loses the batch axis for a batch of 1", lambda: _args(batch=1))


def gru_step__w12_h_prev_changed(x_t, h_prev, W, U, b):
    n = U.shape[0]
    gates = 1 / (1 + np.exp(-(x_t @ W[:, : 2 * n] + h_prev @ U[:, : 2 * n] + b[: 2 * n])))
    z, r = gates[:, :n], gates[:, n:]
    h = np.tanh(x_t @ W[:, 2 * n :] + (r * h_prev) @ U[:, 2 * n :] + b[2 * n :])
    h_prev *= z
    h_prev += (1 - z) * h
    return h_prev


SHOWN["gru_step__w12_h_prev_changed"] = ("use", "updates h_prev in place", "changes its argument h_prev")


def gru_step__w13_block_width_features(x_t, h_prev, W, U, b):
    n = W.shape[0]
    gates = 1 / (1 + np.exp(-(x_t @ W[:, : 2 * n] + h_prev @ U[:, : 2 * n] + b[: 2 * n])))
    z, r = gates[:, :n], gates[:, n:]
    h = np.tanh(x_t @ W[:, 2 * n :] + (r * h_prev) @ U[:, 2 * n :] + b[2 * n :])
    return z * h_prev + (1 - z) * h


SHOWN["gru_step__w13_block_width_features"] = (
    "subtle",
    "takes the width of a block from the features: right only for features = units",
    lambda: _args(),
)


def gru_step__w14_dtype_of_the_state(x_t, h_prev, W, U, b):
    n = U.shape[0]
    h = np.empty_like(h_prev)
    gates = 1 / (1 + np.exp(-(x_t @ W[:, : 2 * n] + h_prev @ U[:, : 2 * n] + b[: 2 * n])))
    z, r = gates[:, :n], gates[:, n:]
    h[...] = z * h_prev + (1 - z) * np.tanh(x_t @ W[:, 2 * n :] + (r * h_prev) @ U[:, 2 * n :] + b[2 * n :])
    return h


SHOWN["gru_step__w14_dtype_of_the_state"] = (
    "subtle",
    "a first state of integer zeros makes the result integers",
    lambda: dict(_args(), h_prev=np.zeros((3, 5), dtype=int)),
)


def gru_step__w15_half_precision(x_t, h_prev, W, U, b):
    x_t, h_prev, W, U, b = (np.asarray(v, dtype=np.float16) for v in (x_t, h_prev, W, U, b))
    n = U.shape[0]
    gates = 1 / (1 + np.exp(-(x_t @ W[:, : 2 * n] + h_prev @ U[:, : 2 * n] + b[: 2 * n])))
    z, r = gates[:, :n], gates[:, n:]
    h = z * h_prev + (1 - z) * np.tanh(x_t @ W[:, 2 * n :] + (r * h_prev) @ U[:, 2 * n :] + b[2 * n :])
    return h.astype(np.float32)


SHOWN["gru_step__w15_half_precision"] = (
    "subtle",
    "computes in half precision",
    lambda: _args(batch=7, features=30, units=20),
)


def gru_step__w16_clipped(x_t, h_prev, W, U, b):
    n = U.shape[0]
    sigmoid = lambda v: 1 / (1 + np.exp(-np.clip(v, -5, 5)))
    z = sigmoid(x_t @ W[:, :n] + h_prev @ U[:, :n] + b[:n])
    r = sigmoid(x_t @ W[:, n : 2 * n] + h_prev @ U[:, n : 2 * n] + b[n : 2 * n])
    h = np.tanh(x_t @ W[:, 2 * n :] + (r * h_prev) @ U[:, 2 * n :] + b[2 * n :])
    return z * h_prev + (1 - z) * h


SHOWN["gru_step__w16_clipped"] = (
    "subtle",
    "clips before the sigmoid, so that no gate closes fully",
    lambda: _args(scale=50.0, state=20.0),
)


_w17_blocks = []


def gru_step__w17_blocks_cut_once(x_t, h_prev, W, U, b):
    if not _w17_blocks:
        _w17_blocks.extend(zip(np.hsplit(W, 3), np.hsplit(U, 3), np.split(b, 3)))
    (W_z, U_z, b_z), (W_r, U_r, b_r), (W_h, U_h, b_h) = _w17_blocks
    z = 1 / (1 + np.exp(-(x_t @ W_z + h_prev @ U_z + b_z)))
    r = 1 / (1 + np.exp(-(x_t @ W_r + h_prev @ U_r + b_r)))
    return z * h_prev + (1 - z) * np.tanh(x_t @ W_h + (r * h_prev) @ U_h + b_h)


SHOWN["gru_step__w17_blocks_cut_once"] = (
    "use",
    "keeps the blocks of the first weights",
    "the second call with other weights uses the first weights",
)


def gru_step__w18_state_clipped(x_t, h_prev, W, U, b):
    n = U.shape[0]
    h_prev = np.clip(h_prev, -1, 1)  # a tanh never leaves this range
    gates = 1 / (1 + np.exp(-(x_t @ W[:, : 2 * n] + h_prev @ U[:, : 2 * n] + b[: 2 * n])))
    z, r = gates[:, :n], gates[:, n:]
    return z * h_prev + (1 - z) * np.tanh(x_t @ W[:, 2 * n :] + (r * h_prev) @ U[:, 2 * n :] + b[2 * n :])


SHOWN["gru_step__w18_state_clipped"] = ("subtle", "clips h_{t-1} to +-1", lambda: _args(state=3.0))


def gru_step__w19_u_h_transposed(x_t, h_prev, W, U, b):
    n = U.shape[0]
    gates = 1 / (1 + np.exp(-(x_t @ W[:, : 2 * n] + h_prev @ U[:, : 2 * n] + b[: 2 * n])))
    z, r = gates[:, :n], gates[:, n:]
    h = np.tanh(x_t @ W[:, 2 * n :] + np.dot(r * h_prev, U[:, 2 * n :].T) + b[2 * n :])
    return z * h_prev + (1 - z) * h


SHOWN["gru_step__w19_u_h_transposed"] = (
    "natural",
    "multiplies with U_h transposed: right for one unit or a symmetric U_h",
    lambda: _args(),
)


def gru_step__w20_reset_across_the_batch(x_t, h_prev, W, U, b):
    batch, n = h_prev.shape
    gates = 1 / (1 + np.exp(-(x_t @ W[:, : 2 * n] + h_prev @ U[:, : 2 * n] + b[: 2 * n])))
    z, r = gates.reshape(2, batch, n)
    return z * h_prev + (1 - z) * np.tanh(x_t @ W[:, 2 * n :] + (r * h_prev) @ U[:, 2 * n :] + b[2 * n :])


SHOWN["gru_step__w20_reset_across_the_batch"] = (
    "subtle",
    "reshape to (2, batch, units) mixes rows and gates unless the batch is 1",
    lambda: _args(batch=2),
)


def gru_step__r1_split(x_t, h_prev, W, U, b):
    sigmoid = lambda v: 0.5 + 0.5 * np.tanh(0.5 * v)
    W_z, W_r, W_h = np.split(W, 3, axis=1)
    U_z, U_r, U_h = np.split(U, 3, axis=1)
    b_z, b_r, b_h = np.split(b, 3)
    z = sigmoid(x_t @ W_z + h_prev @ U_z + b_z)
    r = sigmoid(x_t @ W_r + h_prev @ U_r + b_r)
    candidate = np.tanh(x_t @ W_h + (r * h_prev) @ U_h + b_h)
    return z * h_prev + (1 - z) * candidate


def gru_step__r2_interpolation(x_t, h_prev, W, U, b):
    n = h_prev.shape[-1]
    xa = np.matmul(x_t, W) + b
    ha = np.matmul(h_prev, U[:, : 2 * n])
    with np.errstate(over="ignore"):
        keep = 1 / (1 + np.exp(-(xa[:, :n] + ha[:, :n])))
        reset = 1 / (1 + np.exp(-(xa[:, n : 2 * n] + ha[:, n:])))
    new = np.tanh(xa[:, 2 * n :] + np.matmul(np.multiply(reset, h_prev), U[:, -n:]))
    return new + keep * (h_prev - new)


def gru_step__r3_scipy_gates_together(x_t, h_prev, W, U, b):
    from scipy.special import expit

    n = U.shape[0]
    z, r = np.hsplit(expit(x_t.dot(W[:, : 2 * n]) + h_prev.dot(U[:, : 2 * n]) + b[: 2 * n]), 2)
    h = np.tanh(x_t.dot(W[:, 2 * n :]) + (h_prev * r).dot(U[:, 2 * n :]) + b[2 * n :])
    return z * h_prev + (1.0 - z) * h


def gru_step__r4_einsum_stacked(x_t, h_prev, W, U, b):
    n = h_prev.shape[1]
    W3 = W.reshape(-1, 3, n)
    U3 = U.reshape(n, 3, n)
    b3 = b.reshape(3, n)
    logistic = lambda v: np.exp(-np.logaddexp(0.0, -v))
    x3 = np.einsum("bf,fkn->kbn", x_t, W3) + b3[:, None, :]
    z = logistic(x3[0] + np.einsum("bm,mn->bn", h_prev, U3[:, 0]))
    r = logistic(x3[1] + np.einsum("bm,mn->bn", h_prev, U3[:, 1]))
    h = np.tanh(x3[2] + np.einsum("bm,bm,mn->bn", r, h_prev, U3[:, 2]))
    return (1 - z) * h + z * h_prev


def gru_step__r5_tensorflow(x_t, h_prev, W, U, b):
    import tensorflow as tf

    x_t, h_prev, W, U, b = (tf.cast(v, tf.float64) for v in (x_t, h_prev, W, U, b))
    W_z, W_r, W_h = tf.split(W, 3, axis=1)
    U_z, U_r, U_h = tf.split(U, 3, axis=1)
    b_z, b_r, b_h = tf.split(b, 3)
    z = tf.sigmoid(x_t @ W_z + h_prev @ U_z + b_z)
    r = tf.sigmoid(x_t @ W_r + h_prev @ U_r + b_r)
    h = tf.tanh(x_t @ W_h + (r * h_prev) @ U_h + b_h)
    return (z * h_prev + (1 - z) * h).numpy()


def gru_step__r6_helper_for_each_block(x_t, h_prev, W, U, b):
    units = U.shape[0]

    def block(k, state):
        columns = slice(k * units, (k + 1) * units)
        return x_t @ W[:, columns] + state @ U[:, columns] + b[columns]

    def sigmoid(v):
        positive = 1 / (1 + np.exp(-np.abs(v)))
        return np.where(v >= 0, positive, 1 - positive)

    keep = sigmoid(block(0, h_prev))
    h = keep * h_prev
    reset = sigmoid(block(1, h_prev))
    h += (1 - keep) * np.tanh(block(2, reset * h_prev))
    return h
