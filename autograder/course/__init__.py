"""One class on disk: its folders, the rules it grades by, when labs are due; sample/ makes a class to try with.

In: nbgrader_config.py, and the folder course/.
Out: who has handed in, the bytes of a hand-in, the rules (limits, isolation, secret key), the gradebook opened.
"""
