"""The checks of lab 1: the table of its exercises; hints stand in hints.toml, cases in cases.json.

In: a student's function (or class), and perhaps the cases of a hidden test in place of the public ones.
Out: one line when it passes, else CheckFailed with a hint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.checks import compare, hints
from labkit.checks.exercise import Exercise
from labkit.checks.lab1_rnn import probes
from labkit.checks.table import exercises, offer

if TYPE_CHECKING:
    from collections.abc import Callable

    from labkit.checks.judge import Check

LAB = "lab1_rnn"

EXERCISES = exercises(
    hints.read(LAB),
    Exercise("1.1", "build_vocabulary", "a dict: word -> id"),
    Exercise("1.2", "encode", "a list of ids", axes=("word",)),
    Exercise("1.3", "pad_batch", "(ids, mask), both (batch, time)", axes=("batch", "step"), names=("ids", "mask")),
    Exercise("1.4", "embed", "ids.shape + (d,)"),
    Exercise(
        "1.5",
        "next_word_pairs",
        "(inputs, targets), both (batch, time - 1)",
        axes=("batch", "step"),
        names=("inputs", "targets"),
    ),
    Exercise("2.1", "rnn_step", "(batch, units)", axes=("batch", "unit")),
    Exercise("2.2", "rnn_forward", "(batch, time, units)", axes=("batch", "step", "unit"), uses={"rnn_step": "2.1"}),
    Exercise(
        "2.3",
        "MyRNNCell",
        "(h, [h]) from call",
        probe=probes.rnn_cell,
        ways=probes.rnn_cell_trained,
        axes=("batch", "step", "unit"),
    ),
    Exercise(
        "3.1",
        "ball_model",
        "(batch, 2)",
        probe=probes.ball_model,
        ways=probes.ball_model_trained,
        axes=("batch", "coordinate"),
    ),
    Exercise("4.1", "sequence_loss", "a scalar, in nats"),
    Exercise("4.2", "loss_gradient", "(batch, time, vocabulary)", axes=("batch", "step", "word")),
    Exercise(
        "4.3",
        "rnn_backward_step",
        "(d_W_xh, d_W_hh, d_b_h, d_h_prev)",
        tolerance=compare.GRADIENTS,
        names=("d_W_xh", "d_W_hh", "d_b_h", "d_h_prev"),
    ),
    Exercise(
        "4.4",
        "rnn_backward",
        "a dict with W_xh, W_hh, b_h, W_hy, b_y, h_0",
        tolerance=compare.GRADIENTS,
        uses={"rnn_backward_step": "4.3"},
    ),
    # A gradient that has vanished is a small number, not 0: relative, whatever its size.
    Exercise(
        "5.1", "state_gradient_norms", "(time,)", tolerance=compare.Tolerance(atol=1e-30, rtol=1e-4), axes=("step",)
    ),
    Exercise("5.2", "clip_by_global_norm", "(list of arrays, norm)", names=("gradients", "norm")),
    lab=LAB,
)

# The checks, `checks.rnn_step` and the others, follow from the table.
__getattr__: Callable[[str], Check]
__getattr__, __dir__ = offer(LAB, EXERCISES)
