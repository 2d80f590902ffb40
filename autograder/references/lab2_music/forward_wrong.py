"""What each misconception about the walk through time computes: misconception -> formula, for lstm_forward of lab 2."""

# ruff: noqa: ARG005  (a wrong formula leaves out some of what it is given)

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.references.lab2_music.gates_wrong import Array, Formula, lstm

if TYPE_CHECKING:
    from collections.abc import Callable


def _walk(
    x: Array, h_0: Array, c_0: Array, W: Array, U: Array, b: Array, mask: Array | None = None, **change: Any
) -> tuple[Array, Array]:
    """Walk through time with some lines changed."""
    h, c = change.get("start", lambda h, c: (h, c))(h_0, c_0)
    step, keep = change.get("step", lstm), change.get("keep", lambda m, new, old, first: np.where(m, new, old))
    keep_h, keep_c = change.get("keep_h", keep), change.get("keep_c", keep)
    hs, cs = [], []
    for t in range(x.shape[1]):
        h_in, c_in = change.get("enter", lambda h, c, h_0, c_0: (h, c))(h, c, h_0, c_0)
        h_new, c_new = step(x[:, t], h_in, c_in, W, U, b)
        if mask is not None:
            real = mask[:, t, None]
            h_new, c_new = keep_h(real, h_new, h, h_0), keep_c(real, c_new, c, c_0)
        h, c = h_new, c_new
        hs.append(h)
        cs.append(c)
    return np.stack(hs, axis=1), np.stack(cs, axis=1)


def _each(change: Callable[[Array], Array], **inside: Any) -> Formula:
    """Change both results at the end."""
    return lambda **a: tuple(change(part) for part in _walk(**a, **inside))


def _zeros(value: Array) -> Array:
    return np.zeros_like(value)


def _with_first(**a: Any) -> tuple[Array, ...]:
    """Put the states before the first step in front."""
    first = a["h_0"], a["c_0"]
    return tuple(np.concatenate([one[:, None], rest], axis=1) for one, rest in zip(first, _walk(**a), strict=True))


def _unpacked_swapped(*arguments: Array) -> Any:
    return lstm(*arguments, give=lambda h, c: (c, h))


def _masked_input(x: Array, mask: Array | None, **a: Any) -> Any:
    return _walk(x if mask is None else x * mask[..., None], **a)


def _masked_output_only(mask: Array | None, **a: Any) -> Any:
    """Walk on through masked steps, and show the states of the last real one."""
    states = _walk(**a)
    if mask is None:
        return states
    shown = []
    for last, state in zip((a["h_0"], a["c_0"]), states, strict=True):
        rows = []
        for t in range(state.shape[1]):
            last = np.where(mask[:, t, None], state[:, t], last)  # noqa: PLW2901  (it goes on through time)
            rows.append(last)
        shown.append(np.stack(rows, axis=1))
    return tuple(shown)


def _masked_output_zero(**a: Any) -> Any:
    return tuple(state * (1.0 if a["mask"] is None else a["mask"][..., None]) for state in _walk(**a))


def _backwards(x: Array, mask: Array | None, **a: Any) -> Any:
    return _walk(x[:, ::-1], **a, mask=None if mask is None else mask[:, ::-1])


FORWARD: dict[str, Formula] = {
    "with_first": _with_first,
    "shifted": lambda **a: tuple(state[:, :-1] for state in _with_first(**a)),
    "last_only": _each(lambda state: state[:, -1]),
    "last_c_only": lambda **a: (_walk(**a)[0], _walk(**a)[1][:, -1]),
    "only_h": lambda **a: _walk(**a)[0],
    "swapped": lambda **a: _walk(**a)[::-1],
    "handed_on_swapped": partial(_walk, enter=lambda h, c, h_0, c_0: (c, h)),
    "handed_on_swapped/unpacked": partial(_walk, step=_unpacked_swapped),
    "not_carried": partial(_walk, enter=lambda h, c, h_0, c_0: (h_0, c_0)),
    "h_not_carried": partial(_walk, enter=lambda h, c, h_0, c_0: (h_0, c)),
    "c_not_carried": partial(_walk, enter=lambda h, c, h_0, c_0: (h, c_0)),
    "starts_ignored": partial(_walk, start=lambda h, c: (_zeros(h), _zeros(c))),
    "h_0_ignored": partial(_walk, start=lambda h, c: (_zeros(h), c)),
    "c_0_ignored": partial(_walk, start=lambda h, c: (h, _zeros(c))),
    "c_0_is_h_0": partial(_walk, start=lambda h, c: (h, h)),
    "mask_ignored": lambda **a: _walk(**(a | {"mask": None})),
    "mask_h_only": partial(_walk, keep_c=lambda real, new, old, first: new),
    "mask_c_only": partial(_walk, keep_h=lambda real, new, old, first: new),
    "inverted_mask": partial(_walk, keep=lambda real, new, old, first: np.where(real, old, new)),
    "masked_to_zero": partial(_walk, keep=lambda real, new, old, first: np.where(real, new, 0.0)),
    "masked_to_zero/h": partial(_walk, keep_h=lambda real, new, old, first: np.where(real, new, 0.0)),
    "masked_to_first": partial(_walk, keep=lambda real, new, old, first: np.where(real, new, first)),
    "masked_input": _masked_input,
    "masked_output_only": _masked_output_only,
    "masked_output_zero": _masked_output_zero,
    "same_array": _each(lambda state: np.repeat(state[:, -1:], state.shape[1], axis=1)),
    "time_first": _each(lambda state: state.swapaxes(0, 1)),
    "backwards": _backwards,
}
