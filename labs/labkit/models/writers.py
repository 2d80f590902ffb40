"""Who writes the tunes of the lab: the student's network as soon as it is good enough, and the course's beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from labkit.base.style import say
from labkit.models import characters, sampling
from labkit.notation import abc

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_BITS = 2.0  # per character of the test tunes: the best model that only counts needs 2.03
LEAST_READ = 0.5  # the share of tunes that must be readable
TRIED, HEAT, LONGEST = 50, 0.8, 600  # tunes that a network writes to be judged


@dataclass(frozen=True)
class Writer:
    """A network of characters that writes tunes.

    name: as pictures call it; bits: for each character of the test tunes; read: the share of its tunes that end by
    themselves and of which header and every symbol can be read, of TRIED at temperature HEAT
    """

    name: str
    model: Any
    vocabulary: Mapping[str, int]
    bits: float
    read: float

    @property
    def good(self) -> bool:
        """Whether it is good enough to be heard: MOST_BITS and LEAST_READ."""
        return self.bits <= MOST_BITS and self.read >= LEAST_READ

    def sample(self, count: int, *, temperature: float = HEAT, seed: int = 0) -> tuple[list[str], list[bool]]:
        """Write tunes; say of each whether it ended by itself."""
        return sampling.sample(self.model, self.vocabulary, count, temperature=temperature, seed=seed)

    def bits_of(self, text: str) -> float:
        """Say how many bits per character this network needs for a tune: few where it likes the tune."""
        return characters.bits_per_character(self.model, [text], self.vocabulary)

    def __str__(self) -> str:
        return f"{self.bits:.2f} bits per character on the test tunes, {self.read:.0%} of its tunes can be read"


def judged(name: str, model: Any, vocabulary: Mapping[str, int], test: Sequence[str]) -> Writer:
    """Measure a network on the test tunes and by what it writes."""
    bits = characters.bits_per_character(model, test, vocabulary)
    texts, ended = sampling.sample(model, vocabulary, TRIED, temperature=HEAT, seed=0, max_length=LONGEST)
    read = [stop and not abc.read(text).outside("header", "symbol") for text, stop in zip(texts, ended, strict=True)]
    return Writer(name, model, vocabulary, bits, sum(read) / len(read))


def chosen(course: Writer, model: Any, vocabulary: Any, test: Sequence[str]) -> list[Writer]:
    """Say who writes from here on: [yours, the course's] where yours is good enough, else [the course's].

    model, vocabulary: the student's; None where the training did not run
    """
    reason = "the training above has not run"
    if model is not None and vocabulary is not None:
        try:
            mine = judged("your network", model, vocabulary, test)
        except Exception as error:  # noqa: BLE001  (whatever a wrong exercise left behind; the lab goes on)
            reason = f"it cannot be used ({type(error).__name__})"
        else:
            if mine.good:
                say(f"Your network: {mine}.")
                say(f"The course's: {course}.")
                say("Yours is good enough: from here on it writes, and the course's stands beside it.")
                return [mine, course]
            reason = f"{mine}, and it takes at most {MOST_BITS} bits and at least {LEAST_READ:.0%}"
    say(f"From here on the course's network writes: {course}.")
    say(f"Yours does not write yet: {reason}. Train again, then run this cell again.")
    return [course]


def signed(writer: Writer, course: Writer) -> str:
    """Say on a page who wrote its tunes."""
    if writer is course:
        return f"Written by the network that ships with the course, not by one that I trained ({course})."
    return f"Written by a network that I trained ({writer})."
