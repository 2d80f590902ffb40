"""Networks that write tunes character by character: lab 2's LSTM, lab 3's Transformer; drawing tunes; files of weights.

In: tunes as text, or the weights in a file.
Out: networks with the step of their training, bits per character, and new tunes.
"""
