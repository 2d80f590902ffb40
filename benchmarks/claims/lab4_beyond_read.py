"""Claims of lab 4 that are read from what was measured on its shipped networks, or computed with its own cells."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.base.files import ROOT
from benchmarks.claims.cells import names
from benchmarks.claims.lab4_captions import named, shown
from benchmarks.claims.summary import Numbers, spread
from labkit import captions, letters, motif, scenes, weights
from labkit.training import grids

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LAB = "lab4_beyond"
RESULTS = ROOT / "benchmarks" / "claims" / "results"


def key(name: str) -> str:
    """Write a name as one of a number."""
    return "_".join("".join(one if one.isalnum() else " " for one in name.lower()).split())


def read(name: str) -> Numbers:
    """Return every mean of a file of measurements, by who, minus whom, and what; with the ends of its interval."""
    rows: Sequence[Mapping[str, Any]] = json.loads((RESULTS / f"lab4_{name}.json").read_text(encoding="utf-8"))["runs"]
    return means(rows)


def means(rows: Sequence[Mapping[str, Any]]) -> Numbers:
    """Return every mean of some rows, as `read` does."""
    numbers = Numbers()
    for row in rows:
        if "mean" not in row:
            continue
        parts = [row.get("who", ""), "minus " + row["minus"] if "minus" in row else "", row.get("measure", "")]
        one = key(" ".join(parts))
        numbers |= {one: row["mean"], f"{one}_low": row["low"], f"{one}_high": row["high"]}
    return numbers


def captioners() -> Numbers:
    """Say how exact the shipped captioners are."""
    return read("exactness")


def captioner_looks() -> Numbers:
    """Say where the attending captioner looks, and what a swapped digit changes."""
    return read("looking")


def captioner_beams() -> Numbers:
    """Say what a beam changes of 400 captions."""
    return read("beams")


def captioners_by_seed() -> Numbers:
    """Say how exact captioners of five other trainings are: the least and the most of the seeds."""
    rows, found = grids.runs("lab4/captioners"), Numbers()
    for kind in ("attending", "one_memory", "blind"):
        for measure in ("exact", "exact, two digits"):
            each = [row["mean"] for row in grids.chosen(rows, who=kind, measure=measure) if "minus" not in row]
            found |= spread(key(f"{kind} {measure}"), each)
    return found | spread(
        "difference", [row["mean"] for row in grids.chosen(rows, measure="exact, two digits", minus="one_memory")]
    )


def cheat() -> Numbers:
    """Say what the network knows that saw what it was asked."""
    return means(grids.runs("lab4/cheat"))


def writing() -> Numbers:
    """Say how likely and how repetitive the texts of beams and of drawing are."""
    return read("written")


def equal_targets() -> Numbers:
    """Compare BERT and GPT on proteins after as many questions, and after as many steps."""
    return read("equal_targets")


def pretraining() -> Numbers:
    """Say what BERT's weights are worth beside random ones: the least and the most of the seeds."""
    rows, found = grids.runs("lab4/pretraining"), Numbers()
    for name, who in (("bert", "BERT's weights"), ("random", "random weights")):
        found |= spread(
            name, [row["mean"] for row in grids.chosen(rows, who=who) if "mean" in row and "minus" not in row]
        )
    return found | spread("difference", [row["mean"] for row in grids.chosen(rows, minus="random weights")])


def english() -> Numbers:
    """Say who fills in hidden letters of English."""
    return read("hidden_english")


def amino_acids() -> Numbers:
    """Say who fills in hidden amino acids."""
    return read("hidden_proteins")


def turned() -> Numbers:
    """Count wrong captions of scenes with two digits, and those that name the right digits in the wrong order."""
    numbers = Numbers()
    for kind in ("attending", "one_memory"):
        written = captions.write(weights.load_captioner(kind), shown())
        wrong = other = 0
        for scene, said in zip(shown(), written.captions, strict=True):
            if len(scene.digits) == 2 and scene.caption != said:
                wrong += 1
                other += [said[at] for at in named(said)] == [scenes.NAMES[one] for one in scene.digits[::-1]]
        numbers |= {f"{kind}_wrong": float(wrong), f"{kind}_turned": float(other)}
    return numbers


def closeness() -> Numbers:
    """Score the captions of 400 scenes with the lab's own `bleu`, and one sentence with a wrong digit."""
    bleu = names(LAB)["bleu"]
    seven, one = (["a", digit, "above", "a", "three"] for digit in ("seven", "one"))
    numbers: Numbers = {"wrong_digit": bleu(seven, one)}
    for kind in ("attending", "one_vector"):
        said = captions.write(weights.load_captioner(kind), shown()).captions
        scores = [bleu(list(words), list(scene.caption)) for words, scene in zip(said, shown(), strict=True)]
        numbers[f"{kind}_bleu"] = float(np.mean(scores))
    return numbers


def too_good() -> Numbers:
    """Train the network of letters under the right mask and under one that sees a place too far, as the cell does."""
    lab = names(LAB)
    text, fresh = (
        letters.encode(letters.windows(letters.english(part), count), letters.ENGLISH, end=False)
        for part, count in (("train", 4000), ("test", 200))
    )
    numbers = Numbers()
    for name, ahead in (("gpt", 0), ("too_far", 1)):
        network, bits = lab["train_letters"](lab["band_mask"](64, 63, ahead), text, "")
        honest = float(lab["masked_token_loss"](network(fresh[:, :-1]), fresh[:, 1:])) / math.log(2)
        numbers |= {f"{name}_bits": float(np.mean(bits[-10:])), f"{name}_honest": honest}
    return numbers


def own_search() -> Numbers:
    """Search the motif with the lab's own cells: how often the place is right, and whether labkit finds the same."""
    from labkit import dna  # noqa: PLC0415

    lab = names(LAB)
    learned, held_out = dna.pieces("ei").halves()
    windows, background = np.array(dna.windows(learned.x, 9)), learned.x.mean(axis=(0, 1))
    found = lab["find_motif"](windows, background)
    weights_of = lab["motif_attention"](np.array(dna.windows(held_out.x, 9)), found.matrix)[1]
    theirs = motif.find_motif(learned.x, 9)
    shares = motif.consensus(found.probabilities, clear=0), motif.consensus(theirs.probabilities, clear=0)
    return {
        "held_out": float((weights_of.argmax(1) - held_out.border == -3).mean()),
        "same_letters": float(shares[0] == shares[1] == "CAGGTAAGT"),
    }
