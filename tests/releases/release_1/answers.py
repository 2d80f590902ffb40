"""Right answers of edition 1: later editions promise more, and refuse them.

As they stand, they may use what the notebooks of edition 1 give: `tokenize`, and the exercises before them.
"""

import itertools
import math
import re
from bisect import bisect_left

import numpy as np
from checks.late import keras, tf


def tokenize(sentence):
    return re.sub(r"[^\w\s]", "", sentence.lower()).split()


def softmax(x, axis=-1):
    return tf.nn.softmax(x, axis)


def attention_weights(Q, K, mask=None, scale=None):
    scores = tf.matmul(Q, K, transpose_b=True) * (Q.shape[-1] ** -0.5 if scale is None else scale)
    return softmax(scores if mask is None else tf.where(mask, scores, -1e9))


def masked_cross_entropy(logits, targets, mask):
    losses = keras.losses.sparse_categorical_crossentropy(targets, logits, from_logits=True)
    return tf.reduce_mean(tf.boolean_mask(losses, mask))


def encode__array(sentence, vocabulary):
    return np.array([vocabulary.get(word, 1) for word in tokenize(sentence)], dtype=np.int32)


def encode__tuple_with_try(sentence, vocabulary):
    def look_up(word):
        try:
            return vocabulary[word]
        except KeyError:
            return 1

    return tuple(map(look_up, tokenize(sentence)))


def encode__tensorflow(sentence, vocabulary):
    return tf.constant([vocabulary.get(word, 1) for word in tokenize(sentence)], dtype=tf.int32)


def state_gradient_norms__list_float32(h, W_hh, d_h_last):
    h, W_hh, d_h = (value.astype(np.float32) for value in (h, W_hh, d_h_last))
    norms = []
    for t in reversed(range(h.shape[1])):
        norms.insert(0, float(np.linalg.norm(d_h)))
        d_h = np.dot(d_h * (1 - np.square(h[:, t])), W_hh.T)
    return norms


def lstm_step__exponential_quotient(x_t, h_prev, c_prev, W, U, b):
    a = np.array(np.split(x_t @ W + h_prev @ U + b, 4, axis=-1))
    gates = np.exp(a) / (1 + np.exp(a))
    c = gates[1] * c_prev + gates[0] * np.tanh(a[2])
    return gates[3] * np.tanh(c), c


def masked_cross_entropy__summed_by_keras(logits, targets, mask):

    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum")
    return loss(targets, logits, sample_weight=mask.astype("float32")) / mask.sum()


def masked_cross_entropy__by_hand(logits, targets, mask):
    z = logits - tf.reduce_max(logits, axis=-1, keepdims=True)
    total = tf.math.log(tf.reduce_sum(tf.exp(z), axis=-1))
    losses = total - tf.gather(z, targets, batch_dims=2)
    return tf.math.divide_no_nan(tf.reduce_sum(tf.where(mask, losses, 0.0)), np.float32(np.count_nonzero(mask)))


def masked_cross_entropy__loop(logits, targets, mask):
    total, count = 0.0, 0
    for row in range(mask.shape[0]):
        for t in range(mask.shape[1]):
            if mask[row, t]:
                total += tf.reduce_logsumexp(logits[row, t]) - logits[row, t, targets[row, t]]
                count += 1
    return total / count


def train_step__apply(model, optimizer, inputs, targets, mask, max_norm):
    with tf.GradientTape() as tape:
        loss = masked_cross_entropy(model(inputs), targets, mask)
    weights = model.trainable_weights
    gradients, norm = tf.clip_by_global_norm(tape.gradient(loss, weights), clip_norm=max_norm)
    assert norm >= 0
    optimizer.apply(gradients, weights)
    return loss.numpy()


def train_step__dense_norm(model, optimizer, inputs, targets, mask, max_norm):
    variables = [weight.value for weight in model.trainable_variables]
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(variables)
        loss = masked_cross_entropy(model(tf.constant(inputs), training=True), targets, mask)
    gradients = [tf.convert_to_tensor(gradient) for gradient in tape.gradient(loss, variables)]
    norm = tf.sqrt(sum(tf.reduce_sum(gradient**2) for gradient in gradients))
    scale = min(1.0, max_norm / float(norm))
    optimizer.apply_gradients(
        [(scale * one, two) for one, two in zip(gradients, model.trainable_variables, strict=True)]
    )
    return float(loss)


def train_step__own_loss(model, optimizer, inputs, targets, mask, max_norm):
    with tf.GradientTape() as tape:
        losses = keras.losses.sparse_categorical_crossentropy(targets, model(inputs), from_logits=True)
        loss = tf.reduce_mean(tf.boolean_mask(losses, mask))
    gradients = tape.gradient(loss, model.trainable_variables)
    norm = tf.linalg.global_norm(gradients)
    if norm > max_norm:
        gradients, _ = tf.clip_by_global_norm(gradients, max_norm, use_norm=norm)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
    return np.array(loss)


def next_probabilities__masked_logits(logits, temperature, top_p=1.0):
    z = np.array(logits, dtype=float) / temperature
    p = np.exp(z - z.max()) / np.exp(z - z.max()).sum()
    falling = -np.sort(-p)
    least = falling[min(bisect_left(list(itertools.accumulate(falling)), top_p), len(falling) - 1)]
    z[p < least] = -np.inf
    return np.exp(z - z.max()) / np.exp(z - z.max()).sum()


def softmax__max_of_numpy(x, axis=-1):
    powers = tf.exp(x - np.max(x, axis=axis, keepdims=True))
    return powers / (tf.reduce_sum(powers, axis, keepdims=True) + 1e-9)


def softmax__slices(x, axis=-1):
    def one(row):
        powers = tf.math.pow(math.e, row - max(row))
        return powers / sum(powers)

    rows = tf.experimental.numpy.moveaxis(x, axis, -1)
    flat = tf.stack([one(row) for row in tf.reshape(rows, (-1, rows.shape[-1]))])
    return tf.experimental.numpy.moveaxis(tf.reshape(flat, rows.shape), -1, axis)


def attention_weights__masked_afterwards_and_renormalised(Q, K, mask=None, scale=None):
    weights = attention_weights(Q, K, None, scale)
    if mask is None:
        return weights
    weights = weights * tf.cast(mask, weights.dtype)
    return weights / tf.reduce_sum(weights, axis=-1, keepdims=True)


def attention_weights__query_by_query(Q, K, mask=None, scale=None):
    scale = 1 / np.sqrt(Q.shape[-1]) if scale is None else scale
    rows = []
    for t in range(Q.shape[-2]):
        scores = tf.linalg.matvec(K, Q[..., t, :]) * scale
        if mask is not None:
            scores = tf.where(mask[..., t if mask.shape[-2] > 1 else 0, :], scores, -1e9)
        rows.append(softmax(scores))
    return tf.stack(rows, axis=-2)


def scaled_dot_product_attention__compiled(Q, K, V, mask=None):
    weights = attention_weights(Q, K, mask)
    return tf.function(lambda one, two: one @ two)(weights, V), weights.numpy()


def split_heads__row_by_row(x, num_heads):
    width = x.shape[2] // num_heads
    return tf.stack([tf.transpose(tf.reshape(row, (-1, num_heads, width)), (1, 0, 2)) for row in x])


ANSWERS = {
    "lab1_rnn": [
        encode__array,
        encode__tuple_with_try,
        encode__tensorflow,
        state_gradient_norms__list_float32,
    ],
    "lab2_music": [
        lstm_step__exponential_quotient,
        masked_cross_entropy__summed_by_keras,
        masked_cross_entropy__by_hand,
        masked_cross_entropy__loop,
        train_step__apply,
        train_step__dense_norm,
        train_step__own_loss,
        next_probabilities__masked_logits,
    ],
    "lab3_attention": [
        softmax__max_of_numpy,
        softmax__slices,
        attention_weights__masked_afterwards_and_renormalised,
        attention_weights__query_by_query,
        scaled_dot_product_attention__compiled,
        split_heads__row_by_row,
    ],
}
