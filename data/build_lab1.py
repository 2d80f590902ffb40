"""Measures what lab 1 ships: recall of a word `gap` steps back, by cell, by budget, and beside a nearer clue.

Writes data/lab1/*.json, with the hash of the code that made each; a stopped run goes on where it was.
About half an hour on two cores:  python data/build_lab1.py
"""

from __future__ import annotations

from benchmarks.claims import grids


def main() -> None:
    """Make the grids of lab 1 that the notebook reads."""
    for lab, name, grid in grids.all_grids("lab1_rnn"):
        if grid.target.startswith("data/"):
            grids.make(lab, name, grid)


if __name__ == "__main__":
    main()
