"""Imported by the examiners' warm process: what every check needs, once for all of a class and not once a submission.

Nothing of it is secret: hidden cases are drawn from a seed, and that comes later, to each examiner.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module

from autograder import references
from labkit import checks
from labkit.checks import cases

LABS = tuple(module.name for module in pkgutil.iter_modules(references.__path__) if module.ispkg)

for _package in (checks, references):
    for _module in pkgutil.walk_packages(_package.__path__, f"{_package.__name__}."):
        import_module(_module.name)
for _lab in LABS:
    cases.public(_lab)
