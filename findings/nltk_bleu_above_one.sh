#!/usr/bin/env bash
# nltk==3.10.4, Python 3.11.
#
# BLEU is at most 1: a hypothesis that equals its reference has 1. NLTK offers eight smoothings for short sentences. With
# method5 (and method7, which ends with it) an equal sentence of six words has 1.1167, and so has more than 1 whatever comes close to it. With method4 and
# with method1 to 3 a single right word of one has 1.0, 0.178, 0.595 and 0.354: only method4 calls a perfect word perfect, and it gives a
# perfect pair of words 0.221. One would expect 1 for an equal sentence of any length, or at least a number that grows with the length.
#
# Seen:
#   method1: equal sentences of 1, 2, 3, 4, 6 words: 0.1778, 0.3162, 0.5623, 1.0000, 1.0000
#   method2: equal sentences of 1, 2, 3, 4, 6 words: 0.5946, 0.7071, 0.8409, 1.0000, 1.0000
#   method3: equal sentences of 1, 2, 3, 4, 6 words: 0.3536, 0.5946, 0.8409, 1.0000, 1.0000
#   method4: equal sentences of 1, 2, 3, 4, 6 words: 1.0000, 0.2214, 0.5757, 1.0000, 1.0000
#   method5: equal sentences of 1, 2, 3, 4, 6 words: 0.1925, 0.3904, 0.7032, 1.0106, 1.1167
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check nltk==3.10.4
cat > "$folder/look.py" <<'PYTHON'
import warnings

warnings.filterwarnings("ignore")
from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu

words = "the cat sat on the mat".split()
for name in ("method1", "method2", "method3", "method4", "method5"):
    smoothing = getattr(SmoothingFunction(), name)
    scores = [sentence_bleu([words[:n]], words[:n], smoothing_function=smoothing) for n in (1, 2, 3, 4, 6)]
    print(f"{name}: equal sentences of 1, 2, 3, 4, 6 words: {', '.join(f'{score:.4f}' for score in scores)}")
PYTHON
said=$("$folder/venv/bin/python" "$folder/look.py" 2>/dev/null)
echo "$said"
[ "$said" = "method1: equal sentences of 1, 2, 3, 4, 6 words: 0.1778, 0.3162, 0.5623, 1.0000, 1.0000
method2: equal sentences of 1, 2, 3, 4, 6 words: 0.5946, 0.7071, 0.8409, 1.0000, 1.0000
method3: equal sentences of 1, 2, 3, 4, 6 words: 0.3536, 0.5946, 0.8409, 1.0000, 1.0000
method4: equal sentences of 1, 2, 3, 4, 6 words: 1.0000, 0.2214, 0.5757, 1.0000, 1.0000
method5: equal sentences of 1, 2, 3, 4, 6 words: 0.1925, 0.3904, 0.7032, 1.0106, 1.1167" ]
