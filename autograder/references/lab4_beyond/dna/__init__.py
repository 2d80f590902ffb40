"""Oracles of lab 4, part 4: attention finds a motif in DNA.

In: a random generator. Out: cases for the other strand, log-odds, and attention of a motif to all windows.
"""

from autograder.references.lab4_beyond.dna import motif, rare, strands

REFERENCES = {**strands.REFERENCES, **motif.REFERENCES}
RARE, DEEP = rare.RARE, rare.DEEP
