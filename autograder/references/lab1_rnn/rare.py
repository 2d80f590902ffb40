"""Corners and large cases of lab 1: what a function meets seldom, and must do all the same.

RARE stands in the public table too; DEEP is drawn by hidden tests only, and is larger than what the table can hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.references.lab1_rnn.recurrence import quick_forward

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

    from autograder.references.reference import Drawn

Arguments = dict[str, Any]

LONG, MANY = 130, 9  # steps and rows: more than anybody tries by hand


def _normal(rng: Generator, *shape: int, scale: float = 1.0) -> Any:
    return rng.normal(0, scale, size=shape).round(3)


# Part 1: words


def _rare_words(rng: Generator, _: Arguments) -> list[Drawn]:
    del rng
    return [
        ({"words": ["i", "a", "I", "3", "incomprehensibilities", "a", "don't", "i"]}, "short, long and odd words"),
        ({"words": [f"w{number}" for number in range(140)]}, "140 different words"),
    ]


def _deep_words(rng: Generator) -> list[Drawn]:
    return [({"words": [f"w{number}" for number in rng.permutation(2100)]}, "2,100 different words")]


def _rare_sentences(rng: Generator, first: Arguments) -> list[Drawn]:
    del rng
    again = {word: number + 70000 for number, word in enumerate(first["vocabulary"])}
    parts = {"car": 2, "pet": 3, "the": 4, "carpets": 5, "a": 6}
    return [
        (first | {"vocabulary": again}, "the same sentence, another vocabulary with large ids"),
        ({"sentence": "The carpet, a CAR; pe carp carpets a", "vocabulary": parts}, "words that are parts of others"),
    ]


def _rare_sequences(rng: Generator, _: Arguments) -> list[Drawn]:
    return [
        ({"sequences": [[1], [7, 1, 1, 5, 1]]}, "the unknown word again and again"),
        ({"sequences": [[int(n) for n in rng.integers(40000, 2**31, size=n)] for n in (3, 3, 3)]}, "large ids"),
        ({"sequences": [[4], [5], [4], [6], [4], [9], [4]]}, "seven sequences of one step"),
    ]


def _deep_sequences(rng: Generator) -> list[Drawn]:
    lengths = [int(n) for n in rng.permutation([LONG, 1, 60, 0, 129, 33, 77, 2, LONG])]
    return [({"sequences": [[int(n) for n in rng.integers(2, 90000, size=one)] for one in lengths]}, "many long rows")]


def _rare_embedding(rng: Generator, first: Arguments) -> list[Drawn]:
    size, d = first["E"].shape
    return [
        ({"ids": rng.integers(0, size, size=(1, 4)), "E": first["E"]}, "one row"),
        ({"ids": rng.integers(0, size, size=(3, 3)), "E": _normal(rng, size, size)}, "as many rows as steps"),
        ({"ids": np.zeros((2, 2), int), "E": _normal(rng, 1, d)}, "a vocabulary of one word"),
        ({"ids": np.array(3), "E": first["E"]}, "one id, without an axis"),
        ({"ids": np.array([[2, 2], [2, 2]]), "E": _normal(rng, size, d, scale=900.0)}, "one word again and again"),
    ]


def _deep_embedding(rng: Generator) -> list[Drawn]:
    ids = rng.integers(4000, 5001, size=(MANY, LONG))
    return [({"ids": ids, "E": _normal(rng, 5001, 2)}, "a table of 5,001 rows")]


def _rare_pairs(rng: Generator, _: Arguments) -> list[Drawn]:
    return [
        ({"ids": rng.integers(2, 30, size=(2, 1))}, "one step: nothing to predict"),
        ({"ids": rng.integers(2, 30, size=(4, 4))}, "as many rows as steps"),
        ({"ids": np.array([[5, 5, 5, 3], [3, 3, 5, 5], [5, 5, 5, 3]])}, "the same word, the same row again"),
        ({"ids": rng.integers(2**30, 2**31, size=(2, 3))}, "very large ids"),
    ]


def _deep_pairs(rng: Generator) -> list[Drawn]:
    return [({"ids": rng.integers(0, 90000, size=(MANY, LONG))}, "many long rows")]


# Part 2 and 3: recurrence


def _recurrent(rng: Generator, features: int, units: int, scale: float = 0.7) -> Arguments:
    shapes = {"W_xh": (features, units), "W_hh": (units, units), "b_h": (units,)}
    return {name: _normal(rng, *shape, scale=scale) for name, shape in shapes.items()}


def _rare_step(rng: Generator, first: Arguments) -> list[Drawn]:
    batch, features = first["x_t"].shape
    units = first["h_prev"].shape[1]
    ones = np.eye(features)[rng.integers(0, features, size=batch)]
    nothing = {"h_prev": np.zeros((batch, units))}
    far = {"x_t": _normal(rng, batch, features, scale=4.0), "h_prev": _normal(rng, batch, units, scale=4.0)}
    far["x_t"][0, 0], far["h_prev"][-1, -1] = 5.5, -5.5
    small = {name: first[name] / 10 for name in ("W_xh", "W_hh", "b_h")}
    huge = {"x_t": 900.0 + np.abs(first["x_t"]), "W_xh": 1 + np.abs(first["W_xh"])}
    return [
        (first | {"x_t": ones} | nothing, "one-hot inputs, a state of zeros"),
        (first | {"x_t": np.zeros((batch, features))}, "an input of zeros"),
        (first | {"x_t": np.zeros((batch, features))} | nothing, "zeros everywhere"),
        (first | far | small, "inputs and states of +-5"),
        (first | huge, "sums above 1,000"),
    ]


def _deep_step(rng: Generator) -> list[Drawn]:
    wide = {"x_t": _normal(rng, MANY, 30), "h_prev": rng.uniform(-1, 1, size=(MANY, 33)).round(3)}
    return [(wide | _recurrent(rng, 30, 33, 0.2), "nine rows, 33 units")]


def _rare_forward(rng: Generator, first: Arguments) -> list[Drawn]:
    x, units = first["x"], first["h_0"].shape[1]
    batch, time, features = x.shape
    ones = np.eye(features)[rng.integers(0, features, size=(batch, time))]
    nothing = {"h_0": np.zeros((batch, units))}
    still = x.copy()
    still[:, :-1] = 0.0
    square = np.array([[True, False, False], [True, True, False], [False, True, True]])
    none = np.ones((batch, time), bool)
    none[-1] = False
    return [
        (first | nothing, "a first state of zeros"),
        (first | {"x": ones} | nothing, "one-hot inputs, a first state of zeros"),
        (
            first | {"x": still, "b_h": np.zeros(units)} | nothing,
            "zeros come in at all steps but the last",
        ),
        (
            {"x": _normal(rng, 3, 3, 2), "h_0": _normal(rng, 3, 2, scale=4.0), **_recurrent(rng, 2, 2), "mask": square},
            "as many steps as sequences, as many units as features, far states",
        ),
        (first | {"mask": none}, "a sequence without a real step"),
        (first | {"mask": np.zeros((batch, time), bool)}, "no real step at all"),
        (first | {"mask": np.ones((batch, time), bool)}, "a mask of True"),
        (first | {"x": np.repeat(x[:1], batch, axis=0), "h_0": np.repeat(first["h_0"][:1], batch, axis=0)}, "twins"),
    ]


def _deep_forward(rng: Generator) -> list[Drawn]:
    mask = rng.random((MANY, LONG)) < 0.8
    wide = {"x": _normal(rng, MANY, LONG, 2), "h_0": rng.uniform(-1, 1, size=(MANY, 23)).round(3)}
    return [(wide | _recurrent(rng, 2, 23, 0.18) | {"mask": mask}, "nine sequences of 130 steps, 23 units")]


def _rare_cell(rng: Generator, first: Arguments) -> list[Drawn]:
    units, time = 3, 3
    one = {"units": units, "x": _normal(rng, 2, time, 2), "h_0": np.zeros((2, units)), **_recurrent(rng, 2, units)}
    huge = one | {"x": 900.0 + np.abs(one["x"]), "W_xh": 1 + np.abs(one["W_xh"])}
    square = {"units": 3, "x": _normal(rng, 3, 2, 3), "h_0": _normal(rng, 3, 3, scale=4.0), **_recurrent(rng, 3, 3)}
    del first
    return [
        (huge, "sums above 1,000, a state of zeros"),
        (square, "as many sequences as features and units, far states"),
    ]


def _deep_cell(rng: Generator) -> list[Drawn]:
    wide = {"units": 24, "x": _normal(rng, 2, 2, 22), "h_0": _normal(rng, 2, 24), **_recurrent(rng, 22, 24, 0.2)}
    return [(wide, "24 units")]


def _deep_ball(rng: Generator) -> list[Drawn]:
    own = [*_recurrent(rng, 2, 24, 0.2).values(), _normal(rng, 24, 2), _normal(rng, 2)]
    return [({"units": 24, "x": _normal(rng, 2, 3, 2), "weights": own}, "24 units")]


# Part 4: the loss and its gradient


def _rare_loss(rng: Generator, first: Arguments) -> list[Drawn]:
    time = first["logits"].shape[1]
    equal = {"logits": np.zeros((2, 3, 4)), "targets": np.array([[0, 3, 1], [1, 1, 2]])}
    square = {"logits": _normal(rng, 3, 3, 3), "targets": rng.integers(0, 3, size=(3, 3))}
    many = {"logits": _normal(rng, 1, 3, 140), "targets": np.array([[139, 128, 100]])}
    one = np.zeros((3, time), bool)
    one[1, -1] = True
    return [
        (first | {"mask": one}, "a single real step"),
        (equal | {"mask": np.array([[True, True, True], [False, True, False]])}, "equal logits"),
        (square | {"mask": np.tri(3, dtype=bool)}, "as many sequences as steps and words"),
        (many | {"mask": np.ones((1, 3), bool)}, "140 words, targets at the end"),
        (
            {"logits": np.zeros((2, 2, 1)), "targets": np.zeros((2, 2), int), "mask": np.ones((2, 2), bool)},
            "a vocabulary of one word",
        ),
    ]


def _deep_loss(rng: Generator) -> list[Drawn]:
    size = 150
    mask = rng.random((MANY, 40)) < 0.7
    mask[0, 0] = True
    targets = rng.integers(0, size, size=(MANY, 40))
    targets[0, :3] = size - 1
    return [({"logits": _normal(rng, MANY, 40, size, scale=3.0), "targets": targets, "mask": mask}, "150 words")]


def _rare_backward_step(rng: Generator, first: Arguments) -> list[Drawn]:
    units = first["h_t"].shape[1]
    shut = first | {"h_t": np.sign(first["h_t"]), "d_h": 3000 * first["d_h"]}
    shut["h_t"][0, 0] = 0.5
    large = first | {"d_h": 40 * first["d_h"], "x_t": 5 * first["x_t"], "h_prev": 5 * first["h_prev"]}
    pair = {"x_t": np.ones((2, 2)), "h_prev": np.full((2, units), 0.5), "h_t": np.zeros((2, units))}
    small = rng.uniform(0.5, 1, size=units).round(3)
    near = first | pair | {"d_h": np.stack([4000.0 + small, np.full(units, -4000.0)])}
    return [
        (shut, "states of +-1, large gradients"),
        (large, "large gradients, inputs and states"),
        (near, "two rows that almost cancel"),
        (first | {"d_h": np.zeros_like(first["d_h"])}, "no gradient comes in"),
        (first | {"h_prev": np.zeros_like(first["h_prev"])}, "an old state of zeros"),
    ]


def _deep_backward_step(rng: Generator) -> list[Drawn]:
    wide = {"d_h": _normal(rng, MANY, 23), "x_t": _normal(rng, MANY, 21)}
    wide |= {name: rng.uniform(-1, 1, size=(MANY, 23)).round(3) for name in ("h_prev", "h_t")}
    return [(wide | {"W_hh": _normal(rng, 23, 23)}, "nine rows, 23 units")]


def _backward(
    rng: Generator,
    batch: int,
    time: int,
    features: int,
    units: int,
    size: int,
    **options: Any,
) -> Arguments:
    """Draw a network and a sequence that it has walked through.

    h_0: a first state; loss: the size of the gradients at its logits
    far: with a first state beyond the reach of tanh, and no unit so full that its slope gets lost in rounding
    """
    w = _recurrent(rng, features, units, 0.7 if units < 9 else 0.18)
    x = _normal(rng, batch, time, features)
    h_0 = options.get("h_0", rng.uniform(-1, 1, size=(batch, units)).round(3))
    if options.get("far"):
        h_0 = (rng.uniform(2, 5, size=(batch, units)) * rng.choice([-1, 1], size=(batch, units))).round(3)
        w["W_hh"] = (w["W_hh"] * 4 / np.abs(h_0 @ w["W_hh"]).max()).round(3)
    return {
        "x": x,
        "h_0": h_0,
        "h": quick_forward(x, h_0, **w),
        "W_xh": w["W_xh"],
        "W_hh": w["W_hh"],
        "W_hy": _normal(rng, units, size),
        "d_logits": _normal(rng, batch, time, size, scale=options.get("loss", 1.0)),
    }


def _rare_backward(rng: Generator, first: Arguments) -> list[Drawn]:
    """Keep h what `rnn_forward` makes of x and h_0: it may be computed again from them."""
    batch, time, size = first["d_logits"].shape
    sizes = batch, time, *first["W_xh"].shape, size
    late = first | {"d_logits": first["d_logits"].copy()}
    late["d_logits"][:, :-1] = 0.0
    near = first | {"d_logits": first["d_logits"].copy()}
    near["d_logits"][1] = -near["d_logits"][0]
    near["d_logits"] *= 4000
    near["d_logits"][1, -1] += 0.75
    return [
        (_backward(rng, *sizes), "all new, in the same shapes"),
        (first | {"d_logits": -2 * first["d_logits"]}, "another loss, all else as before"),
        (first | {"W_hy": -first["W_hy"][::-1]}, "another W_hy, all else as before"),
        (_backward(rng, *sizes, h_0=np.zeros_like(first["h_0"])), "a first state of zeros"),
        (late, "a loss on the last step only"),
        (near, "two sequences that almost cancel"),
        (
            _backward(rng, 2, 3, 2, 2, 3, loss=30.0, far=True),
            "a far first state, a steep loss",
        ),
    ]


def _deep_backward(rng: Generator) -> list[Drawn]:
    return [(_backward(rng, MANY, LONG, 2, 23, 3), "nine sequences of 130 steps, 23 units")]


# Part 5: norms


def _rare_norms(rng: Generator, first: Arguments) -> list[Drawn]:
    vanish = {"h": rng.uniform(-0.5, 0.5, size=(2, 24, 3)).round(3), "W_hh": _normal(rng, 3, 3, scale=0.02)}
    explode = {"h": rng.uniform(-0.2, 0.2, size=(2, 24, 3)).round(3), "W_hh": _normal(rng, 3, 3, scale=4.0)}
    last = {"d_h_last": _normal(rng, 2, 3)}
    return [
        (vanish | last, "a gradient that vanishes"),
        (explode | last, "a gradient that explodes"),
        (first | {"d_h_last": 40 * first["d_h_last"]}, "a large gradient"),
        (
            {"h": _normal(rng, 4, 4, 4), "W_hh": _normal(rng, 4, 4), "d_h_last": _normal(rng, 4, 4)},
            "all sizes are equal",
        ),
        (first | {"h": np.zeros_like(first["h"])}, "states of zeros"),
        (first | {"h": 4 * first["h"]}, "states of +-4"),
    ]


def _deep_norms(rng: Generator) -> list[Drawn]:
    h = rng.uniform(-0.6, 0.6, size=(MANY, LONG, 23)).round(3)
    return [({"h": h, "W_hh": _normal(rng, 23, 23, scale=0.22), "d_h_last": _normal(rng, MANY, 23)}, "130 steps")]


def _rare_clip(rng: Generator, first: Arguments) -> list[Drawn]:
    del rng
    three_four = [np.array([[3.0]]), np.array([4.0])]
    return [
        (first | {"gradients": [first["gradients"][0]], "max_norm": 0.5}, "one matrix"),
        ({"gradients": three_four, "max_norm": 5.0}, "a norm of exactly max_norm"),
        ({"gradients": [one * 1e5 for one in first["gradients"]], "max_norm": 300.0}, "very long"),
        ({"gradients": [one * 1e-9 for one in first["gradients"]], "max_norm": 1.0}, "very short"),
        ({"gradients": [np.array(2.5), np.zeros(3)], "max_norm": 1.0}, "a single number, and zeros"),
        ({"gradients": [np.ones((2, 2)), np.ones((2, 2))], "max_norm": 1.5}, "the same array twice"),
    ]


def _deep_clip(rng: Generator) -> list[Drawn]:
    return [({"gradients": [_normal(rng, 30, 40) for _ in range(12)], "max_norm": 2.0}, "twelve large arrays")]


RARE: dict[str, Callable[[Generator, Arguments], list[Drawn]]] = {
    "build_vocabulary": _rare_words,
    "encode": _rare_sentences,
    "pad_batch": _rare_sequences,
    "embed": _rare_embedding,
    "next_word_pairs": _rare_pairs,
    "rnn_step": _rare_step,
    "rnn_forward": _rare_forward,
    "MyRNNCell": _rare_cell,
    "sequence_loss": _rare_loss,
    "loss_gradient": _rare_loss,
    "rnn_backward_step": _rare_backward_step,
    "rnn_backward": _rare_backward,
    "state_gradient_norms": _rare_norms,
    "clip_by_global_norm": _rare_clip,
}
DEEP: dict[str, Callable[[Generator], list[Drawn]]] = {
    "build_vocabulary": _deep_words,
    "pad_batch": _deep_sequences,
    "embed": _deep_embedding,
    "next_word_pairs": _deep_pairs,
    "rnn_step": _deep_step,
    "rnn_forward": _deep_forward,
    "MyRNNCell": _deep_cell,
    "ball_model": _deep_ball,
    "sequence_loss": _deep_loss,
    "loss_gradient": _deep_loss,
    "rnn_backward_step": _deep_backward_step,
    "rnn_backward": _deep_backward,
    "state_gradient_norms": _deep_norms,
    "clip_by_global_norm": _deep_clip,
}
