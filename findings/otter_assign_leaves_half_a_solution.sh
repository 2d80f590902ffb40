#!/usr/bin/env bash
# otter-grader==7.0.0, Python 3.11.
#
# `otter assign` writes the students' notebook: of a line that ends with "# SOLUTION" it keeps what stands before the "=", and "..." comes after
# it. When the left side is an item (a[...] = ...) and the right side has an item, too, the pattern reads on to the last "=" that follows a "]"
# or a name behind a comma: a keyword argument or a comparison. The students' line then has most of the solution, and
# often is no Python any more (a bracket stays open). Without brackets on the left the line is right. One would expect `h[t] = ...`.
#
# Seen:
#   h[t] = x[t] + h[t - 1]  ->  h[t] = ...
#   h[t] = cell(x[t], state=h[t - 1])  ->  h[t] = cell(x[t], state= ...
#   means['a'] = np.mean(table['a'], axis=0)  ->  means['a'] = np.mean(table['a'], axis= ...
#   mask[i] = ids[i] == words[i]  ->  mask[i] = ids[i] = ...
#   state = cell(x[t], state=h[t - 1])  ->  state = ...
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check otter-grader==7.0.0 ipykernel==7.4.0
cat > "$folder/look.py" <<'PYTHON'
import os
import subprocess
import sys

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

LINES = [
    "h[t] = x[t] + h[t - 1]  # SOLUTION",
    "h[t] = cell(x[t], state=h[t - 1])  # SOLUTION",
    "means['a'] = np.mean(table['a'], axis=0)  # SOLUTION",
    "mask[i] = ids[i] == words[i]  # SOLUTION",
    "state = cell(x[t], state=h[t - 1])  # SOLUTION",
]
os.chdir(os.path.dirname(__file__))
cells = [new_raw_cell("# ASSIGNMENT CONFIG\nrun_tests: false\ncheck_all_cell: false\ninit_cell: false\nexport_cell: false")]
cells += [new_raw_cell("# BEGIN QUESTION\nname: q1\npoints: 1"), new_markdown_cell("A question."), new_raw_cell("# BEGIN SOLUTION")]
cells += [new_code_cell("\n".join(LINES)), new_raw_cell("# END SOLUTION"), new_raw_cell("# END QUESTION")]
kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), "lab.ipynb")
subprocess.run([os.path.join(os.path.dirname(sys.executable), "otter"), "assign", "lab.ipynb", "out"], check=True, capture_output=True)
student = nbformat.read("out/student/lab.ipynb", as_version=4)
[answer] = [cell.source for cell in student.cells if cell.cell_type == "code" and "h[t]" in cell.source]
for given, left in zip(LINES, answer.splitlines(), strict=True):
    print(f"{given.removesuffix('  # SOLUTION')}  ->  {left}")
PYTHON
said=$("$folder/venv/bin/python" "$folder/look.py" 2>/dev/null)
echo "$said"
[ "$said" = "h[t] = x[t] + h[t - 1]  ->  h[t] = ...
h[t] = cell(x[t], state=h[t - 1])  ->  h[t] = cell(x[t], state= ...
means['a'] = np.mean(table['a'], axis=0)  ->  means['a'] = np.mean(table['a'], axis= ...
mask[i] = ids[i] == words[i]  ->  mask[i] = ids[i] = ...
state = cell(x[t], state=h[t - 1])  ->  state = ..." ]
