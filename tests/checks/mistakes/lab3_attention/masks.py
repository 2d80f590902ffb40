"""The classic wrong answers of lab 3: two masks and the positions.

A name says all (`listed`): `causal_mask__no_diagonal` must earn the hint `no_diagonal`.
"""

import numpy as np

from labkit.checks import cases

# Right answers.


def padding_mask(ids):
    return (ids != 0)[:, None, :]


def causal_mask(length):
    return np.tril(np.ones((length, length), dtype=bool))


def positional_encoding(length, d_model):
    rates = 10000.0 ** (-np.arange(0, d_model, 2) / d_model)
    angles = np.arange(length)[:, None] * rates
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(length, d_model)


# 2.1 padding_mask


def padding_mask__inverted(ids):
    return (ids == 0)[:, None, :]


def padding_mask__rows_masked(ids):
    return (ids != 0)[:, :, None]


def padding_mask__no_axis(ids):
    return ids != 0


def padding_mask__no_axis__inverted(ids):
    return ids == 0


def padding_mask__two_axes(ids):
    return (ids != 0)[:, None, None, :]


def padding_mask__front_axis(ids):
    return (ids != 0)[None, :, :]


def padding_mask__both_sides(ids):
    real = ids != 0
    return real[:, None, :] * real[:, :, None]


def padding_mask__repeated(ids):
    batch, time = ids.shape
    return np.broadcast_to((ids != 0)[:, None, :], (batch, time, time))


def padding_mask__unknown_masked(ids):
    return (ids > 1)[:, None, :]


def padding_mask__numbers(ids):
    return np.where(ids != 0, 1, 0)[:, None, :]


def padding_mask__numbers__float(ids):
    return (ids != 0).astype("float32")[:, None, :]


def padding_mask__numbers__sign(ids):
    return np.sign(ids)[:, None, :]


def padding_mask__added(ids):
    return np.where(ids == 0, -np.inf, 0.0)[:, None, :]


def padding_mask__added__large(ids):
    return (ids == 0)[:, None, :] * -1e9


def padding_mask__by_length(ids):
    lengths = np.count_nonzero(ids, axis=1)
    return np.arange(ids.shape[1])[None, None, :] < lengths[:, None, None]


def padding_mask__until_zero(ids):
    return np.cumprod(ids != 0, axis=1).astype(bool)[:, None, :]


def padding_mask__type__list_of_lengths(ids):
    return [[int(id_) for id_ in row if id_] for row in ids.tolist()] + [[]]


def padding_mask__value__one_real_is_enough(ids):
    mask = padding_mask(ids)
    return np.broadcast_to(mask.any(axis=0, keepdims=True), mask.shape)


def padding_mask__value__last_key_forgotten(ids):
    mask = padding_mask(ids).copy()
    mask[..., -1] = False
    return mask


def padding_mask__shape__one_row_for_all(ids):
    return (ids != 0).all(axis=0)


def padding_mask__changed(ids):
    ids[ids > 0] = 1
    return ids[:, None, :].astype(bool)


def padding_mask__zeros(ids):
    return np.zeros((len(ids), 1, ids.shape[1]), dtype=bool)


def padding_mask__constant(ids):
    return np.ones((len(ids), 1, ids.shape[1]), dtype=bool)


def padding_mask__echo(ids):
    return ids


# 2.2 causal_mask


def causal_mask__no_diagonal(length):
    return np.tril(np.ones((length, length), dtype=bool), k=-1)


def causal_mask__no_diagonal__less_than(length):
    t = np.arange(length)
    return t[None, :] < t[:, None]


def causal_mask__future_by_one(length):
    return np.tril(np.ones((length, length), dtype=bool), k=1)


def causal_mask__transposed(length):
    return np.triu(np.ones((length, length), dtype=bool))


def causal_mask__inverted(length):
    return np.triu(np.ones((length, length), dtype=bool), k=1)


def causal_mask__all_true(length):
    mask = np.ones((length, length), dtype=bool)
    np.tril(mask)
    return mask


def causal_mask__diagonal_only(length):
    return np.eye(length) == 1


def causal_mask__other_corner(length):
    return causal_mask(length)[:, ::-1]


def causal_mask__other_corner__upper(length):
    return causal_mask(length)[::-1]


def causal_mask__numbers(length):
    return np.tril(np.ones((length, length), dtype=int))


def causal_mask__numbers__float(length):
    return np.tri(length)


def causal_mask__added(length):
    return np.triu(np.full((length, length), -np.inf), k=1)


def causal_mask__added__large(length):
    return (1 - np.tri(length)) * -1e9


def causal_mask__front_axis(length):
    return causal_mask(length)[None]


def causal_mask__front_axis__keras(length):
    return causal_mask(length)[None, None]


def causal_mask__value__two_steps_back(length):
    return causal_mask(length) & ~np.tri(length, k=-3, dtype=bool)


def causal_mask__shape__one_more(length):
    return np.tri(length + 1, dtype=bool)


def causal_mask__shape__last_row(length):
    return np.ones(length, dtype=bool)


def causal_mask__type__nothing_for_one(length):
    return causal_mask(length) if length > 1 else None


def causal_mask__zeros(length):
    return np.zeros((length, length), dtype=bool)


def causal_mask__all_true__constant(length):
    return np.ones((length, length), dtype=bool)


def causal_mask__echo(length):
    return length


# 2.3 positional_encoding


def _angles(length, d_model):
    return np.arange(length)[:, None] / 10000 ** (np.arange(0, d_model, 2) / d_model)


def _filled(even, odd):
    table = np.zeros((len(even), 2 * even.shape[1]))
    table[:, 0::2], table[:, 1::2] = even, odd
    return table


def _waves(angles):
    return _filled(np.sin(angles), np.cos(angles))


def positional_encoding__swapped(length, d_model):
    angles = _angles(length, d_model)
    return _filled(np.cos(angles), np.sin(angles))


def positional_encoding__halved(length, d_model):
    angles = _angles(length, d_model)
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=-1)


def positional_encoding__halved__cosines_first(length, d_model):
    angles = _angles(length, d_model)
    return np.hstack([np.cos(angles), np.sin(angles)])


def positional_encoding__no_two(length, d_model):
    i = np.arange(d_model // 2)
    return _waves(np.arange(length)[:, None] / 10000 ** (i / d_model))


def positional_encoding__column_for_pair(length, d_model):
    angles = np.arange(length)[:, None] / 10000 ** (2 * np.arange(d_model) / d_model)
    table = np.sin(angles)
    table[:, 1::2] = np.cos(angles[:, 1::2])
    return table


def positional_encoding__odd_exponent(length, d_model):
    angles = np.arange(length)[:, None] / 10000 ** (np.arange(d_model) / d_model)
    table = np.zeros((length, d_model))
    table[:, 0::2] = np.sin(angles[:, 0::2])
    table[:, 1::2] = np.cos(angles[:, 1::2])
    return table


def positional_encoding__next_exponent(length, d_model):
    i = np.arange(1, d_model // 2 + 1)
    return _waves(np.arange(length)[:, None] / 10000 ** (2 * i / d_model))


def positional_encoding__whole_division(length, d_model):
    table = np.zeros((length, d_model))
    for p in range(length):
        for i in range(d_model // 2):
            angle = p / 10000 ** (2 * i // d_model)
            table[p, 2 * i], table[p, 2 * i + 1] = np.sin(angle), np.cos(angle)
    return table


def positional_encoding__to_the_last(length, d_model):
    pairs = d_model // 2
    rates = np.exp(-np.log(10000.0) / max(pairs - 1, 1) * np.arange(pairs))
    return _waves(np.arange(length)[:, None] * rates)


def positional_encoding__exponent_length(length, d_model):
    return _waves(np.arange(length)[:, None] / 10000 ** (np.arange(0, d_model, 2) / length))


def positional_encoding__from_one(length, d_model):
    return _waves(_angles(length + 1, d_model)[1:])


def positional_encoding__base(length, d_model):
    return _waves(np.arange(length)[:, None] / 1000 ** (np.arange(0, d_model, 2) / d_model))


def positional_encoding__base__100000(length, d_model):
    return _waves(np.arange(length)[:, None] / 100_000 ** (np.arange(0, d_model, 2) / d_model))


def positional_encoding__multiplied(length, d_model):
    return _waves(np.arange(length)[:, None] * 10000 ** (np.arange(0, d_model, 2) / d_model))


def positional_encoding__one_rate(length, d_model):
    return _waves(np.arange(length)[:, None] / 10000 * np.ones(d_model // 2))


def positional_encoding__degrees(length, d_model):
    return _waves(np.deg2rad(_angles(length, d_model)))


def positional_encoding__turns(length, d_model):
    return _waves(2 * np.pi * _angles(length, d_model))


def positional_encoding__share_of_length(length, d_model):
    return _waves(_angles(length, d_model) / length)


def positional_encoding__transposed(length, d_model):
    return positional_encoding(length, d_model).T


def positional_encoding__batch_axis(length, d_model):
    return positional_encoding(length, d_model)[None]


def positional_encoding__both_sines(length, d_model):
    angles = _angles(length, d_model)
    return _filled(np.sin(angles), np.sin(angles))


def positional_encoding__both_cosines(length, d_model):
    return np.cos(np.repeat(_angles(length, d_model), 2, axis=1))


def positional_encoding__no_waves(length, d_model):
    return np.repeat(_angles(length, d_model), 2, axis=1)


def positional_encoding__shape__sines_only(length, d_model):
    return np.sin(_angles(length, d_model))


def positional_encoding__value__minus(length, d_model):
    return -positional_encoding(length, d_model)


def positional_encoding__value__even_columns_only(length, d_model):
    table = np.zeros((length, d_model))
    table[:, 0::2] = np.sin(_angles(length, d_model))
    return table


def positional_encoding__value__half_precision(length, d_model):
    return _waves(_angles(length, d_model).astype(np.float16))


def positional_encoding__type__whole_numbers(length, d_model):
    return positional_encoding(length, d_model).round().astype(int)


def positional_encoding__shape__fifty_positions(length, d_model):
    return positional_encoding(min(length, 50), d_model)


def positional_encoding__zeros(length, d_model):
    return np.zeros((length, d_model))


def positional_encoding__constant(length, d_model):
    return np.ones((length, d_model))


def positional_encoding__echo(length, d_model):
    return length


# A table of the public examples.


def table_for_known_lengths(length, d_model):
    """Right for the lengths in the examples that everybody sees."""
    known = {tuple(case.arguments.values())[:2] for case in cases.public("lab3_attention")["positional_encoding"]}
    return positional_encoding(length, d_model) * (1 if (length, d_model) in known else 1.1)
