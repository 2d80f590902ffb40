#!/usr/bin/env bash
# jupytext==1.19.6, Python 3.11.
#
# A notebook saved as a script of the percent format: jupytext comments out what is no Python, so that the script runs. Some Python lines are
# commented out with it: those that begin with a variable that is named like a shell command (ls, cat, copy, rm, cp, mv ...), unless
# one of a few signs follows ("=", ".", "," and such). `ls += [1]` and `cat -= 1` are taken for commands, and so is a name on a line of its
# own inside brackets. The script is still valid Python and gives another result than the notebook, without a warning. Issue 339 of jupytext
# reported `cat = x`, which has been right since; read back as a notebook all lines are code again.
#
# Seen:
#   an update: notebook [1, 2], script [1]
#   a difference: notebook 2, script 3
#   the last item: notebook [1, 3], script [1]
#   a continued sum: notebook 4, script SyntaxError
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check jupytext==1.19.6
cat > "$folder/look.py" <<'PYTHON'
import jupytext
from nbformat.v4 import new_code_cell, new_notebook

CELLS = {
    "an update": "ls = [1]\nls += [2]\nresult = ls",
    "a difference": "cat = 3\ncat -= 1\nresult = cat",
    "the last item": "cat = 3\nresult = [\n1,\ncat\n]",
    "a continued sum": "cat = 3\nresult = 1 + \\\ncat",
}
for what, source in CELLS.items():
    script = jupytext.writes(new_notebook(cells=[new_code_cell(source)]), fmt="py:percent")
    outcomes = []
    for code in (source, script):
        names = {}
        try:
            exec(code, names)
            outcomes.append(names["result"])
        except SyntaxError as error:
            outcomes.append(type(error).__name__)
    print(f"{what}: notebook {outcomes[0]}, script {outcomes[1]}")
PYTHON
said=$("$folder/venv/bin/python" "$folder/look.py" 2>/dev/null)
echo "$said"
[ "$said" = "an update: notebook [1, 2], script [1]
a difference: notebook 2, script 3
the last item: notebook [1, 3], script [1]
a continued sum: notebook 4, script SyntaxError" ]
