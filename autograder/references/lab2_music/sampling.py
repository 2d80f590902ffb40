"""Oracles of lab 2, part 4: the probabilities of what comes next."""

# ruff: noqa: ARG005  (a wrong formula leaves out some of what it is given)

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.references.reference import Drawn, Reference
from labkit.checks.cases import AnyOrder

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

Array = np.ndarray[Any, np.dtype[Any]]


def softmax(logits: Array, temperature: float = 1.0) -> Array:
    """Turn logits into probabilities, each divided by the temperature first."""
    z = [float(value) / temperature for value in logits]
    highest = max(z)
    powers = [math.exp(value - highest) for value in z]
    return np.array(powers) / math.fsum(powers)


def kept(probabilities: Array, top_p: float) -> Array:
    """Say who stays in: go down from the most probable one until the mass is reached."""
    stays, mass = np.zeros(len(probabilities), bool), 0.0
    for index in sorted(range(len(probabilities)), key=lambda index: -probabilities[index]):
        if mass < top_p:
            stays[index] = True
            mass += float(probabilities[index])
    return stays


def next_probabilities(logits: Array, temperature: float, top_p: float = 1.0) -> Array:
    """Divide, take the softmax, keep the most probable ones, and scale these to the sum 1."""
    probabilities = softmax(logits, temperature)
    return _rescaled(probabilities * kept(probabilities, top_p))


def answer(logits: Array, temperature: float, top_p: float = 1.0) -> Any:
    """Give the probabilities; in any order, where it is open which of several equal ones stay."""
    before, found = softmax(logits, temperature), next_probabilities(logits, temperature, top_p)
    out = before[found == 0]
    tie = out.size and np.isclose(out.max(), before[found > 0].min(), rtol=1e-9, atol=0)
    return AnyOrder(found) if tie else found


def falling_sums(logits: Array, temperature: float) -> Array:
    """Add up the probabilities from the largest one on."""
    return np.cumsum(np.sort(softmax(logits, temperature))[::-1])


def _rescaled(probabilities: Array) -> Array:
    return np.asarray(probabilities / probabilities.sum())


def _draw_next_probabilities(rng: Generator) -> list[Drawn]:
    def arguments(size: int, temperature: float, top_p: float, scale: float = 1.5) -> dict[str, Any]:
        """Draw logits, no two alike, where top_p is far from every sum that it is compared with.

        Sums that should be 1 are a little more or less: with top_p 1 the last character counts for next to nothing.
        """
        while True:
            logits = rng.normal(0, scale, size=size).round(3)
            logits[logits.argmin()] -= 14 * temperature * (top_p == 1.0)
            falling = np.sort(softmax(logits, temperature))[::-1]
            far = np.abs(falling.cumsum()[:-1] - top_p).min() > 0.02 and np.abs(falling - top_p).min() > 0.01
            if np.diff(np.sort(logits)).min() > 0.05 and (far or top_p == 1.0):
                return {"logits": logits, "temperature": temperature, "top_p": top_p}

    large = {"logits": rng.permutation([1000.7, 999.0, 985.0, 600.0, -1001.0]), "temperature": 0.5, "top_p": 1.0}
    # Sums and shares of the largest part here, whatever is drawn: 0.4 + 0.3 reaches 0.6, and 0.2 is half of 0.4.
    shares = {"logits": np.log(rng.permutation([0.4, 0.3, 0.2, 0.1])).round(3), "temperature": 1.0, "top_p": 0.6}
    single = arguments(5, 0.8, 0.8)
    single["logits"] = single["logits"].astype(np.float32)
    cold, hot = round(float(rng.uniform(0.4, 0.7)), 2), round(float(rng.uniform(1.5, 2.5)), 2)
    return [
        (arguments(6, 1.0, 1.0), "temperature 1, top_p 1"),
        (arguments(int(rng.integers(4, 9)), cold, 1.0), "a temperature below 1, top_p 1"),
        (arguments(5, hot, 1.0), "a temperature above 1, top_p 1"),
        (arguments(8, 1.0, 0.9), "temperature 1, top_p 0.9"),
        (arguments(int(rng.integers(6, 11)), hot, 0.6), "a temperature above 1, top_p 0.6"),
        (arguments(6, cold, round(float(rng.uniform(0.75, 0.9)), 2)), "a temperature below 1 with top_p"),
        (arguments(5, 1.0, 0.1, 2.0), "top_p below the largest probability"),
        (single, "float32"),
        (large, "logits of +-1000"),
        (arguments(40, 4.0, 0.8, 12.0), "40 characters"),
        (arguments(5, 0.05, 0.95, 0.4), "a very low temperature"),
        (shares, "four characters, top_p 0.6"),
    ]


def _cut(
    keep: Callable[[Array, float], Array],
    scale: Callable[[Array], Array] = _rescaled,
    to: Callable[..., Array] = softmax,
) -> Callable[..., Array]:
    """Cut in another way, or scale what is left in another way."""

    def formula(logits: Array, temperature: float, top_p: float = 1.0) -> Array:
        probabilities = to(logits, temperature)
        return scale(np.where(keep(probabilities, top_p), probabilities, 0.0))

    return formula


def _falling(change: Callable[[Array, float], Array]) -> Callable[[Array, float], Array]:
    """Keep by a rule that looks at the cumulative sum, from the most probable one on."""

    def keep(probabilities: Array, top_p: float) -> Array:
        order = np.argsort(-probabilities)
        stays = np.zeros(len(probabilities), bool)
        stays[order] = change(probabilities[order].cumsum(), top_p)
        return stays

    return keep


def _at_least_one(stays: Array) -> Array:
    return np.asarray(stays | (np.arange(len(stays)) == 0))


def _rising(probabilities: Array, top_p: float) -> Array:
    order = np.argsort(probabilities)
    stays = np.zeros(len(probabilities), bool)
    stays[order] = probabilities[order].cumsum() - probabilities[order] < top_p
    return stays


def _unsorted(probabilities: Array, top_p: float) -> Array:
    return np.asarray(probabilities.cumsum() - probabilities < top_p)


def _one_more(sums: Array, top_p: float) -> Array:
    return np.arange(len(sums)) <= int(np.sum(sums < top_p)) + 1


def _naive(logits: Array, temperature: float) -> Array:
    powers = np.exp(np.asarray(logits, float) / temperature)
    return np.asarray(powers / powers.sum())


def _multiplied(logits: Array, temperature: float) -> Array:
    return softmax(logits, 1 / temperature)


def _cut_before_temperature(logits: Array, temperature: float, top_p: float = 1.0) -> Array:
    stays = kept(softmax(logits), top_p)
    return softmax(np.where(stays, logits, -np.inf), temperature)


def _log_softmax(logits: Array, temperature: float) -> Array:
    z = np.asarray(logits, float) / temperature
    return np.asarray(z - z.max() - math.log(np.exp(z - z.max()).sum()))


def _not_scaled(probabilities: Array) -> Array:
    return probabilities


def _softmax_again(probabilities: Array) -> Array:
    return softmax(probabilities)


def _in_sorted_order(logits: Array, temperature: float, top_p: float = 1.0) -> Array:
    return np.sort(next_probabilities(logits, temperature, top_p))[::-1]


NEXT_PROBABILITIES = Reference(
    correct=answer,
    crossed=False,  # a sum might come too near to top_p; `rare` has such cases
    draw=_draw_next_probabilities,
    unnamed=("40 characters", "a very low temperature"),
    wrong={
        "temperature_ignored": lambda logits, temperature, top_p: next_probabilities(logits, 1.0, top_p),
        "temperature_after_softmax": _cut(kept, _not_scaled, lambda logits, temperature: softmax(logits) / temperature),
        "temperature_after_softmax/scaled": lambda logits, temperature, top_p: _rescaled(
            softmax(logits) / temperature * kept(softmax(logits) / temperature, top_p)
        ),
        "temperature_after_softmax/at_the_end": lambda logits, temperature, top_p: (
            next_probabilities(logits, 1.0, top_p) / temperature
        ),
        "temperature_after_softmax/softmax_again": lambda logits, temperature, top_p: next_probabilities(
            softmax(logits), temperature, top_p
        ),
        "multiplied": _cut(kept, to=_multiplied),
        "unstable": _cut(kept, to=_naive),
        "top_p_ignored": lambda logits, temperature, top_p: softmax(logits, temperature),
        "crossing_dropped": _cut(_falling(lambda sums, top_p: sums <= top_p)),
        "crossing_dropped/at_least_one": _cut(_falling(lambda sums, top_p: _at_least_one(sums <= top_p))),
        "one_too_many": _cut(_falling(_one_more)),
        "ascending": _cut(_rising),
        "unsorted": _cut(_unsorted),
        "not_rescaled": _cut(kept, _not_scaled),
        "softmax_again": _cut(kept, _softmax_again),
        "top_p_first": _cut_before_temperature,
        "threshold": _cut(lambda probabilities, top_p: probabilities >= top_p),
        "threshold/rest": _cut(lambda probabilities, top_p: probabilities >= 1 - top_p),
        "threshold/of_largest": _cut(lambda probabilities, top_p: probabilities >= top_p * probabilities.max()),
        "threshold/rest_of_largest": _cut(
            lambda probabilities, top_p: probabilities >= (1 - top_p) * probabilities.max()
        ),
        "share_of_characters": _cut(
            _falling(lambda sums, top_p: np.arange(len(sums)) < max(1, int(top_p * len(sums))))
        ),
        "share_of_characters/rounded_up": _cut(
            _falling(lambda sums, top_p: np.arange(len(sums)) < math.ceil(top_p * len(sums)))
        ),
        "sorted_order": _in_sorted_order,
        "one_hot": lambda logits, temperature, top_p: np.eye(len(logits))[int(np.argmax(logits))],
        "logarithms": lambda logits, temperature, top_p: _log_softmax(logits, temperature),
        "logarithms/of_softmax": lambda logits, temperature, top_p: np.log(softmax(logits, temperature)),
    },
)


REFERENCES: dict[str, Reference] = {
    "next_probabilities": NEXT_PROBABILITIES,
}
