"""A library's own lines are held back while it loads, and shown when it does not load."""

import os
import sys

import pytest

from labkit.base import quiet


@pytest.fixture
def library(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)

    def write(source):
        (tmp_path / "noisy_library.py").write_text(f"import os\nos.write(2, b'processor found')\n{source}\n")
        monkeypatch.delitem(sys.modules, "noisy_library", raising=False)

    return write


def test_what_a_library_says_while_it_loads_is_held_back(library, capfd):
    library("")
    quiet.load("noisy_library")
    os.write(2, b"said later")
    assert capfd.readouterr().err == "said later"
    assert "noisy_library" in sys.modules


def test_a_library_that_does_not_load_shows_what_it_said(library, capfd):
    library("raise ImportError('no such part')")
    with pytest.raises(ImportError, match="no such part"):
        quiet.load("noisy_library")
    assert "processor found" in capfd.readouterr().err
