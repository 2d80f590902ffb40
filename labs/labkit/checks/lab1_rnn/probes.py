"""Runs on the student's side for lab 1: builds a Keras cell and a model, gives them weights, and calls them.

See `labkit.checks.probes`: a probe takes the student's object first, then plain values, and returns plain values.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checks import compare
from labkit.checks.probes import Unfit, assign

Array = np.ndarray[Any, np.dtype[Any]]


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
        assign(getattr(cell, name, None), value, cell.trainable_weights)
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
