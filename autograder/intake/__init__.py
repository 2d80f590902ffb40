"""From an LMS's archive to attempts: whose each file is, what of it is unpacked, which attempt is the newest.

In: archives or folders as Canvas, Moodle, Blackboard and Gradescope give them; who is in which group.
Out: the newest attempt of each student in course/submitted, every attempt once in course/collected, course/roster.csv.
"""
