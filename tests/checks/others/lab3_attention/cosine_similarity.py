import numpy as np

SHOWN = {}


def cosine_similarity__w01_only_one_length(q, k):
    return dot_similarity(q, k) / np.linalg.norm(q, axis=-1)


SHOWN["cosine_similarity__w01_only_one_length"] = (
    "natural",
    "divides by the length of q only",
    lambda: dict(q=np.array([[1.0, 2.0], [3.0, 4.0]]), k=np.array([[1.0, 1.0], [2.0, 1.0]])),
)


def cosine_similarity__w02_squared_lengths(q, k):
    return dot_similarity(q, k) / (np.sum(q**2, axis=-1) * np.sum(k**2, axis=-1))


SHOWN["cosine_similarity__w02_squared_lengths"] = (
    "natural",
    "forgets the square root of the lengths",
    lambda: dict(q=np.array([[1.0, 2.0], [3.0, 4.0]]), k=np.array([[1.0, 1.0], [2.0, 1.0]])),
)


def cosine_similarity__w03_sum_of_lengths(q, k):
    return dot_similarity(q, k) / (np.linalg.norm(q, axis=-1) + np.linalg.norm(k, axis=-1))


SHOWN["cosine_similarity__w03_sum_of_lengths"] = (
    "natural",
    "divides by the sum of the lengths instead of the product",
    lambda: dict(q=np.array([[1.0, 2.0], [3.0, 4.0]]), k=np.array([[1.0, 1.0], [2.0, 1.0]])),
)


def cosine_similarity__w04_norm_of_everything(q, k):
    return dot_similarity(q, k) / (np.linalg.norm(q) * np.linalg.norm(k))


SHOWN["cosine_similarity__w04_norm_of_everything"] = (
    "natural",
    "the norm without an axis is that of the whole batch",
    lambda: dict(q=np.array([[1.0, 2.0], [3.0, 4.0]]), k=np.array([[1.0, 1.0], [2.0, 1.0]])),
)


def cosine_similarity__w05_brackets(q, k):
    return dot_similarity(q, k) / np.linalg.norm(q, axis=-1) * np.linalg.norm(k, axis=-1)


SHOWN["cosine_similarity__w05_brackets"] = (
    "natural",
    "a / b * c multiplies by the length of k (brackets missing)",
    lambda: dict(q=np.array([[1.0, 2.0], [3.0, 4.0]]), k=np.array([[1.0, 1.0], [2.0, 1.0]])),
)


def cosine_similarity__w06_distance(q, k):
    lengths = np.linalg.norm(q, axis=-1) * np.linalg.norm(k, axis=-1)
    return 1 - dot_similarity(q, k) / lengths


SHOWN["cosine_similarity__w06_distance"] = (
    "natural",
    "the cosine distance 1 - cos instead of the cosine",
    lambda: dict(q=np.array([[1.0, 2.0], [3.0, 4.0]]), k=np.array([[1.0, 1.0], [2.0, 1.0]])),
)


def cosine_similarity__w07_absolute_sums(q, k):
    length_q = np.sum(np.abs(q), axis=-1)
    length_k = np.sum(np.abs(k), axis=-1)
    return dot_similarity(q, k) / (length_q * length_k)


SHOWN["cosine_similarity__w07_absolute_sums"] = (
    "natural",
    "sum of absolute values instead of the Euclidean length",
    lambda: dict(q=np.array([[1.0, 2.0], [3.0, 4.0]]), k=np.array([[1.0, 1.0], [2.0, 1.0]])),
)


def cosine_similarity__w08_epsilon_in_denominator(q, k):
    lengths = np.linalg.norm(q, axis=-1) * np.linalg.norm(k, axis=-1)
    return dot_similarity(q, k) / (lengths + 1e-8)  # never divide by zero


SHOWN["cosine_similarity__w08_epsilon_in_denominator"] = (
    "subtle",
    "for short vectors (1e-5) the epsilon is larger than the product of the lengths",
    lambda: dict(q=np.array([[1e-5, 2e-5]]), k=np.array([[2e-5, 1e-5]])),
)


def cosine_similarity__w09_lengths_at_least_one(q, k):
    nq = np.maximum(np.sqrt(np.sum(np.square(q), axis=-1)), 1.0)
    nk = np.maximum(np.sqrt(np.sum(np.square(k), axis=-1)), 1.0)
    return dot_similarity(q, k) / nq / nk


SHOWN["cosine_similarity__w09_lengths_at_least_one"] = (
    "subtle",
    "vectors shorter than 1 are not normalised",
    lambda: dict(q=np.array([[0.1, 0.2]]), k=np.array([[0.3, 0.1]])),
)


def cosine_similarity__w10_axis_one(q, k):
    axis = 1 if q.ndim > 1 else 0
    return np.sum(q * k, axis=axis) / (np.linalg.norm(q, axis=axis) * np.linalg.norm(k, axis=axis))


SHOWN["cosine_similarity__w10_axis_one"] = (
    "subtle",
    "axis 1 is the last axis of a matrix only",
    lambda: dict(q=np.random.default_rng(0).normal(size=(2, 3, 3)), k=np.random.default_rng(1).normal(size=(2, 3, 3))),
)


def cosine_similarity__w11_between_zero_and_one(q, k):
    cosine = dot_similarity(q, k) / (np.linalg.norm(q, axis=-1) * np.linalg.norm(k, axis=-1))
    # rounding errors must not leave the range
    return np.clip(cosine, 0.0, 1.0)


SHOWN["cosine_similarity__w11_between_zero_and_one"] = (
    "subtle",
    "negative cosines become 0",
    lambda: dict(q=np.array([[1.0, 2.0]]), k=np.array([[-3.0, 1.0]])),
)


def cosine_similarity__w12_root_of_squares(q, k):
    # cos^2 first, one square root at the end
    squared = dot_similarity(q, k) ** 2 / (dot_similarity(q, q) * dot_similarity(k, k))
    return np.sqrt(squared)


SHOWN["cosine_similarity__w12_root_of_squares"] = (
    "subtle",
    "the square loses the sign",
    lambda: dict(q=np.array([[1.0, 2.0], [1.0, 0.0]]), k=np.array([[-1.0, -1.0], [1.0, 1.0]])),
)


def cosine_similarity__w13_one_root_of_the_product(q, k):
    return dot_similarity(q, k) / np.sqrt(dot_similarity(q, q) * dot_similarity(k, k))


SHOWN["cosine_similarity__w13_one_root_of_the_product"] = (
    "subtle",
    "the product of both squared lengths overflows in float32 although each length is harmless",
    lambda: dict(q=np.full((2, 3), 1e10, dtype=np.float32), k=np.full((2, 3), 2e10, dtype=np.float32)),
)


def cosine_similarity__w14_same_type_as_q(q, k):
    unit_q = q / np.linalg.norm(q, axis=-1, keepdims=True)
    unit_k = k / np.linalg.norm(k, axis=-1, keepdims=True)
    return dot_similarity(unit_q, unit_k).astype(q.dtype)


SHOWN["cosine_similarity__w14_same_type_as_q"] = (
    "subtle",
    "for arrays of whole numbers the cosine is cut to 0 or 1",
    lambda: dict(q=np.array([[1, 2], [3, 4]]), k=np.array([[1, 1], [2, 1]])),
)


def cosine_similarity__w15_shortcut_for_equal_vectors(q, k):
    if np.array_equal(q, k):
        return 1.0  # a vector with itself
    return dot_similarity(q, k) / (np.linalg.norm(q, axis=-1) * np.linalg.norm(k, axis=-1))


SHOWN["cosine_similarity__w15_shortcut_for_equal_vectors"] = (
    "subtle",
    "for two equal batches one number instead of one for each pair",
    lambda: dict(q=np.array([[1.0, 2.0], [3.0, 4.0]]), k=np.array([[1.0, 2.0], [3.0, 4.0]])),
)


def cosine_similarity__w16_law_of_cosines(q, k):
    # |q - k|^2 = |q|^2 + |k|^2 - 2 |q| |k| cos
    a = np.linalg.norm(q, axis=-1)
    b = np.linalg.norm(k, axis=-1)
    c = np.linalg.norm(q - k, axis=-1)
    return (a**2 + b**2 - c**2) / (2 * a * b)


SHOWN["cosine_similarity__w16_law_of_cosines"] = (
    "subtle",
    "when one vector is much longer than the other, all digits are lost",
    lambda: dict(q=np.array([[1e9, 1e9]]), k=np.array([[1e-9, 2e-9]])),
)


def cosine_similarity__w17_normalises_in_place(q, k):
    for x in (q, k):
        if x.dtype.kind == "f":
            x /= np.linalg.norm(x, axis=-1, keepdims=True)
    unit_q = q / np.linalg.norm(q, axis=-1, keepdims=True)
    unit_k = k / np.linalg.norm(k, axis=-1, keepdims=True)
    return dot_similarity(unit_q, unit_k)


SHOWN["cosine_similarity__w17_normalises_in_place"] = (
    "use",
    "changes its arguments q and k",
    "changes its arguments q and k",
)


_w18_lengths = {}


def cosine_similarity__w18_lengths_remembered(q, k):
    # the lengths of the keys are needed again and again
    if k.shape not in _w18_lengths:
        _w18_lengths[k.shape] = np.linalg.norm(k, axis=-1)
    return dot_similarity(q, k) / np.linalg.norm(q, axis=-1) / _w18_lengths[k.shape]


SHOWN["cosine_similarity__w18_lengths_remembered"] = (
    "use",
    "a global keeps the lengths of the first keys of each shape",
    "the second call with other keys of the same shape divides by the lengths of the first ones",
)


def cosine_similarity__w19_out_default(q, k, out=np.zeros(1)):
    if out.shape != q.shape[:-1]:
        out.resize(q.shape[:-1], refcheck=False)
    np.divide(dot_similarity(q, k), np.linalg.norm(q, axis=-1) * np.linalg.norm(k, axis=-1), out=out)
    return out


SHOWN["cosine_similarity__w19_out_default"] = (
    "use",
    "all calls share one result array (mutable default): the next call overwrites the result",
    "the second call overwrites the result of the first one",
)


def cosine_similarity__w20_asarray_is_no_copy(q, k):
    # integers would overflow: bring both to floats, in their own memory if they are floats already
    q = np.asarray(q, dtype=np.float64)
    k = np.asarray(k, dtype=np.float64)
    np.divide(k, np.abs(k).max(axis=-1, keepdims=True), out=k)
    return dot_similarity(q, k) / np.linalg.norm(q, axis=-1) / np.linalg.norm(k, axis=-1)


SHOWN["cosine_similarity__w20_asarray_is_no_copy"] = (
    "use",
    "asarray makes no copy of a float64 array, so k is rescaled in place",
    "changes its argument k if it is float64",
)


def cosine_similarity__r1_as_told(q, k):
    return dot_similarity(q, k) / (np.linalg.norm(q, axis=-1) * np.linalg.norm(k, axis=-1))


def cosine_similarity__r2_unit_vectors(q, k):
    unit_q = q / np.linalg.norm(q, axis=-1, keepdims=True)
    unit_k = k / np.linalg.norm(k, axis=-1, keepdims=True)
    return dot_similarity(unit_q, unit_k)


def cosine_similarity__r3_own_lengths(q, k):
    def length(x):
        return np.sqrt(dot_similarity(x, x))

    return dot_similarity(q, k) / length(q) / length(k)


def cosine_similarity__r4_einsum(q, k):
    nq = np.einsum("...i,...i->...", q, q) ** 0.5
    nk = np.einsum("...i,...i->...", k, k) ** 0.5
    return np.einsum("...i,...i->...", q, k) / nq / nk


def cosine_similarity__r5_loop_over_pairs(q, k):
    cosines = np.empty(q.shape[:-1])
    for index in np.ndindex(*q.shape[:-1]):
        a, b = q[index], k[index]
        cosines[index] = a @ b / (np.linalg.norm(a) * np.linalg.norm(b))
    return cosines


def cosine_similarity__r6_clipped_to_its_range(q, k):
    q = np.array(q, dtype=np.float64)
    k = np.array(k, dtype=np.float64)
    q /= np.linalg.norm(q, axis=-1, keepdims=True)
    k /= np.linalg.norm(k, axis=-1, keepdims=True)
    return np.clip(dot_similarity(q, k), -1.0, 1.0)
