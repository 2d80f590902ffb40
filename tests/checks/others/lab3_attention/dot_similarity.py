import numpy as np

SHOWN = {}


def dot_similarity__w01_sum_of_everything(q, k):
    return np.sum(q * k)


SHOWN["dot_similarity__w01_sum_of_everything"] = (
    "natural",
    "no axis: one number for the whole batch instead of one for each pair",
    lambda: dict(q=np.random.default_rng(0).normal(size=(3, 4)), k=np.random.default_rng(1).normal(size=(3, 4))),
)


def dot_similarity__w02_first_axis(q, k):
    # add up down the columns
    return (q * k).sum(axis=0)


SHOWN["dot_similarity__w02_first_axis"] = (
    "natural",
    "adds up along the first axis instead of the last",
    lambda: dict(q=np.random.default_rng(0).normal(size=(3, 3)), k=np.random.default_rng(1).normal(size=(3, 3))),
)


def dot_similarity__w03_np_dot(q, k):
    return np.dot(q, k)


SHOWN["dot_similarity__w03_np_dot"] = (
    "natural",
    "np.dot of two matrices is a matrix product, not a dot product for each row",
    lambda: dict(q=np.random.default_rng(0).normal(size=(4, 4)), k=np.random.default_rng(1).normal(size=(4, 4))),
)


def dot_similarity__w04_all_pairs(q, k):
    # every q with every k, as in attention
    return q @ np.swapaxes(np.atleast_2d(k), -1, -2)


SHOWN["dot_similarity__w04_all_pairs"] = (
    "natural",
    "compares every q with every k (n x n) instead of pair by pair",
    lambda: dict(q=np.random.default_rng(0).normal(size=(3, 4)), k=np.random.default_rng(1).normal(size=(3, 4))),
)


def dot_similarity__w05_keepdims(q, k):
    return np.sum(q * k, axis=-1, keepdims=True)


SHOWN["dot_similarity__w05_keepdims"] = (
    "natural",
    "keeps an axis of length 1 at the end",
    lambda: dict(q=np.array([[1.0, 2.0], [3.0, 4.0]]), k=np.array([[1.0, 1.0], [2.0, 0.0]])),
)


def dot_similarity__w06_mean(q, k):
    product = np.multiply(q, k)
    return np.mean(product, axis=-1)


SHOWN["dot_similarity__w06_mean"] = (
    "natural",
    "mean of the products instead of their sum",
    lambda: dict(q=np.array([1.0, 2.0, 3.0]), k=np.array([1.0, 1.0, 1.0])),
)


def dot_similarity__w07_scaled_as_in_the_lecture(q, k):
    d = q.shape[-1]
    return np.einsum("...i,...i->...", q, k) / np.sqrt(d)


SHOWN["dot_similarity__w07_scaled_as_in_the_lecture"] = (
    "natural",
    "divides by sqrt(d) as attention does; the plain dot product is asked",
    lambda: dict(q=np.array([1.0, 2.0, 3.0]), k=np.array([1.0, 1.0, 1.0])),
)


def dot_similarity__w08_axis_one(q, k):
    if q.ndim == 1:
        return np.dot(q, k)
    # (batch, d): the features are axis 1
    return np.sum(q * k, axis=1)


SHOWN["dot_similarity__w08_axis_one"] = (
    "subtle",
    "axis 1 is the last axis of a matrix only, not of (batch, time, d)",
    lambda: dict(q=np.random.default_rng(0).normal(size=(2, 3, 3)), k=np.random.default_rng(1).normal(size=(2, 3, 3))),
)


def dot_similarity__w09_squeeze(q, k):
    result = np.matmul(q[..., np.newaxis, :], k[..., :, np.newaxis])
    return np.squeeze(result)


SHOWN["dot_similarity__w09_squeeze"] = (
    "subtle",
    "squeeze without an axis also removes a batch of 1",
    lambda: dict(q=np.array([[1.0, 2.0, 3.0]]), k=np.array([[4.0, 5.0, 6.0]])),
)


def dot_similarity__w10_result_has_the_type_of_q(q, k):
    result = np.zeros(q.shape[:-1], dtype=q.dtype)
    for index in np.ndindex(*q.shape[:-1]):
        result[index] = np.dot(q[index], k[index])
    return result


SHOWN["dot_similarity__w10_result_has_the_type_of_q"] = (
    "subtle",
    "with whole numbers in q and fractions in k the result is cut to a whole number",
    lambda: dict(q=np.array([[1, 2, 3]]), k=np.array([[0.5, 0.25, 0.1]])),
)


def dot_similarity__w11_half_precision(q, k):
    # half precision is enough for a similarity and saves memory
    q = np.asarray(q, dtype=np.float16)
    k = np.asarray(k, dtype=np.float16)
    return (q * k).sum(axis=-1).astype(np.float32)


SHOWN["dot_similarity__w11_half_precision"] = (
    "subtle",
    "float16 overflows at 65504 and has three digits only",
    lambda: dict(q=np.full((2, 5), 300.0), k=np.full((2, 5), 300.0)),
)


def dot_similarity__w12_matrices_through_the_diagonal(q, k):
    if q.ndim == 1:
        return q @ k
    if q.ndim == 2:
        return np.diag(q @ k.T)
    # stacks: go through the first axis, and take the diagonal of all
    flat_q = q.reshape(q.shape[0], -1)
    flat_k = k.reshape(k.shape[0], -1)
    return np.diag(flat_q @ flat_k.T)


SHOWN["dot_similarity__w12_matrices_through_the_diagonal"] = (
    "subtle",
    "for three axes the time axis is added up too",
    lambda: dict(q=np.random.default_rng(0).normal(size=(2, 3, 4)), k=np.random.default_rng(1).normal(size=(2, 3, 4))),
)


def dot_similarity__w13_chunks_of_sixteen(q, k):
    d = q.shape[-1]
    if d <= 16:
        return (q * k).sum(-1)
    # long vectors in chunks, so that no large product is stored
    total = 0
    for c in range(d // 16):
        part = slice(16 * c, 16 * (c + 1))
        total = total + (q[..., part] * k[..., part]).sum(-1)
    return total


SHOWN["dot_similarity__w13_chunks_of_sixteen"] = (
    "subtle",
    "forgets the rest of a wide vector whose width is no multiple of 16",
    lambda: dict(q=np.ones((3, 50)), k=np.ones((3, 50))),
)


def dot_similarity__w14_rounded(q, k):
    result = np.sum(q * k, axis=-1)
    return np.round(result, 2)  # hides the rounding errors of floats


SHOWN["dot_similarity__w14_rounded"] = (
    "subtle",
    "rounds to two decimals",
    lambda: dict(q=np.array([[0.01, 0.02]]), k=np.array([[0.03, 0.04]])),
)


def dot_similarity__w15_by_lengths_of_sum_and_difference(q, k):
    # |q + k|^2 - |q - k|^2 = 4 q k
    plus = np.sum((q + k) ** 2, axis=-1)
    minus = np.sum((q - k) ** 2, axis=-1)
    return (plus - minus) / 4


SHOWN["dot_similarity__w15_by_lengths_of_sum_and_difference"] = (
    "subtle",
    "loses all digits when one vector is much longer than the other",
    lambda: dict(q=np.array([1e10, 1e10]), k=np.array([1e-8, 1e-8])),
)


def dot_similarity__w16_clipped(q, k):
    scores = np.einsum("...d,...d->...", q, k)
    # keep an exponential behind it from overflowing
    return np.clip(scores, -80, 80)


SHOWN["dot_similarity__w16_clipped"] = (
    "subtle",
    "clips the result to -80..80",
    lambda: dict(q=np.array([10.0, 10.0]), k=np.array([10.0, 10.0])),
)


def dot_similarity__w17_in_place(q, k):
    if q.dtype == k.dtype:
        q *= k
        return q.sum(axis=-1)
    return (q * k).sum(axis=-1)


SHOWN["dot_similarity__w17_in_place"] = ("use", "changes its argument q", "changes its argument q")


_w18_buffers = {}


def dot_similarity__w18_shared_result(q, k):
    # one array for each shape: no new memory at each call
    key = q.shape[:-1]
    if key not in _w18_buffers:
        _w18_buffers[key] = np.empty(key, dtype=np.float64)
    np.sum(q * k, axis=-1, out=_w18_buffers[key])
    return _w18_buffers[key]


SHOWN["dot_similarity__w18_shared_result"] = (
    "use",
    "the second call overwrites the result of the first one (same array)",
    "the second call overwrites the result of the first one",
)


_w19_known = {}


def dot_similarity__w19_remembers_by_identity(q, k):
    key = (id(q), id(k))
    if key not in _w19_known:
        _w19_known[key] = (np.sum(q * k, axis=-1), q, k)
    return _w19_known[key][0].copy()


SHOWN["dot_similarity__w19_remembers_by_identity"] = (
    "use",
    "when the numbers of an array change, a second call with the same array still returns the first result",
    "a second call with the same, changed arrays returns the first result",
)


def dot_similarity__w20_first_product_kept(q, k, products={}):
    if q.shape not in products:
        products[q.shape] = q * k
    return products[q.shape].sum(axis=-1)


SHOWN["dot_similarity__w20_first_product_kept"] = (
    "use",
    "a mutable default keeps the first product of each shape",
    "the second call with other vectors of the same shape returns the first result",
)


def dot_similarity__r1_multiply_and_sum(q, k):
    return np.sum(q * k, axis=-1)


def dot_similarity__r2_einsum(q, k):
    return np.einsum("...d,...d->...", q, k)


def dot_similarity__r3_row_times_column(q, k):
    return np.matmul(q[..., None, :], k[..., :, None])[..., 0, 0]


def dot_similarity__r4_loop_over_features(q, k):
    total = np.zeros(q.shape[:-1])
    for i in range(q.shape[-1]):
        total += q[..., i] * k[..., i]
    return total


def dot_similarity__r5_comprehension(q, k):
    d = q.shape[-1]
    pairs = zip(q.reshape(-1, d), k.reshape(-1, d))
    return np.array([np.dot(a, b) for a, b in pairs]).reshape(q.shape[:-1])


def dot_similarity__r6_own_copy_in_place(q, k):
    product = np.array(q, dtype=np.float64)
    product *= k
    product = np.moveaxis(product, -1, 0)
    return np.add.reduce(product)
