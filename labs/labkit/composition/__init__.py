"""The composer of lab 2: tunes as tokens of whole notes, the place in the bar, rules that keep a tune valid.

In: tunes in the course's way of writing (labkit.notation).
Out: a network that knows where in the bar it is, and new tunes from it, as ABC, with or without the rules.
"""
