"""Beam search for many texts at once: each round asks the network once, for all texts of all beams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Ids = NDArray[np.int32]


def search(
    ask: Callable[[Ids, int], Any],
    begun: Any,
    width: int,
    longest: int,
    end: int,
    never: Sequence[int] = (),
) -> tuple[Ids, NDArray[np.float64]]:
    """Continue each beginning with the likeliest text that a beam of this width finds; width 1 is greedy.

    ask:    (texts (rows, time), place) -> logits (rows, size) of the id after the one at `place`; time is always the
            same, what stands after the place is 0. Row r belongs to beginning r // width
    begun:  (texts, start) ids, the same number each     longest: ids of a continuation at most, without the end
    end:    the id that ends a text     never: ids that are not written
    returns the continuations (texts, longest), padded with 0, without the end, and their log-probability with the end
    in nats. Finished texts compete with the others; one of `longest` ids can only end. Not divided by the length.
    """
    begun = np.asarray(begun, np.int32)
    count, start = begun.shape
    texts = np.zeros((count, width, start + longest + 1), np.int32)
    texts[..., :start] = begun[:, None]
    scores = np.full((count, width), -np.inf)
    scores[:, 0] = 0.0
    done = np.zeros((count, width), bool)
    for place in range(start, start + longest + 1):
        logits = np.array(ask(texts.reshape(count * width, -1)[:, :-1], place - 1), np.float64)
        logits[:, [0, *never]] = -np.inf
        new = _log_softmax(logits).reshape(count, width, -1)
        if place == start + longest:
            new[..., np.arange(new.shape[-1]) != end] = -np.inf  # it can only end, and that costs what it costs
        new[done] = -np.inf
        new[done, 0] = 0.0  # a finished text stays as it is
        total = (scores[..., None] + new).reshape(count, -1)  # (texts, width * size)
        chosen = np.argsort(-total, axis=1, kind="stable")[:, :width]
        parent, written = np.divmod(chosen, new.shape[-1])
        scores = np.take_along_axis(total, chosen, 1)
        texts = np.take_along_axis(texts, parent[..., None], 1)
        texts[..., place] = written
        done = np.take_along_axis(done, parent, 1) | (written == end)
        if done.all():
            break
    best = np.where(done, scores, -np.inf).argmax(1)
    found = texts[np.arange(count), best, start : start + longest]
    return np.where(found == end, 0, found), scores[np.arange(count), best]


def _log_softmax(logits: Any) -> Any:
    shifted = logits - logits.max(-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
