"""From bytes to a clean notebook: matches each cell of a submission to the release, and mends what editors broke.

In: the bytes of one file (.ipynb, .py, .md), or why it can't be read, and the lab as the grader sees it.
Out: a notebook with the release's checks and given cells in their places, and a receipt of what was done to it.
"""
