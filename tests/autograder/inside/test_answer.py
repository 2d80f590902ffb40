"""A call crosses to the student's side and comes back: values, errors, changed arguments, objects that stay there."""

import collections.abc
import contextlib
import copy
import functools
import operator
import pickle
import signal
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.base.files import ROOT
from autograder.exam.remote import CandidateError, Handle, Remote, StudentError
from autograder.inside.answer import Answerer
from autograder.inside.wire import MessageLimits, WireError, dumps, loads
from labkit.checks import calls

NOTEBOOK = """
import numpy as np

calls = []
learning_rate = 0.5

def add(a, b=1):
    return a + b

def count(*args, **kwargs):
    calls.append((args, kwargs))
    return len(args), kwargs

def raise_it(error):
    raise error

class Model:
    units = 4
    def __init__(self, units=None):
        self.units = units or self.units
        self.layers = ["embedding", "rnn"]
    def __getitem__(self, key):
        return self.layers[key]
    def step(self, x, scale=1):
        return x * self.units * scale
    def itself(self):
        return self
    @property
    def weights(self):
        raise ValueError("build the model first")

def endless():
    while True:
        yield 1
"""


@pytest.fixture
def namespace():
    names = {}
    exec(NOTEBOOK, names)  # noqa: S102  (stands above)
    return names


@pytest.fixture
def remote(namespace):
    return Remote(Answerer(namespace).answer)


def define(remote, namespace, source):
    """Run a cell on the student's side; give a stand-in for the last name that it binds."""
    exec(source, namespace)  # noqa: S102  (written in this file)
    return remote.name(list(namespace)[-1])


# Calls


def test_a_call_gives_what_the_function_gives(remote):
    assert remote.name("add")(2) == 3
    assert remote.name("add")(2, b=5) == 7
    np.testing.assert_array_equal(remote.name("add")(np.arange(3), b=np.ones((2, 1))), np.arange(3) + np.ones((2, 1)))
    assert remote.name("count")([1], {}, None, key=(1,)) == (3, {"key": (1,)})


def test_a_name_gives_its_value(remote):
    assert remote.value("learning_rate") == 0.5
    assert isinstance(remote.value("add"), Handle)


def test_a_name_that_is_not_bound_is_a_name_error(remote):
    for call in (lambda absent: absent(1), lambda absent: absent.call_many([{"x": 1}, {"x": 2}])):
        with pytest.raises(NameError, match="name 'absent' is not defined") as caught:
            call(remote.name("absent"))
        assert not isinstance(caught.value, StudentError)
        assert caught.value.name == "absent"
    with pytest.raises(StudentError):
        remote.value("absent")


def test_a_name_error_of_the_students_own_is_a_result(remote, namespace):
    absent = define(remote, namespace, "def mine(x):\n    return absent")
    with pytest.raises(StudentError):
        absent(1)
    assert absent.call_many([{"x": 1}])[0].error == ("NameError", "name 'absent' is not defined")


def test_a_name_that_is_no_function_is_told_from_one_that_raises(remote):
    for call in (lambda rate: rate(1), lambda rate: rate.call_many([{"x": 1}])):
        with pytest.raises(calls.NoFunctionError):
            call(remote.name("learning_rate"))


def test_an_object_stays_there_and_gives_calls_items_and_attributes(remote):
    model = remote.name("Model")(3)
    assert model.units == 3
    assert model.step(np.ones(2), scale=2).tolist() == [6, 6]
    assert model[1] == "rnn"
    with pytest.raises(TypeError, match="list indices"):
        model["rnn"]
    assert model.itself().itself().layers == ["embedding", "rnn"]
    assert remote.name("Model").units == 4


def test_an_object_passed_as_an_argument_is_the_object_itself(remote, namespace):
    same = define(remote, namespace, "def same(one, many): return all(one is other for other in many['all'])")
    model = remote.name("Model")()
    assert same(model, {"all": [model, model.itself()]}) is True
    assert same(remote.name("add"), {"all": [remote.value("add")]}) is True


def test_an_object_of_ours_does_not_cross(remote, namespace):
    other = Remote(Answerer(namespace).answer).name("Model")()
    for thing in (lambda: 1, object(), other, [other], {"a": {1}}):
        with pytest.raises(WireError, match="can't be passed") as refusal:
            remote.name("add")(thing)
        assert not isinstance(refusal.value, CandidateError)  # it is the author's mistake


def test_what_cannot_come_back_is_an_error_of_the_call(remote, namespace):
    circle = define(remote, namespace, "def circle():\n    x = []\n    x.append(x)\n    return x")
    with pytest.raises(StudentError, match="holds itself"):
        circle()
    large = define(remote, namespace, "def large(): return np.broadcast_to(0.0, (10**5, 10**5))")
    with pytest.raises(StudentError, match="larger than"):
        large()


def test_nothing_is_ever_evaluated_or_unpickled(remote, namespace):
    data = pickle.dumps([1])  # whoever unpickled it would give a list
    assert remote.name("add")(data, b"") == data
    assert isinstance(remote.name("add")("__import__('os')", ""), str)


# Errors


@pytest.mark.parametrize(
    ("error", "base"),
    [
        ("ValueError('no')", ValueError),
        ("KeyError('word')", KeyError),
        ("TypeError('x', 1)", TypeError),
        ("NotImplementedError('Exercise 2.1: rnn_step')", NotImplementedError),
        ("AssertionError('the check passed')", StudentError),
        ("StopIteration(3)", StudentError),
        ("UnicodeDecodeError('utf-8', b'a', 0, 1, 'bad')", StudentError),
        ("SystemExit(3)", StudentError),
        ("KeyboardInterrupt()", StudentError),
        ("GeneratorExit()", StudentError),
        ("MemoryError()", StudentError),
        ("type('Own', (BaseException,), {})('mine')", StudentError),
        ("type('a b', (Exception,), {})('mine')", StudentError),
    ],
)
def test_an_exception_keeps_the_name_of_its_type_and_its_text(remote, namespace, error, base):
    fail = define(remote, namespace, f"def fail():\n    raise {error}")
    truth = eval(error)  # noqa: S307  (stands above)
    with pytest.raises(base) as caught:
        fail()
    assert isinstance(caught.value, StudentError)
    assert type(caught.value).__name__ == caught.value.type_name == type(truth).__name__
    assert str(caught.value) == str(truth)
    assert not isinstance(caught.value, AssertionError | StopIteration | SystemExit | KeyboardInterrupt)


RUDE = {
    "text that raises": "def __str__(self): raise ValueError",
    "text that interrupts": "def __str__(self): raise KeyboardInterrupt",
    "text that exits": "def __str__(self): raise SystemExit",
    "text that is no text": "def __str__(self): return 5",
    "text without end": "def __str__(self): return str(self)",
    "a repr that raises": "args = property(lambda self: 1 / 0)\n    def __repr__(self): raise ValueError",
    "a class that lies": "__class__ = dict",
    "attributes that raise": "def __getattribute__(self, name): raise KeyboardInterrupt",
}


@pytest.mark.parametrize("body", RUDE.values(), ids=RUDE)
def test_an_exception_of_any_manners_is_survived(remote, namespace, body):
    fail = define(remote, namespace, f"class Rude(Exception):\n    {body}\ndef fail():\n    raise Rude")
    with pytest.raises(StudentError) as caught:
        fail()
    assert type(caught.value).__name__ == "Rude"
    assert str(caught.value) == ""
    assert remote.name("add")(1) == 2


def test_the_text_of_an_exception_is_a_bounded_plain_text(remote, namespace):
    long = define(remote, namespace, "def fail(): raise type('E' * 10**6, (Exception,), {})('x' * 10**7)")
    with pytest.raises(StudentError) as caught:
        long()
    assert len(str(caught.value)) == 10_000
    assert len(type(caught.value).__name__) == 100
    odd = define(
        remote,
        namespace,
        "class Text(str):\n    __len__ = __getitem__ = __str__ = lambda self, *_: 5\n"
        "class Fail(Exception):\n    def __str__(self): return Text('text')\n"
        "Fail.__name__ = Text('Lie')\n"
        "def fail2(): raise Fail",
    )
    with pytest.raises(StudentError, match=r"^text$") as caught:
        odd()
    assert type(caught.value).__name__ == "Lie"


@pytest.mark.parametrize("name", ["a\0b", "\ud800", "", "__class__", "StudentError", "type", "exec"])
def test_a_name_of_a_type_that_is_none_does_no_harm(name):
    reply = scripted(("error", (name, "text"), {}))
    with pytest.raises(StudentError, match="text") as caught:
        reply.name("f")()
    assert caught.value.type_name == name


def test_an_attribute_that_is_not_there_is_an_attribute_error(remote):
    model = remote.name("Model")()
    assert not hasattr(model, "nothing")
    assert getattr(model, "nothing", 5) == 5
    with pytest.raises(ValueError, match="build the model first"):
        _ = model.weights
    with pytest.raises(IndexError):
        model[7]


def test_an_interrupt_is_an_error_and_the_other_calls_are_not_begun(remote, namespace):
    slow = define(remote, namespace, "def slow(x):\n    calls.append(x)\n    if x == 2: raise KeyboardInterrupt")
    outcomes = slow.call_many([{"x": number} for number in (1, 2, 3, 4)])
    assert [outcome.error and outcome.error[0] for outcome in outcomes] == [None, *["KeyboardInterrupt"] * 3]
    assert namespace["calls"] == [1, 2]


@pytest.fixture
def interruptible():
    """Handle interrupts as a kernel does, also where the tests were started in the background, which ignores them."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_a_signal_ends_an_endless_call_and_leaves_the_rest_as_it_was(remote, namespace):
    """What a time limit does first. The signal comes from the function itself, so that no clock decides."""
    loop = define(
        remote, namespace, "import signal\ndef loop():\n    signal.raise_signal(signal.SIGINT)\n    while True: pass"
    )
    with pytest.raises(StudentError) as caught:
        loop()
    assert type(caught.value).__name__ == "KeyboardInterrupt"
    assert remote.name("add")(2) == 3


# Changed arguments


def test_a_changed_argument_is_changed_here_too_and_is_the_same_object(remote, namespace):
    change = define(
        remote,
        namespace,
        "def change(a, b, *, c, d):\n"
        "    a += 1\n    b['new'] = [b.pop('old')]\n    b['kept'].append(4)\n    c[0][:] = [9]\n    del c[1]",
    )
    a, kept, inner = np.zeros((2, 2), "f4"), [3], [1, 2]
    b, c, d = {"old": 1, "kept": kept}, [inner, 5], [0]
    change(a, b, c=c, d=d)
    np.testing.assert_array_equal(a, np.ones((2, 2)))
    assert b == {"kept": [3, 4], "new": [1]}
    assert b["kept"] is kept
    assert kept == [3, 4]
    assert c == [[9]]
    assert c[0] is inner
    assert d == [0]


def test_a_part_of_an_array_is_changed_in_place(remote, namespace):
    fill = define(remote, namespace, "def fill(x): x[:] = 1")
    whole = np.zeros((3, 4))
    fill(whole[:, 1])
    assert whole.sum(axis=0).tolist() == [0, 3, 0, 0]
    weights = (np.zeros(2), [np.zeros(2)])
    define(remote, namespace, "def both(w):\n    w[0][:] = 1\n    w[1][0][:] = 2")(weights)
    assert weights[0].tolist() == [1, 1]
    assert weights[1][0].tolist() == [2, 2]


def test_an_argument_is_changed_even_if_the_call_raises(remote, namespace):
    fail = define(remote, namespace, "def fail(x):\n    x.append(1)\n    raise ValueError")
    x = []
    with pytest.raises(ValueError, match=r"^$"):
        fail(x)
    assert x == [1]


def test_a_change_that_cannot_be_copied_back_is_the_candidates_error(remote, namespace):
    reshape = define(remote, namespace, "def reshape(x): x.resize((2, 3), refcheck=False)")
    with pytest.raises(CandidateError, match="changed an argument"):
        reshape(np.zeros(6))
    [outcome] = reshape.call_many([{"x": np.zeros(6)}])
    assert outcome.changed == ("x",)


def test_what_crosses_unchanged_is_not_sent_back(namespace):
    sizes = []

    def send(request):
        sizes.append(len(answerer.answer(request)))
        return answerer.answer(request)

    answerer = Answerer(namespace)
    Remote(send).name("count")(np.zeros(100_000))
    assert sizes[0] < 1000


# Many calls


def test_many_calls_are_one_message(namespace):
    sent = []
    answerer = Answerer(namespace)
    remote = Remote(lambda request: sent.append(request) or answerer.answer(request))
    outcomes = remote.name("add").call_many([{"a": number, "b": 1} for number in range(50)])
    assert [outcome.value for outcome in outcomes] == list(range(1, 51))
    assert len(sent) == 1


def test_a_result_that_cannot_cross_does_not_lose_the_others(remote, namespace):
    odd = define(
        remote,
        namespace,
        "def odd(x):\n    circle = [x]\n    circle.append(circle)\n"
        "    return {0: 'fine', 1: circle, 2: endless(), 3: bytes(17 << 20)}[x]",
    )
    fine, circle, stays, large, absent = odd.call_many([{"x": number} for number in range(5)])
    assert fine.value == "fine"
    assert circle.error == ("WireError", "A value that holds itself can't cross.")
    assert isinstance(stays.value, Handle)
    assert large.error[0] == "WireError"
    assert absent.error == ("KeyError", "4")


def test_results_that_are_too_large_together_are_errors(remote, namespace):
    large = define(remote, namespace, "def large(x): return bytes(10 << 20)")
    outcomes = large.call_many([{"x": 1}, {"x": 2}])
    assert [outcome.error[0] for outcome in outcomes] == ["WireError", "WireError"]


def test_a_probe_that_is_not_there_is_the_authors_error(remote):
    for absent in ("absent", "absent.leaky_step", "cases.absent"):
        with pytest.raises(WireError, match="has no probe") as refusal:
            remote.name("add").call_many([{"a": 1}], probe=absent)
        assert not isinstance(refusal.value, CandidateError)


# Stand-ins


def _in_place(left, right):
    left += right
    return left


def _set_item(handle):
    handle[0] = 1


async def _await(handle):
    return await handle


REFUSED = {
    "bool": bool,
    "not": lambda handle: not handle,
    "==": lambda handle: handle == 1,
    "== itself": lambda handle: handle == handle,  # noqa: PLR0124
    "== reflected": functools.partial(operator.eq, [1]),
    "!=": lambda handle: handle != 1,
    "<": lambda handle: handle < 1,
    ">=": functools.partial(operator.ge, 1.0),
    "len": len,
    "iter": iter,
    "unpacking": lambda handle: [*handle],
    "reversed": reversed,
    "in": lambda handle: 1 in handle,
    "in a list": functools.partial(operator.contains, [1]),
    "sum": sum,
    "+": lambda handle: handle + 1,
    "+ reflected": lambda handle: 1 + handle,
    "list +": functools.partial(operator.add, [1]),
    "*": lambda handle: [1] * handle,
    "**": lambda handle: 2**handle,
    "@": lambda handle: handle @ np.ones(2),
    "ndarray @": lambda handle: np.ones(2) @ handle,
    "ndarray +": lambda handle: np.ones(2) + handle,
    "ndarray ==": lambda handle: np.ones(2) == handle,
    "float64 <": lambda handle: np.float64(1) < handle,
    "-": lambda handle: -handle,
    "~": lambda handle: ~handle,
    "abs": abs,
    "round": round,
    "divmod": lambda handle: divmod(7, handle),
    "|": lambda handle: {} | handle,
    "+=": lambda handle: _in_place(1, handle),
    "list +=": lambda handle: _in_place([], handle),
    "handle +=": lambda handle: _in_place(handle, 1),
    "str": str,
    "format": lambda handle: f"{handle}",
    "%": lambda handle: "%s" % handle,  # noqa: UP031
    "join": lambda handle: ", ".join(["a", handle]),  # noqa: FLY002
    "bytes": bytes,
    "hash": hash,
    "set": lambda handle: {handle},
    "key": {}.get,
    "int": int,
    "float": float,
    "complex": complex,
    "index": lambda handle: [1][handle],
    "range": range,
    "asarray": np.asarray,
    "array of it": lambda handle: np.array([handle, 1.0]),
    "np.sum": np.sum,
    "np.all": np.all,
    "np.shape": np.shape,
    "allclose": lambda handle: np.allclose(handle, 1),
    "assert_equal": lambda handle: np.testing.assert_allclose(handle, 1),
    "maximum": lambda handle: np.maximum(handle, 1),
    "with": lambda handle: contextlib.ExitStack().enter_context(handle),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": pickle.dumps,
    "set an attribute": lambda handle: setattr(handle, "units", 5),
    "set its class": lambda handle: setattr(handle, "__class__", int),
    "delete an attribute": lambda handle: delattr(handle, "units"),
    "set an item": _set_item,
    "memoryview": memoryview,
    "list": list,
    "isinstance of it": lambda handle: isinstance(1, handle),
    "await": lambda handle: _await(handle).send(None),
    "vars": vars,
}


@pytest.mark.parametrize("use", REFUSED.values(), ids=REFUSED)
def test_a_stand_in_raises_on_all_but_call_item_and_attribute(remote, use):
    for stand_in in (remote.name("Model")(), remote.name("endless")(), remote.name("add")):
        with pytest.raises(TypeError):
            use(stand_in)


def test_a_refusal_says_what_a_stand_in_can_do(remote):
    with pytest.raises(TypeError, match="stand-in for the student's Model> can be called, indexed and asked"):
        bool(remote.name("Model")())


@pytest.mark.filterwarnings("ignore:.*ByteString:DeprecationWarning")
def test_a_stand_in_is_nothing_but_a_stand_in(remote):
    model, numbers = remote.name("Model")(), remote.name("endless")()
    abstract = [getattr(collections.abc, name) for name in collections.abc.__all__]
    for stand_in in (model, numbers):
        assert not [kind for kind in abstract if isinstance(stand_in, kind)]
        assert stand_in.__class__ is type(stand_in)
    assert isinstance(model, Handle)
    assert not isinstance(model, int | float | str | list | tuple | dict | np.ndarray)


def test_a_stand_in_can_be_called_if_the_object_can(remote):
    assert callable(remote.name("add"))
    assert callable(remote.name("Model")().step)
    assert not callable(remote.name("Model")())
    assert not callable(remote.name("endless")())


def test_a_stand_in_goes_by_the_name_of_the_objects_type(remote):
    assert type(remote.name("endless")()).__name__ == "generator"
    assert repr(remote.name("endless")()) == "<stand-in for the student's generator>"
    assert repr(remote.name("add")) == "<stand-in for the student's add>"


def test_no_private_attribute_is_asked_for(namespace):
    sent = []
    answerer = Answerer(namespace)
    remote = Remote(lambda request: sent.append(request) or answerer.answer(request))
    model = remote.name("Model")()
    for name in (
        "__dict__",
        "__array__",
        "__array_interface__",
        "__len__",
        "__wrapped__",
        "__iter__",
        "_mask",
        "_repr_html_",
    ):
        with contextlib.suppress(AttributeError):
            getattr(model, name)
    assert len(sent) == 1


# Hostile replies


def scripted(*results):
    """The examiner's end of a candidate that answers every request with these results."""
    return Remote(lambda request: dumps((loads(request, lambda *_: None)[0], list(results)), lambda _: 7))


HOSTILE = {
    "nothing": lambda _, __: b"",
    "no bytes": lambda _, __: "text",
    "None": lambda _, __: None,
    "the request": lambda request, _: request,
    "cut": lambda _, honest: honest[:-1],
    "longer": lambda _, honest: honest + b"\0",
    "twice": lambda _, honest: honest + honest,
    "another number": lambda _, __: dumps((bytes(16), [("value", 3, {})])),
    "a number that is no bytes": lambda _, __: dumps((1, [("value", 3, {})])),
    "a list": lambda request, _: dumps([loads(request)[0], [("value", 3, {})]]),
    "too large": lambda _, __: bytes(17 << 20),
}


@pytest.mark.parametrize("reply", HOSTILE.values(), ids=HOSTILE)
def test_a_reply_that_is_none_is_the_candidates_error(namespace, reply):
    answerer = Answerer(namespace)
    remote = Remote(lambda request: reply(request, answerer.answer(request)))
    add = remote.name("add")
    for use in (lambda: add(2), lambda: add.call_many([{"a": 2}]), lambda: add.units):
        with pytest.raises(CandidateError):
            use()


def test_a_reply_that_comes_again_is_the_candidates_error(namespace):
    answerer, replies = Answerer(namespace), []

    def send(request):
        replies.append(answerer.answer(request))
        return replies[0]

    remote = Remote(send)
    assert remote.name("add")(2) == 3
    with pytest.raises(CandidateError, match="another request"):
        remote.name("add")(2)


@pytest.mark.parametrize(
    "result",
    [
        None,
        (),
        ("value", 1),
        ["value", 1, {}],
        ("other", 1, {}),
        (b"value", 1, {}),
        ("value", 1, []),
        ("error", "ValueError", {}),
        ("error", ("ValueError",), {}),
        ("error", ("ValueError", 5), {}),
        ("error", (b"ValueError", ""), {}),
        ("value", 1, {0: 5}),
        ("value", 1, {9: [5]}),
        ("value", 1, {"key": [5]}),
        ("value", 1, {-1: [5]}),
        ("value", 1, {None: [5]}),
    ],
    ids=repr,
)
def test_a_result_that_is_none_is_the_candidates_error(result):
    with pytest.raises(CandidateError):
        scripted(result).name("f")(np.zeros(2))


@pytest.mark.parametrize("kind", ["unbound", "no function"])
def test_an_object_that_is_said_to_be_no_name_is_the_candidates_error(kind):
    remote = scripted((kind, None, {}))
    with pytest.raises(CandidateError):
        remote.call(3, [1], {})
    with pytest.raises(CandidateError):
        remote.call_many(3, [{"x": 1}])


def test_a_reply_with_too_few_or_too_many_results_is_the_candidates_error():
    for results in ([], [("value", 1, {})] * 3):
        with pytest.raises(CandidateError):
            scripted(*results).name("f").call_many([{"x": 1}, {"x": 2}])


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.builds(object),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.integers(-1, 2) | st.sampled_from(["x", "k"]), inner, max_size=3)
    ),
    max_leaves=8,
)
RESULTS = st.tuples(
    st.sampled_from(["value", "error"]),
    PLAIN | st.tuples(st.text(max_size=8), st.text(max_size=8)),
    st.dictionaries(st.integers(-1, 2) | st.sampled_from(["x", "k"]), PLAIN, max_size=3),
)


@given(st.lists(RESULTS | PLAIN, max_size=2))
@settings(max_examples=500)
def test_any_reply_is_a_result_or_an_error_of_the_student_or_of_the_candidate(results):
    function = scripted(*results).name("f")
    with contextlib.suppress(StudentError, CandidateError):
        function(np.zeros(2), [1, [2], {"k": [3]}], k={"x": 1, "k": (1, [2])})
    with contextlib.suppress(CandidateError):
        [outcome] = function.call_many([{"x": np.zeros(2), "y": [1, [2], {"k": (3,)}]}])
        assert set(outcome.changed) <= {"x", "y"}


def test_thousands_of_types_take_no_memory():
    thing = [type(f"T{number}", (), {})() for number in range(5000)]
    remote = scripted(("value", thing, {}))
    stand_ins = remote.name("f")()
    assert len({type(stand_in) for stand_in in stand_ins}) <= 501


# The student's side holds out as long as it can


def test_a_request_that_is_none_gets_a_reply(namespace):
    answerer = Answerer(namespace)
    for request in (b"", b"\xff" * 40, dumps(5), dumps((b"1", "call")), dumps((b"1", "absent", 1)), None, "text"):
        nonce, results = loads(answerer.answer(request))
        assert type(nonce) is bytes
        assert results[0][0] == "error"


def test_a_number_that_no_object_has_is_an_error(namespace):
    answerer = Answerer(namespace)
    for request in ((b"1", "item", 99, 0), (b"1", "call", 99, [], {}), (b"1", "value", "absent")):
        _, results = loads(answerer.answer(dumps(request)))
        assert results[0][0] == "error"


def test_a_limit_of_ones_own_is_kept(namespace):
    remote = Remote(Answerer(namespace, MessageLimits(items=100)).answer, MessageLimits(items=100))
    assert remote.name("add")([1], [2]) == [1, 2]
    with pytest.raises(WireError, match="more than 100 values"):
        remote.name("add")([1] * 200, [])
    with pytest.raises(StudentError, match="more than 100 values"):
        define(remote, namespace, "def long(): return [1] * 200")()


STUB = """
import sys
sys.path.insert(0, sys.argv[1])
from autograder.inside.answer import Answerer
from autograder.inside.wire import dumps, loads
print(loads(Answerer({"f": abs}).answer(dumps((b"n", "call", "f", [-2], {})))))
ours = ("autograder", "labkit", "tensorflow", "keras")
print(*sorted(name for name in sys.modules if name.partition(".")[0] in ours))
"""


def test_these_files_beside_an_empty_package_are_enough(tmp_path):
    package = tmp_path / "autograder" / "inside"
    package.mkdir(parents=True)
    (package.parent / "__init__.py").touch()
    for name in ("__init__.py", "message.py", "encoder.py", "decoder.py", "wire.py", "answer.py"):
        (package / name).write_bytes((ROOT / "autograder" / "inside" / name).read_bytes())
    done = subprocess.run(
        [sys.executable, "-c", STUB, str(tmp_path)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.splitlines() == [
        "(b'n', [('value', 2, {})])",
        "autograder autograder.inside "
        + " ".join(f"autograder.inside.{name}" for name in ("answer", "decoder", "encoder", "message", "wire")),
    ]
