"""What a check cell must look like for one call to decide."""

import pytest

from autograder.model.cells import BEGIN_HIDDEN, END_HIDDEN, one_call_decides

HIDDEN = "from autograder.references import lab1_rnn as reference\n\nchecks.f(f, reference.fresh('f'))"


def cell(public, hidden, after=""):
    return f"{public}\n{BEGIN_HIDDEN}\n{hidden}\n{END_HIDDEN}\n{after}"


def test_a_public_and_a_hidden_call_of_the_same_check_decide_at_once():
    assert one_call_decides(cell("checks.f(f)  # a word", HIDDEN))


@pytest.mark.parametrize(
    "source",
    [
        cell("", HIDDEN),
        cell("checks.f(f)", ""),
        cell("checks.f(f)\nchecks.f(f)", HIDDEN),
        cell("checks.f(f)", f"{HIDDEN}\nchecks.f(f, [])"),
        cell("checks.g(f)", HIDDEN),
        cell("checks.f(g)", HIDDEN),
        cell("checks.f(f())", HIDDEN.replace("f(f,", "f(f(),")),
        cell("f(f)", HIDDEN.replace("checks.f(", "f(")),
        cell("found = checks.f(f)", HIDDEN),
        cell("checks.f(f, cases=[])", HIDDEN),
        cell("checks.f(f)", HIDDEN.replace(", reference.fresh('f')", "")),
        cell("checks.f(f)", HIDDEN, "checks.f(f)"),
    ],
)
def test_any_other_form_is_refused(source):
    assert not one_call_decides(source)
