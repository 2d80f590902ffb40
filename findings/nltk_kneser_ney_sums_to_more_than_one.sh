#!/usr/bin/env bash
# nltk==3.10.4, Python 3.11.
#
# A language model gives each word of the vocabulary a probability, and after any context they add up to 1. They do for NLTK's MLE, Laplace,
# WittenBellInterpolated and AbsoluteDiscountingInterpolated, and for KneserNeyInterpolated of order 2. KneserNeyInterpolated of order 3 has
# 1.01 for the beginning of every sentence (context "<s> <s>") and 1.1 for the context "<s>" alone; on five other texts it had 1.005 or 1.01, and
# 1.1, too. The padding of the pipeline is the one that NLTK's documentation prescribes.
#
# Seen:
#   WittenBellInterpolated, order 2: {'<s>': 1.0, 'the': 1.0}
#   WittenBellInterpolated, order 3: {'<s>': 1.0, '<s> <s>': 1.0, 'the': 1.0, 'the cat': 1.0}
#   AbsoluteDiscountingInterpolated, order 2: {'<s>': 1.0, 'the': 1.0}
#   AbsoluteDiscountingInterpolated, order 3: {'<s>': 1.0, '<s> <s>': 1.0, 'the': 1.0, 'the cat': 1.0}
#   KneserNeyInterpolated, order 2: {'<s>': 1.0, 'the': 1.0}
#   KneserNeyInterpolated, order 3: {'<s>': 1.1, '<s> <s>': 1.01, 'the': 1.0, 'the cat': 1.0}
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check nltk==3.10.4
cat > "$folder/look.py" <<'PYTHON'
from nltk.lm import AbsoluteDiscountingInterpolated, KneserNeyInterpolated, WittenBellInterpolated
from nltk.lm.preprocessing import padded_everygram_pipeline

TEXT = [["the", "cat", "sat"]]
for kind in (WittenBellInterpolated, AbsoluteDiscountingInterpolated, KneserNeyInterpolated):
    for order in (2, 3):
        model = kind(order)
        model.fit(*padded_everygram_pipeline(order, TEXT))
        sums = {}
        for context in (["<s>"], ["<s>", "<s>"], ["the"], ["the", "cat"]):
            if len(context) < order:
                sums[" ".join(context)] = round(sum(model.score(word, context) for word in model.vocab), 4)
        print(f"{kind.__name__}, order {order}: {sums}")
PYTHON
said=$("$folder/venv/bin/python" "$folder/look.py" 2>/dev/null)
echo "$said"
[ "$said" = "WittenBellInterpolated, order 2: {'<s>': 1.0, 'the': 1.0}
WittenBellInterpolated, order 3: {'<s>': 1.0, '<s> <s>': 1.0, 'the': 1.0, 'the cat': 1.0}
AbsoluteDiscountingInterpolated, order 2: {'<s>': 1.0, 'the': 1.0}
AbsoluteDiscountingInterpolated, order 3: {'<s>': 1.0, '<s> <s>': 1.0, 'the': 1.0, 'the cat': 1.0}
KneserNeyInterpolated, order 2: {'<s>': 1.0, 'the': 1.0}
KneserNeyInterpolated, order 3: {'<s>': 1.1, '<s> <s>': 1.01, 'the': 1.0, 'the cat': 1.0}" ]
