"""The student's end of a call: answers the examiner's requests with what is in a namespace.

It runs beside the student's code, in the sandbox; nothing here can hold out against that code, and nothing needs to:
the examiner's end (autograder/exam/remote.py) takes a reply as bytes that anybody may have made. A reply that never
comes (an endless loop, in a function or in the `__str__` of an exception) is ended by a time limit on the way. This
file is also mounted into the sandbox, beside wire.py and its parts: it imports nothing else of ours at the top.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from autograder.inside import wire

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Target = str | int  # a name in the student's notebook, or the number of an object that a reply has named
Changed = dict[int | str, Any]  # the arguments that a call has changed, by position or keyword
# ("value", the value, ...), ("error", (type name, message), ...), or for a call of a name ("unbound", None, ...) where
# it stands for nothing, and ("no function", None, ...) where it stands for what can't be called.
Result = tuple[str, Any, Changed]


class Answerer:
    """The student's end: answers requests with what is in a namespace, and keeps the objects that can't cross."""

    def __init__(self, namespace: Mapping[str, Any], limits: wire.MessageLimits = wire.DEFAULT) -> None:
        self.namespace, self.limits = namespace, limits
        self._objects: list[Any] = []
        self._numbers: dict[int, int] = {}  # id of an object -> its number, one for each object
        self._operations: dict[str, Callable[..., list[Result]]] = {
            "call": self._call,
            "many": self._many,
            "item": lambda target, key: [self._result(lambda: self._find(target)[key])],
            "attribute": lambda target, name: [self._result(lambda: getattr(self._find(target), name))],
            "value": lambda target: [self._result(lambda: self._find(target))],
        }

    def answer(self, request: bytes) -> bytes:
        """Answer a request; whatever goes wrong is an error in the reply, an interrupt too."""
        nonce = b""
        try:
            nonce, operation, *details = wire.loads(request, self._object, self.limits)
            return self._pack(nonce, self._operations[operation](*details))
        except BaseException as error:  # noqa: BLE001  (the examiner waits for a reply)
            return self._pack(nonce, [self._error(error)])

    def _call(self, target: Target, args: list[Any], kwargs: dict[str, Any]) -> list[Result]:
        if nothing := self._nothing(target):
            return [nothing]
        return [self._result(lambda: self._find(target)(*args, **kwargs), dict(enumerate(args)) | kwargs)]

    def _many(
        self, target: Target, argument_sets: list[list[Any]], probe: str | None, given: dict[str, str] | None
    ) -> list[Result]:
        if nothing := self._nothing(target):
            return [nothing] * len(argument_sets)
        results: list[Result] = []
        for args in argument_sets:
            if results and results[-1][0] == "error" and results[-1][1][0] == KeyboardInterrupt.__name__:
                results.append(results[-1])  # the time is over for all of them
                continue
            results.append(self._result(partial(self._use, target, probe, given, args), dict(enumerate(args))))
        return results

    def _use(self, target: Target, probe: str | None, given: dict[str, str] | None, args: list[Any]) -> Any:
        function = self._find(target)
        if probe is None and given is None:
            return function(*args)
        from labkit.checks import probes  # noqa: PLC0415  (the sandbox may do without, when no check asks for it)

        found = probes.named(probe) if probe else None
        if given is not None:
            return probes.call_given(function, given, *args, probe=found)
        return found(function, *args) if found else function(*args)

    def _nothing(self, target: Target) -> Result | None:
        """Say that a name stands for nothing that can be called, where that is so."""
        if isinstance(target, int) or callable(self.namespace.get(target)):
            return None
        return "no function" if target in self.namespace else "unbound", None, {}

    def _result(self, make: Callable[[], Any], arguments: Mapping[int | str, Any] | None = None) -> Result:
        own = arguments or {}
        before = {key: self._picture(value) for key, value in own.items()}
        try:
            result: Result = "value", make(), {}
        except BaseException as error:  # noqa: BLE001  (whatever a student's code raises is a result)
            result = self._error(error)
        return *result[:2], {key: value for key, value in own.items() if self._picture(value) != before[key]}

    def _picture(self, value: Any) -> bytes:
        try:
            return wire.dumps(value, self._keep, self.limits)
        except wire.WireError:
            return b""

    def _error(self, error: BaseException) -> Result:
        try:
            message = str.__str__(str(error))
        except BaseException:  # noqa: BLE001  (an exception of the student's own, whose text raises)
            message = ""
        return "error", (wire.type_name(error, self.limits), message[: self.limits.message]), {}

    def _pack(self, nonce: bytes, results: list[Result]) -> bytes:
        """Write the reply; a result that can't cross becomes an error and leaves the others as they are."""
        try:
            return wire.dumps((nonce, results), self._keep, self.limits)
        except wire.WireError:
            pass
        alone = [self._crossing(result) for result in results]
        try:
            return wire.dumps((nonce, alone), self._keep, self.limits)
        except wire.WireError as error:  # each of them can cross, but not all at once
            return wire.dumps((nonce, [self._error(error)] * len(results)), self._keep, self.limits)

    def _crossing(self, result: Result) -> Result:
        try:
            wire.dumps(result, self._keep, self.limits)
        except wire.WireError as error:
            return self._error(error)
        return result

    def _keep(self, value: Any) -> int:
        number = self._numbers.setdefault(id(value), len(self._objects))
        if number == len(self._objects):
            self._objects.append(value)
        return number

    def _object(self, number: int, _type_name: str, _callable: bool) -> Any:
        return self._find(number)

    def _find(self, target: Target) -> Any:
        if isinstance(target, int):
            return self._objects[target]
        if target not in self.namespace:
            raise NameError(f"name {target!r} is not defined")
        return self.namespace[target]
