"""A check finds the same through the wire as beside the function: for right answers, wrong ones and odd ones."""

import re
import sys
from collections import Counter

import numpy as np
import pytest

from autograder.author.mutation_score import subjects
from autograder.base.files import ROOT
from autograder.exam.remote import Handle, Remote
from autograder.inside.answer import Answerer
from autograder.inside.wire import dumps
from autograder.model.lab import find, labs
from labkit.checks import calls, cases, judge, probes
from labkit.checks.diagnosis import again
from labkit.checks.exercise import CheckFailed
from labkit.checks.lab1_rnn import probes as lab1_probes

sys.path.append(str(ROOT / "tests"))  # where it is not yet: these tests may run by themselves
from checks.labs_checked import ALTERNATIVES, EXERCISES, LABS, MISTAKES, label

pytestmark = [
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


def slow_if(slow):
    return [pytest.mark.slow] if slow else []


def sampled():
    """Each mistake that is a function; for each day, of every exercise, one of each general key and every tenth hint.

    What is tested is the wire: two mistakes with the key "raises", or "shape", come to the same kind of outcome, and a
    hint is mostly for a value of the right kind. Every third of these is enough, and every twelfth where each call
    builds a Keras model: whatever the exercise, the wire is the same.
    """
    daily = 0
    times = Counter()
    for lab, mistake in [row for row in MISTAKES if callable(row[1].function)]:
        hint = mistake.key in lab.checks.EXERCISES[mistake.exercise].hints
        group, step = (lab.name, mistake.exercise, "" if hint else mistake.key), 10 if hint else 10**6
        slow, fit = lab.starts_tensorflow(mistake.exercise), times[group] % step == 0
        times[group] += 1
        daily += fit
        marks = [*slow_if(slow), *([] if fit and daily % (12 if slow else 3) == 0 else [pytest.mark.thorough])]
        yield pytest.param(lab, mistake, id=f"{lab.name}-{mistake.label}", marks=marks)


def across(function):
    """A stand-in for a function that is on the other side of the wire."""
    return Remote(Answerer({"function": function}).answer).name("function")


def plain(outcome):
    """Spell out an outcome to the last bit: a defaultdict as a dict, as it arrives; an object by its type."""
    return _bits(outcome.value), outcome.error, outcome.changed


def _bits(value):
    if isinstance(value, list | tuple | dict):
        kind = next(kind for kind in (list, tuple, dict) if isinstance(value, kind))
        return kind, [_bits(part) for part in (value.items() if kind is dict else value)]
    try:
        return dumps(value, lambda _: 0)
    except Exception:  # noqa: BLE001  (too large, or too deep)
        return None


def both(function, arguments, **how):
    """The outcomes here, and through the wire."""
    here = calls.many(function, arguments, **how)
    return list(map(plain, here)), list(map(plain, calls.many(across(function), arguments, **how)))


def same_outcomes(lab, name, function, all_cases):
    """Compare the outcomes of every case of an exercise, as its check calls it."""
    probe = lab.checks.EXERCISES[name].probe
    here, there = both(function, [case.arguments for case in all_cases if not case.given], probe=probe)
    assert here == there
    for case in all_cases:
        if case.given:
            here, there = both(function, [case.arguments], probe=probe, given=case.given)
            assert here == there


@pytest.mark.slow
@pytest.mark.parametrize("lab", [lab for lab in LABS if lab.name in {one.name for one in labs()}], ids=label)
def test_every_solution_gives_the_same_outcomes(lab):
    for subject in (one for one in subjects(find(lab.name)) if not one.stand_ins):
        names = dict(subject.names)
        exec(subject.source, names)  # noqa: S102  (the author's own cell)
        same_outcomes(lab, subject.name, names[subject.name], lab.fresh(subject.name))


def right_answers():
    """Every right answer; each day only the first one of an exercise, where it starts TensorFlow."""
    seen = set()
    for lab, answer in ALTERNATIVES:
        exercise, slow = (lab.name, answer.partition("__")[0]), lab.slow(answer)
        marks = [*slow_if(slow), *([pytest.mark.thorough] if slow and exercise in seen else [])]
        seen.add(exercise)
        yield pytest.param(lab, answer, id=f"{lab.name}-{answer}", marks=marks)


@pytest.mark.parametrize(("lab", "answer"), list(right_answers()))
def test_every_right_answer_gives_the_same_outcomes(lab, answer):
    name = answer.partition("__")[0]
    same_outcomes(lab, name, lab.alternatives.ALTERNATIVES[answer], cases.public(lab.name)[name])


def found(lab, name, student, *fresh):
    """What a check comes to: the class, the key and all words of its failure."""
    try:
        lab.check(name)(student, *fresh)
    except CheckFailed as failure:
        said = re.sub(r"_\d+\b", "", str(failure))  # Keras counts its layers
        return type(failure), failure.key, said.replace("an EagerTensor", "an array")  # as which a tensor crosses
    return None


@pytest.mark.parametrize(("lab", "mistake"), list(sampled()))
def test_a_mistake_is_found_in_the_same_words(lab, mistake, monkeypatch):
    # In grading no line of the student's is shown, and no function is called once more for a better hint.
    monkeypatch.setattr(again, "here", lambda _: False)
    monkeypatch.setattr(calls, "_line", lambda _: "")
    monkeypatch.setattr(judge, "begun", lambda *_: False)
    for drawn in ((), (lab.fresh(mistake.exercise),)):
        probes.forget()  # as in another process, where nothing has been made yet
        here = found(lab, mistake.exercise, mistake.function, *drawn)
        probes.forget()
        assert here == found(lab, mistake.exercise, across(mistake.function), *drawn)
        assert here is not None or (not drawn and not mistake.public)
    if not lab.starts_tensorflow(mistake.exercise):
        same_outcomes(lab, mistake.exercise, mistake.function, cases.public(lab.name)[mistake.exercise])


class Equal:
    """Equal to everything, true, and whatever else is asked of it."""

    __hash__ = None
    shape, dtype, size, ndim = (), np.dtype(float), 1, 0

    def __eq__(self, other):
        return True

    def __len__(self):
        return 2

    def __getattr__(self, name):
        return Equal()

    def __getitem__(self, key):
        return Equal()

    def __float__(self):
        return 0.0

    def __array__(self, *_, **__):
        return np.zeros(())


class Evil(np.ndarray):
    """An array that answers for NumPy."""

    def __array_function__(self, *_, **__):
        return True

    def __array_ufunc__(self, *_, **__):
        return True

    def __eq__(self, other):
        return True

    __hash__ = None


def endless(*_):
    while True:
        yield 1


ODD = {
    "equal to everything": lambda *_: Equal(),
    "equal parts": lambda *_: (Equal(), Equal()),
    "equal entries": lambda *_: {"output": Equal(), "state": Equal(), "sequence": Equal()},
    "an array that lies": lambda *_: np.zeros((2, 3)).view(Evil),
    "without end": endless,
    "parts without end": lambda *_: (endless(), endless()),
    "a list of generators": lambda *_: [endless()] * 3,
    "a function": lambda *_: endless,
    "a class": lambda *_: Equal,
    "objects in an array": lambda *_: np.array([Equal()], object),
    "NaN": lambda *_: float("nan"),
    "a huge number": lambda *_: 10**5000,
    "a large array": lambda *_: np.broadcast_to(0.0, (10**5, 10**5)),
    "an empty array": lambda *_: np.zeros((0, 10**4)),
    "a circle": lambda *_: (circle := [], circle.append(circle))[0],
    "arguments put in a circle": lambda *a: [x.append(x) for x in a if isinstance(x, list)],
    "arguments given generators": lambda *a: [x.append(endless()) for x in a if isinstance(x, list)],
    "an exit": lambda *_: sys.exit(0),
    "raises a class": lambda *_: endless().throw(type("Unfit", (BaseException,), {})),
}


@pytest.mark.parametrize(("lab", "name"), [one for one in EXERCISES if not one[0].starts_tensorflow(one[1])], ids=label)
@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_an_odd_result_fails_the_check_and_never_the_examiner(odd, lab, name):
    for drawn in ((), (lab.fresh(name),)):
        assert found(lab, name, across(odd), *drawn) is not None


def odd_models():
    """Each odd result for each exercise that starts TensorFlow; each day every third, so that all have their turn."""
    exercises = [one for one in EXERCISES if one[0].starts_tensorflow(one[1])]
    for number, odd in enumerate(ODD):
        for turn, (lab, name) in enumerate(exercises):
            marks = [] if (number + turn) % 3 == 0 else [pytest.mark.thorough]
            yield pytest.param(ODD[odd], lab, name, id=f"{lab.name}-{name}-{odd}", marks=marks)


@pytest.mark.slow
@pytest.mark.parametrize(("odd", "lab", "name"), list(odd_models()))
def test_an_odd_cell_or_model_fails_the_check_and_never_the_examiner(odd, lab, name):
    assert found(lab, name, across(odd), lab.fresh(name)) is not None


def forgets_to_copy(x, y):
    x.sort()
    y["new"] = x
    return x


CHANGES = {
    "nothing": lambda x: x,
    "in place": lambda x: x.__iadd__(x),
    "an entry": lambda x: x.__setitem__(0, 7),
    "to what equals it": lambda x: x.__setitem__(0, float(x[0])),
    "cleared": lambda x: x.clear(),
    "a part of it": lambda x: x[-1].append(1),
    "given a generator": lambda x: x.append(endless()),
    "raises after a change": lambda x: (x.append(1), 1 / 0),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize(
    "value", [[3, 1, 2], [3.0, [1]], np.array([3, 1, 2]), np.array([3.0, np.nan]), {0: 1}], ids=repr
)
def test_the_same_arguments_count_as_changed(change, value):
    here, there = both(change, [{"x": value}, {"x": value}])
    assert here == there


def test_changes_of_several_arguments_are_named():
    here, there = both(forgets_to_copy, [{"x": [2, 1], "y": {}}, {"x": [1, 2], "y": {}}])
    assert here == there
    assert [outcome[2] for outcome in here] == [("x", "y"), ("y",)]


def test_a_result_that_is_used_again_looks_the_same():
    """A function that returns one list again and again: its outcomes are what the list is in the end, as in Colab."""
    memory = []

    def remembers(x):
        memory.append(x)
        return memory

    here = [outcome.value for outcome in calls.many(remembers, [{"x": 1}, {"x": 2}])]
    memory.clear()
    assert here[0] is memory
    there = [outcome.value for outcome in calls.many(across(remembers), [{"x": 1}, {"x": 2}])]
    assert there == [[1, 2], [1, 2]]


def test_what_a_call_raises_is_named():
    stub = across(lambda x: x["a"])
    assert calls.raises(stub, {"x": {}}) == "KeyError"
    assert calls.raises(stub, {"x": {"a": 1}}) is None


def test_a_probe_runs_beside_the_function_and_says_what_is_unfit():
    [outcome] = calls.many(across(lambda *_: None), [{"units": 2, "x": 0, "weights": []}], probe=lab1_probes.ball_model)
    assert outcome.error == (probes.Unfit.__name__, "not_a_model")


def test_an_outcome_that_stays_there_is_a_stand_in_and_no_number():
    [outcome] = calls.many(across(endless), [{"x": 1}])
    assert isinstance(outcome.value, Handle)
    with pytest.raises(TypeError, match="stand-in"):
        np.asarray(outcome.value)
