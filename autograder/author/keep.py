"""Keeps what the checks of an edition ask, before the next edition of a lab is begun: notebooks of it go on.

`python -m autograder.author.keep lab1_rnn` writes labs/labkit/checks/lab1_rnn/edition_<n>.json.gz from the public cases
and stubs as they are; labkit reads it for notebooks of that edition (`labkit.checks.cases.kept`). It is never changed.
"""

from __future__ import annotations

import gzip
import json
import sys
from typing import TYPE_CHECKING

from autograder.base.errors import UserFacingError
from autograder.base.files import PUBLIC, replaced
from autograder.model.lab import Lab, find

if TYPE_CHECKING:
    from pathlib import Path


def keep(lab: Lab) -> Path:
    """Write the file. Raises UserFacingError when this edition is kept already, or the lab is not built."""
    path = lab.cases_path.with_name(f"edition_{lab.edition}.json.gz")
    if path.exists():
        raise UserFacingError(f"Edition {lab.edition} of {lab.name} is kept already: {path.name} is never changed.")
    try:
        table, stubs = (json.loads(one.read_text(encoding="utf-8")) for one in (lab.cases_path, lab.stubs_path))
    except FileNotFoundError as error:
        raise UserFacingError(f"{error.filename} is not there. Run `make labs` first.") from None
    with replaced(path) as new:
        new.write_bytes(gzip.compress(json.dumps({"stubs": stubs, "cases": table}).encode(), 9, mtime=0))
        new.chmod(PUBLIC)
    return path


if __name__ == "__main__":
    try:
        print(f"wrote {keep(find(sys.argv[1])).name}")
    except UserFacingError as error:
        sys.exit(str(error))
