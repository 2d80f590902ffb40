#!/usr/bin/env bash
# papermill==2.7.0, Python 3.11.
#
# `papermill --help-notebook` and inspect_notebook list the parameters of a notebook with type, default and the comment behind. They read
# the cell line by line with a pattern, not as Python. So a "#" inside a string ends the default, and the rest is the help; an "=" inside
# makes the parameter vanish, and so does a second statement on the line; and an assignment inside a string that spans lines is a parameter
# that does not exist. One would expect for valid Python what Python's own parser sees. (Setting the parameters is not affected.)
#
# Seen:
#   'rate = 0.1  # of learning': [('rate', '0.1', 'of learning')]
#   "key = 'F#min'  # of the tune": [('key', "'F", "min'  # of the tune")]
#   "query = 'a=1'": []
#   'low = 1; high = 2': []
#   "prompt = '''\nK = G\n'''": [('prompt', "'''", ''), ('K', "G'''", '')]
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
kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
for source in (
    "rate = 0.1  # of learning",
    "key = 'F#min'  # of the tune",
    "query = 'a=1'",
    "low = 1; high = 2",
    "prompt = '''\nK = G\n'''",
):
    cell = new_code_cell(source, metadata={"tags": ["parameters"]})
    nbformat.write(new_notebook(cells=[cell], metadata={"kernelspec": kernel}), "in.ipynb")
    found = papermill.inspect_notebook("in.ipynb")
    print(f"{source!r}: {[(one['name'], one['default'], one['help']) for one in found.values()]}")
PYTHON
said=$("$folder/venv/bin/python" "$folder/look.py" 2>/dev/null)
echo "$said"
[ "$said" = "'rate = 0.1  # of learning': [('rate', '0.1', 'of learning')]
\"key = 'F#min'  # of the tune\": [('key', \"'F\", \"min'  # of the tune\")]
\"query = 'a=1'\": []
'low = 1; high = 2': []
\"prompt = '''\\nK = G\\n'''\": [('prompt', \"'''\", ''), ('K', \"G'''\", '')]" ]
