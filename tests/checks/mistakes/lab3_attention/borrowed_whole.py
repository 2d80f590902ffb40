"""Lab 3, the whole network: it calls TransformerBlock (`borrowed_block`) and two of part 2; faults to put into any."""

from checks.mistakes.lab3_attention import borrowed_block as block
from checks.solutions import solution_of

RIGHT = {
    name: solution_of("lab3_attention", name)
    for name in ("TransformerBlock", "positional_encoding", "causal_mask", "MusicTransformer")
}

# All that it calls stands in the notebook; a cell with a fault then takes its place.
GIVEN = "\n\n\n".join(
    [
        block.GIVEN,
        block.RIGHT["multi_head_attention"],  # which the block calls
        *(RIGHT[name] for name in ("positional_encoding", "causal_mask", "TransformerBlock")),
    ]
)

_EXCHANGED = ("norm_2(x)", "norm_1(x)")
_TURNED = ("[np.sin(angles), np.cos(angles)]", "[np.cos(angles), np.sin(angles)]")
_AHEAD = ("np.tril(np.ones((length, length), dtype=bool))", "np.tril(np.ones((length, length), dtype=bool), k=1)")
# (exercise, the earlier one it calls, a fault of the earlier one)
BORROWED = [
    ("MusicTransformer", "TransformerBlock", _EXCHANGED),
    ("MusicTransformer", "positional_encoding", _TURNED),
    ("MusicTransformer", "causal_mask", _AHEAD),
]
# (exercise, the earlier one, a fault of the earlier one, a fault of its own)
OWN = [
    ("MusicTransformer", "TransformerBlock", _EXCHANGED, (" * np.sqrt(self.d_model)", "")),
    ("MusicTransformer", "TransformerBlock", _EXCHANGED, ("mask=mask, ", "")),
    ("MusicTransformer", "positional_encoding", _TURNED, ("self.norm(x)", "x")),
    ("MusicTransformer", "causal_mask", _AHEAD, ("training=training", "training=False")),
]
# (exercise, the earlier one, the fault of the earlier one written into the later in place of the call)
INLINE = [
    ("MusicTransformer", "causal_mask", ("causal_mask(length)", "np.tri(length, k=1, dtype=bool)")),
]
