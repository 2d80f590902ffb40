"""To and from the services by which students hand in and get their pages back: nbgrader's exchange.

In: a course and a lab; the folder of an exchange; pages that were written for the course.
Out: which hand-ins wait in the exchange, and pages in it that only those find who handed in.
"""
