"""Makes what a student wrote safe to look at: no HTML, no script, no link that runs one, no picture that is none."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Any

from nbformat.v4 import new_output

if TYPE_CHECKING:
    from nbformat import NotebookNode

# An invisible character that keeps what follows from being a tag, a link or a command; the text reads as before.
_BREAK = "\N{ZERO WIDTH SPACE}"
_ACTIVE = re.compile(
    r"(<)(?=[A-Za-z/!?])"  # tags, comments, links in angle brackets
    r"|(\])(?=[(:])"  # links and pictures, which may load or run something, and where they are defined
    r"|(\\)(?=(?:href|html\w*|class|cssId|style|require|unicode|def|newcommand|let|data)\b)"  # MathJax's own
    r"|(mer)(?=maid)",  # a fence with diagrams, which is drawn and not shown as text
    re.IGNORECASE,
)
PICTURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}


def markdown(text: str) -> str:
    """Return Markdown that shows the same words and has no active part. Doing it twice changes nothing more."""
    return _ACTIVE.sub(lambda found: found[0] + _BREAK, text)


def output(kind: str, content: dict[str, Any]) -> NotebookNode | None:
    """Make an output anew from a kernel's message, with nothing in it but text and real pictures; None: drop it."""
    if kind == "stream":
        name = "stderr" if content.get("name") == "stderr" else "stdout"
        return new_output("stream", name=name, text=_text(content.get("text")))
    if kind == "error":
        lines = content.get("traceback")
        traceback = [_text(line) for line in lines] if isinstance(lines, list) else []
        return new_output("error", ename=_text(content.get("ename")), evalue=_text(content.get("evalue")),
                          traceback=traceback)  # fmt: skip
    if kind in {"display_data", "execute_result"} and isinstance(content.get("data"), dict):
        data = {media: _picture(media, content["data"].get(media)) for media in PICTURES}
        data["text/plain"] = _text(content["data"].get("text/plain"))
        kept = {media: value for media, value in data.items() if value}
        return new_output("display_data", data=kept) if kept else None
    return None


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""


def _picture(media: str, value: Any) -> str:
    try:
        data = base64.b64decode("".join(value.split()), validate=True) if isinstance(value, str) else b""
    except (ValueError, binascii.Error):
        return ""
    return base64.b64encode(data).decode() if data.startswith(PICTURES[media]) else ""


def size(made: NotebookNode) -> tuple[int, bool]:
    """Return how many characters an output holds, and whether it is a picture."""
    data = made.get("data", {})
    parts = [*data.values(), made.get("text", ""), made.get("evalue", ""), *made.get("traceback", [])]
    return sum(map(len, parts)), bool(set(data) & set(PICTURES))
