"""How a Transformer block goes wrong: misconception -> its formula, in the parts of `parts`."""

# ruff: noqa: ARG005  (a wrong formula leaves out some of what it is given)

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from autograder.references.lab3_attention.block.parts import Formula, Parts

Array = np.ndarray[Any, np.dtype[Any]]


class InvalidArgumentError(ValueError):
    """What TensorFlow raises for shapes that do not fit; only its name counts."""


def _attention(p: Parts, x: Array) -> Array:
    """Return what the first branch adds."""
    return p.drop(p.attend(p.norm_1(x)))


def _dense(p: Parts, x: Array) -> Array:
    """Return what the second branch adds."""
    return p.drop(p.dense(p.norm_2(x)))


def _first(p: Parts, x: Array) -> Array:
    return x + _attention(p, x)


def _second(p: Parts, y: Array) -> Array:
    return y + _dense(p, y)


def _two(first: Formula = _first, second: Formula = _second) -> Formula:
    """Put a first and a second half together; what is left out is right."""
    return lambda p, x: second(p, first(p, x))


def _attending(attend: Formula) -> Formula:
    """Attend in another way."""
    return _two(first=lambda p, x: x + p.drop(attend(p, p.norm_1(x))))


def _feeding(dense: Formula) -> Formula:
    """Go through the dense layers in another way."""
    return _two(second=lambda p, y: y + p.drop(dense(p, p.norm_2(y))))


def _matrices(names: str) -> Formula:
    return _attending(lambda p, h: p.attend(h, names))


def _normalised(p: Parts, x: Array) -> Array:
    h = p.norm_1(x)
    return h + p.drop(p.attend(h))


def _normalised_second(p: Parts, y: Array) -> Array:
    h = p.norm_2(y)
    return h + p.drop(p.dense(h))


def _with_epsilon(epsilon: float) -> Formula:
    return _two(
        lambda p, x: x + p.drop(p.attend(p.norm(1, x, epsilon))),
        lambda p, y: y + p.drop(p.dense(p.norm(2, y, epsilon))),
    )


def _always(first: bool, second: bool) -> Formula:
    return _two(
        lambda p, x: x + p.drop(p.attend(p.norm_1(x)), always=first),
        lambda p, y: y + p.drop(p.dense(p.norm_2(y)), always=second),
    )


def _undropped_first(p: Parts, x: Array) -> Array:
    return x + p.attend(p.norm_1(x))


def _undropped_second(p: Parts, y: Array) -> Array:
    return y + p.dense(p.norm_2(y))


def _summed_first(p: Parts, x: Array) -> Array:
    return p.drop(_undropped_first(p, x))


def _summed_second(p: Parts, y: Array) -> Array:
    return p.drop(_undropped_second(p, y))


def _input_dropped_first(p: Parts, x: Array) -> Array:
    return x + p.attend(p.drop(p.norm_1(x)))


def _input_dropped_second(p: Parts, y: Array) -> Array:
    return y + p.dense(p.drop(p.norm_2(y)))


def _hidden_dropped(p: Parts, y: Array) -> Array:
    return y + p.out(p.drop(p.hidden(p.norm_2(y))))


def _only_hidden(p: Parts, h: Array) -> Array:
    if p.w["dense_1.kernel"].shape[1] != h.shape[-1]:
        raise InvalidArgumentError
    return p.hidden(h)


def _dense_swapped(p: Parts, h: Array) -> Array:
    return np.asarray(np.maximum(p.out(h) @ p.w["dense_1.kernel"] + p.w["dense_1.bias"], 0.0))


def _linear(p: Parts, h: Array) -> Array:
    return p.out(h @ p.w["dense_1.kernel"] + p.w["dense_1.bias"])


WRONG: dict[str, Formula] = {
    "unchanged": lambda p, x: x,
    "no_residual": _two(_attention, _dense),
    "no_residual_first": _two(first=_attention),
    "no_residual_second": _two(second=_dense),
    "old_residual": lambda p, x: x + _dense(p, _first(p, x)),
    "parallel": lambda p, x: x + _attention(p, x) + _dense(p, x),
    "parallel/one_norm": lambda p, x: _first(p, x) + p.drop(p.dense(p.norm_1(x))),
    "reads_attention_only": lambda p, x: x + (a := _attention(p, x)) + _dense(p, a),
    "order_swapped": _two(_second, _first),
    "order_swapped/norms_in_place": _two(
        lambda p, x: x + p.drop(p.dense(p.norm_1(x))), lambda p, y: y + p.drop(p.attend(p.norm_2(y)))
    ),
    "no_attention": _second,
    "no_dense": _first,
    "post_norm": _two(lambda p, x: p.norm_1(x + p.drop(p.attend(x))), lambda p, y: p.norm_2(y + p.drop(p.dense(y)))),
    "norm_of_branch": _two(
        lambda p, x: x + p.drop(p.norm_1(p.attend(x))), lambda p, y: y + p.drop(p.norm_2(p.dense(y)))
    ),
    "norm_of_branch/dropped_first": _two(
        lambda p, x: x + p.norm_1(p.drop(p.attend(x))), lambda p, y: y + p.norm_2(p.drop(p.dense(y)))
    ),
    "no_norms": _two(lambda p, x: x + p.drop(p.attend(x)), lambda p, y: y + p.drop(p.dense(y))),
    "no_norm_1": _two(first=lambda p, x: x + p.drop(p.attend(x))),
    "no_norm_2": _two(second=lambda p, y: y + p.drop(p.dense(y))),
    "residual_normalised": _two(_normalised, _normalised_second),
    "residual_normalised/first": _two(first=_normalised),
    "residual_normalised/second": _two(second=_normalised_second),
    "one_norm": _two(second=lambda p, y: y + p.drop(p.dense(p.norm_1(y)))),
    "one_norm/second": _two(first=lambda p, x: x + p.drop(p.attend(p.norm_2(x)))),
    "norms_swapped": _two(
        lambda p, x: x + p.drop(p.attend(p.norm_2(x))), lambda p, y: y + p.drop(p.dense(p.norm_1(y)))
    ),
    "epsilon": _with_epsilon(1e-3),
    "epsilon/tiny": _with_epsilon(1e-7),
    "mask_ignored": _attending(lambda p, h: p.attend(h, masked=False)),
    "one_head": _attending(lambda p, h: p.attend(h, heads=1)),
    "one_matrix": _matrices("qqqo"),
    "one_matrix/all_four": _matrices("qqqq"),
    "q_k_swapped": _matrices("kqvo"),
    "matrices_mixed": _matrices("qvko"),
    "matrices_mixed/v_o": _matrices("qkov"),
    "matrices_mixed/q_v": _matrices("vkqo"),
    "matrices_mixed/k_twice": _matrices("qkko"),
    "matrices_mixed/v_twice": _matrices("qkvv"),
    "no_W_o": _matrices("qkv1"),
    "no_relu": _feeding(_linear),
    "relu_last": _feeding(lambda p, h: np.maximum(p.dense(h), 0.0)),
    "dense_2_forgotten": _feeding(_only_hidden),
    "dense_1_forgotten": _feeding(lambda p, h: p.out(h)),
    "dense_swapped": _feeding(_dense_swapped),
    "dropout_forgotten": _two(_undropped_first, _undropped_second),
    "dropout_first_only": _two(second=_undropped_second),
    "dropout_second_only": _two(first=_undropped_first),
    "dropout_always": _always(first=True, second=True),
    "dropout_always/first": _always(first=True, second=False),
    "dropout_always/second": _always(first=False, second=True),
    "dropout_on_sum": _two(_summed_first, _summed_second),
    "dropout_on_sum/first": _two(first=_summed_first),
    "dropout_on_sum/second": _two(second=_summed_second),
    "dropout_on_sum/once_at_the_end": _two(_undropped_first, _summed_second),
    "dropout_on_input": _two(_input_dropped_first, _input_dropped_second),
    "dropout_on_input/first": _two(first=_input_dropped_first),
    "dropout_on_input/second": _two(second=_input_dropped_second),
    "dropout_on_hidden": _two(second=_hidden_dropped),
    "dropout_on_hidden/alone": _two(_undropped_first, _hidden_dropped),
}
