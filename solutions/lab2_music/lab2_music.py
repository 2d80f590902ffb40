# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Lab 2: Gates and music
#
# *Edition 2*
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/{{student_repository_path}}/blob/main/labs/lab2_music/lab2_music.ipynb)
#
# At the end of this lab you hear a tune that nobody has ever played. Your network wrote it, one character after the
# other: the one that you train yourself.
#
# Lab 1 ended with a network that forgets. Its memory is mixed anew at every step, and after twenty steps nothing of the
# first word is left. A tune is longer than that: its end should come home to the note on which it rests, its second
# half should remember its first. So the memory gets **gates**: small doors that decide what to keep, what to write and
# what to show. You build them by hand. Then you train a network with gates on 3,000 folk tunes, let it write, listen,
# and find out how good its music is.
#
# | Part | You build | You find out | Minutes | Points |
# |---|---|---|---|---|
# | 1. A memory with gates | an LSTM step, the walk through time, a GRU step | when a gated memory lasts, and when it forgets too | 55 | 40 |
# | 2. Tunes become numbers | a vocabulary, inputs and targets | how a tune is written, and what is in 3,000 of them | 12 | 10 |
# | *a good place to stop* | | | | |
# | 3. Train | the loss, a count of parameters, one step of training | what a network has learned after 0, 50 and 1,000 steps | 39 | 20 |
# | 4. Write music | next-character probabilities, a generator | what temperature does to courage and to mistakes | 35 | 20 |
# | 5. Is it music? | | whether the tunes are right, good, and new, and which cells count the bar | 21 | |
# | 6. In your own words | one written answer | | 15 | 10 |
# | 7. Going further | if you like: two relatives of the LSTM | | *optional* | |
#
# The minutes hold the exercises, 200 words of text a minute, and three minutes for each experiment with its prediction.
# That makes **two sittings: one of 70 minutes, one of 95**, with a marked stop between them. Part 6 can be written
# later, at home. You need not read music: where it
# matters, you hear it, and no question asks for a trained ear.
#
# **Short of time?** The core path is Exercises 1.1, 1.2, 2.1, 2.2, 3.1, 3.3, 4.1 and 4.2, and the experiments A, C, D, F, G, H, I, J and M: 73 of
# the 100 points in about two hours. Nothing on it needs what it leaves out.
#
# In Colab, first choose *File → Save a copy in Drive*. If you like, choose *Runtime → Change runtime type → T4 GPU*: the
# training then takes one minute in place of five.

# %% [markdown]
# ## How this lab works
#
# As in Lab 1: an exercise cell holds a `TODO`, the check below it prints one line when all is well, and three when not.
# For your points, the same checks run again with fresh numbers and other shapes.
#
# - **Shapes.** Batch comes first: `x (batch, time, features)`. Every batch holds at least one sequence, and every
#   sequence at least one step.
# - **Masks.** A mask is `True` where a step is real, and `False` where it is padding.
# - **Numbers.** Results may be NumPy arrays or tensors, of any floating type. They may differ from ours by 1e-5 plus
#   1e-4 of the value.
# - **Arguments.** Leave them as they came: make new arrays and lists.
# - **Earlier mistakes.** A function that calls an earlier function of yours, and is right apart from that, still earns
#   its points.
#
# Before each experiment you write down a prediction, after it one sentence on what you saw. Nobody grades this. How well
# a model is trained is never graded either. An experiment that is marked *(may be read)* has its result in the text
# below it.
#
# **Whose network?** What you hear, judge and share after the training comes from **your** network, as soon as it is good
# enough: at most 2.0 bits per character on the test tunes, and at least half of the tunes that it writes can be read. A
# network of the same shape ships with this course and stands beside it in every picture. Where your training was cut
# short, or failed, the course's network writes alone, and every picture, and your page, says so.
#
# **Slow machine?** Run `%env LABKIT_BUDGET=0.5` in a new cell: every training takes half the time, and the experiments
# that write many tunes write half as many. What the text says was measured with all of them.
#
# **A name is not defined** (`checks`, `training`, a function of yours)? The kernel is new, or a cell above was not run: run
# the three cells below *Get ready*, then all cells above yours (in the menu: *Run All Above*, in Colab *Run before*).

# %% [markdown]
# ## One box on notation
#
# The lectures write the gates in several ways. Come back when a formula here differs from one that you know.
#
# | In the lectures | Here | Why |
# |---|---|---|
# | $W_f \cdot [h_{t-1}, x_t] + b_f$, one matrix for each gate | $x_t W + h_{t-1} U + b$, cut into four blocks | the same numbers: $W$ and $U$ hold the columns of all gates side by side, in the order $i, f, c, o$, as in Keras |
# | vectors are columns | vectors are rows | one row for each sequence of a batch |
# | GRU: $h_t = (1 - z_t) h_{t-1} + z_t \tilde h_t$ | $h_t = z_t h_{t-1} + (1 - z_t) \tilde h_t$ | our $z$ **keeps**; the lecture's $z$ is our $1 - z$. Keras does as we do |
# | GRU without a bias | with $b$ (3 units) | Keras has it, and by default two of them: see below Exercise 1.3 |
# | "cell state" for any state | hidden state $h_t$, cell state $c_t$ | an LSTM has both, and they are not the same |
# | peephole: a full matrix on $C_{t-1}$ | the same | most programs use a diagonal one |

# %% [markdown]
# ## Get ready
#
# Run the next three cells first, each time you open the notebook. Loading TensorFlow takes about ten seconds.

# %% nbgrader={"grade": false, "grade_id": "install", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Installs the helper package, and the engraver of the scores, when they are missing (in Colab).
import importlib.util
import subprocess
import sys

NEEDED = "{{version}}"  # of the helper package, or newer
SOURCE = "deep-sequence-labkit @ {{student_repository}}/archive/refs/tags/{{edition_tag}}.zip#subdirectory=labs"


class Stopped(Exception):
    """Jupyter shows its sentence alone."""

    def _render_traceback_(self):
        return [str(self)]


for name, package in (("labkit", SOURCE), ("verovio", "verovio")):
    if importlib.util.find_spec(name) is None:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", package]
        done = subprocess.run(pip, capture_output=True, text=True)
        if done.returncode:
            said = (done.stderr.strip().splitlines() or ["nothing"])[-1]
            raise Stopped(f"{name} can't be installed here. Is there a connection to the internet? pip says: {said}")
importlib.invalidate_caches()

import labkit

if [int(part) for part in labkit.__version__.split(".")] < [int(part) for part in NEEDED.split(".")]:
    raise Stopped(
        f"labkit {labkit.__version__} is installed, and this notebook needs {NEEDED} or newer: "
        f'run %pip install --upgrade "{SOURCE}" and restart the kernel.'
    )

# %% nbgrader={"grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["both"]
import os

from labkit import quiet

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's notes on processor and graphics card stay away
quiet.load("keras")

import keras
import numpy as np
import tensorflow as tf

from labkit.checks import lab2_music as checks

checks.edition(2)

# %% nbgrader={"grade": false, "grade_id": "tools", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Drawings, sound, data and training of this course. Experiments use them; no exercise needs them.
from labkit import abc, audio, composing, counting, data, gallery, gated, gates, inside, judge_plots, metrics, ngrams
from labkit import novelty, recall, sampling, score, stages, training, weights, writers

# %% [markdown]
# ---
# ## Part 1: A memory with gates
#
# The plain cell of Lab 1 writes over its whole memory at every step: $h_t = \tanh(x_t W_{xh} + h_{t-1} W_{hh} + b_h)$. An
# **LSTM** (long short-term memory) has a second state beside $h_t$: the **cell state** $c_t$. Nothing is multiplied with a
# matrix on its way from $c_{t-1}$ to $c_t$. Three gates decide what happens to it. A gate is a number between 0 and 1 for
# each unit, made by a sigmoid: 0 is shut, 1 is open.

# %% nbgrader={"grade": false, "grade_id": "demo-cell", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
gates.cell()


# %% [markdown]
# Read the picture from left to right:
#
# 1. **Forget gate** $f_t$: how much of the old cell state is kept. The name misleads: $f_t = 1$ keeps everything, and
#    $f_t = 0$ forgets.
# 2. **Input gate** $i_t$ and **candidate** $\tilde c_t$: what is new ($\tilde c_t$, between -1 and 1), and how much of
#    it is written.
# 3. **Output gate** $o_t$: how much of the memory is shown to the world, as $h_t$.
#
# $$i_t, f_t, o_t = \sigma(a_i), \sigma(a_f), \sigma(a_o) \qquad \tilde c_t = \tanh(a_c) \qquad
# a = x_t W + h_{t-1} U + b$$
#
# $$c_t = f_t * c_{t-1} + i_t * \tilde c_t \qquad h_t = o_t * \tanh(c_t)$$
#
# The star is a product number by number. $W$, $U$ and $b$ hold the columns of all four blocks side by side, in the order
# $i, f, c, o$. So one product gives everything, and you cut it into four.

# %% nbgrader={"grade": false, "grade_id": "sigmoid", "locked": true, "schema_version": 3, "solution": false, "task": false}
def sigmoid(a):
    """1 / (1 + exp(-a)), for every size of a: (1 + tanh(a / 2)) / 2 is the same and never overflows."""
    return 0.5 * (1.0 + np.tanh(0.5 * a))


# %% nbgrader={"grade": false, "grade_id": "ex-lstm_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 1.1: lstm_step                                 (12 minutes, medium)
def lstm_step(x_t, h_prev, c_prev, W, U, b):
    """One step of an LSTM, with arrays of floats.

    x_t:    (batch, features)    input at time t
    h_prev: (batch, units)       hidden state at time t-1      c_prev: (batch, units)    cell state at time t-1
    W:      (features, 4 units)  U: (units, 4 units)  b: (4 units,)   four blocks of columns: i, f, c, o, as in Keras
    returns h (batch, units), c (batch, units)    at time t

    a = x_t W + h_{t-1} U + b, cut into the blocks a_i, a_f, a_c, a_o
    i, f, o = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o);  c~ = tanh(a_c)
    c_t = f * c_{t-1} + i * c~;  h_t = o * tanh(c_t)
    """
    # TODO: one product for all four blocks, cut it, squash each block, update the cell, show a part of it.
    ### BEGIN SOLUTION
    a = x_t @ W + h_prev @ U + b  # (batch, 4 units)
    a_i, a_f, a_c, a_o = np.split(a, 4, axis=-1)  # (batch, units) each
    i, f, o = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o)
    c = f * c_prev + i * np.tanh(a_c)  # (batch, units)
    return o * np.tanh(c), c
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-lstm_step", "locked": true, "points": 14, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.lstm_step(lstm_step)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab2_music as reference

checks.lstm_step(lstm_step, reference.fresh("lstm_step"))
### END HIDDEN TESTS

# %% [markdown]
# ### Experiment A: turn the knobs
#
# Here your `lstm_step` runs with one unit, and we hold its gates by hand. At step 3 something is to be written: the
# number 1. At step 12 comes -1.5. What does the cell hold at the end, when $f$ is always 1? When it is 0.9? When it is 0?
# And when the input gate never opens?

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-knobs", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
def hold(i, f, o=1.0, steps=20):
    """Run lstm_step with gates held by hand; returns c and h, (time,) each."""
    W, U, b = gates.held(i, f, o)  # (2, 4), (1, 4), (4,)
    x = gates.written({2: 1.0, 11: -1.5}, steps)  # (1, time, 2): the number, and whether it is to be written
    h, c = np.zeros((1, 1)), np.zeros((1, 1))
    cells, shown = [], []
    for t in range(steps):
        h, c = lstm_step(x[:, t], h, c, W, U, b)
        cells.append(float(c[0, 0]))
        shown.append(float(h[0, 0]))
    return cells, shown


with training.needs():
    settings = {"f = 1": (1, 1), "f = 0.9": (1, 0.9), "f = 0": (1, 0), "f = 1, i = 0": (0, 1)}
    gates.knobs({name: hold(*setting)[0] for name, setting in settings.items()}, {2: 1.0, 11: -1.5})
    shut = hold(1, 1, o=0)
    print(f"With the output gate shut, the cell holds {shut[0][5]:.2f} after step 6, and shows {shut[1][5]:.2f}.")


# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# Why 0.76, when 1 was to be written? What is written is the candidate, and the candidate goes through a $\tanh$:
# $\tanh(1) = 0.76$ and $\tanh(-1.5) = -0.91$. No single step writes more than 1.
#
# A note that is written into an open cell stays there, unchanged, for as long as $f = 1$ and nothing else is written.
# The second note does not replace it: it is **added**. To replace it, the gates would have to shut $f$ and open $i$ at
# the same step. The network must learn when. That is what its weights are for.

# %% nbgrader={"grade": false, "grade_id": "ex-lstm_forward", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 1.2: lstm_forward                              (10 minutes, medium)
def lstm_forward(x, h_0, c_0, W, U, b, mask=None):
    """Walk an LSTM through time: arrays of floats, but for the mask.

    x:    (batch, time, features)        h_0, c_0: (batch, units)    the states before the first step
    W, U, b: as in lstm_step
    mask: (batch, time) bool or None     True where a step is real; a masked step keeps both states
    returns h (batch, time, units), c (batch, time, units): h_1..h_T and c_1..c_T, without h_0 and c_0
    """
    # TODO: call lstm_step once for each step, hand both states on, keep both where the mask says so.
    ### BEGIN SOLUTION
    h, c = h_0, c_0
    hs, cs = [], []
    for t in range(x.shape[1]):
        h_new, c_new = lstm_step(x[:, t], h, c, W, U, b)  # (batch, units) each
        if mask is not None:
            real = mask[:, t, None]  # (batch, 1)
            h_new, c_new = np.where(real, h_new, h), np.where(real, c_new, c)
        h, c = h_new, c_new
        hs.append(h)
        cs.append(c)
    return np.stack(hs, axis=1), np.stack(cs, axis=1)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-lstm_forward", "locked": true, "points": 12, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.lstm_forward(lstm_forward)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab2_music as reference

checks.lstm_forward(lstm_forward, reference.fresh("lstm_forward"))
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Stuck in 1.2? A first hint</summary>
#
# - Which two arrays go into step $t$, besides the input, and where did they come from? What are they at the first step?
# - A masked step keeps *both* states: of which two arrays does `np.where` choose, for each sequence of the batch?
#
# </details>
#
# <details><summary>A second hint</summary>
#
# - `mask[:, t]` has the shape `(batch,)`, a state has `(batch, units)`: which index makes a column of the first?
# - Collect $h_t$ and $c_t$ after the choice, not before it. `np.stack(..., axis=1)` makes `(batch, time, units)` of a list.
#
# </details>

# %% [markdown]
# ### Experiment B: does it agree with Keras?
#
# We give `keras.layers.LSTM` the same weights. The second sequence has two steps of padding at its end.

# %% nbgrader={"grade": false, "grade_id": "demo-parity", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 6, 3)).astype("float32")  # (batch, time, features)
    h_0, c_0 = rng.normal(size=(2, 2, 4)).astype("float32")  # (batch, units) each
    mask = np.array([[1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 0, 0]], dtype=bool)  # (batch, time)
    layer = keras.layers.LSTM(4, return_sequences=True, return_state=True)
    layer(x)  # the first call makes the weights
    W, U, b = (rng.normal(size=weight.shape).astype("float32") for weight in layer.weights)
    layer.set_weights([W, U, b])
    sequence, h_last, c_last = (np.asarray(part) for part in layer(x, initial_state=[h_0, c_0], mask=mask))
    h, c = lstm_forward(x, h_0, c_0, W, U, b, mask)
    print(f"largest difference in h: {np.abs(h - sequence).max():.0e}, in the last c: {np.abs(c[:, -1] - c_last).max():.0e}")


# %% [markdown]
# Differences near 1e-7 are rounding: Keras computes in `float32`.
#
# > **Keras does it otherwise: its forget gate, and masked steps.** `keras.layers.LSTM` starts the forget gate's bias at 1
# > (`unit_forget_bias=True`), the formula above has no such thing: Experiment C shows what that changes. And where the
# > first steps of a sequence are masked, Keras *reports* zeros for them; you report the states as they came.
#
# ### A smaller relative: the GRU
#
# A **GRU** (gated recurrent unit) has two gates and no cell state. One gate $z_t$ does two jobs: what is kept is $z_t$,
# and what is written is $1 - z_t$. The other gate $r_t$ decides how much of the old state the candidate may see. The
# lecture's $z$ is our $1 - z$: look at the box on notation.

# %% nbgrader={"grade": false, "grade_id": "ex-gru_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 1.3: gru_step                                  (12 minutes, medium)
def gru_step(x_t, h_prev, W, U, b):
    """One step of a GRU, with arrays of floats: two gates and no cell state.

    x_t: (batch, features)       h_prev: (batch, units)
    W:   (features, 3 units)     U: (units, 3 units)     b: (3 units,)    three blocks of columns: z, r, h, as in Keras
    returns h (batch, units)     hidden state at time t

    z = sigmoid(x_t W_z + h_{t-1} U_z + b_z)      keep;     r = sigmoid(x_t W_r + h_{t-1} U_r + b_r)      reset
    h~ = tanh(x_t W_h + (r * h_{t-1}) U_h + b_h)            the reset comes BEFORE the product with U_h
                                                           (keras.layers.GRU only does so with reset_after=False)
    h_t = z * h_{t-1} + (1 - z) * h~
    """
    # TODO: cut W, U and b into their blocks; two gates, the candidate, the mixture.
    ### BEGIN SOLUTION
    W_z, W_r, W_h = np.split(W, 3, axis=-1)  # (features, units) each
    U_z, U_r, U_h = np.split(U, 3, axis=-1)  # (units, units) each
    b_z, b_r, b_h = np.split(b, 3)  # (units,) each
    z = sigmoid(x_t @ W_z + h_prev @ U_z + b_z)  # (batch, units)
    r = sigmoid(x_t @ W_r + h_prev @ U_r + b_r)
    candidate = np.tanh(x_t @ W_h + (r * h_prev) @ U_h + b_h)
    return z * h_prev + (1 - z) * candidate
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-gru_step", "locked": true, "points": 14, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.gru_step(gru_step)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab2_music as reference

checks.gru_step(gru_step, reference.fresh("gru_step"))
### END HIDDEN TESTS

# %% nbgrader={"grade": false, "grade_id": "demo-gru", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs():
    rng = np.random.default_rng(0)
    x_t, h_prev = rng.normal(size=(2, 3)).astype("float32"), rng.normal(size=(2, 4)).astype("float32")
    W, U, b = (rng.normal(size=shape).astype("float32") for shape in ((3, 12), (4, 12), (12,)))
    mine = gru_step(x_t, h_prev, W, U, b)
    for after in (False, True):
        cell = keras.layers.GRUCell(4, reset_after=after)
        cell.build((2, 3))
        cell.set_weights([W, U, np.stack([b, 0 * b]) if after else b])  # with reset_after=True there are two biases
        theirs = np.asarray(cell(x_t, [h_prev])[0])
        print(f"GRUCell(4, reset_after={after}): bias {cell.bias.shape}, largest difference {np.abs(mine - theirs).max():.0e}")

# %% [markdown]
# > **Keras does it otherwise: the reset comes after.** `keras.layers.GRU(4)`, as it is, will **not** agree with your
# > `gru_step`: its default is `reset_after=True`. Then the candidate is $\tanh(x_t W_h + b_h + r_t * (h_{t-1} U_h + b'_h))$,
# > with the reset after the product and a second bias, and the same weights give other numbers. It is what graphics
# > cards have fast code for. With `reset_after=False` Keras computes what the article and you compute.

# %% [markdown]
# ### Experiment C: how far back does a memory reach?
#
# "Uninterrupted gradient flow", says the lecture. Is that so? We take networks as Keras starts them, before any
# training, and a loss on the last of 100 steps. How much gradient arrives at the memory $k$ steps back? For the LSTM the
# memory is $c_t$; we change only the bias of its forget gate: 0, 1 (Keras's choice), 3 and 5. Beside it, the plain tanh
# cell of Lab 1, and a GRU whose $z$ starts near 1.
#
# The "uninterrupted" path is the direct one, along the top line of the drawing: on it the gradient is multiplied with the
# forget gates $f_T \cdot f_{T-1} \cdots$, and with nothing else. But $c_t$ acts on later steps also through $h_t$ and all the
# gates. The thick lines show what arrives over **all** paths, the thin ones what the **direct** path alone brings.

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-reach", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
cells = {f"LSTM, forget bias {bias}": gates.lstm_cell(bias) for bias in (0, 1, 3, 5)}
cells |= {"tanh RNN": gates.tanh_cell, "GRU, keep bias 5": gates.gru_cell(5)}
gates.reach({name: gates.paths_back(cell) for name, cell in cells.items()})  # over all paths, and the direct one alone

# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# **The direct path is as open as the gate, and no more.** With bias 0 the forget gates stand near $\sigma(0) = 0.5$, and the
# path loses half at every step; with Keras's bias 1 they stand near 0.73, and after 99 steps it brings $3 \cdot 10^{-14}$.
# With bias 5 they stand near $\sigma(5) = 0.993$, and half of the gradient arrives.
#
# **It is not the only path.** Over all paths the LSTM with bias 0 keeps 0.59 to 0.63 a step, over five seeds, not 0.5. That is still less than
# the plain cell keeps (0.72 to 0.73): after 99 steps $10^{-19}$ or less arrives, where the plain cell has $10^{-14}$. With bias 1 less than a
# millionth arrives. With bias 3 and 5 the other paths do more than help: what
# arrives at the first memory is 1.3 to 36 times, and 11 to 38 times, what left the last one, where the direct path alone brings 0.8% and half.
# So an open gate does not only save a gradient from vanishing: the paths beside it can make it explode, and that is
# why we clip.
#
# Gates do not remember by themselves. They give the network the *choice*: it can learn to hold them open.

# %% [markdown]
# ### Experiment D: recall, once more
#
# The task of Lab 1: name the word that came $k$ steps ago. There, with 1,500 steps, the tanh network failed from $k = 20$ on. Now the same
# network size, the same 1,500 steps, three seeds, other cells. Which of them can do $k = 100$? You add one point
# yourself: choose the cell and `k`.

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "train-recall", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["train"]
k = 30  # fillers between the word and the question
cell, layer = "LSTM, forget bias 5", gates.lstm(5.0)  # or "GRU, keep bias 5", gates.gru(5.0)

accuracy = recall.accuracy(layer, gap=k, seed=7, label=f"{cell}, k = {k}")
gates.recalled(data.memory(), recall.CHANCE, {"cell": cell, "gap": k, "accuracy": accuracy})

# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# At $k = 10$ every cell remembers. At $k = 30$ the tanh cell and the LSTM with bias 0 stay at guessing (12.5%), and the
# LSTM as most programs start it, with bias 1, at 26%: 1,500 steps are not enough to learn to hold the gate open when so little
# gradient arrives. The LSTM with forget bias 5, and the GRU whose $z$ starts near 1, are right at $k = 100$. The gate was open from
# the start, so the gradient came through, so it could learn.
#
# ### Cut, or stacked
#
# Two words from the lectures, on the same task. **Truncated BPTT**: where sequences are too long for the machine, the states
# go on from step to step, but the gradient is cut every so many steps. **Stacked** LSTM: a second layer reads all
# the states $h_t$ of the first. In Keras the first is a `stop_gradient` on the states, the second one
# `return_sequences=True`:
#
# ```python
# for start in range(0, time, 20):                                       # truncated: at most 20 steps back
#     output, *states = lstm(x[:, start : start + 20], initial_state=states)
#     states = [keras.ops.stop_gradient(state) for state in states]
#
# keras.Sequential([keras.layers.LSTM(32, return_sequences=True), keras.layers.LSTM(32)])          # stacked
# ```
#
# The LSTM with forget bias 5 must name the word that came 30 steps ago. With the gradient cut every 20 steps, nothing that it
# does wrong at the end can reach the step at which the word was read. Can it still learn the task?

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "train-cut", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["train"]
for name, layer in {"gradient cut every 20 steps": gates.cut(gates.lstm(5.0), 20), "two layers": gates.stacked(gates.lstm(5.0))}.items():
    accuracy = recall.accuracy(layer, gap=30, seed=7, label=name)
    print(f"{name}: right in {accuracy:.0%} of the cases, 30 steps back (guessing: {recall.CHANCE:.0%}).")

# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# It can, nearly: over three seeds it is right in 93% to 96% of the cases (uncut: in all of them). Two layers are always right. What is cut is
# the gradient, not the memory: $c$ carries on what was written at the first step, through gates that are open from the start. But no gradient
# comes back across the cut and says *what to write* there. So the network has learned to read what weights happen to write that nobody
# taught to. Our tunes are short enough: Part 3 goes back through whole tunes, with one layer.

# %% [markdown]
# ---
# ## Part 2: Tunes become numbers
#
# Folk musicians write tunes down in **ABC notation**: plain text. This is a whole tune, a jig from 1778:

# %% nbgrader={"grade": false, "grade_id": "demo-tune", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
corpus = data.tunes()  # built from the tunes inside the package music21; the first time takes some seconds
jig = next(entry for entry in corpus.entries if entry.title.startswith("I'll Touzle your Kurchy"))
print(jig.text)
display(score.show(jig), audio.play(jig))

# %% [markdown]
# Ten lines are enough to read it:
#
# | You see | It means |
# |---|---|
# | `M:6/8` | the **meter**: every bar is as long as 6 eighth notes |
# | `L:1/8` | a letter alone lasts one eighth note |
# | `K:Emin` | the **key**: the scale that the tune uses, here E minor; its home note is E |
# | `C D E F G A B c d e` | notes, from low to high; small letters are an octave higher, `c'` higher still, `C,` lower |
# | `A2` `A/` `A3/` | twice as long, half as long, three halves as long |
# | `^F` `_B` `=c` | a note raised, lowered, or set back to its plain form |
# | `z` | silence |
# | `(3ABc` | three notes in the time of two |
# | `\|` | a bar line: what stands between two of them is one **bar** |
# | `\|:` … `:\|` | play what stands between them twice; `\|1` and `:\|2` are two different endings; `\|]` is the end |
#
# The collection has 3,904 tunes, from books printed between 1778 and 1903. They come with the package music21, and a
# program of this course has cleaned them: one voice, no ornaments, one way to write each thing. Tunes whose bars did not
# add up were set aside. Of ten tunes, eight are for training; the others are **held out**: no network sees them.

# %% [markdown]
# ### Experiment E: look and listen
#
# Choose a number, look at the score, press play. Then break a bar: put one note too many into the text and let the
# **bar doctor** look at it.

# %% nbgrader={"grade": false, "grade_id": "demo-listen", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
number = 1000  # 0 to 3903

tune = corpus.entries[number]
print(f"{tune.title} ({tune.part} part)\n{tune.text}")
display(score.show(tune), audio.play(tune))

# %% nbgrader={"grade": false, "grade_id": "demo-doctor", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
broken = jig.text.replace("edgB|", "edgBB|", 1)  # one B too many

score.bar_doctor(broken)

# %% [markdown]
# A strict reader stands behind the doctor. You will need it: networks make just such mistakes.
#
# ### Characters become ids
#
# Our network reads and writes characters. Four ids are taken: 0 for padding, 1 for a character that we do not know, 2
# for the **start** of a tune and 3 for its **end**. The end is a symbol like any other. So the network can learn when a
# tune is over.

# %% nbgrader={"grade": false, "grade_id": "special", "locked": true, "schema_version": 3, "solution": false, "task": false}
PADDING, UNKNOWN, START, END = 0, 1, 2, 3


# %% nbgrader={"grade": false, "grade_id": "ex-tune_vocabulary", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 2.1: tune_vocabulary                           (5 minutes, easy)
def tune_vocabulary(tunes):
    """Number the characters of a collection of tunes.

    tunes:  list of strings
    returns a dict, character -> id: every character once, in sorted order, ids from 4.
            Ids 0 (padding), 1 (unknown), 2 (start) and 3 (end) are kept free and are not keys.
    """
    # TODO: which characters occur? Sort them, number them.
    ### BEGIN SOLUTION
    characters = sorted(set("".join(tunes)))
    return {character: number for number, character in enumerate(characters, start=4)}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-tune_vocabulary", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.tune_vocabulary(tune_vocabulary)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab2_music as reference

checks.tune_vocabulary(tune_vocabulary, reference.fresh("tune_vocabulary"))
### END HIDDEN TESTS

# %% nbgrader={"grade": false, "grade_id": "encode", "locked": true, "schema_version": 3, "solution": false, "task": false}
def encode(tune, vocabulary):
    """Turn a tune into ids: START, one id for each character (UNKNOWN when it has none), END."""
    return [START, *(vocabulary.get(character, UNKNOWN) for character in tune), END]


def decode(ids, vocabulary):
    """Turn ids back into a string; padding, unknown, start and end are dropped."""
    characters = {number: character for character, number in vocabulary.items()}
    return "".join(characters.get(int(number), "") for number in ids)


def pad_and_mask(sequences):
    """Put sequences into one table, padded on the right: ids (batch, time) int, mask (batch, time) bool."""
    time = max(map(len, sequences))
    table = np.array([[*sequence, *[PADDING] * (time - len(sequence))] for sequence in sequences])  # (batch, time)
    return table, np.array([[step < len(sequence) for step in range(time)] for sequence in sequences])


# %% [markdown]
# The network learns from whole tunes, one in each row. At every step it sees the true character and must name the next
# one. This is called **teacher forcing**: whatever it guessed, the next input is what really came.

# %% nbgrader={"grade": false, "grade_id": "ex-next_step_pairs", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 2.2: next_step_pairs                           (3 minutes, easy)
def next_step_pairs(ids):
    """Make inputs and targets for predicting the next character of whole tunes.

    ids: (batch, time)    each row: start, characters, end, then padding
    returns inputs (batch, time - 1), targets (batch, time - 1): targets[:, t] is what comes after inputs[:, t]
    """
    # TODO: the same ids twice, shifted by one.
    ### BEGIN SOLUTION
    return ids[:, :-1], ids[:, 1:]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-next_step_pairs", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.next_step_pairs(next_step_pairs)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab2_music as reference

checks.next_step_pairs(next_step_pairs, reference.fresh("next_step_pairs"))
### END HIDDEN TESTS

# %% nbgrader={"grade": false, "grade_id": "demo-pairs", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs():
    vocabulary = tune_vocabulary([entry.text for entry in corpus.part("train")])
    print(f"{len(vocabulary)} characters:", " ".join(repr(character)[1:-1] for character in vocabulary))
    assert decode(encode(jig.text, vocabulary), vocabulary) == jig.text  # there and back again
    ids, mask = pad_and_mask([encode("GAB|", vocabulary), encode("c2|", vocabulary)])
    inputs, targets = next_step_pairs(ids)
    names = {PADDING: "pad", START: "start", END: "end"} | {number: name for name, number in vocabulary.items()}
    for row, real in zip(np.stack([inputs, targets], axis=1), mask[:, 1:]):
        print("   ".join(f"{names[a]}→{names[b]}" if keep else "(masked)" for (a, b), keep in zip(row.T, real)))


# %% [markdown]
# ---
#
# # ☕ A good place to stop
#
# You have a memory with gates, and tunes that a network can read. This is the end of the first sitting. Save the
# notebook.
#
# When you come back: run all cells from the top (*Run All*), and go on here.
#
# ---
#
# ## Part 3: Train
#
# The network has three layers: an embedding of the characters, an LSTM, and a dense layer that gives a logit for every
# character. Keras's LSTM is the one that you built, in compiled code.

# %% nbgrader={"grade": false, "grade_id": "build_model", "locked": true, "schema_version": 3, "solution": false, "task": false}
def build_model(vocabulary_size, embedding_dim, units):
    """Make the network: ids (batch, time) -> logits (batch, time, vocabulary_size)."""
    model = keras.Sequential(
        [
            keras.layers.Embedding(vocabulary_size, embedding_dim),
            keras.layers.LSTM(units, return_sequences=True),
            keras.layers.Dense(vocabulary_size),
        ]
    )
    model.build((None, None))
    return model


# %% [markdown]
# The loss is the one of Lab 1: the mean of $-\log p$ of the character that really came, over the **real** steps of the
# batch. This time TensorFlow takes the gradient. So write it with TensorFlow's functions.

# %% nbgrader={"grade": false, "grade_id": "ex-masked_cross_entropy", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 3.1: masked_cross_entropy                      (8 minutes, medium)
def masked_cross_entropy(logits, targets, mask):
    """Average the cross-entropy over the real steps of a batch, in nats; TensorFlow can differentiate it.

    logits:  (batch, time, vocabulary)    targets: (batch, time) ids    mask: (batch, time) bool, True where a step is real
    returns a scalar: the sum of -log p(target) over all real steps of the batch, divided by their number
            (at least one step is real); right also for logits of +-1000, and inside a tf.function, where all three
            arguments are tensors; the gradient flows to logits
    """
    # TODO: tf.nn.sparse_softmax_cross_entropy_with_logits gives one loss for each step.
    ### BEGIN SOLUTION
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=logits)  # (batch, time)
    real = tf.cast(mask, losses.dtype)  # (batch, time)
    return tf.reduce_sum(losses * real) / tf.reduce_sum(real)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-masked_cross_entropy", "locked": true, "points": 7, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.masked_cross_entropy(masked_cross_entropy)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab2_music as reference

checks.masked_cross_entropy(masked_cross_entropy, reference.fresh("masked_cross_entropy"))
### END HIDDEN TESTS

# %% [markdown]
# ### How large is it?
#
# Before you train a network, know its size. Count on paper, then write the formula.

# %% nbgrader={"grade": false, "grade_id": "ex-count_parameters", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 3.2: count_parameters                          (5 minutes, medium)
def count_parameters(vocabulary_size, embedding_dim, units):
    """Count the numbers that training can change in build_model(vocabulary_size, embedding_dim, units), of any size.

    returns an int: embedding, the four blocks of the LSTM (W, U, b), and the dense layer with its bias
    """
    # TODO: multiply the shapes, layer by layer. Do not build the model: it may be larger than this computer.
    ### BEGIN SOLUTION
    embedding = vocabulary_size * embedding_dim
    lstm = 4 * (embedding_dim * units + units * units + units)
    dense = units * vocabulary_size + vocabulary_size
    return embedding + lstm + dense
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-count_parameters", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.count_parameters(count_parameters)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab2_music as reference

checks.count_parameters(count_parameters, reference.fresh("count_parameters"))
### END HIDDEN TESTS

# %% nbgrader={"grade": false, "grade_id": "demo-count", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs():
    model = build_model(len(vocabulary) + 4, embedding_dim=64, units=256)
    print("your count:", count_parameters(len(vocabulary) + 4, 64, 256), "  Keras counts:", model.count_params())


# %% [markdown]
# ### One step
#
# One step of training: compute the loss, take the gradients, **clip** them (Lab 1: together, by one factor), and let the
# optimizer change the weights. `tf.clip_by_global_norm` does what your function of Lab 1 did. It also takes the gradient of
# an embedding, which TensorFlow keeps as a list of rows (and takes its norm over that list, before equal rows are added).

# %% nbgrader={"grade": false, "grade_id": "ex-train_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 3.3: train_step                                (12 minutes, hard)
def train_step(model, optimizer, inputs, targets, mask, max_norm):
    """Take one step of training: forward, loss, gradients, clip, update.

    model:     inputs (batch, time) ids -> logits (batch, time, vocabulary)    optimizer: a keras optimizer
    targets:   (batch, time) ids        mask: (batch, time) bool
    max_norm:  all gradients together are scaled so that their norm is at most max_norm, BEFORE the update
    returns the loss (masked_cross_entropy) before the update, a scalar tensor: the step works inside a tf.function
    """
    # TODO: tf.GradientTape around forward and loss; tf.clip_by_global_norm; optimizer.apply_gradients.
    ### BEGIN SOLUTION
    with tf.GradientTape() as watched:
        logits = model(inputs, training=True)  # (batch, time, vocabulary)
        loss = masked_cross_entropy(logits, targets, mask)
    gradients = watched.gradient(loss, model.trainable_variables)
    gradients, _ = tf.clip_by_global_norm(gradients, max_norm)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-train_step", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.train_step(train_step)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab2_music as reference

checks.train_step(train_step, reference.fresh("train_step"))
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Stuck in 3.3? A first hint</summary>
#
# - What must stand inside the `with` of the tape, so that the tape sees it, and what need not?
# - The tape gives one gradient for each weight. `tf.clip_by_global_norm` takes all of them at once, and returns *two* things.
#
# </details>
#
# <details><summary>A second hint</summary>
#
# - `optimizer.apply_gradients` wants pairs (gradient, weight): two lists go together with `zip`.
# - The loss that is returned is the one that the tape watched. Computing it again afterwards gives that of the new weights.
# - Leave the loss a tensor: `float(...)` or `.numpy()` stops inside the compiled training below.
#
# </details>

# %% [markdown]
# ### Experiment F: five minutes
#
# The training runs for five minutes on a processor with two cores, and one minute on a graphics card. It shows the loss
# in **bits per character** on tunes that it does not learn from: how many yes-or-no questions the network would still
# need, on average, to guess each next character. 1 nat is 1.44 bits. The dashed line is the best model that only counts
# (it looks at the last few characters). After how many seconds do you expect the network to cross it?
#
# Two tricks save time: batches hold tunes of about the same length, and the learning rate falls to nearly zero towards the
# end. The held-out tunes come in two parts: the loss is measured on the **validation** tunes (407) while you train, and
# the best weights are chosen by them; the **test** tunes (384) judge at the end, and nothing was chosen by them. One network has
# different bits on the two, so each figure names its part.

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "train-tunes", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["train"]
texts = {part: [entry.text for entry in corpus.part(part)] for part in ("train", "valid")}

with training.needs():
    vocabulary = tune_vocabulary(texts["train"])
    rows = {part: [encode(text, vocabulary) for text in texts[part]] for part in texts}
    model = build_model(len(vocabulary) + 4, embedding_dim=64, units=256)
    optimizer = keras.optimizers.Adam()

    def batch(chosen):
        """Make inputs, targets (batch, time - 1) and the mask of the targets."""
        ids, mask = pad_and_mask(chosen)
        inputs, targets = next_step_pairs(ids.astype("int32"))
        return inputs, targets, mask[:, 1:]

    def batches(size=32):
        """Go through the training tunes again and again, 32 of about the same length at a time."""
        for chosen in training.buckets([len(row) for row in rows["train"]], size, seed=0):
            yield tuple(map(tf.constant, batch([rows["train"][index] for index in chosen])))

    @tf.function(reduce_retracing=True)  # compiles your step: many times faster
    def step(inputs, targets, mask):
        return train_step(model, optimizer, inputs, targets, mask, max_norm=1.0)

    read = tf.function(model, reduce_retracing=True)

    def validate():
        """Measure bits per character on the validation tunes."""
        nats, ordered = 0.0, sorted(rows["valid"], key=len)
        for start in range(0, len(ordered), 64):
            inputs, targets, mask = batch(ordered[start : start + 64])
            nats += float(masked_cross_entropy(read(tf.constant(inputs)), targets, mask)) * mask.sum()
        return metrics.bits_per_character(nats, texts["valid"])

    counted = ngrams.NGram(texts["train"], order=14).bits_per_character(texts["valid"])  # what counting can do
    kept = training.Kept(batches(), model, steps=(0, 50, 200, 1000))  # these stages you will hear
    fitted = training.fit(model, optimizer, step, kept, validate, seconds=300, label="your LSTM", line=counted)

# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# ### Who writes from here on?
#
# Your network, if it needs at most 2.0 bits per character on the test tunes (the best model that only counts needs
# 2.03), and if at least half of 50 tunes that it writes can be read: they end by themselves, and header and
# every symbol make sense. The course's network has the same shape, and was trained for five minutes, too, in batches of 32 tunes.

# %% nbgrader={"grade": false, "grade_id": "demo-who", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
shipped, letters = weights.load_char_model()
test_tunes = [entry.text for entry in corpus.part("test")]

course = writers.judged("the course's network", shipped, letters, test_tunes)
heard = writers.chosen(course, globals().get("model"), globals().get("vocabulary"), test_tunes)
author = heard[0]  # yours, or the course's where yours does not write yet

# %% [markdown]
# ### Experiment G: hear it learn
#
# Your network after 0, 50, 200 and 1,000 steps, and at the end: 50 tunes at each stage, at temperature 0.8, and all begin with
# the same header: 6/8, G major. So bars and keys can be judged from the first stage on. Beside it the course's: one training, and
# as many tunes, at some stages more. What do you think it learns first: bars, home notes, or how far a melody moves from note to note?

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-hear", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
found = {course.name: {stage["steps"]: (stage["tunes"], stage["ended"]) for stage in weights.learning()}}

if author is not course:

    def fifty():
        """Write the 50 tunes of a stage."""
        start = {"prompt": stages.PROMPT, "max_length": stages.LONGEST}
        return sampling.sample(model, vocabulary, stages.TUNES, temperature=stages.HEAT, seed=0, **start)

    found = {author.name: kept.each(fifty)} | found

real = stages.figures([entry.text for entry in corpus.entries if entry.text.startswith(stages.PROMPT)])
stages.draw({name: {steps: stages.figures(*its) for steps, its in one.items()} for name, one in found.items()}, real)
for steps, (texts_then, _) in found[author.name].items():
    print(f"--- {author.name} after {steps:,} steps:\n{texts_then[0]}")
    display(audio.play(texts_then[0], seconds=20))


# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# In the course's network the **intervals** come first. After 100 steps a melody moves by 2.4 semitones from note to note, as real tunes
# nearly do (2.6); by then 14% of the bars are full, and 18% of the tunes end on their home note. Bars and home notes come later, and together:
# between 200 and 500 steps full bars rise from 10% to 80%, and home notes from 29% to 70% (real tunes: 80%). After 1,000 steps 98% of the
# bars are full, at the end of its training 95%. A step to the next note needs one note of memory; a full bar needs all of its notes. This is one training, of 50 tunes a stage: yours may
# differ. Is what sounds right to you first also what is right first?

# %% [markdown]
# ---
# ## Part 4: Write music
#
# The network gives a logit for every character. To write, it must choose one. To take the most probable one at every
# step gives a dull tune that turns in circles. To draw by the probabilities gives surprises, and mistakes. Two knobs
# stand between the two:
#
# - **Temperature** $T$ divides the logits before the softmax. Below 1 the probable becomes more probable.
# - **Top-p** throws the tail away: keep the most probable characters until they hold a share $p$ of the mass.

# %% nbgrader={"grade": false, "grade_id": "ex-next_probabilities", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 4.1: next_probabilities                        (12 minutes, medium)
def next_probabilities(logits, temperature, top_p=1.0):
    """Turn the logits of one step into the probabilities from which the next character is drawn.

    logits:      (vocabulary,) float
    temperature: a positive number, divides the logits BEFORE the softmax
    top_p:       then keep the smallest set of the most probable characters whose probabilities add up to at least top_p
                 (the character that crosses top_p stays in); the others get 0, and the rest is scaled to sum 1
    returns (vocabulary,)    probabilities. Where equally probable characters stand at the border, any of them may stay
    """
    # TODO: divide, softmax (stable), sort, cut, scale.
    ### BEGIN SOLUTION
    scaled = np.asarray(logits, dtype="float64") / temperature
    probabilities = np.exp(scaled - scaled.max())
    probabilities /= probabilities.sum()
    order = np.argsort(-probabilities)  # most probable first
    before = np.cumsum(probabilities[order]) - probabilities[order]  # the mass of those that are more probable
    kept = np.zeros(len(probabilities), dtype=bool)
    kept[order] = before < top_p
    probabilities = np.where(kept, probabilities, 0.0)
    return probabilities / probabilities.sum()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-next_probabilities", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.next_probabilities(next_probabilities)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab2_music as reference

checks.next_probabilities(next_probabilities, reference.fresh("next_probabilities"))
### END HIDDEN TESTS

# %% nbgrader={"grade": false, "grade_id": "draw", "locked": true, "schema_version": 3, "solution": false, "task": false}
def draw(probabilities, rng):
    """Draw one id: id k comes with probability probabilities[k]."""
    return int(rng.choice(len(probabilities), p=probabilities))


# %% [markdown]
# Now the generator. What the network has drawn becomes its next input. It has no teacher any more: when it makes a
# mistake, it must live with it.

# %% nbgrader={"grade": false, "grade_id": "ex-generate", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 4.2: generate                                  (15 minutes, hard)
def generate(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    """Let a model write a tune, one character after the other.

    model:      ids (1, time) -> logits (1, time, vocabulary size)
    prompt:     how the tune begins, a string        vocabulary: dict, character -> id
    max_length: the most characters that the result may have, the prompt included
    temperature, top_p: for next_probabilities       seed: the same seed gives the same tune (np.random.default_rng)
    returns a string: the prompt and what the model adds, until it draws END (which is not in the string)
            or max_length is reached. The prompt has no more than max_length characters, all of the vocabulary;
            the model leaves the ids 0, 1 and 2 no chance, so nothing needs to be done about them
    """
    # TODO: start with START and the prompt; ask the model; draw from the LAST step; append; stop at END.
    ### BEGIN SOLUTION
    chance = np.random.default_rng(seed)
    ids = encode(prompt, vocabulary)[:-1]  # START and the prompt, without END
    for _ in range(max_length - len(prompt)):
        logits = np.asarray(model(np.array([ids])))[0, -1]  # (vocabulary size,)
        drawn = draw(next_probabilities(logits, temperature, top_p), chance)
        if drawn == END:
            break
        ids.append(drawn)
    return decode(ids, vocabulary)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-generate", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.generate(generate)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab2_music as reference

checks.generate(generate, reference.fresh("generate"))
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Stuck in 4.2? A first hint</summary>
#
# - `encode` puts START before the prompt and END behind it. Which of the two must the model not see, since the tune goes on?
# - The model answers for every step, `(1, time, vocabulary size)`. Which step says what comes *next*?
#
# </details>
#
# <details><summary>A second hint</summary>
#
# - How many characters may still be added when the prompt already has `len(prompt)`? That is the length of the loop.
# - One `np.random.default_rng(seed)` for the whole tune, made before the loop: made inside, it would draw the same number each time.
# - `decode` drops START by itself; END must not be appended at all.
#
# </details>

# %% [markdown]
# ### Experiment H: your generator, your network
#
# It writes one tune with your network (where yours does not write yet, with the course's).

# %% nbgrader={"grade": false, "grade_id": "demo-generate", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs(author="the cell under “Who writes from here on?”"):
    print("Written by", author.name)
    start = "M:6/8\nL:1/8\nK:Gmaj\n"
    text = generate(author.model, start, author.vocabulary, max_length=600, temperature=0.7, top_p=0.95, seed=1)
    print(text)
    display(score.show(text), audio.play(text))

# %% [markdown]
# Your generator runs the whole beginning through the network again for every character. The sampler of the course keeps
# the states $h$ and $c$ between the steps, and writes many tunes at once.

# %% [markdown]
# ### Experiment I: temperature
#
# 200 tunes for each temperature. How does the share of tunes without any mistake change from $T = 0.5$ to $T = 1.2$? And
# how much do the tunes copy from the training tunes?

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-temperature", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
library = novelty.library(corpus)  # every training tune, to look for copies


def examined(texts, ended):
    """Measure tunes, and how much each copies from the training tunes."""
    return metrics.measure(texts, ended, copies=[library.longest(tune).length for tune in texts])


columns = {
    writer.name: {
        temperature: examined(*writer.sample(training.scaled(200), temperature=temperature, seed=0))
        for temperature in (0.5, 0.8, 1.0, 1.2)
    }
    for writer in heard
}
judge_plots.temperatures(columns, library.real)

# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# Temperature trades courage against mistakes: the hotter, the fewer tunes without a mistake.

# %% [markdown]
# ---
# ## Part 5: Is it music?
#
# To judge a tune you need more than a loss. Five tools, from strict to personal.
#
# ### Experiment J: the validity ladder
#
# Each step of the ladder asks for more: the tune ends; its header makes sense; every symbol can be read; every bar is
# exactly full; the repeats balance. Beside the tunes of your network stand those of the course's networks: the one of the same shape, one
# that is told **where in the bar** it is, and one that reads whole notes, freely and by the rules; those of models that only count; and real tunes.

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-ladder", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
train = [entry.text for entry in corpus.part("train")]
counters = ngrams.baselines(train)  # models that only count, made in some seconds
place, full = weights.load_composer(plain=True), weights.load_composer()
count = max(30, training.scaled(200))

samplers = {name: lambda counter=counter: counter.samples(100, temperature=0.8) for name, counter in counters.items()}
samplers |= {writer.name: lambda writer=writer: writer.sample(count, temperature=0.8, seed=1) for writer in heard}
samplers |= {
    "told the place": lambda: composing.compose(place, count, temperature=0.8, seed=1),
    "whole notes": lambda: composing.compose(full, count, temperature=0.8, seed=1),
    "whole notes, by the rules": lambda: composing.compose(full, count, temperature=0.8, seed=1, constrained=True),
}
tunes = {name: write() for name, write in samplers.items()}
columns = {name: examined(*written) for name, written in tunes.items()}
columns["real tunes"] = metrics.measure(test_tunes)
judge_plots.ladder(columns)
metrics.table(columns)

# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# The models that only count spell well, and cannot count a bar: the unigram has no memory at all, the other a few characters.
# The character LSTM has learned from text alone that a bar has a length: about every second tune of the course's has all bars right
# (rung 4). One number more at each step, the time that is left in the bar, lifts this to more than eight of ten; many of those tunes
# fall on the next rung, since nobody tells this network which repeats are open. The network that reads whole notes also sees
# what stood at the same place one, two, four and eight bars ago: form is mostly repetition. By the rules (constrained sampling) nothing can go
# wrong: what would break a rule gets probability 0. Correct is not the same as good, though: look at the lower half of the
# table.

# %% [markdown]
# ### Experiment K: the plagiarism lens
#
# Is a tune new, or copied? The lens looks for the longest run of notes that a tune shares with any training tune, in any
# key. Real tunes borrow too: the line shows how much held-out real tunes share with the training tunes. Below: the first tune
# without a mistake that your network wrote for the ladder, and of all of those the one that copies most.

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-lens", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
made = metrics.right(*tunes[author.name])  # those on the last rung of the ladder
print(f"{len(made)} of {len(tunes[author.name][0])} tunes of {author.name} have no mistake.")
copying = sorted(made, key=lambda tune: -library.longest(tune).length)  # the one that copies most first
for tune in dict.fromkeys([*made[:1], *copying[:1]]):
    judge_plots.lens(tune, library)
    display(audio.play(tune))

# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# ### Experiment L: the blind test
#
# Six tunes, three of them real, and three without a mistake by your network (the course's, where yours does not write yet). Listen, then write down which ones you take for real.

# %% nbgrader={"grade": false, "grade_id": "demo-blind", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
rng = np.random.default_rng(5)
real = [test_tunes[number] for number in rng.choice(len(test_tunes), 3, replace=False)]
test = gallery.blind_test(real, made[1:4], seed=5)
print("Who made the others:", author.name)
display(test)

# %% nbgrader={"grade": false, "grade_id": "demo-guess", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
guesses = ["real", "real", "real", "made", "made", "made"]  # your guesses, tune 1 to tune 6

test.judge(guesses)

# %% [markdown]
# ### Experiment M: which cell counts the bar?
#
# Nobody told this network what a bar is, and yet most of its bars are full. So somewhere in its 256 cells there must be
# something like a clock. We look: for each cell, how closely does $c_t$ follow the **place in the bar**, before each note,
# from 0 at the bar line to 1 at the next? The cell is *chosen* on 400 training tunes, and what is *reported* is measured on the
# test tunes: the best of 256 would look good by luck on the tunes that it was chosen on. Beside it a **read-out**: the best
# weighted sum of all cells ($R^2 = 1$: exact, 0: no better than always the same answer).

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-cell-of-the-bar", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
some = [train[number] for number in np.random.default_rng(0).choice(len(train), min(400, len(train)), replace=False)]
learned, tested = (inside.memory(author.model, author.vocabulary, texts) for texts in (some, test_tunes))
clock = learned.best()[0]
print(
    f"{author.name[:1].upper()}{author.name[1:]}: cell {clock} follows the place in the bar. Correlation {learned.correlations()[clock]:.2f} on the "
    f"training tunes by which it was chosen, {tested.correlations()[clock]:.2f} on the test tunes.\n"
    f"A weighted sum of all cells tells the place on the test tunes with R2 = {inside.read_out(learned, tested):.2f}."
)
jig_then = next(text for text in test_tunes if text.startswith("M:6/8"))  # a tune to look at
one = inside.memory(author.model, author.vocabulary, [jig_then])
counting.follow(jig_then, one.c[:, clock], one.place, f"Cell {clock}")

# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# It *follows* the bar. Does it **count** it: does the network use this cell to know when a bar is full? Seeing is not
# enough for that. So we take the cell away: while the network writes, $c$ of this cell is held at its mean, whatever the
# gates say. If the network counts with it, fewer bars are full. As a **control**, the same is done with ten other cells that move about
# as much, one at a time. And then the ten cells that follow the bar best are held together, beside five times ten others.

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-hold", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
settings = inside.settings(learned, alone=10, tens=5)  # which cells are held: none, the best, the ten best, and controls
written = inside.written(author.model, author.vocabulary, settings, learned.c.mean(0), max(5, training.scaled(50)))
counting.without(
    {"no cell held": written["none"], f"cell {clock} held": written["best"], "the ten best held": written["ten"]},
    {
        f"cell {clock} held": [written[f"one {number}"] for number in range(1, 11)],
        "the ten best held": [written[f"ten {number}"] for number in range(1, 6)],
    },
)

# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# In the course's network the cell is number 229. It **follows** the bar, on tunes by which it was not chosen as closely as on
# those by which it was: correlation 0.86 on the test tunes, 0.85 to 0.87 on the training tunes. The read-out reaches $R^2 = 0.97$; but an
# **untrained** network of the same shape reaches 0.81 to 0.82: some of the last notes is in any memory, so a good read-out alone
# says little of what was learned.
#
# Does it **count**? A little. All was done three times, with other training tunes to choose by, other controls, and other tunes written.
# With no cell held, 92% to 95% of the bars are full, with cell 229 held 87% to 91%: fewer each time, by 3 to 8 of 100. Of thirty other cells
# three cost as much or more; all in all these leave 69% to 97%. So the network uses this cell, and can do without it. Hold the ten cells that
# follow the bar best, the same ten each time, and 15% to 16% of the bars are full, where fifteen times ten others, which move as much, leave 69% to
# 92%. And 95% to 98% of those tunes can still be read: the network spells as before, and has lost count. So these ten together carry most of
# the count, the best of them alone is not needed, and a cell that follows little can matter more than one that follows well. A picture of one
# cell, however fine, does not tell.

# %% [markdown]
# ### Your page
#
# 300 tunes of your network. Those that have no mistake, end on their home note and copy no more than half of the real
# tunes do go on; of these the page takes the ten that the network itself finds likeliest, with the fewest bits per
# character. One file, with score and sound, that you can send to friends. It says who wrote the tunes.

# %% nbgrader={"grade": false, "grade_id": "demo-page", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
texts_of_page, ended = author.sample(300, seed=2)
right = metrics.right(texts_of_page, ended)
home = [tune for tune in right if metrics.ends_on_tonic(abc.read(tune))[0]]
new = [tune for tune in home if library.longest(tune).length <= np.median(library.real)]  # no more copied than real ones
best = sorted(new, key=author.bits_of)[:10]
print(
    f"{len(right)} of {len(ended)} tunes have no mistake, {len(home)} of them end on their home note, {len(new)} of those "
    f"are new. The {len(best)} likeliest:"
)
for number, tune in enumerate(best, 1):
    print(f"  tune {number}: {author.bits_of(tune):.2f} bits per character, {library.longest(tune).length} notes in a row copied")
if best:
    gallery.page(best, "my_tunes.html", "Tunes that nobody has played before", note=writers.signed(author, course))


# %% [markdown]
# ---
# ## Part 6: In your own words

# %% [markdown] nbgrader={"grade": true, "grade_id": "written", "locked": false, "points": 10, "schema_version": 3, "solution": true, "task": false}
# **Question 6.1 (10 points, about 15 minutes).** A friend says: "An LSTM remembers for hundreds of steps, because its cell
# state is never multiplied with a matrix. And a model with a low loss writes good music."
#
# 1. Is the first sentence right? Use what stands between $\partial L / \partial c_T$ and $\partial L / \partial c_1$ on
#    the direct path, and a result of Experiment C or D.
# 2. Which gates must do what, at which step, so that a note is kept over 30 steps and then replaced by another?
# 3. Is the second sentence right? Name two things that bits per character do not measure and one of the experiments
#    that shows it.
#
# Write 120 to 200 words.
#
# ### BEGIN MARK SCHEME
# **Marking guide.** Give points for reasons, not for words that sound right.
#
# 1. *4 points.* On the direct path the gradient is multiplied, number by number, with the forget gates $f_2 \dots f_T$
#    (2). Only where they are close to 1 does it arrive; at $f$ near 0.5 or 0.73 it vanishes like $0.5^T$ or $0.73^T$
#    (1). A result: Experiment C, forget bias 0 or 1 against 5, or Experiment D (1). That there are further paths through
#    $h$ is worth a point where one of the others is missing.
# 2. *3 points.* Writing: $i$ open at the step of the note (1). Keeping: $f$ near 1 and $i$ near 0 for 30 steps (1).
#    Replacing: $f$ near 0 and $i$ open at the same step, since otherwise the new value is added to the old one (1).
# 3. *3 points.* No (or: not alone). Two of: whether bars add up or repeats balance (Experiment J), novelty or copying
#    (K), what it does when it reads its own output instead of the truth (H, I), form over the whole tune, whether people
#    like it (L) (1 each). An experiment named rightly (1).
#
# Take off nothing for language.
# ### END MARK SCHEME
#
# YOUR ANSWER HERE

# %% [markdown]
# ---
# ## Part 7: Going further (optional, no points)
#
# Two relatives of the LSTM from the lectures. Their checks work like the others, and give no points.
#
# **Tied gates**: what is forgotten is replaced, $i = 1 - f$.

# %% nbgrader={"grade": false, "grade_id": "ex-coupled_lstm_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 7.1: coupled_lstm_step (optional, 0 points)    (5 minutes, easy)
def coupled_lstm_step(x_t, h_prev, c_prev, W, U, b):
    """An LSTM whose input gate is what the forget gate leaves: i = 1 - f.

    Shapes as in lstm_step, with three blocks of columns: f, c, o; W (features, 3 units), U (units, 3 units), b (3 units,)
    returns h, c (batch, units)
    """
    ### BEGIN SOLUTION
    a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 3, axis=-1)  # (batch, units) each
    f, o = sigmoid(a_f), sigmoid(a_o)
    c = f * c_prev + (1 - f) * np.tanh(a_c)
    return o * np.tanh(c), c
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-coupled_lstm_step", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.coupled_lstm_step(coupled_lstm_step)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab2_music as reference

checks.coupled_lstm_step(coupled_lstm_step, reference.fresh("coupled_lstm_step"))
### END HIDDEN TESTS

# %% [markdown]
# **Peepholes**: the gates look at the cell state.

# %% nbgrader={"grade": false, "grade_id": "ex-peephole_lstm_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 7.2: peephole_lstm_step (optional, 0 points)   (8 minutes, medium)
def peephole_lstm_step(x_t, h_prev, c_prev, W, U, b, P_i, P_f, P_o):
    """An LSTM whose gates also see the cell state.

    Shapes as in lstm_step (blocks i, f, c, o); P_i, P_f, P_o (units, units): full matrices, as the lecture writes them
    (usually they are diagonal). c_{t-1} P_i enters gate i, c_{t-1} P_f gate f, and the NEW c_t P_o gate o.
    returns h, c (batch, units)
    """
    ### BEGIN SOLUTION
    a_i, a_f, a_c, a_o = np.split(x_t @ W + h_prev @ U + b, 4, axis=-1)  # (batch, units) each
    i, f = sigmoid(a_i + c_prev @ P_i), sigmoid(a_f + c_prev @ P_f)
    c = f * c_prev + i * np.tanh(a_c)
    o = sigmoid(a_o + c @ P_o)
    return o * np.tanh(c), c
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-peephole_lstm_step", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.peephole_lstm_step(peephole_lstm_step)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab2_music as reference

checks.peephole_lstm_step(peephole_lstm_step, reference.fresh("peephole_lstm_step"))
### END HIDDEN TESTS

# %% [markdown]
# ### Experiment N: which gated cell is best? (optional)
#
# LSTM, GRU, tied gates, peepholes: you have built all four. Which one is best? Jozefowicz et al. (2015) and Greff et al. (2017) trained
# thousands of networks to find out. We ask it on our tunes, and we are fair:
#
# - **as many parameters**: about 57,000 each. The LSTM has 96 units, the GRU and the tied gates have more, since they have three blocks in place of
#   four, and the peepholes, with their full matrices, fewer;
# - **as many updates**: 500 batches of 32 tunes, the same ones for each seed;
# - **each its own learning rate**: the best of three, chosen on the validation tunes by a training that is not counted below;
# - **five seeds** each, and the bias of the gate that keeps starts at 1 in all of them.
#
# First: are they *your* cells? We give the cells of these networks random weights, and your functions the same.

# %% nbgrader={"grade": false, "grade_id": "demo-your-cells", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs():
    rng = np.random.default_rng(0)
    x_t, h_prev, c_prev = (rng.normal(size=(2, width)).astype("float32") for width in (3, 4, 4))
    for kind, mine in {"GRU": gru_step, "coupled": coupled_lstm_step, "peephole": peephole_lstm_step}.items():
        cell, states = gated.gated(kind)(4), [h_prev] if kind == "GRU" else [h_prev, c_prev]
        cell.build((2, 3))
        cell.set_weights([rng.normal(size=weight.shape) for weight in cell.weights])
        theirs, yours = cell(x_t, states)[0], mine(x_t, *states, *cell.parts())
        print(f"{kind}: largest difference in h {np.abs(theirs - (yours if kind == 'GRU' else yours[0])).max():.0e}")

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-gated", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
gated.compared(gated.measured())  # every seed of every cell, as it ships with the course

# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# With every one of the five seeds the order is the same. The **GRU** needs 1.83 (1.81 to 1.84) bits per character on the test tunes, the **tied gates** 2.02 (2.00 to 2.04),
# the **LSTM** 2.12 (2.06 to 2.18), the **peepholes** 2.71 (2.56 to 2.89). Seed by seed the GRU needs 0.30 bits fewer than the LSTM (standard error of the mean:
# 0.02), the tied gates 0.10 fewer (0.02), the peepholes 0.58 more (0.05). A training took 56 to 71 CPU seconds on a busy machine, too rough to rank them.
#
# That is the answer for these tunes, networks of this size, and **500 updates**, a fifth of what the course's network had: a cell that learns *fast* gains by that. For
# three of the four the largest of the three rates was the best, so a larger one might change the distances. And these peepholes have the full matrices of the
# lecture, where most programs have diagonal ones. The articles found, on other data: no variant is significantly better than
# the LSTM (Greff et al.), and a forget bias of 1, which ours has, closes the gap between LSTM and GRU (Jozefowicz et al.). Here
# the gap is open. A measurement answers the question that was asked, and no other.
#
# Train one yourself, with a seed of your own, about a minute: does your star fall among the open marks? Or ask something that the picture does
# not show: an LSTM with **dropout** (while it learns, a quarter of what goes into it, and of what comes out, is set to zero), or one of **two layers**
# with fewer units each. Does it help in so short a training? Write down what you think first.

# %% nbgrader={"grade": false, "grade_id": "train-gated", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["train"]
kind, rate, seed = "GRU", 0.0125, 5  # or "LSTM", "coupled" with 0.0125, "peephole" with 0.005; "dropout", "two layers"

gated.compared(gated.measured(), gated.run(kind, rate, seed, label=kind))

# %% nbgrader={"grade": false, "grade_id": "demo-deeper", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
gated.compared([run for run in gated.measured() if run["cell"] == "LSTM"] + gated.measured("deeper"))  # five seeds of each

# %% [markdown]
# With **dropout** the LSTM needs 2.12 bits (2.08 to 2.16) on the test tunes, as it does without: seed by seed the difference is 0.00 (standard error of the mean: 0.02).
# Dropout is there against learning by heart, and after 500 updates nothing is learned by heart: without it the LSTM needs 2.16 bits on the tunes that it trains on, and 2.12 on the test tunes.
# **Two layers** of 60 units need 2.43 (2.40 to 2.49), 0.31 more than one layer of 96 (0.01). At equal size and in so short a training, depth costs.
# That is no answer for a training of hours.

# %% [markdown]
# ### Bring your own tunes (optional)
#
# Everything in this lab works with other tunes, too. Thousands are on the web in ABC; a search for "irish.abc" or for the
# music of your home and "abc notation" finds some. Look at what their page says about who may use them. Upload the file beside
# this notebook (in Colab: the folder at the left edge), write its name into the cell, and run it. `data.tunes` reads the
# tunes as it reads those of the course: it cleans them, keeps versions of one tune together, holds some out, and names each
# tune that it cannot use, with line and reason. Legal ABC can be among these: this course has one voice, one key and one meter for a tune.
#
# A fresh network learns from your tunes for five minutes. With some hundred tunes it learns how they go. With thirty
# it learns them by heart, and the last column shows it.

# %% nbgrader={"grade": false, "grade_id": "demo-own", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
mine = "my_tunes.abc"  # a file that you have uploaded, or a folder

if os.path.exists(mine):
    from labkit import own

    own_tunes = data.tunes(mine)  # own_tunes.left_out names what could not be used
    own_model, own_letters, own_fit = own.character_model(own_tunes, seconds=300)
    own_written, own_ended = sampling.sample(own_model, own_letters, 50, temperature=0.8, seed=1)
    own_library = novelty.library(own_tunes)
    own_copies = [own_library.longest(text).length for text in own_written]
    columns = {
        "your network": metrics.measure(own_written, own_ended, copies=own_copies),
        "real tunes": metrics.measure([entry.text for entry in own_tunes.entries], copies=own_library.real),
    }
    metrics.table(columns)
    best = sorted(own_written, key=lambda text: (len(abc.read(text).outside()), -len(text)))[:10]
    page = gallery.page(best, "my_own_tunes.html", title=f"After {mine}")
    display(score.show(best[0]), audio.play(best[0]))
else:
    print(f"There is no {mine} beside this notebook. Upload a file of tunes in ABC, and write its name above.")

# %% [markdown]
# More to try:
#
# - **Constrained sampling.** `composing.compose(full, ..., constrained=True)` lets the network only choose what keeps the tune
#   valid: no note that is too long for its bar, a bar line when the bar is full. Compare its novelty with the free one.
# - **Half the units.** Train 128 units for the same five minutes. What do you expect of its bits, and of its bars?
# - **Another start.** Give `generate` the first two bars of a tune that you know, and let it go on.
# - **Another clock.** In Experiment M, look for the cell that follows the place in the *tune* (`len` of what is read over the
#   whole length). Is there one?
# - **How many cells?** In Experiment M, hold the 2, 5 and 20 best cells (`learned.best(5)`). From how many on do bars break?
#
# ### To read on
#
# - S. Hochreiter, J. Schmidhuber, *Long Short-Term Memory* (1997). The cell, without a forget gate: its path was always open.
# - F. Gers, J. Schmidhuber, F. Cummins, *Learning to Forget* (2000). The forget gate; F. Gers, J. Schmidhuber, *Recurrent Nets that
#   Time and Count* (2000): peepholes.
# - K. Cho et al., *Learning Phrase Representations using RNN Encoder-Decoder* (2014). The GRU, with the reset before the product.
# - R. Jozefowicz, W. Zaremba, I. Sutskever, *An Empirical Exploration of Recurrent Network Architectures* (2015). Ten
#   thousand cells tried; and set the forget bias to 1.
# - K. Greff et al., *LSTM: A Search Space Odyssey* (2017). What each gate is worth.
# - A. Karpathy, J. Johnson, L. Fei-Fei, *Visualizing and Understanding Recurrent Networks* (2015). Cells that follow a quotation,
#   a line, a bracket: seen, not taken away.
# - B. Sturm et al., *Music Transcription Modelling and Composition Using Deep Learning* (2016). An LSTM that writes folk tunes in ABC.
# - A. Holtzman et al., *The Curious Case of Neural Text Degeneration* (2020). Where top-p comes from.
#
# You have reached the end of Lab 2. Save the notebook. The last cell says what passes, and whether something is wrong with
# the file; then submit it.

# %% nbgrader={"grade": false, "grade_id": "demo-submit", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
import labkit

labkit.submit_check()
