"""How well damaged notebooks are put right: every kind of damage alone and with every other. `make bench-align`.

Each notebook holds an answer in every exercise and question, so it is known which cell each one is. A match is right
when a released cell got its own answer, wrong when it got another's, missed when it got none. "alike" counts the
notebooks in which every check finds the same definitions in force as in the undamaged notebook.
"""

from __future__ import annotations

import json
import time
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import damages
from damaged import LABS, answers, damaged, in_force, lab, pairs, singles, undamaged
from rich.console import Console
from rich.table import Table

from autograder.alignment.align import align

if TYPE_CHECKING:
    from collections.abc import Sequence

SEEDS = range(5)
COUNTED = ("notebooks", "alike", "right", "wrong", "missed")
SIZES = (0, 2_000, 18_000)  # cells of a student's own, added to a notebook


def tried(name: str, kinds: Sequence[Any], seed: int) -> Counter[str]:
    """Damage a notebook, align it, and count what came of it."""
    data = damaged(name, kinds, seed)
    began = time.process_time()
    aligned = align(data, lab(name))
    seconds = time.process_time() - began
    counts = Counter(notebooks=1, alike=in_force(aligned.notebook.cells, lab(name)) == undamaged(name))
    for answer in answers(aligned).values():
        counts[answer or "missed"] += 1
    counts["microseconds"] = round(1e6 * seconds)
    return counts


def growth(name: str) -> dict[int, float]:
    """Measure how long a notebook of a lab takes with more cells of the student's own, in CPU seconds."""
    found = {}
    for more in SIZES:
        notebook = damages.solved(lab(name))
        notebook["cells"] += [damages.code(f"mine_{number} = {number}") for number in range(more)]
        data = damages.as_notebook(notebook)
        began = time.process_time()
        align(data, lab(name))
        found[len(notebook["cells"])] = round(time.process_time() - began, 3)
    return found


def main() -> None:
    """Print a table, and one line of JSON."""
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    of_lab: dict[str, Counter[str]] = {name: Counter() for name in LABS}
    for name, kinds, seed in [*singles(SEEDS), *pairs()]:
        counts = tried(name, kinds, seed)
        rows[kinds[0].__name__ if len(kinds) == 1 else "two at once"] += counts
        of_lab[name] += counts
    total = sum(rows.values(), Counter())
    table = Table("damage", *COUNTED)
    for kind, row in [*rows.items(), *of_lab.items(), ("all", total)]:
        table.add_row(kind, *(str(row[column]) for column in COUNTED))
    Console(width=100).print(table)
    made = total["right"] + total["wrong"]
    print(
        json.dumps(
            {
                "notebooks": total["notebooks"],
                "alike": total["alike"],
                "precision": total["right"] / made,
                "recall": total["right"] / (made + total["missed"]),
                "cpu_ms_each": round(total["microseconds"] / total["notebooks"] / 1000, 1),
                "cpu_s_by_cells": {name: growth(name) for name in LABS},
                "labs": {name: {key: row[key] for key in COUNTED} for name, row in of_lab.items()},
            }
        )
    )


if __name__ == "__main__":
    main()
