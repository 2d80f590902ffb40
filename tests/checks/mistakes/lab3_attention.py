"""The classic wrong answers of lab 3: those of similarity and masks, of many heads, and of the block."""

from checks.mistakes import lab3_block, lab3_heads, lab3_search

MISTAKES = [*lab3_search.MISTAKES, *lab3_heads.MISTAKES, *lab3_block.MISTAKES]
