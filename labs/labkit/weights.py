"""The trained models that ship with the course, and what they wrote while they learned."""

from __future__ import annotations

import json
from typing import Any

from labkit.base.files import path
from labkit.base.style import say
from labkit.models.checkpoint import assign, named, read, save

__all__ = [
    "BERT",
    "CAPTIONERS",
    "CHARACTERS",
    "COMPOSER",
    "GPT",
    "PLAIN",
    "RNN",
    "TRANSFORMER",
    "assign",
    "learning",
    "load_bert",
    "load_captioner",
    "load_char_model",
    "load_char_rnn",
    "load_composer",
    "load_gpt",
    "load_transformer",
    "named",
    "read",
    "save",
]

CHARACTERS, PLAIN, COMPOSER = "lab2/characters.npz", "lab2/bar_position.npz", "lab2/composer.npz"
TRANSFORMER, RNN = "lab3/transformer.npz", "lab3/rnn.npz"
GPT = {"english": "lab4/gpt.npz", "proteins": "lab4/wgpt.npz"}
BERT = {"english": "lab4/bert.npz", "proteins": "lab4/wbert.npz"}
CAPTIONERS = {
    "attending": "lab4/captions.npz",
    "one_memory": "lab4/one_memory.npz",
    "one_vector": "lab4/one_vector.npz",
    "blind": "lab4/blind.npz",
}


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


def load_gpt(text: str = "english") -> Any:
    """Load the shipped network that reads letters from the left, of "english" or "proteins"; say which this is.

    Raises ValueError for another text, FileNotFoundError when labkit lacks the file.
    """
    return _load_letters(_named(GPT, text, "text"), "GPT")


def load_bert(text: str = "english") -> Any:
    """Load the shipped network that reads letters from both sides, of "english" or "proteins"; say which this is.

    Raises ValueError for another text, FileNotFoundError when labkit lacks the file.
    """
    return _load_letters(_named(BERT, text, "text"), "BERT")


def _load_letters(name: str, what: str) -> Any:
    from labkit.sequences import letters, proteins

    about, arrays = read(path(name))
    alphabet = letters.ENGLISH if about["text"] == "english" else proteins.AMINO
    model = letters.model(alphabet, about["causal"], longest=about["longest"])
    assign(model, arrays)
    asked = "letter" if about["causal"] else "hidden letter"
    _say_steps(f"{what}, {about['text']}", name, about, f"{about['test_bits']:.2f} bits per {asked} of held-out text")
    return model


def load_captioner(kind: str = "attending") -> Any:
    """Load a shipped captioner, one of CAPTIONERS; say which this is.

    Raises ValueError for another kind, FileNotFoundError when labkit lacks the file.
    """
    from labkit.captioning import captions

    name = _named(CAPTIONERS, kind, "kind")
    about, arrays = read(path(name))
    model = captions.model(kind)
    assign(model, arrays)
    exact = f"{about['test_exact']:.1%} of 400 sentences on held-out drawings are exact"
    _say_steps(f"captioner {kind!r}", name, about, exact)
    return model


def _named(names: dict[str, str], wanted: str, what: str) -> str:
    if wanted not in names:
        raise ValueError(f"There is no {what} {wanted!r}; there are {', '.join(names)}.")
    return names[wanted]


def learning() -> list[dict[str, Any]]:
    """Load what a network like the model of characters wrote as it learned, and last what that model writes.

    A row for each stage: steps, bits (per character, on the validation tunes), its 50 tunes, whether they ended, and
    the figures of `labkit.evaluation.stages`.
    """
    found: list[dict[str, Any]] = json.loads(path("lab2/learning.json").read_text(encoding="utf-8"))["runs"]
    return found


def _say(what: str, name: str, about: dict[str, Any]) -> None:
    say(
        f"Shipped weights of the {what} (data/{name}): {about['cpu_seconds'] / 120:.0f} minutes on 2 cores, "
        f"{about['test_bits']:.3f} bits per character on the test tunes."
    )


def _say_steps(what: str, name: str, about: dict[str, Any], measured: str) -> None:
    minutes = about["cpu_seconds"] / 60
    say(f"Shipped weights of {what} (data/{name}): {about['steps']:,} steps, {minutes:.1f} CPU minutes; {measured}.")
