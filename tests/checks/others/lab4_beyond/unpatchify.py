import numpy as np
import tensorflow as tf

SHOWN = {}
HOW = {}


def _p(batch, height, width, channels, size, times=1.0, seed=0):
    shape = (batch, height // size * (width // size), size * size * channels)
    x = (np.random.default_rng(seed).random(shape) * times).astype("float32")
    return dict(patches=x, height=height, width=width, size=size)


# ---------------------------------------------------------------- wrong: natural


def unpatchify__w01_reshape_only(patches, height, width, size):
    return np.reshape(patches, (len(patches), height, width, -1))


SHOWN["unpatchify__w01_reshape_only"] = ("natural", "no exchange of axes", lambda: _p(2, 4, 6, 3, 2))


def unpatchify__w02_patches_by_columns(patches, height, width, size):
    x = np.reshape(patches, (len(patches), width // size, height // size, size, size, -1))
    return x.transpose(0, 2, 3, 1, 4, 5).reshape(len(patches), height, width, -1)


SHOWN["unpatchify__w02_patches_by_columns"] = (
    "natural",
    "takes the patches column by column",
    lambda: _p(2, 4, 6, 3, 2),
)


def unpatchify__w03_pixels_by_columns(patches, height, width, size):
    x = np.reshape(patches, (len(patches), height // size, width // size, size, size, -1))
    return x.transpose(0, 1, 4, 2, 3, 5).reshape(len(patches), height, width, -1)


SHOWN["unpatchify__w03_pixels_by_columns"] = (
    "natural",
    "each patch stands transposed",
    lambda: _p(2, 4, 6, 3, 2),
)


def unpatchify__w04_channels_first(patches, height, width, size):
    channels = patches.shape[-1] // size**2
    x = np.reshape(patches, (len(patches), height // size, width // size, channels, size, size))
    return x.transpose(0, 1, 4, 2, 5, 3).reshape(len(patches), height, width, channels)


SHOWN["unpatchify__w04_channels_first"] = (
    "natural",
    "takes a patch for channel after channel",
    lambda: _p(2, 4, 6, 3, 2),
)


def unpatchify__w05_steps_not_backwards(patches, height, width, size):
    x = np.reshape(patches, (len(patches), height // size, size, width // size, size, -1))
    return x.transpose(0, 1, 3, 2, 4, 5).reshape(len(patches), height, width, -1)


SHOWN["unpatchify__w05_steps_not_backwards"] = (
    "natural",
    "the axes of patchify in their old order: exchanges the wrong two",
    lambda: _p(2, 4, 6, 3, 2),
)


def unpatchify__w06_width_first(patches, height, width, size):
    x = np.reshape(patches, (len(patches), height // size, width // size, size, size, -1))
    return x.transpose(0, 2, 4, 1, 3, 5).reshape(len(patches), height, width, -1)


SHOWN["unpatchify__w06_width_first"] = (
    "natural",
    "puts the place in the patch before the patch: pixels of neighbours are interleaved",
    lambda: _p(2, 4, 6, 3, 2),
)


def unpatchify__w07_shape_exchanged(patches, height, width, size):
    x = np.reshape(patches, (len(patches), height // size, width // size, size, size, -1))
    return (
        x.transpose(0, 2, 4, 1, 3, 5)
        .swapaxes(1, 3)
        .swapaxes(2, 4)
        .swapaxes(2, 3)
        .reshape(len(patches), width, height, -1)
    )


SHOWN["unpatchify__w07_shape_exchanged"] = (
    "natural",
    "returns (batch, width, height, channels)",
    lambda: _p(2, 4, 6, 3, 2),
)


def unpatchify__w08_three_channels(patches, height, width, size):
    x = np.reshape(patches, (-1, height // size, width // size, size, size, 3))
    return x.transpose(0, 1, 3, 2, 4, 5).reshape(-1, height, width, 3)


SHOWN["unpatchify__w08_three_channels"] = (
    "natural",
    "three channels always: three grey pictures become one",
    lambda: _p(3, 4, 6, 1, 2),
)


def unpatchify__w09_square_grid(patches, height, width, size):
    n = int(np.sqrt(patches.shape[1]))
    x = np.reshape(patches, (len(patches), n, n, size, size, -1))
    return x.transpose(0, 1, 3, 2, 4, 5).reshape(len(patches), n * size, n * size, -1)


SHOWN["unpatchify__w09_square_grid"] = (
    "natural",
    "as many rows of patches as columns",
    lambda: _p(2, 2, 8, 3, 2),
)


def unpatchify__w10_last_left_out(patches, height, width, size):
    out = np.zeros((len(patches), height, width, patches.shape[-1] // size**2), patches.dtype)
    k = 0
    for i in range(0, height - size, size):
        for j in range(0, width, size):
            out[:, i : i + size, j : j + size] = patches[:, k].reshape(len(patches), size, size, -1)
            k += 1
    return out


SHOWN["unpatchify__w10_last_left_out"] = (
    "natural",
    "range(0, height - size, size): the last row of patches stays 0",
    lambda: _p(2, 4, 6, 3, 2),
)


# ---------------------------------------------------------------- wrong: sly


def unpatchify__w11_depth_to_space(patches, height, width, size):
    x = tf.reshape(patches, (-1, height // size, width // size, patches.shape[-1]))
    return tf.nn.depth_to_space(x, size)


SHOWN["unpatchify__w11_depth_to_space"] = (
    "sly",
    "depth_to_space refuses a size of 1",
    lambda: _p(2, 3, 4, 3, 1),
)


def unpatchify__w12_squeezed(patches, height, width, size):
    x = np.reshape(patches, (len(patches), height // size, width // size, size, size, -1))
    return np.squeeze(x.swapaxes(2, 3).reshape(len(patches), height, width, -1))


SHOWN["unpatchify__w12_squeezed"] = (
    "sly",
    "squeeze removes the channel of grey pictures, or a batch of 1",
    lambda: _p(2, 4, 6, 1, 2),
)


def unpatchify__w13_clipped(patches, height, width, size):
    x = np.reshape(patches, (len(patches), height // size, width // size, size, size, -1))
    return np.clip(x.swapaxes(2, 3).reshape(len(patches), height, width, -1), 0.0, 1.0)


SHOWN["unpatchify__w13_clipped"] = (
    "sly",
    "clips to 0 to 1, as for showing: wrong for features or normalised pictures",
    lambda: _p(2, 4, 6, 3, 2, times=3.0),
)


def unpatchify__w14_one_row_shortcut(patches, height, width, size):
    if height == size:  # one row of patches only
        return np.reshape(patches, (len(patches), height, width, -1))
    x = np.reshape(patches, (len(patches), height // size, width // size, size, size, -1))
    return x.swapaxes(2, 3).reshape(len(patches), height, width, -1)


SHOWN["unpatchify__w14_one_row_shortcut"] = (
    "sly",
    "does not exchange axes where the picture is one patch high",
    lambda: _p(2, 3, 9, 2, 3),
)


_w15 = {}


def unpatchify__w15_canvas_kept(patches, height, width, size):
    shape = (len(patches), height, width, patches.shape[-1] // size**2)
    if shape not in _w15:
        _w15[shape] = np.zeros(shape, "float32")
    canvas = _w15[shape]
    for k in range(patches.shape[1]):
        i, j = divmod(k, width // size)
        tile = np.reshape(patches[:, k], (len(patches), size, size, -1))
        canvas[:, i * size : (i + 1) * size, j * size : (j + 1) * size] = tile
    return canvas


SHOWN["unpatchify__w15_canvas_kept"] = (
    "sly",
    "draws into one array for each shape: the next call changes the result of the one before",
    lambda: _p(2, 4, 6, 3, 2),
)
HOW["unpatchify__w15_canvas_kept"] = ("keep", lambda: _p(2, 4, 6, 3, 2, seed=1))


_w16 = {}


def unpatchify__w16_order_kept(patches, height, width, size):
    n = patches.shape[1] * patches.shape[2]
    key = (n, size)
    if key not in _w16:
        numbers = np.arange(n).reshape(height // size, width // size, size, size, -1)
        _w16[key] = numbers.swapaxes(1, 2).ravel()
    x = np.reshape(patches, (len(patches), n))[:, _w16[key]]
    return x.reshape(len(patches), height, width, -1)


SHOWN["unpatchify__w16_order_kept"] = (
    "sly",
    "keeps the order by count and size: a picture 4 x 12 after one 8 x 6 is put together as the latter",
    lambda: _p(2, 4, 12, 3, 2),
)
HOW["unpatchify__w16_order_kept"] = ("after", lambda: _p(2, 8, 6, 3, 2))


def unpatchify__w17_shape_set(patches, height, width, size):
    batch = len(patches)
    try:
        patches.shape = (batch, height // size, width // size, size, size, -1)
        x = patches
    except AttributeError:
        x = np.reshape(patches, (batch, height // size, width // size, size, size, -1))
    return np.swapaxes(x, 2, 3).reshape(batch, height, width, -1)


SHOWN["unpatchify__w17_shape_set"] = (
    "sly",
    "sets the shape of the array of the caller",
    lambda: _p(2, 4, 6, 3, 2),
)
HOW["unpatchify__w17_shape_set"] = ("unchanged",)


def unpatchify__w18_rows_in_a_byte(patches, height, width, size):
    patches = np.asarray(patches)
    i = np.arange(height).astype(np.uint8).astype(int)[:, None]  # pictures are small
    j = np.arange(width)[None]
    patch = i // size * (width // size) + j // size
    pixel = i % size * size + j % size
    return patches.reshape(len(patches), patches.shape[1], size * size, -1)[:, patch, pixel]


SHOWN["unpatchify__w18_rows_in_a_byte"] = (
    "sly",
    "numbers of rows in uint8: from row 256 on the picture begins again from the top",
    lambda: _p(2, 300, 6, 1, 2),
)


def unpatchify__w19_channels_from_what_fits(patches, height, width, size):
    channels = 3 if patches.shape[-1] % 3 == 0 else 1
    size = int(np.sqrt(patches.shape[-1] // channels))
    x = np.reshape(patches, (len(patches), height // size, width // size, size, size, channels))
    return x.swapaxes(2, 3).reshape(len(patches), height, width, channels)


SHOWN["unpatchify__w19_channels_from_what_fits"] = (
    "sly",
    "guesses 3 channels where the length divides by 3: size 3 with one channel is taken for colour",
    lambda: _p(2, 6, 6, 1, 3),
)


def unpatchify__w20_wide_turned(patches, height, width, size):
    if width < height:  # portrait
        height, width = width, height
    x = np.reshape(patches, (len(patches), height // size, width // size, size, size, -1))
    return x.swapaxes(2, 3).reshape(len(patches), height, width, -1)


SHOWN["unpatchify__w20_wide_turned"] = (
    "sly",
    "exchanges height and width where the picture is higher than wide",
    lambda: _p(2, 8, 4, 3, 2),
)


# ---------------------------------------------------------------- right


def unpatchify__r1_numpy(patches, height, width, size):
    x = np.asarray(patches)
    x = x.reshape(x.shape[0], height // size, width // size, size, size, x.shape[2] // size**2)
    return x.transpose(0, 1, 3, 2, 4, 5).reshape(x.shape[0], height, width, x.shape[5])


def unpatchify__r2_tensorflow(patches, height, width, size):
    channels = patches.shape[-1] // (size * size)
    x = tf.reshape(patches, (-1, height // size, width // size, size, size, channels))
    return tf.reshape(tf.transpose(x, (0, 1, 3, 2, 4, 5)), (-1, height, width, channels))


def unpatchify__r3_tile_by_tile(patches, height, width, size):
    patches = np.asarray(patches)
    c = patches.shape[-1] // size // size
    out = np.empty((len(patches), height, width, c), patches.dtype)
    k = 0
    for i in range(0, height, size):
        for j in range(0, width, size):
            out[:, i : i + size, j : j + size, :] = patches[:, k].reshape(-1, size, size, c)
            k += 1
    return out


def unpatchify__r4_join_rows(patches, height, width, size):
    tiles = [tf.reshape(p, (p.shape[0], size, size, -1)) for p in tf.unstack(patches, axis=1)]
    n = width // size
    rows = [tf.concat(tiles[k : k + n], axis=2) for k in range(0, len(tiles), n)]
    return tf.concat(rows, axis=1)


def unpatchify__r5_einsum(patches, height, width, size):
    x = np.reshape(patches, (len(patches), height // size, width // size, size, -1))
    return np.einsum("bhwps->bhpws", x).reshape(len(patches), height, width, -1)


def unpatchify__r6_pixel_index(patches, height, width, size):
    patches = np.asarray(patches)
    i, j = np.arange(height)[:, None], np.arange(width)[None]
    patch = i // size * (width // size) + j // size
    pixel = i % size * size + j % size
    x = patches.reshape(patches.shape[0], patches.shape[1], size * size, -1)
    return x[:, patch, pixel]
