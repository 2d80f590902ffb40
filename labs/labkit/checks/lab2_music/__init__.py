"""The checks of lab 2: the table of its exercises; hints stand in gates.toml and music.toml, cases in cases.json.

In: a student's function, and perhaps the cases of a hidden test in place of the public ones.
Out: one line when it passes, else CheckFailed with a hint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.checks import hints, ways
from labkit.checks.exercise import Exercise
from labkit.checks.lab2_music import probes
from labkit.checks.table import exercises, offer

if TYPE_CHECKING:
    from collections.abc import Callable

    from labkit.checks.judge import Check

LAB = "lab2_music"
_STEP = ("batch", "unit")
_STATES = ("h", "c")

EXERCISES = exercises(
    hints.read(LAB),
    Exercise("1.1", "lstm_step", "(h, c), both (batch, units)", axes=_STEP, names=_STATES),
    Exercise(
        "1.2",
        "lstm_forward",
        "(h, c), both (batch, time, units)",
        axes=("batch", "step", "unit"),
        names=_STATES,
        uses={"lstm_step": "1.1"},
    ),
    Exercise("1.3", "gru_step", "(batch, units)", axes=_STEP),
    Exercise("2.1", "tune_vocabulary", "a dict: character -> id"),
    Exercise(
        "2.2",
        "next_step_pairs",
        "(inputs, targets), both (batch, time - 1)",
        axes=("batch", "step"),
        names=("inputs", "targets"),
    ),
    Exercise("3.1", "masked_cross_entropy", "a scalar, in nats", probe=probes.cross_entropy, ways=ways.traced),
    Exercise("3.2", "count_parameters", "an int"),
    Exercise(
        "3.3",
        "train_step",
        "the loss before the update",
        probe=probes.train_step,
        ways=probes.train_step_traced,
        uses={"masked_cross_entropy": "3.1"},
    ),
    Exercise("4.1", "next_probabilities", "(vocabulary,)", axes=("character",)),
    Exercise(
        "4.2",
        "generate",
        "a string",
        probe=probes.generate,
        names=("one seed, one tune", "another seed, another tune", "more than one character"),
        uses={"next_probabilities": "4.1"},
    ),
    Exercise("7.1", "coupled_lstm_step", "(h, c), both (batch, units)", axes=_STEP, names=_STATES, earlier={1: "1.4"}),
    Exercise("7.2", "peephole_lstm_step", "(h, c), both (batch, units)", axes=_STEP, names=_STATES, earlier={1: "1.5"}),
    lab=LAB,
)

# The checks, `checks.lstm_step` and the others, follow from the table.
__getattr__: Callable[[str], Check]
__getattr__, __dir__ = offer(LAB, EXERCISES)
