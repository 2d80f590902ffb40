"""Pictures in patches: handwritten digits, scenes of digits with a sentence made by rule, networks that read them.

In: the shipped digits.
Out: digits and scenes in two parts, patches of them, a Vision Transformer and a convolutional network to compare with.
"""
