"""The references of lab 1, in the order of its parts: words, recurrence, models, loss, backward, norms.

`rare` has the corners and the large cases of all.

In: the seed of a grading, or none for the public cases.
Out: cases by the name of the exercise; REFERENCES has them in the order of the lab.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograder.references import reference
from autograder.references.lab1_rnn import backward, loss, models, norms, rare, recurrence, words
from autograder.references.reference import PUBLIC_SEED, Reference
from labkit.checks.lab1_rnn import EXERCISES

if TYPE_CHECKING:
    from labkit.checks.cases import Case

_PARTS = (words, recurrence, models, loss, backward, norms)
REFERENCES: dict[str, Reference] = reference.with_corners(
    {name: one for part in _PARTS for name, one in part.REFERENCES.items()}, rare.RARE, rare.DEEP
)


def public() -> dict[str, list[Case]]:
    """Draw the cases that every student sees."""
    return {name: one.cases(PUBLIC_SEED) for name, one in REFERENCES.items()}


def fresh(name: str, rounds: int | None = None) -> list[Case]:
    """Draw the cases of a hidden test: other values and other shapes in every grading."""
    return reference.fresh(REFERENCES, EXERCISES, name, rounds)
