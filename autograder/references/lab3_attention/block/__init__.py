"""Oracles of lab 3, part 4: a Transformer block as its probe sees it, its parameters and its operations.

In: a random generator. Out: cases for the block and for both counts.
"""

from autograder.references.lab3_attention.block import counts, layer, rare

REFERENCES = {**layer.REFERENCES, **counts.REFERENCES}
RARE, DEEP = rare.RARE, rare.DEEP
