"""Loads TensorFlow without its many lines about processor and graphics card, which look like errors in a notebook."""

from __future__ import annotations

import importlib
import os
import sys
import tempfile


def load(name: str) -> None:
    """Import a library and hold back what its compiled parts write to stderr; when the import fails, show it."""
    with tempfile.TemporaryFile() as held:
        stderr = os.dup(2)
        os.dup2(held.fileno(), 2)
        try:
            importlib.import_module(name)
        except BaseException:
            held.seek(0)
            sys.stderr.write(held.read().decode(errors="replace"))
            raise
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
