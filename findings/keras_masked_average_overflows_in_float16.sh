#!/usr/bin/env bash
# keras==3.15.1 with tensorflow==2.21.0 (CPU), Python 3.11 to 3.13.
#
# GlobalAveragePooling1D under float16, or under mixed_float16, which computes in it: without a mask the average of 2,000
# activations of 40 is 40. With a mask in which every step is real, which one would expect to change nothing, it is inf: with a
# mask the layer adds all steps up in float16 first (the largest number there is 65,504) and divides afterwards. And the
# number of steps is a float16, too: of 70,000 ones the average is nan.
#
# Seen:
#   2,000 steps of 40: without a mask 40.0, all steps real inf
#   70,000 steps of 1: without a mask 1.0, all steps real nan
#   the same in float32: 40.0 and 1.0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check keras==3.15.1 tensorflow==2.21.0
cat > "$folder/look.py" <<'PYTHON'
import keras
import numpy as np


def averages(steps, value, dtype):
    x = np.full((1, steps, 1), value, dtype)
    layer = keras.layers.GlobalAveragePooling1D(dtype=dtype)
    plain, masked = layer(x), layer(x, mask=np.ones((1, steps), bool))
    return float(plain[0, 0]), float(masked[0, 0])


for steps, value in ((2000, 40.0), (70000, 1.0)):
    plain, masked = averages(steps, value, "float16")
    print(f"{steps:,} steps of {value:g}: without a mask {plain}, all steps real {masked}")
print(f"the same in float32: {averages(2000, 40.0, 'float32')[1]} and {averages(70000, 1.0, 'float32')[1]}")
PYTHON
said=$(TF_CPP_MIN_LOG_LEVEL=3 "$folder/venv/bin/python" "$folder/look.py" 2>/dev/null)
echo "$said"
[ "$said" = "2,000 steps of 40: without a mask 40.0, all steps real inf
70,000 steps of 1: without a mask 1.0, all steps real nan
the same in float32: 40.0 and 1.0" ]
