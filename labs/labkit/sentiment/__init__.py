"""Tweets and what people felt on reading them: the data of lab 4's first part, and networks that read them.

In: the source archive of a package, fetched on the student's machine; nothing of it ships with the course.
Out: tweets with ratings in three parts, their words as ids, networks from words to two classes, pictures.
"""
