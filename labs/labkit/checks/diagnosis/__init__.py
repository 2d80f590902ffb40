"""Says of a wrong result what can be seen in it, where no known misconception gives these numbers.

In: an exercise, the cases, what a student's function gave for them. Out: the three lines of a hint, or None.
Every first line is an observation and true as it stands; the cause is asked, as in every hint.
"""
