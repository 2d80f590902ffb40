"""The Transformer's block, lab 2's LSTM, lab 3's music Transformer; texts drawn and looked for; files of weights.

In: ids or pieces of anything, or the weights in a file.
Out: networks with the step of their training, bits per character, new tunes, beam search, the block that all share.
"""
