"""The references of lab 2, by the name of the exercise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograder.base.seed import grading_seed
from autograder.references import lab2_gates, lab2_loss, lab2_sampling, lab2_text, lab2_training, lab2_tunes
from autograder.references.reference import PUBLIC_SEED, Reference

if TYPE_CHECKING:
    from labkit.checks.cases import Case

REFERENCES: dict[str, Reference] = {
    **lab2_gates.GATES,
    "tune_vocabulary": lab2_text.TUNE_VOCABULARY,
    "next_step_pairs": lab2_text.NEXT_STEP_PAIRS,
    "masked_cross_entropy": lab2_loss.MASKED_CROSS_ENTROPY,
    "count_parameters": lab2_loss.COUNT_PARAMETERS,
    "train_step": lab2_training.TRAIN_STEP,
    "next_probabilities": lab2_sampling.NEXT_PROBABILITIES,
    "generate": lab2_tunes.GENERATE,
}


def public() -> dict[str, list[Case]]:
    """Draw the cases that every student sees."""
    return {name: reference.cases(PUBLIC_SEED) for name, reference in REFERENCES.items()}


def fresh(name: str, rounds: int = 2) -> list[Case]:
    """Draw the cases of a hidden test: other values and other shapes in every grading."""
    seed = grading_seed()
    return [case for number in range(rounds) for case in REFERENCES[name].cases(seed + 1000 * (number + 1))]
