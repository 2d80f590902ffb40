import numpy as np

SHOWN = {}


def _args(scale=3.0, max_norm=1.0, seed=0):
    rng = np.random.default_rng(seed)
    return dict(
        gradients=[rng.normal(size=(4, 3)) * scale, rng.normal(size=(3, 3)) * scale, rng.normal(size=3) * scale],
        max_norm=max_norm,
    )


# ---------------------------------------------------------------- wrong
def clip_by_global_norm__w01_each_array(gradients, max_norm):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    clipped = []
    for g in gradients:
        own = np.linalg.norm(g)
        clipped.append(g * min(1.0, max_norm / own) if own > 0 else g)
    return clipped, norm


SHOWN["clip_by_global_norm__w01_each_array"] = (
    "natural",
    "each array is shortened by its own norm; right for one array",
    lambda: _args(),
)


def clip_by_global_norm__w02_always_scaled(gradients, max_norm):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    if norm == 0:
        return list(gradients), norm
    return [g * max_norm / norm for g in gradients], norm


SHOWN["clip_by_global_norm__w02_always_scaled"] = (
    "natural",
    "short gradients are stretched to max_norm",
    lambda: _args(scale=0.01),
)


def clip_by_global_norm__w03_values(gradients, max_norm):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    return [np.clip(g, -max_norm, max_norm) for g in gradients], norm


SHOWN["clip_by_global_norm__w03_values"] = ("natural", "clips the entries, which turns the direction", lambda: _args())


def clip_by_global_norm__w04_norm_after(gradients, max_norm):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    factor = min(1.0, max_norm / norm) if norm > 0 else 1.0
    clipped = [g * factor for g in gradients]
    return clipped, np.sqrt(sum(np.sum(g**2) for g in clipped))


SHOWN["clip_by_global_norm__w04_norm_after"] = ("natural", "returns the norm after clipping", lambda: _args())


def clip_by_global_norm__w05_zero_norm(gradients, max_norm):
    norm = float(np.sqrt(sum(np.sum(g**2) for g in gradients)))
    factor = min(1.0, max_norm / norm)
    return [g * factor for g in gradients], norm


SHOWN["clip_by_global_norm__w05_zero_norm"] = (
    "subtle",
    "ZeroDivisionError when all gradients are zero",
    lambda: dict(gradients=[np.zeros((2, 3)), np.zeros(3)], max_norm=1.0),
)


def clip_by_global_norm__w06_sum_of_norms(gradients, max_norm):
    norm = sum(np.linalg.norm(g) for g in gradients)
    factor = min(1.0, max_norm / norm) if norm else 1.0
    return [g * factor for g in gradients], norm


SHOWN["clip_by_global_norm__w06_sum_of_norms"] = (
    "natural",
    "adds up the norms of the arrays; right for one array",
    lambda: _args(),
)


def clip_by_global_norm__w07_no_root(gradients, max_norm):
    norm = sum(np.sum(np.square(g)) for g in gradients)
    factor = min(1.0, max_norm / norm) if norm else 1.0
    return [g * factor for g in gradients], norm


SHOWN["clip_by_global_norm__w07_no_root"] = ("natural", "the root is forgotten", lambda: _args())


def clip_by_global_norm__w08_in_place(gradients, max_norm):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    if norm > max_norm:
        for g in gradients:
            g *= max_norm / norm
    return gradients, norm


SHOWN["clip_by_global_norm__w08_in_place"] = (
    "use",
    "scales the arrays of the caller",
    "changes its argument gradients when they are long",
)


def clip_by_global_norm__w09_small_number(gradients, max_norm):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    factor = min(1.0, max_norm / (norm + 1e-3))
    return [g * factor for g in gradients], norm


SHOWN["clip_by_global_norm__w09_small_number"] = (
    "subtle",
    "norm + 0.001 in the denominator: small gradients are shortened although they need not be",
    lambda: dict(gradients=[np.array([0.006, 0.008])], max_norm=0.01),
)


def clip_by_global_norm__w10_other_order(gradients, max_norm):
    norm = np.linalg.norm(np.concatenate([np.ravel(g) for g in gradients]))
    factor = min(1.0, max_norm / norm) if norm > 0 else 1.0
    return norm, [g * factor for g in gradients]


SHOWN["clip_by_global_norm__w10_other_order"] = ("use", "the norm comes first in the results", lambda: _args())


def clip_by_global_norm__w11_largest_norm(gradients, max_norm):
    norm = max(np.linalg.norm(g) for g in gradients)
    factor = min(1.0, max_norm / norm) if norm > 0 else 1.0
    return [factor * g for g in gradients], norm


SHOWN["clip_by_global_norm__w11_largest_norm"] = (
    "natural",
    "takes the largest norm of an array; right for one array",
    lambda: _args(),
)


def clip_by_global_norm__w12_mean_square(gradients, max_norm):
    entries = np.concatenate([np.ravel(g) for g in gradients])
    norm = np.sqrt(np.mean(entries**2))
    factor = min(1.0, max_norm / norm) if norm > 0 else 1.0
    return [g * factor for g in gradients], norm


SHOWN["clip_by_global_norm__w12_mean_square"] = (
    "natural",
    "root of the mean square instead of the sum",
    lambda: _args(),
)


def clip_by_global_norm__w13_biases_left_out(gradients, max_norm):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients if np.ndim(g) > 1))
    factor = min(1.0, max_norm / norm) if norm > 0 else 1.0
    return [g * factor for g in gradients], norm


SHOWN["clip_by_global_norm__w13_biases_left_out"] = (
    "subtle",
    "only matrices count for the norm, biases do not",
    lambda: _args(),
)


def clip_by_global_norm__w14_zeros_dropped(gradients, max_norm):
    gradients = [g for g in gradients if np.any(g)]
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    factor = min(1.0, max_norm / norm) if gradients else 1.0
    return [g * factor for g in gradients], norm


SHOWN["clip_by_global_norm__w14_zeros_dropped"] = (
    "subtle",
    "arrays of zeros are missing in the result",
    lambda: dict(gradients=[np.ones((2, 2)), np.zeros(2), np.ones(3)], max_norm=1.0),
)


def clip_by_global_norm__w15_threshold_one(gradients, max_norm):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    factor = max_norm / norm if norm > 1 else 1.0
    return [g * min(factor, 1.0) for g in gradients], norm


SHOWN["clip_by_global_norm__w15_threshold_one"] = (
    "subtle",
    "shortens only norms beyond 1: wrong for max_norm below 1",
    lambda: dict(gradients=[np.array([0.3, 0.4])], max_norm=0.1),
)


_w16_largest = [0.0]


def clip_by_global_norm__w16_largest_so_far(gradients, max_norm):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    _w16_largest[0] = max(_w16_largest[0], norm)
    factor = min(1.0, max_norm / _w16_largest[0]) if _w16_largest[0] > 0 else 1.0
    return [g * factor for g in gradients], norm


SHOWN["clip_by_global_norm__w16_largest_so_far"] = (
    "use",
    "the factor belongs to the largest norm of all calls so far",
    "short gradients after a call with long ones are shortened",
)


def clip_by_global_norm__w17_one_after_the_other(gradients, max_norm):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    clipped = list(gradients)
    for i, g in enumerate(clipped):
        total = np.sqrt(sum(np.sum(c**2) for c in clipped))
        if total > max_norm:
            clipped[i] = g * (max_norm / total)
    return clipped, norm


SHOWN["clip_by_global_norm__w17_one_after_the_other"] = (
    "subtle",
    "the norm is taken anew after each array, so later arrays get another factor",
    lambda: _args(),
)


def clip_by_global_norm__w18_one_long_array(gradients, max_norm):
    norm = np.linalg.norm(np.concatenate([np.ravel(g) for g in gradients]))
    factor = min(1.0, max_norm / norm) if norm > 0 else 1.0
    parts = np.split(
        np.concatenate([np.ravel(g) for g in gradients]) * factor, np.cumsum([np.size(g) for g in gradients])[:-1]
    )
    return parts, norm


SHOWN["clip_by_global_norm__w18_one_long_array"] = (
    "subtle",
    "matrices come back flat; right when all arrays are flat",
    lambda: _args(),
)


def clip_by_global_norm__w19_generator(gradients, max_norm):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    factor = min(1.0, max_norm / norm) if norm > 0 else 1.0
    return (g * factor for g in gradients), norm


SHOWN["clip_by_global_norm__w19_generator"] = (
    "use",
    "a generator instead of a list: no length, and empty when read a second time",
    lambda: _args(),
)


def clip_by_global_norm__w20_absolute_values(gradients, max_norm):
    norm = np.sqrt(sum(np.sum(np.abs(g)) for g in gradients))
    factor = min(1.0, max_norm / norm) if norm > 0 else 1.0
    return [g * factor for g in gradients], norm


SHOWN["clip_by_global_norm__w20_absolute_values"] = (
    "natural",
    "sums absolute values under the root instead of squares; right for entries of 0 and 1",
    lambda: _args(),
)


# ---------------------------------------------------------------- right
def clip_by_global_norm__r1_plain(gradients, max_norm):
    norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
    factor = min(1.0, max_norm / norm) if norm > 0 else 1.0
    return [g * factor for g in gradients], norm


def clip_by_global_norm__r2_norm_of_norms(gradients, max_norm):
    norm = float(np.linalg.norm([np.linalg.norm(g) for g in gradients]))
    scale = max_norm / max(norm, max_norm)
    return [np.multiply(g, scale) for g in gradients], norm


def clip_by_global_norm__r3_one_vector(gradients, max_norm):
    entries = np.concatenate([np.zeros(0)] + [np.ravel(g) for g in gradients])
    norm = np.sqrt(entries @ entries)
    if norm <= max_norm:
        return [np.array(g) for g in gradients], norm
    return [np.asarray(g) / norm * max_norm for g in gradients], norm


def clip_by_global_norm__r4_loop(gradients, max_norm):
    total = 0.0
    for g in gradients:
        total += float(np.vdot(g, g))
    norm = total**0.5
    factor = 1.0
    if norm > max_norm:
        factor = max_norm / norm
    clipped = []
    for g in gradients:
        copy = np.array(g, dtype=float)
        copy *= factor
        clipped.append(copy)
    return clipped, norm


def clip_by_global_norm__r5_hypot(gradients, max_norm):
    import math

    norm = math.hypot(*(float(entry) for g in gradients for entry in np.ravel(g)))
    factor = 1.0 if norm == 0 else np.minimum(1.0, max_norm / norm)
    return [factor * g for g in gradients], norm


def clip_by_global_norm__r6_map(gradients, max_norm):
    norm = np.sqrt(np.sum([np.einsum("i,i->", np.ravel(g), np.ravel(g)) for g in gradients]))
    factor = np.divide(max_norm, norm, out=np.array(1.0), where=norm > max_norm)
    return list(map(lambda g: np.asarray(g) * factor, gradients)), norm
