"""Training by time."""

import builtins
import math
from itertools import count, repeat
from typing import Any

import numpy as np
import pytest

from labkit import training
from labkit.training import fitting


class Model:
    """Stands in for a keras model: one number as its weights."""

    def __init__(self) -> None:
        self.weight = 0.0

    def get_weights(self) -> list[float]:
        return [self.weight]

    def set_weights(self, weights: list[float]) -> None:
        (self.weight,) = weights


class Optimizer:
    learning_rate = 0.0


def ticking() -> Any:
    """A clock that is a second later each time it is asked."""
    ticks = count()
    return lambda: float(next(ticks))


def run(step: Any, validate: Any, model: Model, **options: Any) -> training.Fit:
    settings = {"seconds": 100, "label": "tunes", "clock": ticking(), **options}
    return training.fit(model, Optimizer(), step, repeat(()), validate, **settings)


def test_the_best_weights_are_kept_not_the_last(capsys: pytest.CaptureFixture[str]) -> None:
    model = Model()

    def step() -> float:
        model.weight += 1
        return 1.0

    fit = run(step, lambda: abs(model.weight - 50), model)
    assert 45 <= model.weight <= 55
    assert fit.best == abs(model.weight - 50)
    assert fit.steps > 90
    assert "best" in capsys.readouterr().out


def test_the_curve_names_the_tunes_that_it_is_measured_on(capsys: pytest.CaptureFixture[str]) -> None:
    def named(fit: training.Fit, monkey: pytest.MonkeyPatch) -> list[str]:
        import matplotlib.axes  # noqa: PLC0415

        drawn: list[str] = []
        plot = matplotlib.axes.Axes.plot

        def noted(*args: Any, **look: Any) -> Any:
            drawn.append(look.get("label", ""))
            return plot(*args, **look)

        monkey.setattr(matplotlib.axes.Axes, "plot", noted)
        fit.picture()
        return drawn

    for options, part in (({}, "validation tunes"), ({"part": "the training tunes"}, "the training tunes")):
        fit = run(lambda: 1.0, lambda: 2.0, Model(), **options)
        assert f"2.000 bits per character, {part} (best 2.000)" in capsys.readouterr().out
        with pytest.MonkeyPatch.context() as monkey:
            assert named(fit, monkey) == ["training batches", part]


def test_the_time_is_the_budget(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("LABKIT_BUDGET", "0.1")
    fit = run(lambda: 1.0, lambda: 2.0, Model())
    assert fit.total == 10
    assert 8 <= fit.steps <= 10
    assert "of 0:10" in capsys.readouterr().out


def test_an_interrupt_ends_the_training_and_keeps_the_best(capsys: pytest.CaptureFixture[str]) -> None:
    model, steps = Model(), count()

    def step() -> float:
        if next(steps) == 30:
            raise KeyboardInterrupt
        model.weight += 1
        return 1.0

    fit = run(step, lambda: 100 - model.weight, model)
    assert model.weight == 30
    assert fit.done
    assert "Stopped by hand" in capsys.readouterr().out


def test_a_loss_that_is_no_number_ends_the_training_with_the_best_weights(capsys: pytest.CaptureFixture[str]) -> None:
    model, steps = Model(), count(1)

    def step() -> float:
        model.weight = next(steps)
        return math.nan if model.weight > 40 else 1.0

    run(step, lambda: 100 - model.weight, model)
    assert 30 <= model.weight <= 40
    assert "The loss is not a number any more" in capsys.readouterr().out


def test_the_learning_rate_rises_and_falls_with_the_time() -> None:
    assert fitting.rate(0.0, 0) < 0.02
    assert fitting.rate(0.1, 1000) > 0.95
    assert fitting.rate(0.5, 1000) == pytest.approx(0.51)
    assert fitting.rate(1.0, 1000) == pytest.approx(fitting.FLOOR)


def test_in_a_notebook_the_curve_redraws_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []

    class Handle:
        def update(self, fit: Any) -> None:
            shown.append(fit._repr_html_())

    def display(fit: Any, *, display_id: bool) -> Handle:
        shown.append(fit._repr_html_())
        return Handle()

    monkeypatch.setattr(builtins, "display", display, raising=False)
    monkeypatch.setattr(fitting, "REDRAWN", -math.inf)
    run(lambda: 1.0, lambda: 2.0, Model(), seconds=5, line=2.7)
    assert len(shown) >= 3
    assert "data:image/png;base64," in shown[0]
    assert "0:05 of 0:05" in shown[-1]
    assert "n-gram 2.700" in shown[-1]


def test_elsewhere_each_check_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    run(lambda: 1.0, lambda: 2.0, Model())
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == fitting.CHECKS
    assert lines[0].startswith("tunes: 0:1")
    assert "left" in lines[0]
    assert "left" not in lines[-1]


def test_buckets_mix_tunes_of_like_length() -> None:
    lengths = np.random.default_rng(0).integers(50, 500, 320).tolist()
    stream = training.buckets(lengths, 32, seed=0)
    first = [next(stream) for _ in range(10)]
    assert sorted(np.concatenate(first).tolist()) == list(range(320))
    assert max(np.ptp(np.array(lengths)[one]) for one in first) < 100
    assert [one.tolist() for one in first] != [next(stream).tolist() for _ in range(10)]
