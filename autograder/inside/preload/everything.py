"""Imported by the students' warm process where it forks for a class: what notebooks of all labs import of labkit."""

from __future__ import annotations

import importlib
import pkgutil
from contextlib import suppress

import labkit

for _module in pkgutil.walk_packages(labkit.__path__, "labkit."):
    with suppress(ImportError):
        importlib.import_module(_module.name)
