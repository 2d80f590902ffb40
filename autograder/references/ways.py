"""What else is asked about a case: sums with weights, and slopes along directions, drawn and computed by an oracle.

A slope is a central difference of the oracle in float64: nothing of a student's enters it. Each number is scaled to a
size that is drawn, too (0.5 to 2, of either sign): so a gradient that is missing, doubled or turned is told from the
right one, and numbers of one size need one tolerance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.checks.cases import More
from labkit.checks.ways import flipped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.random import Generator

Array = np.ndarray[Any, np.dtype[Any]]

STEP = 1e-7  # of the central difference: above 1e-5 one in 400 met the kink of a ReLU; rounding makes 3e-6 of it
TRIES = 4  # directions, or weights, of which the one that tells most is taken
FLAT = 1e-4  # a slope along a direction of length 1 below this is none: nothing is scaled up from it


def parts(result: Any) -> list[Array]:
    """Return the arrays that a result is made of, in order."""
    values = result.values() if isinstance(result, dict) else result if isinstance(result, tuple | list) else [result]
    return [np.asarray(value, float) for value in values]


def exact(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments with their float arrays in float64."""
    return {name: value.astype(float) if _floats(value) else value for name, value in arguments.items()}


def _floats(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind == "f"


def target(rng: Generator) -> float:
    """Draw the size that a number is scaled to."""
    return float(rng.uniform(0.5, 2.0) * rng.choice([-1.0, 1.0]))


def short(numbers: Array) -> Array:
    """Keep four digits: what is drawn need not be longer when it is written out."""
    size = 10.0 ** (np.floor(np.log10(max(float(np.abs(numbers).max(initial=0.0)), 1e-30))) - 3)
    return np.asarray(np.round(numbers / size) * size)


def weigh(rng: Generator, values: Sequence[Array]) -> list[Array]:
    """Draw weights for all parts of a result, such that their sum has a size that is drawn."""
    drawn = [[np.asarray(rng.normal(size=value.shape)) for value in values] for _ in range(TRIES)]
    weights = max(drawn, key=lambda one: abs(total(values, one)))
    found = total(values, weights)
    scale = target(rng) / found if abs(found) > FLAT else 1.0
    return [short(weight * scale) for weight in weights]


def total(values: Sequence[Array], weights: Sequence[Array]) -> float:
    """Add up all parts, each number with its weight."""
    return float(sum((value * weight).sum() for value, weight in zip(values, weights, strict=True)))


def slope(function: Callable[[Array], float], at: Array, direction: Array) -> float:
    """Return the central difference of a function along a direction; numbers that are infinite stay where they are."""
    step = STEP * max(1.0, float(np.abs(at[np.isfinite(at)]).max(initial=0.0)) ** 0.5)
    step /= max(1.0, float(np.sqrt((direction**2).sum())))  # so far, whatever the length of the direction
    return float((function(at + step * direction) - function(at - step * direction)) / (2 * step))


def direct(rng: Generator, function: Callable[[Array], float], at: Array) -> tuple[Array, list[float]]:
    """Draw a direction in which a function has a slope of a size that is drawn.

    Returns it, and the slopes along it and along the flipped one (`labkit.checks.ways.flipped`).
    """
    drawn = [rng.normal(size=at.shape) * np.isfinite(at) for _ in range(TRIES)]
    units = [one / max(float(np.sqrt((one**2).sum())), 1e-12) for one in drawn]
    best, found = max(((one, slope(function, at, one)) for one in units), key=lambda pair: abs(pair[1]))
    direction = short(best * (target(rng) / found if abs(found) > FLAT else 1.0))
    return direction, [slope(function, at, one) for one in (direction, flipped(direction))]


def traced(rng: Generator, correct: Callable[..., Any], arguments: Mapping[str, Any]) -> More:
    """Ask for the result and the gradient of a function in a graph (`labkit.checks.ways.traced`)."""
    given = exact(arguments)
    values = parts(correct(**given))
    weights = weigh(rng, values)
    directions: list[Array | None] = []
    slopes: list[list[float]] = []
    for name, value in given.items():
        if not _floats(value):
            directions.append(None)
            continue

        def seen(moved: Array, name: str = name) -> float:
            return total(parts(correct(**{**given, name: moved})), weights)

        direction, found = direct(rng, seen, value)
        directions.append(direction)
        slopes.append(found)
    asked = {"directions": directions, "weights": weights}
    whole = round(total(values, weights), 7)
    return More(asked, {"in_graph": whole, "gradient": np.round(slopes, 6), "after_graph": whole})


def with_keras_weights(rng: Generator, correct: Callable[..., Any], arguments: Mapping[str, Any]) -> More:
    """Ask for the same with weights of Keras, too (`labkit.checks.lab3_attention.heads_probes.with_keras_weights`)."""
    more = traced(rng, correct, arguments)
    return More(more.arguments, {**more.expected, "keras_weights": more.expected["in_graph"]})


def taped(rng: Generator, correct: Callable[..., Any], arguments: Mapping[str, Any]) -> More:
    """Ask for the gradient of a function outside of a graph (`labkit.checks.ways.taped`)."""
    more = traced(rng, correct, arguments)
    return More(more.arguments, {"gradient": more.expected["gradient"]})


def along(
    rng: Generator, function: Callable[[Sequence[Array]], float], at: Sequence[Array]
) -> tuple[list[Array], list[list[float]]]:
    """Draw a direction for each of several arrays that a number hangs on; return them, and the slopes along each."""
    directions, slopes = [], []
    for place in range(len(at)):

        def moved(one: Array, place: int = place) -> float:
            return function([*at[:place], one, *at[place + 1 :]])

        direction, found = direct(rng, moved, np.asarray(at[place], float))
        directions.append(direction)
        slopes.append(found)
    return directions, slopes
