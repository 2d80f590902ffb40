"""The classic wrong answers of lab 1: the way back.

A name says all (`listed`): `rnn_backward__no_flow` must earn the hint `no_flow`.

Where a function calls an earlier exercise, it calls the right one, defined here.
"""

import numpy as np

# The right answer of an earlier exercise.


def rnn_backward_step(d_h, x_t, h_prev, h_t, W_hh):
    d_a = d_h * (1 - h_t**2)
    return x_t.T @ d_a, h_prev.T @ d_a, d_a.sum(axis=0), d_a @ W_hh.T


# 4.3 rnn_backward_step


def rnn_backward_step__no_derivative(d_h, x_t, h_prev, h_t, W_hh):
    return x_t.T @ d_h, h_prev.T @ d_h, d_h.sum(axis=0), d_h @ W_hh.T


def rnn_backward_step__on_preactivation(d_h, x_t, h_prev, h_t, W_hh):
    a = np.arctanh(h_t)
    d_a = d_h * (1 - a**2)
    return x_t.T @ d_a, h_prev.T @ d_a, d_a.sum(axis=0), d_a @ W_hh.T


def rnn_backward_step__tanh_twice(d_h, x_t, h_prev, h_t, W_hh):
    d_a = d_h * (1 - np.tanh(h_t) ** 2)
    return x_t.T @ d_a, h_prev.T @ d_a, d_a.sum(axis=0), d_a @ W_hh.T


def rnn_backward_step__slope_at_h_prev(d_h, x_t, h_prev, h_t, W_hh):
    d_a = d_h * (1 - h_prev**2)
    return x_t.T @ d_a, h_prev.T @ d_a, d_a.sum(axis=0), d_a @ W_hh.T


def rnn_backward_step__slope_not_squared(d_h, x_t, h_prev, h_t, W_hh):
    d_a = d_h * (1 - h_t)
    return x_t.T @ d_a, h_prev.T @ d_a, d_a.sum(axis=0), d_a @ W_hh.T


def rnn_backward_step__sigmoid_slope(d_h, x_t, h_prev, h_t, W_hh):
    d_a = d_h * h_t * (1 - h_t)
    return x_t.T @ d_a, h_prev.T @ d_a, d_a.sum(axis=0), d_a @ W_hh.T


def rnn_backward_step__h_t_for_h_prev(d_h, x_t, h_prev, h_t, W_hh):
    d_a = d_h * (1 - h_t**2)
    return x_t.T @ d_a, h_t.T @ d_a, d_a.sum(axis=0), d_a @ W_hh.T


def rnn_backward_step__no_batch_sum(d_h, x_t, h_prev, h_t, W_hh):
    d_a = d_h * (1 - h_t**2)
    return x_t.T @ d_a, h_prev.T @ d_a, d_a, d_a @ W_hh.T


def rnn_backward_step__batch_mean(d_h, x_t, h_prev, h_t, W_hh):
    d_a = d_h * (1 - h_t**2)
    batch = len(d_a)
    return x_t.T @ d_a / batch, h_prev.T @ d_a / batch, d_a.sum(axis=0) / batch, d_a @ W_hh.T


def rnn_backward_step__bias_mean(d_h, x_t, h_prev, h_t, W_hh):
    d_a = d_h * (1 - h_t**2)
    return x_t.T @ d_a, h_prev.T @ d_a, d_a.mean(axis=0), d_a @ W_hh.T


def rnn_backward_step__not_transposed(d_h, x_t, h_prev, h_t, W_hh):
    d_a = d_h * (1 - h_t**2)
    return x_t.T @ d_a, h_prev.T @ d_a, d_a.sum(axis=0), d_a @ W_hh


def rnn_backward_step__d_h_prev_skips_tanh(d_h, x_t, h_prev, h_t, W_hh):
    d_a = d_h * (1 - h_t**2)
    return x_t.T @ d_a, h_prev.T @ d_a, d_a.sum(axis=0), d_h @ W_hh.T


def rnn_backward_step__transposed_W_hh(d_h, x_t, h_prev, h_t, W_hh):
    d_a = d_h * (1 - h_t**2)
    return x_t.T @ d_a, d_a.T @ h_prev, d_a.sum(axis=0), d_a @ W_hh.T


def rnn_backward_step__value__sign(d_h, x_t, h_prev, h_t, W_hh):
    d_a = -d_h * (1 - h_t**2)
    return x_t.T @ d_a, h_prev.T @ d_a, d_a.sum(axis=0), d_a @ W_hh.T


def rnn_backward_step__precision__rounded(d_h, x_t, h_prev, h_t, W_hh):
    return tuple(np.round(part, 5) for part in rnn_backward_step(d_h, x_t, h_prev, h_t, W_hh))


def rnn_backward_step__type__one_array(d_h, x_t, h_prev, h_t, W_hh):
    return (d_h * (1 - h_t**2)) @ W_hh.T


def rnn_backward_step__type__dict(d_h, x_t, h_prev, h_t, W_hh):
    parts = rnn_backward_step(d_h, x_t, h_prev, h_t, W_hh)
    return dict(zip(("W_xh", "W_hh", "b_h", "h_prev"), parts, strict=True))


def rnn_backward_step__shape__bias_keeps_axis(d_h, x_t, h_prev, h_t, W_hh):
    d_a = d_h * (1 - h_t**2)
    return x_t.T @ d_a, h_prev.T @ d_a, d_a.sum(axis=0, keepdims=True), d_a @ W_hh.T


def rnn_backward_step__shape__W_xh_transposed(d_h, x_t, h_prev, h_t, W_hh):
    d_a = d_h * (1 - h_t**2)
    return d_a.T @ x_t, h_prev.T @ d_a, d_a.sum(axis=0), d_a @ W_hh.T


def rnn_backward_step__raises__input_not_transposed(d_h, x_t, h_prev, h_t, W_hh):
    d_a = d_h * (1 - h_t**2)
    return x_t @ d_a, h_prev.T @ d_a, d_a.sum(axis=0), d_a @ W_hh.T


def rnn_backward_step__finite__divided_by_zero(d_h, x_t, h_prev, h_t, W_hh):
    with np.errstate(all="ignore"):
        d_a = d_h * (1 - h_t**2) / np.zeros_like(h_t)
        return x_t.T @ d_a, h_prev.T @ d_a, d_a.sum(axis=0), d_a @ W_hh.T


def rnn_backward_step__changed(d_h, x_t, h_prev, h_t, W_hh):
    d_h *= 1 - h_t**2
    return x_t.T @ d_h, h_prev.T @ d_h, d_h.sum(axis=0), d_h @ W_hh.T


def rnn_backward_step__zeros(d_h, x_t, h_prev, h_t, W_hh):
    units = W_hh.shape[0]
    return np.zeros((x_t.shape[1], units)), np.zeros((units, units)), np.zeros(units), np.zeros(d_h.shape)


def rnn_backward_step__constant(d_h, x_t, h_prev, h_t, W_hh):
    return tuple(part + 1.0 for part in rnn_backward_step__zeros(d_h, x_t, h_prev, h_t, W_hh))


def rnn_backward_step__echo(d_h, x_t, h_prev, h_t, W_hh):
    return x_t, h_prev, h_t, d_h


# 4.4 rnn_backward


def _backward(x, h_0, h, W_xh, W_hh, W_hy, d_logits):
    """The right answer without a mask, step by step: (gradients, states that each step begins with)."""
    d = {"W_xh": 0.0, "W_hh": 0.0, "b_h": 0.0}
    d["W_hy"] = np.einsum("btu,btv->uv", h, d_logits)
    d["b_y"] = d_logits.sum(axis=(0, 1))
    flow = np.zeros(h_0.shape)
    for t in reversed(range(x.shape[1])):
        d_h = d_logits[:, t] @ W_hy.T + flow
        h_prev = h[:, t - 1] if t else h_0
        d_W_xh, d_W_hh, d_b_h, flow = rnn_backward_step(d_h, x[:, t], h_prev, h[:, t], W_hh)
        d = d | {"W_xh": d["W_xh"] + d_W_xh, "W_hh": d["W_hh"] + d_W_hh, "b_h": d["b_h"] + d_b_h}
    return d | {"h_0": flow}


def rnn_backward__no_flow(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    d = {"W_xh": np.zeros(W_xh.shape), "W_hh": np.zeros(W_hh.shape), "b_h": np.zeros(len(W_hh))}
    d["W_hy"] = np.einsum("btu,btv->uv", h, d_logits)
    d["b_y"] = d_logits.sum(axis=(0, 1))
    for t in reversed(range(x.shape[1])):
        d_h = d_logits[:, t] @ W_hy.T
        h_prev = h[:, t - 1] if t else h_0
        d_W_xh, d_W_hh, d_b_h, d_h_prev = rnn_backward_step(d_h, x[:, t], h_prev, h[:, t], W_hh)
        d["W_xh"] += d_W_xh
        d["W_hh"] += d_W_hh
        d["b_h"] += d_b_h
    d["h_0"] = d_h_prev
    return d


def rnn_backward__overwritten(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    d = {"W_xh": np.zeros(W_xh.shape), "W_hh": np.zeros(W_hh.shape), "b_h": np.zeros(len(W_hh))}
    d["W_hy"] = np.einsum("btu,btv->uv", h, d_logits)
    d["b_y"] = d_logits.sum(axis=(0, 1))
    d_h = d_logits[:, -1] @ W_hy.T
    for t in reversed(range(x.shape[1])):
        h_prev = h[:, t - 1] if t else h_0
        d_W_xh, d_W_hh, d_b_h, d_h = rnn_backward_step(d_h, x[:, t], h_prev, h[:, t], W_hh)
        d["W_xh"] += d_W_xh
        d["W_hh"] += d_W_hh
        d["b_h"] += d_b_h
    d["h_0"] = d_h
    return d


def rnn_backward__last_step_only(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    d = {"W_hy": np.einsum("btu,btv->uv", h, d_logits), "b_y": d_logits.sum(axis=(0, 1))}
    flow = np.zeros(h_0.shape)
    for t in reversed(range(x.shape[1])):
        d_h = d_logits[:, t] @ W_hy.T + flow
        h_prev = h[:, t - 1] if t else h_0
        d["W_xh"], d["W_hh"], d["b_h"], flow = rnn_backward_step(d_h, x[:, t], h_prev, h[:, t], W_hh)
    d["h_0"] = flow
    return d


def rnn_backward__h_t_for_h_prev(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    d = _backward(x, h_0, h, W_xh, W_hh, W_hy, d_logits)
    flow, d_W_hh = np.zeros(h_0.shape), np.zeros(W_hh.shape)
    for t in reversed(range(x.shape[1])):
        d_h = d_logits[:, t] @ W_hy.T + flow
        _, share, _, flow = rnn_backward_step(d_h, x[:, t], h[:, t], h[:, t], W_hh)
        d_W_hh += share
    return d | {"W_hh": d_W_hh}


def rnn_backward__h_0_as_zero(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    return _backward(x, np.zeros_like(h_0), h, W_xh, W_hh, W_hy, d_logits)


def rnn_backward__wraps_around(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    return _backward(x, h[:, -1], h, W_xh, W_hh, W_hy, d_logits)


def rnn_backward__h_0_is_h_1(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    d = _backward(x, h_0, h, W_xh, W_hh, W_hy, d_logits)
    flow = np.zeros(h_0.shape)
    for t in reversed(range(x.shape[1])):
        d_h = d_logits[:, t] @ W_hy.T + flow
        flow = rnn_backward_step(d_h, x[:, t], h_0, h[:, t], W_hh)[3]
    d["h_0"] = d_h
    return d


def rnn_backward__h_0_missing(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    return _backward(x, h_0, h, W_xh, W_hh, W_hy, d_logits) | {"h_0": np.zeros(h_0.shape)}


def rnn_backward__forward_order(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    d = {"W_xh": np.zeros(W_xh.shape), "W_hh": np.zeros(W_hh.shape), "b_h": np.zeros(len(W_hh))}
    d["W_hy"] = np.einsum("btu,btv->uv", h, d_logits)
    d["b_y"] = d_logits.sum(axis=(0, 1))
    flow = np.zeros(h_0.shape)
    for t in range(x.shape[1]):
        d_h = d_logits[:, t] @ W_hy.T + flow
        h_prev = h[:, t - 1] if t else h_0
        d_W_xh, d_W_hh, d_b_h, flow = rnn_backward_step(d_h, x[:, t], h_prev, h[:, t], W_hh)
        d["W_xh"] += d_W_xh
        d["W_hh"] += d_W_hh
        d["b_h"] += d_b_h
    d["h_0"] = flow
    return d


def rnn_backward__output_last_only(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    return _backward(x, h_0, h, W_xh, W_hh, W_hy, d_logits) | {"W_hy": h[:, -1].T @ d_logits[:, -1]}


def rnn_backward__b_y_missing_time(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    return _backward(x, h_0, h, W_xh, W_hh, W_hy, d_logits) | {"b_y": d_logits[:, -1].sum(axis=0)}


def rnn_backward__value__averaged_over_time(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    return {name: value / x.shape[1] for name, value in _backward(x, h_0, h, W_xh, W_hh, W_hy, d_logits).items()}


def rnn_backward__precision__rounded(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    return {name: np.round(value, 5) for name, value in _backward(x, h_0, h, W_xh, W_hh, W_hy, d_logits).items()}


def rnn_backward__type__tuple(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    return tuple(_backward(x, h_0, h, W_xh, W_hh, W_hy, d_logits).values())


def rnn_backward__type__other_keys(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    return {f"d_{name}": value for name, value in _backward(x, h_0, h, W_xh, W_hh, W_hy, d_logits).items()}


def rnn_backward__type__extra_key(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    return _backward(x, h_0, h, W_xh, W_hh, W_hy, d_logits) | {"d_h": d_logits @ W_hy.T}


def rnn_backward__shape__b_h_per_sequence(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    d = _backward(x, h_0, h, W_xh, W_hh, W_hy, d_logits)
    return d | {"b_h": np.repeat(d["b_h"][None], len(x), axis=0)}


def rnn_backward__shape__W_hy_transposed(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    d = _backward(x, h_0, h, W_xh, W_hh, W_hy, d_logits)
    return d | {"W_hy": d["W_hy"].T}


def rnn_backward__raises__index_past_the_end(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    d_h = d_logits[:, x.shape[1]] @ W_hy.T
    return _backward(x, h_0, h, W_xh, W_hh, W_hy, d_logits) | {"h_0": d_h}


def rnn_backward__finite__nan(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    d = _backward(x, h_0, h, W_xh, W_hh, W_hy, d_logits)
    return d | {"b_y": d["b_y"] * np.nan}


def rnn_backward__changed(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    d = _backward(x, h_0, h, W_xh, W_hh, W_hy, d_logits)
    d_logits[:, 0] += 1.0
    return d


def rnn_backward__zeros(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    weights = {"W_xh": W_xh, "W_hh": W_hh, "b_h": W_hh[0], "W_hy": W_hy, "b_y": W_hy[0], "h_0": h_0}
    return {name: np.zeros(value.shape) for name, value in weights.items()}


def rnn_backward__constant(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    zeros = rnn_backward__zeros(x, h_0, h, W_xh, W_hh, W_hy, d_logits)
    return {name: value + 1.0 for name, value in zeros.items()}


def rnn_backward__echo(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    return h


# of others


def rnn_backward_step__rows_added_first(d_h, x_t, h_prev, h_t, W_hh):
    d_a = d_h * (1 - h_t**2)
    d = d_a.sum(axis=0)
    return x_t.sum(axis=0)[:, None] * d, h_prev.sum(axis=0)[:, None] * d, d, d_a @ W_hh.T


def rnn_backward__output_of_h_prev(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    found = _walk_back(x, h_0, h, W_hh, W_hy, d_logits)
    before = np.concatenate([h_0[:, None], h[:, :-1]], axis=1)
    return found | {"W_hy": np.einsum("btu,btv->uv", before, d_logits)}


def rnn_backward__output_twice(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    return _walk_back(x, h_0, h, W_hh, W_hy, d_logits, again=1)


def _walk_back(x, h_0, h, W_hh, W_hy, d_logits, again=0):
    d_W_xh = d_W_hh = d_b_h = 0
    flow = np.zeros_like(h_0)
    for t in reversed(range(x.shape[1])):
        own = d_logits[:, t] @ W_hy.T
        before = h[:, t - 1] if t else h_0
        d_a = (own + flow) * (1 - h[:, t] ** 2)
        d_W_xh, d_W_hh, d_b_h = d_W_xh + x[:, t].T @ d_a, d_W_hh + before.T @ d_a, d_b_h + d_a.sum(axis=0)
        flow = d_a @ W_hh.T + (again * d_logits[:, t - 1] @ W_hy.T if t else 0)
    return {
        "W_xh": d_W_xh,
        "W_hh": d_W_hh,
        "b_h": d_b_h,
        "W_hy": np.einsum("btu,btv->uv", h, d_logits),
        "b_y": d_logits.sum(axis=(0, 1)),
        "h_0": flow,
    }
