"""All hostile cases by name, in order of their topics."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from hostile import (
    beyond,
    beyond_habits,
    damage,
    deaths,
    errors,
    floods,
    forgery,
    honest,
    honest_habits,
    kernel,
    loops,
    objects,
    pages,
    planted,
    reach,
    trespass,
    values,
)

if TYPE_CHECKING:
    from hostile.case import Case

TOPICS = (
    *(honest, honest_habits),
    *(forgery, planted, kernel, deaths),
    *(values, errors),
    *(reach, trespass),
    *(loops, floods),
    *(damage, pages),
    objects,
    *(beyond, beyond_habits),
)

CASES: dict[str, Case] = {case.name: case for case in chain.from_iterable(topic.CASES for topic in TOPICS)}
