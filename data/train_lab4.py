"""Trains the networks that ship with lab 4 and writes their weights into data/lab4 (run by `make train-lab4`).

    python data/train_lab4.py [gpt] [bert] [wgpt] [wbert] [captions] [one_memory] [one_vector] [blind] [--anew]

Each network is a step: what the present code has made is not made again, so a run that was stopped goes on with the
network that it was at. Every file says its steps, CPU seconds, and the hash of the code that made it.
"""

from __future__ import annotations

import argparse
import os
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import tensorflow as tf

from autograder.author.claims import code_hash
from autograder.model.lab import Lab
from benchmarks.claims import lab4_beyond_recipes as recipes
from labkit.captioning import captions
from labkit.models import checkpoint
from labkit.sequences import letters, proteins
from labkit.vision import scenes

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = Path(__file__).resolve().parent / "lab4"
RECIPES = "benchmarks/claims/lab4_beyond_recipes.py"
BLOCKS = ("labs/labkit/models/blocks.py::Block", "labs/labkit/models/blocks.py::LearnedPositions", f"{RECIPES}::train")
LETTERS = (
    *BLOCKS,
    "labs/labkit/sequences/networks.py::LetterModel",
    "labs/labkit/sequences/networks.py::train_step",
    *(f"{RECIPES}::{name}" for name in ("letter_model", "hidden", "shifted")),
)
CAPTIONS = (
    *BLOCKS,
    "labs/labkit/captioning/networks.py",
    "labs/labkit/vision/scenes.py",
    *(f"{RECIPES}::{name}" for name in ("captioner", "caption_batches")),
)


@dataclass(frozen=True)
class Training:
    """One shipped network: how it is made, in how many steps, and what else its file says."""

    steps: int
    make: Callable[[int], tuple[Any, recipes.Course]]
    code: tuple[str, ...]
    about: dict[str, Any]


def reader(text: str, objective: str, steps: int) -> Training:
    """Describe a network of letters."""
    about = {"text": text, "causal": objective == "gpt", "longest": 65 if text == "english" else 33}
    return Training(steps, lambda number: recipes.letter_model(text, objective, number), LETTERS, about)


def captioner(kind: str, steps: int) -> Training:
    """Describe a captioner."""
    made = lambda number: recipes.captioner(kind, number, count=20_000, choose=True)  # noqa: E731
    return Training(steps, made, CAPTIONS, {"kind": kind})


TRAININGS = {
    "gpt": reader("english", "gpt", 3000),
    "bert": reader("english", "bert", 4500),
    "wgpt": reader("proteins", "gpt", 1000),
    "wbert": reader("proteins", "bert", 2400),
    "captions": captioner("attending", 1200),
    "one_memory": captioner("one_memory", 1200),
    "one_vector": captioner("one_vector", 1200),
    "blind": captioner("blind", 400),
}


def run(name: str, *, anew: bool) -> None:
    """Train a network and write its weights, unless the present code has done so."""
    training, path = TRAININGS[name], FOLDER / f"{name}.npz"
    code = {part: code_hash(Lab("lab4_beyond"), part) for part in training.code}
    about = {**training.about, "steps": training.steps, "code": code}
    if path.is_file() and not anew:
        made = checkpoint.read(path)[0]
        if all(made.get(key) == value for key, value in about.items()):
            print(f"{name}: {path.name} was made by this very code; nothing to do.")
            return
    print(f"{name}: {training.steps} steps", flush=True)
    network, course = training.make(training.steps)
    best = min(course.checks, key=lambda check: check[1])
    about |= {
        "parameters": network.count_params(),
        "cpu_seconds": round(course.cpu_seconds),
        "wall_seconds": round(course.wall_seconds),
        "best_step": best[0],
        "valid_bits": round(best[1], 4),
        "checks": [(step, round(bits, 4)) for step, bits in course.checks],
        "versions": {"python": platform.python_version(), "tensorflow": tf.__version__, "keras": keras.__version__},
    }
    write(path, network, {**about, **tested(name, network)})
    print(
        f"{name}: {about['cpu_seconds']} CPU-s, {about['wall_seconds']} s of wall time; best after {best[0]} steps: "
        f"{best[1]:.4f} bits",
        flush=True,
    )


def tested(name: str, network: Any) -> dict[str, float]:
    """Measure a network on what is kept for the test, with its weights in half precision, as they are shipped."""
    network.set_weights([weight.astype("float16").astype("float32") for weight in network.get_weights()])
    about = TRAININGS[name].about
    if "kind" in about:
        written = captions.write(network, scenes.draw("test", 400, seed=2))
        return {"test_exact": round(float(written.right.mean()), 4)}
    length = letters.WINDOW + about["causal"]
    english = about["text"] == "english"
    rows = recipes.english_rows("test", length) if english else recipes.protein_rows(proteins.load("test"))
    if about["causal"]:
        return {"test_bits": round(recipes.next_letter_bits(network, rows), 4)}
    alphabet = letters.ENGLISH if english else proteins.AMINO
    return {"test_bits": round(recipes.hidden_letter_bits(network, rows, alphabet), 4)}


def write(path: Path, network: Any, about: dict[str, Any]) -> None:
    """Write the weights; a run that is stopped leaves no half of a file."""
    half = path.with_suffix(".half.npz")
    checkpoint.save(half, network, about)
    half.replace(path)


def main() -> None:
    """Train the networks named on the command line, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", metavar="model", help=f"some of {', '.join(TRAININGS)}; default all")
    parser.add_argument("--anew", action="store_true", help="also those that this code has made already")
    options = parser.parse_args()
    if unknown := set(options.models) - set(TRAININGS):
        parser.error(f"There is no model {', '.join(sorted(unknown))}; there are {', '.join(TRAININGS)}.")
    for name in options.models or TRAININGS:
        run(name, anew=options.anew)


if __name__ == "__main__":
    main()
