"""The trainings behind the lectures' table: two tasks, four networks, on lengths that they were not trained on."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.sequences import lengths

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Rows = list[dict[str, Any]]
TUNED = 100  # the seed whose trainings choose the rate


@cache
def rate(task: str, kind: str) -> tuple[float, dict[str, float]]:
    """Train with each of three rates, by a seed of its own; return the best at lengths up to 24, and how right each is.

    Of rates that are equally good the one in the middle is taken, then the lower.
    """
    right = {}
    for one in lengths.RATES:
        model = lengths.train(task, kind, one, TUNED).model
        seen = [lengths.accuracy(model, task, length, seed=20_000) for length in (8, 16, 24)]
        right[one] = round(float(np.mean(seen)), 3)
    order = sorted(lengths.RATES, key=lambda one: (-right[one], abs(np.log(one / lengths.RATES[1])), one))
    return order[0], {str(one): share for one, share in right.items()}


def of_rates(seed: int) -> Rows:
    """Choose the rate of each task and network."""
    del seed
    rows = []
    for task in lengths.CLASSES:
        for kind in lengths.KINDS:
            best, right = rate(task, kind)
            rows.append({"task": task, "model": kind, "seed": TUNED, "rate": best, "right": right})
    return rows


def of_table(seed: int, rates: Iterable[Mapping[str, Any]]) -> Rows:
    """Train each network for each task, and test it on lengths up to 96."""
    chosen = {(row["task"], row["model"]): row["rate"] for row in rates}
    rows = []
    for (task, kind), one in chosen.items():
        trained = lengths.train(task, kind, one, seed)
        rows.append(
            {
                "task": task,
                "model": kind,
                "seed": seed,
                "rate": one,
                "parameters": trained.model.count_params(),
                "seconds": round(trained.seconds, 2),
                "loss": round(float(np.mean(trained.losses[-50:])), 4),
                "accuracy": {
                    str(length): lengths.accuracy(trained.model, task, length, count=1000) for length in lengths.ASKED
                },
            }
        )
    return rows


def of_cost(seed: int) -> Rows:
    """Measure the CPU seconds of a training step at lengths 24 and 96, by turns, and count what a network keeps."""
    del seed
    taken: dict[tuple[str, int], list[float]] = {}
    for _ in range(3):
        for kind in lengths.KINDS:
            for length in (24, 96):
                taken.setdefault((kind, length), []).append(lengths.step_seconds(kind, length))
    return [
        {"model": kind, "length": length, "milliseconds": round(1e3 * float(np.median(each)), 2),
         "each": [round(1e3 * one, 2) for one in each], "kept": lengths.kept(kind, length),
         "steps to read": length if kind != "Transformer" else 2, "steps to write": length}
        for (kind, length), each in taken.items()
    ]  # fmt: skip


def cells(runs: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the table: task and model -> mean accuracy at 24, how many of the seeds have learned the task, and at 96.

    96: the mean of those seeds alone, since from a network that failed in training nothing follows about length
    """
    found: dict[str, dict[str, Any]] = {}
    listed = list(runs)
    for task, kind in dict.fromkeys((row["task"], row["model"]) for row in listed):
        each = [row["accuracy"] for row in listed if (row["task"], row["model"]) == (task, kind)]
        far = [one["96"] for one in each if one["24"] > lengths.SURE]
        found[f"{task}: {kind}"] = {
            "24": round(float(np.mean([one["24"] for one in each])), 4),
            "learned": len(far),
            "seeds": len(each),
            "96": round(float(np.mean(far)), 4) if far else "not learned",
        }
    return found
