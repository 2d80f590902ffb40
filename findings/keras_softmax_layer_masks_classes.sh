#!/usr/bin/env bash
# keras==3.15.1 with tensorflow==2.21.0 (CPU), Python 3.11 to 3.13.
#
# A tagger: Embedding(mask_zero=True), Dense(classes), Softmax(). One would expect the mask to say which words are padding,
# and the layer Softmax to pass it on, as Activation("softmax") does. But Softmax has an argument `mask` of its own, of the
# shape of its inputs (which classes may be chosen), and Keras hands it the mask of the words. Where a sentence has as many
# words as there are classes, nothing is said: the two last classes, not the two last words, get probability 0, at every
# word. With another number of words it is a ValueError about shapes.
#
# Seen:
#   Activation: classes with probability 0: [0, 0, 0, 0]
#   Softmax:    classes with probability 0: [2, 2, 2, 2]
#   Softmax, five words: ValueError
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check keras==3.15.1 tensorflow==2.21.0
cat > "$folder/look.py" <<'PYTHON'
import keras
import numpy as np

embedding, dense = keras.layers.Embedding(9, 3, mask_zero=True), keras.layers.Dense(4)  # four classes
sentence = np.array([[5, 6, 0, 0]])  # two words, two of padding


def zeros(last, ids):
    tagger = keras.Sequential([embedding, dense, last])
    return np.sum(np.asarray(tagger(ids))[0] == 0, axis=-1).tolist()  # for each word


print("Activation: classes with probability 0:", zeros(keras.layers.Activation("softmax"), sentence))
print("Softmax:    classes with probability 0:", zeros(keras.layers.Softmax(), sentence))
try:
    print("Softmax, five words:", zeros(keras.layers.Softmax(), np.array([[5, 6, 7, 0, 0]])))
except ValueError:
    print("Softmax, five words: ValueError")
PYTHON
said=$(TF_CPP_MIN_LOG_LEVEL=3 "$folder/venv/bin/python" "$folder/look.py" 2>/dev/null)
echo "$said"
[ "$said" = "Activation: classes with probability 0: [0, 0, 0, 0]
Softmax:    classes with probability 0: [2, 2, 2, 2]
Softmax, five words: ValueError" ]
