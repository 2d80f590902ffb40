"""Runs on the student's side: builds what can't travel as a value (cells, models) and calls it with given weights.

Every probe takes the student's object first, then plain values, and returns plain values. A probe raises `Unfit` with
the key of a hint when the object can't be used as asked.
"""

from __future__ import annotations

from importlib import import_module
from inspect import isfunction
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.checks import compare, lab2_fakes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Array = np.ndarray[Any, np.dtype[Any]]


MOST = 100_000  # numbers of a result that a probe looks into; a larger one is left to the check of its shape


class Unfit(Exception):  # noqa: N818  (it is a finding about the student's object, not a fault)
    """The student's object lacks something; the message is the key of a hint."""


def leaky_step(x_t: Any, h_prev: Any, W_xh: Any, W_hh: Any, b_h: Any) -> Array:
    """Stand in for `rnn_step`: a unit that no exercise asks for, in which every entry of every argument counts.

    Shapes as `rnn_step`; each sequence by itself, so that it may be called for some rows of a batch only.
    """
    x_t, h_prev, W_xh, W_hh, b_h = map(np.asarray, (x_t, h_prev, W_xh, W_hh, b_h))
    a = x_t @ np.abs(W_xh) - 0.5 * h_prev @ W_hh + 2.0 * b_h
    return np.asarray(0.3 * h_prev + 0.5 * a / (1.0 + np.abs(a)))


def blunt_backward_step(d_h: Any, x_t: Any, h_prev: Any, h_t: Any, W_hh: Any) -> tuple[Array, Array, Array, Array]:
    """Stand in for `rnn_backward_step`: products that no exercise asks for, in which every entry counts.

    Shapes as `rnn_backward_step`; the first three add up over the sequences of a batch.
    """
    d_h, x_t, h_prev, h_t, W_hh = map(np.asarray, (d_h, x_t, h_prev, h_t, W_hh))
    d_a = d_h * (2.0 + h_t)
    return (
        np.abs(x_t).T @ d_a,
        h_prev.T @ d_h + W_hh * d_h.sum(),
        (d_h * h_t).sum(axis=0),
        0.5 * d_h + 0.2 * d_a @ W_hh,
    )


FAKES: dict[str, Callable[..., Any]] = {
    "leaky_step": leaky_step,
    "blunt_backward_step": blunt_backward_step,
    **lab2_fakes.FAKES,
}


def named(name: str) -> Callable[..., Any]:
    """Find a probe or a scripted fake by its name: a function of this module, or "module.function" of one beside it.

    Raises LookupError when there is none.
    """
    module, _, function = name.rpartition(".")
    try:
        found: Callable[..., Any] = getattr(import_module(f"labkit.checks.{module or 'probes'}"), function)
    except (ImportError, AttributeError) as error:
        raise LookupError(f"labkit.checks has no probe {name}.") from error
    return found


def name_of(probe: Callable[..., Any]) -> str:
    """Return the name by which `named` finds a probe."""
    module = probe.__module__.rpartition(".")[2]
    return probe.__name__ if module == "probes" else f"{module}.{probe.__name__}"


def call_given(
    function: Callable[..., Any],
    given: Mapping[str, str],
    *arguments: Any,
    probe: Callable[..., Any] | None = None,
) -> Any:
    """Call a function, or a probe with it, while scripted fakes take the place of some functions that it calls by name.

    The function may be a class: then it is the methods of its objects that call by name.
    """
    names = _globals(function)
    kept = {name: names[name] for name in given if name in names}
    if len(kept) < len(given):
        raise Unfit("uses_other_names")
    names.update({name: FAKES.get(fake) or named(fake) for name, fake in given.items()})
    try:
        return probe(function, *arguments) if probe else function(*arguments)
    finally:
        names.update(kept)


def _globals(function: Any) -> dict[str, Any]:
    """Find the names that a function sees; for a class, those that the methods written in it see."""
    methods = [part for part in vars(function).values() if isfunction(part)] if isinstance(function, type) else []
    found: dict[str, Any] = getattr(methods[0] if methods else function, "__globals__", {})
    return found


def rnn_cell(cell_class: Any, units: int, x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> dict[str, Any]:
    """Build the cell, set its weights, run one step by hand and the whole sequence through keras.layers.RNN.

    x (batch, time, features), h_0 (batch, units); returns output and state of one call (batch, units), and
    sequence (batch, time, units).
    """
    import keras

    cell = cell_class(int(units))
    if getattr(cell, "state_size", None) is None or int(np.ravel(np.asarray(cell.state_size))[0]) != units:
        raise Unfit("no_state_size")
    if not cell.built:
        cell.build((None, x.shape[-1]))
    for name, value in {"W_xh": W_xh, "W_hh": W_hh, "b_h": b_h}.items():
        variable = getattr(cell, name, None)
        if variable is None or not any(variable is weight for weight in cell.trainable_weights):
            raise Unfit("weights_missing")
        if tuple(variable.shape) != value.shape:
            raise Unfit("weights_shape")
        variable.assign(value)
    result = cell(keras.ops.convert_to_tensor(x[:, 0], "float32"), [keras.ops.convert_to_tensor(h_0, "float32")])
    if not isinstance(result, tuple | list) or len(result) != 2 or not isinstance(result[1], tuple | list):
        raise Unfit("returns_one_value")
    again = cell(keras.ops.convert_to_tensor(x[:, 0], "float32"), [keras.ops.convert_to_tensor(h_0, "float32")])
    if not compare.same(keras.ops.convert_to_numpy(again[0]), keras.ops.convert_to_numpy(result[0])):
        raise Unfit("remembers")
    layer = keras.layers.RNN(cell, return_sequences=True)
    sequence = layer(
        keras.ops.convert_to_tensor(x, "float32"), initial_state=[keras.ops.convert_to_tensor(h_0, "float32")]
    )
    return {
        "output": keras.ops.convert_to_numpy(result[0]),
        "state": keras.ops.convert_to_numpy(result[1][0]),
        "sequence": keras.ops.convert_to_numpy(sequence),
    }


def ball_model(builder: Any, units: int, x: Array, weights: list[Array]) -> Array:
    """Build the model, set its weights (told apart by their shapes) and predict: x (batch, time, 2) -> (batch, 2)."""
    import keras

    model = builder(int(units))
    if not isinstance(model, keras.Model):
        raise Unfit("not_a_model")
    if len(model.output_shape) == 3:
        raise Unfit("many_to_many")
    if tuple(model.output_shape) != (None, 2) or tuple(model.input_shape) != (None, None, 2):
        raise Unfit("model_shapes")
    if sorted(tuple(weight.shape) for weight in model.weights) != sorted(value.shape for value in weights):
        raise Unfit("model_weights")
    for weight in model.weights:
        weight.assign(next(value for value in weights if value.shape == tuple(weight.shape)))
    return np.asarray(keras.ops.convert_to_numpy(model(keras.ops.convert_to_tensor(x, "float32"))))
