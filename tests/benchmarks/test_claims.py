"""What the labs say is computed: the quick claims here, all of them by `make claims`."""

import json
from dataclasses import replace

import pytest

from autograder.author import claims
from autograder.model.lab import Lab, labs
from benchmarks.claims import __main__ as run
from benchmarks.claims import grids, lab1_rnn

# Those that train, for which a network is built again and again, or writes for long: `make claims` alone computes them.
LONG = {"clipping", "next_word", "country_sentences", "arriving", "too_good", "heat", "ladder"}
ALL = [(lab.name, claim) for lab in labs() for claim in claims.read(lab).claims]
QUICK = [(lab, claim) for lab, claim in ALL if claim.by not in LONG]


@pytest.mark.parametrize(("lab", "claim"), QUICK, ids=lambda one: getattr(one, "name", one))
def test_a_claim_that_needs_no_training_holds(lab, claim):
    assert run.failures(lab, claim) == []


@pytest.mark.parametrize(("lab", "claim"), QUICK, ids=lambda one: getattr(one, "name", one))
def test_a_wrong_number_in_the_table_fails(lab, claim):
    name, value = next(iter(claim.result.items()))
    off = 2 * claim.tolerance * abs(value) + 1e-3 * (1 + abs(value))  # away from 0, on either side of it
    wrong = replace(claim, result={**claim.result, name: value - off if value < 0 else value + off})
    assert run.failures(lab, wrong)


def test_every_claim_is_computed_by_a_function_of_its_lab():
    for lab, claim in ALL:
        assert claim.by in vars(__import__(f"benchmarks.claims.{lab}", fromlist=["_"])), claim.name


def test_a_claim_from_a_grid_names_the_grid_that_its_function_reads():
    known = {grid.target for _, _, grid in grids.all_grids()}
    for _, claim in ALL:
        assert claim.grid == "" or claim.grid in known, claim.name
    for lab in {lab for lab, _ in ALL}:
        read, computed = ({one.by for name, one in ALL if name == lab and bool(one.grid) == of} for of in (True, False))
        assert not read & computed, lab
    assert {claim.by for lab, claim in ALL if lab == "lab1_rnn" and claim.grid} == set(lab1_rnn.READ)


def test_the_command_says_which_claims_hold_and_fails_when_one_does_not(capsys, monkeypatch):
    assert run.main(["--lab", "lab1_rnn", "--only", "parameters"]) == 0
    assert "holds  lab1_rnn parameters" in capsys.readouterr().out
    run.numbers.cache_clear()
    monkeypatch.setattr(lab1_rnn, "parameters", lambda: {"rnn": 1.0, "dense_2": 6464.0, "dense_40": 128064.0})
    try:
        assert run.main(["--lab", "lab1_rnn", "--only", "parameters"]) == 1
    finally:
        run.numbers.cache_clear()
    assert "rnn is 1, in the table 7360" in capsys.readouterr().out


def counted(seen):
    def step(seed):
        seen.append(seed)
        if len(seen) == 2:
            raise KeyboardInterrupt
        return [{"seed": seed, "twice": 2 * seed}]

    return step


def test_a_grid_goes_on_where_it_was_stopped_and_repeats_a_step_when_its_code_changes(tmp_path, monkeypatch):
    seen, lab = [], Lab("lab1_rnn")
    grid = grids.Grid("made.json", ("#ex-rnn_step",), counted(seen), "twice the seed", seeds=range(3))
    with pytest.raises(KeyboardInterrupt):
        grids.make(lab, "twice", grid, tmp_path / "steps", tmp_path)
    assert not (tmp_path / "made.json").exists()
    grids.make(lab, "twice", grid, tmp_path / "steps", tmp_path)
    assert seen == [0, 1, 1, 2]
    made = json.loads((tmp_path / "made.json").read_text())
    assert made["runs"] == [{"seed": seed, "twice": 2 * seed} for seed in range(3)]
    assert made["code"] == {"#ex-rnn_step": claims.code_hash(lab, "#ex-rnn_step")}

    seen[:] = [7, 7]
    longer = replace(grid, seeds=range(4))
    grids.make(lab, "twice", longer, tmp_path / "steps", tmp_path, first=1)
    assert len(json.loads((tmp_path / "made.json").read_text())["runs"]) == 1
    grids.make(lab, "twice", longer, tmp_path / "steps", tmp_path)
    assert seen == [7, 7, 0, 1, 2, 3]

    seen[:] = [7, 7]
    monkeypatch.setattr(grids, "code_hash", lambda *_: "another")
    step = tmp_path / "steps" / "lab1_rnn" / "twice" / "0.json"
    step.parent.mkdir(parents=True)
    step.write_text(json.dumps({"code": made["code"], "rows": []}))
    grids.make(lab, "twice", grid, tmp_path / "steps", tmp_path)
    assert seen == [7, 7, 0, 1, 2]


def test_a_grid_of_code_that_is_not_there_is_refused(tmp_path):
    grid = grids.Grid("made.json", ("#nothing",), list, "")
    with pytest.raises(ValueError, match="there is no #nothing"):
        grids.make(Lab("lab1_rnn"), "none", grid, tmp_path, tmp_path)
