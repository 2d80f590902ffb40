"""Gradescope's side of the bundle: unpacks the zip as it does, and runs it for one submission in a container."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from container import KIT, PACKAGES, Container, python

VISIBILITY = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
TEXT = {"type": "string"}
# Written from Gradescope's own words: docs/specs.md in gradescope/autograder_samples.
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "score": {"type": "number"}, "execution_time": {"type": "number"}, "output": TEXT,
        "output_format": {"enum": ["text"]}, "test_output_format": {"enum": ["text"]},
        "test_name_format": {"enum": ["text"]}, "visibility": VISIBILITY, "stdout_visibility": VISIBILITY,
        "extra_data": {"type": "object"},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "score": {"type": "number"}, "max_score": {"type": "number"},
                    "status": {"enum": ["passed", "failed"]}, "name": TEXT, "number": TEXT, "output": TEXT,
                    "tags": {"type": "array", "items": TEXT}, "visibility": VISIBILITY,
                },
            },
        },
    },
    "anyOf": [
        {"required": ["score"]},
        {"properties": {"tests": {"contains": {"required": ["score"]}}}, "required": ["tests"]},
    ],
}  # fmt: skip
LIBRARY = str(KIT / "lib" / PACKAGES.parent.name / PACKAGES.name)


@dataclass
class Machine:
    """A place with an unpacked bundle; `kept` holds what lies in /autograder."""

    kept: Path

    @classmethod
    def of(cls, bundle: Path, kept: Path) -> Machine:
        """Unpack as Gradescope does."""
        kept.chmod(0o755)
        with zipfile.ZipFile(bundle) as archive:
            archive.extractall(kept / "source")
        for name in ("submission", "results"):
            (kept / name).mkdir()
        ours = [kept / "source" / "autograder", kept / "source" / "labs" / "labkit"]
        subprocess.run([python(), "-m", "compileall", "-q", *ours], check=True)  # as setup.sh does
        return cls(kept)

    def hand_in(self, files: dict[str, bytes]) -> None:
        """Put a submission there, and take the last one's results away."""
        for name in ("submission", "results"):
            shutil.rmtree(self.kept / name)
            (self.kept / name).mkdir()
        for name, data in files.items():
            path = self.kept / "submission" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)

    def container(self) -> Container:
        """Make a container around it."""
        settings = {"KIT_PYTHON": python(), "KIT_PATH": LIBRARY}
        return Container({}, {"/autograder": self.kept}, settings)

    def run(self, before: tuple[str, ...] = (), seconds: float = 400) -> tuple[dict[str, Any], str]:
        """Run the autograder; return its results, and what it printed."""
        done = self.container().run(["/bin/sh", "/autograder/source/run_autograder"], seconds, before)
        return self.results(), done.stdout + done.stderr

    def results(self) -> dict[str, Any]:
        """Read results.json."""
        return dict(json.loads((self.kept / "results" / "results.json").read_text(encoding="utf-8")))


if __name__ == "__main__":  # python tests/gradescope.py BUNDLE FOLDER NOTEBOOK [COMMAND BEFORE ...]
    there = Path(sys.argv[2])
    there.mkdir(parents=True, exist_ok=True)
    machine = Machine(there) if (there / "source").exists() else Machine.of(Path(sys.argv[1]), there)
    machine.hand_in({Path(sys.argv[3]).name: Path(sys.argv[3]).read_bytes()})
    found, printed = machine.run(tuple(sys.argv[4:]))
    print(printed, json.dumps(found, indent=1, ensure_ascii=False), sep="\n")
