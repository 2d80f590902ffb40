"""A grade that differs in company is named."""

from __future__ import annotations

from benchmarks import busy


def test_what_differs_is_named_and_what_is_the_same_is_not() -> None:
    alone: busy.Grades = {"ada": {"check-embed": ("passed", 4.0), "check-encode": ("failed", 0.0)}}
    assert busy.differences(alone, {"ada": dict(alone["ada"])}) == []
    other: busy.Grades = {"ada": {"check-embed": ("timed_out", 0.0)}}
    assert [line.split(":")[0] for line in busy.differences(alone, other)] == ["ada check-embed", "ada check-encode"]
