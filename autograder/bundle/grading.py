"""Grades the one submission of a container: what lies in /autograder/submission becomes results.json.

results.json is valid at every moment, also when this process is killed: it is there before anything else is done, and
only ever replaced as a whole.
"""

from __future__ import annotations

import asyncio
import json
import os
import threading
import time
import traceback
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.alignment.align import align, fingerprint
from autograder.base.errors import UserFacingError
from autograder.bundle.results import About, Wish, pending, results
from autograder.course.handed_in import fetch
from autograder.exam import verdicts
from autograder.model.assignment import Assignment, load
from autograder.model.graded import GRADER_VERSION, SANDBOX, UID, Graded, Limits, Rules
from autograder.model.lab import Lab

if TYPE_CHECKING:
    from autograder.base.errors import UnreadableError
    from autograder.engine.engine import Engine

DEFAULT = Path("/autograder")
SETTINGS, KEY = "settings.json", "key"
OWN_PART = 0.8  # of the container's time: what is over by then is said, before the container is ended without a word
END_SECONDS = 60  # of that: for the engine's start and the last results
OUT_OF_TIME = "The grader ran out of time. That is not your fault and costs you no points: your instructor looks at it."


@dataclass(frozen=True)
class Settings:
    """What the zip was made for. minutes: the container's time limit, as it is set on Gradescope."""

    lab: str
    visibility: str = "visible"
    hide_open: bool = False
    minutes: float = 10.0
    cell_seconds: int = Limits.cell_seconds

    @property
    def deadline(self) -> float:
        """Seconds after which results are written, whatever is known by then."""
        return OWN_PART * 60 * self.minutes

    @property
    def limits(self) -> Limits:
        """What a submission may use."""
        seconds = min(Limits.submission_seconds, int(self.deadline - END_SECONDS))
        return Limits(cell_seconds=self.cell_seconds, submission_seconds=seconds)


def main(base: Path = DEFAULT) -> int:
    """Grade; whatever happens, results.json says so."""
    began = time.monotonic()
    source, out = base / "source", base / "results" / "results.json"
    write(out, pending())
    try:
        settings = Settings(**json.loads((source / SETTINGS).read_text(encoding="utf-8")))
        _end_in_time(out, settings.deadline)
        write(out, _results(base, source, settings, began))
    except UserFacingError as error:
        print(error)
        write(out, pending(f"{pending()['tests'][0]['output']} For your instructor: {error}"))
    except Exception:  # noqa: BLE001  (whatever it is, it is ours, and the student is told so)
        traceback.print_exc()
        write(out, pending())
    return 0


def write(out: Path, found: dict[str, Any]) -> None:
    """Replace results.json, whole."""
    new = out.with_name(f".{out.name}.{os.getpid()}")
    with new.open("w", encoding="utf-8") as file:
        json.dump(found, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    new.replace(out)


def _end_in_time(out: Path, seconds: float) -> None:
    def end() -> None:
        write(out, pending(OUT_OF_TIME))
        print("out of time", flush=True)
        os._exit(0)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()


def _results(base: Path, source: Path, settings: Settings, began: float) -> dict[str, Any]:
    lab = load(Lab(settings.lab, source))
    data = handed_in(base / "submission", settings.lab)
    aligned = align(data, lab)
    wish = Wish(settings.visibility, settings.hide_open)
    versions = (f"kit {lab.versions.kit}", f"checks {lab.versions.checks}", f"release {lab.versions.release}")
    if aligned.unreadable:  # nothing is to be run: no engine is started
        found = verdicts.verdicts(aligned, lab, {})
        about = About("", aligned.digest, "", GRADER_VERSION, versions, "", aligned.receipt)
        return results(lab, found, wish, _timed(about, began))
    graded = _graded(data, lab, settings, base)
    about = About(
        graded.level, graded.digest, graded.key, GRADER_VERSION, versions, graded.packages, tuple(graded.receipt)
    )
    return results(lab, graded.verdicts, wish, _timed(about, began))


def _timed(about: About, began: float) -> About:
    return replace(about, seconds=time.monotonic() - began)


def handed_in(folder: Path, lab: str) -> bytes | UnreadableError:
    """Read what was handed in: in the folder itself, or in the one folder of it that holds notebooks."""
    place = folder
    if not any(folder.glob("*.ipynb")):
        inner = {path.parent for path in folder.rglob("*.ipynb") if not _hidden(path.relative_to(folder))}
        place = inner.pop() if len(inner) == 1 else folder
    return fetch(place / f"{lab}.ipynb")


def _hidden(path: Path) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in path.parts)


def _graded(data: bytes | UnreadableError, lab: Assignment, settings: Settings, base: Path) -> Graded:
    from autograder.bundle import limits  # noqa: PLC0415  (a file that can't be read waits for none of this)
    from autograder.exam import submission  # noqa: PLC0415

    engine = start((base / "submission", base / "results"))
    try:
        rules = Rules((base / "source" / KEY).read_bytes(), settings.limits, engine.isolation)
        container = limits.of_container()
        engine.process_limits = limits.within(engine.process_limits, container, os.getpid(), engine.templates[0].pid)
        job = replace(rules.job(fingerprint(data), lab), patient=True)
        graded = asyncio.run(submission.persist(data, lab, job, lambda: engine))
    finally:
        engine.close()
    if isinstance(graded, str):
        raise UserFacingError(f"The submission could not be graded: {graded}")
    return graded


def start(hidden: tuple[Path, ...] = ()) -> Engine:
    """Start an engine in a sandbox, or where there can be none, at level `uid`. Raises UserFacingError.

    hidden: what students' code may not see beside the grader itself
    """
    from autograder.engine.engine import Engine as Started  # noqa: PLC0415

    said = []
    for isolation in (SANDBOX, UID):
        try:
            return Started(isolation, hidden=hidden, once=True).__enter__()
        except UserFacingError as error:
            said.append(str(error))
    raise UserFacingError(said[-1])
