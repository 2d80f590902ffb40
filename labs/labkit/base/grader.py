"""Says which packages a notebook may rely on when it is graded."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

# Top-level names; the student README lists the packages that a notebook would import by name.
PACKAGES = frozenset(
    {"IPython", "PIL", "google", "h5py", "keras", "labkit", "matplotlib", "mpl_toolkits", "music21", "numpy", "scipy"}
    | {"ipykernel", "tensorflow", "tqdm"}
)


def lacks(sources: Iterable[str], besides: Collection[str] = ()) -> list[str]:
    """List what these cells import and the grader has not got, sorted; a cell that is no plain Python is passed over.

    besides: names of modules that the notebook writes itself
    """
    known = PACKAGES | sys.stdlib_module_names | set(besides)
    return sorted({name for source in sources for name in _imported(source)} - known)


def _imported(source: str) -> Iterator[str]:
    lines = [line for line in source.splitlines() if not line.lstrip().startswith(("%", "!"))]
    try:
        tree = ast.parse("\n".join(lines))
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]
