#!/usr/bin/env bash
# jupytext==1.19.6, Python 3.11.
#
# In a script of the percent format (`# %%`), jupytext turns commented magics back into magics when it reads the file. It takes many plain
# English comments for such: a line whose first word is the name of a shell command that IPython knows without "%" (copy, cat, ls, cd, mv, rm,
# mkdir, ren ...), and a comment that is one word with a question mark. A cell of a script written by hand, valid Python, thus becomes a
# notebook cell that is none: "# copy the state" is the statement `copy the state`, a SyntaxError when it runs. One would expect
# that a comment without % and ! stays a comment. (Writing such a cell and reading it again is right: the writer adds a second "#".)
# `comment_magics: false` in the file's header helps.
#
# Seen:
#   '# copy the state' -> 'copy the state'; with comment_magics: false '# copy the state'
#   '# cat and dog' -> 'cat and dog'; with comment_magics: false '# cat and dog'
#   '# mkdir is called below' -> 'mkdir is called below'; with comment_magics: false '# mkdir is called below'
#   '# what?' -> 'what?'; with comment_magics: false '# what?'
#   '# what is x?' -> '# what is x?'; with comment_magics: false '# what is x?'
#   '# more of it' -> '# more of it'; with comment_magics: false '# more of it'
#   '# a copy' -> '# a copy'; with comment_magics: false '# a copy'
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check jupytext==1.19.6
cat > "$folder/look.py" <<'PYTHON'
import ast

import jupytext

HEAD = "# ---\n# jupyter:\n#   jupytext:\n#     comment_magics: false\n# ---\n"
for comment in ("# copy the state", "# cat and dog", "# mkdir is called below", "# what?", "# what is x?", "# more of it", "# a copy"):
    script = f"# %%\nx = 1\n{comment}\ny = 2\n"
    ast.parse(script)  # valid Python
    [cell] = jupytext.reads(script, fmt="py:percent").cells
    [other] = jupytext.reads(HEAD + script, fmt="py:percent").cells
    line, kept = cell.source.splitlines()[1], other.source.splitlines()[1]
    print(f"{comment!r} -> {line!r}; with comment_magics: false {kept!r}")
PYTHON
said=$("$folder/venv/bin/python" "$folder/look.py" 2>/dev/null)
echo "$said"
[ "$said" = "'# copy the state' -> 'copy the state'; with comment_magics: false '# copy the state'
'# cat and dog' -> 'cat and dog'; with comment_magics: false '# cat and dog'
'# mkdir is called below' -> 'mkdir is called below'; with comment_magics: false '# mkdir is called below'
'# what?' -> 'what?'; with comment_magics: false '# what?'
'# what is x?' -> '# what is x?'; with comment_magics: false '# what is x?'
'# more of it' -> '# more of it'; with comment_magics: false '# more of it'
'# a copy' -> '# a copy'; with comment_magics: false '# a copy'" ]
