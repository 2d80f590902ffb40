"""Every classic wrong answer fails, and earns the hint that names it; so does it against fresh cases."""

import pytest

from checks import chosen
from checks.labs_checked import EXERCISES, LABS, MISTAKES, SEEDS, label
from labkit.checks import stand_ins
from labkit.checks.exercise import CheckFailed, NotAttempted

# Hints that do not come from the toml of a lab: every exercise has them.
GENERAL = {"missing", "raises", "type", "shape", "finite", "precision", "value", "changed", "fresh"}
GENERAL |= {"zeros", "constant", "echo", "needs", "not_attempted"}
# Of using a function in other ways than calling it once.
WAYS = {"in_graph", "gradient", "again", "other_object", "training_unsaid", "in_training"}
WAYS |= {"not_differentiable", "gradient_not_finite"}
GENERAL |= WAYS

pytestmark = [
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


def marks(lab, exercise):
    return [pytest.mark.slow] if lab.starts_tensorflow(exercise) else []


def parameters(public):
    return [
        pytest.param(lab, mistake, id=f"{lab.name}-{mistake.label}", marks=marks(lab, mistake.exercise))
        for lab, mistake in MISTAKES
        if mistake.public == public
    ]


def seeded():
    """Each mistake with each seed; for some of them fewer are enough for each day.

    One, where a formula stands behind the hint: test_cases_of_every_lab shows that drawn cases tell any two formulas
    apart. None, where every call builds a Keras model: the public cases try it each day.
    """
    return [
        pytest.param(
            *one.values,
            seed,
            id=f"{one.id}-{seed}",
            marks=[*one.marks, *([pytest.mark.thorough] if not daily(more, one) else [])],
        )
        for one in parameters(public=True)
        for more, seed in enumerate(SEEDS)
    ]


def daily(more, one):
    return not one.marks and not (more and has_hint(*one.values))


def has_hint(lab, mistake):
    return mistake.key in lab.checks.EXERCISES[mistake.exercise].hints


@pytest.mark.parametrize(("lab", "mistake"), parameters(public=True))
def test_a_mistake_earns_its_hint(lab, mistake):
    with pytest.raises(CheckFailed) as failure:
        lab.check(mistake.exercise)(mistake.function)
    assert failure.value.key == mistake.key, str(failure.value)
    exercise = lab.checks.EXERCISES[mistake.exercise]
    title, *lines = str(failure.value).splitlines()
    assert exercise.title in title
    if mistake.key in exercise.hints:
        hint = exercise.hints[mistake.key]
        assert lines == [f"  {line}" for line in (hint.seen, hint.cause, hint.look)]
    else:
        assert mistake.key in GENERAL
        assert len(lines) == (0 if isinstance(failure.value, NotAttempted) else 3)


@pytest.mark.parametrize(("lab", "mistake"), parameters(public=False))
def test_hard_coding_passes_the_public_check_only(lab, mistake, monkeypatch):
    lab.check(mistake.exercise)(mistake.function)
    fails_on_fresh_cases(lab, mistake, SEEDS[0], monkeypatch)


@pytest.mark.thorough
@pytest.mark.parametrize(("lab", "mistake"), parameters(public=False))
def test_hard_coding_fails_on_the_cases_of_other_seeds(lab, mistake, monkeypatch):
    for seed in SEEDS[1:]:
        fails_on_fresh_cases(lab, mistake, seed, monkeypatch)


def fails_on_fresh_cases(lab, mistake, seed, monkeypatch):
    monkeypatch.setenv("AUTOGRADER_SEED", seed)
    with pytest.raises(CheckFailed) as failure:
        lab.check(mistake.exercise)(mistake.function, lab.fresh(mistake.exercise))
    assert failure.value.key == "fresh", str(failure.value)


@pytest.mark.parametrize(("lab", "mistake", "seed"), seeded())
def test_a_mistake_fails_on_fresh_cases(lab, mistake, seed, monkeypatch):
    monkeypatch.setenv("AUTOGRADER_SEED", seed)
    with pytest.raises(CheckFailed) as failure:
        lab.check(mistake.exercise)(mistake.function, lab.fresh(mistake.exercise))
    exercise = lab.checks.EXERCISES[mistake.exercise]
    if "kept" in mistake.label and failure.value.key == "again":
        return  # what it keeps from call to call is seen before the property that it lacks
    if mistake.key in exercise.hints or mistake.key in {"missing", "not_attempted", "needs", "changed"} | WAYS:
        assert failure.value.key == mistake.key, str(failure.value)
    else:
        assert failure.value.key == "fresh", str(failure.value)


@pytest.mark.parametrize(("lab", "name"), EXERCISES, ids=label)
def test_every_hint_is_earned_by_a_listed_mistake(lab, name):
    earned = {mistake.key for mistake in lab.mistakes.MISTAKES if mistake.exercise == name}
    assert set(lab.checks.EXERCISES[name].hints) <= earned
    assert {"raises", "not_attempted", "needs", "missing", "fresh"} <= earned


@pytest.mark.parametrize(("lab", "name"), EXERCISES, ids=label)
def test_every_exercise_lists_its_impostors(lab, name):
    labels = " ".join(mistake.label for mistake in lab.mistakes.MISTAKES if mistake.exercise == name)
    assert all(impostor in labels for impostor in ("zeros", "constant", "echo", "fresh"))


# Exercises that call an earlier one


def notebook(borrowed, *cells):
    """Run cells of code in one namespace, as a notebook does."""
    names = {}
    for cell in (borrowed.GIVEN, *cells):
        exec(cell, names)  # noqa: S102  (the cells stand in mistakes/)
    return names


def replaced(code, fault):
    assert fault[0] in code
    return code.replace(*fault)


def of_every_lab(table):
    """The rows of a table; where each call builds a Keras model, each day one for two exercises is enough."""
    found, pairs = [], set()
    for lab in LABS:
        for borrowed in lab.mistakes.BORROWED:
            for name, *row in filter(lambda row: chosen.tested(row[0]), getattr(borrowed, table)):
                slow, again = marks(lab, name), (lab, name, row[0]) in pairs
                pairs.add((lab, name, row[0]))
                found.append(
                    pytest.param(
                        lab, borrowed, name, *row, marks=[*slow, *([pytest.mark.thorough] if slow and again else [])]
                    )
                )
    return found


def in_grading(lab, name, student, without):
    """Check as in a grading in which all earlier exercises but one have passed."""
    with stand_ins.examining(frozenset(lab.checks.EXERCISES) - {without}) as record:
        lab.check(name)(student)
        lab.check(name)(student, lab.reference.fresh(name))
    assert record.replaced == {without}
    assert record.proven == set()


@pytest.mark.parametrize(("lab", "borrowed", "name", "earlier", "fault"), of_every_lab("BORROWED"))
def test_a_mistake_of_an_earlier_exercise_is_inherited_not_punished(lab, borrowed, name, earlier, fault, capsys):
    names = notebook(borrowed, replaced(borrowed.RIGHT[earlier], fault), borrowed.RIGHT[name])
    lab.check(name)(names[name])
    assert f"passed (inherits {lab.checks.EXERCISES[earlier].number}" in capsys.readouterr().out
    in_grading(lab, name, names[name], without=earlier)
    with pytest.raises(CheckFailed):
        lab.check(earlier)(names[earlier])


@pytest.mark.parametrize(("lab", "borrowed", "name", "earlier", "fault", "own"), of_every_lab("OWN"))
def test_a_mistake_of_its_own_is_not_excused_by_an_earlier_one(lab, borrowed, name, earlier, fault, own):
    names = notebook(borrowed, replaced(borrowed.RIGHT[earlier], fault), replaced(borrowed.RIGHT[name], own))
    with pytest.raises(CheckFailed):
        lab.check(name)(names[name])
    with pytest.raises(CheckFailed):
        lab.check(name)(names[name], lab.fresh(name))
    with pytest.raises(CheckFailed):
        in_grading(lab, name, names[name], without=earlier)


@pytest.mark.parametrize(("lab", "borrowed", "name", "earlier", "fault"), of_every_lab("INLINE"))
def test_the_same_mistake_written_inline_is_its_own(lab, borrowed, name, earlier, fault):
    with pytest.raises(CheckFailed):
        lab.check(name)(notebook(borrowed, borrowed.RIGHT[earlier], replaced(borrowed.RIGHT[name], fault))[name])


@pytest.mark.parametrize(
    ("lab", "name", "earlier"),
    [
        pytest.param(lab, name, earlier, marks=marks(lab, name))
        for lab, name in EXERCISES
        for earlier in lab.checks.EXERCISES[name].uses
    ],
)
def test_an_earlier_exercise_still_to_do_is_named(lab, name, earlier):
    borrowed = next(part for part in lab.mistakes.BORROWED if name in part.RIGHT)
    number = lab.checks.EXERCISES[name].uses[earlier]
    assert lab.checks.EXERCISES[earlier].number == number
    stub = f'def {earlier}(*arguments):\n    raise NotImplementedError("Exercise {number}: {earlier}")\n'
    with pytest.raises(CheckFailed) as failure:
        lab.check(name)(notebook(borrowed, stub, borrowed.RIGHT[name])[name])
    assert failure.value.key == "needs"
    assert f"needs Exercise {number}" in str(failure.value)
