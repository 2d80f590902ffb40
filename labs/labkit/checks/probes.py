"""Finds probes and scripted fakes by their names, and calls a student's function with them.

A probe runs on the student's side: it builds what can't travel as a value (cells, models) and calls it with given
weights. It takes the student's object first, then plain values, and returns plain values. It raises `Unfit` with the
key of a hint when the object can't be used as asked. Probes and fakes belong to a lab, and stand in its modules:
nothing here imports one before its name is asked for.
"""

from __future__ import annotations

import sys
from importlib import import_module
from inspect import isfunction, unwrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

CHECKS = "labkit.checks"  # what a name is below
_made: dict[tuple[Any, ...], Any] = {}
MOST = 100_000  # numbers of a result that a probe looks into; a larger one is left to the check of its shape


class Unfit(Exception):  # noqa: N818  (it is a finding about the student's object, not a fault)
    """The student's object lacks something; the message is the key of a hint."""


def named(name: str) -> Callable[..., Any]:
    """Find a probe or a scripted fake by its name, "module.function", where the module is one below labkit.checks.

    Raises LookupError when there is none.
    """
    module, _, function = name.rpartition(".")
    try:
        found: Callable[..., Any] = getattr(import_module(f"{CHECKS}.{module}"), function)
    except (ImportError, AttributeError) as error:
        raise LookupError(f"{CHECKS} has no probe {name}.") from error
    return found


def name_of(probe: Callable[..., Any]) -> str:
    """Return the name by which `named` finds a probe."""
    return f"{probe.__module__.removeprefix(f'{CHECKS}.')}.{probe.__name__}"


def call_given(
    function: Callable[..., Any],
    given: Mapping[str, str],
    *arguments: Any,
    probe: Callable[..., Any] | None = None,
) -> Any:
    """Call a function, or a probe with it, while scripted fakes take the place of some functions that it calls by name.

    The function may be a class: then it is the methods of its objects that call by name. A name that stood for nothing
    stands for nothing again afterwards. Objects that were made for other calls are not used (see `made_once`).
    """
    names = names_seen(function)
    kept = {name: names[name] for name in given if name in names}
    names.update({name: named(fake) for name, fake in given.items()})
    _made.clear()  # an object may hold on to what it has found when it was made
    try:
        return probe(function, *arguments) if probe else function(*arguments)
    finally:
        _made.clear()
        for name in given:
            names.pop(name, None)
        names.update(kept)


def made_once(owner: Any, sizes: tuple[Any, ...], make: Callable[[], Any]) -> Any:
    """Make an object of Keras for these sizes, or return the one that was made before: half of a check's time is that.

    owner: what the student wrote; the objects of one owner are kept until another one comes
    """
    if _made and next(iter(_made))[0] is not owner:
        _made.clear()
    key = (owner, *sizes)
    if key not in _made:
        _made[key] = make()
    return _made[key]


def forget() -> None:
    """Let go of the objects that were made: a check that is run again begins with new ones."""
    _made.clear()


def assign(variable: Any, value: Any, weights: Sequence[Any]) -> None:
    """Set one of these weights of a Keras layer.

    Raises Unfit("weights_missing") when the variable is none of them, or ("weights_shape") when the value does not fit.
    """
    if variable is None or not any(variable is weight for weight in weights):
        raise Unfit("weights_missing")
    if tuple(variable.shape) != value.shape:
        raise Unfit("weights_shape")
    variable.assign(value)


def names_seen(function: Any) -> dict[str, Any]:
    """Find the names that a function sees; for a class, those that the methods written in it see.

    A decorated function (`functools.wraps`, `tf.function`) sees those of the function in it; what has none of its own
    (an object that can be called) those of the notebook.
    """
    methods = [part for part in vars(function).values() if isfunction(part)] if isinstance(function, type) else []
    inner = methods[0] if methods else function
    inner = unwrap(getattr(inner, "python_function", inner))
    found: dict[str, Any] = getattr(inner, "__globals__", vars(sys.modules["__main__"]))
    return found
