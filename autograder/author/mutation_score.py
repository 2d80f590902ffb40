"""Measures the checks: every mutant of a solution must fail them.

`autograder mutants` prints the scores. A mutant that passes is a survivor. It counts as alive unless it stands in
tests/checks/mutants/<lab>_equivalent.toml with a reason and gives what the solution gives on 1,000 random inputs.
"""

from __future__ import annotations

import ast
import os
import time
import tomllib
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console
from rich.table import Table

from autograder.author.mutation_usage import usage, without_numbers
from autograder.author.mutation_workers import FORK, Score, Subject, measure, usable
from autograder.base.errors import UserFacingError
from autograder.base.files import ROOT
from autograder.model.cells import BEGIN_HIDDEN, END_HIDDEN, kind, runs_in_examiner, title
from autograder.model.lab import Lab, find, labs
from labkit.checks import calls, compare

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from multiprocessing.connection import Connection

    from autograder.author.mutations import Mutant

INPUTS = 1000


def subjects(lab: Lab) -> list[Subject]:
    """Read the exercises of a lab, each with the names that stand above it; twice where it calls an earlier one."""
    exercises = import_module(f"labkit.checks.{lab.name}").EXERCISES
    uses = {name: exercise.uses for name, exercise in exercises.items()}
    names: dict[str, Any] = {"__name__": "__main__"}
    found: list[Subject] = []
    open_: dict[str, Any] = {}
    for cell in lab.cells("given", "exercise", "check"):
        if kind(cell) == "check":
            if open_:
                public, _, rest = cell.source.partition(BEGIN_HIDDEN)
                used = usage(lab.name, open_["name"])
                whole = Subject(lab.name, public=public, hidden=rest.partition(END_HIDDEN)[0], usage=used, **open_)
                found.append(whole)
                if uses[whole.name]:
                    found.append(replace(whole, stand_ins=True, usage=without_numbers(used)))
            open_ = {}
            continue
        if kind(cell) == "exercise":
            open_ = {"name": title(cell).rpartition(" ")[2], "source": cell.source, "names": dict(names)}
        code = cell.source if kind(cell) == "exercise" or runs_in_examiner(cell) else _definitions(cell.source)
        exec(compile(code, f"<{lab.name}>", "exec"), names)  # noqa: S102  (the author's own cells)
    return found


def _definitions(source: str) -> str:
    """Keep what a given cell imports and defines, constants too: no exercise needs the rest (plots, training)."""
    return ast.unparse(ast.Module([node for node in ast.parse(source).body if _defines(node)], []))


def _defines(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assign):
        return all(isinstance(part, ast.Constant | ast.Tuple | ast.Load) for part in ast.walk(node.value))
    return isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef)


def agreeing(subject: Subject, sources: list[str], count: int = INPUTS) -> list[bool]:
    """Say which mutants give what the solution gives on `count` random inputs, drawn as hidden tests draw them."""
    reference = import_module(f"autograder.references.{subject.lab}").REFERENCES[subject.name]
    exercise = import_module(f"labkit.checks.{subject.lab}").EXERCISES[subject.name]
    arguments: list[dict[str, Any]] = []
    for seed in range(count):
        if len(arguments) < count:
            arguments += [drawn for drawn, _ in reference.draw(np.random.default_rng(seed))]
    tight = compare.VALUES if exercise.probe else compare.Tolerance(atol=1e-6, rtol=1e-6)
    right, *others = (_outcomes(subject, exercise, source, arguments) for source in (subject.source, *sources))
    return [
        not any(
            one.error or one.changed or compare.problems(one.value, wanted.value, tight)
            for one, wanted in zip(outcomes, right, strict=True)
        )
        for outcomes in others
    ]


def _outcomes(subject: Subject, exercise: Any, source: str, arguments: list[dict[str, Any]]) -> list[calls.Outcome]:
    names = usable(subject)
    exec(source, names)  # noqa: S102
    student, probe = names[subject.name], exercise.probe
    return calls.many(student, arguments, probe=probe)


def sample(subject: Subject, made: list[Mutant], every: int) -> list[Mutant]:
    """Choose each Nth mutant of an exercise, and those that are listed as survivors."""
    rows = [row for row in listed(subject.lab) if row["exercise"] == subject.name]
    return [one for number, one in enumerate(made) if number % every == 0 or _reason(one, rows)]


def listed(lab: str) -> list[dict[str, Any]]:
    """Read the listed survivors: rows with exercise, before, after ("*" is any change of that line), reason."""
    path = ROOT / "tests" / "checks" / "mutants" / f"{lab}_equivalent.toml"
    rows: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))["survivor"] if path.exists() else []
    return rows


def excuse(scores: list[Score], jobs: int, count: int = INPUTS) -> list[str]:
    """Excuse the survivors that are listed and agree with the solution; return what is wrong with the list."""
    complaints = []
    pending: list[tuple[Score, list[int]]] = []
    for score in scores:
        rows = [row for row in listed(score.subject.lab) if row["exercise"] == score.subject.name]
        reasons = {number: _reason(score.mutants[number], rows) for number in score.survivors}
        slow = [number for number, how in score.killed_by.items() if how in {"time", "crash"}]  # by a busy machine
        known = [] if score.subject.stand_ins else rows  # what survives by itself may be found out with stand-ins
        stale = [row for row in known if not any(_covers(row, score.mutants[number]) for number in [*reasons, *slow])]
        complaints += [
            f"{score.subject.name}: no survivor is left of the listed change of {row['before']}" for row in stale
        ]
        chosen = [number for number, reason in reasons.items() if reason]
        pending += [(score, chosen[first::jobs]) for first in range(jobs) if chosen[first::jobs]]
        score.excused = {number: reasons[number] for number in chosen}
    for (score, numbers), right in zip(pending, _agreeing_in_workers(pending, jobs, count), strict=True):
        for number, agrees in zip(numbers, right, strict=True):
            if not agrees:
                del score.excused[number]
                after = score.mutants[number].after
                complaints.append(f"{score.subject.name}: listed, but differs on a random input: {after}")
    return complaints


def _covers(row: dict[str, Any], mutant: Mutant) -> bool:
    return row["before"] == mutant.before and bool({"*", mutant.after} & set(row["after"]))


def _reason(mutant: Mutant, rows: list[dict[str, Any]]) -> str:
    return next((str(row["reason"]) for row in rows if _covers(row, mutant)), "")


def _agreeing_in_workers(pending: list[tuple[Score, list[int]]], jobs: int, count: int) -> Iterator[list[bool]]:
    gate = FORK.Semaphore(jobs)

    def work(connection: Connection, score: Score, numbers: list[int]) -> None:
        np.seterr(all="ignore")
        with gate:
            connection.send(agreeing(score.subject, [score.mutants[number].source for number in numbers], count))

    pipes = [FORK.Pipe() for _ in pending]
    for (_, there), (score, numbers) in zip(pipes, pending, strict=True):
        FORK.Process(target=work, args=(there, score, numbers), daemon=True).start()
        there.close()
    yield from (here.recv() for here, _ in pipes)


def report(scores: list[Score], console: Console) -> None:
    """Print the score of each exercise, and every survivor that is alive."""
    table = Table(title="Mutants of the solutions")
    for column in ("exercise", "mutants", "killed", "by public", "too slow", "excused", "alive", "score"):
        table.add_column(column, justify="left" if column == "exercise" else "right")
    for name, group in [*((score.subject.title, [score]) for score in scores), ("all", scores)]:
        total, alive = sum(len(one.mutants) for one in group), sum(len(one.alive) for one in group)
        excused = sum(len(one.excused) for one in group)
        public, slow = sum(one.killed("public") for one in group), sum(one.killed("time", "crash") for one in group)
        killed = total - alive - excused
        shares = (
            f"{public + slow} ({(public + slow) / max(total - excused, 1):.1%})",
            f"{killed / max(total - excused, 1):.1%}",
        )
        table.add_row(name, str(total), str(killed), shares[0], str(slow), str(excused), str(alive), shares[1])
    console.print(table)
    for score in scores:
        for number in score.alive:
            mutant = score.mutants[number]
            console.print(f"\nalive: {score.subject.title}, line {mutant.line} of its cell", style="bold")
            for sign, text in (("-", mutant.before), ("+", mutant.after)):
                for line in text.splitlines():
                    console.print(f"  {sign} {line}", markup=False, highlight=False)


def run(exercises: Sequence[str] = (), lab: str = "", *, jobs: int = 0, every: int = 1, inputs: int = INPUTS) -> bool:
    """Measure these exercises, of one lab or of all, and print the scores; say whether no survivor is alive.

    exercises, lab: all without any; jobs: how many mutants at a time, 0 for one on each core
    every: try only each Nth mutant, and those that are listed; inputs: on how many random ones a listed one must agree
    Raises UserFacingError for what is no lab or exercise, and for a solution that does not pass its own check.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    jobs = jobs or os.cpu_count() or 1
    chosen_labs = [find(lab)] if lab else labs()
    found = [one for chosen_lab in chosen_labs for one in subjects(chosen_lab)]
    unknown = set(exercises) - {one.name for one in found}
    if unknown:
        where = " and ".join(one.name for one in chosen_labs)
        raise UserFacingError(f"{where}: no exercise {', '.join(sorted(unknown))}.")
    chosen = [one for one in found if not exercises or one.name in exercises]
    start = time.monotonic()
    scores = measure(chosen, jobs, lambda subject, made: sample(subject, made, every))
    complaints = excuse(scores, jobs, inputs)
    console = Console(width=110)  # also where there is no terminal
    report(scores, console)
    for complaint in complaints:
        console.print(complaint, style="bold red", markup=False)
    console.print(f"{time.monotonic() - start:.0f} s")
    return not complaints and not any(score.alive for score in scores)
