"""What all of labkit uses: the look of its pictures, where its data lies, TensorFlow loaded without its noise.

In: the name of a shipped file, or of a library; nothing of labkit is imported here.
Out: its path, or the library; figures and lines of text in one style.
"""
