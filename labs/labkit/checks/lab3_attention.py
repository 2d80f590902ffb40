"""The checks of lab 3; hints stand in lab3_*.toml, public cases in lab3_attention.json.

Each check takes the student's function. With `cases` it tries these, as a hidden test does, in place of the public
ones. It prints one line, or raises CheckFailed with a hint.
"""

from __future__ import annotations

from labkit.checks import lab3_block, lab3_heads, lab3_search, missing
from labkit.checks.judge import Exercise, checker

LAB = "lab3_attention"

_ALL = {**lab3_search.EXERCISES, **lab3_heads.EXERCISES, **lab3_block.EXERCISES}
# In the order of the lab; what is optional stands at its end.
_ORDER = (
    "dot_similarity",
    "cosine_similarity",
    "softmax",
    "attention_weights",
    "scaled_dot_product_attention",
    "padding_mask",
    "causal_mask",
    "positional_encoding",
    "split_heads",
    "merge_heads",
    "multi_head_attention",
    "TransformerBlock",
    "block_parameters",
    "cross_attention",
    "block_flops",
    "attend_next",
)
EXERCISES: dict[str, Exercise] = {name: _ALL[name] for name in _ORDER}

dot_similarity = checker(LAB, EXERCISES["dot_similarity"])
cosine_similarity = checker(LAB, EXERCISES["cosine_similarity"])
softmax = checker(LAB, EXERCISES["softmax"])
attention_weights = checker(LAB, EXERCISES["attention_weights"])
scaled_dot_product_attention = checker(LAB, EXERCISES["scaled_dot_product_attention"])
padding_mask = checker(LAB, EXERCISES["padding_mask"])
causal_mask = checker(LAB, EXERCISES["causal_mask"])
positional_encoding = checker(LAB, EXERCISES["positional_encoding"])
split_heads = checker(LAB, EXERCISES["split_heads"])
merge_heads = checker(LAB, EXERCISES["merge_heads"])
multi_head_attention = checker(LAB, EXERCISES["multi_head_attention"])
transformer_block = checker(LAB, EXERCISES["TransformerBlock"])
block_parameters = checker(LAB, EXERCISES["block_parameters"])
cross_attention = checker(LAB, EXERCISES["cross_attention"])
block_flops = checker(LAB, EXERCISES["block_flops"])
attend_next = checker(LAB, EXERCISES["attend_next"])

missing.explain(EXERCISES)
