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
def loss_gradient__w01_not_divided(logits, targets, mask):
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    return (p - np.eye(logits.shape[-1])[targets]) * mask[..., None]


SHOWN["loss_gradient__w01_not_divided"] = (
    "natural",
    "not divided by the number of real steps; right for one real step",
    lambda: _args(),
)


def loss_gradient__w02_no_mask(logits, targets, mask):
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    return (p - np.eye(logits.shape[-1])[targets]) / mask.sum()


SHOWN["loss_gradient__w02_no_mask"] = ("natural", "masked steps get a gradient too", lambda: _args())


def loss_gradient__w03_divided_by_all(logits, targets, mask):
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    return (p - np.eye(logits.shape[-1])[targets]) * mask[..., None] / mask.size


SHOWN["loss_gradient__w03_divided_by_all"] = ("natural", "divided by batch * time", lambda: _args())


def loss_gradient__w04_sign(logits, targets, mask):
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    return (np.eye(logits.shape[-1])[targets] - p) * mask[..., None] / mask.sum()


SHOWN["loss_gradient__w04_sign"] = ("natural", "one_hot - softmax: the wrong sign", lambda: _args())


def loss_gradient__w05_overflow(logits, targets, mask):
    p = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    return (p - np.eye(logits.shape[-1])[targets]) * mask[..., None] / mask.sum()


SHOWN["loss_gradient__w05_overflow"] = (
    "subtle",
    "softmax without subtracting the maximum: nan for logits of 1000",
    lambda: _args(scale=1000.0),
)


def loss_gradient__w06_softmax_over_time(logits, targets, mask):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return (p - np.eye(logits.shape[-1])[targets]) * mask[..., None] / mask.sum()


SHOWN["loss_gradient__w06_softmax_over_time"] = ("natural", "softmax along time", lambda: _args())


def loss_gradient__w07_fancy_index(logits, targets, mask):
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    p[:, :, targets] -= 1
    return p * mask[..., None] / mask.sum()


SHOWN["loss_gradient__w07_fancy_index"] = (
    "natural",
    "p[:, :, targets] takes 1 off at the targets of all steps; right for a single step",
    lambda: _args(),
)


def loss_gradient__w08_targets_not_masked(logits, targets, mask):
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    return (p * mask[..., None] - np.eye(logits.shape[-1])[targets]) / mask.sum()


SHOWN["loss_gradient__w08_targets_not_masked"] = (
    "natural",
    "only the softmax is masked: padding keeps -1 at its target",
    lambda: _args(),
)


def loss_gradient__w09_each_sentence(logits, targets, mask):
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    steps = np.maximum(mask.sum(axis=1, keepdims=True), 1)
    return (p - np.eye(logits.shape[-1])[targets]) * (mask / steps)[..., None] / len(logits)


SHOWN["loss_gradient__w09_each_sentence"] = (
    "subtle",
    "gradient of the mean of sentence means: right for equal lengths",
    lambda: _args(),
)


def loss_gradient__w10_one_maximum(logits, targets, mask):
    e = np.exp(logits - logits.max())
    p = e / e.sum(axis=-1, keepdims=True)
    return (p - np.eye(logits.shape[-1])[targets]) * mask[..., None] / mask.sum()


SHOWN["loss_gradient__w10_one_maximum"] = (
    "subtle",
    "one maximum for the whole batch: 0 / 0 at a step with much smaller logits",
    lambda: dict(
        logits=np.array([[[1000.0, 999.0], [0.0, 1.0]]]), targets=np.array([[0, 1]]), mask=np.array([[True, True]])
    ),
)


def loss_gradient__w11_changes_logits(logits, targets, mask):
    p = logits
    p -= p.max(axis=-1, keepdims=True)
    np.exp(p, out=p)
    p /= p.sum(axis=-1, keepdims=True)
    return (p - np.eye(p.shape[-1])[targets]) * mask[..., None] / mask.sum()


SHOWN["loss_gradient__w11_changes_logits"] = (
    "use",
    "the softmax is computed in the array of the caller",
    "changes its argument logits",
)


def loss_gradient__w12_slope_of_softmax(logits, targets, mask):
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    return (p - np.eye(logits.shape[-1])[targets]) * p * (1 - p) * mask[..., None] / mask.sum()


SHOWN["loss_gradient__w12_slope_of_softmax"] = (
    "natural",
    "multiplied by p (1 - p) once more, as with a squared error",
    lambda: _args(),
)


def loss_gradient__w13_dtype_of_logits(logits, targets, mask):
    gradient = np.zeros_like(logits)
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    gradient[mask] = (p[mask] - np.eye(logits.shape[-1])[targets[mask]]) / mask.sum()
    return gradient


SHOWN["loss_gradient__w13_dtype_of_logits"] = (
    "subtle",
    "written into an array of the dtype of logits: whole numbers as logits give 0 everywhere",
    lambda: dict(_args(), logits=np.random.default_rng(0).integers(-3, 4, size=(3, 4, 6))),
)


def loss_gradient__w14_lengths(logits, targets, mask):
    lengths = mask.sum(axis=1)
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    g = e / e.sum(axis=-1, keepdims=True) - np.eye(logits.shape[-1])[targets]
    for i, n in enumerate(lengths):
        g[i, n:] = 0.0
    return g / lengths.sum()


SHOWN["loss_gradient__w14_lengths"] = (
    "subtle",
    "takes the first steps of each row for the real ones: wrong with holes or padding on the left",
    lambda: _args(mask=np.array([[False, True, True, True], [True, False, True, False], [False, False, False, True]])),
)


def loss_gradient__w15_zero_is_padding(logits, targets, mask):
    mask = mask & (targets > 0)
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    return (p - np.eye(logits.shape[-1])[targets]) * mask[..., None] / max(mask.sum(), 1)


SHOWN["loss_gradient__w15_zero_is_padding"] = (
    "subtle",
    "real steps with target 0 are left out",
    lambda: dict(_args(), targets=np.array([[0, 1, 2, 3], [4, 0, 1, 0], [5, 0, 0, 0]])),
)


def loss_gradient__w16_steps_at_each_time(logits, targets, mask):
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    real = np.maximum(mask.sum(axis=0), 1)
    return (p - np.eye(logits.shape[-1])[targets]) * mask[..., None] / real[None, :, None]


SHOWN["loss_gradient__w16_steps_at_each_time"] = (
    "subtle",
    "divided by the real steps at that time instead of all: right for a single step of time",
    lambda: _args(),
)


_w17_tables = {}


def loss_gradient__w17_reused_table(logits, targets, mask):
    if logits.shape not in _w17_tables:
        _w17_tables[logits.shape] = np.zeros(logits.shape)
    g = _w17_tables[logits.shape]
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    g[mask] = (p[mask] - np.eye(logits.shape[-1])[targets[mask]]) / mask.sum()
    return g


SHOWN["loss_gradient__w17_reused_table"] = (
    "use",
    "the result is a table kept for each shape: masked steps hold gradients of the call before, and the earlier result changes",
    "second call with another mask of the same shape; the first result is overwritten",
)


def loss_gradient__w18_finite_difference(logits, targets, mask, eps=1e-2):
    logits = logits.astype(float)
    g = np.zeros(logits.shape)
    base = sequence_loss(logits, targets, mask)
    for place in zip(*np.nonzero(np.broadcast_to(mask[..., None], logits.shape))):
        moved = logits.copy()
        moved[place] += eps
        g[place] = (sequence_loss(moved, targets, mask) - base) / eps
    return g


SHOWN["loss_gradient__w18_finite_difference"] = (
    "subtle",
    "a one-sided difference with a step of 0.01: two or three digits only",
    lambda: _args(),
)


def loss_gradient__w19_clipped(logits, targets, mask):
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = np.clip(e / e.sum(axis=-1, keepdims=True), 1e-3, 1 - 1e-3)
    return (p - np.eye(logits.shape[-1])[targets]) * mask[..., None] / mask.sum()


SHOWN["loss_gradient__w19_clipped"] = (
    "subtle",
    "probabilities are kept between 0.001 and 0.999: sure predictions keep a gradient",
    lambda: _args(scale=100.0),
)


def loss_gradient__w20_mask_along_vocabulary(logits, targets, mask):
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    g = e / e.sum(axis=-1, keepdims=True) - np.eye(logits.shape[-1])[targets]
    return g * mask / mask.sum()


SHOWN["loss_gradient__w20_mask_along_vocabulary"] = (
    "subtle",
    "mask without a third axis: an error, or silently wrong where batch == time == vocabulary",
    lambda: _args(batch=4, time=4, vocabulary=4),
)


# ---------------------------------------------------------------- right
def loss_gradient__r1_formula(logits, targets, mask):
    e = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    softmax = e / np.sum(e, axis=-1, keepdims=True)
    one_hot = np.eye(logits.shape[-1])[targets]
    return (softmax - one_hot) * mask[..., None] / np.sum(mask)


def loss_gradient__r2_rows(logits, targets, mask):
    g = np.zeros(logits.shape)
    rows = logits[mask].astype(np.float64)
    rows = np.exp(rows - rows.max(axis=1, keepdims=True))
    rows /= rows.sum(axis=1, keepdims=True)
    rows[np.arange(len(rows)), targets[mask]] -= 1
    g[mask] = rows / len(rows)
    return g


def loss_gradient__r3_log_softmax(logits, targets, mask):
    log_sum = np.logaddexp.reduce(logits, axis=-1)[..., None]
    g = np.exp(logits - log_sum)
    batch, time = targets.shape
    b, t = np.indices((batch, time))
    g[b, t, targets] -= 1.0
    return np.where(mask[..., None], g, 0.0) / np.count_nonzero(mask)


def loss_gradient__r4_loops(logits, targets, mask):
    steps = int(mask.sum())
    g = np.zeros(logits.shape, dtype=float)
    for i in range(logits.shape[0]):
        for t in range(logits.shape[1]):
            if mask[i, t]:
                e = np.exp(logits[i, t] - logits[i, t].max())
                g[i, t] = e / e.sum()
                g[i, t, targets[i, t]] -= 1
    return g / steps


def loss_gradient__r5_tape(logits, targets, mask):
    import tensorflow as tf

    z = tf.constant(logits, dtype=tf.float64)
    weights = tf.constant(mask / mask.sum(), dtype=tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(z)
        losses = tf.nn.softmax_cross_entropy_with_logits(
            labels=tf.one_hot(targets, z.shape[-1], dtype=tf.float64), logits=z
        )
        loss = tf.reduce_sum(losses * weights)
    return tape.gradient(loss, z).numpy()


def loss_gradient__r6_put_along(logits, targets, mask):
    z = logits.astype(np.float64) - logits.max(axis=2)[:, :, None]
    p = np.exp(z) / np.einsum("btv->bt", np.exp(z))[:, :, None]
    at_target = np.take_along_axis(p, targets[:, :, None], axis=2)
    np.put_along_axis(p, targets[:, :, None], at_target - 1, axis=2)
    return np.einsum("btv,bt->btv", p, mask / mask.sum())
