"""The notebooks that students already have, solved, run to their end with labkit as it is now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import release
from nbclient import NotebookClient

if TYPE_CHECKING:
    from pathlib import Path

DAILY = {("release_1", "lab1_rnn")}  # the others in the thorough tests

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("of", "lab"),
    [
        pytest.param(of, lab, marks=[] if (of, lab) in DAILY else [pytest.mark.thorough])
        for of in release.RELEASES
        for lab in release.LABS[of]
    ],
)
def test_a_solved_notebook_of_a_release_runs_to_its_end(
    of: str, lab: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABKIT_BUDGET", "0.01")
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "2")
    notebook = release.solved(of, lab)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    NotebookClient(notebook, timeout=300, allow_errors=True, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert [output for output in outputs if output.output_type == "error"] == []
    said = "".join(output.text for output in outputs if output.output_type == "stream")
    exercises = len(release.solutions(of, lab))
    assert said.count("passed\n") == exercises, said
    assert "This experiment needs" not in said
