"""The examiner's end of a call: stand-ins for what is in the student's process, and nothing but values from there.

The student's end is autograder/inside/answer.py. A reply is bytes that anybody may have made: what is no reply to this
very request raises CandidateError.
"""

from __future__ import annotations

import builtins
import secrets
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from autograder.inside import wire
from labkit.checks import calls

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from autograder.inside.answer import Changed, Result, Target
    from labkit.checks.calls import Outcome


class CandidateError(wire.WireError):
    """The student's process sent a reply that is none; the message is one sentence."""


class StudentError(Exception):
    """What the student's code raised. It goes by the name of its type there, and derives from it where that is safe."""

    type_name = ""

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return self.message


# Those that an author may catch, or Python itself (hasattr, getattr). StopIteration or AssertionError would end a
# loop of the check, or speak with the check's voice.
_CATCHABLE = (
    *("ArithmeticError", "AttributeError", "IndexError", "KeyError", "LookupError", "NameError", "NotImplementedError"),
    *("OverflowError", "RuntimeError", "TypeError", "ValueError", "ZeroDivisionError"),
)


def student_error(type_name: str, message: str) -> StudentError:
    """Make an exception whose type is named like the student's, and whose text is the same."""
    bases = (StudentError, getattr(builtins, type_name)) if type_name in _CATCHABLE else (StudentError,)
    error: StudentError = type(_name_of_class(type_name), bases, {"type_name": type_name})(message)
    return error


def _name_of_class(text: str) -> str:
    """Make a text from outside fit to name a class: Python takes no NUL and no half of a character."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


class Handle:
    """Stands for an object in the student's process: an item, an attribute, a call (if it can be called), no more.

    Everything else raises TypeError. An answer would be about the stand-in and not about the object (bool, ==, hash),
    or the student's word in the examiner's place (len, arithmetic, `__array__`). Only `repr` gives a harmless text:
    debuggers and error messages ask for it, and no check compares it. What is not defined here, Python itself refuses:
    len, iteration, `in` and float, say; if they were, `isinstance(handle, Iterable)` would hold.
    """

    __slots__ = ("_remote", "_target")
    _remote: Remote
    _target: Target

    def __init__(self, remote: Remote, target: Target) -> None:
        object.__setattr__(self, "_remote", remote)
        object.__setattr__(self, "_target", target)

    def __getitem__(self, key: Any) -> Any:
        return self._remote.item(self._target, key)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"{self!r} gives no attribute that starts with an underscore: {name}.")
        return self._remote.attribute(self._target, name)

    def __repr__(self) -> str:
        return f"<stand-in for the student's {type(self).__name__}>"

    __hash__ = None  # type: ignore[assignment]
    __iter__ = None  # there is __getitem__, so Python would try
    __array_ufunc__ = None  # NumPy's arrays leave the operation to the stand-in, which refuses


class CallableHandle(Handle):
    """Stands for an object that can be called."""

    __slots__ = ()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # noqa: D102  (the class says it)
        return self._remote.call(self._target, args, kwargs)

    def call_many(
        self,
        argument_sets: Sequence[Mapping[str, Any]],
        probe: str | None = None,
        given: Mapping[str, str] | None = None,
    ) -> list[Outcome]:
        """Do what `labkit.checks.calls.many` does, in one message.

        probe: a function to call with the object and the arguments, by the name that `labkit.checks.probes.named` takes
        given: fakes to put in the place of functions, as `labkit.checks.probes.call_given` takes them
        """
        return self._remote.call_many(self._target, argument_sets, probe, given)


def _refuse(name: str) -> Callable[..., NoReturn]:
    def refuse(self: Handle, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise TypeError(f"{self!r} can be called, indexed and asked for attributes, but not used in {name}.")

    return refuse


_REFUSED = "bool eq ne lt le gt ge str format bytes array array_function reduce_ex setattr delattr setitem delitem"
_OPERATORS = "add sub mul matmul truediv floordiv mod divmod pow and or xor lshift rshift"
for _name in f"{_REFUSED} neg pos abs invert {_OPERATORS} r{_OPERATORS.replace(' ', ' r')}".split():
    setattr(Handle, f"__{_name}__", _refuse(f"__{_name}__"))


class Remote:
    """The examiner's end: reaches the student's names through `send`, which carries a request and brings the reply."""

    def __init__(self, send: Callable[[bytes], bytes], limits: wire.MessageLimits = wire.DEFAULT) -> None:
        self._send, self.limits = send, limits
        self._classes: dict[tuple[type[Handle], str], Any] = {}

    def name(self, name: str) -> CallableHandle:
        """Give a stand-in for a name of the student's; nothing is sent before it is used."""
        stand_in: CallableHandle = self._class(CallableHandle, name)(self, name)
        return stand_in

    def value(self, name: str) -> Any:
        """Fetch what a name is bound to: a plain value, or a stand-in."""
        return self._one("value", name)

    def item(self, target: Target, key: Any) -> Any:
        """Read an item of an object."""
        return self._one("item", target, key)

    def attribute(self, target: Target, name: str) -> Any:
        """Read an attribute of an object."""
        return self._one("attribute", target, name)

    def call(self, target: Target, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Call an object; lists, dicts and arrays that the call has changed are changed here too.

        Raises NameError for a name that stands for nothing there, and calls.NoFunctionError where it can't be called.
        """
        return self._one("call", target, list(args), dict(kwargs), own=dict(enumerate(args)) | dict(kwargs))

    def call_many(
        self,
        target: Target,
        argument_sets: Sequence[Mapping[str, Any]],
        probe: str | None = None,
        given: Mapping[str, str] | None = None,
    ) -> list[Outcome]:
        """Call an object once for each set of arguments; see `CallableHandle.call_many`."""
        from labkit.checks import probes  # noqa: PLC0415  (see the top)

        if probe is not None:
            try:
                probes.named(probe)
            except LookupError as error:
                raise wire.WireError(str(error)) from error
        values = [list(arguments.values()) for arguments in argument_sets]
        fakes = None if given is None else dict(given)
        results = self._ask(len(values), "many", target, values, probe, fakes)
        return [_outcome(result, arguments) for result, arguments in zip(results, argument_sets, strict=True)]

    def _one(self, operation: str, *details: Any, own: Changed | None = None) -> Any:
        ((kind, value, changed),) = self._ask(1, operation, *details)
        for key, after in changed.items():
            if own is None or key not in own or not _restore(own[key], after):
                raise CandidateError("The student's function changed an argument in a way that can't be copied back.")
        if kind == "error":
            raise student_error(*value)
        return value

    def _ask(self, count: int, operation: str, *details: Any) -> list[Result]:
        nonce = secrets.token_bytes(16)
        request = wire.dumps((nonce, operation, *details), self._number, self.limits)
        try:
            reply = wire.loads(self._send(request), self._handle, self.limits)
        except CandidateError:
            raise
        except wire.WireError as error:
            raise CandidateError(f"The student's process sent a reply that can't be read. {error}") from error
        if type(reply) is not tuple or len(reply) != 2 or type(reply[0]) is not bytes or reply[0] != nonce:
            raise CandidateError("The student's process sent a reply to another request.")
        results = reply[1]
        if type(results) is not list or len(results) != count or not all(map(_is_result, results)):
            raise CandidateError("The student's process sent a reply that holds no result.")
        _called(details[0], {kind for kind, _, _ in results})
        return [(kind, self._bounded(value) if kind == "error" else value, own) for kind, value, own in results]

    def _bounded(self, error: tuple[str, str]) -> tuple[str, str]:
        return error[0][: self.limits.name], error[1][: self.limits.message]

    def _handle(self, number: int, type_name: str, can_be_called: bool) -> Handle:
        stand_in: Handle = self._class(CallableHandle if can_be_called else Handle, type_name)(self, number)
        return stand_in

    def _class(self, base: type[Handle], name: str) -> Any:
        """Make the class of a stand-in; it has the name of the student's class, for words like "is a generator"."""
        if not name.isidentifier() or len(self._classes) >= _MAX_CLASSES:
            name = base.__name__
        if (base, name) not in self._classes:
            self._classes[base, name] = type(name, (base,), {"__slots__": ()})
        return self._classes[base, name]

    def _number(self, value: Any) -> int:
        """Say which of the student's objects an argument is."""
        if not isinstance(value, Handle) or value._remote is not self:  # noqa: SLF001
            name = wire.type_name(value)
            raise wire.WireError(f"A {name} can't be passed to the student's process: it is no plain value.")
        target = value._target  # noqa: SLF001
        return self._number(self.value(target)) if isinstance(target, str) else target


_MAX_CLASSES = 500  # of stand-ins; a class is large


def _is_result(result: Any) -> bool:
    if type(result) is not tuple or len(result) != 3 or type(result[2]) is not dict:
        return False
    kind, value, _ = result
    named = type(value) is tuple and len(value) == 2 and all(type(part) is str for part in value)
    return type(kind) is str and (kind in {"value", "unbound", "no function"} or (kind == "error" and named))


def _called(target: Target, kinds: set[str]) -> None:
    """Raise what a name was found to be that stands for no function."""
    if kinds <= {"value", "error"}:
        return
    if type(target) is not str:
        raise CandidateError("The student's process takes an object of its own for a name.")
    if "unbound" in kinds:
        raise NameError(f"name {target!r} is not defined", name=target)
    raise calls.NoFunctionError(f"{target!r} is no function and no class.")


def _outcome(result: Result, arguments: Mapping[str, Any]) -> Outcome:
    kind, value, changed = result
    if kind == "error":
        return calls.Outcome(error=value)
    unchanged = calls.unchanged  # one rule for what counts as changed, here and in Colab
    own = enumerate(arguments.items())
    names = tuple(name for index, (name, was) in own if index in changed and not unchanged(changed[index], was))
    return calls.Outcome(value=value, changed=names)


def _restore(before: Any, after: Any) -> bool:
    """Give a list, dict or array the contents that it has in the student's process; say whether that could be done."""
    if isinstance(before, np.ndarray) and isinstance(after, np.ndarray):
        fits = before.shape == after.shape and before.dtype == after.dtype and before.flags.writeable
        if fits:
            before[...] = after
        return fits
    if isinstance(before, list) and isinstance(after, list):
        before[:] = [_same_object(before, index, value) for index, value in enumerate(after)]
        return True
    if isinstance(before, dict) and isinstance(after, dict):
        contents = {key: _same_object(before, key, value) for key, value in after.items()}
        before.clear()
        before.update(contents)
        return True
    if isinstance(before, tuple) and isinstance(after, tuple) and len(before) == len(after):
        return all(_restore(*pair) for pair in zip(before, after, strict=True) if isinstance(pair[0], _MUTABLE))
    return False


_MUTABLE = (list, dict, tuple, np.ndarray)


def _same_object(before: Any, key: Any, after: Any) -> Any:
    """Return the object that the examiner already holds there, brought up to date, or else the new one."""
    try:
        old = before[key]
    except LookupError:
        return after
    return old if _restore(old, after) else after
