"""The benchmark of the hostile corpus counts what was recorded, and nothing else; its options mean what they say."""

from __future__ import annotations

import subprocess
import sys
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
    assert finding("honest_stderr", PERFECT | {"check-embed": 0.0}).denied == ("embed 0/2",)


def test_a_submission_that_was_never_graded_is_denied_everything():
    found = finding("honest", None, status="aborted")
    assert found.denied == ("encode 0/1", "embed 0/2")
    assert found.notes == ("aborted",)


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
    assert finding("link_to_neighbour").unearned == ("encode 1/0", "embed 2/0")
    assert finding("hundred_megabytes").notes == ("not rejected",)
    assert not finding("hundred_megabytes").wrong
    assert finding("broken_json", None, status="aborted").denied == ()


@pytest.mark.parametrize("what", [{"leaks": ["stream: STOLEN: the gradebook"]}, {"knocks": ["b'here'"]}])
def test_what_was_stolen_or_sent_away_is_a_leak(what):
    found = finding("honest", **what)
    assert found.leaked
    assert found.wrong


def test_a_planted_module_that_runs_is_no_leak():
    found = finding("honest", leaks=["stream: STOLEN: own checks"])
    assert (found.leaked, found.notes) == ((), ("a planted file ran",))


def test_our_grader_is_as_expected_only_when_states_scores_and_flags_are():
    case = CASES["displays_five"]
    exercise = case.exercises[0]
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


def test_the_numbers_count_each_case_once():
    def row(name, kind, topic, ours, expected, stock_found):
        return tally.Row(name, kind, topic, ours, expected, ("passed",), stock_found)

    right, both = tally.Finding(), tally.Finding(unearned=("encode 1/0",), denied=("embed 0/2",), leaked=("STOLEN",))
    rows = [
        row("a", "F", "honest", right, True, right),
        row("b", "Z", "forgery", right, True, both),
        row("c", "Z", "forgery", right, False, tally.Finding(denied=("embed 0/2",))),
        row("d", "Z", "reach", tally.Finding(unearned=("x 1/0",)), False, None),
    ]
    numbers = hostile.numbers(rows, {}, {"b": recorded(left=2), "c": recorded(status="hung")})
    expected = {
        "cases": 4, "as_expected": 2, "ours_unearned_or_leaked": 1, "ours_denied": 0, "stock_cases": 3,
        "stock_unearned_or_leaked": 1, "stock_denied": 2, "stock_unfair": 2, "stock_unearned": 1, "stock_leaked": 1,
        "stock_hung": 1, "stock_aborted": 0, "stock_left": 1, "stock_lost": 0,
    }  # fmt: skip
    assert {name: numbers[name] for name in expected} == expected
    assert "| forgery | 2 | 1 | 0 | 1 | 2 |" in tally.summary(rows)
    assert "UNEARNED encode 1/0; LEAKED STOLEN; denied embed 0/2" in tally.shown(rows[1])


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
    for wrong in (["--every", "0"], ["--only", "nobody"], ["--workers", "x"]):
        with pytest.raises(SystemExit):
            hostile.parsed(wrong)


def test_results_are_kept_and_gone_on_from(tmp_path):
    file = tmp_path / "stock.jsonl"
    hostile._keep(file, "honest", {"status": "graded"})
    hostile._keep(file, "network", {"status": "hung"})
    assert hostile._read(file) == {"honest": {"status": "graded"}, "network": {"status": "hung"}}


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
