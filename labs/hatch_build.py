"""Puts the files of data/ that labkit reads into its wheel and its sdist (hatchling build hook)."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# Folders of data/ that labkit reads at run time.
PACKAGED = ("lab1", "lab2", "lab3", "lab4")


class DataHook(BuildHookInterface):  # type: ignore[type-arg]
    """Takes data/<folder> from the checkout; a build from an sdist finds the copy already inside labkit."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add each packaged folder to the build as labkit/_data/<folder>; an editable install reads the checkout."""
        checkout = Path(self.root).parent / "data"
        if version == "editable":
            return
        for folder in PACKAGED:
            inside = Path(self.root) / "labkit" / "_data" / folder
            if not inside.is_dir():
                build_data["force_include"][str(checkout / folder)] = f"labkit/_data/{folder}"
