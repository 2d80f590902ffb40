"""Every classic wrong answer fails, and earns the hint that names it; so does it against fresh cases."""

import pytest
from mistakes.lab1_rnn import MISTAKES

from autograder.references import lab1_rnn as reference
from labkit.checks import lab1_rnn as checks
from labkit.checks.judge import CheckFailed, NotAttempted

SEEDS = ("1", "20260101", "77")
# These build a Keras cell or model: their first call starts TensorFlow.
KERAS = ("MyRNNCell", "ball_model")
# Hints that do not come from lab1_rnn.toml: every exercise has them.
GENERAL = {"missing", "raises", "type", "shape", "finite", "precision", "value", "changed", "fresh"}
GENERAL |= {"zeros", "constant", "echo", "needs", "not_attempted"}

pytestmark = [
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


def check_of(name):
    return getattr(checks, "my_rnn_cell" if name == "MyRNNCell" else name)


def parameters(mistakes):
    return [
        pytest.param(mistake, id=mistake.label, marks=[pytest.mark.slow] if mistake.exercise in KERAS else [])
        for mistake in mistakes
    ]


@pytest.mark.parametrize("mistake", parameters(one for one in MISTAKES if one.public))
def test_a_mistake_earns_its_hint(mistake):
    with pytest.raises(CheckFailed) as failure:
        check_of(mistake.exercise)(mistake.function)
    assert failure.value.key == mistake.key, str(failure.value)
    exercise = checks.EXERCISES[mistake.exercise]
    title, *lines = str(failure.value).splitlines()
    assert exercise.title in title
    if mistake.key in exercise.hints:
        hint = exercise.hints[mistake.key]
        assert lines == [f"  {line}" for line in (hint.seen, hint.cause, hint.look)]
    else:
        assert mistake.key in GENERAL
        assert len(lines) == (0 if isinstance(failure.value, NotAttempted) else 3)


@pytest.mark.parametrize("mistake", parameters(one for one in MISTAKES if not one.public))
def test_hard_coding_passes_the_public_check_only(mistake, monkeypatch):
    check_of(mistake.exercise)(mistake.function)
    for seed in SEEDS:
        monkeypatch.setenv("AUTOGRADER_SEED", seed)
        with pytest.raises(CheckFailed) as failure:
            check_of(mistake.exercise)(mistake.function, reference.fresh(mistake.exercise))
        assert failure.value.key == "fresh", str(failure.value)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("mistake", parameters(one for one in MISTAKES if one.public))
def test_a_mistake_fails_on_fresh_cases(mistake, seed, monkeypatch):
    monkeypatch.setenv("AUTOGRADER_SEED", seed)
    with pytest.raises(CheckFailed) as failure:
        check_of(mistake.exercise)(mistake.function, reference.fresh(mistake.exercise))
    exercise = checks.EXERCISES[mistake.exercise]
    if mistake.key in exercise.hints or mistake.key in {"missing", "not_attempted", "needs", "changed"}:
        assert failure.value.key == mistake.key, str(failure.value)
    else:
        assert failure.value.key == "fresh", str(failure.value)


@pytest.mark.parametrize("name", checks.EXERCISES)
def test_every_hint_is_earned_by_a_listed_mistake(name):
    earned = {mistake.key for mistake in MISTAKES if mistake.exercise == name}
    assert set(checks.EXERCISES[name].hints) <= earned
    assert {"raises", "not_attempted", "needs", "missing", "fresh"} <= earned


@pytest.mark.parametrize("name", checks.EXERCISES)
def test_every_exercise_lists_its_impostors(name):
    labels = " ".join(mistake.label for mistake in MISTAKES if mistake.exercise == name)
    assert all(
        impostor in labels for impostor in ("zeros", "constant", "echo", "hard_coded" if name not in KERAS else "fresh")
    )


RIGHT = {
    "rnn_step": "def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):\n    return np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)\n",
    "rnn_forward": (
        "def rnn_forward(x, h_0, W_xh, W_hh, b_h, mask=None):\n"
        "    h, states = h_0, []\n"
        "    for t in range(x.shape[1]):\n"
        "        new = rnn_step(x[:, t], h, W_xh, W_hh, b_h)\n"
        "        h = new if mask is None else np.where(mask[:, t, None], new, h)\n"
        "        states.append(h)\n"
        "    return np.stack(states, axis=1)\n"
    ),
    "rnn_backward_step": (
        "def rnn_backward_step(d_h, x_t, h_prev, h_t, W_hh):\n"
        "    d_a = d_h * (1 - h_t**2)\n"
        "    return x_t.T @ d_a, h_prev.T @ d_a, d_a.sum(axis=0), d_a @ W_hh.T\n"
    ),
    "rnn_backward": (
        "def rnn_backward(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):\n"
        "    d = {'W_xh': 0, 'W_hh': 0, 'b_h': 0}\n"
        "    d['W_hy'], d['b_y'] = np.einsum('btu,btv->uv', h, d_logits), d_logits.sum((0, 1))\n"
        "    flow = 0\n"
        "    for t in reversed(range(x.shape[1])):\n"
        "        d_h = d_logits[:, t] @ W_hy.T + flow\n"
        "        before = h[:, t - 1] if t else h_0\n"
        "        d_W_xh, d_W_hh, d_b_h, flow = rnn_backward_step(d_h, x[:, t], before, h[:, t], W_hh)\n"
        "        d = d | {'W_xh': d['W_xh'] + d_W_xh, 'W_hh': d['W_hh'] + d_W_hh, 'b_h': d['b_h'] + d_b_h}\n"
        "    return d | {'h_0': flow}\n"
    ),
}


def notebook(*cells):
    """Run cells of code in one namespace, as a notebook does."""
    names = {}
    for cell in ("import numpy as np", *cells):
        exec(cell, names)  # noqa: S102  (the cells stand above)
    return names


BORROWED = [
    ("rnn_forward", "rnn_step", "2.1", ("+ b_h)", "+ b_h * 2)")),
    ("rnn_forward", "rnn_step", "2.1", ("np.tanh", "np.sin")),
    ("rnn_forward", "rnn_step", "2.1", ("return np.tanh(x_t @ W_xh", "return np.tanh(x_t @ W_xh.T.T.T")),
    ("rnn_backward", "rnn_backward_step", "4.3", ("1 - h_t**2", "1 - h_t")),
    ("rnn_backward", "rnn_backward_step", "4.3", ("d_a @ W_hh.T", "d_a @ W_hh")),
]


@pytest.mark.parametrize(("name", "earlier", "number", "fault"), BORROWED)
def test_a_mistake_of_an_earlier_exercise_is_inherited_not_punished(name, earlier, number, fault, capsys):
    names = notebook(RIGHT[earlier].replace(*fault), RIGHT[name])
    check_of(name)(names[name])
    assert f"passed (inherits {number}" in capsys.readouterr().out
    check_of(name)(names[name], reference.fresh(name))
    with pytest.raises(CheckFailed):
        check_of(earlier)(names[earlier])


@pytest.mark.parametrize(
    ("name", "earlier", "fault", "own_fault"),
    [
        ("rnn_forward", "rnn_step", ("np.tanh", "np.sin"), ("states.append(h)", "states.append(new)")),
        ("rnn_forward", "rnn_step", ("np.tanh", "np.sin"), ("h, states = h_0", "h, states = h_0 * 0")),
        ("rnn_backward", "rnn_backward_step", ("1 - h_t**2", "1 - h_t"), (" + flow", "")),
        ("rnn_backward", "rnn_backward_step", ("1 - h_t**2", "1 - h_t"), ("else h_0", "else h_0 * 0")),
    ],
)
def test_a_mistake_of_its_own_is_not_excused_by_an_earlier_one(name, earlier, fault, own_fault):
    names = notebook(RIGHT[earlier].replace(*fault), RIGHT[name].replace(*own_fault))
    with pytest.raises(CheckFailed):
        check_of(name)(names[name])
    with pytest.raises(CheckFailed):
        check_of(name)(names[name], reference.fresh(name))


@pytest.mark.parametrize(("name", "earlier"), [("rnn_forward", "rnn_step"), ("rnn_backward", "rnn_backward_step")])
def test_the_same_mistake_written_inline_is_its_own(name, earlier):
    inline = RIGHT[name].replace("rnn_step(x[:, t], h, W_xh, W_hh, b_h)", "np.sin(x[:, t] @ W_xh + h @ W_hh + b_h)")
    inline = inline.replace("rnn_backward_step(d_h,", "(lambda d, *rest: rnn_backward_step(d * 2, *rest))(d_h,")
    with pytest.raises(CheckFailed):
        check_of(name)(notebook(RIGHT[earlier], inline)[name])


@pytest.mark.parametrize(
    ("name", "earlier", "number"), [("rnn_forward", "rnn_step", "2.1"), ("rnn_backward", "rnn_backward_step", "4.3")]
)
def test_an_earlier_exercise_still_to_do_is_named(name, earlier, number):
    stub = f'def {earlier}(*arguments):\n    raise NotImplementedError("Exercise {number}: {earlier}")\n'
    with pytest.raises(CheckFailed) as failure:
        check_of(name)(notebook(stub, RIGHT[name])[name])
    assert failure.value.key == "needs"
    assert f"needs Exercise {number}" in str(failure.value)
