"""Oracle of lab 3, layer normalisation, and what its misconceptions compute."""

# ruff: noqa: ARG005  (a wrong formula leaves out some of what it is given)

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.references.lab3_attention.block.layer_wrong import InvalidArgumentError
from autograder.references.lab3_attention.drawing import normal, single
from autograder.references.reference import Drawn, Reference
from autograder.references.ways import exact, traced

if TYPE_CHECKING:
    from numpy.random import Generator

Array = np.ndarray[Any, np.dtype[Any]]
Formula = Callable[..., Array]
Axis = int | tuple[int, ...] | None
DIGITS = 6  # of what is written into the public table


def layer_norm(x: Array, gamma: Array, beta: Array, epsilon: float = 1e-5) -> Array:
    """Normalise position by position, number by number."""
    result = np.zeros(x.shape)
    for index in np.ndindex(x.shape[:-1]):
        features = [float(one) for one in x[index]]
        mean = sum(features) / len(features)
        variance = sum((one - mean) ** 2 for one in features) / len(features)
        for place, one in enumerate(features):
            scaled = float(gamma[place]) * (one - mean) / math.sqrt(variance + epsilon)
            result[(*index, place)] = scaled + float(beta[place])
    return result


def quick(x: Array, gamma: Array, beta: Array, epsilon: float = 1e-5) -> Array:
    """Do what `layer_norm` does, for all positions at once."""
    return _changed()(x, gamma, beta, epsilon)


def _spread(x: Array, mean: Array, epsilon: float, axis: Axis) -> Array:
    return np.asarray(np.sqrt(((x - mean) ** 2).mean(axis=axis, keepdims=True) + epsilon))


def _joined(centred: Array, spread: Array, gamma: Array, beta: Array) -> Array:
    return gamma * centred / spread + beta


def _last(x: Array) -> Axis:  # noqa: ARG001  (the axes may hang on x)
    return -1


def _changed(
    axis: Callable[[Array], Axis] = _last,
    spread: Callable[[Array, Array, float, Axis], Array] = _spread,
    joined: Callable[[Array, Array, Array, Array], Array] = _joined,
    *,
    centred: bool = True,
) -> Formula:
    """Normalise with something changed: the axes, what is divided by, how all is put together."""

    def formula(x: Array, gamma: Array, beta: Array, epsilon: float = 1e-5) -> Array:
        x, gamma, beta = (np.asarray(one, float) for one in (x, gamma, beta))
        along = axis(x)
        mean = x.mean(axis=along, keepdims=True)
        return joined(x - mean if centred else x, spread(x, mean, epsilon, along), gamma, beta)

    return formula


def rounded(formula: Formula) -> Formula:
    """Round what a formula gives, and raise as TensorFlow does."""

    def call(**arguments: Any) -> Array:
        try:
            return np.round(formula(**exact(arguments)), DIGITS)
        except ValueError as error:
            raise InvalidArgumentError(str(error)) from error

    call.exact = formula  # type: ignore[attr-defined]
    return call


def _unbiased(x: Array, mean: Array, epsilon: float, axis: Axis) -> Array:
    del mean
    return np.asarray(np.sqrt(x.var(axis=axis, keepdims=True, ddof=1) + epsilon))


def _absolute(x: Array, mean: Array, epsilon: float, axis: Axis) -> Array:
    return np.asarray(np.abs(x - mean).mean(axis=axis, keepdims=True) + epsilon)


def _of_squares(x: Array, mean: Array, epsilon: float, axis: Axis) -> Array:
    del mean
    return np.asarray(np.sqrt((x**2).mean(axis=axis, keepdims=True) + epsilon))


def _with_epsilon(number: float) -> Formula:
    return _changed(spread=lambda x, mean, epsilon, axis: _spread(x, mean, number, axis))


WRONG: dict[str, Formula] = {
    "over_time": _changed(axis=lambda x: -2),
    "over_time/axis_1": _changed(axis=lambda x: 1),
    "over_batch": _changed(axis=lambda x: 0),
    "over_batch/and_time": _changed(axis=lambda x: tuple(range(x.ndim - 1))),
    "over_all": _changed(axis=lambda x: None),
    "over_all/of_a_sequence": _changed(axis=lambda x: (-2, -1)),
    "unbiased": _changed(spread=_unbiased),
    "epsilon_outside": _changed(spread=lambda x, mean, epsilon, axis: _spread(x, mean, 0.0, axis) + epsilon),
    "no_epsilon": _with_epsilon(0.0),
    "epsilon_fixed": _with_epsilon(1e-5),
    "epsilon_fixed/as_in_keras": _with_epsilon(1e-3),
    "epsilon_fixed/1e-6": _with_epsilon(1e-6),
    "no_root": _changed(spread=lambda x, mean, epsilon, axis: _spread(x, mean, epsilon, axis) ** 2),
    "root_twice": _changed(spread=lambda x, mean, epsilon, axis: np.sqrt(_spread(x, mean, 0.0, axis) + epsilon)),
    "absolute": _changed(spread=_absolute),
    "of_squares": _changed(spread=_of_squares),
    "of_squares/not_centred": _changed(spread=_of_squares, centred=False),
    "not_centred": _changed(centred=False),
    "not_divided": _changed(joined=lambda centred, spread, gamma, beta: gamma * centred + beta),
    "no_gamma": _changed(joined=lambda centred, spread, gamma, beta: centred / spread + beta),
    "no_beta": _changed(joined=lambda centred, spread, gamma, beta: gamma * centred / spread),
    "neither": _changed(joined=lambda centred, spread, gamma, beta: centred / spread),
    "exchanged": _changed(joined=lambda centred, spread, gamma, beta: beta * centred / spread + gamma),
    "shift_scaled": _changed(joined=lambda centred, spread, gamma, beta: gamma * (centred / spread + beta)),
}


def norm_case(rng: Generator, *shape: int, scale: float = 1.0, **more: float) -> dict[str, Any]:
    """Draw x around a mean of its own for each position, a scale and a shift; no position has equal features."""
    while True:
        middle = normal(rng, *shape[:-1], 1, scale=2 * scale)
        x = single(np.round(middle + scale * rng.normal(size=shape), 5))
        if shape[-1] == 1 or x.std(axis=-1).min() > 0.3 * scale:
            break
    gamma = rng.uniform(0.5, 2.0, size=shape[-1]) * rng.choice([-1.0, 1.0], size=shape[-1])
    return {"x": x, "gamma": single(gamma.round(2)), "beta": single(normal(rng, shape[-1])), **more}


def _draw(rng: Generator) -> list[Drawn]:
    wide, epsilon = int(rng.integers(5, 8)), round(float(rng.uniform(0.2, 0.6)), 2)
    return [
        (norm_case(rng, 2, 3, 4), "batch and time"),
        (norm_case(rng, 3, 3, 3), "batch, time and width are equal"),
        (norm_case(rng, wide), "one position alone"),
        (norm_case(rng, 3, 2), "two features"),
        (norm_case(rng, 2, 4, scale=0.004), "small numbers"),
        (norm_case(rng, 2, 3, epsilon=epsilon), "another epsilon"),
        (norm_case(rng, 2, 1, 2, 3), "four axes"),
    ]


REFERENCES: dict[str, Reference] = {
    "layer_norm": Reference(
        correct=rounded(layer_norm),
        quick=rounded(quick),
        draw=_draw,
        wrong={key: rounded(formula) for key, formula in WRONG.items()},
        ways=traced,
        asked=("batch, time and width are equal", "another epsilon"),
    ),
}
