"""The mutants of the solutions: what is changed, how a mutant is tried, and that none is left alive."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.author.mutation_score import agreeing, excuse, listed, run, sample
from autograder.author.mutation_workers import Score, Subject, measure
from autograder.author.mutations import mutants
from autograder.base.errors import UserFacingError
from autograder.base.files import ROOT
from autograder.model.lab import labs

CELL = '''# Exercise 2.1: rnn_step
import numpy as np


def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    """A step of x_t + 1."""
    scale = 1 + 1
    ### BEGIN SOLUTION
    return np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)
    ### END SOLUTION
'''
CHECK = "from labkit.checks import lab1_rnn as checks\nchecks.rnn_step(rnn_step)"
FRESH = (
    "from autograder.references import lab1_rnn as reference\nchecks.rnn_step(rnn_step, reference.fresh('rnn_step'))"
)


def subject(source=CELL, public=CHECK, hidden=FRESH):
    return Subject("lab1_rnn", "rnn_step", source, public, hidden, {})


def after(body, arguments="a, b"):
    lines = "\n    ".join(body.splitlines())
    cell = f"def f({arguments}):\n    ### BEGIN SOLUTION\n    {lines}\n    ### END SOLUTION\n"
    return {mutant.after for mutant in mutants(cell)}


def test_the_same_source_gives_the_same_mutants():
    assert mutants(CELL) == mutants(CELL)


def test_every_mutant_is_another_valid_program():
    sources = [mutant.source for mutant in mutants(CELL)]
    assert len(set(sources)) == len(sources) > 40
    assert all(ast.unparse(ast.parse(source)) != ast.unparse(ast.parse(CELL)) for source in sources)


def test_only_the_solution_is_changed():
    assert all("scale = 1 + 1" in mutant.source for mutant in mutants(CELL))
    assert all("A step of x_t + 1." in mutant.source for mutant in mutants(CELL))


def test_a_cell_without_a_solution_is_an_error_that_names_it():
    with pytest.raises(UserFacingError, match=r"Exercise 9\.9"):
        mutants("# Exercise 9.9: nothing\nx = 1\n")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "return a + b",
            {"return a - b", "return a * b", "return a @ b", "return a", "return b", "return b + b", "pass"},
        ),
        ("return a @ b", {"return b @ a", "return a * b"}),
        ("return a < b", {"return a <= b", "return a >= b", "return a == b"}),
        ("return -a", {"return a"}),
        ("return a[1:]", {"return a[2:]", "return a[0:]", "return a[:]", "return a[1:-1]", "return b[1:]"}),
        (
            "return a.sum(axis=0)",
            {"return a.mean(axis=0)", "return a.sum()", "return a.sum(axis=1)", "return -a.sum(axis=0)"},
        ),
        ("return f(a, b)", {"return f(b, a)", "return f(a)", "return a"}),
        ("return a if a is None else b", {"return a if a is not None else b", "return a", "return b"}),
        ("a += b\nreturn a", {"a -= b", "a = b", "pass"}),
        ("return a and b", {"return a or b"}),
        ("return a, b", {"return (b, a)", "return (a,)"}),
        ("return a.T", {"return a"}),
        ("return {'x': a, 'y': b}", {"return {'x': b, 'y': a}", "return {'x': a}"}),
        ("for t in a:\n    b += t\nreturn b", {"for t in reversed(list(a)):", "break", "pass"}),
    ],
)
def test_a_change_of_each_kind(body, expected):
    assert expected <= after(body)


def test_a_mutant_dies_of_the_public_check_or_of_time(monkeypatch):
    monkeypatch.setattr("autograder.author.mutation_workers.SECONDS", 0.3)
    source = CELL.replace("return np.tanh", "a = 1\n    while a > 2:\n        a += 1\n    return np.tanh")
    [score] = measure([subject(source)], jobs=1)
    by = {score.mutants[number].after: verdict for number, verdict in score.killed_by.items()}
    assert by["while a > 0:"] == "time"
    assert by["return np.tanh(x_t @ W_xh + h_prev @ W_hh - b_h)"] == "public"


def test_a_solution_that_fails_its_own_check_is_an_error():
    with pytest.raises(UserFacingError, match="rnn_step does not pass its own check"):
        measure([subject(CELL.replace("np.tanh", "np.sin"))], jobs=1)


def test_a_check_that_catches_nothing_leaves_all_alive():
    [score] = measure([subject(public="pass", hidden="pass")], jobs=2)
    assert len(score.alive) == len(score.mutants)


def test_a_worker_that_dies_counts_for_the_mutant_that_killed_it():
    source = CELL.replace("return np.tanh", "import os\n    if 1 > 2: os._exit(3)\n    return np.tanh")
    [score] = measure([subject(source, public=CHECK)], jobs=1)
    assert len(score.killed_by) == len(score.mutants)
    assert "crash" in score.killed_by.values()


def test_agreement_is_tried_on_random_inputs():
    other_order = CELL.replace("x_t @ W_xh + h_prev @ W_hh + b_h", "b_h + h_prev @ W_hh + x_t @ W_xh")
    wrong_for_large = CELL.replace("W_hh + b_h)", "W_hh + b_h) * (1 if abs(x_t).max() < 2.9 else 0.9)")
    assert agreeing(subject(), [other_order, wrong_for_large], count=1000) == [True, False]


def test_a_listed_survivor_that_differs_from_the_solution_stays_alive(monkeypatch):
    row = {"exercise": "rnn_step", "before": "*", "after": ["*"], "reason": "I say so."}
    monkeypatch.setattr(
        "autograder.author.mutation_score.listed", lambda _: [row | {"before": score.mutants[0].before}]
    )
    score = Score(subject(), mutants(CELL)[:3], {0: "", 1: "public", 2: "public"})
    [complaint] = excuse([score], jobs=1, count=20)
    assert "differs" in complaint
    assert score.alive == [0]


def test_a_listed_survivor_that_is_killed_now_is_reported(monkeypatch):
    row = {"exercise": "rnn_step", "before": "return 1", "after": ["return 2"], "reason": "It was so once."}
    monkeypatch.setattr("autograder.author.mutation_score.listed", lambda _: [row])
    [complaint] = excuse([Score(subject(), mutants(CELL)[:1], {0: "public"})], jobs=1, count=20)
    assert "no survivor is left" in complaint


@pytest.mark.parametrize("lab", [lab.name for lab in labs()])
def test_every_listed_survivor_has_a_reason(lab):
    assert all(len(row["reason"]) > 5 and row["reason"].endswith(".") for row in listed(lab))


def test_a_sample_holds_each_third_and_all_that_are_listed(monkeypatch):
    made = mutants(CELL)
    last = made[-1]
    row = {"exercise": "rnn_step", "before": last.before, "after": [last.after], "reason": "The same."}
    monkeypatch.setattr("autograder.author.mutation_score.listed", lambda _: [row])
    chosen = sample(subject(), made, 3)
    assert set(made[::3]) <= set(chosen)
    assert last in chosen
    assert len(chosen) <= len(made[::3]) + 1
    assert sample(subject(), made, 1) == made


@pytest.mark.slow
def test_an_unknown_exercise_is_named():
    with pytest.raises(UserFacingError, match="rnn_leap"):
        run(["rnn_leap"])
    with pytest.raises(UserFacingError, match="lab9_nothing"):
        run(lab="lab9_nothing")


@pytest.mark.slow
@pytest.mark.parametrize(("every", "inputs"), [(400, 10), pytest.param(1, 1000, marks=pytest.mark.thorough)])
@pytest.mark.parametrize("lab", [lab.name for lab in labs()])
def test_no_mutant_of_a_solution_is_alive(lab, every, inputs):
    """A sample of the mutants, and those that are listed as equivalent; `make mutants` tries them all."""
    done = subprocess.run(
        [
            Path(sys.executable).with_name("autograder"),
            "mutants",
            "--lab",
            lab,
            "--every",
            str(every),
            "--inputs",
            str(inputs),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
