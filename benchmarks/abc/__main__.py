"""Writes the table of docs/abc.md: `python -m benchmarks.abc` (see there for what must be installed)."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.abc import readers, rows

DOCS = Path(__file__).parents[2] / "docs" / "abc.md"
BEGIN, END = "<!-- the table begins; `python -m benchmarks.abc` writes it -->", "<!-- the table ends -->"


def answer(program: str, row: rows.Row) -> str:
    """Return what a program gives for a row."""
    try:
        return rows.LOOKS[row.look](readers.READERS[program](row.text)) or "nothing"
    except readers.NoAnswerError as error:
        return f"*{error}*"
    except Exception as error:  # noqa: BLE001  (what a program does with a tune is what is asked)
        return f"*raises {type(error).__name__}*"


def table() -> list[str]:
    """Return the rows of the table; an answer that differs from the standard's, where it says one, stands in bold."""
    found = readers.versions()
    programs = [name for name in readers.READERS if name != "ours"]
    lines = [
        "| tune | looked at | ABC 2.1 | ours | " + " | ".join(f"{name} {found[name]}" for name in programs) + " |",
        "|---|---|---|---|" + "---|" * len(programs),
    ]
    for name, row in rows.ROWS.items():
        ours = answer("ours", row)
        if ours != row.ours:
            sys.exit(f"{name}: ours gives {ours}, the row says {row.ours}.")
        cells = [answer(program, row) for program in programs]
        shown = [f"**{cell}**" if cell != ours else cell for cell in cells]
        lines.append(f"| {name} | {row.look} | {row.standard} | {ours} | " + " | ".join(shown) + " |")
    return lines


def main() -> None:
    """Refuse other versions than the pinned ones, then write the table into the document."""
    wanted = {
        "abc2midi": readers.ABC2MIDI,
        "abcjs": readers.ABCJS,
        "verovio": readers.VEROVIO,
        "music21": readers.MUSIC21,
    }
    found = readers.versions()
    others = [
        f"{name} {version} (found: {found[name] or 'none'})"
        for name, version in wanted.items()
        if found[name] != version
    ]
    if others and "--any-version" not in sys.argv:
        sys.exit(f"The table wants {', '.join(others)}. Install these, or say --any-version.")
    text = DOCS.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    DOCS.write_text(before + BEGIN + "\n\n" + "\n".join(table()) + "\n\n" + END + after, encoding="utf-8")


if __name__ == "__main__":
    main()
