"""The checks of lab 4: the table of its exercises; each part has a folder with its probes and hints.

In: a student's function, and perhaps the cases of a hidden test in place of the public ones.
Out: one line when it passes, else CheckFailed with a hint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.checks import hints, ways
from labkit.checks.compare import SINGLE, Tolerance
from labkit.checks.exercise import Exercise
from labkit.checks.lab4_beyond.captions import probes as of_captions
from labkit.checks.lab4_beyond.masks import probes as of_masks
from labkit.checks.lab4_beyond.pictures import probes as of_pictures
from labkit.checks.lab4_beyond.tweets import probes as of_tweets
from labkit.checks.table import exercises, offer

if TYPE_CHECKING:
    from collections.abc import Callable

    from labkit.checks.judge import Check

LAB = "lab4_beyond"
_PAIR = ("inputs", "targets")

EXERCISES = exercises(
    hints.read(LAB),
    Exercise(
        "1.1",
        "masked_mean",
        "(batch, features)",
        probe=ways.differentiable,
        ways=ways.traced,
        tolerance=SINGLE,
        axes=("row", "feature"),
    ),
    Exercise(
        "1.2",
        "confusion_matrix",
        "(classes, classes) counts",
        probe=of_tweets.counts,
        axes=("true class", "predicted class"),
    ),
    Exercise("1.3", "macro_f1", "a float between 0 and 1"),
    Exercise("1.4", "calibration_error", "a float between 0 and 1"),
    Exercise(
        "2.1",
        "patchify",
        "(batch, patches, size * size * channels)",
        probe=ways.differentiable,
        ways=of_pictures.batch_unknown,
        axes=("picture", "patch", "entry"),
    ),
    Exercise(
        "2.2",
        "add_class_token",
        "(batch, patches + 1, features)",
        probe=ways.differentiable,
        ways=of_pictures.batch_unknown,
        axes=("row", "place", "feature"),
    ),
    Exercise("2.3", "attention_rollout", "(batch, places, places)", axes=("picture", "place", "place looked at")),
    Exercise(
        "2.4",
        "unpatchify",
        "(batch, height, width, channels)",
        axes=("picture", "row", "column", "channel"),
    ),
    Exercise(
        "2.5",
        "saliency",
        "(batch, time), no number below 0",
        probe=of_pictures.saliency,
        tolerance=SINGLE,
        axes=("row", "step"),
    ),
    Exercise("3.1", "band_mask", "(length, length) bool", axes=("query", "key")),
    Exercise("3.2", "corrupt", "(inputs, targets), both (batch, time) int", axes=("row", "step"), names=_PAIR),
    Exercise("3.3", "masked_token_loss", "a scalar, in nats", probe=ways.differentiable, ways=ways.traced),
    Exercise(
        "3.4",
        "fill_by_trying",
        "an int: one of the candidates",
        probe=of_masks.fill_by_trying,
        names=("The candidate", "The number of calls of score"),
    ),
    Exercise("3.5", "warmup_rate", "a float", tolerance=Tolerance(atol=1e-9)),
    Exercise("4.1", "reverse_complement", "the shape of x"),
    Exercise("4.2", "log_odds", "(width, 4), in nats", axes=("place", "letter")),
    Exercise(
        "4.3",
        "motif_attention",
        "output (sequences, width, 4), weights (sequences, places)",
        names=("output", "weights"),
    ),
    Exercise(
        "5.1", "caption_pairs", "(inputs, targets), both (batch, time + 1) int", axes=("row", "step"), names=_PAIR
    ),
    Exercise(
        "5.2",
        "greedy",
        "a list of ints, without start and end",
        probe=of_captions.greedy,
        names=("The list", "The number of calls of step"),
    ),
    Exercise(
        "5.3",
        "beam_search",
        "(a list of ints, its log-probability)",
        probe=of_captions.beam_search,
        names=("The list", "The log-probability"),
    ),
    Exercise("5.4", "bleu", "a float between 0 and 1"),
    lab=LAB,
)

# The checks, `checks.masked_mean` and the others, follow from the table.
__getattr__: Callable[[str], Check]
__getattr__, __dir__ = offer(LAB, EXERCISES)
