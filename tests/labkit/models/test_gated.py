"""The networks that ask which gated cell is best: equal in size, their cells right by hand, the training the same."""

from typing import Any

import matplotlib as mpl

mpl.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from labkit.models import characters, gated

SIZE = 59
TUNES = ["M:3/4\nGAB|cde|\n", "M:6/8\nGABcde|\n"] * 40


@pytest.mark.parametrize("kind", [*gated.KINDS, *gated.MORE])
def test_networks_have_as_many_parameters_as_that_of_the_lstm_within_one_in_a_hundred(kind: str) -> None:
    units = gated.units_of(kind, SIZE)
    model = gated.network(kind, SIZE)
    assert model.count_params() == gated.parameters(kind, units, SIZE)
    assert model.count_params() == pytest.approx(gated.parameters("LSTM", gated.UNITS, SIZE), rel=0.01)
    assert np.shape(model(np.ones((2, 3), np.int32))) == (2, 3, SIZE)


def sigmoid(a: Any) -> Any:
    return 1 / (1 + np.exp(-a))


def test_the_cells_that_keras_lacks_are_right_by_hand() -> None:
    rng = np.random.default_rng(0)
    x, h, c = (rng.normal(size=(2, width)).astype("float32") for width in (3, 4, 4))
    for kind in ("coupled", "peephole"):
        cell = gated.gated(kind)(4)
        width = 12 if kind == "coupled" else 16
        shapes = [(3, width), (4, width), (width,), *[(4, 4)] * (3 if kind == "peephole" else 0)]
        cell.build((2, 3))
        W, U, b, *P = (rng.normal(size=shape).astype("float32") for shape in shapes)
        cell.set_weights([W, U, *P, b])
        assert [part.shape for part in cell.parts()] == shapes
        a = x @ W + h @ U + b
        if kind == "coupled":
            keep, candidate, shown = np.split(a, 3, axis=-1)
            new = sigmoid(keep) * c + (1 - sigmoid(keep)) * np.tanh(candidate)
        else:
            write, keep, candidate, shown = np.split(a, 4, axis=-1)
            new = sigmoid(keep + c @ P[1]) * c + sigmoid(write + c @ P[0]) * np.tanh(candidate)
            shown = shown + new @ P[2]
        found = cell(x, [h, c])
        np.testing.assert_allclose(found[1][1], new, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(found[0], sigmoid(shown) * np.tanh(new), rtol=1e-5, atol=1e-6)


def test_the_gru_is_that_of_keras_with_the_reset_before_the_product() -> None:
    import keras  # noqa: PLC0415

    rng = np.random.default_rng(1)
    x, h = (rng.normal(size=(2, width)).astype("float32") for width in (3, 4))
    W, U, b = (rng.normal(size=shape).astype("float32") for shape in ((3, 12), (4, 12), (12,)))
    cell, theirs = gated.gated("GRU")(4), keras.layers.GRUCell(4, reset_after=False)
    cell.build((2, 3))
    theirs.build((2, 3))
    cell.set_weights([W, U[:, :8], U[:, 8:], b])
    theirs.set_weights([W, U, b])
    np.testing.assert_allclose(cell(x, [h])[0], theirs(x, [h])[0], rtol=1e-5, atol=1e-6)
    for part, whole in zip(cell.parts(), (W, U, b), strict=True):
        np.testing.assert_array_equal(part, whole)


@pytest.mark.parametrize("kind", gated.KINDS)
def test_the_gate_that_keeps_starts_at_one_and_the_others_at_zero(kind: str) -> None:
    cell = gated.network(kind, SIZE).layers[1].cell
    (bias,) = (np.asarray(weight) for weight in cell.weights if weight.name in {"b", "bias"})
    blocks = np.split(bias, 3 if kind in {"GRU", "coupled"} else 4)
    keeps = 0 if kind in {"GRU", "coupled"} else 1
    assert [float(block.mean()) for block in blocks] == [float(place == keeps) for place in range(len(blocks))]


def test_a_training_is_the_same_for_the_same_seed_and_another_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gated, "UPDATES", 4)
    ids = characters.vocabulary(TUNES)
    first, again, other = (gated.train("coupled", 0.01, seed, TUNES, ids).losses for seed in (0, 0, 1))
    assert first == pytest.approx(again, rel=1e-5)
    assert first[0] != pytest.approx(other[0], rel=1e-5)
    assert len(first) == 4
    monkeypatch.setenv("LABKIT_BUDGET", "0.5")
    assert len(gated.train("coupled", 0.01, 0, TUNES, ids).losses) == 2


def test_the_picture_says_the_means_and_what_holds_for_every_seed(capsys: pytest.CaptureFixture[str]) -> None:
    runs = [
        {"cell": cell, "seed": seed, "rate": 0.01, "units": 9, "updates": 5, "test": bits + seed / 100, "seconds": 10.0}
        for cell, bits in (("LSTM", 2.0), ("GRU", 1.9), ("coupled", 1.905))
        for seed in range(3)
    ]
    runs[-1]["test"] = 1.8
    gated.compared(runs, {**runs[0], "updates": 3})
    said = capsys.readouterr().out
    assert "LSTM: 2.010 bits (2.000 to 2.020, 3 seeds), 10 CPU seconds." in said
    assert "Lowest mean: coupled. With every seed it is better than: LSTM. Not with every seed: GRU." in said
    assert "Your run (the star): LSTM, rate 0.01, 3 updates (the others 5), 2.000 bits." in said
    gated.compared(runs, {**runs[0], "cell": "two layers", "units": 60})  # no shipped run has two layers
    assert [label.get_text() for label in plt.gcf().axes[0].get_yticklabels()][-1] == "two layers\n60 units"
    assert "Your run (the star): two layers" in capsys.readouterr().out
