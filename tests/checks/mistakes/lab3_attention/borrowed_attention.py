"""Lab 3, part 1: exercises that call an earlier one, right ones as cells, and faults for the earlier or the later."""

GIVEN = "import numpy as np\nimport tensorflow as tf\n"

RIGHT = {
    "dot_similarity": """
def dot_similarity(q, k):
    return np.sum(q * k, axis=-1)
""",
    "cosine_similarity": """
def cosine_similarity(q, k):
    return dot_similarity(q, k) / (np.linalg.norm(q, axis=-1) * np.linalg.norm(k, axis=-1))
""",
    "softmax": """
def softmax(x, axis=-1):
    powers = tf.exp(x - tf.reduce_max(x, axis=axis, keepdims=True))
    return powers / tf.reduce_sum(powers, axis=axis, keepdims=True)
""",
    "attention_weights": """
def attention_weights(Q, K, mask=None, scale=None):
    if scale is None:
        scale = 1 / np.sqrt(Q.shape[-1])
    scores = tf.matmul(Q, K, transpose_b=True) * scale
    if mask is not None:
        scores = tf.where(mask, scores, -1e9)
    return softmax(scores)
""",
    "scaled_dot_product_attention": """
def scaled_dot_product_attention(Q, K, V, mask=None):
    weights = attention_weights(Q, K, mask)
    return tf.matmul(weights, V), weights
""",
}

# (exercise, the earlier one it calls, a fault of the earlier one)
BORROWED = [
    ("cosine_similarity", "dot_similarity", ("np.sum(q * k, axis=-1)", "np.mean(q * k, axis=-1)")),
    ("cosine_similarity", "dot_similarity", ("axis=-1", "axis=0")),
    ("cosine_similarity", "dot_similarity", ("np.sum(q * k, axis=-1)", "q * k")),
    ("attention_weights", "softmax", ("reduce_max(x, axis=axis", "reduce_min(x, axis=0")),
    ("attention_weights", "softmax", ("reduce_sum(powers, axis=axis", "reduce_sum(powers, axis=0")),
    ("attention_weights", "softmax", ("return powers / tf.reduce_sum(powers, axis=axis, keepdims=True)", "return x")),
    ("attention_weights", "softmax", ("tf.exp(x -", "np.exp(x -")),
    ("scaled_dot_product_attention", "attention_weights", ("softmax(scores)", "tf.nn.softmax(scores, axis=-2)")),
    ("scaled_dot_product_attention", "attention_weights", ("1 / np.sqrt(Q.shape[-1])", "1 / Q.shape[-1]")),
    ("scaled_dot_product_attention", "attention_weights", ("scores, -1e9", "-1e9, scores")),
    ("scaled_dot_product_attention", "attention_weights", ("return softmax(scores)", "return scores")),
]
# (exercise, the earlier one, a fault of the earlier one, a fault of its own)
OWN = [
    ("cosine_similarity", "dot_similarity", ("np.sum(", "np.mean("), ("np.linalg.norm(q, axis=-1) * ", "")),
    ("cosine_similarity", "dot_similarity", ("np.sum(", "np.mean("), ("return dot", "return 1 - dot")),
    ("cosine_similarity", "dot_similarity", ("np.sum(", "np.mean("), ("return dot", "return -dot")),
    ("attention_weights", "softmax", ("axis=axis", "axis=0"), ("1 / np.sqrt(Q.shape[-1])", "1 / Q.shape[-1]")),
    ("attention_weights", "softmax", ("axis=axis", "axis=0"), ("scores, -1e9", "-1e9, scores")),
    ("attention_weights", "softmax", ("axis=axis", "axis=0"), ("scores, -1e9", "scores, 0.0")),
    ("attention_weights", "softmax", ("axis=axis", "axis=0"), ("softmax(scores)", "softmax(scores, axis=-2)")),
    ("attention_weights", "softmax", ("axis=axis", "axis=0"), ("softmax(scores)", "softmax(softmax(scores))")),
    (
        "scaled_dot_product_attention",
        "attention_weights",
        ("scores, -1e9", "-1e9, scores"),
        ("attention_weights(Q, K, mask)", "attention_weights(Q, K)"),
    ),
    (
        "scaled_dot_product_attention",
        "attention_weights",
        ("scores, -1e9", "-1e9, scores"),
        ("attention_weights(Q, K, mask)", "attention_weights(K, Q, mask)"),
    ),
    (
        "scaled_dot_product_attention",
        "attention_weights",
        ("scores, -1e9", "-1e9, scores"),
        ("tf.matmul(weights, V), weights", "weights, tf.matmul(weights, V)"),
    ),
    (
        "scaled_dot_product_attention",
        "attention_weights",
        ("scores, -1e9", "-1e9, scores"),
        ("mask)\n", "mask, 1.0)\n"),
    ),
]
# (exercise, the earlier one, the fault of the earlier one written into the later in place of the call)
INLINE = [
    ("cosine_similarity", "dot_similarity", ("dot_similarity(q, k)", "np.mean(q * k, axis=-1)")),
    ("attention_weights", "softmax", ("softmax(scores)", "tf.nn.softmax(scores, axis=-2)")),
    (
        "scaled_dot_product_attention",
        "attention_weights",
        ("attention_weights(Q, K, mask)", "tf.nn.softmax(tf.matmul(Q, K, transpose_b=True))"),
    ),
]
