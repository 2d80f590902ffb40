"""The benchmark of grading gives every tool the same honest class, counts all that it says, and compares scores."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import signal
import sys
from contextlib import nullcontext, suppress
from importlib import import_module

import nbformat
import pytest
from nbformat.v4 import new_output

from autograder.base.errors import UserFacingError
from autograder.base.files import ROOT
from autograder.model.cells import grade_id, kind, title
from autograder.model.lab import labs
from benchmarks import (
    grading,
    grading_against,
    grading_bare,
    grading_class,
    grading_nbgrader,
    grading_otter,
    growth,
    growth_record,
)
from benchmarks import grading_meter as meter
from benchmarks.grading_result import Difference, Kept, Result, differences

LAB = grading_class.LAB
HERE = dict(os.environ)
CLASS = grading_class.make(40)
ANSWERS = grading_class.Answers(CLASS.solution)
MISTAKES = {mistake.label: mistake for mistake in import_module(f"checks.mistakes.{LAB}").MISTAKES}
USES_KERAS = re.compile(r"keras|tensorflow|MyRNNCell|ball_model")


def compiled(notebook, checks):
    """The code of a notebook's cells as the measurement of bare cells runs it."""
    return [
        (compile(checks[grading_class.exercise_of(cell)].source, "<check>", "exec"), grading_class.exercise_of(cell))
        if kind(cell) == "check"
        else (compile(cell.source, "<cell>", "exec"), "")
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


def read(data):
    return nbformat.reads(data.decode(), as_version=4)


# The class


def test_a_class_is_the_same_for_the_same_seed_and_begins_as_a_larger_one_does():
    again = grading_class.make(12)
    assert again.submissions == CLASS.first(12).submissions
    assert again.digest == CLASS.first(12).digest != CLASS.digest
    assert grading_class.make(12, seed=1).submissions != again.submissions


def test_no_two_students_hand_in_the_same():
    assert len(set(CLASS.submissions.values())) == len(CLASS.submissions) == 40


def test_submissions_are_the_released_notebook_without_experiments():
    for data in CLASS.submissions.values():
        notebook = read(data)
        assert [grade_id(cell) for cell in notebook.cells] == [grade_id(cell) for cell in CLASS.release.cells]
        assert not any(kind(cell) == "experiment" for cell in notebook.cells)
        assert not any("reference" in cell.source for cell in notebook.cells if kind(cell) == "check")
    assert CLASS.cells_run["exercise"] == CLASS.cells_run["check"] == len(CLASS.checks)


def test_most_of_a_class_is_right_and_some_of_every_kind_is_there():
    solved = {title(cell): cell.source for cell in CLASS.solution.cells if kind(cell) == "exercise"}
    left = {title(cell): cell.source for cell in CLASS.release.cells if kind(cell) == "exercise"}
    kinds = []
    for data in CLASS.submissions.values():
        for cell in read(data).cells:
            if kind(cell) == "exercise":
                name, body = title(cell), cell.source.partition("\n")[2]
                exercise = name.rpartition(": ")[2]
                kinds.append(
                    "solution" if cell.source == solved[name]
                    else "left" if cell.source == left[name]
                    else "right" if body in ANSWERS.right[exercise].values()
                    else "wrong" if body in ANSWERS.wrong[exercise].values() else "?"
                )  # fmt: skip
    share = {name: kinds.count(name) / len(kinds) for name in ("solution", "right", "wrong", "left", "?")}
    assert share["?"] == 0
    assert share["solution"] + share["right"] > 0.8
    assert min(share["solution"], share["right"]) > 0.3
    assert min(share["wrong"], share["left"]) > 0.01


@pytest.mark.parametrize("lab", [lab.name for lab in labs()])
def test_a_class_of_any_lab_can_be_made(lab, tmp_path):
    few = grading_class.make(8, lab=lab)
    few.write(tmp_path)
    assert {path.stem for path in tmp_path.rglob("*.ipynb")} == {few.lab} == {lab}
    changed = set()
    for data in few.submissions.values():
        for cell, released in zip(read(data).cells, few.release.cells, strict=True):
            assert grade_id(cell) == grade_id(released)
            if kind(cell) == "exercise":
                ast.parse(cell.source)
                assert not re.search(r"^(from|import) checks\b", cell.source, re.MULTILINE)
                changed |= {grade_id(cell)} if cell.source != released.source else set()
    assert changed == {f"ex-{exercise}" for exercise in few.checks}


@pytest.mark.parametrize("lab", [lab.name for lab in labs()])
def test_each_lab_has_right_answers_of_its_own_for_each_exercise(lab):
    few = grading_class.make(1, lab=lab)
    answers = grading_class.Answers(few.solution, lab)
    # Those of the block and the network of lab 3 are written with helpers of the tests: there the solution stands in.
    assert {exercise for exercise in few.checks if len(answers.right.get(exercise, {})) < 2} <= {
        "TransformerBlock",
        "MusicTransformer",
    }
    assert set(few.checks) == {exercise for exercise in few.checks if answers.wrong.get(exercise)}


def given_names():
    names = {}
    for cell in CLASS.solution.cells:
        if kind(cell) in {"given", "exercise"} and not re.search(r"keras|labkit", cell.source):
            with suppress(NameError) if kind(cell) == "given" else nullcontext():  # it may need a cell with Keras
                exec(cell.source, names)  # noqa: S102  (our own cells)
    return names


def cells(table, daily=1):
    """The answers without Keras; of each exercise, every so many are enough for each day."""
    return [
        pytest.param(
            exercise,
            special,
            source,
            id=f"{exercise}-{special}",
            marks=[pytest.mark.thorough] if number % daily else [],
        )
        for exercise, answers in table.items()
        for number, (special, source) in enumerate(answers.items())
        if not USES_KERAS.search(source)
    ]


NAMES = "import os, re\nimport numpy as np\n"


@pytest.mark.parametrize(("exercise", "special", "source"), cells(ANSWERS.right))
def test_a_right_answer_is_right_as_a_cell_of_its_own(exercise, special, source, capsys):
    names = given_names()
    exec(NAMES + source, names)  # noqa: S102
    getattr(import_module(f"labkit.checks.{LAB}"), exercise)(names[exercise])
    assert capsys.readouterr().out.endswith("passed\n")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("exercise", "special", "source"), cells(ANSWERS.wrong, daily=8))
def test_a_mistake_is_the_same_mistake_as_a_cell_of_its_own(exercise, special, source):
    checks = import_module(f"labkit.checks.{LAB}")
    names = given_names()
    exec(NAMES + source, names)  # noqa: S102
    with pytest.raises(AssertionError) as failure:
        getattr(checks, exercise)(names[exercise])
    assert failure.value.key == MISTAKES[f"{exercise}-{special.replace('__', '-')}"].key


def test_a_cell_takes_along_what_it_needs_and_nothing_that_the_notebook_has():
    for answers in (*ANSWERS.right.values(), *ANSWERS.wrong.values()):
        for source in answers.values():
            defined = [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
            assert len(defined) == len(set(defined))
            assert not {"tokenize", "one_hot"} & set(defined)
    assert "from collections import defaultdict" in ANSWERS.right["build_vocabulary"]["defaultdict"]
    assert "def rnn_step" not in ANSWERS.right["rnn_forward"]["filled_table"]


# What is measured

BURN = "import time\nwhile time.process_time() < 0.3: pass\n"


def test_the_time_of_an_orphan_is_counted(tmp_path):
    orphan = f"import os, time\nif os.fork(): os._exit(0)\nif os.fork(): os._exit(0)\nos.setsid()\n{BURN}"
    used = meter.run([sys.executable, "-S", "-c", orphan], folder=tmp_path, environment=HERE)
    assert used.status == 0
    assert used.cpu_seconds >= 0.3


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("bwrap"), reason="needs bubblewrap")
def test_time_that_the_system_counts_nowhere_is_counted(tmp_path):
    """When the first process of a namespace is killed, the others' time is lost to its parent."""
    inside = f"import os, time\nif not os.fork():\n    exec({BURN!r})\n    time.sleep(600)\ntime.sleep(600)\n"
    outside = (
        "import os, signal, subprocess, sys, time\n"
        "bwrap = ['bwrap', '--unshare-pid', '--as-pid-1', '--dev-bind', '/', '/']\n"
        f"box = subprocess.Popen([*bwrap, sys.executable, '-S', '-c', {inside!r}])\n"
        "time.sleep(2)\n"
        "children = open(f'/proc/{box.pid}/task/{box.pid}/children').read().split()\n"
        "os.kill(int(children[0]), signal.SIGKILL)\n"
        "box.wait()\n"
    )
    used = meter.run([sys.executable, "-S", "-c", outside], folder=tmp_path, environment=HERE)
    assert used.cpu_seconds >= 0.3


@pytest.mark.slow
def test_what_is_left_running_is_ended(tmp_path):
    kept = tmp_path / "pid"
    stays = (
        "import os, pathlib, time\n"
        "pid = os.fork()\n"
        f"if pid: pathlib.Path({str(kept)!r}).write_text(str(pid)); os._exit(0)\n"
        "os.setsid(); time.sleep(600)\n"
    )
    meter.run([sys.executable, "-S", "-c", stays], folder=tmp_path, environment=HERE)
    with pytest.raises(ProcessLookupError):
        os.kill(int(kept.read_text()), 0)


def test_a_command_that_never_ends_is_ended_with_all_below_it(tmp_path):
    used = meter.run(["/bin/sh", "-c", "sleep 600; echo"], folder=tmp_path, environment=HERE, limit=0.5)
    assert used.status == -signal.SIGKILL


def test_a_status_and_the_last_words_are_told(tmp_path):
    used = meter.run([sys.executable, "-S", "-c", "import sys; sys.exit('no')"], folder=tmp_path, environment=HERE)
    assert (used.status, used.said.strip()) == (1, "no")


def test_a_command_gets_the_environment_that_it_is_given(tmp_path):
    used = meter.run(["/bin/sh", "-c", "echo $WORD"], folder=tmp_path, environment={"WORD": "given"})
    assert used.said.strip() == "given"


def test_bare_cells_earn_their_points_and_go_on_after_an_error():
    code = [(compile(text, "<cell>", "exec"), name) for text, name in (
        ("raise ValueError", ""), ("x = 1", ""), ("assert x == 1", "right"), ("assert x == 2", "wrong"),
    )]  # fmt: skip
    assert grading_bare.run(code, {"right": 3.0, "wrong": 5.0}) == {"right": 3.0, "wrong": 0.0}


# Otter and nbgrader


def test_a_test_file_of_otters_holds_the_whole_check():
    for exercise, check in CLASS.checks.items():
        text = grading_otter.test_file(check)
        body = next(node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef))
        assert {argument.arg for argument in body.args.args} == {"checks", exercise}
        assert ast.unparse(body.body) == ast.unparse(ast.parse(check.source).body)
        assert f'name = "{exercise}"' in text


def test_a_submission_for_otter_runs_the_same_cells_and_asks_for_each_check():
    first = next(iter(CLASS.submissions.values()))
    before = [cell for cell in read(first).cells if cell.cell_type == "code"]
    after = nbformat.reads(grading_otter.as_otters(first, LAB), as_version=4).cells
    after = [cell for cell in after if cell.cell_type == "code"][1:]
    for one, other in zip(before, after, strict=True):
        expected = f'grader.check("{grading_class.exercise_of(one)}")' if kind(one) == "check" else one.source
        assert other.source == expected


def test_otters_results_are_read(tmp_path):
    path = tmp_path / "results.json"
    assert grading_otter.read(path) == {}
    path.write_text(json.dumps({"tests": [{"name": "Public Tests"}, {"name": "embed", "score": 0, "max_score": 2}]}))
    assert grading_otter.read(path) == {"embed": 0.0}


def pins(path):
    found = re.findall(r"^([a-z0-9._-]+)==([^ ;\\\n]+)([^\\\n]*)", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {(name, marker.strip()): number for name, number, marker in found}


def test_otters_environment_has_our_versions():
    ours, theirs = pins(ROOT / "requirements.lock"), pins(grading_otter.REQUIREMENTS)
    both = {name for name, _ in ours} & {name for name, _ in theirs}
    assert {"tensorflow", "keras", "numpy", "ipykernel"} <= both
    for name in both - {"wrapt"}:  # TensorFlow takes any, otter-grader an old one only
        assert {number for (one, _), number in theirs.items() if one == name} <= {
            number for (one, _), number in ours.items() if one == name
        }, f"{name}: see benchmarks/otter/requirements.in"
    assert any(name == "otter-grader" and number.startswith("7.") for (name, _), number in theirs.items())


@pytest.mark.parametrize(
    ("outputs", "said"),
    [
        ([], "no error"),
        ([new_output("stream", name="stdout", text="passed")], "no error"),
        ([new_output("stream", name="stderr", text="W0000 retracing\n")], "wrote on stderr: 'W0000 retracing'"),
        ([new_output("error", ename="CheckFailed", evalue="", traceback=[])], "raised CheckFailed"),
        ([new_output("execute_result", {"text/plain": "5"})], "displayed '5'"),
    ],
)
def test_what_nbgrader_scores_by_is_said(outputs, said):
    assert grading_nbgrader.reason(outputs) == said


# What is printed


def result(scores, students=2, seconds=10.0, cpu=8.0, **about):
    usual = {"first_operation": 0.4, "isolation": ["level"], "coordinator_bytes": 5e8, "cells_run": 40}
    usual["own"] = {"peak_bytes": 2e9}
    return Result(students, seconds, cpu, 10**9, scores, {"a embed": "raised X"}, usual | about)


FULL = {"a": {"embed": 2.0, "encode": 1.0}, "b": {"embed": 0.0, "encode": 1.0}}
LESS = {"a": {"embed": 0.0, "encode": 1.0}}


def results(**other):
    found = {
        grading.BARE: result(FULL, seconds=3.0, cpu=3.0),
        grading.ours(2, 1): result(FULL, seconds=9.0),
        grading.ours(2, 2): result(FULL, seconds=5.0, cpu=4.0),
        grading.NBGRADER: result({"a": FULL["a"]}, students=1, seconds=50.0),
        grading.OTTER: result({"a": FULL["a"]}, students=1, seconds=100.0),
    }
    return found | other


def asked(*arguments):
    """The options of the first lab that is measured."""
    return grading.each_lab(grading.parsed(arguments))[0]


def test_the_last_line_holds_the_ratios_of_a_submission():
    options = asked("--submissions", "1", "--class", "2")
    found = grading.figures(results(), options, grading.compared(results()))
    expected = {
        "lab": LAB, "throughput_vs_nbgrader": 20.0, "throughput_vs_otter": 40.0, "overhead_cpu_s": 0.5,
        "second_worker_speedup": 1.8, "scores_identical": True, "submissions_per_minute": 24.0,
        "bare_cpu_s": 1.5, "first_operation_cpu_s": 0.2,
    }  # fmt: skip
    assert {key: found[key] for key in expected} == expected
    assert json.loads(json.dumps(found)) == found


def test_a_tool_that_was_left_out_has_no_figure():
    options = asked("--submissions", "1", "--class", "2", "--no-otter")
    left = results()
    del left[grading.OTTER]
    found = grading.figures(left, options, grading.compared(left))
    assert (found["throughput_vs_otter"], found["throughput_vs_nbgrader"]) == (None, 20.0)
    only = {grading.BARE: left[grading.BARE]}
    assert grading.figures(only, options, grading.compared(only))["throughput_vs_nbgrader"] is None


@pytest.mark.parametrize("tool", [grading.NBGRADER, grading.OTTER, grading.BARE, grading.ours(2, 1)])
def test_one_score_that_differs_in_any_column_is_seen(tool):
    found = grading.compared(results(**{tool: result(LESS)}))
    assert found[tool] == [Difference("a", "embed", 2.0, 0.0, "raised X")]
    options = asked("--submissions", "1", "--class", "2")
    assert grading.figures(results(), options, found)["scores_identical"] is False
    assert grading.shown(tool, found[tool])[1] == "  a embed: ours 2, there 0 (raised X)"


def test_no_score_is_not_the_same_as_none_of_the_points():
    theirs = result({"b": {"embed": None, "encode": 1.0}})
    assert differences(FULL, theirs) == [Difference("b", "embed", 0.0, None, "")]


def test_what_went_wrong_elsewhere_is_said():
    stock, otter = result(LESS, status=1, said="it gave up"), result(LESS, failed=["no kernel"])
    assert grading.complaints({grading.NBGRADER: stock, grading.OTTER: otter}) == [
        "nbgrader autograde ended with status 1: it gave up",
        "nbgrader autograde ran 40 cells of a submission",
        "otter run failed: no kernel",
    ]
    assert grading.complaints({grading.BARE: result(FULL)}) == []


def test_exercises_without_a_score_are_counted():
    run = result({"a": {"embed": None, "encode": 1.0}, "b": {"embed": None, "encode": 0.0}})
    assert run.unscored == 2
    assert grading.table({"a run": run})[1].split()[-1] == "2"


def test_a_result_is_kept_and_made_once(tmp_path):
    file, made = tmp_path / "kept.jsonl", []

    def make():
        made.append(1)
        return result(FULL)

    assert Kept(file).get("one", make) == result(FULL)
    again = Kept(file)
    assert again.get("one", make) == result(FULL)
    assert (again.used, len(made)) == (["one"], 1)
    Kept(file).get("another", make)
    assert len(made) == 2


def test_the_growth_is_told_for_each_size():
    runs = {
        growth.ours(count, workers): result(FULL, count, 10.0 * count / workers)
        for count in (1, 2)
        for workers in (1, 2)
    }
    found = growth.figures(runs, (1, 2))
    assert found["one_worker"]["s_each"] == [10.0, 10.0]
    assert found["second_worker_speedup"] == [2.0, 2.0]
    assert found["two_workers"]["coordinator_peak_mb"] == [500, 500]
    assert found["no_score"] == 0
    both_only = growth.figures(runs, (1, 2), (2,))
    assert both_only["two_workers"] == found["two_workers"]
    assert not {"one_worker", "second_worker_speedup"} & set(both_only)


def test_where_nobody_says_which_lab_1_meets_all_tools_and_every_other_lab_ours():
    first, *others = grading.each_lab(grading.parsed(["--submissions", "3", "--class", "5"]))
    assert (first.lab, first.students, first.no_nbgrader, first.no_otter) == (LAB, 5, False, False)
    assert [one.lab for one in others] == [lab.name for lab in labs() if lab.name != LAB]
    assert {(one.students, one.no_nbgrader, one.no_otter, one.no_ours) for one in others} == {(3, True, True, False)}


def test_labs_that_are_named_meet_all_tools(capsys):
    named = grading.each_lab(grading.parsed(["--lab", "lab4_beyond", "--lab", LAB]))
    assert [(one.lab, one.students, one.no_otter) for one in named] == [("lab4_beyond", 200, False), (LAB, 200, False)]
    with pytest.raises(SystemExit):
        grading.parsed(["--lab", "lab9"])
    assert "lab9" in capsys.readouterr().err


def test_the_last_line_has_the_cost_of_each_lab_and_one_verdict_on_all():
    first = grading.figures(results(), asked("--submissions", "1", "--class", "2"), grading.compared(results()))
    alone = {name: one for name, one in results().items() if name not in {grading.NBGRADER, grading.OTTER}}
    other = asked("--lab", "lab4_beyond", "--submissions", "2", "--class", "2", "--no-nbgrader", "--no-otter")
    second = grading.figures(alone, other, grading.compared(alone))
    found = grading.together([first, second])
    assert {key: found[key] for key in first} == first
    assert list(found["labs"]) == [LAB, "lab4_beyond"]
    assert found["labs"]["lab4_beyond"] == {
        "students": 2, "bare_cpu_s": 1.5, "overhead_cpu_s": 0.5, "throughput_vs_nbgrader": None,
        "throughput_vs_otter": None, "s": 2.5, "cpu_s": 2.0, "identical": True,
    }  # fmt: skip
    wrong = grading.compared(alone | {grading.BARE: result(LESS)})
    differs = grading.together([first, grading.figures(alone, other, wrong)])
    assert (differs["scores_identical"], differs["labs"][LAB]["identical"]) == (False, True)
    assert grading.by_lab([first, second])[2].split() == ["lab4_beyond", "2", "2.50", "2.00", "1.50"]


@pytest.mark.parametrize("arguments", [["--submissions", "0"], ["--class", "0"], ["--seed", "-1"]])
def test_a_count_of_zero_is_refused(arguments, capsys):
    with pytest.raises(SystemExit):
        grading.parsed(arguments)
    assert "count from 1" in capsys.readouterr().err


def test_the_time_of_a_record_is_told_for_each_tenth():
    found = growth_record.figures([1.0] * 50 + [3.0] * 50)
    assert (found["ms"], found["ms_parts"], found["count"]) == (2.0, [1.0] * 5 + [3.0] * 5, 100)
    assert growth_record.figures([4.0])["ms_parts"] == [4.0]


def test_sizes_of_zero_are_refused_and_the_whole_is_added(capsys):
    with pytest.raises(SystemExit):
        growth.parsed(["--sizes", "0"])
    assert growth.parsed(["--whole"]).sizes == [20, 200, 2000]


def test_the_class_that_grows_is_of_any_lab(monkeypatch, tmp_path):
    made = []
    monkeypatch.setattr(growth.grading_ours, "grade", lambda part, *_: made.append(part) or result(FULL))
    options = growth.parsed(["--lab", "lab4_beyond", "--sizes", "2", "--workers", "1"])
    growth.graded(options.lab, options.sizes, options.workers, Kept(tmp_path / "kept.jsonl"))
    assert [(part.lab, len(part.submissions)) for part in made] == [("lab4_beyond", 2)]
    assert growth.parsed([]).lab == LAB


# With real parts


@pytest.mark.slow
def test_bare_cells_give_the_points_that_a_class_has_earned(tmp_path):
    few = CLASS.first(3)
    found = grading_bare.grade(few, tmp_path)
    assert found.scores.keys() == few.submissions.keys()
    assert 0 < found.about["most"] <= found.cpu_seconds
    assert found.about["first_operation"] > 0
    points = {exercise: float(cell.metadata.nbgrader["points"]) for exercise, cell in CLASS.checks.items()}
    for student, data in few.submissions.items():
        solved = {
            title(cell).rpartition(": ")[2]: cell.source for cell in CLASS.solution.cells if kind(cell) == "exercise"
        }
        for cell in read(data).cells:
            exercise = title(cell).rpartition(": ")[2]
            if kind(cell) == "exercise" and cell.source == solved[exercise]:
                uses = import_module(f"labkit.checks.{LAB}").EXERCISES[exercise].uses
                assert uses or found.scores[student][exercise] == points[exercise]


# Against an earlier commit


def usage(seconds, cpu, together):
    return meter.Usage(seconds, cpu, 0, 0, together_bytes=together)


def sides():
    before, now = grading_against.Side("abc1234", ROOT), grading_against.Side("now", ROOT)
    before.whole = [usage(20.0, 30.0, 4000), usage(30.0, 30.0, 4000), usage(16.0, 33.0, 4000)]
    now.whole = [usage(10.0, 15.0, 1000), usage(10.0, 15.0, 1000), usage(10.0, 15.0, 1000)]
    before.alone, now.alone = [usage(8.0, 8.0, 1)] * 3, [usage(2.0, 4.0, 1)] * 3
    return before, now


def test_a_ratio_is_the_median_of_those_of_each_turn():
    found = grading_against.figures(*sides(), LAB, 20)
    assert found["throughput_vs_previous"] == 2.0
    assert found["cpu_vs_previous"] == 0.5
    assert (found["start_up_vs_previous"], found["start_up_cpu_vs_previous"]) == (0.25, 0.5)
    assert found["memory_vs_previous"] == 0.25
    assert [line.split() for line in grading_against.table(sides(), 20)[1:]] == [
        ["abc1234", "20", "20.0", "30.0", "0", "8.0", "8.0"],
        ["now", "20", "10.0", "15.0", "0", "2.0", "4.0"],
    ]


def test_another_state_and_another_hint_are_differences():
    before = {"ada": {"encode": ["passed", ""], "embed": ["failed", "Look."]}, "bob": {"encode": ["passed", ""]}}
    now = {"ada": {"encode": ["failed", "No."], "embed": ["failed", "See."]}, "bob": {"encode": ["passed", ""]}}
    assert grading_against.differences(before, before) == []
    assert grading_against.differences(before, now) == [
        "ada embed: failed / Look. -> failed / See.",
        "ada encode: passed /  -> failed / No.",
    ]
    assert grading_against.differences(before, {"ada": before["ada"]}) == ["bob encode: passed /  -> nothing"]


def test_a_commit_that_is_not_there_is_one_sentence():
    with pytest.raises(UserFacingError, match="There is no commit not-a-commit to compare with: "):
        grading_against.compare("not-a-commit", LAB, 1, 1, 1)


def test_all_processes_together_hold_what_one_of_them_holds_at_least(tmp_path):
    hold = "import time; x = bytearray(60_000_000); time.sleep(1.5)"
    used = meter.run([sys.executable, "-c", hold], folder=tmp_path, environment=HERE)
    assert 60_000_000 < used.together_bytes < 200_000_000
