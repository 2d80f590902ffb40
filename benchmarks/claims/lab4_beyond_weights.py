"""What is measured on the networks that ship with lab 4, and the small trainings beside them.

    python -m benchmarks.claims.lab4_beyond_weights [hidden_english] [looking] ..

Writes benchmarks/claims/results/lab4_*.json, and into data/lab4 what the notebook draws, with the hash of the code; a
stopped run goes on where it was.
"""

from __future__ import annotations

import argparse
from functools import partial

from autograder.model.lab import Lab
from benchmarks.claims import lab4_captions, lab4_letters, lab4_pretraining
from benchmarks.claims.grids import Grid, make

LAB = "lab4_beyond"
FOLDER = "benchmarks/claims"
RESULTS = f"{FOLDER}/results/lab4"
MEASURES = f"{FOLDER}/lab4_measures.py"
RECIPES = tuple(f"{FOLDER}/lab4_beyond_recipes.py::{name}" for name in ("train", "letter_model"))
CAPTIONER = tuple(f"{FOLDER}/lab4_beyond_recipes.py::{name}" for name in ("train", "captioner", "caption_batches"))
FILLED = tuple(
    f"{FOLDER}/lab4_letters.py::{name}"
    for name in ("filled_in", "tried", "by_counting", "places_of", "bits_per_letter")
)


def of(file: str, *names: str) -> tuple[str, ...]:
    """Name functions of a file of measurements, and what they all use."""
    return (MEASURES, *(f"{FOLDER}/{file}.py::{name}" for name in names))


GRIDS = {
    "hidden_english": Grid(
        f"{RESULTS}_hidden_english.json",
        (*of("lab4_letters", "hidden_english"), *FILLED),
        lab4_letters.hidden_english,
        "Experiment G: four letters of each held-out window of 64 are hidden, one at a time, each with six letters at "
        "both sides; the shipped BERT and GPT, and counting in the text to train on. Intervals over windows.",
        range(1),
    ),
    "cheat": Grid(
        "data/lab4/cheat.json",
        (*of("lab4_letters", "cheat"), *RECIPES),
        lab4_letters.cheat,
        "Experiment G: 600 steps with the next letter as target and a mask that shows it (bits per letter on the "
        "validation novel, by steps, beside the shipped GPT's); bits of the next letter at 5 places of each held-out "
        "window when nothing stands behind; what both write.",
        range(1),
    ),
    "hidden_proteins": Grid(
        f"{RESULTS}_hidden_proteins.json",
        (*of("lab4_letters", "hidden_proteins"), *FILLED),
        lab4_letters.hidden_proteins,
        "Experiment H: eight amino acids of each of the 400 held-out WW domains are hidden, one at a time. Intervals "
        "over sequences.",
        range(1),
    ),
    "equal_targets": Grid(
        f"{RESULTS}_equal_targets.json",
        (*of("lab4_letters", "equal_targets", "places_of"), *RECIPES),
        lab4_letters.equal_targets,
        "Experiment H: does BERT lose because it is asked about 15% of the letters of a step? GPT trained so "
        "long that it was asked about as many as the shipped BERT, and BERT for as many steps.",
        range(1),
    ),
    "written": Grid(
        f"{RESULTS}_written.json",
        of("lab4_letters", "written", "long_texts", "continued", "drawn", "repeated"),
        lab4_letters.written,
        "Experiment N: 100 beginnings of 16 held-out letters, continued by 48 by the shipped GPT; 40 by 200.",
        range(1),
    ),
    "exactness": Grid(
        f"{RESULTS}_exactness.json",
        of("lab4_captions", "exactness", "measured", "bleu"),
        lab4_captions.exactness,
        "Experiment L: the four shipped captioners on the same 400 scenes of held-out drawings.",
        range(1),
    ),
    "captioners": Grid(
        "data/lab4/captioners.json",
        (*of("lab4_captions", "by_seed", "measured", "bleu"), *CAPTIONER),
        lab4_captions.by_seed,
        "Experiment L: 500 steps of 64 on 5,000 scenes, tested on the same 400; right: a bit for each scene, as a "
        "hexadecimal number.",
    ),
    "looking": Grid(
        f"{RESULTS}_looking.json",
        of("lab4_captions", "looking", "swapped", "named", "drawing"),
        lab4_captions.looking,
        "Experiment M: of the 400 scenes, those with two digits. Where the shipped captioner looks at the moment it "
        "names a digit of the true sentence (mean of the heads); what it writes when one digit is exchanged.",
        range(1),
    ),
    "beams": Grid(
        f"{RESULTS}_beams.json",
        of("lab4_captions", "beams"),
        lab4_captions.beams,
        "Experiment N: the shipped captioner on 400 scenes, greedy and with a beam of 3.",
        range(1),
    ),
    "pretraining": Grid(
        "data/lab4/pretraining.json",
        (MEASURES, f"{FOLDER}/lab4_pretraining.py"),
        partial(lab4_pretraining.pretraining, "backwards"),
        "Experiment I: is a window of 64 letters English, or is it read from right to left? Fine-tuned on 100 labelled "
        "windows, tested on 600 held-out ones in both forms.",
    ),
    "pretraining_words": Grid(
        f"{RESULTS}_pretraining_words.json",
        (MEASURES, f"{FOLDER}/lab4_pretraining.py"),
        partial(lab4_pretraining.pretraining, "words"),
        "Experiment I, tried first: is a window of 64 letters English, or are its words in another order? As above.",
    ),
}


def main() -> None:
    """Make the measurements that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="name", help=f"some of {', '.join(GRIDS)}; default all")
    options = parser.parse_args()
    if unknown := set(options.names) - set(GRIDS):
        parser.error(f"There is no measurement {', '.join(sorted(unknown))}; there are {', '.join(GRIDS)}.")
    for name in options.names or GRIDS:
        make(Lab(LAB), name, GRIDS[name])


if __name__ == "__main__":
    main()
