"""Oracles of lab 3 about many heads: cut, merge, attend, across two sequences, and one new position with a cache.

In: a random generator. Out: cases for each of these steps, with stand-ins for the earlier ones that it calls.
"""

from autograder.references.lab3_attention.heads import rare, steps

REFERENCES = steps.REFERENCES
RARE, DEEP = rare.RARE, rare.DEEP
