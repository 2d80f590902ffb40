"""What is told of a function in the other ways of using it, and that nothing a notebook has set is in the way."""

# ruff: noqa: PLC0415  (TensorFlow is imported by those who run these tests, not by those who collect them)

import numpy as np
import pytest

from autograder.references import ways as drawn
from labkit.checks import ways
from labkit.checks.calls import Outcome

pytestmark = pytest.mark.slow  # TensorFlow is imported

X = np.array([[0.5, -1.0, 2.0], [0.1, 0.2, -0.3]], np.float32)


def square_sum(x, factor=1.0):
    return np.asarray((x**2).sum(axis=-1) * factor)


def asked(function, correct=square_sum, way=ways.traced, **more):
    arguments = {"x": X, **more}
    what = drawn.traced(np.random.default_rng(3), correct, arguments)
    found = way(function, *what.arguments.values(), *arguments.values())
    expected = what.expected if way is ways.traced else {"gradient": what.expected["gradient"]}
    return ways.wrong(Outcome(value=found), expected)


def test_a_right_function_is_right_in_a_graph_and_under_a_tape():
    import tensorflow as tf

    right = lambda x: tf.reduce_sum(x * x, axis=-1)  # noqa: E731
    assert asked(right) is None
    assert asked(right, way=ways.taped) is None
    assert asked(lambda x, factor: factor * right(x), factor=3.0) is None


@pytest.mark.parametrize(
    ("change", "way"),
    [
        (lambda tf, x: 2 * tf.reduce_sum(x * x, -1) - tf.stop_gradient(tf.reduce_sum(x * x, -1)), "gradient"),
        (lambda tf, x: tf.stop_gradient(tf.reduce_sum(x * x, -1)), "not_differentiable"),
        (lambda tf, x: tf.reduce_sum(x * tf.stop_gradient(x), -1), "gradient"),
        (lambda tf, x: tf.reduce_sum(x * x, -1) * (1.0 if tf.executing_eagerly() else 0.5), "in_graph"),
        (lambda tf, x: tf.reduce_sum(tf.where(x > 9, tf.exp(1000 * (x + 3)), x) * x, -1), "gradient_not_finite"),
    ],
)
def test_what_is_wrong_there_is_named(change, way):
    import tensorflow as tf

    assert asked(lambda x: change(tf, x)).way == way


def test_an_error_in_a_graph_is_told_by_its_last_line():
    with pytest.raises(NotImplementedError) as error:
        asked(lambda x: np.sum(np.asarray(x) ** 2, axis=-1))
    found = ways.wrong(Outcome(error=("NotImplementedError", str(error.value))), {"in_graph": 1.0})
    assert found.way == "in_graph"
    assert found.seen.startswith("NotImplementedError: ")
    assert "Cannot convert a symbolic" in found.seen


def test_what_a_notebook_has_set_for_all_is_set_back_and_comes_back():
    import keras
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    keras.config.set_floatx("float64")
    try:
        with ways.settled():
            assert not tf.config.functions_run_eagerly()
            assert keras.config.floatx() == "float32"
            assert keras.config.dtype_policy().name == "float32"
        assert tf.config.functions_run_eagerly()
        assert keras.config.floatx() == "float64"
    finally:
        tf.config.run_functions_eagerly(False)
        keras.config.set_floatx("float32")
        keras.config.set_dtype_policy("float32")


def test_slopes_are_those_of_calculus_and_have_the_size_that_is_drawn():
    what = drawn.traced(np.random.default_rng(5), square_sum, {"x": X})
    [direction], [weights] = what.arguments["directions"], what.arguments["weights"]
    exact = [(2 * X * weights[:, None] * one).sum() for one in (direction, ways.flipped(direction))]
    np.testing.assert_allclose(what.expected["gradient"], [exact], rtol=1e-5)
    assert 0.4 < abs(what.expected["gradient"][0, 0]) < 2.1
    assert 0.4 < abs(what.expected["in_graph"]) < 2.1
