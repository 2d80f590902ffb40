"""The notebooks in a real kernel: here, and under the versions that Google Colab has."""

import json
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import nbformat
import numpy as np
import pytest
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient

from autograder.author import publish
from autograder.base.files import ROOT
from autograder.model.cells import BEGIN_HIDDEN, EXPERIMENT_TAGS, kind, title
from autograder.model.lab import Lab, edition_tag, labs, student_repository
from labkit.checks.cases import public

LAB1 = Lab("lab1_rnn")
COLAB = ROOT / ".venv-colab" / "bin" / "python"
COLAB_VERSIONS = (ROOT / "tests" / "colab" / "requirements.txt").read_text()

pytestmark = pytest.mark.slow
in_colab = pytest.param("colab", marks=pytest.mark.colab)
everywhere = pytest.mark.parametrize("where", ["here", in_colab])
every_lab = pytest.mark.parametrize("lab", labs(), ids=lambda lab: lab.name)
# What the TODOs are called with; where nothing stands here, zeros, as many as there are arguments.
CALLS = {
    "build_vocabulary": "[]",
    "encode": "'', {}",
    "pad_batch": "[]",
    "next_word_pairs": "0",
    "MyRNNCell": "2",
    "ball_model": "2",
    "TransformerBlock": "4, 2, 8).call(0",  # __init__ is given
    "MusicTransformer": "5, 4, 2, 8).call(0",
}


# After the course's tools: experiments write 6 tunes in place of 200, and count, and look for copies, in 40 in place of
# 3,000.
FEWER = """
import functools

def _fewer(owner, name):
    whole = getattr(owner, name)
    def part(*given, **more):
        given = [one[:40] if isinstance(one, list) else min(one, 6) if type(one) is int else one for one in given]
        return whole(*given, **more)
    setattr(owner, name, part)

for _owner, _name in {names}:
    _fewer(_owner, _name)
for _owner, _name, _given in {given}:
    setattr(_owner, _name, functools.partial(getattr(_owner, _name), **_given))
"""
SHORTENED = {
    "lab2_music": "((sampling, 'sample'), (composing, 'compose'), (inside, 'memory'), (inside, 'written'),"
    " (writers, 'judged'), (ngrams.NGram, '__init__'), (ngrams.NGram, 'samples'), (novelty.Library, '__init__'),"
    " (metrics, 'measure'), (gated.characters, 'bits_per_character'))",
    "lab3_attention": "((sampling, 'sample'), (ngrams.NGram, '__init__'), (ngrams.NGram, 'samples'),"
    " (novelty.Library, '__init__'), (metrics, 'measure'), (characters, 'bits_per_character'), (translator, 'exact'))",
    "lab4_beyond": "((letters, 'write_beam'),)",
}
# What functions are called with where the notebook says nothing: 30 steps through time in place of 100, and a search
# with 4 starts in place of 20.
GIVEN = {
    "lab2_music": "((gates, 'paths_back', {'steps': 30}),)",
    "lab4_beyond": "((motif, 'find_motif', {'restarts': 4}),)",
}
# What experiments say themselves: how much the student's own generator writes, character by character, and how much
# is read and written while heads are silent; two of five readers, each of which is a graph of its own; how often a step
# is timed; the starts of the student's own search.
SHORTER = {
    "lab2_music": [("max_length=600", "max_length=30")],
    "lab3_attention": [
        ("ids.shape[1] < 400", "ids.shape[1] < 12"),
        ('texts["test"][::6]', 'texts["test"][:4]'),
        ("sampling.sample(composer, letters, 40,", "sampling.sample(composer, letters, 2, max_length=40,"),
    ],
    "lab4_beyond": [
        ('    "mean": {"kind": "mean"},\n', ""),
        ('    "Transformer, no positions": {"kind": "Transformer", "ordered": False},\n', ""),
        ('    "Transformer, causal mask alone": {"kind": "Transformer", "ordered": False, "causal": True},\n', ""),
        ("calls=15)", "calls=1)"),
        ("found = find_motif(windows, background)\n", "found = find_motif(windows, background, restarts=4)\n"),
    ],
}


# Writes down how the experiments use each function of the exercises, once its check has been run.
RECORDER = """
import functools
import json
import tensorflow as tf
from tensorflow.python.eager import record as _tapes

_used = {}

def _note(name, given, more, owner=None):
    ways = _used.setdefault(name, {"graph": False, "tape": False, "mask": False, "objects": []})
    values = [*given, *more.values()]
    ways["graph"] |= tf.inside_function()
    ways["tape"] |= _tapes.could_possibly_record()
    ways["mask"] |= any(getattr(one, "dtype", None) in (bool, tf.bool) for one in values)
    if owner is not None and id(owner) not in ways["objects"]:
        ways["objects"].append(id(owner))

def _recorded(name, made):
    if isinstance(made, type):
        call = made.call
        @functools.wraps(call)
        def method(self, *given, **more):
            _note(name, given, more, self)
            return call(self, *given, **more)
        made.call = method
        return made
    @functools.wraps(made)
    def function(*given, **more):
        _note(name, given, more)
        return made(*given, **more)
    return function
"""


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    out = tmp_path_factory.mktemp("published") / "student"
    publish.publish(out)
    return out


@pytest.fixture(scope="module")
def colab(published):
    """Colab's environment, into which labkit has come by the notebook's own first cell."""
    if not COLAB.exists():
        pytest.skip("This machine has no Python 3.13, or `make test` has not set up .venv-colab.")
    subprocess.run([COLAB, "-m", "pip", "uninstall", "-q", "-y", "deep-sequence-labkit"], check=True)
    archive = published.parent / "edition.zip"
    command = ["git", "archive", "--prefix=labs-edition/", "-o", archive, edition_tag()]
    subprocess.run(command, cwd=published, check=True)
    install = next(cell.source for cell in LAB1.notebook.cells if cell.id == "install")
    address = f"{student_repository()}/archive/refs/tags/{edition_tag()}.zip"
    assert address in install
    subprocess.run([COLAB, "-c", install.replace(address, archive.as_uri())], check=True)
    return COLAB


@pytest.fixture
def run(where, tmp_path, monkeypatch, request):
    """Run a notebook from its top, errors allowed, in a folder of its own; return it with its outputs."""
    python = request.getfixturevalue("colab") if where == "colab" else Path(sys.executable)
    monkeypatch.setenv("LABKIT_BUDGET", "0.01")
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "2")
    spec = tmp_path / "kernels" / "under_test"
    spec.mkdir(parents=True)
    command = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (spec / "kernel.json").write_text(json.dumps({"argv": command, "display_name": where, "language": "python"}))

    def go(notebook):
        client = NotebookClient(
            notebook,
            kernel_name="under_test",
            timeout=300,
            allow_errors=True,
            resources={"metadata": {"path": str(tmp_path)}},
        )
        manager = client.create_kernel_manager()
        manager.kernel_spec_manager = KernelSpecManager(kernel_dirs=[str(tmp_path / "kernels")])
        client.execute()
        return notebook

    return go


def solution(lab, *, without=frozenset(), hidden=True):
    """The solution notebook; where the autograder is not installed (Colab), with the public part of its checks."""
    notebook = nbformat.reads(nbformat.writes(lab.notebook), as_version=4)
    notebook.cells = [cell for cell in notebook.cells if not without & set(cell.metadata.get("tags", []))]
    for cell in notebook.cells:
        if not hidden:
            cell.source = cell.source.partition(BEGIN_HIDDEN)[0]
    return notebook


def shortened(notebook, lab):
    """Let the experiments of a solution notebook do the same with less; exercises and checks stay."""
    experiments = of_kind(notebook, "experiment")
    for long, short in SHORTER.get(lab.name, []) if experiments else []:
        [cell] = [cell for cell in experiments if long in cell.source]
        cell.source = cell.source.replace(long, short)
    for place, cell in enumerate(notebook.cells):
        if cell.id == "tools" and lab.name in SHORTENED:
            shorter = FEWER.format(names=SHORTENED[lab.name], given=GIVEN.get(lab.name, "()"))
            fewer = nbformat.v4.new_code_cell(shorter)
            notebook.cells.insert(place + 1, fewer)
    return notebook


def recorded(notebook):
    """Record how each exercise is used after its check; the last cell then prints it."""
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        if cell.id == "tools":
            cells.append(nbformat.v4.new_code_cell(RECORDER))
        if kind(cell) == "check":
            name = cell.id.removeprefix("check-")
            cells.append(nbformat.v4.new_code_cell(f"{name} = _recorded({name!r}, {name})"))
    cells.append(nbformat.v4.new_code_cell("print(json.dumps(_used))"))
    notebook.cells = cells
    return notebook


def covered(lab, used):
    """Hold that each way in which the lab uses a function is asked by its check, in the table and by fresh cases."""
    for name, ways in used.items():
        exercise = import_module(f"labkit.checks.{lab.name}").EXERCISES[name]
        fresh = import_module(f"autograder.references.{lab.name}").fresh(name)
        for drawn in (public(lab.name)[name], fresh):
            asked = [case for case in drawn if case.more and not case.given]
            found = {way for case in asked for way in case.more.expected}
            masked = any(
                isinstance(one, np.ndarray) and one.dtype == bool for c in asked for one in c.arguments.values()
            )
            assert not ways["graph"] or found & {"in_graph", "in_training"}, f"{name} is used in a graph"
            assert not ways["tape"] or "gradient" in found, f"{name} is used under a tape"
            assert not (ways["mask"] and ways["graph"]) or masked, f"{name} is used with a mask in a graph"
            assert len(ways["objects"]) < 2 or "other_object" in found or name not in CLASSES, (
                f"{name}: several objects"
            )
            assert exercise.ways or not found


CLASSES = {"MyRNNCell", "TransformerBlock", "MusicTransformer"}


def errors(notebook):
    return {
        cell.id: "\n".join(output.traceback)
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "error"
    }


def printed(cell):
    return "".join(output.text for output in cell.outputs if output.output_type == "stream")


def of_kind(notebook, *kinds):
    return [cell for cell in notebook.cells if kind(cell) in kinds]


def runs(*days):
    """Every lab in both places; those that are not named, as (lab, place), only in the thorough tests."""
    found = []
    for lab in labs():
        for where in ("here", "colab"):
            marks = [pytest.mark.colab] if where == "colab" else []
            marks += [] if (lab.name, where) in days else [pytest.mark.thorough]
            found.append(pytest.param(lab, where, marks=marks, id=f"{lab.name}-{where}"))
    return pytest.mark.parametrize(("lab", "where"), found)


@runs(("lab1_rnn", "here"), ("lab2_music", "colab"), ("lab3_attention", "here"), ("lab4_beyond", "here"))
def test_the_solution_with_its_experiments_passes_every_check(run, lab, where):
    passes(run, lab, frozenset(), where)


@runs(("lab2_music", "here"), *((lab.name, "colab") for lab in labs() if lab.name != "lab2_music"))
def test_the_solution_without_its_experiments_passes_every_check(run, lab, where):
    passes(run, lab, EXPERIMENT_TAGS, where)


def passes(run, lab, without, where):
    done = run(recorded(shortened(solution(lab, without=without, hidden=where == "here"), lab)))
    assert errors(done) == {}
    assert not [cell.id for cell in of_kind(done, "experiment") if "This experiment" in printed(cell)]
    for cell in of_kind(done, "check"):
        assert re.search(r"✓ Exercise \d\.\d: \w+: passed\n", printed(cell)), cell.id
    covered(lab, json.loads(printed(done.cells[-1])))


@runs(("lab1_rnn", "here"), ("lab1_rnn", "colab"))
def test_the_student_notebook_runs_to_its_end_and_says_what_is_to_do(run, lab, where):
    notebook = nbformat.read(lab.release_path, as_version=4)
    titles = {cell.id.removeprefix("ex-"): title(cell) for cell in of_kind(notebook, "exercise")}
    done = run(notebook)
    for cell in of_kind(done, "check"):
        name = cell.id.removeprefix("check-")
        assert printed(cell) == f"\x1b[38;5;243m○ {titles[name]}: not attempted yet\x1b[0m\n"
    assert errors(done) == {}


@everywhere
def test_a_check_of_a_name_that_is_not_there_says_so_in_three_lines(run):
    notebook = nbformat.read(LAB1.release_path, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if cell.id in {"imports", "ex-rnn_step", "check-rnn_step"}]
    notebook.cells[1].source += "\n    )"
    notebook.cells.append(nbformat.v4.new_code_cell("checks.rnn_step(rnn_stepp)"))
    notebook.cells.append(nbformat.v4.new_code_cell("rnn_step"))
    done = run(notebook)
    failed = list(errors(done).values())
    assert "SyntaxError" in failed[0]
    assert failed[1].splitlines() == [
        "✗ Exercise 2.1: rnn_step",
        "  rnn_step is not defined.",
        "  Did its cell run without an error?",
        "  The cell of Exercise 2.1.",
    ]
    assert all("Traceback" in shown and "NameError" in shown for shown in failed[2:])
    assert [cell.outputs[-1].ename for cell in done.cells[2:]] == ["NameError"] * 3


@every_lab
@pytest.mark.parametrize("where", ["here"])
def test_every_todo_fails_by_its_name(run, lab):
    notebook = nbformat.read(lab.release_path, as_version=4)
    wanted = {}
    cells = [cell for cell in notebook.cells if kind(cell) in {"given", "exercise"}]
    for cell in of_kind(notebook, "exercise"):
        name = cell.id.removeprefix("ex-")
        count = re.search(r"def \w+\(([^)]*)\)", cell.source)[1].count(",") + 1
        call = nbformat.v4.new_code_cell(f"{name}({CALLS.get(name, ', '.join('0' * count))})")
        wanted[call.id] = title(cell)
        cells.append(call)
    notebook.cells = cells
    done = run(notebook)
    for cell in done.cells:
        if cell.id in wanted:
            error = cell.outputs[-1]
            assert (error.ename, error.evalue) == ("NotImplementedError", wanted[cell.id])


@pytest.mark.colab
def test_the_first_cell_leaves_colabs_own_packages_alone(colab):
    code = "from importlib.metadata import version; import sys; print([version(n) for n in sys.argv[1:]])"
    wanted = dict(line.split("==") for line in COLAB_VERSIONS.splitlines() if "==" in line)
    shown = subprocess.run([colab, "-c", code, *wanted], capture_output=True, text=True, check=True).stdout
    assert shown.strip() == str(list(wanted.values()))
    install = next(cell.source for cell in LAB1.notebook.cells if cell.id == "install")
    done = subprocess.run([colab, "-c", install], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


def install_cell(lab):
    cell = next(cell.source for cell in lab.notebook.cells if cell.id == "install")
    shown = "import sys; sys.excepthook = lambda kind, error, trace: print('|'.join(error._render_traceback_()))\n"
    return shown + cell


@pytest.mark.parametrize("lab", labs(), ids=lambda lab: lab.name)
def test_an_older_labkit_is_said_in_one_sentence(lab, tmp_path):
    (tmp_path / "labkit").mkdir()
    (tmp_path / "labkit" / "__init__.py").write_text('__version__ = "1.1.0"\n')
    command = [sys.executable, "-c", install_cell(lab)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout.startswith("labkit 1.1.0 is installed, and this notebook needs 2.0.0 or newer: run %pip install")
    assert len(done.stdout.splitlines()) == 1


@pytest.mark.parametrize("lab", labs(), ids=lambda lab: lab.name)
def test_a_labkit_that_is_not_to_be_had_is_said_in_one_sentence(lab, tmp_path):
    """A Python without labkit, whose pip finds nothing."""
    absent = "import importlib.util; importlib.util.find_spec = lambda name: None\n"
    cell = install_cell(lab).replace(student_repository(), tmp_path.as_uri())
    command = [sys.executable, "-c", absent + cell]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout.startswith("labkit can't be installed here. Is there a connection to the internet? pip says: ")
    assert len(done.stdout.splitlines()) == 1


def test_labkit_needs_only_what_colab_has_and_the_engraver():
    settings = tomllib.loads((ROOT / "labs" / "pyproject.toml").read_text())
    needed = {re.split(r"[<>=]", line)[0] for line in settings["project"]["dependencies"]}
    assert needed - {line.split("==")[0] for line in COLAB_VERSIONS.splitlines()} == {"verovio"}
