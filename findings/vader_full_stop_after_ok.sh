#!/usr/bin/env bash
# vaderSentiment==3.3.2, Python 3.11.
#
# VADER strips punctuation from its words, but gives a word back unstripped when two letters or fewer would be left (so that ":)" stays). So
# words of two letters that its lexicon knows count only where no comma or full stop touches them: "ok." is not "ok", "No, thanks" is
# not "No thanks", and "so, good" has no booster. One would expect that a full stop changes nothing, as with every longer word; here it
# turns a negative answer into a positive one.
#
# Seen:
#   'The food is good' +0.4404, 'The food is good.' +0.4404
#   'The food is ok' +0.2960, 'The food is ok.' +0.0000
#   'No thanks' -0.3412, 'No, thanks' +0.4404
#   'This is no fun' -0.4023, 'Is this fun? No.' +0.5106
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check vaderSentiment==3.3.2
cat > "$folder/look.py" <<'PYTHON'
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

analyzer = SentimentIntensityAnalyzer()
for bare, marked in (
    ("The food is good", "The food is good."),
    ("The food is ok", "The food is ok."),
    ("No thanks", "No, thanks"),
    ("This is no fun", "Is this fun? No."),
):
    first, second = (analyzer.polarity_scores(text)["compound"] for text in (bare, marked))
    print(f"{bare!r} {first:+.4f}, {marked!r} {second:+.4f}")
PYTHON
said=$("$folder/venv/bin/python" "$folder/look.py" 2>/dev/null)
echo "$said"
[ "$said" = "'The food is good' +0.4404, 'The food is good.' +0.4404
'The food is ok' +0.2960, 'The food is ok.' +0.0000
'No thanks' -0.3412, 'No, thanks' +0.4404
'This is no fun' -0.4023, 'Is this fun? No.' +0.5106" ]
