"""The `autograder` command: main.py has the verbs around labs and grading, course.py those around handing in and out.

exchange.py has the watch over nbgrader's exchange.

In: what is typed in a terminal.
Out: calls of autograder/commands and autograder/author, and what is printed: progress, tables, an error's sentence.
"""

from autograder.cli.main import app

__all__ = ["app"]
