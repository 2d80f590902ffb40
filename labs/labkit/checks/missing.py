"""Says "not defined" in a check's three lines where the cell of an exercise did not run, in place of a NameError.

`checks.rnn_step(rnn_step)` raises NameError before the check begins when `rnn_step` is not there: after a syntax error,
or a restart. Only Jupyter's kernel can say it better; every other NameError is shown as ever.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from labkit.checks import hints
from labkit.checks.exercise import CheckFailed, Exercise

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType


def explain(exercises: Mapping[str, Exercise]) -> None:
    """Show a hint for the missing name of one of these exercises; outside IPython, do nothing."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None:
        return

    def show(
        shell: Any, kind: type[NameError], error: NameError, trace: TracebackType | None, tb_offset: int | None = None
    ) -> list[str]:
        exercise = exercises.get(error.name or "")
        if exercise is not None and _raised_by_a_check(shell, trace):
            lines = missing_lines(exercise)
        else:
            lines = shell.InteractiveTB.structured_traceback(kind, error, trace, tb_offset=tb_offset)
        shell._showtraceback(kind, error, lines)  # noqa: SLF001  (what IPython's own `showtraceback` ends with)
        return lines

    shell.set_custom_exc((NameError,), show)


def missing_lines(exercise: Exercise) -> list[str]:
    """Return the hint as Jupyter shows it."""
    hint = hints.missing(exercise.name, exercise.here, defined=False)
    return str(CheckFailed(exercise, "missing", hint)).splitlines()


def _raised_by_a_check(shell: Any, trace: TracebackType | None) -> bool:
    """Say whether the error comes from the cell itself, and the cell is a check."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None or trace.tb_frame.f_globals is not shell.user_global_ns:
        return False
    history = shell.history_manager.input_hist_raw
    return bool(history) and str(history[-1]).lstrip().startswith("checks.")
