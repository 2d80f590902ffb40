"""The classic wrong answers of lab 4, part 2: patches, the class token, rollout, saliency.

A name says all (`listed`): `patchify__reshape_alone` must earn the hint `reshape_alone`.
"""

import numpy as np

from checks.late import tf

# 2.1 patchify


def _cut(images, size, order):
    _, height, width, channels = images.shape
    x = tf.reshape(images, (-1, height // size, size, width // size, size, channels))
    return tf.reshape(tf.transpose(x, order), (-1, height * width // size**2, size * size * channels))


def patchify__not_differentiable(images, size):
    return _cut(images, size, (0, 1, 3, 2, 4, 5)).numpy()


def patchify__batch_unknown(images, size):
    batch, height, width, channels = images.shape
    x = tf.reshape(images, (batch, height // size, size, width // size, size, channels))
    return tf.reshape(tf.transpose(x, (0, 1, 3, 2, 4, 5)), (batch, -1, size * size * channels))


def patchify__in_graph__numpy(images, size):
    return tf.convert_to_tensor(_cut(tf.constant(np.array(images)), size, (0, 1, 3, 2, 4, 5))) + 0 * tf.reshape(
        images, (images.shape[0], -1, size * size * images.shape[3])
    )


def patchify__gradient__doubled(images, size):
    right = _cut(images, size, (0, 1, 3, 2, 4, 5))
    return 2 * right - tf.stop_gradient(right)


def patchify__reshape_alone(images, size):
    _, height, width, channels = images.shape
    return tf.reshape(images, (-1, height * width // size**2, size * size * channels))


def patchify__columns_first(images, size):
    _, height, width, channels = images.shape
    patches = [
        tf.reshape(images[:, top : top + size, left : left + size], (-1, size * size * channels))
        for left in range(0, width, size)
        for top in range(0, height, size)
    ]
    return tf.stack(patches, axis=1)


def patchify__pixels_transposed(images, size):
    return _cut(images, size, (0, 1, 3, 4, 2, 5))


def patchify__both_transposed(images, size):
    return _cut(images, size, (0, 3, 1, 4, 2, 5))


def patchify__rows_only(images, size):
    _, height, width, channels = images.shape
    return tf.reshape(images, (-1, height // size, size * width * channels))


def patchify__channels_first(images, size):
    return _cut(images, size, (0, 1, 3, 5, 2, 4))


def patchify__kept_square(images, size):
    _, height, width, channels = images.shape
    x = tf.reshape(images, (-1, height // size, size, width // size, size, channels))
    return tf.reshape(tf.transpose(x, (0, 1, 3, 2, 4, 5)), (-1, height * width // size**2, size, size, channels))


def patchify__kept_square__channels_apart(images, size):
    right = _cut(images, size, (0, 1, 3, 2, 4, 5))
    return tf.reshape(right, (-1, right.shape[1], size * size, images.shape[3]))


def patchify__in_the_batch(images, size):
    right = _cut(images, size, (0, 1, 3, 2, 4, 5))
    return tf.reshape(right, (-1, right.shape[2]))


def patchify__raises__exchanged(images, size):
    _, height, width, channels = images.shape
    return tf.reshape(images, (-1, width // size, size, height // size, size + 1, channels))


def patchify__value__turned(images, size):
    return _cut(images[:, ::-1], size, (0, 1, 3, 2, 4, 5))


def patchify__zeros(images, size):
    return tf.zeros((images.shape[0], images.shape[1] * images.shape[2] // size**2, size * size * images.shape[3]))


def patchify__constant(images, size):
    return tf.ones((images.shape[0], images.shape[1] * images.shape[2] // size**2, size * size * images.shape[3]))


def patchify__echo(images, size):
    return images


# 2.2 add_class_token


def _front(x, token):
    return tf.zeros_like(x[:, :1]) + token


def add_class_token__not_differentiable(x, token):
    return np.concatenate([np.broadcast_to(token, (len(x), 1, len(token))), x], axis=1)


def add_class_token__not_differentiable__token(x, token):
    return tf.concat([tf.zeros_like(x[:, :1]) + tf.constant(token.numpy()), x], axis=1)


def add_class_token__batch_unknown(x, token):
    return tf.concat([tf.tile(token[None, None], (x.shape[0], 1, 1)), x], axis=1)


def add_class_token__batch_unknown__stacked(x, token):
    return tf.stack([tf.concat([token[None], x[row]], axis=0) for row in range(x.shape[0])])


def add_class_token__not_differentiable__stopped(x, token):
    return tf.concat([tf.stop_gradient(_front(x, token)), x], axis=1)


def add_class_token__at_the_end(x, token):
    return tf.concat([x, _front(x, token)], axis=1)


def add_class_token__added(x, token):
    return x + token


def add_class_token__overwrites(x, token):
    return tf.concat([_front(x, token), x[:, 1:]], axis=1)


def add_class_token__first_sequence_only(x, token):
    front = tf.concat([_front(x[:1], token), tf.zeros_like(x[1:, :1])], axis=0)
    return tf.concat([front, x], axis=1)


def add_class_token__as_feature(x, token):
    return tf.concat([tf.zeros_like(x) + token, x], axis=2)


def add_class_token__as_feature__behind(x, token):
    return tf.concat([x, tf.zeros_like(x) + token], axis=-1)


def add_class_token__as_sequence(x, token):
    return tf.concat([tf.zeros_like(x[:1]) + token, x], axis=0)


def add_class_token__raises__no_batch(x, token):
    return tf.concat([token[None], x], axis=1)


def add_class_token__value__half(x, token):
    return tf.concat([_front(x, token) / 2, x], axis=1)


def add_class_token__zeros(x, token):
    return tf.zeros((x.shape[0], x.shape[1] + 1, x.shape[2]))


def add_class_token__constant(x, token):
    return tf.ones((x.shape[0], x.shape[1] + 1, x.shape[2]))


def add_class_token__echo(x, token):
    return x


# 2.3 attention_rollout


def _follow(tables):
    result = tables[0]
    for table in tables[1:]:
        result = np.matmul(table, result)
    return result


def attention_rollout__no_residual(weights):
    return _follow([one.mean(axis=1) for one in weights])


def attention_rollout__order_reversed(weights):
    result = np.eye(weights[0].shape[-1])
    for one in weights:
        result = result @ (0.5 * one.mean(axis=1) + 0.5 * np.eye(one.shape[-1]))
    return result


def attention_rollout__elementwise(weights):
    result = 1.0
    for one in weights:
        result = result * (0.5 * one.mean(axis=1) + 0.5 * np.eye(one.shape[-1]))
    return result


def attention_rollout__mean_of_blocks(weights):
    return np.mean(weights, axis=(0, 2))


def attention_rollout__mean_of_blocks__with_the_identity(weights):
    return (np.mean(weights, axis=(0, 2)) + np.eye(weights[0].shape[-1])) / 2


def attention_rollout__last_block(weights):
    return weights[-1].mean(axis=1)


def attention_rollout__last_block__with_the_identity(weights):
    for one in weights:
        result = 0.5 * one.mean(axis=1) + 0.5 * np.eye(one.shape[-1])
    return result


def attention_rollout__first_block(weights):
    result = None
    for one in weights:
        step = 0.5 * one.mean(axis=1) + 0.5 * np.eye(one.shape[-1])
        result = step if result is None else result
    return result


def attention_rollout__first_block__plain(weights):
    return weights[0].mean(axis=1)


def attention_rollout__first_head(weights):
    return _follow([0.5 * one[:, 0] + 0.5 * np.eye(one.shape[-1]) for one in weights])


def attention_rollout__not_halved(weights):
    return _follow([one.mean(axis=1) + np.eye(one.shape[-1]) for one in weights])


def attention_rollout__not_halved__identity(weights):
    return _follow([0.5 * one.mean(axis=1) + np.eye(one.shape[-1]) for one in weights])


def attention_rollout__heads_summed(weights):
    return _follow([0.5 * one.sum(axis=1) + 0.5 * np.eye(one.shape[-1]) for one in weights])


def attention_rollout__heads_largest(weights):
    return _follow([0.5 * one.max(axis=1) + 0.5 * np.eye(one.shape[-1]) for one in weights])


def attention_rollout__heads_kept(weights):
    return _follow([0.5 * one + 0.5 * np.eye(one.shape[-1]) for one in weights])


def attention_rollout__class_token_only(weights):
    return _follow([0.5 * one.mean(axis=1) + 0.5 * np.eye(one.shape[-1]) for one in weights])[:, 0]


def attention_rollout__value__own_share(weights):
    return _follow([0.9 * one.mean(axis=1) + 0.1 * np.eye(one.shape[-1]) for one in weights])


def attention_rollout__raises__matrix_of_the_list(weights):
    return weights.mean(axis=1)


def attention_rollout__changed(weights):
    for one in weights:
        one *= 0.5
    return _follow([one.mean(axis=1) + 0.5 * np.eye(one.shape[-1]) for one in weights])


def attention_rollout__zeros(weights):
    return np.zeros(weights[0][:, 0].shape)


def attention_rollout__constant(weights):
    return np.ones(weights[0][:, 0].shape)


def attention_rollout__echo(weights):
    return weights


# 2.4 unpatchify


def _joined(patches, height, width, size, order, *, shape=None):
    rows, columns = height // size, width // size
    channels = patches.shape[2] // size**2
    sizes = dict(zip(range(6), (len(patches), rows, size, columns, size, channels), strict=True))
    x = patches.reshape([sizes[axis] for axis in order]).transpose(np.argsort(order))
    return x.reshape(shape or (len(patches), height, width, channels))


def unpatchify__reshape_alone(patches, height, width, size):
    return patches.reshape(len(patches), height, width, -1)


def unpatchify__columns_first(patches, height, width, size):
    return _joined(patches, height, width, size, (0, 3, 1, 2, 4, 5))


def unpatchify__pixels_transposed(patches, height, width, size):
    return _joined(patches, height, width, size, (0, 1, 3, 4, 2, 5))


def unpatchify__both_transposed(patches, height, width, size):
    return _joined(patches, height, width, size, (0, 3, 1, 4, 2, 5))


def unpatchify__channels_first(patches, height, width, size):
    return _joined(patches, height, width, size, (0, 1, 3, 5, 2, 4))


def unpatchify__exchanged(patches, height, width, size):
    return _joined(patches, height, width, size, (0, 1, 3, 2, 4, 5), shape=(len(patches), width, height, -1))


def unpatchify__no_channels(patches, height, width, size):
    return _joined(patches, height, width, size, (0, 1, 3, 2, 4, 5), shape=(len(patches), height, -1))


def unpatchify__value__upside_down(patches, height, width, size):
    return _joined(patches, height, width, size, (0, 1, 3, 2, 4, 5))[:, ::-1]


def unpatchify__raises__height_for_both(patches, height, width, size):
    return _joined(patches, height, height + size, size, (0, 1, 3, 2, 4, 5))


def unpatchify__changed(patches, height, width, size):
    found = _joined(patches, height, width, size, (0, 1, 3, 2, 4, 5)).copy()
    patches[0] = 0
    return found


def unpatchify__zeros(patches, height, width, size):
    return np.zeros((len(patches), height, width, patches.shape[2] // size**2))


def unpatchify__constant(patches, height, width, size):
    return np.ones((len(patches), height, width, patches.shape[2] // size**2))


def unpatchify__echo(patches, height, width, size):
    return patches


# 2.5 saliency


def _gradient(model, x, choose):
    with tf.GradientTape() as tape:
        tape.watch(x)
        chosen = choose(model(x))
    return tape.gradient(chosen, x)


def _logit(target):
    return lambda logits: tf.gather(logits, target, batch_dims=1)


def _seen(gradient, x):
    return tf.abs(tf.reduce_sum(gradient * x, axis=-1))


def saliency__no_input(model, x, target):
    return tf.abs(tf.reduce_sum(_gradient(model, x, _logit(target)), axis=-1))


def saliency__no_input__sizes(model, x, target):
    return tf.reduce_sum(tf.abs(_gradient(model, x, _logit(target))), axis=-1)


def saliency__no_input__norm(model, x, target):
    return tf.norm(_gradient(model, x, _logit(target)), axis=-1)


def saliency__signed(model, x, target):
    return tf.reduce_sum(_gradient(model, x, _logit(target)) * x, axis=-1)


def saliency__abs_too_early(model, x, target):
    return tf.reduce_sum(tf.abs(_gradient(model, x, _logit(target)) * x), axis=-1)


def saliency__features_averaged(model, x, target):
    return tf.abs(tf.reduce_mean(_gradient(model, x, _logit(target)) * x, axis=-1))


def saliency__features_kept(model, x, target):
    return tf.abs(_gradient(model, x, _logit(target)) * x)


def saliency__squared(model, x, target):
    return tf.reduce_sum(_gradient(model, x, _logit(target)) * x, axis=-1) ** 2


def saliency__batch_averaged(model, x, target):
    return _seen(_gradient(model, x, lambda logits: tf.reduce_mean(_logit(target)(logits))), x)


def saliency__of_probability(model, x, target):
    return _seen(_gradient(model, x, lambda logits: _logit(target)(tf.nn.softmax(logits))), x)


def saliency__of_the_loss(model, x, target):
    def loss(logits):
        return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=target, logits=logits)

    return _seen(_gradient(model, x, loss), x)


def saliency__all_logits(model, x, target):
    return _seen(_gradient(model, x, lambda logits: logits), x)


def saliency__largest_logit(model, x, target):
    return _seen(_gradient(model, x, lambda logits: tf.reduce_max(logits, axis=-1)), x)


def saliency__first_target(model, x, target):
    return _seen(_gradient(model, x, lambda logits: logits[:, target[0]]), x)


def saliency__value__double(model, x, target):
    return 2 * _seen(_gradient(model, x, _logit(target)), x)


def saliency__raises__not_watched(model, x, target):
    with tf.GradientTape() as tape:
        chosen = _logit(target)(model(x))
    return _seen(tape.gradient(chosen, x), x)


def saliency__zeros(model, x, target):
    return tf.zeros(x.shape[:2])


def saliency__constant(model, x, target):
    return tf.ones(x.shape[:2])


def saliency__echo(model, x, target):
    return x
