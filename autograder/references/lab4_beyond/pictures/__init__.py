"""Oracles of lab 4, part 2: a picture becomes a sequence of patches, and what attention looks at in it.

In: a random generator. Out: cases for patches, the class token, rollout and saliency.
"""

from autograder.references.lab4_beyond.pictures import looking, patches, rare

REFERENCES = {**patches.REFERENCES, **looking.REFERENCES}
RARE, DEEP = rare.RARE, rare.DEEP
