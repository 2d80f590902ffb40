"""How often does luck decide? How many hidden tests take a misconception for right, or refuse what is right?

`make luck`, or `PYTHONPATH=tests python -m checks.luck`: 200 seeds for each exercise, 20 where a probe runs Keras.
Formulas are called directly, case by case until one tells. Right answers, all that the tests know, are checked as in
grading; beside those that are refused stands the largest part of a tolerance that one has used. What is done is kept in
build/luck.json, and gone on from as long as references, checks and right answers stay as they are.
"""

import argparse
import hashlib
import json
import os
import sys
import time

import numpy as np

from autograder.base.files import ROOT
from autograder.base.seed import SEED_VARIABLE
from autograder.references.reference import given_by
from checks import margins
from checks.labs_checked import EXERCISES
from labkit.checks import compare

KEPT = ROOT / "build" / "luck.json"
SEEDS, FEWER = 200, 20
SECONDS = 3600


def fingerprint():
    """Tell this state of references and checks from others: what was measured with another one does not count."""
    folders = ("autograder/references", "labs/labkit/checks", "tests/checks/alternatives")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(files))).hexdigest()


def lucky(reference, seed):
    """Name the formulas that a hidden test of this seed takes for right."""
    numbers = range(1, reference.rounds + 1)
    drawn = [reference.with_replaced(seed + 1000 * number, frozenset(), first=number == 1) for number in numbers]
    cases = [case for one in drawn for case in one if case.named]
    return [
        key
        for key, formula in reference.wrong.items()
        if all(compare.same(given_by(formula, case.arguments), case.expected) for case in cases)
    ]


def unlucky(lab, name, seed):
    """Check each right answer with the hidden test of this seed.

    Returns those that are refused, and the largest part of a tolerance that one used.
    """
    os.environ[SEED_VARIABLE] = str(seed)
    cases, refused, largest = lab.reference.fresh(name), [], 0.0
    for answer, function in lab.alternatives.ALTERNATIVES.items():
        if answer.partition("__")[0] == name:
            used, said = margins.nearest(lab.check(name), function, cases)
            largest = max(largest, used)
            refused += [answer] if said else []
    return refused, largest


def measured(lab, name, count):
    """Count, over so many seeds, how often each formula would be taken for right, and each right answer refused.

    Those that never are stay out. nearest: the largest part of a tolerance that a right answer used
    """
    found, refused, nearest = {}, {}, 0.0
    for seed in range(count):
        for key in lucky(lab.reference.REFERENCES[name], seed):
            found[key] = found.get(key, 0) + 1
        wrong, used = unlucky(lab, name, seed)
        nearest = max(nearest, used)
        for answer in wrong:
            refused[answer] = refused.get(answer, 0) + 1
    return {"seeds": count, "lucky": found, "refused": refused, "nearest": nearest}


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
        print(f"{key:42} {_said(done[key], len(lab.reference.REFERENCES[name].wrong))}", flush=True)
    print(f"{time.monotonic() - begin:.0f} s")
    return int(any(one["lucky"] or one["refused"] for one in done.values()))


def _said(one, formulas):
    by_luck, refused = (
        ", ".join(f"{name} {times}" for name, times in one[part].items()) or "nothing" for part in ("lucky", "refused")
    )
    seeds = f"{one['seeds']:4} seeds, {formulas:3} formulas, by luck: {by_luck}"
    return f"{seeds}; refused: {refused}; used of a tolerance: {one['nearest']:.2g}"


if __name__ == "__main__":
    sys.exit(main())
