"""Right answers of lab 1, as differently as students write them: the way back."""

from collections import defaultdict

import numpy as np

# 4.3 rnn_backward_step


def rnn_backward_step__einsum(d_h, x_t, h_prev, h_t, W_hh):
    d_a = d_h - d_h * h_t * h_t
    return (
        np.einsum("bf,bu->fu", x_t, d_a),
        np.einsum("bv,bu->vu", h_prev, d_a),
        np.einsum("bu->u", d_a),
        np.einsum("bu,vu->bv", d_a, W_hh),
    )


def rnn_backward_step__loop_over_sequences(d_h, x_t, h_prev, h_t, W_hh):
    d_W_xh, d_W_hh, d_b_h = np.zeros((x_t.shape[1], len(W_hh))), np.zeros(W_hh.shape), np.zeros(len(W_hh))
    d_h_prev = np.zeros(d_h.shape)
    for row in range(len(d_h)):
        d_a = d_h[row] * (1 - h_t[row]) * (1 + h_t[row])
        d_W_xh += np.outer(x_t[row], d_a)
        d_W_hh += np.outer(h_prev[row], d_a)
        d_b_h += d_a
        d_h_prev[row] = W_hh @ d_a
    return [d_W_xh, d_W_hh, d_b_h, d_h_prev]


def rnn_backward_step__tensorflow(d_h, x_t, h_prev, h_t, W_hh):
    import tensorflow as tf

    d_a = tf.constant(d_h) * (1 - h_t**2)
    return (
        tf.matmul(x_t, d_a, transpose_a=True),
        tf.matmul(h_prev, d_a, transpose_a=True),
        tf.reduce_sum(d_a, axis=0),
        tf.matmul(d_a, W_hh, transpose_b=True),
    )


# 4.4 rnn_backward


def rnn_backward_step(d_h, x_t, h_prev, h_t, W_hh):
    d_a = d_h * (1 - h_t**2)
    return x_t.T @ d_a, h_prev.T @ d_a, d_a.sum(axis=0), d_a @ W_hh.T


def rnn_backward__all_steps_at_once(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    h_prev = np.concatenate([h_0[:, None], h[:, :-1]], axis=1)
    d_a = np.zeros(h.shape)
    flow = np.zeros(h_0.shape)
    for t in range(x.shape[1] - 1, -1, -1):
        d_a[:, t] = (d_logits[:, t] @ W_hy.T + flow) * (1 - h[:, t] ** 2)
        flow = d_a[:, t] @ W_hh.T
    return {
        "h_0": flow,
        "b_y": d_logits.sum(axis=0).sum(axis=0),
        "W_hy": np.tensordot(h, d_logits, axes=([0, 1], [0, 1])),
        "b_h": d_a.sum(axis=(0, 1)),
        "W_hh": np.einsum("btu,btv->uv", h_prev, d_a),
        "W_xh": np.einsum("btf,btu->fu", x, d_a),
    }


def rnn_backward__sequence_by_sequence(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    names = ("W_xh", "W_hh", "b_h")
    d = defaultdict(float)
    d_h_0 = []
    for row in range(len(x)):
        one = slice(row, row + 1)
        flow = np.zeros((1, len(W_hh)))
        for t in reversed(range(x.shape[1])):
            d["W_hy"] += np.outer(h[row, t], d_logits[row, t])
            d["b_y"] += d_logits[row, t]
            before = h[one, t - 1] if t else h_0[one]
            *parts, flow = rnn_backward_step(d_logits[one, t] @ W_hy.T + flow, x[one, t], before, h[one, t], W_hh)
            for name, part in zip(names, parts, strict=True):
                d[name] += part
        d_h_0.append(flow[0])
    d["h_0"] = np.array(d_h_0)
    return d


def rnn_backward__gradient_tape(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    """The biases are not among the arguments: b_h is found again from h_1, and b_y does not matter."""
    import tensorflow as tf

    b_h = np.arctanh(h[0, 0]) - x[0, 0] @ W_xh - h_0[0] @ W_hh
    variables = {"W_xh": W_xh, "W_hh": W_hh, "b_h": b_h, "W_hy": W_hy, "b_y": np.zeros(W_hy.shape[1]), "h_0": h_0}
    v = {name: tf.Variable(value) for name, value in variables.items()}
    with tf.GradientTape() as tape:
        state, loss = tf.identity(v["h_0"]), 0.0
        for t in range(x.shape[1]):
            state = tf.tanh(x[:, t] @ v["W_xh"] + state @ v["W_hh"] + v["b_h"])
            loss += tf.reduce_sum((state @ v["W_hy"] + v["b_y"]) * d_logits[:, t])
    return tape.gradient(loss, v)
