"""Right answers of lab 2, as differently as students write them: the gates."""

# ruff: noqa: PLR0917  (a peephole step takes nine things)

import math

import numpy as np


def sigmoid(a):
    return 0.5 * (1.0 + np.tanh(0.5 * a))


# 1.1 lstm_step


def lstm_step__loops(x_t, h_prev, c_prev, W, U, b):
    batch, units = h_prev.shape
    h, c = np.empty((batch, units)), np.empty((batch, units))
    for row in range(batch):
        for unit in range(units):
            a = []
            for block in range(4):
                column = block * units + unit
                a.append(x_t[row] @ W[:, column] + h_prev[row] @ U[:, column] + b[column])
            i, f, o = (1 / (1 + math.exp(-one)) for one in (a[0], a[1], a[3]))
            c[row, unit] = f * c_prev[row, unit] + i * math.tanh(a[2])
            h[row, unit] = o * math.tanh(c[row, unit])
    return h, c


def lstm_step__einsum(x_t, h_prev, c_prev, W, U, b):
    units = h_prev.shape[1]
    W, U, b = W.reshape(-1, 4, units), U.reshape(units, 4, units), b.reshape(4, units)
    a = b[:, None] + np.einsum("bu,ukv->kbv", h_prev, U) + np.einsum("bf,fkv->kbv", x_t, W)
    i, f, _, o = sigmoid(a)
    c = i * np.tanh(a[2]) + f * c_prev
    return np.tanh(c) * o, c


def lstm_step__one_matrix_for_x_and_h(x_t, h_prev, c_prev, W, U, b):
    joined = np.concatenate([h_prev, x_t, np.ones((len(x_t), 1))], axis=1)
    i, f, g, o = np.hsplit(joined @ np.vstack([U, W, b]), 4)
    c = sigmoid(f) * c_prev + sigmoid(i) * np.tanh(g)
    return [sigmoid(o) * np.tanh(c), c]


def lstm_step__slices_in_float32(x_t, h_prev, c_prev, W, U, b):
    x_t, h_prev, c, W, U, b = (value.astype(np.float32) for value in (x_t, h_prev, c_prev, W, U, b))
    u = h_prev.shape[1]

    def sums(k):
        return b[k * u : (k + 1) * u] + h_prev @ U[:, k * u : (k + 1) * u] + x_t @ W[:, k * u : (k + 1) * u]

    c = c / (1 + np.exp(-sums(1))) + np.tanh(sums(2)) / (1 + np.exp(-sums(0)))
    return np.tanh(c) / (1 + np.exp(-sums(3))), c


def lstm_step__columns(x_t, h_prev, c_prev, W, U, b):
    a = W.T @ x_t.T + U.T @ h_prev.T + b[:, None]
    a_i, a_f, a_c, a_o = a.reshape(4, -1, len(x_t))
    c = sigmoid(a_f) * c_prev.T + sigmoid(a_i) * np.tanh(a_c)
    return (sigmoid(a_o) * np.tanh(c)).T, c.T


def lstm_step__tensorflow(x_t, h_prev, c_prev, W, U, b):
    import tensorflow as tf

    a_i, a_f, a_c, a_o = tf.split(tf.matmul(x_t, W) + tf.matmul(h_prev, U) + b, 4, axis=1)
    c = tf.sigmoid(a_f) * c_prev + tf.sigmoid(a_i) * tf.tanh(a_c)
    return tf.sigmoid(a_o) * tf.tanh(c), c


def lstm_step__keras_cell(x_t, h_prev, c_prev, W, U, b):
    import keras

    cell = keras.layers.LSTMCell(h_prev.shape[1])
    cell.build((None, x_t.shape[1]))
    cell.set_weights([W, U, b])
    x_t, h_prev, c_prev = (keras.ops.cast(value, "float32") for value in (x_t, h_prev, c_prev))
    _, (h, c) = cell(x_t, [h_prev, c_prev])
    return h, c


# 1.2 lstm_forward


def lstm_step(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    c = sigmoid(a_f) * c_prev + sigmoid(a_i) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


def lstm_forward__filled_tables(x, h_0, c_0, W, U, b, mask=None):
    h = np.zeros((x.shape[0], x.shape[1], h_0.shape[1]))
    c = np.zeros(h.shape)
    now_h, now_c = h_0.copy(), c_0.copy()
    for t in range(x.shape[1]):
        real = np.ones(len(x), bool) if mask is None else mask[:, t]
        now_h[real], now_c[real] = lstm_step(x[real, t], now_h[real], now_c[real], W, U, b)
        h[:, t], c[:, t] = now_h, now_c
    return h, c


def lstm_forward__sequence_by_sequence(x, h_0, c_0, W, U, b, mask=None):
    all_h, all_c = [], []
    for row in range(len(x)):
        h, c, hs, cs = h_0[row], c_0[row], [], []
        for t, x_t in enumerate(x[row]):
            if mask is None or mask[row, t]:
                h, c = lstm_step(x_t, h, c, W, U, b)
            hs.append(h.tolist())
            cs.append(c.tolist())
        all_h.append(hs)
        all_c.append(cs)
    return all_h, all_c


def lstm_forward__arithmetic_mask_float32(x, h_0, c_0, W, U, b, mask=None):
    x, h, c, W, U, b = (value.astype(np.float32) for value in (x, h_0, c_0, W, U, b))
    mask = np.ones(x.shape[:2], np.float32) if mask is None else mask.astype(np.float32)
    drive = x @ W + b
    states = []
    for t in range(x.shape[1]):
        m = mask[:, t : t + 1]
        a_i, a_f, a_c, a_o = np.split(drive[:, t] + h @ U, 4, axis=1)
        new = sigmoid(a_f) * c + sigmoid(a_i) * np.tanh(a_c)
        h = m * sigmoid(a_o) * np.tanh(new) + (1 - m) * h
        c = m * new + (1 - m) * c
        states.append((h, c))
    hs, cs = zip(*states, strict=True)
    return np.array(hs).transpose(1, 0, 2), np.array(cs).transpose(1, 0, 2)


def lstm_forward__recursion(x, h_0, c_0, W, U, b, mask=None):
    h, c = lstm_step(x[:, 0], h_0, c_0, W, U, b)
    if mask is not None:
        h[~mask[:, 0]], c[~mask[:, 0]] = h_0[~mask[:, 0]], c_0[~mask[:, 0]]
    if x.shape[1] == 1:
        return h[:, None], c[:, None]
    hs, cs = lstm_forward__recursion(x[:, 1:], h, c, W, U, b, None if mask is None else mask[:, 1:])
    return np.concatenate([h[:, None], hs], axis=1), np.concatenate([c[:, None], cs], axis=1)


def lstm_forward__tensorflow(x, h_0, c_0, W, U, b, mask=None):
    import tensorflow as tf

    h, c, hs, cs = tf.constant(h_0), tf.constant(c_0), [], []
    for t in range(x.shape[1]):
        a_i, a_f, a_c, a_o = tf.split(x[:, t] @ W + h @ U + b, 4, axis=-1)
        new_c = tf.sigmoid(a_f) * c + tf.sigmoid(a_i) * tf.tanh(a_c)
        new_h = tf.sigmoid(a_o) * tf.tanh(new_c)
        if mask is not None:
            new_h, new_c = tf.where(mask[:, t, None], new_h, h), tf.where(mask[:, t, None], new_c, c)
        h, c = new_h, new_c
        hs.append(h)
        cs.append(c)
    return tf.stack(hs, axis=1), tf.stack(cs, axis=1)


# 1.3 gru_step


def gru_step__loops(x_t, h_prev, W, U, b):
    batch, units = h_prev.shape
    h = np.empty((batch, units))
    for row in range(batch):
        a = x_t[row] @ W + b
        gates = [1 / (1 + math.exp(-(a[k] + h_prev[row] @ U[:, k]))) for k in range(2 * units)]
        reset = np.array(gates[units:]) * h_prev[row]
        for unit in range(units):
            new = math.tanh(a[2 * units + unit] + reset @ U[:, 2 * units + unit])
            h[row, unit] = new + gates[unit] * (h_prev[row, unit] - new)
    return h


def gru_step__einsum(x_t, h_prev, W, U, b):
    units = h_prev.shape[1]
    W, U, b = W.reshape(-1, 3, units), U.reshape(units, 3, units), b.reshape(3, units)
    drive = np.einsum("bf,fkv->kbv", x_t, W) + b[:, None]
    z, r = sigmoid(drive[:2] + np.einsum("bu,ukv->kbv", h_prev, U[:, :2]))
    return (1 - z) * np.tanh(drive[2] + np.einsum("bu,bu,uv->bv", r, h_prev, U[:, 2])) + z * h_prev


def gru_step__one_matrix_for_x_and_h(x_t, h_prev, W, U, b):
    units = h_prev.shape[1]
    joined = np.hstack([x_t, h_prev])
    V = np.vstack([W, U])
    gates = sigmoid(joined @ V[:, : 2 * units] + b[: 2 * units])
    z, r = gates[:, :units], gates[:, units:]
    new = np.tanh(np.hstack([x_t, r * h_prev]) @ V[:, 2 * units :] + b[2 * units :])
    return z * h_prev + new - z * new


def gru_step__columns_in_float32(x_t, h_prev, W, U, b):
    x, h, W, U, b = (value.astype(np.float32).T for value in (x_t, h_prev, W, U, b))
    (W_z, W_r, W_h), (U_z, U_r, U_h), (b_z, b_r, b_h) = (np.split(value, 3) for value in (W, U, b[:, None]))
    z, r = 1 / (1 + np.exp(-(W_z @ x + U_z @ h + b_z))), 1 / (1 + np.exp(-(W_r @ x + U_r @ h + b_r)))
    return (z * h + (1 - z) * np.tanh(W_h @ x + U_h @ (r * h) + b_h)).T


def gru_step__tensorflow(x_t, h_prev, W, U, b):
    import tensorflow as tf

    (W_z, W_r, W_h), (U_z, U_r, U_h), (b_z, b_r, b_h) = (tf.split(value, 3, axis=-1) for value in (W, U, b))
    z = tf.sigmoid(tf.matmul(x_t, W_z) + tf.matmul(h_prev, U_z) + b_z)
    r = tf.sigmoid(tf.matmul(x_t, W_r) + tf.matmul(h_prev, U_r) + b_r)
    return z * h_prev + (1 - z) * tf.tanh(tf.matmul(x_t, W_h) + tf.matmul(r * h_prev, U_h) + b_h)


def gru_step__keras_cell(x_t, h_prev, W, U, b):
    import keras

    cell = keras.layers.GRUCell(h_prev.shape[1], reset_after=False)
    cell.build((None, x_t.shape[1]))
    cell.set_weights([W, U, b])
    return cell(keras.ops.cast(x_t, "float32"), [keras.ops.cast(h_prev, "float32")])[0]


# 7.1 coupled_lstm_step


def coupled_lstm_step__as_an_lstm(x_t, h_prev, c_prev, W, U, b):
    """1 - sigmoid(a) is sigmoid(-a): the block of i is the block of f with another sign."""
    W, U, b = (np.concatenate([-value[..., : h_prev.shape[1]], value], axis=-1) for value in (W, U, b))
    return lstm_step(x_t, h_prev, c_prev, W, U, b)


def coupled_lstm_step__from_the_new_to_the_old(x_t, h_prev, c_prev, W, U, b):
    u = len(U)
    a = b + h_prev @ U + x_t @ W
    new = np.tanh(a[:, u : 2 * u])
    c = new + sigmoid(a[:, :u]) * (c_prev - new)
    return np.tanh(c) * sigmoid(a[:, -u:]), c


def coupled_lstm_step__loops(x_t, h_prev, c_prev, W, U, b):
    h, c = np.empty(h_prev.shape), np.empty(h_prev.shape)
    units = h_prev.shape[1]
    for row, unit in np.ndindex(*h_prev.shape):
        a_f, a_c, a_o = (
            sum(x * w for x, w in zip(x_t[row], W[:, k], strict=True)) + h_prev[row] @ U[:, k] + b[k]
            for k in (unit, unit + units, unit + 2 * units)
        )
        f = 1 / (1 + math.exp(-a_f))
        c[row, unit] = f * c_prev[row, unit] + (1 - f) * math.tanh(a_c)
        h[row, unit] = math.tanh(c[row, unit]) / (1 + math.exp(-a_o))
    return h, c


def coupled_lstm_step__tensorflow(x_t, h_prev, c_prev, W, U, b):
    import tensorflow as tf

    a_f, a_c, a_o = tf.split(tf.matmul(x_t, W) + tf.matmul(h_prev, U) + b, 3, axis=-1)
    c = tf.sigmoid(a_f) * c_prev + tf.sigmoid(-a_f) * tf.tanh(a_c)
    return tf.sigmoid(a_o) * tf.tanh(c), c


# 7.2 peephole_lstm_step


def peephole_lstm_step__einsum(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    a_i, a_f, a_c, a_o = np.split(np.einsum("bf,fk->bk", x_t, W) + np.einsum("bu,uk->bk", h_prev, U) + b, 4, axis=-1)
    i, f = sigmoid(a_i + np.einsum("bu,uv->bv", c_prev, P_i)), sigmoid(a_f + np.einsum("bu,uv->bv", c_prev, P_f))
    c = f * c_prev + i * np.tanh(a_c)
    return sigmoid(a_o + np.einsum("bu,uv->bv", c, P_o)) * np.tanh(c), c


def peephole_lstm_step__one_matrix_for_x_h_and_c(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    none = np.zeros_like(P_i)
    seen = np.concatenate([x_t, h_prev, c_prev], axis=1)
    V = np.concatenate([W, U, np.concatenate([P_i, P_f, none, none], axis=1)])
    a_i, a_f, a_c, a_o = np.split(seen @ V + b, 4, axis=1)
    c = sigmoid(a_f) * c_prev + sigmoid(a_i) * np.tanh(a_c)
    return np.tanh(c) * sigmoid(a_o + c @ P_o), c


def peephole_lstm_step__sequence_by_sequence_float32(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    given = (x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o)
    x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o = (value.astype(np.float32) for value in given)
    hs, cs = [], []
    for x, h, c in zip(x_t, h_prev, c_prev, strict=True):
        a_i, a_f, a_c, a_o = np.split(b + W.T @ x + U.T @ h, 4)
        new = sigmoid(a_f + P_f.T @ c) * c + sigmoid(a_i + P_i.T @ c) * np.tanh(a_c)
        hs.append(sigmoid(a_o + P_o.T @ new) * np.tanh(new))
        cs.append(new)
    return np.stack(hs), np.stack(cs)


def peephole_lstm_step__keras_ops(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    from keras import ops

    a_i, a_f, a_c, a_o = ops.split(ops.matmul(x_t, W) + ops.matmul(h_prev, U) + b, 4, axis=-1)
    i, f = ops.sigmoid(a_i + ops.matmul(c_prev, P_i)), ops.sigmoid(a_f + ops.matmul(c_prev, P_f))
    c = f * c_prev + i * ops.tanh(a_c)
    return ops.sigmoid(a_o + ops.matmul(c, P_o)) * ops.tanh(c), c
