"""The weights of a model in a file: plain arrays with names, which any version of Keras can read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path


def named(model: Any) -> dict[str, Any]:
    """Name each weight: "lstm/kernel"."""
    return {f"{layer.name}/{one.name}": one for layer in model.layers for one in layer.weights}


def save(path: Path, model: Any, about: dict[str, Any]) -> None:
    """Write the weights in half precision, and what is to be said about them (anything that JSON holds)."""
    arrays = {name: np.asarray(one).astype(np.float16) for name, one in named(model).items()}
    np.savez_compressed(path, about=np.array(json.dumps(about)), **arrays)  # type: ignore[arg-type,unused-ignore]


def read(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read what `save` wrote: what is said about the weights, and the arrays."""
    with np.load(path, allow_pickle=False) as found:
        about: dict[str, Any] = json.loads(str(found["about"]))
        return about, {name: found[name].astype(np.float32) for name in found.files if name != "about"}


def assign(model: Any, arrays: dict[str, Any]) -> None:
    """Give a model the arrays of a file, by name."""
    weights = named(model)
    if set(weights) != set(arrays):
        raise ValueError(f"The weights do not belong to this model: {sorted(set(weights) ^ set(arrays))[:4]}.")
    for name, weight in weights.items():
        weight.assign(arrays[name])
