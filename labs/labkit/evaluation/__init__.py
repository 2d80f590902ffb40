"""How good and how new tunes are: the validity ladder, musical figures, bits per character, what is copied.

In: tunes as ABC text, whoever wrote them, and real ones to compare with.
Out: figures with their confidence intervals, tables, sentences and pictures; n-gram models as a baseline.
"""
