"""Looks into the memory of a trained LSTM: which cells follow the place in the bar, and what happens without them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.models import characters, sampling
from labkit.notation import abc, bars

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    Reals = NDArray[np.float64]

TOGETHER = 64  # tunes that are read at once
RIDGE = 1e-5  # of the largest variance: keeps the read-out from dividing by almost nothing


@dataclass(frozen=True)
class Memory:
    """What the cells of an LSTM held before each note of some tunes.

    c:     (notes, units), the cell state when everything before the note has been read
    place: (notes,), how much of the bar is over by then: 0 at its first note, 0.5 in its middle
    """

    c: NDArray[np.float32]
    place: Reals

    def correlations(self) -> Reals:
        """Correlate each cell with the place in the bar: (units,), from -1 to 1; 0 for a cell that never moves."""
        c, place = self.c - self.c.mean(0), self.place - self.place.mean()
        size = np.sqrt((c.astype(float) ** 2).sum(0) * (place**2).sum())
        return np.asarray(place @ c / np.where(size > 0, size, 1.0))

    def best(self, count: int = 1) -> list[int]:
        """List the cells that follow the place in the bar most closely, up or down, the closest first."""
        return [int(cell) for cell in np.argsort(-np.abs(self.correlations()))[:count]]


def memory(model: Any, vocabulary: Mapping[str, int], texts: Sequence[str]) -> Memory:
    """Read tunes with a model of Embedding, LSTM and Dense, and keep what its cells hold before each note."""
    import tensorflow as tf

    embedding, lstm, _ = layers(model)

    @tf.function(input_signature=[tf.TensorSpec((None, None), tf.int32)])  # type: ignore[untyped-decorator,unused-ignore]
    def read(ids: Any) -> Any:
        x = tf.transpose(embedding(ids), (1, 0, 2))  # (time, batch, features)
        zeros = tf.zeros((tf.shape(ids)[0], lstm.units))
        return tf.scan(lambda states, now: tuple(lstm.cell(now, list(states))[1]), x, (zeros, zeros))[1]

    held, place = [], []
    ordered = sorted(texts, key=len)
    for start in range(0, len(ordered), TOGETHER):
        part = ordered[start : start + TOGETHER]
        ids, _ = characters.padded([characters.encode(text, vocabulary) for text in part])
        c = read(tf.constant(ids)).numpy()  # (time, batch, units)
        for row, text in enumerate(part):
            found = list(places(text))
            held.append(c[[at for at, _ in found], row])
            place += [share for _, share in found]
    return Memory(np.concatenate(held), np.array(place))


def layers(model: Any) -> tuple[Any, Any, Any]:
    """Return embedding, LSTM and dense layer. Raises ValueError for a model of another kind."""
    parts = [layer for layer in model.layers if layer.weights]
    if [type(layer).__name__ for layer in parts] != ["Embedding", "LSTM", "Dense"]:
        raise ValueError("It takes a model of three layers: Embedding, LSTM, Dense.")
    return parts[0], parts[1], parts[2]


def places(text: str) -> Iterator[tuple[int, float]]:
    """Say for each note of a tune how many characters stand before it, and how much of its bar is over."""
    tune = abc.read(text)
    begins = np.cumsum([0, *(len(line) + 1 for line in text.split("\n"))])
    for bar in bars.split(tune):
        for event in bar.events:
            share = (event.onset - bar.events[0].onset) / tune.meter
            yield int(begins[event.line - 1]) + event.column - 1, float(share)


def read_out(learned: Memory, tested: Memory) -> float:
    """Fit the place in the bar as a weighted sum of all cells; return R2 on other tunes: 1 is exact, 0 is the mean."""
    middle = learned.c.mean(0)
    c = (learned.c - middle).astype(float)  # (notes, units)
    products = c.T @ c
    weights = np.linalg.solve(
        products + RIDGE * products.diagonal().max() * np.eye(len(products)),
        c.T @ (learned.place - learned.place.mean()),
    )
    guess = (tested.c - middle) @ weights + learned.place.mean()
    return float(1 - ((tested.place - guess) ** 2).mean() / tested.place.var())


class Held:
    """A network of which some cells are held at a value while it writes; `sampling.sample` takes it as a model.

    groups: names of settings -> the cells that are held in it; tune k is written in setting k % len(groups)
    value:  (units,), at what each cell is held
    """

    def __init__(self, model: Any, groups: Mapping[str, Sequence[int]], value: Any) -> None:
        import tensorflow as tf

        self.embedding, self.lstm, self.dense = layers(model)
        table = np.zeros((len(groups), self.lstm.units), bool)
        for row, cells in zip(table, groups.values(), strict=True):
            row[list(cells)] = True
        self.table, self.value = tf.constant(table), tf.constant(np.asarray(value, np.float32))
        self.together = 128 * len(groups)  # tunes at once

    def begin(self, rows: Any) -> list[Any]:
        """Return h, c, and which cells are held, for each row."""
        import tensorflow as tf

        zeros = tf.zeros((rows, self.lstm.units))
        return [zeros, zeros, tf.gather(self.table, tf.range(rows) % len(self.table))]

    def step(self, ids: Any, place: Any, states: list[Any]) -> tuple[Any, list[Any]]:
        """Take one step as an LSTM does, then put the held cells back."""
        import tensorflow as tf

        del place
        h, c, held = states
        cell = self.lstm.cell
        a = self.embedding(ids) @ cell.kernel + h @ cell.recurrent_kernel + cell.bias  # (rows, 4 units)
        i, f, new, o = tf.split(a, 4, axis=-1)
        c = tf.where(held, self.value, tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(new))
        h = tf.sigmoid(o) * tf.tanh(c)
        return self.dense(h), [h, c, held]


def written(
    model: Any,
    vocabulary: Mapping[str, int],
    groups: Mapping[str, Sequence[int]],
    value: Any,
    count: int,
    *,
    temperature: float = 0.8,
    seed: int = 0,
) -> dict[str, list[str]]:
    """Let a network write `count` tunes in each setting, with some cells held; groups: name -> cells."""
    held = Held(model, groups, value)
    texts, _ = sampling.sample(held, vocabulary, count=count * len(groups), temperature=temperature, seed=seed)
    return {name: texts[place :: len(groups)] for place, name in enumerate(groups)}


def settings(memory_: Memory, alone: int, tens: int, seed: int = 0, size: int = 10) -> dict[str, list[int]]:
    """Choose the cells to hold: none; the one, and the ten, that follow the bar best; and as controls as many others.

    returns name -> cells: "none", "best", "ten", "one 1" to "one <alone>" and "ten 1" to "ten <tens>"; a control cell
    moves about as much (by its standard deviation) as the one in whose place it stands, and is not among the ten
    """
    best, chance = memory_.best(size), np.random.default_rng(seed)
    found = {"none": [], "best": best[:1], "ten": best}
    ones = _alike(memory_, best[:1] * alone, chance)
    found |= {f"one {number}": [cell] for number, cell in enumerate(ones, 1)}
    return found | {f"ten {number}": _alike(memory_, best, chance) for number in range(1, tens + 1)}


def _alike(memory_: Memory, cells: Sequence[int], chance: np.random.Generator, near: int = 20) -> list[int]:
    """Draw for each cell another that moves about as much, none twice, none of the ten best."""
    moves, taken = memory_.c.std(0), set(memory_.best(10))
    found = []
    for cell in cells:
        free = [other for other in np.argsort(np.abs(moves - moves[cell])) if int(other) not in taken][:near]
        found.append(int(chance.choice(free)))
        taken.add(found[-1])
    return found
