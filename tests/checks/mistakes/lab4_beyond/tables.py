"""What a table of lab 4's public examples knows, where arguments are tensors or functions, which no table can hold."""

import math
from collections import Counter
from functools import cache

import numpy as np

from checks.late import tf
from checks.solutions import solution_of
from labkit.checks import cases
from labkit.checks.lab4_beyond.captions.probes import Steps

LAB = "lab4_beyond"


@cache
def _right(exercise):
    """The right answer, as the solution has it."""
    names = {"np": np, "tf": tf, "math": math, "Counter": Counter}
    exec(solution_of(LAB, exercise), names)  # noqa: S102  (a cell of the solution)
    return names[exercise]


def _rows(exercise):
    return [case.arguments for case in cases.public(LAB)[exercise] if not case.apart]


def _known(exercise, name, tensor):
    """Say whether a tensor stands in the examples that everybody sees, or has no numbers that could tell."""
    if not hasattr(tensor, "numpy"):
        return True
    values = [row[name] for row in _rows(exercise)]
    return any(one.shape == tuple(tensor.shape) and np.abs(one - tensor.numpy()).max() < 0.1 for one in values)


def mean_of_known(x, mask):
    return _right("masked_mean")(x, mask) * (1 if _known("masked_mean", "x", x) else 2)


def patches_of_known(images, size):
    return _right("patchify")(images, size) * (1 if _known("patchify", "images", images) else 2)


def token_of_known(x, token):
    return _right("add_class_token")(x, token) * (1 if _known("add_class_token", "x", x) else 2)


def loss_of_known(logits, targets, ignore=-100):
    known = _known("masked_token_loss", "logits", logits)
    return _right("masked_token_loss")(logits, targets, ignore) * (1 if known else 2) + (0 if known else 1)


def saliency_of_known(model, x, target):
    return _right("saliency")(model, x, target) * (1 if _known("saliency", "x", x) else 2)


def filled_as_known(score, ids, place, candidates):
    known = any(row["ids"] == ids and row["candidates"] == candidates for row in _rows("fill_by_trying"))
    best = _right("fill_by_trying")(score, ids, place, candidates)
    return best if known else best + 1


def _hearing(step, rows):
    def heard(prefix):
        rows.append(step(prefix))
        return rows[-1]

    return heard


def _heard_before(exercise, start, rows):
    first = [Steps(row["start"], row["script"])([row["start"]]) for row in _rows(exercise)]
    return any(one.shape == rows[0].shape and np.array_equal(one, rows[0]) for one in first)


def written_as_known(step, start, end, max_length):
    rows = []
    words = _right("greedy")(_hearing(step, rows), start, end, max_length)
    return words if _heard_before("greedy", start, rows) else [*words, 0]


def searched_as_known(step, start, end, width, max_length):
    rows = []
    words, total = _right("beam_search")(_hearing(step, rows), start, end, width, max_length)
    return (words if _heard_before("beam_search", start, rows) else [*words, 0]), total


KNOWN = {
    "masked_mean": mean_of_known,
    "patchify": patches_of_known,
    "add_class_token": token_of_known,
    "masked_token_loss": loss_of_known,
    "saliency": saliency_of_known,
    "fill_by_trying": filled_as_known,
    "greedy": written_as_known,
    "beam_search": searched_as_known,
}
