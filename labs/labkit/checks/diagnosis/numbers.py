"""Says what wrong numbers have to do with the right ones: a sign, a factor, a limit, a function."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from labkit.checks.diagnosis.pairs import Array, Pair, Said, brief, every

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


FEW = 0.01  # a factor as near to 1 is none


def sign(pairs: Sequence[Pair]) -> Said | None:
    """Say that each number has the other sign."""
    if pairs[0].right.dtype.kind != "f" or not every(pairs, lambda pair: pair.like(-pair.right)):
        return None
    return Said(
        "has the other sign everywhere",
        "Is a minus missing, or one too many, or a difference taken the other way round?",
        "Each minus.",
    )


def factor(pairs: Sequence[Pair]) -> Said | None:
    """Say that each array is a multiple of what is right; single numbers by one factor, or by counts."""
    found = [_multiple(pair) for pair in pairs]
    if any(one is None for one in found):
        return None
    factors = [one for one in found if one is not None]
    same = bool(np.allclose(factors, factors[0], rtol=1e-3))
    named = [_count(one) for one in factors]
    single = max(pair.right.size for pair in pairs) == 1
    whole = every(pairs, lambda pair: pair.right.dtype.kind in "iu")
    if sum(pair.right.size for pair in pairs) < 2 or (not same and single and (whole or not all(named))):
        return None
    texts = [name or f"{brief(one)} times" for name, one in zip(named, factors, strict=True)]
    first = [text for pair, text in zip(pairs, texts, strict=True) if pair.case is pairs[0].case]
    if len(set(first)) > 1:
        return Said(
            f"is a multiple of its own of what it should be ({', '.join(first)})",
            "Should there be one factor for all, and is it the right one?",
            "Where the factor is computed: what goes into it, and whether it changes on the way.",
        )
    text = f"is {texts[0]} what it should be, everywhere" + ("" if same else f" (in another case {texts[-1]})")
    if whole and single:
        return Said(
            text,
            "Is something that is to be done once, for all together, done for each by itself?",
            "Each loop, and what is called or counted in it.",
        )
    if not all(named):
        return Said(
            text,
            "By which number is it multiplied or divided, and is that the right one for this call?",
            "Where that number is computed: what goes into it, and what may be left of an earlier call.",
        )
    return Said(
        text,
        "Is a division by a count (rows, steps, a width or its root) missing, or one too many?",
        "Each / and *, each mean in place of a sum, and the number that stands there.",
    )


def _multiple(pair: Pair) -> float | None:
    scale = np.max(np.abs(pair.right), initial=0.0)
    if pair.right.dtype.kind == "b" or scale == 0:
        return None
    at = np.unravel_index(np.argmax(np.abs(pair.right)), pair.right.shape)
    k = float(pair.found[at]) / float(pair.right[at])
    if not math.isfinite(k) or k <= 0 or abs(k - 1) < FEW:
        return None
    close = np.allclose(pair.found, k * pair.right.astype(float), rtol=1e-3, atol=1e-6 * k * scale)
    return k if close else None


def _count(k: float) -> str:
    """Name a factor that is a whole number, a part, or the root of one; "" for others."""
    for one, text in ((k, "{} times"), (1 / k, "1/{} of"), (k * k, "sqrt({}) times"), (1 / (k * k), "1/sqrt({}) of")):
        if 2 <= round(one) <= 10_000 and abs(one - round(one)) < 2e-3 * one:
            return text.format(round(one))
    return ""


def slices(pairs: Sequence[Pair]) -> Said | None:
    """Say that each entry along one axis has a factor of its own."""
    for axis in ("batch", "step"):
        factors = [_factors(pair, axis) for pair in pairs]
        known = [found for found in factors if found is not None]
        if len(known) == len(pairs) and max(map(len, known)) > 1:
            one = {"batch": "row", "step": "step"}[axis]
            shown = ", ".join(brief(factor) for factor in max(known, key=len)[:4])
            return Said(
                f"is right but for a factor that each {one} has for itself ({shown})",
                f"Is something divided by a sum or a count of one {one}, where all of the batch should count together?",
                "The axis of each sum and mean that is divided by.",
            )
    return None


def _factors(pair: Pair, axis: str) -> list[float] | None:
    at = pair.at(axis)
    if at is None or pair.right.dtype.kind != "f" or pair.right.size == pair.right.shape[at]:
        return None
    found = []
    for one, right in zip(np.moveaxis(pair.found, at, 0), np.moveaxis(pair.right, at, 0), strict=True):
        if not np.any(right):
            if np.any(one):
                return None
            continue
        place = np.unravel_index(np.argmax(np.abs(right)), right.shape)
        k = float(one[place]) / float(right[place])
        if not math.isfinite(k) or not np.allclose(one, k * right, rtol=1e-3, atol=1e-6):
            return None
        found.append(k)
    return found


ELEMENTWISE: dict[str, Callable[[Array], Array]] = {
    "tanh of": np.tanh,
    "the exponential of": np.exp,
    "the logarithm of": np.log,
    "the square of": np.square,
    "the root of": np.sqrt,
    "1 minus": lambda right: 1 - right,
    "1 divided by": lambda right: 1 / right,
}


def function(pairs: Sequence[Pair]) -> Said | None:
    """Say that each number is a well-known function of what is right."""
    if not every(pairs, lambda pair: pair.right.dtype.kind == "f") or sum(pair.right.size for pair in pairs) < 2:
        return None
    for name, formula in ELEMENTWISE.items():
        with np.errstate(all="ignore"):
            same = [pair.like(formula(pair.right.astype(float))) for pair in pairs]
        if all(same):
            return Said(
                f"is {name} what it should be, everywhere",
                "Which of two values is returned: the one before the last step, or the one after it?",
                "The last lines, and what each name holds there.",
            )
    return None


def offset(pairs: Sequence[Pair]) -> Said | None:
    """Say that each number is too large, or too small, by one and the same number."""
    if pairs[0].right.dtype.kind == "b" or sum(pair.right.size for pair in pairs) < 3:
        return None
    gaps = np.concatenate([(pair.found.astype(float) - pair.right.astype(float)).ravel() for pair in pairs])
    gap = float(np.median(gaps))
    if abs(gap) < 1e-3 or not np.allclose(gaps, gap, rtol=1e-3, atol=1e-6):
        return None
    return Said(
        f"is too {'large' if gap > 0 else 'small'} by {brief(abs(gap))}, everywhere",
        "Is one term too many, or one missing?",
        "The terms that are the same for every entry.",
    )


def limited(pairs: Sequence[Pair]) -> Said | None:
    """Say that no number goes beyond a limit, where larger ones are right."""
    edges = set()
    wrong = 0
    for pair in pairs:
        if pair.right.dtype.kind != "f":
            return None
        found, right = pair.found[pair.wrong], pair.right[pair.wrong]
        if not np.isfinite(found).all() or np.any(np.abs(found) >= np.abs(right)) or np.any(found * right < 0):
            return None
        wrong += found.size
        edges.update(np.abs(found).round(6).tolist())
        if np.any(np.abs(pair.found) > max(edges) * 1.001):
            return None
    edge = next(iter(edges))
    if len(edges) != 1 or edge == 0 or wrong < 2:
        return None
    return Said(
        f"never goes beyond {brief(edge)}, where larger numbers are right",
        "Is something clipped: np.clip, minimum, maximum?",
        "The line that sets a limit: the docstring has none.",
    )


def argument_added(pairs: Sequence[Pair]) -> Said | None:
    """Say that an argument is added to what is right, or taken off, or multiplied with it."""
    if not every(pairs, lambda pair: pair.right.dtype.kind == "f"):
        return None
    for name in pairs[0].case.arguments:
        for word, formula in WITH_ARGUMENT.items():
            if every(pairs, partial(_with, name=name, formula=formula)):
                return Said(
                    f"is what it should be, {word} {name}",
                    f"Does {name} enter once too often?",
                    f"Every line in which {name} stands, and the docstring: what the result is made of.",
                )
    return None


WITH_ARGUMENT: dict[str, Callable[[Array, Array], Array]] = {
    "plus": lambda right, argument: right + argument,
    "minus": lambda right, argument: right - argument,
    "times": lambda right, argument: right * argument,
}


def _with(pair: Pair, name: str, formula: Callable[[Array, Array], Array]) -> bool:
    argument = pair.case.arguments.get(name)
    if not isinstance(argument, np.ndarray) or argument.dtype.kind != "f" or argument.shape != pair.right.shape:
        return False
    return pair.like(formula(pair.right.astype(float), argument))
