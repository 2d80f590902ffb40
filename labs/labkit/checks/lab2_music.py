"""The checks of lab 2; hints stand in lab2_gates.toml and lab2_music.toml, public cases in lab2_music.json.

Each check takes the student's function. With `cases` it tries these, as a hidden test does, in place of the public
ones. It prints one line, or raises CheckFailed with a hint.
"""

from __future__ import annotations

from labkit.checks import hints, lab2_gates, lab2_probes, missing
from labkit.checks.judge import Exercise, checker

LAB = "lab2_music"
_HINTS = hints.read(LAB)

EXERCISES: dict[str, Exercise] = {
    **lab2_gates.EXERCISES,
    **{
        exercise.name: exercise
        for exercise in (
            Exercise("2.1", "tune_vocabulary", "a dict: character -> id", _HINTS["tune_vocabulary"]),
            Exercise(
                "2.2",
                "next_step_pairs",
                "(inputs, targets), both (batch, time - 1)",
                _HINTS["next_step_pairs"],
                axes=("batch", "step"),
                names=("inputs", "targets"),
            ),
            Exercise(
                "3.1",
                "masked_cross_entropy",
                "a scalar, in nats",
                _HINTS["masked_cross_entropy"],
                probe=lab2_probes.cross_entropy,
            ),
            Exercise("3.2", "count_parameters", "an int", _HINTS["count_parameters"]),
            Exercise(
                "3.3",
                "train_step",
                "the loss before the update",
                _HINTS["train_step"],
                probe=lab2_probes.train_step,
                uses={"masked_cross_entropy": "3.1"},
            ),
            Exercise("4.1", "next_probabilities", "(vocabulary,)", _HINTS["next_probabilities"], axes=("character",)),
            Exercise(
                "4.2",
                "generate",
                "a string",
                _HINTS["generate"],
                probe=lab2_probes.generate,
                names=("one seed, one tune", "another seed, another tune", "more than one character"),
                uses={"next_probabilities": "4.1"},
            ),
        )
    },
}

lstm_step = checker(LAB, EXERCISES["lstm_step"])
lstm_forward = checker(LAB, EXERCISES["lstm_forward"])
gru_step = checker(LAB, EXERCISES["gru_step"])
coupled_lstm_step = checker(LAB, EXERCISES["coupled_lstm_step"])
peephole_lstm_step = checker(LAB, EXERCISES["peephole_lstm_step"])
tune_vocabulary = checker(LAB, EXERCISES["tune_vocabulary"])
next_step_pairs = checker(LAB, EXERCISES["next_step_pairs"])
masked_cross_entropy = checker(LAB, EXERCISES["masked_cross_entropy"])
count_parameters = checker(LAB, EXERCISES["count_parameters"])
train_step = checker(LAB, EXERCISES["train_step"])
next_probabilities = checker(LAB, EXERCISES["next_probabilities"])
generate = checker(LAB, EXERCISES["generate"])

missing.explain(EXERCISES)
