"""What the names in an archive say: whose archive it is, who handed in what, when, and as which student."""

import unicodedata
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.base.errors import UserFacingError
from autograder.intake import groups, lms_names, roster
from autograder.intake.lms_names import Listing, Part, Person
from autograder.intake.roster import Roster, Row, folder_name

LAB = "lab1_rnn"


def parts(kind, paths, texts=None, **about):
    """Read names; texts: what small files beside the submissions say."""
    listing = Listing(list(paths), lambda path: (texts or {}).get(path, "").encode(), LAB, **about)
    return lms_names.parts(kind, listing), listing.unknown


def one(kind, path, texts=None, **about) -> Part:
    (part,), unknown = parts(kind, [path], texts, **about)
    assert not unknown
    return part


CANVAS = [
    ("doejane_12345_678901_lab1_rnn.ipynb", "doejane", "12345", False, "lab1_rnn.ipynb"),
    ("doejane_LATE_12345_678901_lab1_rnn-2.ipynb", "doejane", "12345", True, "lab1_rnn-2.ipynb"),
    ("doejane_late_12345_678901_Copy of lab1_rnn.ipynb", "doejane", "12345", True, "Copy of lab1_rnn.ipynb"),
    ("doe2jane3_12_34_56_78_x.ipynb", "doe2jane3", "12", False, "56_78_x.ipynb"),
    ("doe_jane_12_34_x.ipynb", "doe_jane", "12", False, "x.ipynb"),
    ("山田太郎_12_34_提出.ipynb", "山田太郎", "12", False, "提出.ipynb"),
    ("12_34_x.ipynb", "12", "12", False, "x.ipynb"),  # a name of which Canvas leaves nothing
    ("anon_aB3xY_34_5_x.ipynb", "anon_aB3xY", "anon_aB3xY", False, "5_x.ipynb"),
    ("LATE_anon_aB3xY_34_x.ipynb", "anon_aB3xY", "anon_aB3xY", True, "x.ipynb"),
    ("doejane_LATE_12345_text.html", "doejane", "12345", True, "text.html"),
    ("submissions/doejane_12345_link.html", "doejane", "12345", False, "link.html"),
]


@pytest.mark.parametrize(("path", "name", "number", "late", "file"), CANVAS)
def test_canvas_says_who_which_file_and_whether_late(path, name, number, late, file):
    part = one("canvas", path)
    assert (part.people, part.file, part.late) == ((Person("canvas", number, name),), file, late)


def test_a_file_that_canvas_numbers_twice_is_two_attempts_and_two_files_are_one():
    found, _ = parts("canvas", ["d_1_20_lab-1.ipynb", "d_1_10_lab.ipynb", "d_1_21_notes.pdf", "e_2_15_lab.ipynb"])
    assert [(part.file, part.attempt) for part in found if part.people[0].name == "d"] == [
        ("lab.ipynb", "10"),
        ("lab-1.ipynb", "20"),
        ("notes.pdf", "20"),
    ]


MOODLE = [
    ("Jane Doe_12345_assignsubmission_file/lab1_rnn.ipynb", "Jane Doe", "12345", "lab1_rnn.ipynb"),
    ("Jane Doe_12345_assignsubmission_file_/work/lab1.ipynb", "Jane Doe", "12345", "work/lab1.ipynb"),
    ("Jane Doe_12345_assignsubmission_file_my_lab_1.ipynb", "Jane Doe", "12345", "my_lab_1.ipynb"),
    ("Lab 1/Jane Doe_12345_assignsubmission_file/lab1.ipynb", "Jane Doe", "12345", "lab1.ipynb"),
    ("Jane Doe_12345_assignsubmission_onlinetext/onlinetext.html", "Jane Doe", "12345", "onlinetext.html"),
    ("O'Neil-Šmíd, فاطمه_7_assignsubmission_file/l.ipynb", "O'Neil-Šmíd, فاطمه", "7", "l.ipynb"),
    ("Participant_7_assignsubmission_file/l.ipynb", "Participant", "7", "l.ipynb"),
    ("Default group_assignsubmission_file/l.ipynb", "Default group", "Default group", "l.ipynb"),
]


@pytest.mark.parametrize(("path", "name", "number", "file"), MOODLE)
def test_moodle_says_who_and_which_file(path, name, number, file):
    part = one("moodle", path)
    assert (part.people, part.file, part.when) == ((Person("moodle", number, name),), file, None)


def test_blackboard_says_who_and_when_and_the_text_beside_it_says_more():
    stem = "Lab 1_final_j_doe_attempt_2026-07-01-23-59-00"
    about = "Name: Jane Doe (j_doe)\nAssignment: Lab 1_final\n\nFiles:\n"
    about += f"\tOriginal filename: lab+1.ipynb\n\tFilename: {stem}_lab1.ipynb\n"
    part = one("blackboard", f"{stem}_lab1.ipynb", zone=ZoneInfo("Europe/Berlin"))
    assert part.people == (Person("blackboard", "doe", "doe", "doe"),)  # an underscore in a user name: the text knows
    assert (part.file, part.when) == ("lab1.ipynb", datetime(2026, 7, 1, 21, 59, tzinfo=UTC))
    found, unknown = parts("blackboard", [f"{stem}_lab1.ipynb", f"{stem}.txt"], {f"{stem}.txt": about})
    assert [(part.people[0], part.file) for part in found] == [
        (Person("blackboard", "j_doe", "Jane Doe", "j_doe"), "lab+1.ipynb")
    ]
    assert not unknown


def test_blackboard_speaks_other_languages_and_a_text_alone_is_a_hand_in_without_a_file():
    stem = "gradebook_Lab 1_p.jansen@example.nl_poging_2026-07-01-23-59-00"
    part = one("blackboard", f"{stem}_a_attempt_2020-01-01-00-00-00_b.ipynb")
    assert (part.people[0].login, part.when.year) == ("p.jansen@example.nl", 2026)
    assert one("blackboard", f"{stem}.txt").file == "attempt.txt"


METADATA = """---
submission_1:
  :submitters:
  - :name: Jane Doe
    :sid: '100'
    :email: jane@example.edu
  - :name: Bob
    :sid:
    :email: bob@example.edu
  :created_at: 2026-10-01 12:00:00.123456789 -07:00
  :results: !ruby/hash:ActiveSupport::HashWithIndifferentAccess
    tests: []
submission_2: {}
"""


def test_gradescope_says_whose_and_when_and_a_group_is_each_of_its_members():
    paths = ["x/submission_metadata.yml", "x/submission_1/work/lab1.ipynb", "x/submission_2/a.ipynb", "x/stray"]
    (part,), unknown = parts("gradescope", paths, {paths[0]: METADATA})
    assert part.people == (
        Person("gradescope", "jane@example.edu", "Jane Doe", "100", "jane@example.edu"),
        Person("gradescope", "bob@example.edu", "Bob", "", "bob@example.edu"),
    )
    assert (part.file, part.when) == ("work/lab1.ipynb", datetime(2026, 10, 1, 19, 0, 0, 123456, tzinfo=UTC))
    assert unknown == ["x/submission_2/a.ipynb", "x/stray"]


@pytest.mark.parametrize(
    "text", ["", "[]", "a: [", "&a [*a, *a]", "- " * 3000, "x: !!python/object/apply:os.system ['id']"]
)
def test_metadata_that_is_none_is_one_sentence(text):
    path = "submission_metadata.yml"
    with pytest.raises(UserFacingError, match="export the submissions from Gradescope again"):
        parts("gradescope", [path, "submission_1/a.ipynb"], {path: text})


FOLDERS = [
    (["jane/lab.ipynb", "bob/x/y.py"], [("jane", "lab.ipynb"), ("bob", "x/y.py")]),
    (["jane/lab1_rnn/lab.ipynb"], [("jane", "lab.ipynb")]),
    (["submitted/jane/lab1_rnn/lab.ipynb", "submitted/bob/lab1_rnn/l.py"], [("jane", "lab.ipynb"), ("bob", "l.py")]),
    (["all/jane/a.ipynb", "all/bob/b.ipynb", "all/c/c.py", "all/d/d.py", "all/grades.csv"], [
        ("jane", "a.ipynb"), ("bob", "b.ipynb"), ("c", "c.py"), ("d", "d.py")]),
    (["jane/lab1_rnn/lab.ipynb", "jane/lab2_music/lab.ipynb"], [("jane", "lab.ipynb")]),
    (["jane+lab1_rnn+2026-10-01 12:00:00.5 UTC+x1/lab1_rnn.ipynb", "jane+lab2_music+2026-10-01 12:00:00 UTC/l.ipynb"], [
        ("jane", "lab1_rnn.ipynb")]),
    (["Jane Doe/.ipynb_checkpoints/l.ipynb", "Jane Doe/l.ipynb", "__MACOSX/Jane Doe/._l.ipynb", ".DS_Store"], [
        ("Jane Doe", "l.ipynb")]),
]  # fmt: skip


@pytest.mark.parametrize(("paths", "expected"), FOLDERS)
def test_folders_are_students_whatever_is_around_them(paths, expected):
    found, _ = parts("folder", paths, others=frozenset({"lab2_music"}))
    assert [(part.people[0].name, part.file) for part in found] == expected


def test_nbgraders_times_are_read():
    path = "jane/lab1_rnn/timestamp.txt"
    (part,), _ = parts("folder", ["jane/lab1_rnn/l.ipynb", path], {path: "2026-10-01 14:00:00 +0200"})
    assert part.when == datetime(2026, 10, 1, 12, tzinfo=UTC)
    part = one("folder", "jane+lab1_rnn+2026-10-01 12:00:00.5 UTC+x1/lab1_rnn.ipynb")
    assert part.when == datetime(2026, 10, 1, 12, 0, 0, 500000, tzinfo=UTC)


@pytest.mark.parametrize("path", ["../x/l.ipynb", "/x/l.ipynb", "alone.ipynb", "./l.ipynb"])
def test_a_path_that_names_nobody_is_nobodys(path):
    found, unknown = parts("folder", [path], refused=frozenset({path}))
    assert (found, unknown) == ([], [path])


GUESSES = [
    ([path for path, *_ in CANVAS], "canvas"),
    ([path for path, *_ in MOODLE], "moodle"),
    (["Lab 1_j_attempt_2026-01-01-00-00-00_l.ipynb", "Lab 1_j_attempt_2026-01-01-00-00-00.txt"], "blackboard"),
    (["a/submission_metadata.yml", "a/submission_1/d_1_2_x.ipynb"], "gradescope"),
    (["jane/l.ipynb", "bob/l.ipynb", "__MACOSX/x"], "folder"),
    (["d_1_2_a.ipynb", "e_2_3_b.ipynb", "f_3_4_c.ipynb", "g_4_5_d.ipynb", "stray.pdf"], "canvas"),
    (["d_1_2_a.ipynb", "stray.pdf"], ""),
    (["jane/d_1_2_a.ipynb", "bob/l.ipynb"], ""),
    (["l.ipynb"], ""),
    ([], ""),
]


@pytest.mark.parametrize(("paths", "kind"), GUESSES)
def test_an_lms_is_guessed_only_where_that_is_sure(paths, kind):
    assert lms_names.guess(paths) == kind


def test_an_unknown_lms_is_one_sentence():
    with pytest.raises(UserFacingError, match="There is no --from canves"):
        parts("canves", ["a"])


@given(st.lists(st.text(max_size=40), max_size=5), st.sampled_from(["canvas", "moodle", "blackboard", "folder"]))
def test_any_names_are_read_or_left_but_never_an_error(paths, kind):
    found, unknown = parts(kind, paths)
    assert {part.path for part in found} | set(unknown) >= {path for path in paths if not lms_names.noise(path)} - {
        path for path in paths if path.endswith("timestamp.txt")
    }


@given(st.text(max_size=300))
def test_any_name_becomes_a_folder_that_everything_takes(text):
    name = folder_name(text)
    assert name
    assert not set(name) & set('/\\:*?"<>|+[],;\n\0 ')
    assert unicodedata.category(name[0])[0] in "LN"
    assert name[-1] not in ". '"
    assert len(name) <= 61
    assert len(name.encode()) <= 170
    assert folder_name(name) == name


@given(st.lists(st.builds(
    Person, st.sampled_from(lms_names.KINDS), st.text(max_size=12), st.text(max_size=12), st.text(max_size=5)),
    max_size=8
))  # fmt: skip
def test_nobody_shares_a_folder_whatever_they_are_called(tmp_path_factory, people):
    path = tmp_path_factory.mktemp("roster") / "roster.csv"
    first = Roster(path, LAB, ["jane"])
    placed = first.place(people)
    first.save()
    keys = {(person.lms, person.lms_id) for person in people}
    assert len({roster.alike(student) for student in placed.values()}) == len(keys)
    assert Roster(path, LAB).place(people) == placed  # the same on the next run, from what was written


def test_two_names_that_a_file_system_takes_for_one_stay_two(tmp_path):
    names = ["José", unicodedata.normalize("NFD", "José"), "JOSÉ", "jane", "Jane"]
    placed = Roster(tmp_path / "roster.csv", LAB).place(Person("folder", name, name) for name in names)
    assert len({roster.alike(student) for student in placed.values()}) == 5


def test_a_name_that_another_computer_writes_otherwise_is_the_same_person(tmp_path):
    path = tmp_path / "roster.csv"
    first = Roster(path, LAB)
    (student,) = first.place([Person("folder", "José", "José")]).values()
    first.save()
    decomposed = unicodedata.normalize("NFD", "José")
    assert list(Roster(path, LAB).place([Person("folder", decomposed, decomposed)]).values()) == [student]


def test_moodles_numbers_change_with_the_assignment_and_the_student_stays(tmp_path):
    path = tmp_path / "roster.csv"
    first = Roster(path, LAB)
    assert first.place([Person("moodle", "11", "Jane Doe")]) == {Person("moodle", "11", "Jane Doe"): "Jane-Doe"}
    first.save()
    second = Roster(path, "lab2_music")
    assert list(second.place([Person("moodle", "99", "Jane Doe")]).values()) == ["Jane-Doe"]
    second.save()
    assert [(row.lms_id, row.lab) for row in roster.read(path)] == [("11", LAB), ("99", "lab2_music")]


def test_two_people_of_one_name_in_moodle_are_told_apart_and_a_person_is_asked(tmp_path):
    one_roster = Roster(tmp_path / "roster.csv", LAB)
    placed = one_roster.place([Person("moodle", "11", "Jane Doe"), Person("moodle", "12", "Jane Doe")])
    assert set(placed.values()) == {"Jane-Doe-11", "Jane-Doe-12"}
    assert len(one_roster.doubtful) == 2


def test_the_roster_may_be_edited_and_is_safe_in_a_spreadsheet(tmp_path):
    path = tmp_path / "roster.csv"
    rows = [Row("jane", "=SUM(1)", "canvas", "12", "@jane", "'quoted'"), Row("bob", "Bob", "canvas", "13")]
    roster.write(path, rows)
    assert "'=SUM" in path.read_text(encoding="utf-8")
    assert roster.read(path) == rows
    assert path.stat().st_mode & 0o777 == 0o600
    assert Roster(path, LAB).place([Person("canvas", "12", "doejane")]) == {Person("canvas", "12", "doejane"): "jane"}


@pytest.mark.parametrize(
    "text", ["name,lms\nJane,canvas\n", "student\n../../etc\n", b"student\n\xff\n", "student\n..\n"]
)
def test_a_roster_that_is_none_is_one_sentence(tmp_path, text):
    path = tmp_path / "roster.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UserFacingError, match=r"roster\.csv"):
        roster.read(path)


def test_groups_are_read_as_canvas_exports_them_and_as_people_write_them(tmp_path):
    path = tmp_path / "groups.csv"
    path.write_text(
        "name,canvas_user_id,user_id,login_id,sections,group_name,canvas_group_id,group_id\n"
        "Jane Doe,11,,jane,A,Group 1,5,\nBob,12,,bob,A,Group 1,5,\nEve,13,,eve,A,,,\n"
    )
    assert groups.read(path, "canvas") == {
        "group1": (Person("canvas", "11", "Jane Doe", "jane"), Person("canvas", "12", "Bob", "bob"))
    }
    path.write_text("Group,Login,Email\nThe Müllers,jane,jane@example.edu\n")
    assert groups.read(path, "blackboard") == {
        "themüllers": (Person("blackboard", "jane", "jane", "jane", "jane@example.edu"),)
    }
    path.write_text("a,b\n1,2\n")
    with pytest.raises(UserFacingError, match="names no group with members"):
        groups.read(path, "canvas")
