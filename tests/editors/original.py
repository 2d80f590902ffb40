"""The notebook that is saved through every editor: lab 1 as a student has worked on it."""

from __future__ import annotations

import json

import damages

from autograder.model import assignment
from autograder.model.cells import BEGIN_SOLUTION, END_SOLUTION
from autograder.model.lab import find

LAB = "lab1_rnn"
UNTOUCHED = ("ex-loss_gradient", "ex-clip_by_global_norm")
TIMED = "ex-sequence_loss"  # begins with a magic, which every export writes in its own way
WRONG = ("ex-rnn_step", "np.tanh(", "np.sin(")
LANGUAGE = {  # as Jupyter writes it when a kernel has started
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
    "version": "3.12.3",
}
OWN = {
    "own-magics": "!pip list | head -3\n%matplotlib inline\nimport math as maths",
    "own-print": 'print("what a student prints")',
    "own-helper": 'def my_helper(x):\n    """Half of it.\n\n    Not "less".\n    """\n    return x / 2',
}


def original() -> str:
    """Write the notebook: solved, but for two stubs and one mistake; with cells of the student's own."""
    notebook = damages.solved(assignment.load(find(LAB)))
    cells = []
    for cell in notebook["cells"]:
        name = damages.name(cell)
        if name in UNTOUCHED:
            cell["source"] = damages.STUBS[name]
        elif name == TIMED:
            cell["source"] = "%%time\n" + cell["source"]
        elif name == WRONG[0]:
            assert WRONG[1] in cell["source"]
            cell["source"] = cell["source"].replace(*WRONG[1:])
        elif name == "written":
            cell["source"] += (
                "\n\nIt multiplies $W_{hh}$ many times:\n\n```python\nh = np.tanh(h @ W_hh)\n```\n\n* and so on"
            )
        if cell["cell_type"] == "code":
            cell["source"] = _without_markers(cell["source"])
        if name == "check-build_vocabulary":
            cell.update(_printed("✓ build_vocabulary\n"))
        cells.append(cell)
        if name == "tools":
            cells += [damages.code(source) | {"id": made} for made, source in OWN.items()]
            cells[-2] |= _printed("what a student prints\n")
    notebook["metadata"]["language_info"] = LANGUAGE
    # As Jupyter writes it: source and stream text as lists of lines.
    for cell in cells:
        cell["source"] = cell["source"].splitlines(keepends=True)
    return json.dumps(notebook | {"cells": cells}, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _printed(text: str) -> dict[str, object]:
    return {"execution_count": 1, "outputs": [{"output_type": "stream", "name": "stdout", "text": [text]}]}


def _without_markers(source: str) -> str:
    return "\n".join(line for line in source.split("\n") if line.strip() not in {BEGIN_SOLUTION, END_SOLUTION})
