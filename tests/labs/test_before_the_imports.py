"""A check that is run in a new kernel, before the imports: the line that fails says which cells to run."""

import nbformat
import pytest

from autograder.model.cells import kind
from autograder.model.lab import labs

LABS = labs()
SAID = '# NameError: "checks"? Run the three cells below "Get ready" first.'
every_lab = pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.name)


@pytest.mark.parametrize("cell", [cell for lab in LABS for cell in lab.cells("check")], ids=lambda cell: cell.id)
def test_the_line_that_fails_says_which_cells_to_run(cell):
    first = cell.source.splitlines()[0]
    with pytest.raises(NameError, match="'checks' is not defined"):
        exec(first, {})  # noqa: S102  (as in a new kernel)
    assert first.endswith(SAID)


@every_lab
def test_those_three_cells_stand_where_it_says(lab):
    cells = lab.notebook.cells
    places = [n for n, cell in enumerate(cells) if cell.source.startswith("## Get ready\n")]
    assert len(places) == 1
    assert [cell.id for cell in cells[places[0] + 1 : places[0] + 4]] == ["install", "imports", "tools"]


@every_lab
def test_they_stand_above_every_check_and_bind_what_a_check_needs(lab):
    above = [cell.id for cell in lab.notebook.cells]
    imports = next(cell for cell in lab.notebook.cells if cell.id == "imports")
    assert f"from labkit.checks import {lab.name} as checks" in imports.source.splitlines()
    assert all(above.index("tools") < above.index(cell.id) for cell in lab.cells("check"))


@every_lab
def test_the_text_says_what_to_do_with_a_name_that_is_not_defined(lab):
    prose = "\n".join(cell.source for cell in lab.cells("prose"))
    assert "**A name is not defined** (`checks`" in prose
    assert "the three cells below *Get ready*" in " ".join(prose.split())


@every_lab
def test_the_student_gets_the_same_lines(lab):
    released = nbformat.read(lab.release_path, as_version=4)
    lines = [cell.source.splitlines()[0] for cell in released.cells if kind(cell) == "check"]
    assert lines == [cell.source.splitlines()[0] for cell in lab.cells("check")]
