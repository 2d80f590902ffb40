"""What the gates of lab 2 do: a drawing of the cell, knobs that hold a gate, and how far a memory reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.base import style
from labkit.base.style import BLACK, BLUE, GREEN, GREY, LIGHT, LINES, ORANGE, PURPLE, RED, say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

FAINTEST = 1e-20  # what is drawn of a gradient
TIMES = r"$\times$"
OPEN = 20.0  # sigmoid(20) is 1 to eight digits


def held(i: float, f: float, o: float = 1.0) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Make the weights of an LSTM with one unit whose gates are held by hand, whatever comes in.

    i: the input gate at a step where something is to be written (elsewhere it is shut); f, o: at every step
    The input has two features: the value to write, and 1 where it is to be written. Returns W (2, 4), U (1, 4), b (4,).
    """
    W, U = np.zeros((2, 4)), np.zeros((1, 4))
    b = np.array([-OPEN, _logit(f), 0.0, _logit(o)])
    W[1, 0] = OPEN + _logit(i)
    W[0, 2] = 1.0
    return W, U, b


def _logit(share: float) -> float:
    return OPEN if share >= 1 else -OPEN if share <= 0 else float(np.log(share / (1 - share)))


def written(values: Mapping[int, float], steps: int) -> NDArray[np.float64]:
    """Make the input of a held LSTM: (1, steps, 2), a value at some steps, and zeros elsewhere."""
    x = np.zeros((1, steps, 2))
    for step, value in values.items():
        x[0, step] = value, 1.0
    return x


def knobs(runs: Mapping[str, Any], values: Mapping[int, float]) -> None:
    """Draw what the cell holds over time, by the setting of its gates; runs: name -> c (time,)."""
    _, axes = style.subplots(size=(9, 3.8))
    last: list[float] = []
    for (name, values_held), (colour, dashes, mark) in zip(runs.items(), LINES, strict=False):
        c = np.asarray(values_held)
        axes.plot(range(1, len(c) + 1), c, color=colour, ls=dashes, marker=mark, ms=4)
        height = c[-1] + next(
            shift for shift in (0, 0.13, -0.13, 0.26) if all(abs(c[-1] + shift - y) > 0.1 for y in last)
        )
        last.append(height)
        axes.text(len(c) + 0.4, height, name, color=colour, va="center")
        say(f"{name}: the cell holds {c[min(values)]:.2f} after the first note and {c[-1]:.2f} at the end.")
    for step, value in values.items():
        axes.axvline(step + 1, color=LIGHT, lw=6, zorder=0)
        axes.annotate(f"write {value:g}", (step + 1, axes.get_ylim()[1]), ha="center", va="bottom", color=GREY)
    axes.set_xlim(0.5, len(c) * 1.35)
    axes.set_xlabel("step")
    axes.set_ylabel("cell state $c_t$")


def cell() -> None:
    """Draw the cell: what flows along the top line is the memory, and each gate is a number between 0 and 1 on it."""
    from matplotlib.patches import Circle, FancyBboxPatch

    axes = style.canvas((9.5, 4.2), 19, 8.4)

    def arrow(start: tuple[float, float], end: tuple[float, float], colour: str = BLACK) -> None:
        axes.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": colour, "lw": 1.4})

    def box(x: float, y: float, text: str, colour: str) -> None:
        axes.add_patch(FancyBboxPatch((x - 0.7, y - 0.45), 1.4, 0.9, boxstyle="round,pad=0.05", fc="white", ec=colour))
        axes.text(x, y, text, ha="center", va="center", color=colour)

    def dot(x: float, y: float, text: str) -> None:
        axes.add_patch(Circle((x, y), 0.38, fc="white", ec=BLACK, zorder=3))
        axes.text(x, y, text, ha="center", va="center", zorder=4)

    arrow((0.8, 7), (18.2, 7), BLUE)
    axes.text(0.6, 7, "$c_{t-1}$", ha="right", va="center", color=BLUE)
    axes.text(18.4, 7, "$c_t$", va="center", color=BLUE)
    for x, name, gate, colour in ((4, "f", "keep", RED), (7.5, "i", "write", GREEN), (14.5, "o", "show", PURPLE)):
        box(x, 3, f"$\\sigma$  {name}", colour)
        axes.text(x + 0.2, 1.9, gate, color=colour, fontsize=10)
    box(10, 3, "tanh $\\tilde{c}$", ORANGE)
    axes.text(10.2, 1.9, "candidate", color=ORANGE, fontsize=10)
    dot(4, 7, TIMES)
    dot(8.7, 5, TIMES)
    dot(8.7, 7, "+")
    box(14.5, 5.6, "tanh", BLACK)
    dot(16.4, 4.2, TIMES)
    for start, end in (
        ((4, 3.5), (4, 6.6)), ((7.5, 3.5), (8.45, 4.7)), ((10, 3.5), (8.95, 4.7)), ((8.7, 5.4), (8.7, 6.6)),
        ((14.5, 7), (14.5, 6.1)), ((15.2, 5.5), (16.2, 4.55)), ((15.2, 3.2), (16.1, 3.95)), ((16.8, 4.2), (18.2, 4.2)),
    ):  # fmt: skip
        arrow(start, end)
    axes.text(18.4, 4.2, "$h_t$", va="center")
    axes.plot([1.2, 14.5], [1.1, 1.1], color=GREY, lw=1.4)
    axes.text(1.0, 1.1, "$h_{t-1}, x_t$", ha="right", va="center", color=GREY)
    for x in (4, 7.5, 10, 14.5):
        arrow((x, 1.1), (x, 2.5), GREY)
    say("The top line is the memory. Three gates act on it: f keeps, i writes the candidate, o shows a part of it.")


def gradients_back(make_cell: Callable[[int], Any], steps: int = 100, units: int = 32, seed: int = 0) -> NDArray[Any]:
    """Measure how much gradient arrives at each earlier memory, from a loss on the last step.

    make_cell: a function of the number of units that returns a Keras cell; the memory is its last state (c of an LSTM)
    returns (steps,): norms of the total derivative dL/dc_t, divided by the last one
    """
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(seed)
    cell_ = make_cell(units)
    rng = np.random.default_rng(seed)
    x = tf.constant(rng.normal(size=(steps, 16, 8)), tf.float32)  # (time, batch, features)
    sizes = cell_.state_size if isinstance(cell_.state_size, list | tuple) else [cell_.state_size]
    states: Sequence[Any] = [tf.zeros((16, int(size))) for size in sizes]
    if not cell_.built:
        cell_.build((16, 8))
    memory = []
    with tf.GradientTape() as tape:
        tape.watch(states)
        for t in range(steps):
            _, states = cell_(x[t], states)
            memory.append(states[-1])
        loss = tf.reduce_sum(states[-1] * tf.constant(rng.normal(size=(16, units)), tf.float32))
    norms = np.array([float(tf.norm(gradient)) for gradient in tape.gradient(loss, memory)])
    return np.asarray(norms / norms[-1])


def lstm_cell(forget_bias: float) -> Callable[[int], Any]:
    """Make LSTM cells as Keras starts them, but for the bias of the forget gate."""

    def make(units: int) -> Any:
        import keras

        start = _bias(4, 1, forget_bias)
        return keras.layers.LSTMCell(units, unit_forget_bias=False, bias_initializer=start)

    return make


def lstm(forget_bias: float) -> Callable[[int], Any]:
    """Make LSTM layers as Keras starts them, but for the bias of the forget gate."""

    def make(units: int) -> Any:
        import keras

        start = _bias(4, 1, forget_bias)
        return keras.layers.LSTM(units, unit_forget_bias=False, bias_initializer=start)

    return make


def gru_cell(keep_bias: float) -> Callable[[int], Any]:
    """Make GRU cells as Keras starts them, but for the bias of z: how much they keep."""

    def make(units: int) -> Any:
        import keras

        return keras.layers.GRUCell(units, reset_after=False, bias_initializer=_bias(3, 0, keep_bias))

    return make


def gru(keep_bias: float) -> Callable[[int], Any]:
    """Make GRU layers as Keras starts them, but for the bias of z: how much they keep."""

    def make(units: int) -> Any:
        import keras

        return keras.layers.GRU(units, reset_after=False, bias_initializer=_bias(3, 0, keep_bias))

    return make


def _bias(blocks: int, block: int, value: float) -> Callable[..., Any]:
    """Make an initializer: zeros, but for one block of columns."""

    def start(shape: tuple[int, ...], dtype: Any = None) -> Any:
        import keras

        bias = np.zeros(shape, "float32")
        units = shape[0] // blocks
        bias[block * units : (block + 1) * units] = value
        return keras.ops.convert_to_tensor(bias, dtype)

    return start


def tanh_cell(units: int) -> Any:
    """Make the plain cell of lab 1."""
    import keras

    return keras.layers.SimpleRNNCell(units)


def reach(measured: Mapping[str, Any]) -> None:
    """Draw how much gradient arrives at each step back, by kind of cell; measured: name -> (time,), last entry 1."""
    _, axes = style.subplots(size=(9, 4.4))
    looks = dict(zip(measured, LINES, strict=False))
    height = -np.inf
    for name, norms in sorted(measured.items(), key=lambda item: float(np.asarray(item[1])[0])):
        back = np.asarray(norms)[::-1]
        axes.plot(range(len(back)), np.clip(back, FAINTEST, None), color=looks[name][0], ls=looks[name][1], lw=1.6)
        height = max(float(np.log10(max(back[-1], FAINTEST))), height + 1.3)  # labels keep apart
        axes.text(len(back) * 1.01, 10**height, name, color=looks[name][0], va="center", fontsize=10)
    for name, norms in measured.items():
        back = np.asarray(norms)[::-1]
        half = f"half of the gradient is left {int(np.argmax(back < 0.5))} steps back" if (back < 0.5).any() else ""
        say(f"{name}: {half or 'no step has less than half of it'}; {len(back) - 1} steps back {back[-1]:.1e} of it.")
    axes.set_yscale("log")
    axes.set_ylim(FAINTEST, 1e4)
    axes.set_xticks(range(0, len(back), 20))
    axes.set_xlim(0, len(back) * 1.32)
    axes.axhline(1, color=LIGHT, zorder=0)
    axes.set_xlabel("k, steps back from the loss")
    axes.set_ylabel("gradient at the memory, last step = 1")


def recalled(runs: Sequence[Mapping[str, Any]], chance: float, point: Mapping[str, Any] | None = None) -> None:
    """Draw recall by kind of cell and number of steps between: mean of the seeds, every seed, and your own point.

    runs: rows with cell, gap, seed, accuracy; point: {"cell": ..., "gap": ..., "accuracy": ...}
    """
    _, axes = style.subplots(size=(9, 4))
    cells = list(dict.fromkeys(run["cell"] for run in runs))
    gaps = sorted({run["gap"] for run in runs})
    for number, (name, (colour, _, mark)) in enumerate(zip(cells, LINES, strict=False)):
        table = [[run["accuracy"] for run in runs if run["cell"] == name and run["gap"] == gap] for gap in gaps]
        places = np.arange(len(gaps)) + 0.15 * (number - (len(cells) - 1) / 2)
        for place, row in zip(places, table, strict=True):
            axes.plot([place] * len(row), row, ls="none", marker="_", color=colour, ms=9)
        axes.plot(places, [np.mean(row) for row in table], ls="none", marker=mark, color=colour, ms=7, label=name)
        shares = ", ".join(f"{np.mean(row):.0%} at k = {gap}" for gap, row in zip(gaps, table, strict=True))
        say(f"{name}: {shares}.")
    axes.axhline(chance, color=GREY, ls=":")
    axes.text(-0.48, chance + 0.015, "guessing", color=GREY)
    if point:
        place = float(np.interp(point["gap"], gaps, range(len(gaps))))
        axes.plot([place], [point["accuracy"]], "*", ms=18, color=ORANGE, mec="black", zorder=5)
        axes.annotate("your run", (place, point["accuracy"]), (8, -16), textcoords="offset points")
        say(f"Your run: {point['cell']}, k = {point['gap']}, right in {point['accuracy']:.0%} of the cases.")
    axes.set_xticks(range(len(gaps)), [f"k = {gap}" for gap in gaps])
    axes.set_xlim(-0.5, len(gaps) - 0.5)
    axes.set_ylim(0, 1.06)
    axes.set_ylabel("recall (share of right answers)")
    axes.set_title("mark: mean of the seeds    dashes: the seeds")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize=9)
