"""What the verbs around a class do, a module for each: collect, grade, due, hand back, export, report, remove, forget.

In: a course (one class on disk), the name of a lab, and the options of the verb.
Out: what the verb leaves in course/ (hand-ins, grades, pages, tables), and an object that says what was done.
"""
