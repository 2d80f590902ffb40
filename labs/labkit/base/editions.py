"""Which edition of a lab a notebook is. A notebook of edition 2 or later says it; one that says nothing is edition 1.

A check asks what that edition's docstrings promise: the public cases of an earlier edition stand beside those of the
newest, and are never changed.
"""

from __future__ import annotations

import sys

NEWEST = {"lab1_rnn": 2, "lab2_music": 2, "lab3_attention": 2, "lab4_beyond": 2}
# A lab that came later began with the edition that the course had then: there is no earlier one.
FIRST = {"lab4_beyond": 2}
_said: dict[str, int] = {}


class EditionError(Exception):
    """A notebook is of an edition that this labkit does not know. Jupyter shows the sentence alone."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def say(lab: str, edition: int) -> None:
    """Say which edition the notebook here is. Raises EditionError for one that there is not."""
    first, newest = FIRST.get(lab, 1), NEWEST.get(lab, 1)
    if not first <= edition <= newest:
        raise EditionError(
            f"This notebook is edition {edition} of {lab}; the labkit installed here knows editions {first} to "
            f"{newest}. Run the install line above with --upgrade, and restart the kernel."
        )
    _said[lab] = edition


def of(lab: str) -> int:
    """Return the edition of the notebook here, the first where it says none; outside of a notebook it is the newest."""
    if lab in _said:
        return _said[lab]
    shell = sys.modules.get("IPython.core.getipython")
    in_a_notebook = shell is not None and shell.get_ipython() is not None
    return (FIRST if in_a_notebook else NEWEST).get(lab, 1)


def earlier(lab: str) -> int:
    """Return the edition of the notebook here where there is a newer one; else 0."""
    edition = of(lab)
    return edition if edition < NEWEST.get(lab, 1) else 0
