"""The classic wrong answers of lab 4, part 1: the mean over real steps, the confusion table, F1, calibration.

A name says all (`listed`): `masked_mean__summed` must earn the hint `summed`.
"""

import numpy as np

from checks.late import tf

# 1.1 masked_mean


def _real(x, mask):
    return tf.cast(mask, x.dtype)[:, :, None]


def masked_mean__not_differentiable(x, mask):
    x, mask = x.numpy(), mask.numpy()
    return np.stack([row[real].mean(axis=0) for row, real in zip(x, mask, strict=True)])


def masked_mean__not_differentiable__constant(x, mask):
    real = _real(x, mask)
    return tf.constant((tf.reduce_sum(x * real, 1) / tf.reduce_sum(real, 1)).numpy())


def masked_mean__in_graph__numpy_of_the_mask(x, mask):
    rows = [tf.boolean_mask(x[row], np.array(mask)[row]) for row in range(x.shape[0])]
    return tf.stack([tf.reduce_mean(row, axis=0) for row in rows])


def masked_mean__gradient__stopped(x, mask):
    half = _right(x, mask) / 2
    return half + tf.stop_gradient(half)


def _right(x, mask):
    real = _real(x, mask)
    return tf.reduce_sum(x * real, 1) / tf.reduce_sum(real, 1)


def masked_mean__padding_counted(x, mask):
    return tf.reduce_mean(x, axis=1)


def masked_mean__divided_by_length(x, mask):
    return tf.reduce_mean(x * _real(x, mask), axis=1)


def masked_mean__summed(x, mask):
    return tf.reduce_sum(tf.where(mask[:, :, None], x, 0.0), axis=1)


def masked_mean__last_step(x, mask):
    return x[:, -1, :]


def masked_mean__last_real(x, mask):
    length = tf.reduce_sum(tf.cast(mask, tf.int32), axis=1)
    return tf.gather(x, length - 1, batch_dims=1)


def masked_mean__last_real__wherever_it_is(x, mask):
    places = tf.range(x.shape[1]) * tf.cast(mask, tf.int32)
    return tf.gather(x, tf.reduce_max(places, axis=1), batch_dims=1)


def masked_mean__features_averaged(x, mask):
    return tf.reduce_mean(x * _real(x, mask), axis=-1)


def masked_mean__features_averaged__padding_too(x, mask):
    return tf.reduce_mean(x, axis=-1)


def masked_mean__one_count(x, mask):
    real = _real(x, mask)
    return tf.reduce_sum(x * real, axis=1) / tf.reduce_sum(real)


def masked_mean__one_count__mean_length(x, mask):
    lengths = tf.reduce_sum(tf.cast(mask, tf.float32), axis=1)
    return tf.reduce_sum(x * _real(x, mask), axis=1) / tf.reduce_mean(lengths)


def masked_mean__one_count__features_too(x, mask):
    real = tf.ones_like(x) * _real(x, mask)
    return tf.reduce_sum(x * real, axis=1) / tf.reduce_sum(real)


def masked_mean__one_mean(x, mask):
    return tf.reduce_mean(tf.boolean_mask(x, mask), axis=0)


def masked_mean__inverted(x, mask):
    return _right(x, tf.logical_not(mask))


def masked_mean__inverted__safe(x, mask):
    real = 1 - _real(x, mask)
    return tf.reduce_sum(x * real, 1) / tf.maximum(tf.reduce_sum(real, 1), 1)


def masked_mean__largest(x, mask):
    return tf.reduce_max(tf.where(mask[..., None], x, -1e9), axis=1)


def masked_mean__largest__padding_as_zero(x, mask):
    return tf.reduce_max(x * _real(x, mask), axis=1)


def masked_mean__shape__kept_axis(x, mask):
    return _right(x, mask)[:, None]


def masked_mean__value__epsilon(x, mask):
    real = _real(x, mask)
    return tf.reduce_sum(x * real, 1) / (tf.reduce_sum(real, 1) + 1e-2)


def masked_mean__raises__not_cast(x, mask):
    return tf.reduce_sum(x * mask[..., None], axis=1)


def masked_mean__zeros(x, mask):
    return tf.zeros((x.shape[0], x.shape[2]))


def masked_mean__constant(x, mask):
    return tf.ones((x.shape[0], x.shape[2]))


def masked_mean__echo(x, mask):
    return x


# 1.2 confusion_matrix


def _count(rows, columns, size):
    table = np.zeros((size, size), dtype=int)
    for row, column in zip(rows, columns, strict=True):
        table[row, column] += 1
    return table


def confusion_matrix__transposed(truth, predicted, classes):
    return _count(predicted, truth, classes)


def confusion_matrix__normalised(truth, predicted, classes):
    table = _count(truth, predicted, classes)
    return table / np.maximum(table.sum(axis=1, keepdims=True), 1)


def confusion_matrix__normalised__nan(truth, predicted, classes):
    table = _count(truth, predicted, classes)
    return table / table.sum(axis=1, keepdims=True)


def confusion_matrix__normalised__columns(truth, predicted, classes):
    table = _count(truth, predicted, classes)
    return table / np.maximum(table.sum(axis=0), 1)


def confusion_matrix__normalised__all(truth, predicted, classes):
    return _count(truth, predicted, classes) / len(truth)


def confusion_matrix__zero_one(truth, predicted, classes):
    table = np.zeros((classes, classes), dtype=int)
    table[truth, predicted] += 1
    return table


def confusion_matrix__only_right(truth, predicted, classes):
    table = np.zeros((classes, classes))
    for real, said in zip(truth, predicted, strict=True):
        if real == said:
            table[real, said] += 1
    return table


def confusion_matrix__mistakes_only(truth, predicted, classes):
    wrong = truth != predicted
    return _count(truth[wrong], predicted[wrong], classes)


def confusion_matrix__size_from_ids(truth, predicted, classes):
    return _count(truth, predicted, max(truth.max(), predicted.max()) + 1)


def confusion_matrix__size_from_ids__of_the_truth(truth, predicted, classes):
    return _count(truth, predicted, truth.max() + 1)


def confusion_matrix__size_from_ids__distinct(truth, predicted, classes):
    return _count(truth, predicted, len(set(truth.tolist())))


def confusion_matrix__type__list_of_text(truth, predicted, classes):
    return [[str(one) for one in row] for row in _count(truth, predicted, classes)]


def confusion_matrix__value__from_one(truth, predicted, classes):
    return _count(truth, predicted, classes) + np.eye(classes, dtype=int)


def confusion_matrix__raises__from_one(truth, predicted, classes):
    return _count(truth + 1, predicted + 1, classes)


def confusion_matrix__changed(truth, predicted, classes):
    table = _count(truth, predicted, classes)
    truth *= classes
    return table


def confusion_matrix__zeros(truth, predicted, classes):
    return np.zeros((classes, classes), int)


def confusion_matrix__constant(truth, predicted, classes):
    return np.ones((classes, classes), int)


def confusion_matrix__echo(truth, predicted, classes):
    return truth


# 1.3 macro_f1


def _scores(matrix):
    precision, recall = [], []
    for one in range(len(matrix)):
        said, real = matrix[:, one].sum(), matrix[one].sum()
        precision.append(matrix[one, one] / said if said else 0.0)
        recall.append(matrix[one, one] / real if real else 0.0)
    return np.array(precision), np.array(recall)


def _f1(matrix):
    p, r = _scores(matrix)
    return np.array([2 * one * two / (one + two) if one + two else 0.0 for one, two in zip(p, r, strict=True)])


def macro_f1__per_class(matrix):
    return _f1(matrix)


def macro_f1__accuracy(matrix):
    return np.trace(matrix) / matrix.sum()


def macro_f1__recall_only(matrix):
    return _scores(matrix)[1].mean()


def macro_f1__recall_only__nan(matrix):
    return np.mean(np.diag(matrix) / matrix.sum(axis=1))


def macro_f1__precision_only(matrix):
    return float(np.mean(_scores(matrix)[0]))


def macro_f1__precision_only__nan(matrix):
    return np.mean(np.diag(matrix) / matrix.sum(axis=0))


def macro_f1__arithmetic(matrix):
    p, r = _scores(matrix)
    return ((p + r) / 2).mean()


def macro_f1__arithmetic__nan(matrix):
    hits = np.diag(matrix)
    return np.mean([hits / matrix.sum(axis=0), hits / matrix.sum(axis=1)])


def macro_f1__weighted_by_size(matrix):
    return float(np.average(_f1(matrix), weights=matrix.sum(axis=1)))


def macro_f1__weighted_by_size__nan(matrix):
    real = matrix.sum(axis=1)
    return (2 * np.diag(matrix) / (matrix.sum(axis=0) + real) * real).sum() / real.sum()


def macro_f1__f1_of_the_means(matrix):
    p, r = (one.mean() for one in _scores(matrix))
    return 2 * p * r / (p + r)


def macro_f1__without_2(matrix):
    p, r = _scores(matrix)
    return np.mean([one * two / (one + two) if one + two else 0 for one, two in zip(p, r, strict=True)])


def macro_f1__without_2__nan(matrix):
    return np.mean(np.diag(matrix) / (matrix.sum(axis=0) + matrix.sum(axis=1)))


def macro_f1__jaccard(matrix):
    hits = np.diag(matrix)
    return np.mean(2 * hits / np.maximum(2 * (matrix.sum(axis=0) + matrix.sum(axis=1) - hits), 1))


def macro_f1__jaccard__nan(matrix):
    hits = np.diag(matrix)
    return np.mean(hits / (matrix.sum(axis=0) + matrix.sum(axis=1) - hits))


def macro_f1__empty_class(matrix):
    return np.mean(2 * np.diag(matrix) / (matrix.sum(axis=0) + matrix.sum(axis=1)))


def macro_f1__empty_class__left_out(matrix):
    return np.nanmean(2 * np.diag(matrix) / (matrix.sum(axis=0) + matrix.sum(axis=1)))


def macro_f1__empty_class__precision_and_recall(matrix):
    p, r = np.diag(matrix) / matrix.sum(axis=0), np.diag(matrix) / matrix.sum(axis=1)
    return np.mean(2 * p * r / (p + r))


def macro_f1__summed(matrix):
    return _f1(matrix).sum()


def macro_f1__type__whole_number(matrix):
    return round(float(_f1(matrix).mean()))


def macro_f1__value__percent(matrix):
    return 100 * float(_f1(matrix).mean())


def macro_f1__changed(matrix):
    result = float(_f1(matrix).mean())
    matrix[0, 0] += 1
    return result


def macro_f1__zeros(matrix):
    return 0.0


def macro_f1__constant(matrix):
    return 0.5


def macro_f1__shape__echo(matrix):
    return matrix.astype(float)


# 1.4 calibration_error


def _bins(confidence, right, bins):
    """Return (number, share right, mean confidence) of each bin with examples."""
    rows = []
    for number in range(bins):
        inside = (confidence >= number / bins) & (confidence < (number + 1) / bins)
        if number == bins - 1:
            inside |= confidence >= 1
        if inside.any():
            rows.append((inside.sum(), right[inside].mean(), confidence[inside].mean()))
    return rows


def _read(probabilities, truth):
    return probabilities.max(axis=1), probabilities.argmax(axis=1) == truth


def _error(confidence, right, bins):
    return sum(number * abs(acc - conf) for number, acc, conf in _bins(confidence, right, bins)) / len(right)


def calibration_error__accuracy(probabilities, truth, bins=10):
    return np.mean(probabilities.argmax(axis=1) == truth)


def calibration_error__accuracy__wrong(probabilities, truth, bins=10):
    return np.mean(probabilities.argmax(axis=1) != truth)


def calibration_error__mean_gap(probabilities, truth, bins=10):
    confidence, right = _read(probabilities, truth)
    return abs(confidence.mean() - right.mean())


def calibration_error__unweighted(probabilities, truth, bins=10):
    return np.mean([abs(acc - conf) for _, acc, conf in _bins(*_read(probabilities, truth), bins)])


def calibration_error__unweighted__all_bins(probabilities, truth, bins=10):
    return sum(abs(acc - conf) for _, acc, conf in _bins(*_read(probabilities, truth), bins)) / bins


def calibration_error__unweighted__summed(probabilities, truth, bins=10):
    return sum(abs(acc - conf) for _, acc, conf in _bins(*_read(probabilities, truth), bins))


def calibration_error__signed(probabilities, truth, bins=10):
    rows = _bins(*_read(probabilities, truth), bins)
    return sum(number * (acc - conf) for number, acc, conf in rows) / len(truth)


def calibration_error__signed__turned(probabilities, truth, bins=10):
    rows = _bins(*_read(probabilities, truth), bins)
    return sum(number * (conf - acc) for number, acc, conf in rows) / len(truth)


def calibration_error__squared(probabilities, truth, bins=10):
    rows = _bins(*_read(probabilities, truth), bins)
    return sum(number * (acc - conf) ** 2 for number, acc, conf in rows) / len(truth)


def calibration_error__squared__root(probabilities, truth, bins=10):
    return np.sqrt(calibration_error__squared(probabilities, truth, bins))


def calibration_error__of_the_truth(probabilities, truth, bins=10):
    _, right = _read(probabilities, truth)
    return _error(probabilities[range(len(truth)), truth], right, bins)


def calibration_error__first_class(probabilities, truth, bins=10):
    return _error(probabilities[:, 0], probabilities.argmax(axis=1) == truth, bins)


def calibration_error__first_class__positive(probabilities, truth, bins=10):
    return _error(probabilities[:, 1], probabilities.argmax(axis=1) == truth, bins)


def calibration_error__first_class__answers_it(probabilities, truth, bins=10):
    return _error(probabilities[:, 1], truth == 1, bins)


def calibration_error__largest_gap(probabilities, truth, bins=10):
    return max(abs(acc - conf) for _, acc, conf in _bins(*_read(probabilities, truth), bins))


def calibration_error__empty_bin(probabilities, truth, bins=10):
    confidence, right = _read(probabilities, truth)
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [abs(right[place == b].mean() - confidence[place == b].mean()) for b in range(bins)]
    return sum(gap * np.mean(place == b) for b, gap in enumerate(gaps))


def calibration_error__empty_bin__raises(probabilities, truth, bins=10):
    confidence, right = _read(probabilities, truth)
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    total = 0.0
    for b in range(bins):
        chosen = [i for i in range(len(truth)) if place[i] == b]
        acc = sum(float(right[i]) for i in chosen) / len(chosen)
        conf = sum(float(confidence[i]) for i in chosen) / len(chosen)
        total += len(chosen) / len(truth) * abs(acc - conf)
    return total


def calibration_error__one_minus(probabilities, truth, bins=10):
    return 1 - _error(*_read(probabilities, truth), bins)


def calibration_error__bins_ignored(probabilities, truth, bins=10):
    return _error(*_read(probabilities, truth), 10)


def calibration_error__last_bin_open(probabilities, truth, bins=10):
    confidence, right = _read(probabilities, truth)
    total = 0.0
    for number in range(bins):
        inside = (confidence >= number / bins) & (confidence < (number + 1) / bins)
        if inside.any():
            total += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return total


def calibration_error__raises__no_room_for_1(probabilities, truth, bins=10):
    confidence, right = _read(probabilities, truth)
    sums = np.zeros((bins, 2))
    for one, hit in zip(confidence, right, strict=True):
        sums[int(one * bins)] += hit, one
    return float(np.abs(sums[:, 0] - sums[:, 1]).sum() / len(truth))


def calibration_error__shape__per_bin(probabilities, truth, bins=10):
    return [abs(acc - conf) for _, acc, conf in _bins(*_read(probabilities, truth), bins)]


def calibration_error__middle_of_the_bin(probabilities, truth, bins=10):
    confidence, right = _read(probabilities, truth)
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    return sum(
        np.mean(place == b) * abs(right[place == b].mean() - (b + 0.5) / bins)
        for b in range(bins)
        if (place == b).any()
    )


def calibration_error__changed(probabilities, truth, bins=10):
    error = float(_error(*_read(probabilities, truth), bins))
    probabilities.sort(axis=1)
    return error


def calibration_error__zeros(probabilities, truth, bins=10):
    return 0.0


def calibration_error__constant(probabilities, truth, bins=10):
    return 0.1


def calibration_error__echo(probabilities, truth, bins=10):
    return probabilities
