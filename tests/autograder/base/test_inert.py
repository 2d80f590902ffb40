"""What a student wrote is shown as text: nothing in it runs, loads, or leads to something that does."""

from __future__ import annotations

import base64
import re
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbconvert import HTMLExporter
from nbformat.v4 import new_markdown_cell, new_notebook

from autograder.base import inert

# One of each form that can be active, with nothing in it that does anything: what counts is that the form is broken.
ACTIVE = {
    "script": "<script>1</script>",
    "handler": "text <img src=x onerror=1>",
    "upper case": "<IMG SRC=x ONERROR=1>",
    "svg": "<svg></svg>",
    "comment": "<!-- --><script>1</script>",
    "in a list": "- <iframe src='about:blank'></iframe>",
    "in code": "```\n<script>1</script>\n```",
    "link": "[click](about:blank)",
    "link with entity": "[click](&#97;bout:blank)",
    "reference": "[click][x]\n\n[x]: about:blank",
    "shortcut": "[click]\n\n[click]: about:blank",
    "autolink": "<about:blank>",
    "picture": "![x](https://127.0.0.1/track.png)",
    "attachment": "![x](attachment:none.png)",
    "math": "$\\href{about:blank}{x}$",
    "math block": "$$\\html{<img src=x>}$$",
    "diagram": "```mermaid\ngraph TD; A[\"<img src=x>\"]\n```",
    "nested": "<<script>script>1<</script>/script>",
}  # fmt: skip


def shown(text: str) -> str:
    """Render a Markdown cell as formgrader does."""
    notebook = new_notebook(cells=[new_markdown_cell(text, id="it")])
    page = HTMLExporter(template_name="basic").from_notebook_node(notebook)[0]
    return str(page)


@pytest.mark.parametrize("case", ACTIVE)
def test_markdown_of_a_student_has_no_active_part(case: str) -> None:
    page = shown(inert.markdown(ACTIVE[case]))
    plain = re.sub(r'<a class="anchor-link"[^>]*>', "", page)
    assert not re.search(r'<(script|img|svg|iframe)\b|href="(?!https?:)', plain, re.IGNORECASE)
    assert not re.search(r"\\(href|html)\b", page)
    assert "mermaid" not in page.lower()


@pytest.mark.parametrize("case", ["script", "handler", "link", "picture"])
def test_without_it_markdown_would_be_active(case: str) -> None:
    assert re.search(r"<(script|img|a)\b", shown(ACTIVE[case]), re.IGNORECASE)


@pytest.mark.parametrize(
    "text", ["**bold** and $x < y$, a<b", "# A title\n\n1. one\n2. $h_t = \\tanh(a_t)$", "`x[i] (why)`", "2 > 1"]
)
def test_what_honest_students_write_stays(text: str) -> None:
    assert inert.markdown(text).replace("\N{ZERO WIDTH SPACE}", "") == text
    assert shown(inert.markdown(text)).replace("\N{ZERO WIDTH SPACE}", "") == shown(text)


@given(st.text(alphabet="<a]([:\\hrefmaid!/ >`$\n"))
def test_doing_it_twice_changes_nothing_more(text: str) -> None:
    once = inert.markdown(text)
    assert inert.markdown(once) == once
    assert not re.search(r"<[A-Za-z/!?]|\][(:]", once)


def picture(data: bytes) -> dict[str, Any]:
    return {
        "data": {"image/png": base64.b64encode(data).decode()},
        "metadata": {"image/png": {"width": 1}},
    }


def test_pictures_stay_and_lose_their_metadata() -> None:
    made = inert.output("display_data", picture(b"\x89PNG\r\n\x1a\nrest"))
    assert made is not None
    assert (set(made.data), made.metadata) == ({"image/png"}, {})


@pytest.mark.parametrize(
    "content",
    [
        picture(b"<svg></svg>"),
        {"data": {"image/png": 'no "base64"'}},
        {"data": {"text/html": "<b>", "application/javascript": "1", "image/svg+xml": "<svg>"}},
        {"data": {"text/plain": {"not": "text"}}},
        {"data": 7},
        {},
    ],
)
def test_what_is_no_text_and_no_picture_goes(content: dict[str, Any]) -> None:
    assert inert.output("display_data", content) is None


ANYTHING = st.recursive(
    st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


@given(
    st.sampled_from(["stream", "error", "display_data", "execute_result", "other"]),
    st.dictionaries(st.sampled_from(["name", "text", "data", "ename", "evalue", "traceback", "metadata"]), ANYTHING),
)
def test_any_message_becomes_a_valid_output_or_none(kind: str, content: dict[str, Any]) -> None:
    made = inert.output(kind, content)
    if made is not None:
        cell = nbformat.v4.new_code_cell("1", id="it", outputs=[made])
        nbformat.validate(new_notebook(cells=[cell]))
        nbformat.writes(new_notebook(cells=[cell])).encode()
