"""Answers to every exercise by people who had seen its docstring and nothing else: twenty wrong ones, six right ones.

One file for each exercise. `SHOWN` says of each wrong answer what is wrong with it, and for which arguments.
"""
