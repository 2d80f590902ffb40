"""Experiments of a notebook that wait for an exercise: they say what is missing, and Run All goes on."""

from __future__ import annotations

import re
import sys
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

EXERCISE = re.compile(r"Exercise \d+\.\d+: \w+")


@contextmanager
def needs(**names: str) -> Iterator[None]:
    """Hold an experiment: where an exercise is not done yet, or done wrong, say so in place of an error.

    names: names that an earlier experiment makes, and what to say where it did not: needs(model="the training above")
    So Run All goes on, in Colab too, where a cell that raises stops it.
    """
    try:
        yield
    except Exception as error:  # noqa: BLE001  (whatever an exercise raises is shown, with its line)
        missing = missing_exercise(error)
        if isinstance(error, NameError) and error.name in names:
            missing = names[error.name]
        print(f"This experiment needs {missing}." if missing else _stopped(error))
        if pyplot := sys.modules.get("matplotlib.pyplot"):
            pyplot.close("all")  # else the notebook shows a picture that is half drawn


def _stopped(error: Exception) -> str:
    """Say where an experiment stops; what it calls is tested, so a wrong exercise is the likely cause."""
    said = _said(str(error))
    cell = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__][:1]
    return "\n".join(
        [
            f"This experiment stops: {type(error).__name__}: {said}",
            *(f"  Line {frame.lineno}: {frame.line}" for frame in cell),
            "  Is there a ✗ at a check above? Correct that exercise first, then run this cell again.",
        ]
    )


def _said(message: str) -> str:
    """Return the line of a message that says what happened: in what AutoGraph says ("in user code:") it is the last."""
    body, _, _ = message.strip().partition("\n\nArguments received by")  # Keras's own addition
    lines = [line.strip() for line in body.splitlines() if line.strip()] or [""]
    user_code = "in user code:" in body
    return lines[-1 if user_code else 0][:200]


def missing_exercise(error: BaseException) -> str:
    """Name the exercise that an error waits for, as "Exercise 2.1: rnn_step"; "" when it is an error of another kind.

    A TODO raises NotImplementedError, perhaps wrapped by Keras; a cell that was not run leaves its name undefined.
    """
    link: BaseException | None = error
    while link is not None:
        found = EXERCISE.search(str(link))
        if found and (isinstance(link, NotImplementedError) or "NotImplementedError" in str(link)):
            return found[0]
        if isinstance(link, NameError) and link.name in _exercises():
            return _exercises()[link.name]
        link = link.__cause__ or link.__context__
    return ""


def _exercises() -> dict[str, str]:
    """Collect the exercises of the labs that the notebook has imported: name -> title."""
    tables = [
        getattr(module, "EXERCISES", {}) for name, module in list(sys.modules.items()) if "labkit.checks." in name
    ]
    return {name: exercise.title for table in tables for name, exercise in table.items() if exercise.there}
