"""The references of lab 1, by the name of the exercise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograder.base.seed import grading_seed
from autograder.references import lab1_backward, lab1_loss, lab1_norms, lab1_recurrence, lab1_words
from autograder.references.reference import PUBLIC_SEED, Reference

if TYPE_CHECKING:
    from labkit.checks.cases import Case

REFERENCES: dict[str, Reference] = {
    "build_vocabulary": lab1_words.BUILD_VOCABULARY,
    "encode": lab1_words.ENCODE,
    "pad_batch": lab1_words.PAD_BATCH,
    "embed": lab1_words.EMBED,
    "next_word_pairs": lab1_words.NEXT_WORD_PAIRS,
    "rnn_step": lab1_recurrence.RNN_STEP,
    "rnn_forward": lab1_recurrence.RNN_FORWARD,
    "MyRNNCell": lab1_recurrence.MY_RNN_CELL,
    "ball_model": lab1_recurrence.BALL_MODEL,
    "sequence_loss": lab1_loss.SEQUENCE_LOSS,
    "loss_gradient": lab1_loss.LOSS_GRADIENT,
    "rnn_backward_step": lab1_backward.BACKWARD_STEP,
    "rnn_backward": lab1_backward.BACKWARD,
    "state_gradient_norms": lab1_norms.STATE_GRADIENT_NORMS,
    "clip_by_global_norm": lab1_norms.CLIP,
}


def public() -> dict[str, list[Case]]:
    """Draw the cases that every student sees."""
    return {name: reference.cases(PUBLIC_SEED) for name, reference in REFERENCES.items()}


def fresh(name: str, rounds: int = 2) -> list[Case]:
    """Draw the cases of a hidden test: other values and other shapes in every grading."""
    seed = grading_seed()
    return [case for number in range(rounds) for case in REFERENCES[name].cases(seed + 1000 * (number + 1))]
