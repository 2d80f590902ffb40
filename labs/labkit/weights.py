"""The trained models that ship with the course, and what they wrote while they learned."""

from __future__ import annotations

import json
from typing import Any

from labkit.base.files import path
from labkit.base.style import say
from labkit.models.checkpoint import assign, named, read, save

__all__ = [
    "CHARACTERS",
    "COMPOSER",
    "PLAIN",
    "RNN",
    "TRANSFORMER",
    "assign",
    "learning",
    "load_char_model",
    "load_char_rnn",
    "load_composer",
    "load_transformer",
    "named",
    "read",
    "save",
]

CHARACTERS, PLAIN, COMPOSER = "lab2/characters.npz", "lab2/bar_position.npz", "lab2/composer.npz"
TRANSFORMER, RNN = "lab3/transformer.npz", "lab3/rnn.npz"


def load_char_model() -> tuple[Any, dict[str, int]]:
    """Load the shipped model of characters and its vocabulary; say which weights these are."""
    return _load_recurrent(CHARACTERS, "LSTM", "character model")


def load_char_rnn() -> tuple[Any, dict[str, int]]:
    """Load the shipped model of characters without gates and its vocabulary; say which weights these are."""
    return _load_recurrent(RNN, "SimpleRNN", "plain recurrent model")


def load_transformer() -> tuple[Any, dict[str, int]]:
    """Load the shipped music Transformer and its vocabulary; say which weights these are."""
    from labkit.models import characters, transformer

    about, arrays = read(path(TRANSFORMER))
    model = transformer.build(len(about["vocabulary"]) + characters.FIRST, transformer.Settings(**about["settings"]))
    assign(model, arrays)
    _say("music Transformer", TRANSFORMER, about)
    return model, _ids(about)


def _load_recurrent(name: str, cell: str, what: str) -> tuple[Any, dict[str, int]]:
    from labkit.models import characters

    about, arrays = read(path(name))
    model = characters.build(len(about["vocabulary"]) + characters.FIRST, cell=cell)
    assign(model, arrays)
    _say(what, name, about)
    return model, _ids(about)


def _ids(about: dict[str, Any]) -> dict[str, int]:
    from labkit.models import characters

    return {character: number for number, character in enumerate(about["vocabulary"], characters.FIRST)}


def load_composer(*, plain: bool = False) -> Any:
    """Load the shipped composer, or (plain) the one that sees only the time left in the bar; say which these are."""
    from labkit.composition import composer
    from labkit.composition.melody import Vocabulary

    name = PLAIN if plain else COMPOSER
    about, arrays = read(path(name))
    settings = composer.Settings(**{**about["settings"], "fields": tuple(about["settings"]["fields"])})
    model = composer.build(Vocabulary(tuple(about["symbols"]), tuple(about["lengths"])), settings)
    assign(model, arrays)
    _say("bar-position model" if plain else "composer", name, about)
    return model


def learning() -> list[dict[str, Any]]:
    """Load what the model of characters wrote while it learned: step, seconds, bits per character, three tunes."""
    stages: list[dict[str, Any]] = json.loads(path("lab2/learning.json").read_text(encoding="utf-8"))["stages"]
    return stages


def _say(what: str, name: str, about: dict[str, Any]) -> None:
    say(
        f"Shipped weights of the {what} (data/{name}): {about['cpu_seconds'] / 120:.0f} minutes on 2 cores, "
        f"{about['test_bits']:.3f} bits per character on held-out tunes."
    )
