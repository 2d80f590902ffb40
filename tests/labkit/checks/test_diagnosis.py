"""What a hint says of a wrong result that no known misconception gives: true of it, and no more than can be seen."""

import numpy as np
import pytest

from labkit.checks import cases as tables
from labkit.checks import compare
from labkit.checks.cases import Case
from labkit.checks.diagnosis import places
from labkit.checks.exercise import CheckFailed, Exercise
from labkit.checks.judge import judge

RNG = np.random.default_rng(3)
ROWS = Exercise("7.1", "work", "(batch, step, unit)", axes=("batch", "step", "unit"))


def told(function, right, *arguments, exercise=ROWS):
    """Return the three lines that a wrong function earns, for these lists of arguments."""
    table = [
        Case(
            dict(zip("xyz", row, strict=False)),
            right(*row),
            matters=("x",) if isinstance(row[0], np.ndarray) else (),
            label=f"case {number}",
        )
        for number, row in enumerate(arguments)
    ]
    with pytest.raises(CheckFailed) as failure:
        judge(exercise, function, table)
    return str(failure.value).split("\n", 1)[1]


def drawn(*shape):
    return RNG.normal(size=shape).round(3)


def same(x, *_):
    return x + 0.0


THREE = [(drawn(2, 5, 3),), (drawn(3, 4, 3),), (drawn(1, 6, 3),)]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda x: -x, "has the other sign everywhere"),
        (lambda x: x / x.shape[1], "is 1/5 of what it should be, everywhere (in another case 1/6 of)"),
        (lambda x: x * np.sqrt(3), "is sqrt(3) times what it should be"),
        (lambda x: 0.7 * x, "is 0.7 times what it should be"),
        (lambda x: x + 2, "is too large by 2, everywhere"),
        (np.tanh, "is tanh of what it should be"),
        (lambda x: np.clip(x, -0.5, 0.5), "never goes beyond 0.5"),
        (lambda x: x.round(1), "is rounded to 1 decimal"),
        (lambda x: (x * 1.001).astype(np.float16), "is right to about three digits: its numbers fit into 16 bits"),
        (lambda x: x + 2e-3 * np.abs(x), "is right to about three digits (case"),
        (lambda x: np.maximum(x, 0), "places where a negative number is right"),
        (lambda x: np.where(np.arange(3) == 1, 0, x), "places where it should not be; all else is right"),
        (lambda x: x[:, ::-1], "holds the right numbers: backwards along step"),
        (lambda x: np.roll(x, 1, axis=1), "one place too late along step"),
        (lambda x: x / np.abs(x).sum(axis=(1, 2), keepdims=True), "a factor that each row has for itself"),
        (lambda x: x + (x.mean(axis=0) - x) * 0.4, "is right for a row that is alone in its batch"),
        (lambda x: np.where(np.arange(x.shape[1])[:, None] > 0, 9 * x + 1, x), "is right at the first step and wrong"),
        (lambda x: x[:, :3], "has 3 steps, 1 too few"),
        (lambda x: np.concatenate([x, x[:, :1]], axis=1), "the first ones are right, and there are more behind them"),
        (np.squeeze, "an axis of length 1 is lost"),
        (lambda x: x.swapaxes(0, 1), "the axes stand in another order"),
        (lambda x: x.ravel(), "every number is right and in its turn"),
        (lambda x: x.sum(axis=1), "the step axis is lost"),
        (lambda x: x[..., None] + np.zeros(7), "one axis, of length 7, is left over"),
    ],
)
def test_what_can_be_seen_in_wrong_numbers_is_said(wrong, said):
    assert said in told(wrong, same, *THREE)


def test_nothing_is_said_that_does_not_hold_for_all_that_is_wrong():
    lines = told(lambda x: -x if x.shape[1] == 5 else x**2 + 3, same, *THREE)
    assert lines.startswith("  The result differs first at batch 0, step 0, unit 0:")


def test_of_several_parts_the_one_that_can_be_told_is_named():
    two = Exercise("7.2", "two", "(a, b)", names=("a", "b"))
    lines = told(lambda x: (x**3 + 1, -x), lambda x: (x, x), *THREE, exercise=two)
    assert lines.startswith("  b has the other sign everywhere")


def test_parts_in_another_order_are_told_apart():
    two = Exercise("7.2", "two", "(a, b)", names=("a", "b"))
    lines = told(lambda x: (x.sum(), x), lambda x: (x, x.sum()), *THREE, exercise=two)
    assert "is (b, a), where (a, b) is expected" in lines


def test_what_is_kept_from_an_earlier_call_is_seen():
    first = []

    def keeps(x):
        first.append(x)
        return first[0] + 0.0

    assert "is that of an earlier call" in told(keeps, same, (drawn(2, 3, 2),), (drawn(2, 3, 2),))


def test_what_grows_from_call_to_call_is_seen():
    calls = []

    def grows(x):
        calls.append(1)
        return x**2 + len(calls) ** 3 * np.abs(x)

    assert "is another one when the same call is made again" in told(grows, same, *THREE)


def test_one_array_for_all_calls_is_seen():
    table = np.zeros((9, 9, 9))

    def fills(x):
        view = table[: x.shape[0], : x.shape[1], : x.shape[2]]
        view[:] = x
        return view

    assert "one and the same object in two calls" in told(fills, same, *THREE)


def test_an_argument_that_changes_nothing_is_named():
    odd = [(drawn(2, 3, 2), drawn(2, 3, 2)) for _ in range(2)]
    lines = told(lambda _, y: np.cos(3 * y), lambda x, y: x + np.sin(y), *odd)
    assert "stays the same when x is another one" in lines


def test_what_happens_at_masked_steps_is_said():
    masks = Exercise("7.3", "masked", "(batch, step, unit)", axes=("batch", "step", "unit"))

    def table(function):
        mask = np.array([[True, True, False, True], [True, False, False, True], [True, True, True, False]])
        x = drawn(3, 4, 2)
        case = Case({"x": x, "mask": mask}, np.where(mask[..., None], x, 0), label="a mask")
        with pytest.raises(CheckFailed) as failure:
            judge(masks, function, [case])
        return str(failure.value)

    assert "right at all real steps, and wrong at masked ones" in table(
        lambda x, mask: np.where(mask[..., None], x, x**2 + 1)
    )
    behind = np.array([[0, 0, 0, 1], [0, 0, 0, 1], [0, 0, 0, 0]], bool)[..., None]
    assert "wrong at the real steps behind it" in table(lambda x, mask: np.where(mask[..., None], x + behind * x**2, 0))


def test_an_argument_that_is_none_elsewhere_is_named():
    found = told(
        lambda x, y=None: x if y is None else np.cos(x),
        lambda x, y=None: x if y is None else x + y,
        (drawn(1, 4, 1), None),
        (drawn(1, 4, 1), drawn(1, 4, 1)),
    )
    assert "is right without y, and wrong with it" in found


def test_whole_numbers_that_a_dtype_cannot_hold_are_named():
    ids = [(np.array([[3, 400, 70_000]]),), (np.array([[5, 200, 2**24 + 2]]),)]
    exercise = Exercise("7.4", "ids", "(batch, step)", axes=("batch", "step"))
    assert "do not fit into int16" in told(lambda x: x.astype(np.int16), lambda x: x, *ids, exercise=exercise)
    rounded = told(lambda x: (x - 1).astype(np.float32).astype(int), lambda x: x - 1, *ids, exercise=exercise)
    assert "is rounded as float32 rounds it" in rounded
    assert "is -1 in 3 places where other numbers are right" in told(
        lambda x: np.where(x > 100, -1, x), lambda x: x, *ids[:1], (np.array([[101, 4]]),), exercise=exercise
    )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"a": 2, "b": 3}, "has no entry for 'c'"),
        ({"a": 2, "b": 3, "c": 4, "d": 5}, "has the entry 'd' too many"),
        ({"a": 3, "b": 2, "c": 4}, "begins with 'b', 'a', 'c', and 'a', 'b', 'c' is expected"),
        ({"a": 2, "b": 2, "c": 3}, "gives 'a', 'b' the same id"),
        ({"a": 1, "b": 2, "c": 3}, "gives ids from 1 to 3; 2 to 4, each once, is expected"),
    ],
)
def test_what_is_wrong_with_a_dictionary_is_said(wrong, said):
    exercise = Exercise("7.5", "numbered", "a dict")
    assert said in told(lambda _: dict(wrong), lambda _: {"a": 2, "b": 3, "c": 4}, ("abc",), exercise=exercise)


def test_short_lists_texts_and_counts_are_shown():
    ids = Exercise("7.6", "ids", "a list", axes=("word",))
    assert "is [1] for 'a b'; [2, 3] is expected" in told(lambda _: [1], lambda _: [2, 3], ("a b",), exercise=ids)
    text = Exercise("7.7", "text", "a text")
    assert "the first 2 characters agree" in told(lambda _: "abX", lambda _: "abc", ("",), exercise=text)
    number = Exercise("7.8", "number", "an int")
    counts = told(lambda x, y: x * y + 1, lambda x, y: x * y, (2, 3), (4, 5), exercise=number)
    assert "is too large by 1" in counts or "is 7 for x=2, y=3; 6 is expected: 1 too many" in counts


def test_a_gradient_that_is_nearly_right_is_told():
    exact = Exercise("7.9", "gradient", "(batch, step, unit)", tolerance=compare.GRADIENTS)
    lines = told(lambda x: 2 * x + 2e-5 * np.abs(x), lambda x: 2 * x, *THREE, exercise=exact)
    assert "right to about four digits only" in lines


def test_the_line_that_raises_is_shown():
    def raises(x):
        total = x.sum(axis=0)
        return x @ total

    assert "in the line `return x @ total`" in told(raises, same, *THREE)
    assert "Here come in: x (2, 5, 3)." in told(raises, same, *THREE)


def test_a_case_among_right_ones_is_asked_about():
    lines = told(lambda x: np.cos(x) if x.shape[0] == 1 else x, same, *THREE, (drawn(2, 2, 3),))
    assert "(case: case 2)" in lines
    assert "What sets this case apart: its sizes, a mask" in lines


@pytest.mark.parametrize("lab", ["lab1_rnn", "lab2_music", "lab3_attention", "lab4_beyond"])
def test_the_tables_say_which_arrays_matter(lab):
    public = tables.public(lab)
    for name, table in public.items():
        for case in table:
            assert set(case.matters) <= set(case.arguments), name
    assert any(case.matters for table in public.values() for case in table)


def test_arrays_that_no_result_hangs_on_do_not_matter():
    step = tables.public("lab1_rnn")["rnn_step"][0]
    assert step.matters == ("x_t", "h_prev", "W_xh", "W_hh", "b_h")
    back = tables.public("lab1_rnn")["rnn_backward"][0]
    assert "W_xh" not in back.matters
    assert "W_hh" in back.matters


CACHE = {}


def remembers(x):
    return CACHE.setdefault(x.shape, x + 0.0)


def test_a_result_that_is_right_alone_and_wrong_after_others_is_told():
    CACHE.clear()
    two = (drawn(2, 3, 2),), (drawn(2, 3, 2),)
    assert "is one and the same object in two calls" in told(remembers, same, *two)
    CACHE.clear()
    assert "right when this is the first call" in told(lambda x, seen=[]: _kept(x, seen), same, *two)


def _kept(x, seen):
    seen.append(x.mean())
    return x - seen[-1] + seen[0]


def test_only_cases_that_fail_in_the_same_way_are_named_together():
    def wrong(x):
        return np.full_like(x, np.nan) if len(x) == 3 else x * np.linspace(1, 2, x.size).reshape(x.shape)

    said = told(wrong, same, *THREE)
    assert "infinite or not a number" in said
    assert "(case: case 1)" in said


def test_a_count_that_is_a_multiple_is_no_matter_of_a_division():
    exercise = Exercise("7.2", "work", "the loss and how many steps were counted")
    said = told(
        lambda x: {"loss": x.sum(), "steps": 5}, lambda x: {"loss": x.sum(), "steps": 1}, *THREE, exercise=exercise
    )
    assert "steps is 5 times what it should be" in said
    assert "done once, for all together" in said
    assert "division" not in said


def test_what_a_function_keeps_is_seen_behind_a_probe_too():
    kept = {}
    names = {"np": np, "kept": kept}
    exec(  # noqa: S102  (a function with globals of its own)
        "def scaled(x):\n"
        "    if 'first' not in kept:\n"
        "        kept['first'] = float(len(x))\n"
        "    return x / kept['first'] * np.linspace(1, 2, x.shape[1])[:, None]",
        names,
    )

    def right(x):
        return x / len(x) * np.linspace(1, 2, x.shape[1])[:, None]

    def probe(function, x):
        return function(x)

    probe.__module__ = "labkit.checks.lab3_attention.heads_probes"
    exercise = Exercise("7.3", "scaled", "(batch, step, unit)", probe=probe)
    assert "right when this is the first call" in told(names["scaled"], right, *THREE, exercise=exercise)


@pytest.mark.parametrize("kind", ["numbers", "shape"])
def test_rows_that_were_taken_from_a_long_table_are_named_by_their_place_in_it(kind):
    rows, length = np.array([0, 3, 170]), 171
    problem = (
        compare.Problem("shape", "", "has shape (128, 4)", numbers="(3, 4) is expected")
        if kind == "shape"
        else compare.Problem("value", "", "differs", place="position 2, column 1", numbers="0.1, expected 0.2")
    )
    found = places.of_the_whole(problem, {"length": length, "rows": rows})
    assert found.numbers == ("(171, 4) is expected" if kind == "shape" else "0.1, expected 0.2")
    assert found.place == ("" if kind == "shape" else "position 170, column 1")
    assert places.of_the_whole(problem, {"length": length}) is problem
