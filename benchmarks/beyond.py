"""Measures lab 4: each model's parameters, CPU seconds and held-out figure, with intervals.

Tweets, pictures and the motif are trained here, by the functions of the grids; letters and captions are the shipped
weights; the lectures' table is read from its grid. What cannot be had is named, and the rest runs.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from benchmarks.claims import lab4_motif, lab4_pictures, lab4_table, lab4_tweets
from labkit.base.files import path as shipped
from labkit.captioning import captions
from labkit.models import checkpoint
from labkit.sentiment import archive
from labkit.sequences import letters
from labkit.training import grids
from labkit.vision import scenes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WHOLE = 4  # letters that are hidden of each held-out window, at most
SIDE = 6  # a hidden letter has at least so many at both sides
SCENES = 400
CAPTIONERS = {
    "caption_attention": "captions",
    "caption_one_vector_same_decoder": "one_memory",
    "caption_vector": "one_vector",
}
KEYS = (
    "tweets_mean",
    "tweets_transformer",
    "vit",
    "cnn",
    "cnn_shuffled",
    "motif_place",
    "motif_auc",
    "bert_english",
    "gpt_english",
    "gpt_by_trying",
    *CAPTIONERS,
    "table",
)


@dataclass(frozen=True)
class Measured:
    """A figure with its 95% interval, and what the model took; seconds: CPU, None where that is not known."""

    value: float
    low: float
    high: float
    parameters: int | None = None
    seconds: float | None = None

    def __str__(self) -> str:
        size = "" if self.parameters is None else f"{self.parameters:,}"
        took = "" if self.seconds is None else f"{self.seconds:,.1f}"
        return f"{size:>12}{took:>10}{self.value:9.3f} [{self.low:.3f}, {self.high:.3f}]"

    def as_json(self) -> dict[str, Any]:
        """Return it for the last line."""
        return {"value": round(self.value, 4), "interval": [round(self.low, 4), round(self.high, 4)],
                "parameters": self.parameters, "seconds": self.seconds}  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure all; the last line on the screen is one JSON object with the keys of KEYS."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.beyond", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1, help="trainings of each model (default 1)")
    parser.add_argument("--letters", type=int, default=1000, help="hidden letters of English (default 1000)")
    options = parser.parse_args(arguments)
    if options.seeds < 1 or options.letters < 1:
        sys.exit("--seeds and --letters are positive numbers.")
    seeds = range(options.seeds)
    parts: list[Callable[[], dict[str, Measured]]] = [
        lambda: of_tweets(seeds),
        lambda: of_pictures(seeds),
        lambda: of_motif(seeds),
        lambda: of_letters(options.letters),
        *(lambda key=key, name=name: {key: of_captions(name)} for key, name in CAPTIONERS.items()),
    ]
    found: dict[str, Any] = dict.fromkeys(KEYS)
    print(f"{'':34}{'parameters':>12}{'CPU s':>10}   held out")
    for part in parts:
        try:
            rows = part()
        except (FileNotFoundError, archive.TweetsError) as error:
            print(f"missing: {error}")
            continue
        for key, row in rows.items():
            print(f"{key.replace('_', ' '):34}{row}", flush=True)
            found[key] = row.as_json()
    found["table"] = of_table()
    print(f"missing: {', '.join(key for key, one in found.items() if one is None) or 'nothing'}")
    print(json.dumps(found))
    return 0


def _summed(rows: Sequence[dict[str, Any]], right: Sequence[Any]) -> Measured:
    """Summarise runs of one model: the mean over seeds, the interval over seeds and examples."""
    seconds = float(np.mean([row["seconds"] for row in rows]))
    return Measured(*grids.interval(right), parameters=rows[0]["parameters"], seconds=round(seconds, 1))


def of_tweets(seeds: Sequence[int]) -> dict[str, Measured]:
    """Train two models on tweets. Raises TweetsError where these cannot be had."""
    truth = lab4_tweets.parts()[1]["test"]
    found = {}
    for key, name in (("tweets_mean", "mean embedding"), ("tweets_transformer", "Transformer")):
        rows = [lab4_tweets.tweet_run(name, seed) for seed in seeds]
        found[key] = _summed(rows, [(grids.unpack_shares(row["positive"]) >= 0.5) == truth for row in rows])
    return found


def of_pictures(seeds: Sequence[int]) -> dict[str, Measured]:
    """Train the Vision Transformer and the CNN, the latter on shuffled patches, too."""
    found = {}
    for key, name in (
        ("vit", lab4_pictures.VIT),
        ("cnn", lab4_pictures.CNN),
        ("cnn_shuffled", lab4_pictures.FIXED),
    ):
        rows = [lab4_pictures.picture_run(name, seed)[1] for seed in seeds]
        found[key] = _summed(rows, [grids.unpack(row["right"]) for row in rows])
    return found


def of_motif(seeds: Sequence[int]) -> dict[str, Measured]:
    """Find the donor site; how often its place is exact, and how well it tells pieces with a site from others."""
    rows = [lab4_motif.found("ei", seed) for seed in seeds]
    mean = {name: float(np.mean([row[name] for row in rows])) for name in ("place, held out", "AUC", "seconds")}
    size = 4 * lab4_motif.WIDTH["ei"]
    halves = [np.mean([row["AUC interval"][end] for row in rows]) for end in (0, 1)]
    place = grids.interval([grids.unpack(row["right, held out"]) for row in rows])
    took = round(mean["seconds"], 2)
    return {
        "motif_place": Measured(*place, parameters=size, seconds=took),
        "motif_auc": Measured(mean["AUC"], float(halves[0]), float(halves[1]), parameters=size, seconds=took),
    }


def network(name: str) -> tuple[Any, dict[str, Any]]:
    """Load shipped weights of letters or captions. Raises FileNotFoundError where labkit lacks the file."""
    about, arrays = checkpoint.read(shipped(f"lab4/{name}.npz"))
    if "kind" in about:
        made = captions.model(about["kind"])
    else:
        made = letters.model(letters.ENGLISH, about["causal"], longest=about["longest"])
    checkpoint.assign(made, arrays)
    return made, about


def of_letters(count: int) -> dict[str, Measured]:
    """Hide letters of the test novel one at a time; ask BERT, GPT from the left, and GPT by trying every letter."""
    bert, of_bert = network("bert")
    gpt, of_gpt = network("gpt")
    windows = letters.windows(letters.english("test"))
    ids = letters.encode(windows, letters.ENGLISH, end=False)  # (windows, 65)
    places = hidden_places(ids.shape, count)
    rows, times = places.T
    truth = ids[rows, times]
    said = {
        "bert_english": letters.filled(bert, ids, [(int(row), int(at)) for row, at in places]).argmax(1),
        "gpt_english": from_left(gpt, ids, places),
        "gpt_by_trying": by_trying(gpt, ids, places),
    }
    return {
        key: _of_shipped(of_bert if key == "bert_english" else of_gpt, guess == truth) for key, guess in said.items()
    }


def hidden_places(shape: tuple[int, int], count: int) -> Any:
    """Draw letters that are hidden: (count, 2) row and place, each with some letters at both sides."""
    generator = np.random.default_rng(0)
    inside = range(1 + SIDE, shape[1] - SIDE)
    every = [(row, at) for row in range(shape[0]) for at in generator.choice(inside, WHOLE, replace=False)]
    return np.array(every)[np.sort(generator.permutation(len(every))[:count])]


def from_left(gpt: Any, ids: Any, places: Any) -> Any:
    """Return GPT's likeliest letter at each place, from what stands before it."""
    rows, times = places.T
    logits = np.concatenate([np.asarray(gpt(ids[rows[at : at + 256], :-1])) for at in range(0, len(rows), 256)])
    return letters.FIRST + logits[np.arange(len(rows)), times - 1, letters.FIRST :].argmax(1)


def by_trying(gpt: Any, ids: Any, places: Any) -> Any:
    """Return at each place the letter with which GPT holds the whole window to be likeliest: 27 passes for one."""
    size = len(letters.ENGLISH)
    best = []
    for row, at in places:
        tried = np.repeat(ids[row][None], size, 0)
        tried[:, at] = np.arange(letters.FIRST, letters.FIRST + size)
        best.append(letters.FIRST + int(letters.likelihood(gpt, tried).argmax()))
    return np.array(best)


def of_captions(name: str) -> Measured:
    """Let a shipped captioner write for the test scenes: how many sentences are exact."""
    made, about = network(name)
    return _of_shipped(about, captions.write(made, scenes.draw("test", SCENES, seed=2)).right)


def _of_shipped(about: dict[str, Any], right: Any) -> Measured:
    return Measured(*grids.interval(right), parameters=about.get("parameters"), seconds=about.get("cpu_seconds"))


def of_table() -> dict[str, Any] | None:
    """Read the lectures' table from its grid and print it; None where it is not there."""
    try:
        found = lab4_table.cells(grids.runs("lab4/table"))
    except FileNotFoundError as error:
        print(f"missing: {error}")
        return None
    print(f"\n{'accuracy, mean of the seeds':34}{'at 24':>8}{'learned by':>12}{'at 96, these':>14}")
    for name, row in found.items():
        far = row["96"]
        learned = f"{row['learned']} of {row['seeds']}"
        print(f"{name:34}{row['24']:8.3f}{learned:>12}{far if isinstance(far, str) else f'{far:.3f}':>14}")
    return found


if __name__ == "__main__":
    sys.exit(main())
