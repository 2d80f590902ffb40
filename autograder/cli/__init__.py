"""The `autograder` command: reads arguments, calls what does the work, prints what came of it."""

from autograder.cli.main import app

__all__ = ["app"]
