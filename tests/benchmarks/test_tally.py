"""The benchmark of the hostile corpus counts what was recorded, and nothing else; its options mean what they say."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest
from hostile.corpus import CASES

from benchmarks import hostile, stock, tally

POINTS = {"encode": 1.0, "embed": 2.0}
PERFECT = {"check-encode": 1.0, "check-embed": 2.0, "written": None}
NEIGHBOUR = {"encode": 1.0, "embed": 2.0, "written": 7.0}


def recorded(scores=PERFECT, **more):
    """A record of a run of stock nbgrader, in the form in which stock_inside.py writes it."""
    usual = {"status": "graded", "scores": scores, "neighbour": PERFECT | {"written": 7.0}, "remark": "a canary"}
    return usual | {"leaks": [], "knocks": [], "changed": [], "left": 0} | more


def finding(name, scores=PERFECT, **more):
    return tally.stock(CASES[name], POINTS, recorded(scores, **more), NEIGHBOUR)


def z_case_about(exercise):
    return next(name for name, case in CASES.items() if case.kind == "Z" and case.exercises == (exercise,))


def test_an_honest_student_with_all_points_is_treated_right():
    assert finding("honest") == tally.Finding()


def test_an_honest_student_with_fewer_points_is_denied_some():
    assert finding("honest", PERFECT | {"check-embed": 0.0}).denied == ("embed 0/2",)


def test_a_submission_that_was_never_graded_is_denied_everything():
    assert finding("honest", None, status="aborted").denied == ("encode 0/1", "embed 0/2")


def test_a_cheat_with_points_has_not_earned_them():
    name = z_case_about("encode")
    assert finding(name).unearned == ("encode 1/0",)
    assert not finding(name, PERFECT | {"check-encode": 0.0}).unearned
    assert finding(name, PERFECT | {"check-encode": 0.0, "check-embed": 1.0}).denied == ("embed 1/2",)


def test_more_points_than_there_are_and_points_for_the_written_answer_are_unearned():
    found = finding("honest", {"check-encode": 1000.0, "check-embed": 2.0, "written": 10.0})
    assert found.unearned == ("encode 1000/1", "written 10/0")


def test_a_neighbour_whose_score_changes_counts():
    assert finding("honest", neighbour=PERFECT | {"written": 1000.0}).unearned == ("neighbour's written 1000/7",)
    assert finding("honest", neighbour=None).denied[0] == "neighbour's encode 0/1"


def test_a_file_that_must_be_rejected_earns_nothing_when_it_is_a_link_to_somebody_elses():
    rejected = [case for case in CASES.values() if case.kind == "J"]
    assert {bool(case.links) for case in rejected} == {True, False}
    for case in rejected:
        assert finding(case.name).unearned == (("encode 1/0", "embed 2/0") if case.links else ())
        assert finding(case.name, None, status="aborted") == tally.Finding()


@pytest.mark.parametrize("what", [{"leaks": ["stream: STOLEN: the gradebook"]}, {"knocks": ["b'here'"]}])
def test_what_was_stolen_or_sent_away_is_a_leak(what):
    found = finding("honest", **what)
    assert found.leaked
    assert found.wrong


def test_a_planted_module_that_runs_is_no_leak():
    assert finding("honest", leaks=["stream: STOLEN: own checks"]) == tally.Finding()


def test_our_grader_is_as_expected_only_when_states_scores_and_flags_are():
    case = CASES[z_case_about("encode")]
    exercise = "encode"
    points = {exercise: 5.0, "embed": 2.0}
    good = {
        "states": {exercise: "failed", "embed": "passed"}, "scores": {exercise: 0.0, "embed": 2.0},
        "flags": "", "page_leaks": False,
    }  # fmt: skip
    assert tally.ours(case, points, good) == (tally.Finding(), True)
    for wrong in (
        {"states": good["states"] | {exercise: "passed"}},
        {"states": good["states"] | {"embed": "failed"}},
        {"scores": good["scores"] | {exercise: 5.0}},
        {"scores": good["scores"] | {"embed": None}},
        {"states": {exercise: "failed"}},
        {"page_leaks": True},
    ):
        assert not tally.ours(case, points, good | wrong)[1]


RIGHT, BOTH = tally.Finding(), tally.Finding(unearned=("encode 1/0",), denied=("embed 0/2",), leaked=("STOLEN",))


def counted(*runs):
    """Count runs of stock nbgrader: what was judged of each, and what was recorded."""
    total = tally.StockCount()
    for judged, more in runs:
        total.add(judged, recorded(**more))
    return total


def test_the_numbers_count_each_case_once():
    rows = [
        tally.Row("a", "F", "honest", RIGHT, True, ("passed",)),
        tally.Row("b", "Z", "forgery", BOTH, False, ("passed",)),
        tally.Row("c", "Z", "forgery", RIGHT, True, ("failed",)),
        tally.Row("d", "Z", "reach", tally.Finding(unearned=("x 1/0",)), False, ("passed",)),
    ]
    denied = tally.Finding(denied=("embed 0/2",))
    stocks = {
        "honest": counted((RIGHT, {"seconds": 1.5})),
        "forgery": counted((BOTH, {"left": 2, "seconds": 2}), (denied, {"status": "hung", "active_html": True})),
    }
    numbers = hostile.numbers(rows, {}, stocks)
    expected = {
        "cases": 4, "as_expected": 2, "ours_unearned_or_leaked": 2, "ours_denied": 1, "stock_cases": 3,
        "stock_unearned_or_leaked": 1, "stock_denied": 2, "stock_unfair": 2, "stock_unearned": 1, "stock_leaked": 1,
        "stock_hung": 1, "stock_aborted": 0, "stock_left": 1, "stock_lost": 0, "stock_active_html": 1,
        "stock_changed": 0, "stock_hidden_source_in_feedback": 0, "stock_seconds": 4,
    }  # fmt: skip
    assert {name: numbers[name] for name in expected} == expected
    table = tally.summary(rows, stocks).splitlines()
    assert table[2:] == [
        "| honest | 1 | 1 | 0 | 0 | 0 |",
        "| forgery | 2 | 1 | 1 | 1 | 2 |",
        "| reach | 1 | 0 | 1 | - | - |",
        "| **all** | 4 | 2 | 2 | 1 | 2 |",
    ]


def test_a_line_of_a_case_says_what_our_grader_did_with_it():
    said = tally.shown(tally.Row("b", "Z", "forgery", BOTH, False, ("passed",)))
    assert said.endswith("Z  NOT AS EXPECTED: passed; UNEARNED encode 1/0; LEAKED STOLEN; denied embed 0/2")
    assert tally.shown(tally.Row("b", "Z", "forgery")).endswith("not run")


@pytest.fixture
def stand_in(monkeypatch):
    """In place of a course of stock nbgrader, which takes minutes: every case of it comes out as is said here."""
    ran = []

    def results(course, cases, workers):
        del workers
        for case in cases:
            ran.append(case.name)
            yield case.name, recorded(**course)

    monkeypatch.setattr(hostile.stock, "prepared", lambda *_: {"status": "aborted", "scores": None})
    monkeypatch.setattr(hostile.stock, "results", results)
    monkeypatch.setattr(hostile, "points", lambda _: POINTS)
    return ran


def test_no_more_than_counts_by_topic_is_printed_or_kept_of_stock_nbgrader(stand_in, tmp_path, capfd):
    file = tmp_path / "stock.jsonl"
    assert hostile.main(["--topics", "deaths", "errors", "--no-ours", "--stock-results", str(file)]) == 0
    out, progress = capfd.readouterr()
    assert "| deaths | 6 | 0 | 0 | 0 | 5 |" in out  # one of them is about every exercise, and earned nothing
    assert len(stand_in) == 13
    # Every case has its line, and it is the same one whatever stock nbgrader made of it.
    lines = [line for line in out.splitlines() if line.split(" ")[0] in stand_in]
    assert len(lines) == 13
    assert all(line.endswith("not run") for line in lines)
    kept = file.read_text(encoding="utf-8")
    assert not [name for name in stand_in if name in progress or name in kept]
    assert [json.loads(line)["topic"] for line in kept.splitlines()] == ["deaths", "errors"]


def test_a_topic_that_was_counted_before_is_gone_on_from(stand_in, tmp_path):
    file = tmp_path / "stock.jsonl"
    hostile.main(["--topics", "deaths", "--no-ours", "--stock-results", str(file)])
    stale = {"topic": "errors", **asdict(tally.StockCount(stock_cases=1))}  # of a time when the topic had one case
    file.write_text(file.read_text() + json.dumps(stale) + "\n")
    before = list(stand_in)
    hostile.main(["--topics", "deaths", "errors", "--no-ours", "--stock-results", str(file)])
    assert [hostile.TOPIC[name] for name in stand_in[len(before) :]] == ["errors"] * 7


def test_stock_nbgrader_grades_no_part_of_a_topic(stand_in, capfd):
    hostile.main(["--only", "network", "honest", "--no-ours"])
    hostile.main(["--every", "20", "--no-ours"])
    assert stand_in == []
    assert "| reach | 1 | 0 | 0 | - | - |" in capfd.readouterr().out


def test_what_was_stolen_from_our_class_counts_though_nobody_knows_whose_it_was():
    about = {hostile.CLASS: {"stolen": ["STOLEN: a key"], "knocks": ["b'here'"]}}
    assert hostile.numbers([], about, {})["ours_unearned_or_leaked"] == 2


def test_a_run_in_which_the_machine_was_too_busy_for_the_imports_is_told_from_a_slow_student():
    log = "raise CellTimeoutError ... A cell timed out ... ['import os', '']\n['import keras']\n"
    assert stock.too_busy(log)
    assert not stock.too_busy(log.replace("import keras", "checks.embed(embed)"))
    assert not stock.too_busy("import keras")


def test_options_choose_cases():
    def names(*arguments):
        return [case.name for case in hostile.selected(hostile.parsed(arguments))]

    assert names() == list(CASES)
    assert names("--every", "50") == list(CASES)[::50]
    assert names("--only", "network", "honest") == ["honest", "network"]
    assert [hostile.TOPIC[name] for name in names("--topics", "deaths")] == ["deaths"] * 6
    for wrong in (["--every", "0"], ["--only", "nobody"], ["--topics", "network"], ["--workers", "x"]):
        with pytest.raises(SystemExit):
            hostile.parsed(wrong)


def test_our_results_are_kept_and_gone_on_from(tmp_path):
    file = tmp_path / "ours.jsonl"
    hostile._keep(file, "case", "honest", {"states": {}})
    hostile._keep(file, "case", "network", {"states": {"encode": "failed"}})
    assert hostile._read(file, "case") == {"honest": {"states": {}}, "network": {"states": {"encode": "failed"}}}


def test_a_file_of_stock_results_by_case_is_not_gone_on_from(stand_in, tmp_path):
    file = tmp_path / "stock.jsonl"
    hostile._keep(file, "case", "honest", {"status": "graded"})
    with pytest.raises(SystemExit, match="which topic"):
        hostile.main(["--topics", "deaths", "--no-ours", "--stock-results", str(file)])
    assert stand_in == []


@pytest.mark.slow
def test_nothing_outside_the_container_can_be_written_or_reached(tmp_path):
    bait = tmp_path / "bait"
    bait.mkdir()
    (bait / "file").write_text("as it was")
    home, root = Path.home(), Path(stock.ROOT)
    tries = f"""
import os, socket
for path in ("{bait}/file", "{root}/README.md", "{home}/new-file", "/etc/hostname", "/srv/case/file", "/usr/new-file"):
    try:
        open(path, "a").write("changed")
        print("wrote", path)
    except OSError:
        pass
print("sees", sorted(os.listdir("{tmp_path}")) if os.path.exists("{tmp_path}") else "nothing")
print([name for _, name in socket.if_nameindex()], len([name for name in os.listdir("/proc") if name.isdigit()]) < 9)
"""
    command = [*stock.container(bait, None), sys.executable, "-c", tries]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.splitlines()
    # The home folder in there is an empty one of its own.
    assert [line for line in shown if line.startswith("wrote")] == [f"wrote {home}/new-file"]
    assert not (home / "new-file").exists()
    assert shown[-2:] == ["sees nothing", "['lo'] True"]
    assert [path.read_text() for path in bait.iterdir()] == ["as it was"]


@pytest.mark.slow
def test_the_driver_refuses_to_run_outside_the_container(tmp_path):
    driver = Path(stock.__file__).with_name("stock_inside.py")
    code = f"import runpy; runpy.run_path({str(driver)!r})['_insist_on_the_container']()"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 1
    assert "not the container" in ended.stderr
