"""Runs on the student's side for lab 3, part 5: builds a music Transformer, gives it weights, and calls it.

See `labkit.checks.probes`: a probe takes the student's object first, then plain values, and returns plain values.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from labkit.checks import ways
from labkit.checks.lab3_attention import block_probes
from labkit.checks.lab3_attention.block_probes import DRAWS, EXTREMES, WEIGHTS
from labkit.checks.probes import MOST, Unfit, assign, made_once

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Array = np.ndarray[Any, np.dtype[Any]]

# The order of the weights: these, those of each block (WEIGHTS), then the others.
BELOW = ("embedding.embeddings", "near.kernel", "near.bias")
ABOVE = ("norm.gamma", "norm.beta", "to_logits.kernel", "to_logits.bias")


class Sizes(NamedTuple):
    """What a network is made with, in the order of its `__init__`."""

    vocabulary_size: int
    d_model: int
    num_heads: int
    d_ff: int
    blocks: int
    near: int
    dropout: float


def music_transformer(  # noqa: PLR0913, PLR0917  (what a network is made with, then what it reads)
    model_class: Callable[..., Any],
    vocabulary_size: int,
    d_model: int,
    num_heads: int,
    d_ff: int,
    blocks: int,
    near: int,
    dropout: float,
    ids: Array,
    weights: Sequence[Array],
) -> Any:
    """Build a network, give it these weights, and call it: ids (batch, time) -> (batch, time, vocabulary_size).

    With dropout, the one row of ids goes through many times at once, and what each number can become comes back: that
    hangs on no seed. Raises Unfit("not_a_model"), ("weights_missing"), ("weights_shape") or ("returns_pair").
    """
    import tensorflow as tf

    sizes = Sizes(vocabulary_size, d_model, num_heads, d_ff, blocks, near, dropout)
    model = made_once(model_class, tuple(sizes), lambda: _made(model_class, sizes))
    _give(model, sizes, weights)
    if not dropout:
        return _called(model, tf.constant(ids))
    found = {}
    for training in (False, True):
        values = _called(model, tf.repeat(tf.constant(ids), DRAWS, axis=0), training=training)
        for word, extreme in EXTREMES.items():
            whole = isinstance(values, np.ndarray) and len(values) == DRAWS and values.size <= MOST
            found[f"{word} with training={training}"] = extreme(values) if whole else values
    return found


def music_trained(  # noqa: PLR0913, PLR0917  (what the examiner draws, then the case)
    model_class: Callable[..., Any],
    directions: Sequence[Array],
    sums: Sequence[Array],
    others: Sequence[Array],
    other_ids: Array,
    longer: Array,
    longer_sums: Sequence[Array],
    vocabulary_size: int,
    d_model: int,
    num_heads: int,
    d_ff: int,
    blocks: int,
    near: int,
    dropout: float,
    ids: Array,
    weights: Sequence[Array],
) -> dict[str, Any]:
    """Use the network as a training does: beside another one, traced, under a tape, and again with others' weights.

    directions: for each group of weights (`groups`), as one row; sums, longer_sums: weights of the results' numbers
    others: weights of the network beside it, which drops out; the network gets them itself in the end, with other_ids
    in the graph, and with longer ones outside of it
    """
    import tensorflow as tf

    sizes = Sizes(vocabulary_size, d_model, num_heads, d_ff, blocks, near, dropout)
    with ways.settled():
        model, beside = _made(model_class, sizes), _made(model_class, sizes._replace(dropout=0.5))
        _give(model, sizes, weights)
        _give(beside, sizes, others)
        variables = ways.values(_variables(model, sizes))
        read = tf.constant(ids)
        first = ways.weighed(_called(model, read), sums)
        unsaid = ways.weighed(_called(beside, read), sums)

        # As Keras traces its own training; what is called by a layer it leaves to itself in any case.
        @tf.function(autograph=False)  # type: ignore[untyped-decorator,unused-ignore]
        def run(read: Any) -> tuple[Any, Any]:
            with tf.GradientTape() as tape:
                seen = ways.weighed(model(read, training=True), sums)
            return seen, tape.gradient(seen, variables)

        with _quiet():
            seen, gradients = run(read)
            found = _slopes(gradients, variables, directions)
            _give(model, sizes, others)
            again, _ = run(tf.constant(other_ids))
            untraced = ways.weighed(_called(model, tf.constant(longer)), longer_sums)  # what it keeps shows here alone
    return {
        "other_object": np.asarray(first),
        "training_unsaid": np.asarray(unsaid),
        "in_graph": np.asarray(seen),
        "gradient": np.array(found, float),
        "again": np.array([np.asarray(again), np.asarray(untraced)]),
    }


def groups(weights: Sequence[Any]) -> list[list[Any]]:
    """Put together what one slope is asked for: the weights of a block; each of the others stands alone."""
    inside = weights[len(BELOW) : -len(ABOVE)]
    blocks = [list(inside[start : start + len(WEIGHTS)]) for start in range(0, len(inside), len(WEIGHTS))]
    return [*([one] for one in weights[: len(BELOW)]), *blocks, *([one] for one in weights[-len(ABOVE) :])]


def _slopes(gradients: Sequence[Any], variables: Sequence[Any], directions: Sequence[Array]) -> list[list[float]]:
    """Return the slopes along the direction of each group and along the flipped one; 0 where no gradient arrives."""
    import tensorflow as tf

    tables = [
        np.zeros(tuple(variable.shape)) if gradient is None else np.asarray(tf.convert_to_tensor(gradient), float)
        for gradient, variable in zip(gradients, variables, strict=True)
    ]
    flat = [np.concatenate([one.ravel() for one in group]) for group in groups(tables)]
    return [
        [float((table * one).sum()) for one in (direction, ways.flipped(direction))]
        for table, direction in zip(flat, directions, strict=True)
    ]


def _made(model_class: Callable[..., Any], sizes: Sizes) -> Any:
    """Make a network and build its layers, also those that its `call` leaves out."""
    import keras

    vocabulary_size, d_model, num_heads, d_ff, blocks, near, dropout = sizes
    model = model_class(
        int(vocabulary_size), int(d_model), int(num_heads), int(d_ff), int(blocks), int(near), float(dropout)
    )
    if not isinstance(model, keras.Model):
        raise Unfit("not_a_model")
    shape = (None, None, int(d_model))
    for name, given in (("embedding", (None, None)), ("near", shape), ("norm", shape), ("to_logits", shape)):
        layer: Any = getattr(model, name, None)
        if not getattr(layer, "built", True):
            layer.build(given)
    for block in _blocks(model, sizes):
        block_probes.build(block, int(d_model), int(d_ff))
    if type(model).build is keras.Model.build:
        model.built = True  # else Keras calls it once more, to see which of its layers are not
    return model


def _blocks(model: Any, sizes: Sizes) -> list[Any]:
    found = getattr(model, "blocks", None)
    blocks = list(found) if isinstance(found, list | tuple) else []
    if len(blocks) != sizes.blocks:
        raise Unfit("weights_missing")
    return blocks


def _variables(model: Any, sizes: Sizes) -> list[Any]:
    """Find the variables of a network, in the order of its weights."""
    find = block_probes.find
    inside = [find(block, name) for block in _blocks(model, sizes) for name in WEIGHTS]
    return [*(find(model, name) for name in BELOW), *inside, *(find(model, name) for name in ABOVE)]


def _give(model: Any, sizes: Sizes, weights: Sequence[Array]) -> None:
    own = model.trainable_weights
    for variable, value in zip(_variables(model, sizes), weights, strict=True):
        assign(variable, value, own)


class _quiet(warnings.catch_warnings):  # noqa: N801  (a context, as that is)
    """Keras takes every argument `mask` for one of its own, and warns that it ends here."""

    def __enter__(self) -> None:
        super().__enter__()
        warnings.filterwarnings("ignore", message=".*with a mask attached", category=UserWarning)


def _called(model: Any, ids: Any, **options: Any) -> Any:
    import tensorflow as tf

    with _quiet():
        result = model(ids, **options)
    if isinstance(result, tuple | list) and len(result) == 2:
        raise Unfit("returns_pair")
    return np.asarray(result) if tf.is_tensor(result) else result
