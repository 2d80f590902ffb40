"""The classic wrong answers of lab 2, by its parts."""

from checks.mistakes.lab2_music import borrowed, forward, gates, loss, sampling, text, training, tunes
from checks.mistakes.listed import Mistake, listed, returns_text

MISTAKES = listed(
    "lab2_music",
    *(gates, forward, text, loss, training, sampling, tunes),
    instead=[
        Mistake("generate", "value", "returns_text", returns_text),  # a tune is a text
        Mistake("masked_cross_entropy", "fresh", "hard_coded", loss.loss_for_known_logits),
        Mistake("train_step", "fresh", "hard_coded", training.step_for_known_norms),
        Mistake("generate", "fresh", "hard_coded", tunes.tunes_for_known_prompts),
    ],
)
BORROWED = (borrowed,)
