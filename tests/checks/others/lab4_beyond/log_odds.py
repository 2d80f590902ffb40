import math
from collections import Counter

import numpy as np

SHOWN = {}  # name: (kind, what is wrong, input on which it shows)
HOW = {}  # where comparing plain values is not enough: "argument" (changed), ("state", first input)

BG = (0.3, 0.2, 0.15, 0.35)


def _hot(count, width, seed=0, unknown=0.0):
    rng = np.random.default_rng(seed)
    x = np.eye(4)[rng.choice(4, p=[0.5, 0.1, 0.3, 0.1], size=(count, width))]
    x[rng.random((count, width)) < unknown] = 0.0
    return x


def _in(count=6, width=3, seed=0, bg=BG, unknown=0.0, **more):
    return dict(sites=_hot(count, width, seed, unknown), background=np.array(bg), **more)


def _weights(count=6, width=3, seed=0, times=2.0, **more):
    sites = np.random.default_rng(seed).random((count, width, 4)) * times
    return dict(sites=sites, background=np.array(BG), **more)


# ---------------------------------------------------------------- wrong: natural


def log_odds__w01_bits(sites, background, pseudocount=1.0):
    p = (sites.sum(axis=0) + pseudocount * background) / (len(sites) + pseudocount)
    return np.log2(p / background)


SHOWN["log_odds__w01_bits"] = ("natural", "log2: bits instead of nats", lambda: _in())


def log_odds__w02_pseudocount_each_letter(sites, background, pseudocount=1.0):
    p = (sites.sum(axis=0) + pseudocount) / (len(sites) + 4 * pseudocount)
    return np.log(p / background)


SHOWN["log_odds__w02_pseudocount_each_letter"] = (
    "natural",
    "adds the whole pseudocount to each of the four letters (Laplace)",
    lambda: _in(),
)


def log_odds__w03_pseudocount_quarter(sites, background, pseudocount=1.0):
    p = (sites.sum(axis=0) + pseudocount / 4) / (len(sites) + pseudocount)
    return np.log(p / background)


SHOWN["log_odds__w03_pseudocount_quarter"] = (
    "natural",
    "a quarter of the pseudocount for each letter instead of its background",
    lambda: _in(),
)


def log_odds__w04_sum_over_places(sites, background, pseudocount=1.0):
    p = (sites.sum(axis=1) + pseudocount * background) / (sites.shape[1] + pseudocount)
    return np.log(p / background)


SHOWN["log_odds__w04_sum_over_places"] = (
    "natural",
    "adds up over the width instead of the sites",
    lambda: _in(3, 3),
)


def log_odds__w05_no_background(sites, background, pseudocount=1.0):
    return np.log((sites.sum(axis=0) + pseudocount * background) / (len(sites) + pseudocount))


SHOWN["log_odds__w05_no_background"] = ("natural", "log p, not divided by the background", lambda: _in())


def log_odds__w06_divided_by_N(sites, background, pseudocount=1.0):
    p = (sites.sum(axis=0) + pseudocount * background) / len(sites)
    return np.log(p / background)


SHOWN["log_odds__w06_divided_by_N"] = (
    "natural",
    "divides by N instead of N + pseudocount",
    lambda: _in(),
)


def log_odds__w07_minus_background(sites, background, pseudocount=1.0):
    p = (sites.sum(axis=0) + pseudocount * background) / (len(sites) + pseudocount)
    return np.log(p) - background


SHOWN["log_odds__w07_minus_background"] = (
    "natural",
    "subtracts the background instead of its logarithm",
    lambda: _in(),
)


def log_odds__w08_mean_plus_pseudocount(sites, background, pseudocount=1.0):
    p = (sites.mean(axis=0) + pseudocount * background) / (1 + pseudocount)
    return np.log(p / background)


SHOWN["log_odds__w08_mean_plus_pseudocount"] = (
    "natural",
    "adds the pseudocount to the mean, not to the counts: it weighs N times too much",
    lambda: _in(),
)


def log_odds__w09_uniform_background(sites, background, pseudocount=1.0):
    p = (sites.sum(axis=0) + pseudocount * background) / (len(sites) + pseudocount)
    return np.log(p / 0.25)


SHOWN["log_odds__w09_uniform_background"] = (
    "natural",
    "divides by 1/4 whatever the background",
    lambda: _in(),
)


def log_odds__w10_root_of_N(sites, background, pseudocount=1.0):
    n = len(sites)
    c = pseudocount * math.sqrt(n)
    return np.log((sites.sum(axis=0) + c * background) / (n + c) / background)


SHOWN["log_odds__w10_root_of_N"] = (
    "natural",
    "pseudocount times the root of N, as some motif programs do",
    lambda: _in(),
)


# ---------------------------------------------------------------- wrong: subtle


def log_odds__w11_N_from_the_counts(sites, background, pseudocount=1.0):
    counts = sites.sum(axis=0)
    n = counts.sum(axis=-1, keepdims=True)
    return np.log((counts + pseudocount * background) / (n + pseudocount) / background)


SHOWN["log_odds__w11_N_from_the_counts"] = (
    "subtle",
    "takes the sum of the counts of a place for N: wrong for weights that do not add up to 1",
    lambda: _weights(),
)


def log_odds__w12_squeezed(sites, background, pseudocount=1.0):
    n = len(sites)
    p = (np.squeeze(sites).sum(axis=0) + pseudocount * background) / (n + pseudocount)
    return np.log(p / background)


SHOWN["log_odds__w12_squeezed"] = (
    "subtle",
    "squeeze drops the axis of a single site, and then the places are added up",
    lambda: _in(1, 3),
)


def log_odds__w13_always_1(sites, background, pseudocount=1.0):
    p = (sites.sum(axis=0) + background) / (len(sites) + 1)
    return np.log(p / background)


SHOWN["log_odds__w13_always_1"] = (
    "subtle",
    "the pseudocount is always its default",
    lambda: _in(pseudocount=0.25),
)


def log_odds__w14_epsilon(sites, background, pseudocount=1.0):
    p = (sites.sum(axis=0) + pseudocount * background) / (len(sites) + pseudocount)
    return np.log(p / background + 1e-6)


SHOWN["log_odds__w14_epsilon"] = (
    "subtle",
    "adds 1e-6 in the logarithm: a small pseudocount gives other numbers",
    lambda: _in(pseudocount=1e-6),
)


def log_odds__w15_clipped(sites, background, pseudocount=1.0):
    p = (sites.sum(axis=0) + pseudocount * background) / (len(sites) + pseudocount)
    return np.clip(np.log(p / background), -5.0, 5.0)


SHOWN["log_odds__w15_clipped"] = (
    "subtle",
    "clips to +-5 nats: wrong with many sites",
    lambda: _in(400, 3, seed=1, pseudocount=0.01, bg=(0.001, 0.299, 0.35, 0.35)),
)


def log_odds__w16_bytes(sites, background, pseudocount=1.0):
    counts = np.zeros(sites.shape[1:], dtype=np.uint8)
    for site in sites:
        counts += site.astype(np.uint8)
    return np.log((counts + pseudocount * background) / (len(sites) + pseudocount) / background)


SHOWN["log_odds__w16_bytes"] = (
    "subtle",
    "counts in uint8: wrong from 256 equal letters on, and for weights",
    lambda: _in(700, 3),
)


def log_odds__w17_known_sites_only(sites, background, pseudocount=1.0):
    n = np.count_nonzero(sites.any(axis=(1, 2)))
    p = (sites.sum(axis=0) + pseudocount * background) / (n + pseudocount)
    return np.log(p / background)


SHOWN["log_odds__w17_known_sites_only"] = (
    "subtle",
    "a site of zeros is not counted in N",
    lambda: dict(sites=np.concatenate([_hot(5, 3), np.zeros((2, 3, 4))]), background=np.array(BG)),
)


def log_odds__w18_unique_sites(sites, background, pseudocount=1.0):
    sites = np.unique(sites, axis=0)
    p = (sites.sum(axis=0) + pseudocount * background) / (len(sites) + pseudocount)
    return np.log(p / background)


SHOWN["log_odds__w18_unique_sites"] = (
    "subtle",
    "equal sites are counted once",
    lambda: dict(sites=np.repeat(_hot(3, 4), [3, 1, 2], axis=0), background=np.array(BG)),
)


def log_odds__w19_largest_letter(sites, background, pseudocount=1.0):
    letters = np.argmax(sites, axis=-1)
    counts = np.stack([(letters == k).sum(axis=0) for k in range(4)], axis=-1)
    p = (counts + pseudocount * background) / (len(sites) + pseudocount)
    return np.log(p / background)


SHOWN["log_odds__w19_largest_letter"] = (
    "subtle",
    "counts the largest letter of each row: weights count as 1, rows of zeros as A",
    lambda: _weights(times=1.0),
)


def log_odds__w20_background_scaled(sites, background, pseudocount=1.0):
    background *= pseudocount
    p = (sites.sum(axis=0) + background) / (len(sites) + pseudocount)
    return np.log(p / (background / pseudocount))


SHOWN["log_odds__w20_background_scaled"] = (
    "use",
    "multiplies its argument background in place: right result, but the caller's background is changed",
    lambda: _in(pseudocount=0.5),
)
HOW["log_odds__w20_background_scaled"] = "argument"


# ---------------------------------------------------------------- right


def log_odds__r1_formula(sites, background, pseudocount=1.0):
    p = (np.sum(sites, axis=0) + pseudocount * background) / (len(sites) + pseudocount)
    return np.log(p / background)


def log_odds__r2_difference(sites, background, pseudocount=1.0):
    counts = np.einsum("nwk->wk", sites) + background[np.newaxis] * pseudocount
    return np.log(counts) - np.log(background) - np.log(sites.shape[0] + pseudocount)


def log_odds__r3_loops(sites, background, pseudocount=1.0):
    n, width, letters = sites.shape
    out = np.zeros((width, letters))
    for w in range(width):
        for k in range(letters):
            total = pseudocount * background[k]
            for i in range(n):
                total += sites[i, w, k]
            out[w, k] = math.log(total / (n + pseudocount) / background[k])
    return out


def log_odds__r4_mixture(sites, background, pseudocount=1.0):
    n = sites.shape[0]
    share = n / (n + pseudocount)
    p = share * sites.mean(axis=0) + (1 - share) * background
    return np.log(p / background)


def log_odds__r5_ratio_first(sites, background, pseudocount=1.0):
    odds = (sites / background).sum(axis=0)
    return np.log((odds + pseudocount) / (sites.shape[0] + pseudocount))


def log_odds__r6_one_more_site(sites, background, pseudocount=1.0):
    extra = np.tile(pseudocount * background, (1, sites.shape[1], 1))
    p = np.concatenate([sites, extra]).sum(axis=0) / (len(sites) + pseudocount)
    return np.log(p) - np.log(background)


MORE = [
    lambda: _in(1, 1),
    lambda: _in(1, 4, pseudocount=0.1),
    lambda: _in(50, 8, seed=2, unknown=0.2),
    lambda: _weights(7, 5, times=30.0, pseudocount=3.0),
    lambda: _in(300, 2, seed=3, pseudocount=1e-6),
]
