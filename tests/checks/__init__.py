"""The tests of the checks: wrong answers and the hint of each, right answers that differ, and mutants."""
