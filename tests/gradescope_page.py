"""Shows what a student would see of a results.json: python tests/gradescope_page.py RESULTS PAGE."""

from __future__ import annotations

import json
import sys
from html import escape
from pathlib import Path
from typing import Any

STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 0; color: #1b2a33; background: #f4f6f7 }
main { max-width: 46rem; margin: 1.5rem auto; background: #fff; border: 1px solid #d5dde1; padding: 1.2rem 1.6rem }
h1 { font-size: 1.2rem; margin: 0 0 .6rem } .total { float: right; font-weight: 600 }
pre { white-space: pre-wrap; font: 13px/1.4 monospace; background: #f4f6f7; padding: .5rem .7rem; margin: .3rem 0 0 }
section { border-left: 4px solid #9fb0b8; padding: .1rem .8rem; margin: .8rem 0 }
.passed { border-color: #2a8a57 } .failed { border-color: #c0453b } h2 { font-size: 1rem; margin: 0 }
.passed h2 { color: #1c6b41 } .failed h2 { color: #a2352c }
"""


def page(found: dict[str, Any]) -> str:
    """Write the page: tests that are hidden from students are left out, and the total where everything is hidden."""
    rows = [row for row in found["tests"] if row.get("visibility", "visible") == "visible"]
    most = sum(row.get("max_score", 0) for row in found["tests"])
    shown = found.get("visibility", "visible") == "visible"
    total = f"{found['score']:g} / {most:g}" if shown else "- / -"
    body = [f'<h1>Autograder results <span class="total">{total}</span></h1>', f"<pre>{escape(found['output'])}</pre>"]
    for row in rows:
        points = f"{row['score']:g} / {row['max_score']:g}" if "score" in row else ""
        title = f"{escape(row.get('number', ''))}) " if "number" in row else ""
        body.append(
            f'<section class="{row.get("status", "")}"><h2>{title}{escape(row["name"])} '
            f'<span class="total">{points}</span></h2><pre>{escape(row["output"])}</pre></section>'
        )
    return f"<!doctype html><meta charset='utf-8'><style>{STYLE}</style><main>{''.join(body)}</main>"


if __name__ == "__main__":
    results = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    Path(sys.argv[2]).write_text(page(results), encoding="utf-8")
