"""What each misconception about many heads computes: misconception -> formula, for the exercises of lab 3.

A formula is the right function with one thing changed (keywords). What TensorFlow can't put together raises
InvalidArgumentError, as it does in a student's function.
"""

# ruff: noqa: ARG001, ARG005  (a wrong formula leaves out some of what it is given)

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
Formula = Callable[..., Any]


class InvalidArgumentError(Exception):
    """Stands for TensorFlow's exception of this name."""


def rounded(formula: Formula) -> Formula:
    """Compute with float64, keep five decimals, and raise as TensorFlow does."""

    def call(**arguments: Any) -> Any:
        exact = {name: _exact(value) for name, value in arguments.items()}
        try:
            result = formula(**exact)
        except ValueError as error:
            raise InvalidArgumentError(str(error)) from error
        return tuple(one.round(5) for one in result) if isinstance(result, tuple) else result.round(5)

    call.exact = formula  # type: ignore[attr-defined]
    return call


def _exact(value: Any) -> Any:
    return value.astype(float) if isinstance(value, np.ndarray) and value.dtype.kind == "f" else value


def all_rounded(table: dict[str, Formula]) -> dict[str, Formula]:
    """Round all formulas of a table."""
    return {key: rounded(formula) for key, formula in table.items()}


# Cut and merge


def _cut(x: Array, num_heads: int) -> Array:
    return x.reshape(*x.shape[:2], num_heads, -1)


def split(x: Array, num_heads: int) -> Array:
    """Cut the columns into heads."""
    return _cut(x, num_heads).transpose(0, 2, 1, 3)


def _split_by_reshape(x: Array, num_heads: int) -> Array:
    return x.reshape(len(x), num_heads, x.shape[1], -1)


def _split_in_turns(x: Array, num_heads: int) -> Array:
    return x.reshape(*x.shape[:2], -1, num_heads).transpose(0, 3, 1, 2)


def merge(x: Array) -> Array:
    """Put the heads side by side."""
    return x.transpose(0, 2, 1, 3).reshape(len(x), x.shape[2], -1)


def _merge_by_reshape(x: Array) -> Array:
    return x.reshape(len(x), x.shape[2], -1)


def _merge_in_turns(x: Array) -> Array:
    return x.transpose(0, 2, 3, 1).reshape(len(x), x.shape[2], -1)


def _copies(x: Array, num_heads: int) -> Array:
    return np.repeat(x[:, None], num_heads, axis=1)


SPLIT = all_rounded(
    {
        "reshaped": _split_by_reshape,
        "reshaped/turned_first": lambda x, num_heads: x.transpose(0, 2, 1).reshape(len(x), num_heads, x.shape[1], -1),
        "reshaped/cut_then_reshaped": lambda x, num_heads: (
            _cut(x, num_heads).transpose(0, 1, 3, 2).reshape(len(x), num_heads, x.shape[1], -1)
        ),
        "interleaved": _split_in_turns,
        "not_transposed": _cut,
        "heads_first": lambda x, num_heads: _cut(x, num_heads).transpose(2, 0, 1, 3),
        "width_before_time": lambda x, num_heads: _cut(x, num_heads).transpose(0, 2, 3, 1),
        "number_for_width": lambda x, num_heads: _cut(x, x.shape[2] // num_heads).transpose(0, 2, 1, 3),
        "in_the_batch": lambda x, num_heads: np.concatenate(np.split(x, num_heads, axis=-1), axis=0),
        "in_the_batch/sequence_by_sequence": lambda x, num_heads: split(x, num_heads).reshape(
            len(x) * num_heads, x.shape[1], -1
        ),
        "copied": _copies,
    }
)

MERGE = all_rounded(
    {
        "reshaped": _merge_by_reshape,
        "reshaped/width_turned": lambda x: x.transpose(0, 1, 3, 2).reshape(len(x), x.shape[2], -1),
        "reshaped/all_turned": lambda x: x.transpose(0, 3, 2, 1).reshape(len(x), x.shape[2], -1),
        "reshaped/width_first": lambda x: x.transpose(0, 3, 1, 2).reshape(len(x), x.shape[2], -1),
        "interleaved": _merge_in_turns,
        "time_first": lambda x: x.transpose(2, 0, 1, 3).reshape(x.shape[2], len(x), -1),
        "not_merged": lambda x: x.transpose(0, 2, 1, 3),
        "heads_added": lambda x: x.sum(axis=1),
        "heads_averaged": lambda x: x.mean(axis=1),
        "one_head": lambda x: x[:, 0],
        "one_head/last": lambda x: x[:, -1],
        "one_after_the_other": lambda x: x.reshape(len(x), -1, x.shape[3]),
        "reversed": lambda x: merge(x[:, ::-1]),
    }
)

# Attention in several heads


def softmax(scores: Array, axis: int = -1) -> Array:
    """Turn scores into weights along an axis; no keys at all have no weights."""
    if not scores.shape[axis]:
        return scores
    powers = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return np.asarray(powers / powers.sum(axis=axis, keepdims=True))


def with_heads(mask: Array) -> Array:
    """Give a mask an axis for the heads."""
    return mask if mask.ndim == 2 else mask[:, None]


def attend(Q: Array, K: Array, V: Array, mask: Array | None = None, **change: Any) -> tuple[Array, Array]:
    """Attend with some lines changed; the mask already fits the scores."""
    heads, width = Q.shape[1], Q.shape[-1]
    scores = Q @ K.swapaxes(-1, -2) * change.get("scale", lambda width, heads: width**-0.5)(width, heads)
    weights = softmax(scores if mask is None else np.where(mask, scores, -1e9), change.get("axis", -1))
    if mask is not None:
        weights = change.get("after", lambda weights, mask: weights)(weights, mask)
    return weights @ V, weights


def project(x: Array, m: Array, W_q: Array, W_k: Array, W_v: Array, W_o: Array) -> tuple[Array, Array, Array]:
    """Make queries of x, keys and values of m."""
    return x @ W_q, m @ W_k, m @ W_v


def cross(
    x: Array,
    memory: Array,
    W_q: Array,
    W_k: Array,
    W_v: Array,
    W_o: Array,
    num_heads: int,
    mask: Array | None = None,
    **change: Any,
) -> Any:
    """Compute cross_attention with some lines changed."""
    get = change.get
    cut = get("split", split)
    Q, K, V = (cut(one, num_heads) for one in get("project", project)(x, memory, W_q, W_k, W_v, W_o))
    seen = None if mask is None else get("see", with_heads)(mask)
    output, weights = attend(Q, K, V, seen, **change)
    output = get("out", lambda output, W_o: output @ W_o)(get("merge", merge)(output), W_o)
    return get("give", lambda output, weights, x, mask: (output, weights))(output, weights, x, mask)


def _of(change: dict[str, Any]) -> Formula:
    """Compute multi_head_attention with some lines changed."""
    return lambda x, **rest: cross(x, x, **rest, **change)


def _with_matrices(**change: Callable[[dict[str, Any]], Any]) -> Formula:
    return lambda **a: _of({})(**(a | {name: matrix(a) for name, matrix in change.items()}))


def _rows(weights: Array, mask: Array) -> Array:
    """Set the weights to zero at queries that stand where a mask of keys forbids."""
    return weights * mask.swapaxes(-1, -2) if mask.shape[-2] == 1 and mask.ndim == 4 else weights


def _rows_of_output(output: Array, weights: Array, x: Array, mask: Array | None) -> tuple[Array, Array]:
    keys_only = mask is not None and mask.ndim == 3 and mask.shape[1] == 1
    return (output * mask.swapaxes(1, 2) if mask is not None and keys_only else output), weights


def _both(mask: Array) -> Array:
    """Forbid queries as well where a mask speaks of keys only."""
    seen = with_heads(mask)
    return seen & seen.swapaxes(-1, -2) if mask.ndim == 3 and mask.shape[1] == 1 else seen


# Of multi_head_attention and cross_attention alike.
_BOTH: dict[str, dict[str, Any]] = {
    "order": {"give": lambda output, weights, x, mask: (weights, output)},
    "only_output": {"give": lambda output, weights, x, mask: output},
    "no_W_o": {"out": lambda output, W_o: output},
    "transposed": {
        "project": lambda x, m, q, k, v, o: project(x, m, q.T, k.T, v.T, o),
        "out": lambda y, W_o: y @ W_o.T,
    },
    "one_head": {"split": lambda x, heads: x[:, None]},
    "v_is_k": {"project": lambda x, m, q, k, v, o: (x @ q, m @ k, m @ k)},
    "mask_ignored": {"see": lambda mask: np.ones_like(with_heads(mask))},
    "mask_inverted": {"see": lambda mask: ~with_heads(mask)},
    "mask_no_axis": {"see": lambda mask: mask},
    "mask_axis_late": {"see": lambda mask: mask if mask.ndim == 2 else mask[:, :, None]},
    "mask_axis_always": {"see": lambda mask: mask[:, None]},
    "mask_transposed": {"see": lambda mask: with_heads(mask).swapaxes(-1, -2)},
}


def _copied(output: Array, weights: Array, x: Array, mask: Array | None, heads: int) -> tuple[Array, Array]:
    return output, np.repeat(weights, heads, axis=1)


def _one_head_copied(formula: Formula) -> Formula:
    """Attend in one head, and give its weights as often as there are heads."""
    return lambda num_heads, **a: formula(
        **a,
        num_heads=num_heads,
        split=lambda x, heads: x[:, None],
        give=partial(_copied, heads=num_heads),
    )


def _mha(**a: Any) -> Any:
    return cross(a["x"], a["x"], **{name: value for name, value in a.items() if name != "x"})


ATTENTION = all_rounded(
    {
        **{key: _of(change) for key, change in _BOTH.items()},
        "one_head/copied": _one_head_copied(_mha),
        "scale_d_model": _of({"scale": lambda width, heads: (width * heads) ** -0.5}),
        "no_scale": _of({"scale": lambda width, heads: 1.0}),
        "scale_no_root": _of({"scale": lambda width, heads: 1 / width}),
        "W_o_early": _of({"project": lambda x, m, q, k, v, o: (x @ q, m @ k, m @ v @ o), "out": lambda y, W_o: y}),
        "q_k_swapped": _of({"project": lambda x, m, q, k, v, o: (x @ k, m @ q, m @ v)}),
        "k_is_q": _with_matrices(W_k=lambda a: a["W_q"]),
        "v_is_q": _with_matrices(W_v=lambda a: a["W_q"]),
        "same_matrix": _with_matrices(W_k=lambda a: a["W_q"], W_v=lambda a: a["W_q"]),
        "no_W_v": _of({"project": lambda x, m, q, k, v, o: (x @ q, m @ k, m)}),
        "no_projections": _of({"project": lambda x, m, q, k, v, o: (x, m, m)}),
        "mask_axis_last": _of({"see": lambda mask: mask if mask.ndim == 2 else mask[..., None]}),
        "transposed/all_but_W_o": _of({"project": lambda x, m, q, k, v, o: project(x, m, q.T, k.T, v.T, o)}),
        "transposed/W_o": _of({"out": lambda output, W_o: output @ W_o.T}),
        "weights_averaged": _of({"give": lambda output, weights, x, mask: (output, weights.mean(axis=1))}),
        "rows_masked": _of({"see": _both}),
        "rows_masked/weights_zero": _of({"after": _rows}),
        "rows_masked/output_zero": _of({"give": _rows_of_output}),
        "weights_transposed": _of({"give": lambda output, weights, x, mask: (output, weights.swapaxes(-1, -2))}),
        "softmax_queries": _of({"axis": -2}),
        "softmax_heads": _of({"axis": 1}),
        "reshaped": _of({"split": _split_by_reshape}),
        "reshaped/merge": _of({"merge": _merge_by_reshape}),
        "reshaped/both": _of({"split": _split_by_reshape, "merge": _merge_by_reshape}),
        "interleaved": _of({"split": _split_in_turns, "merge": _merge_in_turns}),
        "residual": _of({"give": lambda output, weights, x, mask: (output + x, weights)}),
    }
)


def _from(asks: str, keys: str, values: str) -> Formula:
    """Take queries, keys and values from x or memory."""

    def formula(x: Array, memory: Array, **rest: Any) -> Any:
        pick = {"x": x, "memory": memory}
        return cross(
            x,
            memory,
            **rest,
            project=lambda x, m, q, k, v, o: (pick[asks] @ q, pick[keys] @ k, pick[values] @ v),
        )

    return formula


CROSS = all_rounded(
    {
        **{key: partial(cross, **change) for key, change in _BOTH.items()},
        "one_head/copied": _one_head_copied(cross),
        "swapped": _from("memory", "x", "x"),
        "only_x": _from("x", "x", "x"),
        "only_memory": _from("memory", "memory", "memory"),
        "values_from_x": _from("x", "memory", "x"),
        "keys_from_x": _from("x", "x", "memory"),
        "queries_from_memory": _from("memory", "memory", "x"),
    }
)
