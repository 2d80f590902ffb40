"""Right answers of lab 2, as differently as students write them: the next character."""

import math

import numpy as np

# 4.1 next_probabilities


def next_probabilities__loop(logits, temperature, top_p=1.0):
    largest = max(logits)
    powers = [math.exp((z - largest) / temperature) for z in logits]
    total = sum(powers)
    chances = sorted(((power / total, index) for index, power in enumerate(powers)), reverse=True)
    result, mass = [0.0] * len(powers), 0.0
    for chance, index in chances:
        result[index] = chance
        mass += chance
        if mass >= top_p:
            break
    return [chance / mass for chance in result]


def next_probabilities__searchsorted(logits, temperature, top_p=1.0):
    z = logits / temperature
    p = np.exp(z - np.logaddexp.reduce(z))
    order = np.argsort(p)[::-1]
    cut = np.searchsorted(np.cumsum(p[order]), top_p) + 1
    p = p.copy()
    p[order[cut:]] = 0
    return (p / p.sum()).astype("float32")


def next_probabilities__powers(logits, temperature, top_p=1.0):
    p = np.exp(logits - np.max(logits))
    p = (p / p.sum()) ** (1 / temperature)
    p = p / p.sum()
    for index in np.argsort(p):
        if p[p >= p[index]].sum() - p[index] >= top_p:
            p = np.where(np.arange(len(p)) == index, 0, p)
    return p / p.sum()


def next_probabilities__tensorflow(logits, temperature, top_p=1.0):
    import tensorflow as tf

    p = tf.nn.softmax(tf.constant(logits, tf.float64) / temperature)
    values, order = tf.math.top_k(p, k=len(logits))
    values = tf.where(tf.cumsum(values, exclusive=True) < top_p, values, 0)
    kept = tf.scatter_nd(order[:, None], values, p.shape)
    return kept / tf.reduce_sum(kept)
