"""How far a memory reaches before any training: the gradient that arrives k steps back, and its direct path alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.base import style
from labkit.base.style import LIGHT, LINES, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    Norms = NDArray[np.float64]

FAINTEST = 1e-31  # what is drawn of a gradient
KEEPS = {"LSTMCell": (4, 1), "GRUCell": (3, 0)}  # the gate that keeps: of so many blocks, which


def gradients_back(make_cell: Callable[[int], Any], steps: int = 100, units: int = 32, seed: int = 0) -> Norms:
    """Measure how much gradient arrives at each earlier memory, from a loss on the last step.

    make_cell: a function of the number of units that returns a Keras cell; the memory is its last state (c of an LSTM)
    returns (steps,): norms of the total derivative dL/dc_t, divided by the last one, all in float64
    """
    return paths_back(make_cell, steps, units, seed)[0]


def paths_back(
    make_cell: Callable[[int], Any], steps: int = 100, units: int = 32, seed: int = 0
) -> tuple[Norms, Norms | None]:
    """Measure, as `gradients_back`, the gradient that arrives over all paths, and over the direct one alone.

    The direct path of an LSTM is the product of its forget gates, of a GRU that of z; a plain cell has none.
    returns total (steps,), direct (steps,) or None
    """
    import keras
    import tensorflow as tf

    before = keras.config.dtype_policy().name
    keras.config.set_dtype_policy("float64")
    try:
        keras.utils.set_random_seed(seed)
        cell = make_cell(units)
        if not cell.built:
            cell.build((16, 8))
    finally:
        keras.config.set_dtype_policy(before)
    rng = np.random.default_rng(seed)
    x = tf.constant(rng.normal(size=(steps, 16, 8)), tf.float64)  # (time, batch, features)
    sizes = cell.state_size if isinstance(cell.state_size, list | tuple) else [cell.state_size]
    states: Any = [tf.zeros((16, int(size)), tf.float64) for size in sizes]
    memory, kept = [], []
    with tf.GradientTape() as tape:
        tape.watch(states)
        for t in range(steps):
            kept += list(_keeping(cell, x[t], states[0]))
            _, states = cell(x[t], states)
            memory.append(states[-1])
        loss = tf.reduce_sum(states[-1] * tf.constant(rng.normal(size=(16, units)), tf.float64))
    gradients = [np.asarray(gradient) for gradient in tape.gradient(loss, memory)]
    total = np.array([np.linalg.norm(gradient) for gradient in gradients])
    if not kept:
        return total / total[-1], None
    direct, arrives = [total[-1]], gradients[-1]
    for gate in kept[:0:-1]:
        arrives = arrives * gate  # number by number, nothing else lies on this path
        direct.append(np.linalg.norm(arrives))
    return total / total[-1], np.array(direct[::-1]) / total[-1]


def _keeping(cell: Any, x: Any, h: Any) -> Iterator[NDArray[np.float64]]:
    """Give the gate that multiplies the memory at this step, (batch, units); nothing for a cell that has none."""
    if type(cell).__name__ in KEEPS:
        blocks, block = KEEPS[type(cell).__name__]
        a = np.asarray(x) @ np.asarray(cell.kernel) + np.asarray(h) @ np.asarray(cell.recurrent_kernel)
        yield 1 / (1 + np.exp(-np.split(a + np.asarray(cell.bias), blocks, axis=-1)[block]))


def reach(measured: Mapping[str, Any]) -> None:
    """Draw how much gradient arrives at each step back, by kind of cell.

    measured: name -> (time,), last entry 1; or a pair of such: over all paths, and over the direct one (or None)
    """
    _, axes = style.subplots(size=(9, 4.8))
    pairs = {name: one if isinstance(one, tuple) else (one, None) for name, one in measured.items()}
    looks = dict(zip(pairs, LINES, strict=False))
    height = -np.inf
    for name, (norms, direct) in sorted(pairs.items(), key=lambda item: float(np.asarray(item[1][0])[0])):
        back = np.asarray(norms)[::-1]
        axes.plot(range(len(back)), np.clip(back, FAINTEST, None), color=looks[name][0], ls=looks[name][1], lw=1.8)
        if direct is not None:
            alone = np.asarray(direct)[::-1]
            axes.plot(range(len(alone)), np.clip(alone, FAINTEST, None), color=looks[name][0], lw=0.8, alpha=0.7)
        height = max(float(np.log10(max(back[-1], FAINTEST))), height + 1.5)  # labels keep apart
        axes.text(len(back) * 1.01, 10**height, name, color=looks[name][0], va="center", fontsize=10)
    for name, (norms, direct) in pairs.items():
        back = np.asarray(norms)[::-1]
        half = f"half of the gradient is left {int(np.argmax(back < 0.5))} steps back" if (back < 0.5).any() else ""
        alone_said = f" (over the direct path alone {direct[0]:.1e})" if direct is not None else ""
        say(
            f"{name}: {half or 'no step has less than half of it'}; "
            f"{len(back) - 1} steps back {back[-1]:.1e} of it{alone_said}."
        )
    axes.set_yscale("log")
    axes.set_ylim(FAINTEST, 1e4)
    axes.set_xticks(range(0, len(back), 20))
    axes.set_xlim(0, len(back) * 1.32)
    axes.axhline(1, color=LIGHT, zorder=0)
    axes.set_xlabel("k, steps back from the loss")
    axes.set_ylabel("gradient at the memory, last step = 1")
    if any(direct is not None for _, direct in pairs.values()):
        axes.set_title("thick: over all paths    thin, of the same colour: over the direct path alone")
