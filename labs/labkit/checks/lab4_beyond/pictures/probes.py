"""Runs on the student's side for lab 4, part 2: a graph that does not know the batch, and a model to look into.

See `labkit.checks.probes`: a probe takes the student's function first, then plain values, and returns plain values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.checks import ways

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Array = np.ndarray[Any, np.dtype[Any]]


def batch_unknown(
    function: Callable[..., Any], directions: Sequence[Array | None], weights: Sequence[Array], *arguments: Any
) -> dict[str, Any]:
    """Do what `ways.traced` does, and trace once more as Keras does: the batch of the first argument is not known."""
    import tensorflow as tf

    found = ways.traced(function, directions, weights, *arguments)
    tensors = [tf.constant(one) for one in arguments if isinstance(one, np.ndarray)]
    rest = [one for one in arguments if not isinstance(one, np.ndarray)]
    first, *others = (tf.TensorSpec(one.shape, one.dtype) for one in tensors)
    signature = [tf.TensorSpec([None, *first.shape[1:]], first.dtype), *others]

    def run(*given: Any) -> Any:
        return ways.weighed(function(*given, *rest), weights)

    with ways.settled():
        try:
            seen = np.asarray(tf.function(run, input_signature=signature)(*tensors))
        except Exception:  # noqa: BLE001  (whatever it raises: with a batch that is known it was right)
            seen = np.array(np.nan)
    return found | {"batch_unknown": seen}


class Network:
    """A small model: logits (batch, classes) of x (batch, time, features); each step has weights of its own.

    weights: W (features, units) and b (units,) of a tanh, V (time, units, classes) of what is added up
    """

    def __init__(self, weights: Sequence[Array]) -> None:
        import tensorflow as tf

        self.W, self.b, self.V = (tf.constant(one) for one in weights)

    def __call__(self, x: Any, **_: Any) -> Any:
        """Return the logits as a tensor, which TensorFlow can differentiate by x."""
        import tensorflow as tf

        hidden = tf.tanh(tf.einsum("btf,fu->btu", tf.convert_to_tensor(x), self.W) + self.b)
        return tf.einsum("btu,tuc->bc", hidden, self.V)


def saliency(function: Callable[..., Any], network: Sequence[Array], x: Array, target: Array) -> Any:
    """Call `saliency` with a model of these weights, and x as a tensor."""
    import tensorflow as tf

    return ways.plain(function(Network(network), tf.constant(x), target))
