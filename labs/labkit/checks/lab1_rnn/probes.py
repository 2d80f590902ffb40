"""Runs on the student's side for lab 1: builds a Keras cell and a model, gives them weights, and calls them.

See `labkit.checks.probes`: a probe takes the student's object first, then plain values, and returns plain values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.checks import compare, ways
from labkit.checks.probes import Unfit, assign, made_once

if TYPE_CHECKING:
    from collections.abc import Sequence

Array = np.ndarray[Any, np.dtype[Any]]


def rnn_cell(cell_class: Any, units: int, x: Array, h_0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> dict[str, Any]:
    """Build the cell, set its weights, run one step by hand and the whole sequence through keras.layers.RNN.

    x (batch, time, features), h_0 (batch, units); returns output and state of one call (batch, units), and
    sequence (batch, time, units).
    """
    import keras

    sizes = int(units), x.shape[-1]
    cell, layer = made_once(cell_class, sizes, lambda: _with_layer(_made(cell_class, *sizes)))
    _assign(cell, (W_xh, W_hh, b_h))
    result = cell(keras.ops.convert_to_tensor(x[:, 0], "float32"), [keras.ops.convert_to_tensor(h_0, "float32")])
    if not isinstance(result, tuple | list) or len(result) != 2:
        raise Unfit("returns_one_value")
    if tuple(result[0].shape) == (1, *h_0.shape):
        raise Unfit("list_for_state")
    if not isinstance(result[1], tuple | list):
        raise Unfit("state_not_in_a_list")
    again = cell(keras.ops.convert_to_tensor(x[:, 0], "float32"), [keras.ops.convert_to_tensor(h_0, "float32")])
    if not compare.same(keras.ops.convert_to_numpy(again[0]), keras.ops.convert_to_numpy(result[0])):
        raise Unfit("remembers")
    sequence = layer(
        keras.ops.convert_to_tensor(x, "float32"), initial_state=[keras.ops.convert_to_tensor(h_0, "float32")]
    )
    return {
        "output": keras.ops.convert_to_numpy(result[0]),
        "state": keras.ops.convert_to_numpy(result[1][0]),
        "sequence": keras.ops.convert_to_numpy(sequence),
    }


def _with_layer(cell: Any) -> tuple[Any, Any]:
    import keras

    return cell, keras.layers.RNN(cell, return_sequences=True)


def _cell(cell_class: Any, units: int, features: int, weights: Sequence[Array]) -> Any:
    """Build a cell and give it W_xh, W_hh and b_h."""
    cell = _made(cell_class, units, features)
    _assign(cell, weights)
    return cell


def _made(cell_class: Any, units: int, features: int) -> Any:
    cell = cell_class(units)
    if getattr(cell, "state_size", None) is None or int(np.ravel(np.asarray(cell.state_size))[0]) != units:
        raise Unfit("no_state_size")
    if not cell.built:
        cell.build((None, features))
    return cell


def _assign(cell: Any, weights: Sequence[Array]) -> None:
    for name, value in zip(("W_xh", "W_hh", "b_h"), weights, strict=True):
        assign(getattr(cell, name, None), value, cell.trainable_weights)


def rnn_cell_trained(
    cell_class: Any,
    directions: Sequence[Array],
    weights: Sequence[Array],
    others: Sequence[Array],
    units: int,
    x: Array,
    h_0: Array,
    *own: Array,
) -> dict[str, Any]:
    """Use the cell as a training does: beside another one, traced, under a tape, and once more with other weights.

    directions: for x, h_0, W_xh, W_hh and b_h; weights: of the numbers of the sequence; others: other W_xh, W_hh, b_h
    """
    import keras
    import tensorflow as tf

    with ways.settled():
        cell = _cell(cell_class, int(units), x.shape[-1], own)
        _cell(cell_class, int(units), x.shape[-1], others)
        start, state = tf.constant(x[:, 0], tf.float32), tf.constant(h_0, tf.float32)
        beside = ways.weighed(cell(start, [state])[0], [weights[0][:, 0]])
        layer = keras.layers.RNN(cell, return_sequences=True)
        variables = ways.values([cell.W_xh, cell.W_hh, cell.b_h])

        # As Keras traces its own training.
        @tf.function(autograph=False)  # type: ignore[untyped-decorator,unused-ignore]
        def run(x: Any, h_0: Any) -> tuple[Any, list[Any]]:
            with tf.GradientTape() as tape:
                tape.watch([x, h_0])
                seen = ways.weighed(layer(x, initial_state=[h_0]), weights)
            return seen, ways.slopes(tape, seen, [x, h_0, *variables], directions)

        given = tf.constant(x, tf.float32), state
        seen, found = run(*given)
        _assign(cell, others)
        again, _ = run(*given)
    slopes = np.array([np.asarray(one) for one in found], float)
    return {
        "other_object": np.asarray(beside),
        "in_graph": np.asarray(seen),
        "gradient": slopes,
        "again": np.asarray(again),
    }


def ball_model_trained(
    builder: Any, directions: Sequence[Array], weights: Sequence[Array], units: int, x: Array, own: list[Array]
) -> dict[str, Any]:
    """Call the model beside another one, and as a training does; ask for the gradient of all of its weights.

    directions: for each of its weights, in the order of `own`; weights: of the numbers of the result
    """
    import tensorflow as tf

    with ways.settled():
        model = builder(int(units))
        for weight in model.weights:
            weight.assign(next(value for value in own if value.shape == tuple(weight.shape)))
        for weight in builder(int(units)).weights:
            weight.assign(np.zeros(weight.shape))
        beside = ways.weighed(model(tf.constant(x, tf.float32)), weights)
        with tf.GradientTape() as tape:
            seen = ways.weighed(model(tf.constant(x, tf.float32), training=True), weights)
        learned = {tuple(weight.shape): weight for weight in model.trainable_weights}
        variables = [learned.get(value.shape) for value in own]
        asked = [place for place, variable in enumerate(variables) if variable is not None]
        slopes = np.zeros((len(own), 2))
        found = ways.slopes(
            tape, seen, ways.values([variables[place] for place in asked]), [directions[place] for place in asked]
        )
        slopes[asked] = [np.asarray(one) for one in found]
    return {"other_object": np.asarray(beside), "in_training": np.asarray(seen), "gradient": slopes}


def ball_model(builder: Any, units: int, x: Array, weights: list[Array]) -> Array:
    """Build the model, set its weights (told apart by their shapes) and predict: x (batch, time, 2) -> (batch, 2)."""
    import keras

    model = made_once(builder, (int(units),), lambda: builder(int(units)))
    if not isinstance(model, keras.Model):
        raise Unfit("not_a_model")
    if len(model.output_shape) == 3:
        raise Unfit("many_to_many")
    if tuple(model.output_shape) == (None, 2) and len(model.input_shape) == 3 and model.input_shape[1] is not None:
        raise Unfit("fixed_time")
    if tuple(model.output_shape) != (None, 2) or tuple(model.input_shape) != (None, None, 2):
        raise Unfit("model_shapes")
    if sorted(tuple(weight.shape) for weight in model.weights) != sorted(value.shape for value in weights):
        raise Unfit("model_weights")
    for weight in model.weights:
        weight.assign(next(value for value in weights if value.shape == tuple(weight.shape)))
    return np.asarray(keras.ops.convert_to_numpy(model(keras.ops.convert_to_tensor(x, "float32"))))
