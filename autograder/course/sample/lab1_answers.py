"""What the students of the sample class wrote in lab 1: exercise -> the cell in place of the solution's."""

from __future__ import annotations

# Correct, with loops, einsum and TensorFlow in place of the solution's NumPy.
WRITTEN_DIFFERENTLY = {
    "build_vocabulary": """
def build_vocabulary(words):
    return {word: number for number, word in enumerate(dict.fromkeys(words), start=2)}
""",
    "encode": """
def encode(sentence, vocabulary):
    ids = []
    for word in tokenize(sentence):
        if word in vocabulary:
            ids.append(vocabulary[word])
        else:
            ids.append(1)
    return ids
""",
    "pad_batch": """
import tensorflow as tf

def pad_batch(sequences):
    ids = tf.keras.utils.pad_sequences(sequences, padding="post")
    mask = tf.sequence_mask([len(sequence) for sequence in sequences])
    return ids, mask
""",
    "embed": """
def embed(ids, E):
    return np.einsum("...v,vd->...d", one_hot(ids, len(E)), E)
""",
    "next_word_pairs": """
def next_word_pairs(ids):
    inputs = np.array([[row[t] for t in range(len(row) - 1)] for row in ids])
    targets = np.array([[row[t + 1] for t in range(len(row) - 1)] for row in ids])
    return inputs, targets
""",
    "rnn_step": """
def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    return tf.tanh(tf.matmul(h_prev, W_hh) + b_h + tf.matmul(x_t, W_xh))
""",
    "rnn_forward": """
def rnn_forward(x, h_0, W_xh, W_hh, b_h, mask=None):
    batch, time, _ = x.shape
    states = np.zeros((batch, time, len(b_h)))
    for i in range(batch):
        h = h_0[i]
        for t in range(time):
            if mask is None or mask[i, t]:
                h = np.tanh(np.einsum("f,fu->u", x[i, t], W_xh) + np.einsum("v,vu->u", h, W_hh) + b_h)
            states[i, t] = h
    return states
""",
    "MyRNNCell": """
class MyRNNCell(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    @property
    def state_size(self):
        return [self.units]

    def build(self, input_shape):
        self.W_xh = self.add_weight(shape=(input_shape[-1], self.units), name="W_xh")
        self.W_hh = self.add_weight(shape=(self.units, self.units), name="W_hh")
        self.b_h = self.add_weight(shape=(self.units,), initializer="zeros", name="b_h")

    def call(self, inputs, states):
        both = tf.concat([inputs, states[0]], axis=-1)
        weights = tf.concat([self.W_xh, self.W_hh], axis=0)
        h = tf.tanh(tf.matmul(both, weights) + self.b_h)
        return h, [h]
""",
    "sequence_loss": """
def sequence_loss(logits, targets, mask):
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=logits)
    return tf.reduce_mean(tf.boolean_mask(losses, mask))
""",
    "loss_gradient": """
def loss_gradient(logits, targets, mask):
    logits = tf.constant(logits)
    with tf.GradientTape() as tape:
        tape.watch(logits)
        loss = sequence_loss(logits, targets, mask)
    return tape.gradient(loss, logits)
""",
    "rnn_backward_step": """
def rnn_backward_step(d_h, x_t, h_prev, h_t, W_hh):
    slope = (1 - h_t) * (1 + h_t)
    d_a = np.multiply(d_h, slope)
    return (
        np.einsum("bf,bu->fu", x_t, d_a),
        np.einsum("bv,bu->vu", h_prev, d_a),
        np.einsum("bu->u", d_a),
        np.einsum("bu,vu->bv", d_a, W_hh),
    )
""",
    "state_gradient_norms": """
def state_gradient_norms(h, W_hh, d_h_last):
    time = h.shape[1]
    norms = np.zeros(time)
    d_h = np.array(d_h_last)
    for t in range(time - 1, -1, -1):
        norms[t] = np.sqrt(np.sum(np.square(d_h)))
        d_h = np.einsum("bu,vu->bv", d_h * (1 - np.square(h[:, t])), W_hh)
    return norms
""",
    "clip_by_global_norm": """
def clip_by_global_norm(gradients, max_norm):
    norm = np.linalg.norm(np.concatenate([np.ravel(gradient) for gradient in gradients]))
    if norm <= max_norm:
        return list(gradients), norm
    return [gradient / norm * max_norm for gradient in gradients], norm
""",
}

NO_TANH = {
    "rnn_step": """
def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    return x_t @ W_xh + h_prev @ W_hh + b_h
""",
}

# The mistake is in rnn_step alone: rnn_forward, which calls it, is right.
BIAS_FORGOTTEN = {
    "rnn_step": """
def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh + h_prev @ W_hh)
""",
}

MASK_IGNORED = {
    "rnn_forward": """
def rnn_forward(x, h_0, W_xh, W_hh, b_h, mask=None):
    h, states = h_0, []
    for t in range(x.shape[1]):
        h = rnn_step(x[:, t], h, W_xh, W_hh, b_h)
        states.append(h)
    return np.stack(states, axis=1)
""",
}

GRADIENT_OVERWRITTEN = {
    "rnn_backward": """
def rnn_backward(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    d = {
        "W_xh": np.zeros(W_xh.shape),
        "W_hh": np.zeros(W_hh.shape),
        "b_h": np.zeros(h.shape[-1]),
        "W_hy": np.einsum("btu,btv->uv", h, d_logits),
        "b_y": d_logits.sum(axis=(0, 1)),
    }
    d_h_next = np.zeros(h_0.shape)
    for t in reversed(range(x.shape[1])):
        d_h = d_h_next
        d_h = d_logits[:, t] @ W_hy.T
        h_prev = h[:, t - 1] if t > 0 else h_0
        d_W_xh, d_W_hh, d_b_h, d_h_next = rnn_backward_step(d_h, x[:, t], h_prev, h[:, t], W_hh)
        d["W_xh"] += d_W_xh
        d["W_hh"] += d_W_hh
        d["b_h"] += d_b_h
    d["h_0"] = d_h_next
    return d
""",
}

IMPORT_FAILS = {
    "pad_batch": """
import kerras

def pad_batch(sequences):
    return kerras.utils.pad_sequences(sequences, padding="post"), None
""",
}

ENDLESS_LOOP = {
    "state_gradient_norms": """
def state_gradient_norms(h, W_hh, d_h_last):
    norms, t = [np.linalg.norm(d_h_last)], h.shape[1] - 1
    d_h = d_h_last
    while t > 0:
        d_h = (d_h * (1 - h[:, t] ** 2)) @ W_hh.T
        norms.append(np.linalg.norm(d_h))
        norms = norms[-12:]
    return np.array(norms[::-1])
""",
}

KERNEL_DIES = {
    "loss_gradient": """
import os

os._exit(1)
""",
}

PRINTS_WARNINGS = """
import sys
import warnings

for _ in range(3):
    print("W0000 00:00:1700000000.000000 cuda_executor.cc:1015] could not find a CUDA device", file=sys.stderr)
warnings.warn("The name tf.losses is deprecated. Please use tf.keras.losses instead.")
"""

ANSWER = (
    "\n\nThe state is all the network keeps of the past. Each step back multiplies the gradient by the same weights "
    "and by a slope below 1, so what happened long ago hardly changes them."
)
