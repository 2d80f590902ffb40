"""The benchmark of lab 3: it runs the solution's own cells, and compares like with like."""

import numpy as np
import pytest

from benchmarks import attention

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def solution():
    return attention.cells()


def test_the_solutions_names_are_there(solution):
    assert {"multi_head_attention", "cross_attention", "MusicTransformer"} <= set(solution)


def test_both_give_the_same_gradients_and_can_be_timed(solution):
    ours, theirs = attention.pair(solution["multi_head_attention"], 2, 5, 8, 2)
    assert [one.shape for one in ours()] == [(2, 5, 8), *[(8, 8)] * 4]
    assert attention.clocked(ours) > 0
    assert attention.clocked(theirs) > 0


def test_another_attention_is_refused(solution):
    def unscaled(x, W_q, W_k, W_v, W_o, num_heads, mask):
        return solution["multi_head_attention"](x, 2.0 * W_q, W_k, W_v, W_o, num_heads, mask)

    with pytest.raises(AssertionError):
        attention.pair(unscaled, 2, 5, 8, 2)


def test_the_labs_own_network_is_measured_as_the_courses_is(solution):
    tunes = attention.texts("test")[:6]
    size = len(attention.vocabulary()) + attention.characters.FIRST
    bits = attention.measured(solution["MusicTransformer"](size, d_model=16, num_heads=2, d_ff=16, blocks=1), tunes)
    assert np.log2(size) * 0.5 < bits < np.log2(size) * 3


@pytest.mark.parametrize("arguments", [["--seconds", "0"], ["--pairs", "0"]])
def test_a_time_or_a_count_of_zero_is_refused(arguments):
    with pytest.raises(SystemExit, match="positive"):
        attention.parsed(arguments)
