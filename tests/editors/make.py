"""Makes the saved files: lab 1 through jupytext, nbconvert and nbformat, and in the forms of Colab and VS Code.

What JupyterLab, Notebook 7 and nbclassic save is made by browse.py. See README.md.

    PYTHONPATH=tests python -m editors.make            # all but what needs a browser
    PYTHONPATH=tests python -m editors.make FOLDER     # and what browse.py wrote into this folder
    zcat tests/editors/saved/original.ipynb.gz         # what browse.py is given
"""

from __future__ import annotations

import gzip
import json
import random
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import nbformat
from editors import forms
from editors.original import LAB, original

from autograder.model.assignment import Files
from autograder.model.lab import find

SAVED = Path(__file__).parent / "saved"
LONGEST = 120  # seconds for one program
PROGRAMS = {
    "jupytext-percent.py": ["jupytext", "--to", "py:percent"],
    "jupytext-light.py": ["jupytext", "--to", "py:light"],
    "jupytext-markdown.md": ["jupytext", "--to", "md"],
    "jupytext-myst.md": ["jupytext", "--to", "md:myst"],
    "nbconvert-script.py": ["nbconvert", "--to", "script"],
    "nbconvert-markdown.md": ["nbconvert", "--to", "markdown"],
    "nbconvert-notebook.ipynb": ["nbconvert", "--to", "notebook"],
    "nbconvert-cleared.ipynb": ["nbconvert", "--clear-output"],
}


def keep(name: str, data: bytes) -> None:
    """Write a file, packed so that the same data give the same file."""
    (SAVED / f"{name}.gz").write_bytes(gzip.compress(data, mtime=0))


def convert(source: Path, name: str, command: list[str]) -> bytes:
    """Run a converter as a student would on the command line."""
    out = source.with_name(name)
    output = ["--output", str(out)] if command[0] == "jupytext" else ["--output", out.stem, "--output-dir", out.parent]
    command = [sys.executable, "-m", command[0], *command[1:], str(source), *map(str, output)]
    subprocess.run(command, check=True, timeout=LONGEST, capture_output=True)
    return out.read_bytes()


def older(text: str) -> dict[str, bytes]:
    """Write the notebook in the formats before nbformat 4.5."""
    made = {}
    for minor in (0, 4):
        notebook = nbformat.reads(text, as_version=4)
        notebook.nbformat_minor = minor
        for cell in notebook.cells:
            del cell["id"]
        nbformat.validate(notebook)
        made[f"nbformat-4.{minor}.ipynb"] = nbformat.writes(notebook).encode()
    with warnings.catch_warnings(action="ignore"):
        made["nbformat-3.ipynb"] = nbformat.writes(nbformat.reads(text, as_version=4), version=3).encode()
    return made


def imitated(text: str) -> dict[str, bytes]:
    made = {}
    for form in (forms.colab, forms.colab_without_nbgrader, forms.colab_with_ids, forms.vscode):
        notebook = json.loads(text)
        form(notebook, random.Random(form.__name__))  # noqa: S311  (the same file each time)
        made[f"{form.__name__}.ipynb"] = json.dumps(notebook, indent=1, ensure_ascii=False).encode()
    made["colab-download.py"] = forms.as_colab_script(json.loads(text))
    made["vscode-export.py"] = forms.as_vscode_script(json.loads(text))
    return made


def main(browsed: Path | None = None) -> None:
    (SAVED / "lab").mkdir(parents=True, exist_ok=True)
    text = original()
    keep("original.ipynb", text.encode())
    files = Files.read(find(LAB))  # the lab that was worked on: later the lab's words may be others
    keep("lab/released.ipynb", files.release)
    keep("lab/solution.ipynb", files.solution)
    with tempfile.TemporaryDirectory() as place:
        source = Path(place) / "lab1_rnn.ipynb"
        source.write_text(text, encoding="utf-8")
        for name, command in PROGRAMS.items():
            keep(name, convert(source, name, command))
        back = convert(
            source.with_name("jupytext-percent.py"), "jupytext-and-back.ipynb", ["jupytext", "--to", "ipynb"]
        )
        keep("jupytext-and-back.ipynb", back)
    for name, data in (older(text) | imitated(text)).items():
        keep(name, data)
    for path in sorted(browsed.glob("*.ipynb")) if browsed else ():
        keep(path.name, path.read_bytes())


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
