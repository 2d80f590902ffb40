"""The exercises of lab 3 about the block: the layer, its parameters and its operations; hints in lab3_block.toml."""

from __future__ import annotations

from labkit.checks import hints, lab3_block_probes
from labkit.checks.judge import Exercise

_HINTS = hints.read("lab3_block")

EXERCISES: dict[str, Exercise] = {
    exercise.name: exercise
    for exercise in (
        Exercise(
            "4.1",
            "TransformerBlock",
            "(batch, time, d_model)",
            _HINTS["TransformerBlock"],
            probe=lab3_block_probes.transformer_block,
            axes=("batch", "step", "feature"),
            uses={"multi_head_attention": "3.3"},
        ),
        Exercise("4.2", "block_parameters", "an int", _HINTS["block_parameters"]),
        Exercise("4.3", "block_flops", "an int", _HINTS["block_flops"]),
    )
}
