"""A check asks what the notebook's own edition promises."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from release_1 import answers

from labkit.base import editions
from labkit.checks import cases
from labkit.checks.diagnosis import begun
from labkit.checks.exercise import CheckFailed
from labkit.checks.table import check_name

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    assert list(first) == list(newest)
    assert sum(map(len, first.values())) < sum(map(len, newest.values()))
    assert not any(case.more for rows in first.values() for case in rows)
    assert set(begun.stubs(lab)) == set(newest)
    checks.edition(2)
    assert cases.public(lab) is newest


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
