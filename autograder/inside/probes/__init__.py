"""What a submission could try against its sandbox, tried from inside; autograder/engine/measure.py is the outer half.

In: what the grader has laid out to be found (autograder/engine/bait.py). Standard library only.
Out: what a probe found open; nothing means that it passed. Every attempt is harmless where it succeeds, and the tests
let each probe fail.
"""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING

from autograder.inside.probes import limits, reach, rights, scan

if TYPE_CHECKING:
    import socket

    from autograder.inside.probes.attempts import Facts

LENGTH = struct.Struct("!Q")
PROBES = reach.PROBES | rights.PROBES | limits.PROBES


def run(facts: Facts, channel: socket.socket) -> None:
    """Try everything; send what was found open, by probe."""
    found: dict[str, list[str]] = {}
    for name, probe in PROBES.items():
        try:
            found[name] = probe(facts)
        except Exception as error:  # noqa: BLE001 - a probe that breaks has proven nothing
            found[name] = [f"the probe itself failed: {type(error).__name__}: {error}"]
    found |= scan.openings(facts) if facts["shared"] else scan.walk(facts)
    text = json.dumps(found).encode()
    channel.sendall(LENGTH.pack(len(text)) + text)
    channel.recv(1)
