"""The claims of Part 5 of lab 1: how much gradient arrives, what clipping does, and how far a memory reaches."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.claims.cells import names
from benchmarks.claims.lab1_rnn_grids import GRIDS
from benchmarks.claims.summary import Numbers, runs_of, spread
from labkit.recurrence import recall

if TYPE_CHECKING:
    from collections.abc import Sequence


def bound() -> Any:
    """Return what the cells of the lab define."""
    return names("lab1_rnn")


def gains_small() -> Numbers:
    """Compare the norms of Experiment N with gain^k: the largest relative difference."""
    norms = bound()["measure_norms"]([0.5, 0.9, 1.0, 1.1, 1.5], 1e-8)
    off = [
        np.abs(values[::-1] / (values[-1] * gain ** np.arange(len(values))) - 1).max() for gain, values in norms.items()
    ]
    return {"off": float(max(off))}


def gains_large(seeds: Sequence[int]) -> Numbers:
    """Measure by which factor the gradient of Experiment O changes over 30 steps, over draws of weights and inputs."""
    gains = (0.5, 1.0, 1.1, 1.5, 2.0, 3.0)
    table = [bound()["measure_norms"](list(gains), 1.0, seed=seed) for seed in seeds]
    found: Numbers = {}
    for gain in gains:
        found |= spread(f"gain_{gain:g}", [norms[gain][0] / norms[gain][-1] for norms in table])
    return found


def eigenvalues() -> Numbers:
    """Measure the matrix of the box: its singular value, its eigenvalue, and what many steps make of a gradient."""
    W = np.array([[0.9, 3.0], [0.0, 0.9]])
    found = {f"after_{k}": float(np.linalg.norm(np.linalg.matrix_power(W, k), 2)) for k in (1, 10, 100)}
    return {**found, "eigenvalue": float(np.abs(np.linalg.eigvals(W)).max())}


def clipping(seeds: Sequence[int]) -> Numbers:
    """Train Experiment P with and without clipping; losses at the end, as the mean of the last 20 steps.

    Also the longest gradient, and its step (from 1 on), and the share of units that are on (at the start, after three
    steps, at the end), on 256 sequences, with the runs that learned and the others apart.
    """
    lab = bound()
    clip = {"clipped": partial(lab["clip_by_global_norm"], max_norm=1.0), "plain": None}
    found: Numbers = {"chance": float(np.log(recall.COUNTRIES))}
    asked = recall.sequences(256, 20, 10_000)[0]
    for name, function in clip.items():
        ends, table = [], []
        for seed in seeds:
            on: list[float] = []
            losses, norms = recall.descend(
                lab["relu_identity"], 20, 0.02, 600, seed, clip=function, watch=partial(_on_at_times, on, asked)
            )
            ends.append(np.mean(losses[-20:]))
            table.append([np.max(norms), np.argmax(norms) + 1, *on])
        found |= spread(f"{name}_end", ends)
        learned = np.array(ends) < 1.0
        found[f"{name}_learned"] = float(learned.sum())
        for group, rows in (("learned", np.array(table)[learned]), ("not", np.array(table)[~learned])):
            for measure, values in zip(("norm", "norm_at", "on_first", "on_3", "on_last"), rows.T, strict=True):
                found |= spread(f"{name}_{group}_{measure}", values) if len(values) else {}
    return found


def _on_at_times(kept: list[float], ids: Any, step: int, network: Any) -> None:
    """Keep the share of units that are on, over all steps of time: before the first step, after three and after 600."""
    if step not in (0, 3, 600):
        return
    E, W_xh, W_hh, b_h, *_ = network.get_weights()
    h, shares = np.zeros((len(ids), recall.UNITS)), []
    for t in range(ids.shape[1]):
        h = np.maximum(0, E[ids[:, t]] @ W_xh + h @ W_hh + b_h)
        shares.append((h > 0).mean())
    kept.append(float(np.mean(shares)))


def keras_steps() -> Numbers:
    """Take the steps of the box after Experiment P: both kinds of clipping, and Adam with a tiny gradient."""
    import keras  # noqa: PLC0415

    found: Numbers = {}
    for option in ("clipnorm", "global_clipnorm"):
        moved = [keras.Variable([0.0]), keras.Variable([0.0])]
        gradients = [keras.ops.array([-3.0]), keras.ops.array([-4.0])]
        keras.optimizers.SGD(1.0, **{option: 1.0}).apply(gradients, moved)
        found |= {f"{option}_{size}": float(variable[0]) for size, variable in zip((3, 4), moved, strict=True)}
    for name, gradient in (("small", 1e-3), ("tiny", 1e-9)):
        weight = keras.Variable([0.0])
        keras.optimizers.Adam(1.0).apply([keras.ops.array([-gradient])], [weight])
        found[f"adam_{name}"] = float(weight[0])
    return found


def arriving(seeds: Sequence[int]) -> Numbers:
    """Measure the gradient at the first state as a share of the last one's, before training."""
    found: Numbers = {}
    for gap in (15, 20, 40):
        found |= spread(f"k_{gap}", [bound()["measure_arriving"](gap, seed) for seed in seeds])
    return found


def forgetting() -> Numbers:
    """Read how many of five seeds learned each k: more than 9 of 10 right; and the best of those that did not."""
    runs, found = runs_of(GRIDS["forgetting"]), dict[str, float]()
    for cell, short in (("tanh", "tanh"), ("relu_identity", "relu")):
        for gap in (5, 10, 15, 20, 30, 45, 60, 100):
            right = [run["accuracy"] for run in runs if run["cell"] == cell and run["gap"] == gap]
            found[f"{short}_{gap}"] = float(sum(value > 0.9 for value in right))
            found[f"{short}_{gap}_best"] = max(right)
            found[f"{short}_{gap}_worst"] = min(right)
    found["tanh_from_20_best"] = max(found[f"tanh_{gap}_best"] for gap in (20, 30, 45, 60, 100))
    return found


def edge() -> Numbers:
    """Read how many of five seeds learned each k with three times the steps, and with three times the rate."""
    runs, found = runs_of(GRIDS["edge"]), dict[str, float]()
    for name, budget in (("steps", (4500, 0.001)), ("rate", (1500, 0.003))):
        for gap in (15, 20, 30):
            rows = [run for run in runs if (run["steps"], run["rate"]) == budget and run["gap"] == gap]
            found[f"{name}_{gap}"] = float(sum(run["accuracy"] > 0.9 for run in rows))
    return found


def clues() -> Numbers:
    """Read whom the tanh cell believes where two clues disagree, by the steps between them."""
    found: Numbers = {}
    for gap in (3, 5, 10, 15, 20):
        for word in ("first", "last"):
            found |= spread(f"{word}_{gap}", [run[word] for run in runs_of(GRIDS["clues"]) if run["gap"] == gap])
    return found
