"""How often does luck decide? In how many gradings would the hidden test not tell a misconception from what is right?

`make luck`, or `PYTHONPATH=tests python -m checks.luck`: 200 seeds for each exercise, 20 where a probe runs Keras.
Formulas are called directly, case by case until one tells. What is done is kept in build/luck.json, and gone on from
as long as references and checks stay as they are.
"""

import argparse
import hashlib
import json
import sys
import time

import numpy as np

from autograder.base.files import ROOT
from autograder.references.reference import given_by
from checks.labs_checked import EXERCISES
from labkit.checks import compare

KEPT = ROOT / "build" / "luck.json"
SEEDS, FEWER = 200, 20
SECONDS = 3600


def fingerprint():
    """Tell this state of references and checks from others: what was measured with another one does not count."""
    files = [
        path for folder in ("autograder/references", "labs/labkit/checks") for path in (ROOT / folder).rglob("*.py")
    ]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(files))).hexdigest()


def lucky(reference, seed):
    """Name the formulas that a hidden test of this seed takes for right."""
    rounds = [reference.with_replaced(seed + 1000 * number, frozenset(), first=number == 1) for number in (1, 2)]
    cases = [case for one in rounds for case in one if case.named]
    return [
        key
        for key, formula in reference.wrong.items()
        if all(compare.same(given_by(formula, case.arguments), case.expected) for case in cases)
    ]


def measured(lab, name, count):
    """Count, over so many seeds, how often each formula would be taken for right; those that never are stay out."""
    found = {}
    for seed in range(count):
        for key in lucky(lab.reference.REFERENCES[name], seed):
            found[key] = found.get(key, 0) + 1
    return {"seeds": count, "lucky": found}


def main(arguments=None):
    """Measure every exercise; 0 when no verdict hangs on luck."""
    parser = argparse.ArgumentParser(prog="make luck", description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--fewer", type=int, default=FEWER, help="where a probe runs Keras")
    parser.add_argument("--again", action="store_true", help="forget what was done")
    options = parser.parse_args(arguments)
    KEPT.parent.mkdir(exist_ok=True)
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() and not options.again else {}
    state = fingerprint()
    done = kept["done"] if kept.get("state") == state else {}
    begin = time.monotonic()
    for lab, name in EXERCISES:
        key, count = f"{lab.name} {name}", options.fewer if lab.starts_tensorflow(name) else options.seeds
        if done.get(key, {}).get("seeds", 0) < count:
            if time.monotonic() - begin > SECONDS:
                print("An hour is over; `make luck` goes on from here.")
                return 1
            with np.errstate(all="ignore"):
                done[key] = measured(lab, name, count)
            KEPT.write_text(json.dumps({"state": state, "done": done}, indent=1) + "\n", encoding="utf-8")
        by_luck = ", ".join(f"{formula} {times}" for formula, times in done[key]["lucky"].items()) or "nothing"
        formulas = len(lab.reference.REFERENCES[name].wrong)
        print(f"{key:42} {done[key]['seeds']:4} seeds, {formulas:3} formulas, by luck: {by_luck}")
    print(f"{time.monotonic() - begin:.0f} s")
    return int(any(one["lucky"] for one in done.values()))


if __name__ == "__main__":
    sys.exit(main())
