"""Lab 3: exercises that call earlier ones, in three parts."""

from checks.mistakes import lab3_block_borrowed, lab3_heads_borrowed, lab3_search_borrowed

PARTS = (lab3_search_borrowed, lab3_heads_borrowed, lab3_block_borrowed)
