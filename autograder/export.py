"""Writes the class's grades as a table for a spreadsheet or an LMS."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from autograder.assignment import Assignment
    from autograder.record import Line, Report

TO_MARK = "to mark"


def write_csv(path: Path, reports: Sequence[Report], assignment: Assignment) -> None:
    """Write one row for each student. What has no score yet is blank: never a zero that nobody gave."""
    checks, written = assignment.checks, assignment.written
    header = ["student", "total", "checks", "written", "late_penalty"]
    header += [f"{cell.number} {part}" for cell in assignment.graded for part in ("points", "state")] + ["to review"]
    temporary = path.with_suffix(".new")
    with temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for report in reports:
            lines = {line.grade_id: line for line in report.lines}
            of_checks = _sum([lines[cell.grade_id] for cell in checks])
            of_written = _sum([lines[cell.grade_id] for cell in written])
            total = None if of_checks is None or of_written is None else of_checks + of_written - report.penalty
            cells = [part for cell in assignment.graded for part in _cells(lines[cell.grade_id])]
            flags = " ".join(f"{line.title}: {line.flag}" for line in report.lines if line.flag)
            row = [_safe(report.student), *map(_number, (total, of_checks, of_written, report.penalty)), *cells, flags]
            writer.writerow(row)
    temporary.replace(path)


def _cells(line: Line) -> tuple[str, str]:
    state = line.state or (TO_MARK if line.score is None else "marked")
    return _number(line.score), str(state)


def _sum(lines: Sequence[Line]) -> float | None:
    scores = [line.score for line in lines]
    return None if None in scores else sum(score for score in scores if score is not None)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _safe(text: str) -> str:
    """Keep a spreadsheet from taking a name for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
