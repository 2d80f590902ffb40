import numpy as np

SHOWN = {}


# ---------------------------------------------------------------- wrong: natural


def block_flops__w01_multiplications_only(time, d_model, d_ff):
    return 4 * time * d_model**2 + 2 * time**2 * d_model + 2 * time * d_model * d_ff


SHOWN["block_flops__w01_multiplications_only"] = (
    "natural",
    "forgets the factor 2 for the additions",
    lambda: dict(time=5, d_model=8, d_ff=32),
)


def block_flops__w02_without_scores(time, d_model, d_ff):
    return 8 * time * d_model**2 + 4 * time * d_model * d_ff


SHOWN["block_flops__w02_without_scores"] = (
    "natural",
    "counts only the products with weights, not Q K^T and A V",
    lambda: dict(time=5, d_model=8, d_ff=32),
)


def block_flops__w03_scores_only_once(time, d_model, d_ff):
    return 8 * time * d_model**2 + 2 * time**2 * d_model + 4 * time * d_model * d_ff


SHOWN["block_flops__w03_scores_only_once"] = (
    "natural",
    "counts Q K^T but not the product with V",
    lambda: dict(time=5, d_model=8, d_ff=32),
)


def block_flops__w04_no_output_matrix(time, d_model, d_ff):
    return 6 * time * d_model**2 + 4 * time**2 * d_model + 4 * time * d_model * d_ff


SHOWN["block_flops__w04_no_output_matrix"] = (
    "natural",
    "forgets the product with W_o",
    lambda: dict(time=5, d_model=8, d_ff=32),
)


def block_flops__w05_one_dense(time, d_model, d_ff):
    return 8 * time * d_model**2 + 4 * time**2 * d_model + 2 * time * d_model * d_ff


SHOWN["block_flops__w05_one_dense"] = (
    "natural",
    "counts one dense layer only",
    lambda: dict(time=5, d_model=8, d_ff=32),
)


def block_flops__w06_parameters_times_two(time, d_model, d_ff):
    return 2 * time * block_parameters(d_model, d_ff)


SHOWN["block_flops__w06_parameters_times_two"] = (
    "natural",
    "the rule 2 x parameters x tokens: counts biases and norms, and no scores",
    lambda: dict(time=5, d_model=8, d_ff=32),
)


def block_flops__w07_square_of_width(time, d_model, d_ff):
    return 8 * time * d_model**2 + 4 * time * d_model**2 + 4 * time * d_model * d_ff


SHOWN["block_flops__w07_square_of_width"] = (
    "natural",
    "the square stands on d_model instead of time in the products of attention",
    lambda: dict(time=5, d_model=8, d_ff=32),
)


def block_flops__w08_causal_half(time, d_model, d_ff):
    pairs = time * (time + 1) // 2
    return 8 * time * d_model**2 + 4 * pairs * d_model + 4 * time * d_model * d_ff


SHOWN["block_flops__w08_causal_half"] = (
    "natural",
    "counts only the pairs that a causal mask allows, not the matrix product",
    lambda: dict(time=5, d_model=8, d_ff=32),
)


# ---------------------------------------------------------------- wrong: subtle


def block_flops__w09_int32(time, d_model, d_ff):
    t, d, f = np.array([time, d_model, d_ff], dtype=np.int32)
    return int(8 * t * d * d + 4 * t * t * d + 4 * t * d * f)


SHOWN["block_flops__w09_int32"] = (
    "subtle",
    "multiplies in int32, which overflows for blocks of real size",
    lambda: dict(time=1024, d_model=768, d_ff=3072),
)


def block_flops__w10_float32(time, d_model, d_ff):
    t = np.float32(time)
    return int(4 * t * d_model * (2 * d_model + t + d_ff))


SHOWN["block_flops__w10_float32"] = (
    "subtle",
    "computes in float32: large counts are rounded",
    lambda: dict(time=1001, d_model=777, d_ff=3001),
)


def block_flops__w11_window(time, d_model, d_ff):
    seen = min(time, 32)
    return 8 * time * d_model**2 + 4 * time * seen * d_model + 4 * time * d_model * d_ff


SHOWN["block_flops__w11_window"] = (
    "subtle",
    "lets a query see at most 32 keys: wrong for longer sequences",
    lambda: dict(time=50, d_model=8, d_ff=32),
)


def block_flops__w12_hidden_four_times(time, d_model, d_ff):
    return 24 * time * d_model**2 + 4 * time**2 * d_model


SHOWN["block_flops__w12_hidden_four_times"] = (
    "subtle",
    "assumes d_ff = 4 d_model",
    lambda: dict(time=5, d_model=8, d_ff=16),
)


def block_flops__w13_set_of_products(time, d_model, d_ff):
    products = {(time, d_model, time), (time, time, d_model), (time, d_model, d_ff), (time, d_ff, d_model)}
    return 4 * 2 * time * d_model * d_model + sum(2 * a * b * c for a, b, c in products)


SHOWN["block_flops__w13_set_of_products"] = (
    "subtle",
    "a set drops equal shapes: too few where time == d_model, d_ff == d_model or time == d_ff",
    lambda: dict(time=8, d_model=8, d_ff=32),
)


def block_flops__w14_float_result(time, d_model, d_ff):
    return 4.0 * time * d_model * (2 * d_model + time + d_ff)


SHOWN["block_flops__w14_float_result"] = (
    "subtle",
    "returns a float instead of an int",
    "type of the result is float, the docstring says int",
)


def block_flops__w15_additions_one_less(time, d_model, d_ff):
    cost = lambda a, b, c: a * c * (2 * b - 1)
    return (
        4 * cost(time, d_model, d_model)
        + cost(time, d_model, time)
        + cost(time, time, d_model)
        + cost(time, d_model, d_ff)
        + cost(time, d_ff, d_model)
    )


SHOWN["block_flops__w15_additions_one_less"] = (
    "natural",
    "counts b - 1 additions for b terms; the docstring counts b",
    lambda: dict(time=5, d_model=8, d_ff=32),
)


def block_flops__w16_one_step_attends_nothing(time, d_model, d_ff):
    flops = 8 * time * d_model**2 + 4 * time * d_model * d_ff
    if time > 1:
        flops += 4 * time**2 * d_model
    return flops


SHOWN["block_flops__w16_one_step_attends_nothing"] = (
    "subtle",
    "leaves the scores out for a single step, whose products cost 4 d_model",
    lambda: dict(time=1, d_model=8, d_ff=32),
)


# ---------------------------------------------------------------- wrong: use

_w17_known = {}


def block_flops__w17_kept_by_shape(time, d_model, d_ff):
    key = (d_model, d_ff)
    if key not in _w17_known:
        _w17_known[key] = 8 * time * d_model**2 + 4 * time**2 * d_model + 4 * time * d_model * d_ff
    return _w17_known[key]


SHOWN["block_flops__w17_kept_by_shape"] = (
    "use",
    "keeps results by the block, without time",
    "a second call with another time returns the first result",
)


def block_flops__w18_growing_list(time, d_model, d_ff, products=[]):
    for _ in range(4):
        products.append((time, d_model, d_model))
    products.append((time, d_model, time))
    products.append((time, time, d_model))
    products.append((time, d_model, d_ff))
    products.append((time, d_ff, d_model))
    return sum(2 * a * b * c for a, b, c in products)


SHOWN["block_flops__w18_growing_list"] = (
    "use",
    "its mutable default grows from call to call",
    "the second call returns the sum of both calls",
)


def block_flops__w19_printed_in_giga(time, d_model, d_ff):
    flops = 8 * time * d_model**2 + 4 * time**2 * d_model + 4 * time * d_model * d_ff
    return round(flops / 1e9, 3)


SHOWN["block_flops__w19_printed_in_giga"] = (
    "use",
    "returns billions, rounded",
    lambda: dict(time=5, d_model=8, d_ff=32),
)


def block_flops__w20_training_step(time, d_model, d_ff):
    forward = 8 * time * d_model**2 + 4 * time**2 * d_model + 4 * time * d_model * d_ff
    return 3 * forward


SHOWN["block_flops__w20_training_step"] = (
    "use",
    "counts the backward pass too (three times the products)",
    lambda: dict(time=5, d_model=8, d_ff=32),
)


# ---------------------------------------------------------------- right


def block_flops__r1_terms(time, d_model, d_ff):
    projections = 4 * 2 * time * d_model * d_model
    scores = 2 * time * d_model * time
    mixing = 2 * time * time * d_model
    dense = 2 * time * d_model * d_ff + 2 * time * d_ff * d_model
    return projections + scores + mixing + dense


def block_flops__r2_factored(time, d_model, d_ff):
    return 4 * time * d_model * (2 * d_model + time + d_ff)


def block_flops__r3_list_of_products(time, d_model, d_ff):
    def cost(a, b, c):
        return 2 * a * b * c

    products = [(time, d_model, d_model)] * 4 + [
        (time, d_model, time),
        (time, time, d_model),
        (time, d_model, d_ff),
        (time, d_ff, d_model),
    ]
    return sum(cost(*p) for p in products)


def block_flops__r4_numpy(time, d_model, d_ff):
    shapes = np.array(
        [[time, d_model, d_model]] * 4
        + [[time, d_model, time], [time, time, d_model], [time, d_model, d_ff], [time, d_ff, d_model]],
        dtype=np.int64,
    )
    return int(2 * shapes.prod(axis=1).sum())


def block_flops__r5_for_each_position(time, d_model, d_ff):
    one = 8 * d_model**2 + 4 * d_model * d_ff + 4 * time * d_model
    return sum(one for _ in range(time))


def block_flops__r6_loop_over_names(time, d_model, d_ff):
    total = 0
    for inner, outer in (
        ("d", "d"),
        ("d", "d"),
        ("d", "d"),
        ("d", "t"),
        ("t", "d"),
        ("d", "d"),
        ("d", "f"),
        ("f", "d"),
    ):
        size = dict(t=time, d=d_model, f=d_ff)
        total += 2 * time * size[inner] * size[outer]
    return total
