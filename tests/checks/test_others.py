"""Answers that were written from the docstrings alone: every wrong one earns nothing, no right one is refused."""

import contextlib
import io
import signal
from functools import cache

import pytest

from autograder.author.mutation_score import subjects
from autograder.base.files import ROOT
from autograder.model.lab import find
from checks.labs_checked import EXERCISES, label
from labkit.checks.exercise import CheckFailed

FOLDER = ROOT / "tests" / "checks" / "others"
SECONDS = 60  # for one check, on a busy machine; some wrong answers take very long
FLOATS = "the docstring speaks of floats"
SINGLE = "the docstring speaks of float32 tensors"
# Written from an earlier docstring, and not wrong by the present one.
OPEN = {
    "rnn_step__w14_like_the_old_state": FLOATS,
    "rnn_forward__w14_dtype_of_x": FLOATS,
    "loss_gradient__w13_dtype_of_logits": FLOATS,
    "rnn_backward__w07_mask_ignored": "the mask gives no points",
    "rnn_backward__w08_masked_step_blocks": "the mask gives no points",
    "rnn_backward__w16_mask_for_the_batch": "the mask gives no points",
    "rnn_backward__w20_asks_mask_for_truth": "the mask gives no points",
    "pad_batch__w08_mask_from_ids": "no word has the id 0",
    "lstm_step__w18_dtype_of_the_input": FLOATS,
    "lstm_forward__w11_dtype_of_x": FLOATS,
    "gru_step__w14_dtype_of_the_state": FLOATS,
    "coupled_lstm_step__w16_dtype_of_the_cell": FLOATS,
    "peephole_lstm_step__w18_dtype_of_c_prev": FLOATS,
    "next_probabilities__w15_integer_logits": FLOATS,
    "generate__w07_nothing_forbidden": "the model leaves the ids 0, 1 and 2 no chance",
    "generate__w08_forbidden_after_the_cut": "the model leaves the ids 0, 1 and 2 no chance",
    "generate__w20_special_ids_end_it": "the model leaves the ids 0, 1 and 2 no chance",
    "dot_similarity__w10_result_has_the_type_of_q": FLOATS,
    "dot_similarity__w19_remembers_by_identity": "nobody changes an array between two calls",
    "cosine_similarity__w08_epsilon_in_denominator": "no vector is so short",
    "cosine_similarity__w13_one_root_of_the_product": "no vector is so long",
    "cosine_similarity__w14_same_type_as_q": FLOATS,
    "cosine_similarity__w16_law_of_cosines": "no vector is so much longer than another",
    "softmax__w15_single_precision": SINGLE,
    "attention_weights__w10_scale_after_mask": "the scale is above 0 where there is a mask",
    "attention_weights__w15_single_precision_scale": SINGLE,
    "causal_mask__w16_same_array_again": "nobody writes into a mask",
    "split_heads__w15_float32_tensor_array": SINGLE,
    "split_heads__w20_shape_in_place": SINGLE,
    "merge_heads__w12_grows_from_float32": SINGLE,
    "multi_head_attention__w20_numpy_matrices_scaled": SINGLE,
    "attend_next__w20_query_scaled_in_place": SINGLE,
    "macro_f1__w13_doubled_in_own_dtype": "no count is so large",
    "calibration_error__w01_closed_on_the_right": "no confidence but 1 lies on a border",
    "calibration_error__w13_linspace": "no confidence but 1 lies on a border",
    "band_mask__w17_same_array": "nobody writes into a mask",
    "corrupt__w08_below_or_equal": "no action is 0.8 or 0.9",
    "masked_token_loss__w14_no_gradient_where_none": "no gradient and a gradient of 0 train alike",
    "motif_attention__w11_no_maximum": "no score of log-odds is near 700",
    "motif_attention__w12_one_maximum": "no two scores of log-odds lie 700 apart",
    "greedy__w15_recursive": "no text has thousands of words",
    "greedy__w17_negated_in_place": "each answer of step is another array",
    "saliency__w16_training_argument": "the model takes more than x, too",
}
# Taken for right by who wrote it; Keras takes no bool without its name: it raises wherever it is called.
NOT_RIGHT = {"TransformerBlock__r6_built_before"}

pytestmark = [pytest.mark.filterwarnings("ignore")]
ANSWERED = [(lab, name) for lab, name in EXERCISES if (FOLDER / lab.name / f"{name}.py").exists()]


class TooLongError(BaseException):
    """A check took too long; not an Exception, so that no check takes it for a result."""


@cache
def notebook(lab):
    return {subject.name: subject.names for subject in subjects(find(lab)) if not subject.stand_ins}


@cache
def answers(lab, name):
    """Define the answers to an exercise in the notebook of its solution, up to this exercise."""
    path = FOLDER / lab / f"{name}.py"
    names = dict(notebook(lab)[name])
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), names)  # noqa: S102  (it stands in the folder)
    return {answer: value for answer, value in names.items() if answer.startswith(f"{name}__")}, names["SHOWN"]


def kind(answer):
    return answer.split("__")[1][0]


def found(check, *arguments):
    """Name the hint of a check; nothing when it passes."""

    def ring(*_):
        raise TooLongError

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(SECONDS)
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            check(*arguments)
    except CheckFailed as failure:
        return failure.key
    except TooLongError:
        return "time"
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    return ""


def tried():
    """Each exercise; of those whose check takes long every sixth answer, the others in thorough."""
    rows = []
    for lab, name in ANSWERED:
        slow = lab.starts_tensorflow(name)
        marks = [pytest.mark.slow] if slow else []
        rows.append(pytest.param(lab, name, 6 if slow else 1, id=f"{lab.name}-{name}", marks=marks))
        if slow:
            rows.append(pytest.param(lab, name, 1, id=f"{lab.name}-{name}-all", marks=[*marks, pytest.mark.thorough]))
    return pytest.mark.parametrize(("lab", "name", "every"), rows)


@pytest.mark.parametrize(("lab", "name"), ANSWERED, ids=label)
def test_there_are_twenty_wrong_answers_and_six_right_ones_each_with_what_is_wrong(lab, name):
    written, shown = answers(lab.name, name)
    assert [kind(answer) for answer in written].count("w") == 20
    assert [kind(answer) for answer in written].count("r") == 6
    assert set(shown) == {answer for answer in written if kind(answer) == "w"}


@tried()
def test_a_wrong_answer_earns_nothing(lab, name, every, monkeypatch):
    monkeypatch.setenv("AUTOGRADER_SEED", "11")
    written = [(answer, value) for answer, value in answers(lab.name, name)[0].items() if kind(answer) == "w"]
    passed = [
        answer
        for answer, value in written[::every]
        if answer not in OPEN
        and not found(lab.check(name), value)
        and not found(lab.check(name), value, lab.fresh(name))
    ]
    assert passed == []


@tried()
def test_a_right_answer_is_accepted(lab, name, every, monkeypatch):
    monkeypatch.setenv("AUTOGRADER_SEED", "12")
    written = [(answer, value) for answer, value in answers(lab.name, name)[0].items() if kind(answer) == "r"]
    refused = {
        answer: (found(lab.check(name), value), found(lab.check(name), value, lab.fresh(name)))
        for answer, value in written[::every]
        if answer not in NOT_RIGHT
    }
    assert {answer: keys for answer, keys in refused.items() if any(keys)} == {}


def test_what_is_left_open_is_an_answer():
    known = {answer for lab, name in ANSWERED for answer in answers(lab.name, name)[0]}
    assert (set(OPEN) | NOT_RIGHT) <= known
