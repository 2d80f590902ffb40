"""Oracles of lab 4, part 3: one network as GPT and as BERT, told apart by mask, inputs and targets.

In: a random generator. Out: cases for the band, corrupted inputs, the loss over hidden tokens, filling in by trying,
and the rate of a warm-up.
"""

from autograder.references.lab4_beyond.masks import bands, hidden, rare, trying

REFERENCES = {**bands.REFERENCES, **hidden.REFERENCES, **trying.REFERENCES}
RARE, DEEP = rare.RARE, rare.DEEP
