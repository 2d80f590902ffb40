"""What the students of the sample class wrote in lab 2: exercise -> the cell in place of the solution's."""

from __future__ import annotations

# Correct, written in other ways than the solution.
WRITTEN_DIFFERENTLY = {
    "lstm_step": """
def lstm_step(x_t, h_prev, c_prev, W, U, b):
    units = h_prev.shape[1]
    joined = tf.concat([h_prev, x_t], axis=1) @ np.concatenate([U, W]) + b
    a_i, a_f, a_c, a_o = (joined[:, k * units : (k + 1) * units] for k in range(4))
    c = tf.sigmoid(a_f) * c_prev + tf.sigmoid(a_i) * tf.tanh(a_c)
    return tf.sigmoid(a_o) * tf.tanh(c), c
""",
    "gru_step": """
def gru_step(x_t, h_prev, W, U, b):
    n = h_prev.shape[1]
    keep = sigmoid(np.einsum("bf,fu->bu", x_t, W[:, :n]) + h_prev @ U[:, :n] + b[:n])
    reset = sigmoid(np.einsum("bf,fu->bu", x_t, W[:, n : 2 * n]) + h_prev @ U[:, n : 2 * n] + b[n : 2 * n])
    new = np.tanh(b[2 * n :] + np.multiply(reset, h_prev) @ U[:, 2 * n :] + x_t @ W[:, 2 * n :])
    return new + keep * (h_prev - new)
""",
    "tune_vocabulary": """
def tune_vocabulary(tunes):
    vocabulary = {}
    for character in sorted({character for tune in tunes for character in tune}):
        vocabulary[character] = len(vocabulary) + 4
    return vocabulary
""",
    "masked_cross_entropy": """
def masked_cross_entropy(logits, targets, mask):
    each = keras.ops.logsumexp(logits, axis=-1) - tf.gather(logits, targets, axis=-1, batch_dims=2)
    return tf.reduce_mean(tf.boolean_mask(each, mask))
""",
    "train_step": """
def train_step(model, optimizer, inputs, targets, mask, max_norm):
    with tf.GradientTape() as tape:
        loss = masked_cross_entropy(model(inputs), targets, mask)
    weights = model.trainable_weights
    clipped = tf.clip_by_global_norm(tape.gradient(loss, weights), max_norm)[0]
    optimizer.apply(clipped, weights)
    return loss
""",
    "generate": """
def generate(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    rng = np.random.default_rng(seed)
    names = {number: character for character, number in vocabulary.items()}
    ids, text = [START] + [vocabulary.get(character, UNKNOWN) for character in prompt], prompt
    while len(text) < max_length:
        logits = model(tf.constant([ids]))[0, -1]
        ids.append(draw(next_probabilities(logits, temperature, top_p), rng))
        if ids[-1] == END:
            return text
        text += names.get(ids[-1], "")
    return text
""",
}
SIGMOID_CANDIDATE = {
    "lstm_step": """
def lstm_step(x_t, h_prev, c_prev, W, U, b):
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    c = sigmoid(a_f) * c_prev + sigmoid(a_i) * sigmoid(a_c)
    return sigmoid(a_o) * np.tanh(c), c
"""
}
LECTURES_GRU = {
    "gru_step": """
def gru_step(x_t, h_prev, W, U, b):
    (W_z, W_r, W_h), (U_z, U_r, U_h), (b_z, b_r, b_h) = (np.split(part, 3, axis=-1) for part in (W, U, b))
    z, r = sigmoid(x_t @ W_z + h_prev @ U_z + b_z), sigmoid(x_t @ W_r + h_prev @ U_r + b_r)
    return (1 - z) * h_prev + z * np.tanh(x_t @ W_h + (r * h_prev) @ U_h + b_h)
"""
}
NOT_CLIPPED = {
    "train_step": """
def train_step(model, optimizer, inputs, targets, mask, max_norm):
    with tf.GradientTape() as tape:
        loss = masked_cross_entropy(model(inputs), targets, mask)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss
"""
}
LATE_TEMPERATURE = {
    "next_probabilities": """
def next_probabilities(logits, temperature, top_p=1.0):
    probabilities = np.exp(logits - np.max(logits))
    probabilities = probabilities / probabilities.sum() / temperature
    order = np.argsort(-probabilities)
    kept = order[: np.searchsorted(np.cumsum(probabilities[order]), top_p) + 1]
    cut = np.zeros_like(probabilities)
    cut[kept] = probabilities[kept]
    return cut / cut.sum()
"""
}
NEVER_ENDS = {
    "generate": """
def generate(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    rng = np.random.default_rng(seed)
    text = prompt
    while True:
        probabilities = next_probabilities(model(np.array([encode(text, vocabulary)[:-1]]))[0, -1], temperature, top_p)
        number = draw(probabilities, rng)
        if number != END:
            text = (text + decode([number], vocabulary))[:max_length]
"""
}
