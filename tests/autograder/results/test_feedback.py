"""The page a student gets back says score, state, hint and next step, and runs nothing that a student wrote."""

from __future__ import annotations

import base64
import hashlib
import html
import itertools
import json
import re
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

import pytest

from autograder.model.recorded import Line, Report
from autograder.model.verdict import NEXT_STEPS, WORDS, Note, State, Work
from autograder.results import describe, feedback

LAB = "lab1_rnn"
EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)></pre><style>*{display:none}</style>"


def line(state: State | None, score: float | None, hint: str = "", *, checked: bool = True, number: str = "1") -> Line:
    exercise = f"ex-{number}" if checked else ""
    title = f"Exercise 2.{number}: rnn_step" if checked else f"Question 6.{number}"
    return Line(f"check-{number}", title, 10, state, hint, score, checked, exercise=exercise)


def full() -> Report:
    """One line in each state, a mark by hand, repairs, a penalty."""
    lines = [line(state, 10 if state is State.PASSED else None, f"hint {state}", number=str(number))
             for number, state in enumerate(State)]  # fmt: skip
    lines += [line(None, None, checked=False, number="8"), line(None, 4, checked=False, number="9")]
    receipt = (Note("ex-2", "title", "It was found by its title."), Note("ex-3", "similar", "It is alike.", 0.5),
               Note("check-4", "missing", "The cell check-4 was missing and was put back."))  # fmt: skip
    when = datetime(2026, 10, 1, 23, 59), datetime(2026, 10, 2, 8, 0)  # noqa: DTZ001  (as the gradebook has it)
    return Report("ann", tuple(lines), 2, "none", "a" * 64, "b" * 64, "3", receipt, *when)


class Outline(HTMLParser):
    """What a screen reader goes by: headings, labels, ids, and which tags there are."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, name: str) -> list[Any]:
        return [attrs[name] for _, attrs in self.tags if name in attrs]


@pytest.mark.parametrize("state", State)
def test_each_state_is_said_in_words_with_a_next_step(state: State) -> None:
    report = Report("ann", (line(state, 0, "the hint"), line(State.PASSED, 10, number="2")))
    for said in (feedback.page(report, LAB), feedback.text(report, LAB)):
        assert WORDS[state] in html.unescape(said)
        assert NEXT_STEPS[state] in html.unescape(said)
        assert ("the hint" in said) is (state not in {State.PASSED, State.UNTOUCHED})
        assert NEXT_STEPS[state] or "the hint" in said


def test_what_a_student_wrote_is_text() -> None:
    lines = (replace(line(State.CRASHED, 0, EVIL), comment=EVIL),)
    report = Report(EVIL, lines, receipt=(Note("x", "new kind", EVIL),))
    page = feedback.page(report, LAB, [Work("ex-1", EVIL, EVIL)], name=EVIL)
    assert {"script", "img"}.isdisjoint(tag for tag, _ in Outline(page).tags)
    assert page.count("<style>") == page.count("</style>") == 1
    assert page.count("</pre>") == page.count("<pre ") == 2
    assert page.count("&lt;script&gt;") == 6


def test_the_page_allows_its_own_style_sheet_and_nothing_else() -> None:
    page = feedback.page(full(), LAB)
    style = page[page.index("<style>") + 7 : page.index("</style>")]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = next(attrs["content"] for tag, attrs in Outline(page).tags if attrs.get("http-equiv"))
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert not Outline(page).all("style")
    assert not Outline(page).all("src")
    assert all(address.startswith("#") for address in Outline(page).all("href"))
    assert "url(" not in style
    assert "@import" not in style


def test_a_screen_reader_finds_its_way() -> None:
    found = Outline(feedback.page(full(), LAB, [Work("ex-1", "a = 1", "1")]))
    levels = [int(tag[1]) for tag, _ in found.tags if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    ids = found.all("id")
    assert len(ids) == len(set(ids))
    assert {address[1:] for address in found.all("href")} | set(found.all("aria-labelledby")) <= set(ids)
    assert [attrs.get("scope") for tag, attrs in found.tags if tag == "th"][:4] == ["col", "col", "col", "row"]
    assert ("html", {"lang": "en"}) in found.tags


def _light(colour: str) -> float:
    channels = [int(part * (2 if len(colour) == 4 else 1), 16) / 255 for part in re.findall(
        r"[0-9a-f]" if len(colour) == 4 else r"[0-9a-f]{2}", colour[1:])]  # fmt: skip
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_colour_can_be_read(scheme: int) -> None:
    """WCAG AA: 4.5 to 1 for text, 3 to 1 for what else has a meaning."""
    page = feedback.page(full(), LAB)
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]+)", re.findall(r":root \{([^}]*)\}", page)[scheme]))
    for name, least in {"ink": 4.5, "soft": 4.5, "good": 4.5, "bad": 4.5, "ask": 4.5, "rule": 3}.items():
        for ground in ("paper", "box"):
            darker, lighter = sorted((_light(colours[name]), _light(colours[ground])))
            assert (lighter + 0.05) / (darker + 0.05) >= least, (name, ground)
    assert set(re.findall(r"color: (?!light)(.*?)[;}]", page)) <= {f"var(--{name})" for name in colours} | {"inherit"}


def test_nothing_is_for_the_instructor_only() -> None:
    secrets = {"flag": "It uses GradientTape", "key": "the_key_of_a_hint"}
    report = replace(
        full(), lines=tuple(replace(one, seconds=1.2345, **secrets) for one in full().lines), isolation="bwrap"
    )
    described = json.dumps(describe.describe(report, LAB))
    for said in (feedback.page(report, LAB), feedback.text(report, LAB), described):
        assert not [secret for secret in (*secrets.values(), "1.2345", "bwrap", "b" * 64) if secret in said]


def test_own_code_and_what_it_printed_stand_with_their_exercise() -> None:
    report = Report("ann", (line(State.FAILED, 0, "the hint"), line(None, None, checked=False, number="2")))
    work = [Work("ex-1", "def f():\n\treturn '\x1b'\r\n", "50%\r100%"), Work("check-2", "ŝ = אבג \ud800")]
    page, text = feedback.page(report, LAB, work), feedback.text(report, LAB, work)
    assert "def f():\n\treturn &#39;\N{REPLACEMENT CHARACTER}&#39;\n</pre>" in page
    assert "50%\n100%</pre>" in page
    assert '<pre class="answer" dir="auto">\nŝ = אבג ?</pre>' in page
    assert "    def f():\n    \treturn" in text
    assert "Your answer:\n    ŝ = אבג ?" in text
    page.encode()
    text.encode()


def test_a_cell_that_nobody_has_begun_is_not_called_theirs() -> None:
    report, work = Report("ann", (line(State.UNTOUCHED, 0),)), [Work("ex-1", "raise NotImplementedError")]
    for said in (feedback.page(report, LAB, work), feedback.text(report, LAB, work)):
        assert "The cell as you left it" in said
        assert "What you wrote" not in said


def test_what_a_person_must_look_at_is_said_apart_from_what_the_student_is_told() -> None:
    lines = [line(State.MISSING, None, "Where is it?", number=str(number)) for number in (1, 2)]
    ours, scored = line(State.INFRASTRUCTURE, None, "Ours.", number="3"), line(State.MISSING, 4, "No.", number="4")
    assert feedback.for_a_person(Report("ann", (*lines, ours, scored))) == [
        ("cell not found (Exercise 2.1: rnn_step, Exercise 2.2: rnn_step)", "Where is it?"),
        ("our fault: could not be checked (Exercise 2.3: rnn_step)", "Ours."),
    ]
    whole = [line(State.UNREADABLE, None, "No JSON.", number=str(number)) for number in (1, 2)]
    assert feedback.for_a_person(Report("ann", tuple(whole))) == [("file not readable", "No JSON.")]


def test_what_we_put_in_place_of_a_lost_cell_is_not_called_theirs() -> None:
    lost = Report(
        "ann", (line(State.MISSING, None, "the hint"),), receipt=(Note("ex-1", "missing", "Not found.", 0.0),)
    )
    work = [Work("ex-1", "raise NotImplementedError")]
    assert "NotImplementedError" not in feedback.page(lost, LAB, work) + feedback.text(lost, LAB, work)


def test_what_there_is_to_do_comes_first() -> None:
    states = (State.PASSED, State.INFRASTRUCTURE, State.FAILED, State.UNTOUCHED)
    lines = [line(state, 10 if state is State.PASSED else None, number=str(n)) for n, state in enumerate(states)]
    page = feedback.page(Report("ann", (*lines, line(None, None, checked=False, number="5"))), LAB)
    found = re.findall(r'<h[23] id="([\w-]+)"', page)
    assert found[:4] == ["overview", "open", "check-2-title", "check-3-title"]
    assert found[4:] == ["waits", "check-1-title", "check-5-title", "done", "check-0-title"]


def test_a_name_is_shown_in_its_own_direction() -> None:
    page = feedback.page(Report("s-1", (line(State.PASSED, 10),)), LAB, name="נועה לוי")
    assert '<p class="who"><bdi dir="auto">נועה לוי</bdi></p>' in page


@pytest.mark.parametrize(
    ("states", "first"),
    [
        ((State.PASSED, State.UNTOUCHED, State.FAILED), "Begin with Exercise 2.2: rnn_step (not right yet)."),
        ((State.FAILED, State.CRASHED, State.MISSING), "Begin with Exercise 2.2: rnn_step (cell not found)."),
        ((State.PASSED, State.UNTOUCHED, State.UNTOUCHED), "Begin with Exercise 2.1: rnn_step (not attempted yet)."),
        ((State.PASSED, State.PASSED), "Nothing is left to do."),
        ((State.PASSED, None), "Nothing is left for you to do: the rest waits for your instructor."),
        ((State.UNREADABLE, State.UNREADABLE), "Mend the file first: nothing in it could be read."),
    ],
)
def test_it_says_where_to_begin(states: tuple[State | None, ...], first: str) -> None:
    lines = [line(state, 10.0 if state is State.PASSED else None, number=str(n)) for n, state in enumerate(states)]
    assert describe.describe(Report("ann", tuple(lines)), LAB)["begin_with"]["words"] == first


def test_an_exercise_that_a_person_gave_all_points_needs_nothing_more() -> None:
    forgiven = replace(line(State.FAILED, 10, "the hint"), by_hand=True)
    assert describe.describe(Report("ann", (forgiven,)), LAB)["begin_with"]["words"] == "Nothing is left to do."


def test_the_receipt_is_kind_and_says_what_to_look_at() -> None:
    said = describe.describe(full(), LAB)["receipt"]
    assert [one["please_look"] for one in said] == [True, False, False]
    assert said[1]["words"] == "Found by the comment in the first line: Exercise 2.2: rnn_step."
    assert (
        said[2]["words"] == "Cells of ours that were not there; we put them back: the check of Exercise 2.4: rnn_step."
    )
    page = feedback.page(full(), LAB)
    assert page.count("Please look") == 1
    assert "no cost in points" in page
    assert "no cost in points" not in feedback.page(replace(full(), receipt=()), LAB)


def test_many_repairs_of_a_kind_are_one_sentence() -> None:
    notes = [Note(f"ex-{number}", "title", "It was found by its title.") for number in range(8)]
    notes += [Note("", "new kind", "It was green."), Note("", "new kind", "It was blue.")]
    said = describe.describe(replace(full(), receipt=tuple(notes)), LAB)["receipt"]
    assert len(said) == 2
    assert said[0]["words"].count("rnn_step") == 8
    assert said[1]["words"] == "It was green. It was blue."


def test_the_total_says_what_is_open() -> None:
    lines = (line(State.PASSED, 10), line(State.MISSING, None), line(None, None, checked=False))
    assert feedback.total(Report("ann", lines)) == "10 of 10 points; 20 points are still to be marked by a person."
    assert feedback.short(Report("ann", lines)) == "10/10 ?"
    late = feedback.total(Report("ann", lines[:1], penalty=2))
    assert late == "8 of 10 points after 2 points off for a late submission."
    nothing = feedback.total(Report("ann", lines[1:]))
    assert nothing == "No points yet, and no zero either: 20 points wait for a person."
    assert feedback.total(Report("ann", lines[:1], penalty=12)).startswith("0 of 10 points")


def test_a_page_is_known_by_what_it_says() -> None:
    report = full()
    same = feedback.fingerprint(report, LAB)
    assert same in feedback.page(report, LAB)[:400]
    changed = [replace(report, penalty=3), replace(report, receipt=()), replace(report, submission="c" * 64)]
    changed.append(replace(report, lines=(replace(report.lines[0], comment="Well done."), *report.lines[1:])))
    assert len({same, *(feedback.fingerprint(one, LAB) for one in changed)}) == 5
    flagged = replace(report, lines=(replace(report.lines[0], flag="look"), *report.lines[1:]))
    assert feedback.fingerprint(flagged, LAB) == same
