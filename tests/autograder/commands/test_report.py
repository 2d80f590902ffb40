"""The class at a glance says what is recorded, who needs a person first, and runs nothing that a student wrote."""

from __future__ import annotations

import base64
import hashlib
import shutil
import stat
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import simulated
import simulated_class
from typer.testing import CliRunner

from autograder.base.errors import UserFacingError
from autograder.base.files import ROOT
from autograder.cli import app
from autograder.commands import report
from autograder.course.course import Course
from autograder.course.terms import Terms
from autograder.gradebook.recorder import Recorder
from autograder.intake import roster
from autograder.intake.attempts import Attempt, Shelf
from autograder.model.recorded import Line, Report
from autograder.model.verdict import Note, State
from autograder.results import review_queue, statistics
from autograder.results.similar import Pair, Passage, Similar

if TYPE_CHECKING:
    from autograder.model.graded import Graded
    from autograder.model.verdict import Verdict

LAB = simulated.LAB
EVIL = '<script>alert(1)</script><img src=x onerror="alert(1)">\'"&\u202e{{ 7 * 7 }}'
DUE = datetime(2026, 12, 1, 23, 0, tzinfo=UTC).replace(tzinfo=None)


def line(
    number: str, state: State | None, *, points: float = 10, hint: str = "", key: str = "", seconds: float = 0.5
) -> Line:
    score = None if state not in statistics.SCORED else points if state is State.PASSED else 0.0
    title = f"Exercise {number}: f"
    return Line(f"check-{number}", title, points, state, hint, score, exercise=f"ex-{number}", key=key, seconds=seconds)


def written(score: float | None) -> Line:
    return Line("question", "Question 9.1", 10, None, "", score, checked=False)


def pupil(name: str, *states: State, **about: object) -> Report:
    return replace(Report(name, tuple(line(f"1.{at}", state) for at, state in enumerate(states, 1))), **about)


def as_reports(results: dict[str, Graded]) -> list[Report]:
    """Make of results what would be read from the gradebook."""
    cells = {cell.grade_id: cell for cell in simulated.lab().graded}

    def one(verdict: Verdict) -> Line:
        cell = cells[verdict.grade_id]
        score, checked = verdict.score(cell.points), bool(cell.exercise)
        about = {"flag": verdict.flag, "exercise": cell.exercise, "key": verdict.key, "seconds": verdict.seconds}
        return Line(cell.grade_id, cell.title, cell.points, verdict.state, verdict.hint, score, checked, **about)

    return [Report(name, tuple(map(one, each.verdicts)), receipt=each.receipt) for name, each in results.items()]


class Page(HTMLParser):
    """The elements of a page, their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: set[tuple[str, str]] = set()
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes |= {(name, value or "") for name, value in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def test_whatever_students_wrote_is_text_and_nothing_is_fetched() -> None:
    lines = (line(EVIL, State.FAILED, hint=EVIL, key=EVIL), replace(line("1.2", State.PASSED), flag=EVIL))
    reports = [Report(EVIL + str(at), lines, receipt=(Note(EVIL, "similar", EVIL, 0.3),)) for at in range(12)]
    passage = Passage(EVIL, ((EVIL, True),), ((EVIL, False),))
    alike = Similar(12, ((EVIL, "b"),), (Pair((EVIL, "b"), 99, 0.9, (passage,)),), 3, 2)
    tardy = [report.Late(EVIL, None, "", 1.0)]
    text = report.page(LAB, reports, late=tardy, alike=alike, names={EVIL: EVIL}, others=[EVIL])
    page = Page(text)
    assert not {"script", "img", "link", "iframe", "object", "base", "form", "use"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on") or name in {"src", "style"}]
    assert not [value for name, value in page.attributes if name == "href" and not value.startswith(("#", "%3C"))]
    style = text.partition("<style>")[2].partition("</style>")[0]
    allowed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{allowed}'; base-uri 'none'; form-action 'none'"
    assert ("content", policy) in page.attributes
    assert "url(" not in text
    assert page.text.count(EVIL) > 20
    assert "49" not in page.text


def test_each_chart_says_what_it_shows_and_has_its_numbers_in_a_table() -> None:
    reports = as_reports(simulated_class.make(40).results)
    page = Page(report.page(LAB, reports))
    assert page.tags["figure"] == page.tags["title"] - 1 == page.tags["desc"] == 4  # the page has a title as well
    assert page.tags["table"] == 3
    for count in statistics.scores(reports).bins:
        assert f"{count}" in page.text
    for one in statistics.misconceptions(reports):
        assert one.label in page.text
        assert one.words in page.text


def test_every_student_is_counted_once_in_each_exercise() -> None:
    reports = as_reports(simulated_class.make(60).results)
    for item in statistics.items(reports):
        assert sum(item.counts.values()) == (60 if item.checked else 0)
        assert set(item.counts) <= set(statistics.OUTCOMES)


def test_a_score_that_waits_for_a_person_is_left_out_and_is_no_zero() -> None:
    reports = [
        pupil("a", State.PASSED, State.FAILED),
        pupil("b", State.PASSED, State.MISSING),
        pupil("c", State.PASSED, State.PASSED),
    ]
    scores = statistics.scores(reports)
    assert scores.shares == (0.5, 1.0)
    assert (scores.left_out, scores.points, scores.median) == (1, 20, 0.75)
    assert scores.bins == (0, 0, 0, 0, 0, 1, 0, 0, 0, 1)


def test_written_answers_count_once_all_of_them_are_marked() -> None:
    one, other = pupil("a", State.PASSED), pupil("b", State.PASSED)
    some = [replace(one, lines=(*one.lines, written(2))), replace(other, lines=(*other.lines, written(None)))]
    assert (statistics.scores(some).points, statistics.scores(some).whole) == (10, False)
    assert statistics.items(some)[-1].difficulty is None
    everyone = [some[0], replace(other, lines=(*other.lines, written(10)))]
    assert (statistics.scores(everyone).points, statistics.scores(everyone).shares) == (20, (0.6, 1.0))
    assert statistics.items(everyone)[-1].difficulty == pytest.approx(0.6)


def test_difficulty_and_discrimination_are_those_of_the_definition() -> None:
    # The first two go together but for one student, the third one against both, the last is the same for all.
    rows = ["++-+"] * 5 + ["+--+"] + ["--++"] * 6
    reports = [
        pupil(str(at), *(State.PASSED if sign == "+" else State.FAILED for sign in row)) for at, row in enumerate(rows)
    ]
    first, second, third, last = statistics.items(reports)
    assert (first.difficulty, second.difficulty, last.difficulty) == (0.5, pytest.approx(5 / 12), 1)
    # By hand: covariance -1/24 over deviations 1/2 and sqrt(11/144); then -11/24 over 1/2 and sqrt(131/144).
    assert first.discrimination == pytest.approx(-0.30151, abs=1e-4)
    assert third.discrimination == pytest.approx(-0.96107, abs=1e-4)
    assert last.discrimination is None
    assert "against the rest" in statistics.in_words(third)
    assert "the same for all" in statistics.in_words(last)
    assert {item.discrimination for item in statistics.items(reports[:9])} == {None}  # too few


def test_a_class_that_is_small_is_warned_of() -> None:
    def said(count: int) -> str:
        return Page(report.page(LAB, [pupil(str(at), State.PASSED, State.FAILED) for at in range(count)])).text

    assert "Fewer than 10" in said(9)
    assert "A small class" in said(20)
    assert "A small class" not in said(40)
    assert "Fewer than 10" not in said(40)


def test_who_was_graded_at_a_weaker_level_is_named_with_what_it_does_not_hold() -> None:
    reports = [
        pupil("ann", State.PASSED, isolation="bubblewrap 0.8.0, 29/29 probes, memory by watching"),
        pupil("bob", State.PASSED, isolation="uid, 19/19 probes, memory by watching; not held: names, proc"),
        pupil("cleo", State.PASSED, isolation="none"),
    ]
    text = " ".join(Page(report.page(LAB, reports)).text.split())
    assert "Graded as another user in place of a sandbox; not held: names, proc: bob" in text
    assert "Graded without isolation, so a score could have been forged: cleo" in text


def test_the_same_hint_is_one_misconception_with_all_who_earned_it() -> None:
    def wrong(name: str, key: str, hint: str, state: State = State.FAILED) -> Report:
        return Report(name, (line("2.1", state, hint=hint, key=key),))

    reports = [
        *(wrong(f"v{at}", "value", f"Entry {at} differs.") for at in range(4)),
        *(wrong(f"t{at}", "no_tanh", "Not squashed.") for at in range(3)),
        wrong("c", "", "The kernel stops.", State.CRASHED),
        wrong("p", "", "", State.PASSED),
    ]
    value, tanh, crash = statistics.misconceptions(reports)
    assert (tanh.label, tanh.students, tanh.words, tanh.wordings) == (
        "2.1 f: no tanh",
        ("t0", "t1", "t2"),
        "Not squashed.",
        1,
    )
    assert (value.students, value.wordings) == (("v0", "v1", "v2", "v3"), 4)
    assert [one.general for one in (value, tanh, crash)] == [True, False, True]


def test_what_needs_a_person_comes_first_with_names_and_what_to_do() -> None:
    reports = [
        pupil("ann", State.PASSED, State.INFRASTRUCTURE),
        pupil("bob", State.UNREADABLE, State.UNREADABLE),
        pupil("cleo", State.MISSING, State.MISSING),
        pupil("dan", State.PASSED, State.PASSED, receipt=(Note("x", "similar", "It resembles.", 0.5),)),
        replace(pupil("eve"), lines=(replace(line("1.1", State.PASSED), flag="It uses LSTM."),)),
        pupil("fay", State.PASSED, State.FAILED, receipt=(Note("x", "moved", "It moved.", 1.0),)),
    ]
    tasks = review_queue.tasks(reports, LAB)
    assert [[who for _, who in task.cases] for task in tasks] == [
        [("ann",)],
        [("bob",)],
        [("cleo",)],
        [("dan",)],
        [("eve",)],
    ]
    assert [what for what, _ in tasks[2].cases] == ["Exercise 1.1, 1.2"]
    assert all(task.do for task in tasks)
    text = Page(report.page(LAB, reports)).text
    assert text.index("For you, first") < text.index("cleo") < text.index("before late penalties")


def test_who_has_been_looked_at_needs_nobody_any_more() -> None:
    looked_at = [
        Report("ann", (replace(line("1.1", state), score=7.0, by_hand=True, flag="It uses LSTM."),))
        for state in (State.MISSING, State.UNREADABLE, State.INFRASTRUCTURE, State.PASSED)
    ]
    assert review_queue.tasks(looked_at, LAB) == []
    assert "Nothing waits for a person." in report.page(LAB, looked_at)


def test_late_is_who_came_after_their_own_due_date_the_latest_first() -> None:
    def at(name: str, hours: float | None, penalty: float = 0) -> Report:
        return pupil(
            name, State.PASSED, handed_in=None if hours is None else DUE + timedelta(hours=hours), penalty=penalty
        )

    reports = [
        at("early", -1),
        at("late", 30),
        at("later", 50, 3),
        at("more-time", 40),
        at("unknown", None),
        at("told", None),
    ]
    terms = Terms(DUE, {"more-time": timedelta(days=2)})
    found = report.latecomers(reports, terms, {"told", "early"})
    assert [(one.student, one.by, one.penalty) for one in found] == [
        ("later", "2 d 2 h", 3),
        ("late", "1 d 6 h", 0),
        ("told", "", 0),
    ]
    assert report.latecomers(reports[:3], Terms(None, {}), {"early"})[0].student in {"early", "later"}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course of this checkout's labs with a made-up class in its gradebook."""
    root = tmp_path_factory.mktemp("course")
    for name in ("labs", "solutions"):
        (root / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    made = Course.open(root)
    with Recorder(made.directory, made.config, simulated.lab()) as recorder:
        for student, graded in simulated_class.make(30).results.items():
            recorder.save(student, graded)
    return made


def test_the_page_is_written_from_the_gradebook_for_its_owner_only(course: Course) -> None:
    shelf = Shelf(course.folder / "collected" / LAB / "attempts" / "student-00007", course.folder)
    shelf.keep(Attempt("id", "", 1, "2026-10-01", 1, True, {}, [], []), {})
    feedback = course.folder / "feedback" / "student-00003" / LAB / f"{LAB}.html"
    feedback.parent.mkdir(parents=True)
    feedback.write_text("a page")
    known = roster.Row("student-00003", "Zoë Łuć", "moodle", "1")
    roster_file = course.folder / "roster.csv"
    roster_file.write_text("student,name,lms,lms_id,login,email,lab\n" + f"{known.student},{known.name},moodle,1,,,\n")
    report.write(course, LAB, compare=False).with_name("lab0_first.html").write_text("another lab")

    path = report.write(course, LAB)

    assert path == course.folder / "report" / "index.html"
    text = path.read_text(encoding="utf-8")
    assert (path.parent / f"{LAB}.html").read_text(encoding="utf-8") == text
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.parent.joinpath(name).stat().st_mode) for name in ("index.html", f"{LAB}.html")} == {
        0o600
    }
    page = Page(text)
    assert ("href", "lab0_first.html") in page.attributes
    assert "30 students graded" in page.text
    assert "Zoë Łuć" in page.text
    assert "the LMS says late" in page.text
    links = {value for name, value in page.attributes if name == "href" and "feedback" in value}
    assert [Path(path.parent, link).resolve() for link in links] == [feedback.resolve()]
    for pair in simulated_class.make(30).copied:
        assert all(name in page.text.partition("a place to look")[2] for name in pair if name != known.student)


def test_without_comparing_the_page_says_that_nobody_looked(course: Course) -> None:
    text = report.write(course, LAB, compare=False).read_text(encoding="utf-8")
    assert "Nobody looked" in text


def test_a_lab_that_nobody_is_graded_in_is_one_sentence(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Course, "open", lambda **_: course)
    said = CliRunner().invoke(app, ["report", "lab2_music"])
    assert said.exit_code == 1
    assert "Nobody's lab2_music has been graded yet" in said.output
    with pytest.raises(UserFacingError, match="lab9"):
        report.write(course, "lab9")


def test_the_verb_says_where_the_page_is(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Course, "open", lambda **_: course)
    said = CliRunner().invoke(app, ["report", LAB, "--no-similar"])
    assert said.exit_code == 0
    assert str(course.folder / "report" / "index.html") in said.output
