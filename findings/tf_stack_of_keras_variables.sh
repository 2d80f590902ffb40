#!/usr/bin/env bash
# keras==3.15.1 with tensorflow==2.21.0 (CPU), Python 3.11 to 3.13.
#
# TensorFlow's functions take a weight of a Keras layer (keras.Variable) as they take a tensor: tf.matmul, tf.einsum,
# tf.where, tf.concat and tf.add_n do. tf.stack of a list of them raises AttributeError: 'str' object has no attribute
# 'base_dtype', because it reads the dtype of the first one, and that of a Keras variable is a string. Keras's own
# keras.ops.stack passes them on, and raises the same. tf.convert_to_tensor around each helps.
#
# Seen:
#   tf.matmul: (2, 2)
#   tf.concat: (2, 4)
#   tf.add_n: (2, 2)
#   tf.stack: AttributeError 'str' object has no attribute 'base_dtype'
#   keras.ops.stack: AttributeError 'str' object has no attribute 'base_dtype'
#   tf.stack of tensors: (2, 2, 2)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check keras==3.15.1 tensorflow==2.21.0
cat > "$folder/look.py" <<'PYTHON'
import keras
import numpy as np
import tensorflow as tf

one, two = (keras.Variable(np.ones((2, 2), "float32")) for _ in range(2))


def outcome(work):
    try:
        return tuple(work().shape)
    except AttributeError as error:
        return f"AttributeError {error}"


print("tf.matmul:", outcome(lambda: tf.matmul(one, two)))
print("tf.concat:", outcome(lambda: tf.concat([one, two], 1)))
print("tf.add_n:", outcome(lambda: tf.add_n([one, two])))
print("tf.stack:", outcome(lambda: tf.stack([one, two])))
print("keras.ops.stack:", outcome(lambda: keras.ops.stack([one, two])))
print("tf.stack of tensors:", outcome(lambda: tf.stack([tf.convert_to_tensor(value) for value in (one, two)])))
PYTHON
said=$(TF_CPP_MIN_LOG_LEVEL=3 "$folder/venv/bin/python" "$folder/look.py" 2>/dev/null)
echo "$said"
[ "$said" = "tf.matmul: (2, 2)
tf.concat: (2, 4)
tf.add_n: (2, 2)
tf.stack: AttributeError 'str' object has no attribute 'base_dtype'
keras.ops.stack: AttributeError 'str' object has no attribute 'base_dtype'
tf.stack of tensors: (2, 2, 2)" ]
