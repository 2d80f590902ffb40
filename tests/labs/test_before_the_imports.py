"""A check that is run in a new kernel, before the imports: the line that fails says which cells to run."""

import nbformat
import pytest

from autograder.model.lab import Lab

LAB1 = Lab("lab1_rnn")


@pytest.mark.parametrize("cell", LAB1.cells("check"), ids=lambda cell: cell.id)
def test_the_line_that_fails_says_which_cells_to_run(cell):
    first = cell.source.splitlines()[0]
    with pytest.raises(NameError, match="'checks' is not defined"):
        exec(first, {})  # noqa: S102  (as in a new kernel)
    assert first.endswith('# NameError: "checks"? Run the three cells below "Get ready" first.')


def test_those_three_cells_stand_where_it_says():
    cells = LAB1.notebook.cells
    place = next(n for n, cell in enumerate(cells) if cell.source.startswith("## Get ready"))
    assert [cell.id for cell in cells[place + 1 : place + 4]] == ["install", "imports", "tools"]


def test_the_student_gets_the_same_line():
    released = nbformat.read(LAB1.release_path, as_version=4)
    lines = [cell.source.splitlines()[0] for cell in released.cells if cell.id.startswith("check-")]
    assert lines == [cell.source.splitlines()[0] for cell in LAB1.cells("check")]
