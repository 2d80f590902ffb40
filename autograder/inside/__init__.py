"""What runs in the sandbox beside students' code: these files are mounted there, and no other of this package."""

import sys

# As in the package's own `__init__`, which is not mounted: saves a second of each start.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
