"""The checks of lab 3: the table of its exercises; hints in attention, heads, block, whole.toml, cases in cases.json.

In: a student's function (or class), and perhaps the cases of a hidden test in place of the public ones.
Out: one line when it passes, else CheckFailed with a hint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.checks import hints, ways
from labkit.checks.compare import SINGLE, Tolerance
from labkit.checks.exercise import Exercise
from labkit.checks.lab3_attention import attention_probes, block_probes, heads_probes, whole_probes
from labkit.checks.table import exercises, offer

if TYPE_CHECKING:
    from collections.abc import Callable

    from labkit.checks.judge import Check

LAB = "lab3_attention"
_STEPS = {"split_heads": "3.1", "merge_heads": "3.2", "scaled_dot_product_attention": "1.5"}

EXERCISES = exercises(
    hints.read(LAB),
    Exercise("1.1", "dot_similarity", "one number for each pair of vectors"),
    Exercise(
        "1.2",
        "cosine_similarity",
        "one number between -1 and 1 for each pair of vectors",
        uses={"dot_similarity": "1.1"},
    ),
    Exercise("1.3", "softmax", "weights in the shape of x", probe=attention_probes.tensors, ways=ways.traced),
    Exercise(
        "1.4",
        "attention_weights",
        "(..., T_q, T_k)",
        probe=attention_probes.tensors,
        ways=ways.traced,
        uses={"softmax": "1.3"},
    ),
    Exercise(
        "1.5",
        "scaled_dot_product_attention",
        "output (..., T_q, d_v), weights (..., T_q, T_k)",
        probe=attention_probes.tensors,
        ways=ways.traced,
        tolerance=SINGLE,
        names=("output", "weights"),
        uses={"attention_weights": "1.4"},
    ),
    Exercise("2.1", "padding_mask", "(batch, 1, time) bool", axes=("batch", "row", "key")),
    Exercise("2.2", "causal_mask", "(length, length) bool", ways=ways.traced, axes=("query", "key")),
    Exercise(
        "2.3",
        "positional_encoding",
        "(length, d_model) floats",
        probe=attention_probes.some_rows,
        ways=ways.traced,
        tolerance=Tolerance(atol=1e-4),
        axes=("position", "column"),
    ),
    Exercise(
        "3.1",
        "split_heads",
        "(batch, num_heads, time, d_model / num_heads)",
        probe=ways.differentiable,
        ways=ways.traced,
        axes=("batch", "head", "step", "column"),
    ),
    Exercise(
        "3.2",
        "merge_heads",
        "(batch, time, num_heads * d_head)",
        probe=ways.differentiable,
        ways=ways.traced,
        axes=("batch", "step", "column"),
    ),
    Exercise(
        "3.3",
        "multi_head_attention",
        "output (batch, time, d_model), weights (batch, num_heads, time, time)",
        probe=ways.differentiable,
        ways=heads_probes.with_keras_weights,
        tolerance=SINGLE,
        names=("output", "weights"),
        uses=_STEPS,
    ),
    Exercise(
        "4.1",
        "TransformerBlock",
        "(batch, time, d_model)",
        probe=block_probes.transformer_block,
        ways=block_probes.block_trained,
        tolerance=Tolerance(single=5e-5),
        axes=("batch", "step", "feature"),
        uses={"multi_head_attention": "3.3"},
    ),
    Exercise("4.2", "block_parameters", "an int"),
    Exercise(
        "5.1",
        "layer_norm",
        "the shape of x",
        probe=ways.differentiable,
        ways=ways.traced,
        tolerance=SINGLE,
        since=2,
    ),
    Exercise(
        "5.2",
        "MusicTransformer",
        "(batch, time, vocabulary_size)",
        probe=whole_probes.music_transformer,
        ways=whole_probes.music_trained,
        tolerance=Tolerance(single=5e-5),
        axes=("batch", "step", "character"),
        uses={"TransformerBlock": "4.1", "positional_encoding": "2.3", "causal_mask": "2.2"},
        since=2,
    ),
    Exercise(
        "6.1",
        "cross_attention",
        "output (batch, T_x, d_model), weights (batch, num_heads, T_x, T_m)",
        probe=ways.differentiable,
        ways=ways.taped,
        tolerance=SINGLE,
        names=("output", "weights"),
        uses=_STEPS,
    ),
    Exercise("8.1", "block_flops", "an int", earlier={1: "4.3"}),
    Exercise(
        "8.2",
        "attend_next",
        "output (batch, 1, d_model), keys and values (batch, num_heads, t + 1, d_head)",
        probe=heads_probes.tensors,
        tolerance=SINGLE,
        names=("output", "keys", "values"),
        uses=_STEPS,
        earlier={1: "4.4"},
    ),
    lab=LAB,
)

# The checks, `checks.softmax` and the others, follow from the table.
__getattr__: Callable[[str], Check]
__getattr__, __dir__ = offer(LAB, EXERCISES)
