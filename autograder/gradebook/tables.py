"""The tables that this project adds to nbgrader's database: what each score means and what it was computed from."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  (SQLAlchemy reads the annotations)

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """The tables that this project adds to nbgrader's database."""


class LabEdition(Base):
    """Which edition of a lab a gradebook has grades of; a lab without a row was graded before editions were kept."""

    __tablename__ = "autograder_lab"

    assignment: Mapped[str] = mapped_column(primary_key=True)
    edition: Mapped[int]


class Submission(Base):
    """The current grading of one student's submission: what it was made from."""

    __tablename__ = "autograder_submission"
    __table_args__ = (UniqueConstraint("student", "assignment"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    student: Mapped[str]
    assignment: Mapped[str]
    key: Mapped[str]
    submission_digest: Mapped[str]
    assignment_digest: Mapped[str]
    engine: Mapped[str]
    isolation: Mapped[str]
    seed: Mapped[int] = mapped_column(BigInteger)  # 48 bits
    graded_at: Mapped[datetime]
    # Before these three were kept there was one release of the kit, 0.1.0.
    kit: Mapped[str] = mapped_column(default="0.1.0", server_default="0.1.0")
    checks_version: Mapped[str] = mapped_column(default="", server_default="")
    release_version: Mapped[str] = mapped_column(default="", server_default="")
    packages: Mapped[str] = mapped_column(default="", server_default="")  # those that the student's code ran with
    receipt: Mapped[str] = mapped_column(default="[]", server_default="[]")  # JSON: a list of verdict.Note
    # What the student wrote and what it printed: a list of verdict.Work as JSON, compressed. Pages are made from it.
    work: Mapped[bytes | None]
    checks: Mapped[list[Check]] = relationship(cascade="all, delete-orphan", order_by="Check.position")


class Check(Base):
    """What one graded cell came to; state is empty for a written answer that a person marks."""

    __tablename__ = "autograder_check"
    __table_args__ = (UniqueConstraint("submission_id", "grade_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("autograder_submission.id"))
    position: Mapped[int]
    grade_id: Mapped[str]
    exercise: Mapped[str]
    title: Mapped[str]
    points: Mapped[float]
    state: Mapped[str | None]
    key: Mapped[str]
    hint: Mapped[str]
    flag: Mapped[str] = mapped_column(default="", server_default="")
    seconds: Mapped[float] = mapped_column(default=0.0, server_default="0")
