"""Reads submission_metadata.yml, in which Gradescope says whose each folder of its export is."""

from __future__ import annotations

from typing import Any

import yaml  # type: ignore[import-untyped]

from autograder.base.errors import UserFacingError


def read(data: bytes) -> dict[Any, Any]:
    """Read it as plain data. Raises UserFacingError when it is not what Gradescope writes."""
    try:
        told = yaml.load(data, Loader=_Plain)  # noqa: S506  (a safe loader)
    except (yaml.YAMLError, ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise UserFacingError("submission_metadata.yml can't be read: export the submissions from Gradescope again.")
    return told


class _Plain(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Reads YAML as data, also where Ruby has put its own types in."""


def _untagged(loader: Any, _: str, node: Any) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)


_Plain.add_multi_constructor("!", _untagged)
