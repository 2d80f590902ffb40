"""What the students of the sample class wrote in lab 4: exercise -> the cell in place of the solution's."""

from __future__ import annotations

# Correct, written in other ways than the solution.
WRITTEN_DIFFERENTLY = {
    "masked_mean": """
def masked_mean(x, mask):
    weights = tf.cast(mask, tf.float32)
    weights = weights / tf.reduce_sum(weights, axis=1, keepdims=True)
    return tf.einsum("bt,btf->bf", weights, x)
""",
    "confusion_matrix": """
def confusion_matrix(truth, predicted, classes):
    table = np.zeros((classes, classes), dtype=int)
    for row, column in zip(truth, predicted):
        table[row, column] += 1
    return table
""",
    "macro_f1": """
def macro_f1(matrix):
    scores = []
    for k in range(len(matrix)):
        both = matrix[k].sum() + matrix[:, k].sum()
        scores.append(2 * matrix[k, k] / both if both else 0.0)
    return sum(scores) / len(scores)
""",
    "calibration_error": """
def calibration_error(probabilities, truth, bins=10):
    gaps = np.zeros(bins)
    for row, answer in zip(probabilities, truth):
        confidence = row.max()
        place = min(int(confidence * bins), bins - 1)
        gaps[place] += (row.argmax() == answer) - confidence
    return np.abs(gaps).sum() / len(truth)
""",
    "patchify": """
def patchify(images, size):
    _, height, width, channels = images.shape
    patches = []
    for top in range(0, height, size):
        for left in range(0, width, size):
            square = images[:, top:top + size, left:left + size]
            patches.append(tf.reshape(square, (-1, size * size * channels)))
    return tf.stack(patches, axis=1)
""",
    "add_class_token": """
def add_class_token(x, token):
    copies = tf.tile(tf.reshape(token, (1, 1, -1)), (tf.shape(x)[0], 1, 1))
    return keras.ops.concatenate([copies, x], axis=1)
""",
    "attention_rollout": """
def attention_rollout(weights):
    tables = [0.5 * block.mean(axis=1) + 0.5 * np.eye(block.shape[-1]) for block in weights]
    rollout = tables.pop()
    while tables:
        rollout = np.einsum("bij,bjk->bik", rollout, tables.pop())
    return rollout
""",
    "unpatchify": """
def unpatchify(patches, height, width, size):
    channels = patches.shape[2] // size ** 2
    images = np.zeros((len(patches), height, width, channels))
    number = 0
    for top in range(0, height, size):
        for left in range(0, width, size):
            square = patches[:, number].reshape(-1, size, size, channels)
            images[:, top:top + size, left:left + size] = square
            number += 1
    return images
""",
    "saliency": """
def saliency(model, x, target):
    with tf.GradientTape() as tape:
        tape.watch(x)
        logits = model(x)
        chosen = tf.reduce_sum(logits * tf.one_hot(target, logits.shape[1]))
    return np.abs((tape.gradient(chosen, x).numpy() * x.numpy()).sum(axis=2))
""",
    "band_mask": """
def band_mask(length, back, ahead):
    everything = np.ones((length, length), dtype=bool)
    return np.tril(everything, ahead) & np.triu(everything, -back)
""",
    "corrupt": """
def corrupt(ids, chosen, action, random_ids, mask_id):
    inputs = ids.copy()
    hidden = chosen & (action < 0.8)
    replaced = chosen & ~hidden & (action < 0.9)
    inputs[hidden] = mask_id
    inputs[replaced] = random_ids[replaced]
    targets = np.full_like(ids, -100)
    targets[chosen] = ids[chosen]
    return inputs, targets
""",
    "masked_token_loss": """
def masked_token_loss(logits, targets, ignore=-100):
    counts = tf.not_equal(targets, ignore)
    classes = tf.one_hot(tf.where(counts, targets, 0), logits.shape[-1])
    losses = -tf.reduce_sum(classes * tf.nn.log_softmax(logits), axis=-1)
    total = tf.reduce_sum(tf.where(counts, losses, 0.0))
    return tf.math.divide_no_nan(total, tf.reduce_sum(tf.cast(counts, tf.float32)))
""",
    "fill_by_trying": """
def fill_by_trying(score, ids, place, candidates):
    scores = []
    for candidate in candidates:
        filled = list(ids)
        filled[place] = candidate
        scores.append(score(filled))
    return candidates[int(np.argmax(scores))]
""",
    "warmup_rate": """
def warmup_rate(step, d_model, warmup):
    rate = step / warmup ** 1.5 if step < warmup else 1 / math.sqrt(step)
    return rate / math.sqrt(d_model)
""",
    "reverse_complement": """
def reverse_complement(x):
    partners = x[..., [3, 2, 1, 0]]
    return np.flip(partners, axis=-2)
""",
    "log_odds": """
def log_odds(sites, background, pseudocount=1.0):
    counts = np.einsum("nwl->wl", sites)
    total = len(sites) + pseudocount
    return np.log(counts + pseudocount * background) - np.log(total) - np.log(background)
""",
    "motif_attention": """
def motif_attention(windows, matrix):
    scores = np.einsum("npwl,wl->np", windows, matrix)
    weights = tf.nn.softmax(scores, axis=-1).numpy()
    return (weights[:, :, None, None] * windows).sum(axis=1), weights
""",
    "caption_pairs": """
def caption_pairs(captions, start, end):
    inputs, targets = [], []
    for caption in captions.tolist():
        words = [word for word in caption if word != 0]
        padding = [0] * (len(caption) - len(words))
        inputs.append([start] + words + padding)
        targets.append(words + [end] + padding)
    return np.array(inputs), np.array(targets)
""",
    "greedy": """
def greedy(step, start, end, max_length):
    ids = [start]
    for _ in range(max_length):
        scores = list(step(ids))
        best = scores.index(max(scores))
        if best == end:
            break
        ids.append(best)
    return ids[1:]
""",
    "beam_search": """
def beam_search(step, start, end, width, max_length):
    opened, finished = [(0.0, [])], []
    while opened:
        pool = [(total, words, True) for total, words in finished]
        for total, words in opened:
            scores = step([start] + words)
            pool.append((total + scores[end], words, True))
            if len(words) < max_length:
                longer = (word for word in range(len(scores)) if word != end)
                pool += [(total + scores[word], words + [word], False) for word in longer]
        best = sorted(pool, key=lambda text: -text[0])[:width]
        finished = [text[:2] for text in best if text[2]]
        opened = [text[:2] for text in best if not text[2]]
    total, words = finished[0]
    return words, float(total)
""",
    "bleu": """
def bleu(candidate, reference, n=2):
    if len(candidate) < n:
        return 0.0
    logarithms = []
    for k in range(1, n + 1):
        left = [tuple(reference[i:i + k]) for i in range(len(reference) - k + 1)]
        runs = [tuple(candidate[i:i + k]) for i in range(len(candidate) - k + 1)]
        hits = 0
        for run in runs:
            if run in left:
                left.remove(run)
                hits += 1
        if hits == 0:
            return 0.0
        logarithms.append(math.log(hits / len(runs)))
    return math.exp(sum(logarithms) / n + min(0.0, 1 - len(reference) / len(candidate)))
""",
}
UNWEIGHTED_BINS = {
    "calibration_error": """
def calibration_error(probabilities, truth, bins=10):
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = []
    for number in range(bins):
        inside = place == number
        if inside.any():
            gaps.append(abs(right[inside].mean() - confidence[inside].mean()))
    return float(np.mean(gaps))
"""
}
RESHAPED_PATCHES = {
    "patchify": """
def patchify(images, size):
    _, height, width, channels = images.shape
    return tf.reshape(images, (-1, height * width // size ** 2, size * size * channels))
"""
}
TARGETS_EVERYWHERE = {
    "corrupt": """
def corrupt(ids, chosen, action, random_ids, mask_id):
    inputs = np.where(chosen & (action < 0.8), mask_id, ids)
    inputs = np.where(chosen & (action >= 0.8) & (action < 0.9), random_ids, inputs)
    return inputs, ids.copy()
"""
}
MEAN_OF_ALL = {
    "masked_token_loss": """
def masked_token_loss(logits, targets, ignore=-100):
    counts = tf.not_equal(targets, ignore)
    labels = tf.where(counts, targets, 0)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    return tf.reduce_mean(losses * tf.cast(counts, losses.dtype))
"""
}
ONLY_REVERSED = {
    "reverse_complement": """
def reverse_complement(x):
    return x[..., ::-1, :]
"""
}
SCALED_MOTIF = {
    "motif_attention": """
def motif_attention(windows, matrix):
    scores = (windows * matrix).sum(axis=(-1, -2)) / np.sqrt(matrix.size)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    return np.einsum("np,npwf->nwf", weights, windows), weights
"""
}
BEAM_OF_ONE = {
    "beam_search": """
def beam_search(step, start, end, width, max_length):
    words, total = [], 0.0
    while True:
        scores = np.array(step([start, *words]))
        if len(words) == max_length:
            return words, total + float(scores[end])
        best = int(np.argmax(scores))
        total += float(scores[best])
        if best == end:
            return words, total
        words.append(best)
"""
}
NOT_CLIPPED = {
    "bleu": """
def bleu(candidate, reference, n=2):
    product = 1.0
    for k in range(1, n + 1):
        said = [tuple(candidate[i:i + k]) for i in range(len(candidate) - k + 1)]
        real = [tuple(reference[i:i + k]) for i in range(len(reference) - k + 1)]
        hits = sum(run in real for run in said)
        if not hits:
            return 0.0
        product *= hits / len(said)
    return min(1.0, math.exp(1 - len(reference) / len(candidate))) * product ** (1 / n)
"""
}
# The loop waits for the end, but the model is asked once, before it.
ENDLESS_LOOP = {
    "greedy": """
def greedy(step, start, end, max_length):
    words = []
    word = int(np.argmax(step([start])))
    while word != end:
        if len(words) < max_length:
            words.append(word)
    return words
"""
}
