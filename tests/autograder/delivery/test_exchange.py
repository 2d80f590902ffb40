"""A lab goes through nbgrader's exchange, there and back: by nbgrader's own commands, as several users of a machine."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import stat
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import simulated
import users
from nbgrader.apps.api import NbGraderAPI
from nbgrader.auth import Authenticator
from nbgrader.exchange import ExchangeFactory

from autograder.base.errors import UserFacingError
from autograder.base.files import REFUSED, ROOT, SECRET, TIMESTAMP
from autograder.commands import collect_exchange, forget, hand_back
from autograder.course.course import Course
from autograder.delivery.exchange import Exchange
from autograder.engine.engine import Engine
from autograder.gradebook import book
from autograder.gradebook.recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Iterator

LAB = simulated.LAB
FILE = f"{LAB}.ipynb"
pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fwalk"), reason="nbgrader's exchange needs a Unix"),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),  # nbgrader's own, for each new submission
]


@dataclass
class Machine:
    """A machine with an exchange, an instructor's checkout that nobody else may enter, and students' homes."""

    root: Path
    commands: users.Commands
    students: list[str]
    course: Course = field(init=False)

    def __post_init__(self) -> None:
        for folder in (self.root, *self.root.parents):  # pytest's folders are private
            if folder.owner() == pwd.getpwuid(os.geteuid()).pw_name and folder != Path(folder.anchor):
                folder.chmod(folder.stat().st_mode | 0o011)
        (self.root / "exchange").mkdir()
        (self.root / "exchange").chmod(0o1777)
        checkout = self.root / "checkout"
        checkout.mkdir(mode=0o700)
        for name in ("labs", "solutions"):
            shutil.copytree(ROOT / name / LAB, checkout / name / LAB)
        text = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
        more = f"c.Exchange.root = {str(self.root / 'exchange')!r}\n"
        if not users.ROOTS:
            more += "c.ExchangeCollect.check_owner = False\n"
        (checkout / "nbgrader_config.py").write_text(text + more, encoding="utf-8")
        self.course = Course.open(checkout)
        for student in self.students:
            self.home(student).mkdir()
            if users.ROOTS:
                os.chown(self.home(student), pwd.getpwnam(student).pw_uid, -1)
            config = f"c = get_config()\nc.CourseDirectory.course_id = 'deep-sequence-labs'\n{more}"
            (self.home(student) / "nbgrader_config.py").write_text(config, encoding="utf-8")

    def home(self, student: str) -> Path:
        return self.root / student

    @property
    def exchange(self) -> Exchange:
        return Exchange.of(self.course)

    def student(self, student: str, *words: str) -> str:
        """Run a command of a student's; return what it said."""
        done = self.commands.run(
            student if users.ROOTS else "", self.home(student), *words, JUPYTERHUB_USER="" if users.ROOTS else student
        )
        assert done.status == 0, done.said
        return done.said

    def instructor(self, *words: str) -> str:
        """Run a command of the instructor's; return what it said."""
        done = self.commands.run("", self.course.root, *words)
        assert done.status == 0, done.said
        return done.said

    def hand_in(self, student: str, text: str = "{}", name: str = FILE) -> None:
        """Have a student write a notebook, and submit it."""
        folder = self.home(student) / LAB
        for path in folder.glob("*.ipynb"):
            path.unlink()
        (folder / name).write_text(text, encoding="utf-8")
        self.student(student, "submit", LAB)

    def record(self, *students: str, seed: str = "") -> None:
        """Record results as grading does, without running anything."""
        with Recorder(self.course.directory, self.course.config, simulated.lab()) as recorder:
            for student in students:
                recorder.save(student, simulated.graded(f"{student}{seed}"))

    def page(self, student: str) -> bytes:
        return (self.course.folder / "feedback" / student / LAB / f"{LAB}.html").read_bytes()

    def fetched(self, student: str) -> dict[str, list[str]]:
        """Return the pages that a student has got, by name: the hashes of their bytes, oldest first."""
        self.student(student, "fetch_feedback", LAB)
        found: dict[str, list[str]] = {}
        for path in sorted((self.home(student) / LAB / "feedback").glob("*/*.html")):
            found.setdefault(path.name, []).append(digest(path.read_bytes()))
        return found


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture(scope="module")
def commands() -> Iterator[users.Commands]:
    with users.commands() as running:
        yield running


@pytest.fixture
def machine(tmp_path: Path, commands: users.Commands) -> Machine:
    names = [one.pw_name for one in users.accounts(3)] if users.ROOTS else ["alice", "bob", "carol"]
    made = Machine(tmp_path, commands, names)
    made.instructor("release_assignment", LAB)
    for student in names:
        assert f"deep-sequence-labs {LAB}" in made.student(student, "list")
        made.student(student, "fetch_assignment", LAB)
    return made


def test_what_was_handed_in_twice_comes_back_byte_for_byte_and_late_is_seen(machine: Machine) -> None:
    ann, bob, eve = machine.students
    with Recorder(machine.course.directory, machine.course.config, simulated.lab()) as recorder:
        recorder.due(datetime(2026, 1, 1))  # noqa: DTZ001  (UTC, as there)
    for student in (ann, bob):
        machine.hand_in(student, "first")
    machine.hand_in(ann, "second")
    machine.hand_in(eve, "eve's", name=f"{LAB}-final.ipynb")
    assert "Collecting submission" in machine.instructor("collect", LAB)
    again = machine.instructor("collect", LAB, "--update").splitlines()
    assert len(again) == 3
    assert all("No newer submission to collect" in line for line in again)
    for student, text in {ann: "second", bob: "first", eve: "eve's"}.items():
        folder = machine.course.submitted / student / LAB
        assert {path.name for path in folder.iterdir()} == {FILE, TIMESTAMP, SECRET}
        assert (folder / FILE).read_text() == text

    machine.record(*machine.students)
    with machine.course.gradebook() as gradebook:
        assert all(gradebook.find_submission(LAB, who).total_seconds_late > 0 for who in machine.students)
    machine.instructor("generate_feedback", LAB)
    machine.instructor("release_feedback", LAB)
    for student, name in {ann: LAB, bob: LAB, eve: f"{LAB}-final"}.items():
        assert machine.fetched(student) == {f"{name}.html": [digest(machine.page(student))]}
    pages = list(machine.exchange.feedback.iterdir())
    assert len(pages) == 4  # eve's also under the lab's own name
    assert {stat.S_IMODE(path.stat().st_mode) for path in pages} == {0o644}
    assert stat.S_IMODE(machine.exchange.feedback.stat().st_mode) == 0o711, "nobody else may list the names"


def test_marks_by_hand_and_a_newer_attempt_reach_the_student(machine: Machine) -> None:
    ann = machine.students[0]
    machine.hand_in(ann, "first")
    assert collect_exchange.take(machine.course, LAB, machine.exchange).new == {ann}
    machine.record(ann)
    said = hand_back.publish(machine.course, LAB, exchange=machine.exchange)
    assert said.released
    assert (said.released.given, said.released.written) == ([ann], 1)
    first = machine.fetched(ann)
    with machine.course.gradebook() as gradebook:
        gradebook.find_grade(simulated.lab().written[0].grade_id, LAB, LAB, ann).manual_score = 1
        gradebook.db.commit()
    hand_back.publish(machine.course, LAB, exchange=machine.exchange)
    marked = machine.fetched(ann)
    assert marked != first
    assert marked == {f"{LAB}.html": [digest(machine.page(ann))]}

    machine.hand_in(ann, "second")
    assert collect_exchange.take(machine.course, LAB, machine.exchange).newer == {ann}
    hand_back.publish(machine.course, LAB, exchange=machine.exchange)
    assert machine.fetched(ann) == marked, "the page of the first attempt is not given out as that of the second"
    machine.record(ann, seed="second")
    hand_back.publish(machine.course, LAB, exchange=machine.exchange)
    assert machine.fetched(ann) == {f"{LAB}.html": [*marked[f"{LAB}.html"], digest(machine.page(ann))]}

    machine.hand_in(ann, "second")  # the same again: nothing is graded, and the page belongs to both
    collect_exchange.take(machine.course, LAB, machine.exchange)
    hand_back.publish(machine.course, LAB, exchange=machine.exchange)
    page = digest(machine.page(ann))
    assert machine.fetched(ann) == {f"{LAB}.html": [*marked[f"{LAB}.html"], page, page]}


def test_one_without_a_secret_stops_nobody(machine: Machine) -> None:
    ann, bob, _ = machine.students
    for student in (ann, bob):
        machine.hand_in(student)
    (old,) = machine.exchange.inbound.glob(f"{ann}+*")
    (old / SECRET).unlink()  # as nbgrader 0.8 leaves it
    os.utime(old, (time.time() - 600, time.time() - 600))
    found = collect_exchange.take(machine.course, LAB, machine.exchange)
    assert ann not in found.students, "it might be written at this moment"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("autograder.delivery.exchange.STILL_SECONDS", -1)
        said = collect_exchange.take(machine.course, LAB, machine.exchange).lines()
    assert f"{ann}: handed in without a secret" in " ".join(said)
    machine.record(ann, bob)
    machine.instructor("generate_feedback", LAB, "--force")
    said = machine.instructor("release_feedback", LAB).splitlines()
    assert any(f"{ann}: handed in without a secret" in line and "nbgrader 0.9 or newer" in line for line in said)
    assert machine.fetched(bob) == {f"{LAB}.html": [digest(machine.page(bob))]}


@pytest.mark.skipif(not users.ROOTS, reason="needs several users")
def test_a_hand_in_in_anothers_name_is_not_taken_and_a_link_leads_nowhere(machine: Machine) -> None:
    ann, bob, eve = machine.students
    for student in (ann, bob):
        machine.hand_in(student, student)
    (of_bob,) = machine.exchange.inbound.glob(f"{bob}+*")
    of_bob.rename(machine.exchange.inbound / f"{eve}+{LAB}+2026-01-01 00:00:00.000000 UTC+x")
    (of_ann,) = machine.exchange.inbound.glob(f"{ann}+*")
    (of_ann / FILE).unlink()
    (of_ann / FILE).symlink_to(machine.course.root / "solutions" / LAB / f"{LAB}.py")
    found = collect_exchange.take(machine.course, LAB, machine.exchange)
    assert found.students == {ann}
    assert f"put there by {bob}, not by {eve}: it is not taken" in " ".join(found.lines())
    hers = machine.course.submitted / ann / LAB
    assert {path.name for path in hers.iterdir()} == {REFUSED, TIMESTAMP, SECRET}
    assert "is a link to another place" in (hers / REFUSED).read_text()
    with pytest.MonkeyPatch.context() as patch:  # where all are one user, as on Kubernetes
        patch.setattr("autograder.delivery.exchange.owner_name", lambda _: "jovyan")
        everybody = Exchange(machine.exchange.root, machine.exchange.course_id, check_owner=False)
        assert collect_exchange.take(machine.course, LAB, everybody).new == {eve}


def test_a_hand_in_that_was_kept_and_not_placed_is_placed_by_the_next_run(machine: Machine) -> None:
    ann = machine.students[0]
    machine.hand_in(ann, "hers")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("autograder.commands.collect.place", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            collect_exchange.take(machine.course, LAB, machine.exchange)
    assert not machine.course.students(LAB)
    assert collect_exchange.take(machine.course, LAB, machine.exchange).new == {ann}
    assert (machine.course.submitted / ann / LAB / FILE).read_text() == "hers"


def test_a_hand_in_that_is_younger_than_it_says_is_told(machine: Machine) -> None:
    ann = machine.students[0]
    machine.hand_in(ann)
    (hers,) = machine.exchange.inbound.glob(f"{ann}+*")
    hers.rename(machine.exchange.inbound / f"{ann}+{LAB}+2026-01-01 00:00:00.000000 UTC+x")
    said = collect_exchange.take(machine.course, LAB, machine.exchange).lines()
    assert any(line.startswith(f"{ann}: the hand-in says 2026-01-01 00:00 UTC, and its folder") for line in said)


@pytest.mark.filterwarnings("ignore:Passing unrecognized arguments")  # nbgrader's own "authentictor"
def test_formgraders_buttons_collect_grade_and_give_back(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    ann, bob, _ = machine.students
    monkeypatch.setattr("autograder.plugins.engine.shared", Engine)  # not started: an empty file needs none
    machine.hand_in(ann, "", name=f"{LAB}-final.ipynb")
    course = machine.course
    api = NbGraderAPI(
        coursedir=course.directory,
        exchange=ExchangeFactory(config=course.config),
        authenticator=Authenticator(config=course.config),
        config=course.config,
    )
    assert api.collect(LAB)["success"]
    by_hand = course.submitted / bob / LAB
    by_hand.mkdir(parents=True)
    (by_hand / "mine.ipynb").write_text("", encoding="utf-8")
    (by_hand / TIMESTAMP).write_text("2026-12-01 18:00:00 +0200", encoding="utf-8")
    for student in (ann, bob):
        done = api.autograde(LAB, student)
        assert done["success"], done["log"]
    with course.gradebook() as gradebook:
        assert str(gradebook.find_submission(LAB, bob).timestamp) == "2026-12-01 16:00:00"
        before = book.report(gradebook, LAB, bob)
    (by_hand / FILE).rename(by_hand / "other.ipynb")
    (by_hand / "other.ipynb").write_text("another", encoding="utf-8")
    done = api.autograde(LAB, bob)
    assert not done["success"]
    assert "There is no lab1_rnn.ipynb in what you handed in, but mine.ipynb, other.ipynb" in done["log"]
    assert course.autograded(bob, LAB).exists(), "the earlier result stays"
    with course.gradebook() as gradebook:
        assert book.report(gradebook, LAB, bob) == before
    assert api.generate_feedback(LAB)["success"]
    done = api.release_feedback(LAB)
    assert done["success"], done["log"]
    assert machine.fetched(ann) == {f"{LAB}-final.html": [digest(machine.page(ann))]}


def test_whoever_is_forgotten_is_gone_from_the_exchange_and_does_not_come_back(machine: Machine) -> None:
    ann, bob, _ = machine.students
    for student in (ann, bob):
        machine.hand_in(student)
    collect_exchange.take(machine.course, LAB, machine.exchange)
    machine.record(ann, bob)
    hand_back.publish(machine.course, LAB, exchange=machine.exchange)
    assert len(list(machine.exchange.feedback.iterdir())) == 2
    done = forget.forget(machine.course, ann)
    assert len(done.exchange) == 2
    assert [path.name.partition("+")[0] for path in machine.exchange.inbound.iterdir()] == [bob]
    assert len(list(machine.exchange.feedback.iterdir())) == 1
    assert collect_exchange.take(machine.course, LAB, machine.exchange).students == {bob}


def test_an_exchange_that_students_cannot_enter_is_said(machine: Machine) -> None:
    assert machine.exchange.unreachable() == ""
    inside = Exchange(machine.course.folder, machine.exchange.course_id)
    assert f"{machine.course.folder} may not be entered by others" in inside.unreachable()
    assert Exchange(machine.root / "none", "x").unreachable() == ""


def test_where_there_is_no_exchange_it_is_said(tmp_path: Path) -> None:
    for name in ("labs", "solutions"):
        (tmp_path / name).symlink_to(ROOT / name)
    text = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    (tmp_path / "nbgrader_config.py").write_text(f"{text}c.Exchange.root = '{tmp_path}/none'\n", encoding="utf-8")
    course = Course.open(tmp_path)
    with pytest.raises(UserFacingError, match=f"no folder {tmp_path}/none/deep-sequence-labs/inbound"):
        collect_exchange.take(course, LAB, Exchange.of(course))
