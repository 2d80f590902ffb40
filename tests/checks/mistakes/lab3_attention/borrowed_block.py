"""Lab 3, the block: it calls multi_head_attention (`borrowed_heads`); faults to put into either."""

from checks.mistakes.lab3_attention import borrowed_heads as heads
from checks.solutions import solution_of

GIVEN = f"import keras\n{heads.GIVEN}"

RIGHT = {
    "multi_head_attention": heads.RIGHT["multi_head_attention"],
    "TransformerBlock": solution_of("lab3_attention", "TransformerBlock"),
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
    ("TransformerBlock", "multi_head_attention", ("norm_1(x), self.W_q, self.W_k", "norm_1(x), self.W_k, self.W_q")),
    ("TransformerBlock", "multi_head_attention", ("self.num_heads, mask", "self.num_heads, None")),
]
