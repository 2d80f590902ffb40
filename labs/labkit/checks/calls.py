"""Calls a student's function and keeps what came of it: a value or an error, and the arguments as it left them.

The function may be here, or stand in for one in another process: then all calls of `many` travel in one message.
"""

from __future__ import annotations

import copy
import functools
import linecache
import sysconfig
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.checks import probes

if TYPE_CHECKING:
    from labkit.checks.cases import Case
    from labkit.checks.exercise import Exercise

# Where no student's function stands: labkit, installed packages, Python itself.
_NOT_THEIRS = (
    str(Path(__file__).parents[1]),
    *(sysconfig.get_path(name) for name in ("purelib", "platlib", "stdlib")),
    "<frozen",
    "<__array_function__",
)


class NoFunctionError(Exception):
    """What was to be called is no function and no class: of one in another process, that is known when it is called."""


@dataclass(frozen=True)
class Outcome:
    """What one call gave: its value, or the type name and message of what it raised.

    changed: the names of the arguments that the call changed
    line: the student's own line that raised, where the function is in this process and its source is known
    """

    value: Any = None
    error: tuple[str, str] | None = None
    changed: tuple[str, ...] = ()
    line: str = field(default="", compare=False)


def many(
    function: Callable[..., Any],
    argument_sets: Sequence[Mapping[str, Any]],
    *,
    probe: Callable[..., Any] | None = None,
    given: Mapping[str, str] | None = None,
    anew: bool = False,
) -> list[Outcome]:
    """Call a function once for each set of arguments (by position, in order); errors are kept, not raised.

    probe: a probe (see `labkit.checks.probes`) to call in its place, with the function as its first argument
    given: a name that the function may call -> the scripted fake that takes its place (see `probes.named`)
    anew: with an object of its own for each call (see `probes.made_once`)
    """
    replaced = given or ({} if anew else None)
    elsewhere = getattr(type(function), "call_many", None)  # a stand-in's own method: a student's function has none
    if elsewhere is not None:
        name = probes.name_of(probe) if probe else None
        outcomes: list[Outcome] = elsewhere(function, argument_sets, probe=name, given=replaced)
        return outcomes
    called = function if probe is None else functools.partial(probe, function)
    if replaced is not None:
        called = functools.partial(probes.call_given, function, replaced, probe=probe)
    return [_call(called, arguments) for arguments in argument_sets]


def of_parts(
    exercise: Exercise, student: Any, parts: Sequence[Sequence[Case]], *, at_once: bool
) -> Iterator[list[Outcome]]:
    """Call the student's function on the cases of each part: in one message, or part by part as they are asked for."""
    if not at_once:
        yield from (of_cases(exercise, student, part) for part in parts)
        return
    found = iter(of_cases(exercise, student, [case for part in parts for case in part]))
    yield from (list(islice(found, len(part))) for part in parts)


def of_cases(exercise: Exercise, student: Any, cases: Sequence[Case]) -> list[Outcome]:
    """Call the student's function on cases that all have the same stand-ins; nothing is called for none."""
    if not cases:
        return []
    given = cases[0].given
    return many(student, [case.arguments for case in cases], probe=exercise.probe, given=given)


def raises(function: Callable[..., Any], arguments: Mapping[str, Any]) -> str | None:
    """Name the type of the exception that a call raises; None when it returns."""
    error = _call(function, arguments).error
    return error[0] if error else None


def _call(function: Callable[..., Any], arguments: Mapping[str, Any]) -> Outcome:
    own = {name: copy.deepcopy(value) for name, value in arguments.items()}
    try:
        value = function(*own.values())
    except (Exception, SystemExit) as error:  # noqa: BLE001  (whatever a student's code raises is a result)
        return Outcome(error=(type(error).__name__, _message(error)), line=_line(error))
    changed = tuple(name for name in own if not unchanged(own[name], arguments[name]))
    return Outcome(value=value, changed=changed)


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001  (an exception of the student's own, whose text raises)
        return ""


def _line(error: BaseException) -> str:
    """Find the last line on the way to an error that stands in no library and not in labkit.

    "" when none is known, and for a `raise`: what that says is in the message.
    """
    lines = [
        linecache.getline(frame.f_code.co_filename, number, frame.f_globals).strip()
        for frame, number in traceback.walk_tb(error.__traceback__)
        if not frame.f_code.co_filename.startswith(_NOT_THEIRS)
    ]
    line = next((line for line in reversed(lines) if line), "")
    return "" if line.startswith("raise") else line


def unchanged(after: Any, before: Any) -> bool:
    """Say whether an argument is what it was before a call."""
    try:
        return _equal(after, before)
    except Exception:  # noqa: BLE001  (something was put in whose len or == raises)
        return False


def _equal(after: Any, before: Any) -> bool:
    if isinstance(before, np.ndarray):
        same_type = isinstance(after, np.ndarray) and after.dtype == before.dtype and after.shape == before.shape
        return same_type and bool(np.array_equal(after, before, equal_nan=before.dtype.kind == "f"))
    if isinstance(before, list | tuple):
        return len(after) == len(before) and all(map(_equal, after, before))
    if isinstance(before, Mapping):
        return list(after) == list(before) and all(_equal(after[key], before[key]) for key in before)
    return bool(after == before)
