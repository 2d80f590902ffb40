"""What each misconception about gates computes: misconception -> formula, for the four steps of lab 2, part 1.

A formula is the right step with one thing changed: an argument before it (`_with`), or a line inside (keywords).
"""

# ruff: noqa: ARG005, PLR0913, PLR0917  (a wrong formula leaves out some of what it is given; a peephole step takes nine things)

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
Formula = Callable[..., Any]


def _sigmoid(a: Array) -> Array:
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * a)))


def _same(a: Array) -> Array:
    return a


def _zero(a: Array) -> Array:
    return 0.0 * a


def lstm(
    x_t: Array, h_prev: Array, c_prev: Array, W: Array, U: Array, b: Array, *, names: str = "ifco", **change: Any
) -> Any:
    """Compute an LSTM's step with some lines changed; without a block i, the input gate is what f leaves."""
    cut = change.get("cut", lambda a: np.split(a, len(names), axis=-1))
    a = dict(zip(names, cut(x_t @ W + h_prev @ U + b), strict=True))
    gates = {name: change.get(name, change.get("gate", _sigmoid))(a[name]) for name in names if name != "c"}
    f, o = gates["f"], gates["o"]
    i = gates.get("i", change.get("left", lambda f: 1 - f)(f))
    new = change.get("candidate", np.tanh)(a["c"])
    c = change.get("cell", lambda i, f, new, c, h: f * c + i * new)(i, f, new, c_prev, h_prev)
    h = change.get("show", lambda o, c, old: o * np.tanh(c))(o, c, c_prev)
    return change.get("give", lambda h, c: (h, c))(h, c)


def _gru(x_t: Array, h_prev: Array, W: Array, U: Array, b: Array, **change: Any) -> Any:
    """Compute a GRU's step with some lines changed."""
    (W_z, W_r, W_h), (U_z, U_r, U_h), (b_z, b_r, b_h) = (np.split(value, 3, axis=-1) for value in (W, U, b))
    gate = change.get("gate", _sigmoid)
    z = change.get("z", gate)(x_t @ W_z + h_prev @ U_z + b_z)
    r = change.get("r", gate)(x_t @ W_r + h_prev @ U_r + b_r)
    memory = change.get("memory", lambda z, r, h, U_h, b_h: (r * h) @ U_h + b_h)(z, r, h_prev, U_h, b_h)
    total = change.get("total", lambda r, seen, memory: seen + memory)(r, x_t @ W_h, memory)
    new = change.get("candidate", np.tanh)(total)
    return change.get("mix", lambda z, r, new, h: z * h + (1 - z) * new)(z, r, new, h_prev)


def _peephole(
    x_t: Array,
    h_prev: Array,
    c_prev: Array,
    W: Array,
    U: Array,
    b: Array,
    P_i: Array,
    P_f: Array,
    P_o: Array,
    **change: Any,
) -> Any:
    """Compute a peephole LSTM's step with some lines changed."""
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)
    look = change.get("look", lambda seen, P: seen @ P)
    gate = change.get("gate", lambda a, peep: _sigmoid(a + peep))
    seen = change.get("seen", lambda c, h: c)(c_prev, h_prev)
    i, f = gate(a_i, look(seen, P_i)), gate(a_f, look(seen, P_f))
    new = change.get("candidate", np.tanh)(a_c + change.get("peep", lambda c, P_i, P_f: 0.0)(c_prev, P_i, P_f))
    c = f * c_prev + i * new
    o = gate(a_o, look(change.get("o_sees", lambda new, old, h: new)(c, c_prev, h_prev), P_o))
    h = change.get("show", lambda o, c: o * np.tanh(c))(o, c)
    return change.get("give", lambda h, c: (h, c))(h, c)


def _with(step: Formula, **changes: Callable[[dict[str, Any]], Any]) -> Formula:
    """Change arguments before a step sees them: name -> a function of all arguments."""
    return lambda **a: step(**(a | {name: change(a) for name, change in changes.items()}))


def _blocks(step: Formula, change: Callable[[Array], Array], names: tuple[str, ...] = ("W", "U", "b")) -> Formula:
    """Change how W, U and b are cut: each is rearranged, then cut in the right way."""
    return lambda **a: step(**(a | {name: change(a[name]) for name in names}))


def _read(step: Formula, right: str, read: str) -> Formula:
    """Take the blocks `right` for the blocks `read`."""
    places = [read.index(name) for name in right]
    return _blocks(step, lambda w: np.concatenate([np.split(w, len(right), axis=-1)[k] for k in places], axis=-1))


def _orders(step: Formula, right: str, *named: str, others: tuple[str, ...]) -> dict[str, Formula]:
    """List other orders of the blocks; those in `named` have hints of their own."""
    single = {f"order_{read}": _read(step, right, read) for read in named}
    return single | {f"order/{read}": _read(step, right, read) for read in others}


def _interleaved(blocks: int) -> Callable[[Array], Array]:
    return lambda w: np.concatenate([w[..., block::blocks] for block in range(blocks)], axis=-1)


def _reshaped(blocks: int) -> Callable[[Array], Array]:
    return lambda w: np.concatenate(list(w.reshape(blocks, *w.shape[:-1], -1)), axis=-1)


def _transposed(blocks: int) -> Callable[[Array], Array]:
    return lambda w: np.concatenate([part.T for part in np.split(w, blocks, axis=-1)], axis=-1)


def _of_every_step(step: Formula, blocks: int) -> dict[str, Formula]:
    """List what can go wrong in the sums of every cell."""
    return {
        "interleaved": _blocks(step, _interleaved(blocks)),
        "reshaped": _blocks(step, _reshaped(blocks)),
        "swapped_weights": _with(step, W=lambda a: a["U"], U=lambda a: a["W"]),
        "transposed": _blocks(step, _transposed(blocks), ("U",)),
        "no_bias": _with(step, b=lambda a: _zero(a["b"])),
        "no_memory": _with(step, U=lambda a: _zero(a["U"])),
        "no_input": _with(step, x_t=lambda a: _zero(a["x_t"])),
    }


def _sums_reshaped(blocks: int) -> Callable[[Array], list[Array]]:
    return lambda a: list(a.reshape(blocks, len(a), -1))


def _hard(a: Array) -> Array:
    return np.clip(a / 6 + 0.5, 0, 1)


def _shut(a: Array) -> Array:
    return _sigmoid(-a)


_SWAP = lambda h, c: (c, h)  # noqa: E731

# Of lstm_step and coupled_lstm_step alike.
_OUTPUT: dict[str, dict[str, Any]] = {
    "candidate_sigmoid": {"candidate": _sigmoid},
    "candidate_linear": {"candidate": _same},
    "no_tanh_out": {"show": lambda o, c, old: o * c},
    "swapped": {"give": _SWAP},
    "h_remembered": {"cell": lambda i, f, new, c, h: f * h + i * new},
    "old_c_shown": {"show": lambda o, c, old: o * np.tanh(old)},
    "no_output_gate": {"show": lambda o, c, old: np.tanh(c)},
    "gates_tanh": {"gate": np.tanh},
    "gates_linear": {"gate": _same},
}


LSTM: dict[str, Formula] = {
    **{key: partial(lstm, **change) for key, change in _OUTPUT.items()},
    "f_inverted": partial(lstm, f=_shut),
    "gates_inverted": partial(lstm, gate=_shut),
    "gates_inverted/both_of_the_cell": partial(lstm, i=_shut, f=_shut),
    "out_sigmoid": partial(lstm, show=lambda o, c, old: o * _sigmoid(c)),
    "gates_tanh/i": partial(lstm, i=np.tanh),
    "gates_tanh/f": partial(lstm, f=np.tanh),
    "gates_tanh/o": partial(lstm, o=np.tanh),
    "hard_sigmoid": partial(lstm, gate=_hard),
    "hard_sigmoid/older": partial(lstm, gate=lambda a: np.clip(0.2 * a + 0.5, 0, 1)),
    "states_swapped": _with(lstm, h_prev=lambda a: a["c_prev"], c_prev=lambda a: a["h_prev"]),
    "c_in_gates": lambda **a: lstm(
        **(a | {"h_prev": a["c_prev"]}), cell=lambda i, f, new, c, h: f * a["c_prev"] + i * new
    ),
    **_orders(lstm, "ifco", "ifoc", "fico", others=("icfo", "iofc", "fioc", "cifo", "ocfi", "fcio")),
    **_of_every_step(lstm, 4),
    "reshaped/sums": partial(lstm, cut=_sums_reshaped(4)),
    "bias_twice": _with(lstm, b=lambda a: 2 * a["b"]),
    "forget_bias": partial(lstm, f=lambda a: _sigmoid(a + 1)),
    "no_input_gate": partial(lstm, cell=lambda i, f, new, c, h: f * c + new),
    "no_forget_gate": partial(lstm, cell=lambda i, f, new, c, h: c + i * new),
    "cell_dropped": partial(lstm, cell=lambda i, f, new, c, h: i * new),
    "coupled": partial(lstm, cell=lambda i, f, new, c, h: f * c + (1 - f) * new),
}

COUPLED: dict[str, Formula] = {
    **{key: partial(lstm, names="fco", **change) for key, change in _OUTPUT.items()},
    "i_is_f": partial(lstm, names="fco", left=_same),
    "f_inverted": partial(lstm, names="fco", f=_shut),
    "no_input_gate": partial(lstm, names="fco", left=np.ones_like),
    "one_minus_inside": partial(lstm, names="fco", left=lambda f: 1 / (1 + f / (1 - f) / math.e)),  # sigmoid(1 - a)
    **_orders(partial(lstm, names="fco"), "fco", "foc", others=("cfo", "cof", "ofc", "ocf")),
    **_of_every_step(partial(lstm, names="fco"), 3),
    "reshaped/sums": partial(lstm, names="fco", cut=_sums_reshaped(3)),
}

GRU: dict[str, Formula] = {
    "z_inverted": partial(_gru, mix=lambda z, r, new, h: (1 - z) * h + z * new),
    "reset_after": partial(_gru, memory=lambda z, r, h, U_h, b_h: r * (h @ U_h) + b_h),
    "reset_after/bias_too": partial(_gru, memory=lambda z, r, h, U_h, b_h: r * (h @ U_h + b_h)),
    "no_reset": partial(_gru, memory=lambda z, r, h, U_h, b_h: h @ U_h + b_h),
    "r_inverted": partial(_gru, r=_shut),
    "z_resets": partial(_gru, memory=lambda z, r, h, U_h, b_h: (z * h) @ U_h + b_h),
    "reset_kept": partial(_gru, mix=lambda z, r, new, h: z * (r * h) + (1 - z) * new),
    "no_balance": partial(_gru, mix=lambda z, r, new, h: z * h + new),
    "r_balances": partial(_gru, mix=lambda z, r, new, h: z * h + r * new),
    "nothing_kept": partial(_gru, mix=lambda z, r, new, h: new),
    "candidate_sigmoid": partial(_gru, candidate=_sigmoid),
    "candidate_linear": partial(_gru, candidate=_same),
    "gates_tanh": partial(_gru, gate=np.tanh),
    "gates_tanh/z": partial(_gru, z=np.tanh),
    "gates_tanh/r": partial(_gru, r=np.tanh),
    "gates_linear": partial(_gru, gate=_same),
    "tanh_out": lambda **a: np.tanh(_gru(**a)),
    **_orders(_gru, "zrh", "rzh", others=("zhr", "rhz", "hzr", "hrz")),
    **_of_every_step(_gru, 3),
    "lecture": _with(partial(_gru, mix=lambda z, r, new, h: (1 - z) * h + z * new), b=lambda a: _zero(a["b"])),
    "other_library": _read(partial(_gru, memory=lambda z, r, h, U_h, b_h: r * (h @ U_h) + b_h), "zrh", "rzh"),
    "other_library/bias_too": _read(partial(_gru, memory=lambda z, r, h, U_h, b_h: r * (h @ U_h + b_h)), "zrh", "rzh"),
    "resets_the_input": partial(
        _gru, memory=lambda z, r, h, U_h, b_h: h @ U_h + b_h, total=lambda r, seen, memory: r * (seen + memory)
    ),
    "candidate_transposed": partial(_gru, memory=lambda z, r, h, U_h, b_h: (r * h) @ U_h.T + b_h),
    "candidate_no_bias": partial(_gru, memory=lambda z, r, h, U_h, b_h: (r * h) @ U_h),
}

_SWAPPED_P = {"P_i": lambda a: a["P_f"], "P_f": lambda a: a["P_i"]}

PEEPHOLE: dict[str, Formula] = {
    "old_c": partial(_peephole, o_sees=lambda new, old, h: old),
    "no_peepholes": partial(_peephole, look=lambda seen, P: 0.0),
    "o_blind": _with(_peephole, P_o=lambda a: _zero(a["P_o"])),
    "diagonal": partial(_peephole, look=lambda seen, P: seen * np.diag(P)),
    "elementwise": partial(_peephole, look=lambda seen, P: seen * P),
    "column_sums": partial(_peephole, look=lambda seen, P: seen * P.sum(axis=0)),
    "transposed_P": partial(_peephole, look=lambda seen, P: seen @ P.T),
    "swapped_P": _with(_peephole, **_SWAPPED_P),
    "sees_h": partial(_peephole, seen=lambda c, h: h),
    "sees_h/o_too": partial(_peephole, seen=lambda c, h: h, o_sees=lambda new, old, h: h),
    "candidate_sees": partial(_peephole, peep=lambda c, P_i, P_f: c @ P_i),
    "candidate_sees/P_f": partial(_peephole, peep=lambda c, P_i, P_f: c @ P_f),
    "sees_tanh_c": partial(_peephole, seen=lambda c, h: np.tanh(c), o_sees=lambda new, old, h: np.tanh(new)),
    "sees_tanh_c/o_only": partial(_peephole, o_sees=lambda new, old, h: np.tanh(new)),
    "outside": partial(_peephole, gate=lambda a, peep: _sigmoid(a) + peep),
    "candidate_sigmoid": partial(_peephole, candidate=_sigmoid),
    "no_tanh_out": partial(_peephole, show=lambda o, c: o * c),
    "swapped": partial(_peephole, give=_SWAP),
    **_orders(_peephole, "ifco", "ifoc", "fico", others=("fioc", "icfo", "iofc", "cifo")),
    "no_bias": _with(_peephole, b=lambda a: _zero(a["b"])),
}
