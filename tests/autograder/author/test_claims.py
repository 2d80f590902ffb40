"""The claims table of a lab: what is wrong with it is said before anybody computes anything."""

import json
import subprocess
import sys

import pytest

from autograder.author import claims
from autograder.base.errors import UserFacingError
from autograder.model.lab import Lab

ENTRY = """
[[claim]]
name = "window"
cell = "Experiment D: what does a longer sentence cost? (may be read)"
says = "The RNN **shares its parameters**"
by = "parameters"
data = "two layers"
result = { rnn = 7360 }
"""


def table(checkout, text):
    lab = Lab("lab1_rnn", checkout)
    claims.path(lab).write_text(text, encoding="utf-8")
    return lab


def said(checkout, text):
    return " ".join(claims.problems(table(checkout, text)))


def test_the_table_of_each_lab_is_right_as_it_stands():
    assert claims.problems(Lab("lab1_rnn")) == []
    assert claims.read(Lab("lab1_rnn")).claims


def test_a_lab_without_a_table_has_no_claims_yet(checkout):
    lab = Lab("lab1_rnn", checkout)
    claims.path(lab).unlink()
    assert claims.problems(lab) == []
    assert claims.page(lab) == ""


def test_an_edited_sentence_fails_and_a_line_that_breaks_elsewhere_does_not(checkout):
    assert said(checkout, ENTRY) == ""
    assert said(checkout, ENTRY.replace("RNN **shares", "RNN\\n> **shares")) == ""
    changed = said(checkout, ENTRY.replace("shares its", "shares all its"))
    assert "claim 'window'" in changed
    assert "does not say 'The RNN **shares all its parameters**' any more" in changed


def test_a_sentence_that_the_author_edits_in_the_lab_fails(checkout):
    lab = Lab("lab1_rnn", checkout)
    text = lab.source_path.read_text(encoding="utf-8")
    lab.source_path.write_text(text.replace("The first run crashes.", "The first run stops."), encoding="utf-8")
    assert "claim 'detective'" in " ".join(claims.problems(Lab("lab1_rnn", checkout)))


def test_a_sentence_is_looked_for_in_its_own_section_only(checkout):
    assert "any more" in said(
        checkout,
        ENTRY.replace("Experiment D: what does a longer sentence cost? (may be read)", "Experiment G: word order"),
    )
    assert "there is no cell 'Experiment Z'" in said(
        checkout, ENTRY.replace("Experiment D: what does a longer sentence cost? (may be read)", "Experiment Z")
    )


def test_a_cell_may_be_named_by_its_grade_id(checkout):
    entry = ENTRY.replace("Experiment D: what does a longer sentence cost? (may be read)", "tokenize")
    assert said(checkout, entry.replace("The RNN **shares its parameters**", "punctuation is dropped")) == ""


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ('by = "parameters"\n', "", "by is missing"),
        ('data = "two', 'dato = "two', "data is missing; 'dato' is not known"),
        ("result =", 'holds = ["rnn is large"]\nresult =', "'rnn is large' is no comparison"),
    ],
)
def test_an_entry_that_is_not_whole_is_named(checkout, old, new, wrong):
    assert said(checkout, ENTRY.replace(old, new)) == f"lab1_rnn: claim 'window': {wrong}."


def test_two_claims_of_one_name_are_refused(checkout):
    assert said(checkout, ENTRY * 2) == "lab1_rnn: two claims have the name 'window'."


def test_a_table_that_is_no_toml_is_refused(checkout):
    with pytest.raises(UserFacingError, match=r"solutions/lab1_rnn/claims\.toml: "):
        claims.read(table(checkout, "[[claim]\n"))


def grid(checkout, code):
    where = checkout / "data" / "lab1" / "made.json"
    where.write_text(json.dumps({"code": code, "runs": []}), encoding="utf-8")
    return said(checkout, ENTRY + 'grid = "data/lab1/made.json"\n')


CODE = ("labs/labkit/recurrence/recall.py", "labs/labkit/recurrence/recall.py::accuracy", "#ex-rnn_step")


@pytest.mark.parametrize("name", CODE)
def test_a_grid_whose_code_has_changed_fails(checkout, name):
    lab = Lab("lab1_rnn", checkout)
    was = {name: claims.code_hash(lab, name)}
    assert grid(checkout, was) == ""
    changed = checkout / "labs/labkit/recurrence/recall.py" if "recall" in name else lab.source_path
    text = changed.read_text(encoding="utf-8")
    old, new = ("steps = training.scaled(steps)", "steps = 7") if "recall" in name else ("np.tanh(x_t", "np.sin(x_t")
    assert old in text
    changed.write_text(text.replace(old, new), encoding="utf-8")
    assert f"data/lab1/made.json was made by another {name}" in grid(checkout, was)


def test_a_change_beside_the_function_that_made_a_grid_leaves_it_fresh(checkout):
    name = CODE[1]
    was = claims.code_hash(Lab("lab1_rnn", checkout), name)
    path = checkout / "labs/labkit/recurrence/recall.py"
    path.write_text(path.read_text(encoding="utf-8") + "\n\ndef another():\n    pass\n", encoding="utf-8")
    assert grid(checkout, {name: was}) == ""


def test_a_grid_that_is_missing_or_says_nothing_of_its_code_fails(checkout):
    assert "does not say which code made it" in grid(checkout, {})
    assert "data/lab1/gone.json is missing" in said(checkout, ENTRY + 'grid = "data/lab1/gone.json"\n')


def test_code_that_is_not_there_has_no_hash():
    lab = Lab("lab1_rnn")
    assert [claims.code_hash(lab, name) for name in ("labs/none.py", f"{CODE[0]}::none", "#none")] == ["", "", ""]


@pytest.mark.parametrize(
    ("numbers", "found"),
    [
        ({"a": 1.0, "b": 2.0}, []),
        ({"a": 1.04, "b": 2.0}, []),
        ({"a": 1.06, "b": 2.0}, ["a is 1.06, in the table 1"]),
        ({"b": 2.0}, ["a was not computed"]),
        ({"a": float("nan"), "b": 2.0}, ["a is nan, in the table 1"]),
        ({"a": 1.0, "b": 0.5}, ["not true: a < b"]),
    ],
)
def test_a_claim_fails_on_a_wrong_number_and_on_a_comparison_that_is_not_true(numbers, found):
    claim = claims.Claim("c", "cell", "says", "by", "data", {"a": 1.0}, tolerance=0.05, holds=("a < b", "b >= 0.5"))
    assert claim.failures(numbers) == found


def test_the_page_has_a_row_for_each_claim_and_keeps_its_columns():
    lab = Lab("lab1_rnn")
    rows = [line for line in claims.page(lab).splitlines() if line.startswith("| ")]
    assert len(rows) == 1 + len(claims.read(lab).claims)
    assert {row.replace(r"\|", "").count("|") for row in rows} == {8}


def test_checking_claims_computes_nothing():
    """It reads TOML and JSON: neither TensorFlow nor a benchmark is loaded."""
    code = (
        "import sys; from autograder.author import claims; from autograder.model.lab import Lab;"
        "claims.problems(Lab('lab1_rnn')); print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"tensorflow", "keras", "benchmarks"} & set(loaded)
