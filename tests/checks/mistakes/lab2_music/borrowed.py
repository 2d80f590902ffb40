"""Lab 2: exercises that call an earlier one, right ones as cells, and faults to put into the earlier or the later."""

GIVEN = """
import numpy as np

START, END = 2, 3

def sigmoid(a):
    return 0.5 * (1.0 + np.tanh(0.5 * a))

def encode(tune, vocabulary):
    return [START, *(vocabulary.get(character, 1) for character in tune), END]

def decode(ids, vocabulary):
    characters = {number: character for character, number in vocabulary.items()}
    return "".join(characters.get(int(number), "") for number in ids)

def draw(probabilities, rng):
    return int(rng.choice(len(probabilities), p=probabilities))
"""

RIGHT = {
    "lstm_step": """
def lstm_step(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    c = sigmoid(a_f) * c_prev + sigmoid(a_i) * np.tanh(a_c)
    return sigmoid(a_o) * np.tanh(c), c
""",
    "lstm_forward": """
def lstm_forward(x, h_0, c_0, W, U, b, mask=None):
    h, c, hs, cs = h_0, c_0, [], []
    for t in range(x.shape[1]):
        h_new, c_new = lstm_step(x[:, t], h, c, W, U, b)
        if mask is not None:
            real = mask[:, t, None]
            h_new, c_new = np.where(real, h_new, h), np.where(real, c_new, c)
        h, c = h_new, c_new
        hs.append(h)
        cs.append(c)
    return np.stack(hs, axis=1), np.stack(cs, axis=1)
""",
    "masked_cross_entropy": """
def masked_cross_entropy(logits, targets, mask):
    import tensorflow as tf
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=logits)
    real = tf.cast(mask, losses.dtype)
    return tf.reduce_sum(losses * real) / tf.reduce_sum(real)
""",
    "train_step": """
def train_step(model, optimizer, inputs, targets, mask, max_norm):
    import tensorflow as tf
    with tf.GradientTape() as tape:
        logits = model(inputs, training=True)
        loss = masked_cross_entropy(logits, targets, mask)
    gradients = tape.gradient(loss, model.trainable_variables)
    gradients, _ = tf.clip_by_global_norm(gradients, max_norm)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss
""",
    "next_probabilities": """
def next_probabilities(logits, temperature, top_p=1.0):
    scaled = np.asarray(logits, dtype="float64") / temperature
    probabilities = np.exp(scaled - scaled.max())
    probabilities /= probabilities.sum()
    order = np.argsort(-probabilities)
    before = np.cumsum(probabilities[order]) - probabilities[order]
    probabilities[order[before >= top_p]] = 0.0
    return probabilities / probabilities.sum()
""",
    "generate": """
def generate(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    rng = np.random.default_rng(seed)
    ids = encode(prompt, vocabulary)[:-1]
    for _ in range(max_length - len(prompt)):
        logits = np.asarray(model(np.array([ids])))[0, -1]
        drawn = draw(next_probabilities(logits, temperature, top_p), rng)
        if drawn == END:
            break
        ids.append(drawn)
    return decode(ids, vocabulary)
""",
}

# (exercise, the earlier one it calls, a fault of the earlier one)
BORROWED = [
    ("lstm_forward", "lstm_step", ("np.tanh(a_c)", "sigmoid(a_c)")),
    ("lstm_forward", "lstm_step", ("a_i, a_f, a_c, a_o =", "a_f, a_i, a_c, a_o =")),
    ("train_step", "masked_cross_entropy", (" / tf.reduce_sum(real)", " / len(mask)")),
    ("train_step", "masked_cross_entropy", ("tf.cast(mask, losses.dtype)", "tf.ones_like(losses)")),
    ("train_step", "masked_cross_entropy", ("logits=logits", "logits=tf.nn.softmax(logits)")),
    ("generate", "next_probabilities", (" / temperature", "")),
    ("generate", "next_probabilities", ("before >= top_p", "before < top_p")),
    ("generate", "next_probabilities", ("return probabilities / probabilities.sum()", "return probabilities / 2")),
]
# (exercise, the earlier one, a fault of the earlier one, a fault of its own)
OWN = [
    ("lstm_forward", "lstm_step", ("np.tanh(a_c)", "sigmoid(a_c)"), ("cs.append(c)", "cs.append(c_0)")),
    ("lstm_forward", "lstm_step", ("np.tanh(a_c)", "sigmoid(a_c)"), ("np.where(real, c_new, c)", "c_new")),
    ("train_step", "masked_cross_entropy", (" / tf.reduce_sum(real)", " / len(mask)"), ("gradients, _ =", "_ =")),
    (
        "train_step",
        "masked_cross_entropy",
        (" / tf.reduce_sum(real)", " / len(mask)"),
        ("targets, mask)\n    g", "inputs, mask)\n    g"),
    ),
    (
        "train_step",
        "masked_cross_entropy",
        (" / tf.reduce_sum(real)", " / len(mask)"),
        ("return loss", "return 2 * loss"),
    ),
    ("generate", "next_probabilities", (" / temperature", ""), ("default_rng(seed)", "default_rng(1)")),
    ("generate", "next_probabilities", (" / temperature", ""), ("default_rng(seed)", "default_rng()")),
    ("generate", "next_probabilities", (" / temperature", ""), ("vocabulary)[:-1]", "vocabulary)")),
    ("generate", "next_probabilities", (" / temperature", ""), ("max_length - len(prompt)", "max_length")),
    ("generate", "next_probabilities", (" / temperature", ""), ("break", "continue")),
    ("generate", "next_probabilities", (" / temperature", ""), ("temperature, top_p), rng", "temperature), rng")),
]
# (exercise, the earlier one, the fault of the earlier one written into the later in place of the call)
INLINE = [
    ("lstm_forward", "lstm_step", ("lstm_step(x[:, t], h, c, W, U, b)", "lstm_step(x[:, t], c, h, W, U, b)")),
    ("train_step", "masked_cross_entropy", ("logits, targets, mask)", "tf.nn.softmax(logits), targets, mask)")),
    ("generate", "next_probabilities", ("next_probabilities(logits, temperature", "next_probabilities(logits, 1.0")),
]
