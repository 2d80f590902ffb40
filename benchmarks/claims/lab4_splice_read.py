"""What came out on splice junctions: shares over all pieces, each tested once, with intervals over families."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.claims.lab4_measures import difference, interval
from benchmarks.claims.lab4_splice import AT_RANDOM, BY_LIKENESS, FOLDS
from benchmarks.claims.summary import Numbers
from labkit.training import grids

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Table = NDArray[np.float64]

Rows = list[dict[str, Any]]


def whole(rows: Sequence[Mapping[str, Any]], key: str) -> Table:
    """Put what each fifth says in the order of all pieces: (N,) of 0 and 1.

    Raises ValueError where the fifths are not all of the pieces, each once.
    """
    tested = [grids.unpack(row["tested"]) for row in rows]
    if len(rows) != FOLDS or (np.sum(tested, axis=0) != 1).any():
        raise ValueError(f"{len(rows)} rows are not {FOLDS} fifths of all pieces.")
    out = np.zeros(len(tested[0]))
    for row, mask in zip(rows, tested, strict=True):
        out[mask] = grids.unpack(row[key])
    return out


def numbers(rows: Sequence[Mapping[str, Any]], family: Any) -> Numbers:
    """Say how often each method is right, and by how much more or less than another, and with the other split.

    family: (N,) ints; pieces of one family are drawn together
    """
    found, right = Numbers(), {}
    for split in (BY_LIKENESS, AT_RANDOM):
        for method in dict.fromkeys(row["method"] for row in rows):
            some = grids.chosen(rows, method=method, split=split)
            if len(some) < FOLDS:  # not trained yet
                continue
            key = _key(method, split)
            right[method, split] = whole(some, "right")
            found |= _named(key, interval(right[method, split], family))
            aucs = [row["AUC"] for row in some]
            found |= {f"{key}_auc": float(np.mean(aucs)), f"{key}_auc_least": min(aucs), f"{key}_auc_most": max(aucs)}
            found |= {f"{key}_{_key(one)}": float(np.mean([row[one] for row in some]))
                      for one in ("cross entropy", "seconds", "parameters", "learned")}  # fmt: skip
    for (method, split), one in right.items():
        for (other, same), two in right.items():
            if same == split and other != method:
                found |= _named(f"{_key(method, split)}_minus_{_key(other)}", difference(one, two, family))
    return found | _likeness(rows, right, family)


def _likeness(rows: Sequence[Mapping[str, Any]], right: Mapping[tuple[str, str], Table], family: Any) -> Numbers:
    """Say what the split changes: on all pieces, and on those that have a learned relative when it is random."""
    found = Numbers()
    for split in (BY_LIKENESS, AT_RANDOM):
        some = [row for row in rows if row["split"] == split and row["method"] == rows[0]["method"]]
        found |= {f"{_key(split)}_{_key(one)}": float(np.mean([row[one] for row in some]))
                  for one in ("with a relative", "sites with a relative")}  # fmt: skip
    drawn = [row for row in rows if row["split"] == AT_RANDOM and row["method"] == rows[0]["method"]]
    related = whole(drawn, "related") > 0
    for method in dict.fromkeys(method for method, _ in right):
        if {(method, BY_LIKENESS), (method, AT_RANDOM)} <= right.keys():
            random, alike = right[method, AT_RANDOM], right[method, BY_LIKENESS]
            found |= _named(f"{_key(method)}_gains", difference(random, alike, family))
            of = np.asarray(family)[related]
            found |= _named(f"{_key(method)}_gains_on_relatives", difference(random[related], alike[related], of))
            found[f"{_key(method)}_on_relatives"] = float(random[related].mean())
            found[f"{_key(method)}_on_relatives_by_likeness"] = float(alike[related].mean())
    return found


def _key(*names: str) -> str:
    return "_".join("_".join(names).lower().replace("-", " ").split())


def _named(name: str, found: Mapping[str, float]) -> Numbers:
    return {name: found["mean"], f"{name}_low": found["low"], f"{name}_high": found["high"]}
