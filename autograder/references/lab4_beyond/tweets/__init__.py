"""Oracles of lab 4, part 1: one answer for a sequence, and what its answers are worth.

In: a random generator. Out: cases for the mean over real steps, the confusion table, F1 and the calibration error.
"""

from autograder.references.lab4_beyond.tweets import rare, reading, scores

REFERENCES = {**reading.REFERENCES, **scores.REFERENCES}
RARE, DEEP = rare.RARE, rare.DEEP
