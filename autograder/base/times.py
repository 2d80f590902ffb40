"""Times as people, nbgrader and archives write them: the one reader of them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil import parser

from autograder.base.errors import UserFacingError

LONGEST = 100  # characters of a time
_ISO = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)(?:[T ](?P<time>\d\d?:\d\d(?::\d\d(?:[.,]\d{1,9})?)?))?"
    r"\s*(?P<half>[AaPp][Mm])?\s*(?P<zone>\S.*)?",
    re.DOTALL,
)
_NAMED = re.compile(r"(?P<rest>.*\d)\s*(?P<zone>[A-Za-z][A-Za-z_]*(?:/[\w+-]+)*|(?:UTC|GMT)[+-][\d:]+)", re.DOTALL)
_OFFSET = re.compile(r"(?:UTC|GMT)?(?P<sign>[+-])(?P<hours>\d\d?)(?::?(?P<minutes>\d\d))?")
_UTC = {"Z", "UTC", "UT", "GMT"}
# RFC 5322, 4.3: the only other short names that mean one thing in a date.
_HOURS = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}
# Two years, months and days to fill a date with that is not whole: it then comes out as two.
_FILLED = (datetime(2000, 1, 1), datetime(2001, 2, 2))  # noqa: DTZ001  (only to compare)


def time_zone(name: str) -> ZoneInfo | None:
    """Find a time zone by its name. Raises UserFacingError when there is none such."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UserFacingError(
            f"There is no time zone {name!r}. One is Europe/Berlin, another America/New_York."
        ) from None


def stamp(when: datetime) -> str:
    """Write a time as nbgrader does, in UTC, which it reads rightly."""
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")


def time_of(value: Any, here: tzinfo | None = None) -> datetime | None:
    """Read a time as YAML, nbgrader, an LMS or a person writes it, into UTC; None for what is none, or could be two.

    Without a zone it is UTC. A short name of a zone ("IST") is that of `here`, or of this machine's zone, where one of
    these has such a name at that time; else only what RFC 5322 and the time zone database know is read. nbgrader's
    own parse_utc takes the 0200 of "+0200" for seconds, and any name that it does not know for UTC.
    """
    if isinstance(value, str):
        try:
            value = _read(value.strip(), here) if len(value.strip()) <= LONGEST else None
        except Exception:  # noqa: BLE001  (dateutil raises what it likes)
            return None
    if not isinstance(value, datetime):
        return None
    try:
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _read(text: str, here: tzinfo | None) -> datetime | None:
    iso = _ISO.fullmatch(text)
    if iso:
        moment = datetime.fromisoformat(f"{iso['day']}T{_time(iso['time'] or '00:00', iso['half'] or '')}")
        return _placed(moment, iso["zone"] or "UTC", here)
    named = _NAMED.fullmatch(text)
    if named and named["zone"].upper() not in {"AM", "PM"}:
        clock = _free(named["rest"])
        placed = _placed(clock, named["zone"], here) if clock else None
        if placed:
            return placed
    return _free(text)


def _time(text: str, half: str) -> str:
    """Write a time of day as fromisoformat wants it. half: AM, PM or nothing. Raises ValueError for 13 PM."""
    hour, _, rest = text.replace(",", ".").partition(":")
    if half and not 1 <= int(hour) <= 12:
        raise ValueError(text)
    return f"{int(hour) % 12 + 12 * (half.upper() == 'PM') if half else int(hour):02}:{rest}"


def _free(text: str) -> datetime | None:
    """Read a time in whatever order, unless it could be two times: 01/12/2026 is one day to some, another to others."""
    found: set[datetime] = {
        parser.parse(text, default=default, dayfirst=day, yearfirst=year, tzinfos=_no_name)
        for default, day, year in product(_FILLED, (False, True), (False, True))
    }
    return found.pop() if len(found) == 1 else None


def _no_name(name: str | None, offset: int | None) -> tzinfo | None:
    """Take numbers for a zone; a name that got here is none that we know."""
    if name is None and offset is None:
        return None
    if offset is None and name not in _UTC:
        raise ValueError(f"{name} is no zone that is known")
    return timezone(timedelta(seconds=offset or 0))


def _placed(moment: datetime, zone: str, here: tzinfo | None) -> datetime | None:
    """Put a moment of a clock into its zone; None for a zone that is not known."""
    offset = _OFFSET.fullmatch(zone)
    if offset:
        away = timedelta(hours=int(offset["hours"]), minutes=int(offset["minutes"] or 0))
        return moment.replace(tzinfo=timezone(-away if offset["sign"] == "-" else away))
    if zone in _UTC:
        return moment.replace(tzinfo=UTC)
    local = moment.astimezone()  # a moment without a zone is taken for this machine's
    for place in (here, local.tzinfo):
        for fold in (0, 1):  # the hour that a clock shows twice
            put = moment.replace(tzinfo=place, fold=fold)
            if place and put.tzname() == zone:
                return put
    if zone in _HOURS:
        return moment.replace(tzinfo=timezone(timedelta(hours=_HOURS[zone])))
    try:
        return moment.replace(tzinfo=ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
