"""Lab 2 on a collection of one's own: the file is read wherever the lab reads the course's tunes."""

from autograder.model.lab import find
from benchmarks.abc import lab


def test_every_place_that_names_the_courses_tunes_is_found_once_and_names_the_file():
    cells = [cell.source for cell in find("lab2_music").notebook.cells if cell.cell_type == "code"]
    for old, new in lab.SWAPPED.items():
        assert sum(text.count(old) for text in cells) == 1, old
        assert new.format(file="it's.abc") in "".join(lab.source(text, "it's.abc") for text in cells)
    assert not [text for text in cells if "data.tunes()" in lab.source(text, "a.abc")]
