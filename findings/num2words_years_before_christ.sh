#!/usr/bin/env bash
# num2words==0.5.14, Python 3.11.
#
# num2words(-44, to="year") is "forty-four BC" in English. In German, Dutch and Danish the year is split into hundreds with a floor division
# before the sign is looked at: -44 = -1 x 100 + 56, read as "minus one hundred fifty-six". Year -1 becomes minus one hundred ninety-nine.
# French and Spanish have "minus forty-four". One would expect 44 in all of them. The German year 100 is
# "einshundert", which is no German word (cardinal: "einhundert").
#
# Seen:
#   en: -44 forty-four BC; -1 one BC
#   fr: -44 moins quarante-quatre; -1 moins un
#   es: -44 menos cuarenta y cuatro; -1 menos uno
#   de: -44 minuseinshundertsechsundfünfzig; -1 minuseinshundertneunundneunzig
#   nl: -44 min één honderd zesenvijftig; -1 min één honderd negenennegentig
#   da: -44 minus et hundrede seksoghalvtreds; -1 minus et hundrede nioghalvfems
#   de: 100 einshundert, as a number einhundert
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check num2words==0.5.14
cat > "$folder/look.py" <<'PYTHON'
from num2words import num2words

for language in ("en", "fr", "es", "de", "nl", "da"):
    print(f"{language}: -44 {num2words(-44, lang=language, to='year')}; -1 {num2words(-1, lang=language, to='year')}")
print(f"de: 100 {num2words(100, lang='de', to='year')}, as a number {num2words(100, lang='de')}")
PYTHON
said=$("$folder/venv/bin/python" "$folder/look.py" 2>/dev/null)
echo "$said"
[ "$said" = "en: -44 forty-four BC; -1 one BC
fr: -44 moins quarante-quatre; -1 moins un
es: -44 menos cuarenta y cuatro; -1 menos uno
de: -44 minuseinshundertsechsundfünfzig; -1 minuseinshundertneunundneunzig
nl: -44 min één honderd zesenvijftig; -1 min één honderd negenennegentig
da: -44 minus et hundrede seksoghalvtreds; -1 minus et hundrede nioghalvfems
de: 100 einshundert, as a number einhundert" ]
