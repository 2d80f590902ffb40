"""Oracles of lab 3, part 5: layer normalisation, and the whole music Transformer as its probe sees it.

In: a random generator. Out: cases for both.
"""

from autograder.references.lab3_attention.whole import music, norm, rare

REFERENCES = {**norm.REFERENCES, **music.REFERENCES}
RARE, DEEP = rare.RARE, rare.DEEP
