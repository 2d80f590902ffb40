"""Training in a notebook: progress with a live loss curve, a time budget, and experiments that wait for an exercise."""

from __future__ import annotations

import builtins
import math
import os
import re
import sys
import time
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from labkit.fitting import Fit, buckets, fit

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Fit", "Progress", "bar", "buckets", "budget", "fit", "live", "missing_exercise", "needs", "scaled"]

EXERCISE = re.compile(r"Exercise \d+\.\d+: \w+")
BARS = "▁▂▃▄▅▆▇█"
WIDTH = 24  # bars of a finished curve


def budget() -> float:
    """Read LABKIT_BUDGET: a factor on the length of every training, 1 when it is not set."""
    text = os.environ.get("LABKIT_BUDGET", "1")
    try:
        factor = float(text)
    except ValueError:
        factor = -1.0
    if not 0 < factor < float("inf"):
        raise ValueError(f"LABKIT_BUDGET is {text!r}; it must be a positive number, for example 0.5.")
    return factor


def scaled(steps: int) -> int:
    """Fit a number of steps or epochs to the time budget; at least one remains."""
    return max(1, round(steps * budget()))


class Progress:
    """One line that grows while a training runs: a curve of the loss, as bars, then the last loss and the seconds.

    The first bar is full height, and a loss of zero is the lowest. A notebook shows the line live; elsewhere it is
    printed when the training is done.

    label: name of what is trained
    total: number of losses that will come
    """

    def __init__(self, label: str, total: int) -> None:
        self.label, self.total = label, total
        self.losses: list[float] = []
        self.curve = ""
        self._start = time.monotonic()
        self._drawn, self._top = 0, 1.0
        self._handle: Any = None

    def log(self, loss: float) -> None:
        """Take the loss of one more step; draw a bar whenever another 24th of the training is done."""
        self.losses.append(float(loss))
        done, width = len(self.losses), min(WIDTH, self.total)
        if done * width // self.total > (done - 1) * width // self.total:
            part = self.losses[self._drawn :]
            mean, self._drawn = sum(part) / len(part), done
            self._top = self._top if self.curve else mean
            self.curve += bar(mean, self._top)
            self._show(last=done == self.total)

    def __repr__(self) -> str:
        if not self.losses:
            return f"{self.label}: …"
        seconds = time.monotonic() - self._start
        return f"{self.label}: {self.curve:{min(WIDTH, self.total)}}  loss {self.losses[-1]:.3g}, {seconds:.1f} s"

    def _show(self, *, last: bool) -> None:
        display = getattr(builtins, "display", None)  # Jupyter puts it there; labkit does not need IPython
        if self._handle is not None:
            self._handle.update(self)
        elif display is not None:
            self._handle = display(self, display_id=True)
        elif last:
            print(self)


def bar(value: float, top: float) -> str:
    """Draw a number from 0 to `top` as one character; a loss that is no number any more is "?"."""
    if not math.isfinite(value):
        return "?"
    share = value / top if top > 0 else 0.0
    return BARS[min(len(BARS) - 1, max(0, round(share * len(BARS) - 1)))]


def live(label: str, total: int, *, every: str = "batch") -> Any:
    """Make a Keras callback that shows a Progress; every: "batch" or "epoch". Its losses are in `.progress.losses`."""
    import keras

    class Live(keras.callbacks.Callback):  # type: ignore[misc]
        progress = Progress(label, total)

        def on_train_batch_begin(self, batch: int, logs: dict[str, float] | None = None) -> None:  # noqa: ARG002
            if every == "batch":
                self.model.reset_metrics()  # else Keras reports the mean since the epoch began

        def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:  # noqa: ARG002
            if every == "batch" and logs:
                self.progress.log(logs["loss"])

        def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:  # noqa: ARG002
            if every == "epoch" and logs:
                self.progress.log(logs["loss"])

    return Live()


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
    first = next(iter(str(error).strip().splitlines()), "")[:200]
    cell = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__][:1]
    return "\n".join(
        [
            f"This experiment stops: {type(error).__name__}: {first}",
            *(f"  Line {frame.lineno}: {frame.line}" for frame in cell),
            "  Is there a ✗ at a check above? Correct that exercise first, then run this cell again.",
        ]
    )


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
    return {name: exercise.title for table in tables for name, exercise in table.items()}
