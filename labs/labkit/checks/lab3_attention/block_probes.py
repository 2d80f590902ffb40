"""Runs on the student's side for lab 3: builds a Transformer block, gives it weights, and calls it.

See `labkit.checks.probes`: a probe takes the student's object first, then plain values, and returns plain values.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.checks import ways
from labkit.checks.probes import MOST, Unfit, assign, made_once

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Array = np.ndarray[Any, np.dtype[Any]]

WEIGHTS = (
    *("W_q", "W_k", "W_v", "W_o"),
    *("norm_1.gamma", "norm_1.beta", "norm_2.gamma", "norm_2.beta"),
    *("dense_1.kernel", "dense_1.bias", "dense_2.kernel", "dense_2.bias"),
)
DRAWS = 512  # so many that all is seen that dropout can do to a few numbers


def _inner(values: Array) -> Array:
    """Find how far a value gets from both extremes, above the lower one: 0 where it is dropped or kept as a whole."""
    low, high = values.min(axis=0), values.max(axis=0)
    return np.asarray(low + np.minimum(values - low, high - values).max(axis=0))


# What is told of the values that a number takes, one for each draw.
EXTREMES: dict[str, Callable[[Array], Array]] = {
    "lowest value": lambda values: np.asarray(values.min(axis=0)),
    "highest value": lambda values: np.asarray(values.max(axis=0)),
    "value between": _inner,
}


def transformer_block(
    block_class: Callable[..., Any],
    d_model: int,
    num_heads: int,
    d_ff: int,
    dropout: float,
    x: Array,
    mask: Array | None,
    weights: Sequence[Array],
) -> Any:
    """Build a block, give it these weights (in the order of WEIGHTS), and call it: x -> (batch, time, d_model).

    With dropout, the one sequence in x goes through many times at once, and what each number can become comes back:
    that hangs on no seed. Raises Unfit("not_a_layer"), ("weights_missing"), ("weights_shape") or ("returns_pair").
    """
    import keras
    import tensorflow as tf

    sizes = int(d_model), int(num_heads), int(d_ff), float(dropout)
    block = made_once(block_class, sizes, lambda: block_class(*sizes))
    if not isinstance(block, keras.layers.Layer):
        raise Unfit("not_a_layer")
    build(block, int(d_model), int(d_ff))
    for name, value in zip(WEIGHTS, weights, strict=True):
        _assign(block, name, value)
    options = {} if mask is None else {"mask": tf.constant(mask)}
    if not dropout:
        return _called(block, tf.constant(x), **options)
    found = {}
    for training in (False, True):
        values = _called(block, tf.tile(tf.constant(x), (DRAWS, 1, 1)), training=training, **options)
        for word, extreme in EXTREMES.items():
            whole = isinstance(values, np.ndarray) and len(values) == DRAWS and values.size <= MOST
            found[f"{word} with training={training}"] = extreme(values) if whole else values
    return found


def block_trained(  # noqa: PLR0913, PLR0917  (what the examiner draws, then the case)
    block_class: Callable[..., Any],
    directions: Sequence[Array],
    sums: Sequence[Array],
    others: Sequence[Array],
    other_mask: Array | None,
    d_model: int,
    num_heads: int,
    d_ff: int,
    dropout: float,
    x: Array,
    mask: Array | None,
    weights: Sequence[Array],
) -> dict[str, Any]:
    """Use the block as a training does: beside another one, traced, under a tape, and again with others' weights.

    directions: for x and for each of the weights; sums: weights of the numbers of the result
    others, other_mask: what the block beside it has, which drops out, and what it gets itself in the end
    """
    import tensorflow as tf

    with ways.settled():
        sizes = int(d_model), int(num_heads), int(d_ff)
        block, beside = block_class(*sizes, float(dropout)), block_class(*sizes, 0.5)
        for one, own in ((block, weights), (beside, others)):
            build(one, int(d_model), int(d_ff))
            for name, value in zip(WEIGHTS, own, strict=True):
                _assign(one, name, value)
        given = [tf.constant(one) for one in (x, mask) if one is not None]
        variables = ways.values([find(block, name) for name in WEIGHTS])
        masked = {"mask": given[1]} if mask is not None else {}
        first = ways.weighed(_called(block, given[0], **masked), sums)
        unsaid = ways.weighed(_called(beside, given[0], **masked), sums)

        # As Keras traces its own training; what is called by a layer it leaves to itself in any case.
        @tf.function(autograph=False)  # type: ignore[untyped-decorator,unused-ignore]
        def run(x: Any, mask: Any = None) -> tuple[Any, list[Any]]:
            options = {} if mask is None else {"mask": mask}
            with tf.GradientTape() as tape:
                tape.watch(x)
                seen = ways.weighed(block(x, training=True, **options), sums)
            return seen, ways.slopes(tape, seen, [x, *variables], directions)

        with warnings.catch_warnings():  # see `_called`
            warnings.filterwarnings("ignore", message=".*with a mask attached", category=UserWarning)
            seen, found = run(*given)
            for name, value in zip(WEIGHTS, others, strict=True):
                _assign(block, name, value)
            others_given = [tf.constant(one) for one in (x, other_mask) if one is not None]
            again, _ = run(*others_given)
            masked = {"mask": others_given[1]} if other_mask is not None else {}
            untraced = ways.weighed(_called(block, others_given[0], **masked), sums)  # what it keeps shows here alone
    return {
        "other_object": np.asarray(first),
        "training_unsaid": np.asarray(unsaid),
        "in_graph": np.asarray(seen),
        "gradient": np.array([np.asarray(one) for one in found], float),
        "again": np.array([np.asarray(again), np.asarray(untraced)]),
    }


def build(block: Any, d_model: int, d_ff: int) -> None:
    """Build the layers in the block, also those that its `call` leaves out."""
    import keras

    if not block.built and type(block).build is not keras.layers.Layer.build:
        block.build((None, None, d_model))
    for name, width in (("norm_1", d_model), ("norm_2", d_model), ("dense_1", d_model), ("dense_2", d_ff)):
        layer: Any = getattr(block, name, None)
        if not getattr(layer, "built", True):
            layer.build((None, None, width))


def find(block: Any, name: str) -> Any:
    """Find a variable of a layer by its path, "dense_1.kernel"; None for none."""
    variable = block
    for part in name.split("."):
        variable = getattr(variable, part, None)
    return variable


def _assign(block: Any, name: str, value: Array) -> None:
    assign(find(block, name), value, block.trainable_weights)


def _called(block: Any, x: Any, **options: Any) -> Any:
    import tensorflow as tf

    with warnings.catch_warnings():  # Keras takes every argument `mask` for one of its own, and warns that it ends here
        warnings.filterwarnings("ignore", message=".*with a mask attached", category=UserWarning)
        result = block(x, **options)
    if isinstance(result, tuple | list) and len(result) == 2:
        raise Unfit("returns_pair")
    return np.asarray(result) if tf.is_tensor(result) else result
