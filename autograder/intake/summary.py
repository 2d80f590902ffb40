"""What a run of `autograder collect` took in, in words for the terminal."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autograder.base.text import some
from autograder.intake.entries import shown

if TYPE_CHECKING:
    from autograder.intake.attempts import Attempt

GRADED = (".ipynb", ".py", ".md")


@dataclass
class Summary:
    """What one run took in. Each of the lists names students, in course/submitted's words.

    late: of those whose newest attempt is; older: who got an attempt that is kept, but is not the newest
    refused, remarks: (student, sentence); unknown: files that nobody handed in; troubles: whole archives, in sentences
    untimed: files that should say when, and don't; secretless: whose page can't come back through the exchange
    """

    kinds: list[str] = field(default_factory=list)
    students: set[str] = field(default_factory=set)
    new: set[str] = field(default_factory=set)
    newer: set[str] = field(default_factory=set)
    older: set[str] = field(default_factory=set)
    late: set[str] = field(default_factory=set)
    refused: list[tuple[str, str]] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    doubtful: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    untimed: list[str] = field(default_factory=list)
    secretless: list[str] = field(default_factory=list)

    def see(self, student: str, newest: Attempt, said: str) -> None:
        """Take down what a person should know of a student's newest attempt."""
        if newest.late:
            self.late.add(student)
        if not newest.files:
            self.refused += [
                (student, sentence) for sentence in newest.refused or ["handed in nothing that can be graded."]
            ]
        else:
            self.remarks += [(student, sentence) for sentence in newest.refused]
            if len(newest.files) > 1:
                self.refused.append(
                    (student, f"handed in several files that may be the one: {', '.join(newest.files)}.")
                )
            elif not any(name.endswith(GRADED) for name in newest.files):
                self.refused.append((student, f"handed in no notebook, only {', '.join(newest.files)}."))
        if said:
            self.remarks.append((student, said))

    def lines(self) -> list[str]:
        """Say it for the terminal."""
        counts = {"new": self.new, "with a newer attempt": self.newer, "late": self.late}
        unchanged = self.students - self.new - self.newer
        said = [f"{len(who)} {what}" for what, who in counts.items() if who]
        said += [f"{len(unchanged)} as before"] if unchanged else []
        if not self.kinds:
            return list(self.troubles)  # no archive could be read
        found = [
            f"{len(self.students)} students ({', '.join(dict.fromkeys(self.kinds))})"
            + (f": {', '.join(said)}." if said else ".")
        ]
        if self.students and not self.new and not self.newer:
            found.append("Nothing has changed.")
        for title, who in (
            ("With a newer attempt", self.newer),
            ("Late", self.late),
            ("An older attempt, kept", self.older),
        ):
            if who:
                found.append(f"{title}: {', '.join(sorted(who))}.")
        return found + self.concerns()

    def concerns(self) -> list[str]:
        """Say what a person should look at; nothing where all went as it should."""
        found = [f"{student} needs you: {sentence}" for student, sentence in sorted(set(self.refused))]
        found += [f"{student}: {sentence}" for student, sentence in sorted(set(self.remarks))]
        found += sorted(set(self.doubtful))
        if self.untimed:
            found.append(
                f"No time that can be read, so nobody can say whether it was late: {some(self.untimed)}. Write one as "
                "2026-12-01 18:00:00 UTC."
            )
        if self.secretless:
            found.append(
                f"{some(self.secretless)}: handed in without a secret, so no page can come back to them through the "
                "exchange. Students need nbgrader 0.9 or newer."
            )
        if self.unknown:
            found.append(f"Nobody's, left in the archive: {some([shown(path) for path in self.unknown])}.")
        return found + self.troubles
