"""The exercises of lab 2, part 1: an LSTM, its walk through time, a GRU and two relatives; hints in lab2_gates.toml."""

from __future__ import annotations

from labkit.checks import hints
from labkit.checks.judge import Exercise

_HINTS = hints.read("lab2_gates")
_STEP = ("batch", "unit")
_STATES = ("h", "c")

EXERCISES: dict[str, Exercise] = {
    exercise.name: exercise
    for exercise in (
        Exercise("1.1", "lstm_step", "(h, c), both (batch, units)", _HINTS["lstm_step"], axes=_STEP, names=_STATES),
        Exercise(
            "1.2",
            "lstm_forward",
            "(h, c), both (batch, time, units)",
            _HINTS["lstm_forward"],
            axes=("batch", "step", "unit"),
            names=_STATES,
            uses={"lstm_step": "1.1"},
        ),
        Exercise("1.3", "gru_step", "(batch, units)", _HINTS["gru_step"], axes=_STEP),
        Exercise(
            "1.4",
            "coupled_lstm_step",
            "(h, c), both (batch, units)",
            _HINTS["coupled_lstm_step"],
            axes=_STEP,
            names=_STATES,
        ),
        Exercise(
            "1.5",
            "peephole_lstm_step",
            "(h, c), both (batch, units)",
            _HINTS["peephole_lstm_step"],
            axes=_STEP,
            names=_STATES,
        ),
    )
}
