"""Lab 3, many heads: exercises that call earlier ones, right ones as cells, and faults to put into earlier or later."""

from types import SimpleNamespace

from checks.late import tf

GIVEN = """
import numpy as np
import tensorflow as tf

def scaled_dot_product_attention(Q, K, V, mask=None):
    scores = tf.einsum("...qd,...kd->...qk", Q, K) / np.sqrt(K.shape[-1])
    if mask is not None:
        scores = tf.where(mask, scores, -1e9)
    weights = tf.nn.softmax(scores)
    return tf.einsum("...qk,...kd->...qd", weights, V), weights

def split_heads(x, num_heads):
    return tf.stack(tf.split(x, num_heads, axis=-1), axis=1)

def merge_heads(x):
    return tf.concat(tf.unstack(x, axis=1), axis=-1)
"""

RIGHT = {
    "scaled_dot_product_attention": """
def scaled_dot_product_attention(Q, K, V, mask=None):
    scores = tf.matmul(Q, K, transpose_b=True) / np.sqrt(K.shape[-1])
    if mask is not None:
        scores = tf.where(mask, scores, -1e9)
    weights = tf.nn.softmax(scores, axis=-1)
    return tf.matmul(weights, V), weights
""",
    "split_heads": """
def split_heads(x, num_heads):
    batch, time, d_model = x.shape
    heads = tf.reshape(x, (batch, time, num_heads, d_model // num_heads))
    return tf.transpose(heads, (0, 2, 1, 3))
""",
    "merge_heads": """
def merge_heads(x):
    batch, num_heads, time, d_head = x.shape
    return tf.reshape(tf.transpose(x, (0, 2, 1, 3)), (batch, time, num_heads * d_head))
""",
    "multi_head_attention": """
def multi_head_attention(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q, K, V = (split_heads(tf.matmul(x, W), num_heads) for W in (W_q, W_k, W_v))
    if mask is not None and len(mask.shape) == 3:
        mask = mask[:, None]
    output, weights = scaled_dot_product_attention(Q, K, V, mask)
    return tf.matmul(merge_heads(output), W_o), weights
""",
    "cross_attention": """
def cross_attention(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    Q = split_heads(tf.matmul(x, W_q), num_heads)
    K, V = (split_heads(tf.matmul(memory, W), num_heads) for W in (W_k, W_v))
    if mask is not None and len(mask.shape) == 3:
        mask = mask[:, None]
    output, weights = scaled_dot_product_attention(Q, K, V, mask)
    return tf.matmul(merge_heads(output), W_o), weights
""",
    "attend_next": """
def attend_next(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    q, k, v = (split_heads(tf.matmul(x_t, W), num_heads) for W in (W_q, W_k, W_v))
    keys = tf.concat([keys, k], axis=2)
    values = tf.concat([values, v], axis=2)
    output, _ = scaled_dot_product_attention(q, keys, values)
    return tf.matmul(merge_heads(output), W_o), keys, values
""",
}

_SPLIT = ("(0, 2, 1, 3)", "(0, 2, 3, 1)")
_INTERLEAVED = (
    "num_heads, d_model // num_heads))\n    return tf.transpose(heads, (0, 2, 1, 3))",
    "d_model // num_heads, num_heads))\n    return tf.transpose(heads, (0, 3, 1, 2))",
)
_MERGE = ("tf.transpose(x, (0, 2, 1, 3))", "tf.transpose(x, (0, 2, 3, 1))")
_TURNED = "tf.reshape(tf.transpose(output, (0, 2, 3, 1)), (output.shape[0], output.shape[2], -1))"
_SCALE = ("np.sqrt(K.shape[-1])", "K.shape[-1]")
_AXIS = ("axis=-1", "axis=-2")
_CALLERS = ("multi_head_attention", "cross_attention", "attend_next")

# (exercise, the earlier one it calls, a fault of the earlier one)
BORROWED = [
    (caller, earlier, fault)
    for caller in _CALLERS
    for earlier, fault in (
        ("split_heads", _INTERLEAVED),
        ("split_heads", _SPLIT),
        ("merge_heads", _MERGE),
        ("scaled_dot_product_attention", _SCALE),
        ("scaled_dot_product_attention", _AXIS),
    )
]
# (exercise, the earlier one, a fault of the earlier one, a fault of its own)
OWN = [
    *(
        (caller, "split_heads", _INTERLEAVED, fault)
        for caller in _CALLERS
        for fault in (("W_k, W_v)", "W_v, W_k)"), ("tf.matmul(merge_heads(output), W_o)", "merge_heads(output)"))
    ),
    *(
        (caller, "scaled_dot_product_attention", _SCALE, fault)
        for caller in _CALLERS[:2]
        for fault in (
            ("mask[:, None]", "mask"),
            ("mask[:, None]", "mask[:, :, None]"),
            ("Q, K, V, mask)", "Q, K, V)"),
            ("Q, K, V, mask)", "K, Q, V, mask)"),
            ("W_o), weights", "W_o), tf.reduce_mean(weights, axis=1)"),
        )
    ),
    ("cross_attention", "merge_heads", _MERGE, ("tf.matmul(memory, W)", "tf.matmul(x, W)")),
    ("attend_next", "merge_heads", _MERGE, ("[keys, k]", "[k, keys]")),
    ("attend_next", "scaled_dot_product_attention", _SCALE, ("(q, keys, values)", "(q, k, v)")),
]
# (exercise, the earlier one, the fault of the earlier one written into the later in place of the call)
INLINE = [
    *((caller, "merge_heads", ("merge_heads(output)", _TURNED)) for caller in _CALLERS),
    ("multi_head_attention", "scaled_dot_product_attention", ("(Q, K, V, mask)", "(2 * Q, K, V, mask)")),
    ("cross_attention", "scaled_dot_product_attention", ("(Q, K, V, mask)", "(Q, K, V, None)")),
    ("attend_next", "scaled_dot_product_attention", ("(q, keys, values)", "(q / 2, keys, values)")),
]


def _run():
    names = {"tf": tf}
    for cell in (GIVEN.replace("import tensorflow as tf", ""), *RIGHT.values()):
        exec(cell, names)  # noqa: S102  (the cells stand above)
    return SimpleNamespace(**{name: names[name] for name in RIGHT})


right = _run()
