"""One grading: what it goes by, and what it found."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import nbformat

from autograder.model.verdict import Note, State, Verdict, Work

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograder.model.assignment import Assignment


@dataclass(frozen=True)
class Limits:
    """How much a submission may use, in seconds of its own time (see exam.kernel.patience) and characters of output.

    cell_seconds: a cell of the student's, or a call of the examiner's; a check, with all its calls, has twice that
    given_seconds: a cell of ours, which may import TensorFlow; submission_seconds: all of them together
    """

    cell_seconds: int = 30
    given_seconds: int = 300
    submission_seconds: int = 900
    output_characters: int = 20_000
    image_characters: int = 2_000_000
    restarts: int = 3


# Why a submission is set aside: it waits, without using the processor, and others wait for it; or it was kept waiting.
HELD = "held up"
ISOLATIONS = SANDBOX, UID, NONE = "bubblewrap", "uid", "none"


def weakness(level: str) -> str:
    """Say what a recorded level of isolation is short of; nothing for a sandbox, or where nothing was run."""
    if level == NONE:
        return "Graded without isolation, so a score could have been forged"
    if level.partition(",")[0] == UID:
        _, _, rest = level.partition("not held: ")
        return f"Graded as another user in place of a sandbox; not held: {rest or 'nothing that was looked for'}"
    return ""


# Which packages students' code finds: the grader's own, the newest; or those of Google Colab, installed beside them.
PACKAGES = NEWEST, COLAB = "newest", "colab"


def engine_kind(isolation: str, packages: str) -> str:
    """Name what submissions run on: how they are isolated, and which packages they find; without a sandbox our own."""
    return isolation if packages == NEWEST or isolation != SANDBOX else f"{isolation}+{packages}"


def of_kind(kind: str) -> tuple[str, str]:
    """Undo `engine_kind`."""
    isolation, _, packages = kind.partition("+")
    return isolation, packages or NEWEST


NORMAL = Limits()


GRADER_VERSION = "6"  # to be raised when the same submission could get another state than before


@dataclass(frozen=True)
class Job:
    """How one submission is to be graded: the key to record it under, the seed of its hidden cases, the limits."""

    key: str
    seed: int
    limits: Limits
    patient: bool = False  # it is graded again at the end: few wait for it


@dataclass(frozen=True)
class Rules:
    """What a course grades by.

    secret: the course's own key: the cases of hidden tests are drawn from it and the submission
    packages: NEWEST or COLAB: those that the students of this course have
    """

    secret: bytes
    limits: Limits = NORMAL
    isolation: str = SANDBOX
    packages: str = NEWEST

    @property
    def kind(self) -> str:
        """The kind of engine that grades by them."""
        return engine_kind(self.isolation, self.packages)

    def key(self, digest: str, assignment_digest: str, grader_version: str = GRADER_VERSION) -> str:
        """Name a grading by everything that its result depends on.

        assignment_digest, grader_version: by what it is graded, or was: a recorded grading keeps its name when only
        the kit has changed, so that the name tells whether the submission and these rules are still the same
        """
        parts = {
            "submission": digest,
            "assignment": assignment_digest,
            "engine": grader_version,
            "limits": asdict(self.limits),
            "isolation": self.isolation,
            "secret": hashlib.sha256(self.secret).hexdigest(),
        }
        if self.packages != NEWEST:  # what was recorded before there was a choice keeps its name
            parts["packages"] = self.packages
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def job(self, digest: str, assignment: Assignment) -> Job:
        """Say what whoever grades a submission is told: all but the secret."""
        return Job(self.key(digest, assignment.digest), self.seed(digest), self.limits)

    def seed(self, digest: str) -> int:
        """Draw the hidden cases of a submission from its own bytes: the same on a retry, and not to be foreseen."""
        return int(hmac.new(self.secret, f"cases {digest}".encode(), hashlib.sha256).hexdigest()[:12], 16)


@dataclass(frozen=True)
class Graded:
    """What grading found.

    text:  the executed notebook, as it stands in a file
    key:   the same for the same submission, release, engine and rules; seed: what hidden cases were drawn from
    level: how the student's code was isolated, as it was measured
    receipt: what was repaired before; work: what the student wrote for each exercise and question
    packages: the versions that the student's code ran with
    """

    verdicts: tuple[Verdict, ...]
    text: str
    digest: str
    key: str
    seed: int
    level: str
    receipt: tuple[Note, ...] = ()
    work: tuple[Work, ...] = ()
    packages: str = ""

    @property
    def notebook(self) -> NotebookNode:
        """The executed notebook."""
        return nbformat.reads(self.text, as_version=4)

    def pack(self) -> bytes:
        """Write it as JSON, which crosses between processes and machines."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def unpack(cls, data: bytes) -> Graded:
        """Undo `pack`."""
        parts = json.loads(data)
        states = [{**verdict, "state": verdict["state"] and State(verdict["state"])} for verdict in parts["verdicts"]]
        lists = {
            "verdicts": tuple(Verdict(**verdict) for verdict in states),
            "receipt": tuple(Note(**note) for note in parts["receipt"]),
            "work": tuple(Work(**work) for work in parts["work"]),
        }
        return cls(**{**parts, **lists})
