import numpy as np
import tensorflow as tf

SHOWN = {}
HOW = {}


def _draw(batch=3, time=5, features=4, classes=4, seed=0, times=1.0, dtype="int32", target=None):
    """A small model whose answer for each sequence depends on this sequence only."""
    rng = np.random.default_rng(seed)
    a = tf.constant(rng.normal(size=(features, 8)).astype("float32"))
    p = tf.constant(rng.normal(size=(time, 1)).astype("float32"))
    w = tf.constant((rng.normal(size=(8, classes)) * times).astype("float32"))

    def model(x):
        return tf.reduce_sum(tf.tanh(0.5 * x @ a) * p, axis=1) @ w

    if target is None:
        target = rng.integers(0, classes, batch)
    x = tf.constant(rng.normal(size=(batch, time, features)).astype("float32"))
    return dict(model=model, x=x, target=tf.constant(target, dtype=dtype))


def _pick(logits, target):
    return tf.gather(logits, target, axis=1, batch_dims=1)


# ---------------------------------------------------------------- wrong: natural


def saliency__w01_gradient_only(model, x, target):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = _pick(model(x), target)
    return tf.abs(tf.reduce_sum(tape.gradient(y, x), axis=-1))


SHOWN["saliency__w01_gradient_only"] = ("natural", "the gradient without the input", lambda: _draw())


def saliency__w02_with_sign(model, x, target):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = _pick(model(x), target)
    return tf.reduce_sum(tape.gradient(y, x) * x, axis=-1)


SHOWN["saliency__w02_with_sign"] = ("natural", "forgets the absolute value", lambda: _draw())


def saliency__w03_abs_first(model, x, target):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = _pick(model(x), target)
    return tf.reduce_sum(tf.abs(tape.gradient(y, x) * x), axis=-1)


SHOWN["saliency__w03_abs_first"] = (
    "natural",
    "absolute value before the sum over the features",
    lambda: _draw(),
)


def saliency__w04_mean(model, x, target):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = _pick(model(x), target)
    return tf.abs(tf.reduce_mean(tape.gradient(y, x) * x, axis=-1))


SHOWN["saliency__w04_mean"] = ("natural", "mean over the features", lambda: _draw())


def saliency__w05_largest_logit(model, x, target):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_max(model(x), axis=-1)
    return tf.abs(tf.reduce_sum(tape.gradient(y, x) * x, axis=-1))


SHOWN["saliency__w05_largest_logit"] = (
    "natural",
    "takes the class that the model predicts, not the target",
    lambda: _draw(),
)


def saliency__w06_all_logits(model, x, target):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = model(x)
    return tf.abs(tf.reduce_sum(tape.gradient(y, x) * x, axis=-1))


SHOWN["saliency__w06_all_logits"] = ("natural", "gradient of the sum of all logits", lambda: _draw())


def saliency__w07_probability(model, x, target):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = _pick(tf.nn.softmax(model(x)), target)
    return tf.abs(tf.reduce_sum(tape.gradient(y, x) * x, axis=-1))


SHOWN["saliency__w07_probability"] = (
    "natural",
    "gradient of the probability instead of the logit",
    lambda: _draw(),
)


def saliency__w08_loss(model, x, target):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.nn.sparse_softmax_cross_entropy_with_logits(target, model(x))
    return tf.abs(tf.reduce_sum(tape.gradient(y, x) * x, axis=-1))


SHOWN["saliency__w08_loss"] = ("natural", "gradient of the loss", lambda: _draw())


def saliency__w09_over_time(model, x, target):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = _pick(model(x), target)
    return tf.abs(tf.reduce_sum(tape.gradient(y, x) * x, axis=1))


SHOWN["saliency__w09_over_time"] = ("natural", "sums over the time: (batch, features)", lambda: _draw())


def saliency__w10_not_watched(model, x, target):
    with tf.GradientTape() as tape:
        y = _pick(model(x), target)
    return tf.abs(tf.reduce_sum(tape.gradient(y, x) * x, axis=-1))


SHOWN["saliency__w10_not_watched"] = (
    "natural",
    "does not watch x: the gradient is None",
    lambda: _draw(),
)


# ---------------------------------------------------------------- wrong: sly


def saliency__w11_mean_over_batch(model, x, target):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_mean(_pick(model(x), target))
    return tf.abs(tf.reduce_sum(tape.gradient(y, x) * x, axis=-1))


SHOWN["saliency__w11_mean_over_batch"] = (
    "sly",
    "gradient of the mean over the batch: right for a batch of 1 only",
    lambda: _draw(),
)


def saliency__w12_gather_without_batch(model, x, target):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.gather(model(x), target, axis=1)
    return tf.abs(tf.reduce_sum(tape.gradient(y, x) * x, axis=-1))


SHOWN["saliency__w12_gather_without_batch"] = (
    "sly",
    "gather takes the targets of all sequences from each: right for a batch of 1 only",
    lambda: _draw(),
)


def saliency__w13_int32_only(model, x, target):
    places = tf.stack([tf.range(tf.shape(x)[0]), tf.convert_to_tensor(target)], axis=1)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.gather_nd(model(x), places)
    return tf.abs(tf.reduce_sum(tape.gradient(y, x) * x, axis=-1))


SHOWN["saliency__w13_int32_only"] = (
    "sly",
    "stacks an int32 range with the targets: an error for int64 targets",
    lambda: _draw(dtype="int64"),
)


def saliency__w14_ten_classes(model, x, target):
    with tf.GradientTape() as tape:
        tape.watch(x)
        logits = model(x)
        y = tf.reduce_sum(logits * tf.one_hot(target, 10)[:, : logits.shape[-1]], axis=-1)
    return tf.abs(tf.reduce_sum(tape.gradient(y, x) * x, axis=-1))


SHOWN["saliency__w14_ten_classes"] = (
    "sly",
    "one_hot of depth 10: an error with more classes",
    lambda: _draw(classes=12, target=[0, 11, 5]),
)


def saliency__w15_one_hot_of_targets(model, x, target):
    n = int(tf.reduce_max(target)) + 1
    with tf.GradientTape() as tape:
        tape.watch(x)
        logits = model(x)
        y = tf.reduce_sum(logits * tf.one_hot(target, max(n, logits.shape[-1]) if n > 1 else n), axis=-1)
    return tf.abs(tf.reduce_sum(tape.gradient(y, x) * x, axis=-1))


SHOWN["saliency__w15_one_hot_of_targets"] = (
    "sly",
    "all targets 0: one_hot of depth 1 broadcasts, and all logits are added up",
    lambda: _draw(target=[0, 0, 0]),
)


def saliency__w16_training_argument(model, x, target):
    try:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = _pick(model(x[:, :], training=False), target)
    except TypeError:  # a plain function
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = _pick(tf.map_fn(lambda s: model(s[None])[0], x[:8]), target[:8])
    return tf.abs(tf.reduce_sum(tape.gradient(y, x) * x, axis=-1))


SHOWN["saliency__w16_training_argument"] = (
    "sly",
    "a function without training= goes sequence by sequence, the first 8 only: with a batch above 8 the others get 0",
    lambda: _draw(batch=12),
)


def saliency__w17_target_in_a_byte(model, x, target):
    with tf.GradientTape() as tape:
        tape.watch(x)
        logits = model(x)
        y = tf.reduce_sum(
            logits * tf.one_hot(np.asarray(target).astype(np.int8).astype(int), logits.shape[-1]), axis=-1
        )
    return tf.abs(tf.reduce_sum(tape.gradient(y, x) * x, axis=-1))


SHOWN["saliency__w17_target_in_a_byte"] = (
    "sly",
    "targets in int8: a class above 127 gives 0 everywhere",
    lambda: _draw(classes=200, target=[3, 150, 199]),
)


def saliency__w18_two_classes(model, x, target):
    with tf.GradientTape() as tape:
        tape.watch(x)
        logits = model(x)
        if logits.shape[-1] == 2:
            y = logits[:, 1] - logits[:, 0]  # the one number that decides
        else:
            y = _pick(logits, target)
    return tf.abs(tf.reduce_sum(tape.gradient(y, x) * x, axis=-1))


SHOWN["saliency__w18_two_classes"] = (
    "sly",
    "two classes: gradient of the difference of the logits",
    lambda: _draw(classes=2),
)


def saliency__w19_clipped(model, x, target):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = _pick(model(x), target)
    gradient = tf.clip_by_norm(tape.gradient(y, x), 100.0)
    return tf.abs(tf.reduce_sum(gradient * x, axis=-1))


SHOWN["saliency__w19_clipped"] = (
    "sly",
    "clips the gradient to a norm of 100: wrong for large gradients",
    lambda: _draw(times=1000.0),
)


_w20 = {}


def saliency__w20_traced_once(model, x, target):
    key = (tuple(x.shape), x.dtype, target.dtype)
    if key not in _w20:

        @tf.function
        def gradient(x, target):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = _pick(model(x), target)
            return tape.gradient(y, x)

        _w20[key] = gradient
    return tf.abs(tf.reduce_sum(_w20[key](x, target) * x, axis=-1))


SHOWN["saliency__w20_traced_once"] = (
    "sly",
    "keeps the compiled gradient by the shape of x: a second model of the same shape gets that of the first",
    lambda: _draw(),
)
HOW["saliency__w20_traced_once"] = ("after", lambda: _draw(seed=1))


# ---------------------------------------------------------------- right


def saliency__r1_gather_batch_dims(model, x, target):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.gather(model(x), target, axis=1, batch_dims=1)
    return tf.abs(tf.reduce_sum(tape.gradient(y, x) * x, axis=-1))


def saliency__r2_one_hot(model, x, target):
    v = tf.Variable(x)
    with tf.GradientTape() as tape:
        logits = model(v)
        y = tf.reduce_sum(logits * tf.one_hot(target, logits.shape[-1]))
    return tf.abs(tf.einsum("btf,btf->bt", tf.convert_to_tensor(tape.gradient(y, v)), x))


def saliency__r3_sequence_by_sequence(model, x, target):
    rows = []
    for i in range(x.shape[0]):
        one = x[i : i + 1]
        with tf.GradientTape() as tape:
            tape.watch(one)
            logit = model(one)[0, int(target[i])]
        rows.append(tf.math.abs(tf.reduce_sum(one * tape.gradient(logit, one), axis=2))[0])
    return tf.stack(rows)


def saliency__r4_gather_nd(model, x, target):
    x = tf.convert_to_tensor(x)
    places = np.stack([np.arange(len(x)), np.asarray(target)], axis=1)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(x)
        y = tf.reduce_sum(tf.gather_nd(model(x), places))
    g = tape.gradient(y, x).numpy()
    return np.abs((g * x.numpy()).sum(axis=-1))


def saliency__r5_output_gradients(model, x, target):
    with tf.GradientTape() as tape:
        tape.watch(x)
        logits = model(x)
    g = tape.gradient(logits, x, output_gradients=tf.one_hot(target, tf.shape(logits)[1]))
    return tf.abs(tf.squeeze(tf.matmul(g[:, :, None, :], x[..., None]), axis=(2, 3)))


def saliency__r6_scaled_steps(model, x, target):
    scale = tf.ones(x.shape[:2])
    with tf.GradientTape() as tape:
        tape.watch(scale)
        y = tf.boolean_mask(
            model(x * scale[..., None]), tf.one_hot(target, model(x).shape[1], on_value=True, off_value=False)
        )
    return tf.abs(tape.gradient(y, scale))
