"""The references of lab 3, a package a subject: attention with its masks, many heads, the block, the whole network.

In: the seed of a grading, or none for the public cases.
Out: cases by the name of the exercise; REFERENCES has them all. In each package, what goes wrong stands in *_wrong.py,
corners and large cases in rare.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograder.references import reference
from autograder.references.lab3_attention import attention, block, heads, whole
from autograder.references.reference import PUBLIC_SEED, Reference
from labkit.checks.lab3_attention import EXERCISES

if TYPE_CHECKING:
    from labkit.checks.cases import Case

_PARTS = (attention, heads, block, whole)
_ALL = {name: one for part in _PARTS for name, one in part.REFERENCES.items()}
REFERENCES: dict[str, Reference] = reference.with_corners(
    {name: _ALL[name] for name in EXERCISES},
    {name: rare for part in _PARTS for name, rare in part.RARE.items()},
    {name: deep for part in _PARTS for name, deep in part.DEEP.items()},
)


def public() -> dict[str, list[Case]]:
    """Draw the cases that every student sees."""
    return {name: one.cases(PUBLIC_SEED) for name, one in REFERENCES.items()}


def fresh(name: str, rounds: int | None = None) -> list[Case]:
    """Draw the cases of a hidden test: other values and other shapes in every grading."""
    return reference.fresh(REFERENCES, EXERCISES, name, rounds)
