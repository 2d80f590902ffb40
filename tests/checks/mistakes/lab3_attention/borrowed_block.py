"""Lab 3, the block: it calls multi_head_attention (`borrowed_heads`); faults to put into either."""

from checks.mistakes.lab3_attention import borrowed_heads as heads

GIVEN = f"import keras\n{heads.GIVEN}"

RIGHT = {
    "multi_head_attention": heads.RIGHT["multi_head_attention"],
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
        attended, _ = multi_head_attention(
            self.norm_1(x), self.W_q, self.W_k, self.W_v, self.W_o, self.num_heads, mask
        )
        x = x + self.dropout(attended, training=training)
        hidden = self.dense_2(self.dense_1(self.norm_2(x)))
        return x + self.dropout(hidden, training=training)
""",
}

_EXCHANGED = ("in (W_q, W_k, W_v)", "in (W_k, W_q, W_v)")
# (exercise, the earlier one it calls, a fault of the earlier one)
BORROWED = [
    ("TransformerBlock", "multi_head_attention", _EXCHANGED),
    ("TransformerBlock", "multi_head_attention", ("tf.matmul(merge_heads(output), W_o)", "merge_heads(output)")),
    ("TransformerBlock", "multi_head_attention", ("attention(Q, K, V, mask)", "attention(Q, K, V)")),
    ("TransformerBlock", "multi_head_attention", ("attention(Q, K, V, mask)", "attention(Q, K, K, mask)")),
    ("TransformerBlock", "multi_head_attention", ("return tf.matmul", "return x + tf.matmul")),
]
# (exercise, the earlier one, a fault of the earlier one, a fault of its own)
OWN = [
    ("TransformerBlock", "multi_head_attention", _EXCHANGED, ("x = x + self", "x = self")),
    ("TransformerBlock", "multi_head_attention", _EXCHANGED, ("self.num_heads, mask", "self.num_heads")),
    ("TransformerBlock", "multi_head_attention", _EXCHANGED, ("self.norm_1(x)", "x")),
    (
        "TransformerBlock",
        "multi_head_attention",
        _EXCHANGED,
        ("self.W_v, self.W_o, self.num", "self.W_o, self.W_v, self.num"),
    ),
    ("TransformerBlock", "multi_head_attention", _EXCHANGED, ("hidden, training=training", "hidden, training=False")),
    (
        "TransformerBlock",
        "multi_head_attention",
        _EXCHANGED,
        ("attended, training=training", "attended, training=True"),
    ),
]
# (exercise, the earlier one, the fault of the earlier one written into the later in place of the call)
INLINE = [
    ("TransformerBlock", "multi_head_attention", ("self.W_q, self.W_k, self.W_v", "self.W_k, self.W_q, self.W_v")),
    ("TransformerBlock", "multi_head_attention", ("self.num_heads, mask", "self.num_heads, None")),
]
