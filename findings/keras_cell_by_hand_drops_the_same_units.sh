#!/usr/bin/env bash
# keras==3.15.1 with tensorflow==2.21.0 (CPU), Python 3.11 to 3.13.
#
# A loop over time by hand around one of Keras's own cells, as it is written for truncated backpropagation or a decoder:
# GRUCell(6, dropout=0.5)(x_t, states, training=True), step by step, batch by batch. One would expect dropout to draw anew for
# every batch at least. The cell draws once, at its first call, and keeps that mask for ever: the same inputs are dropped in
# every later batch and epoch, so about half of the input features never take part in the training. What draws anew is
# keras.layers.RNN, which calls the cell's reset_dropout_mask() after each sequence; so does who calls it by hand.
# SimpleRNNCell and LSTMCell do the same.
#
# Seen (which of 8 inputs reach the cell, in 6 batches):
#   SimpleRNNCell by hand: 1 pattern, an input that is dropped is dropped in all of them
#   GRUCell by hand: 1 pattern, an input that is dropped is dropped in all of them
#   LSTMCell by hand: 1 pattern, an input that is dropped is dropped in all of them
#   GRUCell, reset_dropout_mask() before each batch: 6 patterns
#   RNN(GRUCell): 6 patterns
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check keras==3.15.1 tensorflow==2.21.0
cat > "$folder/look.py" <<'PYTHON'
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(1)
BATCHES, INPUTS, UNITS = 6, 8, 6


def reached(call):
    """Say which inputs a result hangs on: those with a gradient."""
    x = tf.ones((1, INPUTS))
    with tf.GradientTape() as tape:
        tape.watch(x)
        result = call(x)
    return tuple(np.abs(tape.gradient(result, x)[0]) > 0)


def made(kind):
    cell = getattr(keras.layers, kind)(UNITS, dropout=0.5)
    cell.build((None, INPUTS))
    return cell, [tf.zeros((1, UNITS))] * (2 if kind == "LSTMCell" else 1)


for kind in ("SimpleRNNCell", "GRUCell", "LSTMCell"):
    cell, states = made(kind)
    patterns = {reached(lambda x: cell(x, states, training=True)[0]) for _ in range(BATCHES)}
    print(f"{kind} by hand: {len(patterns)} pattern, an input that is dropped is dropped in all of them")

cell, states = made("GRUCell")
patterns = set()
for _ in range(BATCHES):
    cell.reset_dropout_mask()
    patterns.add(reached(lambda x: cell(x, states, training=True)[0]))
print(f"GRUCell, reset_dropout_mask() before each batch: {len(patterns)} patterns")
layer = keras.layers.RNN(made("GRUCell")[0])
patterns = {reached(lambda x: layer(x[:, None], training=True)) for _ in range(BATCHES)}
print(f"RNN(GRUCell): {len(patterns)} patterns")
PYTHON
said=$(TF_CPP_MIN_LOG_LEVEL=3 "$folder/venv/bin/python" "$folder/look.py" 2>/dev/null)
echo "$said"
[ "$said" = "SimpleRNNCell by hand: 1 pattern, an input that is dropped is dropped in all of them
GRUCell by hand: 1 pattern, an input that is dropped is dropped in all of them
LSTMCell by hand: 1 pattern, an input that is dropped is dropped in all of them
GRUCell, reset_dropout_mask() before each batch: 6 patterns
RNN(GRUCell): 6 patterns" ]
