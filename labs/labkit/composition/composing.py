"""Writes many tunes at once with a composer, freely or by the rules that keep every bar and repeat right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.composition.bar_position import Chart, Place
from labkit.composition.melody import OTHER, Vocabulary, text, tokens
from labkit.composition.rules import Book, Rules
from labkit.models.sampling import draw

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

LONGEST = 1000  # tokens; the longest real tune has fewer
FINISH = 320  # tokens after which a tune by the rules ends as soon as it can: longer than 99 of 100 real tunes


class _Row:
    """One tune in the making."""

    def __init__(self, chart: Chart, book: Book | None) -> None:
        self.place = Place(chart)
        self.rules = Rules(book, self.place) if book else None
        self.ended = False

    def add(self, symbol: int, length: int, end: int) -> None:
        """Take one more token."""
        self.ended = symbol == end
        if self.rules:
            self.rules.finish = len(self.place.written) > FINISH
            self.rules.add(symbol, length)
        else:
            self.place.add(symbol, length)


def compose(
    model: Any,
    count: int,
    *,
    temperature: float = 1.0,
    top_p: float = 1.0,
    seed: int = 0,
    prompt: str = "",
    constrained: bool = False,
    max_tokens: int = LONGEST,
) -> tuple[list[str], list[bool]]:
    r"""Draw tunes from a composer; return them as ABC, and for each whether it ended by itself.

    prompt:      how each tune begins, such as "M:6/8\nL:1/8\nK:Dmaj\n"
    constrained: only tokens that keep the tune valid may be drawn (`labkit.composition.rules`)
    The same seed gives the same tunes on the same machine.
    """
    import tensorflow as tf

    vocabulary: Vocabulary = model.vocabulary
    chart, noise = Chart(vocabulary), np.random.default_rng(seed)
    book: Book | None = model.__dict__.setdefault("book", Book(chart)) if constrained else None
    end = vocabulary.symbol_ids["end"]
    step = model.__dict__.setdefault("stepper", _stepper(model))
    rows = [_Row(chart, book) for _ in range(count)]
    begin = vocabulary.encode(tokens(prompt)[: 0 if not prompt else -1]) if prompt else np.zeros((0, 2), np.int64)
    running = np.arange(count)
    before, states = np.zeros((count, 2), np.int32), [np.zeros((count, model.settings.units), np.float32)] * 2
    for t in range(max_tokens):
        if not len(running):
            break
        known = np.array([rows[number].place.numbers() for number in running], np.int32)
        masks = _masks([rows[number] for number in running], vocabulary)
        drawn, states = step(
            *(list(map(tf.constant, arrays)) for arrays in ((before, known), states, masks)),
            tf.constant(temperature, tf.float32),
            tf.constant(top_p, tf.float32),
            tf.constant(noise.random((count, 2), np.float32)[running]),
        )
        before = drawn.numpy() if t >= len(begin) else np.repeat(begin[t : t + 1].astype(np.int32), len(running), 0)
        for number, (symbol, length) in zip(running, before.tolist(), strict=True):
            rows[number].add(symbol, length, end)
        going = np.array([not rows[number].ended for number in running])
        states = [state.numpy()[going] for state in states]
        before, running = before[going], running[going]
    return [text(vocabulary.decode(row.place.written)) for row in rows], [row.ended for row in rows]


def _masks(rows: list[_Row], vocabulary: Vocabulary) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Say what may be drawn: (rows, symbols) and (rows, lengths)."""
    pairs = [row.rules.allowed() for row in rows if row.rules]
    if pairs:
        return np.array([one for one, _ in pairs]), np.array([other for _, other in pairs])
    symbols = np.arange(len(vocabulary.symbols)) > OTHER
    lengths = np.arange(len(vocabulary.lengths)) > 0
    return np.tile(symbols, (len(rows), 1)), np.tile(lengths, (len(rows), 1))


def _stepper(model: Any) -> Callable[..., Any]:
    """Make the step: the token before, what is known, states, masks, temperature, top_p, noise -> tokens and states."""
    import tensorflow as tf

    sounding = model.vocabulary.sounding

    @tf.function(reduce_retracing=True)  # type: ignore[untyped-decorator,unused-ignore]
    def step(inputs: Any, states: Any, masks: Any, temperature: Any, top_p: Any, noise: Any) -> Any:
        (before, known), (symbols, lengths) = inputs, masks
        logits, u, states = model.step(before, known, states)
        symbol = draw(tf.where(symbols, logits, -1e9), temperature, top_p, noise[:, 0])
        lengths_of = tf.where(lengths, model.lengths_of(u, symbol, known), -1e9)
        length = draw(lengths_of, temperature, top_p, noise[:, 1])
        length = tf.where(tf.gather(sounding, symbol), length, 0)
        return tf.stack([symbol, length], -1), states

    return step  # type: ignore[no-any-return,unused-ignore]
