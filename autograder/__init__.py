"""The instructor's pipeline: builds the labs, grades what students hand in, reports."""

import sys

# jsonschema, which reads notebooks, would import a grammar of international web addresses: a second for every process
# of ours, and no notebook holds one. Where it is not to be had, jsonschema does without.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
