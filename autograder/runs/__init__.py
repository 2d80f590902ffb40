"""A class graded: its submissions are spread over workers, here or on other machines, and results come back.

In: a course, a lab, the students to grade, and where; a worker gets the bytes of one submission.
Out: each student's result as it comes, what the run took, and whether a recorded grading still stands.
"""
