"""What runs in the sandbox beside students' code: of autograder, this folder is mounted there, and nothing else.

In: requests for children (forkserver.py); the examiner's questions, as bytes (wire.py).
Out: a child shut off from the world that becomes a student's kernel, and its answers, as bytes.
"""

import sys

# As in the package's own `__init__`, which is not mounted: saves a second of each start.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
