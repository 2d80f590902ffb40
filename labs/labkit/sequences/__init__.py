"""Letters: English, proteins and DNA, one network that reads the first two, attention that finds motifs in the third.

In: the shipped letters (data/lab4), or sequences of the student's own.
Out: ids and one-hot arrays, the network that is GPT or BERT, what it writes and fills in, the motif, pictures of both.
"""
