"""Training by time: as many steps as fit into the minutes, the best weights kept, a curve that draws itself."""

from __future__ import annotations

import base64
import builtins
import io
import math
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.base import style
from labkit.training.time_budget import budget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

WARM_UP = 60  # steps over which the learning rate rises
FLOOR = 0.02  # the part of the learning rate that is left at the end
CHECKS = 10  # how often the model is measured on tunes that it does not learn from
PART = "validation tunes"  # which these are, in the labs
REDRAWN = 2.0  # seconds between two drawings
STRANGE = "The loss is not a number any more; training stops, and the best weights so far are kept."


def rate(fraction: float, step: int) -> float:
    """Return the part of the learning rate for a step: a warm-up, then half a cosine over the time, down to FLOOR."""
    cosine = 0.5 * (1 + math.cos(math.pi * min(max(fraction, 0.0), 1.0)))
    return min(1.0, (step + 1) / WARM_UP) * (FLOOR + (1 - FLOOR) * cosine)


def buckets(lengths: Sequence[int], size: int, seed: int, spread: float = 20.0) -> Iterator[NDArray[np.int64]]:
    """Give the indices of batches of tunes of nearly the same length, in random order, epoch after epoch, without end.

    spread: about so much may two tunes of a batch differ in length for the mixture's sake
    """
    generator = np.random.default_rng(seed)
    while lengths:
        order = np.argsort(np.asarray(lengths) + generator.uniform(0, spread, len(lengths)))
        batches = [order[start : start + size] for start in range(0, len(order), size)]
        yield from (batches[place] for place in generator.permutation(len(batches)))


@dataclass
class Fit:
    """How a training went, and the picture of it.

    losses: (seconds, bits) of each step's batch, in bits for each step of the model
    checks: (seconds, bits per character) on the tunes of `part`; best: the lowest, whose weights the model now has
    stopped: why it ended before its time, or ""
    """

    label: str
    total: float  # seconds
    line: float | None = None  # what an n-gram model reaches
    part: str = PART
    losses: list[tuple[float, float]] = field(default_factory=list)
    checks: list[tuple[float, float]] = field(default_factory=list)
    seconds: float = 0.0
    stopped: str = ""
    done: bool = False

    @property
    def best(self) -> float:
        """The lowest of the checks."""
        return min((bits for _, bits in self.checks), default=math.inf)

    @property
    def steps(self) -> int:
        """How many steps were taken."""
        return len(self.losses)

    def __str__(self) -> str:
        parts = [f"{self.label}: {_clock(self.seconds)} of {_clock(self.total)}, {self.steps} steps"]
        if self.checks:
            parts.append(f"{self.checks[-1][1]:.3f} bits per character, {self.part} (best {self.best:.3f})")
        if self.line is not None:
            parts.append(f"n-gram {self.line:.3f}")
        if not self.done:
            parts.append(f"{_clock(max(self.total - self.seconds, 0))} left")
        return "; ".join([*parts, *filter(None, [self.stopped])])

    def _repr_html_(self) -> str:
        picture = base64.b64encode(self.picture()).decode()
        said = str(self).replace("&", "&amp;").replace("<", "&lt;")
        return f'<img alt="{said}" src="data:image/png;base64,{picture}"><p>{said}</p>'

    def picture(self) -> bytes:
        """Draw both curves over the time, as PNG: steps in grey, checks with marks, the n-gram line dashed."""
        import matplotlib.pyplot as plt

        figure, axes = style.subplots(size=(8, 3.2))
        for points, look in (
            (self.smooth(), {"color": style.GREY, "lw": 1.2, "label": "training batches"}),
            (self.checks, {"color": style.BLUE, "marker": "o", "label": self.part}),
        ):
            if points:
                axes.plot(*zip(*points, strict=True), **look)
        if self.line is not None:
            axes.axhline(self.line, color=style.RED, ls="--")
            axes.text(self.total, self.line, "n-gram", color=style.RED, ha="right", va="bottom")
        axes.set(xlim=(0, self.total), xlabel="seconds", ylabel="bits per character", title=self.label)
        if self.losses:
            axes.legend(loc="upper right")
        out = io.BytesIO()
        figure.savefig(out, format="png", dpi=80)
        plt.close(figure)
        return out.getvalue()

    def smooth(self, points: int = 120) -> list[tuple[float, float]]:
        """Average the losses of neighbouring steps."""
        parts = np.array_split(np.array(self.losses or np.zeros((0, 2))), max(1, min(points, len(self.losses))))
        return [(float(part[:, 0].mean()), float(part[:, 1].mean())) for part in parts if len(part)]


class _Shown:
    """Shows a Fit: redraws it in a notebook, prints a line for each check elsewhere."""

    def __init__(self, fit: Fit) -> None:
        self.fit, self.last, self.printed = fit, -math.inf, 0
        show = getattr(builtins, "display", None)  # Jupyter puts it there
        self.handle = show(fit, display_id=True) if show else None

    def update(self, *, now: bool = False) -> None:
        """Show the present state; at most every REDRAWN seconds, and never more than about a tenth of the time."""
        if self.handle is None:
            if len(self.fit.checks) > self.printed or now:
                self.printed = len(self.fit.checks)
                print(self.fit, flush=True)
        elif now or time.monotonic() - self.last > REDRAWN:
            began = time.monotonic()
            self.handle.update(self.fit)
            self.last = time.monotonic() + 9 * (time.monotonic() - began)


def fit(  # noqa: PLR0913  (a notebook names each)
    model: Any,
    optimizer: Any,
    step: Callable[..., Any],
    batches: Iterable[tuple[Any, ...]],
    validate: Callable[[], float],
    *,
    seconds: float = 300,
    label: str = "training",
    learning_rate: float = 4e-3,
    line: float | None = None,
    part: str = PART,
    clock: Callable[[], float] = time.monotonic,
) -> Fit:
    """Train a keras model until the time is over, then give it the weights that were best by `validate`.

    step:     takes one step with a batch, step(*batch), and returns its loss in nats
    batches:  tuples of arrays; may be endless
    validate: measures bits per character on tunes of `part`, as curve and sentence call them; called CHECKS times
    seconds:  times LABKIT_BUDGET; learning_rate: at its highest (see `rate`); line: an n-gram model's bits
    An interrupt (the stop button) ends the training and keeps the best weights.

    In the lab: fit(model, optimizer, step, characters.batches(tunes, vocabulary), validate), where step(ids, mask)
    calls the student's train_step inside a tf.function, and validate calls characters.bits_per_character.
    """
    kept = _Best(model, validate, Fit(label, seconds * budget(), line, part))
    shown, began = _Shown(kept.fit), clock()
    try:
        for number, batch in enumerate(batches):
            kept.fit.seconds = clock() - began
            if kept.fit.seconds >= kept.fit.total:
                break
            optimizer.learning_rate = learning_rate * rate(kept.fit.seconds / kept.fit.total, number)
            loss = float(step(*batch)) / math.log(2)
            if not math.isfinite(loss):
                kept.fit.stopped = STRANGE
                break
            kept.fit.losses.append((kept.fit.seconds, loss))
            if kept.fit.seconds > (len(kept.fit.checks) + 1) * kept.fit.total / CHECKS:
                kept.check()
            shown.update()
    except KeyboardInterrupt:
        kept.fit.stopped = "Stopped by hand; the best weights so far are kept."
    kept.finish()
    kept.fit.seconds = min(clock() - began, kept.fit.total)
    shown.update(now=True)
    return kept.fit


class _Best:
    """Measures a model now and then, and keeps its best weights."""

    def __init__(self, model: Any, validate: Callable[[], float], fit: Fit) -> None:
        self.model, self.validate, self.fit = model, validate, fit
        self.weights: list[Any] = []

    def check(self) -> None:
        """Measure; keep the weights when they are the best so far."""
        bits, best = float(self.validate()), self.fit.best
        if math.isfinite(bits):
            self.fit.checks.append((self.fit.seconds, bits))
            if bits < best:
                self.weights = self.model.get_weights()

    def finish(self) -> None:
        """Measure a last time, unless the loss broke; take the best weights."""
        self.fit.done = True
        if self.fit.stopped != STRANGE and self.fit.losses:
            self.check()
        if self.weights:
            self.model.set_weights(self.weights)


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
