"""What attention does (lab 3): words as vectors, positions, where heads look, and what a sequence costs.

In: a student's own functions or their results, and a music Transformer with its tunes.
Out: small tables of vectors to try with, measurements, and pictures.
"""
