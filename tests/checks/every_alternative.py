"""Grades every right answer of a lab with the packages that run this: python -m checks.every_alternative LAB.

Prints one JSON object: which are refused, and which warn of what is going away (DeprecationWarning, FutureWarning).
"""

import contextlib
import io
import json
import os
import sys
import warnings

SEED = "20260101"


def main(wanted):
    """Run them; return what is printed."""
    os.environ["AUTOGRADER_SEED"] = SEED
    from checks.labs_checked import ALTERNATIVES  # noqa: PLC0415  (reads the environment)

    refused, warned, tried = {}, {}, 0
    for lab, answer in ALTERNATIVES:
        if lab.name != wanted:
            continue
        tried += 1
        exercise, function = answer.partition("__")[0], lab.alternatives.ALTERNATIVES[answer]
        with warnings.catch_warnings(record=True) as heard, contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("always")
            try:
                lab.check(exercise)(function)
                lab.check(exercise)(function, lab.fresh(exercise))
            except Exception as error:  # noqa: BLE001  (whatever it is, a right answer is refused)
                refused[answer] = str(error)
        theirs = [one for one in heard if "site-packages" not in one.filename]
        said = {str(one.message) for one in theirs if issubclass(one.category, DeprecationWarning | FutureWarning)}
        if said:
            warned[answer] = sorted(said)
    return {"tried": tried, "refused": refused, "warned": warned}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
