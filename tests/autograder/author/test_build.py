"""Building a lab: what the release holds, what it leaves out, and the traps of nbgrader's own command."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import jupytext
import nbformat
import pytest

from autograder.author import build
from autograder.base.errors import UserFacingError
from autograder.base.files import ROOT
from autograder.model.cells import ABOUT, bound_names, kind, title
from autograder.model.lab import Lab, labs, student_repository
from labkit.checks import lab1_rnn as checks

LAB = Lab("lab1_rnn")


@pytest.fixture(scope="module")
def release():
    return nbformat.reads(build.release(LAB), as_version=4)


def edit(checkout, old, new):
    path = checkout / "solutions" / "lab1_rnn" / "lab1_rnn.py"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return Lab("lab1_rnn", checkout)


def test_every_committed_file_is_what_its_source_gives():
    for path, text in build.products(LAB).items():
        assert path.read_text(encoding="utf-8") == text, path


def test_a_stub_names_its_exercise(release):
    exercises = [cell for cell in release.cells if kind(cell) == "exercise"]
    assert [title(cell) for cell in exercises] == [exercise.title for exercise in checks.EXERCISES.values()]
    for cell in exercises:
        assert f'raise NotImplementedError("{title(cell)}")' in cell.source
        assert "SOLUTION" not in cell.source


def test_a_check_keeps_its_public_part_only(release):
    check = next(cell for cell in release.cells if cell.id == "check-rnn_step")
    assert check.source.strip().partition("  # ")[0] == "checks.rnn_step(rnn_step)"


def test_a_cell_of_an_experiment_can_be_edited_and_none_of_ours_deleted(release):
    ours = [cell for cell in release.cells if cell.cell_type == "code" and kind(cell) != "exercise"]
    assert {kind(cell) for cell in ours if cell.metadata.get("editable", True)} == {"experiment"}
    assert {kind(cell) for cell in ours if not cell.metadata.get("editable", True)} == {"check", "given"}
    assert not any(cell.metadata.get("deletable", True) for cell in ours)


def test_the_release_says_nothing_of_jupytext(release):
    assert set(release.metadata) == {ABOUT, "kernelspec", "language_info"}
    assert release.metadata[ABOUT] == {"edition": LAB.edition}


def test_the_marking_guide_stays_with_the_instructor(release):
    written = next(cell for cell in release.cells if kind(cell) == "written")
    assert "MARK SCHEME" not in written.source
    assert "YOUR ANSWER HERE" in written.source
    assert any("BEGIN MARK SCHEME" in cell.source for cell in LAB.cells("written"))


def test_cell_ids_follow_from_the_source(checkout):
    first = build.solution(Lab("lab1_rnn", checkout))
    assert build.solution(Lab("lab1_rnn", checkout)) == first
    assert len({cell["id"] for cell in json.loads(first)["cells"]}) == len(json.loads(first)["cells"])


def test_the_address_of_the_student_repository_stands_in_one_place():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    generated = {str(path.relative_to(ROOT)) for lab in labs() for path in (lab.solution_path, lab.release_path)}
    path = student_repository().removeprefix("https://github.com/")
    ours = [name for name in tracked if name not in generated and not name.startswith("tests/releases/release_")]
    holding = [name for name in ours if (ROOT / name).is_file() and path in (ROOT / name).read_text(errors="ignore")]
    assert holding == ["pyproject.toml"]
    assert student_repository() in LAB.release_path.read_text()


def test_build_rewrites_what_changed_and_nothing_else(checkout):
    assert build.build(checkout, "lab1_rnn") == []
    edit(checkout, "# Lab 1: Neurons with recurrence", "# Lab 1: Neurons that remember")
    names = {path.name for path in build.build(checkout, "lab1_rnn")}
    assert names == {"lab1_rnn.ipynb"}
    assert build.build(checkout, "lab1_rnn") == []


@pytest.fixture
def jupyterlab(checkout):
    """What JupyterLab reads and saves notebooks with when jupytext is installed (`make lab`)."""
    manager = jupytext.TextFileContentsManager()
    manager.root_dir = str(checkout / "solutions")
    yield manager
    manager.notary.store.close()


def test_an_edit_in_jupyterlab_reaches_the_source(checkout, jupyterlab):
    model = jupyterlab.get("lab1_rnn/lab1_rnn.ipynb")
    model["content"]["cells"][0]["source"] = model["content"]["cells"][0]["source"].replace("Neurons", "Cells")
    jupyterlab.save(model, "lab1_rnn/lab1_rnn.ipynb")
    build.build(checkout, "lab1_rnn")
    before = LAB.source_path.read_text()
    assert Lab("lab1_rnn", checkout).source_path.read_text() == before.replace("Neurons", "Cells", 1)


def test_an_edit_of_the_source_reaches_jupyterlab(checkout, jupyterlab):
    lab = edit(checkout, "Neurons with recurrence", "Cells with recurrence")
    newer = lab.solution_path.stat().st_mtime + 10
    os.utime(lab.source_path, (newer, newer))
    shown = jupyterlab.get("lab1_rnn/lab1_rnn.ipynb")["content"]["cells"]
    assert shown[0]["source"].startswith("# Lab 1: Cells with recurrence")


def test_jupyterlab_opens_a_notebook_that_was_built_long_after_its_source_was_edited(checkout, jupyterlab):
    lab = Lab("lab1_rnn", checkout)
    older = lab.solution_path.stat().st_mtime - 3600
    os.utime(lab.source_path, (older, older))
    assert jupyterlab.get("lab1_rnn/lab1_rnn.ipynb")["content"]["cells"]


def test_the_source_is_plain_jupytext():
    notebook = jupytext.read(LAB.source_path)
    assert [cell.source for cell in notebook.cells[-5:]] == [cell.source for cell in LAB.notebook.cells[-5:]]


def test_an_exercise_without_a_title_is_refused(checkout):
    lab = edit(checkout, "# Exercise 2.1: rnn_step", "# Now write rnn_step")
    with pytest.raises(UserFacingError, match=r"lab1_rnn\.py: .*must begin with '# Exercise N\.M: name'"):
        build.release(lab)


def test_a_solution_that_is_not_marked_is_refused(checkout):
    lab = edit(checkout, "    ### BEGIN SOLUTION\n    return np.tanh", "    return np.tanh")
    with pytest.raises(UserFacingError, match=r"Exercise 2\.1: rnn_step"):
        build.release(lab)


def test_a_failing_build_leaves_the_release_as_it_was(checkout):
    path = checkout / "labs" / "lab1_rnn" / "lab1_rnn.ipynb"
    before = path.read_bytes()
    edit(checkout, "# Exercise 2.1: rnn_step", "# Now write rnn_step")
    with pytest.raises(UserFacingError):
        build.build(checkout, "lab1_rnn")
    assert path.read_bytes() == before


@pytest.mark.slow
def test_nbgraders_own_command_releases_the_notebook_and_no_other_file(checkout):
    shutil.copy(ROOT / "nbgrader_config.py", checkout)
    folder = checkout / "solutions" / "lab1_rnn"
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "secret.pyc").write_bytes(b"x")
    (folder / "notes.txt").write_text("the answers")
    shutil.rmtree(checkout / "labs" / "lab1_rnn")
    nbgrader = Path(sys.executable).parent / "nbgrader"
    subprocess.run(
        [nbgrader, "generate_assignment", "lab1_rnn"],
        cwd=checkout,
        check=True,
        capture_output=True,
        env=os.environ | {"PATH": f"{nbgrader.parent}{os.pathsep}{os.environ['PATH']}"},
    )
    released = sorted(path.name for path in (checkout / "labs" / "lab1_rnn").rglob("*"))
    assert released == ["lab1_rnn.ipynb"]
    ours = nbformat.reads(build.release(LAB), as_version=4)
    theirs = nbformat.read(checkout / "labs" / "lab1_rnn" / "lab1_rnn.ipynb", as_version=4)
    assert [cell.source for cell in theirs.cells] == [cell.source for cell in ours.cells]


def test_bound_names_sees_imports_assignments_and_definitions():
    assert bound_names("import numpy as np\nfrom a import b\nx = 1\ndef f(y):\n    return y\nclass C: pass") == {
        "np",
        "b",
        "x",
        "f",
        "C",
    }


def test_every_lab_folder_with_a_source_is_a_lab():
    sources = sorted(path.parent.name for path in (ROOT / "solutions").glob("*/*.py"))
    assert [lab.name for lab in labs()] == sources
    assert "lab1_rnn" in sources
    assert all(re.fullmatch(r"lab\d+_\w+", lab.name) for lab in labs())


def test_a_table_of_cases_that_another_processor_has_rounded_stays_as_it_is(checkout):
    path = Lab("lab1_rnn", checkout).cases_path
    path.unlink()  # the table that came with the checkout may have been rounded elsewhere
    text = build.public_cases(Lab("lab1_rnn", checkout))
    number = re.search(r"-?0\.\d{9,}", text)[0]
    for factor, stays in ((1 + 1e-8, True), (1 + 1e-4, False)):
        path.write_text(text.replace(number, repr(float(number) * factor), 1), encoding="utf-8")
        before = path.read_text(encoding="utf-8")
        assert before != text
        assert (build.public_cases(Lab("lab1_rnn", checkout)) == before) is stays
    path.write_text(text.replace("float64", "float32", 1), encoding="utf-8")
    assert build.public_cases(Lab("lab1_rnn", checkout)) == text


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1.0, 1 + 1e-8, True),
        (1.0, 1.001, False),
        (float("nan"), float("nan"), True),
        (float("inf"), float("-inf"), False),
        (1, 1.0, False),
        (True, 1, False),
        ([1.0], [1.0, 2.0], False),
        ({"a": 1.0}, {"b": 1.0}, False),
        ("x", "x", True),
    ],
)
def test_two_values_are_alike_but_for_rounding(one, other, same):
    assert build.alike(one, other) is same
