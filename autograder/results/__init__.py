"""What is recorded, in forms for people: a student's page, the class's figures, charts and tasks, tables for an LMS.

In: recorded results and what students wrote, as plain data; no gradebook is opened here.
Out: pages (HTML, text), JSON objects (schemas/), charts (SVG), rows of tables, in which no cell is a formula.
"""
