"""A check asks what the notebook's own edition promises, and calls exercises as that notebook does."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
import release
from release_1 import answers

from autograder.model.cells import kind, title
from autograder.model.lab import find
from labkit import submit, training
from labkit.base import editions
from labkit.checks import cases
from labkit.checks.diagnosis import begun
from labkit.checks.exercise import CheckFailed, Exercise, NotAttempted
from labkit.checks.judge import verdict
from labkit.checks.missing import missing_lines
from labkit.checks.table import check_name, exercises

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

OF_EDITION_1 = [(lab, answer) for lab, of in answers.ANSWERS.items() for answer in of]


@pytest.fixture(autouse=True)
def nothing_said() -> Iterator[None]:
    editions._said.clear()
    yield
    editions._said.clear()


def check(lab: str, answer: Any) -> None:
    checks = import_module(f"labkit.checks.{lab}")
    getattr(checks, check_name(answer.__name__.partition("__")[0]))(answer)


@pytest.mark.parametrize(
    ("lab", "answer"),
    [pytest.param(lab, one, id=one.__name__, marks=[pytest.mark.slow]) for lab, one in OF_EDITION_1],
)
@pytest.mark.filterwarnings("ignore")
def test_what_was_right_in_edition_1_stays_right_there_and_edition_2_asks_more(
    lab: str, answer: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    checks = import_module(f"labkit.checks.{lab}")
    checks.edition(1)
    check(lab, answer)
    assert "passed" in capsys.readouterr().out
    checks.edition(2)
    with pytest.raises(CheckFailed):
        check(lab, answer)


@pytest.mark.parametrize("lab", [lab for lab in editions.NEWEST if lab not in editions.FIRST])
def test_a_notebook_that_says_nothing_is_edition_1_and_elsewhere_the_newest_is_asked(
    lab: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks = import_module(f"labkit.checks.{lab}")
    assert editions.of(lab) == editions.NEWEST[lab]
    newest = cases.public(lab)
    monkeypatch.setattr(import_module("IPython.core.getipython"), "get_ipython", lambda: "a shell")
    assert editions.of(lab) == 1
    first = cases.public(lab)
    there = {name for name, exercise in checks.EXERCISES.items() if exercise.there}
    assert set(first) == there <= set(newest)
    assert sum(map(len, first.values())) < sum(map(len, newest.values()))
    assert not any(case.more for rows in first.values() for case in rows)
    assert set(begun.stubs(lab)) == there
    checks.edition(2)
    assert cases.public(lab) is newest


@pytest.mark.parametrize(("of", "lab"), [(of, lab) for of in release.RELEASES for lab in release.LABS[of]])
def test_a_notebook_of_then_is_told_the_numbers_of_its_own_exercises(of: str, lab: str) -> None:
    checks = import_module(f"labkit.checks.{lab}")
    titles = {title(cell) for cell in release.notebook(of, lab).cells if kind(cell) == "exercise"}
    checks.edition(1)
    assert {exercise.title for exercise in checks.EXERCISES.values() if exercise.there} == titles
    checks.edition(editions.NEWEST[lab])
    today = {title(cell) for cell in find(lab).cells("exercise")}
    assert {exercise.title for exercise in checks.EXERCISES.values()} == today


@pytest.mark.parametrize("lab", [lab for lab in editions.NEWEST if lab not in editions.FIRST])
def test_an_exercise_that_came_later_is_not_asked_of_a_notebook_of_then(lab: str) -> None:
    checks = import_module(f"labkit.checks.{lab}")
    later = [exercise for exercise in checks.EXERCISES.values() if exercise.since > 1]
    checks.edition(1)
    for exercise in later:
        with pytest.raises(AttributeError):
            getattr(checks, check_name(exercise.name))
        assert check_name(exercise.name) not in dir(checks)
        assert not any(exercise.name in line for line in submit._states(checks, {})[0])
    checks.edition(editions.NEWEST[lab])
    assert {check_name(exercise.name) for exercise in checks.EXERCISES.values()} == set(dir(checks))
    assert len(submit._states(checks, {})[0]) == len(checks.EXERCISES)


@pytest.mark.parametrize(
    ("lab", "name", "then", "now"),
    [
        ("lab2_music", "coupled_lstm_step", "1.4", "7.1"),
        ("lab2_music", "peephole_lstm_step", "1.5", "7.2"),
        ("lab3_attention", "block_flops", "4.3", "8.1"),
        ("lab3_attention", "attend_next", "4.4", "8.2"),
    ],
)
def test_an_exercise_that_stands_elsewhere_today_is_called_as_the_notebook_calls_it(
    lab: str, name: str, then: str, now: str, capsys: pytest.CaptureFixture[str]
) -> None:
    checks = import_module(f"labkit.checks.{lab}")
    for edition, number in ((1, then), (2, now)):
        checks.edition(edition)
        called = f"Exercise {number}: {name}"
        assert said(checks, name, todo(called)) == [f"○ {called}: not attempted yet"]
        assert said(checks, name, lambda *_: 1)[0] == f"✗ {called}"
        assert said(checks, name, None)[-1] == f"  The cell of Exercise {number}."
        assert missing_lines(checks.EXERCISES[name])[-1] == f"  The cell of Exercise {number}."
        with training.needs():
            raise NotImplementedError(called)
        with training.needs():
            raise NameError(name=name)
        assert capsys.readouterr().out == f"This experiment needs {called}.\n" * 2
        assert f"○ {called}: its cell has not been run" in submit._states(checks, {})[0]
        assert submit._is(f"# {called}", name, checks.EXERCISES[name])


def todo(called: str) -> Any:
    def stub(*_: Any) -> None:
        raise NotImplementedError(called)

    return stub


def said(checks: ModuleType, name: str, student: Any) -> list[str]:
    return str(verdict(checks.LAB, checks.EXERCISES[name], student)).splitlines()


def test_a_mistake_that_is_inherited_is_named_by_the_number_of_then() -> None:
    """No exercise that others use has another number today; the table would say it."""
    earlier, later = Exercise("2.1", "first", "", earlier={1: "1.9"}), Exercise("3.1", "second", "", uses={"first": ""})
    table = exercises({}, earlier, later, lab="lab1_rnn")
    for edition, number in ((1, "1.9"), (2, "2.1")):
        editions.say("lab1_rnn", edition)
        assert table["second"].called("first") == number


def test_a_todo_with_the_number_of_another_edition_is_a_todo() -> None:
    """A notebook that has lost its metadata and its title is taken for one of today."""
    checks = import_module("labkit.checks.lab2_music")
    with pytest.raises(NotAttempted):
        checks.coupled_lstm_step(todo("Exercise 1.4: coupled_lstm_step"))


@pytest.mark.parametrize("lab", editions.FIRST)
def test_a_lab_that_came_later_has_no_edition_before_its_first(lab: str, monkeypatch: pytest.MonkeyPatch) -> None:
    checks, first = import_module(f"labkit.checks.{lab}"), editions.FIRST[lab]
    monkeypatch.setattr(import_module("IPython.core.getipython"), "get_ipython", lambda: "a shell")
    assert editions.of(lab) == first
    assert set(begun.stubs(lab)) == set(cases.public(lab))
    with pytest.raises(editions.EditionError, match=f"edition {first - 1} of {lab}"):
        checks.edition(first - 1)


def test_an_edition_that_is_too_new_for_this_labkit_is_said_in_one_sentence() -> None:
    with pytest.raises(editions.EditionError, match="edition 9 of lab1_rnn; the labkit installed here knows") as told:
        import_module("labkit.checks.lab1_rnn").edition(9)
    assert told.value._render_traceback_() == [str(told.value)]
