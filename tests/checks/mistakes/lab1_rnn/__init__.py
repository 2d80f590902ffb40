"""The classic wrong answers of lab 1, by its parts."""

from checks.mistakes.lab1_rnn import backward, borrowed, loss, norms, recurrence, words
from checks.mistakes.listed import Mistake, listed, not_a_result

MISTAKES = listed(
    "lab1_rnn",
    *(words, recurrence, loss, backward, norms),
    instead=[
        *not_a_result("MyRNNCell", "no_state_size"),
        *not_a_result("ball_model", "not_a_model"),
        Mistake("MyRNNCell", "fresh", "hard_coded", recurrence.cell_for_known_sizes),
        Mistake("ball_model", "fresh", "hard_coded", recurrence.model_for_known_sizes),
    ],
)
BORROWED = (borrowed,)
