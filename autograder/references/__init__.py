"""What the labs' functions should do: an oracle for each exercise, plain loops, and the formulas of misconceptions.

In: a seed: fixed for the public cases (labkit/checks/<lab>/cases.json), a submission's own in a hidden test.
Out: cases: arguments, the right result, what each misconception would give. Instructor's side only.
"""
