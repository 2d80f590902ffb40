"""What a sequence costs: operations are counted, and the lines are read as they are."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pytest

from labkit.attention import cost


def test_both_have_as_many_operations_at_twice_the_width() -> None:
    for width in (8, 128):
        length = cost.equal(width)
        assert cost.operations("LSTM", length, width) == cost.operations("attention", length, width)
        assert cost.operations("LSTM", length, width) > cost.operations("attention", length - 1, width)
    with pytest.raises(KeyError):
        cost.operations("GRU", 4)


@pytest.mark.parametrize(
    ("attention", "lstm", "said"),
    [
        (
            [198.0, 50.0, 9.6, 16.5, 99.0],
            [160.0, 150.0, 57.0, 80.0, 48.0],
            "less time per token at T = 64, 256, 1,024, and more at T = 16, 2,048.",
        ),
        ([1.0] * 5, [2.0] * 5, "less time per token at every T here."),
        ([3.0] * 5, [2.0] * 5, "more time per token at every T here."),
    ],
)
def test_the_lines_are_read_as_they_are(
    attention: list[float], lstm: list[float], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lengths = (16, 64, 256, 1024, 2048)
    assert cost.crossing(lengths, {"attention": attention, "LSTM": lstm}).endswith(said)
    cost.against_length(lengths, {"LSTM": lstm, "attention": attention})
    assert "they are equal at T = 256." in capsys.readouterr().out
    plt.close("all")
