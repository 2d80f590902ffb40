"""The translator of lab 3: dates and numbers in five languages, two networks, where they look, how exact they are.

In: what Babel and num2words write for dates and numbers, and shipped or own weights.
Out: pairs to train on, translations with their attention, exactness, and pictures of both.
"""
