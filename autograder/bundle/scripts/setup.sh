#!/bin/bash
# Run once by Gradescope, as root, when the image is made: Python, the packages, and nobody else may read the grader.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
SOURCE=${SOURCE:-/autograder/source}
KIT=${KIT:-/opt/kit}

apt-get update
# Without bubblewrap, or where it may not start, students' code runs at level `uid`.
apt-get install -y --no-install-recommends bubblewrap || echo "bubblewrap is not to be had here"
made=
for version in 3.12 3.13 3.11; do
    if apt-get install -y --no-install-recommends "python$version" "python$version-venv"; then
        "python$version" -m venv "$KIT"
        made=$version
        break
    fi
done
if [ -z "$made" ]; then
    echo "Python 3.11, 3.12 or 3.13 is needed: choose a newer base image (Ubuntu 22.04 or 24.04)" >&2
    exit 1
fi
"$KIT/bin/python" -m pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes -r "$SOURCE/requirements.lock"
"$KIT/bin/python" -m compileall -q "$SOURCE/autograder" "$SOURCE/labs/labkit" || true
chmod -R a+rX "$KIT"
# The hidden tests are root's alone.
chmod 700 "$SOURCE"
