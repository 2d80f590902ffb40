"""What runs elsewhere: a zip that grades one lab on Gradescope, where each submission has a container of its own.

In: a built lab, and a key made from the course's for this lab alone; there, one student's files.
Out: the zip (archive.py), without gradebook, roster, course key or another lab; there, results.json (results.py).
"""
