"""A whole class as grading would find it, made without any kernel: able and less able students, clustered mistakes.

Some are late, some files can't be read, some cells are missing or in doubt, and some wrote the same.
"""

from __future__ import annotations

import ast
import hashlib
import random
import tomllib
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import nbformat
import simulated

from autograder.base.files import ROOT
from autograder.model.graded import Graded
from autograder.model.verdict import Note, State, Verdict, Work

if TYPE_CHECKING:
    from autograder.model.assignment import GradedCell

LATE, UNREADABLE, MISSING, DOUBT, OURS = 0.05, 0.01, 0.02, 0.02, 0.003
READY = "It uses SimpleRNN: is this exercise written by hand?"
BROKEN = "The file ends in the middle: it is not a notebook any more. Hand it in again."
HABITS = (
    "assert {a} > {b} - {c}, 'never'",
    "{v} = [{a}, {b}, {c}]; {v}.reverse()",
    "print('step', {a}) if {b} else None",
    "{v} = dict(one={a}, two=[{b}] * {c})",
    "for {v} in range({a}): pass",
    "{v} = ({a} + {b}) ** 2 // {c}",
    "if {a} == {b}: raise ValueError({c})",
    "{v} = {{{a}: {b}, {c}: None}}.get({b}, {a})",
)


@dataclass
class Class:
    """results: student -> what grading found; late: student -> how many hours; copied: who wrote the same as whom."""

    results: dict[str, Graded] = field(default_factory=dict)
    late: dict[str, int] = field(default_factory=dict)
    copied: list[tuple[str, str]] = field(default_factory=list)


def make(count: int, seed: object = 0) -> Class:
    """Make up a class; the same for the same seed. Two pairs copied: one renamed a lot, the other changed nothing."""
    rng = random.Random(f"class {seed}")  # noqa: S311  (made up on purpose)
    made = Class()
    names = [f"student-{number:05}" for number in range(count)]
    for name in names:
        made.results[name] = _student(rng)
        if rng.random() < LATE:
            made.late[name] = rng.randint(1, 90)
    for at, change in ((0, _renamed), (count // 2, str)):
        source, copy = names[at], names[at + 3]
        theirs = _student(rng, spoilt=False)
        made.results[source] = theirs
        made.results[copy] = _pack(
            theirs.verdicts, rng, work=tuple(Work(one.grade_id, change(one.source)) for one in theirs.work)
        )
        made.copied.append((source, copy))
    return made


def _student(rng: random.Random, *, spoilt: bool = True) -> Graded:
    lab, ability, draw = simulated.lab(), rng.gauss(0.9, 1.1), rng.random() if spoilt else 1.0
    if draw < UNREADABLE:
        return _pack([Verdict(cell.grade_id, State.UNREADABLE, BROKEN) for cell in lab.graded], rng)
    stops = rng.randint(4, 14) if spoilt and rng.random() < 0.15 else 99
    lost = rng.sample(range(15), 2) if draw < UNREADABLE + MISSING else []
    ours = rng.randrange(15) if draw > 1 - OURS and spoilt else -1
    verdicts = []
    for at, cell in enumerate(lab.graded):
        forced = State.MISSING if at in lost else State.INFRASTRUCTURE if at == ours else None
        verdicts.append(_verdict(cell, ability, rng, forced, stops=at > stops))
    notes = ()
    if UNREADABLE + MISSING <= draw < UNREADABLE + MISSING + DOUBT:
        notes = (Note("ex-encode", "similar", "Exercise 1.2: encode was found by what it resembles.", 0.7),)
    work = tuple(Work(cell.exercise, _source(cell, ability, rng)) for cell in lab.checks)
    return _pack(verdicts, rng, notes, work)


def _verdict(cell: GradedCell, ability: float, rng: random.Random, forced: State | None, *, stops: bool) -> Verdict:
    took = round(rng.lognormvariate(-1.2, 0.6), 3)
    if forced:
        return Verdict(cell.grade_id, forced, simulated.HINTS[forced], "NameError", seconds=took)
    if stops:
        return Verdict(cell.grade_id, State.UNTOUCHED, "It is not attempted yet.", "not_attempted", seconds=0.02)
    if not cell.exercise:
        return Verdict(cell.grade_id, None)
    hard = random.Random(cell.grade_id).gauss(0, 0.9)  # noqa: S311
    if ability + rng.gauss(0, 0.7) > hard:
        flag = READY if cell.name == "rnn_step" and rng.random() < 0.01 else ""
        return Verdict(cell.grade_id, State.PASSED, flag=flag, seconds=took)
    return _wrong(cell, took, rng)


def _wrong(cell: GradedCell, took: float, rng: random.Random) -> Verdict:
    draw = rng.random()
    if draw < 0.04:
        return Verdict(cell.grade_id, State.CRASHED, "The kernel stops when it is called.", seconds=took)
    if draw < 0.07:
        return Verdict(cell.grade_id, State.TIMED_OUT, "It does not come to an end.", seconds=30.0 + took)
    if draw < 0.2:
        where = rng.randrange(5)
        return Verdict(cell.grade_id, State.FAILED, f"Entry {where} is another number.", "value", seconds=took)
    keys = hints()[cell.name]
    key = keys[min(int(rng.expovariate(0.9)), len(keys) - 1)]
    return Verdict(cell.grade_id, State.FAILED, key[1], key[0], seconds=took)


@cache
def hints() -> dict[str, list[tuple[str, str]]]:
    """Read the lab's own hints: exercise -> names and words."""
    text = (ROOT / "labs" / "labkit" / "checks" / simulated.LAB / "hints.toml").read_text(encoding="utf-8")
    return {
        name: [(key, "\n".join(one.values())) for key, one in of.items()] for name, of in tomllib.loads(text).items()
    }


@cache
def _answers() -> dict[str, list[str]]:
    """Read the answers that the tests of the checks have: exercise -> sources."""
    found: dict[str, list[str]] = {
        cell.name: [simulated.lab().solutions[cell.exercise]] for cell in simulated.lab().checks
    }
    for folder in ("alternatives", "mistakes"):
        for part in sorted((ROOT / "tests" / "checks" / folder / simulated.LAB).glob("*.py")):
            text = part.read_text(encoding="utf-8")
            for node in ast.parse(text).body:
                name = getattr(node, "name", "").partition("__")[0]
                if name in found:
                    source = ast.get_source_segment(text, node) or ""
                    found[name].append(source.replace(getattr(node, "name", ""), name))
    return found


def _source(cell: GradedCell, ability: float, rng: random.Random) -> str:
    """Write an exercise as one of many would, with a habit of one's own now and then."""
    answers = _answers()[cell.name]
    # The abler, the more like the solution.
    source = answers[min(int(rng.expovariate(0.3 + max(0, ability))), len(answers) - 1)]
    lines = source.splitlines()
    for _ in range(rng.choice((0, 0, 1, 2))):
        at = next(
            (i for i, line in enumerate(lines) if line.startswith(("    return ", "        return "))),
            None,
        )
        if at is not None:
            indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
            values = {"a": rng.randrange(1, 999), "b": rng.randrange(1, 999), "c": rng.randrange(1, 999)}
            lines.insert(at, indent + rng.choice(HABITS).format(v=rng.choice("kmnpqz") * 2, **values))
    return f"# {cell.title}\n" + "\n".join(lines)


def _renamed(source: str) -> str:
    """Copy with other names for some variables, and a comment of one's own."""
    for old, new in (("h_prev", "previous"), ("vocabulary", "words_to_ids"), ("x_t", "now"), ("result", "outcome")):
        source = source.replace(old, new)
    return f"{source}\n# my own work"


def _pack(
    verdicts: list[Verdict] | tuple[Verdict, ...],
    rng: random.Random,
    notes: tuple[Note, ...] = (),
    work: tuple[Work, ...] = (),
) -> Graded:
    digest = hashlib.sha256(rng.randbytes(16)).hexdigest()
    text = nbformat.writes(nbformat.v4.new_notebook())
    return Graded(tuple(verdicts), text, digest, digest, rng.getrandbits(48), simulated.LEVEL, notes, work)
