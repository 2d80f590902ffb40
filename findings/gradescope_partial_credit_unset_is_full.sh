#!/usr/bin/env bash
# gradescope-utils==0.5.0, Python 3.11.
#
# @partial_credit(10) is for a test that sets its own score with set_score. A test that returns before it gets there (an early return, a loop
# that found nothing to score) has set nothing: it is reported as passed, with all 10 points. One would expect 0, or an error, since
# the score is what such a test is for. And a test that has set a score and then fails an assertion keeps it: 6 of 10, beside a
# plain test that fails and has 0.
#
# Seen:
#   test_1_returns_early: passed, 10 of 10
#   test_2_loop_over_nothing: passed, 10 of 10
#   test_3_scores_then_fails: failed, 6 of 10
#   test_4_plain_fails: failed, 0 of 10
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check gradescope-utils==0.5.0
cat > "$folder/look.py" <<'PYTHON'
import io
import json
import unittest

from gradescope_utils.autograder_utils.decorators import partial_credit, weight
from gradescope_utils.autograder_utils.json_test_runner import JSONTestRunner

ANSWERS = []  # what the student's function returned: nothing


class Checks(unittest.TestCase):
    @partial_credit(10)
    def test_1_returns_early(self, set_score=None):
        if not ANSWERS:
            return
        set_score(len(ANSWERS))

    @partial_credit(10)
    def test_2_loop_over_nothing(self, set_score=None):
        for number, _ in enumerate(ANSWERS, 1):
            set_score(number)

    @partial_credit(10)
    def test_3_scores_then_fails(self, set_score=None):
        set_score(6)
        self.fail("not all of it")

    @weight(10)
    def test_4_plain_fails(self):
        self.fail("not all of it")


said = io.StringIO()
JSONTestRunner(visibility="visible", stream=said).run(unittest.defaultTestLoader.loadTestsFromTestCase(Checks))
for test in json.loads(said.getvalue())["tests"]:
    print(f"{test['name'].split()[0]}: {test['status']}, {test['score']:g} of {test['max_score']}")
PYTHON
said=$("$folder/venv/bin/python" "$folder/look.py" 2>/dev/null)
echo "$said"
[ "$said" = "test_1_returns_early: passed, 10 of 10
test_2_loop_over_nothing: passed, 10 of 10
test_3_scores_then_fails: failed, 6 of 10
test_4_plain_fails: failed, 0 of 10" ]
