"""Corners and large cases of lab 1, parts 4 and 5: the loss, its gradients and their norms; see rare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.references.lab1_rnn.drawing import LONG, MANY, Arguments, normal, recurrent
from autograder.references.lab1_rnn.recurrence import quick_forward

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

    from autograder.references.reference import Drawn


# Part 4: the loss and its gradient


def _rare_loss(rng: Generator, first: Arguments) -> list[Drawn]:
    time = first["logits"].shape[1]
    equal = {"logits": np.zeros((2, 3, 4)), "targets": np.array([[0, 3, 1], [1, 1, 2]])}
    square = {"logits": normal(rng, 3, 3, 3), "targets": rng.integers(0, 3, size=(3, 3))}
    many = {"logits": normal(rng, 1, 3, 140), "targets": np.array([[139, 128, 100]])}
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
    return [({"logits": normal(rng, MANY, 40, size, scale=3.0), "targets": targets, "mask": mask}, "150 words")]


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
    wide = {"d_h": normal(rng, MANY, 23), "x_t": normal(rng, MANY, 21)}
    wide |= {name: rng.uniform(-1, 1, size=(MANY, 23)).round(3) for name in ("h_prev", "h_t")}
    return [(wide | {"W_hh": normal(rng, 23, 23)}, "nine rows, 23 units")]


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
    w = recurrent(rng, features, units, 0.7 if units < 9 else 0.18)
    x = normal(rng, batch, time, features)
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
        "W_hy": normal(rng, units, size),
        "d_logits": normal(rng, batch, time, size, scale=options.get("loss", 1.0)),
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
    vanish = {"h": rng.uniform(-0.5, 0.5, size=(2, 24, 3)).round(3), "W_hh": normal(rng, 3, 3, scale=0.02)}
    explode = {"h": rng.uniform(-0.2, 0.2, size=(2, 24, 3)).round(3), "W_hh": normal(rng, 3, 3, scale=4.0)}
    last = {"d_h_last": normal(rng, 2, 3)}
    return [
        (vanish | last, "a gradient that vanishes"),
        (explode | last, "a gradient that explodes"),
        (first | {"d_h_last": 40 * first["d_h_last"]}, "a large gradient"),
        (
            {"h": normal(rng, 4, 4, 4), "W_hh": normal(rng, 4, 4), "d_h_last": normal(rng, 4, 4)},
            "all sizes are equal",
        ),
        (first | {"h": np.zeros_like(first["h"])}, "states of zeros"),
        (first | {"h": 4 * first["h"]}, "states of +-4"),
    ]


def _deep_norms(rng: Generator) -> list[Drawn]:
    h = rng.uniform(-0.6, 0.6, size=(MANY, LONG, 23)).round(3)
    return [({"h": h, "W_hh": normal(rng, 23, 23, scale=0.22), "d_h_last": normal(rng, MANY, 23)}, "130 steps")]


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
    return [({"gradients": [normal(rng, 30, 40) for _ in range(12)], "max_norm": 2.0}, "twelve large arrays")]


RARE: dict[str, Callable[[Generator, Arguments], list[Drawn]]] = {
    "sequence_loss": _rare_loss,
    "loss_gradient": _rare_loss,
    "rnn_backward_step": _rare_backward_step,
    "rnn_backward": _rare_backward,
    "state_gradient_norms": _rare_norms,
    "clip_by_global_norm": _rare_clip,
}
DEEP: dict[str, Callable[[Generator], list[Drawn]]] = {
    "sequence_loss": _deep_loss,
    "loss_gradient": _deep_loss,
    "rnn_backward_step": _deep_backward_step,
    "rnn_backward": _deep_backward,
    "state_gradient_norms": _deep_norms,
    "clip_by_global_norm": _deep_clip,
}
