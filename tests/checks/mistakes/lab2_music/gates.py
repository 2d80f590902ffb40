"""The classic wrong answers of lab 2: one step through the gates.

A name says all (`listed`): `lstm_step__no_tanh_out` must earn the hint `no_tanh_out`.
"""

# ruff: noqa: PLR0917  (a peephole step takes nine things)

import numpy as np

# What the lab gives, and the right answer of an earlier exercise.


def sigmoid(a):
    return 0.5 * (1.0 + np.tanh(0.5 * a))


def lstm_step(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    c = sigmoid(a_f) * c_prev + sigmoid(a_i) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


# 1.1 lstm_step


def lstm_step__swapped(x_t, h_prev, c_prev, W, U, b):
    h, c = lstm_step(x_t, h_prev, c_prev, W, U, b)
    return c, h


def lstm_step__candidate_sigmoid(x_t, h_prev, c_prev, W, U, b):
    i, f, candidate, o = np.split(sigmoid(x_t @ W + h_prev @ U + b), 4, axis=1)
    c = f * c_prev + i * candidate
    return o * np.tanh(c), c


def lstm_step__candidate_linear(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    c = sigmoid(a_f) * c_prev + sigmoid(a_i) * a_c
    return sigmoid(a_o) * np.tanh(c), c


def lstm_step__no_tanh_out(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    c = sigmoid(a_f) * c_prev + sigmoid(a_i) * np.tanh(a_c)
    return sigmoid(a_o) * c, c


def lstm_step__out_sigmoid(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    c = sigmoid(a_f) * c_prev + sigmoid(a_i) * np.tanh(a_c)
    return sigmoid(a_o) * sigmoid(c), c


def lstm_step__old_c_shown(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    h = sigmoid(a_o) * np.tanh(c_prev)
    c = sigmoid(a_f) * c_prev + sigmoid(a_i) * np.tanh(a_c)
    return h, c


def lstm_step__no_output_gate(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, _ = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    c = sigmoid(a_f) * c_prev + sigmoid(a_i) * np.tanh(a_c)
    return np.tanh(c), c


def lstm_step__f_inverted(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    i, f, o = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o)
    c = (1 - f) * c_prev + i * np.tanh(a_c)
    return o * np.tanh(c), c


def lstm_step__f_inverted__forgets_what_it_holds(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    c = c_prev - sigmoid(a_f) * c_prev
    c = c + sigmoid(a_i) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


def lstm_step__gates_inverted__no_minus_in_the_exponential(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    i, f, o = 1 / (1 + np.exp(a_i)), 1 / (1 + np.exp(a_f)), 1 / (1 + np.exp(a_o))
    c = f * c_prev + i * np.tanh(a_c)
    return o * np.tanh(c), c


def lstm_step__gates_inverted__both_of_the_cell(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    c = (1 - sigmoid(a_f)) * c_prev + (1 - sigmoid(a_i)) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


def lstm_step__h_remembered(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    c = sigmoid(a_f) * h_prev + sigmoid(a_i) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


def lstm_step__states_swapped(x_t, c_prev, h_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    c = sigmoid(a_f) * c_prev + sigmoid(a_i) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


def lstm_step__c_in_gates(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + c_prev @ U + b, 4, axis=-1)
    c = sigmoid(a_f) * c_prev + sigmoid(a_i) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


def lstm_step__order_ifoc(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_o, a_c = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    c = sigmoid(a_f) * c_prev + sigmoid(a_i) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


def lstm_step__order_fico(x_t, h_prev, c_prev, W, U, b):
    a_f, a_i, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    c = sigmoid(a_f) * c_prev + sigmoid(a_i) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


def lstm_step__order_fico__f_lets_in(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    i, f, o = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o)
    c = i * c_prev + f * np.tanh(a_c)
    return o * np.tanh(c), c


def lstm_step__order__fioc(x_t, h_prev, c_prev, W, U, b):
    a_f, a_i, a_o, a_c = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    c = sigmoid(a_f) * c_prev + sigmoid(a_i) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


def lstm_step__order__icfo(x_t, h_prev, c_prev, W, U, b):
    units = len(b) // 4
    a = x_t @ W + h_prev @ U + b
    i, f, o = sigmoid(a[:, :units]), sigmoid(a[:, 2 * units : 3 * units]), sigmoid(a[:, 3 * units :])
    c = f * c_prev + i * np.tanh(a[:, units : 2 * units])
    return o * np.tanh(c), c


def lstm_step__interleaved(x_t, h_prev, c_prev, W, U, b):
    a = x_t @ W + h_prev @ U + b
    a = a.reshape(len(a), -1, 4)
    c = sigmoid(a[..., 1]) * c_prev + sigmoid(a[..., 0]) * np.tanh(a[..., 2])
    return sigmoid(a[..., 3]) * np.tanh(c), c


def lstm_step__reshaped__sums(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = (x_t @ W + h_prev @ U + b).reshape(4, len(x_t), -1)
    c = sigmoid(a_f) * c_prev + sigmoid(a_i) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


def lstm_step__reshaped__weights(x_t, h_prev, c_prev, W, U, b):
    units = len(U)
    W, U, b = W.reshape(4, -1, units), U.reshape(4, units, units), b.reshape(4, 1, units)
    a_i, a_f, a_c, a_o = x_t @ W + h_prev @ U + b
    c = sigmoid(a_f) * c_prev + sigmoid(a_i) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


def lstm_step__raises__cut_over_the_batch(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4)
    c = sigmoid(a_f) * c_prev + sigmoid(a_i) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


def lstm_step__swapped_weights(x_t, h_prev, c_prev, W, U, b):
    return lstm_step(x_t, h_prev, c_prev, U, W, b)


def lstm_step__transposed(x_t, h_prev, c_prev, W, U, b):
    U_i, U_f, U_c, U_o = (block.T for block in np.split(U, 4, axis=1))
    a_i, a_f, a_c, a_o = np.split(x_t @ W + b, 4, axis=-1)
    i, f, o = sigmoid(a_i + h_prev @ U_i), sigmoid(a_f + h_prev @ U_f), sigmoid(a_o + h_prev @ U_o)
    c = f * c_prev + i * np.tanh(a_c + h_prev @ U_c)
    return o * np.tanh(c), c


def lstm_step__gates_tanh(x_t, h_prev, c_prev, W, U, b):
    i, f, candidate, o = np.split(np.tanh(x_t @ W + h_prev @ U + b), 4, axis=-1)
    c = f * c_prev + i * candidate
    return o * np.tanh(c), c


def lstm_step__gates_tanh__o(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    c = sigmoid(a_f) * c_prev + sigmoid(a_i) * np.tanh(a_c)
    return np.tanh(a_o) * np.tanh(c), c


def lstm_step__gates_tanh__i(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    c = sigmoid(a_f) * c_prev + np.tanh(a_i) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


def lstm_step__gates_tanh__f(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    c = np.tanh(a_f) * c_prev + sigmoid(a_i) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


def lstm_step__gates_linear(x_t, h_prev, c_prev, W, U, b):
    i, f, a_c, o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    c = f * c_prev + i * np.tanh(a_c)
    return o * np.tanh(c), c


def lstm_step__hard_sigmoid(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    i, f, o = (np.clip((a + 3) / 6, 0, 1) for a in (a_i, a_f, a_o))
    c = f * c_prev + i * np.tanh(a_c)
    return o * np.tanh(c), c


def lstm_step__hard_sigmoid__older(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    i, f, o = (np.maximum(0, np.minimum(1, 0.2 * a + 0.5)) for a in (a_i, a_f, a_o))
    c = f * c_prev + i * np.tanh(a_c)
    return o * np.tanh(c), c


def lstm_step__forget_bias(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    c = sigmoid(a_f + 1.0) * c_prev + sigmoid(a_i) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


def lstm_step__no_bias(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U, 4, axis=-1)
    c = sigmoid(a_f) * c_prev + sigmoid(a_i) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


def lstm_step__bias_twice(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split((x_t @ W + b) + (h_prev @ U + b), 4, axis=-1)
    c = sigmoid(a_f) * c_prev + sigmoid(a_i) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


def lstm_step__no_memory(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + b, 4, axis=-1)
    c = sigmoid(a_f) * c_prev + sigmoid(a_i) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


def lstm_step__no_input(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(h_prev @ U + b, 4, axis=-1)
    c = sigmoid(a_f) * c_prev + sigmoid(a_i) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


def lstm_step__no_input_gate(x_t, h_prev, c_prev, W, U, b):
    _, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    c = sigmoid(a_f) * c_prev + np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


def lstm_step__no_forget_gate(x_t, h_prev, c_prev, W, U, b):
    a_i, _, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    c = c_prev + sigmoid(a_i) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


def lstm_step__cell_dropped(x_t, h_prev, c_prev, W, U, b):
    a_i, _, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    c = sigmoid(a_i) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


def lstm_step__coupled(x_t, h_prev, c_prev, W, U, b):
    _, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    f = sigmoid(a_f)
    c = f * c_prev + (1 - f) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


def lstm_step__value__minus_the_new(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    c = sigmoid(a_f) * c_prev - sigmoid(a_i) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


def lstm_step__value__squashed_cell(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    c = np.tanh(sigmoid(a_f) * c_prev + sigmoid(a_i) * np.tanh(a_c))
    return sigmoid(a_o) * c, c


def lstm_step__type__only_h(x_t, h_prev, c_prev, W, U, b):
    return lstm_step(x_t, h_prev, c_prev, W, U, b)[0]


def lstm_step__shape__as_keras_cells_do(x_t, h_prev, c_prev, W, U, b):
    h, c = lstm_step(x_t, h_prev, c_prev, W, U, b)
    return h, [h, c]


def lstm_step__type__three_results(x_t, h_prev, c_prev, W, U, b):
    h, c = lstm_step(x_t, h_prev, c_prev, W, U, b)
    return h, h, c


def lstm_step__shape__batch_averaged(x_t, h_prev, c_prev, W, U, b):
    h, c = lstm_step(x_t, h_prev, c_prev, W, U, b)
    return h.mean(axis=0), c.mean(axis=0)


def lstm_step__raises__not_cut(x_t, h_prev, c_prev, W, U, b):
    a = x_t @ W + h_prev @ U + b
    c = sigmoid(a) * c_prev + sigmoid(a) * np.tanh(a)
    return sigmoid(a) * np.tanh(c), c


def lstm_step__raises__cut_in_three(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 3, axis=-1)
    c = sigmoid(a_f) * c_prev + sigmoid(a_i) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


def lstm_step__finite__divided_by_the_gate(x_t, h_prev, c_prev, W, U, b):
    h, c = lstm_step(x_t, h_prev, c_prev, W, U, b)
    with np.errstate(all="ignore"):
        return h, np.log(-np.abs(c))


def lstm_step__changed(x_t, h_prev, c_prev, W, U, b):
    h, c_prev[:] = lstm_step(x_t, h_prev, c_prev, W, U, b)
    return h, c_prev


def lstm_step__changed__in_place(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    c_prev *= sigmoid(a_f)
    c_prev += sigmoid(a_i) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c_prev), c_prev


def lstm_step__zeros(x_t, h_prev, c_prev, W, U, b):
    return np.zeros(h_prev.shape), np.zeros(c_prev.shape)


def lstm_step__constant(x_t, h_prev, c_prev, W, U, b):
    return np.full(h_prev.shape, 0.5), np.full(c_prev.shape, 0.5)


def lstm_step__echo(x_t, h_prev, c_prev, W, U, b):
    return h_prev, c_prev


# 1.3 gru_step


def _cut(W, U, b, parts=3):
    return [*np.split(W, parts, axis=-1), *np.split(U, parts, axis=-1), *np.split(b, parts)]


def _gru(x_t, h_prev, W, U, b):
    W_z, W_r, W_h, U_z, U_r, U_h, b_z, b_r, b_h = _cut(W, U, b)
    z, r = sigmoid(x_t @ W_z + h_prev @ U_z + b_z), sigmoid(x_t @ W_r + h_prev @ U_r + b_r)
    return z, r, np.tanh(x_t @ W_h + (r * h_prev) @ U_h + b_h)


def lstm_step__finite__exponential_quotient(x_t, h_prev, c_prev, W, U, b):
    a = np.array(np.split(x_t @ W + h_prev @ U + b, 4, axis=-1))
    gates = np.exp(a) / (1 + np.exp(a))
    c = gates[1] * c_prev + gates[0] * np.tanh(a[2])
    return gates[3] * np.tanh(c), c


def gru_step__z_inverted(x_t, h_prev, W, U, b):
    z, _, candidate = _gru(x_t, h_prev, W, U, b)
    return (1 - z) * h_prev + z * candidate


def gru_step__reset_after(x_t, h_prev, W, U, b):
    W_z, W_r, W_h, U_z, U_r, U_h, b_z, b_r, b_h = _cut(W, U, b)
    z, r = sigmoid(x_t @ W_z + h_prev @ U_z + b_z), sigmoid(x_t @ W_r + h_prev @ U_r + b_r)
    candidate = np.tanh(x_t @ W_h + r * (h_prev @ U_h) + b_h)
    return z * h_prev + (1 - z) * candidate


def gru_step__reset_after__bias_too(x_t, h_prev, W, U, b):
    W_z, W_r, W_h, U_z, U_r, U_h, b_z, b_r, b_h = _cut(W, U, b)
    z, r = sigmoid(x_t @ W_z + h_prev @ U_z + b_z), sigmoid(x_t @ W_r + h_prev @ U_r + b_r)
    candidate = np.tanh(x_t @ W_h + r * (h_prev @ U_h + b_h))
    return z * h_prev + (1 - z) * candidate


def gru_step__lecture(x_t, h_prev, W, U, b):
    W_z, W_r, W_h, U_z, U_r, U_h, *_ = _cut(W, U, b)
    z, r = sigmoid(x_t @ W_z + h_prev @ U_z), sigmoid(x_t @ W_r + h_prev @ U_r)
    candidate = np.tanh(x_t @ W_h + (r * h_prev) @ U_h)
    return (1 - z) * h_prev + z * candidate


def gru_step__other_library(x_t, h_prev, W, U, b):
    W_r, W_z, W_h, U_r, U_z, U_h, b_r, b_z, b_h = _cut(W, U, b)
    z, r = sigmoid(x_t @ W_z + h_prev @ U_z + b_z), sigmoid(x_t @ W_r + h_prev @ U_r + b_r)
    candidate = np.tanh(x_t @ W_h + r * (h_prev @ U_h) + b_h)
    return z * h_prev + (1 - z) * candidate


def gru_step__other_library__bias_too(x_t, h_prev, W, U, b):
    W_r, W_z, W_h, U_r, U_z, U_h, b_r, b_z, b_h = _cut(W, U, b)
    z, r = sigmoid(x_t @ W_z + h_prev @ U_z + b_z), sigmoid(x_t @ W_r + h_prev @ U_r + b_r)
    candidate = np.tanh(x_t @ W_h + r * (h_prev @ U_h + b_h))
    return z * h_prev + (1 - z) * candidate


def gru_step__no_reset(x_t, h_prev, W, U, b):
    a_z, _, a_h = np.split(x_t @ W + h_prev @ U + b, 3, axis=-1)
    z = sigmoid(a_z)
    return z * h_prev + (1 - z) * np.tanh(a_h)


def gru_step__r_inverted(x_t, h_prev, W, U, b):
    W_z, W_r, W_h, U_z, U_r, U_h, b_z, b_r, b_h = _cut(W, U, b)
    z, r = sigmoid(x_t @ W_z + h_prev @ U_z + b_z), sigmoid(x_t @ W_r + h_prev @ U_r + b_r)
    candidate = np.tanh(x_t @ W_h + ((1 - r) * h_prev) @ U_h + b_h)
    return z * h_prev + (1 - z) * candidate


def gru_step__z_resets(x_t, h_prev, W, U, b):
    W_z, _, W_h, U_z, _, U_h, b_z, _, b_h = _cut(W, U, b)
    z = sigmoid(x_t @ W_z + h_prev @ U_z + b_z)
    candidate = np.tanh(x_t @ W_h + (z * h_prev) @ U_h + b_h)
    return z * h_prev + (1 - z) * candidate


def gru_step__reset_kept(x_t, h_prev, W, U, b):
    z, r, candidate = _gru(x_t, h_prev, W, U, b)
    h_prev = r * h_prev
    return z * h_prev + (1 - z) * candidate


def gru_step__no_balance(x_t, h_prev, W, U, b):
    z, _, candidate = _gru(x_t, h_prev, W, U, b)
    return z * h_prev + candidate


def gru_step__r_balances(x_t, h_prev, W, U, b):
    z, r, candidate = _gru(x_t, h_prev, W, U, b)
    return z * h_prev + r * candidate


def gru_step__nothing_kept(x_t, h_prev, W, U, b):
    _, _, candidate = _gru(x_t, h_prev, W, U, b)
    return candidate


def gru_step__candidate_sigmoid(x_t, h_prev, W, U, b):
    W_z, W_r, W_h, U_z, U_r, U_h, b_z, b_r, b_h = _cut(W, U, b)
    z, r = sigmoid(x_t @ W_z + h_prev @ U_z + b_z), sigmoid(x_t @ W_r + h_prev @ U_r + b_r)
    candidate = sigmoid(x_t @ W_h + (r * h_prev) @ U_h + b_h)
    return z * h_prev + (1 - z) * candidate


def gru_step__candidate_linear(x_t, h_prev, W, U, b):
    W_z, W_r, W_h, U_z, U_r, U_h, b_z, b_r, b_h = _cut(W, U, b)
    z, r = sigmoid(x_t @ W_z + h_prev @ U_z + b_z), sigmoid(x_t @ W_r + h_prev @ U_r + b_r)
    return z * h_prev + (1 - z) * (x_t @ W_h + (r * h_prev) @ U_h + b_h)


def gru_step__gates_tanh(x_t, h_prev, W, U, b):
    W_z, W_r, W_h, U_z, U_r, U_h, b_z, b_r, b_h = _cut(W, U, b)
    z, r = np.tanh(x_t @ W_z + h_prev @ U_z + b_z), np.tanh(x_t @ W_r + h_prev @ U_r + b_r)
    candidate = np.tanh(x_t @ W_h + (r * h_prev) @ U_h + b_h)
    return z * h_prev + (1 - z) * candidate


def gru_step__gates_tanh__r(x_t, h_prev, W, U, b):
    W_z, W_r, W_h, U_z, U_r, U_h, b_z, b_r, b_h = _cut(W, U, b)
    z, r = sigmoid(x_t @ W_z + h_prev @ U_z + b_z), np.tanh(x_t @ W_r + h_prev @ U_r + b_r)
    candidate = np.tanh(x_t @ W_h + (r * h_prev) @ U_h + b_h)
    return z * h_prev + (1 - z) * candidate


def gru_step__gates_tanh__z(x_t, h_prev, W, U, b):
    W_z, W_r, W_h, U_z, U_r, U_h, b_z, b_r, b_h = _cut(W, U, b)
    z, r = np.tanh(x_t @ W_z + h_prev @ U_z + b_z), sigmoid(x_t @ W_r + h_prev @ U_r + b_r)
    candidate = np.tanh(x_t @ W_h + (r * h_prev) @ U_h + b_h)
    return z * h_prev + (1 - z) * candidate


def gru_step__gates_linear(x_t, h_prev, W, U, b):
    W_z, W_r, W_h, U_z, U_r, U_h, b_z, b_r, b_h = _cut(W, U, b)
    z, r = x_t @ W_z + h_prev @ U_z + b_z, x_t @ W_r + h_prev @ U_r + b_r
    candidate = np.tanh(x_t @ W_h + (r * h_prev) @ U_h + b_h)
    return z * h_prev + (1 - z) * candidate


def gru_step__tanh_out(x_t, h_prev, W, U, b):
    z, _, candidate = _gru(x_t, h_prev, W, U, b)
    return np.tanh(z * h_prev + (1 - z) * candidate)


def gru_step__order_rzh(x_t, h_prev, W, U, b):
    W_r, W_z, W_h, U_r, U_z, U_h, b_r, b_z, b_h = _cut(W, U, b)
    z, r = sigmoid(x_t @ W_z + h_prev @ U_z + b_z), sigmoid(x_t @ W_r + h_prev @ U_r + b_r)
    candidate = np.tanh(x_t @ W_h + (r * h_prev) @ U_h + b_h)
    return z * h_prev + (1 - z) * candidate


def gru_step__order__hzr(x_t, h_prev, W, U, b):
    W_h, W_z, W_r, U_h, U_z, U_r, b_h, b_z, b_r = _cut(W, U, b)
    z, r = sigmoid(x_t @ W_z + h_prev @ U_z + b_z), sigmoid(x_t @ W_r + h_prev @ U_r + b_r)
    candidate = np.tanh(x_t @ W_h + (r * h_prev) @ U_h + b_h)
    return z * h_prev + (1 - z) * candidate


def gru_step__interleaved(x_t, h_prev, W, U, b):
    W_z, W_r, W_h = W[:, 0::3], W[:, 1::3], W[:, 2::3]
    U_z, U_r, U_h = U[:, 0::3], U[:, 1::3], U[:, 2::3]
    z, r = sigmoid(x_t @ W_z + h_prev @ U_z + b[0::3]), sigmoid(x_t @ W_r + h_prev @ U_r + b[1::3])
    candidate = np.tanh(x_t @ W_h + (r * h_prev) @ U_h + b[2::3])
    return z * h_prev + (1 - z) * candidate


def gru_step__reshaped(x_t, h_prev, W, U, b):
    units = h_prev.shape[1]
    W_z, W_r, W_h = W.reshape(3, -1, units)
    U_z, U_r, U_h = U.reshape(3, units, units)
    b_z, b_r, b_h = b.reshape(3, units)
    z, r = sigmoid(x_t @ W_z + h_prev @ U_z + b_z), sigmoid(x_t @ W_r + h_prev @ U_r + b_r)
    candidate = np.tanh(x_t @ W_h + (r * h_prev) @ U_h + b_h)
    return z * h_prev + (1 - z) * candidate


def gru_step__raises__cut_over_rows(x_t, h_prev, W, U, b):
    (W_z, W_r, W_h), (U_z, U_r, U_h), (b_z, b_r, b_h) = np.split(W, 3), np.split(U, 3), np.split(b, 3)
    z, r = sigmoid(x_t @ W_z + h_prev @ U_z + b_z), sigmoid(x_t @ W_r + h_prev @ U_r + b_r)
    candidate = np.tanh(x_t @ W_h + (r * h_prev) @ U_h + b_h)
    return z * h_prev + (1 - z) * candidate


def gru_step__swapped_weights(x_t, h_prev, W, U, b):
    z, _, candidate = _gru(x_t, h_prev, U, W, b)
    return z * h_prev + (1 - z) * candidate


def gru_step__transposed(x_t, h_prev, W, U, b):
    W_z, W_r, W_h, U_z, U_r, U_h, b_z, b_r, b_h = _cut(W, U, b)
    z, r = sigmoid(x_t @ W_z + h_prev @ U_z.T + b_z), sigmoid(x_t @ W_r + h_prev @ U_r.T + b_r)
    candidate = np.tanh(x_t @ W_h + (r * h_prev) @ U_h.T + b_h)
    return z * h_prev + (1 - z) * candidate


def gru_step__no_bias(x_t, h_prev, W, U, b):
    W_z, W_r, W_h, U_z, U_r, U_h, *_ = _cut(W, U, b)
    z, r = sigmoid(x_t @ W_z + h_prev @ U_z), sigmoid(x_t @ W_r + h_prev @ U_r)
    candidate = np.tanh(x_t @ W_h + (r * h_prev) @ U_h)
    return z * h_prev + (1 - z) * candidate


def gru_step__candidate_no_bias(x_t, h_prev, W, U, b):
    W_z, W_r, W_h, U_z, U_r, U_h, b_z, b_r, _ = _cut(W, U, b)
    z, r = sigmoid(x_t @ W_z + h_prev @ U_z + b_z), sigmoid(x_t @ W_r + h_prev @ U_r + b_r)
    candidate = np.tanh(x_t @ W_h + (r * h_prev) @ U_h)
    return z * h_prev + (1 - z) * candidate


def gru_step__no_memory(x_t, h_prev, W, U, b):
    a_z, _, a_h = np.split(x_t @ W + b, 3, axis=-1)
    z = sigmoid(a_z)
    return z * h_prev + (1 - z) * np.tanh(a_h)


def gru_step__no_input(x_t, h_prev, W, U, b):
    _, _, _, U_z, U_r, U_h, b_z, b_r, b_h = _cut(W, U, b)
    z, r = sigmoid(h_prev @ U_z + b_z), sigmoid(h_prev @ U_r + b_r)
    candidate = np.tanh((r * h_prev) @ U_h + b_h)
    return z * h_prev + (1 - z) * candidate


def gru_step__value__reset_of_the_input(x_t, h_prev, W, U, b):
    W_z, W_r, W_h, U_z, U_r, U_h, b_z, b_r, b_h = _cut(W, U, b)
    z, r = sigmoid(x_t @ W_z + h_prev @ U_z + b_z), sigmoid(x_t @ W_r + h_prev @ U_r + b_r)
    candidate = np.tanh(r * (x_t @ W_h) + h_prev @ U_h + b_h)
    return z * h_prev + (1 - z) * candidate


def gru_step__type__pair(x_t, h_prev, W, U, b):
    z, _, candidate = _gru(x_t, h_prev, W, U, b)
    h = z * h_prev + (1 - z) * candidate
    return h, [h]


def gru_step__shape__batch_averaged(x_t, h_prev, W, U, b):
    z, _, candidate = _gru(x_t, h_prev, W, U, b)
    return (z * h_prev + (1 - z) * candidate).mean(axis=0)


def gru_step__raises__cut_in_four(x_t, h_prev, W, U, b):
    W_z, W_r, W_h, _ = np.split(W, 4, axis=-1)
    return np.tanh(x_t @ W_z @ W_r @ W_h)


def gru_step__finite__nan(x_t, h_prev, W, U, b):
    with np.errstate(all="ignore"):
        return np.log(-np.abs(h_prev) - 1)


def gru_step__changed(x_t, h_prev, W, U, b):
    z, _, candidate = _gru(x_t, h_prev, W, U, b)
    h_prev *= z
    h_prev += (1 - z) * candidate
    return h_prev


def gru_step__zeros(x_t, h_prev, W, U, b):
    return np.zeros(h_prev.shape)


def gru_step__constant(x_t, h_prev, W, U, b):
    return np.ones(h_prev.shape)


def gru_step__echo(x_t, h_prev, W, U, b):
    return h_prev


# 7.1 coupled_lstm_step


def _coupled(x_t, h_prev, c_prev, W, U, b):
    a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 3, axis=-1)
    f = sigmoid(a_f)
    c = f * c_prev + (1 - f) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


def coupled_lstm_step__swapped(x_t, h_prev, c_prev, W, U, b):
    h, c = _coupled(x_t, h_prev, c_prev, W, U, b)
    return c, h


def coupled_lstm_step__i_is_f(x_t, h_prev, c_prev, W, U, b):
    a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 3, axis=-1)
    i = f = sigmoid(a_f)
    c = f * c_prev + i * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


def coupled_lstm_step__f_inverted(x_t, h_prev, c_prev, W, U, b):
    a_i, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 3, axis=-1)
    i = sigmoid(a_i)
    c = (1 - i) * c_prev + i * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


def coupled_lstm_step__no_input_gate(x_t, h_prev, c_prev, W, U, b):
    a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 3, axis=-1)
    c = sigmoid(a_f) * c_prev + np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


def coupled_lstm_step__candidate_sigmoid(x_t, h_prev, c_prev, W, U, b):
    f, candidate, o = np.split(sigmoid(x_t @ W + h_prev @ U + b), 3, axis=-1)
    c = f * c_prev + (1 - f) * candidate
    return o * np.tanh(c), c


def coupled_lstm_step__candidate_linear(x_t, h_prev, c_prev, W, U, b):
    a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 3, axis=-1)
    c = sigmoid(a_f) * c_prev + (1 - sigmoid(a_f)) * a_c
    return sigmoid(a_o) * np.tanh(c), c


def coupled_lstm_step__no_tanh_out(x_t, h_prev, c_prev, W, U, b):
    a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 3, axis=-1)
    c = sigmoid(a_f) * c_prev + (1 - sigmoid(a_f)) * np.tanh(a_c)
    return sigmoid(a_o) * c, c


def coupled_lstm_step__old_c_shown(x_t, h_prev, c_prev, W, U, b):
    a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 3, axis=-1)
    c = sigmoid(a_f) * c_prev + (1 - sigmoid(a_f)) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c_prev), c


def coupled_lstm_step__no_output_gate(x_t, h_prev, c_prev, W, U, b):
    _, c = _coupled(x_t, h_prev, c_prev, W, U, b)
    return np.tanh(c), c


def coupled_lstm_step__h_remembered(x_t, h_prev, c_prev, W, U, b):
    a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 3, axis=-1)
    c = sigmoid(a_f) * h_prev + (1 - sigmoid(a_f)) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


def coupled_lstm_step__gates_tanh(x_t, h_prev, c_prev, W, U, b):
    f, candidate, o = np.split(np.tanh(x_t @ W + h_prev @ U + b), 3, axis=-1)
    c = f * c_prev + (1 - f) * candidate
    return o * np.tanh(c), c


def coupled_lstm_step__gates_linear(x_t, h_prev, c_prev, W, U, b):
    f, a_c, o = np.split(x_t @ W + h_prev @ U + b, 3, axis=-1)
    c = f * c_prev + (1 - f) * np.tanh(a_c)
    return o * np.tanh(c), c


def coupled_lstm_step__order_foc(x_t, h_prev, c_prev, W, U, b):
    a_f, a_o, a_c = np.split(x_t @ W + h_prev @ U + b, 3, axis=-1)
    c = sigmoid(a_f) * c_prev + (1 - sigmoid(a_f)) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


def coupled_lstm_step__order__cfo(x_t, h_prev, c_prev, W, U, b):
    a_c, a_f, a_o = np.split(x_t @ W + h_prev @ U + b, 3, axis=-1)
    c = sigmoid(a_f) * c_prev + (1 - sigmoid(a_f)) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


def coupled_lstm_step__interleaved(x_t, h_prev, c_prev, W, U, b):
    a = x_t @ W + h_prev @ U + b
    f, o = sigmoid(a[:, 0::3]), sigmoid(a[:, 2::3])
    c = f * c_prev + (1 - f) * np.tanh(a[:, 1::3])
    return o * np.tanh(c), c


def coupled_lstm_step__reshaped(x_t, h_prev, c_prev, W, U, b):
    a_f, a_c, a_o = (x_t @ W + h_prev @ U + b).reshape(3, *h_prev.shape)
    c = sigmoid(a_f) * c_prev + (1 - sigmoid(a_f)) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


def coupled_lstm_step__swapped_weights(x_t, h_prev, c_prev, W, U, b):
    return _coupled(x_t, h_prev, c_prev, U, W, b)


def coupled_lstm_step__transposed(x_t, h_prev, c_prev, W, U, b):
    U = np.concatenate([block.T for block in np.split(U, 3, axis=-1)], axis=-1)
    return _coupled(x_t, h_prev, c_prev, W, U, b)


def coupled_lstm_step__no_bias(x_t, h_prev, c_prev, W, U, b):
    return _coupled(x_t, h_prev, c_prev, W, U, 0.0)


def coupled_lstm_step__no_memory(x_t, h_prev, c_prev, W, U, b):
    a_f, a_c, a_o = np.split(x_t @ W + b, 3, axis=-1)
    c = sigmoid(a_f) * c_prev + (1 - sigmoid(a_f)) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


def coupled_lstm_step__no_input(x_t, h_prev, c_prev, W, U, b):
    a_f, a_c, a_o = np.split(h_prev @ U + b, 3, axis=-1)
    c = sigmoid(a_f) * c_prev + (1 - sigmoid(a_f)) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


def coupled_lstm_step__value__o_coupled_too(x_t, h_prev, c_prev, W, U, b):
    a_f, a_c, _ = np.split(x_t @ W + h_prev @ U + b, 3, axis=-1)
    f = sigmoid(a_f)
    c = f * c_prev + (1 - f) * np.tanh(a_c)
    return (1 - f) * np.tanh(c), c


def coupled_lstm_step__raises__four_blocks(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    c = sigmoid(a_f) * c_prev + sigmoid(a_i) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


def coupled_lstm_step__type__only_h(x_t, h_prev, c_prev, W, U, b):
    return _coupled(x_t, h_prev, c_prev, W, U, b)[0]


def coupled_lstm_step__shape__one_sequence_only(x_t, h_prev, c_prev, W, U, b):
    h, c = _coupled(x_t, h_prev, c_prev, W, U, b)
    return h[0], c[0]


def coupled_lstm_step__finite__nan(x_t, h_prev, c_prev, W, U, b):
    return h_prev * np.nan, c_prev


def coupled_lstm_step__changed(x_t, h_prev, c_prev, W, U, b):
    h, c = _coupled(x_t, h_prev, c_prev, W, U, b)
    c_prev[:] = c
    return h, c


def coupled_lstm_step__zeros(x_t, h_prev, c_prev, W, U, b):
    return np.zeros(h_prev.shape), np.zeros(c_prev.shape)


def coupled_lstm_step__constant(x_t, h_prev, c_prev, W, U, b):
    return np.ones(h_prev.shape), np.ones(c_prev.shape)


def coupled_lstm_step__echo(x_t, h_prev, c_prev, W, U, b):
    return h_prev, c_prev


# 7.2 peephole_lstm_step


def _peephole(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    i, f = sigmoid(a_i + c_prev @ P_i), sigmoid(a_f + c_prev @ P_f)
    c = f * c_prev + i * np.tanh(a_c)
    return sigmoid(a_o + c @ P_o) * np.tanh(c), c


def peephole_lstm_step__swapped(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    h, c = _peephole(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o)
    return c, h


def peephole_lstm_step__old_c(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    i, f, o = sigmoid(a_i + c_prev @ P_i), sigmoid(a_f + c_prev @ P_f), sigmoid(a_o + c_prev @ P_o)
    c = f * c_prev + i * np.tanh(a_c)
    return o * np.tanh(c), c


def peephole_lstm_step__o_blind(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    i, f, o = sigmoid(a_i + c_prev @ P_i), sigmoid(a_f + c_prev @ P_f), sigmoid(a_o)
    c = f * c_prev + i * np.tanh(a_c)
    return o * np.tanh(c), c


def peephole_lstm_step__no_peepholes(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    return lstm_step(x_t, h_prev, c_prev, W, U, b)


def peephole_lstm_step__diagonal(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    i, f = sigmoid(a_i + c_prev * np.diag(P_i)), sigmoid(a_f + c_prev * np.diag(P_f))
    c = f * c_prev + i * np.tanh(a_c)
    return sigmoid(a_o + c * np.diag(P_o)) * np.tanh(c), c


def peephole_lstm_step__elementwise(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    i, f = sigmoid(a_i + c_prev * P_i), sigmoid(a_f + c_prev * P_f)
    c = f * c_prev + i * np.tanh(a_c)
    return sigmoid(a_o + c * P_o) * np.tanh(c), c


def peephole_lstm_step__transposed_P(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    i, f = sigmoid(a_i + (P_i @ c_prev.T).T), sigmoid(a_f + (P_f @ c_prev.T).T)
    c = f * c_prev + i * np.tanh(a_c)
    return sigmoid(a_o + (P_o @ c.T).T) * np.tanh(c), c


def peephole_lstm_step__swapped_P(x_t, h_prev, c_prev, W, U, b, P_f, P_i, P_o):
    return _peephole(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o)


def peephole_lstm_step__sees_h(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    i, f = sigmoid(a_i + h_prev @ P_i), sigmoid(a_f + h_prev @ P_f)
    c = f * c_prev + i * np.tanh(a_c)
    return sigmoid(a_o + c @ P_o) * np.tanh(c), c


def peephole_lstm_step__sees_h__o_too(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    i, f, o = sigmoid(a_i + h_prev @ P_i), sigmoid(a_f + h_prev @ P_f), sigmoid(a_o + h_prev @ P_o)
    c = f * c_prev + i * np.tanh(a_c)
    return o * np.tanh(c), c


def peephole_lstm_step__sees_tanh_c(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    i, f = sigmoid(a_i + np.tanh(c_prev) @ P_i), sigmoid(a_f + np.tanh(c_prev) @ P_f)
    c = f * c_prev + i * np.tanh(a_c)
    return sigmoid(a_o + np.tanh(c) @ P_o) * np.tanh(c), c


def peephole_lstm_step__sees_tanh_c__o_only(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    i, f = sigmoid(a_i + c_prev @ P_i), sigmoid(a_f + c_prev @ P_f)
    c = f * c_prev + i * np.tanh(a_c)
    shown = np.tanh(c)
    return sigmoid(a_o + shown @ P_o) * shown, c


def peephole_lstm_step__candidate_sees(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    i, f = sigmoid(a_i + c_prev @ P_i), sigmoid(a_f + c_prev @ P_f)
    c = f * c_prev + i * np.tanh(a_c + c_prev @ P_i)
    return sigmoid(a_o + c @ P_o) * np.tanh(c), c


def peephole_lstm_step__outside(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    i, f = sigmoid(a_i) + c_prev @ P_i, sigmoid(a_f) + c_prev @ P_f
    c = f * c_prev + i * np.tanh(a_c)
    return (sigmoid(a_o) + c @ P_o) * np.tanh(c), c


def peephole_lstm_step__candidate_sigmoid(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    i, f = sigmoid(a_i + c_prev @ P_i), sigmoid(a_f + c_prev @ P_f)
    c = f * c_prev + i * sigmoid(a_c)
    return sigmoid(a_o + c @ P_o) * np.tanh(c), c


def peephole_lstm_step__no_tanh_out(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    i, f = sigmoid(a_i + c_prev @ P_i), sigmoid(a_f + c_prev @ P_f)
    c = f * c_prev + i * np.tanh(a_c)
    return sigmoid(a_o + c @ P_o) * c, c


def peephole_lstm_step__order_ifoc(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    a_i, a_f, a_o, a_c = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    i, f = sigmoid(a_i + c_prev @ P_i), sigmoid(a_f + c_prev @ P_f)
    c = f * c_prev + i * np.tanh(a_c)
    return sigmoid(a_o + c @ P_o) * np.tanh(c), c


def peephole_lstm_step__order_fico(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    a_f, a_i, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    i, f = sigmoid(a_i + c_prev @ P_i), sigmoid(a_f + c_prev @ P_f)
    c = f * c_prev + i * np.tanh(a_c)
    return sigmoid(a_o + c @ P_o) * np.tanh(c), c


def peephole_lstm_step__order__fioc(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    a_f, a_i, a_o, a_c = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    i, f = sigmoid(a_i + c_prev @ P_i), sigmoid(a_f + c_prev @ P_f)
    c = f * c_prev + i * np.tanh(a_c)
    return sigmoid(a_o + c @ P_o) * np.tanh(c), c


def peephole_lstm_step__no_bias(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    return _peephole(x_t, h_prev, c_prev, W, U, np.zeros_like(b), P_i, P_f, P_o)


def peephole_lstm_step__value__i_and_f_swapped_in_the_cell(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    i, f = sigmoid(a_i + c_prev @ P_i), sigmoid(a_f + c_prev @ P_f)
    c = i * c_prev + f * np.tanh(a_c)
    return sigmoid(a_o + c @ P_o) * np.tanh(c), c


def peephole_lstm_step__type__dict(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    h, c = _peephole(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o)
    return {"h": h, "c": c}


def peephole_lstm_step__shape__one_row_more(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    h, c = _peephole(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o)
    return h, np.concatenate([c_prev, c])


def peephole_lstm_step__raises__columns(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    i, f = sigmoid(a_i + P_i @ c_prev), sigmoid(a_f + P_f @ c_prev)
    c = f * c_prev + i * np.tanh(a_c)
    return sigmoid(a_o + P_o @ c) * np.tanh(c), c


def peephole_lstm_step__raises__o_before_c(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    i, f, o = sigmoid(a_i + c_prev @ P_i), sigmoid(a_f + c_prev @ P_f), sigmoid(a_o + c @ P_o)  # noqa: F821
    c = f * c_prev + i * np.tanh(a_c)
    return o * np.tanh(c), c


def peephole_lstm_step__finite__nan(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    h, c = _peephole(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o)
    return h, c * np.inf


def peephole_lstm_step__changed(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    i, f = sigmoid(a_i + c_prev @ P_i), sigmoid(a_f + c_prev @ P_f)
    c_prev[...] = f * c_prev + i * np.tanh(a_c)
    return sigmoid(a_o + c_prev @ P_o) * np.tanh(c_prev), c_prev


def peephole_lstm_step__zeros(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    return np.zeros(h_prev.shape), np.zeros(c_prev.shape)


def peephole_lstm_step__constant(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    return np.ones(h_prev.shape), np.ones(c_prev.shape)


def peephole_lstm_step__echo(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    return h_prev, c_prev


# of others


def gru_step__resets_the_input(x_t, h_prev, W, U, b):
    a_z, a_r, a_h = np.split(x_t @ W + h_prev @ U + b, 3, axis=-1)
    z = sigmoid(a_z)
    return z * h_prev + (1 - z) * np.tanh(sigmoid(a_r) * a_h)


def gru_step__candidate_transposed(x_t, h_prev, W, U, b):
    a_z, a_r, _ = np.split(x_t @ W + h_prev @ U + b, 3, axis=-1)
    z, units = sigmoid(a_z), h_prev.shape[1]
    new = np.tanh(x_t @ W[:, -units:] + (sigmoid(a_r) * h_prev) @ U[:, -units:].T + b[-units:])
    return z * h_prev + (1 - z) * new


def coupled_lstm_step__one_minus_inside(x_t, h_prev, c_prev, W, U, b):
    a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 3, axis=-1)
    c = sigmoid(a_f) * c_prev + sigmoid(1 - a_f) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c


def peephole_lstm_step__column_sums(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    i, f = sigmoid(a_i + c_prev * P_i.sum(axis=0)), sigmoid(a_f + c_prev * P_f.sum(axis=0))
    c = f * c_prev + i * np.tanh(a_c)
    return sigmoid(a_o + c * P_o.sum(axis=0)) * np.tanh(c), c
