import numpy as np

SHOWN = {}


def _args(batch=3, time=5, units=4, scale=1.0, seed=0):
    rng = np.random.default_rng(seed)
    return dict(
        h=np.tanh(rng.normal(size=(batch, time, units))),
        W_hh=rng.normal(size=(units, units)),
        d_h_last=rng.normal(size=(batch, units)) * scale,
    )


# ---------------------------------------------------------------- wrong
def state_gradient_norms__w01_slope_of_earlier_state(h, W_hh, d_h_last):
    time = h.shape[1]
    norms = np.zeros(time)
    g = d_h_last
    norms[-1] = np.linalg.norm(g)
    for t in range(time - 2, -1, -1):
        g = (g * (1 - h[:, t] ** 2)) @ W_hh.T
        norms[t] = np.linalg.norm(g)
    return norms


SHOWN["state_gradient_norms__w01_slope_of_earlier_state"] = (
    "natural",
    "on the way from t + 1 to t it takes the slope at h_t instead of h_{t+1}",
    lambda: _args(),
)


def state_gradient_norms__w02_no_tanh(h, W_hh, d_h_last):
    g = d_h_last
    norms = [np.linalg.norm(g)]
    for _ in range(h.shape[1] - 1):
        g = g @ W_hh.T
        norms.append(np.linalg.norm(g))
    return np.array(norms[::-1])


SHOWN["state_gradient_norms__w02_no_tanh"] = (
    "natural",
    "powers of W_hh only, the tanh is not passed; right for states of 0",
    lambda: _args(),
)


def state_gradient_norms__w03_not_transposed(h, W_hh, d_h_last):
    g = d_h_last
    norms = [np.linalg.norm(g)]
    for t in range(h.shape[1] - 1, 0, -1):
        g = (g * (1 - h[:, t] ** 2)) @ W_hh
        norms.append(np.linalg.norm(g))
    return np.array(norms[::-1])


SHOWN["state_gradient_norms__w03_not_transposed"] = (
    "natural",
    "W_hh instead of its transpose; right for one unit or a symmetric matrix",
    lambda: _args(),
)


def state_gradient_norms__w04_one_step_further(h, W_hh, d_h_last):
    time = h.shape[1]
    norms = np.zeros(time)
    g = d_h_last
    for t in reversed(range(time)):
        g = (g * (1 - h[:, t] ** 2)) @ W_hh.T
        norms[t] = np.linalg.norm(g)
    return norms


SHOWN["state_gradient_norms__w04_one_step_further"] = (
    "natural",
    "norm taken after the step: entry t belongs to h_{t-1}",
    lambda: _args(),
)


def state_gradient_norms__w05_last_first(h, W_hh, d_h_last):
    g = d_h_last
    norms = [np.linalg.norm(g)]
    for t in range(h.shape[1] - 1, 0, -1):
        g = (g * (1 - h[:, t] ** 2)) @ W_hh.T
        norms.append(np.linalg.norm(g))
    return np.array(norms)


SHOWN["state_gradient_norms__w05_last_first"] = ("natural", "the list starts with the last step", lambda: _args())


def state_gradient_norms__w06_mean_of_rows(h, W_hh, d_h_last):
    g = d_h_last
    norms = [np.linalg.norm(g, axis=1).mean()]
    for t in range(h.shape[1] - 1, 0, -1):
        g = (g * (1 - h[:, t] ** 2)) @ W_hh.T
        norms.insert(0, np.linalg.norm(g, axis=1).mean())
    return np.array(norms)


SHOWN["state_gradient_norms__w06_mean_of_rows"] = (
    "subtle",
    "mean of the norms of the sequences instead of one norm over all: right for a batch of 1",
    lambda: _args(),
)


def state_gradient_norms__w07_no_root(h, W_hh, d_h_last):
    g = d_h_last
    norms = [np.sum(g**2)]
    for t in range(h.shape[1] - 1, 0, -1):
        g = (g * (1 - h[:, t] ** 2)) @ W_hh.T
        norms.append(np.sum(g**2))
    return np.array(norms[::-1])


SHOWN["state_gradient_norms__w07_no_root"] = ("natural", "the root is forgotten", lambda: _args())


def state_gradient_norms__w08_spectral(h, W_hh, d_h_last):
    g = d_h_last
    norms = [np.linalg.norm(g, ord=2)]
    for t in range(h.shape[1] - 1, 0, -1):
        g = (g * (1 - h[:, t] ** 2)) @ W_hh.T
        norms.append(np.linalg.norm(g, ord=2))
    return np.array(norms[::-1])


SHOWN["state_gradient_norms__w08_spectral"] = (
    "subtle",
    "ord=2 of a matrix is the largest singular value: right for a batch of 1 or one unit",
    lambda: _args(),
)


def state_gradient_norms__w09_batch_summed(h, W_hh, d_h_last):
    g = d_h_last
    norms = [np.linalg.norm(g.sum(axis=0))]
    for t in range(h.shape[1] - 1, 0, -1):
        g = (g * (1 - h[:, t] ** 2)) @ W_hh.T
        norms.append(np.linalg.norm(g.sum(axis=0)))
    return np.array(norms[::-1])


SHOWN["state_gradient_norms__w09_batch_summed"] = (
    "subtle",
    "adds up the batch before the norm: right for a batch of 1",
    lambda: _args(),
)


def state_gradient_norms__w10_with_h_0(h, W_hh, d_h_last):
    g = d_h_last
    norms = [np.linalg.norm(g)]
    for t in reversed(range(h.shape[1])):
        g = (g * (1 - h[:, t] ** 2)) @ W_hh.T
        norms.append(np.linalg.norm(g))
    return np.array(norms[::-1])


SHOWN["state_gradient_norms__w10_with_h_0"] = ("natural", "has an entry for h_0 too: time + 1 norms", lambda: _args())


def state_gradient_norms__w11_changes_d_h_last(h, W_hh, d_h_last):
    g = d_h_last
    norms = np.zeros(h.shape[1])
    norms[-1] = np.linalg.norm(g)
    for t in range(h.shape[1] - 1, 0, -1):
        g *= 1 - h[:, t] ** 2
        g = g @ W_hh.T
        norms[t - 1] = np.linalg.norm(g)
    return norms


SHOWN["state_gradient_norms__w11_changes_d_h_last"] = (
    "use",
    "the first step back multiplies the array of the caller",
    "changes its argument d_h_last (for 2 steps and more)",
)


def state_gradient_norms__w12_stops_when_small(h, W_hh, d_h_last):
    norms = np.zeros(h.shape[1])
    g = d_h_last
    norms[-1] = np.linalg.norm(g)
    for t in range(h.shape[1] - 1, 0, -1):
        g = (g * (1 - h[:, t] ** 2)) @ W_hh.T
        norms[t - 1] = np.linalg.norm(g)
        if norms[t - 1] < 1e-6:
            break
    return norms


SHOWN["state_gradient_norms__w12_stops_when_small"] = (
    "subtle",
    "stops at norms below 1e-6 and leaves 0 for all earlier steps",
    lambda: dict(_args(time=50), W_hh=np.eye(4) * 0.3),
)


def state_gradient_norms__w13_single_precision(h, W_hh, d_h_last):
    h, W_hh, g = h.astype(np.float32), W_hh.astype(np.float32), d_h_last.astype(np.float32)
    norms = [np.linalg.norm(g)]
    for t in range(h.shape[1] - 1, 0, -1):
        g = (g * (1 - h[:, t] ** 2)) @ W_hh.T
        norms.append(np.linalg.norm(g))
    return np.array(norms[::-1], dtype=float)


SHOWN["state_gradient_norms__w13_single_precision"] = (
    "subtle",
    "in float32 the squares underflow: vanished gradients of 1e-25 become 0",
    lambda: dict(_args(time=50), W_hh=np.eye(4) * 0.3),
)


def state_gradient_norms__w14_clipped(h, W_hh, d_h_last):
    g = d_h_last
    norms = [np.linalg.norm(g)]
    for t in range(h.shape[1] - 1, 0, -1):
        g = np.clip((g * (1 - h[:, t] ** 2)) @ W_hh.T, -1e3, 1e3)
        norms.append(np.linalg.norm(g))
    return np.array(norms[::-1])


SHOWN["state_gradient_norms__w14_clipped"] = (
    "subtle",
    "clipped at 1000 on the way: exploding gradients are not seen",
    lambda: dict(_args(time=30), W_hh=np.eye(4) * 5.0),
)


def state_gradient_norms__w15_relative(h, W_hh, d_h_last):
    g = d_h_last / np.linalg.norm(d_h_last)
    norms = [1.0]
    for t in range(h.shape[1] - 1, 0, -1):
        g = (g * (1 - h[:, t] ** 2)) @ W_hh.T
        norms.append(np.linalg.norm(g))
    return np.array(norms[::-1])


SHOWN["state_gradient_norms__w15_relative"] = (
    "subtle",
    "relative to the last norm: right when d_h_last has norm 1, nan when it is 0",
    lambda: _args(),
)


def state_gradient_norms__w16_product_of_norms(h, W_hh, d_h_last):
    norms = [np.linalg.norm(d_h_last)]
    for t in range(h.shape[1] - 1, 0, -1):
        norms.append(norms[-1] * np.linalg.norm(1 - h[:, t] ** 2) * np.linalg.norm(W_hh))
    return np.array(norms[::-1])


SHOWN["state_gradient_norms__w16_product_of_norms"] = (
    "natural",
    "multiplies norms (an upper bound) instead of the gradient itself; right for one unit and a batch of 1",
    lambda: _args(),
)


def state_gradient_norms__w17_each_sequence(h, W_hh, d_h_last):
    g = d_h_last
    norms = [np.linalg.norm(g, axis=-1)]
    for t in range(h.shape[1] - 1, 0, -1):
        g = (g * (1 - h[:, t] ** 2)) @ W_hh.T
        norms.append(np.linalg.norm(g, axis=-1))
    return np.squeeze(np.array(norms[::-1]))


SHOWN["state_gradient_norms__w17_each_sequence"] = (
    "subtle",
    "a norm for each sequence, (time, batch); squeeze makes it right for a batch of 1",
    lambda: _args(),
)


_w18_jacobians = {}


def state_gradient_norms__w18_jacobians_kept(h, W_hh, d_h_last):
    if h.shape not in _w18_jacobians:
        _w18_jacobians[h.shape] = (1 - h**2)[..., None] * W_hh.T
    J = _w18_jacobians[h.shape]
    g = d_h_last
    norms = [np.linalg.norm(g)]
    for t in range(h.shape[1] - 1, 0, -1):
        g = np.einsum("bi,bij->bj", g, J[:, t])
        norms.append(np.linalg.norm(g))
    return np.array(norms[::-1])


SHOWN["state_gradient_norms__w18_jacobians_kept"] = (
    "use",
    "the Jacobians of the first call are kept for each shape",
    "the second call with other h or W_hh of the same shapes uses the first ones",
)


def state_gradient_norms__w19_after_tanh(h, W_hh, d_h_last):
    time = h.shape[1]
    norms = np.zeros(time)
    g = d_h_last
    for t in range(time - 1, -1, -1):
        if t < time - 1:
            g = (g @ W_hh.T) * (1 - h[:, t] ** 2)
        norms[t] = np.linalg.norm(g)
    return norms


SHOWN["state_gradient_norms__w19_after_tanh"] = (
    "natural",
    "first W_hh, then tanh: the order of the way forward",
    lambda: _args(),
)


def state_gradient_norms__w20_root_of_batch(h, W_hh, d_h_last):
    g = d_h_last
    norms = [np.sqrt((g**2).sum(axis=1).mean())]
    for t in range(h.shape[1] - 1, 0, -1):
        g = (g * (1 - h[:, t] ** 2)) @ W_hh.T
        norms.append(np.sqrt((g**2).sum(axis=1).mean()))
    return np.flip(norms)


SHOWN["state_gradient_norms__w20_root_of_batch"] = (
    "subtle",
    "root of the mean over the batch instead of the sum: right for a batch of 1",
    lambda: _args(),
)


# ---------------------------------------------------------------- right
def state_gradient_norms__r1_table(h, W_hh, d_h_last):
    time = h.shape[1]
    norms = np.empty(time)
    d_h = d_h_last
    norms[time - 1] = np.linalg.norm(d_h)
    for t in range(time - 1, 0, -1):
        d_h = (d_h * (1 - h[:, t] ** 2)) @ W_hh.T
        norms[t - 1] = np.linalg.norm(d_h)
    return norms


def state_gradient_norms__r2_backward_step(h, W_hh, d_h_last):
    time = h.shape[1]
    d_h = d_h_last
    norms = [np.linalg.norm(d_h)]
    dummy = np.zeros((h.shape[0], 1))
    for t in range(time - 1, 0, -1):
        _, _, _, d_h = rnn_backward_step(d_h, dummy, h[:, t - 1], h[:, t], W_hh)
        norms.append(np.linalg.norm(d_h, "fro"))
    return np.array(norms[::-1])


def state_gradient_norms__r3_whole_table(h, W_hh, d_h_last):
    slope = 1.0 - np.square(h)
    d = np.zeros(h.shape)
    d[:, -1] = d_h_last
    for t in reversed(range(h.shape[1] - 1)):
        d[:, t] = np.einsum("bu,bu,ku->bk", d[:, t + 1], slope[:, t + 1], W_hh)
    return np.linalg.norm(d, axis=(0, 2))


def state_gradient_norms__r4_accumulate(h, W_hh, d_h_last):
    from itertools import accumulate

    gradients = accumulate(
        reversed(range(1, h.shape[1])), lambda g, t: np.dot(g - g * h[:, t] * h[:, t], W_hh.T), initial=d_h_last
    )
    return np.flip([np.linalg.norm(g.ravel()) for g in gradients])


def state_gradient_norms__r5_recursion(h, W_hh, d_h_last):
    here = np.array([np.hypot.reduce(d_h_last, axis=None)])
    if h.shape[1] == 1:
        return here
    d_before = (W_hh @ (d_h_last * (1 - h[:, -1]) * (1 + h[:, -1])).T).T
    return np.concatenate([state_gradient_norms__r5_recursion(h[:, :-1], W_hh, d_before), here])


def state_gradient_norms__r6_jacobians(h, W_hh, d_h_last):
    batch, time, units = h.shape
    g = [row for row in np.array(d_h_last, dtype=np.float64)]
    norms = [np.sqrt(sum(row @ row for row in g))]
    for t in range(time - 1, 0, -1):
        g = [(W_hh @ np.diag(1 - h[i, t] ** 2)) @ g[i] for i in range(batch)]
        norms.insert(0, np.sqrt(sum(row @ row for row in g)))
    return np.asarray(norms)
