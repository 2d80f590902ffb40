"""The classic wrong answers of lab 3, by its parts."""

from checks.mistakes.lab3_attention import (
    attention,
    block,
    borrowed_attention,
    borrowed_block,
    borrowed_heads,
    borrowed_whole,
    counts,
    heads,
    many_heads,
    masks,
    similarity,
    tables,
    whole,
)
from checks.mistakes.listed import Mistake, listed, not_a_result

_CALL_HEADS = ("split_heads", "merge_heads", "multi_head_attention", "cross_attention", "attend_next")
MISTAKES = listed(
    "lab3_attention",
    *(similarity, attention, masks, heads, many_heads, block, whole, counts),
    instead=[
        *not_a_result("TransformerBlock", "not_a_layer"),
        *not_a_result("MusicTransformer", "not_a_model"),
        Mistake("MusicTransformer", "needs", "calls_a_stub", whole.network_of_a_stub),
        Mistake("layer_norm", "fresh", "hard_coded", whole.norm_for_known_positions),
        Mistake("MusicTransformer", "fresh", "hard_coded", whole.network_for_known_ids),
        Mistake("TransformerBlock", "needs", "calls_a_stub", block.block_of_a_stub),
        Mistake("TransformerBlock", "fresh", "hard_coded", block.block_for_known_inputs),
        Mistake("softmax", "fresh", "hard_coded", similarity.softmax_for_known_scores),
        Mistake("attention_weights", "fresh", "hard_coded", attention.weights_for_known_queries),
        Mistake("scaled_dot_product_attention", "fresh", "hard_coded", attention.attention_for_known_queries),
        Mistake("causal_mask", "fresh", "hard_coded", tables.mask_for_known_lengths),
        Mistake("positional_encoding", "fresh", "hard_coded", masks.table_for_known_lengths),
        *(Mistake(name, "fresh", "hard_coded", heads.for_known_arrays(name)) for name in _CALL_HEADS),
    ],
)
BORROWED = (borrowed_attention, borrowed_heads, borrowed_block, borrowed_whole)
