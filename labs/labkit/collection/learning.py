"""Trains the networks of lab 2 on a collection of one's own, from the first step on."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from labkit.base.style import say
from labkit.composition import composer
from labkit.composition.melody import TIE, Token, Vocabulary, tokens
from labkit.models import characters
from labkit.training.fitting import PART, Fit, fit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from labkit.notation.corpus import Corpus

RATE, BATCH = 2e-3, 32
NEEDED = ("|", "|:", ":|", "|]", TIE)  # symbols
FEW = 100  # training tunes, below which a network learns them by heart sooner than how tunes go


def character_model(
    tunes: Corpus, *, seconds: float = 300, clock: Callable[[], float] = time.monotonic
) -> tuple[Any, dict[str, int], Fit]:
    """Train a fresh model of characters; returns it, its vocabulary, and how the training went.

    tunes: a collection, such as `data.tunes("irish.abc")`;   seconds: how long, by the clock
    Raises ValueError when no tune is for training.
    """
    train, held, part = _texts(tunes)
    ids = characters.vocabulary(train)
    model = characters.build(len(ids) + characters.FIRST)
    optimizer = _adam()
    batches = characters.batches(train, ids, min(BATCH, len(train)))
    done = _fitted(
        (model, optimizer, characters.train_step(model, optimizer)),
        batches,
        lambda: characters.bits_per_character(model, held, ids),
        (seconds, clock),
        label="characters, your tunes",
        part=part,
    )
    return model, ids, done


def composer_model(
    tunes: Corpus,
    *,
    seconds: float = 300,
    settings: composer.Settings | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[Any, Fit]:
    """Train a fresh composer, the model of whole notes; returns it, and how the training went. Raises as above."""
    train, held, part = _texts(tunes)
    vocabulary = vocabulary_of(train)
    rows, checked = composer.rows(train, vocabulary), composer.rows(held, vocabulary)
    model = composer.build(vocabulary, settings or composer.Settings())
    optimizer = _adam()
    done = _fitted(
        (model, optimizer, composer.train_step(model, optimizer)),
        composer.batches(rows, min(BATCH, len(rows)), seed=0),
        lambda: composer.bits_per_character(model, checked),
        (seconds, clock),
        label="whole notes, your tunes",
        part=part,
    )
    return model, done


def vocabulary_of(texts: Iterable[str]) -> Vocabulary:
    """Collect the symbols of tunes, and those that `labkit.composition.rules` needs even where no tune has them."""
    return Vocabulary.of([*(tokens(text) for text in texts), [Token(symbol) for symbol in NEEDED]])


def _texts(tunes: Corpus) -> tuple[list[str], list[str], str]:
    """Return the texts for training, those to measure with, and what these are: where none is held out, the same."""
    train, held = ([entry.text for entry in tunes.part(part)] for part in ("train", "valid"))
    if not train:
        raise ValueError("The collection has no tune for training.")
    if len(train) < FEW:
        say(f"{len(train)} tunes are few: a network learns them by heart. `novelty` shows how much of them it copies.")
    if not held:
        say("No tune is held out, so the bits are measured on tunes that the network learns from.")
    return (train, held, PART) if held else (train, train, "the training tunes")


def _adam() -> Any:
    import keras

    return keras.optimizers.Adam(RATE)


def _fitted(
    parts: tuple[Any, Any, Any],
    batches: Iterator[Any],
    validate: Callable[[], float],
    time_: tuple[float, Callable[[], float]],
    *,
    label: str,
    part: str,
) -> Fit:
    """Train; parts: model, optimizer, step; time_: seconds, and the clock that counts them; part: of `validate`."""
    import tensorflow as tf

    model, optimizer, step = parts
    return fit(
        model,
        optimizer,
        lambda *batch: step(*map(tf.constant, batch)),
        batches,
        validate,
        seconds=time_[0],
        label=label,
        part=part,
        learning_rate=RATE,
        clock=time_[1],
    )
