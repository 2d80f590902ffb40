"""The checks of lab 1; their hints stand in lab1_rnn.toml, their public cases in lab1_rnn.json.

Each check takes the student's function (or class). With `cases` it tries these, as a hidden test does, in place of
the public ones. It prints one line, or raises CheckFailed with a hint.
"""

from __future__ import annotations

from labkit.checks import compare, hints, lab1_probes, missing
from labkit.checks.judge import Exercise, checker

LAB = "lab1_rnn"
_HINTS = hints.read(LAB)

EXERCISES: dict[str, Exercise] = {
    exercise.name: exercise
    for exercise in (
        Exercise("1.1", "build_vocabulary", "a dict: word -> id", _HINTS["build_vocabulary"]),
        Exercise("1.2", "encode", "a list of ids", _HINTS["encode"], axes=("word",)),
        Exercise(
            "1.3",
            "pad_batch",
            "(ids, mask), both (batch, time)",
            _HINTS["pad_batch"],
            axes=("batch", "step"),
            names=("ids", "mask"),
        ),
        Exercise("1.4", "embed", "ids.shape + (d,)", _HINTS["embed"]),
        Exercise(
            "1.5",
            "next_word_pairs",
            "(inputs, targets), both (batch, time - 1)",
            _HINTS["next_word_pairs"],
            axes=("batch", "step"),
            names=("inputs", "targets"),
        ),
        Exercise("2.1", "rnn_step", "(batch, units)", _HINTS["rnn_step"], axes=("batch", "unit")),
        Exercise(
            "2.2",
            "rnn_forward",
            "(batch, time, units)",
            _HINTS["rnn_forward"],
            axes=("batch", "step", "unit"),
            uses={"rnn_step": "2.1"},
        ),
        Exercise(
            "2.3",
            "MyRNNCell",
            "(h, [h]) from call",
            _HINTS["MyRNNCell"],
            probe=lab1_probes.rnn_cell,
            axes=("batch", "step", "unit"),
        ),
        Exercise(
            "3.1",
            "ball_model",
            "(batch, 2)",
            _HINTS["ball_model"],
            probe=lab1_probes.ball_model,
            axes=("batch", "coordinate"),
        ),
        Exercise("4.1", "sequence_loss", "a scalar, in nats", _HINTS["sequence_loss"]),
        Exercise(
            "4.2",
            "loss_gradient",
            "(batch, time, vocabulary)",
            _HINTS["loss_gradient"],
            axes=("batch", "step", "word"),
        ),
        Exercise(
            "4.3",
            "rnn_backward_step",
            "(d_W_xh, d_W_hh, d_b_h, d_h_prev)",
            _HINTS["rnn_backward_step"],
            tolerance=compare.GRADIENTS,
            names=("d_W_xh", "d_W_hh", "d_b_h", "d_h_prev"),
        ),
        Exercise(
            "4.4",
            "rnn_backward",
            "a dict with W_xh, W_hh, b_h, W_hy, b_y, h_0",
            _HINTS["rnn_backward"],
            tolerance=compare.GRADIENTS,
            uses={"rnn_backward_step": "4.3"},
        ),
        Exercise("5.1", "state_gradient_norms", "(time,)", _HINTS["state_gradient_norms"], axes=("step",)),
        Exercise(
            "5.2",
            "clip_by_global_norm",
            "(list of arrays, norm)",
            _HINTS["clip_by_global_norm"],
            names=("gradients", "norm"),
        ),
    )
}

build_vocabulary = checker(LAB, EXERCISES["build_vocabulary"])
encode = checker(LAB, EXERCISES["encode"])
pad_batch = checker(LAB, EXERCISES["pad_batch"])
embed = checker(LAB, EXERCISES["embed"])
next_word_pairs = checker(LAB, EXERCISES["next_word_pairs"])
rnn_step = checker(LAB, EXERCISES["rnn_step"])
rnn_forward = checker(LAB, EXERCISES["rnn_forward"])
my_rnn_cell = checker(LAB, EXERCISES["MyRNNCell"])
ball_model = checker(LAB, EXERCISES["ball_model"])
sequence_loss = checker(LAB, EXERCISES["sequence_loss"])
loss_gradient = checker(LAB, EXERCISES["loss_gradient"])
rnn_backward_step = checker(LAB, EXERCISES["rnn_backward_step"])
rnn_backward = checker(LAB, EXERCISES["rnn_backward"])
state_gradient_norms = checker(LAB, EXERCISES["state_gradient_norms"])
clip_by_global_norm = checker(LAB, EXERCISES["clip_by_global_norm"])

missing.explain(EXERCISES)
