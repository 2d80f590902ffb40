"""What the labs' functions should do: one oracle per exercise, plain loops, and the misconceptions that hints name.

Instructor's side only: nothing here reaches a student. The public cases (labkit/checks/<lab>.json) are computed from
these by `make labs`; hidden tests draw fresh ones.
"""
