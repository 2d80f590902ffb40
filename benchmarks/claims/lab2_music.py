"""The claims of lab 2, computed from the lab's own cells and the shipped weights, or read from its grids."""

from __future__ import annotations

import json
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.claims.cells import names
from benchmarks.claims.lab2_music_gated_grids import GRIDS as GATED
from benchmarks.claims.lab2_music_gated_grids import chosen
from benchmarks.claims.lab2_music_grids import GRIDS, texts
from benchmarks.claims.summary import Numbers, runs_of, spread
from labkit import data
from labkit.evaluation import metrics, ngrams, novelty, stages
from labkit.recurrence import gates

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

LAB = "lab2_music"
HEATS = (0.5, 0.8, 1.0, 1.2)
WRITTEN = 200  # tunes of a network that claims are computed of


def knobs() -> Numbers:
    """Run the lab's own step with gates held: after the first note, at the end, behind a shut output gate."""
    step = names(LAB)["lstm_step"]
    found: Numbers = {"tanh_1": float(np.tanh(1.0)), "tanh_2": float(np.tanh(-1.5))}
    for name, i, f, o in (("open", 1, 1, 1), ("never", 0, 1, 1), ("shown", 1, 1, 0)):
        h, c = np.zeros((1, 1)), np.zeros((1, 1))
        x = gates.written({2: 1.0, 11: -1.5}, 20)
        for t in range(20):
            h, c = step(x[:, t], h, c, *gates.held(i, f, o))
            if t == 5:
                found[f"{name}_5"] = float((h if name == "shown" else c)[0, 0])
        found[f"{name}_end"] = float(c[0, 0])
    return found


def parity() -> Numbers:
    """Measure how far the lab's LSTM is from Keras's, on two sequences of which one ends early, in float32."""
    import keras  # noqa: PLC0415  (it takes seconds)

    rng = np.random.default_rng(0)
    x, states = rng.normal(size=(2, 6, 3)).astype("float32"), rng.normal(size=(2, 2, 4)).astype("float32")
    mask = np.array([[True] * 6, [True] * 4 + [False] * 2])
    layer = keras.layers.LSTM(4, return_sequences=True, return_state=True)
    layer(x)
    bias = np.asarray(layer.cell.bias).reshape(4, 4)
    weights = [rng.normal(size=one.shape).astype("float32") for one in layer.weights]
    layer.set_weights(weights)
    h, c = names(LAB)["lstm_forward"](x, *states, *weights, mask)
    theirs, _, last = (np.asarray(part) for part in layer(x, initial_state=list(states), mask=mask))
    late = np.asarray(layer(x, initial_state=list(states), mask=mask[:, ::-1])[0])
    return {
        "h": float(np.abs(h - theirs).max()),
        "c": float(np.abs(c[:, -1] - last).max()),
        "forget_bias": float(bias[1].mean()),
        "other_bias": float(np.abs(bias[[0, 2, 3]]).max()),
        "masked_first": float(np.abs(late[1, :2]).max()),
    }


def resets() -> Numbers:
    """Measure how far the lab's GRU is from Keras's with the reset before the product, and after it."""
    import keras  # noqa: PLC0415

    rng = np.random.default_rng(0)
    x, h = rng.normal(size=(2, 3)).astype("float32"), rng.normal(size=(2, 4)).astype("float32")
    W, U, b = (rng.normal(size=shape).astype("float32") for shape in ((3, 12), (4, 12), (12,)))
    mine, found = names(LAB)["gru_step"](x, h, W, U, b), {}
    for name, after in (("before", False), ("after", True)):
        cell = keras.layers.GRUCell(4, reset_after=after)
        cell.build((2, 3))
        cell.set_weights([W, U, np.stack([b, 0 * b]) if after else b])
        found[name] = float(np.abs(mine - np.asarray(cell(x, [h])[0])).max())
    found["default_after"] = float(keras.layers.GRU(4).cell.reset_after)
    return found


def reach(seeds: Sequence[int]) -> Numbers:
    """Measure how much gradient arrives 99 steps back, over all paths and over the direct one, by kind of cell."""
    made = {f"bias{bias}": gates.lstm_cell(bias) for bias in (0, 1, 3, 5)} | {"tanh": gates.tanh_cell}
    found: Numbers = {}
    for name, make in made.items():
        pairs = [gates.paths_back(make, seed=seed) for seed in seeds]
        totals = [total[0] for total, _ in pairs]
        found |= spread(name, totals) | spread(f"{name}_step", [total ** (1 / 99) for total in totals])
        if name != "tanh":
            directs = [direct[0] for _, direct in pairs if direct is not None]
            found |= spread(f"{name}_direct", directs) | spread(f"{name}_direct_step", np.array(directs) ** (1 / 99))
    return found


def memory() -> Numbers:
    """Read recall by cell and gap from data/lab2/memory.json, three seeds each."""
    runs = data.memory()
    found: Numbers = {}
    for cell, name in (
        ("tanh RNN", "tanh"), ("LSTM, forget bias 0", "bias0"), ("LSTM, forget bias 1", "bias1"),
        ("LSTM, forget bias 5", "bias5"), ("GRU, keep bias 5", "gru"),
    ):  # fmt: skip
        for gap in (10, 30, 100):
            right = [run["accuracy"] for run in runs if (run["cell"], run["gap"]) == (cell, gap)]
            found |= spread(f"{name}_{gap}", right)
    return found


def truncated() -> Numbers:
    """Read recall 30 steps back with the gradient cut every 20 steps, uncut, and by two layers."""
    uncut = [run["accuracy"] for run in data.memory() if (run["cell"], run["gap"]) == ("LSTM, forget bias 5", 30)]
    found = spread("uncut", uncut)
    for how, name in (("cut", "cut"), ("two layers", "two")):
        found |= spread(name, [run["accuracy"] for run in runs_of(GRIDS["bptt"]) if run["how"] == how])
    return found


def gated() -> Numbers:
    """Read bits (on the test tunes) and CPU seconds by cell, and how much more bits each needs than the LSTM, by seed.

    A difference is of two trainings with one seed: the same batches. Its error is the standard error of their mean.
    """
    runs = runs_of(GATED["gated"])
    found = _beside_the_lstm(runs, runs, chosen(runs_of(GATED["gated_rates"])))
    by_seed = {(run["cell"], run["seed"]): run["test"] for run in runs}
    for better, worse in pairwise(("GRU", "coupled", "LSTM", "peephole")):
        apart = [bits - by_seed[worse, seed] for (cell, seed), bits in by_seed.items() if cell == better]
        found |= spread(f"{better.lower()}_over_{worse.lower()}", apart)
    return found


def deeper() -> Numbers:
    """Read the same of an LSTM with dropout and of one with two layers."""
    runs = runs_of(GATED["deeper"])
    return _beside_the_lstm(runs, runs_of(GATED["gated"]), chosen(runs_of(GATED["deeper_rates"])))


def _beside_the_lstm(
    runs: Sequence[Mapping[str, Any]], others: Sequence[Mapping[str, Any]], rates: Mapping[str, float]
) -> Numbers:
    """Say of each cell in runs what it needs, and how much more than the LSTM among the others with the same seed."""
    lstm = {run["seed"]: run["test"] for run in others if run["cell"] == "LSTM"}
    found = Numbers()
    for cell in dict.fromkeys(run["cell"] for run in runs):
        own, name = [run for run in runs if run["cell"] == cell], cell.lower().replace(" ", "_")
        more = np.array([run["test"] - lstm[run["seed"]] for run in own])
        found |= spread(name, [run["test"] for run in own]) | spread(f"{name}_more", more)
        found |= {
            f"{name}_seeds": len(own),
            f"{name}_error": float(more.std(ddof=1) / np.sqrt(len(more))),
            f"{name}_seconds": float(np.mean([run["seconds"] for run in own])),
            f"{name}_training": float(np.mean([run["training"] for run in own])),
            f"{name}_parameters": own[0]["parameters"],
            f"{name}_units": own[0]["units"],
            f"{name}_rate": rates[cell],
        }
    return found


def corpus() -> Numbers:
    """Count how many tunes there are, and in which parts."""
    facts = json.loads(data.path("lab2/tunes.json").read_text(encoding="utf-8"))
    return {"tunes": facts["tunes"], **facts["parts"], "train_share": facts["parts"]["train"] / facts["tunes"]}


def counting() -> Numbers:
    """Measure bits per character of the best model that only counts, on both held-out parts."""
    model = ngrams.NGram(texts("train"), order=14)
    return {part: model.bits_per_character(texts(part)) for part in ("valid", "test")}


def learning() -> Numbers:
    """Read what the network of Experiment G wrote at each stage; measure real tunes of the same header."""
    found: Numbers = {}
    for run in runs_of(GRIDS["learning"]):
        keys = ("bits", "read", "full", "in_key", "home", "interval", "bars")
        found |= {f"{key}_{run['steps']}": float(run[key]) for key in keys}
    same = [entry.text for entry in data.tunes().entries if entry.text.startswith(stages.PROMPT)]
    return found | {f"{key}_real": value for key, value in stages.figures(same).items()} | {"tunes_real": len(same)}


def heat(seeds: Sequence[int]) -> Numbers:
    """Measure temperature against validity and copying, for the shipped network of characters."""
    from labkit import weights  # noqa: PLC0415
    from labkit.models import sampling  # noqa: PLC0415

    model, ids = weights.load_char_model()
    found: Numbers = {"real": float(np.median(novelty.training().real))}
    for temperature in HEATS:
        written = [sampling.sample(model, ids, WRITTEN, temperature=temperature, seed=seed) for seed in seeds]
        found |= _rungs(f"{round(10 * temperature)}", written, copies=True)
    return found


def ladder(seeds: Sequence[int]) -> Numbers:
    """Measure the rungs of the shipped networks and of the counting models, at temperature 0.8."""
    from labkit import weights  # noqa: PLC0415
    from labkit.composition import composing  # noqa: PLC0415
    from labkit.models import sampling  # noqa: PLC0415

    model, ids = weights.load_char_model()
    place, full = weights.load_composer(plain=True), weights.load_composer()
    found: Numbers = {}
    for name, counter in zip(("unigram", "ngram"), ngrams.baselines(texts("train")).values(), strict=True):
        found |= _rungs(name, [counter.samples(100, temperature=0.8)])
    found |= _rungs("characters", [sampling.sample(model, ids, WRITTEN, temperature=0.8, seed=seed) for seed in seeds])
    found |= _rungs("place", [composing.compose(place, WRITTEN, temperature=0.8, seed=seed) for seed in seeds])
    found |= _rungs("notes", [composing.compose(full, WRITTEN, temperature=0.8, seed=seed) for seed in seeds])
    ruled = [composing.compose(full, WRITTEN, temperature=0.8, seed=seed, constrained=True) for seed in seeds]
    return found | _rungs("rules", ruled)


def _rungs(name: str, written: Iterable[tuple[Any, Any]], *, copies: bool = False) -> Numbers:
    """Return the shares of tunes that can be read, that have only full bars, too, and that are valid."""
    together = [(text, end) for texts_, ended in written for text, end in zip(texts_, ended, strict=True)]
    all_, ended = [text for text, _ in together], [end for _, end in together]
    rungs = metrics.ladder(all_, ended)
    found = {f"{name}_read": rungs[2].share, f"{name}_full": rungs[3].share, f"{name}_valid": rungs[4].share}
    if copies:
        found[f"{name}_copied"] = float(np.median([_library().longest(text).length for text in all_]))
    return found


@cache
def _library() -> novelty.Library:
    return novelty.training()


def cells() -> Numbers:
    """Read of the cell that follows the bar, and the share of full bars while it, others, and ten are held."""
    runs = runs_of(GRIDS["cells"])
    found: Numbers = {"cells": len({run["cell"] for run in runs}), "first": runs[0]["cell"]}
    found["tens"] = len({frozenset(run["ten"]["cells"]) for run in runs})
    found |= spread("cost", [run["none"]["full"] - run["best"]["full"] for run in runs])
    for key in ("train", "test", "read_out", "read_out_fresh"):
        found |= spread(key, [abs(run[key]) for run in runs])
    for name in ("none", "best", "ten"):
        found |= spread(name, [run[name]["full"] for run in runs])
        found |= spread(f"{name}_symbols", [run[name]["symbols"] for run in runs])
    for name in ("one", "ten"):
        of = [one for run in runs for key, one in run.items() if key.startswith(f"{name} ")]
        found |= spread(f"other_{name}", [one["full"] for one in of])
        found |= spread(f"other_{name}_symbols", [one["symbols"] for one in of])
    lower = [sum(run[f"one {number}"]["full"] <= run["best"]["full"] for number in range(1, 11)) / 10 for run in runs]
    return found | spread("lower", lower)
