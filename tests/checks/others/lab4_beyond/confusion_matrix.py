import numpy as np
import tensorflow as tf
from collections import Counter

SHOWN = {}
HOW = {}


def _draw(n, classes, seed=0):
    rng = np.random.default_rng(seed)
    return dict(truth=rng.integers(0, classes, n), predicted=rng.integers(0, classes, n), classes=classes)


# ---------------------------------------------------------------- wrong: natural


def confusion_matrix__w01_transposed(truth, predicted, classes):
    table = np.zeros((classes, classes), int)
    np.add.at(table, (predicted, truth), 1)
    return table


SHOWN["confusion_matrix__w01_transposed"] = (
    "natural",
    "rows are the predicted classes",
    lambda: _draw(20, 3),
)


def confusion_matrix__w02_counted_once(truth, predicted, classes):
    table = np.zeros((classes, classes), int)
    table[truth, predicted] += 1
    return table


SHOWN["confusion_matrix__w02_counted_once"] = (
    "natural",
    "each pair is counted once at most",
    lambda: _draw(20, 3),
)


def confusion_matrix__w03_shares(truth, predicted, classes):
    table = np.zeros((classes, classes))
    for t, p in zip(truth, predicted):
        table[t, p] += 1
    return table / np.maximum(table.sum(axis=1, keepdims=True), 1)


SHOWN["confusion_matrix__w03_shares"] = (
    "natural",
    "rows as shares instead of counts",
    lambda: _draw(20, 3),
)


def confusion_matrix__w04_size_from_data(truth, predicted, classes):
    n = max(max(truth), max(predicted)) + 1
    table = np.zeros((n, n), int)
    for t, p in zip(truth, predicted):
        table[t, p] += 1
    return table


SHOWN["confusion_matrix__w04_size_from_data"] = (
    "natural",
    "size from the largest label: the last classes are missing when they never occur",
    lambda: dict(truth=np.array([0, 1, 2]), predicted=np.array([0, 2, 2]), classes=4),
)


def confusion_matrix__w05_labels_that_occur(truth, predicted, classes):
    labels = np.unique(np.concatenate([truth, predicted]))
    return np.array([[np.sum((truth == t) & (predicted == p)) for p in labels] for t in labels])


SHOWN["confusion_matrix__w05_labels_that_occur"] = (
    "natural",
    "as sklearn without labels: rows only for classes that occur",
    lambda: dict(truth=np.array([0, 3, 3]), predicted=np.array([0, 1, 3]), classes=4),
)


def confusion_matrix__w06_diagonal_only(truth, predicted, classes):
    right = truth[truth == predicted]
    return np.diag(np.bincount(right, minlength=classes))


SHOWN["confusion_matrix__w06_diagonal_only"] = (
    "natural",
    "counts only what is right",
    lambda: _draw(20, 3),
)


def confusion_matrix__w07_one_class_more(truth, predicted, classes):
    table = np.zeros((classes + 1, classes + 1), int)
    np.add.at(table, (truth, predicted), 1)
    return table


SHOWN["confusion_matrix__w07_one_class_more"] = (
    "natural",
    "one row and column too many",
    lambda: _draw(20, 3),
)


def confusion_matrix__w08_both_ways(truth, predicted, classes):
    table = np.zeros((classes, classes), int)
    for t, p in zip(truth, predicted):
        table[t, p] += 1
        if t != p:
            table[p, t] += 1
    return table


SHOWN["confusion_matrix__w08_both_ways"] = (
    "natural",
    "counts a confusion of two classes in both directions",
    lambda: _draw(20, 3),
)


def confusion_matrix__w09_histogram_no_range(truth, predicted, classes):
    return np.histogram2d(truth, predicted, bins=classes)[0].astype(int)


SHOWN["confusion_matrix__w09_histogram_no_range"] = (
    "natural",
    "histogram2d puts its bins from the smallest to the largest label that occur",
    lambda: dict(truth=np.array([0, 1, 2, 2]), predicted=np.array([1, 1, 2, 1]), classes=3),
)


def confusion_matrix__w10_product_of_counts(truth, predicted, classes):
    rows = np.bincount(truth, minlength=classes)
    columns = np.bincount(predicted, minlength=classes)
    return np.outer(rows, columns)


SHOWN["confusion_matrix__w10_product_of_counts"] = (
    "natural",
    "counts truth and predicted each by itself and multiplies them",
    lambda: _draw(20, 3),
)


# ---------------------------------------------------------------- wrong: sly


def confusion_matrix__w11_uint8(truth, predicted, classes):
    table = np.zeros((classes, classes), np.uint8)
    np.add.at(table, (truth, predicted), 1)
    return table


SHOWN["confusion_matrix__w11_uint8"] = (
    "sly",
    "counts in a byte: 256 becomes 0",
    lambda: _draw(2000, 2),
)


def confusion_matrix__w12_no_minlength(truth, predicted, classes):
    counts = np.bincount(truth * classes + predicted)
    if len(counts) < classes * classes:
        counts = np.concatenate([np.zeros(classes * classes - len(counts), int), counts])
    return counts.reshape(classes, classes)


SHOWN["confusion_matrix__w12_no_minlength"] = (
    "sly",
    "fills the missing end of bincount with zeros, but in front: wrong where the last pair never comes",
    lambda: dict(truth=np.array([0, 1, 2]), predicted=np.array([0, 2, 1]), classes=3),
)


def confusion_matrix__w13_int8_index(truth, predicted, classes):
    cell = np.asarray(truth).astype(np.int8) * np.int8(classes) + np.asarray(predicted).astype(np.int8)
    table = np.zeros(classes * classes, int)
    np.add.at(table, cell, 1)
    return table.reshape(classes, classes)


SHOWN["confusion_matrix__w13_int8_index"] = (
    "sly",
    "computes the number of the cell in int8: wrong from 12 classes on",
    lambda: _draw(300, 15),
)


def confusion_matrix__w14_ten_classes(truth, predicted, classes):
    pairs = Counter(int(t) * 10 + int(p) for t, p in zip(truth, predicted))
    return np.array([[pairs[10 * t + p] for p in range(classes)] for t in range(classes)])


SHOWN["confusion_matrix__w14_ten_classes"] = (
    "sly",
    "packs a pair as 10 * truth + predicted: pairs collide from 11 classes on",
    lambda: _draw(100, 12),
)


_w15 = {}


def confusion_matrix__w15_table_kept(truth, predicted, classes):
    table = _w15.setdefault(classes, np.zeros((classes, classes), int))
    np.add.at(table, (truth, predicted), 1)
    return table.copy()


SHOWN["confusion_matrix__w15_table_kept"] = (
    "sly",
    "the second call with as many classes adds to the table of the first",
    lambda: _draw(20, 3),
)
HOW["confusion_matrix__w15_table_kept"] = ("after", lambda: _draw(10, 3, seed=1))


def confusion_matrix__w16_cells_in_place(truth, predicted, classes):
    truth *= classes
    truth += predicted
    return np.bincount(truth, minlength=classes**2).reshape(classes, classes)


SHOWN["confusion_matrix__w16_cells_in_place"] = (
    "sly",
    "changes the array truth of the caller",
    lambda: _draw(20, 3),
)
HOW["confusion_matrix__w16_cells_in_place"] = ("unchanged",)


def confusion_matrix__w17_string_keys(truth, predicted, classes):
    pairs = Counter(f"{t}{p}" for t, p in zip(truth, predicted))
    return np.array([[pairs[f"{t}{p}"] for p in range(classes)] for t in range(classes)])


SHOWN["confusion_matrix__w17_string_keys"] = (
    "sly",
    "1 taken for 11 and 11 taken for 1 have the same key '111': wrong from 12 classes on",
    lambda: dict(truth=np.array([1, 11, 3]), predicted=np.array([11, 1, 3]), classes=12),
)


def confusion_matrix__w18_float16(truth, predicted, classes):
    table = np.zeros((classes, classes), np.float16)
    for t, p in zip(truth, predicted):
        table[t, p] += 1
    return table.astype(int)


SHOWN["confusion_matrix__w18_float16"] = (
    "sly",
    "counts in float16: stays at 2048",
    lambda: _draw(12000, 2),
)


def confusion_matrix__w19_full_portions(truth, predicted, classes):
    table = np.zeros((classes, classes), int)
    portion = min(len(truth), 1000)
    for i in range(0, len(truth) - portion + 1, portion):
        np.add.at(table, (truth[i : i + portion], predicted[i : i + portion]), 1)
    return table


SHOWN["confusion_matrix__w19_full_portions"] = (
    "sly",
    "loses the last portion of 1000 that is not full",
    lambda: _draw(1500, 3),
)


def confusion_matrix__w20_two_classes_as_in_the_book(truth, predicted, classes):
    if classes == 2:
        tp = np.sum((truth == 1) & (predicted == 1))
        fn = np.sum((truth == 1) & (predicted == 0))
        fp = np.sum((truth == 0) & (predicted == 1))
        tn = np.sum((truth == 0) & (predicted == 0))
        return np.array([[tp, fn], [fp, tn]])
    table = np.zeros((classes, classes), int)
    np.add.at(table, (truth, predicted), 1)
    return table


SHOWN["confusion_matrix__w20_two_classes_as_in_the_book"] = (
    "sly",
    "two classes: [[TP, FN], [FP, TN]], class 1 first",
    lambda: dict(truth=np.array([0, 0, 0, 1]), predicted=np.array([0, 0, 1, 1]), classes=2),
)


# ---------------------------------------------------------------- right


def confusion_matrix__r1_add_at(truth, predicted, classes):
    table = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(table, (np.asarray(truth), np.asarray(predicted)), 1)
    return table


def confusion_matrix__r2_bincount(truth, predicted, classes):
    cells = np.asarray(truth, dtype=np.int64) * classes + np.asarray(predicted)
    return np.bincount(cells, minlength=classes * classes).reshape(classes, classes)


def confusion_matrix__r3_loop(truth, predicted, classes):
    table = [[0] * classes for _ in range(classes)]
    for t, p in zip(truth, predicted):
        table[int(t)][int(p)] += 1
    return np.array(table)


def confusion_matrix__r4_one_hot(truth, predicted, classes):
    one = np.eye(classes, dtype=int)
    return one[truth].T @ one[predicted]


def confusion_matrix__r5_tensorflow(truth, predicted, classes):
    return tf.math.confusion_matrix(truth, predicted, num_classes=classes).numpy()


def confusion_matrix__r6_counter(truth, predicted, classes):
    pairs = Counter(zip(np.asarray(truth).tolist(), np.asarray(predicted).tolist()))
    return np.array([[pairs[(t, p)] for p in range(classes)] for t in range(classes)])
