"""Right answers of lab 2, written as differently as students write: each must pass, whatever the seed.

A name says all: `generate__recursive` is a `generate`. `ALTERNATIVES` lists them, those of part 1 too; USES_KERAS those
that start TensorFlow.
"""

import inspect
import itertools
import math
import re
from bisect import bisect_left
from collections import OrderedDict

import numpy as np
from checks.alternatives import lab2_gates

PADDING, UNKNOWN, START, END = 0, 1, 2, 3


# What the lab gives, and right answers of earlier exercises.


def encode(tune, vocabulary):
    return [START, *(vocabulary.get(character, UNKNOWN) for character in tune), END]


def decode(ids, vocabulary):
    characters = {number: character for character, number in vocabulary.items()}
    return "".join(characters.get(int(number), "") for number in ids)


def draw(probabilities, rng):
    return int(rng.choice(len(probabilities), p=probabilities))


def masked_cross_entropy(logits, targets, mask):
    import tensorflow as tf

    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=logits)
    real = tf.cast(mask, losses.dtype)
    return tf.reduce_sum(losses * real) / tf.reduce_sum(real)


def next_probabilities(logits, temperature, top_p=1.0):
    scaled = np.asarray(logits, dtype="float64") / temperature
    probabilities = np.exp(scaled - scaled.max())
    probabilities /= probabilities.sum()
    order = np.argsort(-probabilities)
    kept = np.zeros(len(probabilities), dtype=bool)
    kept[order] = np.cumsum(probabilities[order]) - probabilities[order] < top_p
    probabilities = np.where(kept, probabilities, 0.0)
    return probabilities / probabilities.sum()


# 2.1 tune_vocabulary


def tune_vocabulary__loop(tunes):
    characters = []
    for tune in tunes:
        for character in tune:
            if character not in characters:
                characters.append(character)
    characters.sort()
    vocabulary = {}
    for index in range(len(characters)):
        vocabulary[characters[index]] = index + 4
    return vocabulary


def tune_vocabulary__union_of_sets(tunes):
    return dict(zip(sorted(set().union(*tunes)), itertools.count(4), strict=False))


def tune_vocabulary__numpy(tunes):
    unique, ids = np.unique(np.array(list("".join(tunes)), dtype=str), return_inverse=True)
    return OrderedDict(
        (str(unique[number]), np.int64(number + 4)) for number in sorted(set(ids.tolist()), reverse=True)
    )


def tune_vocabulary__groups(tunes):
    together = sorted(itertools.chain(*tunes))
    return {key: 4 + number for number, (key, _) in enumerate(itertools.groupby(together))}


# 2.2 next_step_pairs


def next_step_pairs__loop(ids):
    batch, time = ids.shape
    inputs, targets = np.zeros((batch, time - 1), dtype=int), np.zeros((batch, time - 1), dtype=np.int32)
    for row in range(batch):
        for t in range(time - 1):
            inputs[row, t], targets[row, t] = ids[row, t], ids[row, t + 1]
    return inputs, targets


def next_step_pairs__lists(ids):
    rows = ids.tolist()
    return [[row[:-1] for row in rows], [row[1:] for row in rows]]


def next_step_pairs__delete(ids):
    return np.delete(ids, -1, axis=1), np.delete(ids, 0, axis=1)


def next_step_pairs__tensorflow(ids):
    import tensorflow as tf

    ids = tf.constant(ids)
    return ids[:, : ids.shape[1] - 1], tf.roll(ids, -1, axis=1)[:, :-1]


# 3.1 masked_cross_entropy


def masked_cross_entropy__boolean_mask(logits, targets, mask):
    import tensorflow as tf

    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=tf.boolean_mask(targets, mask), logits=tf.boolean_mask(logits, mask)
    )
    return tf.reduce_mean(losses)


def masked_cross_entropy__keras_loss(logits, targets, mask):
    import keras
    import tensorflow as tf

    losses = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction=None)(targets, logits)
    return tf.reduce_mean(losses[mask])


def masked_cross_entropy__mean_with_sample_weight(logits, targets, mask):
    import keras

    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="mean_with_sample_weight")
    return loss(targets, logits, sample_weight=mask)


def masked_cross_entropy__summed_by_keras(logits, targets, mask):
    import keras

    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum")
    return loss(targets, logits, sample_weight=mask.astype("float32")) / mask.sum()


def masked_cross_entropy__keras_ops(logits, targets, mask):
    from keras import ops

    log_p = ops.log_softmax(logits, axis=-1)
    picked = ops.take_along_axis(log_p, ops.expand_dims(targets, -1), axis=-1)[..., 0]
    return -ops.sum(ops.where(mask, picked, 0.0)) / ops.cast(ops.sum(ops.cast(mask, "int32")), "float32")


def masked_cross_entropy__one_hot(logits, targets, mask):
    import tensorflow as tf

    weights = tf.one_hot(targets, logits.shape[-1]) * tf.cast(mask[..., None], tf.float32)
    return -tf.reduce_sum(weights * tf.nn.log_softmax(logits)) / tf.reduce_sum(weights)


def masked_cross_entropy__by_hand(logits, targets, mask):
    import tensorflow as tf

    z = logits - tf.reduce_max(logits, axis=-1, keepdims=True)
    total = tf.math.log(tf.reduce_sum(tf.exp(z), axis=-1))
    losses = total - tf.gather(z, targets, batch_dims=2)
    return tf.math.divide_no_nan(tf.reduce_sum(tf.where(mask, losses, 0.0)), np.float32(np.count_nonzero(mask)))


def masked_cross_entropy__loop(logits, targets, mask):
    import tensorflow as tf

    total, count = 0.0, 0
    for row in range(mask.shape[0]):
        for t in range(mask.shape[1]):
            if mask[row, t]:
                total += tf.reduce_logsumexp(logits[row, t]) - logits[row, t, targets[row, t]]
                count += 1
    return total / count


# 3.2 count_parameters


def count_parameters__keras(vocabulary_size, embedding_dim, units):
    import keras

    layers = [
        keras.layers.Embedding(vocabulary_size, embedding_dim),
        keras.layers.LSTM(units, return_sequences=True),
        keras.layers.Dense(vocabulary_size),
    ]
    model = keras.Sequential(layers)
    model.build((None, None))
    return model.count_params()


def count_parameters__factored(vocabulary_size, embedding_dim, units):
    return vocabulary_size * (embedding_dim + units + 1) + 4 * units * (embedding_dim + units + 1)


def count_parameters__numpy(vocabulary_size, embedding_dim, units):
    shapes = [(vocabulary_size, embedding_dim), (units + 1, vocabulary_size)]
    shapes += [(embedding_dim + units + 1, 4 * units)]
    return np.sum([np.prod(shape) for shape in shapes])


# 3.3 train_step


def train_step__apply(model, optimizer, inputs, targets, mask, max_norm):
    import tensorflow as tf

    with tf.GradientTape() as tape:
        loss = masked_cross_entropy(model(inputs), targets, mask)
    weights = model.trainable_weights
    gradients, norm = tf.clip_by_global_norm(tape.gradient(loss, weights), clip_norm=max_norm)
    assert norm >= 0
    optimizer.apply(gradients, weights)
    return loss.numpy()


def train_step__dense_norm(model, optimizer, inputs, targets, mask, max_norm):
    import tensorflow as tf

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


def train_step__keras_ops(model, optimizer, inputs, targets, mask, max_norm):
    import tensorflow as tf
    from keras import ops

    tape = tf.GradientTape(persistent=True)
    with tape:
        loss = masked_cross_entropy(model(inputs, training=True), targets, mask)
    gradients = [ops.convert_to_tensor(tape.gradient(loss, weight.value)) for weight in model.trainable_variables]
    norm = ops.norm(ops.concatenate([ops.reshape(gradient, (-1,)) for gradient in gradients]))
    scale = max_norm / ops.maximum(norm, max_norm)
    optimizer.apply([gradient * scale for gradient in gradients], model.trainable_variables)
    return loss


def train_step__compiled(model, optimizer, inputs, targets, mask, max_norm):
    import tensorflow as tf

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = masked_cross_entropy(model(inputs, training=True), targets, mask)
        gradients = tape.gradient(loss, model.trainable_variables)
        gradients, _ = tf.clip_by_global_norm(gradients, max_norm)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        return loss

    return step()


def train_step__own_loss(model, optimizer, inputs, targets, mask, max_norm):
    import keras
    import tensorflow as tf

    with tf.GradientTape() as tape:
        losses = keras.losses.sparse_categorical_crossentropy(targets, model(inputs), from_logits=True)
        loss = tf.reduce_mean(tf.boolean_mask(losses, mask))
    gradients = tape.gradient(loss, model.trainable_variables)
    norm = tf.linalg.global_norm(gradients)
    if norm > max_norm:
        gradients, _ = tf.clip_by_global_norm(gradients, max_norm, use_norm=norm)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
    return np.array(loss)


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


def next_probabilities__masked_logits(logits, temperature, top_p=1.0):
    z = np.array(logits, dtype=float) / temperature
    p = np.exp(z - z.max()) / np.exp(z - z.max()).sum()
    falling = -np.sort(-p)
    least = falling[min(bisect_left(list(itertools.accumulate(falling)), top_p), len(falling) - 1)]
    z[p < least] = -np.inf
    return np.exp(z - z.max()) / np.exp(z - z.max()).sum()


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


# 4.2 generate


def generate__while(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    characters = {number: character for character, number in vocabulary.items()}
    rng = np.random.default_rng(seed)
    tune, ids = prompt, encode(prompt, vocabulary)
    ids.pop()
    while len(tune) < max_length:
        logits = model(np.asarray([ids]), training=False)[0, -1, :].numpy()
        number = rng.choice(np.arange(len(logits)), p=next_probabilities(logits, temperature, top_p))
        if number == END:
            return tune
        tune += characters[number]
        ids.append(number)
    return tune


def generate__encoded_anew(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    import tensorflow as tf

    rng, tune = np.random.default_rng(seed), prompt
    for _ in range(len(prompt), max_length):
        logits = tf.squeeze(model(tf.constant([encode(tune, vocabulary)[:-1]])), 0)[-1]
        drawn = draw(next_probabilities(logits, temperature, top_p=top_p), rng)
        if drawn == END:
            break
        tune += decode([drawn], vocabulary)
    return tune


def generate__predict(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    rng = np.random.default_rng(seed)
    ids = np.array([[START] + [vocabulary[character] for character in prompt]])
    while ids.shape[1] <= max_length:
        logits = model.predict(ids, verbose=0)[:, -1]
        drawn = draw(next_probabilities(logits[0], temperature, top_p), rng)
        if drawn == 3:
            break
        ids = np.concatenate([ids, [[drawn]]], axis=1)
    return decode(ids[0], vocabulary)


def generate__recursive(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    rng = seed if isinstance(seed, np.random.Generator) else np.random.default_rng(seed)
    if len(prompt) >= max_length:
        return prompt
    logits = np.array(model(np.array([encode(prompt, vocabulary)[:-1]])))[0][-1]
    drawn = draw(next_probabilities(logits, temperature, top_p), rng)
    if drawn == END:
        return prompt
    return generate__recursive(
        model, prompt + decode([drawn], vocabulary), vocabulary, max_length, temperature, top_p, rng
    )


def generate__inverse_of_the_cumulative_sum(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    from keras import ops

    rng, ids, added = np.random.default_rng(seed), encode(prompt, vocabulary)[:-1], []
    for chance in rng.random(max_length - len(prompt)):
        logits = ops.convert_to_numpy(model(ops.array([ids])))[0, -1]
        sums = np.cumsum(next_probabilities(logits, temperature, top_p))
        added.append(int(np.searchsorted(sums, chance * sums[-1], side="right")))
        if added[-1] == END:
            break
        ids = ids + added[-1:]
    return prompt + decode(added, vocabulary)


ALTERNATIVES = lab2_gates.ALTERNATIVES | {
    name: function
    for name, function in list(globals().items())
    if inspect.isfunction(function) and "__" in name.lstrip("_")
}
_IMPORT = re.compile(r"(import|from) (keras|tensorflow)")
USES_KERAS = {name for name, function in ALTERNATIVES.items() if _IMPORT.search(inspect.getsource(function))}
