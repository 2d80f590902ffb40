"""The course's weights in a student's own music Transformer, and single heads taken out of it.

A student's network has `embedding`, `near`, `blocks`, `norm` and `to_logits`, and each block the twelve weights of the
lab's TransformerBlock. Where it does not do what labkit's does with the same weights, labkit's stands in, and says so.
"""

from __future__ import annotations

from contextlib import contextmanager
from inspect import unwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.base.style import say
from labkit.training.experiments import missing_exercise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

ATTENTION = "multi_head_attention"  # what a student's block calls
CLOSE = 1e-3  # logits of float32 networks that add up in another order: 8e-6 was seen
PLACES = 48  # characters that both networks read to be compared
OF_A_BLOCK = (
    *("W_q", "W_k", "W_v", "W_o", "norm_1.gamma", "norm_1.beta", "norm_2.gamma", "norm_2.beta"),
    *("dense_1.kernel", "dense_1.bias", "dense_2.kernel", "dense_2.bias"),
)
OTHERS = (
    *("embedding.embeddings", "near.kernel", "near.bias"),
    *("norm.gamma", "norm.beta", "to_logits.kernel", "to_logits.bias"),
)


def carried(make: Callable[[], Any], course: Any) -> Any:
    """Give a student's network the weights of labkit's, and return it; labkit's own, where it does something else.

    make: builds the network, with the sizes of labkit's; course: labkit's (`weights.load_transformer`)
    """
    try:
        model = make()
        numbers = _assign(model, course)
        difference = _difference(model, course)
    except Exception as error:  # noqa: BLE001  (whatever a wrong exercise does; the lab goes on)
        # Keras wraps what a TODO raises in words of its own
        said = (str(error).strip().splitlines() or [""])[0][:120]
        reason = missing_exercise(error) or f"{type(error).__name__}: {said}".removesuffix(": ")
        say(f"labkit's network stands in: yours cannot carry the weights yet ({reason}).")
        return course
    if not difference <= CLOSE:
        say(f"labkit's network stands in: with the same weights yours gives other logits (by up to {difference:.1g}).")
        return course
    say(f"Your MusicTransformer carries the {numbers:,} numbers: its logits are labkit's, to {difference:.0e}.")
    return model


def _assign(model: Any, course: Any) -> int:
    """Hand the weights over, by name; return how many numbers they are."""
    model(np.zeros((1, 2), np.int32))
    pairs = list(zip((_find(model, name) for name in OTHERS), _others(course), strict=True))
    for own, given in zip(model.blocks, course.stack, strict=True):
        values = (*given.square, *given.norms, *given.dense)
        pairs += zip((_find(own, name) for name in OF_A_BLOCK), values, strict=True)
    for variable, value in pairs:
        variable.assign(np.asarray(value))
    return sum(int(np.prod(variable.shape)) for variable, _ in pairs)


def _find(layer: Any, name: str) -> Any:
    for part in name.split("."):
        layer = getattr(layer, part)
    return layer


def _others(course: Any) -> list[Any]:
    found = (course.embedding.embeddings, course.near.kernel, course.near.bias, course.norm.gamma, course.norm.beta)
    return [*found, course.dense.kernel, course.dense.bias]


def _difference(model: Any, course: Any) -> float:
    """Read the same characters with both: how far logits and attention weights lie apart, at most."""
    ids = np.random.default_rng(0).integers(2, course.dense.bias.shape[0], (2, PLACES)).astype(np.int32)
    logits, looks = course.parts(ids)
    found = [np.abs(np.asarray(model(ids)) - np.asarray(logits)).max()]
    found += [
        np.abs(np.asarray(one) - np.asarray(two)).max() for one, two in zip(attended(model, ids), looks, strict=True)
    ]
    return float(max(found))


def attended(model: Any, ids: Any) -> list[Any]:
    """Return the weights of each block (batch, heads, time, time) while a student's network reads.

    They are what the student's own `multi_head_attention` returns: it is watched while the network runs.
    """
    names = unwrap(type(model.blocks[0]).call).__globals__
    whole, found = names[ATTENTION], []

    def watched(*given: Any, **more: Any) -> Any:
        result = whole(*given, **more)
        found.append(result[1])
        return result

    names[ATTENTION] = watched
    try:
        model(ids)
    finally:
        names[ATTENTION] = whole
    return found


@contextmanager
def silenced(model: Any, heads: Sequence[tuple[int, int]]) -> Iterator[None]:
    """Take heads out of a network, a student's or labkit's: what they find reaches nobody.

    heads: (block, head), both from 0. A head's results enter by its own rows of W_o: those are 0 for a while.
    """
    blocks = list(getattr(model, "blocks", None) or model.stack)
    outs = [block.W_o if hasattr(block, "W_o") else block.square[3] for block in blocks]
    kept = [out.numpy().copy() for out in outs]  # np.array of a Keras variable warns under NumPy 2
    changed: list[NDArray[np.float32]] = [one.copy() for one in kept]
    for block, head in heads:
        width = len(changed[block]) // blocks[block].num_heads
        changed[block][head * width : (head + 1) * width] = 0.0
    try:
        for out, numbers in zip(outs, changed, strict=True):
            out.assign(numbers)
        yield
    finally:
        for out, numbers in zip(outs, kept, strict=True):
            out.assign(numbers)
