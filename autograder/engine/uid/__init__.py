"""Level `uid`, seen from the grader: another user where there are no namespaces; inside/users.py is the child's side.

In: what a sandbox would mount. Out: a folder that others may read with copies of it (kit.py), one submission at a time.
"""
