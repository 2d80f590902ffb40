"""The ball behind the wall: how large errors are, a still picture, and the lab's one animation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.base import style
from labkit.base.style import BLUE, GREY, LINES, ORANGE, say
from labkit.recurrence.flights import FRAMES, LONGEST_HIDDEN, SEEN_BEFORE, Flights, distances

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

# The player's buttons as characters: no icon font is fetched from the web.
BUTTONS = {
    "minus": "-",
    "plus": "+",
    "fast-backward": "|<",
    "fast-forward": ">|",
    "step-backward": "<",
    "step-forward": ">",
    "play fa-flip-horizontal": "◀",
    "play": "▶",
    "pause": "||",
}


def errors(predictions: Mapping[str, Any], flown: Flights) -> None:
    """Draw the mean error over the number of hidden frames, and apart for flights that bounce unseen.

    predictions: name -> (batch, 2)
    """
    _, (left, right) = style.subplots(1, 2, (11.5, 4), width_ratios=[1.7, 1], sharey=True)
    hidden = np.arange(LONGEST_HIDDEN + 1)
    behind = flown.hidden >= 2
    groups = {"no bounce": behind & ~flown.bounced, "bounce": behind & flown.bounced}
    for place, ((name, predicted), (colour, dashes, mark)) in enumerate(zip(predictions.items(), LINES, strict=False)):
        far = distances(predicted, flown)  # (batch,)
        left.plot(
            hidden, [far[flown.hidden == k].mean() for k in hidden], color=colour, ls=dashes, marker=mark, label=name
        )
        means = [float(far[rows].mean()) for rows in groups.values()]
        bars = right.bar(
            np.arange(2) + 0.2 * place - 0.3, means, 0.18, color=colour, hatch=["", "//", "..", "xx"][place % 4]
        )
        right.bar_label(bars, [f"{mean:.2f}" for mean in means], fontsize=9)
        say(
            f"{name}: mean error {far[behind].mean():.3f} with 2 to 12 hidden frames; "
            f"{means[0]:.3f} without and {means[1]:.3f} with a bounce that nobody saw."
        )
    left.set_xlabel("frames that the ball is hidden")
    left.set_ylabel("mean error (the box is 2 wide)")
    left.set_ylim(0)
    style.label_ends(left)
    right.set_xticks([0, 1], groups)
    right.set_xlabel("on the way behind the wall")
    right.set_ylabel("mean error")
    right.tick_params(labelleft=True)
    right.set_title("2 to 12 hidden frames")


def lengths(frames: Sequence[int], errors: Mapping[str, Sequence[float]]) -> None:
    """Draw the mean error over the length of the flights; errors: name -> one for each of `frames`."""
    _, axes = style.subplots(size=(8, 3.6))
    wide = max(map(len, ("frames of the flight", *errors)))
    say(f"{'frames of the flight':{wide}}" + "".join(f"{count:8}" for count in frames))
    for name, values in errors.items():
        say(f"{name:{wide}}" + "".join(f"{value:8.3f}" for value in values))
    for (name, values), (colour, dashes, mark) in zip(errors.items(), LINES, strict=False):
        axes.plot(frames, values, color=colour, ls=dashes, marker=mark, label=name)
    axes.set_xticks(frames)
    axes.set_xlim(frames[0] - 1, frames[-1] * 1.22)
    axes.set_ylim(0, 1.15 * max(max(values) for values in errors.values()))
    axes.set_xlabel("frames of the flight (the windows see the last 24)")
    axes.set_ylabel("mean error")
    style.label_ends(axes)


class Film:
    """Shows one flight, and where a model expects the ball while it is hidden.

    model: (1, FRAMES, 2) -> (1, 2), such as a trained ball_model
    """

    def __init__(self, model: Any, flown: Flights, row: int = 0) -> None:
        if flown.hidden[row] != 0:
            raise ValueError("A film starts before the wall; take it from data.flights(..., hidden=0).")
        self.path = flown.path[row]  # (37, 2)
        self.seen = flown.frames[row]  # (24, 2)
        self.expected = self._expect(model)  # (13, 2), for the frames 24 to 36

    def _expect(self, model: Any) -> NDArray[Any]:
        long = np.concatenate([self.seen, np.zeros((LONGEST_HIDDEN, 2), "float32")])  # (36, 2)
        windows = np.stack([long[k : k + FRAMES] for k in range(LONGEST_HIDDEN + 1)])  # (13, 24, 2)
        return np.asarray(model(windows))

    def _stage(self, axes: Any) -> None:
        from matplotlib.patches import Rectangle

        axes.add_patch(Rectangle((-1, -0.5), 2, 1, fill=False, lw=2))
        axes.add_patch(Rectangle((0, -0.5), 1, 1, facecolor="#D8D8D8", hatch="//", edgecolor="#BDBDBD", lw=0))
        axes.text(0.98, 0.46, "wall", ha="right", va="top", color=GREY)
        axes.set_xlim(-1.03, 1.03)
        axes.set_ylim(-0.53, 0.53)
        axes.set_aspect("equal")
        axes.axis("off")

    def still(self) -> None:
        """Draw the whole flight in one picture."""
        _, axes = style.subplots(size=(8, 4.4))
        self._stage(axes)
        axes.plot(*self.path[SEEN_BEFORE:].T, color=GREY, ls=":", marker="o", ms=5, label="the ball, hidden")
        axes.plot(*self.seen.T, "o", color=BLUE, ms=5, label="what the model sees")
        axes.plot(*self.expected.T, "o", mfc="none", mec=ORANGE, mew=2, ms=11, label="what the model expects")
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncol=3)
        far = np.linalg.norm(self.expected - self.path[SEEN_BEFORE:], axis=-1)
        say(f"Behind the wall the model is {far.mean():.2f} off on average, and {far.max():.2f} at most.")

    def _repr_html_(self) -> str:
        import matplotlib.pyplot as plt
        from matplotlib.animation import FuncAnimation

        figure, axes = style.subplots(size=(6.4, 3.5), dpi=70)
        self._stage(axes)
        (ball,) = axes.plot([], [], "o", color=BLUE, ms=12)
        (trail,) = axes.plot([], [], ".", color=BLUE, ms=4)
        (guess,) = axes.plot([], [], "o", mfc="none", mec=ORANGE, mew=2.5, ms=16)
        (truth,) = axes.plot([], [], "o", color=GREY, ms=7)
        title = axes.set_title(" ")

        def draw(frame: int) -> list[Any]:
            hidden = frame - SEEN_BEFORE
            trail.set_data(*self.seen[: frame + 1].T)
            ball.set_data(*(self.seen[frame : frame + 1].T if hidden < 0 else ([], [])))
            guess.set_data(*(self.expected[hidden : hidden + 1].T if hidden >= 0 else ([], [])))
            truth.set_data(*(self.path[frame : frame + 1].T if hidden >= 0 else ([], [])))
            title.set_text(
                f"frame {frame}: seen" if hidden < 0 else f"frame {frame}: hidden; ring: the model; grey dot: the ball"
            )
            return [trail, ball, guess, truth, title]

        film = FuncAnimation(figure, draw, frames=len(self.path), interval=200, blit=False)
        html: str = film.to_jshtml(default_mode="once")
        plt.close(figure)
        return offline(html)

    def __repr__(self) -> str:
        return "A film: Jupyter and Colab show it with a play button."


def offline(html: str) -> str:
    """Take out of Matplotlib's player what it fetches from the web: the buttons become characters.

    The first frame is there without JavaScript too, which a reopened notebook does not run until it is trusted.
    """
    html = re.sub(r"<link\b[^>]*font-awesome[^>]*>", "", html)
    html = re.sub(r'<i class="fa fa-([\w -]+)"></i>', lambda found: BUTTONS.get(found[1], found[1]), html)
    first = re.search(r'frames\[0\] = "([^"]+)"', html)
    picture = re.sub(r"\\\s+", "", first[1]) if first else ""  # a backslash breaks the line of a JavaScript string
    return html.replace('<img id="_anim_img', f'<img alt="the first frame" src="{picture}" id="_anim_img', 1)
