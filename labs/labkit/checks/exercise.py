"""What an exercise is to its check, and what a check raises that does not pass."""

from __future__ import annotations

import builtins
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from labkit.base import colab, editions
from labkit.checks import compare
from labkit.checks.hints import Hint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from labkit.checks.compare import Tolerance


@dataclass(frozen=True)
class Exercise:
    """What a check knows about an exercise beside its cases.

    number:   in the newest edition: of its part, and of its place there
    earlier:  its number in an earlier edition, where it stood elsewhere: edition -> number; lab: whose edition that is
              (a lab's table fills it in)
    since:    the edition of the lab in which it came; notebooks of an earlier one have no such exercise
    hints:    misconception -> what to tell a student whose result is what this misconception gives; a lab's table fills
              them in (see `table.exercises`)
    probe:    runs on the student's side in place of the function itself (classes, models)
    ways:     a probe that uses the function in the other ways in which the lab does, for cases that ask for more
    returns:  the result in the docstring's words, for messages
    axes:     names of the axes of the result; names: names of the parts of a tuple
    uses:     the earlier exercises whose functions it may call: name -> number
    among:    all exercises of its lab, by name (a lab's table fills them in)
    stub:     the fingerprint of its released code (see `diagnosis.begun`)
    """

    number: str
    name: str
    returns: str
    hints: Mapping[str, Hint] = field(default_factory=dict)
    probe: Callable[..., Any] | None = None
    ways: Callable[..., Any] | None = None
    tolerance: Tolerance = compare.VALUES
    axes: Sequence[str] = ()
    names: Sequence[str] = ()
    uses: Mapping[str, str] = field(default_factory=dict)
    stub: str = ""
    earlier: Mapping[int, str] = field(default_factory=dict)
    since: int = 1
    lab: str = ""
    among: Mapping[str, Exercise] = field(default_factory=dict, repr=False, compare=False)

    @property
    def here(self) -> str:
        """Its number in the notebook here, which may be of an earlier edition."""
        return self.earlier.get(editions.of(self.lab), self.number)

    @property
    def title(self) -> str:
        """The exercise as its cell in the notebook here names it."""
        return f"Exercise {self.here}: {self.name}"

    @property
    def there(self) -> bool:
        """Whether the notebook here has it."""
        return self.since <= editions.of(self.lab)

    def called(self, name: str) -> str:
        """Return the number, in the notebook here, of an exercise whose function this one calls; else the name."""
        return self.among[name].here if name in self.among else self.uses.get(name, name)


class CheckFailed(AssertionError):  # noqa: N818  (what a student reads)
    """A check did not pass. Jupyter shows its three lines in place of a traceback.

    key: names the hint ("no_tanh", "shape"); state: what the gradebook records
    """

    state: ClassVar[str] = "failed"
    mark: ClassVar[str] = "✗"

    def __init__(self, exercise: Exercise, key: str, hint: Hint) -> None:
        self.exercise, self.key, self.hint = exercise, key, hint
        super().__init__(f"{self.mark} {exercise.title}\n  {hint.seen}\n  {hint.cause}\n  {hint.look}")

    def printed(self) -> bool:
        """Say whether a public check prints this in place of raising it.

        Colab has no way to go on after an error. And a TODO that waits is no error: a notebook would put it on a red
        ground. nbgrader's Validate button counts errors, so there it is raised.
        """
        person = hasattr(builtins, "display") and "NBGRADER_VALIDATING" not in os.environ
        return colab.there() or (person and isinstance(self, NotAttempted))

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


class NotAttempted(CheckFailed):
    """The cell of the exercise still holds its TODO; begun: beside code of the student's own."""

    state = "untouched"
    mark = "○"

    def __init__(self, exercise: Exercise, *, begun: bool = False) -> None:
        seen = "your code is there, and the line `raise NotImplementedError` still is, too: delete that line"
        hint = Hint(seen if begun else "not attempted yet", "", "")
        super().__init__(exercise, "not_attempted", hint)
        self.args = (f"{self.mark} {exercise.title}: {hint.seen}",)

    def _render_traceback_(self) -> list[str]:
        return [f"\x1b[38;5;243m{self}\x1b[0m"]  # a grey that can be read on white and on black
