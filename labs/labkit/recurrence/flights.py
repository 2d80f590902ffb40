"""The flights of a ball that passes behind a wall: what lab 1's model reads, and what a straight line predicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SEEN_BEFORE = 24  # frames before the ball goes behind the wall
LONGEST_HIDDEN = 12
FRAMES = 24  # frames that a model reads
NOISE = 0.02  # of each coordinate; the box is 2 wide and 1 high
HALF_WIDTH, HALF_HEIGHT = 1.0, 0.5


@dataclass(frozen=True)
class Flights:
    """Flights of a ball in a box: x from -1 to 1, y from -0.5 to 0.5; a wall hides its right half.

    frames:  (batch, frames, 2)   what a model sees: noisy positions; (0, 0) while the ball is behind the wall
    target:  (batch, 2)           the true position in the next frame
    hidden:  (batch,) int         how many of the last frames are hidden
    bounced: (batch,) bool        True where the ball bounces off floor or ceiling after it was seen last
    path:    (batch, frames + LONGEST_HIDDEN + 1, 2)   the true positions, also behind the wall
    """

    frames: NDArray[np.float32]
    target: NDArray[np.float32]
    hidden: NDArray[np.int64]
    bounced: NDArray[np.bool_]
    path: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.frames)


def flights(count: int, seed: int, hidden: int | None = None, frames: int = FRAMES) -> Flights:
    """Let balls fly straight through a box without friction, bounce, and pass behind the wall.

    hidden: number of hidden frames at the end; None draws it from 0 to 12 for each flight
    frames: how many frames a model reads. In more than 24 of them a fast ball is behind the wall twice: it was there
            before, too, and came back from the left side
    """
    generator = np.random.default_rng(seed)
    drawn = generator.integers(0, LONGEST_HIDDEN + 1, count)
    steps = drawn if hidden is None else np.full(count, hidden)
    t = np.arange(frames + LONGEST_HIDDEN + 1) - frames  # (frames + 13,); from 0 on the ball is hidden
    speed_x = generator.uniform(0.03, 0.08, count)
    speed_y = generator.uniform(0.02, 0.10, count) * generator.choice([-1, 1], count)
    x = generator.uniform(0, 1, count) * speed_x  # just behind the edge of the wall, at x = 0
    y = generator.uniform(-HALF_HEIGHT, HALF_HEIGHT, count)
    far_x = x[:, None] + speed_x[:, None] * t  # (batch, time), as if the box had no walls
    far_y = y[:, None] + speed_y[:, None] * t
    track = np.stack([fold(far_x, HALF_WIDTH), fold(far_y, HALF_HEIGHT)], axis=-1)  # (batch, time, 2)
    seen = track + generator.normal(0, NOISE, track.shape)
    seen[track[..., 0] >= 0] = 0.0
    rows = np.arange(count)
    window = steps[:, None] + np.arange(frames)  # (batch, frames)
    room = np.floor(far_y / (2 * HALF_HEIGHT) + 0.5)  # changes by one at each bounce
    return Flights(
        frames=np.take_along_axis(seen, window[..., None], axis=1).astype("float32"),
        target=track[rows, steps + frames].astype("float32"),
        hidden=steps,
        bounced=room[:, frames - 1] != room[rows, steps + frames],
        path=track.astype("float32"),
    )


def fold(far: NDArray[np.floating[Any]], half: float) -> NDArray[np.floating[Any]]:
    """Fold a straight line into [-half, half]: a ball that bounces is a straight flight, mirrored at each wall."""
    return np.asarray(half - np.abs((far + half) % (4 * half) - 2 * half))


def constant_velocity(flown: Flights, fitted: int = 4) -> NDArray[np.floating[Any]]:
    """Predict the next position (batch, 2) with a straight line through the last `fitted` frames that show the ball."""
    t = np.arange(fitted) - (fitted - 1)  # (fitted,), 0 at the last frame seen
    rows = np.arange(len(flown))[:, None]
    last = flown.frames.shape[1] - flown.hidden[:, None] + t - 1  # (batch, fitted)
    seen = flown.frames[rows, last]  # (batch, fitted, 2)
    slope = np.einsum("f,bfc->bc", t - t.mean(), seen) / ((t - t.mean()) ** 2).sum()
    middle = seen.mean(axis=1)
    return np.asarray(middle + slope * (flown.hidden[:, None] + 1 - t.mean()))


def distances(predicted: Any, flown: Flights) -> NDArray[np.floating[Any]]:
    """Measure how far predictions (batch, 2) are from the ball: (batch,)."""
    return np.asarray(np.linalg.norm(np.asarray(predicted) - flown.target, axis=-1))
