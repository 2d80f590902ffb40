"""Right answers of lab 4, part 1, that differ from the solution."""

import itertools
from collections import Counter

import numpy as np

from checks.late import tf

# 1.1 masked_mean


def masked_mean__where(x, mask):
    total = tf.reduce_sum(tf.where(mask[..., tf.newaxis], x, 0.0), axis=1)
    return total / tf.math.count_nonzero(mask, axis=1, keepdims=True, dtype=tf.float32)


def masked_mean__product_of_matrices(x, mask):
    real = tf.cast(mask, tf.float32)
    weights = real / tf.reduce_sum(real, axis=1, keepdims=True)
    return tf.matmul(weights[:, None, :], x)[:, 0]


def masked_mean__einsum(x, mask):
    real = tf.cast(mask, x.dtype)
    return tf.einsum("btf,bt->bf", x, real) / tf.reduce_sum(real, axis=-1)[:, None]


def masked_mean__keras_layer(x, mask):
    import keras

    return keras.layers.GlobalAveragePooling1D()(x, mask=mask)


def masked_mean__keras_ops(x, mask):
    from keras import ops

    real = ops.expand_dims(ops.cast(mask, "float32"), -1)
    return ops.sum(x * real, axis=1) / ops.sum(real, axis=1)


def masked_mean__ragged(x, mask):
    return tf.reduce_mean(tf.ragged.boolean_mask(x, mask), axis=1)


def masked_mean__map_over_rows(x, mask):
    return tf.map_fn(
        lambda row: tf.reduce_mean(tf.boolean_mask(row[0], row[1]), axis=0), (x, mask), fn_output_signature=tf.float32
    )


def masked_mean__mean_times_length(x, mask):
    real = tf.cast(mask, x.dtype)[:, :, None]
    return tf.reduce_mean(x * real, axis=1) / tf.reduce_mean(real, axis=1)


def masked_mean__step_by_step(x, mask):
    total = tf.zeros_like(x[:, 0])
    count = tf.zeros_like(x[:, 0, :1])
    for step in range(x.shape[1]):
        real = tf.cast(mask[:, step], x.dtype)[:, None]
        total += real * x[:, step]
        count += real
    return total / count


# 1.2 confusion_matrix


def confusion_matrix__loop(truth, predicted, classes):
    table = np.zeros((classes, classes), dtype=np.int32)
    for real, said in zip(truth, predicted, strict=True):
        table[real, said] += 1
    return table


def confusion_matrix__lists(truth, predicted, classes):
    pairs = Counter(zip(truth.tolist(), predicted.tolist(), strict=True))
    return [[pairs[real, said] for said in range(classes)] for real in range(classes)]


def confusion_matrix__added_at(truth, predicted, classes):
    table = np.zeros((classes, classes))
    np.add.at(table, (truth, predicted), 1.0)
    return table


def confusion_matrix__one_hot_product(truth, predicted, classes):
    rows, columns = np.eye(classes)[truth], np.eye(classes)[predicted]
    return rows.T @ columns


def confusion_matrix__histogram(truth, predicted, classes):
    edges = np.arange(classes + 1) - 0.5
    table, _, _ = np.histogram2d(truth, predicted, bins=(edges, edges))
    return table


def confusion_matrix__tensorflow(truth, predicted, classes):
    return tf.math.confusion_matrix(truth, predicted, num_classes=classes)


def confusion_matrix__comparisons(truth, predicted, classes):
    return np.array(
        [[np.sum((truth == real) & (predicted == said)) for said in range(classes)] for real in range(classes)]
    )


# 1.3 macro_f1


def macro_f1__precision_and_recall(matrix):
    scores = []
    for one in range(len(matrix)):
        said, real = matrix[:, one].sum(), matrix[one, :].sum()
        precision = matrix[one, one] / said if said else 0.0
        recall = matrix[one, one] / real if real else 0.0
        scores.append(2 * precision * recall / (precision + recall) if precision + recall else 0.0)
    return sum(scores) / len(scores)


def macro_f1__safe_division(matrix):
    hits = matrix.diagonal()
    total = matrix.sum(0) + matrix.sum(1)
    return np.divide(2.0 * hits, total, out=np.zeros(len(matrix)), where=total > 0).mean()


def macro_f1__nan_to_num(matrix):
    with np.errstate(invalid="ignore"):
        scores = 2 * np.diag(matrix) / (matrix.sum(0) + matrix.sum(1))
    return float(np.nan_to_num(scores).sum() / len(matrix))


def macro_f1__three_counts(matrix):
    hits = np.diag(matrix).astype(float)
    wrong, missed = matrix.sum(axis=0) - hits, matrix.sum(axis=1) - hits
    return np.mean(hits / np.maximum(hits + (wrong + missed) / 2, 0.5))


def macro_f1__lists(matrix):
    rows = matrix.tolist()
    columns = list(zip(*rows, strict=True))
    total = 0.0
    for one, (row, column) in enumerate(zip(rows, columns, strict=True)):
        if sum(row) + sum(column):
            total += 2 * row[one] / (sum(row) + sum(column))
    return total / len(rows)


def macro_f1__tensorflow(matrix):
    table = tf.cast(matrix, tf.float32)
    both = tf.reduce_sum(table, axis=0) + tf.reduce_sum(table, axis=1)
    return tf.reduce_mean(tf.math.divide_no_nan(2 * tf.linalg.diag_part(table), both))


# 1.4 calibration_error


def calibration_error__sums_of_bins(probabilities, truth, bins=10):
    sure = np.max(probabilities, axis=-1)
    right = np.argmax(probabilities, axis=-1) == truth
    gaps = np.zeros(bins)
    np.add.at(gaps, np.clip(np.floor(sure * bins).astype(int), 0, bins - 1), right - sure)
    return np.abs(gaps).sum() / len(truth)


def calibration_error__bincount(probabilities, truth, bins=10):
    sure, right = probabilities.max(1), probabilities.argmax(1) == truth
    place = np.minimum((sure * bins).astype(int), bins - 1)
    hits, sums = (np.bincount(place, weights=one, minlength=bins) for one in (right.astype(float), sure))
    return float(np.abs(hits - sums).sum() / place.size)


def calibration_error__digitize(probabilities, truth, bins=10):
    sure, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == truth
    place = np.digitize(sure, np.linspace(0, 1, bins + 1)[1:-1])
    total = 0.0
    for one in np.unique(place):
        inside = place == one
        total += inside.sum() / len(truth) * np.abs(np.mean(right[inside]) - np.mean(sure[inside]))
    return total


def calibration_error__plain_lists(probabilities, truth, bins=10):
    boxes = [[] for _ in range(bins)]
    for row, real in zip(probabilities.tolist(), truth.tolist(), strict=True):
        sure = max(row)
        boxes[min(int(sure * bins), bins - 1)].append((sure, row.index(sure) == real))
    total = 0.0
    for box in boxes:
        if box:
            sure, right = zip(*box, strict=True)
            total += len(box) * abs(sum(right) / len(box) - sum(sure) / len(box))
    return total / len(truth)


def calibration_error__edges(probabilities, truth, bins=10):
    sure = probabilities.max(axis=1)
    right = (probabilities.argmax(axis=1) == truth).astype(float)
    edges = [number / bins for number in range(bins)] + [1.1]
    return sum(
        np.mean(inside) * abs(np.mean(right[inside]) - np.mean(sure[inside]))
        for low, high in itertools.pairwise(edges)
        if np.any(inside := (low <= sure) & (sure < high))
    )


def calibration_error__right_closed(probabilities, truth, bins=10):
    sure, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == truth
    place = np.ceil(sure * bins).astype(int) - 1
    return float(sum(abs((right[place == b] * 1.0 - sure[place == b]).sum()) for b in range(bins)) / len(truth))


def calibration_error__tensorflow(probabilities, truth, bins=10):
    sure = tf.reduce_max(probabilities, axis=1)
    right = tf.cast(tf.equal(tf.argmax(probabilities, axis=1), truth), sure.dtype)
    place = tf.minimum(tf.cast(sure * bins, tf.int32), bins - 1)
    return tf.reduce_sum(tf.abs(tf.math.unsorted_segment_sum(right - sure, place, bins))) / len(truth)
