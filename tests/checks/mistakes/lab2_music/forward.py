"""The classic wrong answers of lab 2: the LSTM along a sequence.

A name says all (`listed`): `lstm_forward__swapped` must earn the hint `swapped`.
"""

import numpy as np

from checks.mistakes.lab2_music.gates import lstm_step, sigmoid

# 1.2 lstm_forward


def _choose(mask, t, new, old):
    return new if mask is None else np.where(mask[:, t, None], new, old)


def _forward(x, h_0, c_0, W, U, b, mask=None):
    h, c, hs, cs = h_0, c_0, [], []
    for t in range(x.shape[1]):
        h_new, c_new = lstm_step(x[:, t], h, c, W, U, b)
        h, c = _choose(mask, t, h_new, h), _choose(mask, t, c_new, c)
        hs.append(h)
        cs.append(c)
    return np.stack(hs, axis=1), np.stack(cs, axis=1)


def lstm_forward__swapped(x, h_0, c_0, W, U, b, mask=None):
    h, c = _forward(x, h_0, c_0, W, U, b, mask)
    return c, h


def lstm_forward__handed_on_swapped(x, h_0, c_0, W, U, b, mask=None):
    h, c, hs, cs = h_0, c_0, [], []
    for t in range(x.shape[1]):
        h_new, c_new = lstm_step(x[:, t], c, h, W, U, b)
        h, c = _choose(mask, t, h_new, h), _choose(mask, t, c_new, c)
        hs.append(h)
        cs.append(c)
    return np.stack(hs, axis=1), np.stack(cs, axis=1)


def lstm_forward__handed_on_swapped__unpacked(x, h_0, c_0, W, U, b, mask=None):
    h, c, hs, cs = h_0, c_0, [], []
    for t in range(x.shape[1]):
        c_new, h_new = lstm_step(x[:, t], h, c, W, U, b)
        h, c = _choose(mask, t, h_new, h), _choose(mask, t, c_new, c)
        hs.append(h)
        cs.append(c)
    return np.stack(hs, axis=1), np.stack(cs, axis=1)


def lstm_forward__with_first(x, h_0, c_0, W, U, b, mask=None):
    hs, cs = [h_0], [c_0]
    for t in range(x.shape[1]):
        h, c = lstm_step(x[:, t], hs[-1], cs[-1], W, U, b)
        hs.append(_choose(mask, t, h, hs[-1]))
        cs.append(_choose(mask, t, c, cs[-1]))
    return np.stack(hs, axis=1), np.stack(cs, axis=1)


def lstm_forward__shifted(x, h_0, c_0, W, U, b, mask=None):
    h, c, hs, cs = h_0, c_0, [], []
    for t in range(x.shape[1]):
        hs.append(h)
        cs.append(c)
        h_new, c_new = lstm_step(x[:, t], h, c, W, U, b)
        h, c = _choose(mask, t, h_new, h), _choose(mask, t, c_new, c)
    return np.stack(hs, axis=1), np.stack(cs, axis=1)


def lstm_forward__last_only(x, h_0, c_0, W, U, b, mask=None):
    h, c = h_0, c_0
    for t in range(x.shape[1]):
        h_new, c_new = lstm_step(x[:, t], h, c, W, U, b)
        h, c = _choose(mask, t, h_new, h), _choose(mask, t, c_new, c)
    return h, c


def lstm_forward__last_c_only(x, h_0, c_0, W, U, b, mask=None):
    h, c, hs = h_0, c_0, []
    for t in range(x.shape[1]):
        h_new, c_new = lstm_step(x[:, t], h, c, W, U, b)
        h, c = _choose(mask, t, h_new, h), _choose(mask, t, c_new, c)
        hs.append(h)
    return np.stack(hs, axis=1), c


def lstm_forward__only_h(x, h_0, c_0, W, U, b, mask=None):
    h, c, hs = h_0, c_0, []
    for t in range(x.shape[1]):
        h_new, c_new = lstm_step(x[:, t], h, c, W, U, b)
        h, c = _choose(mask, t, h_new, h), _choose(mask, t, c_new, c)
        hs.append(h)
    return np.stack(hs, axis=1)


def lstm_forward__not_carried(x, h_0, c_0, W, U, b, mask=None):
    h, c, hs, cs = h_0, c_0, [], []
    for t in range(x.shape[1]):
        h_new, c_new = lstm_step(x[:, t], h_0, c_0, W, U, b)
        h, c = _choose(mask, t, h_new, h), _choose(mask, t, c_new, c)
        hs.append(h)
        cs.append(c)
    return np.stack(hs, axis=1), np.stack(cs, axis=1)


def lstm_forward__h_not_carried(x, h_0, c_0, W, U, b, mask=None):
    h, c, hs, cs = h_0, c_0, [], []
    for t in range(x.shape[1]):
        h_new, c_new = lstm_step(x[:, t], h_0, c, W, U, b)
        h, c = _choose(mask, t, h_new, h), _choose(mask, t, c_new, c)
        hs.append(h)
        cs.append(c)
    return np.stack(hs, axis=1), np.stack(cs, axis=1)


def lstm_forward__c_not_carried(x, h_0, c_0, W, U, b, mask=None):
    h, c, hs, cs = h_0, c_0, [], []
    for t in range(x.shape[1]):
        h_new, c_new = lstm_step(x[:, t], h, c_0, W, U, b)
        h, c = _choose(mask, t, h_new, h), _choose(mask, t, c_new, c)
        hs.append(h)
        cs.append(c)
    return np.stack(hs, axis=1), np.stack(cs, axis=1)


def lstm_forward__starts_ignored(x, h_0, c_0, W, U, b, mask=None):
    zeros = np.zeros((x.shape[0], U.shape[0]))
    return _forward(x, zeros, zeros, W, U, b, mask)


def lstm_forward__h_0_ignored(x, h_0, c_0, W, U, b, mask=None):
    return _forward(x, np.zeros_like(c_0), c_0, W, U, b, mask)


def lstm_forward__c_0_ignored(x, h_0, c_0, W, U, b, mask=None):
    return _forward(x, h_0, np.zeros_like(h_0), W, U, b, mask)


def lstm_forward__c_0_is_h_0(x, h_0, c_0, W, U, b, mask=None):
    h = c = h_0
    return _forward(x, h, c, W, U, b, mask)


def lstm_forward__mask_ignored(x, h_0, c_0, W, U, b, mask=None):
    h, c, hs, cs = h_0, c_0, [], []
    for t in range(x.shape[1]):
        h, c = lstm_step(x[:, t], h, c, W, U, b)
        hs.append(h)
        cs.append(c)
    return np.stack(hs, axis=1), np.stack(cs, axis=1)


def lstm_forward__mask_h_only(x, h_0, c_0, W, U, b, mask=None):
    h, c, hs, cs = h_0, c_0, [], []
    for t in range(x.shape[1]):
        h_new, c = lstm_step(x[:, t], h, c, W, U, b)
        h = h_new if mask is None else np.where(mask[:, t, None], h_new, h)
        hs.append(h)
        cs.append(c)
    return np.stack(hs, axis=1), np.stack(cs, axis=1)


def lstm_forward__mask_c_only(x, h_0, c_0, W, U, b, mask=None):
    h, c, hs, cs = h_0, c_0, [], []
    for t in range(x.shape[1]):
        h, c_new = lstm_step(x[:, t], h, c, W, U, b)
        c = c_new if mask is None else np.where(mask[:, t, None], c_new, c)
        hs.append(h)
        cs.append(c)
    return np.stack(hs, axis=1), np.stack(cs, axis=1)


def lstm_forward__inverted_mask(x, h_0, c_0, W, U, b, mask=None):
    h, c, hs, cs = h_0, c_0, [], []
    for t in range(x.shape[1]):
        h_new, c_new = lstm_step(x[:, t], h, c, W, U, b)
        if mask is not None:
            padding = mask[:, t, None]
            h_new, c_new = np.where(padding, h, h_new), np.where(padding, c, c_new)
        h, c = h_new, c_new
        hs.append(h)
        cs.append(c)
    return np.stack(hs, axis=1), np.stack(cs, axis=1)


def lstm_forward__masked_to_zero(x, h_0, c_0, W, U, b, mask=None):
    h, c, hs, cs = h_0, c_0, [], []
    for t in range(x.shape[1]):
        h, c = lstm_step(x[:, t], h, c, W, U, b)
        if mask is not None:
            h, c = h * mask[:, t, None], c * mask[:, t, None]
        hs.append(h)
        cs.append(c)
    return np.stack(hs, axis=1), np.stack(cs, axis=1)


def lstm_forward__masked_to_zero__h(x, h_0, c_0, W, U, b, mask=None):
    h, c, hs, cs = h_0, c_0, [], []
    for t in range(x.shape[1]):
        h, c_new = lstm_step(x[:, t], h, c, W, U, b)
        h, c = _choose(mask, t, h, 0.0), _choose(mask, t, c_new, c)
        hs.append(h)
        cs.append(c)
    return np.stack(hs, axis=1), np.stack(cs, axis=1)


def lstm_forward__masked_to_first(x, h_0, c_0, W, U, b, mask=None):
    h, c, hs, cs = h_0, c_0, [], []
    for t in range(x.shape[1]):
        h, c = lstm_step(x[:, t], h, c, W, U, b)
        h, c = _choose(mask, t, h, h_0), _choose(mask, t, c, c_0)
        hs.append(h)
        cs.append(c)
    return np.stack(hs, axis=1), np.stack(cs, axis=1)


def lstm_forward__masked_input(x, h_0, c_0, W, U, b, mask=None):
    if mask is not None:
        x = np.where(mask[:, :, None], x, 0.0)
    return _forward(x, h_0, c_0, W, U, b)


def lstm_forward__masked_output_only(x, h_0, c_0, W, U, b, mask=None):
    h, c, hs, cs = h_0, c_0, [h_0], [c_0]
    for t in range(x.shape[1]):
        h, c = lstm_step(x[:, t], h, c, W, U, b)
        hs.append(_choose(mask, t, h, hs[-1]))
        cs.append(_choose(mask, t, c, cs[-1]))
    return np.stack(hs[1:], axis=1), np.stack(cs[1:], axis=1)


def lstm_forward__masked_output_zero(x, h_0, c_0, W, U, b, mask=None):
    h, c = _forward(x, h_0, c_0, W, U, b, mask)
    if mask is not None:
        h, c = h * mask[..., None], c * mask[..., None]
    return h, c


def lstm_forward__same_array(x, h_0, c_0, W, U, b, mask=None):
    h, c, hs, cs = h_0.copy(), c_0.copy(), [], []
    for t in range(x.shape[1]):
        h_new, c_new = lstm_step(x[:, t], h, c, W, U, b)
        h[:], c[:] = _choose(mask, t, h_new, h), _choose(mask, t, c_new, c)
        hs.append(h)
        cs.append(c)
    return np.stack(hs, axis=1), np.stack(cs, axis=1)


def lstm_forward__time_first(x, h_0, c_0, W, U, b, mask=None):
    h, c = _forward(x, h_0, c_0, W, U, b, mask)
    return np.array(list(h.swapaxes(0, 1))), np.array(list(c.swapaxes(0, 1)))


def lstm_forward__backwards(x, h_0, c_0, W, U, b, mask=None):
    h, c, hs, cs = h_0, c_0, [], []
    for t in reversed(range(x.shape[1])):
        h_new, c_new = lstm_step(x[:, t], h, c, W, U, b)
        h, c = _choose(mask, t, h_new, h), _choose(mask, t, c_new, c)
        hs.append(h)
        cs.append(c)
    return np.stack(hs, axis=1), np.stack(cs, axis=1)


def lstm_forward__value__no_tanh_inline(x, h_0, c_0, W, U, b, mask=None):
    h, c, hs, cs = h_0, c_0, [], []
    for t in range(x.shape[1]):
        a_i, a_f, a_c, a_o = np.split(x[:, t] @ W + h @ U + b, 4, axis=-1)
        c_new = sigmoid(a_f) * c + sigmoid(a_i) * np.tanh(a_c)
        h, c = _choose(mask, t, sigmoid(a_o) * c_new, h), _choose(mask, t, c_new, c)
        hs.append(h)
        cs.append(c)
    return np.stack(hs, axis=1), np.stack(cs, axis=1)


def lstm_forward__value__one_mask_for_all(x, h_0, c_0, W, U, b, mask=None):
    h, c, hs, cs = h_0, c_0, [], []
    for t in range(x.shape[1]):
        if mask is None or mask[:, t].any():
            h, c = lstm_step(x[:, t], h, c, W, U, b)
        hs.append(h)
        cs.append(c)
    return np.stack(hs, axis=1), np.stack(cs, axis=1)


def lstm_forward__type__joined(x, h_0, c_0, W, U, b, mask=None):
    return np.concatenate(_forward(x, h_0, c_0, W, U, b, mask), axis=-1)


def lstm_forward__type__pairs(x, h_0, c_0, W, U, b, mask=None):
    h, c = _forward(x, h_0, c_0, W, U, b, mask)
    return h, c, h[:, -1]


def lstm_forward__shape__joined_on_units(x, h_0, c_0, W, U, b, mask=None):
    return tuple(state.reshape(len(x), -1) for state in _forward(x, h_0, c_0, W, U, b, mask))


def lstm_forward__raises__mask_is_none(x, h_0, c_0, W, U, b, mask=None):
    h, c, hs, cs = h_0, c_0, [], []
    for t in range(x.shape[1]):
        h_new, c_new = lstm_step(x[:, t], h, c, W, U, b)
        h, c = np.where(mask[:, t, None], h_new, h), np.where(mask[:, t, None], c_new, c)
        hs.append(h)
        cs.append(c)
    return np.stack(hs, axis=1), np.stack(cs, axis=1)


def lstm_forward__raises__mask_without_an_axis(x, h_0, c_0, W, U, b, mask=None):
    h, c, hs, cs = h_0, c_0, [], []
    for t in range(x.shape[1]):
        h_new, c_new = lstm_step(x[:, t], h, c, W, U, b)
        real = np.ones(len(x), bool) if mask is None else mask[:, t]
        h, c = np.where(real, h_new, h), np.where(real, c_new, c)
        hs.append(h)
        cs.append(c)
    return np.stack(hs, axis=1), np.stack(cs, axis=1)


def lstm_forward__finite__nan_at_masked_steps(x, h_0, c_0, W, U, b, mask=None):
    h, c = _forward(x, h_0, c_0, W, U, b, mask)
    return (h, c) if mask is None else (np.where(mask[..., None], h, np.nan), c)


def lstm_forward__changed(x, h_0, c_0, W, U, b, mask=None):
    hs, cs = [], []
    for t in range(x.shape[1]):
        h, c = lstm_step(x[:, t], h_0, c_0, W, U, b)
        h_0[:], c_0[:] = _choose(mask, t, h, h_0), _choose(mask, t, c, c_0)
        hs.append(h_0.copy())
        cs.append(c_0.copy())
    return np.stack(hs, axis=1), np.stack(cs, axis=1)


def lstm_forward__zeros(x, h_0, c_0, W, U, b, mask=None):
    shape = (*x.shape[:2], len(U))
    return np.zeros(shape), np.zeros(shape)


def lstm_forward__constant(x, h_0, c_0, W, U, b, mask=None):
    shape = (*x.shape[:2], len(U))
    return np.ones(shape), np.ones(shape)


def lstm_forward__echo(x, h_0, c_0, W, U, b, mask=None):
    return h_0, c_0
