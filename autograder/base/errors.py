"""What goes wrong, in one sentence for a person."""

from __future__ import annotations


class UserFacingError(Exception):
    """What a person can mend: the message is one sentence for them that says what is wrong, where, and what to do."""


class UnreadableError(Exception):
    """A file that is no notebook; the message is a sentence for the student that says what to do."""
