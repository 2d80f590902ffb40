"""What a check tries: arguments, the expected result, and what each known misconception would give instead."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from labkit.base import editions


@dataclass(frozen=True)
class Raises:
    """Stands for a result that is an exception of this type."""

    type_name: str


@dataclass(frozen=True)
class Some:
    """Stands for a large array of which the public table keeps some numbers: its shape and dtype, where, and which.

    at: positions in the array, flattened
    """

    shape: tuple[int, ...]
    dtype: str
    at: tuple[int, ...]
    values: np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class AnyOrder:
    """Stands for an array (n,) whose numbers may stand in any order."""

    values: np.ndarray[Any, np.dtype[Any]]


# A hidden test calls a function with some arguments of an earlier call: the label of these cases.
AGAIN = "one argument as in an earlier call, the others new"

LARGEST, KEPT = 160, 32  # numbers of a result that the table keeps whole, and of a larger one


def some(array: np.ndarray[Any, np.dtype[Any]]) -> Some:
    """Keep some numbers of a large array, always the same ones: the first and last, and others in between."""
    at = np.unique(np.linspace(0, array.size - 1, KEPT).astype(int))
    return Some(array.shape, str(array.dtype), tuple(at.tolist()), array.ravel()[at])


@dataclass(frozen=True)
class More:
    """What else is asked about a case, beside its result: how the function does in a graph, under a tape, once more.

    arguments: for the probe of the exercise's other ways, before those of the case, by name, in order
    expected:  way -> the number or numbers that come of it; a way is named as its hint is
    """

    arguments: Mapping[str, Any]
    expected: Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    """One call of a student's function and what is known about its result.

    arguments: positional arguments, by name, in order
    expected:  the right result (arrays, scalars, lists, tuples, dicts)
    wrong:     misconception -> the result it gives on these arguments; "key/variant" is another way to the same hint
    given:     a name the function may call -> the scripted fake that takes its place (see `probes.named`)
    label:     what is special about this case, for the message ("logits of +-1000")
    more:      what else is asked, once the result is right
    apart:     its result is compared only in the other ways (`more`): calling the function once more would take long
    named:     whether `wrong` says what each misconception gives; the public table does not, where results are large
    matters:   names of arrays among the arguments: with `another` in place of one, another result is right
    """

    arguments: Mapping[str, Any]
    expected: Any
    wrong: Mapping[str, Any] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)
    label: str = ""
    more: More | None = None
    named: bool = True
    apart: bool = False
    matters: tuple[str, ...] = ()


def another(array: np.ndarray[Any, np.dtype[Any]]) -> np.ndarray[Any, np.dtype[Any]]:
    """Return another array of this shape and dtype: other numbers, in another order."""
    return np.asarray(array[..., ::-1] * np.asarray(0.5, array.dtype) + np.asarray(0.25, array.dtype))


def encode(value: Any, digits: int = 12) -> Any:  # noqa: PLR0911  (one line a type)
    """Turn a value into plain JSON; arrays keep dtype and shape. Floats keep so many significant digits."""
    if isinstance(value, np.ndarray):
        # float32 numbers as short as they can be told apart: 0.1, not 0.100000001490
        short = value.astype(str).astype(float) if value.dtype == np.float32 else value
        flat = [encode(item, digits) for item in short.ravel().tolist()]
        return {"array": flat, "shape": list(value.shape), "dtype": str(value.dtype)}
    if isinstance(value, np.generic):
        return encode(np.asarray(value), digits)
    if isinstance(value, Raises):
        return {"raises": value.type_name}
    if isinstance(value, AnyOrder):
        return {"any_order": encode(value.values, digits)}
    if isinstance(value, tuple):
        return {"tuple": [encode(item, digits) for item in value]}
    if isinstance(value, Mapping):
        return {"dict": [[key, encode(item, digits)] for key, item in value.items()]}
    if isinstance(value, list):
        return [encode(item, digits) for item in value]
    if isinstance(value, float):
        return float(f"{value:.{digits}g}")
    if value is None or isinstance(value, str | int | bool):
        return value
    raise TypeError(f"A case can't hold a {type(value).__name__}.")


def large(value: Any) -> bool:
    """Say whether a result holds an array of which the table keeps only some numbers."""
    if isinstance(value, Mapping | list | tuple):
        return any(map(large, value.values() if isinstance(value, Mapping) else value))
    return isinstance(value, Some) or (isinstance(value, np.ndarray) and value.size > LARGEST)


def size(value: Any) -> int:
    """Count the numbers and characters that a value is made of."""
    if isinstance(value, Mapping | list | tuple):
        return sum(map(size, value.values() if isinstance(value, Mapping) else value))
    return value.size if isinstance(value, np.ndarray) else len(value) if isinstance(value, str) else 1


def encode_result(value: Any) -> Any:
    """Turn a result into plain JSON, of its large arrays some numbers."""
    if isinstance(value, np.ndarray) and value.size > LARGEST:
        value = some(value)
    if isinstance(value, Some):
        return {
            "some": list(value.at),
            "shape": list(value.shape),
            "dtype": value.dtype,
            "values": encode(value.values),
        }
    if isinstance(value, tuple):
        return {"tuple": [encode_result(item) for item in value]}
    if isinstance(value, Mapping):
        return {"dict": [[key, encode_result(item)] for key, item in value.items()]}
    if isinstance(value, list) and any(isinstance(item, np.ndarray | Some) for item in value):
        return [encode_result(item) for item in value]
    return encode(value)


def decode(value: Any) -> Any:  # noqa: PLR0911  (one line a kind)
    """Undo `encode`."""
    if isinstance(value, list):
        return [decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "array" in value:
        return np.array(value["array"], dtype=value["dtype"]).reshape(value["shape"])
    if "some" in value:
        return Some(tuple(value["shape"]), value["dtype"], tuple(value["some"]), decode(value["values"]))
    if "raises" in value:
        return Raises(value["raises"])
    if "any_order" in value:
        return AnyOrder(decode(value["any_order"]))
    if "tuple" in value:
        return tuple(decode(item) for item in value["tuple"])
    return {key: decode(item) for key, item in value["dict"]}


def dumps(exercises: Mapping[str, list[Case]]) -> str:
    """Write the cases of a lab's exercises as JSON, one case a line, the same bytes for the same cases."""
    lines = []
    for name, cases in exercises.items():
        rows = [
            json.dumps(
                {
                    "arguments": encode(case.arguments),
                    "expected": None if case.apart else encode_result(case.expected),
                    "wrong": None if not case.named or large(case.expected) else encode(case.wrong, 5),
                    "given": dict(case.given),
                    "label": case.label,
                    **({"apart": True} if case.apart else {}),
                    **({"matters": list(case.matters)} if case.matters else {}),
                    **({"more": [encode(case.more.arguments), encode(case.more.expected)]} if case.more else {}),
                },
            )
            for case in cases
        ]
        lines.append(f"{json.dumps(name)}: [\n" + ",\n".join(rows) + "\n]")
    return "{\n" + ",\n".join(lines) + "\n}\n"


@cache
def kept(lab: str, edition: int) -> dict[str, Any]:
    """Read what is kept of an earlier edition of a lab: "cases" as JSON has them, and "stubs" (see `begun.stubs`)."""
    data = files("labkit.checks").joinpath(lab, f"edition_{edition}.json.gz").read_bytes()
    found: dict[str, Any] = json.loads(gzip.decompress(data))
    return found


def public(lab: str) -> dict[str, list[Case]]:
    """Read the public cases of a lab, in the edition of the notebook here: exercise -> cases."""
    return _public(lab, editions.earlier(lab))


@cache
def _public(lab: str, earlier: int) -> dict[str, list[Case]]:
    if earlier:
        table = kept(lab, earlier)["cases"]
    else:
        table = json.loads(files("labkit.checks").joinpath(lab, "cases.json").read_text(encoding="utf-8"))
    return {
        name: [
            Case(
                arguments=decode(row["arguments"]),
                expected=decode(row["expected"]),
                wrong={} if row["wrong"] is None else decode(row["wrong"]),
                given=row["given"],
                label=row["label"],
                more=More(*map(decode, row["more"])) if "more" in row else None,
                named=row["wrong"] is not None,
                apart=row.get("apart", False),
                matters=tuple(row.get("matters", ())),
            )
            for row in rows
        ]
        for name, rows in table.items()
    }
