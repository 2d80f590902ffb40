"""What recurrence does (labs 1 and 2): drawings, plots, the ball behind the wall, the recall task, gates.

In: what a notebook has computed: states, losses, gradients, predictions.
Out: pictures, each with a sentence that says what is to be seen; sequences and flights to train on.
"""
