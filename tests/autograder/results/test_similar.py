"""Who wrote much that few others wrote is named, whatever they renamed; what everybody writes is no sign."""

from __future__ import annotations

import random

import numpy as np
import pytest
import simulated
import simulated_class
from scipy.sparse import csr_matrix

from autograder.results import similar

Code = dict[str, dict[str, str]]
STARTER = {
    f"ex-{number}": f"def f{number}(x):\n    raise NotImplementedError('Exercise {number}')" for number in range(6)
}


def honest(count: int, seed: int = 0) -> Code:
    """Make up a class in which nobody shares more than the frequent way of doing it."""
    rng = random.Random(seed)  # noqa: S311  (made up on purpose)

    def cell(number: str) -> str:
        lines = [f"    {rng.choice('abcd')} = {rng.randrange(10**9)} {rng.choice('+-*/%')} x" for _ in range(4)]
        usual = "    total = sum(value ** 2 for value in x if value > 0)\n    return total / max(1, len(x))"
        return f"def f{number}(x):\n" + "\n".join(lines) + f"\n{usual}"

    return {f"s{at:02}": {name: cell(name[3:]) for name in STARTER} for at in range(count)}


def renamed(cells: dict[str, str]) -> dict[str, str]:
    """Copy with other names, other spaces and a comment."""
    changes = (("total", "result"), ("value", "v"), (" = ", "  =  "), ("\n    return", "\n    # at last\n    return"))
    for old, new in changes:
        cells = {name: source.replace(old, new) for name, source in cells.items()}
    return cells


def test_a_copy_is_found_although_everything_is_renamed() -> None:
    code = honest(30)
    code["s20"] = renamed(code["s04"])
    found = similar.find(code, STARTER)
    assert [pair.students for pair in found.pairs] == [("s04", "s20")]
    assert found.pairs[0].share == 1
    assert found.same == ()
    passage = found.pairs[0].passages[0]
    assert "\n".join(text for text, _ in passage.right) == code["s20"][passage.exercise]
    assert any(alike for text, alike in passage.left if "total" not in text)


def test_the_share_does_not_hang_on_the_order_of_the_fingerprints() -> None:
    # Fingerprints are hashes of text, which Python draws anew in each process: so is their order.
    rng = np.random.default_rng(7)
    having = (rng.random((20, 3_000)) < rng.random(3_000)).astype(np.int32)
    having[4] = having[9]
    for _ in range(20):
        found = {pair.rows: pair.share for pair in similar._pairs([csr_matrix(having[:, rng.permutation(3_000)])])}
        assert found[4, 9] == 1
        assert found == {pair.rows: pair.share for pair in similar._pairs([csr_matrix(having)])}


def test_several_who_copied_from_one_are_all_found() -> None:
    code = honest(40)
    for student in ("s10", "s20"):
        code[student] = renamed(code["s04"] | {"ex-0": code[student]["ex-0"]})
    pairs = {pair.students for pair in similar.find(code, STARTER).pairs}
    assert pairs == {("s04", "s10"), ("s04", "s20"), ("s10", "s20")}


def test_who_has_the_very_same_text_is_a_group_of_any_size() -> None:
    code = honest(60)
    same = [f"s{number:02}" for number in range(5, 45)]  # far more than may have what is rare
    for student in same:
        code[student] = {name: f"{source}\n\n" for name, source in code["s05"].items()}
    found = similar.find(code, STARTER)
    assert found.same == (tuple(same),)
    assert found.pairs == ()


def test_who_hands_in_the_solution_is_named_also_in_a_small_class() -> None:
    marked = {name: f"### BEGIN SOLUTION\n{source}\n### END SOLUTION" for name, source in honest(1)["s00"].items()}
    own = honest(3, seed=1)
    code = own | {
        "copied": honest(1)["s00"] | {"ex-0": STARTER["ex-0"]},  # what was not begun counts neither way
        "with marks": marked | {"ex-0": own["s01"]["ex-0"]},
        "in part": honest(1)["s00"] | {name: own["s02"][name] for name in ("ex-0", "ex-1")},
    }
    assert similar.find(code, STARTER, marked).solved == ("copied", "with marks")
    assert similar.find(code, STARTER).solved == ()


def test_an_honest_class_and_its_frequent_solutions_are_not_listed() -> None:
    found = similar.find(honest(40), STARTER)
    assert (found.compared, found.same, found.pairs, found.unlisted) == (40, (), (), 0)


def test_the_starter_code_is_nobodys() -> None:
    code = honest(12) | {"left": dict(STARTER), "blank": dict(STARTER), "other": {}}
    found = similar.find(code, STARTER)
    assert (found.same, found.pairs) == ((), ())


def test_one_exercise_alone_is_no_sign() -> None:
    code = honest(30)
    code["s20"]["ex-3"] = code["s04"]["ex-3"]
    for student in ("s04", "s20"):  # nothing else of their own
        code[student] = {name: code[student][name] if name == "ex-3" else STARTER[name] for name in STARTER}
    assert similar.find(code, STARTER).pairs == ()


def test_a_class_too_small_to_say_what_is_rare_lists_the_same_text_only() -> None:
    code = honest(5)
    code["s03"] = renamed(code["s01"])
    code["s04"] = dict(code["s02"])
    found = similar.find(code, STARTER)
    assert (found.rare, found.pairs, found.same) == (0, (), (("s02", "s04"),))
    assert similar.find({}, STARTER).compared == 0


@pytest.mark.parametrize(
    "source", ["'''" * 999, "\x00\ud800", "(" * 20_000, "def f0(x):\n\treturn 1\\", "", "# ŝ\r\n" * 9]
)
def test_whatever_stands_in_a_cell_is_compared(source: str) -> None:
    code = honest(12)
    code["s03"]["ex-1"], code["s07"]["ex-1"] = source, f"{source}\n#"
    code["s04"] = renamed(code["s05"])
    assert ("s04", "s05") in {pair.students for pair in similar.find(code, STARTER).pairs}


def test_the_copies_of_a_simulated_class_are_found_first() -> None:
    made, lab = simulated_class.make(30), simulated.lab()
    code = {
        name: {one.grade_id: one.source for one in graded.work} for name, graded in made.results.items() if graded.work
    }
    found = similar.find(code, {cell.exercise: lab.cell(cell.exercise).source for cell in lab.checks})
    assert [found.pairs[0].students, *found.same] == made.copied


@pytest.mark.thorough
@pytest.mark.parametrize("count", [30, 200])
@pytest.mark.parametrize("seed", range(12))
def test_the_two_pairs_who_copied_are_found_and_nobody_else(count: int, seed: int) -> None:
    made, lab = simulated_class.make(count, f"r{seed}"), simulated.lab()
    code = {
        name: {one.grade_id: one.source for one in graded.work} for name, graded in made.results.items() if graded.work
    }
    found = similar.find(code, {cell.exercise: lab.cell(cell.exercise).source for cell in lab.checks})
    assert [*(pair.students for pair in found.pairs), *found.same] == made.copied
