"""WW domains: 3,275 short pieces of proteins, 22 to 40 amino acids each, without gaps.

Source: Pfam family PF00397 (data/lab4/README.md). No sequence of "train" shares 75% of its aligned letters with one of
"test"; those that do are the part "left_out".
"""

from __future__ import annotations

from labkit.sequences import texts

AMINO = "ACDEFGHIKLMNPQRSTVWY"  # the 20 amino acids, one letter each
LONGEST = 31


def load(part: str) -> list[str]:
    """Load the sequences of "train", "test" or "left_out". Raises FileNotFoundError when labkit lacks its file."""
    return [sequence for (sequence,) in texts.of_part("proteins", part)]
