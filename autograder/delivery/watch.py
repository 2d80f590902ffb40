"""Repeats what handing in needs, for as long as it is let: take in, grade, hand back, as hand-ins come."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autograder.base.errors import UserFacingError

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Verbs:
    """What a watch repeats; each of them may be killed at any moment, and then be done again.

    collect: take in what waits; say so in sentences, and whether there is something to grade
    grade: grade what is new; say how many were graded; hand_back: give pages out, say how many were new or changed
    """

    collect: Callable[[], tuple[list[str], bool]]
    grade: Callable[[], int]
    hand_back: Callable[[], tuple[list[str], int]]


@dataclass
class Watch:
    """Looks every so many seconds, and says each thing once. say: prints a sentence."""

    verbs: Verbs
    seconds: float
    say: Callable[[str], None]
    wait: Callable[[float], None] = time.sleep
    graded: int = 0
    given: int = 0
    _said: dict[str, list[str]] = field(default_factory=dict)
    _behind: bool = True  # what was taken in may not be graded: a watch before this one may have been killed

    def run(self, looks: int = 0) -> None:
        """Look again and again; looks: so often, 0 for ever. What goes wrong is said, and tried again at the next look.

        A full disk or a lost database ends nothing: what is not recorded is done again.
        """
        number = 0
        while not looks or number < looks:
            began, number = time.monotonic(), number + 1
            try:
                self._look()
                self._tell("trouble", [])
            except UserFacingError as error:
                self._behind = True
                self._tell("trouble", [f"{error} (The watch goes on, and tries again at its next look.)"])
            if looks != number:
                self.wait(max(0.0, self.seconds - (time.monotonic() - began)))

    def _look(self) -> None:
        said, new = self.verbs.collect()
        self._tell("collect", said)
        if new or self._behind:
            self._behind = True  # until it is done
            self.graded += self.verbs.grade()
            self._behind = False
        said, written = self.verbs.hand_back()
        self.given += written
        self._tell("hand back", said)

    def _tell(self, about: str, said: list[str]) -> None:
        """Say what was not said at the last look."""
        for sentence in said:
            if sentence not in self._said.get(about, []):
                self.say(sentence)
        self._said[about] = said
