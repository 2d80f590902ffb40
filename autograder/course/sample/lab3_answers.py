"""What the students of the sample class wrote in lab 3: exercise -> the cell in place of the solution's."""

from __future__ import annotations

# Correct, written in other ways than the solution.
WRITTEN_DIFFERENTLY = {
    "dot_similarity": """
def dot_similarity(q, k):
    return np.einsum("...d,...d->...", q, k)
""",
    "cosine_similarity": """
def cosine_similarity(q, k):
    def unit(v):
        return v / np.sqrt(np.square(v).sum(axis=-1, keepdims=True))

    return dot_similarity(unit(q), unit(k))
""",
    "softmax": """
def softmax(x, axis=-1):
    return keras.ops.softmax(x, axis=axis)
""",
    "attention_weights": """
def attention_weights(Q, K, mask=None, scale=None):
    scores = tf.einsum("...qd,...kd->...qk", Q, K)
    scores = scores / Q.shape[-1] ** 0.5 if scale is None else scores * scale
    if mask is not None:
        scores += -1e9 * (1 - tf.cast(mask, scores.dtype))
    return softmax(scores, axis=-1)
""",
    "scaled_dot_product_attention": """
def scaled_dot_product_attention(Q, K, V, mask=None):
    weights = attention_weights(Q, K, mask=mask)
    return tf.einsum("...qk,...kd->...qd", weights, V), weights
""",
    "padding_mask": """
def padding_mask(ids):
    return tf.expand_dims(tf.not_equal(ids, 0), axis=1)
""",
    "causal_mask": """
def causal_mask(length):
    steps = np.arange(length)
    return steps[:, None] >= steps[None, :]
""",
    "positional_encoding": """
def positional_encoding(length, d_model):
    table = np.zeros((length, d_model), "float32")
    for p in range(length):
        for column in range(d_model):
            angle = p / 10000 ** ((column - column % 2) / d_model)
            table[p, column] = np.cos(angle) if column % 2 else np.sin(angle)
    return table
""",
    "split_heads": """
def split_heads(x, num_heads):
    return tf.stack(tf.split(x, num_heads, axis=-1), axis=1)
""",
    "merge_heads": """
def merge_heads(x):
    return tf.concat(tf.unstack(x, axis=1), axis=-1)
""",
    "multi_head_attention": """
def multi_head_attention(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    d_head = x.shape[-1] // num_heads
    outputs, weights = [], []
    for head in range(num_heads):
        own = slice(head * d_head, (head + 1) * d_head)
        Q, K, V = (tf.einsum("btd,de->bte", x, W[:, own]) for W in (W_q, W_k, W_v))
        output, weight = scaled_dot_product_attention(Q, K, V, mask)
        outputs.append(output)
        weights.append(weight)
    return tf.concat(outputs, axis=-1) @ W_o, tf.stack(weights, axis=1)
""",
    "TransformerBlock": """
class TransformerBlock(keras.layers.Layer):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0, **options):
        super().__init__(**options)
        self.num_heads = num_heads
        self.norm_1 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.norm_2 = keras.layers.LayerNormalization(epsilon=1e-5)
        for name in ("W_q", "W_k", "W_v", "W_o"):
            setattr(self, name, self.add_weight(shape=(d_model, d_model), initializer="glorot_uniform", name=name))
        self.dense_1 = keras.layers.Dense(d_ff, activation="relu")
        self.dense_2 = keras.layers.Dense(d_model)
        self.dropout = keras.layers.Dropout(dropout)

    def attend(self, x, mask):
        return multi_head_attention(x, self.W_q, self.W_k, self.W_v, self.W_o, self.num_heads, mask=mask)[0]

    def call(self, x, mask=None, training=False):
        for branch in (
            lambda x: self.attend(self.norm_1(x), mask),
            lambda x: self.dense_2(self.dense_1(self.norm_2(x))),
        ):
            x = keras.ops.add(x, self.dropout(branch(x), training=training))
        return x
""",
    "block_parameters": """
def block_parameters(d_model, d_ff):
    shapes = 4 * [(d_model, d_model)] + [(d_model, d_ff), (d_ff,), (d_ff, d_model)] + 5 * [(d_model,)]
    return sum(int(np.prod(shape)) for shape in shapes)
""",
    "cross_attention": """
def cross_attention(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    if mask is not None and len(mask.shape) == 3:
        mask = tf.expand_dims(mask, axis=1)
    Q, K, V = (split_heads(given @ W, num_heads) for given, W in ((x, W_q), (memory, W_k), (memory, W_v)))
    output, weights = scaled_dot_product_attention(Q, K, V, mask)
    return merge_heads(output) @ W_o, weights
""",
    "block_flops": """
def block_flops(time, d_model, d_ff):
    return 4 * time * d_model * (2 * d_model + time + d_ff)
""",
    "attend_next": """
def attend_next(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    keys = keras.ops.concatenate([keys, split_heads(x_t @ W_k, num_heads)], axis=2)
    values = keras.ops.concatenate([values, split_heads(x_t @ W_v, num_heads)], axis=2)
    seen = tf.ones((1, keys.shape[2]), dtype=tf.bool)
    output, _ = scaled_dot_product_attention(split_heads(x_t @ W_q, num_heads), keys, values, seen)
    return merge_heads(output) @ W_o, keys, values
""",
}
UNSCALED = {
    "attention_weights": """
def attention_weights(Q, K, mask=None, scale=None):
    scores = tf.matmul(Q, K, transpose_b=True)
    if scale is not None:
        scores = scores * scale
    if mask is not None:
        scores = tf.where(mask, scores, -1e9)
    return softmax(scores)
"""
}
MASK_AFTER_SOFTMAX = {
    "attention_weights": """
def attention_weights(Q, K, mask=None, scale=None):
    if scale is None:
        scale = 1 / np.sqrt(Q.shape[-1])
    weights = softmax(tf.matmul(Q, K, transpose_b=True) * scale)
    if mask is not None:
        weights = tf.where(mask, weights, 0.0)
    return weights
"""
}
RESHAPED_HEADS = {
    "split_heads": """
def split_heads(x, num_heads):
    batch, time, d_model = x.shape
    return tf.reshape(x, (batch, num_heads, time, d_model // num_heads))
"""
}
POST_NORM = {
    "TransformerBlock": """
class TransformerBlock(keras.layers.Layer):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0, **options):
        super().__init__(**options)
        self.num_heads = num_heads
        self.norm_1 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.norm_2 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.W_q, self.W_k, self.W_v, self.W_o = (
            self.add_weight(shape=(d_model, d_model), initializer="glorot_uniform", name=name)
            for name in ("W_q", "W_k", "W_v", "W_o")
        )
        self.dense_1 = keras.layers.Dense(d_ff, activation="relu")
        self.dense_2 = keras.layers.Dense(d_model)
        self.dropout = keras.layers.Dropout(dropout)

    def call(self, x, mask=None, training=False):
        attended, _ = multi_head_attention(x, self.W_q, self.W_k, self.W_v, self.W_o, self.num_heads, mask)
        x = self.norm_1(x + self.dropout(attended, training=training))
        hidden = self.dense_2(self.dense_1(x))
        return self.norm_2(x + self.dropout(hidden, training=training))
"""
}
# Large scores are to be made smaller, but the loop computes the same powers again and again.
ENDLESS_LOOP = {
    "softmax": """
def softmax(x, axis=-1):
    powers = tf.exp(x)
    while not np.isfinite(powers).all():
        shifted = x - tf.reduce_max(x, axis=axis, keepdims=True)
        powers = tf.exp(x)
    return powers / tf.reduce_sum(powers, axis=axis, keepdims=True)
"""
}
