"""What a check tries: arguments, the expected result, and what each known misconception would give instead."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Raises:
    """Stands for a result that is an exception of this type."""

    type_name: str


@dataclass(frozen=True)
class Case:
    """One call of a student's function and what is known about its result.

    arguments: positional arguments, by name, in order
    expected:  the right result (arrays, scalars, lists, tuples, dicts)
    wrong:     misconception -> the result it gives on these arguments; "key/variant" is another way to the same hint
    given:     a name the function may call -> the scripted fake that takes its place (see `probes.named`)
    label:     what is special about this case, for the message ("logits of +-1000")
    """

    arguments: Mapping[str, Any]
    expected: Any
    wrong: Mapping[str, Any] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)
    label: str = ""


def encode(value: Any) -> Any:  # noqa: PLR0911  (one line a type)
    """Turn a value into plain JSON; arrays keep dtype and shape. Floats keep 12 significant digits."""
    if isinstance(value, np.ndarray):
        flat = [encode(item) for item in value.ravel().tolist()]
        return {"array": flat, "shape": list(value.shape), "dtype": str(value.dtype)}
    if isinstance(value, np.generic):
        return encode(np.asarray(value))
    if isinstance(value, Raises):
        return {"raises": value.type_name}
    if isinstance(value, tuple):
        return {"tuple": [encode(item) for item in value]}
    if isinstance(value, Mapping):
        return {"dict": [[key, encode(item)] for key, item in value.items()]}
    if isinstance(value, list):
        return [encode(item) for item in value]
    if isinstance(value, float):
        return float(f"{value:.12g}")
    if value is None or isinstance(value, str | int | bool):
        return value
    raise TypeError(f"A case can't hold a {type(value).__name__}.")


def decode(value: Any) -> Any:
    """Undo `encode`."""
    if isinstance(value, list):
        return [decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "array" in value:
        return np.array(value["array"], dtype=value["dtype"]).reshape(value["shape"])
    if "raises" in value:
        return Raises(value["raises"])
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
                    "expected": encode(case.expected),
                    "wrong": encode(case.wrong),
                    "given": dict(case.given),
                    "label": case.label,
                },
            )
            for case in cases
        ]
        lines.append(f"{json.dumps(name)}: [\n" + ",\n".join(rows) + "\n]")
    return "{\n" + ",\n".join(lines) + "\n}\n"


@cache
def public(lab: str) -> dict[str, list[Case]]:
    """Read the public cases of a lab: exercise -> cases."""
    text = files("labkit.checks").joinpath(lab, "cases.json").read_text(encoding="utf-8")
    return {
        name: [
            Case(
                arguments=decode(row["arguments"]),
                expected=decode(row["expected"]),
                wrong=decode(row["wrong"]),
                given=row["given"],
                label=row["label"],
            )
            for row in rows
        ]
        for name, rows in json.loads(text).items()
    }
