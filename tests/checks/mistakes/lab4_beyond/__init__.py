"""The classic wrong answers of lab 4, by its parts."""

from checks.mistakes.lab4_beyond import captions, dna, masks, pictures, tables, tweets
from checks.mistakes.listed import Mistake, listed

MISTAKES = listed(
    "lab4_beyond",
    *(tweets, pictures, masks, dna, captions),
    instead=[Mistake(name, "fresh", "hard_coded", table) for name, table in tables.KNOWN.items()],
)
BORROWED = ()  # no function of this lab calls an earlier one
