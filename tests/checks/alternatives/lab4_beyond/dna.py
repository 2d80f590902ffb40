"""Right answers of lab 4, part 4, that differ from the solution."""

import numpy as np

from checks.late import tf

# 4.1 reverse_complement


def reverse_complement__flip(x):
    return np.flip(x, axis=(-2, -1))


def reverse_complement__columns(x):
    return np.take(x, [3, 2, 1, 0], axis=-1)[..., ::-1, :]


def reverse_complement__product(x):
    return np.flip(x, -2) @ np.fliplr(np.eye(4))


def reverse_complement__place_by_place(x):
    result = np.empty(x.shape)
    length = x.shape[-2]
    for place in range(length):
        for letter in range(4):
            result[..., place, letter] = x[..., length - 1 - place, 3 - letter]
    return result


def reverse_complement__tensorflow(x):
    return tf.reverse(x, axis=[-2, -1])


def reverse_complement__swapped_by_name(x):
    a, c, g, t = np.moveaxis(x[..., ::-1, :], -1, 0)
    return np.stack([t, g, c, a], axis=-1)


# 4.2 log_odds


def log_odds__difference_of_logarithms(sites, background, pseudocount=1.0):
    counts = np.sum(sites, axis=0) + pseudocount * background[None]
    return np.log(counts) - np.log(len(sites) + pseudocount) - np.log(background)


def log_odds__ratio_first(sites, background, pseudocount=1.0):
    return np.log((sites.sum(0) / background + pseudocount) / (sites.shape[0] + pseudocount))


def log_odds__loops(sites, background, pseudocount=1.0):
    number, width, letters = sites.shape
    table = []
    for place in range(width):
        row = []
        for letter in range(letters):
            count = sum(site[place][letter] for site in sites)
            p = (count + pseudocount * background[letter]) / (number + pseudocount)
            row.append(np.log(p / background[letter]))
        table.append(row)
    return table


def log_odds__bits_turned_back(sites, background, pseudocount=1.0):
    p = (np.einsum("nwf->wf", sites) + background * pseudocount) / (len(sites) + pseudocount)
    return np.log2(p / background) * np.log(2)


def log_odds__mixture(sites, background, pseudocount=1.0):
    share = len(sites) / (len(sites) + pseudocount)
    return np.log((share * sites.mean(axis=0) + (1 - share) * background) / background)


def log_odds__one_more_site(sites, background, pseudocount=1.0):
    extra = np.broadcast_to(background, sites.shape[1:])[None] * pseudocount
    return np.log(np.concatenate([sites, extra]).sum(axis=0) / (len(sites) + pseudocount) / background)


def log_odds__tensorflow(sites, background, pseudocount=1.0):
    p = (tf.reduce_sum(sites, axis=0) + pseudocount * background) / (len(sites) + pseudocount)
    return tf.math.log(p / background)


# 4.3 motif_attention


def motif_attention__tensordot(windows, matrix):
    scores = np.tensordot(windows, matrix, axes=([2, 3], [0, 1]))
    weights = np.exp(scores)
    weights /= weights.sum(axis=-1, keepdims=True)
    return (weights[..., None, None] * windows).sum(axis=1), weights


def motif_attention__flattened(windows, matrix):
    number, places, width, letters = windows.shape
    keys = windows.reshape(number, places, -1)
    scores = keys @ matrix.ravel()
    weights = np.exp(scores - np.logaddexp.reduce(scores, axis=1, keepdims=True))
    return (weights[:, None, :] @ keys).reshape(number, width, letters), weights


def motif_attention__loops(windows, matrix):
    outputs, rows = [], []
    for sequence in windows:
        scores = np.array([np.sum(window * matrix) for window in sequence])
        weights = np.exp(scores - scores.max())
        weights = weights / weights.sum()
        outputs.append(sum(weight * window for weight, window in zip(weights, sequence, strict=True)))
        rows.append(weights)
    return np.array(outputs), np.array(rows)


def motif_attention__tensorflow(windows, matrix):
    scores = tf.einsum("npwf,wf->np", windows, matrix)
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.einsum("np,npwf->nwf", weights, windows), weights


def motif_attention__single_precision(windows, matrix):
    windows, matrix = windows.astype(np.float32), matrix.astype(np.float32)
    scores = np.einsum("npwf,wf->np", windows, matrix)
    powers = np.exp(scores - scores.max(axis=1)[:, None])
    weights = powers / powers.sum(axis=1)[:, None]
    return np.matmul(weights[:, None], windows.reshape(*windows.shape[:2], -1)).reshape(
        len(windows), *matrix.shape
    ), weights


def motif_attention__list_of_both(windows, matrix):
    ratio = np.exp(matrix)
    odds = np.prod(np.where(windows.any(-1), (windows * ratio).sum(-1), 1.0), axis=-1)
    weights = odds / odds.sum(axis=1, keepdims=True)
    return [np.einsum("npwf,np->nwf", windows, weights), weights]
