"""What goes wrong, in one sentence for a person."""

from __future__ import annotations


class LabError(Exception):
    """Something in a lab's source that its author must mend; the message is one sentence that says what and where."""


class UnreadableError(Exception):
    """A file that is no notebook; the message is a sentence for the student that says what to do."""
