"""Processes to grade in: warm ones that have imported TensorFlow once and fork, students' children in a sandbox.

In: the isolation that is asked for, and what each child is to run; what a child may see is said in bubblewrap.py.
Out: children held to their memory, waited for and killed; how well they are isolated, as measured at every start.
"""
