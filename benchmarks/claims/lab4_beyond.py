"""The numbers of lab 4, read from its grids: means over seeds with intervals, and differences on the same examples.

    python -m benchmarks.claims.lab4_beyond [tweets] [pair] [pictures] ..

prints them. An interval is a bootstrap over seeds and examples; `_low` and `_high` are its ends.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.base.files import ROOT
from benchmarks.claims import lab4_pictures, lab4_splice, lab4_splice_read, lab4_table, lab4_tweets
from benchmarks.claims.lab4_beyond_grids import GRIDS
from benchmarks.claims.lab4_beyond_read import (
    amino_acids,
    captioner_beams,
    captioner_looks,
    captioners,
    captioners_by_seed,
    cheat,
    closeness,
    english,
    equal_targets,
    own_search,
    pretraining,
    too_good,
    turned,
    writing,
)
from benchmarks.claims.summary import Numbers, runs_of
from labkit.sequences import likeness
from labkit.training import grids

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

__all__ = [
    "amino_acids",
    "captioner_beams",
    "captioner_looks",
    "captioners",
    "captioners_by_seed",
    "cheat",
    "closeness",
    "cost",
    "english",
    "equal_targets",
    "looking",
    "motif",
    "order",
    "own_search",
    "pair",
    "pictures",
    "positions",
    "pretraining",
    "splice",
    "table",
    "too_good",
    "turned",
    "tweets",
    "wiped",
    "writing",
]
REAL, SHUFFLED = "tweets", "shuffled words"
SPLICE = ("splice", "splice_networks", "splice_random")


def _named(name: str, found: tuple[float, float, float]) -> Numbers:
    return dict(zip((name, f"{name}_low", f"{name}_high"), found, strict=True))


def _key(name: str) -> str:
    return "_".join("".join(one if one.isalnum() else " " for one in name.lower()).split())


def _mean(rows: Sequence[Mapping[str, Any]], key: str) -> float:
    return float(np.mean([row[key] for row in rows]))


def truth(rows: Sequence[Mapping[str, Any]]) -> NDArray[np.bool_]:
    """Return the labels of the test tweets; who always says positive is right where they are."""
    always = grids.chosen(rows, model=lab4_tweets.ALWAYS)[0]
    labels = np.asarray(lab4_tweets.parts()[1]["test"] == 1)
    if not np.isclose(labels.mean(), always["accuracy"]):
        raise ValueError("The grid was made with other tweets.")
    return labels


def said(rows: Sequence[Mapping[str, Any]], model: str, trained: str = REAL, tested: str = REAL) -> Any:
    """Return how likely a model holds it that each test tweet is positive: (seeds, tweets)."""
    key = "positive" if tested == REAL else "positive, words shuffled"
    some = grids.chosen(rows, model=model, **{"trained on": trained})
    return np.array([grids.unpack_shares(row[key]) for row in some])


def tweets() -> Numbers:
    """Accuracy of each model on tweets, of one network and of the vote of all seeds; F1, calibration, differences."""
    rows = runs_of(GRIDS["tweets"])
    labels, numbers = truth(rows), Numbers()
    right: dict[str, Any] = {}
    for name in dict.fromkeys(row["model"] for row in rows):
        some = grids.chosen(rows, model=name, **{"trained on": REAL})
        right[name] = (said(rows, name) >= 0.5) == labels
        key = _key(name)
        numbers |= _named(key, grids.interval(right[name]))
        numbers |= _named(f"{key}_vote", grids.interval((said(rows, name).mean(0) >= 0.5) == labels))
        numbers[f"{key}_sure"] = float(np.maximum(said(rows, name), 1 - said(rows, name)).mean())
        numbers |= {f"{key}_{_key(one)}": _mean(some, one) for one in ("macro F1", "calibration error", "seconds")}
        numbers[f"{key}_parameters"] = some[0]["parameters"]
    for name, one in right.items():
        for short, other in (("bag", lab4_tweets.BAG), ("mean", "mean embedding")):
            if name not in (lab4_tweets.ALWAYS, other):
                numbers |= _named(f"{_key(name)}_minus_{short}", grids.interval(one, right[other]))
    return numbers


def order() -> Numbers:
    """Say what it changes to shuffle the words of the test tweets, and to train on shuffled words."""
    rows = runs_of(GRIDS["tweets"])
    labels, numbers = truth(rows), Numbers()
    for name in lab4_tweets.MODELS:
        real, other = ((said(rows, name, tested=tested) >= 0.5) == labels for tested in (REAL, SHUFFLED))
        change = other.astype(float) - real  # of the same networks
        numbers |= _named(f"{_key(name)}_words_shuffled", grids.interval(change))
    for name in lab4_tweets.ON_SHUFFLED:
        real = (said(rows, name) >= 0.5) == labels
        other = (said(rows, name, trained=SHUFFLED, tested=SHUFFLED) >= 0.5) == labels
        numbers |= _named(f"{_key(name)}_without_order", grids.interval(other))
        numbers |= _named(f"{_key(name)}_order_is_worth", grids.interval(real, other))
    return numbers


def pair() -> Numbers:
    """Accuracy of each model on the sentences whose bag of words says nothing."""
    rows, numbers = runs_of(GRIDS["pair"]), Numbers()
    for name in lab4_tweets.PAIR:
        some = grids.chosen(rows, model=name)
        numbers |= _named(_key(name), grids.interval([grids.unpack(row["right"]) for row in some]))
        numbers[f"{_key(name)}_least"] = min(row["accuracy"] for row in some)
        numbers[f"{_key(name)}_seconds"] = _mean(some, "seconds")
        numbers[f"{_key(name)}_parameters"] = some[0]["parameters"]
    return numbers


def pictures() -> Numbers:
    """Accuracy of each model on the digits, and differences on the same 500."""
    rows, numbers = grids.chosen(runs_of(GRIDS["pictures"]), what="accuracy"), Numbers()
    right = {}
    for name in dict.fromkeys(row["model"] for row in rows):
        some = grids.chosen(rows, model=name)
        right[name] = [grids.unpack(row["right"]) for row in some]
        numbers |= _named(_key(name), grids.interval(right[name]))
        if "seconds" in some[0]:
            numbers[f"{_key(name)}_seconds"] = _mean(some, "seconds")
            numbers[f"{_key(name)}_parameters"] = some[0]["parameters"]
    vit, cnn, fixed = (right[name] for name in (lab4_pictures.VIT, lab4_pictures.CNN, lab4_pictures.FIXED))
    numbers |= _named("cnn_minus_vit", grids.interval(cnn, vit))
    numbers |= _named("cnn_minus_shuffled", grids.interval(cnn, fixed))
    numbers |= _named("vit_minus_shuffled_cnn", grids.interval(vit, fixed))
    each = [grids.interval([one], [other]) for one, other in zip(cnn, vit, strict=True)]
    numbers |= _named("cnn_minus_vit_seed_0", each[0])
    numbers["cnn_minus_vit_low_least_of_seeds_1_to_4"] = min(low for _, low, _ in each[1:])
    numbers |= _named("positions_are_worth", grids.interval(right["ViT, mean"], right["ViT, mean, no positions"]))
    moved = grids.chosen(runs_of(GRIDS["pictures"]), what="logits")
    return numbers | {f"logits_{_key(one)}": max(row[one] for row in moved)
                      for one in ("patches moved", "patches and positions moved")}  # fmt: skip


def looking() -> Numbers:
    """Where the class token looks, mean of the seeds; the least and the largest share of a patch."""
    numbers = Numbers()
    rows = grids.chosen(runs_of(GRIDS["pictures"]), what="looks")
    for name in dict.fromkeys(row["map"] for row in rows):
        some = grids.chosen(rows, map=name)
        for one in ("class token", "ink", "empty", "even share", "bits", "correlation with ink"):
            numbers[f"{_key(name)}_{_key(one)}"] = _mean(some, one)
        each = [row["correlation with ink"] for row in some]
        numbers |= {f"{_key(name)}_correlation_least": min(each), f"{_key(name)}_correlation_most": max(each)}
        numbers[f"{_key(name)}_seeds_with_more_on_ink"] = sum(row["ink"] > row["empty"] for row in some)
    return numbers


def wiped() -> Numbers:
    """How well each map predicts what wiping out a patch does; mean, least and most of the seeds."""
    numbers = Numbers()
    rows = grids.chosen(runs_of(GRIDS["pictures"]), what="wiped")
    for name in dict.fromkeys(row["map"] for row in rows):
        some = grids.chosen(rows, map=name)
        each = [row["rank correlation"] for row in some]
        key = _key(name)
        numbers |= {key: float(np.mean(each)), f"{key}_least": min(each), f"{key}_most": max(each)}
        numbers |= _named(f"{key}_accuracy", grids.interval([grids.unpack(row["right"]) for row in some]))
    return numbers


def positions() -> Numbers:
    """Cosine of the rows of two positions by distance: mean, least and most of the seeds."""
    numbers = Numbers()
    rows = grids.chosen(runs_of(GRIDS["pictures"]), what="positions")
    for distance in sorted({row["distance"] for row in rows}):
        each = [row["cosine"] for row in grids.chosen(rows, distance=distance)]
        numbers |= {f"at_{distance}": float(np.mean(each)), f"at_{distance}_least": min(each),
                    f"at_{distance}_most": max(each)}  # fmt: skip
    return numbers


def motif() -> Numbers:
    """Say what is found in DNA: means over the seeds of pieces and starts."""
    numbers = Numbers()
    rows = runs_of(GRIDS["motif"])
    for kind in ("ei", "ie"):
        some = grids.chosen(rows, what="found", kind=kind)
        for one in (key for key, value in some[0].items() if isinstance(value, float)):
            numbers[f"{kind}_{_key(one)}"] = _mean(some, one)
        numbers |= _named(f"{kind}_held_out", grids.interval([grids.unpack(row["right, held out"]) for row in some]))
        for end, name in enumerate(("low", "high")):
            numbers[f"{kind}_auc_{name}"] = float(np.mean([row["AUC interval"][end] for row in some]))
    for row in grids.chosen(rows, what="log-odds fed back"):
        key = f"form_{_key(row['form'])}_place"
        numbers[key] = numbers.get(key, 0.0) + row["place"] / len(grids.chosen(rows, form=row["form"]))
    for scale in dict.fromkeys(row["scale"] for row in grids.chosen(rows, what="output fed back")):
        some = grids.chosen(rows, what="output fed back", scale=scale)
        numbers[f"raw_{scale}_place"] = _mean(some, "place")
        numbers[f"raw_{scale}_starts"] = _mean(some, "starts that find it")
    return numbers


def splice() -> Numbers:
    """Say how well matrices and a Transformer tell donor, acceptor and neither, by both splits."""
    rows = [row for name in SPLICE if (ROOT / GRIDS[name].target).is_file() for row in runs_of(GRIDS[name])]
    return lab4_splice_read.numbers(rows, likeness.families(lab4_splice.pieces()[0]))


def table() -> Numbers:
    """Accuracy of each network at 24 and 96, mean and least of the seeds."""
    numbers = Numbers()
    rows = runs_of(GRIDS["table"])
    for name, cell in lab4_table.cells(rows).items():
        task, kind = name.split(": ")
        some = grids.chosen(rows, task=task, model=kind)
        numbers[f"{_key(name)}_24"] = float(cell["24"])
        numbers[f"{_key(name)}_learned"] = cell["learned"]
        if cell["learned"]:
            numbers[f"{_key(name)}_96_of_these"] = cell["96"]
        for length in ("24", "48", "96"):
            each = [row["accuracy"][length] for row in some]
            numbers |= {f"{_key(name)}_{length}_mean": float(np.mean(each)), f"{_key(name)}_{length}_least": min(each)}
        numbers[f"{_key(name)}_seconds"] = _mean(some, "seconds")
        numbers[f"{_key(kind)}_parameters"] = some[0]["parameters"]
    return numbers


def cost() -> Numbers:
    """Milliseconds of a training step, and numbers kept when one more word is written."""
    numbers = Numbers()
    for row in runs_of(GRIDS["cost"]):
        key = f"{_key(row['model'])}_{row['length']}"
        numbers |= {f"{key}_milliseconds": row["milliseconds"], f"{key}_kept": row["kept"]}
    return numbers


ALL = (tweets, order, pair, pictures, looking, wiped, positions, motif, splice, table, cost)


def main(names: Sequence[str]) -> None:
    """Print the numbers of some functions, or of all whose grids are there."""
    for one in ALL:
        if names and one.__name__ not in names:
            continue
        try:
            numbers = one()
        except FileNotFoundError as error:
            print(f"{one.__name__}: {error.filename} is not made yet: make grids")
            continue
        print(one.__name__)
        for key, value in numbers.items():
            print(f"  {key:60} {value:.6g}")


if __name__ == "__main__":
    main(sys.argv[1:])
