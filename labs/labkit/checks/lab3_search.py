"""The exercises of lab 3, parts 1 and 2: from similarity to positions; hints stand in lab3_search.toml."""

from __future__ import annotations

from labkit.checks import hints, lab3_search_probes
from labkit.checks.compare import Tolerance
from labkit.checks.judge import Exercise

_HINTS = hints.read("lab3_search")

EXERCISES: dict[str, Exercise] = {
    exercise.name: exercise
    for exercise in (
        Exercise("1.1", "dot_similarity", "one number for each pair of vectors", _HINTS["dot_similarity"]),
        Exercise(
            "1.2",
            "cosine_similarity",
            "one number between -1 and 1 for each pair of vectors",
            _HINTS["cosine_similarity"],
            uses={"dot_similarity": "1.1"},
        ),
        Exercise("1.3", "softmax", "weights in the shape of x", _HINTS["softmax"], probe=lab3_search_probes.tensors),
        Exercise(
            "1.4",
            "attention_weights",
            "(..., T_q, T_k)",
            _HINTS["attention_weights"],
            probe=lab3_search_probes.tensors,
            uses={"softmax": "1.3"},
        ),
        Exercise(
            "1.5",
            "scaled_dot_product_attention",
            "output (..., T_q, d_v), weights (..., T_q, T_k)",
            _HINTS["scaled_dot_product_attention"],
            probe=lab3_search_probes.tensors,
            names=("output", "weights"),
            uses={"attention_weights": "1.4"},
        ),
        Exercise("2.1", "padding_mask", "(batch, 1, time) bool", _HINTS["padding_mask"], axes=("batch", "row", "key")),
        Exercise("2.2", "causal_mask", "(length, length) bool", _HINTS["causal_mask"], axes=("query", "key")),
        Exercise(
            "2.3",
            "positional_encoding",
            "(length, d_model) floats",
            _HINTS["positional_encoding"],
            probe=lab3_search_probes.some_rows,
            tolerance=Tolerance(atol=1e-4),
            axes=("position", "column"),
        ),
    )
}
