"""`make check`: what it refuses, and in which words."""

import pytest

from autograder.author import build, lint
from autograder.base.errors import UserFacingError
from autograder.model.lab import Lab

pytestmark = pytest.mark.slow  # seconds each; the whole suite runs them


@pytest.fixture
def checkout(checkout, monkeypatch):
    """A checkout whose table of cases is right: drawing it anew takes longer than the rest of `make check`."""
    monkeypatch.setattr(build, "public_cases", lambda lab: lab.cases_path.read_text(encoding="utf-8"))
    return checkout


def edited(checkout, old, new, *, rebuild=True):
    path = checkout / "solutions" / "lab1_rnn" / "lab1_rnn.py"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    if rebuild:
        build.build(checkout, "lab1_rnn")
    return " ".join(lint.problems(Lab("lab1_rnn", checkout)))


def test_the_labs_as_committed_have_no_problem():
    assert lint.problems(Lab("lab1_rnn")) == []


def test_a_stale_notebook_is_named(checkout):
    said = edited(checkout, "# Lab 1: Neurons with recurrence", "# Lab 1: Neurons", rebuild=False)
    assert (
        "solutions/lab1_rnn/lab1_rnn.ipynb is not what solutions/lab1_rnn/lab1_rnn.py gives: run `make labs`." in said
    )
    assert "labs/lab1_rnn/lab1_rnn.ipynb is not" in said


def test_a_notebook_edited_by_hand_is_stale(checkout):
    path = checkout / "labs" / "lab1_rnn" / "lab1_rnn.ipynb"
    path.write_text(path.read_text().replace("Neurons", "Cells", 1))
    assert "labs/lab1_rnn/lab1_rnn.ipynb is not" in " ".join(lint.problems(Lab("lab1_rnn", checkout)))


def test_a_given_cell_that_repeats_a_solution_is_a_leak(checkout):
    said = edited(
        checkout,
        "def rnn_output(h, W_hy, b_y):",
        "def other_step(x_t, h_prev, W_xh, W_hh, b_h):\n"
        "    return np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)  # again\n\n\ndef rnn_output(h, W_hy, b_y):",
    )
    assert "holds a line of a solution or a hidden test: 'returnnp.tanh(x_t@W_xh+h_prev@W_hh+b_h)'" in said


def test_a_solution_in_labkit_is_a_leak():
    leaking = {"labkit/recurrence/plots.py": "x = 1\nd_h = (d_h * (1 - h[:, t] ** 2)) @ W_hh.T\n"}
    assert "labkit/recurrence/plots.py holds a line" in lint.leaks(leaking, [Lab("lab1_rnn")])[0]


def test_a_hidden_test_in_an_output_is_a_leak():
    notebook = '{"cells": [{"source": ["1"], "outputs": [{"text": "reference.fresh(1)"}]}]}'
    assert lint.leaks({"a.ipynb": notebook}, [Lab("lab1_rnn")]) == ["a.ipynb leaks 'reference.fresh'."]


def test_a_check_may_not_use_a_name_of_the_students_kernel(checkout):
    said = edited(checkout, "checks.rnn_step(rnn_step)", "tokenize('a')\nchecks.rnn_step(rnn_step)")
    assert "'check-rnn_step' uses 'tokenize', which is neither an exercise nor" in said


def test_a_check_may_not_compare_with_allclose(checkout):
    said = edited(checkout, "checks.rnn_step(rnn_step)", "np.allclose(1, 1)\nchecks.rnn_step(rnn_step)")
    assert "calls allclose, which broadcasts" in said


def test_a_student_cell_that_is_not_python_is_named(checkout):
    said = edited(checkout, "    ### END SOLUTION", "    ### END SOLUTION\n    )", rebuild=False)
    assert said == (
        "solutions/lab1_rnn/lab1_rnn.py: cell 'ex-build_vocabulary' is not valid Python: unmatched ')', line 17."
    )


def test_points_add_up_to_100(checkout):
    assert "the points add up to 101, not to 100" in edited(checkout, '"points": 10', '"points": 11', rebuild=False)


def test_the_table_of_a_lab_says_the_points_of_each_part(checkout):
    said = edited(checkout, "| 50 | 34 |", "| 50 | 33 |", rebuild=False)
    assert "the table says 33 points for part 2, and its cells give 34" in said


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("# Exercise 1.4: embed ", "# Exercise 2.4: embed ", "'ex-embed' is called 2.4, and by its place it is 1.4"),
        ("# Exercise 1.4: embed ", "# Exercise 1.6: embed ", "'ex-embed' is called 1.6, and by its place it is 1.4"),
        ("# Exercise 1.4: embed ", "# Exercise 1.3: embed ", "'ex-embed' is called 1.3, and by its place it is 1.4"),
        ("# Exercise 1.4: embed ", "# Exercise 1.6: embed ", "is called 1.6, and its table of checks has 1.4"),
        ("**Question 6.1 ", "**Question 5.3 ", "'written' is called 5.3, and by its place it is 6.1"),
        ("# ## Part 5: Why it forgets", "# ## Why it forgets", "'ex-state_gradient_norms' stands in no part"),
        ("# ## Part 5: Why it forgets", "# ### Why it forgets", "is called 5.1, and by its place it is 4.5"),
        ("# ## Part 5: Why it forgets", "# ## Part 6: Why it forgets", "its parts are numbered 1, 2, 3, 4, 6, 6"),
    ],
)
def test_an_exercise_has_the_number_of_its_place(checkout, old, new, words):
    assert words in edited(checkout, old, new, rebuild=False)


def test_an_exercise_that_is_moved_to_the_end_needs_another_number(checkout):
    """As the optional exercises of edition 1 of labs 2 and 3 stood."""
    path = checkout / "solutions" / "lab1_rnn" / "lab1_rnn.py"
    text = path.read_text()
    begin, end = text.index("# %% nbgrader", text.index("def one_hot")), text.index("# ### Experiment B:")
    cells = text[begin : text.rindex("# %% [markdown]", begin, end)]
    assert cells.count("# %%") == 2
    path.write_text(text.replace(cells, "").replace("# ## Going further", "# ## Part 7: Going further") + "\n" + cells)
    said = lint.problems(Lab("lab1_rnn", checkout))
    assert "lab1_rnn: cell 'ex-embed' is called 1.4, and by its place it is 7.1." in said
    assert "lab1_rnn: cell 'ex-next_word_pairs' is called 1.5, and by its place it is 1.4." in said


def test_a_cell_that_is_not_python_stops_the_build_too(checkout):
    lab = Lab("lab1_rnn", checkout)
    before = lab.release_path.read_text(encoding="utf-8")
    text = lab.source_path.read_text(encoding="utf-8")
    lab.source_path.write_text(text.replace("    ### END SOLUTION", "    ### END SOLUTION\n    )", 1), encoding="utf-8")
    with pytest.raises(UserFacingError, match="'ex-build_vocabulary' is not valid Python"):
        build.build(checkout, "lab1_rnn")
    assert lab.release_path.read_text(encoding="utf-8") == before


def test_a_doubled_grade_id_is_named(checkout):
    said = edited(checkout, '"grade_id": "ex-encode"', '"grade_id": "ex-embed"', rebuild=False)
    assert "two cells have the grade_id 'ex-embed'" in said


def test_a_check_without_hidden_tests_is_named(checkout):
    said = edited(checkout, "### BEGIN HIDDEN TESTS", "", rebuild=False)
    assert "has no hidden tests" in said


def test_a_check_is_one_public_and_one_hidden_call(checkout):
    said = edited(checkout, "checks.rnn_step(rnn_step)", "checks.embed(embed)\nchecks.rnn_step(rnn_step)")
    assert "cell 'check-rnn_step' must be one public call and one hidden call of the same check" in said


@pytest.mark.parametrize("used", ["keras.ops.abs(1)", "from keras import ops", "import tensorflow.math"])
def test_a_check_may_not_use_a_framework(checkout, used):
    said = edited(checkout, "checks.rnn_step(rnn_step)", f"{used}\nchecks.rnn_step(rnn_step)")
    assert "cell 'check-rnn_step' uses" in said
    assert "TensorFlow is not there" in said


def test_free_names_are_the_ones_a_cell_does_not_bind():
    assert lint.free_names("import numpy as np\nf = lambda a: np.sum(a + b)\nf(c)") == {"b", "c"}
