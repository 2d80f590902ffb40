"""The claims table of a lab: each strong sentence, what computes it, and the result that it was written after.

Reads solutions/<lab>/claims.toml and the grids that it names; computes nothing: `python -m benchmarks.claims` does.
A grid is a JSON file of results by seed, with the hash of the code that made them.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
import tomllib
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from autograder.base.errors import UserFacingError
from autograder.model.cells import grade_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from autograder.model.lab import Lab

COMPARED = {
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
    "==": lambda one, other: one == other,
}


@dataclass(frozen=True)
class Claim:
    """One entry of the table.

    name:      its name, once in a lab
    cell:      the grade_id of the sentence's cell, or the title of the section in which it stands
    says:      the words of the sentence, exactly as they stand there (where a line breaks does not count)
    by:        the function of benchmarks/claims/<lab>.py that computes its numbers
    data:      on what; seeds: with which ones, none where nothing is drawn; grid: the file that is read, or ""
    result:    the numbers that came out; tolerance: how far a number may be from it, as a share of it
    holds:     comparisons that must be true, "one < other", each side a number or the name of one
    """

    name: str
    cell: str
    says: str
    by: str
    data: str
    result: Mapping[str, float]
    seeds: tuple[int, ...] = ()
    tolerance: float = 0.02
    holds: tuple[str, ...] = ()
    grid: str = ""
    note: str = ""

    def failures(self, numbers: Mapping[str, float]) -> list[str]:
        """Say what does not hold for the numbers that were computed; an empty list where all does."""
        found = [f"{name} was not computed" for name in self.result if name not in numbers]
        for name, was in self.result.items():
            if name in numbers and not abs(numbers[name] - was) <= self.tolerance * abs(was) + 1e-12:
                found.append(f"{name} is {numbers[name]:.4g}, in the table {was:.4g}")
        return found or [f"not true: {condition}" for condition in self.holds if not _true(condition, numbers)]


def _true(condition: str, numbers: Mapping[str, float]) -> bool:
    one, sign, other = condition.split()
    return bool(COMPARED[sign](_value(one, numbers), _value(other, numbers)))


def _value(name: str, numbers: Mapping[str, float]) -> float:
    return float(numbers[name]) if name in numbers else float(name)


@dataclass(frozen=True)
class Table:
    """The claims of a lab, and what is wrong with how they are written."""

    claims: tuple[Claim, ...] = ()
    wrong: tuple[str, ...] = field(default=())


def path(lab: Lab) -> Path:
    """Say where the table of a lab stands."""
    return lab.source_path.with_name("claims.toml")


def page_path(lab: Lab) -> Path:
    """Say where the table stands as a page for readers, generated."""
    return lab.root / "docs" / "claims" / f"{lab.name}.md"


def read(lab: Lab) -> Table:
    """Read the table of a lab; a lab without one has no claims yet.

    Raises UserFacingError for a file that is no TOML.
    """
    where = path(lab)
    if not where.exists():
        return Table()
    try:
        rows = tomllib.loads(where.read_text(encoding="utf-8")).get("claim", [])
    except tomllib.TOMLDecodeError as error:
        raise UserFacingError(f"solutions/{lab.name}/claims.toml: {error}.") from error
    claims, wrong = [], []
    for place, row in enumerate(rows, 1):
        missing = _wrong(row)
        if missing:
            wrong.append(f"{lab.name}: claim {row.get('name', place)!r}: {missing}.")
            continue
        lists = {key: tuple(row[key]) for key in ("seeds", "holds") if key in row}
        claims.append(Claim(**{**row, **lists}))
    names = [claim.name for claim in claims]
    wrong += [f"{lab.name}: two claims have the name {name!r}." for name in sorted({*names}) if names.count(name) > 1]
    return Table(tuple(claims), tuple(wrong))


def _wrong(row: Mapping[str, Any]) -> str:
    """Say what is wrong with how one entry is written; "" when nothing is."""
    known = {one.name for one in fields(Claim)}
    needed = ("name", "cell", "says", "by", "data", "result")
    absent = [key for key in needed if not row.get(key)]
    strange = sorted(set(row) - known)
    if absent or strange:
        return "; ".join([*(f"{key} is missing" for key in absent), *(f"{key!r} is not known" for key in strange)])
    for condition in row.get("holds", []):
        parts = condition.split()
        if len(parts) != 3 or parts[1] not in COMPARED:
            return f"{condition!r} is no comparison"
    return ""


def problems(lab: Lab) -> list[str]:
    """List the claims whose sentence is not in its cell any more, and the grids that other code made."""
    table = read(lab)
    found = list(table.wrong)
    for claim in table.claims:
        text = _section(lab, claim.cell)
        if not text:
            found.append(f"{lab.name}: claim {claim.name!r}: there is no cell {claim.cell!r}.")
        elif _plain(claim.says) not in text:
            found.append(
                f"{lab.name}: claim {claim.name!r}: {claim.cell!r} does not say {_plain(claim.says)!r} any more: "
                "write what was measured into solutions/"
                f"{lab.name}/claims.toml, or the sentence back."
            )
    for grid in sorted({claim.grid for claim in table.claims if claim.grid}):
        found += [f"{lab.name}: {sentence}" for sentence in _stale(lab, grid)]
    return found


def _stale(lab: Lab, grid: str) -> list[str]:
    where = lab.root / grid
    if not where.is_file():
        return [f"{grid} is missing: run `make grids`."]
    made_by = json.loads(where.read_text(encoding="utf-8")).get("code", {})
    if not made_by:
        return [f"{grid} does not say which code made it: run `make grids`."]
    return [
        f"{grid} was made by another {name}: run `make grids`, and look at each claim that reads it."
        for name, was in made_by.items()
        if code_hash(lab, name) != was
    ]


def code_hash(lab: Lab, name: str) -> str:
    """Return the sha256 of a file ("labs/a.py"), of what it defines ("labs/a.py::f"), or of a cell ("#ex-rnn_step").

    What is not there gives "".
    """
    file, _, part = name.partition("::")
    if name.startswith("#"):
        text = "".join(cell.source for cell in lab.notebook.cells if grade_id(cell) == name[1:])
    elif not (lab.root / file).is_file():
        text = ""
    else:
        text = (lab.root / file).read_text(encoding="utf-8")
        text = _defined(text, part) if part else text
    return hashlib.sha256(text.encode()).hexdigest() if text else ""


def _defined(text: str, name: str) -> str:
    """Return the source of a function, class or constant at the top level of a module; "" for none."""
    for node in ast.parse(text).body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if getattr(node, "name", "") == name or any(getattr(one, "id", "") == name for one in targets):
            return ast.get_source_segment(text, node) or ""
    return ""


def _section(lab: Lab, name: str) -> str:
    """Return the text of a cell by its grade_id, or of all cells below the heading of this title, up to the next."""
    inside, parts = False, []
    for cell in lab.notebook.cells:
        if grade_id(cell) == name:
            return _plain(cell.source)
        if cell.cell_type == "markdown":
            pieces = re.split(r"^(#{1,3} .*)$", cell.source, flags=re.MULTILINE)
            for piece in pieces:
                if re.match(r"#{1,3} ", piece):
                    inside = piece.lstrip("#").strip() == name
                elif inside:
                    parts.append(piece)
    return _plain("\n".join(parts))


def _plain(text: str) -> str:
    """Return a text on one line, without the marks of a quotation: where a line breaks says nothing."""
    return " ".join(re.sub(r"^> ?", "", text, flags=re.MULTILINE).split())


def page(lab: Lab) -> str:
    """Return the table of a lab as a page in Markdown; "" for a lab that has none."""
    claims = read(lab).claims
    if not claims:
        return ""
    made = (
        f"Made from `solutions/{lab.name}/claims.toml` by `make labs`. `make claims` computes every number anew, from "
        "the lab's own cells or from the grids, and fails where one does not hold; `make grids` makes the grids "
        "anew; `make check` fails where a sentence or the code of a grid has changed."
    )
    head = [
        f"# What {lab.name} says, and what was measured",
        "",
        made,
        "",
        "| where | the lab says | computed by | on | seeds | result | must hold |",
        "|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*head, *map(_row, claims)]) + "\n"


def _row(claim: Claim) -> str:
    numbers = ", ".join(f"{name} {value:g}" for name, value in claim.result.items())
    within = f" (± {claim.tolerance:.0%})" if claim.tolerance else ""
    source = f"`{claim.by}`" + (f", `{claim.grid}`" if claim.grid else "")
    seeds = str(len(claim.seeds)) if claim.seeds else "none drawn"
    holds = "; ".join(f"`{one}`" for one in claim.holds)
    cells = [claim.cell, _plain(claim.says), source, claim.data, seeds, numbers + within, holds]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
