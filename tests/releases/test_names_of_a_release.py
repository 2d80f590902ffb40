"""Whatever a published notebook uses of labkit is there, under its name, and takes what the notebook gives it."""

from __future__ import annotations

import importlib
import inspect
import json
from types import ModuleType
from typing import Any

import jedi
import pytest
import release
import uses

import labkit

UNRELEASED = {"blocks", "captions", "digits", "dna", "letters", "motif", "proteins", "scenes", "tweets"}  # for lab 4
UNRELEASED |= {"counting", "gated", "inside", "own", "stages", "writers"}  # for lab 2's second edition
UNRELEASED |= {"silence"}  # for lab 3's

KEPT = {name: json.loads((release.HERE / name / "names.json").read_text(encoding="utf-8")) for name in release.RELEASES}


def used(of: str) -> set[uses.Use]:
    """What all notebooks of a release use, the solutions of its day in them."""
    return {one for lab in release.LABS[of] for one in uses.of(release.solved(of, lab).cells)}


def find(name: str) -> Any:
    """What a notebook gets that writes `from <module> import <attribute>`, or `module.attribute`."""
    module, _, attribute = name.rpartition(".")
    holder: Any = labkit
    for part in module.split(".")[1:]:
        holder = getattr(holder, part, None) or importlib.import_module(f"{holder.__name__}.{part}")
    try:
        return getattr(holder, attribute)
    except AttributeError:
        return importlib.import_module(name)


@pytest.mark.parametrize("of", release.RELEASES)
def test_the_kept_list_of_names_is_what_the_notebooks_use(of: str) -> None:
    assert sorted({one.name for one in used(of)}) == KEPT[of]


@pytest.mark.parametrize(("of", "name"), [(of, name) for of in release.RELEASES for name in KEPT[of]])
def test_a_name_of_a_release_is_there(of: str, name: str) -> None:
    del of
    assert find(name) is not None


@pytest.mark.parametrize("of", release.RELEASES)
def test_every_call_of_a_release_is_taken(of: str) -> None:
    tried = 0
    for one in used(of):
        if one.positional is not None and not isinstance(found := find(one.name), ModuleType):
            inspect.signature(found).bind(*range(one.positional), **dict.fromkeys(one.keywords))
            tried += 1
    assert tried > 100, "calls were found at all"


def test_a_call_that_is_not_taken_is_noticed() -> None:
    with pytest.raises(TypeError):
        inspect.signature(find("labkit.data.flights")).bind(*range(9))
    with pytest.raises(ModuleNotFoundError):
        find("labkit.data.no_such_name")


def test_what_labkit_offers_is_what_notebooks_import_and_nothing_else() -> None:
    released = {name.split(".")[1] for of in release.RELEASES for name in KEPT[of] if name.count(".") == 1}
    names = released | UNRELEASED
    assert set(dir(labkit)) == names | {"checks", "__version__"}
    assert set(labkit.__all__) == names | {"checks"}
    with pytest.raises(AttributeError, match="no attribute 'mei'"):
        labkit.mei  # noqa: B018  (what stands in a package is no name of labkit's)


@pytest.mark.parametrize(("module", "name"), [("score", "show"), ("looking", "gaze"), ("training", "needs")])
def test_types_reach_editors_under_the_public_names(module: str, name: str) -> None:
    script = jedi.Script(f"from labkit import {module}\n{module}.")
    assert name in {one.name for one in script.complete(2, len(module) + 1)}
