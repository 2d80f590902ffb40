"""One submission examined: the student's cells run in a kernel, and each check in a process apart from it.

In: the bytes of a submission, its lab, how it is to be graded (seed, limits), and an engine to run it on.
Out: one verdict for each graded cell, and the executed notebook; nothing is recorded here.
"""
