"""environment.yml, the pyprojects, the lock and the code say the same of what is needed."""

import ast
import os
import re
import subprocess
import sys
import tomllib

import pytest

from autograder.base.files import ROOT

# Tools that are run by name and imported nowhere: by the Makefile, or (jupyterlab) by the people who use the labs.
RUN_BY_NAME = {"jupyterlab", "mypy", "pytest-xdist", "ruff"}
# Imported by others: by distributed for the certificates of its connections, by SQLAlchemy for a database's address.
LOADED = {"cryptography", "psycopg"}
IMPORT_NAMES = {
    "pyyaml": "yaml",
    "deep-sequence-labkit": "labkit",
    "import-linter": "importlinter",
    "ipython": "IPython",
    "python-dateutil": "dateutil",
    "pyzmq": "zmq",
}


def project(folder):
    return tomllib.loads((ROOT / folder / "pyproject.toml").read_text())["project"]


def names(requirements):
    return {re.match(r"[\w-]+", line)[0].lower() for line in requirements}


def declared():
    sides = [project("."), project("labs")]
    return set().union(
        *(names(side["dependencies"]) for side in sides),
        *(names(extra) for side in sides for extra in side.get("optional-dependencies", {}).values()),
    )


def imported(*folders):
    found = set()
    for folder in folders:
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Import):
                    found |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module:
                    found.add(node.module.split(".")[0])
    return found


def test_every_dependency_is_imported_somewhere():
    seen = imported("autograder", "labs", "solutions", "tests")
    wanted = declared() - RUN_BY_NAME - LOADED
    unused = {name for name in wanted if IMPORT_NAMES.get(name, name.replace("-", "_")) not in seen}
    assert unused == set()


@pytest.mark.parametrize(("folder", "package"), [(".", "autograder"), ("labs", "labs/labkit")])
def test_every_import_is_a_declared_dependency(folder, package):
    known = {IMPORT_NAMES.get(name, name.replace("-", "_")) for name in names(project(folder)["dependencies"])}
    brought = {"keras", "tensorflow", "pip"}  # keras comes with tensorflow, both with labkit; labkit comes by pip
    own = {"autograder", "labkit", "data"}
    assert imported(package) - set(sys.stdlib_module_names) - known - brought - own == set()


def test_the_lock_holds_every_dependency_with_hashes_and_without_an_address():
    text = (ROOT / "requirements.lock").read_text()
    locked = set(re.findall(r"^([\w.-]+)==", text, flags=re.MULTILINE))
    assert declared() - {"deep-sequence-labkit"} <= locked
    assert all("--hash=sha256:" in block for block in re.split(r"\n(?=[\w.-]+==)", text)[1:])
    assert "://" not in text


def test_the_lock_satisfies_the_bounds():
    text = (ROOT / "requirements.lock").read_text()
    for side in (project("."), project("labs")):
        extras = [line for extra in side.get("optional-dependencies", {}).values() for line in extra]
        for line in [*side["dependencies"], *extras]:
            name, _, bound = line.partition(">=")
            for version in re.findall(rf"^{re.escape(name)}==([\d.]+)", text, flags=re.MULTILINE):
                assert tuple(map(int, version.split("."))) >= tuple(map(int, bound.split("."))), line


def test_conda_users_get_the_same():
    text = (ROOT / "environment.yml").read_text()
    ranges = {project(folder)["requires-python"] for folder in (".", "labs")}
    assert ranges == {re.search(r"- python (\S+)", text)[1]}
    for folder, extra in re.findall(r"- -e (\S+)\[(\w+)\]", text):
        assert extra in project(folder)["optional-dependencies"]
    assert len(re.findall(r"- -e ", text)) == 2


def test_importing_labkit_brings_no_tensorflow():
    code = (
        "import sys; import labkit; "
        "from labkit.checks import lab1_rnn, lab2_music, lab3_attention, lab4_beyond; "
        "from labkit import data, training; "
        "print(sorted({'tensorflow', 'keras', 'matplotlib'} & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "[]"


def test_make_help_lists_every_target_in_three_groups():
    listed = subprocess.run(
        ["make", "--no-print-directory", "help"],
        env={name: value for name, value in os.environ.items() if not name.startswith("MAKE")},  # `make test` runs this
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    targets = re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    assert sorted(targets) == sorted(re.findall(r"^  make ([a-z0-9-]+)", listed, flags=re.MULTILINE))
    groups = re.split(r"^(?=\S)", listed, flags=re.MULTILINE)[1:]
    titles = ["Teaching", "The labs, and the students' repository", "Developing"]
    assert [group.partition("\n")[0] for group in groups] == titles
    assert groups[0].count("\n") - 1 <= 12


def test_help_waits_for_no_heavy_library():
    heavy = "{'nbgrader', 'nbconvert', 'nbformat', 'sqlalchemy', 'numpy', 'distributed', 'tensorflow', 'keras'}"
    code = f"import sys; from autograder.cli import app; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
