"""From a lab's source to notebooks, and what is checked before anybody sees them: leaks, stale files, weak checks.

In: solutions/<lab>/<lab>.py, and the oracles in autograder/references.
Out: solution and student notebook, public cases (cases.json), the student repository; complaints; scores of mutants.
"""
