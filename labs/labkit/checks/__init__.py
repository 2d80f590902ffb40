"""The checks under the exercises, and their hints: what every lab shares stands here, a lab's own in its folder.

In: a student's function, and cases: the public ones of <lab>/cases.json, or those that a hidden test draws.
Out: one line when it passes, else CheckFailed with a hint in three lines (<lab>/*.toml), never the code.
"""
