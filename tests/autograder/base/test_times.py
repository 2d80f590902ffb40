"""A time is read as whoever wrote it meant it, or not at all: lateness costs points."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from nbgrader.utils import parse_utc

from autograder.base.times import stamp, time_of, time_zone

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This machine stands in Berlin."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2026-12-01 18:00:00.000000 UTC", 18),
        ("2026-12-01 18:00:00", 18),
        ("2026-12-01T18:00:00Z", 18),
        ("2026-12-01 18:00:00 +0200", 16),
        ("2026-12-01 18:00:00 +02:00", 16),
        ("2026-12-01 18:00:00+02", 16),
        ("2026-12-01 18:00:00 GMT+2", 16),
        ("2026-12-01 18:00:00 CET", 17),
        ("2026-12-01 18:00:00 Europe/Berlin", 17),
        ("2026-12-01 10:00:00 PST", 18),
        ("2026-12-01 13:00:00 EST", 18),
        ("2026-12-01 6:00 PM", 18),
        ("2026-12-01 12:00 AM", 0),
        ("Tue, 1 Dec 2026 19:00:00 +0100", 18),
        ("Tue Dec  1 18:00:00 UTC 2026", 18),
        ("1 Dec 2026 13:00 EST", 18),
        ("13/12/2026 18:00", None),
    ],
)
def test_a_time_is_read_in_its_zone(text: str, hour: int | None) -> None:
    day = 1 if hour is not None else 13
    assert time_of(f" {text}\n") == datetime(2026, 12, day, 18 if hour is None else hour, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        *("2026-12-01 18:00:00 IST", "2026-12-01 18:00:00 BST", "Tue Dec 1 18:00:00 XYZ 2026", "01/12/2026 18:00"),
        *("12-01-26 10:00", "18:00", "5", "yesterday", "2026-02-30", "2026-12-01 25:00", "2026-12-01 13:00 PM"),
        *("0001-01-01 00:00:00 +9999999", "0001-01-01 00:00:00 +0200", "9" * 5000, "\0", "", " "),
    ],
)
def test_what_could_be_two_times_or_none_is_none(text: str) -> None:
    assert time_of(text) is None


def test_a_short_name_is_that_of_the_courses_zone_or_this_machines() -> None:
    read = time_of("2026-12-01 18:00:00 IST", time_zone("Asia/Kolkata"))
    assert read == datetime(2026, 12, 1, 12, 30, tzinfo=UTC)
    assert time_of("2026-12-01 18:00:00 IST", time_zone("Asia/Jerusalem")) == datetime(2026, 12, 1, 16, tzinfo=UTC)
    assert time_of("2026-07-01 18:00:00 CEST") == datetime(2026, 7, 1, 16, tzinfo=UTC)


def test_what_is_written_for_nbgrader_it_reads_as_we_do() -> None:
    when = datetime(2026, 12, 1, 16, 30, 1, 250, tzinfo=UTC)
    assert parse_utc(stamp(when)).replace(tzinfo=UTC) == when == time_of(stamp(when))
