"""What honest students do besides keeps every point: a habit each, in the solution of a lab, graded whole."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import nbformat
import pytest

from autograder.engine.engine import shared
from autograder.exam import submission
from autograder.model import assignment
from autograder.model.graded import Rules
from autograder.model.lab import find
from autograder.model.verdict import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from autograder.model.graded import Graded
    from autograder.model.lab import Lab

pytestmark = pytest.mark.slow

LAB, BEYOND = find("lab1_rnn"), find("lab4_beyond")
LOADED = {lab.name: assignment.load(lab) for lab in (LAB, BEYOND)}


def solution(lab: Lab = LAB) -> nbformat.NotebookNode:
    return nbformat.read(lab.solution_path, as_version=4)


def own(source: str, lab: Lab = LAB, before: str = "ex-embed") -> bytes:
    """Put a cell of the student's own before an exercise."""
    notebook = solution(lab)
    place = next(place for place, cell in enumerate(notebook.cells) if cell.id == before)
    notebook.cells.insert(place, nbformat.v4.new_code_cell(source))
    return nbformat.writes(notebook).encode()


def within(source: str, exercise: str = "ex-rnn_step", lab: Lab = LAB) -> bytes:
    """Put lines before an exercise, into its cell."""
    notebook = solution(lab)
    cell = next(cell for cell in notebook.cells if cell.id == exercise)
    cell.source = f"{source}\n{cell.source}"
    return nbformat.writes(notebook).encode()


def from_a_module() -> bytes:
    notebook = solution()
    place, cell = next((place, cell) for place, cell in enumerate(notebook.cells) if cell.id == "ex-embed")
    code = cell.source.partition("\n")[2]
    notebook.cells.insert(place, nbformat.v4.new_code_cell(f"%%writefile mine.py\nimport numpy as np\n{code}"))
    cell.source = "# Exercise 1.4: embed\nfrom mine import embed"
    return nbformat.writes(notebook).encode()


def lines_without_breaks() -> bytes:
    notebook = json.loads(nbformat.writes(solution()))
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"]).split("\n")
    return json.dumps(notebook).encode()


def quarto() -> bytes:
    parts = {"markdown": "{}\n", "code": "```{{python}}\n{}\n```\n"}
    cells = [cell for cell in solution().cells if cell.cell_type in parts]
    return "\n".join(parts[cell.cell_type].format(cell.source) for cell in cells).encode()


def with_odd_cells() -> bytes:
    notebook = json.loads(nbformat.writes(solution()))
    empty = {"cell_type": "code", "metadata": {}, "source": None, "outputs": [], "execution_count": None}
    notebook["cells"][3:3] = [{"cell_type": "sql", "metadata": {}, "source": "select 1"}, empty]
    return json.dumps(notebook).encode()


HABITS: dict[str, Callable[[], bytes]] = {
    "imports of what Colab has": lambda: within(
        "import pandas as pd\nimport seaborn as sns\nfrom sklearn.metrics import confusion_matrix\nimport torch"
    ),
    "a drive": lambda: own("from google.colab import drive\ndrive.mount('/content/drive')\n%cd /content/drive/MyDrive"),
    "a module of its own": from_a_module,
    "a restart after an installation": lambda: own(
        "!pip install pandas\nimport IPython\nIPython.Application.instance().kernel.do_shutdown(True)"
    ),
    "a restart by the system": lambda: own("import os\nos._exit(0)"),
    "lines without breaks": lines_without_breaks,
    "Quarto": quarto,
    "odd cells": with_odd_cells,
    "UTF-16": lambda: nbformat.writes(solution()).encode("utf-16"),
    "everything run eagerly, and seeds": lambda: own(
        "import keras, tensorflow as tf\ntf.config.run_functions_eagerly(True)\nkeras.utils.set_random_seed(1)"
    ),
    "float64 for Keras": lambda: own("import keras\nkeras.backend.set_floatx('float64')"),
    "magics": lambda: own("%load_ext autoreload\n%autoreload 2\n%matplotlib inline\n%who\n%pdb off"),
    "a progress bar, and plots": lambda: own(
        "from tqdm.auto import tqdm\nimport matplotlib.pyplot as plt\nfor _ in tqdm(range(3)):\n    plt.plot([1, 2])\n"
        "plt.show()"
    ),
    "magics of Colab": lambda: within("%tensorflow_version 2.x"),
    "a shell of Colab": lambda: own("%%shell\necho hello"),
    "another folder": lambda: own("import os\nos.makedirs('work')\nos.chdir('work')"),
    "input and exit": lambda: own("name = input('Your name? ')"),
    "a thread that goes on": lambda: own(
        "import threading, time\nthreading.Thread(target=lambda: time.sleep(60), daemon=True).start()"
    ),
}


def written_anew() -> bytes:
    """Write exercises of lab 4 in other ways: a traced function, a layer of Keras, a method, a partial function."""
    answers = {
        "ex-patchify": """@tf.function
def patchify(images, size):
    sizes = [1, size, size, 1]
    found = tf.image.extract_patches(images, sizes, sizes, [1, 1, 1, 1], "VALID")
    return tf.reshape(found, (-1, found.shape[1] * found.shape[2], found.shape[3]))""",
        "ex-masked_mean": """_layer = keras.layers.GlobalAveragePooling1D()
masked_mean = lambda x, mask: _layer(x, mask=mask)""",
        "ex-greedy": """class Writer:
    def write(self, step, start, end, max_length, words=()):
        if len(words) == max_length or (best := int(np.argmax(step([start, *words])))) == end:
            return list(words)
        return self.write(step, start, end, max_length, (*words, best))

greedy = Writer().write""",
        "ex-band_mask": """from functools import partial

def _band(name, length, back, ahead):
    print(name, length)
    return np.tri(length, length, ahead, bool) & ~np.tri(length, length, -back - 1, bool)

band_mask = partial(_band, "band")""",
    }
    notebook = solution(BEYOND)
    for cell in notebook.cells:
        if cell.id in answers:
            cell.source = f"{cell.source.splitlines()[0]}\n{answers.pop(cell.id)}"
    assert not answers
    return nbformat.writes(notebook).encode()


HABITS_OF_LAB_4: dict[str, Callable[[], bytes]] = {
    "answers written in other ways": written_anew,
    "imports of what the lectures use": lambda: within(
        "import nltk, torch\nfrom nltk.translate.bleu_score import sentence_bleu\n"
        "from sklearn.metrics import f1_score\nimport einops",
        "ex-bleu",
        BEYOND,
    ),
    "installations, and a restart for them": lambda: own(
        "!pip install -q nltk biopython\nimport IPython\nIPython.Application.instance().kernel.do_shutdown(True)",
        BEYOND,
        "ex-corrupt",
    ),
    "half precision, and functions run eagerly": lambda: own(
        "keras.mixed_precision.set_global_policy('mixed_float16')\ntf.config.run_functions_eagerly(True)\n"
        "keras.utils.set_random_seed(7)",
        BEYOND,
        "ex-masked_mean",
    ),
    "names used again": lambda: own(
        "digits, letters, captions, weights, step, score, mask = 3, 'abc', [], {}, 1, 0.5, True\n"
        "confusion_matrix = confusion_matrix([0, 1], [1, 1], 2)",
        BEYOND,
        "ex-log_odds",
    ),
    "a data loader of its own": lambda: own(
        "from pathlib import Path\nPath('tweets.txt').write_text('fine 1')\n"
        "tweets.clear = lambda: Path('tweets.txt').read_text()\ntweets.there = lambda: True\n"
        "open('/content/drive/MyDrive/tweets.csv')",
        BEYOND,
        "ex-calibration_error",
    ),
}


def graded(data: bytes, lab: Lab = LAB) -> Graded:
    return asyncio.run(submission.grade(data, LOADED[lab.name], Rules(b"key"), shared("bubblewrap")))


# Those that never cost anything: each day others are enough.
HARMLESS = {
    "everything run eagerly, and seeds",
    "float64 for Keras",
    "magics",
    "a progress bar, and plots",
    "another folder",
    "input and exit",
    "a thread that goes on",
    "a shell of Colab",
    "a data loader of its own",
    "names used again",
    "installations, and a restart for them",
}
DONE = [(LAB, habit) for habit in HABITS] + [(BEYOND, habit) for habit in HABITS_OF_LAB_4]


@pytest.mark.parametrize(
    ("lab", "habit"),
    [
        pytest.param(lab, habit, id=habit, marks=[pytest.mark.thorough] if habit in HARMLESS else [])
        for lab, habit in DONE
    ],
)
def test_an_honest_habit_costs_no_point(lab: Lab, habit: str) -> None:
    found = graded((HABITS | HABITS_OF_LAB_4)[habit](), lab)
    checks = {cell.grade_id for cell in LOADED[lab.name].checks}
    lost = [one for one in found.verdicts if one.grade_id in checks and one.state is not State.PASSED]
    assert {one.grade_id: one.hint for one in lost} == {}


def test_what_was_put_right_stands_in_the_receipt() -> None:
    for make, said in (
        (lines_without_breaks, "joined as lines"),
        (with_odd_cells, "was passed over"),
        (HABITS["UTF-16"], "UTF-16"),
    ):
        assert any(said in note.text for note in graded(make()).receipt)


def test_what_uses_a_package_that_is_not_there_has_no_points_and_is_put_before_a_person() -> None:
    notebook = solution()
    cell = next(cell for cell in notebook.cells if cell.id == "ex-rnn_step")
    cell.source = cell.source.replace("    return", "    import pandas as pd\n    pd.DataFrame(x_t)\n    return")
    found = {one.grade_id: one for one in graded(nbformat.writes(notebook).encode()).verdicts}
    verdict = found["check-rnn_step"]
    assert (verdict.state, verdict.flag) == (State.CRASHED, "It uses pandas, which the grader has not got.")
    assert verdict.hint.startswith("rnn_step uses pandas, which the grader has not got.")
    others = [one.state for name, one in found.items() if name.startswith("check-") and name != "check-rnn_step"]
    assert set(others) == {State.PASSED}


def test_who_loses_most_of_it_to_errors_keeps_the_score_and_is_put_before_a_person() -> None:
    notebook = solution()
    for cell in notebook.cells:
        if cell.id.startswith("ex-") and cell.cell_type == "code":
            cell.source = cell.source.replace("def ", "def my_")
    checks = {cell.grade_id for cell in LOADED[LAB.name].checks}
    found = [one for one in graded(nbformat.writes(notebook).encode()).verdicts if one.grade_id in checks]
    undefined = [one for one in found if one.key == "missing"]
    assert len(undefined) > len(found) / 2
    assert all(one.flag.startswith("More than half of the points") for one in undefined)
    assert {one.state for one in undefined} == {State.FAILED}
