"""Grades go out as spreadsheets, Canvas and Moodle read them: no formula, no invented zero, nobody else's score."""

from __future__ import annotations

import csv
import json
import stat
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import simulated
from hypothesis import given
from hypothesis import strategies as st
from late_course import course

from autograder.base.errors import UserFacingError
from autograder.base.files import PACKAGE
from autograder.commands import export
from autograder.gradebook.recorder import Recorder
from autograder.intake.roster import Row
from autograder.model.recorded import Line, Report
from autograder.model.verdict import Note, State, Work
from autograder.results import describe, lms_tables, spreadsheet
from autograder.results.lms_tables import Grade

if TYPE_CHECKING:
    from pathlib import Path

    from autograder.course.course import Course

__all__ = ["course"]
LAB = simulated.LAB
SCHEMA = json.loads((PACKAGE / "results" / "schemas" / "submission.schema.json").read_text(encoding="utf-8"))
CANVAS_HEADER = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Notes", "Lab 1 (77)", "Lab 10 (78)"]
CANVAS_HEADER += ["Final Score"]
WORKSHEET = ["Identifier", "Full name", "Email address", "Status", "Grade", "Maximum grade", "Last modified (grade)"]
WORKSHEET += ["Feedback comments"]


def report(student: str = "ann", score: float | None = None, *, penalty: float = 0, **changed: Any) -> Report:
    """All passed; score: of the written answer."""
    lines = tuple(
        Line(cell.grade_id, cell.title, cell.points, State.PASSED, "", cell.points, exercise=cell.exercise)
        if cell.exercise
        else Line(cell.grade_id, cell.title, cell.points, None, "", score, checked=False)
        for cell in simulated.lab().graded
    )
    return replace(Report(student, lines, penalty), **changed)


def grades(*found: tuple[str, float | None, str]) -> list[Grade]:
    return [
        Grade(student, points, 100.0, f"<{student}>", ids=(number,) if number else ())
        for student, points, number in found
    ]


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "  =1", "\N{NO-BREAK SPACE}=1", "\ufeff=1",
            "\N{FULLWIDTH EQUALS SIGN}1", "\N{FULLWIDTH PLUS SIGN}1+1", "\N{FULLWIDTH HYPHEN-MINUS}1+1",
            "\N{FULLWIDTH COMMERCIAL AT}SUM", "a;=1+1", "a; @x", "-5;=1", "=-5"]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_is_a_formula(text: str) -> None:
    cells = spreadsheet.safe(text).split(";")
    assert all(cell.lstrip()[:1] == "'" or cell[:1] in "a-" for cell in cells)
    assert spreadsheet.safe(text) != text


@pytest.mark.parametrize(
    "text", ["-5", "+3.5", "-0,25", "12", "-", "5%", "", "Anna-Lena", "O'Neil", "a = b", "משה", "a;b"]
)
def test_a_number_and_a_plain_name_stay_as_they_are(text: str) -> None:
    assert spreadsheet.safe(text) == text


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), min_size=1, max_size=5))
def test_whatever_is_written_is_one_row_each_and_no_formula(tmp_path_factory: Any, rows: list[list[str]]) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    spreadsheet.write(path, rows)
    found = read(path)
    assert found == [[spreadsheet.safe(cell) for cell in row] for row in rows if row]
    assert not [cell for row in found for cell in row if cell[:1] in "=@\t\r" and cell]


def test_a_table_is_its_owners_alone_and_excel_reads_its_names(tmp_path: Path) -> None:
    spreadsheet.write(tmp_path / "t.csv", [['Zoë, "Z"']])
    assert (tmp_path / "t.csv").read_bytes() == b'\xef\xbb\xbf"Zo\xc3\xab, ""Z"""\r\n'
    assert stat.S_IMODE((tmp_path / "t.csv").stat().st_mode) == 0o600


def test_the_grade_table_of_every_run_has_neither_formula_nor_mark(tmp_path: Path) -> None:
    flagged = replace(report('=LEN("x")', 10).lines[0], title="=2", flag="look")
    found = report('=LEN("x")', 10)
    export.write_csv(tmp_path / "grades.csv", [replace(found, lines=(flagged, *found.lines[1:]))], simulated.lab())
    header, row = (tmp_path / "grades.csv").read_text(encoding="utf-8").splitlines()
    assert header.startswith("student,total,checks,written,late_penalty,")
    assert row.startswith('"\'=LEN(""x"")",100,90,10,0,')
    assert row.endswith(",'=2: look")


def test_what_is_to_review_stands_in_the_grade_table(tmp_path: Path) -> None:
    found = report(score=5)
    lines = (replace(found.lines[0], state=State.MISSING, score=None, hint="Where is it?"), *found.lines[1:])
    notes = (Note("rnn_step", "similar", "It is alike.", 0.5), Note("encode", "missing", "Not there.", 0.0))
    for one in (replace(found, lines=lines, receipt=notes), found):
        export.write_csv(tmp_path / "grades.csv", [one], simulated.lab())
        last = read(tmp_path / "grades.csv")[1][-1]
        assert last == (f"cell not found ({lines[0].title}); It is alike." if one.receipt else "")


def test_who_has_no_total_hears_why(course: Course) -> None:
    whole = simulated.graded("a", states=(State.PASSED,))
    lost = replace(whole, verdicts=(replace(whole.verdicts[0], state=State.MISSING), *whole.verdicts[1:]))
    with Recorder(course.directory, course.config, simulated.lab()) as recorder:
        recorder.save("ann", whole)
        recorder.save("zoe", lost)
    table = export.export(course, LAB, export.Wish("plain"))
    assert ("ann" in table.unmarked, table.unchecked) == (True, ["zoe"])
    assert sum("a written answer waits for a mark: ada, ann" in line for line in table.lines()) == 1
    checks = export.export(course, LAB, export.Wish("plain", checks_only=True))
    assert (checks.unmarked, checks.unchecked) == ([], ["zoe"])
    assert checks.path != table.path


@pytest.mark.parametrize(
    ("score", "penalty", "checks_only", "points"),
    [
        (None, 0, False, None),
        (None, 0, True, 90),
        (4, 0, False, 94),
        (4, 20.5, False, 73.5),
        (4, 200, False, 0),
        (0, 0, False, 90),
    ],
)
def test_what_has_no_score_is_blank_and_late_is_late(
    score: float | None, penalty: float, checks_only: bool, points: float | None
) -> None:
    found = export.grade(report(score=score, penalty=penalty), checks_only=checks_only)
    assert (found.points, found.best) == (points, 90 if checks_only else 100)
    table = lms_tables.canvas([found], LAB).rows
    assert table[-1][-1] == ("" if points is None else f"{points:g}")


def test_the_rosters_numbers_are_those_of_the_lms() -> None:
    rows = [Row("ann", "annlee", "canvas", "12345"), Row("ann", "Ann Lee", "moodle", "7", "al", "a@x.org", LAB),
            Row("bob", "Bob", "canvas", "1")]  # fmt: skip
    canvas, moodle, plain = (export.grade(report(), rows, lms) for lms in ("canvas", "moodle", "plain"))
    assert (canvas.ids, canvas.name) == (("12345",), "annlee")
    assert (moodle.ids, moodle.name, moodle.email, moodle.login) == (("7",), "Ann Lee", "a@x.org", "al")
    assert plain.ids == ()


def test_a_table_for_canvas_has_the_columns_that_it_asks_for() -> None:
    found = lms_tables.canvas(grades(("ann", 83.456, "12345"), ("bob", None, "")), "Lab 1 (77)")
    assert found.rows == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Lab 1 (77)"],
        ["    Points Possible", "", "", "", "", "100"],
        ["ann", "12345", "", "", "", "83.46"],
        ["bob", "", "", "", "", ""],
    ]
    assert (found.filled, found.nameless) == (1, ["bob"])


def test_a_worksheet_for_moodle_has_the_columns_that_it_asks_for() -> None:
    found = lms_tables.moodle(grades(("ann", 83, "7")))
    assert found.rows[1] == ["Participant 7", "ann", "", "83", "100", "", "Autograder: &lt;ann&gt;"]
    assert {"Identifier", "Grade", "Last modified (grade)"} <= set(found.rows[0])


def as_canvas_reads(path: Path) -> dict[str, str]:
    """Read a table by the rules of Canvas's importer, which does not take a byte order mark away: id -> score."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert "Student" in header[0]
    assert "ID" in header[1]
    assert "SIS User ID" in header[2]
    assert "SIS Login ID" in header[3]
    assert "Section" in header[4]
    assert "Points Possible" in rows[0][0]
    return {row[1]: row[5] for row in rows[1:]}


def test_canvas_reads_what_we_write(tmp_path: Path) -> None:
    found = lms_tables.canvas(grades(("=ann", 83.456, "12345"), ("bob", None, "2")), "Lab 1 (77)")
    spreadsheet.write(tmp_path / "canvas.csv", found.rows)
    assert as_canvas_reads(tmp_path / "canvas.csv") == {"12345": "83.46", "2": ""}


def canvas_table() -> list[list[str]]:
    rows = [["    Manual Posting", "", "", "", "", "", "", "", ""]]
    rows = [
        ["", "", "", "", "", "", "Manual Posting", "", ""],
        ["    Points Possible", *[""] * 5, "100", "10", "(read only)"],
    ]
    for number, (name, login, score) in enumerate(
        [("Lee, Ann", "ann", "5"), ("Ray, Bob", "bob", "50"), ("Fox, Cleo", "cleo", "EX"), ("Poe, Dan", "dan", "7"),
         ("Student, Test", "", "")]):  # fmt: skip
        rows.append([name, str(100 + number), f"sis{number}", login, "A", "-- note", score, "9", "80"])
    return [CANVAS_HEADER, *rows]


def test_canvas_gets_back_its_own_rows_and_one_column() -> None:
    found = lms_tables.fill_canvas(
        canvas_table(), grades(("lee_100", 83, "100"), ("BOB", None, ""), ("cleo", 9, ""), ("eve", 1, "999")), LAB
    )
    assert found.rows[0] == [*CANVAS_HEADER[:5], "Lab 1 (77)"]
    assert [row[-1] for row in found.rows[1:]] == ["Manual Posting", "100", "83", "50", "EX", "7", ""]
    assert (found.filled, found.kept, found.strangers) == (1, ["BOB", "cleo"], ["eve"])
    assert not any("note" in cell for row in found.rows for cell in row)


@pytest.mark.parametrize(
    ("wanted", "title"),
    [("Lab 10", "Lab 10 (78)"), ("Lab 10 (78)", "Lab 10 (78)"), ("lab10_x", "Lab 10 (78)"), ("lab1_rnn", "Lab 1 (77)")],
)
def test_the_column_is_found_by_its_name(wanted: str, title: str) -> None:
    assert lms_tables.fill_canvas(canvas_table(), [], wanted).column == title


def test_a_name_that_is_two_peoples_is_nobodys() -> None:
    two = [Grade("x1", 1.0, 100.0, login="ann"), Grade("x2", 2.0, 100.0, login="Ann")]
    found = lms_tables.fill_canvas(canvas_table(), two, LAB)
    assert [row[-1] for row in found.rows[3:5]] == ["5", "50"]
    assert found.strangers == ["x1", "x2"]


def test_other_points_in_the_lms_are_refused_or_scaled() -> None:
    with pytest.raises(UserFacingError, match=r"Lab 10 \(78\) has 10 points in the LMS, and 100 here"):
        lms_tables.fill_canvas(canvas_table(), grades(("lee", 83, "100")), "Lab 10")
    found = lms_tables.fill_canvas(canvas_table(), grades(("lee", 83, "100")), "Lab 10", scale=True)
    assert found.rows[3][-1] == "8.3"


@pytest.mark.parametrize(
    ("header", "column", "said"),
    [
        (["Student", "ID", "Section", "Quiz (1)"], LAB, "Say --column with one of: Quiz"),
        (["Student", "ID", "Section", "Lab 1 (1)", "Lab 1 (2)"], "Lab 1", "Say --column with one of: Lab 1"),
        (["Student", "ID", "Section"], LAB, "one of: none"),
        (["Name", "Points"], LAB, "no gradebook as Canvas exports it"),
    ],
)
def test_what_cannot_be_filled_in_is_refused_in_one_sentence(header: list[str], column: str, said: str) -> None:
    with pytest.raises(UserFacingError, match=said):
        lms_tables.fill_canvas([header], [], column)


def worksheet() -> list[list[str]]:
    rows = [["Participant 7", "Ann Lee", "ann@x.org", "Submitted", "", "100.00", "-", ""],
            ["Participant 17", "Bob Ray", "BOB@x.org", "Submitted", "44", "100.00", "-", "By hand."],
            ["Participant 27", "Cleo", "c@x.org", "No submission", "3", "100.00", "-", "Autograder: old"],
            ["Participant 37", "Dan", "d@x.org", "", "", "100.00", "-", ""]]  # fmt: skip
    return [WORKSHEET, *rows]


def test_moodle_gets_back_its_worksheet() -> None:
    bob = Grade("bob", 60.0, 100.0, "<b>", email="bob@x.org")
    found = lms_tables.fill_moodle(worksheet(), [*grades(("ann", 83, "7"), ("cleo", None, "27")), bob])
    assert [(row[4], row[-1]) for row in found.rows[1:]] == [
        ("83", "Autograder: &lt;ann&gt;"), ("60", "By hand."), ("3", "Autograder: &lt;cleo&gt;"), ("", "")]  # fmt: skip
    assert [row[:4] + row[5:7] for row in found.rows] == [row[:4] + row[5:7] for row in worksheet()]
    assert (found.filled, found.kept) == (2, ["cleo"])


def test_a_worksheet_in_another_language_is_refused() -> None:
    with pytest.raises(UserFacingError, match="there is no Grade, Last modified"):
        lms_tables.fill_moodle([["Identifier", "Bewertung"]], [])


@pytest.mark.parametrize(
    "data",
    ["Student;ID\r\nAnn;1\r\n".encode("utf-8-sig"), "Student;ID\nAnn;1".encode("utf-16"), b"Student;ID\n\n Ann;1\n;\n"],
)
def test_a_table_is_read_however_it_was_saved(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "g.csv").write_bytes(data)
    rows, delimiter = spreadsheet.read(tmp_path / "g.csv")
    assert ([[cell.strip() for cell in row] for row in rows], delimiter) == ([["Student", "ID"], ["Ann", "1"]], ";")


def test_a_worksheet_may_hold_what_students_wrote(tmp_path: Path) -> None:
    (tmp_path / "g.csv").write_text(f"Identifier,Online text\nParticipant 7,{'x' * 200_000}\n")
    assert len(spreadsheet.read(tmp_path / "g.csv")[0][1][1]) == 200_000


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xff\xfe\x00", b"PK\x03\x04\xe9", b'a,b\n"x'])
def test_what_is_no_table_is_refused_in_one_sentence(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "g.csv").write_bytes(data)
    with pytest.raises(UserFacingError, match="is no table in UTF-8"):
        spreadsheet.read(tmp_path / "g.csv")
    with pytest.raises(UserFacingError, match="can't be read: No such file"):
        spreadsheet.read(tmp_path / "none.csv")


def everything() -> Report:
    notes = (Note("ex-1", "similar", "It is alike.", 0.5),)
    lines = [replace(line, state=state, score=None) for line, state in zip(report().lines, State, strict=False)]
    return replace(report(), lines=(*lines, *report(score=4).lines[len(lines) :]), receipt=notes, isolation="none")


@pytest.mark.parametrize(
    "found", [report(), report(score=3, penalty=2), everything()], ids=["open", "marked", "states"]
)
def test_the_objects_are_as_documented(found: Report) -> None:
    work = [Work(line.exercise or line.grade_id, "source", "output") for line in found.lines]
    own = describe.describe(found, LAB, work, name="Ann")
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    for one in (own, describe.describe(found, LAB), own | {"for_the_instructor": describe.for_the_instructor(found)}):
        jsonschema.validate(json.loads(json.dumps(one)), SCHEMA)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(own | {"another": 1}, SCHEMA)
