#!/usr/bin/env bash
# keras==3.15.1 with tensorflow==2.21.0 (CPU), Python 3.11 to 3.13.
#
# A layer with supports_masking = True whose `call` returns None (a forgotten `return`), called with a mask, raises
# TypeError: cannot create weak reference to 'NoneType' object. One would expect an error about the result, and then peace.
# But by then Keras has noted the mask under id(None), and the note stays: from then on the object None "has a mask", and
# layers and models that are right, in other cells of the same process, raise the same TypeError as soon as Keras asks for
# the mask of an argument that is None. Only a new process (in a notebook: a restart of the kernel) ends it.
#
# Seen:
#   before: a model gives (1, 1)
#   the layer: TypeError cannot create weak reference to 'NoneType' object
#   None has a mask: True
#   after: the same model: TypeError cannot create weak reference to 'NoneType' object
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check keras==3.15.1 tensorflow==2.21.0
cat > "$folder/look.py" <<'PYTHON'
import re

import keras
import numpy as np
from keras.src.backend.common.masking import get_keras_mask


class Forgot(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.supports_masking = True

    def call(self, x, mask=None):
        x * 2  # and no return


def outcome(work):
    try:
        return f"gives {tuple(work().shape)}"
    except TypeError as error:
        return f"TypeError {re.search('cannot create weak reference.*object', str(error))[0]}"


x = np.ones((1, 2, 3), "float32")
model = keras.Sequential([keras.layers.Input((2, 3)), keras.layers.SimpleRNN(2), keras.layers.Dense(1)])
print("before: a model", outcome(lambda: model(x)))
print("the layer:", outcome(lambda: Forgot()(x, mask=np.ones((1, 2), bool))))
print("None has a mask:", get_keras_mask(None) is not None)
print("after: the same model:", outcome(lambda: model(x)))
PYTHON
said=$(TF_CPP_MIN_LOG_LEVEL=3 "$folder/venv/bin/python" "$folder/look.py" 2>/dev/null)
echo "$said"
[ "$said" = "before: a model gives (1, 1)
the layer: TypeError cannot create weak reference to 'NoneType' object
None has a mask: True
after: the same model: TypeError cannot create weak reference to 'NoneType' object" ]
