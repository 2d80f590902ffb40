"""The exercises of lab 3 about many heads, across two sequences and with a cache, too; hints in lab3_heads.toml."""

from __future__ import annotations

from labkit.checks import hints, lab3_heads_probes
from labkit.checks.judge import Exercise

_HINTS = hints.read("lab3_heads")
_STEPS = {"split_heads": "3.1", "merge_heads": "3.2", "scaled_dot_product_attention": "1.5"}

EXERCISES: dict[str, Exercise] = {
    exercise.name: exercise
    for exercise in (
        Exercise(
            "3.1",
            "split_heads",
            "(batch, num_heads, time, d_model / num_heads)",
            _HINTS["split_heads"],
            probe=lab3_heads_probes.differentiable,
            axes=("batch", "head", "step", "column"),
        ),
        Exercise(
            "3.2",
            "merge_heads",
            "(batch, time, num_heads * d_head)",
            _HINTS["merge_heads"],
            probe=lab3_heads_probes.differentiable,
            axes=("batch", "step", "column"),
        ),
        Exercise(
            "3.3",
            "multi_head_attention",
            "output (batch, time, d_model), weights (batch, num_heads, time, time)",
            _HINTS["multi_head_attention"],
            probe=lab3_heads_probes.differentiable,
            names=("output", "weights"),
            uses=_STEPS,
        ),
        Exercise(
            "6.1",
            "cross_attention",
            "output (batch, T_x, d_model), weights (batch, num_heads, T_x, T_m)",
            _HINTS["cross_attention"],
            probe=lab3_heads_probes.differentiable,
            names=("output", "weights"),
            uses=_STEPS,
        ),
        Exercise(
            "4.4",
            "attend_next",
            "output (batch, 1, d_model), keys and values (batch, num_heads, t + 1, d_head)",
            _HINTS["attend_next"],
            probe=lab3_heads_probes.tensors,
            names=("output", "keys", "values"),
            uses=_STEPS,
        ),
    )
}
