"""Puts matched cells into the order of the release, with as few moves as possible; the student's own cells stay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from nbformat import NotebookNode

    from autograder.alignment.matching import Anchor

# When two cells have changed places, the heavier one stays.
WEIGHTS = {"exercise": 4, "given": 3, "written": 2, "check": 1, "experiment": 1}


@dataclass(frozen=True)
class Arranged:
    """The cells in their final order. moved, put_back: names of released cells."""

    cells: list[NotebookNode]
    moved: list[str]
    put_back: list[str]


def arrange(
    cells: Sequence[tuple[str, NotebookNode]], wanted: Mapping[str, Anchor], released: Callable[[str], NotebookNode]
) -> Arranged:
    """Order cells, given with the name of the released cell that each is (empty: the student's own).

    What stands out of order goes behind the released cell before it, and so does what is missing; but a check goes
    behind the student's own cells that follow its exercise: they may belong to the answer.
    """
    there = {name: cell for name, cell in cells if name}
    names = [name for name, _ in cells if name]
    stay = set(_in_order(names, wanted))
    order = [(name, cell) for name, cell in cells if not name or name in stay]
    before = -1
    for name in sorted(wanted, key=lambda name: wanted[name].rank):
        if name not in stay:
            place = before + 1
            while wanted[name].kind == "check" and place < len(order) and _own_code(*order[place]):
                place += 1
            order.insert(place, (name, there.get(name) or released(name)))
        before = next(index for index, (other, _) in enumerate(order) if other == name)
    moved = [name for name in names if name not in stay]
    return Arranged([cell for _, cell in order], moved, [name for name in wanted if name not in there])


def _own_code(name: str, cell: NotebookNode) -> bool:
    return not name and bool(cell.cell_type == "code")


def _in_order(names: Sequence[str], wanted: Mapping[str, Anchor]) -> list[str]:
    """Return the heaviest part of the names that stands in the release's order."""
    ranks = [wanted[name].rank for name in names]
    if ranks == sorted(ranks):
        return list(names)
    best: list[tuple[int, int]] = []  # weight of the best row that ends here, and where that came from
    for index, rank in enumerate(ranks):
        rows = [(best[other][0], other) for other in range(index) if ranks[other] < rank]
        weight, came = max(rows, default=(0, -1))
        best.append((weight + WEIGHTS.get(wanted[names[index]].kind, 1), came))
    at = max(range(len(best)), key=lambda index: best[index][0])
    row = []
    while at >= 0:
        row.append(names[at])
        at = best[at][1]
    return row[::-1]
