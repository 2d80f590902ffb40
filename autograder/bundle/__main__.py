"""What `run_autograder` runs."""

import sys
from pathlib import Path

from autograder.bundle.grading import DEFAULT, main

if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT))
