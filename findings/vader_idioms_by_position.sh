#!/usr/bin/env bash
# vaderSentiment==3.3.2, Python 3.11.
#
# VADER has a list of idioms with scores of their own ("the bomb" +3, "to die for" +3, "yeah right" -2, "kiss of death" -1.5). They are looked up
# only for a word of the lexicon that is at least the fourth of its text and whose third word before it is not in the lexicon. So an idiom at
# the beginning of a text counts as its single words (bomb, die), and one behind a longer start counts as the idiom, or not; "to die
# for" counts in neither text here (issue 144 of vaderSentiment, open, has "kiss of death"). One would expect "The new record is the bomb" and "the bomb" to have the same sign.
#
# Seen:
#   The bomb: -0.4939
#   Their new record is the bomb: +0.6124
#   A party is the bomb: -0.1280
#   Oh yeah right: +0.2960
#   He said oh yeah right to me: -0.4588
#   The cake is to die for: -0.5994
#   I tell you the cake in that place is to die for: -0.5994
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check vaderSentiment==3.3.2
cat > "$folder/look.py" <<'PYTHON'
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

analyzer = SentimentIntensityAnalyzer()
for text in (
    "The bomb",
    "Their new record is the bomb",
    "A party is the bomb",
    "Oh yeah right",
    "He said oh yeah right to me",
    "The cake is to die for",
    "I tell you the cake in that place is to die for",
):
    print(f"{text}: {analyzer.polarity_scores(text)['compound']:+.4f}")
PYTHON
said=$("$folder/venv/bin/python" "$folder/look.py" 2>/dev/null)
echo "$said"
[ "$said" = "The bomb: -0.4939
Their new record is the bomb: +0.6124
A party is the bomb: -0.1280
Oh yeah right: +0.2960
He said oh yeah right to me: -0.4588
The cake is to die for: -0.5994
I tell you the cake in that place is to die for: -0.5994" ]
