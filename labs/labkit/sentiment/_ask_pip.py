"""Fetches one source archive as pip would, with pip's own settings, and runs nothing of what is in it.

    python _ask_pip.py vaderSentiment vaderSentiment-3.3.2.tar.gz FOLDER

`pip download` does not do: of a source archive it asks the name and version, by running its setup.py. A process of its
own, since pip is a program and no library: it sets up logging, and other versions have other insides.
"""

from __future__ import annotations

import sys
from pathlib import Path

from pip._internal.commands import create_command


def main(name: str, file: str, folder: Path) -> None:
    """Find the file at the places where pip looks (index, mirrors, folders), and write it into the folder."""
    command = create_command("download")
    options, _ = command.parse_args(["--quiet", "--timeout", "20", "--retries", "1"])
    with command.main_context():
        session = command._build_session(options)  # type: ignore[attr-defined,unused-ignore]  # noqa: SLF001
        finder = command._build_package_finder(options, session)  # type: ignore[attr-defined,unused-ignore]  # noqa: SLF001
        links = [candidate.link for candidate in finder.find_all_candidates(name) if candidate.link.filename == file]
        if not links:
            sys.exit(f"pip finds no {file}.")
        answer = session.get(links[0].url_without_fragment)
        answer.raise_for_status()
        (folder / file).write_bytes(answer.content)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
