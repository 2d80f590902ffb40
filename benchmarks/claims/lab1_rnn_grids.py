"""The trainings of lab 1 that claims are read from; `make grids` runs them, `data/build_lab1.py` those that ship."""

from __future__ import annotations

from typing import Any

from benchmarks.claims.cells import names
from benchmarks.claims.grids import Grid
from labkit.recurrence import flights, recall

LAB = "lab1_rnn"
HERE = "benchmarks/claims/lab1_rnn_grids.py"
RECALL = "labs/labkit/recurrence/recall.py"
TASK = tuple(f"{RECALL}::{name}" for name in ("sequences", "model", "trained", "accuracy"))
FLIGHTS = ("labs/labkit/recurrence/flights.py", "#ex-ball_model", "#window_model")
Rows = list[dict[str, Any]]


def layers() -> dict[str, Any]:
    """Return the two cells of Part 5: Keras's own, and the one that the lab gives."""
    import keras  # noqa: PLC0415  (it takes seconds)

    return {"tanh": keras.layers.SimpleRNN, "relu_identity": names(LAB)["relu_identity"]}


def forgetting(seed: int) -> Rows:
    """Measure recall of a word `gap` steps back, by two cells."""
    return [
        {"cell": cell, "gap": gap, "seed": seed, "accuracy": recall.accuracy(layer, gap, seed)}
        for cell, layer in layers().items()
        for gap in (5, 10, 15, 20, 30, 45, 60, 100)
    ]


def edge(seed: int) -> Rows:
    """Measure recall by the tanh cell with three times the steps of the grid above, and with three times the rate."""
    rows = []
    for steps, rate in ((4500, 0.001), (1500, 0.003)):
        for gap in (15, 20, 30):
            right = recall.accuracy(layers()["tanh"], gap, seed, steps=steps, rate=rate)
            rows.append({"steps": steps, "rate": rate, "gap": gap, "seed": seed, "accuracy": right})
    return rows


def clues(seed: int) -> Rows:
    """Give two clues, the first word always right, the last one in 3 of 4, and see which the tanh cell follows.

    Where they disagree (in the test they always do) it names the first, the last, or another country.
    """
    rows = []
    for gap in (3, 5, 10, 15, 20):
        ids, first, _ = recall.two_clues(recall.STEPS * recall.BATCH, gap, seed, right=5 / 7)  # 5/7 + 2/7/8 is 3/4
        network = recall.trained(layers()["tanh"], (ids, first), seed, rate=recall.LEARNING_RATE)
        tested, first, last = recall.two_clues(2 * recall.TESTED, gap, 10_000, right=0.0)
        apart = first != last
        named = recall.named(network, tested[apart])
        follows = {"first": named == first[apart], "last": named == last[apart]}
        rows.append({"gap": gap, "seed": seed, **{name: float(share.mean()) for name, share in follows.items()}})
    return rows


def ball(seed: int) -> Rows:
    """Measure the mean error of RNN and windows on flights of 24, 36 and 48 frames, all trained on 24."""
    import keras  # noqa: PLC0415

    bound = names(LAB)
    flown = flights.flights(6000, seed=seed + 100)
    tests = {frames: flights.flights(4000, seed=1000 + frames, frames=frames) for frames in (24, 36, 48)}
    rows = []
    made = {"RNN": ("ball_model", 48), "window of 24": ("window_model", 24), "window of 8": ("window_model", 8)}
    for name, (make, size) in made.items():
        keras.utils.set_random_seed(seed)
        model = bound[make](size)
        bound["train_on_flights"](model, flown, label="")
        for frames, tested in tests.items():
            seen = tested.frames if name == "RNN" else tested.frames[:, -24:]
            far = flights.distances(model.predict(seen, verbose=0), tested)
            row = {"model": name, "frames": frames, "seed": seed, "parameters": model.count_params()}
            rows += [
                {**row, "hidden": hidden, "error": float(far[tested.hidden == hidden].mean())}
                for hidden in range(flights.LONGEST_HIDDEN + 1)
            ]
            behind = tested.hidden >= 2
            for bounced in (False, True):
                chosen = behind & (tested.bounced == bounced)
                rows.append({**row, "bounced": bounced, "error": float(far[chosen].mean())})
    return rows


def lengths(seed: int) -> Rows:
    """Measure RNNs on longer flights: one trained on 24 frames alone, one on 24, 36 and 48.

    "never before": of the flights that were not behind the wall before, in the first frames, too
    """
    import keras  # noqa: PLC0415

    bound = names(LAB)
    rows = []
    for name in ("24 alone", "24, 36, 48"):
        keras.utils.set_random_seed(seed)
        model = bound["ball_model"](48)
        if name == "24 alone":
            bound["train_on_flights"](model, flights.flights(6000, seed=seed + 100), label="")
        else:
            sets = [flights.flights(2000, seed=seed + 10 * frames, frames=frames) for frames in (24, 36, 48)]
            bound["train_on_lengths"](model, sets, label="")
        for frames in (18, 24, 30, 36, 42, 48, 60):
            tested = flights.flights(4000, seed=1000 + frames, frames=frames)
            far = flights.distances(model.predict(tested.frames, verbose=0), tested)
            behind = tested.hidden >= 2
            before = (tested.frames[:, : max(0, frames - 24)] == 0).all(axis=-1).any(axis=-1)
            row = {"trained on": name, "frames": frames, "seed": seed}
            rows.append(
                {**row, "error": float(far[behind].mean()), "never before": float(far[behind & ~before].mean())}
            )
    return rows


GRIDS = {
    "forgetting": Grid(
        "data/lab1/forgetting.json",
        (*TASK, "#relu_identity", f"{HERE}::forgetting"),
        forgetting,
        "One of 8 countries, then `gap` of 8 fillers; name the country. 1,500 steps of Adam with rate 0.001, batches "
        "of 32, global gradient norm clipped to 1, 32 units; tested on 1,000 other sequences.",
    ),
    "edge": Grid(
        "data/lab1/edge.json",
        (*TASK, f"{HERE}::edge"),
        edge,
        "The task of forgetting.json, the tanh cell, with other budgets: `steps` of Adam with `rate`.",
    ),
    "clues": Grid(
        "data/lab1/clues.json",
        (*TASK[:3], f"{RECALL}::two_clues", f"{HERE}::clues"),
        clues,
        "The task of forgetting.json, the tanh cell, with a second clue: the last word is a country, too, the right "
        "one in 3 of 4 sequences. Tested where the two disagree: how often it names that of the first word, and of "
        "the last.",
    ),
    "ball": Grid(
        "benchmarks/claims/results/lab1_ball.json",
        (*FLIGHTS, f"{HERE}::ball"),
        ball,
        "Experiment I: three models, each trained on 6,000 flights of 24 frames, tested on 4,000 others of 24, 36 and "
        "48; the windows see the last 24. Mean error by hidden frames, and for 2 to 12 hidden frames by bounce.",
    ),
    "lengths": Grid(
        "benchmarks/claims/results/lab1_lengths.json",
        (
            "labs/labkit/recurrence/flights.py",
            "#ex-ball_model",
            "#window_model",
            "#train_on_lengths",
            f"{HERE}::lengths",
        ),
        lengths,
        "Experiment I: two RNNs, trained on 6,000 flights of 24 frames, or on 2,000 each of 24, 36 and 48, tested on "
        "4,000 others of each length. Mean error with 2 to 12 hidden frames, over all flights and over those that were "
        "never behind the wall before.",
    ),
}
