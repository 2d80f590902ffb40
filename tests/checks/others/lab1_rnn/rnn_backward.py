import numpy as np

SHOWN = {}


def _args(batch=3, time=5, features=4, units=2, vocabulary=6, scale=1.0, seed=0, mask=None):
    rng = np.random.default_rng(seed)
    d = dict(
        x=rng.normal(size=(batch, time, features)),
        h_0=np.tanh(rng.normal(size=(batch, units))),
        h=np.zeros((batch, time, units)),
        W_xh=rng.normal(size=(features, units)) * 0.5,
        W_hh=rng.normal(size=(units, units)),
        W_hy=rng.normal(size=(units, vocabulary)),
    )
    b_h = rng.normal(size=units)
    real = np.ones((batch, time), dtype=bool) if mask is None else np.array(mask, dtype=bool)
    h = d["h_0"]
    for t in range(time):
        h = np.where(real[:, t, None], np.tanh(d["x"][:, t] @ d["W_xh"] + h @ d["W_hh"] + b_h), h)
        d["h"][:, t] = h
    logits = d["h"] @ d["W_hy"]
    p = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    targets = rng.integers(0, vocabulary, size=(batch, time))
    d["d_logits"] = (p - np.eye(vocabulary)[targets]) * real[..., None] / real.sum() * scale
    if mask is not None:
        d["mask"] = real
    return d


_PADDED = [[1, 1, 1, 0, 0], [1, 1, 1, 1, 1], [1, 0, 0, 0, 0]]
_HOLES = [[1, 0, 1, 1, 0], [0, 0, 1, 1, 1], [1, 1, 0, 0, 1]]


def _zeros(W_xh, W_hh, W_hy):
    return {
        "W_xh": np.zeros(W_xh.shape),
        "W_hh": np.zeros(W_hh.shape),
        "b_h": np.zeros(W_hh.shape[0]),
        "W_hy": np.zeros(W_hy.shape),
        "b_y": np.zeros(W_hy.shape[1]),
    }


# ---------------------------------------------------------------- wrong
def rnn_backward__w01_no_future(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    g = _zeros(W_xh, W_hh, W_hy)
    d_before = np.zeros(h_0.shape)
    for t in reversed(range(x.shape[1])):
        h_prev = h[:, t - 1] if t > 0 else h_0
        real = np.ones((len(x), 1)) if mask is None else mask[:, t, None]
        g["W_hy"] += h[:, t].T @ d_logits[:, t]
        g["b_y"] += d_logits[:, t].sum(axis=0)
        d_h = d_logits[:, t] @ W_hy.T
        d_W_xh, d_W_hh, d_b_h, d_before = rnn_backward_step(d_h * real, x[:, t], h_prev, h[:, t], W_hh)
        g["W_xh"] += d_W_xh
        g["W_hh"] += d_W_hh
        g["b_h"] += d_b_h
    g["h_0"] = d_before
    return g


SHOWN["rnn_backward__w01_no_future"] = (
    "natural",
    "the gradient that comes back from step t + 1 is forgotten; right for one step",
    lambda: _args(),
)


def rnn_backward__w02_only_future(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    g = _zeros(W_xh, W_hh, W_hy)
    time = x.shape[1]
    for t in range(time):
        g["W_hy"] += h[:, t].T @ d_logits[:, t]
        g["b_y"] += d_logits[:, t].sum(axis=0)
    d_h = d_logits[:, -1] @ W_hy.T
    for t in reversed(range(time)):
        h_prev = h[:, t - 1] if t > 0 else h_0
        real = np.ones((len(x), 1), bool) if mask is None else mask[:, t, None]
        d_W_xh, d_W_hh, d_b_h, d_prev = rnn_backward_step(np.where(real, d_h, 0), x[:, t], h_prev, h[:, t], W_hh)
        g["W_xh"] += d_W_xh
        g["W_hh"] += d_W_hh
        g["b_h"] += d_b_h
        d_h = np.where(real, d_prev, d_h)
    g["h_0"] = d_h
    return g


SHOWN["rnn_backward__w02_only_future"] = (
    "natural",
    "only the output of the last step sends a gradient into the states (many-to-one)",
    lambda: _args(),
)


def rnn_backward__w03_zeros_before(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    g = _zeros(W_xh, W_hh, W_hy)
    before = np.concatenate([np.zeros_like(h[:, :1]), h[:, :-1]], axis=1)
    d_next = np.zeros(h_0.shape)
    for t in reversed(range(x.shape[1])):
        real = np.ones((len(x), 1), bool) if mask is None else mask[:, t, None]
        d_h = d_logits[:, t] @ W_hy.T + d_next
        d_W_xh, d_W_hh, d_b_h, d_prev = rnn_backward_step(np.where(real, d_h, 0), x[:, t], before[:, t], h[:, t], W_hh)
        g["W_xh"] += d_W_xh
        g["W_hh"] += d_W_hh
        g["b_h"] += d_b_h
        d_next = np.where(real, d_prev, d_h)
    g["W_hy"] = np.einsum("btu,btv->uv", h, d_logits)
    g["b_y"] = d_logits.sum(axis=(0, 1))
    g["h_0"] = d_next
    return g


SHOWN["rnn_backward__w03_zeros_before"] = (
    "subtle",
    "takes zeros as the state before the first step: right for h_0 = 0",
    lambda: _args(),
)


def rnn_backward__w04_wraps_to_last(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    g = _zeros(W_xh, W_hh, W_hy)
    d_next = np.zeros(h_0.shape)
    for t in range(x.shape[1] - 1, -1, -1):
        real = np.ones((len(x), 1), bool) if mask is None else mask[:, t, None]
        g["W_hy"] += h[:, t].T @ d_logits[:, t]
        g["b_y"] += d_logits[:, t].sum(axis=0)
        d_h = d_logits[:, t] @ W_hy.T + d_next
        d_W_xh, d_W_hh, d_b_h, d_prev = rnn_backward_step(np.where(real, d_h, 0), x[:, t], h[:, t - 1], h[:, t], W_hh)
        g["W_xh"] += d_W_xh
        g["W_hh"] += d_W_hh
        g["b_h"] += d_b_h
        d_next = np.where(real, d_prev, d_h)
    g["h_0"] = d_next
    return g


SHOWN["rnn_backward__w04_wraps_to_last"] = (
    "natural",
    "h[:, t - 1] is the last state at t = 0, where h_0 belongs",
    lambda: _args(),
)


def rnn_backward__w05_forwards(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    g = _zeros(W_xh, W_hh, W_hy)
    d_next = np.zeros(h_0.shape)
    for t in range(x.shape[1]):
        h_prev = h_0 if t == 0 else h[:, t - 1]
        real = np.ones((len(x), 1), bool) if mask is None else mask[:, t, None]
        g["W_hy"] += h[:, t].T @ d_logits[:, t]
        g["b_y"] += d_logits[:, t].sum(axis=0)
        d_h = d_logits[:, t] @ W_hy.T + d_next
        d_W_xh, d_W_hh, d_b_h, d_prev = rnn_backward_step(np.where(real, d_h, 0), x[:, t], h_prev, h[:, t], W_hh)
        g["W_xh"] += d_W_xh
        g["W_hh"] += d_W_hh
        g["b_h"] += d_b_h
        d_next = np.where(real, d_prev, d_h)
    g["h_0"] = d_next
    return g


SHOWN["rnn_backward__w05_forwards"] = ("natural", "walks forwards through time", lambda: _args())


def rnn_backward__w06_last_step_wins(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    g = {"W_hy": np.tensordot(h, d_logits, axes=((0, 1), (0, 1))), "b_y": d_logits.sum(axis=(0, 1))}
    d_next = np.zeros(h_0.shape)
    for t in reversed(range(x.shape[1])):
        h_prev = h_0 if t == 0 else h[:, t - 1]
        real = np.ones((len(x), 1), bool) if mask is None else mask[:, t, None]
        d_h = d_logits[:, t] @ W_hy.T + d_next
        g["W_xh"], g["W_hh"], g["b_h"], d_prev = rnn_backward_step(
            np.where(real, d_h, 0), x[:, t], h_prev, h[:, t], W_hh
        )
        d_next = np.where(real, d_prev, d_h)
    g["h_0"] = d_next
    return g


SHOWN["rnn_backward__w06_last_step_wins"] = (
    "natural",
    "the weights' gradients are overwritten at each step instead of added",
    lambda: _args(),
)


def rnn_backward__w07_mask_ignored(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    g = _zeros(W_xh, W_hh, W_hy)
    d_next = np.zeros(h_0.shape)
    for t in reversed(range(x.shape[1])):
        h_prev = h_0 if t == 0 else h[:, t - 1]
        g["W_hy"] += h[:, t].T @ d_logits[:, t]
        g["b_y"] += d_logits[:, t].sum(axis=0)
        d_h = d_logits[:, t] @ W_hy.T + d_next
        d_W_xh, d_W_hh, d_b_h, d_next = rnn_backward_step(d_h, x[:, t], h_prev, h[:, t], W_hh)
        g["W_xh"] += d_W_xh
        g["W_hh"] += d_W_hh
        g["b_h"] += d_b_h
    g["h_0"] = d_next
    return g


SHOWN["rnn_backward__w07_mask_ignored"] = (
    "subtle",
    "masks are accepted and ignored: right for padding at the end (no gradient arrives there), wrong before a real step",
    lambda: _args(mask=_HOLES),
)


def rnn_backward__w08_masked_step_blocks(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    g = _zeros(W_xh, W_hh, W_hy)
    d_next = np.zeros(h_0.shape)
    for t in reversed(range(x.shape[1])):
        h_prev = h_0 if t == 0 else h[:, t - 1]
        g["W_hy"] += h[:, t].T @ d_logits[:, t]
        g["b_y"] += d_logits[:, t].sum(axis=0)
        d_h = d_logits[:, t] @ W_hy.T + d_next
        if mask is not None:
            d_h = d_h * mask[:, t, None]
        d_W_xh, d_W_hh, d_b_h, d_next = rnn_backward_step(d_h, x[:, t], h_prev, h[:, t], W_hh)
        g["W_xh"] += d_W_xh
        g["W_hh"] += d_W_hh
        g["b_h"] += d_b_h
    g["h_0"] = d_next
    return g


SHOWN["rnn_backward__w08_masked_step_blocks"] = (
    "subtle",
    "a masked step stops the gradient instead of handing it on: right for padding at the end",
    lambda: _args(mask=_HOLES),
)


def rnn_backward__w09_divided_by_time(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    g = _zeros(W_xh, W_hh, W_hy)
    d_next = np.zeros(h_0.shape)
    time = x.shape[1]
    for t in reversed(range(time)):
        h_prev = h_0 if t == 0 else h[:, t - 1]
        real = np.ones((len(x), 1), bool) if mask is None else mask[:, t, None]
        g["W_hy"] += h[:, t].T @ d_logits[:, t] / time
        g["b_y"] += d_logits[:, t].sum(axis=0) / time
        d_h = d_logits[:, t] @ W_hy.T + d_next
        d_W_xh, d_W_hh, d_b_h, d_prev = rnn_backward_step(np.where(real, d_h, 0), x[:, t], h_prev, h[:, t], W_hh)
        g["W_xh"] += d_W_xh / time
        g["W_hh"] += d_W_hh / time
        g["b_h"] += d_b_h / time
        d_next = np.where(real, d_prev, d_h)
    g["h_0"] = d_next
    return g


SHOWN["rnn_backward__w09_divided_by_time"] = (
    "natural",
    "takes the mean over time a second time; d_logits already holds the mean",
    lambda: _args(),
)


def rnn_backward__w10_truncated(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None, steps=20):
    g = _zeros(W_xh, W_hh, W_hy)
    d_next = np.zeros(h_0.shape)
    time = x.shape[1]
    for t in reversed(range(time)):
        h_prev = h_0 if t == 0 else h[:, t - 1]
        real = np.ones((len(x), 1), bool) if mask is None else mask[:, t, None]
        g["W_hy"] += h[:, t].T @ d_logits[:, t]
        g["b_y"] += d_logits[:, t].sum(axis=0)
        if (time - 1 - t) % steps == 0:
            d_next = np.zeros(h_0.shape)
        d_h = d_logits[:, t] @ W_hy.T + d_next
        d_W_xh, d_W_hh, d_b_h, d_prev = rnn_backward_step(np.where(real, d_h, 0), x[:, t], h_prev, h[:, t], W_hh)
        g["W_xh"] += d_W_xh
        g["W_hh"] += d_W_hh
        g["b_h"] += d_b_h
        d_next = np.where(real, d_prev, d_h)
    g["h_0"] = d_next
    return g


SHOWN["rnn_backward__w10_truncated"] = (
    "subtle",
    "truncated: the gradient is cut every 20 steps",
    lambda: _args(time=50),
)


def rnn_backward__w11_clipped(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    g = _zeros(W_xh, W_hh, W_hy)
    d_next = np.zeros(h_0.shape)
    for t in reversed(range(x.shape[1])):
        h_prev = h_0 if t == 0 else h[:, t - 1]
        real = np.ones((len(x), 1), bool) if mask is None else mask[:, t, None]
        g["W_hy"] += h[:, t].T @ d_logits[:, t]
        g["b_y"] += d_logits[:, t].sum(axis=0)
        d_h = d_logits[:, t] @ W_hy.T + d_next
        d_W_xh, d_W_hh, d_b_h, d_prev = rnn_backward_step(np.where(real, d_h, 0), x[:, t], h_prev, h[:, t], W_hh)
        g["W_xh"] += d_W_xh
        g["W_hh"] += d_W_hh
        g["b_h"] += d_b_h
        d_next = np.where(real, d_prev, d_h)
    g["h_0"] = d_next
    return {name: np.clip(d, -5.0, 5.0) for name, d in g.items()}


SHOWN["rnn_backward__w11_clipped"] = (
    "subtle",
    "gradients are clipped at 5 before they are returned",
    lambda: _args(scale=1000.0),
)


def rnn_backward__w12_h_0_one_short(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    g = _zeros(W_xh, W_hh, W_hy)
    d_next = np.zeros(h_0.shape)
    for t in reversed(range(x.shape[1])):
        h_prev = h_0 if t == 0 else h[:, t - 1]
        real = np.ones((len(x), 1), bool) if mask is None else mask[:, t, None]
        g["W_hy"] += h[:, t].T @ d_logits[:, t]
        g["b_y"] += d_logits[:, t].sum(axis=0)
        d_h = d_logits[:, t] @ W_hy.T + d_next
        d_W_xh, d_W_hh, d_b_h, d_prev = rnn_backward_step(np.where(real, d_h, 0), x[:, t], h_prev, h[:, t], W_hh)
        g["W_xh"] += d_W_xh
        g["W_hh"] += d_W_hh
        g["b_h"] += d_b_h
        d_next = np.where(real, d_prev, d_h)
    g["h_0"] = d_h
    return g


SHOWN["rnn_backward__w12_h_0_one_short"] = ("natural", "as the gradient of h_0 it returns that of h_1", lambda: _args())


def rnn_backward__w13_one_array_for_both(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    same = W_xh.shape == W_hh.shape
    d_W_hh_sum = np.zeros(W_hh.shape)
    d_W_xh_sum = d_W_hh_sum if same else np.zeros(W_xh.shape)
    d_b = np.zeros(W_hh.shape[0])
    d_next = np.zeros(h_0.shape)
    for t in reversed(range(x.shape[1])):
        h_prev = h_0 if t == 0 else h[:, t - 1]
        real = np.ones((len(x), 1), bool) if mask is None else mask[:, t, None]
        d_h = d_logits[:, t] @ W_hy.T + d_next
        a, b, c, d_prev = rnn_backward_step(np.where(real, d_h, 0), x[:, t], h_prev, h[:, t], W_hh)
        d_W_xh_sum += a
        d_W_hh_sum += b
        d_b += c
        d_next = np.where(real, d_prev, d_h)
    return {
        "W_xh": d_W_xh_sum,
        "W_hh": d_W_hh_sum,
        "b_h": d_b,
        "W_hy": np.einsum("btu,btv->uv", h, d_logits),
        "b_y": d_logits.sum(axis=(0, 1)),
        "h_0": d_next,
    }


SHOWN["rnn_backward__w13_one_array_for_both"] = (
    "subtle",
    "where features == units, W_xh and W_hh add up in the same array",
    lambda: _args(features=3, units=3),
)


def rnn_backward__w14_changes_d_logits(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    g = _zeros(W_xh, W_hh, W_hy)
    d_next = np.zeros(h_0.shape)
    if mask is not None:
        d_logits *= mask[:, :, None]
    for t in reversed(range(x.shape[1])):
        h_prev = h_0 if t == 0 else h[:, t - 1]
        real = np.ones((len(x), 1), bool) if mask is None else mask[:, t, None]
        g["W_hy"] += h[:, t].T @ d_logits[:, t]
        g["b_y"] += d_logits[:, t].sum(axis=0)
        d_h = d_logits[:, t] @ W_hy.T + d_next
        d_logits[:, t] = 0.0  # done
        d_W_xh, d_W_hh, d_b_h, d_prev = rnn_backward_step(np.where(real, d_h, 0), x[:, t], h_prev, h[:, t], W_hh)
        g["W_xh"] += d_W_xh
        g["W_hh"] += d_W_hh
        g["b_h"] += d_b_h
        d_next = np.where(real, d_prev, d_h)
    g["h_0"] = d_next
    return g


SHOWN["rnn_backward__w14_changes_d_logits"] = (
    "use",
    "d_logits of the caller is set to zero on the way",
    "changes its argument d_logits",
)


_w15_gradients = {}


def rnn_backward__w15_gradients_kept(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    key = W_xh.shape + W_hy.shape
    g = _w15_gradients.setdefault(key, _zeros(W_xh, W_hh, W_hy))
    d_next = np.zeros(h_0.shape)
    for t in reversed(range(x.shape[1])):
        h_prev = h_0 if t == 0 else h[:, t - 1]
        real = np.ones((len(x), 1), bool) if mask is None else mask[:, t, None]
        g["W_hy"] += h[:, t].T @ d_logits[:, t]
        g["b_y"] += d_logits[:, t].sum(axis=0)
        d_h = d_logits[:, t] @ W_hy.T + d_next
        d_W_xh, d_W_hh, d_b_h, d_prev = rnn_backward_step(np.where(real, d_h, 0), x[:, t], h_prev, h[:, t], W_hh)
        g["W_xh"] += d_W_xh
        g["W_hh"] += d_W_hh
        g["b_h"] += d_b_h
        d_next = np.where(real, d_prev, d_h)
    g["h_0"] = d_next
    return g


SHOWN["rnn_backward__w15_gradients_kept"] = (
    "use",
    "gradients are added to those of earlier calls with the same sizes (as .grad in PyTorch)",
    "the second call returns the sum over both calls",
)


def rnn_backward__w16_mask_for_the_batch(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    g = _zeros(W_xh, W_hh, W_hy)
    d_next = np.zeros(h_0.shape)
    for t in reversed(range(x.shape[1])):
        g["W_hy"] += h[:, t].T @ d_logits[:, t]
        g["b_y"] += d_logits[:, t].sum(axis=0)
        d_h = d_logits[:, t] @ W_hy.T + d_next
        if mask is not None and not mask[:, t].all():
            d_next = d_h
            continue
        h_prev = h_0 if t == 0 else h[:, t - 1]
        d_W_xh, d_W_hh, d_b_h, d_next = rnn_backward_step(d_h, x[:, t], h_prev, h[:, t], W_hh)
        g["W_xh"] += d_W_xh
        g["W_hh"] += d_W_hh
        g["b_h"] += d_b_h
    g["h_0"] = d_next
    return g


SHOWN["rnn_backward__w16_mask_for_the_batch"] = (
    "subtle",
    "a step at which one sequence is masked is passed over for all: right for a batch of 1 or equal lengths",
    lambda: _args(mask=_PADDED),
)


def rnn_backward__w17_single_precision(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    x, h_0, h, W_xh, W_hh, W_hy, d_logits = [
        np.asarray(a, dtype="float32") for a in (x, h_0, h, W_xh, W_hh, W_hy, d_logits)
    ]
    g = _zeros(W_xh, W_hh, W_hy)
    d_next = np.zeros(h_0.shape, dtype="float32")
    for t in reversed(range(x.shape[1])):
        h_prev = h_0 if t == 0 else h[:, t - 1]
        real = np.ones((len(x), 1), bool) if mask is None else mask[:, t, None]
        g["W_hy"] += h[:, t].T @ d_logits[:, t]
        g["b_y"] += d_logits[:, t].sum(axis=0)
        d_h = d_logits[:, t] @ W_hy.T + d_next
        d_W_xh, d_W_hh, d_b_h, d_prev = rnn_backward_step(
            np.where(real, d_h, np.float32(0)), x[:, t], h_prev, h[:, t], W_hh
        )
        g["W_xh"] += d_W_xh
        g["W_hh"] += d_W_hh
        g["b_h"] += d_b_h
        d_next = np.where(real, d_prev, d_h)
    g["h_0"] = d_next
    return g


SHOWN["rnn_backward__w17_single_precision"] = (
    "subtle",
    "float32 instead of float64: errors grow over 50 steps",
    lambda: _args(time=50, features=8, units=10),
)


def rnn_backward__w18_outer_output(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    g = _zeros(W_xh, W_hh, W_hy)
    h_prevs = np.concatenate([h_0[:, None], h[:, :-1]], axis=1)
    d_next = np.zeros(h_0.shape)
    for t in reversed(range(x.shape[1])):
        g["W_hy"] += h_prevs[:, t].T @ d_logits[:, t]
        g["b_y"] += d_logits[:, t].sum(axis=0)
        real = np.ones((len(x), 1), bool) if mask is None else mask[:, t, None]
        d_h = d_logits[:, t] @ W_hy.T + d_next
        d_W_xh, d_W_hh, d_b_h, d_prev = rnn_backward_step(np.where(real, d_h, 0), x[:, t], h_prevs[:, t], h[:, t], W_hh)
        g["W_xh"] += d_W_xh
        g["W_hh"] += d_W_hh
        g["b_h"] += d_b_h
        d_next = np.where(real, d_prev, d_h)
    g["h_0"] = d_next
    return g


SHOWN["rnn_backward__w18_outer_output"] = (
    "natural",
    "the gradient of W_hy uses the state before the step instead of the state after it",
    lambda: _args(),
)


def rnn_backward__w19_output_twice(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    g = _zeros(W_xh, W_hh, W_hy)
    d_states = d_logits @ W_hy.T
    d_next = np.zeros(h_0.shape)
    for t in reversed(range(x.shape[1])):
        h_prev = h_0 if t == 0 else h[:, t - 1]
        real = np.ones((len(x), 1), bool) if mask is None else mask[:, t, None]
        d_h = d_states[:, t] + d_next
        d_W_xh, d_W_hh, d_b_h, d_prev = rnn_backward_step(np.where(real, d_h, 0), x[:, t], h_prev, h[:, t], W_hh)
        g["W_xh"] += d_W_xh
        g["W_hh"] += d_W_hh
        g["b_h"] += d_b_h
        g["W_hy"] += h[:, t].T @ d_logits[:, t]
        g["b_y"] += d_logits[:, t].sum(axis=0)
        d_next = np.where(real, d_prev + d_states[:, t - 1] * (t > 0), d_h)
    g["h_0"] = d_next
    return g


SHOWN["rnn_backward__w19_output_twice"] = (
    "subtle",
    "the output's gradient is added at the end of a step and once more at the next: right for one step",
    lambda: _args(),
)


def rnn_backward__w20_asks_mask_for_truth(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    if not mask:
        mask = np.ones(x.shape[:2], dtype=bool)
    g = _zeros(W_xh, W_hh, W_hy)
    d_next = np.zeros(h_0.shape)
    for t in reversed(range(x.shape[1])):
        h_prev = h_0 if t == 0 else h[:, t - 1]
        g["W_hy"] += h[:, t].T @ d_logits[:, t]
        g["b_y"] += d_logits[:, t].sum(axis=0)
        d_h = d_logits[:, t] @ W_hy.T + d_next
        real = mask[:, t, None]
        d_W_xh, d_W_hh, d_b_h, d_prev = rnn_backward_step(np.where(real, d_h, 0), x[:, t], h_prev, h[:, t], W_hh)
        g["W_xh"] += d_W_xh
        g["W_hh"] += d_W_hh
        g["b_h"] += d_b_h
        d_next = np.where(real, d_prev, d_h)
    g["h_0"] = d_next
    return g


SHOWN["rnn_backward__w20_asks_mask_for_truth"] = (
    "use",
    "`not mask` of an array: an error as soon as a mask is given",
    lambda: _args(mask=_PADDED),
)


# ---------------------------------------------------------------- right
def rnn_backward__r1_loop(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    time = x.shape[1]
    d = {
        "W_xh": np.zeros(W_xh.shape),
        "W_hh": np.zeros(W_hh.shape),
        "b_h": np.zeros(W_hh.shape[1]),
        "W_hy": np.zeros(W_hy.shape),
        "b_y": np.zeros(W_hy.shape[1]),
    }
    d_future = np.zeros(h_0.shape)
    for t in range(time - 1, -1, -1):
        h_t = h[:, t]
        h_prev = h[:, t - 1] if t > 0 else h_0
        d["W_hy"] += h_t.T @ d_logits[:, t]
        d["b_y"] += d_logits[:, t].sum(axis=0)
        d_h = d_logits[:, t] @ W_hy.T + d_future
        if mask is None:
            d_W_xh, d_W_hh, d_b_h, d_future = rnn_backward_step(d_h, x[:, t], h_prev, h_t, W_hh)
        else:
            real = mask[:, t][:, None]
            d_W_xh, d_W_hh, d_b_h, d_prev = rnn_backward_step(d_h * real, x[:, t], h_prev, h_t, W_hh)
            d_future = np.where(real, d_prev, d_h)
        d["W_xh"] += d_W_xh
        d["W_hh"] += d_W_hh
        d["b_h"] += d_b_h
    d["h_0"] = d_future
    return d


def rnn_backward__r2_collect_then_sum(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    batch, time, _ = x.shape
    units = h_0.shape[1]
    real = np.ones((batch, time), bool) if mask is None else np.asarray(mask, bool)
    before = np.concatenate([h_0[:, None], h[:, :-1]], axis=1)
    slope = (1 - h**2) * real[..., None]
    d_out = np.einsum("btv,uv->btu", d_logits, W_hy)
    d_z = np.zeros((batch, time, units))
    carry = np.zeros((batch, units))
    for t in reversed(range(time)):
        d_h = d_out[:, t] + carry
        d_z[:, t] = d_h * slope[:, t]
        carry = d_z[:, t] @ W_hh.T + d_h * ~real[:, t, None]
    return dict(
        W_xh=np.einsum("btf,btu->fu", x, d_z),
        W_hh=np.einsum("btk,btu->ku", before, d_z),
        b_h=np.einsum("btu->u", d_z),
        W_hy=np.einsum("btu,btv->uv", h, d_logits),
        b_y=np.einsum("btv->v", d_logits),
        h_0=carry,
    )


def rnn_backward__r3_rows(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    flat_h, flat_d = h.reshape(-1, h.shape[-1]), d_logits.reshape(-1, d_logits.shape[-1])
    d_x, d_m, d_b = 0.0, 0.0, 0.0
    d_start = np.zeros(h_0.shape)
    for i in range(len(x)):
        carry = np.zeros((1, h_0.shape[1]))
        for t in range(x.shape[1])[::-1]:
            carry = carry + W_hy @ d_logits[i, t]
            if mask is not None and not mask[i, t]:
                continue
            h_prev = h[i, t - 1] if t else h_0[i]
            a, b, c, carry = rnn_backward_step(carry, x[i : i + 1, t], h_prev[None], h[i : i + 1, t], W_hh)
            d_x, d_m, d_b = d_x + a, d_m + b, d_b + c
        d_start[i] = carry[0]
    return {
        "W_xh": d_x + np.zeros(W_xh.shape),
        "W_hh": d_m + np.zeros(W_hh.shape),
        "b_h": d_b + np.zeros(len(W_hh)),
        "W_hy": flat_h.T @ flat_d,
        "b_y": flat_d.sum(axis=0),
        "h_0": d_start,
    }


def rnn_backward__r4_recursion(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    states = [h_0] + [h[:, t] for t in range(h.shape[1])]

    def back(t, d_after):
        """gradients of the steps t, t-1, ..., 0, when d_after comes from step t + 1"""
        if t < 0:
            return 0.0, 0.0, 0.0, d_after
        d_h = d_after + d_logits[:, t] @ W_hy.T
        active = np.full(len(x), True) if mask is None else mask[:, t]
        d_prev = d_h.copy()
        a, b, c, d_prev[active] = rnn_backward_step(
            d_h[active], x[active, t], states[t][active], states[t + 1][active], W_hh
        )
        p, q, r, d_start = back(t - 1, d_prev)
        return a + p, b + q, c + r, d_start

    d_W_xh, d_W_hh, d_b_h, d_h_0 = back(x.shape[1] - 1, np.zeros_like(h_0, dtype=np.float64))
    return {
        "W_xh": d_W_xh,
        "W_hh": d_W_hh,
        "b_h": d_b_h,
        "W_hy": sum(h[:, t].T @ d_logits[:, t] for t in range(h.shape[1])),
        "b_y": d_logits.sum(axis=1).sum(axis=0),
        "h_0": d_h_0,
    }


def rnn_backward__r5_lists(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    keep = np.ones(x.shape[:2]) if mask is None else np.array(mask, dtype=np.float64)
    parts = []
    d_h = np.zeros(h_0.shape)
    for t in reversed(range(x.shape[1])):
        m = keep[:, t : t + 1]
        d_h = d_h + np.dot(d_logits[:, t], W_hy.T)
        *weights, d_prev = rnn_backward_step(m * d_h, x[:, t], h[:, t - 1] if t else h_0, h[:, t], W_hh)
        parts.append(weights)
        d_h = d_prev + (1 - m) * d_h
    d_W_xh, d_W_hh, d_b_h = (np.sum(part, axis=0) for part in zip(*parts))
    return {
        "W_xh": d_W_xh,
        "W_hh": d_W_hh,
        "b_h": d_b_h,
        "W_hy": np.tensordot(h, d_logits, axes=([0, 1], [0, 1])),
        "b_y": d_logits.sum(axis=(0, 1)),
        "h_0": d_h,
    }


def rnn_backward__r6_tape(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    import tensorflow as tf

    def tensor(a):
        return tf.constant(a, dtype=tf.float64)

    # b_h is not given, but each step may be linearised at its stored state: h_t = const + slope * (z - z_now)
    X, H0, Wx, Wh, Wy = map(tensor, (x, h_0, W_xh, W_hh, W_hy))
    bh, by = tf.zeros(W_hh.shape[0], tf.float64), tf.zeros(W_hy.shape[1], tf.float64)
    with tf.GradientTape() as tape:
        tape.watch([Wx, Wh, bh, Wy, by, H0])
        state, total = H0, tensor(0.0)
        for t in range(x.shape[1]):
            z = X[:, t] @ Wx + state @ Wh + bh
            new = tensor(h[:, t]) + tensor(1 - h[:, t] ** 2) * (z - tf.stop_gradient(z))
            state = new if mask is None else tf.where(mask[:, t, None], new, state)
            total += tf.reduce_sum(tensor(d_logits[:, t]) * (state @ Wy + by))
    grads = tape.gradient(total, [Wx, Wh, bh, Wy, by, H0], unconnected_gradients="zero")
    return dict(zip(("W_xh", "W_hh", "b_h", "W_hy", "b_y", "h_0"), (g.numpy() for g in grads)))
