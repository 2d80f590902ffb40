#!/usr/bin/env bash
# num2words==0.5.14, Python 3.11.
#
# num2words reads a number digit by digit behind the point in most languages ("two point zero five"). The Turkish one reads two digits as
# a number of hundredths: 2.5 is "two comma fifty", 2.25 "two comma twenty-five". It cuts a float off where it should round:
# 2.05 is "ikivirgüldört", two comma four, 2.07 is two comma six, 8.04 eight comma three. One would expect another
# wording in another language, and the same number.
#
# Seen:
#   2.5: ikivirgülelli; two point five
#   2.25: ikivirgülyirmibeş; two point two five
#   2.05: ikivirgüldört; two point zero five
#   2.07: ikivirgülaltı; two point zero seven
#   8.04: sekizvirgülüç; eight point zero four
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check num2words==0.5.14
cat > "$folder/look.py" <<'PYTHON'
from num2words import num2words

for number in (2.5, 2.25, 2.05, 2.07, 8.04):
    print(f"{number}: {num2words(number, lang='tr')}; {num2words(number, lang='en')}")
PYTHON
said=$("$folder/venv/bin/python" "$folder/look.py" 2>/dev/null)
echo "$said"
[ "$said" = "2.5: ikivirgülelli; two point five
2.25: ikivirgülyirmibeş; two point two five
2.05: ikivirgüldört; two point zero five
2.07: ikivirgülaltı; two point zero seven
8.04: sekizvirgülüç; eight point zero four" ]
