"""Runs on the student's side for lab 4, part 5: writes texts with a scripted model.

See `labkit.checks.probes`: a probe takes the student's function first, then plain values, and returns plain values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.checks.lab4_beyond.chance import mixed, share
from labkit.checks.probes import Unfit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Array = np.ndarray[Any, np.dtype[Any]]


class Steps:
    """Says what comes next: log-probabilities that hang on the whole text so far; it counts its calls.

    start:  what every text begins with
    script: size, how many ids there are; salt: another salt, other numbers; and perhaps
            spread: how far apart they are; never: ids that never come; late, (id, count): this one comes after so many
            words at the earliest; tree, (words, probabilities): what comes after these words, in place of what the salt
            says; closes: with a tree, the one id that comes after any other text
    most:   calls, after which it is clear that there is no end to them; 0 for any number
    """

    def __init__(self, start: int, script: Mapping[str, Any], most: int = 0) -> None:
        self.start, self.most, self.calls = start, most, 0
        self.size, self.salt, self.spread = int(script["size"]), int(script["salt"]), float(script.get("spread", 2.5))
        self.never, self.late = list(script.get("never", ())), list(script.get("late", ()))
        self.tree = {tuple(words): probabilities for words, probabilities in script.get("tree", ())}
        self.closes = script.get("closes")

    def __call__(self, prefix: Any) -> Array:
        """Return the log-probabilities (size,) of the next id. prefix: start, then all words so far.

        Raises Unfit("no_start") or Unfit("never_stops").
        """
        self.calls += 1
        if self.most and self.calls > self.most:
            raise Unfit("never_stops")
        ids = [int(one) for one in prefix]
        if ids[:1] != [self.start]:
            raise Unfit("no_start")
        if self.tree:
            return self._of_tree(tuple(ids[1:]))
        mark = mixed(self.salt, ids)
        logits = np.array([self.spread * (2 * share(mark, one) - 1) for one in range(self.size)])
        closed = [*self.never, *(self.late[:1] if self.late and len(ids) <= self.late[1] else [])]
        logits[[one for one in closed if one < self.size]] = -np.inf
        largest = logits.max()
        return np.asarray(logits - largest - np.log(np.exp(logits - largest).sum()))

    def _of_tree(self, words: tuple[int, ...]) -> Array:
        last = [float(one == self.closes) for one in range(self.size)]
        chances = self.tree.get(words, last)
        return np.array([np.log(one) if one > 0 else -np.inf for one in chances])


def greedy(function: Callable[..., Any], script: Mapping[str, Any], start: int, end: int, max_length: int) -> Any:
    """Call `greedy` with a scripted model: returns (what it returns, how often it called the model).

    Raises Unfit("changes") where it returns something else when it is called once more.
    """
    found = []
    for _ in range(2):
        step = Steps(start, script, 20 * max_length + 50)
        found.append((function(step, start, end, max_length), step.calls))
    if isinstance(found[0][0], list) and repr(found[0]) != repr(found[1]):
        raise Unfit("changes")
    return found[0]


def beam_search(
    function: Callable[..., Any], script: Mapping[str, Any], start: int, end: int, width: int, max_length: int
) -> Any:
    """Call `beam_search` with a scripted model, which is asked at most four times for each word of each text."""
    most = 4 * int(script["size"]) * (width + 1) * (max_length + 2)
    return function(Steps(start, script, most), start, end, width, max_length)
