#!/usr/bin/env bash
# nbgrader==0.9.6, numpy==2.4.6 and 1.26.4, ipykernel==7.4.0, Python 3.11.
#
# A check cell of nbgrader that ends with a number gives partial credit: 1.5 of 4 points. nbgrader reads the number from the text that the
# notebook shows. Since NumPy 2 a NumPy number shows itself as np.float64(1.5), which is no number for nbgrader, and then it gives all points (with
# a warning in the log). So a check that adds up what np.mean or np.sum gives was right with NumPy 1, and with NumPy 2 every submission
# whose check does not raise has full marks, also the one that earned np.float64(0.0). One would expect the same points.
#
# Seen:
#   NumPy 1: 1.5 gives 1.5 of 4
#   NumPy 1: np.sum([1.0, 0.5, 0.0]) gives 1.5 of 4
#   NumPy 1: np.sum([0.0, 0.0, 0.0]) gives 0.0 of 4
#   NumPy 2: 1.5 gives 1.5 of 4
#   NumPy 2: np.sum([1.0, 0.5, 0.0]) gives 4.0 of 4
#   NumPy 2: np.sum([0.0, 0.0, 0.0]) gives 4.0 of 4
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/old"
"$folder/old/bin/pip" install --quiet --disable-pip-version-check nbgrader==0.9.6 numpy==1.26.4 ipykernel==7.4.0
python3 -m venv "$folder/new"
"$folder/new/bin/pip" install --quiet --disable-pip-version-check nbgrader==0.9.6 numpy==2.4.6 ipykernel==7.4.0
cat > "$folder/look.py" <<'PYTHON'
import sys

import nbclient
import numpy as np
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.utils import determine_grade

CHECK = {"grade": True, "solution": False, "locked": True, "task": False, "grade_id": "check", "points": 4, "schema_version": 3}


def points(last):
    cell = new_code_cell(f"import numpy as np\n{last}", metadata={"nbgrader": CHECK})
    nbclient.NotebookClient(new_notebook(cells=[cell]), kernel_name="python3").execute()
    return determine_grade(cell)[0]


for last in ("1.5", "np.sum([1.0, 0.5, 0.0])", "np.sum([0.0, 0.0, 0.0])"):
    print(f"NumPy {np.__version__[0]}: {last} gives {points(last)} of 4")
PYTHON
said=$(for kind in old new; do PATH="$folder/$kind/bin:$PATH" "$folder/$kind/bin/python" "$folder/look.py" 2>/dev/null; done)
echo "$said"
[ "$said" = "NumPy 1: 1.5 gives 1.5 of 4
NumPy 1: np.sum([1.0, 0.5, 0.0]) gives 1.5 of 4
NumPy 1: np.sum([0.0, 0.0, 0.0]) gives 0.0 of 4
NumPy 2: 1.5 gives 1.5 of 4
NumPy 2: np.sum([1.0, 0.5, 0.0]) gives 4.0 of 4
NumPy 2: np.sum([0.0, 0.0, 0.0]) gives 4.0 of 4" ]
