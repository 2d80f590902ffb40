"""Oracles of lab 3, parts 1 and 2: attention as a search, its masks, and the positions.

In: a random generator. Out: cases for two similarities, softmax, weights, the mixture of the values, two masks and the
positional encoding.
"""

from autograder.references.lab3_attention.attention import masks, rare, searching

REFERENCES = {**searching.REFERENCES, **masks.REFERENCES}
RARE, DEEP = rare.RARE, rare.DEEP
