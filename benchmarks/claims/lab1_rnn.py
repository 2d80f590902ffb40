"""The claims of lab 1, computed from the lab's own cells, or read from its grids; each function returns its numbers.

Settings of a training (rates, sizes, steps) were chosen with seeds 0 to 4; what a claim reports is of seeds 10 to 14. A
range that students hold against their own run is of both: the seed of the cell (0, or 1) must be in it.
"""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.claims.cells import names
from benchmarks.claims.lab1_rnn_grids import GRIDS
from benchmarks.claims.lab1_rnn_part5 import (
    arriving,
    clipping,
    clues,
    edge,
    eigenvalues,
    forgetting,
    gains_large,
    gains_small,
    keras_steps,
)
from benchmarks.claims.summary import Numbers, runs_of, spread
from labkit.recurrence import flights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = [
    "arriving",
    "ball",
    "clipping",
    "clues",
    "country_sentences",
    "detective",
    "edge",
    "eigenvalues",
    "embedding",
    "forgetting",
    "gains_large",
    "gains_small",
    "gradient_check",
    "keras_steps",
    "lengths",
    "losses",
    "next_word",
    "order",
    "parameters",
    "parity",
    "same_window",
    "states",
    "straight_line",
]
LAB = "lab1_rnn"
READ = ("ball", "clues", "edge", "forgetting", "lengths")  # from a grid; the others are computed anew
SHOWN = ["france", "italy", "spain", "cat", "dog", "good", "bad", "french", "italian", "spanish"]
COUNTRIES = {"France": "french", "Italy": "italian", "Spain": "spanish"}


def bound() -> Any:
    """Return what the cells of the lab define."""
    return names(LAB)


def states() -> Numbers:
    """Measure in Experiment C how far another first word moves the first state and the last one."""
    lab = bound()
    words = lab["tokenize"](lab["RUNNING"])
    vocabulary = lab["build_vocabulary"](words)
    E = np.random.default_rng(0).normal(size=(len(vocabulary) + 2, 8))
    x = lab["embed"](np.array([lab["encode"](lab["RUNNING"], vocabulary)]), E)
    weights = lab["draw_weights"](features=8, units=6)
    h = lab["rnn_forward"](x, np.zeros((1, 6)), *weights)
    other = x.copy()
    other[0, 0] = E[1]
    moved = np.abs(lab["rnn_forward"](other, np.zeros((1, 6)), *weights) - h).max(axis=-1)[0]
    return {"first": float(moved[0]), "last": float(moved[-1]), "steps": float(len(moved))}


def embedding() -> Numbers:
    """Compare a look-up with the product of Experiment B, and with the look-up after the rows got other numbers."""
    lab, rng = bound(), np.random.default_rng(10)
    ids, E = rng.integers(0, 11, (4, 9)), rng.normal(size=(11, 4))
    vectors, place = lab["embed"](ids, E), np.arange(11)
    rng.shuffle(place[2:])  # padding and the unknown word keep their numbers
    moved = np.empty_like(E)
    moved[place] = E
    return {
        "product": float(np.abs(lab["one_hot"](ids, 11) @ E - vectors).max()),
        "renumbered": float(np.abs(lab["embed"](place[ids], moved) - vectors).max()),
        "padding": float(np.linalg.norm(lab["embed"](np.array([0]), E))),
    }


def parameters() -> Numbers:
    """Count the parameters of Experiment D in Keras's own layers."""
    import keras  # noqa: PLC0415

    features, units = 50, 64
    counts = {"rnn": keras.Sequential([keras.Input((None, features)), keras.layers.SimpleRNN(units)]).count_params()}
    for window in (2, 40):
        dense = keras.Sequential([keras.Input((window * features,)), keras.layers.Dense(units)])
        counts[f"dense_{window}"] = dense.count_params()
    return {name: float(count) for name, count in counts.items()}


def parity() -> Numbers:
    """Compare the lab's cell and rnn_forward with SimpleRNN, with padding on either side (Experiment E)."""
    import keras  # noqa: PLC0415

    lab, rng = bound(), np.random.default_rng(0)
    x, h_0 = rng.normal(size=(2, 5, 3)).astype("float32"), rng.normal(size=(2, 4)).astype("float32")
    left = np.array([[1, 1, 1, 1, 1], [0, 0, 1, 1, 1]], dtype=bool)
    weights = lab["draw_weights"](features=3, units=4)
    theirs = keras.layers.SimpleRNN(4, return_sequences=True)
    mine = keras.layers.RNN(lab["MyRNNCell"](4), return_sequences=True)
    mine(x), theirs(x)
    theirs.set_weights(list(weights))
    for name, value in zip(("W_xh", "W_hh", "b_h"), weights, strict=True):
        getattr(mine.cell, name).assign(value)
    found: Numbers = {}
    for name, mask in (("plain", None), ("right", left[:, ::-1]), ("left", left)):
        keras_says = np.asarray(theirs(x, initial_state=h_0, mask=mask))
        by_hand = lab["rnn_forward"](x, h_0, *weights, mask)
        found[f"cell_{name}"] = float(np.abs(np.asarray(mine(x, initial_state=h_0, mask=mask)) - keras_says).max())
        real = np.ones((2, 5), bool) if mask is None else mask
        found[f"hand_{name}"] = float(np.abs(by_hand - keras_says)[real].max())
        if name == "left":
            found["reported_before"] = float(np.abs(keras_says[~left]).max())
            found["held_before"] = float(np.abs(by_hand - h_0[:, None])[~left].max())
    return found


def detective() -> Numbers:
    """Run the suspect's step of Experiment F on 3 and on 4 features, with 4 units."""
    crashed, rows = 0.0, 0.0
    for features in (3, 4):
        W_xh, W_hh, h = np.ones((4, features)), np.ones((4, 4)), np.zeros((4, 1))
        try:
            rows = float(np.tanh(W_xh * np.ones(features) + W_hh * h).size)
        except ValueError:
            crashed += features
    return {"crashed_with": crashed, "entries_of_the_state": rows}


def order(seeds: Sequence[int]) -> Numbers:
    """Compare word counts and states of the two sentences of Experiment G, over draws of the weights."""
    lab = bound()
    words, twin = lab["tokenize"](lab["GOOD"]), lab["tokenize"](lab["BAD"])
    vocabulary = lab["build_vocabulary"](words)
    ids, mask = lab["pad_batch"]([lab["encode"](lab["GOOD"], vocabulary), lab["encode"](lab["BAD"], vocabulary)])
    before, after = [], []
    for seed in seeds:
        E = np.random.default_rng(seed).normal(size=(len(vocabulary) + 2, 8))
        h = lab["rnn_forward"](lab["embed"](ids, E), np.zeros((2, 16)), *lab["draw_weights"](8, 16, seed=seed), mask)
        far = np.linalg.norm(h[0] - h[1], axis=-1)
        before.append(far[:3].max())
        after.append(far[-1])
    counts = max(abs(words.count(word) - twin.count(word)) for word in words)
    return {"counts": float(counts), "before": max(before), **spread("after", after)}


def next_word(seeds: Sequence[int]) -> Numbers:
    """Train Experiment H; the probability of the right language, and how alike the rows of the embedding are."""
    lab = bound()
    starts = [f"I grew up in {country} and I speak fluent" for country in COUNTRIES]
    right, cosines = [], defaultdict(list)
    for seed in seeds:
        model, first_E, vocabulary = lab["train_next_word"](seed)
        probabilities = lab["next_word_probabilities"](model, starts, vocabulary)
        right += [probabilities[row, vocabulary[word]] for row, word in enumerate(COUNTRIES.values())]
        learned = np.array(model.get_weights()[0])
        last = [vocabulary[word] for word in (*COUNTRIES.values(), "walk", "swim", "all")]
        cosines["moved_last_words"].append(np.abs(learned - first_E)[last[:5]].max())
        for when, E in (("before", first_E), ("after", learned)):
            unit = E / np.linalg.norm(E, axis=-1, keepdims=True)
            for name, words in (("countries", ("france", "italy", "spain")), ("opposites", ("good", "bad"))):
                cosines[f"{name}_{when}"].append(_mean_cosine(unit[[vocabulary[word] for word in words]]))
            cosines[f"shown_{when}"].append(_mean_cosine(unit[[vocabulary[word] for word in SHOWN]]))
    found = {name: float(np.mean(values)) for name, values in cosines.items()}
    rose = [after > before for before, after in zip(cosines["shown_before"], cosines["shown_after"], strict=True)]
    most = max(map(abs, cosines["shown_before"] + cosines["shown_after"]))
    return {**spread("right", right), **found, "shown_rose": float(sum(rose)), "shown_farthest_from_0": float(most)}


def _mean_cosine(unit: NDArray[np.floating[Any]]) -> float:
    pairs = np.triu_indices(len(unit), 1)
    return float((unit @ unit.T)[pairs].mean())


def same_window() -> Numbers:
    """Count the different windows of four words before the gap of the country sentences: one."""
    windows = {tuple(sentence.split()[-5:-1]) for sentence in bound()["SENTENCES"][4:]}
    return {"windows": float(len(windows)), "sentences": 3.0}


def straight_line() -> Numbers:
    """Measure constant velocity on the test flights of Experiment I's grid: few and many hidden frames, and bounces."""
    flown = flights.flights(4000, seed=1024)
    far = flights.distances(flights.constant_velocity(flown), flown)
    behind = flown.hidden >= 2
    outside = np.abs(flights.constant_velocity(flown)[:, 1]) > flights.HALF_HEIGHT
    return {
        "hidden_2": float(far[flown.hidden == 2].mean()),
        "hidden_12": float(far[flown.hidden == 12].mean()),
        "no_bounce": float(far[behind & ~flown.bounced].mean()),
        "bounce": float(far[behind & flown.bounced].mean()),
        "outside": float(outside[behind & flown.bounced].mean()),
    }


def ball() -> Numbers:
    """Read the mean errors of Experiment I on flights of 24 frames."""
    runs = [run for run in runs_of(GRIDS["ball"]) if run["frames"] == 24]
    found: Numbers = {}
    by_hidden: dict[str, list[float]] = {}
    for name, model in (("rnn", "RNN"), ("window_24", "window of 24"), ("window_8", "window of 8")):
        rows = [run for run in runs if run["model"] == model]
        found[f"{name}_parameters"] = float(rows[0]["parameters"])
        table = [[run["error"] for run in rows if run.get("hidden") == hidden] for hidden in range(13)]
        by_hidden[name] = [float(np.mean(row)) for row in table]
        found |= spread(name, np.mean(table[2:], axis=0))
        found |= {f"{name}_hidden_{hidden}": by_hidden[name][hidden] for hidden in (0, 8, 10, 12)}
    for frames in (36, 48):
        rows = [run for run in runs_of(GRIDS["ball"]) if run["model"] == "window of 24" and run["frames"] == frames]
        behind = [run["error"] for run in rows if run.get("hidden", 0) >= 2]
        found[f"window_24_on_{frames}"] = float(np.mean(behind))
    wins = [one < other for one, other in zip(by_hidden["window_24"], by_hidden["rnn"], strict=True)]
    blind = by_hidden["window_8"][8:]
    extremes = {"window_8_least_from_8": min(blind), "window_8_most_from_8": max(blind)}
    return {**found, "window_24_wins_at": float(sum(wins)), **extremes}


def lengths() -> Numbers:
    """Read the mean errors of the two RNNs on longer flights, over all, and over those not behind the wall before."""
    runs, found = runs_of(GRIDS["lengths"]), dict[str, float]()
    for name, trained in (("alone", "24 alone"), ("three", "24, 36, 48")):
        for frames in (18, 24, 30, 36, 42, 48, 60):
            rows = [run for run in runs if run["trained on"] == trained and run["frames"] == frames]
            found |= spread(f"{name}_{frames}", [run["error"] for run in rows])
            found[f"{name}_{frames}_never_before"] = float(np.mean([run["never before"] for run in rows]))
            found[f"{name}_{frames}_below_0.1"] = float(sum(run["error"] < 0.1 for run in rows))
    longest = [found[f"alone_{frames}_least"] for frames in (30, 36, 42, 48, 60)]
    trained_on = [found[f"three_{frames}_most"] for frames in (24, 36, 48)]
    least = min(found[f"three_{frames}_least"] for frames in (24, 36, 48))
    return {
        **found,
        "three_trained_least": least,
        "three_trained_most": max(trained_on),
        "alone_longer_least": min(longest),
    }


def losses() -> Numbers:
    """Compute the losses of Experiment J."""
    lab = bound()
    targets, mask = np.array([[3, 5, 2, 0]]), np.array([[True, True, True, False]])
    sure = 1000.0 * lab["one_hot"](targets, 11)
    loss = partial(lab["sequence_loss"], targets=targets, mask=mask)
    found = {
        "nothing": loss(np.zeros((1, 4, 11))),
        "right": abs(loss(sure)),
        "wrong": loss(-sure),
        "log_11": np.log(11),
    }
    return {name: float(value) for name, value in found.items()}


def gradient_check(seeds: Sequence[int]) -> Numbers:
    """Compare the lab's gradients with central differences, as Experiment K does, over draws.

    Also with other steps: a larger one makes the error of the formula larger, a smaller one that of rounding. And W_hh
    over one step of time from h_0 = 0, of which the gradient is zero.
    """
    lab, single = bound(), []
    errors: dict[float, list[float]] = {1e-5: [], 1e-4: [], 1e-6: []}
    for seed in seeds:
        rng = np.random.default_rng(seed)
        x, targets = rng.normal(size=(2, 5, 3)), rng.integers(0, 6, (2, 5))
        mask = np.array([[True] * 5, [True] * 3 + [False] * 2])
        w = lab["draw_network"](features=3, units=4, vocabulary=6, batch=2, seed=seed)
        by_hand = lab["backward"](w, x, targets, mask)
        loss = partial(_loss, w, x, targets, mask)
        for step, found in errors.items():
            estimates = {name: lab["central_difference"](loss, w[name], step) for name in w}
            found += [lab["relative_error"](by_hand[name], estimates[name]) for name in w]
        one = x[:, :1], targets[:, :1], mask[:, :1]
        d_W_hh, estimate = (
            lab["backward"](w, *one)["W_hh"],
            lab["central_difference"](partial(_loss, w, *one), w["W_hh"]),
        )
        single.append(max(np.abs(d_W_hh).max(), np.abs(estimate).max()))
    usual = errors.pop(1e-5)
    larger = {f"larger_with_{step:g}": float(np.mean(np.greater(found, usual))) for step, found in errors.items()}
    return {**spread("error", usual), **larger, "one_step_W_hh": float(max(single))}


def _loss(w: Any, x: Any, targets: Any, mask: Any) -> float:
    lab = bound()
    return float(lab["sequence_loss"](lab["forward"](w, x)[1], targets, mask))


def country_sentences(seeds: Sequence[int]) -> Numbers:
    """Train Experiment M in its three ways, and let each network write 1,000 sentences."""
    lab = bound()
    *_, vocabulary = lab["country_batch"]()
    found: Numbers = {"floor": float(np.log(3) / 9), "no_memory_floor": float((2 * np.log(3) + 2 * np.log(2)) / 9)}
    for name, memory in (("full", "full BPTT"), ("cut", "carry cut"), ("none", "no memory")):
        last, real = [], []
        for seed in seeds:
            w, curve = lab["train_by_hand"](memory, seed)
            last.append(curve[-1])
            written = lab["write"](w, vocabulary["i"], count=1000, length=10, seed=seed)
            real.append(lab["real_sentences"](written, vocabulary))
        found |= spread(f"{name}_loss", last) | spread(f"{name}_real", real)
    return found
