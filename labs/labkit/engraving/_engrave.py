"""The engraver's own process: reads MEI documents as a JSON list on stdin, writes an SVG for each, as a line of JSON.

It is a program, started by `engraving`: verovio is compiled code, and what goes wrong in it ends the whole process.
"""

from __future__ import annotations

import json
import sys

MEMORY = 3 * 2**30
OPTIONS = {
    "inputFrom": "mei",
    "pageWidth": 2100,
    "pageHeight": 60000,
    "pageMarginTop": 30,
    "pageMarginBottom": 30,
    "pageMarginLeft": 30,
    "pageMarginRight": 30,
    "adjustPageHeight": True,
    "scale": 40,
    "header": "none",
    "footer": "none",
    "breaks": "auto",
    "spacingSystem": 6,
    "svgViewBox": True,
    "xmlIdSeed": 1,
}


def main() -> None:
    """Engrave what stdin holds."""
    _limit()
    import verovio

    for document in json.load(sys.stdin):
        toolkit = verovio.toolkit()
        toolkit.setOptions(OPTIONS)
        svg = toolkit.renderToSVG(1) if toolkit.loadData(document) else ""
        sys.stdout.write(json.dumps(svg) + "\n")
        sys.stdout.flush()


def _limit() -> None:
    """Bound the memory, where the system can."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    except (ImportError, ValueError, OSError):
        return


if __name__ == "__main__":
    main()
