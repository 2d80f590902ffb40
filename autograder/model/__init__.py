"""What all stages speak of, as plain data: a lab, its cells, what is graded of it, a verdict, a grading, a record.

In: a lab's source and its built notebooks; nothing of a student's is run or opened here.
Out: the types that other packages hand to each other, with what they mean in words.
"""
