"""Corners and large cases of lab 1: what a function meets seldom, and must do all the same.

Those of the loss and its gradients stand in rare_learning.

RARE stands in the public table too; DEEP is drawn by hidden tests only, and is larger than what the table can hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autograder.references.lab1_rnn import rare_learning
from autograder.references.lab1_rnn.drawing import LONG, MANY, Arguments, normal, recurrent

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

    from autograder.references.reference import Drawn


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
        ({"ids": rng.integers(0, size, size=(3, 3)), "E": normal(rng, size, size)}, "as many rows as steps"),
        ({"ids": np.zeros((2, 2), int), "E": normal(rng, 1, d)}, "a vocabulary of one word"),
        ({"ids": np.array(3), "E": first["E"]}, "one id, without an axis"),
        ({"ids": np.array([[2, 2], [2, 2]]), "E": normal(rng, size, d, scale=900.0)}, "one word again and again"),
    ]


def _deep_embedding(rng: Generator) -> list[Drawn]:
    ids = rng.integers(4000, 5001, size=(MANY, LONG))
    return [({"ids": ids, "E": normal(rng, 5001, 2)}, "a table of 5,001 rows")]


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


def _rare_step(rng: Generator, first: Arguments) -> list[Drawn]:
    batch, features = first["x_t"].shape
    units = first["h_prev"].shape[1]
    ones = np.eye(features)[rng.integers(0, features, size=batch)]
    nothing = {"h_prev": np.zeros((batch, units))}
    far = {"x_t": normal(rng, batch, features, scale=4.0), "h_prev": normal(rng, batch, units, scale=4.0)}
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
    wide = {"x_t": normal(rng, MANY, 30), "h_prev": rng.uniform(-1, 1, size=(MANY, 33)).round(3)}
    return [(wide | recurrent(rng, 30, 33, 0.2), "nine rows, 33 units")]


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
            {"x": normal(rng, 3, 3, 2), "h_0": normal(rng, 3, 2, scale=4.0), **recurrent(rng, 2, 2), "mask": square},
            "as many steps as sequences, as many units as features, far states",
        ),
        (first | {"mask": none}, "a sequence without a real step"),
        (first | {"mask": np.zeros((batch, time), bool)}, "no real step at all"),
        (first | {"mask": np.ones((batch, time), bool)}, "a mask of True"),
        (first | {"x": np.repeat(x[:1], batch, axis=0), "h_0": np.repeat(first["h_0"][:1], batch, axis=0)}, "twins"),
    ]


def _deep_forward(rng: Generator) -> list[Drawn]:
    mask = rng.random((MANY, LONG)) < 0.8
    wide = {"x": normal(rng, MANY, LONG, 2), "h_0": rng.uniform(-1, 1, size=(MANY, 23)).round(3)}
    return [(wide | recurrent(rng, 2, 23, 0.18) | {"mask": mask}, "nine sequences of 130 steps, 23 units")]


def _rare_cell(rng: Generator, first: Arguments) -> list[Drawn]:
    units, time = 3, 3
    one = {"units": units, "x": normal(rng, 2, time, 2), "h_0": np.zeros((2, units)), **recurrent(rng, 2, units)}
    huge = one | {"x": 900.0 + np.abs(one["x"]), "W_xh": 1 + np.abs(one["W_xh"])}
    square = {"units": 3, "x": normal(rng, 3, 2, 3), "h_0": normal(rng, 3, 3, scale=4.0), **recurrent(rng, 3, 3)}
    del first
    return [
        (huge, "sums above 1,000, a state of zeros"),
        (square, "as many sequences as features and units, far states"),
    ]


def _deep_cell(rng: Generator) -> list[Drawn]:
    wide = {"units": 24, "x": normal(rng, 2, 2, 22), "h_0": normal(rng, 2, 24), **recurrent(rng, 22, 24, 0.2)}
    return [(wide, "24 units")]


def _deep_ball(rng: Generator) -> list[Drawn]:
    own = [*recurrent(rng, 2, 24, 0.2).values(), normal(rng, 24, 2), normal(rng, 2)]
    return [({"units": 24, "x": normal(rng, 2, 3, 2), "weights": own}, "24 units")]


RARE: dict[str, Callable[[Generator, Arguments], list[Drawn]]] = {
    "build_vocabulary": _rare_words,
    "encode": _rare_sentences,
    "pad_batch": _rare_sequences,
    "embed": _rare_embedding,
    "next_word_pairs": _rare_pairs,
    "rnn_step": _rare_step,
    "rnn_forward": _rare_forward,
    "MyRNNCell": _rare_cell,
    **rare_learning.RARE,
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
    **rare_learning.DEEP,
}
