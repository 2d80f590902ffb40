"""A message that is none says nothing; one that would become too many values is none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from autograder.exam.kernel import messages
from autograder.exam.kernel.messages import CarefulSession

SILENT = {"header": {}, "parent_header": {}, "content": {"status": "ok"}, "msg_type": "", "buffers": []}


def read(content: Any) -> dict[str, Any]:
    """Send content as a kernel would, and read it."""
    session = CarefulSession(key=b"key")
    header = {"msg_id": "1", "msg_type": "stream", "date": "2026-11-30T00:00:00Z", "version": "5.3"}
    parts = [json.dumps(part).encode() for part in (header, {}, {}, content)]
    return session.deserialize([session.sign(parts), *parts])


def nested(depth: int) -> Any:
    inner: Any = 1
    for _ in range(depth):
        inner = [inner]
    return inner


CROWDS = {
    "numbers": {"text": list(range(30))},
    "lists": {"text": [[]] * 15},
    "texts": {"text": [","] * 30},
    "dicts": {"text": [{"a": {}}] * 10},
    "nested": nested(30),
}


@pytest.mark.parametrize("content", CROWDS.values(), ids=CROWDS)
def test_what_would_become_too_many_values_says_nothing(content: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(content)["msg_type"] == "stream"
    monkeypatch.setattr(messages, "MOST_VALUES", 20)
    assert read(content) == SILENT


@pytest.mark.parametrize("text", ["a, b, c; " * 100, '"[,{' * 100, "\\," * 99 + "\\", '{"a": [1, 2]}' * 100])
def test_a_long_text_is_one_value(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "MOST_VALUES", 20)
    assert read({"name": "stdout", "text": text})["content"] == {"name": "stdout", "text": text, "status": "ok"}


def test_what_is_no_message_says_nothing() -> None:
    session = CarefulSession(key=b"key")
    assert session.deserialize([b"unsigned", b"{}", b"{}", b"{}", b"{}"]) == SILENT
    assert session.deserialize([]) == SILENT
    assert session.feed_identities([b"no delimiter"]) == ([], [])


def test_whoever_counts_hears_of_each_message() -> None:
    session, heard = CarefulSession(key=b"key"), []
    session.heard = heard.append
    session.feed_identities([b"no delimiter"])
    assert heard == [[b"no delimiter"]]
