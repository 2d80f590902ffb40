"""Runs on the student's side for lab 4, part 3: fills in a token with a scripted score.

See `labkit.checks.probes`: a probe takes the student's function first, then plain values, and returns plain values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labkit.checks.lab4_beyond.chance import mixed, share

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

SPREAD = 10.0  # of the scores of sequences


class Scores:
    """Scores a whole sequence: the number hangs on every id in it, and on their order; it counts its calls.

    script: salt: another salt, other scores; level: about how far they lie below 0; perhaps spread: how far apart
    """

    def __init__(self, script: Mapping[str, Any]) -> None:
        self.salt, self.level, self.calls = int(script["salt"]), float(script["level"]), 0
        self.spread = float(script.get("spread", SPREAD))

    def __call__(self, ids: Any) -> float:
        """Return the log-probability of a sequence. Raises TypeError for what is no list of ids."""
        if not isinstance(ids, list):
            raise TypeError(f"score takes a list of ids, and this is a {type(ids).__name__}")
        self.calls += 1
        return self.spread * share(mixed(self.salt, ids), 0) - self.spread - self.level


def fill_by_trying(
    function: Callable[..., Any], script: Mapping[str, Any], ids: list[int], place: int, candidates: Sequence[int]
) -> Any:
    """Call `fill_by_trying` with a scripted score: returns (what it returns, how often it called the score)."""
    score = Scores(script)
    found = function(score, ids, place, candidates)
    return found, score.calls
