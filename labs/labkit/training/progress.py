"""The progress of a training: one line with a live curve of the loss, by itself or as a Keras callback."""

from __future__ import annotations

import builtins
import math
import time
from typing import Any

BARS = "▁▂▃▄▅▆▇█"
WIDTH = 24  # bars of a finished curve


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
