"""Recording on a server that refuses, cuts connections, or is restarted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
import recording
import simulated
from recording import AGAIN, Course, execute

from autograder.base.errors import UserFacingError

if TYPE_CHECKING:
    from pathlib import Path

course, recorder, postgres = recording.course, recording.recorder, recording.postgres  # fixtures
pytestmark = pytest.mark.slow


@pytest.fixture
def on_server(postgres: Any, tmp_path: Path) -> Course:
    return Course(tmp_path, postgres.database())


FAIL = """
CREATE SEQUENCE times;
CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF nextval('times') <= {times} THEN RAISE EXCEPTION 'no luck' USING ERRCODE = '{code}'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER fail BEFORE INSERT ON autograder_submission FOR EACH ROW EXECUTE FUNCTION fail();
"""


@pytest.mark.parametrize("code", ["40P01", "40001", "23505", "55P03", "57P01"])
def test_what_passes_is_tried_again(on_server: Course, code: str) -> None:
    with on_server.recorder() as recorder:
        execute(on_server.url, FAIL.format(code=code, times=2))
        recorder.save("ada", simulated.graded("x"))
        assert recorder.keys() == {"ada": simulated.graded("x").key}
        assert len(on_server.rows("ada")["ours"]) == 1


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("40P01", f"changed by another program in the same place .no luck.*{AGAIN}"),
        ("53100", f"its disk is full .no luck.*{AGAIN}"),
        ("25006", f"may only be read .no luck.*{AGAIN}"),
        ("XX000", r"can't be used: no luck\.$"),
    ],
)
def test_what_does_not_pass_is_one_sentence(on_server: Course, code: str, says: str) -> None:
    with on_server.recorder(patience=2.0) as recorder:
        execute(on_server.url, FAIL.format(code=code, times=1000))
        with pytest.raises(UserFacingError, match=says):
            recorder.save("ada", simulated.graded("x"))
        execute(on_server.url, "DROP TRIGGER fail ON autograder_submission")
        assert not any(on_server.rows().values())
        recorder.save("ada", simulated.graded("x"))
        assert len(recorder.reports()) == 1


def test_a_connection_that_is_cut_is_made_again(on_server: Course) -> None:
    with on_server.recorder() as recorder:
        recorder.save("ada", simulated.graded("x"))
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        execute(on_server.url, cut + " AND pid <> pg_backend_pid()")
        assert set(recorder.keys()) == {"ada"}
        execute(on_server.url, cut + " AND pid <> pg_backend_pid()")
        recorder.save("bob", simulated.graded("y"))
        assert set(recorder.keys()) == {"ada", "bob"}


@pytest.mark.slow
def test_a_server_that_is_restarted_is_waited_for(tmp_path: Path) -> None:
    if recording.server.missing():
        pytest.skip(recording.server.missing())
    with recording.server.server() as server:
        course = Course(tmp_path, server.database())
        with course.recorder(patience=1.0) as impatient, course.recorder(patience=60.0) as patient:
            impatient.save("ada", simulated.graded("x"))
            server.stop()
            with pytest.raises(UserFacingError, match=f"can't be reached .*Start its server.*{AGAIN}"):
                impatient.save("bob", simulated.graded("y"))
            with pytest.raises(UserFacingError, match="can't be reached"):
                impatient.reports()
            with ThreadPoolExecutor(1) as pool:
                done = pool.submit(patient.save, "bob", simulated.graded("y"))
                server.start()
                done.result(timeout=90)
            assert set(impatient.keys()) == {"ada", "bob"}
