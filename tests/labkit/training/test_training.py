"""Progress, the time budget, and experiments that wait for an exercise."""

import builtins
import re
import subprocess
import sys

import numpy as np
import pytest

from labkit import training
from labkit.checks import lab1_rnn  # noqa: F401  the notebook imports it too: `needs` then knows the exercises
from labkit.recurrence import recall


def test_an_experiment_without_its_exercise_prints_one_line_and_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    with training.needs():
        raise NotImplementedError("Exercise 2.2: rnn_forward")
    assert capsys.readouterr().out == "This experiment needs Exercise 2.2: rnn_forward.\n"


def test_a_cell_that_was_not_run_is_named_by_its_exercise(capsys: pytest.CaptureFixture[str]) -> None:
    with training.needs():
        rnn_forward  # type: ignore[name-defined]  # noqa: B018, F821
    assert capsys.readouterr().out == "This experiment needs Exercise 2.2: rnn_forward.\n"


def test_a_name_of_an_earlier_experiment_is_told_in_its_own_words(capsys: pytest.CaptureFixture[str]) -> None:
    with training.needs(models="the training above"):
        models  # type: ignore[name-defined]  # noqa: B018, F821
    assert capsys.readouterr().out == "This experiment needs the training above.\n"


@pytest.mark.parametrize(
    "error", [ValueError("a shape"), NotImplementedError("something else"), NameError("x", name="x")]
)
def test_any_other_error_is_told_with_its_line_and_the_notebook_goes_on(
    error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    with training.needs():
        raise error
    title, line, advice = capsys.readouterr().out.splitlines()
    assert title == f"This experiment stops: {type(error).__name__}: {error}"
    assert re.fullmatch(r"  Line \d+: raise error", line)
    assert "✗ at a check above" in advice


def test_an_interrupt_stops_an_experiment() -> None:
    with pytest.raises(KeyboardInterrupt), training.needs():
        raise KeyboardInterrupt


def test_an_error_raised_from_a_todo_is_traced_to_it(capsys: pytest.CaptureFixture[str]) -> None:
    with training.needs():
        try:
            raise NotImplementedError("Exercise 2.1: rnn_step")  # noqa: TRY301
        except NotImplementedError as todo:
            raise RuntimeError("a layer could not be called") from todo
    assert capsys.readouterr().out == "This experiment needs Exercise 2.1: rnn_step.\n"


def test_a_todo_inside_a_keras_layer_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    keras = pytest.importorskip("keras")

    class Cell(keras.layers.Layer):  # type: ignore[misc]
        units = state_size = 3

        def call(self, inputs: object, states: object) -> object:
            raise NotImplementedError("Exercise 2.3: MyRNNCell")

    with training.needs():
        keras.layers.RNN(Cell())(keras.ops.zeros((1, 2, 3)))
    with training.needs():
        model = keras.Sequential([keras.layers.RNN(Cell())])
        model.compile("sgd", "mse")
        model.fit(keras.ops.zeros((2, 2, 3)), keras.ops.zeros((2, 3)), verbose=0)
    assert capsys.readouterr().out == 2 * "This experiment needs Exercise 2.3: MyRNNCell.\n"


def test_the_budget_scales_a_training_and_leaves_at_least_one_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LABKIT_BUDGET", raising=False)
    assert training.scaled(150) == 150
    monkeypatch.setenv("LABKIT_BUDGET", "0.1")
    assert training.scaled(150) == 15
    assert training.scaled(2) == 1


@pytest.mark.parametrize("text", ["much", "0", "-1", "inf", "nan", ""])
def test_a_budget_that_is_no_positive_number_is_refused_with_an_example(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("LABKIT_BUDGET", text)
    with pytest.raises(ValueError, match=r"LABKIT_BUDGET is .* for example 0\.5"):
        training.budget()


def test_progress_draws_the_loss_as_a_curve_from_its_first_height(capsys: pytest.CaptureFixture[str]) -> None:
    progress = training.Progress("next word", 8)
    for loss in (8, 7, 6, 5, 4, 3, 2, 1):
        progress.log(loss)
    assert re.fullmatch(r"next word: █▇▆▅▄▃▂▁  loss 1, \d+\.\d s\n", capsys.readouterr().out)
    assert progress.losses == [8, 7, 6, 5, 4, 3, 2, 1]


def test_a_loss_that_does_not_fall_stays_high_and_one_that_breaks_is_marked(capsys: pytest.CaptureFixture[str]) -> None:
    progress = training.Progress("tanh", 4)
    for loss in (2.08, 2.10, 9.0, float("nan")):
        progress.log(loss)
    assert capsys.readouterr().out.startswith("tanh: ███?  loss nan")


@pytest.mark.parametrize("total", [1, 5, 23, 24, 25, 100, 1500])
def test_a_finished_curve_has_at_most_24_bars(capsys: pytest.CaptureFixture[str], total: int) -> None:
    progress = training.Progress("x", total)
    for _ in range(total):
        progress.log(1.0)
    assert capsys.readouterr().out.count("█") == min(24, total)


def test_in_a_notebook_one_line_is_shown_and_then_updated(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []

    class Handle:
        def update(self, progress: training.Progress) -> None:
            shown[-1] = repr(progress)

    def display(progress: training.Progress, *, display_id: bool) -> Handle:
        assert display_id
        shown.append(repr(progress))
        return Handle()

    monkeypatch.setattr(builtins, "display", display, raising=False)
    progress = training.Progress("RNN", 48)
    for _ in range(48):
        progress.log(2.0)
    assert len(shown) == 1
    assert shown[0].startswith("RNN: " + 24 * "█" + "  loss 2,")


def test_a_keras_training_shows_its_losses_by_batch_and_by_epoch(capsys: pytest.CaptureFixture[str]) -> None:
    import keras  # noqa: PLC0415

    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    x = np.ones((8, 1), "float32")
    for every, total in (("batch", 4), ("epoch", 1)):
        shown = training.live("line", total, every=every)
        model.fit(x, x, batch_size=2, verbose=0, callbacks=[shown])
        assert len(shown.progress.losses) == total
    assert capsys.readouterr().out.count("line: ") == 2


def test_recall_sequences_hold_one_country_and_then_only_fillers() -> None:
    ids, countries = recall.sequences(100, gap=6, seed=0)
    assert ids.shape == (100, 7)
    np.testing.assert_array_equal(ids[:, 0], countries)
    assert countries.max() < recall.COUNTRIES
    assert ids[:, 1:].min() >= recall.COUNTRIES


@pytest.mark.slow
@pytest.mark.thorough  # a training of most of a minute
def test_recall_is_learned_over_a_short_gap() -> None:
    import keras  # noqa: PLC0415

    assert recall.accuracy(keras.layers.SimpleRNN, gap=2, seed=0) > 0.9


def test_descent_uses_what_clip_returns_and_reports_the_norm_before() -> None:
    import keras  # noqa: PLC0415

    losses, norms = recall.descend(
        keras.layers.SimpleRNN, gap=2, rate=1.0, steps=3, clip=lambda every: ([0 * one for one in every], None)
    )
    again, _ = recall.descend(keras.layers.SimpleRNN, gap=2, rate=0.0, steps=3)
    assert losses == again
    assert min(norms) > 0


def test_labkit_imports_neither_tensorflow_nor_matplotlib() -> None:
    heavy = "{'tensorflow', 'keras', 'matplotlib', 'IPython'} & set(sys.modules)"
    code = f"import sys; from labkit import ball, data, pictures, plots, recall, training; print({heavy} or 'none')"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "none"
