import math
from collections import Counter

import numpy as np

SHOWN = {}  # name: (kind, what is wrong, input on which it shows)
HOW = {}  # where comparing plain values is not enough: "argument" (changed), ("state", first input)


def _in(sequences=3, places=6, width=5, unknown=0.0, times=1.0, seed=0, shift=0.0):
    rng = np.random.default_rng(seed)
    dna = rng.integers(0, 4, size=(sequences, places + width - 1))
    x = np.eye(4)[dna]
    x[rng.random(dna.shape) < unknown] = 0.0
    windows = np.stack([x[:, t : t + width] for t in range(places)], axis=1)
    return dict(windows=windows, matrix=rng.normal(size=(width, 4)) * times + shift)


def _soft(s, axis=-1):
    e = np.exp(s - s.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def _mix(weights, windows):
    return np.einsum("sp,spwk->swk", weights, windows)


def _scores(windows, matrix):
    return np.einsum("spwk,wk->sp", windows, matrix)


# ---------------------------------------------------------------- wrong: natural


def motif_attention__w01_softmax_over_sequences(windows, matrix):
    weights = _soft(_scores(windows, matrix), axis=0)
    return _mix(weights, windows), weights


SHOWN["motif_attention__w01_softmax_over_sequences"] = (
    "natural",
    "softmax along the sequences",
    lambda: _in(),
)


def motif_attention__w02_softmax_over_all(windows, matrix):
    s = _scores(windows, matrix)
    e = np.exp(s - s.max())
    weights = e / e.sum()
    return _mix(weights, windows), weights


SHOWN["motif_attention__w02_softmax_over_all"] = (
    "natural",
    "one softmax over all windows of all sequences",
    lambda: _in(),
)


def motif_attention__w03_scaled(windows, matrix):
    weights = _soft(_scores(windows, matrix) / np.sqrt(matrix.size))
    return _mix(weights, windows), weights


SHOWN["motif_attention__w03_scaled"] = (
    "natural",
    "divides the scores by the root of width * 4",
    lambda: _in(),
)


def motif_attention__w04_best_window(windows, matrix):
    s = _scores(windows, matrix)
    weights = np.eye(s.shape[1])[s.argmax(axis=1)]
    return _mix(weights, windows), weights


SHOWN["motif_attention__w04_best_window"] = (
    "natural",
    "takes the best window alone: argmax instead of softmax",
    lambda: _in(),
)


def motif_attention__w05_swapped(windows, matrix):
    weights = _soft(_scores(windows, matrix))
    return weights, _mix(weights, windows)


SHOWN["motif_attention__w05_swapped"] = ("natural", "returns (weights, output)", lambda: _in())


def motif_attention__w06_sum_not_mean_of_exp(windows, matrix):
    weights = np.exp(_scores(windows, matrix))
    return _mix(weights, windows), weights


SHOWN["motif_attention__w06_sum_not_mean_of_exp"] = (
    "natural",
    "exp of the scores, not divided by their sum",
    lambda: _in(),
)


def motif_attention__w07_plain_mean(windows, matrix):
    weights = _soft(_scores(windows, matrix))
    return windows.mean(axis=1), weights


SHOWN["motif_attention__w07_plain_mean"] = (
    "natural",
    "the output is the mean without weights",
    lambda: _in(),
)


def motif_attention__w08_mean_score(windows, matrix):
    s = (windows * matrix).mean(axis=(-2, -1))
    weights = _soft(s)
    return _mix(weights, windows), weights


SHOWN["motif_attention__w08_mean_score"] = (
    "natural",
    "mean instead of sum of window * matrix",
    lambda: _in(),
)


def motif_attention__w09_weights_twice(windows, matrix):
    weights = _soft(_scores(windows, matrix))
    return (weights[:, :, None, None] * windows).mean(axis=1), weights


SHOWN["motif_attention__w09_weights_twice"] = (
    "natural",
    "mean over the places of weight * window: divided by the number of places once more",
    lambda: _in(),
)


def motif_attention__w10_base_2(windows, matrix):
    s = _scores(windows, matrix)
    e = 2.0 ** (s - s.max(axis=1, keepdims=True))
    weights = e / e.sum(axis=1, keepdims=True)
    return _mix(weights, windows), weights


SHOWN["motif_attention__w10_base_2"] = (
    "natural",
    "takes the log-odds for bits: 2 ** score",
    lambda: _in(),
)


# ---------------------------------------------------------------- wrong: subtle


def motif_attention__w11_no_maximum(windows, matrix):
    e = np.exp(_scores(windows, matrix))
    weights = e / e.sum(axis=1, keepdims=True)
    return _mix(weights, windows), weights


SHOWN["motif_attention__w11_no_maximum"] = (
    "subtle",
    "softmax without subtracting the maximum: scores near 1000 give nan",
    lambda: _in(times=500.0, shift=400.0),
)


def motif_attention__w12_one_maximum(windows, matrix):
    s = _scores(windows, matrix)
    e = np.exp(s - s.max())
    weights = e / e.sum(axis=1, keepdims=True)
    return _mix(weights, windows), weights


SHOWN["motif_attention__w12_one_maximum"] = (
    "subtle",
    "one maximum for all sequences: 0 / 0 where the scores of a sequence all lie far below",
    lambda: dict(
        windows=np.eye(4)[np.array([[[0, 0], [0, 0], [0, 3]], [[3, 3], [3, 0], [3, 3]]])],
        matrix=np.array([[500.0, 1.0, 1.0, -500.0], [300.0, 1.0, 1.0, 299.0]]),
    ),
)


def motif_attention__w13_unknown_masked(windows, matrix):
    s = _scores(windows, matrix)
    unknown = (windows.sum(axis=-1) == 0).any(axis=-1)
    weights = _soft(np.where(unknown & ~unknown.all(axis=1, keepdims=True), -1e9, s))
    return _mix(weights, windows), weights


SHOWN["motif_attention__w13_unknown_masked"] = (
    "subtle",
    "windows with an unknown letter get no attention",
    lambda: _in(unknown=0.1),
)


def motif_attention__w14_unknown_is_a(windows, matrix):
    letters = windows.argmax(axis=-1)
    s = matrix[np.arange(len(matrix)), letters].sum(axis=-1)
    weights = _soft(s)
    return _mix(weights, windows), weights


SHOWN["motif_attention__w14_unknown_is_a"] = (
    "subtle",
    "looks the scores up by argmax: an unknown letter scores as A",
    lambda: _in(unknown=0.2),
)


def motif_attention__w15_per_known_letter(windows, matrix):
    known = windows.sum(axis=(-2, -1))
    s = _scores(windows, matrix) * matrix.shape[0] / np.maximum(known, 1.0)
    weights = _soft(s)
    return _mix(weights, windows), weights


SHOWN["motif_attention__w15_per_known_letter"] = (
    "subtle",
    "extrapolates the score of the known letters to the whole width",
    lambda: _in(unknown=0.2),
)


def motif_attention__w16_clipped(windows, matrix):
    weights = _soft(np.clip(_scores(windows, matrix), -30.0, 30.0))
    return _mix(weights, windows), weights


SHOWN["motif_attention__w16_clipped"] = (
    "subtle",
    "clips the scores to +-30: all windows above become equal",
    lambda: _in(shift=10.0),
)


def motif_attention__w17_epsilon(windows, matrix):
    e = np.exp(np.minimum(_scores(windows, matrix), 700.0))
    weights = e / (e.sum(axis=1, keepdims=True) + 1e-9)
    return _mix(weights, windows), weights


SHOWN["motif_attention__w17_epsilon"] = (
    "subtle",
    "adds 1e-9 to the sum of exp: scores all near -40 give weights of nearly 0",
    lambda: _in(shift=-8.0),
)


def motif_attention__w18_squeezed(windows, matrix):
    weights = _soft(_scores(windows, matrix))
    return _mix(weights, windows).squeeze(), weights.squeeze()


SHOWN["motif_attention__w18_squeezed"] = (
    "subtle",
    "drops axes of length 1: one sequence, or one place",
    lambda: _in(sequences=1),
)


def motif_attention__w19_columns_centred(windows, matrix):
    matrix -= matrix.mean(axis=1, keepdims=True)  # a constant for all letters changes no softmax
    weights = _soft(_scores(windows, matrix))
    return _mix(weights, windows), weights


SHOWN["motif_attention__w19_columns_centred"] = (
    "use",
    "centres the rows of its argument matrix in place (and with unknown letters the weights change as well)",
    lambda: _in(),
)
HOW["motif_attention__w19_columns_centred"] = "argument"


def motif_attention__w20_top_10(windows, matrix):
    s = _scores(windows, matrix)
    if s.shape[1] > 10:
        limit = np.sort(s, axis=1)[:, -10][:, None]
        s = np.where(s >= limit, s, -np.inf)
    weights = _soft(s)
    return _mix(weights, windows), weights


SHOWN["motif_attention__w20_top_10"] = (
    "subtle",
    "keeps only the ten best windows of a sequence",
    lambda: _in(places=40, times=0.3),
)


# ---------------------------------------------------------------- right


def motif_attention__r1_einsum(windows, matrix):
    scores = np.einsum("spwk,wk->sp", windows, matrix)
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = e / e.sum(axis=1, keepdims=True)
    return np.einsum("sp,spwk->swk", weights, windows), weights


def motif_attention__r2_flat_matmul(windows, matrix):
    sequences, places, width, letters = windows.shape
    flat = windows.reshape(sequences, places, width * letters)
    scores = flat @ matrix.reshape(-1)
    scores = scores - np.max(scores, axis=-1, keepdims=True)
    weights = np.exp(scores) / np.sum(np.exp(scores), axis=-1, keepdims=True)
    return (weights[:, None, :] @ flat).reshape(sequences, width, letters), weights


def motif_attention__r3_loops(windows, matrix):
    outputs, all_weights = [], []
    for sequence in windows:
        scores = [float((window * matrix).sum()) for window in sequence]
        top = max(scores)
        e = [math.exp(s - top) for s in scores]
        w = [v / sum(e) for v in e]
        outputs.append(sum(v * window for v, window in zip(w, sequence)))
        all_weights.append(w)
    return np.array(outputs), np.array(all_weights)


def motif_attention__r4_broadcast(windows, matrix):
    scores = (windows * matrix).sum(axis=(2, 3))
    log_total = np.logaddexp.reduce(scores, axis=1, keepdims=True)
    weights = np.exp(scores - log_total)
    return (windows * weights[..., None, None]).sum(axis=1), weights


def motif_attention__r5_tensordot(windows, matrix):
    scores = np.tensordot(windows, matrix, axes=2)
    scores = scores.T - scores.max(axis=1)
    e = np.exp(scores)
    weights = (e / e.sum(axis=0)).T
    output = np.stack([np.tensordot(w, x, axes=1) for w, x in zip(weights, windows)])
    return output, weights


def motif_attention__r6_pairwise(windows, matrix):
    scores = np.trace(np.matmul(windows, matrix.T), axis1=2, axis2=3)
    with np.errstate(over="ignore"):
        weights = 1.0 / np.exp(scores[:, None, :] - scores[:, :, None]).sum(axis=2)
    output = np.zeros(windows.shape[:1] + windows.shape[2:])
    for place in range(windows.shape[1]):
        output += weights[:, place, None, None] * windows[:, place]
    return output, weights


MORE = [
    lambda: _in(1, 1, 1),
    lambda: _in(2, 9, 4, unknown=0.3),
    lambda: _in(5, 30, 8, seed=3),
    lambda: _in(3, 7, 6, times=500.0, shift=-300.0),
    lambda: _in(4, 4, 4, unknown=1.0),
]
