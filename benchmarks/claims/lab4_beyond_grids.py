"""The trainings of lab 4, by seed; `make grids OPTIONS="--lab lab4_beyond"` runs them, half an hour of one core."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from autograder.base.files import ROOT
from benchmarks.claims import lab4_motif, lab4_pictures, lab4_splice, lab4_table, lab4_tweets
from benchmarks.claims.grids import Grid
from benchmarks.claims.lab4_beyond_weights import GRIDS as OF_WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Iterable

HERE = "benchmarks/claims"
KIT = "labs/labkit"
BLOCKS = (f"{KIT}/models/blocks.py::Block", f"{KIT}/models/blocks.py::attention", f"{KIT}/models/blocks.py::positions")
NETWORK = tuple(f"{KIT}/sentiment/networks.py::{name}" for name in ("TweetModel", "_reader", "masked_mean"))
TWEETS = tuple(f"{KIT}/sentiment/tweets.py::{name}" for name in ("tokenize", "clear", "vocabulary", "ids", "shuffled"))
TABLE = (*BLOCKS, f"{KIT}/sequences/lengths.py", f"{KIT}/sequences/readers.py")
RATES = "data/lab4/table_rates.json"
HELD_OUT = "3,000 pieces of 60 letters in five parts; each seed holds out one, chooses by the next and learns three. "
FAMILIES = (
    "by likeness: pieces that share 60% of their letters, also up to ten letters further, and their relatives, are in "
    "one part. related: held-out pieces that share 75% with a learned one (labkit.training.grids.unpack)."
)


def _of(module: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{HERE}/lab4_{module}.py::{name}" for name in names)


PARTS = (
    f"{KIT}/sequences/likeness.py",
    f"{KIT}/sequences/dna.py",
    *_of("motif", "auc"),
    *_of("splice", "pieces", "parts", "cross_entropy", "_row"),
)
NETWORKS = (
    *PARTS,
    *BLOCKS[:2],
    f"{KIT}/models/blocks.py::LearnedPositions",
    *_of("splice", "trained", "network", "SIZES", "TRAINING", "RATE"),
)


def table(seed: int) -> list[dict[str, Any]]:
    """Train with the rates that the grid before this one has chosen."""
    rates: Iterable[dict[str, Any]] = json.loads((ROOT / RATES).read_text(encoding="utf-8"))["runs"]
    return lab4_table.of_table(seed, rates)


GRIDS = {
    "rates": Grid(
        RATES,
        (*TABLE, *_of("table", "of_rates", "rate")),
        lab4_table.of_rates,
        "Experiment O: the best of three learning rates for each task and network, chosen at lengths 8, 16 and 24 by "
        "a training with a seed of its own. right: the mean accuracy with each rate.",
        seeds=(lab4_table.TUNED,),
    ),
    "table": Grid(
        "data/lab4/table.json",
        (*TABLE, RATES, *_of("table", "of_table")),
        table,
        "Experiment O: look up the first word (500 steps), or keep a sum modulo 4 (1,500 steps); batches of 32 of "
        "lengths 2 to 24, the short ones first, Adam with the rate of table_rates.json, warm-up and cosine. Accuracy "
        "on 1,000 other sequences of each length.",
    ),
    "cost": Grid(
        "data/lab4/table_cost.json",
        (*TABLE, *_of("table", "of_cost")),
        lab4_table.of_cost,
        "Experiment O: CPU milliseconds of one training step on 32 sequences, one thread (median of 40 calls, three "
        "times by turns), numbers kept of one sequence when one more word is written, sequential steps.",
        seeds=(0,),
    ),
    "motif": Grid(
        "data/lab4/motif.json",
        (
            f"{KIT}/sequences/motif.py",
            f"{KIT}/sequences/dna.py",
            *_of("motif", "of_motif", "raw", "_form", "found", "_rounds", "place", "best", "auc", "alike"),
        ),
        lab4_motif.of_motif,
        "Experiments J and K: one pattern in half of the pieces (40 of 60 letters, cut at a place drawn by the seed), "
        "20 starts drawn by the seed; the other half and the pieces without a site are held out. without relatives: "
        "held-out sequences that share fewer than 75% of their 60 letters with each learned one.",
    ),
    "splice": Grid(
        "data/lab4/splice.json",
        (*PARTS, *_of("splice", "of_splice", "counted", "pairs", "log_shares")),
        lab4_splice.of_splice,
        "Experiment K: donor, acceptor or neither, by counting letters, or pairs of letters, at each place. "
        + HELD_OUT
        + FAMILIES,
    ),
    "splice_networks": Grid(
        "data/lab4/splice_networks.json",
        NETWORKS,
        partial(lab4_splice.of_network, split=lab4_splice.BY_LIKENESS),
        "Experiment K: a Transformer on the same parts as splice.json, split by likeness; width 32, two heads, one "
        "block, at most eight epochs of Adam 4e-3 with warm-up and cosine.",
    ),
    "splice_random": Grid(
        "data/lab4/splice_random.json",
        NETWORKS,
        partial(lab4_splice.of_network, split=lab4_splice.AT_RANDOM),
        "Experiment K: the same Transformer on the parts of splice.json that are split at random.",
    ),
    "pair": Grid(
        "data/lab4/pair.json",
        (*BLOCKS, *NETWORK, f"{KIT}/sentiment/pairs.py", *_of("tweets", "pair_run")),
        lab4_tweets.of_pair,
        "Experiment B: four sentences with the same words, two of them positive; 1,500 to train (drawn by the seed), "
        "1,440 with other pairs of adjectives for the test; width 16, 12 epochs of Adam with rate 5e-3. right: "
        "labkit.training.grids.unpack.",
    ),
    "tweets": Grid(
        "data/lab4/tweets_runs.json",
        (
            *BLOCKS,
            *NETWORK,
            *TWEETS,
            *_of("tweets", "of_tweets", "tweet_run", "_row", "bag_of_words", "logistic", "bag"),
        ),
        lab4_tweets.of_tweets,
        "Experiments A and C: tweets, positive or negative, 2,131 to train, 333 to stop by, 843 for the test; width "
        "32, dropout 0.4, Adam 2e-3, at most 40 epochs. positive: how likely each test tweet is held to be positive, "
        "labkit.training.grids.unpack_shares; words shuffled: the test tweets with their words in another order.",
    ),
    "pictures": Grid(
        "data/lab4/pictures.json",
        (
            *BLOCKS,
            f"{KIT}/vision/networks.py",
            f"{KIT}/vision/digits.py::patches",
            *_of("pictures", "of_pictures", "picture_run", "seen", "shuffled", "moved", "rollout", "looks", "wiped",
                 "positions"),
        ),
        lab4_pictures.of_pictures,
        "Experiments D, E, F: 1,297 digits to train (40 epochs of Adam 4e-3 with warm-up and cosine), 500 for the "
        "test, 16 patches of 2 x 2. what: accuracy (right: labkit.training.grids.unpack); logits: how far they move; "
        "looks: where the class token looks; wiped: which map predicts what wiping out a patch does; positions: "
        "cosine of their rows by distance.",
    ),
    **OF_WEIGHTS,
}  # fmt: skip
