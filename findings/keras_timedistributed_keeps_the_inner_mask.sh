#!/usr/bin/env bash
# keras==3.15.1 with tensorflow==2.21.0 (CPU), Python 3.11 to 3.13.
#
# A reader of documents: Embedding(mask_zero=True) of (documents, sentences, words), TimeDistributed(LSTM(3)) makes one vector
# of each sentence, LSTM(2) reads the sentences. An LSTM that returns one vector for a sequence ends the mask of that
# sequence, and one would expect the same of TimeDistributed(LSTM). But what comes out still carries the mask of the words,
# (documents, sentences, words), and the LSTM that reads sentences takes it for one of its own: no sentence is masked here,
# and its result is not that of the same numbers without a mask. Nothing is said.
#
# Seen:
#   sentences are (1, 3, 3), their mask (1, 3, 2)
#   LSTM alone: words are (3, 2, 3), its result has the mask none
#   read with the mask of words:        the same as without a mask: False
#   read with a mask of the sentences:  the same as without a mask: True
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check keras==3.15.1 tensorflow==2.21.0
cat > "$folder/look.py" <<'PYTHON'
import keras
import numpy as np
from keras.src.backend.common.masking import get_keras_mask

keras.utils.set_random_seed(0)
embedding, reads_words = keras.layers.Embedding(9, 3, mask_zero=True), keras.layers.LSTM(3)
reads_sentences = keras.layers.LSTM(2)
document = np.array([[[3, 4], [5, 0], [6, 7]]])  # three sentences of two words, one of them padding

sentences = keras.layers.TimeDistributed(reads_words)(embedding(document))
print(f"sentences are {tuple(sentences.shape)}, their mask {tuple(get_keras_mask(sentences).shape)}")
words = embedding(document[0])
alone = get_keras_mask(reads_words(words))
print(f"LSTM alone: words are {tuple(words.shape)}, its result has the mask {'none' if alone is None else tuple(alone.shape)}")
numbers = np.asarray(sentences)
without = np.asarray(reads_sentences(numbers))
by_sentence = np.asarray(reads_sentences(numbers, mask=np.ones((1, 3), bool)))
print("read with the mask of words:        the same as without a mask:", np.allclose(reads_sentences(sentences), without, 1e-3))
print("read with a mask of the sentences:  the same as without a mask:", np.allclose(by_sentence, without, 1e-3))
PYTHON
said=$(TF_CPP_MIN_LOG_LEVEL=3 "$folder/venv/bin/python" "$folder/look.py" 2>/dev/null)
echo "$said"
[ "$said" = "sentences are (1, 3, 3), their mask (1, 3, 2)
LSTM alone: words are (3, 2, 3), its result has the mask none
read with the mask of words:        the same as without a mask: False
read with a mask of the sentences:  the same as without a mask: True" ]
