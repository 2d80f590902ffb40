"""Writes lab2/tunes.json: what the collection of folk tunes holds, and its hash (run by `make data`)."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from importlib.metadata import version
from pathlib import Path
from typing import Any

from labkit.notation import corpus

FOLDER = Path(__file__).resolve().parent / "lab2"


def facts() -> dict[str, Any]:
    """Count what the collection holds."""
    built = corpus.build(corpus.files())
    entries = built.entries
    return {
        "sha256": hashlib.sha256(built.packed().encode()).hexdigest(),
        "tunes": len(entries),
        "families": len({entry.family for entry in entries}),
        "characters": sum(len(entry.text) for entry in entries),
        "parts": dict(Counter(entry.part for entry in entries)),
        "books": dict(Counter(entry.book for entry in entries)),
        "set_aside": built.set_aside,
    }


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    text = json.dumps(facts(), indent=1) + "\n"
    (FOLDER / "tunes.json").write_text(text, encoding="utf-8")
    print(f"music21 {version('music21')}\n{text}")
