"""The grids of lab 2 that ask which gated cell is best, and those of its five minutes."""

import json

import pytest

from autograder.base.files import ROOT
from autograder.model.lab import Lab
from benchmarks import music_training
from benchmarks.claims import grids
from benchmarks.claims.lab2_music_gated_grids import GRIDS, KINDS, RUNS, TUNING, chosen
from labkit.models import gated


@pytest.mark.parametrize("name", GRIDS)
def test_a_grid_that_ships_was_made_by_this_code(name):
    grid, lab = GRIDS[name], Lab("lab2_music")
    if not (ROOT / grid.target).is_file():
        pytest.skip(f"{grid.target} is not made yet: make grids")
    made = json.loads((ROOT / grid.target).read_text(encoding="utf-8"))
    assert made["code"] == grids.hashes(lab, grid)


@pytest.mark.parametrize("name", ["gated_rates", "minutes"])
def test_the_code_that_a_grid_names_is_there(name):
    assert all(grids.hashes(Lab("lab2_music"), GRIDS[name]).values())


def test_a_second_file_of_grids_belongs_to_its_lab():
    found = [(lab.name, name) for lab, name, _ in grids.all_grids("lab2_music") if name in GRIDS]
    assert sorted(found) == sorted(("lab2_music", name) for name in GRIDS)


def test_the_rate_with_the_fewest_bits_on_validation_tunes_is_taken_for_each_cell():
    runs = [
        {"cell": "GRU", "rate": 0.002, "valid": 2.3, "test": 1.0},
        {"cell": "GRU", "rate": 0.005, "valid": 2.1, "test": 2.0},
        {"cell": "LSTM", "rate": 0.002, "valid": 2.0, "test": 2.2},
        {"cell": "GRU", "rate": 0.0125, "valid": 2.2, "test": 0.5},
    ]
    assert chosen(runs) == {"GRU": 0.005, "LSTM": 0.002}


def test_every_cell_has_three_rates_and_the_four_have_five_seeds_the_two_more_three():
    assert len(set(TUNING)) == 3 * len(KINDS)
    assert [sum(kind == one for kind, _ in RUNS) for one in (*gated.KINDS, *gated.MORE)] == [5] * len(gated.KINDS) + [
        3
    ] * len(gated.MORE)
    assert {seed for _, seed in RUNS} == set(range(5))
    made = [RUNS[number] for number in GRIDS["gated"].seeds]
    assert sorted(made) == sorted((kind, seed) for kind in KINDS for seed in range(5))


def test_both_editions_have_their_five_minutes_with_three_seeds_and_the_ancestor_has_them_once():
    assert len(set(music_training.RUNS)) == 7
    assert [edition for edition, _ in music_training.RUNS].count("ancestor") == 1
