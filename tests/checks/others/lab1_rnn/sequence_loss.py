import numpy as np

SHOWN = {}


def _args(batch=3, time=4, vocabulary=6, scale=1.0, seed=0, mask=None):
    rng = np.random.default_rng(seed)
    if mask is None:
        mask = np.arange(time) < np.linspace(time, 1, batch).round().astype(int)[:, None]
    return dict(
        logits=rng.normal(size=(batch, time, vocabulary)) * scale,
        targets=rng.integers(0, vocabulary, size=(batch, time)),
        mask=mask,
    )


# ---------------------------------------------------------------- wrong
def sequence_loss__w01_mask_ignored(logits, targets, mask):
    z = logits - logits.max(axis=-1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    return -np.take_along_axis(log_p, targets[..., None], axis=-1).mean()


SHOWN["sequence_loss__w01_mask_ignored"] = ("natural", "mean over all steps, padding too", lambda: _args())


def sequence_loss__w02_divided_by_all_steps(logits, targets, mask):
    z = logits - logits.max(axis=-1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    losses = -np.take_along_axis(log_p, targets[..., None], axis=-1)[..., 0]
    return (losses * mask).mean()


SHOWN["sequence_loss__w02_divided_by_all_steps"] = (
    "natural",
    "the sum over real steps is divided by batch * time",
    lambda: _args(),
)


def sequence_loss__w03_mean_of_sentence_means(logits, targets, mask):
    z = logits - logits.max(axis=-1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    losses = -np.take_along_axis(log_p, targets[..., None], axis=-1)[..., 0]
    return np.mean((losses * mask).sum(axis=1) / np.maximum(mask.sum(axis=1), 1))


SHOWN["sequence_loss__w03_mean_of_sentence_means"] = (
    "subtle",
    "mean for each sentence, then over sentences: right for equal lengths",
    lambda: _args(),
)


def sequence_loss__w04_overflow(logits, targets, mask):
    p = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    losses = -np.log(np.take_along_axis(p, targets[..., None], axis=-1)[..., 0])
    return losses[mask].sum() / mask.sum()


SHOWN["sequence_loss__w04_overflow"] = ("natural", "exp overflows for large logits", lambda: _args(scale=1000.0))


def sequence_loss__w05_bits(logits, targets, mask):
    z = logits - logits.max(axis=-1, keepdims=True)
    log_p = z * np.log2(np.e) - np.log2(np.exp(z).sum(axis=-1, keepdims=True))
    picked = np.take_along_axis(log_p, targets[..., None], axis=-1)[..., 0]
    return -(picked * mask).sum() / mask.sum()


SHOWN["sequence_loss__w05_bits"] = ("natural", "in bits (log2), not in nats", lambda: _args())


def sequence_loss__w06_sign(logits, targets, mask):
    z = logits - logits.max(axis=-1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    return (np.eye(logits.shape[-1])[targets] * log_p * mask[..., None]).sum() / mask.sum()


SHOWN["sequence_loss__w06_sign"] = ("natural", "the minus is forgotten", lambda: _args())


def sequence_loss__w07_softmax_over_time(logits, targets, mask):
    z = logits - logits.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    picked = np.take_along_axis(log_p, targets[..., None], axis=-1)[..., 0]
    return -picked[mask].mean()


SHOWN["sequence_loss__w07_softmax_over_time"] = (
    "natural",
    "softmax along time instead of the vocabulary",
    lambda: _args(),
)


def sequence_loss__w08_small_number_in_log(logits, targets, mask):
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    picked = np.take_along_axis(p, targets[..., None], axis=-1)[..., 0]
    return -(np.log(picked + 1e-7) * mask).sum() / mask.sum()


SHOWN["sequence_loss__w08_small_number_in_log"] = (
    "subtle",
    "log(p + 1e-7): a loss beyond 16 nats is never seen",
    lambda: _args(scale=100.0),
)


def sequence_loss__w09_logits_clipped(logits, targets, mask):
    logits = np.clip(logits, -50, 50)
    log_p = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    picked = np.take_along_axis(log_p, targets[..., None], axis=-1)[..., 0]
    return -(picked * mask).sum() / mask.sum()


SHOWN["sequence_loss__w09_logits_clipped"] = (
    "subtle",
    "logits are clipped at 50: finite, but not the loss",
    lambda: _args(scale=1000.0),
)


def sequence_loss__w10_one_maximum(logits, targets, mask):
    z = logits - logits.max()
    log_p = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    picked = np.take_along_axis(log_p, targets[..., None], axis=-1)[..., 0]
    return -picked[mask].sum() / mask.sum()


SHOWN["sequence_loss__w10_one_maximum"] = (
    "subtle",
    "one maximum for the whole batch: a step with much smaller logits gives log 0",
    lambda: dict(
        logits=np.array([[[1000.0, 999.0], [0.0, 1.0]]]), targets=np.array([[0, 1]]), mask=np.array([[True, True]])
    ),
)


def sequence_loss__w11_maximum_not_below_zero(logits, targets, mask):
    top = np.max(logits, axis=-1, keepdims=True, initial=0.0)
    z = logits - top
    log_p = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    picked = np.take_along_axis(log_p, targets[..., None], axis=-1)[..., 0]
    return -picked[mask].sum() / mask.sum()


SHOWN["sequence_loss__w11_maximum_not_below_zero"] = (
    "subtle",
    "the maximum starts at 0: where all logits are near -1000, log 0",
    lambda: dict(_args(), logits=_args()["logits"] - 1000.0),
)


def sequence_loss__w12_targets_not_zero(logits, targets, mask):
    mask = mask & (targets != 0)
    z = logits - logits.max(axis=-1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    picked = np.take_along_axis(log_p, targets[..., None], axis=-1)[..., 0]
    return -(picked * mask).sum() / np.maximum(mask.sum(), 1)


SHOWN["sequence_loss__w12_targets_not_zero"] = (
    "subtle",
    "real steps with target 0 are left out",
    lambda: dict(_args(), targets=np.array([[0, 1, 2, 3], [4, 0, 1, 0], [5, 0, 0, 0]])),
)


def sequence_loss__w13_divided_by_batch(logits, targets, mask):
    z = logits - logits.max(axis=-1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    picked = np.take_along_axis(log_p, targets[..., None], axis=-1)[..., 0]
    return -(picked * mask).sum() / len(logits)


SHOWN["sequence_loss__w13_divided_by_batch"] = (
    "natural",
    "divided by the number of sentences; right for one step each",
    lambda: _args(),
)


def sequence_loss__w14_changes_logits(logits, targets, mask):
    logits -= logits.max(axis=-1, keepdims=True)
    log_p = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    picked = np.take_along_axis(log_p, targets[..., None], axis=-1)[..., 0]
    return -picked[mask].sum() / mask.sum()


SHOWN["sequence_loss__w14_changes_logits"] = (
    "use",
    "subtracts the maximum in the array of the caller",
    "changes its argument logits",
)


def sequence_loss__w15_masked_logits(logits, targets, mask):
    logits = logits * mask[..., None]
    z = logits - logits.max(axis=-1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    picked = np.take_along_axis(log_p, targets[..., None], axis=-1)[..., 0]
    return -picked.sum() / mask.sum()


SHOWN["sequence_loss__w15_masked_logits"] = (
    "natural",
    "masks the logits, so each masked step still adds log V",
    lambda: _args(),
)


def sequence_loss__w16_one_hot_of_seen_targets(logits, targets, mask):
    one_hot = np.eye(targets.max() + 1)[targets]
    z = logits - logits.max(axis=-1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    return -((one_hot * log_p).sum(axis=-1) * mask).sum() / mask.sum()


SHOWN["sequence_loss__w16_one_hot_of_seen_targets"] = (
    "subtle",
    "one_hot is as wide as the largest target: an error where the last word is not among them",
    lambda: dict(_args(), targets=np.ones((3, 4), dtype=int)),
)


def sequence_loss__w17_log_of_mean(logits, targets, mask):
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    picked = np.take_along_axis(p, targets[..., None], axis=-1)[..., 0]
    return -np.log((picked * mask).sum() / mask.sum())


SHOWN["sequence_loss__w17_log_of_mean"] = (
    "natural",
    "log of the mean probability instead of mean of the logs; right for one real step",
    lambda: _args(),
)


def sequence_loss__w18_flattened_by_columns(logits, targets, mask):
    vocabulary = logits.shape[-1]
    rows = logits.reshape(-1, vocabulary)
    words = targets.T.reshape(-1)
    real = mask.T.reshape(-1)
    rows = rows - rows.max(axis=1, keepdims=True)
    log_p = rows - np.log(np.exp(rows).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(words)), words][real].sum() / real.sum()


SHOWN["sequence_loss__w18_flattened_by_columns"] = (
    "subtle",
    "targets are flattened the other way than logits: right for a batch of 1 or one step",
    lambda: _args(),
)


def sequence_loss__w19_lengths(logits, targets, mask):
    total = 0.0
    for i in range(len(logits)):
        for t in range(int(mask[i].sum())):
            z = logits[i, t] - logits[i, t].max()
            total -= z[targets[i, t]] - np.log(np.exp(z).sum())
    return total / mask.sum()


SHOWN["sequence_loss__w19_lengths"] = (
    "subtle",
    "takes the first steps of each row for the real ones: wrong with holes or padding on the left",
    lambda: _args(mask=np.array([[False, True, True, True], [True, False, True, False], [False, False, False, True]])),
)


_w20_sum = {"loss": 0.0, "steps": 0}


def sequence_loss__w20_running_mean(logits, targets, mask):
    z = logits - logits.max(axis=-1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    picked = np.take_along_axis(log_p, targets[..., None], axis=-1)[..., 0]
    _w20_sum["loss"] -= picked[mask].sum()
    _w20_sum["steps"] += mask.sum()
    return _w20_sum["loss"] / _w20_sum["steps"]


SHOWN["sequence_loss__w20_running_mean"] = (
    "use",
    "mean over all batches so far, as a metric does",
    "the second call averages over both batches",
)


# ---------------------------------------------------------------- right
def sequence_loss__r1_take_along(logits, targets, mask):
    z = logits - logits.max(axis=-1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    losses = -np.take_along_axis(log_p, targets[..., None], axis=-1)[..., 0]
    return np.where(mask, losses, 0.0).sum() / mask.sum()


def sequence_loss__r2_one_hot(logits, targets, mask):
    vocabulary = logits.shape[-1]
    top = np.max(logits, axis=-1, keepdims=True)
    log_sum = top + np.log(np.sum(np.exp(logits - top), axis=-1, keepdims=True))
    one_hot = (targets[..., None] == np.arange(vocabulary)).astype(float)
    losses = ((log_sum - logits) * one_hot).sum(axis=-1)
    return np.sum(losses * mask) / np.sum(mask)


def sequence_loss__r3_real_rows(logits, targets, mask):
    rows, words = logits[mask], targets[mask]
    log_sum = np.logaddexp.reduce(rows, axis=-1)
    return np.mean(log_sum - rows[np.arange(len(words)), words])


def sequence_loss__r4_loops(logits, targets, mask):
    total, steps = 0.0, 0
    for row, words, real in zip(logits, targets, mask):
        for z, word, is_real in zip(row, words, real):
            if is_real:
                z = z.astype(np.float64)
                total += z.max() + np.log(np.exp(z - z.max()).sum()) - z[word]
                steps += 1
    return total / steps


def sequence_loss__r5_tensorflow(logits, targets, mask):
    import tensorflow as tf

    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets[mask], logits=logits[mask].astype("float64"))
    return float(tf.reduce_mean(losses))


def sequence_loss__r6_differences(logits, targets, mask):
    z = np.asarray(logits, dtype=np.float64)
    at_target = np.take_along_axis(z, targets[:, :, None], axis=2)
    d = z - at_target  # log p(target) = -log sum exp(z_k - z_target)
    top = d.max(axis=2)
    losses = top + np.log(np.exp(d - top[:, :, None]).sum(axis=2))
    return np.average(losses, weights=mask)
