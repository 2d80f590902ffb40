"""Writes the student repository: labs, labkit, data and a README, with no line of a solution and no history of ours."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

from autograder.author import lint
from autograder.base.errors import UserFacingError
from autograder.base.files import ROOT
from autograder.model.lab import edition_tag, labs, placeholders, student_repository

# What goes to students, as folders and files of this repository; of these, only what git tracks.
PUBLISHED = ("labs", "data", "LICENSE", "environment.yml", ".gitattributes")
README = Path(__file__).with_name("student_README.md")
# Its first line tells a student repository from any other one: publish replaces everything in it.
MARK = "# The student repository: written by `make publish`, which replaces every file in it.\n"
IGNORED = MARK + "__pycache__/\n.ipynb_checkpoints/\n.venv*/\n*.egg-info/\ndist/\n"


def publish(out: Path, root: Path = ROOT) -> list[str]:
    """Write the student repository to `out` and commit it there; return the names of its files.

    A repository that is there already gets one more commit; its own history stays.
    Raises UserFacingError, and leaves `out` as it is, when `out` is something else, a notebook is stale, or a file
    leaks.
    """
    _refuse(out, root)
    names = _tracked(root)
    problems = [problem for lab in labs(root) for problem in lint.problems(lab)]
    if problems:
        raise UserFacingError("Nothing was published. " + " ".join(problems))
    with tempfile.TemporaryDirectory(prefix="student-") as folder:
        fresh = Path(folder, "student")
        _write(fresh, root, names)
        found = scan(fresh, root)
        if found:
            raise UserFacingError("Nothing was published. " + " ".join(found))
        published = sorted(str(path.relative_to(fresh)) for path in fresh.rglob("*") if path.is_file())
        _replace(out, fresh)
    _commit(out)
    return published


def _refuse(out: Path, root: Path) -> None:
    """Raise UserFacingError when something would be lost in `out`."""
    elsewhere = "Name an empty folder, or one that `make publish` has written: OUT=..."
    place, kit = out.resolve(), root.resolve()
    if place == kit or place in kit.parents:
        raise UserFacingError(f"{out} holds this kit itself. {elsewhere}")
    ignored = ["git", "check-ignore", "--quiet", str(place)]
    if kit in place.parents and subprocess.run(ignored, cwd=root, check=False).returncode:
        raise UserFacingError(f"{out} lies among the files of this kit. {elsewhere}")
    if out.exists() and not out.is_dir():
        raise UserFacingError(f"{out} is a file. {elsewhere}")
    if not out.exists() or not any(out.iterdir()):
        return
    note = out / ".gitignore"
    marked = note.is_file() and note.read_text(encoding="utf-8", errors="replace").startswith(MARK)
    fresh = [path.name for path in out.iterdir()] == [".git"]
    if not (out / ".git").is_dir() or not (marked or fresh):
        raise UserFacingError(f"{out} exists and is not a student repository. {elsewhere}")
    changed = subprocess.run(["git", "status", "--porcelain"], cwd=out, capture_output=True, text=True, check=False)
    if changed.returncode or changed.stdout:
        raise UserFacingError(f"{out} holds changes that are not committed and would be lost: commit or remove them.")


def _write(fresh: Path, root: Path, names: list[str]) -> None:
    for name in names:
        target = fresh / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, target)
    values = placeholders(root)
    text = README.read_text(encoding="utf-8")
    for placeholder, value in values.items():
        text = text.replace(placeholder, value)
    (fresh / "README.md").write_text(text, encoding="utf-8")
    (fresh / ".gitignore").write_text(IGNORED, encoding="utf-8")
    environment = fresh / "environment.yml"
    lines = environment.read_text(encoding="utf-8").splitlines(keepends=True)
    environment.write_text("".join(line for line in lines if "-e .[" not in line), encoding="utf-8")


def _tracked(root: Path) -> list[str]:
    """List the files to publish: what git tracks. Raises UserFacingError for one that it does not know yet."""

    def listed(*options: str) -> list[str]:
        command = ["git", "ls-files", "-z", *options, "--", *PUBLISHED]
        shown = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
        return [name for name in shown.stdout.split("\0") if name and (root / name).is_file()]

    unknown = listed("--others", "--exclude-standard")
    if unknown:
        raise UserFacingError(f"{unknown[0]} is not in git, so it would be left out: `git add` it, or ignore it.")
    return listed()


def scan(folder: Path, root: Path = ROOT) -> list[str]:
    """Look for solutions in every file of a student repository, and in the wheel and the sdist that it builds."""
    found = lint.leaks(read_texts(folder), labs(root))
    with tempfile.TemporaryDirectory(prefix="dist-") as dist:
        for archive in distributions(folder, Path(dist)):
            found += lint.leaks(read_archive(archive), labs(root))
    return found


def read_texts(folder: Path) -> dict[str, str]:
    """Read every file below a folder, except git's own."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file() and ".git" not in path.parts)
    return {str(path.relative_to(folder)): path.read_text(encoding="utf-8", errors="replace") for path in paths}


def distributions(folder: Path, target: Path) -> list[Path]:
    """Build the wheel and the sdist of labkit from a student repository, away from it; return their paths."""
    with tempfile.TemporaryDirectory(prefix="build-") as copy:
        shutil.copytree(folder, copy, dirs_exist_ok=True)
        for kind in ("sdist", "wheel"):
            command = [sys.executable, "-m", "hatchling", "build", "--target", kind, "--directory", str(target)]
            made = subprocess.run(command, cwd=Path(copy, "labs"), capture_output=True, text=True, check=False)
            if made.returncode:
                raise UserFacingError(f"The {kind} of labkit can't be built: {made.stderr.strip().splitlines()[-1]}")
    return sorted(target.iterdir())


def read_archive(path: Path) -> dict[str, str]:
    """Read every file of a wheel or an sdist."""
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            return {f"{path.name}/{name}": wheel.read(name).decode(errors="replace") for name in wheel.namelist()}
    with tarfile.open(path) as sdist:
        members = [(member.name, sdist.extractfile(member)) for member in sdist.getmembers() if member.isfile()]
        return {f"{path.name}/{name}": file.read().decode(errors="replace") for name, file in members if file}


def _replace(out: Path, fresh: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for old in out.iterdir():
        if old.name != ".git":
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    shutil.copytree(fresh, out, dirs_exist_ok=True)


def _commit(out: Path) -> None:
    def git(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["git", *arguments], cwd=out, capture_output=True, text=True, check=check)

    if not (out / ".git").is_dir():
        git("init", "--quiet", "--initial-branch=main")
    git("add", "--all")
    known = git("config", "user.email", check=False).stdout.strip()
    identity = () if known else ("-c", "user.name=Course staff", "-c", "user.email=course@localhost")
    if git("status", "--porcelain").stdout:
        git(*identity, "commit", "--quiet", "--message", "Release the labs")
    git("tag", "--force", edition_tag())  # what the notebooks install labkit from


def next_step(out: Path, root: Path = ROOT) -> str:
    """Say what to do with a published repository."""
    address = student_repository(root)
    if "YOUR_ORGANISATION" in address:
        return (
            "The Colab badges lead nowhere yet: set student_repository under [tool.autograder] in pyproject.toml, "
            "run `make labs`, and publish again."
        )
    return f"Next: cd {out} && git push {address} main && git push --force {address} {edition_tag()}"
