"""Which gated cell is best? Networks of equal size with one cell or the other, trained on the tunes by equal updates.

The question of Jozefowicz et al. (2015) and of Greff et al. (2017), on the tunes of lab 2: as many parameters, updates
and tunes for each, and for each the best of three learning rates.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.models import characters
from labkit.models.gated_plots import compared
from labkit.training import grids
from labkit.training.fitting import rate as share_of_rate
from labkit.training.progress import Progress
from labkit.training.time_budget import scaled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["KINDS", "MORE", "RATES", "compared", "gated", "measured", "network", "run", "train", "units_of"]

KINDS = ("LSTM", "GRU", "coupled", "peephole")
MORE = ("dropout", "two layers")  # an LSTM with one thing changed
RATES = (0.002, 0.005, 0.0125)
UNITS, EMBEDDING = 96, 32  # of the LSTM; what the others have makes the networks equally large
UPDATES, BATCH = 500, 32
DROPPED = 0.25  # of what goes into the LSTM, and of what comes out
LAST = 50  # updates over which the loss at the end is averaged


def measured(name: str = "gated") -> list[dict[str, Any]]:
    """Load the shipped trainings, as `run` returns them: "gated" with five seeds, "gated_rates" with every rate."""
    return grids.runs(f"lab2/{name}")


@dataclass
class Trained:
    """A network after its training.

    losses: bits for each character of the batch, by update; seconds: CPU seconds of the updates, the first left out
    """

    model: Any
    seconds: float = 0.0
    losses: list[float] = field(default_factory=list)


def parameters(kind: str, units: int, size: int) -> int:
    """Count the parameters of a network: embedding, cell and dense layer; size: of the vocabulary."""
    blocks = {"GRU": 3, "coupled": 3}.get(kind, 4)
    cell = blocks * (EMBEDDING * units + units * units + units)
    cell += {"peephole": 3 * units * units, "two layers": 4 * (2 * units * units + units)}.get(kind, 0)
    return size * EMBEDDING + cell + units * size + size


def units_of(kind: str, size: int) -> int:
    """Choose the number of units with which a network has as many parameters as that of the LSTM, or nearly so."""
    wanted = parameters("LSTM", UNITS, size)
    return min(range(8, 2 * UNITS), key=lambda units: abs(parameters(kind, units, size) - wanted))


def network(kind: str, size: int) -> Any:
    """Make a network, ids (batch, time) -> logits (batch, time, size).

    kind: one of KINDS or MORE. The bias of the gate that keeps starts at 1 in all of them, as in Keras's LSTM.
    """
    import keras

    units = units_of(kind, size)
    recurrent = [
        keras.layers.RNN(_cell(kind, units), return_sequences=True) for _ in range(2 if kind == "two layers" else 1)
    ]
    dropped = [keras.layers.Dropout(DROPPED) for _ in range(2 if kind == "dropout" else 0)]
    model = keras.Sequential(
        [keras.layers.Embedding(size, EMBEDDING), *dropped[:1], *recurrent, *dropped[1:], keras.layers.Dense(size)]
    )
    model(np.zeros((1, 1), np.int32))
    return model


def _cell(kind: str, units: int) -> Any:
    import keras

    if kind in {"GRU", "coupled", "peephole"}:
        return gated(kind)(units)
    return keras.layers.LSTMCell(units, unit_forget_bias=False, bias_initializer=_keeping(4))


def _keeping(blocks: int) -> Any:
    """Make an initializer of biases: 1 in the block of the gate that keeps, 0 elsewhere.

    That block is the second of four (i, f, c, o) and the first of three (f, c, o, or z, r, h).
    """

    def start(shape: Sequence[int], dtype: Any = None) -> Any:
        import keras

        bias = np.zeros((blocks, shape[0] // blocks), "float32")
        bias[blocks - 3] = 1.0
        return keras.ops.convert_to_tensor(bias.reshape(-1), dtype)

    return start


def gated(kind: str) -> Any:
    """Return the class of the cells that Keras lacks, or has in another form.

    "coupled" (i = 1 - f; blocks of W, U and b: f, c, o), "peephole" with full matrices (i, f, c, o), and "GRU" with the
    reset before the product (z, r, h). A peephole cell starts as a plain LSTM: its P_i, P_f, P_o are zeros. The GRU has
    its U in two pieces, so that no step has to cut it.
    """
    import keras

    ops = keras.ops

    class Gated(keras.layers.Layer):  # type: ignore[misc]
        def __init__(self, units: int) -> None:
            super().__init__()
            self.units, self.output_size = units, units
            self.state_size = [units] * (1 if kind == "GRU" else 2)
            self.blocks = 4 if kind == "peephole" else 3

        def build(self, shape: Any) -> None:
            units, more = self.units, {"GRU": ("U_h",), "peephole": ("P_i", "P_f", "P_o")}.get(kind, ())
            wide, start = self.blocks * units, "orthogonal" if kind == "GRU" else "zeros"
            self.W = self.add_weight(shape=(shape[-1], wide), name="W")
            rest = wide - units * (kind == "GRU")
            self.U = self.add_weight(shape=(units, rest), initializer="orthogonal", name="U")
            self.more = [self.add_weight(shape=(units, units), initializer=start, name=name) for name in more]
            self.b = self.add_weight(shape=(wide,), initializer=_keeping(self.blocks), name="b")
            self.built = True

        def call(self, inputs: Any, states: Any) -> tuple[Any, list[Any]]:
            """Take one step: (batch, features) and the states -> h and the new states."""
            seen = ops.matmul(inputs, self.W) + self.b
            return (self._gru if kind == "GRU" else self._lstm)(seen, *states)

        def parts(self) -> list[Any]:
            """Return W, U, b and the peepholes as arrays, in the order in which the lab's functions take them."""
            W, U, b, *more = (np.asarray(part) for part in (self.W, self.U, self.b, *self.more))
            return [W, np.concatenate([U, *more], axis=1), b] if kind == "GRU" else [W, U, b, *more]

        def _gru(self, seen: Any, h: Any) -> tuple[Any, list[Any]]:
            gates = ops.sigmoid(seen[:, : 2 * self.units] + ops.matmul(h, self.U))
            keep, reset = ops.split(gates, 2, axis=-1)
            new = ops.tanh(seen[:, 2 * self.units :] + ops.matmul(reset * h, self.more[0]))
            h = new + keep * (h - new)
            return h, [h]

        def _lstm(self, seen: Any, h: Any, c: Any) -> tuple[Any, list[Any]]:
            *first, candidate, shown = ops.split(seen + ops.matmul(h, self.U), self.blocks, axis=-1)
            if self.more:
                looked = [ops.matmul(c, peep) for peep in self.more[:2]]
                write, keep = (ops.sigmoid(gate + more) for gate, more in zip(first, looked, strict=True))
            else:
                keep = ops.sigmoid(first[0])
                write = 1.0 - keep
            c = keep * c + write * ops.tanh(candidate)
            h = ops.sigmoid(shown + ops.matmul(c, self.more[2]) if self.more else shown) * ops.tanh(c)
            return h, [h, c]

    return Gated


def train(kind: str, rate: float, seed: int, texts: Sequence[str], ids: Mapping[str, int], label: str = "") -> Trained:
    """Train a network on tunes: UPDATES (times LABKIT_BUDGET) batches of 32 of nearly the same length.

    rate: of Adam at its highest; it rises over 60 updates and then falls to 2% of it, on half a cosine
    ids:  character -> id, of `characters.vocabulary`      label: name for the line of progress; "" is silent
    """
    import keras

    updates = scaled(UPDATES)
    keras.utils.set_random_seed(seed)
    found = Trained(network(kind, len(ids) + characters.FIRST))
    optimizer = keras.optimizers.Adam(rate)
    step = characters.train_step(found.model, optimizer)
    progress = Progress(label, updates) if label else None
    began = time.process_time()
    for number, batch in zip(range(updates), characters.batches(texts, ids, BATCH, seed), strict=False):
        optimizer.learning_rate = rate * share_of_rate(number / updates, number)
        found.losses.append(float(step(*batch)) / math.log(2))
        if progress:
            progress.log(found.losses[-1])
        if number == 0:
            began = time.process_time()  # the first is compiled
    found.seconds = time.process_time() - began
    return found


def run(kind: str, rate: float, seed: int, label: str = "") -> dict[str, Any]:
    """Train one network on the course's tunes and measure it: one point of the shipped grid, data/lab2/gated.json.

    returns cell, rate, seed, units, parameters, updates, seconds (CPU), and bits per character: of the last training
    batches ("training"), on the validation tunes ("valid"), by which a rate is chosen, and on the test tunes ("test")
    """
    from labkit.notation.corpus import tunes

    texts = {part: [entry.text for entry in tunes().part(part)] for part in ("train", "valid", "test")}
    ids = characters.vocabulary(texts["train"])
    trained = train(kind, rate, seed, texts["train"], ids, label)
    bits = {part: characters.bits_per_character(trained.model, texts[part], ids) for part in ("valid", "test")}
    return {
        "cell": kind,
        "rate": rate,
        "seed": seed,
        "units": units_of(kind, len(ids) + characters.FIRST),
        "parameters": trained.model.count_params(),
        "updates": len(trained.losses),
        "seconds": round(trained.seconds, 1),
        "training": round(float(np.mean(trained.losses[-LAST:])), 4),
        **{part: round(each, 4) for part, each in bits.items()},
    }
