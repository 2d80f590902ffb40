"""A watch takes in, grades and hands back as hand-ins come; whatever stops it, the next one goes on from there."""

from __future__ import annotations

import pytest

from autograder.base.errors import UserFacingError
from autograder.delivery.watch import Verbs, Watch


class Class:
    """What a watch works on: hand-ins that wait, are taken in, graded and given back; any step may fail once."""

    def __init__(self, *waiting: str) -> None:
        self.waiting, self.taken, self.graded, self.given = list(waiting), [], [], []
        self.calls: list[str] = []
        self.trouble: dict[str, Exception | type[BaseException]] = {}
        self.said: list[str] = []

    def verbs(self) -> Verbs:
        return Verbs(self.collect, self.grade, self.give)

    def _fail(self, where: str) -> None:
        self.calls.append(where)
        trouble = self.trouble.pop(where, None)
        if trouble:
            raise trouble

    def collect(self) -> tuple[list[str], bool]:
        self._fail("collect")
        new, self.waiting = self.waiting, []
        self.taken += new
        return ["bob needs you."], bool(new)

    def grade(self) -> int:
        self._fail("grade")
        new = [one for one in self.taken if one not in self.graded]
        self.graded += new
        return len(new)

    def give(self) -> tuple[list[str], int]:
        self._fail("give")
        new = [one for one in self.graded if one not in self.given]
        self.given += new
        return [], len(new)

    def watch(self, looks: int, **waits: object) -> Watch:
        made = Watch(self.verbs(), 60, self.said.append, **{"wait": lambda _: None} | waits)  # type: ignore[arg-type]
        made.run(looks)
        return made


def test_it_grades_when_something_comes_and_gives_back_at_every_look() -> None:
    course = Class("ann")
    watch = course.watch(3)
    assert (watch.graded, watch.given, course.given) == (1, 1, ["ann"])
    assert course.calls == ["collect", "grade", "give", "collect", "give", "collect", "give"]
    assert course.said == ["bob needs you."], "the same is said once"


def test_it_waits_for_what_is_left_of_the_time() -> None:
    waited: list[float] = []
    Class().watch(2, wait=waited.append)
    assert len(waited) == 1
    assert 59 < waited[0] <= 60


@pytest.mark.parametrize("where", ["collect", "grade", "give"])
def test_a_full_disk_ends_nothing_and_is_made_good_at_the_next_look(where: str) -> None:
    course = Class("ann")
    course.trouble[where] = UserFacingError("The disk is full.")
    course.watch(2)
    assert course.given == ["ann"]
    assert course.said[0 if where != "give" else 1].startswith("The disk is full.") or where == "grade"
    assert sum("The disk is full." in sentence for sentence in course.said) == 1


@pytest.mark.parametrize("where", ["collect", "grade", "give"])
def test_what_a_killed_watch_has_left_the_next_one_does(where: str) -> None:
    course = Class("ann")
    course.trouble[where] = KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        course.watch(2)
    assert not course.given
    course.watch(1)
    assert course.given == ["ann"]
