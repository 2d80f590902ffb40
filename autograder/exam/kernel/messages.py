"""Reads the messages of a kernel: whatever they are, nothing is raised, and nothing large comes of something small."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Any

from jupyter_client.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MOST_VALUES = 200_000  # numbers, texts, lists and dicts in one part of a message


class CarefulSession(Session):
    """Reads messages that anybody may have made: one that is not well formed becomes one that says nothing.

    heard: is told the parts of each message that is read
    """

    heard: Callable[[Sequence[bytes]], None] | None = None

    def feed_identities(self, msg_list: Any, copy: bool = True) -> tuple[list[bytes], list[Any]]:
        """Split a message from its address; never raise."""
        if self.heard:
            self.heard(msg_list)
        try:
            return super().feed_identities(msg_list, copy)
        except ValueError:
            return [], []

    def deserialize(self, msg_list: Any, content: bool = True, copy: bool = True) -> dict[str, Any]:
        """Read a message; never raise."""
        try:
            crowded = any(map(_crowded, msg_list[1:5]))
            message = {} if crowded else super().deserialize(msg_list, content=content, copy=copy)
        except Exception:  # noqa: BLE001  (unsigned, repeated, no JSON, too deep: none of it is a message)
            message = {}
        parts = {part: message.get(part) for part in ("header", "parent_header", "content")}
        plain = {part: value if isinstance(value, dict) else {} for part, value in parts.items()}
        plain["content"].setdefault("status", "ok")  # nbclient looks for it
        kind_of = message.get("msg_type")
        return {**message, **plain, "msg_type": kind_of if isinstance(kind_of, str) else "", "buffers": []}


_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)


def _crowded(text: bytes) -> bool:
    """Say whether JSON would become more values than any message of ours has: each takes 30 times its bytes."""
    if _values(text) <= MOST_VALUES:
        return False
    texts = sum(1 for _ in islice(_STRING.finditer(text), MOST_VALUES + 1))
    return texts > MOST_VALUES or _values(_STRING.sub(b"", text)) > MOST_VALUES


def _values(text: bytes) -> int:
    return sum(map(text.count, (b",", b"[", b"{")))
