"""The one writer and reader of grades: nbgrader's gradebook with tables of ours, on SQLite or PostgreSQL.

In: what grading a submission found; it is written in one transaction, and marks that a person gave stay.
Out: what is recorded about each student, with the scores as they stand now, late penalty and marks by hand included.
"""
