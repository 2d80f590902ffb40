import numpy as np

SHOWN = {}


def _args(shape=(2, 3), size=10, d=4, seed=0):
    rng = np.random.default_rng(seed)
    return dict(ids=rng.integers(0, size, size=shape), E=rng.normal(size=(size, d)))


# ---------------------------------------------------------------- wrong
def embed__w01_columns(ids, E):
    return E[:, ids]


SHOWN["embed__w01_columns"] = (
    "natural",
    "picks columns of E instead of rows",
    lambda: dict(ids=np.array([[0, 1], [2, 3]]), E=np.arange(16.0).reshape(4, 4)),
)


def embed__w02_take_flat(ids, E):
    return np.take(E, ids)


SHOWN["embed__w02_take_flat"] = (
    "natural",
    "np.take without axis picks single numbers of the flat matrix",
    lambda: _args(),
)


def embed__w03_ids_minus_two(ids, E):
    return E[ids - 2]


SHOWN["embed__w03_ids_minus_two"] = (
    "natural",
    "subtracts 2, as words count from 2; E has a row for each id",
    lambda: _args(),
)


def embed__w04_batch_flattened(ids, E):
    return E[np.asarray(ids).reshape(-1)]


SHOWN["embed__w04_batch_flattened"] = (
    "natural",
    "the shape of ids is lost: (batch * time, d); right for flat ids",
    lambda: _args(),
)


def embed__w05_padding_is_zero(ids, E):
    ids = np.asarray(ids)
    return E[ids] * (ids != 0)[..., None]


SHOWN["embed__w05_padding_is_zero"] = (
    "subtle",
    "the vector of id 0 is set to zero instead of row 0 of E",
    lambda: dict(ids=np.array([[3, 1], [2, 0]]), E=np.random.default_rng(0).normal(size=(5, 3))),
)


def embed__w06_bag_of_words(ids, E):
    return E[ids].sum(axis=-2)


SHOWN["embed__w06_bag_of_words"] = ("natural", "adds up the vectors of a sentence", lambda: _args())


def embed__w07_scaled(ids, E):
    return E[ids] * np.sqrt(E.shape[-1])


SHOWN["embed__w07_scaled"] = (
    "natural",
    "scaled with the root of d, as transformers do; right for d = 1",
    lambda: _args(),
)


def embed__w08_index_by_tuple(ids, E):
    return E[tuple(np.asarray(ids))]


SHOWN["embed__w08_index_by_tuple"] = (
    "natural",
    "the rows of ids are taken as row and column numbers of E",
    lambda: dict(ids=np.array([[0, 1, 2], [3, 2, 1]]), E=np.random.default_rng(0).normal(size=(5, 4))),
)


def embed__w09_one_column_short(ids, E):
    one_hot = np.asarray(ids)[..., None] == np.arange(1, len(E))
    return one_hot.astype(E.dtype) @ E[1:]


SHOWN["embed__w09_one_column_short"] = (
    "subtle",
    "id 0 has no column in the one_hot, its vector is zero",
    lambda: dict(ids=np.array([2, 1, 0]), E=np.ones((4, 2))),
)


def embed__w10_small_ids(ids, E):
    return E[np.asarray(ids).astype(np.int8)]


SHOWN["embed__w10_small_ids"] = (
    "subtle",
    "ids of 128 and more become negative and count from the end",
    lambda: dict(ids=np.array([[5, 130]]), E=np.random.default_rng(0).normal(size=(300, 3))),
)


def embed__w11_two_axes_only(ids, E):
    return np.array([[E[i] for i in row] for row in ids])


SHOWN["embed__w11_two_axes_only"] = (
    "subtle",
    "works for (batch, time) only, not for ids of another shape",
    lambda: _args(shape=(3,)),
)


def embed__w12_squeezed(ids, E):
    return np.squeeze(E[ids])


SHOWN["embed__w12_squeezed"] = (
    "subtle",
    "squeeze drops the axes of a batch of 1, one step or d = 1",
    lambda: _args(shape=(1, 3)),
)


def embed__w13_half_precision(ids, E):
    return E.astype(np.float16)[ids].astype(E.dtype)


SHOWN["embed__w13_half_precision"] = (
    "subtle",
    "vectors go through float16: three digits, and overflow beyond 65504",
    lambda: dict(ids=np.array([0, 1]), E=np.array([[0.12345678, 1e6], [1.0, 2.0]])),
)


_w14_matrices = {}


def embed__w14_first_matrix_kept(ids, E):
    if E.shape not in _w14_matrices:
        _w14_matrices[E.shape] = E.copy()
    return _w14_matrices[E.shape][ids]


SHOWN["embed__w14_first_matrix_kept"] = (
    "use",
    "keeps the first E: another matrix of the same shape is not seen",
    "the second call with another E of the same shape looks up in the first",
)


def embed__w15_clears_padding_row(ids, E):
    vectors = E[ids]
    E[0] = 0.0
    return vectors


SHOWN["embed__w15_clears_padding_row"] = (
    "use",
    "row 0 of the matrix of the caller is set to zero",
    "changes its argument E",
)


def embed__w16_unit_length(ids, E):
    vectors = E[ids]
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1.0)


SHOWN["embed__w16_unit_length"] = (
    "subtle",
    "vectors longer than 1 are shortened to length 1",
    lambda: dict(ids=np.array([0, 1]), E=np.array([[3.0, 4.0], [0.1, 0.2]])),
)


def embed__w17_each_id_once(ids, E):
    return E[np.unique(ids)].reshape(np.shape(np.unique(ids)) + (E.shape[1],))


SHOWN["embed__w17_each_id_once"] = (
    "subtle",
    "looks up each different id once, in sorted order; right for flat ascending ids",
    lambda: dict(ids=np.array([3, 1, 3]), E=np.random.default_rng(0).normal(size=(5, 2))),
)


def embed__w18_column_order(ids, E):
    ids = np.asarray(ids)
    return np.stack([E[i] for i in ids.flatten(order="F")]).reshape(ids.shape + (E.shape[1],))


SHOWN["embed__w18_column_order"] = (
    "subtle",
    "flattened by columns, put together by rows: right for one row or one column",
    lambda: dict(ids=np.array([[0, 1, 2], [3, 4, 5]]), E=np.random.default_rng(0).normal(size=(6, 2))),
)


def embed__w19_unknown_beyond_1000(ids, E, num_words=1000):
    ids = np.where(np.asarray(ids) < num_words, ids, 1)
    return E[ids]


SHOWN["embed__w19_unknown_beyond_1000"] = (
    "subtle",
    "ids of 1000 and more are taken as unknown words",
    lambda: dict(ids=np.array([[5, 1500]]), E=np.random.default_rng(0).normal(size=(2000, 3))),
)


def embed__w20_written_into_zeros(ids, E):
    ids = np.asarray(ids)
    vectors = np.zeros(ids.shape + (E.shape[1],), dtype=ids.dtype)
    for place in np.ndindex(ids.shape):
        vectors[place] = E[ids[place]]
    return vectors


SHOWN["embed__w20_written_into_zeros"] = (
    "natural",
    "the table has the dtype of ids: vectors are cut to whole numbers; right for a matrix of whole numbers",
    lambda: _args(),
)


# ---------------------------------------------------------------- right
def embed__r1_index(ids, E):
    return E[ids]


def embed__r2_take(ids, E):
    return np.take(E, ids, axis=0)


def embed__r3_flat_and_back(ids, E):
    ids = np.asarray(ids)
    return E[ids.ravel(), :].reshape(*ids.shape, E.shape[-1])


def embed__r4_one_hot(ids, E):
    one_hot = np.eye(len(E), dtype=E.dtype)[ids]
    return one_hot @ E


def embed__r5_loop(ids, E):
    ids = np.asarray(ids)
    vectors = np.empty(ids.shape + (E.shape[1],), dtype=E.dtype)
    for place in np.ndindex(ids.shape):
        vectors[place] = E[ids[place]]
    return vectors


def embed__r6_each_coordinate(ids, E):
    return np.stack([column[ids] for column in E.T], axis=-1)
