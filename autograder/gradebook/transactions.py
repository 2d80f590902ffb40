"""The gradebook's database, SQLite or PostgreSQL: made whole or not at all, and written to by several at once."""

from __future__ import annotations

import random
import time
from contextlib import contextmanager, suppress
from enum import Enum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from nbgrader import api, dbutil
from sqlalchemy import create_engine, event, inspect, make_url, select, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from autograder.base import mounts
from autograder.base.errors import UserFacingError
from autograder.base.files import private
from autograder.gradebook import tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import URL, Connection, Engine

T = TypeVar("T")

PATIENCE = 30.0  # seconds: how long to wait for others who write to the gradebook
CLASHES = 8  # how often at most the same row is changed by somebody else in the same moment
ADDED = (
    (tables.Check.__tablename__, "flag", "VARCHAR NOT NULL DEFAULT ''"),
    (tables.Check.__tablename__, "seconds", "FLOAT NOT NULL DEFAULT 0"),
    (tables.Submission.__tablename__, "receipt", "VARCHAR NOT NULL DEFAULT '[]'"),
    (tables.Submission.__tablename__, "work", "{bytes}"),
    (tables.Submission.__tablename__, "kit", "VARCHAR NOT NULL DEFAULT '0.1.0'"),
    (tables.Submission.__tablename__, "checks_version", "VARCHAR NOT NULL DEFAULT ''"),
    (tables.Submission.__tablename__, "release_version", "VARCHAR NOT NULL DEFAULT ''"),
    (tables.Submission.__tablename__, "packages", "VARCHAR NOT NULL DEFAULT ''"),
)
LOCK = 5_734_901_277  # any number: names our lock in PostgreSQL
AGAIN = "then grade again: nothing is lost, and only what was not recorded is repeated."


class Trouble(Enum):
    """What is wrong with a database, by what one does about it."""

    BUSY = (
        "has been in use by another program for {patience:g} s ({detail}). Close that one, or wait for it (a grading "
        "run, formgrader, a database browser)"
    )
    CLASH = "is being changed by another program in the same place ({detail}). Wait for that one"
    LOST = "can't be reached ({detail}). Start its server, or mend the way to it"
    FULL = "can't be written: its disk is full ({detail}). Make room"
    READ_ONLY = "can't be written: it may only be read ({detail}). Give yourself the right to write to it"
    OTHER = "can't be used: {detail}"


_PASSING = {Trouble.BUSY, Trouble.CLASH, Trouble.LOST}
_SQLITE = {5: Trouble.BUSY, 6: Trouble.BUSY, 8: Trouble.READ_ONLY, 13: Trouble.FULL, 19: Trouble.CLASH}
_POSTGRES = {
    "23503": Trouble.CLASH,  # what a row belongs to has just been removed
    "23505": Trouble.CLASH,  # somebody else has just made the same row
    "40001": Trouble.CLASH,
    "40P01": Trouble.CLASH,
    "55P03": Trouble.BUSY,
    "57014": Trouble.BUSY,
    "53100": Trouble.FULL,
    "25006": Trouble.READ_ONLY,
    "42501": Trouble.READ_ONLY,
    "53300": Trouble.LOST,
    "57P01": Trouble.LOST,
    "57P02": Trouble.LOST,
    "57P03": Trouble.LOST,
}


def diagnose(error: DBAPIError) -> Trouble:
    """Say what kind of trouble a database is in."""
    cause: Any = error.orig
    if error.connection_invalidated:
        return Trouble.LOST
    if hasattr(cause, "sqlite_errorcode"):
        return _SQLITE.get(cause.sqlite_errorcode & 0xFF, Trouble.OTHER)
    state = getattr(cause, "sqlstate", "")
    if state is None or state.startswith("08"):  # psycopg: no answer of the server's at all
        return Trouble.LOST if type(cause).__name__ == "OperationalError" else Trouble.OTHER
    return _POSTGRES.get(state, Trouble.OTHER)


def complaint(url: URL | str, error: DBAPIError, patience: float = PATIENCE) -> UserFacingError:
    """Put into one sentence what is wrong and what to do; without a password, without a student's name."""
    trouble = diagnose(error)
    detail = next(iter(str(error.orig).strip().splitlines()), type(error.orig).__name__).rstrip(".")
    what = f"The gradebook {make_url(url)!r} {trouble.value.format(detail=detail, patience=patience)}"
    return UserFacingError(f"{what}." if trouble is Trouble.OTHER else f"{what}, {AGAIN}")


@contextmanager
def plain_errors(url: URL | str) -> Iterator[None]:
    """Turn what a database complains about into a UserFacingError."""
    try:
        yield
    except DBAPIError as error:
        raise complaint(url, error) from None
    except ModuleNotFoundError as error:
        raise UserFacingError(
            f"A gradebook in PostgreSQL needs the package {error.name}: pip install 'psycopg[binary]', and begin the "
            "gradebook's address with postgresql+psycopg://."
        ) from None
    except (ArgumentError, NoSuchModuleError):
        raise UserFacingError(
            "The gradebook's address is none. It looks like sqlite:////folder/gradebook.db or "
            "postgresql+psycopg://user@host/database."
        ) from None


def transact(engine: Engine, work: Callable[[Connection], T], patience: float = PATIENCE) -> T:
    """Do some work in one transaction: all of it, or nothing.

    Where another writer or a lost connection was in the way it is done again, in a new transaction.
    Raises UserFacingError when patience (seconds) is over, or when waiting would not help.
    """
    end, pause, clashes = time.monotonic() + patience, 0.01, 0
    while True:
        try:
            with engine.begin() as connection:
                if engine.dialect.name == "sqlite":
                    _take(connection, patience)
                return work(connection)
        except DBAPIError as error:
            trouble = diagnose(error)
            clashes += trouble is Trouble.CLASH
            if trouble not in _PASSING or time.monotonic() + pause > end or clashes > CLASHES:
                raise complaint(engine.url, error, patience) from None
            if trouble is Trouble.LOST:
                engine.dispose()
        time.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311  (so that two do not meet again)
        pause = min(2 * pause, 1.0)


def _take(connection: Connection, patience: float) -> None:
    """Become SQLite's one writer at once: a reader who wants to write later may be refused."""
    connection.exec_driver_sql("PRAGMA busy_timeout = 200")  # while SQLite waits, Ctrl-C does nothing
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {patience * 1000:.0f}")


def look(engine: Engine, work: Callable[[Connection], T]) -> T:
    """Read something; once more, where the connection was lost since it was last used. Raises UserFacingError."""
    for last in (False, True):
        try:
            with engine.connect() as connection:
                return work(connection)
        except DBAPIError as error:
            if last or diagnose(error) is not Trouble.LOST:
                raise complaint(engine.url, error) from None
            engine.dispose()
    raise AssertionError  # one of the two has returned or raised


def tune(engine: Engine, patience: float = PATIENCE) -> Engine:
    """Set how long each connection waits for others, and how carefully SQLite writes."""
    if engine.dialect.name == "sqlite":
        # In WAL mode NORMAL loses nothing when a process is killed; a power cut can undo the last seconds, whole.
        settings = [f"PRAGMA busy_timeout = {patience * 1000:.0f}", "PRAGMA synchronous = NORMAL"]
    else:
        settings = [
            f"SET lock_timeout = {patience * 1000:.0f}",
            f"SET statement_timeout = {(patience + 60) * 1000:.0f}",
        ]

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _: Any) -> None:
        cursor = connection.cursor()
        for setting in settings:
            cursor.execute(setting)
        cursor.close()
        connection.commit()

    engine.dispose()  # the connections that were made before
    return engine


def make(url: str, course_id: str, patience: float = PATIENCE) -> None:
    """Make what is missing of nbgrader's tables and ours, in one transaction: never half a gradebook.

    nbgrader would do its part by itself, but two who begin at the same moment would trip over each other.
    """
    engine = tune(create_engine(url), patience)
    if engine.dialect.name not in {"sqlite", "postgresql"}:
        raise UserFacingError(
            f"The gradebook {engine.url!r} is neither in SQLite nor in PostgreSQL: no other database will do."
        )
    try:
        if engine.dialect.name == "sqlite":
            _on_a_disk(engine.url.database or "")
            _write_ahead(engine)
        if not _complete(engine, course_id):
            version = _version()
            transact(engine, lambda connection: _make(connection, course_id, version), patience)
    finally:
        engine.dispose()


def _on_a_disk(path: str) -> None:
    """Refuse a file on a network file system, where SQLite's locks do not hold; make one that only its owners read."""
    if not path or path == ":memory:":
        return
    kind = mounts.network(Path(path).parent)
    if kind:
        raise UserFacingError(
            f"The gradebook {path} lies on a network file system ({kind}), where SQLite loses what two programs write "
            "at once. Use PostgreSQL (AUTOGRADER_DATABASE=postgresql+psycopg://...), or a folder of your own on a disk "
            "of this machine (AUTOGRADER_DATABASE=sqlite:////FOLDER/gradebook.db; copy a gradebook you have there)."
        )
    with suppress(OSError), open(path, "a", opener=private):
        pass


def _write_ahead(engine: Engine) -> None:
    """Put SQLite into WAL mode, in which one who reads and one who writes do not stop each other; it stays in it."""
    with engine.connect() as connection:
        if connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() != "wal":
            with suppress(DBAPIError):  # somebody has it open, or it may only be read: it works without, too
                connection.exec_driver_sql("PRAGMA journal_mode = WAL")


def _complete(engine: Engine, course_id: str) -> bool:
    with engine.connect() as connection:
        look = inspect(connection)
        wanted = {*api.Base.metadata.tables, *tables.Base.metadata.tables}
        if wanted - set(look.get_table_names()) or _lacking(connection):
            return False
        return not course_id or connection.scalar(select(api.Course.id).filter_by(id=course_id)) is not None


@cache
def _version() -> str:
    """Say which version nbgrader's tables are of, as `api.get_alembic_version` does in a process of its own."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415  (a tenth of a second, for a new gradebook only)

    return str(ScriptDirectory(dbutil.ALEMBIC_DIR).get_current_head())


def _make(connection: Connection, course_id: str, version: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    fresh = not inspect(connection).get_table_names()
    api.Base.metadata.create_all(connection)
    tables.Base.metadata.create_all(connection)
    if fresh:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:version)"), {"version": version})
    for table, column, type_ in _lacking(connection):
        written = type_.format(bytes="BYTEA" if connection.dialect.name == "postgresql" else "BLOB")
        connection.execute(text(f"ALTER TABLE {table} ADD COLUMN {column} {written}"))
    if course_id and connection.scalar(select(api.Course.id).filter_by(id=course_id)) is None:
        others = [one for one in connection.scalars(select(api.Course.id)) if _of_one_kit(one, course_id)]
        if others:
            raise UserFacingError(
                f"This gradebook belongs to the course {others[0]}, and this is {course_id}: each course needs a "
                "database of its own. Write {course} into the address in AUTOGRADER_DATABASE: it becomes the name."
            )
        connection.execute(api.Course.__table__.insert(), {"id": course_id})


def _of_one_kit(one: str, other: str) -> bool:
    """Say whether two names are those of courses made with --course."""
    return one.partition("-course-")[0] == other.partition("-course-")[0]


def _lacking(connection: Connection) -> list[tuple[str, str, str]]:
    """List the columns that tables of an earlier version of ours do not have: table, column, type."""
    look = inspect(connection)
    known = {table: {column["name"] for column in look.get_columns(table)} for table, _, _ in ADDED}
    return [(table, column, type_) for table, column, type_ in ADDED if column not in known[table]]
