import numpy as np

SHOWN = {}


def _args(batch=3, features=4, units=2, scale=1.0, seed=0):
    rng = np.random.default_rng(seed)
    return dict(
        x_t=rng.normal(size=(batch, features)) * scale,
        h_prev=np.tanh(rng.normal(size=(batch, units))),
        W_xh=rng.normal(size=(features, units)),
        W_hh=rng.normal(size=(units, units)),
        b_h=rng.normal(size=units),
    )


# ---------------------------------------------------------------- wrong
def rnn_step__w01_no_bias(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh + h_prev @ W_hh)


SHOWN["rnn_step__w01_no_bias"] = ("natural", "the bias is forgotten", lambda: _args())


def rnn_step__w02_no_tanh(x_t, h_prev, W_xh, W_hh, b_h):
    return x_t @ W_xh + h_prev @ W_hh + b_h


SHOWN["rnn_step__w02_no_tanh"] = ("natural", "tanh is forgotten", lambda: _args())


def rnn_step__w03_sigmoid(x_t, h_prev, W_xh, W_hh, b_h):
    z = x_t @ W_xh + h_prev @ W_hh + b_h
    return 1 / (1 + np.exp(-z))


SHOWN["rnn_step__w03_sigmoid"] = ("natural", "sigmoid instead of tanh", lambda: _args())


def rnn_step__w04_hidden_transposed(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh + h_prev @ W_hh.T + b_h)


SHOWN["rnn_step__w04_hidden_transposed"] = (
    "natural",
    "W_hh is transposed (W h of the lecture with columns); right for one unit or a symmetric W_hh",
    lambda: _args(),
)


def rnn_step__w05_memory_outside(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh + b_h) + h_prev @ W_hh


SHOWN["rnn_step__w05_memory_outside"] = (
    "natural",
    "the memory is added outside of the tanh; right for a zero state",
    lambda: _args(),
)


def rnn_step__w06_concat_order(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(np.concatenate([h_prev, x_t], axis=1) @ np.concatenate([W_xh, W_hh], axis=0) + b_h)


SHOWN["rnn_step__w06_concat_order"] = (
    "natural",
    "state and input are joined in the other order than their weights",
    lambda: _args(),
)


def rnn_step__w07_elementwise_memory(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh + h_prev * np.diag(W_hh) + b_h)


SHOWN["rnn_step__w07_elementwise_memory"] = (
    "subtle",
    "each unit sees only its own memory: the product with W_hh is taken with its diagonal",
    lambda: _args(),
)


def rnn_step__w08_formula_overflows(x_t, h_prev, W_xh, W_hh, b_h):
    z = x_t @ W_xh + h_prev @ W_hh + b_h
    return (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))


SHOWN["rnn_step__w08_formula_overflows"] = (
    "subtle",
    "tanh by its formula: inf / inf = nan for large numbers",
    lambda: _args(scale=1000.0),
)


def rnn_step__w09_written_into_state(x_t, h_prev, W_xh, W_hh, b_h):
    z = x_t @ W_xh + h_prev @ W_hh + b_h
    h_prev[...] = np.tanh(z)
    return h_prev


SHOWN["rnn_step__w09_written_into_state"] = (
    "use",
    "the new state is written into the array of the old one",
    "changes its argument h_prev (and returns the same object)",
)


def rnn_step__w10_clipped(x_t, h_prev, W_xh, W_hh, b_h):
    z = np.clip(x_t @ W_xh + h_prev @ W_hh + b_h, -3, 3)
    return np.tanh(z)


SHOWN["rnn_step__w10_clipped"] = (
    "subtle",
    "clipped at 3 'for stability': results never exceed 0.995",
    lambda: _args(scale=10.0),
)


def rnn_step__w11_rational_tanh(x_t, h_prev, W_xh, W_hh, b_h):
    z = x_t @ W_xh + h_prev @ W_hh + b_h
    return np.clip(z * (27 + z**2) / (27 + 9 * z**2), -1, 1)


SHOWN["rnn_step__w11_rational_tanh"] = (
    "subtle",
    "a fraction that is near tanh for small numbers only",
    lambda: _args(),
)


def rnn_step__w12_column_bias(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h.reshape(-1, 1))


SHOWN["rnn_step__w12_column_bias"] = (
    "subtle",
    "the bias runs down the batch: an error, or silently wrong where batch == units",
    lambda: _args(batch=2, units=2),
)


def rnn_step__w13_squeezed(x_t, h_prev, W_xh, W_hh, b_h):
    return np.squeeze(np.tanh(np.dot(x_t, W_xh) + np.dot(h_prev, W_hh) + b_h))


SHOWN["rnn_step__w13_squeezed"] = (
    "subtle",
    "squeeze drops the axis of a batch of 1 or of one unit",
    lambda: _args(batch=1),
)


def rnn_step__w14_like_the_old_state(x_t, h_prev, W_xh, W_hh, b_h):
    h_t = np.zeros_like(h_prev)
    for i in range(len(x_t)):
        h_t[i] = np.tanh(x_t[i] @ W_xh + h_prev[i] @ W_hh + b_h)
    return h_t


SHOWN["rnn_step__w14_like_the_old_state"] = (
    "subtle",
    "the result has the dtype of h_prev: a state of int zeros cuts everything to 0",
    lambda: dict(_args(), h_prev=np.zeros((3, 2), dtype=int)),
)


_w15_weights = {}


def rnn_step__w15_joined_weights_kept(x_t, h_prev, W_xh, W_hh, b_h):
    key = W_xh.shape
    if key not in _w15_weights:
        _w15_weights[key] = np.concatenate([W_xh, W_hh])
    return np.tanh(np.concatenate([x_t, h_prev], axis=1) @ _w15_weights[key] + b_h)


SHOWN["rnn_step__w15_joined_weights_kept"] = (
    "use",
    "the joined weights are made once for each shape",
    "the second call with other weights of the same shapes uses the first weights",
)


def rnn_step__w16_half_precision(x_t, h_prev, W_xh, W_hh, b_h):
    x_t, h_prev, W_xh, W_hh, b_h = (a.astype(np.float16) for a in (x_t, h_prev, W_xh, W_hh, b_h))
    return np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)


SHOWN["rnn_step__w16_half_precision"] = (
    "subtle",
    "float16 throughout: three digits, overflow beyond 65504",
    lambda: _args(features=40, units=30),
)


def rnn_step__w17_first_step(x_t, h_prev, W_xh, W_hh, b_h):
    if not h_prev.any():
        return np.tanh(x_t @ W_xh)
    return np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)


SHOWN["rnn_step__w17_first_step"] = (
    "subtle",
    "a state of zeros counts as 'first step' without bias",
    lambda: dict(_args(), h_prev=np.zeros((3, 2))),
)


_w18_state = {}


def rnn_step__w18_remembers_itself(x_t, h_prev, W_xh, W_hh, b_h):
    if not np.any(h_prev) and h_prev.shape in _w18_state:
        h_prev = _w18_state[h_prev.shape]
    _w18_state[h_prev.shape] = h_t = np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)
    return h_t


SHOWN["rnn_step__w18_remembers_itself"] = (
    "use",
    "a state of zeros is replaced by the last state that the function has seen",
    "the second of two calls with h_prev = 0 differs from the first",
)


def rnn_step__w19_bias_in_place(x_t, h_prev, W_xh, W_hh, b_h):
    if len(x_t) == 1:
        b_h += (x_t @ W_xh + h_prev @ W_hh)[0]
        return np.tanh(b_h)[None]
    return np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)


SHOWN["rnn_step__w19_bias_in_place"] = (
    "use",
    "for a batch of 1 the sum is collected in the bias of the caller",
    "changes its argument b_h with a batch of 1",
)


def rnn_step__w20_features_for_units(x_t, h_prev, W_xh, W_hh, b_h):
    batch, features = x_t.shape
    h_t = np.zeros(h_prev.shape)
    for i in range(batch):
        for j in range(h_prev.shape[1]):
            z = b_h[j]
            for k in range(features):
                z += x_t[i, k] * W_xh[k, j]
            for k in range(min(features, h_prev.shape[1])):
                z += h_prev[i, k] * W_hh[k, j]
            h_t[i, j] = np.tanh(z)
    return h_t


SHOWN["rnn_step__w20_features_for_units"] = (
    "natural",
    "the sum over the memory stops at the number of features: wrong where units > features",
    lambda: _args(features=2, units=5),
)


# ---------------------------------------------------------------- right
def rnn_step__r1_plain(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)


def rnn_step__r2_joined(x_t, h_prev, W_xh, W_hh, b_h):
    both = np.concatenate([x_t, h_prev], axis=1)
    weights = np.vstack([W_xh, W_hh])
    return np.tanh(np.dot(both, weights) + b_h)


def rnn_step__r3_einsum(x_t, h_prev, W_xh, W_hh, b_h):
    z = np.einsum("bf,fu->bu", x_t, W_xh)
    z = z + np.einsum("bk,ku->bu", h_prev, W_hh)
    return np.tanh(z + b_h[None, :])


def rnn_step__r4_rows(x_t, h_prev, W_xh, W_hh, b_h):
    return np.array([np.tanh(b_h + W_xh.T @ x + W_hh.T @ h) for x, h in zip(x_t, h_prev)])


def rnn_step__r5_stable_formula(x_t, h_prev, W_xh, W_hh, b_h):
    z = b_h + np.matmul(h_prev, W_hh) + np.matmul(x_t, W_xh)
    e = np.exp(-2 * np.abs(z))
    return np.sign(z) * (1 - e) / (1 + e)


def rnn_step__r6_broadcast(x_t, h_prev, W_xh, W_hh, b_h):
    from_input = (x_t[:, :, None] * W_xh).sum(axis=1)
    from_memory = (h_prev[:, :, None] * W_hh).sum(axis=1)
    return np.tanh(from_input + from_memory + b_h)
