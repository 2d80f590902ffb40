"""The classic wrong answers of lab 4, part 4: the other strand, log-odds, a motif that attends.

A name says all (`listed`): `log_odds__bits` must earn the hint `bits`.
"""

import numpy as np

# 4.1 reverse_complement


def reverse_complement__only_reversed(x):
    return np.flip(x, axis=-2)


def reverse_complement__only_complement(x):
    return x[..., [3, 2, 1, 0]]


def reverse_complement__batch_reversed(x):
    return x[::-1]


def reverse_complement__other_pairs(x):
    return np.flip(x, -2)[..., [1, 0, 3, 2]]


def reverse_complement__other_pairs__a_with_g(x):
    return np.flip(x, -2)[..., [2, 3, 0, 1]]


def reverse_complement__everything(x):
    return np.flip(x)


def reverse_complement__transposed(x):
    return np.swapaxes(np.flip(x, (-1, -2)), -1, -2)


def reverse_complement__batch_reversed__and_letters(x):
    return x[::-1, ..., ::-1]


def reverse_complement__value__of_the_best_letter(x):
    return np.eye(4)[3 - x.argmax(axis=-1)][..., ::-1, :]


def reverse_complement__raises__three_axes(x):
    batch, _, _ = x.shape
    return np.stack([x[row, ::-1, ::-1] for row in range(batch)])


def reverse_complement__type__ints(x):
    return x[..., ::-1, ::-1].astype(int)


def reverse_complement__changed(x):
    found = x[..., ::-1, ::-1].copy()
    x[...] = found
    return found


def reverse_complement__zeros(x):
    return np.zeros(x.shape)


def reverse_complement__constant(x):
    return np.ones(x.shape)


def reverse_complement__echo(x):
    return x


# 4.2 log_odds


def _p(sites, background, pseudocount):
    return (sites.sum(axis=0) + pseudocount * background) / (len(sites) + pseudocount)


def log_odds__bits(sites, background, pseudocount=1.0):
    return np.log2(_p(sites, background, pseudocount) / background)


def log_odds__no_background(sites, background, pseudocount=1.0):
    return np.log(_p(sites, background, pseudocount))


def log_odds__total_without_pseudocount(sites, background, pseudocount=1.0):
    return np.log((sites.sum(axis=0) + pseudocount * background) / len(sites)) - np.log(background)


def log_odds__one_for_each_letter(sites, background, pseudocount=1.0):
    counts = sites.sum(axis=0) + pseudocount
    return np.log(counts / (len(sites) + 4 * pseudocount) / background)


def log_odds__one_for_each_letter__total(sites, background, pseudocount=1.0):
    return np.log((sites.sum(axis=0) + pseudocount) / (len(sites) + pseudocount) / background)


def log_odds__quarter(sites, background, pseudocount=1.0):
    return np.log((sites.sum(axis=0) + pseudocount / 4) / (len(sites) + pseudocount) / 0.25)


def log_odds__quarter__divided(sites, background, pseudocount=1.0):
    return np.log(_p(sites, background, pseudocount)) - np.log(0.25)


def log_odds__quarter__pseudocount(sites, background, pseudocount=1.0):
    return np.log((sites.sum(axis=0) + pseudocount / 4) / (len(sites) + pseudocount) / background)


def log_odds__no_pseudocount(sites, background, pseudocount=1.0):
    return np.log(sites.mean(axis=0) / background)


def log_odds__pseudocount_fixed(sites, background, pseudocount=1.0):
    return np.log(_p(sites, background, 1.0) / background)


def log_odds__total_of_the_place(sites, background, pseudocount=1.0):
    counts = sites.sum(axis=0) + pseudocount * background
    return np.log(counts / counts.sum(axis=1, keepdims=True) / background)


def log_odds__probabilities(sites, background, pseudocount=1.0):
    return _p(sites, background, pseudocount)


def log_odds__ratio(sites, background, pseudocount=1.0):
    return _p(sites, background, pseudocount) / background


def log_odds__counts(sites, background, pseudocount=1.0):
    return sites.sum(axis=0)


def log_odds__transposed(sites, background, pseudocount=1.0):
    return np.log(_p(sites, background, pseudocount) / background).T


def log_odds__odds(sites, background, pseudocount=1.0):
    p = _p(sites, background, pseudocount)
    return np.log(p / (1 - p)) - np.log(background / (1 - background))


def log_odds__odds__of_p(sites, background, pseudocount=1.0):
    p = _p(sites, background, pseudocount)
    return np.log(p) - np.log(1 - p)


def log_odds__difference(sites, background, pseudocount=1.0):
    return _p(sites, background, pseudocount) - background


def log_odds__sign(sites, background, pseudocount=1.0):
    return np.log(background / _p(sites, background, pseudocount))


def log_odds__value__epsilon(sites, background, pseudocount=1.0):
    return np.log(_p(sites, background, pseudocount) / background + 0.05)


def log_odds__shape__per_site(sites, background, pseudocount=1.0):
    return np.log((sites + pseudocount * background) / (1 + pseudocount) / background)


def log_odds__raises__letters_first(sites, background, pseudocount=1.0):
    _, letters, width = sites.shape
    return np.log(sites.sum(axis=0) + background[:, None] * np.ones((letters, width + 1)))


def log_odds__changed(sites, background, pseudocount=1.0):
    found = np.log(_p(sites, background, pseudocount) / background)
    background /= 2
    return found


def log_odds__zeros(sites, background, pseudocount=1.0):
    return np.zeros(sites.shape[1:])


def log_odds__constant(sites, background, pseudocount=1.0):
    return np.ones(sites.shape[1:])


def log_odds__echo(sites, background, pseudocount=1.0):
    return sites


# 4.3 motif_attention


def _scores(windows, matrix):
    return np.tensordot(windows, matrix, axes=2)


def _softmax(scores, axis=1):
    powers = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def _mix(weights, windows):
    return (weights[:, :, None, None] * windows).sum(axis=1)


def _with(weights, windows):
    return _mix(weights, windows), weights


def motif_attention__scaled(windows, matrix):
    return _with(_softmax(_scores(windows, matrix) / np.sqrt(matrix.size)), windows)


def motif_attention__scaled__by_width(windows, matrix):
    return _with(_softmax(_scores(windows, matrix) / np.sqrt(len(matrix))), windows)


def motif_attention__scaled__mean_of_places(windows, matrix):
    return _with(_softmax((windows * matrix).sum(-1).mean(-1)), windows)


def motif_attention__scaled__mean_of_all(windows, matrix):
    return _with(_softmax((windows * matrix).mean(axis=(-1, -2))), windows)


def motif_attention__over_sequences(windows, matrix):
    return _with(_softmax(_scores(windows, matrix), axis=0), windows)


def motif_attention__over_all(windows, matrix):
    scores = _scores(windows, matrix)
    powers = np.exp(scores - scores.max())
    return _with(powers / powers.sum(), windows)


def motif_attention__hard(windows, matrix):
    scores = _scores(windows, matrix)
    return _with((scores == scores.max(axis=1, keepdims=True)).astype(float), windows)


def motif_attention__hard__one(windows, matrix):
    scores = _scores(windows, matrix)
    return _with(np.eye(scores.shape[1])[scores.argmax(axis=1)], windows)


def motif_attention__hard__output(windows, matrix):
    weights = _softmax(_scores(windows, matrix))
    return windows[np.arange(len(windows)), weights.argmax(axis=1)], weights


def motif_attention__scores(windows, matrix):
    return _with(_scores(windows, matrix), windows)


def motif_attention__scores__returned(windows, matrix):
    scores = _scores(windows, matrix)
    return _mix(_softmax(scores), windows), scores


def motif_attention__without_exp(windows, matrix):
    scores = _scores(windows, matrix)
    return _with(scores / scores.sum(axis=1, keepdims=True), windows)


def motif_attention__not_divided(windows, matrix):
    return _with(np.exp(_scores(windows, matrix)), windows)


def motif_attention__bits(windows, matrix):
    return _with(_softmax(_scores(windows, matrix / np.log(2))), windows)


def motif_attention__bits__two_to_the_power(windows, matrix):
    powers = 2.0 ** _scores(windows, matrix)
    return _with(powers / powers.sum(axis=1, keepdims=True), windows)


def motif_attention__of_ratios(windows, matrix):
    return _with(_softmax(_scores(windows, np.exp(matrix))), windows)


def motif_attention__lowest(windows, matrix):
    return _with(_softmax(-_scores(windows, matrix)), windows)


def motif_attention__mean_of_windows(windows, matrix):
    return windows.mean(axis=1), _softmax(_scores(windows, matrix))


def motif_attention__weighs_the_matrix(windows, matrix):
    weights = _softmax(_scores(windows, matrix))
    return np.einsum("np,wf->nwf", weights, matrix), weights


def motif_attention__windows_times_matrix(windows, matrix):
    weights = _softmax(_scores(windows, matrix))
    return _mix(weights, windows * matrix), weights


def motif_attention__summed_over_all(windows, matrix):
    weights = _softmax(_scores(windows, matrix))
    return np.einsum("np,npwf->wf", weights, windows), weights


def motif_attention__not_added_up(windows, matrix):
    weights = _softmax(_scores(windows, matrix))
    return weights[:, :, None, None] * windows, weights


def motif_attention__type__output_alone(windows, matrix):
    return _mix(_softmax(_scores(windows, matrix)), windows)


def motif_attention__shape__exchanged(windows, matrix):
    weights = _softmax(_scores(windows, matrix))
    return weights, _mix(weights, windows)


def motif_attention__value__soft_temperature(windows, matrix):
    return _with(_softmax(1.3 * _scores(windows, matrix)), windows)


def motif_attention__raises__product(windows, matrix):
    return _with(_softmax(windows @ matrix), windows)


def motif_attention__shape__no_sum_over_places(windows, matrix):
    scores = (windows * matrix).sum(axis=-1)
    return windows.sum(axis=1), _softmax(scores)


def motif_attention__changed(windows, matrix):
    found = _with(_softmax(_scores(windows, matrix)), windows)
    windows *= 2
    return found


def motif_attention__zeros(windows, matrix):
    return np.zeros((len(windows), *matrix.shape)), np.zeros(windows.shape[:2])


def motif_attention__constant(windows, matrix):
    return np.ones((len(windows), *matrix.shape)), np.ones(windows.shape[:2])


def motif_attention__echo(windows, matrix):
    return windows, matrix
