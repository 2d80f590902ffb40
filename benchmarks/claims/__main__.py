"""Recomputes every claim of the labs and says which hold: `make claims`; `python -m benchmarks.claims --only NAME`."""

from __future__ import annotations

import argparse
import sys
import time
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from autograder.author import claims
from autograder.model.lab import labs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@cache
def numbers(lab: str, by: str, seeds: tuple[int, ...], grid: str) -> Mapping[str, float]:
    """Compute the numbers of a claim; claims of one function on the same data share them."""
    compute = getattr(import_module(f"benchmarks.claims.{lab}"), by)
    found: Mapping[str, float] = compute(*([seeds] if seeds and not grid else []))
    return found


def failures(lab: str, claim: claims.Claim) -> list[str]:
    """Compute a claim anew and say what does not hold."""
    return claim.failures(numbers(lab, claim.by, claim.seeds, claim.grid))


def main(arguments: Sequence[str] | None = None) -> int:
    """Compute the claims that are asked for; return how many do not hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.claims", description=__doc__)
    parser.add_argument("--lab", default="", help="only this lab's")
    parser.add_argument("--only", default="", help="only this claim, or all that one function computes")
    parser.add_argument("--numbers", action="store_true", help="also print every number that was computed")
    options = parser.parse_args(arguments)
    failed = count = 0
    for lab in labs():
        if options.lab not in ("", lab.name):
            continue
        for problem in claims.problems(lab):
            print(problem)
            failed += 1
        for claim in claims.read(lab).claims:
            if options.only not in ("", claim.name, claim.by):
                continue
            count, began = count + 1, time.monotonic()
            found = failures(lab.name, claim)
            failed += bool(found)
            print(f"{'fails' if found else 'holds'}  {lab.name} {claim.name} ({time.monotonic() - began:.0f} s)")
            for line in found:
                print(f"       {line}")
            if options.numbers:
                shown = numbers(lab.name, claim.by, claim.seeds, claim.grid).items()
                print("       " + ", ".join(f"{name} = {value:.6g}" for name, value in shown))
            sys.stdout.flush()
    print(f"{count} claims, {failed or 'none'} failed.")
    return failed


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
