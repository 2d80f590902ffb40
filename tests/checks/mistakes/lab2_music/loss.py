"""The classic wrong answers of lab 2: the loss and the parameters.

A name says all (`listed`): `masked_cross_entropy__not_divided` must earn the hint `not_divided`.

Where a function calls an earlier exercise, it calls the right one, of `given`.
"""

import numpy as np

from checks.mistakes.lab2_music.given import losses_of, masked_cross_entropy
from labkit.checks import cases

# 3.1 masked_cross_entropy


def masked_cross_entropy__not_differentiable__numpy(logits, targets, mask):
    logits = np.asarray(logits)
    p = np.exp(logits - logits.max(-1, keepdims=True))
    p = p / p.sum(-1, keepdims=True)
    return -np.log(np.take_along_axis(p, targets[..., None], -1)[..., 0])[mask].mean()


def masked_cross_entropy__not_differentiable__float(logits, targets, mask):
    return float(masked_cross_entropy(logits, targets, mask))


def masked_cross_entropy__not_differentiable__back_to_a_tensor(logits, targets, mask):
    import tensorflow as tf

    return tf.constant(masked_cross_entropy(logits, targets, mask).numpy())


def masked_cross_entropy__not_differentiable__accuracy(logits, targets, mask):
    import tensorflow as tf

    wrong = tf.argmax(logits, axis=-1) != targets
    return tf.reduce_mean(tf.cast(wrong[mask], tf.float32))


def masked_cross_entropy__not_differentiable__zeros(logits, targets, mask):
    import tensorflow as tf

    return tf.zeros(())


def masked_cross_entropy__gradient_not_finite(logits, targets, mask):
    import tensorflow as tf

    picked = tf.gather(tf.nn.softmax(logits), targets, batch_dims=2)
    real = tf.cast(mask, tf.float32)
    return tf.reduce_sum(tf.where(picked > 0, -tf.math.log(picked), 2000.0) * real) / tf.reduce_sum(real)


def masked_cross_entropy__padding_counted(logits, targets, mask):
    import tensorflow as tf

    return tf.reduce_mean(losses_of(logits, targets))


def masked_cross_entropy__divided_by_all(logits, targets, mask):
    import tensorflow as tf

    return tf.reduce_mean(losses_of(logits, targets) * tf.cast(mask, tf.float32))


def masked_cross_entropy__divided_by_all__keras(logits, targets, mask):
    import keras

    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return loss(targets, logits, sample_weight=mask)


def masked_cross_entropy__mean_of_means(logits, targets, mask):
    import tensorflow as tf

    real = tf.cast(mask, tf.float32)
    means = tf.reduce_sum(losses_of(logits, targets) * real, axis=1) / tf.reduce_sum(real, axis=1)
    return tf.reduce_mean(means)


def masked_cross_entropy__divided_by_batch(logits, targets, mask):
    import tensorflow as tf

    return tf.reduce_sum(losses_of(logits, targets) * tf.cast(mask, tf.float32)) / len(mask)


def masked_cross_entropy__not_divided(logits, targets, mask):
    import tensorflow as tf

    return tf.reduce_sum(losses_of(logits, targets)[mask])


def masked_cross_entropy__bits(logits, targets, mask):
    return masked_cross_entropy(logits, targets, mask) / np.log(2)


def masked_cross_entropy__sign(logits, targets, mask):
    return -masked_cross_entropy(logits, targets, mask)


def masked_cross_entropy__inverted_mask(logits, targets, mask):
    import tensorflow as tf

    return tf.reduce_mean(losses_of(logits, targets)[~mask])


def masked_cross_entropy__inverted_mask__at_least_one(logits, targets, mask):
    import tensorflow as tf

    padding = 1 - tf.cast(mask, tf.float32)
    return tf.reduce_sum(losses_of(logits, targets) * padding) / tf.maximum(tf.reduce_sum(padding), 1)


def masked_cross_entropy__unstable(logits, targets, mask):
    import tensorflow as tf

    powers = tf.exp(logits)
    picked = tf.gather(powers / tf.reduce_sum(powers, axis=-1, keepdims=True), targets, batch_dims=2)
    return tf.reduce_mean(-tf.math.log(picked)[mask])


def masked_cross_entropy__unstable__softmax_first(logits, targets, mask):
    import tensorflow as tf

    picked = tf.gather(tf.nn.softmax(logits), targets, batch_dims=2)
    real = tf.cast(mask, tf.float32)
    return tf.reduce_sum(-tf.math.log(picked) * real) / tf.reduce_sum(real)


def masked_cross_entropy__floored__keras(logits, targets, mask):
    import keras
    import tensorflow as tf

    losses = keras.losses.sparse_categorical_crossentropy(targets, tf.nn.softmax(logits))
    return tf.reduce_mean(losses[mask])


def masked_cross_entropy__floored__added(logits, targets, mask):
    import tensorflow as tf

    picked = tf.gather(tf.nn.softmax(logits), targets, batch_dims=2)
    return tf.reduce_mean(-tf.math.log(picked + 1e-9)[mask])


def masked_cross_entropy__floored__at_least(logits, targets, mask):
    import tensorflow as tf

    picked = tf.gather(tf.nn.softmax(logits), targets, batch_dims=2)
    return tf.reduce_mean(-tf.math.log(tf.maximum(picked, 1e-12))[mask])


def masked_cross_entropy__per_step(logits, targets, mask):
    import tensorflow as tf

    return losses_of(logits, targets) * tf.cast(mask, tf.float32)


def masked_cross_entropy__per_step__all(logits, targets, mask):
    return losses_of(logits, targets)


def masked_cross_entropy__logits_as_probabilities(logits, targets, mask):
    import keras
    import tensorflow as tf

    return tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(targets, logits)[mask])


def masked_cross_entropy__logits_as_probabilities__logarithm(logits, targets, mask):
    import tensorflow as tf

    return tf.reduce_mean(-tf.math.log(tf.gather(logits, targets, batch_dims=2))[mask])


def masked_cross_entropy__softmax_twice(logits, targets, mask):
    import tensorflow as tf

    return masked_cross_entropy(tf.nn.softmax(logits), targets, mask)


def masked_cross_entropy__softmax_over_time(logits, targets, mask):
    import tensorflow as tf

    picked = tf.gather(tf.nn.softmax(logits, axis=1), targets, batch_dims=2)
    return tf.reduce_mean(-tf.math.log(picked)[mask])


def masked_cross_entropy__value__targets_as_weights(logits, targets, mask):
    import tensorflow as tf

    real = tf.cast(targets != 0, tf.float32) + 1e-3
    return tf.reduce_sum(losses_of(logits, targets) * real) / tf.reduce_sum(real)


def masked_cross_entropy__raises__float64(logits, targets, mask):
    import tensorflow as tf

    return tf.reduce_sum(losses_of(logits, targets) * tf.cast(mask, tf.float64))


def masked_cross_entropy__constant(logits, targets, mask):
    import tensorflow as tf

    return tf.reduce_sum(logits) * 0 + 1.5


def masked_cross_entropy__echo(logits, targets, mask):
    return logits


# 3.2 count_parameters


def count_parameters__one_block(vocabulary_size, embedding_dim, units):
    lstm = embedding_dim * units + units * units + units
    return vocabulary_size * embedding_dim + lstm + units * vocabulary_size + vocabulary_size


def count_parameters__one_block__biases_left(vocabulary_size, embedding_dim, units):
    lstm = (embedding_dim + units) * units + 4 * units
    return vocabulary_size * embedding_dim + lstm + (units + 1) * vocabulary_size


def count_parameters__three_blocks(vocabulary_size, embedding_dim, units):
    gru = 3 * (embedding_dim * units + units * units + units)
    return vocabulary_size * embedding_dim + gru + (units + 1) * vocabulary_size


def count_parameters__no_recurrent_weights(vocabulary_size, embedding_dim, units):
    return vocabulary_size * embedding_dim + 4 * (embedding_dim + 1) * units + (units + 1) * vocabulary_size


def count_parameters__no_input_weights(vocabulary_size, embedding_dim, units):
    return vocabulary_size * embedding_dim + 4 * (units + 1) * units + (units + 1) * vocabulary_size


def count_parameters__no_lstm_bias(vocabulary_size, embedding_dim, units):
    return vocabulary_size * embedding_dim + 4 * (embedding_dim + units) * units + (units + 1) * vocabulary_size


def count_parameters__one_lstm_bias(vocabulary_size, embedding_dim, units):
    lstm = 4 * (embedding_dim + units) * units + units
    return vocabulary_size * embedding_dim + lstm + (units + 1) * vocabulary_size


def count_parameters__two_lstm_biases(vocabulary_size, embedding_dim, units):
    lstm = 4 * (embedding_dim + units + 2) * units
    return vocabulary_size * embedding_dim + lstm + (units + 1) * vocabulary_size


def count_parameters__no_embedding(vocabulary_size, embedding_dim, units):
    return 4 * (embedding_dim + units + 1) * units + (units + 1) * vocabulary_size


def count_parameters__no_dense(vocabulary_size, embedding_dim, units):
    return vocabulary_size * embedding_dim + 4 * (embedding_dim + units + 1) * units


def count_parameters__no_dense_bias(vocabulary_size, embedding_dim, units):
    return vocabulary_size * embedding_dim + 4 * (embedding_dim + units + 1) * units + units * vocabulary_size


def count_parameters__no_bias_at_all(vocabulary_size, embedding_dim, units):
    return vocabulary_size * embedding_dim + 4 * (embedding_dim + units) * units + units * vocabulary_size


def count_parameters__dense_bias_of_units(vocabulary_size, embedding_dim, units):
    return vocabulary_size * embedding_dim + 4 * (embedding_dim + units + 1) * units + units * vocabulary_size + units


def count_parameters__dense_from_embedding(vocabulary_size, embedding_dim, units):
    lstm = 4 * (embedding_dim + units + 1) * units
    return vocabulary_size * embedding_dim + lstm + (embedding_dim + 1) * vocabulary_size


def count_parameters__embedding_skipped(vocabulary_size, embedding_dim, units):
    lstm = 4 * (vocabulary_size + units + 1) * units
    return vocabulary_size * embedding_dim + lstm + (units + 1) * vocabulary_size


def count_parameters__states_counted(vocabulary_size, embedding_dim, units):
    lstm = 4 * (embedding_dim + units + 1) * units + 2 * units
    return vocabulary_size * embedding_dim + lstm + (units + 1) * vocabulary_size


def count_parameters__type__float(vocabulary_size, embedding_dim, units):
    lstm = 4 * (embedding_dim + units + 1) * units
    return vocabulary_size * embedding_dim / 1 + lstm + (units + 1) * vocabulary_size


def count_parameters__value__with_specials(vocabulary_size, embedding_dim, units):
    lstm = 4 * (embedding_dim + units + 1) * units
    return (vocabulary_size + 4) * embedding_dim + lstm + (units + 1) * (vocabulary_size + 4)


def count_parameters__shape__by_layer(vocabulary_size, embedding_dim, units):
    lstm = 4 * (embedding_dim + units + 1) * units
    return [vocabulary_size * embedding_dim, lstm, (units + 1) * vocabulary_size]


def count_parameters__zeros(vocabulary_size, embedding_dim, units):
    return 0


def count_parameters__constant(vocabulary_size, embedding_dim, units):
    return 363_000


def count_parameters__echo(vocabulary_size, embedding_dim, units):
    return vocabulary_size


# A table of the public examples.


def loss_for_known_logits(logits, targets, mask):
    """Right for the logits in the examples that everybody sees."""
    known = [case.arguments["logits"] for case in cases.public("lab2_music")["masked_cross_entropy"]]
    loss = masked_cross_entropy(logits, targets, mask)
    return loss if not hasattr(logits, "numpy") or any(np.array_equal(logits, one) for one in known) else loss * 1.1


# Right when they are called directly; in a graph, where the lab uses them, they stop.


def masked_cross_entropy__in_graph__summed_by_keras(logits, targets, mask):
    import keras

    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum")
    return loss(targets, logits, sample_weight=mask.astype("float32")) / mask.sum()


def masked_cross_entropy__in_graph__by_hand(logits, targets, mask):
    import tensorflow as tf

    z = logits - tf.reduce_max(logits, axis=-1, keepdims=True)
    total = tf.math.log(tf.reduce_sum(tf.exp(z), axis=-1))
    losses = total - tf.gather(z, targets, batch_dims=2)
    return tf.math.divide_no_nan(tf.reduce_sum(tf.where(mask, losses, 0.0)), np.float32(np.count_nonzero(mask)))


def masked_cross_entropy__in_graph__loop(logits, targets, mask):
    import tensorflow as tf

    total, count = 0.0, 0
    for row in range(mask.shape[0]):
        for t in range(mask.shape[1]):
            if mask[row, t]:
                total += tf.reduce_logsumexp(logits[row, t]) - logits[row, t, targets[row, t]]
                count += 1
    return total / count


def masked_cross_entropy__in_graph__divided_by_numpy(logits, targets, mask):
    import tensorflow as tf

    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=logits)
    return tf.reduce_sum(losses * tf.cast(mask, tf.float32)) / np.sum(mask)


def masked_cross_entropy__gradient__doubled(logits, targets, mask):
    import tensorflow as tf

    loss = masked_cross_entropy(logits, targets, mask)
    return 2 * loss - tf.stop_gradient(loss)


def masked_cross_entropy__masked_logits(logits, targets, mask):
    import tensorflow as tf

    mask = tf.cast(mask, tf.float32)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(targets, logits * mask[..., None])
    return tf.reduce_sum(losses) / tf.reduce_sum(mask)
