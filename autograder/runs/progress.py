"""What is heard of a run while it goes on, and what it took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass
class Progress:
    """What the caller wants to hear: the size of a sample class filled in, how many there are to run, who is done.

    warming_up: TensorFlow is imported now, for everybody; warn: a sentence that a person must read
    """

    filled_in: Callable[[int], None] = lambda _: None
    begin: Callable[[int], None] = lambda _: None
    done: Callable[[str], None] = lambda _: None
    warming_up: Callable[[], None] = lambda: None
    warn: Callable[[str], None] = lambda _: None


@dataclass
class Usage:
    """What a run took. seconds: from the first submission's start, with the start of engines and workers before it.

    cpu_seconds: of all processes, here and on other machines; peak_bytes: as seen every few seconds
    import_seconds: how long the imports took that one process each would have repeated
    """

    submissions: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_bytes: float = 0.0
    import_seconds: float = 0.0

    @property
    def per_minute(self) -> float:
        """Submissions per minute."""
        return 60 * self.submissions / self.seconds if self.seconds else 0.0

    @property
    def saved_seconds(self) -> float:
        """Seconds of imports that were not repeated."""
        return self.import_seconds * max(0, self.submissions - 1)
