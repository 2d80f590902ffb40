"""Right answers of lab 1, written as differently as students write: each must pass, whatever the seed.

A name says all: `rnn_step__einsum` is a `rnn_step`. `ALTERNATIVES` lists them; USES_KERAS those that start TensorFlow.
"""

# ruff: noqa: ARG002  (Keras is imported only where it is used; a cell is named after its class)

import inspect
import math
import re
from collections import OrderedDict, defaultdict
from itertools import count, pairwise, zip_longest

import numpy as np


def tokenize(sentence):
    return re.sub(r"[^\w\s]", "", sentence.lower()).split()


# 1.1 build_vocabulary


def build_vocabulary__setdefault(words):
    vocabulary = {}
    for word in words:
        vocabulary.setdefault(word, len(vocabulary) + 2)
    return vocabulary


def build_vocabulary__fromkeys(words):
    return {word: number for number, word in enumerate(dict.fromkeys(words), start=2)}


def build_vocabulary__defaultdict(words):
    counter = count(2)
    vocabulary = defaultdict(lambda: next(counter))
    for word in words:
        vocabulary[word]
    return vocabulary


def build_vocabulary__numpy_ids_in_any_order(words):
    unique, first = np.unique(np.array(words, dtype=str), return_index=True)
    order = np.argsort(np.argsort(first))
    return OrderedDict((str(word), np.int64(rank + 2)) for word, rank in zip(unique, order, strict=True))


# 1.2 encode


def encode__loop(sentence, vocabulary):
    ids = []
    for word in tokenize(sentence):
        if word in vocabulary:
            ids.append(vocabulary[word])
        else:
            ids.append(1)
    return ids


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
    import tensorflow as tf

    return tf.constant([vocabulary.get(word, 1) for word in tokenize(sentence)], dtype=tf.int32)


# 1.3 pad_batch


def pad_batch__lists(sequences):
    longest = max(map(len, sequences))
    ids = [[*sequence, *[0] * (longest - len(sequence))] for sequence in sequences]
    mask = [[True] * len(sequence) + [False] * (longest - len(sequence)) for sequence in sequences]
    return ids, mask


def pad_batch__zip_longest(sequences):
    ids = np.array(list(zip_longest(*sequences, fillvalue=0))).T
    return ids, ids != 0


def pad_batch__np_pad_in_a_list(sequences):
    longest = max(map(len, sequences))
    ids = np.stack([np.pad(np.array(sequence, dtype=np.int32), (0, longest - len(sequence))) for sequence in sequences])
    return [ids, ids > 0]


def pad_batch__keras(sequences):
    import keras
    import tensorflow as tf

    ids = keras.utils.pad_sequences(sequences, padding="post")
    return ids, tf.sequence_mask([len(sequence) for sequence in sequences])


# 1.4 embed


def embed__one_hot_product(ids, E):
    return np.eye(len(E))[ids] @ E


def embed__take(ids, E):
    return np.take(E, ids, axis=0)


def embed__loop_of_lists(ids, E):
    return [embed__loop_of_lists(part, E) for part in ids] if np.ndim(ids) else E[ids].tolist()


def embed__tensorflow(ids, E):
    import tensorflow as tf

    return tf.gather(E, ids)


# 1.5 next_word_pairs


def next_word_pairs__loop(ids):
    inputs, targets = [], []
    for row in ids:
        pairs = list(pairwise(row.tolist()))
        inputs.append([one for one, _ in pairs])
        targets.append([two for _, two in pairs])
    return np.array(inputs), np.array(targets)


def next_word_pairs__delete(ids):
    return [np.delete(ids, -1, axis=1), np.delete(ids, 0, axis=1)]


def next_word_pairs__int32(ids):
    time = ids.shape[1]
    return ids[:, range(time - 1)].astype(np.int32), ids[:, range(1, time)].astype(np.int32)


def next_word_pairs__tensorflow(ids):
    import tensorflow as tf

    ids = tf.constant(ids)
    return ids[:, :-1], ids[:, 1:]


# 2.1 rnn_step


def rnn_step__loops(x_t, h_prev, W_xh, W_hh, b_h):
    h = np.empty((len(x_t), len(b_h)))
    for row in range(len(x_t)):
        for unit in range(len(b_h)):
            a = sum(x_t[row, feature] * W_xh[feature, unit] for feature in range(x_t.shape[1]))
            a += sum(h_prev[row, other] * W_hh[other, unit] for other in range(len(b_h)))
            h[row, unit] = math.tanh(a + b_h[unit])
    return h


def rnn_step__einsum(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(b_h + np.einsum("bu,uv->bv", h_prev, W_hh) + np.einsum("bf,fu->bu", x_t, W_xh))


def rnn_step__one_product(x_t, h_prev, W_xh, W_hh, b_h):
    joined = np.concatenate([x_t, h_prev, np.ones((len(x_t), 1))], axis=1)
    return np.tanh(joined @ np.concatenate([W_xh, W_hh, b_h[None]], axis=0))


def rnn_step__columns_in_float32(x_t, h_prev, W_xh, W_hh, b_h):
    x_t, h_prev, W_xh, W_hh, b_h = (value.astype(np.float32) for value in (x_t, h_prev, W_xh, W_hh, b_h))
    return np.tanh(b_h[:, None] + W_hh.T @ h_prev.T + W_xh.T @ x_t.T).T


def rnn_step__exponentials(x_t, h_prev, W_xh, W_hh, b_h):
    a = 2 * (x_t @ W_xh + h_prev @ W_hh + b_h)
    return 2 / (1 + np.exp(-a)) - 1


def rnn_step__tensorflow(x_t, h_prev, W_xh, W_hh, b_h):
    import tensorflow as tf

    return tf.tanh(tf.matmul(x_t, W_xh) + tf.matmul(h_prev, W_hh) + b_h)


def rnn_step__keras_ops_float32(x_t, h_prev, W_xh, W_hh, b_h):
    from keras import ops

    x_t, h_prev, W_xh, W_hh, b_h = (ops.cast(value, "float32") for value in (x_t, h_prev, W_xh, W_hh, b_h))
    return ops.tanh(ops.matmul(x_t, W_xh) + ops.matmul(h_prev, W_hh) + b_h)


# 2.2 rnn_forward


def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)


def rnn_forward__filled_table(x, h_0, W_xh, W_hh, b_h, mask=None):
    h = np.zeros((x.shape[0], x.shape[1], h_0.shape[1]))
    state = h_0.copy()
    for t in range(x.shape[1]):
        real = np.ones(len(x), bool) if mask is None else mask[:, t]
        state[real] = rnn_step(x[real, t], state[real], W_xh, W_hh, b_h)
        h[:, t] = state
    return h


def rnn_forward__sequence_by_sequence(x, h_0, W_xh, W_hh, b_h, mask=None):
    rows = []
    for row in range(len(x)):
        state, states = h_0[row], []
        for t, x_t in enumerate(x[row]):
            if mask is None or mask[row, t]:
                state = np.tanh(x_t @ W_xh + state @ W_hh + b_h)
            states.append(state)
        rows.append(states)
    return rows


def rnn_forward__arithmetic_mask_float32(x, h_0, W_xh, W_hh, b_h, mask=None):
    x, h, W_xh, W_hh, b_h = (value.astype(np.float32) for value in (x, h_0, W_xh, W_hh, b_h))
    mask = np.ones(x.shape[:2]) if mask is None else mask
    drive = x @ W_xh + b_h
    states = []
    for t in range(x.shape[1]):
        m = mask[:, t : t + 1].astype(np.float32)
        h = m * np.tanh(h @ W_hh + drive[:, t]) + (1 - m) * h
        states.append(h[:, None])
    return np.concatenate(states, axis=1)


def rnn_forward__tensorflow(x, h_0, W_xh, W_hh, b_h, mask=None):
    import tensorflow as tf

    h, states = tf.constant(h_0), []
    for t in range(x.shape[1]):
        new = tf.tanh(x[:, t] @ W_xh + h @ W_hh + b_h)
        h = new if mask is None else tf.where(mask[:, t, None], new, h)
        states.append(h)
    return tf.stack(states, axis=1)


# 2.3 MyRNNCell: called with `units`, as the class is.


def MyRNNCell__build_with_matmul(units):
    import keras

    class Cell(keras.layers.Layer):
        def __init__(self, units):
            super().__init__()
            self.units = units

        @property
        def state_size(self):
            return [self.units]

        def build(self, input_shape):
            self.W_hh = self.add_weight((self.units, self.units), name="a")
            self.b_h = self.add_weight((self.units,), initializer="zeros")
            self.W_xh = self.add_weight((input_shape[-1], self.units))
            self.built = True

        def call(self, inputs, states):
            (h_prev,) = states
            a = keras.ops.matmul(h_prev, self.W_hh) + self.b_h
            a = keras.ops.add(a, keras.ops.matmul(inputs, self.W_xh))
            h = keras.activations.tanh(a)
            return h, (h,)

    return Cell(units)


def MyRNNCell__tensorflow(units):
    import keras
    import tensorflow as tf

    class Cell(keras.layers.Layer):
        def __init__(self, units):
            super().__init__(name="my_cell")
            self.state_size = units

        def build(self, input_shape):
            features, units = input_shape[-1], self.state_size
            self.W_xh = self.add_weight(shape=(features, units), initializer="random_normal")
            self.W_hh = self.add_weight(shape=(units, units), initializer="random_normal")
            self.b_h = self.add_weight(shape=(units,), initializer="ones")

        def call(self, inputs, states, training=False):
            joined = tf.concat([inputs, states[0]], axis=-1)
            weights = tf.concat([self.W_xh, self.W_hh], axis=0)
            h = tf.tanh(tf.nn.bias_add(tf.matmul(joined, weights), self.b_h))
            return h, [h]

    return Cell(units)


# 3.1 ball_model


def ball_model__sliced(units):
    import keras

    frames = keras.Input((None, 2))
    states = keras.layers.SimpleRNN(units, return_sequences=True)(frames)
    return keras.Model(frames, keras.layers.Dense(2)(states[:, -1]))


def ball_model__sequential(units):
    import keras

    return keras.Sequential([keras.Input((None, 2)), keras.layers.SimpleRNN(units), keras.layers.Dense(2)])


def ball_model__cell_and_state(units):
    import keras

    frames = keras.Input((None, 2))
    _, memory = keras.layers.RNN(keras.layers.SimpleRNNCell(units), return_state=True)(frames)
    return keras.Model(frames, keras.layers.Dense(2)(memory))


# 4.1 sequence_loss


def sequence_loss__loops(logits, targets, mask):
    total, steps = 0.0, 0
    for row, step in zip(*np.nonzero(mask), strict=True):
        z = logits[row, step].astype(float)
        total += math.log(sum(math.exp(one - max(z)) for one in z)) + max(z) - z[targets[row, step]]
        steps += 1
    return total / steps


def sequence_loss__logaddexp(logits, targets, mask):
    rows = logits[mask]
    log_p = rows - np.logaddexp.reduce(rows, axis=-1, keepdims=True)
    return -np.mean(log_p[np.arange(len(rows)), targets[mask]])


def sequence_loss__one_hot_float32(logits, targets, mask):
    z = logits.astype(np.float32)
    z = z - np.max(z, axis=2)[:, :, None]
    losses = np.log(np.sum(np.exp(z), axis=2)) - np.sum(z * (targets[..., None] == np.arange(z.shape[-1])), axis=2)
    return np.array(np.where(mask, losses, 0).sum() / np.count_nonzero(mask))


def sequence_loss__tensorflow(logits, targets, mask):
    import tensorflow as tf

    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=logits)
    return tf.reduce_mean(tf.boolean_mask(losses, mask))


def sequence_loss__keras(logits, targets, mask):
    import keras

    losses = keras.losses.sparse_categorical_crossentropy(targets, logits, from_logits=True)
    mask = keras.ops.cast(mask, losses.dtype)
    return keras.ops.sum(losses * mask) / keras.ops.sum(mask)


# 4.2 loss_gradient


def loss_gradient__loops(logits, targets, mask):
    gradient = np.zeros(logits.shape)
    for row in range(logits.shape[0]):
        for step in range(logits.shape[1]):
            if mask[row, step]:
                e = np.exp(logits[row, step] - logits[row, step].max())
                gradient[row, step] = e / e.sum()
                gradient[row, step, targets[row, step]] -= 1.0
    return gradient / np.sum(mask)


def loss_gradient__put_along_axis(logits, targets, mask):
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    at = targets[..., None]
    np.put_along_axis(p, at, np.take_along_axis(p, at, axis=-1) - 1, axis=-1)
    return np.where(mask[..., None], p, 0.0) / mask.sum()


def loss_gradient__float32(logits, targets, mask):
    z = logits.astype(np.float32)
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    share = mask[..., None] / np.float32(mask.sum())
    return share * (e / e.sum(axis=-1, keepdims=True)) - share * np.eye(z.shape[-1], dtype=np.float32)[targets]


def loss_gradient__gradient_tape(logits, targets, mask):
    import tensorflow as tf

    z = tf.Variable(logits)
    with tf.GradientTape() as tape:
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=z)
        loss = tf.reduce_mean(tf.boolean_mask(losses, mask))
    return tape.gradient(loss, z)


# 4.3 rnn_backward_step


def rnn_backward_step__einsum(d_h, x_t, h_prev, h_t, W_hh):
    d_a = d_h - d_h * h_t * h_t
    return (
        np.einsum("bf,bu->fu", x_t, d_a),
        np.einsum("bv,bu->vu", h_prev, d_a),
        np.einsum("bu->u", d_a),
        np.einsum("bu,vu->bv", d_a, W_hh),
    )


def rnn_backward_step__loop_over_sequences(d_h, x_t, h_prev, h_t, W_hh):
    d_W_xh, d_W_hh, d_b_h = np.zeros((x_t.shape[1], len(W_hh))), np.zeros(W_hh.shape), np.zeros(len(W_hh))
    d_h_prev = np.zeros(d_h.shape)
    for row in range(len(d_h)):
        d_a = d_h[row] * (1 - h_t[row]) * (1 + h_t[row])
        d_W_xh += np.outer(x_t[row], d_a)
        d_W_hh += np.outer(h_prev[row], d_a)
        d_b_h += d_a
        d_h_prev[row] = W_hh @ d_a
    return [d_W_xh, d_W_hh, d_b_h, d_h_prev]


def rnn_backward_step__tensorflow(d_h, x_t, h_prev, h_t, W_hh):
    import tensorflow as tf

    d_a = tf.constant(d_h) * (1 - h_t**2)
    return (
        tf.matmul(x_t, d_a, transpose_a=True),
        tf.matmul(h_prev, d_a, transpose_a=True),
        tf.reduce_sum(d_a, axis=0),
        tf.matmul(d_a, W_hh, transpose_b=True),
    )


# 4.4 rnn_backward


def rnn_backward_step(d_h, x_t, h_prev, h_t, W_hh):
    d_a = d_h * (1 - h_t**2)
    return x_t.T @ d_a, h_prev.T @ d_a, d_a.sum(axis=0), d_a @ W_hh.T


def rnn_backward__all_steps_at_once(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    h_prev = np.concatenate([h_0[:, None], h[:, :-1]], axis=1)
    d_a = np.zeros(h.shape)
    flow = np.zeros(h_0.shape)
    for t in range(x.shape[1] - 1, -1, -1):
        d_a[:, t] = (d_logits[:, t] @ W_hy.T + flow) * (1 - h[:, t] ** 2)
        flow = d_a[:, t] @ W_hh.T
    return {
        "h_0": flow,
        "b_y": d_logits.sum(axis=0).sum(axis=0),
        "W_hy": np.tensordot(h, d_logits, axes=([0, 1], [0, 1])),
        "b_h": d_a.sum(axis=(0, 1)),
        "W_hh": np.einsum("btu,btv->uv", h_prev, d_a),
        "W_xh": np.einsum("btf,btu->fu", x, d_a),
    }


def rnn_backward__sequence_by_sequence(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    names = ("W_xh", "W_hh", "b_h")
    d = defaultdict(float)
    d_h_0 = []
    for row in range(len(x)):
        one = slice(row, row + 1)
        flow = np.zeros((1, len(W_hh)))
        for t in reversed(range(x.shape[1])):
            d["W_hy"] += np.outer(h[row, t], d_logits[row, t])
            d["b_y"] += d_logits[row, t]
            before = h[one, t - 1] if t else h_0[one]
            *parts, flow = rnn_backward_step(d_logits[one, t] @ W_hy.T + flow, x[one, t], before, h[one, t], W_hh)
            for name, part in zip(names, parts, strict=True):
                d[name] += part
        d_h_0.append(flow[0])
    d["h_0"] = np.array(d_h_0)
    return d


def rnn_backward__gradient_tape(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    """The biases are not among the arguments: b_h is found again from h_1, and b_y does not matter."""
    import tensorflow as tf

    b_h = np.arctanh(h[0, 0]) - x[0, 0] @ W_xh - h_0[0] @ W_hh
    variables = {"W_xh": W_xh, "W_hh": W_hh, "b_h": b_h, "W_hy": W_hy, "b_y": np.zeros(W_hy.shape[1]), "h_0": h_0}
    v = {name: tf.Variable(value) for name, value in variables.items()}
    with tf.GradientTape() as tape:
        state, loss = tf.identity(v["h_0"]), 0.0
        for t in range(x.shape[1]):
            state = tf.tanh(x[:, t] @ v["W_xh"] + state @ v["W_hh"] + v["b_h"])
            loss += tf.reduce_sum((state @ v["W_hy"] + v["b_y"]) * d_logits[:, t])
    return tape.gradient(loss, v)


# 5.1 state_gradient_norms


def state_gradient_norms__jacobians(h, W_hh, d_h_last):
    norms = np.zeros(h.shape[1])
    d_h = d_h_last
    for t in range(h.shape[1] - 1, -1, -1):
        norms[t] = math.sqrt(np.einsum("bu,bu->", d_h, d_h))
        jacobians = np.einsum("uv,bv->buv", W_hh, 1 - h[:, t] ** 2)
        d_h = np.einsum("buv,bv->bu", jacobians, d_h)
    return norms


def state_gradient_norms__list_float32(h, W_hh, d_h_last):
    h, W_hh, d_h = (value.astype(np.float32) for value in (h, W_hh, d_h_last))
    norms = []
    for t in reversed(range(h.shape[1])):
        norms.insert(0, float(np.linalg.norm(d_h)))
        d_h = np.dot(d_h * (1 - np.square(h[:, t])), W_hh.T)
    return norms


def state_gradient_norms__tensorflow(h, W_hh, d_h_last):
    import tensorflow as tf

    d_h, norms = tf.constant(d_h_last), [tf.norm(d_h_last)]
    for t in reversed(range(1, h.shape[1])):
        d_h = tf.matmul(d_h * (1 - h[:, t] ** 2), W_hh, transpose_b=True)
        norms.append(tf.norm(d_h))
    return tf.reverse(tf.stack(norms), axis=[0])


# 5.2 clip_by_global_norm


def clip_by_global_norm__one_vector(gradients, max_norm):
    norm = float(np.linalg.norm(np.concatenate([gradient.ravel() for gradient in gradients])))
    if norm > max_norm:
        return tuple(gradient / norm * max_norm for gradient in gradients), norm
    return tuple(gradients), norm


def clip_by_global_norm__no_branch(gradients, max_norm):
    norm = math.sqrt(math.fsum(float(value) ** 2 for gradient in gradients for value in gradient.flat))
    scale = max_norm / max(norm, max_norm)
    return [gradient * scale for gradient in gradients], np.float32(norm)


def clip_by_global_norm__infinite_scale(gradients, max_norm):
    norm = np.sqrt(sum(np.sum(np.square(gradient)) for gradient in gradients))
    with np.errstate(divide="ignore"):
        scale = np.minimum(1.0, max_norm / norm)
    return [(gradient * scale).astype(np.float32) for gradient in gradients], norm


def clip_by_global_norm__tensorflow(gradients, max_norm):
    import tensorflow as tf

    return tf.clip_by_global_norm([tf.constant(gradient) for gradient in gradients], max_norm)


ALTERNATIVES = {
    name: function
    for name, function in list(globals().items())
    if inspect.isfunction(function) and "__" in name.lstrip("_")
}
_IMPORT = re.compile(r"(import|from) (keras|tensorflow)")
USES_KERAS = {name for name, function in ALTERNATIVES.items() if _IMPORT.search(inspect.getsource(function))}
