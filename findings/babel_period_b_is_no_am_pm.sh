#!/usr/bin/env bash
# babel==2.19.0, Python 3.11.
#
# In CLDR's date patterns "a" is AM or PM, "b" is AM, PM, noon or midnight, "B" is the part of the day ("in the morning"). Babel treats "b" as "B" in another
# form: half past nine is "9:30 morning" where the standard has "9:30 AM", and 21:30 is "9:30 night". At noon and midnight sharp it is right. One would
# expect that a clock of the pattern "h:mm b" shows AM and PM but for two minutes a day.
#
# Seen:
#   00:00  a: 12:00 AM  b: 12:00 midnight  B: 12:00 midnight
#   00:30  a: 12:30 AM  b: 12:30 morning  B: 12:30 in the morning
#   09:30  a: 9:30 AM  b: 9:30 morning  B: 9:30 in the morning
#   12:00  a: 12:00 PM  b: 12:00 noon  B: 12:00 noon
#   15:30  a: 3:30 PM  b: 3:30 afternoon  B: 3:30 in the afternoon
#   21:30  a: 9:30 PM  b: 9:30 night  B: 9:30 at night
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check babel==2.19.0
cat > "$folder/look.py" <<'PYTHON'
from datetime import time

from babel.dates import format_time

for hour, minute in ((0, 0), (0, 30), (9, 30), (12, 0), (15, 30), (21, 30)):
    forms = [format_time(time(hour, minute), f"h:mm {sign}", locale="en_US") for sign in "abB"]
    print(f"{hour:02}:{minute:02}  a: {forms[0]}  b: {forms[1]}  B: {forms[2]}")
PYTHON
said=$("$folder/venv/bin/python" "$folder/look.py" 2>/dev/null)
echo "$said"
[ "$said" = "00:00  a: 12:00 AM  b: 12:00 midnight  B: 12:00 midnight
00:30  a: 12:30 AM  b: 12:30 morning  B: 12:30 in the morning
09:30  a: 9:30 AM  b: 9:30 morning  B: 9:30 in the morning
12:00  a: 12:00 PM  b: 12:00 noon  B: 12:00 noon
15:30  a: 3:30 PM  b: 3:30 afternoon  B: 3:30 in the afternoon
21:30  a: 9:30 PM  b: 9:30 night  B: 9:30 at night" ]
