"""The sample class of each lab: made-up students from perfect to broken, to see the grader at work.

In: the release and the solution of a lab, and what its students wrote instead (<lab>_answers.py).
Out: hand-ins in course/submitted, and whose hand-in still is, byte for byte, what was made here.
"""
