"""Tunes that a student brings: read from ABC files, cleaned and divided as the course's own are; networks for them.

In: ABC files or folders of them. Out: a collection (`labkit.notation.corpus.Corpus`), with what was left out and why,
and the two networks of lab 2, trained on it.
"""
