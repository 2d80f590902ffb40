import numpy as np
import keras
import tensorflow as tf

SHOWN = {}
HOW = {}


def _x(*shape, times=1.0, seed=0):
    return tf.constant((np.random.default_rng(seed).random(shape) * times).astype("float32"))


# ---------------------------------------------------------------- wrong: natural


def patchify__w01_reshape_only(images, size):
    _, height, width, channels = images.shape
    return tf.reshape(images, (-1, height // size * (width // size), size * size * channels))


SHOWN["patchify__w01_reshape_only"] = (
    "natural",
    "no exchange of axes: stripes instead of squares",
    lambda: dict(images=_x(2, 4, 4, 3), size=2),
)


def patchify__w02_patches_by_columns(images, size):
    _, height, width, channels = images.shape
    x = tf.reshape(images, (-1, height // size, size, width // size, size, channels))
    x = tf.transpose(x, (0, 3, 1, 2, 4, 5))
    return tf.reshape(x, (-1, height // size * (width // size), size * size * channels))


SHOWN["patchify__w02_patches_by_columns"] = (
    "natural",
    "patches column by column",
    lambda: dict(images=_x(2, 4, 6, 3), size=2),
)


def patchify__w03_pixels_by_columns(images, size):
    _, height, width, channels = images.shape
    x = tf.reshape(images, (-1, height // size, size, width // size, size, channels))
    x = tf.transpose(x, (0, 1, 3, 4, 2, 5))
    return tf.reshape(x, (-1, height // size * (width // size), size * size * channels))


SHOWN["patchify__w03_pixels_by_columns"] = (
    "natural",
    "pixels of a patch column by column",
    lambda: dict(images=_x(2, 4, 6, 3), size=2),
)


def patchify__w04_channels_first(images, size):
    _, height, width, channels = images.shape
    x = tf.reshape(images, (-1, height // size, size, width // size, size, channels))
    x = tf.transpose(x, (0, 1, 3, 5, 2, 4))
    return tf.reshape(x, (-1, height // size * (width // size), size * size * channels))


SHOWN["patchify__w04_channels_first"] = (
    "natural",
    "in each patch first one channel, then the next (as einops with c first)",
    lambda: dict(images=_x(2, 4, 6, 3), size=2),
)


def patchify__w05_grid_kept(images, size):
    return tf.image.extract_patches(images, [1, size, size, 1], [1, size, size, 1], [1, 1, 1, 1], "VALID")


SHOWN["patchify__w05_grid_kept"] = (
    "natural",
    "four axes: the grid of patches is not made one axis",
    lambda: dict(images=_x(2, 4, 6, 3), size=2),
)


def patchify__w06_patch_not_flat(images, size):
    _, height, width, channels = images.shape
    x = tf.reshape(images, (-1, height // size, size, width // size, size, channels))
    x = tf.transpose(x, (0, 1, 3, 2, 4, 5))
    return tf.reshape(x, (-1, height // size * (width // size), size, size, channels))


SHOWN["patchify__w06_patch_not_flat"] = (
    "natural",
    "the patches remain pictures: five axes",
    lambda: dict(images=_x(2, 4, 6, 3), size=2),
)


def patchify__w07_width_first(images, size):
    _, width, height, channels = images.shape
    rows, columns = height // size, width // size
    x = tf.reshape(images, (-1, rows, size, columns, size, channels))
    x = tf.transpose(x, (0, 1, 3, 2, 4, 5))
    return tf.reshape(x, (-1, rows * columns, size * size * channels))


SHOWN["patchify__w07_width_first"] = (
    "natural",
    "takes axis 1 for the width: right for square pictures only",
    lambda: dict(images=_x(2, 4, 8, 3), size=2),
)


def patchify__w08_size_as_number(images, size):
    _, height, width, channels = images.shape
    h, w = height // size, width // size
    x = tf.reshape(images, (-1, size, h, size, w, channels))
    x = tf.transpose(x, (0, 1, 3, 2, 4, 5))
    return tf.reshape(x, (-1, size * size, h * w * channels))


SHOWN["patchify__w08_size_as_number"] = (
    "natural",
    "takes size for the number of patches along a side",
    lambda: dict(images=_x(2, 6, 6, 3), size=2),
)


def patchify__w09_overlap(images, size):
    x = tf.image.extract_patches(images, [1, size, size, 1], [1, 1, 1, 1], [1, 1, 1, 1], "VALID")
    return tf.reshape(x, (-1, x.shape[1] * x.shape[2], x.shape[3]))


SHOWN["patchify__w09_overlap"] = (
    "natural",
    "a step of one pixel: overlapping patches",
    lambda: dict(images=_x(2, 4, 6, 3), size=2),
)


def patchify__w10_last_left_out(images, size):
    height, width = images.shape[1:3]
    patches = []
    for i in range(0, height - size, size):
        for j in range(0, width - size, size):
            patches.append(tf.reshape(images[:, i : i + size, j : j + size], (-1, size * size * images.shape[3])))
    return tf.stack(patches, axis=1)


SHOWN["patchify__w10_last_left_out"] = (
    "natural",
    "range(0, height - size, size) leaves out the last row and column of patches",
    lambda: dict(images=_x(2, 4, 6, 3), size=2),
)


# ---------------------------------------------------------------- wrong: sly


def patchify__w11_space_to_depth(images, size):
    x = tf.nn.space_to_depth(images, size)
    return tf.reshape(x, (-1, x.shape[1] * x.shape[2], x.shape[3]))


SHOWN["patchify__w11_space_to_depth"] = (
    "sly",
    "space_to_depth refuses a size of 1",
    lambda: dict(images=_x(2, 3, 4, 3), size=1),
)


def patchify__w12_batch_from_shape(images, size):
    batch, height, width, channels = images.shape
    x = tf.reshape(images, (batch, height // size, size, width // size, size, channels))
    x = tf.transpose(x, (0, 1, 3, 2, 4, 5))
    return tf.reshape(x, (batch, height // size * (width // size), size * size * channels))


SHOWN["patchify__w12_batch_from_shape"] = (
    "sly",
    "images.shape[0] is None inside a tf.function with an unknown batch: error",
    lambda: dict(images=_x(2, 4, 6, 3), size=2),
)
HOW["patchify__w12_batch_from_shape"] = ("graph", "images")


def patchify__w13_numpy_function(images, size):
    _, height, width, channels = images.shape

    def cut(a):
        a = a.reshape(len(a), height // size, size, width // size, size, channels)
        return np.ascontiguousarray(a.swapaxes(2, 3)).reshape(len(a), -1, size * size * channels)

    return tf.numpy_function(cut, [images], tf.float32)


SHOWN["patchify__w13_numpy_function"] = (
    "sly",
    "tf.numpy_function has no gradient",
    lambda: dict(images=_x(2, 4, 6, 3), size=2),
)
HOW["patchify__w13_numpy_function"] = ("gradient", "images")


def patchify__w14_bytes_scaled(images, size):
    _, height, width, channels = images.shape
    images = tf.where(tf.reduce_max(images) > 1.0, images / 255.0, images)  # pictures from files
    x = tf.reshape(images, (-1, height // size, size, width // size, size, channels))
    x = tf.transpose(x, (0, 1, 3, 2, 4, 5))
    return tf.reshape(x, (-1, height // size * (width // size), size * size * channels))


SHOWN["patchify__w14_bytes_scaled"] = (
    "sly",
    "divides by 255 when a number is above 1",
    lambda: dict(images=_x(2, 4, 6, 3, times=3.0), size=2),
)


def patchify__w15_squeezed(images, size):
    height, width = images.shape[1:3]
    rows = [tf.stack(tf.split(r, width // size, axis=2), axis=1) for r in tf.split(images, height // size, axis=1)]
    x = tf.concat(rows, axis=1)  # (batch, patches, size, size, channels)
    return tf.squeeze(tf.reshape(x, (-1, x.shape[1], size * size * images.shape[3])))


SHOWN["patchify__w15_squeezed"] = (
    "sly",
    "squeeze removes a batch of 1 or a single patch",
    lambda: dict(images=_x(1, 4, 6, 3), size=2),
)


_w16 = {}


def patchify__w16_places_kept(images, size):
    _, height, width, channels = images.shape
    if size not in _w16:
        n = np.arange(height * width).reshape(height // size, size, width // size, size)
        _w16[size] = n.swapaxes(1, 2).reshape(-1, size * size)
    x = tf.gather(tf.reshape(images, (-1, height * width, channels)), _w16[size], axis=1)
    return tf.reshape(x, (-1, x.shape[1], size * size * channels))


SHOWN["patchify__w16_places_kept"] = (
    "sly",
    "keeps the table of pixels by size alone: the second call with pictures of another shape is cut as the first",
    lambda: dict(images=_x(2, 6, 12, 3), size=3),
)
HOW["patchify__w16_places_kept"] = ("after", lambda: dict(images=_x(2, 6, 6, 3), size=3))


def patchify__w17_one_row_shortcut(images, size):
    _, height, width, channels = images.shape
    if height == size or width == size:  # one stripe of patches only: nothing to exchange
        return tf.reshape(images, (-1, height // size * (width // size), size * size * channels))
    x = tf.reshape(images, (-1, height // size, size, width // size, size, channels))
    x = tf.transpose(x, (0, 1, 3, 2, 4, 5))
    return tf.reshape(x, (-1, height // size * (width // size), size * size * channels))


SHOWN["patchify__w17_one_row_shortcut"] = (
    "sly",
    "does not exchange the axes where the picture is one patch high: true only for one patch wide",
    lambda: dict(images=_x(2, 3, 9, 2), size=3),
)


@tf.custom_gradient
def _w18(images, size):
    _, height, width, channels = images.shape
    size = int(size)
    x = tf.reshape(images, (-1, height // size, size, width // size, size, channels))
    x = tf.transpose(x, (0, 1, 3, 2, 4, 5))

    def backward(dy):
        return tf.reshape(dy, tf.shape(images)), None

    return tf.reshape(x, (-1, height // size * (width // size), size * size * channels)), backward


def patchify__w18_own_gradient(images, size):
    return _w18(images, size)


SHOWN["patchify__w18_own_gradient"] = (
    "sly",
    "its own gradient does not exchange the axes back",
    lambda: dict(images=_x(2, 4, 6, 3), size=2),
)
HOW["patchify__w18_own_gradient"] = ("gradient", "images")


def patchify__w19_unknown_is_one(images, size):
    height, width, channels = images.shape[1:]
    batch = images.shape[0] or 1
    x = tf.reshape(images, (-1, height // size, size, width // size, size, channels))
    x = tf.transpose(x, (0, 1, 3, 2, 4, 5))
    return tf.reshape(x, (batch, -1, size * size * channels))


SHOWN["patchify__w19_unknown_is_one"] = (
    "sly",
    "takes an unknown batch for 1: the patches of all pictures stand in one",
    lambda: dict(images=_x(3, 4, 6, 3), size=2),
)
HOW["patchify__w19_unknown_is_one"] = ("graph", "images")


def patchify__w20_square_pictures(images, size):
    side = images.shape[1] // size
    patches = []
    for k in range(side * side):
        i, j = k // side * size, k % side * size
        patches.append(tf.reshape(images[:, i : i + size, j : j + size], (-1, size * size * images.shape[3])))
    return tf.stack(patches, axis=1)


SHOWN["patchify__w20_square_pictures"] = (
    "sly",
    "as many columns as rows: a wide picture loses its right side",
    lambda: dict(images=_x(2, 4, 8, 3), size=2),
)


# ---------------------------------------------------------------- right


def patchify__r1_reshape_transpose(images, size):
    shape = tf.shape(images)
    batch, rows, columns, channels = shape[0], shape[1] // size, shape[2] // size, shape[3]
    x = tf.reshape(images, (batch, rows, size, columns, size, channels))
    x = tf.transpose(x, perm=[0, 1, 3, 2, 4, 5])
    return tf.reshape(x, (batch, rows * columns, size * size * channels))


def patchify__r2_extract_patches(images, size):
    x = tf.image.extract_patches(
        images, sizes=[1, size, size, 1], strides=[1, size, size, 1], rates=[1, 1, 1, 1], padding="VALID"
    )
    return tf.reshape(x, (-1, x.shape[1] * x.shape[2], x.shape[3]))


def patchify__r3_slices(images, size):
    height, width, channels = images.shape[1:]
    patches = []
    for i in range(0, height, size):
        for j in range(0, width, size):
            patches.append(tf.reshape(images[:, i : i + size, j : j + size, :], (-1, size * size * channels)))
    return tf.stack(patches, axis=1)


def patchify__r4_gather(images, size):
    h, w, c = images.shape[1:]
    number = np.arange(h * w * c).reshape(h, w, c)
    order = [number[i : i + size, j : j + size].ravel() for i in range(0, h, size) for j in range(0, w, size)]
    return tf.gather(tf.reshape(images, (-1, h * w * c)), np.array(order), axis=1)


def patchify__r5_split(images, size):
    rows = tf.split(images, images.shape[1] // size, axis=1)
    patches = [p for row in rows for p in tf.split(row, images.shape[2] // size, axis=2)]
    x = tf.stack(patches, axis=1)
    return tf.reshape(x, (-1, len(patches), size**2 * images.shape[-1]))


def patchify__r6_einsum_keras(images, size):
    _, h, w, c = images.shape
    x = keras.ops.reshape(images, (-1, h // size, size, w // size, size * c))
    x = tf.einsum("bhpwq->bhwpq", x)
    return keras.ops.reshape(x, (-1, (h // size) * (w // size), size * size * c))
