"""The benchmark of lab 2's networks: what it computes from its runs."""

import json
import math

import pytest

from benchmarks import music
from labkit.evaluation import metrics


def test_a_step_costs_six_operations_for_each_weight_and_character() -> None:
    features, units, vocabulary = 64, 256, 50
    kernels = (features + units) * 4 * units + units * vocabulary
    assert music.flops(features, units, vocabulary) == 6 * kernels


def test_a_model_that_knows_nothing_needs_the_logarithm_of_the_vocabulary() -> None:
    model = music.ancestor_model(16, music.ROWS)
    model.set_weights([0 * one for one in model.get_weights()])
    tunes = ["GABc", "dB", "cde"] * 40
    ids = {letter: number for number, letter in enumerate(sorted(set("".join(tunes) + music.GAP)), 4)}
    characters, symbols = sum(map(len, tunes)), sum(len(tune) + 1 for tune in tunes)
    assert music.ancestor_bits(model, ids, tunes) == pytest.approx(math.log2(16) * symbols / characters, rel=1e-5)


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
