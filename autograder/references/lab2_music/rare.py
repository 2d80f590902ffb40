"""Corners and large cases of lab 2: what a function meets seldom, and must do all the same.

RARE stands in the public table too; DEEP is drawn by hidden tests only, and is larger than what the table can hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.references.lab2_music.sampling import falling_sums
from autograder.references.lab2_music.training import training_case
from autograder.references.lab2_music.tunes import path, writing_case

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

    from autograder.references.reference import Drawn

Arguments = dict[str, Any]

LONG, MANY = 130, 9  # steps and rows: more than anybody tries by hand


def _normal(rng: Generator, *shape: int, scale: float = 1.0) -> Any:
    return rng.normal(0, scale, size=shape).round(3)


def _weights(rng: Generator, features: int, units: int, blocks: int, scale: float) -> Arguments:
    shapes = {"W": (features, blocks * units), "U": (units, blocks * units), "b": (blocks * units,)}
    return {name: _normal(rng, *shape, scale=scale) for name, shape in shapes.items()}


# Part 1: gates


def _rare_step(rng: Generator, first: Arguments) -> list[Drawn]:
    """Change the states of a step, or its input; a GRU has no cell."""
    batch, features = first["x_t"].shape
    states = [name for name in ("h_prev", "c_prev") if name in first]
    shape = first["h_prev"].shape
    ones = np.eye(features)[rng.integers(0, features, size=batch)]
    nothing = {name: np.zeros(shape) for name in states}
    far = {name: _normal(rng, *shape, scale=4.0) for name in states}
    far["h_prev"][0, 0], far["h_prev"][-1, -1] = 4.5, -4.5
    small = {name: first[name] / 10 for name in ("W", "U", "b")}
    huge = {"x_t": 900.0 + np.abs(first["x_t"]), "W": 1 + np.abs(first["W"])}
    cases = [
        (first | {"x_t": ones} | nothing, "one-hot inputs, states of zeros"),
        (first | {"x_t": np.zeros((batch, features))}, "an input of zeros"),
        (first | far | small | {"x_t": _normal(rng, batch, features, scale=5.0)}, "far inputs and states"),
        (first | huge, "sums above 1,000"),
    ]
    if "c_prev" in first:
        cells = rng.choice([-60.0, -15.0, 15.0, 60.0], size=shape)
        cases += [
            (first | {"c_prev": cells, "b": first["b"] + 3.0}, "cells of +-60"),
            (first | {"c_prev": np.zeros(shape)}, "a cell of zeros"),
        ]
    return cases


def _deep_step(blocks: int, extra: int = 0, *, cell: bool = True) -> Callable[[Generator], list[Drawn]]:
    def draw(rng: Generator) -> list[Drawn]:
        states = {"h_prev": rng.uniform(-1, 1, size=(MANY, 23)).round(3)}
        states |= {"c_prev": _normal(rng, MANY, 23, scale=2.0)} if cell else {}
        matrices = {name: _normal(rng, 23, 23, scale=0.3) for name in ("P_i", "P_f", "P_o")[:extra]}
        wide = {"x_t": _normal(rng, MANY, 21), **states, **_weights(rng, 21, 23, blocks, 0.3), **matrices}
        return [(wide, "nine rows, 23 units")]

    return draw


def _rare_forward(rng: Generator, first: Arguments) -> list[Drawn]:
    x, units = first["x"], first["h_0"].shape[1]
    batch, time, features = x.shape
    ones = np.eye(features)[rng.integers(0, features, size=(batch, time))]
    nothing = {name: np.zeros((batch, units)) for name in ("h_0", "c_0")}
    still = x.copy()
    still[0, 1:-1] = still[1, 0] = 0.0
    square = np.array([[True, False, False], [True, True, False], [False, True, True]])
    equal = {"x": _normal(rng, 3, 3, 2, scale=4.0), "h_0": _normal(rng, 3, 2, scale=4.0)}
    equal |= {"c_0": _normal(rng, 3, 2, scale=4.0), **_weights(rng, 2, 2, 4, 0.2), "mask": square}
    none = np.ones((batch, time), bool)
    none[-1] = False
    return [
        (first | nothing, "first states of zeros"),
        (first | {"x": ones} | nothing, "one-hot inputs, first states of zeros"),
        (first | {"x": still}, "steps at which zeros come in"),
        (equal, "as many steps as sequences, as many units as features, far states"),
        (first | {"mask": none}, "a sequence without a real step"),
        (first | {"mask": np.zeros((batch, time), bool)}, "no real step at all"),
    ]


def _deep_forward(rng: Generator) -> list[Drawn]:
    states = {"h_0": rng.uniform(-1, 1, size=(MANY, 23)).round(3), "c_0": _normal(rng, MANY, 23)}
    wide = {"x": _normal(rng, MANY, LONG, 2), **states, **_weights(rng, 2, 23, 4, 0.3)}
    return [(wide | {"mask": rng.random((MANY, LONG)) < 0.8}, "nine sequences of 130 steps, 23 units")]


# Part 2: text


def _rare_tunes(rng: Generator, first: Arguments) -> list[Drawn]:
    del rng
    other = ["zyxwvuts"[: len(tune)] for tune in first["tunes"]]
    return [
        ({"tunes": other}, "tunes of the same lengths, other characters"),
        ({"tunes": ["½ ﬁ Å", "A\u030a\t\r\n"]}, "characters that look like others"),
        ({"tunes": ["A"] * 6 + ["z", "-"]}, "eight tunes of one character"),
    ]


def _deep_tunes(rng: Generator) -> list[Drawn]:
    characters = "".join(chr(code) for code in rng.permutation(range(0x3400, 0x3400 + 700)))
    return [({"tunes": [characters[:650], characters[300:], "A2 Bc|"]}, "700 different characters")]


def _rare_pairs(rng: Generator, _: Arguments) -> list[Drawn]:
    padded = np.array([[2, 7, 3, 0, 0], [2, 5, 3, 0, 0], [2, 7, 3, 0, 0]])
    return [
        ({"ids": padded}, "padding at the end of all, a tune that comes twice"),
        ({"ids": rng.integers(4, 30, size=(4, 4))}, "as many rows as steps"),
        ({"ids": rng.integers(2**30, 2**31, size=(2, 3))}, "very large ids"),
        ({"ids": np.array([[5, 5, 5, 6], [6, 6, 5, 5]])}, "the same character again"),
    ]


def _deep_pairs(rng: Generator) -> list[Drawn]:
    return [({"ids": rng.integers(0, 90000, size=(MANY, LONG))}, "many long rows")]


# Part 3: loss, parameters, training


def _rare_loss(rng: Generator, first: Arguments) -> list[Drawn]:
    time = first["logits"].shape[1]
    equal = {"logits": np.zeros((2, 3, 4), np.float32), "targets": np.array([[0, 3, 1], [1, 1, 2]])}
    square = {"logits": _normal(rng, 3, 3, 3).astype(np.float32), "targets": rng.integers(0, 3, size=(3, 3))}
    one = np.zeros((3, time), bool)
    one[1, -1] = True
    return [
        (first | {"mask": one}, "a single real step"),
        (equal | {"mask": np.array([[True, True, True], [False, True, False]])}, "equal logits"),
        (square | {"mask": np.tri(3, dtype=bool)}, "as many tunes as steps and characters"),
    ]


def _rare_counts(rng: Generator, first: Arguments) -> list[Drawn]:
    number = int(rng.integers(6, 30))
    return [
        (dict.fromkeys(first, number), "three equal numbers"),
        *(
            (first | {name: first[name] + number for name in first if name != kept}, f"{kept} as before")
            for kept in first
        ),
        ({"vocabulary_size": 30_003, "embedding_dim": 301, "units": 1001}, "30,003 characters"),
        ({"vocabulary_size": 2, "embedding_dim": 700, "units": 1}, "a small vocabulary, one unit"),
    ]


def _deep_counts(rng: Generator) -> list[Drawn]:
    size = 1_000_000 + int(rng.integers(1, 9))
    return [({"vocabulary_size": size, "embedding_dim": 4001, "units": 30_001}, "a very large model")]


def _rare_training(rng: Generator, _: Arguments) -> list[Drawn]:
    everything = np.arange(24) < np.array([[24], [3], [17], [24], [9]])
    return [
        (training_case(rng, everything, 0.7, (1, 2), size=131), "five tunes of 24 steps, 131 characters"),
        (training_case(rng, np.tri(3, dtype=bool), 0.0, (2, 3), longer=6.0), "as many tunes as steps, a steep loss"),
    ]


def _deep_training(rng: Generator) -> list[Drawn]:
    other = np.array([[True, True, True, False], [False, True, True, True], [True, True, False, False]])
    return [(training_case(rng, other, 0.6, (2, 4)), "another mask of a shape that was there before")]


# Part 4: sampling


def _rare_probabilities(rng: Generator, first: Arguments) -> list[Drawn]:
    even = np.linspace(0, 24, 40)  # neighbours 0.62 apart: several stay, whatever their places are

    def cut(temperature: float, count: int, logits: Any = even) -> Arguments:
        """Choose top_p half-way between two sums, so that `count` characters stay."""
        sums = falling_sums(logits, temperature)
        top_p = float((sums[count - 1] + sums[count - 2]) / 2)
        return {"logits": rng.permutation(logits).round(6), "temperature": temperature, "top_p": round(top_p, 6)}

    other = first["logits"][::-1].copy()
    half = {"temperature": 1.0, "top_p": 0.5}
    return [
        (
            {"logits": other, "temperature": first["temperature"], "top_p": first["top_p"]},
            "other logits, all else as before",
        ),
        ({"logits": first["logits"], "temperature": first["temperature"]}, "top_p is not said"),
        ({"logits": np.array([0.0, 0.0, -900.0])} | half, "two equal characters, of which one has exactly top_p"),
        ({"logits": np.array([7.0, 1.0, 7.0, 1.0, 7.0, 7.0, -30.0])} | half, "equal characters at the border"),
        ({"logits": np.array([0.7]), "temperature": 0.8, "top_p": 0.9}, "one character"),
        (cut(8.0, 9), "40 characters, a high temperature"),
        (cut(0.04, 2, np.linspace(0, 0.4, 12)), "a temperature of 0.04"),
        (cut(30.0, 2), "40 characters, a very small top_p"),
        ({"logits": rng.permutation(even) - 2000.0, "temperature": 2.0, "top_p": 1.0}, "logits near -2,000"),
    ]


def _deep_probabilities(rng: Generator) -> list[Drawn]:
    sums = falling_sums(np.linspace(0, 30, 300), 5.0)
    top_p = round(float((sums[120] + sums[121]) / 2), 9)
    return [
        ({"logits": rng.permutation(np.linspace(0, 30, 300)), "temperature": 5.0, "top_p": top_p}, "300 characters")
    ]


def _rare_writing(rng: Generator, _: Arguments) -> list[Drawn]:
    few, white = list("ABcd^e"), [" ", "\n", "A", "b", "|"]
    many = [chr(code) for code in range(0x100, 0x100 + 135)]
    falling = [round(1.3 - 0.02 * rank, 2) for rank in range(135)]
    long = "".join(str(one) for one in rng.choice(few, size=27))
    wide = writing_case(rng, many, falling, many[130] + many[3], 0, 24, top_p=0.015)
    wide["vocabulary"] = dict(reversed(wide["vocabulary"].items()))
    blank = writing_case(rng, white, path(5), " A\n", 0, 16)
    return [
        (writing_case(rng, few, path(6), long, 0, 60), "a long prompt, 60 characters"),
        (wide, "135 characters, the last one first in the vocabulary; a very small top_p"),
        (blank, "a prompt with blanks at both ends"),
        (writing_case(rng, [*few, "G"], path(7, 400.0), "A", 9, 30, temperature=5.0), "a high temperature"),
        (writing_case(rng, few, path(6), "d", 0, 1), "a prompt of max_length characters, one of them"),
    ]


RARE: dict[str, Callable[[Generator, Arguments], list[Drawn]]] = {
    "lstm_step": _rare_step,
    "lstm_forward": _rare_forward,
    "gru_step": _rare_step,
    "coupled_lstm_step": _rare_step,
    "peephole_lstm_step": _rare_step,
    "tune_vocabulary": _rare_tunes,
    "next_step_pairs": _rare_pairs,
    "masked_cross_entropy": _rare_loss,
    "count_parameters": _rare_counts,
    "train_step": _rare_training,
    "next_probabilities": _rare_probabilities,
    "generate": _rare_writing,
}
DEEP: dict[str, Callable[[Generator], list[Drawn]]] = {
    "lstm_step": _deep_step(4),
    "lstm_forward": _deep_forward,
    "gru_step": _deep_step(3, cell=False),
    "coupled_lstm_step": _deep_step(3),
    "peephole_lstm_step": _deep_step(4, 3),
    "tune_vocabulary": _deep_tunes,
    "next_step_pairs": _deep_pairs,
    "count_parameters": _deep_counts,
    "train_step": _deep_training,
    "next_probabilities": _deep_probabilities,
}
