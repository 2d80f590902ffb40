"""The benchmark of lab 2's networks: what it computes from its runs."""

import json
import math

import pytest

from autograder.model.cells import grade_id
from autograder.model.lab import Lab
from benchmarks import music, music_ancestor, music_before, music_training
from labkit.evaluation import metrics


def test_a_step_costs_six_operations_for_each_weight_and_character() -> None:
    features, units, vocabulary = 64, 256, 50
    kernels = (features + units) * 4 * units + units * vocabulary
    assert music.flops(features, units, vocabulary) == 6 * kernels


def test_a_model_that_knows_nothing_needs_the_logarithm_of_the_vocabulary() -> None:
    model = music_ancestor.build(16, music_ancestor.ROWS)
    model.set_weights([0 * one for one in model.get_weights()])
    tunes = ["GABc", "dB", "cde"] * 40
    ids = {letter: number for number, letter in enumerate(sorted(set("".join(tunes) + music_ancestor.GAP)), 4)}
    characters, symbols = sum(map(len, tunes)), sum(len(tune) + 1 for tune in tunes)
    assert music_ancestor.bits(model, ids, tunes) == pytest.approx(math.log2(16) * symbols / characters, rel=1e-5)


def test_the_training_is_that_of_the_labs_own_cell() -> None:
    (cell,) = (cell for cell in Lab("lab2_music").notebook.cells if grade_id(cell) == "train-tunes")
    sizes = {"embedding_dim": music_training.EMBEDDING, "units": music_training.UNITS}
    assert ", ".join(f"{name}={value}" for name, value in sizes.items()) in cell.source
    assert f"def batches(size={music_training.SIZE}):" in cell.source
    assert f"max_norm={music_training.NORM}" in cell.source
    assert f"seconds={music_training.SECONDS:g}" in cell.source
    assert "learning_rate" not in cell.source  # that of `training.fit`, here too


def test_both_editions_count_the_same_characters_of_the_same_tunes(monkeypatch: pytest.MonkeyPatch) -> None:
    tunes = ["M:3/4\nGAB|cde|\n", "M:6/8\nGABcde|\n"] * 32
    monkeypatch.setattr(music_training, "texts", lambda _: tunes)
    for edition in music_training.EDITIONS:
        one = music_training.Training(edition, 0)
        epoch = [
            next(one.fed) for _ in range(64 // (music_before.BATCH if edition == "before" else music_training.SIZE))
        ]
        assert sum(map(one.size, epoch)) == sum(len(tune) + 1 for tune in tunes)  # the ends of tunes, too
        assert float(one.step(*epoch[0])) == pytest.approx(math.log(len(one.ids) + 4), rel=0.1)
        next(one.fed)
        assert one.seen == sum(map(one.size, epoch))


def test_the_ratio_is_the_median_of_the_turns() -> None:
    assert music_training.ratio({"before": [1.0, 2.0, 4.0], "now": [2.0, 2.6, 4.0]}) == 1.3


@pytest.mark.slow
def test_the_summary_is_json_with_the_figures_that_are_compared() -> None:
    tunes = ["X:1\nM:4/4\nL:1/8\nK:Gmaj\nGABc d2B2|"]
    runs = [
        music.Run("character LSTM", 1.5, 2000.0, 6000.0, 1e6, tunes, [True]),
        music.Run("best", 1.0, 1000.0, 500.0, 0.0, tunes, [True]),
        music.Run("constrained", 1.0, 1000.0, 500.0, 0.0, tunes, [True]),
        music.Run("ancestor", 2.5, 100.0, 10.0),
    ]
    rows = {run.name: metrics.measure(tunes, [True], run.bits) for run in runs[:3]} | {"ancestor": None}
    found = json.loads(json.dumps(music.summary(runs, rows, music.novelty.training(), peak=1e10)))
    assert found["train_speed_vs_ancestor"] == 20
    assert found["sample_speed_vs_ancestor"] == 600
    assert found["peak_fraction"] == 0.2
    assert found["ancestor_bpc"] == 2.5
    assert found["best"]["bpc"] == 1.0
    assert set(found["char_lstm"]) == {"bpc", "read", "bars_full", "valid", "longest_copy_p50"}


@pytest.mark.parametrize("arguments", [["--seconds", "0"], ["--tunes", "0"]])
def test_a_time_or_a_count_of_zero_is_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit, match="positive"):
        music.parsed(arguments)
