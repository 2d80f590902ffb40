"""Right answers of lab 4, part 2, that differ from the solution."""

from functools import reduce

import numpy as np

from checks.late import tf

# 2.1 patchify


def patchify__extract_patches(images, size):
    sizes = [1, size, size, 1]
    cut = tf.image.extract_patches(images, sizes, sizes, [1, 1, 1, 1], "VALID")
    return tf.reshape(cut, (-1, cut.shape[1] * cut.shape[2], cut.shape[3]))


def patchify__slices(images, size):
    _, height, width, channels = images.shape
    patches = [
        tf.reshape(images[:, top : top + size, left : left + size], (-1, size * size * channels))
        for top in range(0, height, size)
        for left in range(0, width, size)
    ]
    return tf.stack(patches, axis=1)


def patchify__space_to_depth(images, size):
    channels = images.shape[3]
    cut = images if size == 1 else tf.nn.space_to_depth(images, size)
    return tf.reshape(cut, (-1, cut.shape[1] * cut.shape[2], size * size * channels))


def patchify__keras_ops(images, size):
    from keras import ops

    _, height, width, channels = images.shape
    rows, columns = height // size, width // size
    x = ops.reshape(images, (-1, rows, size, columns, size * channels))
    return ops.reshape(ops.transpose(x, (0, 1, 3, 2, 4)), (-1, rows * columns, size * size * channels))


def patchify__split(images, size):
    _, height, width, channels = images.shape
    rows = tf.split(images, height // size, axis=1)
    patches = [patch for row in rows for patch in tf.split(row, width // size, axis=2)]
    return tf.stack([tf.reshape(patch, (-1, size * size * channels)) for patch in patches], axis=1)


def patchify__dynamic_shape(images, size):
    shape = tf.shape(images)
    rows, columns = shape[1] // size, shape[2] // size
    x = tf.reshape(images, (shape[0], rows, size, columns, size, shape[3]))
    x = tf.einsum("brpcqk->brcpqk", x)
    return tf.reshape(x, (shape[0], rows * columns, size * size * shape[3]))


def patchify__gather(images, size):
    _, height, width, channels = images.shape
    places = np.arange(height * width * channels).reshape(height // size, size, width // size, size, channels)
    order = places.transpose(0, 2, 1, 3, 4).reshape(-1, size * size * channels)
    return tf.gather(tf.reshape(images, (-1, height * width * channels)), order, axis=1)


# 2.2 add_class_token


def add_class_token__broadcast(x, token):
    front = tf.broadcast_to(token, (tf.shape(x)[0], 1, tf.shape(x)[2]))
    return tf.concat([front, x], axis=1)


def add_class_token__tile(x, token):
    return tf.concat([tf.tile(token[tf.newaxis, tf.newaxis], [tf.shape(x)[0], 1, 1]), x], axis=1)


def add_class_token__repeat(x, token):
    return tf.concat([tf.repeat(token[None, None], tf.shape(x)[0], axis=0), x], axis=1)


def add_class_token__padded(x, token):
    room = tf.pad(x, [[0, 0], [1, 0], [0, 0]])
    first = tf.one_hot(0, room.shape[1])[:, None]
    return room + first * token


def add_class_token__keras_ops(x, token):
    from keras import ops

    return ops.concatenate([ops.zeros_like(x[:, :1]) + ops.reshape(token, (1, 1, -1)), x], axis=1)


def add_class_token__row_by_row(x, token):
    return tf.map_fn(lambda row: tf.concat([token[None], row], axis=0), x)


def add_class_token__outer_product(x, token):
    ones = tf.ones_like(x[:, :1, :1])
    return tf.concat([ones * token, x], axis=-2)


# 2.3 attention_rollout


def attention_rollout__from_the_last_block(weights):
    result = np.eye(weights[0].shape[-1])
    for block in reversed(weights):
        result = np.matmul(result, 0.5 * block.mean(axis=1) + 0.5 * np.eye(block.shape[-1]))
    return result


def attention_rollout__reduce(weights):
    identity = np.eye(weights[0].shape[-1])
    tables = [0.5 * np.mean(block, axis=1) + 0.5 * identity for block in weights]
    return reduce(lambda earlier, later: later @ earlier, tables)


def attention_rollout__einsum(weights):
    batch, heads, time, _ = weights[0].shape
    result = np.tile(np.eye(time), (batch, 1, 1))
    for block in weights:
        result = 0.5 * result + 0.5 * np.einsum("bhqk,bkj->bqj", block, result) / heads
    return result


def attention_rollout__row_by_row(weights):
    batch, _, time, _ = weights[0].shape
    result = []
    for row in range(batch):
        table = np.identity(time)
        for block in weights:
            step = sum(block[row]) / len(block[row])
            np.fill_diagonal(step, step.diagonal() + 1)
            table = step.dot(table) / 2
        result.append(table)
    return np.array(result)


def attention_rollout__divided_by_the_sum(weights):
    result = None
    for block in weights:
        step = block.mean(axis=1) + np.eye(block.shape[-1])
        step = step / step.sum(axis=-1, keepdims=True)
        result = step if result is None else step @ result
    return result


def attention_rollout__tensorflow(weights):
    result = tf.eye(weights[0].shape[-1], batch_shape=[weights[0].shape[0]], dtype=tf.float64)
    for block in weights:
        step = (tf.reduce_mean(tf.cast(block, tf.float64), axis=1) + tf.eye(block.shape[-1], dtype=tf.float64)) / 2
        result = tf.matmul(step, result)
    return result


# 2.4 unpatchify


def unpatchify__slices(patches, height, width, size):
    channels = patches.shape[2] // size**2
    images = np.zeros((len(patches), height, width, channels))
    for number in range(patches.shape[1]):
        top, left = size * (number // (width // size)), size * (number % (width // size))
        square = patches[:, number].reshape(-1, size, size, channels)
        images[:, top : top + size, left : left + size] = square
    return images


def unpatchify__joined_rows(patches, height, width, size):
    columns = width // size
    squares = [patches[:, one].reshape(len(patches), size, size, -1) for one in range(patches.shape[1])]
    rows = [np.concatenate(squares[one : one + columns], axis=2) for one in range(0, len(squares), columns)]
    return np.concatenate(rows, axis=1)


def unpatchify__tensorflow(patches, height, width, size):
    x = tf.reshape(patches, (-1, height // size, width // size, size, size, patches.shape[2] // size**2))
    return tf.reshape(tf.transpose(x, (0, 1, 3, 2, 4, 5)), (-1, height, width, patches.shape[2] // size**2))


def unpatchify__places(patches, height, width, size):
    channels = patches.shape[2] // size**2
    places = np.arange(height * width * channels).reshape(height // size, size, width // size, size, channels)
    order = places.transpose(0, 2, 1, 3, 4).ravel()
    flat = np.empty((len(patches), order.size))
    flat[:, order] = patches.reshape(len(patches), -1)
    return flat.reshape(-1, height, width, channels)


# 2.5 saliency


def saliency__one_hot(model, x, target):
    with tf.GradientTape() as tape:
        tape.watch(x)
        logits = model(x)
        chosen = tf.reduce_sum(logits * tf.one_hot(target, logits.shape[-1]))
    return np.abs((tape.gradient(chosen, x).numpy() * x.numpy()).sum(axis=-1))


def saliency__one_by_one(model, x, target):
    rows = []
    for row, one in enumerate(target):
        part = tf.identity(x[row : row + 1])
        with tf.GradientTape() as tape:
            tape.watch(part)
            logit = model(part)[0, int(one)]
        rows.append(tf.abs(tf.reduce_sum(tape.gradient(logit, part) * part, axis=-1))[0])
    return tf.stack(rows)


def saliency__variable(model, x, target):
    variable = tf.Variable(x)
    with tf.GradientTape() as tape:
        logits = model(variable)
        chosen = tf.gather_nd(logits, tf.stack([tf.range(len(target)), tf.cast(target, tf.int32)], axis=1))
    return tf.abs(tf.einsum("btf,btf->bt", tape.gradient(chosen, variable), x))


def saliency__whole_jacobian(model, x, target):
    with tf.GradientTape() as tape:
        tape.watch(x)
        logits = model(x)
    jacobian = tape.batch_jacobian(logits, x).numpy()  # (batch, classes, time, features)
    return np.abs((jacobian[np.arange(len(target)), target] * x.numpy()).sum(-1))
