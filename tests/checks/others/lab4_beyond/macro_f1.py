import numpy as np
from fractions import Fraction

SHOWN = {}
HOW = {}


def _m(*rows, dtype=int):
    return np.array(rows, dtype=dtype)


# ---------------------------------------------------------------- wrong: natural


def macro_f1__w01_micro(matrix):
    return float(np.trace(matrix) / np.sum(matrix))


SHOWN["macro_f1__w01_micro"] = (
    "natural",
    "micro F1, which is the accuracy",
    lambda: dict(matrix=_m([5, 1, 0], [2, 3, 1], [0, 0, 9])),
)


def macro_f1__w02_weighted(matrix):
    rows, columns = matrix.sum(1), matrix.sum(0)
    f1 = 2 * np.diag(matrix) / np.maximum(rows + columns, 1)
    return float(np.sum(f1 * rows) / np.sum(rows))


SHOWN["macro_f1__w02_weighted"] = (
    "natural",
    "weighs each class by how often it occurs",
    lambda: dict(matrix=_m([5, 1, 0], [2, 3, 1], [0, 0, 9])),
)


def macro_f1__w03_absent_left_out(matrix):
    scores = []
    for k in range(len(matrix)):
        n = matrix[k].sum() + matrix[:, k].sum()
        if n == 0:
            continue
        scores.append(2 * matrix[k, k] / n)
    return float(np.mean(scores))


SHOWN["macro_f1__w03_absent_left_out"] = (
    "natural",
    "leaves out a class with neither row nor column instead of counting 0",
    lambda: dict(matrix=_m([5, 1, 0], [2, 3, 0], [0, 0, 0])),
)


def macro_f1__w04_f1_of_the_means(matrix):
    d = np.diag(matrix)
    p = np.mean(d / np.maximum(matrix.sum(0), 1))
    r = np.mean(d / np.maximum(matrix.sum(1), 1))
    return float(2 * p * r / (p + r)) if p + r > 0 else 0.0


SHOWN["macro_f1__w04_f1_of_the_means"] = (
    "natural",
    "means of precision and recall first, then one F1",
    lambda: dict(matrix=_m([5, 1, 0], [2, 3, 1], [0, 0, 9])),
)


def macro_f1__w05_precision(matrix):
    return float(np.mean(np.diag(matrix) / np.maximum(matrix.sum(axis=0), 1)))


SHOWN["macro_f1__w05_precision"] = (
    "natural",
    "macro precision only",
    lambda: dict(matrix=_m([5, 1, 0], [2, 3, 1], [0, 0, 9])),
)


def macro_f1__w06_recall(matrix):
    return float(np.mean(np.diag(matrix) / np.maximum(matrix.sum(axis=1), 1)))


SHOWN["macro_f1__w06_recall"] = (
    "natural",
    "macro recall only",
    lambda: dict(matrix=_m([5, 1, 0], [2, 3, 1], [0, 0, 9])),
)


def macro_f1__w07_nan(matrix):
    f1 = 2 * np.diag(matrix) / (matrix.sum(0) + matrix.sum(1))
    return float(f1.mean())


SHOWN["macro_f1__w07_nan"] = (
    "natural",
    "0 / 0 makes the mean NaN",
    lambda: dict(matrix=_m([5, 1, 0], [2, 3, 0], [0, 0, 0])),
)


def macro_f1__w08_absent_counts_one(matrix):
    n = matrix.sum(0) + matrix.sum(1)
    f1 = np.where(n == 0, 1.0, 2 * np.diag(matrix) / np.maximum(n, 1))
    return float(np.mean(f1))


SHOWN["macro_f1__w08_absent_counts_one"] = (
    "natural",
    "a class that never occurs counts 1 (nothing was wrong)",
    lambda: dict(matrix=_m([5, 1, 0], [2, 3, 0], [0, 0, 0])),
)


def macro_f1__w09_jaccard(matrix):
    d = np.diag(matrix)
    n = matrix.sum(0) + matrix.sum(1) - d
    return float(np.mean(d / np.maximum(n, 1)))


SHOWN["macro_f1__w09_jaccard"] = (
    "natural",
    "intersection over union instead of F1",
    lambda: dict(matrix=_m([5, 1, 0], [2, 3, 1], [0, 0, 9])),
)


def macro_f1__w10_whole_division(matrix):
    n = np.maximum(matrix.sum(0) + matrix.sum(1), 1)
    return float(np.mean(2 * np.diag(matrix) // n))


SHOWN["macro_f1__w10_whole_division"] = (
    "natural",
    "divides ints with //",
    lambda: dict(matrix=_m([5, 1, 0], [2, 3, 1], [0, 0, 9])),
)


# ---------------------------------------------------------------- wrong: sly


def macro_f1__w11_large_epsilon(matrix):
    n = matrix.sum(0) + matrix.sum(1)
    return float(np.mean(2 * np.diag(matrix) / (n + 1e-3)))


SHOWN["macro_f1__w11_large_epsilon"] = (
    "sly",
    "an epsilon of 0.001 in the denominator: hardly seen in large counts, seen in small ones",
    lambda: dict(matrix=_m([1, 0], [0, 1])),
)


def macro_f1__w12_int16(matrix):
    m = np.asarray(matrix).astype(np.int16)
    n = m.sum(0) + m.sum(1)
    return float(np.mean(np.where(n > 0, 2 * m.diagonal().astype(float) / np.where(n > 0, n, 1), 0.0)))


SHOWN["macro_f1__w12_int16"] = (
    "sly",
    "casts to int16: wrong for counts above 32767",
    lambda: dict(matrix=_m([40000, 10], [20, 100])),
)


def macro_f1__w13_doubled_in_own_dtype(matrix):
    n = matrix.sum(0) + matrix.sum(1)
    twice = 2 * np.diagonal(matrix)
    return float(np.mean(np.divide(twice, n, out=np.zeros(len(n)), where=n > 0)))


SHOWN["macro_f1__w13_doubled_in_own_dtype"] = (
    "sly",
    "doubles in the dtype of the matrix: an int32 count above 2^30 overflows",
    lambda: dict(matrix=_m([1500000000, 10], [20, 100], dtype=np.int32)),
)


def macro_f1__w14_diagonal_removed(matrix):
    tp = np.diag(matrix).copy()
    np.fill_diagonal(matrix, 0)
    fn, fp = matrix.sum(1), matrix.sum(0)
    return float(np.mean(2 * tp / np.maximum(2 * tp + fp + fn, 1)))


SHOWN["macro_f1__w14_diagonal_removed"] = (
    "sly",
    "sets the diagonal of the matrix of the caller to 0",
    lambda: dict(matrix=_m([5, 1, 0], [2, 3, 1], [0, 0, 9])),
)
HOW["macro_f1__w14_diagonal_removed"] = ("unchanged",)


def macro_f1__w15_classes_of_truth_only(matrix):
    rows, columns = matrix.sum(1), matrix.sum(0)
    f1 = 2 * np.diag(matrix) / np.maximum(rows + columns, 1)
    f1 = [f for f, r, c in zip(f1, rows, columns) if r > 0 or c == 0]
    return float(np.mean(f1))


SHOWN["macro_f1__w15_classes_of_truth_only"] = (
    "sly",
    "leaves out a class that is predicted but never true",
    lambda: dict(matrix=_m([5, 0, 1], [2, 3, 1], [0, 0, 0])),
)


def macro_f1__w16_zeros_left_out(matrix):
    n = np.maximum(matrix.sum(0) + matrix.sum(1), 1)
    f1 = 2 * np.diag(matrix) / n
    return float(f1[f1 > 0].mean()) if (f1 > 0).any() else 0.0


SHOWN["macro_f1__w16_zeros_left_out"] = (
    "sly",
    "leaves every F1 of 0 out of the mean, also of a class that occurs and is never hit",
    lambda: dict(matrix=_m([5, 1, 0], [2, 0, 1], [0, 0, 9])),
)


def macro_f1__w17_nanmean(matrix):
    with np.errstate(all="ignore"):
        d = np.diag(matrix)
        p, r = d / matrix.sum(0), d / matrix.sum(1)
        f1 = 2 * p * r / (p + r)
    f1[(matrix.sum(0) + matrix.sum(1)) == 0] = 0.0
    return float(np.nanmean(f1))


SHOWN["macro_f1__w17_nanmean"] = (
    "sly",
    "from precision and recall with nanmean: a class without a hit or never predicted is left out instead of 0",
    lambda: dict(matrix=_m([5, 0, 1], [2, 0, 1], [0, 0, 4])),
)


def macro_f1__w18_all_right_is_one(matrix):
    if np.trace(matrix) == np.sum(matrix):
        return 1.0  # no mistake at all
    n = matrix.sum(0) + matrix.sum(1)
    return float(np.mean(2 * np.diag(matrix) / np.maximum(n, 1)))


SHOWN["macro_f1__w18_all_right_is_one"] = (
    "sly",
    "no mistakes: 1.0 at once, though an absent class counts 0",
    lambda: dict(matrix=_m([5, 0, 0], [0, 3, 0], [0, 0, 0])),
)


def macro_f1__w19_all_or_nothing(matrix):
    n = matrix.sum(0) + matrix.sum(1)
    if not n.all():
        return 0.0
    return float(np.mean(2 * np.diag(matrix) / n))


SHOWN["macro_f1__w19_all_or_nothing"] = (
    "sly",
    "one absent class makes the whole mean 0",
    lambda: dict(matrix=_m([5, 1, 0], [2, 3, 0], [0, 0, 0])),
)


def macro_f1__w20_binary(matrix):
    n = np.maximum(matrix.sum(0) + matrix.sum(1), 1)
    f1 = 2 * np.diag(matrix) / n
    if len(f1) == 2:
        return float(f1[1])  # F1 of the positive class
    return float(f1.mean())


SHOWN["macro_f1__w20_binary"] = (
    "sly",
    "with two classes only the F1 of class 1",
    lambda: dict(matrix=_m([5, 1], [2, 3])),
)


# ---------------------------------------------------------------- right


def macro_f1__r1_vectors(matrix):
    matrix = np.asarray(matrix, dtype=float)
    n = matrix.sum(axis=0) + matrix.sum(axis=1)
    f1 = np.divide(2 * np.diag(matrix), n, out=np.zeros_like(n), where=n > 0)
    return float(f1.mean())


def macro_f1__r2_loop(matrix):
    total = 0.0
    for k in range(len(matrix)):
        row = sum(int(v) for v in matrix[k])
        column = sum(int(r[k]) for r in matrix)
        if row + column > 0:
            total += 2 * int(matrix[k][k]) / (row + column)
    return total / len(matrix)


def macro_f1__r3_precision_and_recall(matrix):
    m = np.asarray(matrix).astype("float64")
    with np.errstate(divide="ignore", invalid="ignore"):
        precision = np.nan_to_num(m.diagonal() / m.sum(0))
        recall = np.nan_to_num(m.diagonal() / m.sum(1))
        f1 = np.nan_to_num(2 * precision * recall / (precision + recall))
    return float(np.mean(f1))


def macro_f1__r4_tp_fp_fn(matrix):
    m = np.array(matrix, dtype=np.float64)
    tp = np.diag(m)
    fp, fn = m.sum(0) - tp, m.sum(1) - tp
    return float(np.mean([0.0 if t + p + n == 0 else t / (t + 0.5 * (p + n)) for t, p, n in zip(tp, fp, fn)]))


def macro_f1__r5_maximum(matrix):
    m = np.asarray(matrix, dtype=np.int64)
    return float(np.average(2.0 * np.einsum("kk->k", m) / np.maximum(m.sum(0) + m.sum(1), 1)))


def macro_f1__r6_fractions(matrix):
    m = np.asarray(matrix).tolist()
    scores = []
    for k, row in enumerate(m):
        n = sum(row) + sum(r[k] for r in m)
        scores.append(Fraction(2 * row[k], n) if n else Fraction(0))
    return float(sum(scores) / len(scores))
