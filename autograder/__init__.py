"""The instructor's pipeline: builds the labs, grades what students hand in, reports; a folder for each stage.

In: the labs' sources (solutions/), and the archives in which an LMS gives what students hand in.
Out: notebooks and the student repository; a gradebook, feedback pages and tables in course/.
"""

import sys

# jsonschema, which reads notebooks, would import a grammar of international web addresses: a second for every process
# of ours, and no notebook holds one. Where it is not to be had, jsonschema does without.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
