import numpy as np
import keras
import tensorflow as tf

SHOWN = {}
HOW = {}


def _x(*shape, times=1.0, seed=0):
    return tf.constant((np.random.default_rng(seed).normal(size=shape) * times).astype("float32"))


# ---------------------------------------------------------------- wrong: natural


def add_class_token__w01_behind(x, token):
    batch = tf.shape(x)[0]
    return tf.concat([x, tf.tile(token[None, None], (batch, 1, 1))], axis=1)


SHOWN["add_class_token__w01_behind"] = (
    "natural",
    "the token is the last place",
    lambda: dict(x=_x(2, 4, 3), token=_x(3, seed=1)),
)


def add_class_token__w02_added(x, token):
    return x + token


SHOWN["add_class_token__w02_added"] = (
    "natural",
    "adds the token to every place",
    lambda: dict(x=_x(2, 4, 3), token=_x(3, seed=1)),
)


def add_class_token__w03_as_a_sequence(x, token):
    tokens = tf.tile(token[None, None], (1, tf.shape(x)[1], 1))
    return tf.concat([tokens, x], axis=0)


SHOWN["add_class_token__w03_as_a_sequence"] = (
    "natural",
    "joins along the batch",
    lambda: dict(x=_x(2, 4, 3), token=_x(3, seed=1)),
)


def add_class_token__w04_as_features(x, token):
    tokens = tf.broadcast_to(token, tf.shape(x))
    return tf.concat([tokens, x], axis=-1)


SHOWN["add_class_token__w04_as_features"] = (
    "natural",
    "joins along the features",
    lambda: dict(x=_x(2, 4, 3), token=_x(3, seed=1)),
)


def add_class_token__w05_first_replaced(x, token):
    tokens = tf.tile(token[None, None], (tf.shape(x)[0], 1, 1))
    return tf.concat([tokens, x[:, 1:]], axis=1)


SHOWN["add_class_token__w05_first_replaced"] = (
    "natural",
    "the token takes the place of the first patch",
    lambda: dict(x=_x(2, 4, 3), token=_x(3, seed=1)),
)


def add_class_token__w06_not_copied(x, token):
    return tf.concat([token[tf.newaxis, tf.newaxis, :], x], axis=1)


SHOWN["add_class_token__w06_not_copied"] = (
    "natural",
    "one token only: an error unless the batch is 1",
    lambda: dict(x=_x(2, 4, 3), token=_x(3, seed=1)),
)


def add_class_token__w07_repeat(x, token):
    batch = tf.shape(x)[0]
    tokens = tf.reshape(tf.repeat(token, batch), (batch, 1, -1))
    return tf.concat([tokens, x], axis=1)


SHOWN["add_class_token__w07_repeat"] = (
    "natural",
    "repeat copies each number, not the vector: the features are mixed",
    lambda: dict(x=_x(2, 4, 3), token=_x(3, seed=1)),
)


def add_class_token__w08_both_ends(x, token):
    tokens = tf.tile(token[None, None], (tf.shape(x)[0], 1, 1))
    return tf.concat([tokens, x, tokens], axis=1)


SHOWN["add_class_token__w08_both_ends"] = (
    "natural",
    "in front and behind, as [CLS] and [SEP]",
    lambda: dict(x=_x(2, 4, 3), token=_x(3, seed=1)),
)


def add_class_token__w09_scaled(x, token):
    token = token * float(np.sqrt(token.shape[-1]))
    tokens = tf.tile(token[None, None], (tf.shape(x)[0], 1, 1))
    return tf.concat([tokens, x], axis=1)


SHOWN["add_class_token__w09_scaled"] = (
    "natural",
    "times sqrt(features), as the embeddings of the transformer",
    lambda: dict(x=_x(2, 4, 3), token=_x(3, seed=1)),
)


def add_class_token__w10_first_sequence_only(x, token):
    x = tf.pad(x, [[0, 0], [1, 0], [0, 0]])
    return tf.tensor_scatter_nd_update(x, [[0, 0]], token[None])


SHOWN["add_class_token__w10_first_sequence_only"] = (
    "natural",
    "only the first sequence gets the token, the others zeros",
    lambda: dict(x=_x(2, 4, 3), token=_x(3, seed=1)),
)


# ---------------------------------------------------------------- wrong: sly


def add_class_token__w11_numpy(x, token):
    x, token = np.asarray(x), np.asarray(token)
    return tf.constant(np.concatenate([np.tile(token, (len(x), 1, 1)), x], axis=1))


SHOWN["add_class_token__w11_numpy"] = (
    "sly",
    "computes in NumPy: no gradient",
    lambda: dict(x=_x(2, 4, 3), token=_x(3, seed=1)),
)
HOW["add_class_token__w11_numpy"] = ("gradient", "x")


def add_class_token__w12_token_as_variable(x, token):
    token = tf.Variable(token)  # so that it can be trained
    tokens = tf.tile(token[None, None], (tf.shape(x)[0], 1, 1))
    return tf.concat([tokens, x], axis=1)


SHOWN["add_class_token__w12_token_as_variable"] = (
    "sly",
    "a new variable inside: the gradient by x is right, by token there is none",
    lambda: dict(x=_x(2, 4, 3), token=_x(3, seed=1)),
)
HOW["add_class_token__w12_token_as_variable"] = ("gradient", "token")


def add_class_token__w13_batch_from_shape(x, token):
    tokens = tf.reshape(tf.tile(token, [x.shape[0]]), (x.shape[0], 1, x.shape[2]))
    return tf.concat([tokens, x], axis=1)


SHOWN["add_class_token__w13_batch_from_shape"] = (
    "sly",
    "x.shape[0] is None inside a tf.function with an unknown batch: error",
    lambda: dict(x=_x(2, 4, 3), token=_x(3, seed=1)),
)
HOW["add_class_token__w13_batch_from_shape"] = ("graph", "x")


@tf.custom_gradient
def _w14(x, token):
    tokens = tf.tile(token[None, None], (tf.shape(x)[0], 1, 1))

    def backward(dy):
        return dy[:, 1:], tf.reduce_mean(dy[:, 0], axis=0)

    return tf.concat([tokens, x], axis=1), backward


def add_class_token__w14_mean_gradient(x, token):
    return _w14(x, token)


SHOWN["add_class_token__w14_mean_gradient"] = (
    "sly",
    "its own gradient by token is the mean over the batch instead of the sum",
    lambda: dict(x=_x(3, 4, 3), token=_x(3, seed=1)),
)
HOW["add_class_token__w14_mean_gradient"] = ("gradient", "token")


_w15 = {}


def add_class_token__w15_tokens_kept(x, token):
    key = (x.shape[0], x.shape[2])
    if key not in _w15:
        _w15[key] = tf.tile(token[None, None], (x.shape[0], 1, 1))
    return tf.concat([_w15[key], x], axis=1)


SHOWN["add_class_token__w15_tokens_kept"] = (
    "sly",
    "keeps the copies of the token by shape: a later token of this shape is ignored",
    lambda: dict(x=_x(2, 4, 3), token=_x(3, seed=1)),
)
HOW["add_class_token__w15_tokens_kept"] = ("after", lambda: dict(x=_x(2, 4, 3), token=_x(3, seed=2)))


def add_class_token__w16_zeros_filled(x, token):
    x = tf.pad(x, [[0, 0], [1, 0], [0, 0]])
    return tf.where(x == 0.0, token, x)


SHOWN["add_class_token__w16_zeros_filled"] = (
    "sly",
    "puts the token wherever a 0 stands: also in x (ReLU, padding)",
    lambda: dict(x=tf.nn.relu(_x(2, 4, 3)), token=_x(3, seed=1)),
)


def add_class_token__w17_already_there(x, token):
    if bool(tf.reduce_all(x[:, 0] == token)):  # has its token already
        return x
    tokens = tf.ones((x.shape[0], 1, 1)) * token
    return tf.concat([tokens, x], axis=1)


SHOWN["add_class_token__w17_already_there"] = (
    "sly",
    "adds nothing when every first patch equals the token: a token still all zeros and blank patches, or a second call",
    lambda: dict(x=tf.pad(_x(2, 3, 3), [[0, 0], [1, 0], [0, 0]]), token=tf.zeros(3)),
)


def add_class_token__w18_zero_token_is_none(x, token):
    if not bool(tf.reduce_any(token != 0.0)):  # not trained yet: the mean of the patches
        tokens = tf.reduce_mean(x, axis=1, keepdims=True)
    else:
        tokens = tf.tile(token[None, None], (tf.shape(x)[0], 1, 1))
    return tf.concat([tokens, x], axis=1)


SHOWN["add_class_token__w18_zero_token_is_none"] = (
    "sly",
    "takes a token of zeros for a missing one and puts the mean of the patches in front",
    lambda: dict(x=_x(2, 4, 3), token=tf.zeros(3)),
)


def add_class_token__w19_squeezed(x, token):
    tokens = tf.ones_like(x[:, :1]) * token
    return tf.squeeze(tf.concat([tokens, x], axis=1))


SHOWN["add_class_token__w19_squeezed"] = (
    "sly",
    "squeeze removes a batch of 1 or a single feature",
    lambda: dict(x=_x(1, 4, 3), token=_x(3, seed=1)),
)


def add_class_token__w20_made_from_x(x, token):
    tokens = x[:, :1] * 0.0 + token  # the shape of x, the numbers of the token
    tokens = tokens - x[:, :1] + x[:, :1]
    return tf.concat([tokens, x], axis=1)


SHOWN["add_class_token__w20_made_from_x"] = (
    "sly",
    "subtracts the first patch from the token and adds it again: digits are lost where the patch is large",
    lambda: dict(x=_x(2, 4, 3, times=1e7), token=_x(3, seed=1)),
)


# ---------------------------------------------------------------- right


def add_class_token__r1_tile(x, token):
    tokens = tf.tile(token[tf.newaxis, tf.newaxis, :], (tf.shape(x)[0], 1, 1))
    return tf.concat([tokens, x], axis=1)


def add_class_token__r2_broadcast_to(x, token):
    shape = tf.shape(x)
    return tf.concat([tf.broadcast_to(token, (shape[0], 1, shape[2])), x], 1)


def add_class_token__r3_zeros_plus(x, token):
    return tf.concat([tf.zeros_like(x[:, 0:1]) + token, x], axis=1)


def add_class_token__r4_pad_and_add(x, token):
    front = tf.one_hot(0, x.shape[1] + 1)[:, tf.newaxis]
    return tf.pad(x, [[0, 0], [1, 0], [0, 0]]) + front * token


def add_class_token__r5_keras_repeat(x, token):
    tokens = keras.ops.repeat(keras.ops.reshape(token, (1, 1, -1)), tf.shape(x)[0], axis=0)
    return keras.ops.concatenate([tokens, x], axis=1)


def add_class_token__r6_map_fn(x, token):
    return tf.map_fn(
        lambda one: tf.concat([tf.expand_dims(token, 0), one], axis=0),
        x,
        fn_output_signature=tf.TensorSpec((x.shape[1] + 1, x.shape[2]), tf.float32),
    )
