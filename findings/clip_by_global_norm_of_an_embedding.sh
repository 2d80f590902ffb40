#!/usr/bin/env bash
# tensorflow==2.21.0 (CPU), Python 3.11 to 3.13.
#
# The gradient of an embedding (tf.gather) is a tf.IndexedSlices: one row for each id that was looked up. tf.linalg.global_norm
# and tf.clip_by_global_norm square these rows as they come, and do not add up the rows of an id that occurs twice first. So
# the "norm" of a batch in which ids repeat is not the norm of the gradient: here 1.414 in place of 2, and with a limit of
# 1.5 nothing is clipped, although the gradient that the optimizer applies has the norm 2.
#
# Seen:
#   IndexedSlices: norm 1.414, clipped at 1.5 it moves the table by 2.000
#   the same gradient, dense: norm 2.000, clipped at 1.5 it moves the table by 1.500
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check tensorflow==2.21.0
cat > "$folder/look.py" <<'PYTHON'
import tensorflow as tf

table = tf.Variable(tf.zeros((3, 1)))
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(tf.gather(table, [0, 0]))
sparse = tape.gradient(loss, table)
for name, gradient in ((type(sparse).__name__, sparse), ("the same gradient, dense", tf.convert_to_tensor(sparse))):
    [clipped], norm = tf.clip_by_global_norm([gradient], 1.5)
    moved = float(tf.norm(tf.convert_to_tensor(clipped)))
    print(f"{name}: norm {float(norm):.3f}, clipped at 1.5 it moves the table by {moved:.3f}")
PYTHON
said=$(TF_CPP_MIN_LOG_LEVEL=3 "$folder/venv/bin/python" "$folder/look.py" 2>/dev/null)
echo "$said"
[ "$said" = "IndexedSlices: norm 1.414, clipped at 1.5 it moves the table by 2.000
the same gradient, dense: norm 2.000, clipped at 1.5 it moves the table by 1.500" ]
