#!/usr/bin/env bash
# papermill==2.7.0, Python 3.11.
#
# papermill writes the parameters that it is given into a cell of the notebook. A tuple is no list for it, and what it does not know it
# writes as a string, without a warning: the shape (2, 3) is "(2, 3)" in the notebook, six characters long, also inside a list or a dict.
# The whole numbers that are the keys of a dict become strings, too, while those of a list stay numbers. One would expect Python's own
# literals in a Python notebook, or an error (as for a set or a NumPy number, which papermill cannot write into the metadata).
#
# Seen:
#   {'shape': [2, 3], 'sizes': [[2, 3], [4, 5]], 'names': ['bad', 'good']}: [2, 3] 2 [[2, 3], [4, 5]] ['bad', 'good']
#   {'shape': (2, 3), 'sizes': [(2, 3), (4, 5)], 'names': {0: 'bad', 1: 'good'}}: '(2, 3)' 6 ['(2, 3)', '(4, 5)'] {'0': 'bad', '1': 'good'}
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check papermill==2.7.0 ipykernel==7.4.0
cat > "$folder/look.py" <<'PYTHON'
import logging
import os

import nbformat
import papermill
from nbformat.v4 import new_code_cell, new_notebook

logging.disable(logging.CRITICAL)
os.chdir(os.path.dirname(__file__))
begin = new_code_cell("shape = sizes = names = None", metadata={"tags": ["parameters"]})
cells = [begin, new_code_cell("print(repr(shape), len(shape), repr(sizes), repr(names))")]
kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), "in.ipynb")
for parameters in (
    {"shape": [2, 3], "sizes": [[2, 3], [4, 5]], "names": ["bad", "good"]},
    {"shape": (2, 3), "sizes": [(2, 3), (4, 5)], "names": {0: "bad", 1: "good"}},
):
    ran = papermill.execute_notebook("in.ipynb", "out.ipynb", parameters=parameters, kernel_name="python3", progress_bar=False)
    print(f"{parameters}: {ran.cells[-1].outputs[0].text.strip()}")
PYTHON
said=$("$folder/venv/bin/python" "$folder/look.py" 2>/dev/null)
echo "$said"
[ "$said" = "{'shape': [2, 3], 'sizes': [[2, 3], [4, 5]], 'names': ['bad', 'good']}: [2, 3] 2 [[2, 3], [4, 5]] ['bad', 'good']
{'shape': (2, 3), 'sizes': [(2, 3), (4, 5)], 'names': {0: 'bad', 1: 'good'}}: '(2, 3)' 6 ['(2, 3)', '(4, 5)'] {'0': 'bad', '1': 'good'}" ]
