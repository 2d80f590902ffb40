"""Says whether a function that still raises its TODO has been worked on: its code is compared with the released one."""

from __future__ import annotations

import inspect
import io
import json
import tokenize
from functools import cache
from hashlib import sha256
from importlib.resources import files
from inspect import isfunction, unwrap
from textwrap import dedent
from typing import TYPE_CHECKING, Any

from labkit.base import editions
from labkit.checks import cases

if TYPE_CHECKING:
    from collections.abc import Iterable

# Of a source that is compared: no comments, no texts, no layout. Python's versions agree on all others.
SKIPPED = {
    tokenize.COMMENT,
    tokenize.STRING,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}


def begun(student: Any, stub: str) -> bool:
    """Say whether a function, or the methods of a class, are other code than the released stub of this fingerprint.

    Where the source can't be read, or no fingerprint is known, nothing is said to have begun.
    """
    parts = [part for part in vars(student).values() if isfunction(part)] if isinstance(student, type) else [student]
    try:
        sources = [inspect.getsource(unwrap(part)) for part in parts]
        return bool(stub) and fingerprint(sources) != stub
    except (OSError, TypeError, SyntaxError, tokenize.TokenError):
        return False


def fingerprint(sources: Iterable[str]) -> str:
    """Return a short name of the code of some functions, whatever its comments, texts and layout."""
    words = [
        token.string
        for text in sources
        for token in tokenize.generate_tokens(io.StringIO(dedent(text)).readline)
        if token.type not in SKIPPED
    ]
    return sha256(" ".join(words).encode()).hexdigest()[:16]


def stubs(lab: str) -> dict[str, str]:
    """Read the fingerprints of the released stubs of a lab, in the edition of the notebook here, by exercise.

    Empty where there are none.
    """
    earlier = editions.earlier(lab)
    return dict(cases.kept(lab, earlier)["stubs"]) if earlier else _stubs(lab)


@cache
def _stubs(lab: str) -> dict[str, str]:
    try:
        text = files("labkit.checks").joinpath(lab, "stubs.json").read_text(encoding="utf-8")
    except OSError:
        return {}
    found: dict[str, str] = json.loads(text)
    return found
