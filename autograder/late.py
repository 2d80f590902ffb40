"""The late penalty by the name that it had in nbgrader_config.py until version 1.1: now `autograder.plugins.PerDay`."""

from autograder.plugins import PerDay

__all__ = ["PerDay"]
