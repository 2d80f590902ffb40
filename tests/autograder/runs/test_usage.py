"""What a run has used: the workers of a machine share its engines, and each engine counts once."""

from __future__ import annotations

from typing import Any

from autograder.runs import cluster, worker


class Workers:
    """Three workers on two machines; the first machine has two engines, one of them with Google Colab's packages."""

    def __init__(self) -> None:
        first, colab = engine(1, 10.0), engine(2, 3.0)
        self.engines = {
            "tcp://10.0.0.1:1": [first, colab],
            "tcp://10.0.0.1:2": [first],
            "tcp://10.0.0.2:1": [engine(1, 5.0)],
        }

    def run(self, what: Any, **_: Any) -> dict[str, Any]:
        return self.engines if what is worker.usage else dict.fromkeys(self.engines, 1.0)


def engine(host: int, cpu_seconds: float) -> dict[str, float]:
    return {"cpu_seconds": cpu_seconds, "held_bytes": 100.0, "host": float(host), "since": 0.0}


def test_each_engine_of_each_machine_counts_once() -> None:
    submissions = cluster.Class.__new__(cluster.Class)
    submissions.client, submissions.before = Workers(), {"10.0.0.1 1.0": 4.0}  # type: ignore[assignment]
    assert submissions.usage() == {"cpu_seconds": 10 - 4 + 3 + 5 + 3 * 1.0, "held_bytes": 300.0}
