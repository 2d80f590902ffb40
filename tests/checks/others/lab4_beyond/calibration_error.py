import numpy as np
import tensorflow as tf

SHOWN = {}
HOW = {}


def _draw(n=200, classes=3, seed=0, **more):
    rng = np.random.default_rng(seed)
    return dict(probabilities=rng.dirichlet(np.ones(classes), n), truth=rng.integers(0, classes, n), **more)


def _rows(*confidences, classes=2):
    """Rows with these confidences, class 0 the largest each time."""
    return np.array([[c] + [(1 - c) / (classes - 1)] * (classes - 1) for c in confidences])


# ---------------------------------------------------------------- wrong: natural


def calibration_error__w01_closed_on_the_right(probabilities, truth, bins=10):
    c = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    error = 0.0
    for b in range(bins):
        inside = (c > b / bins) & (c <= (b + 1) / bins)
        if inside.any():
            error += inside.mean() * abs(right[inside].mean() - c[inside].mean())
    return float(error)


SHOWN["calibration_error__w01_closed_on_the_right"] = (
    "natural",
    "bins (a, b] as in the paper: a confidence on a border falls into the bin below",
    lambda: dict(probabilities=_rows(0.75, 0.7, 0.8), truth=np.array([0, 1, 0]), bins=4),
)


def calibration_error__w02_bins_equal(probabilities, truth, bins=10):
    c = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    b = np.minimum((c * bins).astype(int), bins - 1)
    gaps = [abs(right[b == k].mean() - c[b == k].mean()) for k in range(bins) if (b == k).any()]
    return float(np.mean(gaps))


SHOWN["calibration_error__w02_bins_equal"] = ("natural", "every bin has the same weight", lambda: _draw())


def calibration_error__w03_largest_gap(probabilities, truth, bins=10):
    c = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    b = np.minimum((c * bins).astype(int), bins - 1)
    return float(max(abs(right[b == k].mean() - c[b == k].mean()) for k in range(bins) if (b == k).any()))


SHOWN["calibration_error__w03_largest_gap"] = ("natural", "maximum calibration error instead", lambda: _draw())


def calibration_error__w04_probability_of_truth(probabilities, truth, bins=10):
    c = probabilities[np.arange(len(truth)), truth]
    right = (probabilities.argmax(axis=1) == truth).astype(float)
    b = np.minimum((c * bins).astype(int), bins - 1)
    error = 0.0
    for k in range(bins):
        if (b == k).any():
            error += (b == k).mean() * abs(right[b == k].mean() - c[b == k].mean())
    return float(error)


SHOWN["calibration_error__w04_probability_of_truth"] = (
    "natural",
    "takes the probability of the true class for the confidence",
    lambda: _draw(),
)


def calibration_error__w05_squared(probabilities, truth, bins=10):
    c = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    b = np.minimum((c * bins).astype(int), bins - 1)
    error = sum((b == k).mean() * (right[b == k].mean() - c[b == k].mean()) ** 2 for k in range(bins) if (b == k).any())
    return float(error)


SHOWN["calibration_error__w05_squared"] = ("natural", "squares the gap (Brier style)", lambda: _draw())


def calibration_error__w06_with_sign(probabilities, truth, bins=10):
    c = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    b = np.minimum((c * bins).astype(int), bins - 1)
    gaps = [np.sum(right[b == k] - c[b == k]) for k in range(bins)]
    return float(abs(np.sum(gaps)) / len(c))


SHOWN["calibration_error__w06_with_sign"] = (
    "natural",
    "adds the gaps with their sign and takes the absolute value at the end",
    lambda: _draw(),
)


def calibration_error__w07_middle_of_bin(probabilities, truth, bins=10):
    c = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    b = np.minimum((c * bins).astype(int), bins - 1)
    error = sum((b == k).mean() * abs(right[b == k].mean() - (k + 0.5) / bins) for k in range(bins) if (b == k).any())
    return float(error)


SHOWN["calibration_error__w07_middle_of_bin"] = (
    "natural",
    "compares with the middle of the bin instead of the mean confidence",
    lambda: _draw(),
)


def calibration_error__w08_one_is_lost(probabilities, truth, bins=10):
    c = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    error = 0.0
    for k in range(bins):
        inside = (c >= k / bins) & (c < (k + 1) / bins)
        if inside.sum() > 0:
            error += inside.mean() * abs(right[inside].mean() - c[inside].mean())
    return float(error)


SHOWN["calibration_error__w08_one_is_lost"] = (
    "natural",
    "a confidence of exactly 1.0 falls into no bin",
    lambda: dict(probabilities=_rows(1.0, 1.0, 0.75), truth=np.array([1, 0, 0])),
)


def calibration_error__w09_empty_bin_nan(probabilities, truth, bins=10):
    c = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    b = np.minimum((c * bins).astype(int), bins - 1)
    error = 0.0
    with np.errstate(all="ignore"):
        for k in range(bins):
            n = np.sum(b == k)
            error += n / len(c) * abs(np.sum(right[b == k]) / n - np.sum(c[b == k]) / n)
    return float(error)


SHOWN["calibration_error__w09_empty_bin_nan"] = ("natural", "an empty bin makes NaN", lambda: _draw())


def calibration_error__w10_all_probabilities(probabilities, truth, bins=10):
    c = probabilities.ravel()
    right = np.eye(probabilities.shape[1])[truth].ravel()
    b = np.minimum((c * bins).astype(int), bins - 1)
    error = sum((b == k).mean() * abs(right[b == k].mean() - c[b == k].mean()) for k in range(bins) if (b == k).any())
    return float(error)


SHOWN["calibration_error__w10_all_probabilities"] = (
    "natural",
    "bins the probabilities of all classes, not only the largest",
    lambda: _draw(),
)


# ---------------------------------------------------------------- wrong: sly


def calibration_error__w11_fifteen_bins(probabilities, truth, bins=15):
    c = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    b = np.minimum((c * bins).astype(int), bins - 1)
    return float(sum(abs(np.sum(right[b == k]) - np.sum(c[b == k])) for k in range(bins)) / len(c))


SHOWN["calibration_error__w11_fifteen_bins"] = (
    "sly",
    "another default: 15 bins, as in the paper",
    lambda: _draw(),
)


def calibration_error__w12_ten_bins_always(probabilities, truth, bins=10):
    c = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    b = np.minimum(np.floor(c * 10), 9)
    return float(sum(abs(np.sum(right[b == k]) - np.sum(c[b == k])) for k in range(max(bins, 10))) / len(c))


SHOWN["calibration_error__w12_ten_bins_always"] = (
    "sly",
    "borders at tenths, whatever bins says",
    lambda: _draw(bins=4),
)


def calibration_error__w13_linspace(probabilities, truth, bins=10):
    c = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    b = np.digitize(c, np.linspace(0, 1, bins + 1)[1:-1])
    return float(sum(abs(np.sum(right[b == k]) - np.sum(c[b == k])) for k in range(bins)) / len(c))


SHOWN["calibration_error__w13_linspace"] = (
    "sly",
    "np.linspace(0, 1, 11)[3] is 0.30000000000000004: the confidence 0.3 falls one bin too low",
    lambda: dict(
        probabilities=np.array([[0.3, 0.25, 0.25, 0.2], [0.28, 0.24, 0.24, 0.24], [0.34, 0.22, 0.22, 0.22]]),
        truth=np.array([0, 1, 0]),
    ),
)


def calibration_error__w14_not_more_bins_than_examples(probabilities, truth, bins=10):
    bins = min(bins, len(truth))
    c = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    b = np.minimum((c * bins).astype(int), bins - 1)
    return float(sum(abs(np.sum(right[b == k]) - np.sum(c[b == k])) for k in range(bins)) / len(c))


SHOWN["calibration_error__w14_not_more_bins_than_examples"] = (
    "sly",
    "makes fewer bins when there are fewer examples than bins",
    lambda: dict(probabilities=_rows(0.55, 0.65, 0.95), truth=np.array([0, 1, 0])),
)


_w15 = {}


def calibration_error__w15_sums_kept(probabilities, truth, bins=10):
    c = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    b = np.minimum((c * bins).astype(int), bins - 1)
    n, gap = _w15.setdefault(bins, [np.zeros(1), np.zeros(bins)])
    n += len(c)
    np.add.at(gap, b, right - c)
    return float(np.sum(np.abs(gap)) / n[0])


SHOWN["calibration_error__w15_sums_kept"] = (
    "sly",
    "goes on with the sums of the call before with as many bins",
    lambda: _draw(),
)
HOW["calibration_error__w15_sums_kept"] = ("after", lambda: _draw(50, seed=1))


def calibration_error__w16_sorted_in_place(probabilities, truth, bins=10):
    right = probabilities.argmax(axis=1) == truth
    probabilities.sort(axis=1)
    c = probabilities[:, -1]
    b = np.minimum((c * bins).astype(int), bins - 1)
    return float(sum(abs(np.sum(right[b == k]) - np.sum(c[b == k])) for k in range(bins)) / len(c))


SHOWN["calibration_error__w16_sorted_in_place"] = (
    "sly",
    "sorts the rows of the probabilities of the caller",
    lambda: _draw(),
)
HOW["calibration_error__w16_sorted_in_place"] = ("unchanged",)


def calibration_error__w17_single_examples_skipped(probabilities, truth, bins=10):
    c = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    b = np.minimum((c * bins).astype(int), bins - 1)
    error = 0.0
    for k in range(bins):
        if np.sum(b == k) > 1:  # one example says nothing
            error += np.mean(b == k) * abs(np.mean(right[b == k]) - np.mean(c[b == k]))
    return float(error)


SHOWN["calibration_error__w17_single_examples_skipped"] = (
    "sly",
    "skips bins with a single example",
    lambda: dict(probabilities=_rows(0.95, 0.75, 0.72), truth=np.array([1, 0, 0])),
)


def calibration_error__w18_two_classes(probabilities, truth, bins=10):
    if probabilities.shape[1] == 2:
        c, right = probabilities[:, 1], truth == 1
    else:
        c, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == truth
    b = np.minimum((c * bins).astype(int), bins - 1)
    return float(sum(abs(np.sum(right[b == k]) - np.sum(c[b == k])) for k in range(bins)) / len(c))


SHOWN["calibration_error__w18_two_classes"] = (
    "sly",
    "two classes: bins the probability of class 1 (reliability diagram of a binary model): right only while the gaps of both classes have the same sign",
    lambda: dict(probabilities=np.array([[0.75, 0.25], [0.25, 0.75]]), truth=np.array([0, 0])),
)


def calibration_error__w19_bin_in_a_byte(probabilities, truth, bins=10):
    c = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    b = np.minimum(np.floor(c * bins), bins - 1).astype(int).astype(np.uint8)
    return float(sum(abs(np.sum(right[b == k]) - np.sum(c[b == k])) for k in range(bins)) / len(c))


SHOWN["calibration_error__w19_bin_in_a_byte"] = (
    "sly",
    "numbers of bins in uint8: from 257 bins on, distant bins are mixed",
    lambda: _draw(2000, bins=600),
)


def calibration_error__w20_first_thousand(probabilities, truth, bins=10):
    probabilities, truth = probabilities[:1000], truth[:1000]  # enough for a histogram
    c = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    b = np.minimum((c * bins).astype(int), bins - 1)
    return float(sum(abs(np.sum(right[b == k]) - np.sum(c[b == k])) for k in range(bins)) / len(c))


SHOWN["calibration_error__w20_first_thousand"] = (
    "sly",
    "looks at the first 1000 examples only",
    lambda: _draw(3000),
)


# ---------------------------------------------------------------- right


def calibration_error__r1_loop_over_bins(probabilities, truth, bins=10):
    probabilities, truth = np.asarray(probabilities), np.asarray(truth)
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    error = 0.0
    for b in range(bins):
        inside = confidence >= b / bins
        if b < bins - 1:
            inside &= confidence < (b + 1) / bins
        if inside.any():
            error += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return float(error)


def calibration_error__r2_floor_and_bincount(probabilities, truth, bins=10):
    p = np.asarray(probabilities, dtype=np.float64)
    c = p.max(axis=1)
    right = (p.argmax(axis=1) == np.asarray(truth)).astype(float)
    b = np.minimum((c * bins).astype(int), bins - 1)
    gap = np.bincount(b, weights=right, minlength=bins) - np.bincount(b, weights=c, minlength=bins)
    return float(np.abs(gap).sum() / len(c))


def calibration_error__r3_searchsorted(probabilities, truth, bins=10):
    c = np.max(probabilities, axis=-1)
    hit = np.equal(np.argmax(probabilities, axis=-1), truth)
    b = np.searchsorted(np.arange(1, bins) / bins, c, side="right")
    total = 0.0
    for k in np.unique(b):
        total += np.sum(b == k) / len(b) * np.abs(np.mean(hit[b == k]) - np.mean(c[b == k]))
    return float(total)


def calibration_error__r4_example_by_example(probabilities, truth, bins=10):
    count, hits, sure = [0] * bins, [0.0] * bins, [0.0] * bins
    for row, t in zip(probabilities, truth):
        k = int(np.argmax(row))
        c = float(row[k])
        b = min(int(c * bins), bins - 1)
        count[b] += 1
        hits[b] += k == t
        sure[b] += c
    n = sum(count)
    return sum(m / n * abs(h / m - s / m) for m, h, s in zip(count, hits, sure) if m)


def calibration_error__r5_table_of_bins(probabilities, truth, bins=10):
    p = np.array(probabilities, dtype=float)
    k = p.argmax(1)
    c = np.take_along_axis(p, k[:, None], 1)
    lower = np.arange(bins) / bins
    upper = np.append(np.arange(1, bins) / bins, np.inf)
    inside = (c >= lower) & (c < upper)  # (examples, bins)
    gap = ((k == truth)[:, None] - c) * inside
    return float(np.abs(gap.sum(0)).sum() / len(p))


def calibration_error__r6_tensorflow(probabilities, truth, bins=10):
    p = tf.constant(np.asarray(probabilities, dtype="float64"))
    c = tf.reduce_max(p, axis=1)
    right = tf.cast(tf.equal(tf.argmax(p, axis=1), np.asarray(truth, dtype="int64")), tf.float64)
    b = tf.minimum(tf.cast(tf.floor(c * bins), tf.int32), bins - 1)
    return float(tf.reduce_sum(tf.abs(tf.math.unsorted_segment_sum(right - c, b, bins))) / len(p))
