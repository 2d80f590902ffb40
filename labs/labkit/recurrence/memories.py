"""The memories of lab 2, as functions of the number of units: LSTM, GRU, plain cell; truncated and stacked ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable


def lstm_cell(forget_bias: float) -> Callable[[int], Any]:
    """Make LSTM cells as Keras starts them, but for the bias of the forget gate."""

    def make(units: int) -> Any:
        import keras

        start = _bias(4, 1, forget_bias)
        return keras.layers.LSTMCell(units, unit_forget_bias=False, bias_initializer=start)

    return make


def lstm(forget_bias: float) -> Callable[[int], Any]:
    """Make LSTM layers as Keras starts them, but for the bias of the forget gate."""

    def make(units: int) -> Any:
        import keras

        start = _bias(4, 1, forget_bias)
        return keras.layers.LSTM(units, unit_forget_bias=False, bias_initializer=start)

    return make


def gru_cell(keep_bias: float) -> Callable[[int], Any]:
    """Make GRU cells as Keras starts them, but for the bias of z: how much they keep."""

    def make(units: int) -> Any:
        import keras

        return keras.layers.GRUCell(units, reset_after=False, bias_initializer=_bias(3, 0, keep_bias))

    return make


def gru(keep_bias: float) -> Callable[[int], Any]:
    """Make GRU layers as Keras starts them, but for the bias of z: how much they keep."""

    def make(units: int) -> Any:
        import keras

        return keras.layers.GRU(units, reset_after=False, bias_initializer=_bias(3, 0, keep_bias))

    return make


def cut(make_layer: Callable[[int], Any], every: int) -> Callable[[int], Any]:
    """Make layers through which the gradient goes back at most `every` steps: truncated BPTT. The states go on whole.

    make_layer: a function of the number of units that returns a Keras layer, such as `lstm(5.0)`
    """

    def make(units: int) -> Any:
        import keras

        class Cut(keras.layers.Layer):  # type: ignore[misc]
            def __init__(self) -> None:
                super().__init__()
                self.inner = make_layer(units)
                self.inner.return_state = True

            def call(self, x: Any) -> Any:
                states = None
                for start in range(0, x.shape[1], every):
                    output, *states = self.inner(x[:, start : start + every], initial_state=states)
                    states = [keras.ops.stop_gradient(state) for state in states]
                return output

        return Cut()

    return make


def stacked(make_layer: Callable[[int], Any], layers: int = 2) -> Callable[[int], Any]:
    """Make several recurrent layers on top of each other: each reads all the states of the one below."""

    def make(units: int) -> Any:
        import keras

        parts = [make_layer(units) for _ in range(layers)]
        for part in parts[:-1]:
            part.return_sequences = True
        return keras.Sequential(parts)

    return make


def _bias(blocks: int, block: int, value: float) -> Callable[..., Any]:
    """Make an initializer: zeros, but for one block of columns."""

    def start(shape: tuple[int, ...], dtype: Any = None) -> Any:
        import keras

        bias = np.zeros(shape, "float32")
        units = shape[0] // blocks
        bias[block * units : (block + 1) * units] = value
        return keras.ops.convert_to_tensor(bias, dtype)

    return start


def tanh_cell(units: int) -> Any:
    """Make the plain cell of lab 1."""
    import keras

    return keras.layers.SimpleRNNCell(units)
