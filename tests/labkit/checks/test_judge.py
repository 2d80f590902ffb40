"""A check passes, or fails with one hint of three lines; it never fails in another way."""

import builtins
import sys
from dataclasses import replace

import numpy as np
import pytest
from odd_values import ODD

from labkit.checks import cases, stand_ins
from labkit.checks import lab1_rnn as checks
from labkit.checks.cases import Case, More
from labkit.checks.exercise import CheckFailed, Exercise, NotAttempted
from labkit.checks.hints import Hint
from labkit.checks.judge import judge

DOUBLE = Exercise(
    "7.1",
    "double",
    "twice x",
    {"half": Hint("It is half.", "Is it?", "There."), "plus_two": Hint("Two is added.", "Is it?", "There.")},
    axes=("row",),
)
CASES = [
    Case(
        {"x": np.array([1.0, 2.0])},
        np.array([2.0, 4.0]),
        {"half": np.array([0.5, 1.0]), "plus_two/a": np.array([3.0, 4.0])},
    ),
    Case(
        {"x": np.array([3.0])},
        np.array([6.0]),
        {"half": np.array([1.5]), "plus_two/a": np.array([5.0])},
        label="one row",
    ),
]


def failure(function, cases=CASES, exercise=DOUBLE, **options):
    with pytest.raises(CheckFailed) as caught:
        judge(exercise, function, cases, **options)
    return caught.value


def test_a_right_answer_prints_one_line(capsys):
    judge(DOUBLE, lambda x: 2 * x, CASES)
    assert capsys.readouterr().out == "✓ Exercise 7.1: double: passed\n"


def test_a_right_answer_to_hidden_cases_prints_nothing(capsys):
    judge(DOUBLE, lambda x: 2 * x, CASES, fresh=True)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("function", "key"),
    [
        (lambda x: x / 2, "half"),
        (lambda x: x + 2, "plus_two"),
        (lambda x: x / 2 if len(x) > 1 else 2 * x, "value"),
        (lambda _: None, "type"),
        (lambda x: 2 * x[:1, None], "shape"),
        (lambda x: x * np.nan, "finite"),
        (lambda x: x @ np.ones(9), "raises"),
        (lambda x: x * 0, "zeros"),
        (lambda x: x * 0 + 8, "constant"),
        (lambda x: x, "echo"),
        (lambda x: (x, x), "echo"),
        ("not a function", "missing"),
    ],
)
def test_each_way_to_fail_has_its_key(function, key):
    found = failure(function)
    assert found.key == key
    assert found.state == "failed"
    assert len(str(found).splitlines()) == 4
    assert str(found).startswith("✗ Exercise 7.1: double")


def test_the_most_basic_problem_of_all_cases_is_named():
    def function(x):
        return x + 9 if len(x) > 1 else [[6.0]]

    assert failure(function).key == "shape"


@pytest.mark.parametrize(
    ("function", "line"),
    [
        (lambda x: 2 * x + (x > 1.5), "The result differs first at row 1: 5, expected 4."),
        (
            lambda x: 2 * x[:1],
            "The result has 1 row, 1 too few: its shape is (1,), (2,) is expected",
        ),
        (lambda x: 2 * x / (x - 2) if len(x) > 1 else 2 * x, "The result is infinite or not a number at row 1."),
        (lambda _: None, "The result is None; numbers are expected."),
        (lambda x: 2 * x + (len(x) < 2), "The result differs first at row 0: 7, expected 6 (case: one row)."),
        (lambda x: x["word"], "double raises IndexError: only integers"),
    ],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_what_was_seen_reads_as_a_sentence(function, line):
    assert str(failure(function)).splitlines()[1].startswith(f"  {line}")


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (NameError("name 'y' is not defined"), "spelled"),
        (TypeError("takes 2"), "arguments"),
        (ValueError("matmul: mismatch"), "shapes"),
        (IndexError("out of bounds"), "How long"),
    ],
)
def test_the_question_fits_the_exception(error, cause):
    def function(_x):
        raise error

    assert cause in str(failure(function)).splitlines()[2]


def test_an_exception_with_many_lines_is_told_in_one():
    def function(_x):
        raise ValueError(
            "Exception encountered when calling Cell.call().\n\n\x1b[1mshapes differ\x1b[0m\n\nArguments: ..."
        )

    assert str(failure(function)).splitlines()[1] == "  double raises ValueError: shapes differ"


def test_where_tensorflow_ran_is_left_out_of_its_message():
    def function(_):
        raise ValueError(
            "{{function_node __wrapped__AddV2_device_/job:localhost/device:CPU:0}} shapes differ [Op:AddV2]"
        )

    assert str(failure(function)).splitlines()[1] == "  double raises ValueError: shapes differ [Op:AddV2]"


def test_what_is_right_already_is_said():
    exercise = Exercise("7.2", "pair", "(a, b)", names=("a", "b"))
    found = failure(lambda x: (x, x + 1), [Case({"x": 1.0}, (1.0, 3.0))], exercise)
    assert "b differs: 2, expected 3. Right already: a." in str(found)
    exercise = Exercise("7.3", "gradients", "a dict")
    cases = [Case({"x": np.array([[1.0, 2.0]])}, {"W": np.array([[1.0, 2.0]]), "b": np.array([[0.0, 2.0]])})]
    found = failure(lambda x: {"W": x, "b": x}, cases, exercise)
    assert "b differs first at entry [0, 0]: 1, expected 0. Right already: W." in str(found)


def test_a_changed_argument_is_the_last_thing_to_be_named():
    def function(x):
        x *= 2
        return x

    found = failure(function)
    assert found.key == "changed"
    assert "changes its argument x" in str(found)


def test_an_untouched_stub_is_not_attempted_and_grey():
    def stub(_x):
        raise NotImplementedError("Exercise 7.1: double")

    found = failure(stub)
    assert isinstance(found, NotAttempted)
    assert (found.key, found.state, str(found)) == (
        "not_attempted",
        "untouched",
        "○ Exercise 7.1: double: not attempted yet",
    )
    assert found._render_traceback_()[0].startswith("\x1b[38;5;243m")


def test_a_stub_of_another_exercise_is_needed():
    def function(_x):
        raise NotImplementedError("Exercise 2.1: rnn_step")

    found = failure(function)
    assert found.key == "needs"
    assert "needs Exercise 2.1" in str(found)


def test_hidden_cases_give_no_number_away():
    for function in (lambda x: x + 12345, lambda x: x[:0], lambda _: None, lambda x: {}[x[0]]):
        found = failure(function, fresh=True)
        assert found.key == "fresh"
        assert not any(character.isdigit() for character in "".join(str(found).splitlines()[1:]))


def test_a_hidden_test_says_what_is_special_about_the_case_that_fails():
    special = [replace(case, label="many rows") for case in CASES]
    found = failure(lambda x: x + 12345, special, fresh=True)
    assert "wrong on fresh inputs (case: many rows)." in str(found)


def test_a_function_that_keeps_something_is_told_so():
    kept = {}
    again = [*CASES, *(replace(case, label=cases.AGAIN) for case in CASES[:1])]
    again[-1] = replace(again[-1], arguments={"x": 3 * CASES[0].arguments["x"]}, expected=3 * CASES[0].expected)

    def first(x):
        return kept.setdefault(x.shape, 2 * x)

    assert failure(first, again, fresh=True).key == "again"


def test_hidden_cases_still_name_a_misconception():
    assert failure(lambda x: x / 2, fresh=True).key == "half"


def graded(function):
    """Check as in grading: the public call waits for the hidden one. Returns the arguments of all calls, in order."""
    asked = []

    def called(x):
        asked.append(x.tolist())
        return function(x)

    with stand_ins.examining(frozenset()):
        judge(DOUBLE, called, CASES)
        judge(DOUBLE, called, [replace(case, arguments={"x": 3 * case.arguments["x"]}) for case in FRESH], fresh=True)
    return asked


FRESH = [replace(case, expected=3 * case.expected, wrong={}) for case in CASES]


def test_in_grading_hidden_cases_and_the_smallest_public_one_decide():
    assert graded(lambda x: 2 * x) == [[3.0, 6.0], [9.0], [3.0]]


def test_in_grading_what_is_wrong_in_the_public_case_alone_is_wrong():
    with pytest.raises(CheckFailed) as caught:
        graded(lambda x: 2 * x if x[0] != 3 or x.size > 1 else x / 2)
    assert caught.value.key == "half"


def test_in_grading_the_public_part_is_not_run_beside_the_hidden_one():
    asked = []
    with pytest.raises(CheckFailed) as caught:
        graded(lambda x: asked.append(x.tolist()) or x + 12345)
    assert caught.value.key == "fresh"
    assert asked == [[3.0, 6.0], [9.0], [3.0]]


def test_in_grading_a_public_part_alone_is_run():
    with pytest.raises(CheckFailed) as caught, stand_ins.examining(frozenset()):
        judge(DOUBLE, lambda x: x / 2, CASES)
    assert caught.value.key == "half"


def test_in_a_notebook_an_untouched_stub_is_printed_but_counts_when_nbgrader_validates(monkeypatch, capsys):
    def stub(_x):
        raise NotImplementedError("Exercise 7.1: double")

    monkeypatch.setattr(builtins, "display", print, raising=False)
    judge(DOUBLE, stub, CASES)
    assert "○ Exercise 7.1: double: not attempted yet" in capsys.readouterr().out
    assert failure(lambda x: x / 2).key == "half"
    failure(stub, fresh=True)
    monkeypatch.setenv("NBGRADER_VALIDATING", "1")
    failure(stub)


def test_in_colab_a_public_check_prints_and_lets_the_notebook_go_on(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "google.colab", sys)
    judge(DOUBLE, lambda x: x / 2, CASES)
    assert "It is half." in capsys.readouterr().out
    failure(lambda x: x / 2, fresh=True)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("odd", range(len(ODD)))
@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.slow] if one.probe else []) for name, one in checks.EXERCISES.items()],
)
def test_whatever_is_returned_gives_a_hint(name, odd):
    check = getattr(checks, "my_rnn_cell" if name == "MyRNNCell" else name)
    with pytest.raises(CheckFailed) as caught:
        check(lambda *_: ODD[odd])
    assert 1 <= len(str(caught.value).splitlines()) <= 4
    assert all(len(line) < 400 for line in str(caught.value).splitlines())


@pytest.mark.parametrize("student", [None, 3, "rnn_step", [len], np.zeros(2)])
def test_what_is_no_function_is_missing(student):
    with pytest.raises(CheckFailed) as caught:
        checks.rnn_step(student)
    assert caught.value.key == "missing"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_tensors_and_variables_are_results_like_any_other():
    import keras  # noqa: PLC0415
    import tensorflow as tf  # noqa: PLC0415

    for make in (keras.Variable, tf.Variable, tf.constant, np.matrix, np.asarray, keras.ops.convert_to_tensor):
        for wrong, key in ((0.0, None), (1.0, "value")):

            def step(x_t, h_prev, W_xh, W_hh, b_h, make=make, wrong=wrong):
                return make(np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h) + wrong)

            if key is None:
                checks.rnn_step(step)
            else:
                with pytest.raises(CheckFailed) as caught:
                    checks.rnn_step(step)
                assert caught.value.key == key


@pytest.mark.slow
def test_a_symbolic_tensor_is_no_number():
    import keras  # noqa: PLC0415

    with pytest.raises(CheckFailed) as caught:
        checks.rnn_step(lambda *_: keras.Input((3,)))
    assert caught.value.key == "type"
    with pytest.raises(CheckFailed) as caught:
        checks.rnn_step(lambda *_: keras.layers.Dense(3))
    assert caught.value.key == "type"


def test_what_tensorflow_has_not_implemented_is_no_todo_of_the_students():
    def function(x):
        raise NotImplementedError("Cannot convert a symbolic tf.Tensor (x:0) to a numpy array.")

    found = failure(function)
    assert found.key == "raises"
    assert "ask a tensor for its numbers" in str(found)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("The truth value of an array with more than one element is ambiguous.", "np.where or tf.where"),
        ("cannot create weak reference to 'NoneType' object", "end in a `return`"),
        ("too many values to unpack (expected 2)", "How many values"),
        ("No gradients provided for any variable.", "GradientTape"),
        ("cannot compute Mul as input #1(zero-based) was expected to be a float tensor but is a bool tensor", "dtypes"),
        ("'float' object cannot be interpreted as an integer", "`//`"),
        ("setting an array element with a sequence.", "different lengths"),
        ("matmul: Input operand 1 has a mismatch in its core dimension 0", "shapes fit"),
    ],
)
def test_the_words_follow_what_an_error_says(message, words):
    def function(x):
        raise ValueError(message)

    assert words in str(failure(function))


def test_a_function_is_asked_in_other_ways_once_its_results_are_right():
    """The way is a probe of labkit's own here; what it reports is compared with what the case expects."""
    tenfold = Exercise("7.2", "tenfold", "ten times x", ways=report)
    case = Case({"x": 2.0}, 20.0, more=More({"scale": 3.0}, {"in_graph": 60.0, "gradient": np.array([1.0])}))
    judge(tenfold, lambda x: 10 * x, [case])
    assert failure(lambda x: 9 * x, [case], tenfold).key != "in_graph"
    assert failure(lambda x: 20.0 if x == 2.0 else 0.0, [case], tenfold).key == "in_graph"


def report(function, scale, x):
    return {"in_graph": np.asarray(function(scale * x)), "gradient": np.array([1.0])}


def test_where_results_are_no_numbers_either_the_gradient_is_no_news():
    from labkit.checks.probes import Unfit  # noqa: PLC0415

    def probe(function, x):
        if x[0] == 1:
            raise Unfit("gradient_not_finite")
        return function(x)

    probe.__module__ = "labkit.checks.lab3_attention.heads_probes"
    hint = Hint("the gradient is not", "", "")
    exercise = Exercise("7.4", "work", "numbers", probe=probe, hints={"gradient_not_finite": hint})
    cases = [Case({"x": np.array([float(one), 2.0])}, np.array([float(one), 2.0]), label=f"{one}") for one in (1, 5)]
    with pytest.raises(CheckFailed) as failure:
        judge(exercise, lambda x: x * np.nan, cases)
    assert "infinite or not a number" in str(failure.value)
    assert "case: 5" in str(failure.value)
    with pytest.raises(CheckFailed) as failure:
        judge(exercise, lambda x: x, cases)
    assert failure.value.key == "gradient_not_finite"
