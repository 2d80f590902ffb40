"""How Hypothesis looks for counterexamples: the same ones each day, new ones and more in `make test-thorough`.

And `--exercise` and `--lab`, which restrict the tests of the checks to an exercise or a lab.
"""

from pathlib import PurePosixPath

import pytest
from checks import chosen
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

# No example is late: how long one takes says more of a busy machine than of the code.
settings.register_profile(
    "daily",
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("search", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("daily")


# Those that take longest, longest first: who starts one of them last keeps everybody waiting.
LONGEST = [
    "test_notebooks",
    "test_core_path",
    "test_class_run_faults",
    "test_mistakes",
    "test_host",
    "test_grade",
    "test_translator",
    "test_mutants",
    "test_acceptance",
    "test_grade_every_lab",
    "test_wire_calls",
    "test_damages",
    "test_publish",
]


# Files whose tests share nothing but imports: those of each exercise, or lab, may run in another worker.
SPLIT = {
    "test_mistakes",
    "test_alternatives",
    "test_others",
    "test_wire_calls",
    "test_cases_of_every_lab",
    "test_mutants",
}


def pytest_collection_modifyitems(items):
    """Begin with the longest files; all others stay in their order."""
    last = len(LONGEST)
    rank = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path.stem, last))


class ByExercise(LoadScopeScheduling):
    """What `--dist loadfile` stands for here."""

    def _split_scope(self, nodeid):
        return scope(nodeid)


def pytest_xdist_make_scheduler(config, log):
    """Let one worker run the tests of a file, of some files those of an exercise."""
    return ByExercise(config, log) if config.getoption("dist") == "loadfile" else None


def scope(nodeid):
    """Name those tests that one worker runs together."""
    file, _, test = nodeid.partition("::")
    if PurePosixPath(file).stem == "test_notebooks":  # one worker fills Colab's environment
        return f"{file} {'colab' if 'colab' in test else test.partition('[')[2].partition('-')[0]}"
    if PurePosixPath(file).stem not in SPLIT:
        return file
    return " ".join([file, *test.partition("[")[2].split("-")[:2]])  # [lab1_rnn-rnn_step-...]


def pytest_addoption(parser):
    group = parser.getgroup("checks of the labs")
    group.addoption("--exercise", default="", help="test the checks of this exercise only, and import its lab only")
    group.addoption("--lab", default="", help="test the checks of this lab only")


def pytest_configure(config):
    exercise, lab = config.getoption("exercise"), config.getoption("lab")
    if exercise or lab:
        try:
            chosen.choose(exercise, lab)
        except chosen.UnknownError as error:
            raise pytest.UsageError(str(error)) from error
