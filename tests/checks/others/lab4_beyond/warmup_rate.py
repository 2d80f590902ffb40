import math
from collections import Counter

import numpy as np

SHOWN = {}  # name: (kind, what is wrong, input on which it shows)
HOW = {}  # where comparing plain values is not enough: ("state", first input)


# ---------------------------------------------------------------- wrong: natural


def warmup_rate__w01_max(step, d_model, warmup):
    return d_model**-0.5 * max(step**-0.5, step * warmup**-1.5)


SHOWN["warmup_rate__w01_max"] = ("natural", "max in place of min", lambda: dict(step=10, d_model=64, warmup=100))


def warmup_rate__w02_root_of_d_model(step, d_model, warmup):
    return d_model**0.5 * min(step**-0.5, step * warmup**-1.5)


SHOWN["warmup_rate__w02_root_of_d_model"] = (
    "natural",
    "multiplies by the root of d_model instead of dividing",
    lambda: dict(step=10, d_model=64, warmup=100),
)


def warmup_rate__w03_warmup_half(step, d_model, warmup):
    return d_model**-0.5 * min(step**-0.5, step * warmup**-0.5)


SHOWN["warmup_rate__w03_warmup_half"] = (
    "natural",
    "warmup^-0.5 in place of warmup^-1.5: practically no warm-up",
    lambda: dict(step=10, d_model=64, warmup=100),
)


def warmup_rate__w04_falls_like_1_over_step(step, d_model, warmup):
    return d_model**-0.5 * warmup**-0.5 * min(warmup / step, step / warmup)


SHOWN["warmup_rate__w04_falls_like_1_over_step"] = (
    "natural",
    "falls like 1 / step after the peak",
    lambda: dict(step=400, d_model=64, warmup=100),
)


def warmup_rate__w05_stays_at_the_top(step, d_model, warmup):
    return d_model**-0.5 * min(warmup**-0.5, step * warmup**-1.5)


SHOWN["warmup_rate__w05_stays_at_the_top"] = (
    "natural",
    "rises, and then stays: warmup^-0.5 in place of step^-0.5",
    lambda: dict(step=400, d_model=64, warmup=100),
)


def warmup_rate__w06_product_in_power(step, d_model, warmup):
    return d_model**-0.5 * min(step**-0.5, (step * warmup) ** -1.5)


SHOWN["warmup_rate__w06_product_in_power"] = (
    "natural",
    "raises step * warmup to -1.5",
    lambda: dict(step=10, d_model=64, warmup=100),
)


def warmup_rate__w07_from_0(step, d_model, warmup):
    step = step + 1
    return d_model**-0.5 * min(step**-0.5, step * warmup**-1.5)


SHOWN["warmup_rate__w07_from_0"] = (
    "natural",
    "takes step for counted from 0",
    lambda: dict(step=3, d_model=64, warmup=100),
)


def warmup_rate__w08_no_d_model(step, d_model, warmup):
    return min(step**-0.5, step * warmup**-1.5)


SHOWN["warmup_rate__w08_no_d_model"] = (
    "natural",
    "forgets d_model",
    lambda: dict(step=3, d_model=64, warmup=100),
)


def warmup_rate__w09_whole_power(step, d_model, warmup):
    return d_model**-0.5 * min(step**-0.5, step * warmup ** -(3 // 2))


SHOWN["warmup_rate__w09_whole_power"] = (
    "natural",
    "3 // 2 is 1: rises to 1 / warmup per step",
    lambda: dict(step=3, d_model=64, warmup=100),
)


def warmup_rate__w10_d_model_only_on_one(step, d_model, warmup):
    return min(d_model**-0.5 * step**-0.5, step * warmup**-1.5)


SHOWN["warmup_rate__w10_d_model_only_on_one"] = (
    "natural",
    "d_model^-0.5 inside the min, on one of the two only",
    lambda: dict(step=3, d_model=64, warmup=100),
)


# ---------------------------------------------------------------- wrong: subtle


def warmup_rate__w11_isqrt(step, d_model, warmup):
    return min(step**-0.5, step * warmup**-1.5) / math.isqrt(d_model)


SHOWN["warmup_rate__w11_isqrt"] = (
    "subtle",
    "whole root of d_model: right for 64, 256, 1024, wrong for 512",
    lambda: dict(step=100, d_model=512, warmup=4000),
)


def warmup_rate__w12_int32_cube(step, d_model, warmup):
    w = np.array([warmup], dtype=np.int32)
    return float(d_model**-0.5 * min(step**-0.5, step / np.sqrt(np.abs(w * w * w))[0]))


SHOWN["warmup_rate__w12_int32_cube"] = (
    "subtle",
    "warmup^3 in int32: overflows from 1291 on",
    lambda: dict(step=100, d_model=512, warmup=4000),
)


def warmup_rate__w13_floor(step, d_model, warmup):
    return max(d_model**-0.5 * min(step**-0.5, step * warmup**-1.5), 1e-5)


SHOWN["warmup_rate__w13_floor"] = (
    "subtle",
    "never below 1e-5: the first steps of a long warm-up are too large",
    lambda: dict(step=1, d_model=512, warmup=4000),
)


def warmup_rate__w14_rounded(step, d_model, warmup):
    return round(d_model**-0.5 * min(step**-0.5, step * warmup**-1.5), 6)


SHOWN["warmup_rate__w14_rounded"] = (
    "subtle",
    "rounds to 6 decimals: 1.7e-7 becomes 0",
    lambda: dict(step=1, d_model=512, warmup=4000),
)


def warmup_rate__w15_float16(step, d_model, warmup):
    s, d, w = np.float16(step), np.float16(d_model), np.float16(warmup)
    return float(d ** np.float16(-0.5) * min(s ** np.float16(-0.5), s * w ** np.float16(-1.5)))


SHOWN["warmup_rate__w15_float16"] = (
    "subtle",
    "computes in float16: a step of 100000 is inf, and the rate 0",
    lambda: dict(step=100000, d_model=512, warmup=4000),
)


def warmup_rate__w16_ceiling(step, d_model, warmup):
    return min(d_model**-0.5 * min(step**-0.5, step * warmup**-1.5), 0.01)


SHOWN["warmup_rate__w16_ceiling"] = (
    "subtle",
    "never above 0.01: wrong for short warm-ups and small models",
    lambda: dict(step=5, d_model=16, warmup=5),
)


_w17_step = [0]


def warmup_rate__w17_own_counter(step, d_model, warmup):
    _w17_step[0] = max(_w17_step[0], step)  # a step never goes back
    s = _w17_step[0]
    return d_model**-0.5 * min(s**-0.5, s * warmup**-1.5)


SHOWN["warmup_rate__w17_own_counter"] = (
    "use",
    "keeps the largest step of all calls: a smaller step afterwards gets its rate",
    lambda: dict(step=3, d_model=64, warmup=100),
)
HOW["warmup_rate__w17_own_counter"] = ("state", lambda: dict(step=50, d_model=64, warmup=100))


def warmup_rate__w18_no_warmup(step, d_model, warmup):
    if warmup <= 1:
        return d_model**-0.5
    return d_model**-0.5 * min(step**-0.5, step * warmup**-1.5)


SHOWN["warmup_rate__w18_no_warmup"] = (
    "subtle",
    "warmup = 1: a constant rate, which does not fall",
    lambda: dict(step=9, d_model=64, warmup=1),
)


def warmup_rate__w19_last_step(step, d_model, warmup):
    step = min(step, 100_000)  # the paper trained for 100000 steps
    return d_model**-0.5 * min(step**-0.5, step * warmup**-1.5)


SHOWN["warmup_rate__w19_last_step"] = (
    "subtle",
    "does not fall any more after 100000 steps",
    lambda: dict(step=400_000, d_model=512, warmup=4000),
)


_w20_peak = {}


def warmup_rate__w20_peak_kept(step, d_model, warmup):
    if d_model not in _w20_peak:
        _w20_peak[d_model] = (d_model * warmup) ** -0.5
    return _w20_peak[d_model] * min(step / warmup, (warmup / step) ** 0.5)


SHOWN["warmup_rate__w20_peak_kept"] = (
    "use",
    "keeps the peak by d_model alone: a second warmup gets the peak of the first",
    lambda: dict(step=3, d_model=48, warmup=100),
)
HOW["warmup_rate__w20_peak_kept"] = ("state", lambda: dict(step=3, d_model=48, warmup=10))


# ---------------------------------------------------------------- right


def warmup_rate__r1_formula(step, d_model, warmup):
    return d_model**-0.5 * min(step**-0.5, step * warmup**-1.5)


def warmup_rate__r2_two_cases(step, d_model, warmup):
    if step < warmup:
        return step / (math.sqrt(d_model) * warmup * math.sqrt(warmup))
    return 1.0 / math.sqrt(d_model * step)


def warmup_rate__r3_peak(step, d_model, warmup):
    peak = 1 / math.sqrt(d_model * warmup)
    return peak * min(step / warmup, math.sqrt(warmup / step))


def warmup_rate__r4_numpy(step, d_model, warmup):
    step = np.float64(step)
    return float(np.minimum(1 / np.sqrt(step), step * np.power(float(warmup), -1.5)) / np.sqrt(d_model))


def warmup_rate__r5_logarithms(step, d_model, warmup):
    fall = -0.5 * math.log(step)
    rise = math.log(step) - 1.5 * math.log(warmup)
    return math.exp(min(fall, rise) - 0.5 * math.log(d_model))


def warmup_rate__r6_sorted(step, d_model, warmup):
    candidates = sorted([math.pow(step, -0.5), step / math.pow(warmup, 1.5)])
    return math.pow(d_model, -0.5) * candidates[0]


MORE = [
    lambda: dict(step=1, d_model=1, warmup=1),
    lambda: dict(step=4000, d_model=512, warmup=4000),
    lambda: dict(step=3999, d_model=768, warmup=4000),
    lambda: dict(step=10**7, d_model=100, warmup=10),
    lambda: dict(step=7, d_model=33, warmup=10**7),
]
