"""Oracles of lab 2, part 4: whole tunes, written with scripted models."""

# ruff: noqa: ARG005  (a wrong formula leaves out some of what it is given)

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.references.lab2_music.sampling import next_probabilities, softmax
from autograder.references.lab2_music.text import BARS, tune_vocabulary
from autograder.references.reference import Drawn, Reference
from labkit.checks.lab2_music.probes import END, Script, observed, picky_probabilities

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

Array = np.ndarray[Any, np.dtype[Any]]
START = 2


@dataclass(frozen=True)
class Writer:
    """Writes a tune; each field is something that people do otherwise.

    fed:      (ids so far, number of ids at the start) -> what the model gets
    step:     logits of all steps -> those from which the next character is drawn
    chances:  (logits, temperature, top_p) -> probabilities
    generator: seed -> the source of chance; None draws without a seed
    room:     (max_length, length of the prompt) -> how many characters may be added
    """

    fed: Callable[[list[int], int], list[int]] = lambda ids, begin: ids
    step: Callable[[Array], Array] = lambda logits: logits[-1]
    chances: Callable[..., Array] = next_probabilities
    generator: Callable[[int], Generator] = np.random.default_rng
    anew: bool = False  # the source of chance begins again at each character
    greedy: bool = False
    start: tuple[int, ...] = (START,)
    after_prompt: tuple[int, ...] = ()
    room: Callable[[int, int], int] = lambda max_length, begin: max_length - begin
    stops: bool = True
    result: Callable[[str, str], Any] = lambda prompt, added: prompt + added

    def write(
        self,
        script: dict[str, Any],
        prompt: str,
        vocabulary: dict[str, int],
        max_length: int,
        temperature: float,
        top_p: float,
        seed: int,
    ) -> Any:
        """Write the tune that comes of a seed."""
        size = len(vocabulary) + END + 1
        model, rng = Script(size, **script), self.generator(seed)
        ids = [*self.start, *(vocabulary[character] for character in prompt), *self.after_prompt]
        begin, added = len(ids), ""
        characters = {number: character for character, number in vocabulary.items()}
        for _ in range(self.room(max_length, len(prompt))):
            logits = self.step(model.logits([self.fed(ids, begin)])[0])
            rng = self.generator(seed) if self.anew else rng
            probabilities = self.chances(logits, temperature, top_p)
            drawn = int(np.argmax(probabilities) if self.greedy else rng.choice(size, p=probabilities))
            if drawn == END and self.stops:
                break
            ids.append(drawn)
            added += characters.get(drawn, "")
        return self.result(prompt, added)

    def __call__(self, seeds: list[int], **arguments: Any) -> Any:
        """Do what the probe does (`labkit.checks.lab2_music.probes.generate`)."""
        return observed(lambda number: self.write(**arguments, seed=number), len(arguments["prompt"]), seeds)


RIGHT = Writer()


def _chances(change: Callable[[float, float], tuple[float, float]]) -> Callable[..., Array]:
    return lambda logits, temperature, top_p: next_probabilities(logits, *change(temperature, top_p))


def _unseeded(_seed: int) -> Generator:
    return np.random.default_rng()


class _NoCharacterForEnd(Writer):
    """Looks up the character of every id, END's too."""

    def write(self, *arguments: Any, **named: Any) -> Any:
        """Raise what the dictionary raises where END is drawn."""
        tune = RIGHT.write(*arguments, **named)
        if len(tune) < named["max_length"]:
            raise KeyError(END)
        return tune


def writing_case(
    rng: Generator, characters: list[str], ranked: list[float], prompt: str, end: int, max_length: int, **how: Any
) -> dict[str, Any]:
    """Draw a script of these logits, in which END comes after `end` ids, for a vocabulary of these characters."""
    return {
        "script": {"logits": ranked, "end": end, "salt": int(rng.integers(1, 9000))},
        "prompt": prompt,
        "vocabulary": tune_vocabulary(characters),
        "max_length": max_length,
        "temperature": how.get("temperature", 1.0),
        "top_p": how.get("top_p", 1.0),
        "seeds": [int(seed) for seed in rng.integers(0, 10000, size=how.get("seeds", 1))],
    }


def path(size: int, top: float = 40.0) -> list[float]:
    """Make one character certain."""
    return [top, *(round(0.9 - 0.2 * rank, 1) for rank in range(size - 1))]


def _draw_generate(rng: Generator) -> list[Drawn]:
    letters = sorted(tune_vocabulary(list(BARS)))

    def arguments(ranked: list[float], begin: int, end: int, max_length: int, **how: Any) -> dict[str, Any]:
        """Draw a vocabulary, and a prompt of `begin` characters."""
        chosen = sorted(str(letter) for letter in rng.choice(letters, size=len(ranked), replace=False))
        case = writing_case(rng, chosen, ranked, "", end, max_length, **how)
        return case | {"prompt": "".join(str(letter) for letter in rng.choice(chosen, size=begin))}

    size, begin, length = int(rng.integers(5, 9)), int(rng.integers(2, 5)), int(rng.integers(11, 15))
    hilly = [1.3, 1.1, 0.9, 0.7, 0.5]
    return [
        (arguments(path(size), begin, begin + 6, length, temperature=0.8, top_p=0.9), "the model ends the tune"),
        (arguments(path(6), 3, 0, length), "the model never ends the tune"),
        (arguments(path(7), 0, 8, length), "an empty prompt"),
        (arguments(path(5), 4, 5, 9), "the model ends at once"),
        (arguments(path(5), 5, 0, 5), "a prompt of max_length characters"),
        (arguments(hilly, 2, 0, 16, top_p=0.2), "a small top_p"),
        (arguments(hilly, 2, 0, 12, temperature=0.01), "a low temperature"),
        (arguments([0.0] * 5, 1, 0, 15, seeds=4), "all characters are equally probable"),
    ]


GENERATE = Reference(
    correct=RIGHT,
    draw=_draw_generate,
    wrong={
        "seed_ignored": Writer(generator=_unseeded),
        "seed_fixed": Writer(generator=lambda seed: np.random.default_rng(0)),
        "seed_in_loop": Writer(anew=True),
        "most_probable": Writer(greedy=True),
        "prompt_missing": Writer(result=lambda prompt, added: added),
        "prompt_only": Writer(room=lambda max_length, begin: 0),
        "prompt_not_fed": Writer(fed=lambda ids, begin: [START, *ids[begin:]]),
        "no_start": Writer(start=()),
        "end_fed": Writer(after_prompt=(END,)),
        "not_stopped": Writer(stops=False),
        "not_stopped/end_not_fed": Writer(stops=False, fed=lambda ids, begin: [one for one in ids if one != END]),
        "end_looked_up": _NoCharacterForEnd(),
        "counts_added_only": Writer(room=lambda max_length, begin: max_length),
        "counts_start": Writer(room=lambda max_length, begin: max_length - begin - 1),
        "one_too_long": Writer(room=lambda max_length, begin: max_length - begin + 1),
        "last_id_only": Writer(fed=lambda ids, begin: ids[-1:]),
        "never_fed_back": Writer(fed=lambda ids, begin: ids[:begin]),
        "first_step": Writer(step=lambda logits: logits[0]),
        "mean_step": Writer(step=lambda logits: logits.mean(axis=0)),
        "temperature_ignored": Writer(chances=_chances(lambda temperature, top_p: (1.0, top_p))),
        "top_p_ignored": Writer(chances=_chances(lambda temperature, top_p: (temperature, 1.0))),
        "both_ignored": Writer(chances=lambda logits, temperature, top_p: softmax(logits)),
        "exchanged": Writer(chances=_chances(lambda temperature, top_p: (top_p, temperature))),
        "list": Writer(result=lambda prompt, added: list(prompt + added)),
    },
    given={
        ("next_probabilities", "lab2_music.probes.picky_probabilities"): replace(RIGHT, chances=picky_probabilities),
    },
)


REFERENCES: dict[str, Reference] = {
    "generate": GENERATE,
}
