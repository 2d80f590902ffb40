"""A TODO that still raises beside a student's work is told from a stub as it came."""

from importlib import import_module
from pathlib import Path

import nbformat
import pytest

from labkit.checks.diagnosis.begun import begun, fingerprint, stubs
from labkit.checks.exercise import NotAttempted

LABS = Path(__file__).parents[3] / "labs"
RAISES = "raise NotImplementedError("


def released(lab):
    """List the exercise cells of a released notebook."""
    notebook = nbformat.read(LABS / lab / f"{lab}.ipynb", as_version=4)
    return [cell.source for cell in notebook.cells if cell.source.startswith("# Exercise") and RAISES in cell.source]


def defined(source, path, names=()):
    """Run the source of a cell from a file, where its lines can be found again."""
    path.write_text(source, encoding="utf-8")
    made = dict(names)
    exec(compile(source, str(path), "exec"), made)  # noqa: S102  (cells of the released notebooks)
    return made


@pytest.mark.slow
@pytest.mark.parametrize("lab", ["lab1_rnn", "lab2_music", "lab3_attention", "lab4_beyond"])
def test_no_released_stub_has_begun_and_each_has_with_a_line_before_its_todo(lab, tmp_path):
    checks = import_module(f"labkit.checks.{lab}")
    known = stubs(lab)
    assert set(known) == set(checks.EXERCISES)
    names = {"keras": import_module("keras"), "np": import_module("numpy"), "tf": import_module("tensorflow")}
    for number, source in enumerate(released(lab)):
        stub = defined(source, tmp_path / f"{number}.py", names)
        worked = source.replace(RAISES, "answer = 1\n" + " " * _indent(source) + RAISES)
        other = defined(worked, tmp_path / f"{number}_worked.py", names)
        for name in set(known) & set(stub):
            assert not begun(stub[name], known[name]), name
            assert begun(other[name], known[name]), name


def _indent(source):
    line = next(line for line in source.splitlines() if RAISES in line)
    return len(line) - len(line.lstrip())


def test_comments_texts_and_layout_are_no_work():
    plain = "def f(x):\n    '''Say.'''\n    return x + 1\n"
    assert fingerprint([plain]) == fingerprint(["def f(x):  # TODO\n    '''Other.'''\n\n    return x  +  1\n"])
    assert fingerprint([plain]) != fingerprint(["def f(x):\n    return x + 2\n"])


def test_what_cannot_be_read_has_not_begun():
    assert not begun(len, "0")
    assert not begun(eval("lambda x: x"), "0")  # noqa: S307
    assert not begun(released, "")


def test_the_line_says_what_to_delete(tmp_path):
    checks = import_module("labkit.checks.lab1_rnn")
    source = next(source for source in released("lab1_rnn") if "def rnn_step(" in source)
    worked = source.replace(RAISES, "h = x_t @ W_xh\n    " + RAISES)
    with pytest.raises(NotAttempted) as failure:
        checks.rnn_step(defined(worked, tmp_path / "worked.py")["rnn_step"])
    assert "delete that line" in str(failure.value)
    with pytest.raises(NotAttempted) as failure:
        checks.rnn_step(defined(source, tmp_path / "stub.py")["rnn_step"])
    assert "not attempted yet" in str(failure.value)
