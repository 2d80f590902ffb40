"""Keeps the weights of a network at some steps of its training, so that each stage can be heard afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence


class Kept:
    """Hands batches on, and keeps the weights that a keras model has after so many of them.

    steps: after how many batches; weights: steps -> what `model.get_weights` gave
    """

    def __init__(self, batches: Iterable[Any], model: Any, steps: Sequence[int]) -> None:
        self.batches, self.model, self.steps = batches, model, set(steps)
        self.weights: dict[int, list[Any]] = {}
        self.taken = 0

    def __iter__(self) -> Iterator[Any]:
        for batch in self.batches:
            if self.taken in self.steps:
                self.weights[self.taken] = self.model.get_weights()
            yield batch
            self.taken += 1

    def each(self, look: Callable[[], Any]) -> dict[int, Any]:
        """Call a function with the model at each stage, and as it is now; returns steps -> result. The model stays."""
        now, found = self.model.get_weights(), {}
        try:
            for steps, weights in self.weights.items():
                self.model.set_weights(weights)
                found[steps] = look()
        finally:
            self.model.set_weights(now)
        return {**found, self.taken: look()}
