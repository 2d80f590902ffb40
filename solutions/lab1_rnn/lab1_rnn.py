# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Lab 1: Neurons with recurrence
#
# *Edition 2*
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/{{student_repository_path}}/blob/main/labs/lab1_rnn/lab1_rnn.ipynb)
#
# > This morning I took my cat for a ____
#
# What is the missing word? You read the words from left to right. You kept something of each one. At the end you had a
# guess.
#
# A dense layer cannot do this. It sees one input, gives one output, and keeps nothing. In this lab you build a neuron
# that keeps something: a **recurrent neural network**, an RNN. You write every part of it by hand: the words, the
# memory, the loss, and the gradients that travel back through time.
#
# | Part | You build | You find out | Minutes | Points |
# |---|---|---|---|---|
# | 1. Words become numbers | a vocabulary, a padded batch, an embedding | why an id is a name and not a quantity | 30 | 8 |
# | 2. A neuron gets a memory | one step, the walk through a sentence, a Keras cell | what is wrong with a cell that looks right | 50 | 34 |
# | 3. Memory pays off | a model that follows a ball | when a memory is better than a window, and when not | 25 | 5 |
# | *a good place to stop* | | | | |
# | 4. How it learns | the loss and its gradients | how to know that a gradient is right, and what trains a memory | 80 | 29 |
# | 5. Why it forgets | gradient norms, clipping | how far back an RNN learns to remember, and what moves that edge | 45 | 14 |
# | 6. In your own words | one written answer | | 15 | 10 |
#
# The minutes hold the exercises, 200 words of text a minute, and three minutes for each experiment with its prediction.
# That makes **two sittings: one of 110 minutes, one of 125**, with a marked stop between them. Part 6 can be written
# later, at home. If NumPy is new to you, plan more time. An experiment that is marked *(may be read)* has its result in
# the text below it: you can go on without running it.
#
# **Short of time?** The core path is Part 1, Exercises 2.1, 2.2, 3.1, 4.1 and 5.1, and the experiments A, B, C, G, I, N,
# O and Q: 51 of the 100 points in about two hours. Before 5.1, read from *Who is to blame?* to Exercise 4.3: the rule for the
# tanh stands there. Apart from that nothing on it needs what it leaves out. Part 6 is not on it: it asks about all of the lab.
#
# In Colab, first choose *File → Save a copy in Drive*: the copy is yours, and it keeps your work.

# %% [markdown]
# ## Four things that a sequence model must do
#
# The lectures ask four things of a model of sequences. They are the frame of this lab:
#
# | | A sequence model must | Where you meet it |
# |---|---|---|
# | 1 | read sequences of **any length** | the mask (1.3, 2.2); flights of up to 60 frames (Experiment I) |
# | 2 | follow **long-term dependencies** | three countries (H, M); how far it reaches (Q), and what it prefers (R) |
# | 3 | keep the **order** | two sentences of the same words (Experiment G) |
# | 4 | **share its parameters** over all places | one cell for every step (2.2), and what that saves (Experiment D) |
#
# By the way it is built, an RNN takes any length (1), reads in order (3) and shares its parameters (4). Whether it is *good* at
# a length that it was not trained on is another question: Experiment I asks it. For 2 it has a memory, and Part 5 measures
# how far that goes.

# %% [markdown]
# ## How this lab works
#
# **Exercises.** An exercise cell holds a function with a `TODO`. Read the docstring: it says exactly what goes in and
# what comes out. Write your lines in place of `raise NotImplementedError(...)`. Then run the check below it.
#
# **Checks.** A check prints one line when all is well. When something is wrong it prints three: what it saw, a likely
# cause as a question, and where to look. A place such as "batch 0, step 2" counts from 0, as Python does. A check tests
# what the docstring says, and nothing else. For your points, the same checks run again with fresh numbers and other
# shapes. So write for every shape, not for the example.
#
# - **Shapes.** Batch comes first: `x (batch, time, features)`. Every batch holds at least one sequence, and is
#   at least one step long.
# - **Masks.** A mask is `True` where a step is real, and `False` where it is padding. This holds everywhere in this
#   course.
# - **Numbers.** Results may be NumPy arrays or tensors, of any floating type. They may differ from ours by 1e-5 plus
#   1e-4 of the value. Only the gradients in Part 4 need `float64` (relative error below 1e-6), and they say so.
# - **Arguments.** Leave them as they came: make new arrays and lists.
# - **Earlier mistakes.** A function that calls an earlier function of yours, and is right apart from that, still earns
#   its points.
#
# **Experiments.** Before each experiment you write down a prediction, after it one sentence on what you saw:
# double-click the cell and write in place of the dots. Nobody grades this. A wrong prediction is worth more than none.
# When an experiment needs an exercise that is missing, or that stops with an error, it says so, and the notebook goes on. An
# exercise that gives wrong numbers it does not notice, and shows what comes of them: look at the checks first.
#
# **Points.** The exercises give 90 points, the written answer gives 10. How well a model is trained is never graded.
#
# **Slow machine?** Run `%env LABKIT_BUDGET=0.5` in a new cell, and every training takes half as many steps. What the text
# says of a training was measured with all of them.
#
# **A name is not defined** (`checks`, `training`, `plots`, a function of yours)? The kernel is new, or a cell above was not run:
# run the three cells below *Get ready*, then all cells above yours (in the menu: *Run All Above*, in Colab *Run before*).

# %% [markdown]
# ## One box on notation
#
# The lectures and Keras do not write the same things in the same way. You need this box from Part 2 on: come back when
# a formula here differs from one that you know. This course writes:
#
# | In the lectures | Here | Why |
# |---|---|---|
# | $W_{hh}^T h_{t-1} + W_{xh}^T x_t$, vectors are columns | $x_t W_{xh} + h_{t-1} W_{hh}$, vectors are rows | one row for each sequence of a batch; Keras does the same |
# | $W_{hh} h_{t-1}$ without a transpose (the article) | that matrix is our $W_{hh}$ transposed | same network, other layout |
# | no bias (the slides), $b_h$ and $b_y$ (the article) | $b_h$ and $b_y$ | Keras has them |
# | $\hat y_t = W_{hy}^T h_t$, "output" | logits $= h_t W_{hy} + b_y$ | a softmax turns logits into probabilities $\hat y_t$ |
# | $x_1 \dots x_T$, states $h_1 \dots h_T$, start $h_0$ | `h[:, 0]` is $h_1$, `h[:, -1]` is $h_T$ | Python counts from 0; `h_0` is an argument of its own |
# | $\partial L / \partial W_{hh}$ | `d_W_hh`, or the entry `"W_hh"` of a dict of gradients | `d_` stands for "the gradient of the loss with respect to" |
# | | `kernel`, `recurrent_kernel`, `bias` in Keras | Keras's names for $W_{xh}$, $W_{hh}$, $b_h$ |

# %% [markdown]
# ## Get ready
#
# Run the next three cells first, each time you open the notebook. Loading TensorFlow takes some seconds.

# %% nbgrader={"grade": false, "grade_id": "install", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Installs the helper package when it is missing (in Colab); does nothing when it is there.
import importlib.util
import subprocess
import sys

NEEDED = "{{version}}"  # of the helper package, or newer
SOURCE = "deep-sequence-labkit @ {{student_repository}}/archive/refs/tags/{{edition_tag}}.zip#subdirectory=labs"


class Stopped(Exception):
    """Jupyter shows its sentence alone."""

    def _render_traceback_(self):
        return [str(self)]


for name, package in (("labkit", SOURCE),):
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
import re

from labkit import quiet

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's notes on processor and graphics card stay away
quiet.load("keras")

import keras
import numpy as np

from labkit.checks import lab1_rnn as checks

checks.edition(2)

# %% nbgrader={"grade": false, "grade_id": "tools", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Drawings, plots, data and training of this course. Experiments use them; no exercise needs them.
from labkit import ball, data, pictures, plots, recall, training

RUNNING = "This morning I took my cat for a walk"
GOOD, BAD = "The food was good, not bad at all", "The food was bad, not good at all"
FRANCE = "I grew up in France"


# %% [markdown]
# ---
# ## Part 1: Words become numbers
#
# A network computes with numbers. A sentence has none. So a sentence takes three steps:
#
# **words** → **ids** (a number for each word) → **vectors** (a row of numbers for each id).
#
# The first function is given. Read it; you will call it soon.

# %% nbgrader={"grade": false, "grade_id": "tokenize", "locked": true, "schema_version": 3, "solution": false, "task": false}
def tokenize(sentence):
    """Split a sentence into lower-case words; punctuation is dropped."""
    return re.sub(r"[^\w\s]", "", sentence.lower()).split()


# %% [markdown]
# A **vocabulary** gives each word its own id. Two ids are taken: 0 stands for padding (no word at all), 1 for a word
# that we do not know. So the first word gets id 2. The table of all ids has `len(vocabulary) + 2` rows.

# %% nbgrader={"grade": false, "grade_id": "ex-build_vocabulary", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 1.1: build_vocabulary                          (5 minutes, easy)
def build_vocabulary(words):
    """Number the words of a text.

    words:  flat list of words, as tokenize gives them
    returns a dict, word -> id: ids count from 2 in the order in which the words occur first.
            Ids 0 (padding) and 1 (unknown) are kept free and are not keys.
    """
    # TODO: go through the words; a word that is new gets the next free id.
    ### BEGIN SOLUTION
    vocabulary = {}
    for word in words:
        if word not in vocabulary:
            vocabulary[word] = len(vocabulary) + 2
    return vocabulary
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-build_vocabulary", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.build_vocabulary(build_vocabulary)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab1_rnn as reference

checks.build_vocabulary(build_vocabulary, reference.fresh("build_vocabulary"))
### END HIDDEN TESTS

# %% nbgrader={"grade": false, "grade_id": "ex-encode", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 1.2: encode                                    (3 minutes, easy)
def encode(sentence, vocabulary):
    """Turn a sentence into ids.

    sentence:   a string, as people write it
    vocabulary: dict, word -> id
    returns a list of int; a word that the vocabulary does not know is 1; "" gives []
    """
    # TODO: tokenize, then look up each word.
    ### BEGIN SOLUTION
    return [vocabulary.get(word, 1) for word in tokenize(sentence)]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-encode", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.encode(encode)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab1_rnn as reference

checks.encode(encode, reference.fresh("encode"))
### END HIDDEN TESTS

# %% [markdown]
# Sentences differ in length. A batch is a table, and a table has rows of one length. So short rows are filled up with
# 0, and a **mask** remembers which steps are real.

# %% nbgrader={"grade": false, "grade_id": "ex-pad_batch", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 1.3: pad_batch                                 (8 minutes, medium)
def pad_batch(sequences):
    """Put sequences of different lengths into one table.

    sequences: list of lists of ids, from 1 on: 0 is padding
    returns ids  (batch, time) int:  padded on the right with 0, as long as the longest sequence
            mask (batch, time) bool: True where a step is real, False where it is padding
    """
    # TODO: an array of zeros, filled row by row; the mask says where something was filled in.
    ### BEGIN SOLUTION
    longest = max(len(sequence) for sequence in sequences)
    ids = np.zeros((len(sequences), longest), dtype=int)  # (batch, time)
    for row, sequence in enumerate(sequences):
        ids[row, : len(sequence)] = sequence
    lengths = np.array([len(sequence) for sequence in sequences])  # (batch,)
    mask = np.arange(longest) < lengths[:, None]  # (batch, time)
    return ids, mask
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-pad_batch", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.pad_batch(pad_batch)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab1_rnn as reference

checks.pad_batch(pad_batch, reference.fresh("pad_batch"))
### END HIDDEN TESTS

# %% [markdown]
# ### Experiment A: three sentences in one table
#
# Three sentences become one batch: of 9, 8 and 5 words. How many cells of the table are padding? Which id does "i" get
# in the third sentence?

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-batch", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs():
    tokens = [tokenize(sentence) for sentence in (RUNNING, GOOD, FRANCE)]
    vocabulary = build_vocabulary(sum(tokens, []))
    ids, mask = pad_batch([encode(sentence, vocabulary) for sentence in (RUNNING, GOOD, FRANCE)])  # (3, 9), (3, 9)
    pictures.padded_batch(tokens, ids, mask)


# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# ### From an id to a vector
#
# An id is a name, like a house number. It is **not a quantity**: word 8 is not four times word 2, and not "between" 7
# and 9. If we gave the id itself to the network, the network would take it for a size.
#
# A **one-hot** vector removes the order: one place for each word, a single 1. An **embedding** goes one step further.
# It is a matrix $E$ with one row of $d$ numbers for each id. This row is the vector of the word, and the network learns
# its numbers. We call the numbers of a vector its **features**.

# %% nbgrader={"grade": false, "grade_id": "one_hot", "locked": true, "schema_version": 3, "solution": false, "task": false}
def one_hot(ids, size):
    """Turn ids of any shape into rows with a single 1: ids.shape + (size,). Id 0 is a row like any other."""
    return np.eye(size)[ids]


# %% nbgrader={"grade": false, "grade_id": "ex-embed", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 1.4: embed                                     (2 minutes, easy)
def embed(ids, E):
    """Look up the vector of each id.

    ids: int, any shape, for example (batch, time)
    E:   (vocabulary size, d)    the embedding matrix, one row for each id
    returns ids.shape + (d,); the same as one_hot(ids, len(E)) @ E
    """
    # TODO: pick rows of E. No product is needed.
    ### BEGIN SOLUTION
    return E[ids]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-embed", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.embed(embed)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab1_rnn as reference

checks.embed(embed, reference.fresh("embed"))
### END HIDDEN TESTS

# %% [markdown]
# ### Experiment B: an embedding picks rows
#
# The picture shows one-hot rows times $E$. What do you expect on the right? What is the vector of padding, id 0: is it
# zero? And if we give each word another id, and move the rows of $E$ along: what happens to the vectors?

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-embedding", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs():
    words = tokenize(RUNNING)
    vocabulary = build_vocabulary(words)
    ids = np.array(encode(RUNNING, vocabulary))  # (9,)
    E = np.random.default_rng(0).normal(size=(len(vocabulary) + 2, 4))  # (11, 4)
    vectors = embed(ids, E)  # (9, 4)
    pictures.embedding(words, ids, E, vectors)
    print("largest difference to one_hot(ids, len(E)) @ E:", np.abs(one_hot(ids, len(E)) @ E - vectors).max())
    print("the vector of padding, id 0:", embed(np.array([0]), E)[0].round(2))

    shuffled = np.arange(len(E))
    np.random.default_rng(1).shuffle(shuffled[2:])  # give every word another number (0 and 1 stay), and move its row along
    moved = np.empty_like(E)
    moved[shuffled] = E
    print("new ids:", shuffled[ids])
    print("largest change of the vectors:", np.abs(embed(shuffled[ids], moved) - vectors).max())


# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# Three things to remember:
#
# - To look up a row and to multiply with a one-hot matrix give the same numbers. The look-up needs no products.
# - Any numbering of the words works as well as any other, as long as the rows of $E$ move along. **Ids have no order.**
# - **Padding is not a zero vector.** Id 0 has a row like every other id. What keeps padding out of the memory and out
#   of the loss is the mask.

# %% [markdown]
# ### What should the network predict?
#
# The next word, at every step. The sentence itself holds the answers: the target of each word is the word after it.

# %% nbgrader={"grade": false, "grade_id": "ex-next_word_pairs", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 1.5: next_word_pairs                           (2 minutes, easy)
def next_word_pairs(ids):
    """Make inputs and targets for predicting the next word.

    ids: (batch, time)
    returns inputs  (batch, time - 1): all words but the last
            targets (batch, time - 1): at each step the word that comes next
    """
    # TODO: two slices along the time axis.
    ### BEGIN SOLUTION
    return ids[:, :-1], ids[:, 1:]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-next_word_pairs", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.next_word_pairs(next_word_pairs)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab1_rnn as reference

checks.next_word_pairs(next_word_pairs, reference.fresh("next_word_pairs"))
### END HIDDEN TESTS

# %% nbgrader={"grade": false, "grade_id": "demo-pairs", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs():
    words = tokenize(RUNNING)
    vocabulary = build_vocabulary(words)
    names = {number: word for word, number in vocabulary.items()}
    inputs, targets = next_word_pairs(np.array([encode(RUNNING, vocabulary)]))  # (1, 8), (1, 8)
    for i, target in zip(inputs[0], targets[0]):
        print(f"reads {names[i]!r:10} should say {names[target]!r}")

# %% [markdown]
# ---
# ## Part 2: A neuron gets a memory
#
# Look at the last line above: the network reads "a" and should say "walk". From "a" alone nobody can know. The network
# needs the words before.
#
# An RNN keeps a **hidden state** $h_t$: a short row of numbers, its memory. Each of these numbers is a **unit**. At step
# $t$ the RNN mixes the new input $x_t$ (the vector of one word) with the old memory $h_{t-1}$. The result is the new
# memory $h_t$:
#
# $$h_t = \tanh(x_t W_{xh} + h_{t-1} W_{hh} + b_h)$$
#
# $W_{xh}$ says what the input writes into the memory. $W_{hh}$ says what the old memory leaves in the new one. The bias
# $b_h$ is one more number for each unit. $\tanh$ keeps all numbers between -1 and 1.

# %% nbgrader={"grade": false, "grade_id": "demo-unrolled", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
pictures.unrolled(["my", "cat", "for", "a"], "walk")


# %% [markdown]
# On the left, the network as it is: one cell with a loop. On the right, the same cell drawn once for each word:
# **unrolled** through time. $h_0$ is the memory before the first word; mostly it is all zeros.

# %% nbgrader={"grade": false, "grade_id": "ex-rnn_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 2.1: rnn_step                                  (8 minutes, medium)
def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    """One step of the recurrence  h_t = tanh(x_t W_xh + h_{t-1} W_hh + b_h), with arrays of floats.

    x_t:    (batch, features)     input at time t
    h_prev: (batch, units)        hidden state at time t-1
    W_xh:   (features, units)     W_hh: (units, units)     b_h: (units,)
    returns (batch, units)        hidden state at time t
    """
    # TODO: combine input and memory, add the bias, squash with tanh.
    ### BEGIN SOLUTION
    return np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)  # (batch, units)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-rnn_step", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.rnn_step(rnn_step)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab1_rnn as reference

checks.rnn_step(rnn_step, reference.fresh("rnn_step"))
### END HIDDEN TESTS

# %% [markdown]
# The state is a memory, not an answer. **The output is not the state**: another matrix, $W_{hy}$, turns the state into
# **logits**: one number for each word of the vocabulary. The larger it is, the more likely the word.

# %% nbgrader={"grade": false, "grade_id": "rnn_output", "locked": true, "schema_version": 3, "solution": false, "task": false}
def rnn_output(h, W_hy, b_y):
    """Turn the state into logits: (..., units) -> (..., vocabulary)."""
    return h @ W_hy + b_y


# %% [markdown]
# Now walk through the sentence, with **the same weights at each step** (criterion 4), as often as it has words
# (criterion 1). Padding must not disturb the memory: where the mask is `False`, the state stays what it was.

# %% nbgrader={"grade": false, "grade_id": "ex-rnn_forward", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 2.2: rnn_forward                               (12 minutes, medium)
def rnn_forward(x, h_0, W_xh, W_hh, b_h, mask=None):
    """Apply rnn_step at every time step, with the same weights: arrays of floats, but for the mask.

    x:    (batch, time, features)
    h_0:  (batch, units)          the state before the first step
    mask: (batch, time) bool      True where a step is real; None: all are
    returns (batch, time, units)  h_1 to h_T (without h_0); a masked step keeps the state before it
    """
    # TODO: loop over time, call rnn_step, store every state; where the mask is False, keep the old state.
    ### BEGIN SOLUTION
    h, states = h_0, []
    for t in range(x.shape[1]):
        h_new = rnn_step(x[:, t], h, W_xh, W_hh, b_h)  # (batch, units)
        h = h_new if mask is None else np.where(mask[:, t, None], h_new, h)
        states.append(h)
    return np.stack(states, axis=1)  # (batch, time, units)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-rnn_forward", "locked": true, "points": 12, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.rnn_forward(rnn_forward)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab1_rnn as reference

checks.rnn_forward(rnn_forward, reference.fresh("rnn_forward"))
### END HIDDEN TESTS

# %% nbgrader={"grade": false, "grade_id": "draw_weights", "locked": true, "schema_version": 3, "solution": false, "task": false}
def draw_weights(features, units, seed=0, gain=1.0):
    """Draw weights for experiments: W_xh (features, units), W_hh (units, units), gain times orthogonal, b_h (units,)."""
    rng = np.random.default_rng(seed)
    W_xh = rng.normal(size=(features, units)) / np.sqrt(features)
    W_hh = gain * np.linalg.qr(rng.normal(size=(units, units)))[0]
    return W_xh, W_hh, np.zeros(units)


# %% [markdown]
# ### Experiment C: watch the memory
#
# The running sentence goes through a network with 6 units. Nothing is trained. Which shape has the array of all states?
# Does the last column, after "walk", depend on the first word? And does it change when padding follows?

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-states", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs():
    words = tokenize(RUNNING)
    vocabulary = build_vocabulary(words)
    E = np.random.default_rng(0).normal(size=(len(vocabulary) + 2, 8))  # (11, 8)
    x = embed(np.array([encode(RUNNING, vocabulary)]), E)  # (1, 9, 8)
    W_xh, W_hh, b_h = draw_weights(features=8, units=6)
    h = rnn_forward(x, np.zeros((1, 6)), W_xh, W_hh, b_h)  # (1, 9, 6)
    plots.states(h[0], words)

    other = x.copy()
    other[0, 0] = E[1]  # the first word becomes an unknown word
    moved = np.abs(rnn_forward(other, np.zeros((1, 6)), W_xh, W_hh, b_h) - h)[0].max(axis=-1)  # (9,)
    print("states:", h.shape, " logits:", rnn_output(h, np.ones((6, len(E))), 0).shape)
    print(f"another first word changes the first state by up to {moved[0]:.3f}, the last one by up to {moved[-1]:.3f}")

    padded = np.concatenate([x, np.repeat(E[None, :1], 3, axis=1)], axis=1)  # (1, 12, 8): three steps of padding
    mask = np.array([[True] * 9 + [False] * 3])  # (1, 12)
    for name, m in (("with", mask), ("without", None)):
        last = rnn_forward(padded, np.zeros((1, 6)), W_xh, W_hh, b_h, m)[0, -1]  # (6,)
        print(f"three steps of padding, {name} a mask, change the last state by", np.abs(last - h[0, -1]).max().round(3))

# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# Another first word changes the first state by up to 1.0, and the last one by up to 0.036 only. So the first word is
# still there after nine steps, but only a little of it. Part 5 asks why.
#
# **Units are not time steps.** Units are the height of the picture: how much the network can remember at once. Steps
# are its width: how long the sentence is. You choose the units; the sentence brings the steps. The shape is
# `(batch, time, units)`.

# %% [markdown]
# ### Experiment D: what does a longer sentence cost? (may be read)
#
# A dense layer can also read several words: join their vectors into one long vector, a **window**. Both layers below
# have 64 outputs and read vectors of 50 numbers. How do their numbers of parameters grow with the number of words?

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-parameters", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
plots.parameters(features=50, units=64, windows=[2, 5, 10, 20, 40])


# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# For a window of 2 words the dense layer needs 6,464 parameters, fewer than the 7,360 of the RNN. For 40 words it needs
# 128,064, and the RNN still 7,360. The dense layer has its own weights for each place in the window: what it learns about
# "cat" as third word says nothing about "cat" as fifth word. The RNN **shares its parameters** (criterion 4).

# %% [markdown]
# ### The same cell in Keras
#
# `keras.layers.RNN` walks through time for you. It asks for a **cell** that does one step. You write this cell: it is
# `rnn_step` with weights that Keras can train.
#
# The cell returns two things: the output of this step, and a list with the new state. In this simple cell they are the
# same array. In Lab 2 they will not be.

# %% nbgrader={"grade": false, "grade_id": "ex-MyRNNCell", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 2.3: MyRNNCell                                 (15 minutes, hard)
class MyRNNCell(keras.layers.Layer):
    """The recurrence as a Keras cell: keras.layers.RNN(MyRNNCell(units)) walks it through time.

    units:  size of the hidden state; also kept as `state_size`
    build:  makes the weights W_xh (features, units), W_hh (units, units), b_h (units,);
            input_shape is (batch, features)
    call:   inputs (batch, features), states: a list with h_prev (batch, units); returns (h, [h]).
            Works inside a tf.function; gradients flow to inputs, h_prev and the three weights
    """

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        # TODO: keep units, and say how large the state is.
        ### BEGIN SOLUTION
        self.units = units
        self.state_size = units
        ### END SOLUTION

    def build(self, input_shape):
        # TODO: make the three weights with self.add_weight(shape=..., name=...).
        ### BEGIN SOLUTION
        self.W_xh = self.add_weight(shape=(input_shape[-1], self.units), initializer="glorot_uniform", name="W_xh")
        self.W_hh = self.add_weight(shape=(self.units, self.units), initializer="orthogonal", name="W_hh")
        self.b_h = self.add_weight(shape=(self.units,), initializer="zeros", name="b_h")
        ### END SOLUTION

    def call(self, inputs, states):
        # TODO: the equation of rnn_step with keras.ops; return the output and a list with the new state.
        ### BEGIN SOLUTION
        h_prev = states[0]  # (batch, units)
        h = keras.ops.tanh(inputs @ self.W_xh + h_prev @ self.W_hh + self.b_h)  # (batch, units)
        return h, [h]
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-MyRNNCell", "locked": true, "points": 12, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.my_rnn_cell(MyRNNCell)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab1_rnn as reference

checks.my_rnn_cell(MyRNNCell, reference.fresh("MyRNNCell"))
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Stuck in 2.3? What to look at next</summary>
#
# - Which method runs when Keras does not yet know how wide the inputs are, and which one when it does? Look at what
#   `input_shape[-1]` is when the inputs are `(2, 3)`.
# - Print `type(states)` and `len(states)` in `call`. What is the state itself?
# - "not inside a tf.function", or "finds no way back": a tape can only follow functions of `keras.ops` and products of
#   tensors. Which of your calls begins with `np.`?
# - "has no attribute": write down where each name after `self.` is first given a value, and which method runs first.
# - Compare the shapes of all terms of the sum: `(batch, units)`, three times, or `(units,)`.
#
# </details>

# %% [markdown]
# ### Experiment E: your cell against Keras's own
#
# We give your cell and `keras.layers.SimpleRNN` the same weights and the same batch. How large is the largest
# difference?

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-parity", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 5, 3)).astype("float32")  # (batch, time, features)
    h_0 = rng.normal(size=(2, 4)).astype("float32")  # (batch, units)
    right = np.array([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]], dtype=bool)
    left = np.array([[1, 1, 1, 1, 1], [0, 0, 1, 1, 1]], dtype=bool)

    W_xh, W_hh, b_h = draw_weights(features=3, units=4)
    mine = keras.layers.RNN(MyRNNCell(4), return_sequences=True)
    theirs = keras.layers.SimpleRNN(4, return_sequences=True)
    mine(x), theirs(x)  # the first call makes the weights
    for mine_w, theirs_w, value in (("W_xh", "kernel", W_xh), ("W_hh", "recurrent_kernel", W_hh), ("b_h", "bias", b_h)):
        getattr(mine.cell, mine_w).assign(value)
        getattr(theirs.cell, theirs_w).assign(value)

    for name, mask in (("no padding", None), ("padding on the right", right), ("padding on the left", left)):
        keras_says = np.asarray(theirs(x, initial_state=h_0, mask=mask))  # (2, 5, 4)
        cell_says = np.asarray(mine(x, initial_state=h_0, mask=mask))
        difference = np.abs(rnn_forward(x, h_0, W_xh, W_hh, b_h, mask) - keras_says)  # (2, 5, 4)
        real = difference if mask is None else difference[mask]
        print(f"{name:21} MyRNNCell: {np.abs(cell_says - keras_says).max():.0e}"
              f"   rnn_forward: {difference.max():.0e}, on real steps {real.max():.0e}")


# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# Differences near 1e-7 are rounding: Keras computes in `float32`. So does your cell, in the same steps, and often its difference
# is 0e+00, none at all. `rnn_forward` computes in `float64` here.
#
# > **Keras does it otherwise: padding on the left.** The last line shows a real difference, and it is not a mistake of
# > yours. Your `rnn_forward` holds the state $h_0$ through padding on the left. Keras also keeps this state inside, so the
# > real steps agree. But while no real step has come, Keras *reports* zeros. That is one reason why this course pads on
# > the right.

# %% [markdown]
# ### Experiment F: a detective case (may be read)
#
# This cell looks like the equation. It is built in the style of many first attempts, and it has **five faults**. We run
# it twice: once with vectors of 3 numbers and 4 units, once with vectors of 4 numbers and 4 units. What happens in each
# of the two runs? Which one worries you more?

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-detective", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
class SuspectCell:
    def __init__(self, units, features):
        rng = np.random.default_rng(0)
        self.W_xh = rng.normal(size=(units, features))
        self.W_hh = rng.normal(size=(units, units))
        self.h = np.zeros((units, 1))

    def step(self, x):
        self.h = np.tanh(self.W_xh * x + self.W_hh * self.h)
        return self.h


for features in (3, 4):
    cell, x = SuspectCell(units=4, features=features), np.ones(features)
    print(f"{features} features, 4 units. The state before: {cell.h.shape}")
    try:
        first, second = cell.step(x), cell.step(x)
        print("  no error. The state after:", first.shape)
        print("  the same input twice, the same output?", np.allclose(first, second))
    except ValueError as error:
        print("  it crashes:", error)

# %% [markdown]
# **The five faults that I found:**
#
# 1. …
# 2. …
# 3. …
# 4. …
# 5. …

# %% [markdown]
# <details><summary>Compare with ours, after you wrote yours</summary>
#
# 1. `*` multiplies element by element. The equation has matrix products.
# 2. The shapes fit no batch: the state is one column `(units, 1)` for one sequence.
# 3. The state is kept in the object. It belongs to the sentence, not to the cell.
# 4. Nobody sets the state back to its start, so the second sentence begins with the memory of the first.
# 5. There is no bias.
#
# The first run crashes. The second run is worse: NumPy **broadcasts** the state from (4, 1) to (4, 4), and raises no
# error. An error is the lucky case. So print shapes, and compare with a reference, as you did in Experiment E.
#
# </details>

# %% [markdown]
# ---
# ## Part 3: Memory pays off
#
# Your cell works. What is a memory good for? Three tests: the order of words (criterion 3), the next word (criterion 2),
# and a ball that nobody sees (criteria 1 and 2).

# %% [markdown]
# ### Experiment G: word order
#
# > The food was good, not bad at all.
# >
# > The food was bad, not good at all.
#
# A model that only counts words gets the same counts for both. An RNN reads in **order** (criterion 3). Nothing is trained
# here: are the two last states different? At which word do the two memories begin to differ?

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-order", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs():
    words, twin = tokenize(GOOD), tokenize(BAD)
    vocabulary = build_vocabulary(words)
    ids, mask = pad_batch([encode(GOOD, vocabulary), encode(BAD, vocabulary)])  # (2, 8), (2, 8)
    E = np.random.default_rng(0).normal(size=(len(vocabulary) + 2, 8))
    h = rnn_forward(embed(ids, E), np.zeros((2, 16)), *draw_weights(8, 16), mask)  # (2, 8, 16)
    plots.order(words, twin, np.linalg.norm(h[0] - h[1], axis=-1))

# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# ### Experiment H: predict the next word
#
# Now we train: an embedding, your cell, and a dense layer that gives logits, on seven sentences. The last four words
# before the gap are the same for all three countries: "and I speak fluent". A window of four words cannot tell them
# apart. Can the RNN?

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "train_next_word", "locked": true, "schema_version": 3, "solution": false, "task": false}
SENTENCES = [
    RUNNING, "This evening I took my dog for a swim", GOOD, BAD,
    "I grew up in France and I speak fluent French",
    "I grew up in Italy and I speak fluent Italian",
    "I grew up in Spain and I speak fluent Spanish",
]


def train_next_word(seed, label=""):
    """Train an embedding, your cell and a dense layer on SENTENCES; returns the model, its first E, the vocabulary."""
    keras.utils.set_random_seed(seed)
    vocabulary = build_vocabulary(sum(map(tokenize, SENTENCES), []))
    ids, mask = pad_batch([encode(sentence, vocabulary) for sentence in SENTENCES])  # (7, 10), (7, 10)
    inputs, targets = next_word_pairs(ids)  # (7, 9), (7, 9)
    size = len(vocabulary) + 2
    model = keras.Sequential([
        keras.layers.Embedding(size, 8),  # (batch, time, 8)
        keras.layers.RNN(MyRNNCell(32), return_sequences=True),  # (batch, time, 32)
        keras.layers.Dense(size),  # (batch, time, size): logits
    ])
    model.compile(keras.optimizers.Adam(0.01), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model(inputs)  # makes the weights
    first_E = keras.ops.convert_to_numpy(model.layers[0].embeddings).copy()  # (size, 8), before training
    real = mask[:, 1:].astype("float32")  # (7, 9): padding weighs nothing in the loss
    progress = training.Progress(label, training.scaled(150))
    for _ in range(progress.total):
        model.reset_metrics()  # else Keras 3.13, which Colab has, reports the mean of all losses so far
        loss = model.train_on_batch(inputs, targets, sample_weight=real)
        if label:
            progress.log(loss)
    return model, first_E, vocabulary


def next_word_probabilities(model, starts, vocabulary):
    """The probability of each word after each start: (starts, vocabulary)."""
    logits = [np.asarray(model(np.array([encode(start, vocabulary)])))[0, -1] for start in starts]
    return np.asarray(keras.ops.softmax(np.array(logits)))


# %% nbgrader={"grade": false, "grade_id": "train-next-word", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["train"]
with training.needs():
    next_word_model, first_E, next_word_vocabulary = train_next_word(seed=1, label="next word")
    starts = [RUNNING.removesuffix(" walk"), "I grew up in France and I speak fluent", "I grew up in Italy and I speak fluent"]
    probabilities = next_word_probabilities(next_word_model, starts, next_word_vocabulary)
    plots.next_words(starts, probabilities, ["padding", "unknown", *next_word_vocabulary])

# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# This network has seen seven sentences, and it has memorised them. That is no knowledge of language. What it shows: the
# state carried the country over four words, because the last four words are the same for all three countries. A model
# that sees only those four cannot give any of the three languages more than 1/3 on average.

# %% [markdown]
# ### What did the embedding learn?
#
# Before training, the rows of $E$ are random. Afterwards, do words that are used alike have rows that are alike: the three
# countries, "cat" and "dog", "good" and "bad"? Measure with the **cosine** of two rows: 1 is the same direction, 0 is a
# right angle, -1 the opposite. One more question: which rows cannot have changed at all?

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-learned-embeddings", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs(next_word_model="the training of Experiment H"):
    shown = ["france", "italy", "spain", "cat", "dog", "good", "bad", "french", "italian", "spanish"]
    rows = [next_word_vocabulary[word] for word in shown]
    learned_E = keras.ops.convert_to_numpy(next_word_model.layers[0].embeddings)  # (size, 8)
    plots.cosines(shown, first_E[rows], learned_E[rows])

# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# Seven sentences teach no meaning. Over ten seeds, that of the cell among them, the three countries have a mean cosine of 0.09
# before training and of -0.10 after it, "good" and "bad" 0.17 before and -0.31 after. Before training the rows are random:
# that the first numbers are not 0 is chance, and this part of the drop only leads back to 0. Words that stand in the same places did
# **not** come nearer. (The mean over all pairs of the ten words, which the cell prints, stays near 0, and goes up with one seed
# and down with another.) Here the network must tell them apart, to know what comes next. (That this is the reason is a guess: nothing here
# tests it.) The rows of "french", "italian" and "spanish" did not move at all: they are last words, and no input.

# %% [markdown]
# ### One cell, five shapes of tasks
#
# To predict the next word is one task of many. The cell stays; only the places where something enters and leaves
# change. Look at two of them closely:
#
# - **One to many**: only the first step gets an input from outside. After that, each output becomes the next input. In
#   Experiment M your own network writes like this.
# - **Many to many** comes in two kinds. *Aligned*: one output for each input, at once. *Encoder-decoder*: first read
#   everything, then write, as a translator does; the number of words may differ, and so may their order. In Lab 3 you
#   meet what this shape costs.

# %% nbgrader={"grade": false, "grade_id": "demo-shapes", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
pictures.task_shapes()


# %% [markdown]
# ### The ball behind a wall
#
# You throw a ball through a room. Where will it be in the next frame? With one picture you cannot know: a ball that
# rises and a ball that falls look the same. With two pictures you know the speed. Now a wall hides half of the room.
# For up to 12 frames you see nothing. Still you could point at the place where the ball should be.
#
# Here is the room: 2 wide, 1 high. The ball flies straight, and bounces off the floor, the ceiling and the sides.
# The positions that the model sees are noisy, and while the ball is hidden the model sees (0, 0). The model reads 24
# frames and gives one answer: **many to one**.

# %% nbgrader={"grade": false, "grade_id": "ex-ball_model", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 3.1: ball_model                                (3 minutes, easy)
def ball_model(units):
    """Build a model that sees a flight and says where the ball comes next.

    units: size of the hidden state
    returns a keras.Model, (batch, time, 2) -> (batch, 2): a keras.layers.SimpleRNN with `units` units
            reads all frames, those of (0, 0) too, and only its last state enters the Dense layer;
            all weights are trained, and nothing in the model behaves otherwise in training
    """
    frames = keras.Input((None, 2))  # (batch, time, 2)
    # TODO: one line, that makes the model many-to-one: memory, (batch, units).
    ### BEGIN SOLUTION
    memory = keras.layers.SimpleRNN(units)(frames)  # (batch, units): the last state
    ### END SOLUTION
    position = keras.layers.Dense(2)(memory)  # (batch, 2)
    return keras.Model(frames, position)


# %% nbgrader={"grade": true, "grade_id": "check-ball_model", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.ball_model(ball_model)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab1_rnn as reference

checks.ball_model(ball_model, reference.fresh("ball_model"))
### END HIDDEN TESTS

# %% [markdown]
# ### Experiment I: who knows where the ball is?
#
# Four ways to predict:
#
# - a straight line through the last four frames that show the ball (constant velocity),
# - a dense network that sees a window of the last 8 frames,
# - a dense network that sees a window of all 24 frames,
# - your RNN.
#
# Order them, best first, for a ball that is hidden for 10 frames. Which ones can handle a bounce that nobody saw?

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "window_model", "locked": true, "schema_version": 3, "solution": false, "task": false}
def window_model(width):
    """A dense network on the last `width` of 24 frames: (batch, 24, 2) -> (batch, 2)."""
    frames = keras.Input((24, 2))
    x = keras.layers.Flatten()(frames[:, -width:])  # (batch, width * 2)
    for _ in range(2):
        x = keras.layers.Dense(64, activation="relu")(x)  # (batch, 64)
    return keras.Model(frames, keras.layers.Dense(2)(x))


def train_on_flights(model, flown, label, epochs=25):
    """Train a model on 24 frames of each flight: 25 epochs, Adam, gradients clipped by their global norm."""
    epochs = training.scaled(epochs)
    rate = keras.optimizers.schedules.CosineDecay(0.005, epochs * -(-len(flown) // 64))  # batches of 64
    model.compile(keras.optimizers.Adam(rate, global_clipnorm=1.0), "mse")
    progress = [training.live(label, epochs, every="epoch")] if label else []
    model.fit(flown.frames, flown.target, batch_size=64, epochs=epochs, verbose=0, callbacks=progress)


# %% nbgrader={"grade": false, "grade_id": "train-ball", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["train"]
with training.needs():
    flown, fresh = data.flights(6000, seed=0), data.flights(2000, seed=1)  # to learn from, to test on
    keras.utils.set_random_seed(0)
    models = {"RNN": ball_model(48), "window of 24": window_model(24), "window of 8": window_model(8)}
    for name, model in models.items():
        train_on_flights(model, flown, label=f"{name} ({model.count_params()} parameters)")
    predictions = {name: model.predict(fresh.frames, verbose=0) for name, model in models.items()}
    ball.errors({**predictions, "straight line": data.constant_velocity(fresh)}, fresh)


# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# We repeated this with five other draws of weights and flights. These are means over the five, so your own run differs a
# little. Errors with 2 to 12 hidden frames, where no other number is said (the room is 2 wide):
#
# - The straight line must know when the ball was seen last, and we tell it. Its error grows from about 0.1 with 2 hidden
#   frames to about 0.8 with 12. Without an unseen bounce it is about 0.2, with one about 0.7: it flies through floor and ceiling.
# - The window of 8 is good while it sees the ball: 0.041 with no hidden frame. After 8 hidden frames it sees nothing at
#   all: about 0.3.
# - The window of 24 **wins**, with 0.044 against 0.059 of the RNN, and it wins at every number of hidden frames. It sees
#   everything that there is. It pays with almost three times the parameters: 7,426 against 2,546.
#
# So a memory pays off against a window that is too short. Against a window that holds everything it does not, here.

# %% [markdown]
# **Any length** (criterion 1). All three were trained on flights of 24 frames. Now the flights have 30, 36 and up to 60.
# The RNN reads them as they are. A window cannot: it has weights for 24 frames and no others. So we cut off the first
# frames for it. We also train a second RNN, with the same cell and as many flights, a third of them of 24 frames, a third
# of 36 and a third of 48. Who gets worse with longer flights?

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "train_on_lengths", "locked": true, "schema_version": 3, "solution": false, "task": false}
def train_on_lengths(model, sets, label, epochs=25):
    """As train_on_flights, but each batch comes from one of several sets of flights, which differ in length."""
    rng, epochs = np.random.default_rng(0), training.scaled(epochs)
    batches = [(flown, rows) for flown in sets for rows in np.array_split(np.arange(len(flown)), -(-len(flown) // 64))]
    rate = keras.optimizers.schedules.CosineDecay(0.005, epochs * len(batches))
    model.compile(keras.optimizers.Adam(rate, global_clipnorm=1.0), "mse")
    progress = training.Progress(label, epochs)
    for _ in range(epochs):
        for place in rng.permutation(len(batches)):
            flown, rows = batches[place]
            loss = model.train_on_batch(flown.frames[rows], flown.target[rows])
        if label:
            progress.log(loss)


# %% nbgrader={"grade": false, "grade_id": "train-lengths", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["train"]
with training.needs(models="Exercise 3.1 and the training above"):
    try:
        models["window of 24"].predict(data.flights(1, seed=0, frames=36).frames, verbose=0)
    except ValueError:
        print("The window of 24 refuses 36 frames.")
    keras.utils.set_random_seed(0)
    models["RNN, three lengths"] = ball_model(48)
    sets = [data.flights(2000, seed=200 + length, frames=length) for length in (24, 36, 48)]
    train_on_lengths(models["RNN, three lengths"], sets, label="RNN, three lengths")

    lengths, errors = (24, 30, 36, 42, 48, 60), {name: [] for name in models}
    for length in lengths:
        longer = data.flights(2000, seed=length, frames=length)
        for name, model in models.items():
            seen = longer.frames if "RNN" in name else longer.frames[:, -24:]
            far = data.distances(keras.ops.convert_to_numpy(model(seen)), longer)  # (2000,)
            errors[name].append(far[longer.hidden >= 2].mean())
    ball.lengths(lengths, errors)

# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# We repeated it with five other draws. Mean errors with 2 to 12 hidden frames; your own run differs a little:
#
# - The RNN that was trained on 24 frames **takes** every length, and is good at its own only: 0.06 on 24 frames, and 0.23 or
#   more on 30 to 60, with every seed. In a flight of more than 24 frames a fast ball may have been behind the wall once before.
#   That is not the reason: on flights without such a visit the mean error is no smaller.
# - The RNN that was trained on three lengths has 0.06 to 0.08 on 24, 36 and 48, with every seed. On 30 and 42, which it never
#   met, four seeds stay below 0.1, and one has 0.20. On 60, longer than all that it met, every seed has 0.07 or 0.08. Only on 18,
#   shorter than all (not in the picture), it has 0.15 to 0.25. The two RNNs differ in nothing but the lengths of their flights.
# - The window, cut to the last 24 frames, has 0.043 to 0.045: it needs nothing that is older.
#
# So an RNN takes any length. It is good at the lengths that it was trained on, mostly at those between, and here at a longer
# one, too. At a shorter one it is not.

# %% [markdown]
# The film shows one flight: press ▶. Behind the wall, the ring is where the RNN expects the ball, and the grey dot is
# where it is. The picture below the film shows the whole flight at once.

# %% nbgrader={"grade": false, "grade_id": "demo-film", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs(models="Exercise 3.1 and the training above"):
    film = ball.Film(models["RNN"], data.flights(40, seed=5, hidden=0), row=8)
    display(film)
    film.still()


# %% [markdown]
# ---
#
# # ☕ A good place to stop
#
# You built a memory, and it works. This is the end of the first sitting. Save the notebook.
#
# When you come back: run all cells from the top (*Run All*; it takes some minutes), and go on here.
#
# ---
#
# ## Part 4: How it learns
#
# Keras trained the networks so far. Now you do it by hand. Three questions: how wrong is the network (the **loss**),
# who is to blame (the **gradient**), and how does blame travel back through time (**backpropagation through time**,
# BPTT)?
#
# ### How wrong?
#
# At each step the network gives logits $z$. A softmax turns them into probabilities $p$. The loss of a step is
# $-\log p$ of the word that really came: 0 when the network was sure and right, large when it was sure and wrong. The
# loss $L$ of a batch is the mean over all **real** steps. It is measured in nats, because the logarithm is the natural
# one. For word $i$:
#
# $$p_i = \frac{e^{z_i}}{\sum_j e^{z_j}} \qquad\qquad \log p_i = z_i - \log \sum_j e^{z_j}$$
#
# Beware of large logits: $e^{1000}$ is too large for a computer, and a $p$ that is rounded to 0 has no logarithm. Two
# facts help. The formula on the right needs no $p$. And when you subtract the same number from all logits of a step, $p$
# stays as it is: so subtract the largest one first.

# %% nbgrader={"grade": false, "grade_id": "ex-sequence_loss", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 4.1: sequence_loss                             (12 minutes, medium)
def sequence_loss(logits, targets, mask):
    """Mean cross-entropy over the real steps of a batch, in nats.

    logits:  (batch, time, vocabulary) float
    targets: (batch, time) int
    mask:    (batch, time) bool    True where a step is real; at least one is
    returns a scalar: the sum of -log p(target) over real steps, divided by the number of real steps in the batch.
            Stable for logits as large as 1000.
    """
    # TODO: the log of the softmax, without overflow; pick the targets (one_hot helps); sum over real steps, divide.
    ### BEGIN SOLUTION
    shifted = logits - logits.max(axis=-1, keepdims=True)  # (batch, time, vocabulary), at most 0
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))  # (batch, time, vocabulary)
    log_p_target = np.take_along_axis(log_p, targets[..., None], axis=-1)[..., 0]  # (batch, time)
    return -(log_p_target * mask).sum() / mask.sum()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-sequence_loss", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.sequence_loss(sequence_loss)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab1_rnn as reference

checks.sequence_loss(sequence_loss, reference.fresh("sequence_loss"))
### END HIDDEN TESTS

# %% [markdown]
# ### Experiment J: the loss of a network that knows nothing
#
# The vocabulary has 11 words, all logits are 0. What is the loss? And for a network that is sure (logit 1000), right in
# one case, wrong in the other?

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-loss", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs():
    targets, mask = np.array([[3, 5, 2, 0]]), np.array([[True, True, True, False]])  # (1, 4)
    zeros = np.zeros((1, 4, 11))  # (batch, time, vocabulary)
    sure = 1000 * one_hot(targets, 11)
    for name, logits in (("knows nothing", zeros), ("sure and right", sure), ("sure and wrong", -sure)):
        print(f"{name:15} {abs(sequence_loss(logits, targets, mask)):9.4f} nats")
    print(f"{'log(11)':15} {np.log(11):9.4f}")


# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# The network that is sure and wrong gives the target a logit of -1000, and 0 to each of the ten other words:
# $-\log p = 1000 + \log 10 = 1002.3$.
#
# A new network should begin near $\log(\text{vocabulary size})$. If it does not, find out why before you train: this test
# costs one line.

# %% [markdown]
# ### Who is to blame?
#
# The gradient of this loss with respect to the logits has a short form: what the network said, minus what was true.

# %% nbgrader={"grade": false, "grade_id": "ex-loss_gradient", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 4.2: loss_gradient                             (8 minutes, medium)
def loss_gradient(logits, targets, mask):
    """The gradient of sequence_loss with respect to the logits: (softmax - one_hot) * mask / number of real steps.

    logits, targets, mask: as in sequence_loss
    returns (batch, time, vocabulary)
    """
    # TODO: a stable softmax, minus 1 at the target, masked and divided.
    ### BEGIN SOLUTION
    p = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = p / p.sum(axis=-1, keepdims=True)  # (batch, time, vocabulary)
    return (p - one_hot(targets, logits.shape[-1])) * mask[..., None] / mask.sum()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-loss_gradient", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.loss_gradient(loss_gradient)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab1_rnn as reference

checks.loss_gradient(loss_gradient, reference.fresh("loss_gradient"))
### END HIDDEN TESTS

# %% nbgrader={"grade": false, "grade_id": "demo-push", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs():
    names = ["padding", "unknown", *tokenize(RUNNING)]
    logits = np.random.default_rng(0).normal(size=(1, 1, len(names)))  # one sentence, one step
    target = names.index("walk")
    gradient = loss_gradient(logits, np.array([[target]]), np.ones((1, 1), bool))  # (1, 1, 11)
    plots.push(gradient[0, 0], names, target)

# %% [markdown]
# ### Blame travels back
#
# The state $h_t$ has **two** uses: the output of its own step reads it, and the next state reads it. So it gets blame
# from two sides, and the two add up. That is all of BPTT.

# %% nbgrader={"grade": false, "grade_id": "demo-bptt", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
pictures.backwards()


# %% [markdown]
# First one single step back. Blame arrives at $h_t$. It goes through the tanh, and from there to the weights and to
# $h_{t-1}$. Two rules are enough:
#
# Through $y = \tanh(a)$, multiply by the slope of the tanh ($\odot$ means entry by entry):
#
# $$\frac{\partial L}{\partial a} = \frac{\partial L}{\partial y} \odot (1 - y^2)$$
#
# Through $a = u W + b$, with one row for each sequence of the batch:
#
# $$\frac{\partial L}{\partial W} = u^T \frac{\partial L}{\partial a} \qquad
# \frac{\partial L}{\partial u} = \frac{\partial L}{\partial a} W^T \qquad
# \frac{\partial L}{\partial b} = \text{the sum of the rows of } \frac{\partial L}{\partial a}$$
#
# A gradient always has the shape of the thing itself. When you are not sure about a transpose, look at the
# shapes.
#
# A gradient with a mistake can still train, only worse: Experiment M shows one. So it is tested, not trusted. The witness is the definition of
# a derivative: move one weight a little up and a little down, and look at the loss. This is the **central difference**.
# It is slow, and it knows nothing about your code. Below the checks of 4.3 and 4.4 a cell compares each of your gradients
# with it. Run it as often as you like, also while not all of them are right.

# %% nbgrader={"grade": false, "grade_id": "gradient_tools", "locked": true, "schema_version": 3, "solution": false, "task": false}
def central_difference(loss, array, step=1e-5):
    """Estimate dL/d(array) entry by entry: (loss(entry + step) - loss(entry - step)) / (2 step)."""
    gradient = np.zeros_like(array)
    for place in np.ndindex(array.shape):
        kept = array[place]
        array[place] = kept + step
        up = loss()
        array[place] = kept - step
        gradient[place] = (up - loss()) / (2 * step)
        array[place] = kept
    return gradient


def relative_error(a, b):
    """The largest |a - b| / (|a| + |b|) over all entries."""
    return (np.abs(a - b) / np.maximum(1e-12, np.abs(a) + np.abs(b))).max()


# %% nbgrader={"grade": false, "grade_id": "ex-rnn_backward_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 4.3: rnn_backward_step                         (12 minutes, hard)
def rnn_backward_step(d_h, x_t, h_prev, h_t, W_hh):
    """Send a gradient back through one rnn_step. Use float64.

    d_h:    (batch, units)        dL/dh_t, from all paths that leave h_t
    x_t:    (batch, features)     h_prev, h_t: (batch, units)     W_hh: (units, units)
    returns d_W_xh (features, units), d_W_hh (units, units), d_b_h (units,): sums over the batch
            d_h_prev (batch, units)
    """
    # TODO: first pass the tanh, whose slope is 1 - h_t^2; then three products and a sum.
    ### BEGIN SOLUTION
    d_a = d_h * (1 - h_t**2)  # (batch, units): the gradient of the sum inside tanh
    d_W_xh = x_t.T @ d_a  # (features, units)
    d_W_hh = h_prev.T @ d_a  # (units, units)
    d_b_h = d_a.sum(axis=0)  # (units,)
    d_h_prev = d_a @ W_hh.T  # (batch, units)
    return d_W_xh, d_W_hh, d_b_h, d_h_prev
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-rnn_backward_step", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.rnn_backward_step(rnn_backward_step)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab1_rnn as reference

checks.rnn_backward_step(rnn_backward_step, reference.fresh("rnn_backward_step"))
### END HIDDEN TESTS

# %% nbgrader={"grade": false, "grade_id": "demo-numeric-step", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs():
    rng = np.random.default_rng(0)
    x_t, h_prev, d_h = rng.normal(size=(2, 3)), rng.normal(size=(2, 4)), rng.normal(size=(2, 4))
    W_xh, W_hh, b_h = rng.normal(size=(3, 4)), rng.normal(size=(4, 4)), rng.normal(size=4)
    h_t = rnn_step(x_t, h_prev, W_xh, W_hh, b_h)  # (2, 4)
    loss = lambda: (d_h * rnn_step(x_t, h_prev, W_xh, W_hh, b_h)).sum()  # a loss with dL/dh_t = d_h
    numeric = {name: central_difference(loss, array) for name, array in
               (("d_W_xh", W_xh), ("d_W_hh", W_hh), ("d_b_h", b_h), ("d_h_prev", h_prev))}
    mine = rnn_backward_step(d_h, x_t, h_prev, h_t, W_hh)
    plots.relative_errors(dict(zip(numeric, mine)), numeric)


# %% [markdown]
# <details><summary>Stuck in 4.3? What to look at next</summary>
#
# - Write down the three shapes you know: `d_h` (batch, units), `x_t` (batch, features), `W_hh` (units, units). Which
#   products of two of them have the shape (features, units)? Only one has, and the batch must be the axis that is summed.
# - All four errors are large: look at the tanh. Is its slope taken at $h_t$, or at something else? Where is it multiplied?
# - Only `d_W_hh` is wrong: which state was multiplied with $W_{hh}$ on the way forward?
# - Only `d_b_h` is wrong: how many rows does the bias serve?
# - Only `d_h_prev` is wrong: on the way forward, row times matrix. Which side does the matrix stand on now, and how?
#
# </details>

# %% [markdown]
# Now the whole walk, from the last step to the first. The weights are the same at each step, so their gradients add up
# over time too. The output, logits $= h_t W_{hy} + b_y$, is a product like the ones above: the second rule holds for it
# at every step.

# %% nbgrader={"grade": false, "grade_id": "ex-rnn_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 4.4: rnn_backward                              (25 minutes, hard)
def rnn_backward(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    """Backpropagation through time: the gradients of all weights and of h_0. Use float64.

    x: (batch, time, features)    h_0: (batch, units)    h: (batch, time, units), from rnn_forward
    W_xh: (features, units)       W_hh: (units, units)   W_hy: (units, vocabulary)
    d_logits: (batch, time, vocabulary)   dL/dlogits; it already holds the mean and the mask of the loss
    mask: (batch, time) bool      optional, going further, no points: a masked step hands the gradient on as it is
    returns a dict with the gradients W_xh, W_hh, b_h, W_hy, b_y, h_0, each in the shape of its name
    """
    # TODO: walk back through time; h_t has two uses (the output, and step t+1), and their gradients add up.
    ### BEGIN SOLUTION
    units = h.shape[-1]
    d = {
        "W_xh": np.zeros(W_xh.shape),
        "W_hh": np.zeros(W_hh.shape),
        "b_h": np.zeros(units),
        "W_hy": np.einsum("btu,btv->uv", h, d_logits),
        "b_y": d_logits.sum(axis=(0, 1)),
    }
    d_h_next = np.zeros(h_0.shape)  # (batch, units): what flows back from step t+1
    for t in reversed(range(x.shape[1])):
        d_h = d_logits[:, t] @ W_hy.T + d_h_next  # (batch, units)
        h_prev = h[:, t - 1] if t > 0 else h_0
        real = 1.0 if mask is None else mask[:, t, None]
        d_W_xh, d_W_hh, d_b_h, d_h_prev = rnn_backward_step(d_h * real, x[:, t], h_prev, h[:, t], W_hh)
        d["W_xh"] += d_W_xh
        d["W_hh"] += d_W_hh
        d["b_h"] += d_b_h
        d_h_next = d_h_prev + d_h * (1 - real)
    d["h_0"] = d_h_next
    return d
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-rnn_backward", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.rnn_backward(rnn_backward)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab1_rnn as reference

checks.rnn_backward(rnn_backward, reference.fresh("rnn_backward"))
### END HIDDEN TESTS

# %% nbgrader={"grade": false, "grade_id": "by_hand", "locked": true, "schema_version": 3, "solution": false, "task": false}
def forward(w, x, mask=None):
    """All states and logits: (batch, time, units), (batch, time, vocabulary). w: a dict of weights and h_0."""
    h = rnn_forward(x, w["h_0"], w["W_xh"], w["W_hh"], w["b_h"], mask)
    return h, rnn_output(h, w["W_hy"], w["b_y"])


def backward(w, x, targets, mask):
    """The gradients of sequence_loss with respect to all entries of w, by hand."""
    h, logits = forward(w, x)
    return rnn_backward(x, w["h_0"], h, w["W_xh"], w["W_hh"], w["W_hy"], loss_gradient(logits, targets, mask))


def draw_network(features, units, vocabulary, batch=1, size=0.5, seed=0):
    """Random weights of this size for a network by hand, and h_0 = 0, in float64."""
    rng = np.random.default_rng(seed)
    shapes = {"W_xh": (features, units), "W_hh": (units, units), "b_h": (units,)}
    shapes |= {"W_hy": (units, vocabulary), "b_y": (vocabulary,)}
    return {name: size * rng.normal(size=shape) for name, shape in shapes.items()} | {"h_0": np.zeros((batch, units))}


# %% nbgrader={"grade": false, "grade_id": "demo-numeric-walk", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
steps = 3  # try 1, too

with training.needs():
    rng = np.random.default_rng(0)
    x, targets, mask = rng.normal(size=(2, steps, 3)), rng.integers(0, 6, (2, steps)), np.ones((2, steps), bool)
    w = draw_network(features=3, units=4, vocabulary=6, batch=2)
    numeric = {name: central_difference(lambda: sequence_loss(forward(w, x)[1], targets, mask), array)
               for name, array in w.items()}
    plots.relative_errors(backward(w, x, targets, mask), numeric)

# %% [markdown]
# <details><summary>Stuck in 4.4? What to look at next</summary>
#
# - Begin with `W_hy` and `b_y`: they need no loop, and the cell above says at once whether they are right.
# - Then give it sentences of one step: set `steps = 1` in the cell above. Right at 1 and wrong at 3? Then look at what goes
#   from step to step, and at nothing else.
# - `h_0` is right and `W_hh` is wrong, or the other way round: which state stands before step 0? Which one before step t?
# - Everything is right but for a factor near the number of steps: is something set where it should be added, or added twice?
# - Write down, for the last step and for the one before, which paths leave $h_t$. There is one path less at the end.
#
# </details>

# %% [markdown]
# ### Is it right? Ask three witnesses
#
# The central difference is the first witness. Now all of it at once, with padding in the batch.

# %% [markdown]
# ### Experiment K: the central difference
#
# For your own gradients: is the relative error near 1e-2, 1e-5 or 1e-8? Zero?

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-gradient-check", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs():
    rng = np.random.default_rng(0)
    x, targets = rng.normal(size=(2, 5, 3)), rng.integers(0, 6, (2, 5))  # (batch, time, features), (batch, time)
    mask = np.array([[True] * 5, [True] * 3 + [False] * 2])
    w = draw_network(features=3, units=4, vocabulary=6, batch=2)
    by_hand = backward(w, x, targets, mask)
    for name, array in w.items():
        estimate = central_difference(lambda: sequence_loss(forward(w, x)[1], targets, mask), array)
        error = relative_error(by_hand[name], estimate)
        print(f"{name:5} {str(array.shape):8} relative error {error:.0e}", "" if error < 1e-6 else "  <- look here")

# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# What is normal, in `float64`:
#
# | relative error | it means |
# |---|---|
# | below 1e-7 | right |
# | 1e-7 to 1e-4 | probably right; perhaps an entry near zero, where rounding counts |
# | 1e-4 to 1e-2 | suspicious |
# | above 1e-2 | wrong |
#
# It is not exactly zero, because the central difference is itself an estimate, with two errors. That of the formula is near
# the square of the step, and grows with it. The other is the rounding of the loss, divided by the step: it grows when the
# step gets smaller. With 1e-5 both are small; with 1e-4, and with 1e-6, nine of ten errors are larger. Only where a gradient
# is zero itself nothing is left to estimate: set `steps = 1` in the cell under 4.4, and for `W_hh` it prints 0e+00, because
# $h_0$ is 0.

# %% [markdown]
# ### Experiment L (optional): two more witnesses
#
# The second witness is TensorFlow's `GradientTape`, on Keras's own layers with your weights. The third is a question:
# if `d_logits` is zero everywhere, what must all gradients be?

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-tape", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
import tensorflow as tf

with training.needs():
    rng = np.random.default_rng(0)
    x, targets = rng.normal(size=(2, 5, 3)), rng.integers(0, 6, (2, 5))
    w, mask = draw_network(features=3, units=4, vocabulary=6, batch=2), np.ones((2, 5), bool)
    by_hand = backward(w, x, targets, mask)

    rnn = keras.layers.SimpleRNN(4, return_sequences=True, dtype="float64")
    dense = keras.layers.Dense(6, dtype="float64")
    dense(rnn(x))  # makes the weights
    rnn.set_weights([w["W_xh"], w["W_hh"], w["b_h"]])
    dense.set_weights([w["W_hy"], w["b_y"]])
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(targets, dense(rnn(x))))
    taped = tape.gradient(loss, rnn.trainable_variables + dense.trainable_variables)
    for name, gradient in zip(("W_xh", "W_hh", "b_h", "W_hy", "b_y"), taped):
        print(f"{name:5} yours against the tape: relative error {relative_error(by_hand[name], gradient.numpy()):.0e}")

    h, logits = forward(w, x)
    none = rnn_backward(x, w["h_0"], h, w["W_xh"], w["W_hh"], w["W_hy"], np.zeros_like(logits))
    print("zero d_logits: the largest gradient is", max(np.abs(gradient).max() for gradient in none.values()))

# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# ### Experiment M: train it with your own hands
#
# No Keras, no tape: your forward pass, your loss, your gradients, and `w -= rate * gradient`. The sentences need a memory:
# "I grew up in France and I speak fluent French", and the same with Italy and with Spain. We train three times:
#
# - **full BPTT**: your `rnn_backward`, as it is;
# - **carry cut**: the same forward pass, but no gradient goes from a step to the step before it. Each state gets the blame
#   of its own output only;
# - **no memory**: $W_{hh} = 0$, and it stays 0. Each word is read alone.
#
# There is a **floor** that no model can get under. After "in" nobody can know which country comes: all three are as
# likely, $\log 3$ nats. That is one of nine steps, and at the other eight a memory can know everything: the floor is
# $\log 3 / 9 = 0.122$ nats. How near does each of the three come? Where must the one without memory guess?

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "train_by_hand", "locked": true, "schema_version": 3, "solution": false, "task": false}
COUNTRY_SENTENCES = SENTENCES[4:]


def backward_cut(w, x, targets, mask):
    """As `backward`, but with the carry cut: every step is a sequence of its own, that begins with the state it had."""
    h, logits = forward(w, x)
    before = np.concatenate([w["h_0"][:, None], h[:, :-1]], axis=1)  # (batch, time, units): the state before each step
    x, before, h, d_logits = (  # (batch * time, 1, ...)
        array.reshape(-1, 1, array.shape[-1]) for array in (x, before, h, loss_gradient(logits, targets, mask))
    )
    return rnn_backward(x, before[:, 0], h, w["W_xh"], w["W_hh"], w["W_hy"], d_logits)


def country_batch():
    """The three country sentences: inputs (3, 9, size) one-hot, targets (3, 9), mask (3, 9), and the vocabulary."""
    vocabulary = build_vocabulary(sum(map(tokenize, COUNTRY_SENTENCES), []))
    ids, mask = pad_batch([encode(sentence, vocabulary) for sentence in COUNTRY_SENTENCES])  # (3, 10)
    inputs, targets = next_word_pairs(ids)
    return one_hot(inputs, len(vocabulary) + 2), targets, mask[:, 1:], vocabulary


def train_by_hand(memory, seed, steps=1000, rate=1.0, units=16):
    """Train on the three sentences; memory: "full BPTT", "carry cut" or "no memory". Returns the weights, the losses."""
    x, targets, mask, vocabulary = country_batch()
    w = draw_network(features=x.shape[-1], units=units, vocabulary=x.shape[-1], batch=3, size=0.3, seed=seed)
    trained = ["W_xh", "W_hh", "b_h", "W_hy", "b_y"]
    if memory == "no memory":
        w["W_hh"][:] = 0
        trained.remove("W_hh")
    losses = []
    for _ in range(training.scaled(steps)):
        losses.append(sequence_loss(forward(w, x)[1], targets, mask))
        gradients = (backward_cut if memory == "carry cut" else backward)(w, x, targets, mask)
        for name in trained:
            w[name] -= rate * gradients[name]
    return w, losses


# %% nbgrader={"grade": false, "grade_id": "train-by-hand", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["train"]
with training.needs():
    networks, curves = {}, {}
    for memory in ("full BPTT", "carry cut", "no memory"):
        networks[memory], curves[memory] = train_by_hand(memory, seed=0)
    plots.losses(curves, line=("the floor: log(3) / 9", np.log(3) / 9), log=True)


# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# Over ten seeds, that of the cell among them, full BPTT ends at 0.123 or 0.124 nats: the floor, as good as reached. Without
# memory it ends at 0.40. The network must guess at four of the nine steps: after "in" and after "fluent" among three words each,
# and after the first "i" and the second among two, "grew" and "speak". That is $(2 \log 3 + 2 \log 2) / 9 = 0.398$.
#
# With the carry cut it ends between 0.13 and 0.25, and the seed decides. The states still hand something on, as chance made
# $W_{hh}$, but nothing teaches them *what*. The only difference to full BPTT is the gradient from step to step. So it is
# this gradient that trains the memory.
#
# Every state, every loss and every gradient in this training comes from code that you wrote.

# %% [markdown]
# **It writes** (one to many). Now your own network makes sentences. It gets one word, "i". A word is drawn from its softmax,
# and this word is the next input, and so on: nothing else comes from outside. For which of the three networks will the
# language fit the country?

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "write", "locked": true, "schema_version": 3, "solution": false, "task": false}
def write(w, first, count, length, seed=0):
    """One to many: from the word `first` on, feed each word that is drawn back as the next input: ids (count, length)."""
    rng = np.random.default_rng(seed)
    size = len(w["W_xh"])
    ids, h = [np.full(count, first)], np.zeros((count, len(w["W_hh"])))  # (count,), (count, units)
    for _ in range(length - 1):
        h = rnn_step(one_hot(ids[-1], size), h, w["W_xh"], w["W_hh"], w["b_h"])
        p = keras.ops.convert_to_numpy(keras.ops.softmax(rnn_output(h, w["W_hy"], w["b_y"])))  # (count, size)
        sums = p.cumsum(axis=-1)
        ids.append((sums > sums[:, -1:] * rng.random((count, 1))).argmax(axis=-1))  # a word, as often as its p says
    return np.stack(ids, axis=1)


def real_sentences(written, vocabulary):
    """The share of written ids (count, 10) that are one of the three sentences, word for word."""
    return np.mean([row in [encode(sentence, vocabulary) for sentence in COUNTRY_SENTENCES] for row in written.tolist()])


# %% nbgrader={"grade": false, "grade_id": "demo-write", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs(networks="the training above"):
    *_, vocabulary = country_batch()
    names = ["padding", "unknown", *vocabulary]
    for memory, w in networks.items():
        written = write(w, vocabulary["i"], count=1000, length=10)
        print(f"{memory}: {real_sentences(written, vocabulary):.0%} of 1,000 are one of the three sentences")
        for row in written[:3]:
            print("    ", *(names[i] for i in row))

# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# Over the same ten seeds, full BPTT writes one of the three sentences, word for word, in 98 to 99 of 100 cases. With the carry cut it is
# 34 to 92 of 100: to draw the language without the country gives one third. Without memory it is 7 to 9.
#
# This is **one to many**: one input from outside, then each output becomes the next input. In Lab 2 a network writes music
# in this way.

# %% [markdown]
# ### Going further: the mask on the way back (no points)
#
# `rnn_forward` lets a masked step keep the state. On the way back such a step has nothing to learn: it hands its
# gradient on to the step before, unchanged. `rnn_backward` has an optional argument `mask` for this. With padding on
# the right you do not need it, because no loss stands behind the last real step. With padding on the left or in the
# middle you do. Try it: this cell compares with the central difference.

# %% nbgrader={"grade": false, "grade_id": "demo-mask-backward", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs():
    rng = np.random.default_rng(0)
    x, targets, w = rng.normal(size=(2, 5, 3)), rng.integers(0, 6, (2, 5)), draw_network(3, 4, 6, batch=2)
    mask = np.array([[False, False, True, True, True], [True, False, True, False, True]])
    h, logits = forward(w, x, mask)
    d_logits = loss_gradient(logits, targets, mask)
    by_hand = rnn_backward(x, w["h_0"], h, w["W_xh"], w["W_hh"], w["W_hy"], d_logits, mask)
    for name, array in w.items():
        estimate = central_difference(lambda: sequence_loss(forward(w, x, mask)[1], targets, mask), array)
        error = relative_error(by_hand[name], estimate)
        print(f"{name:5} relative error {error:.0e}", "" if error < 1e-6 else "  <- the mask is not used yet (optional)")


# %% [markdown]
# ---
# ## Part 5: Why it forgets
#
# > I grew up in France, … and I speak fluent ____
#
# In Experiment H the state carried the country over four words. What about 40? To learn this, blame for the last word
# must travel back 40 steps to "France". Each step back multiplies it twice:
#
# $$\frac{\partial L}{\partial h_{t-1}} = \left(\frac{\partial L}{\partial h_t} \odot (1 - h_t^2)\right) W_{hh}^T$$
#
# once with the slope of the tanh, which is at most 1, and once with $W_{hh}^T$. Forty times in a row. Measure what is
# left: the norm of $\partial L / \partial h_t$, the square root of the sum of its squared entries.

# %% nbgrader={"grade": false, "grade_id": "ex-state_gradient_norms", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 5.1: state_gradient_norms                      (10 minutes, medium)
def state_gradient_norms(h, W_hh, d_h_last):
    """How much of the gradient at the last step arrives at each earlier state, however little. Use float64.

    h:        (batch, time, units)    h_1 to h_T
    W_hh:     (units, units)
    d_h_last: (batch, units)          dL/dh_T; the loss stands on the last step only
    returns   (time,)                 entry t is the Frobenius norm (over batch and units) of dL/dh_t;
                                      the last entry is the norm of d_h_last
    """
    # TODO: start at the end; each step back passes one tanh and one W_hh.
    ### BEGIN SOLUTION
    norms = [np.linalg.norm(d_h_last)]
    d_h = d_h_last  # (batch, units)
    for t in reversed(range(1, h.shape[1])):
        d_h = (d_h * (1 - h[:, t] ** 2)) @ W_hh.T  # (batch, units)
        norms.append(np.linalg.norm(d_h))
    return np.array(norms[::-1])  # (time,)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-state_gradient_norms", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.state_gradient_norms(state_gradient_norms)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab1_rnn as reference

checks.state_gradient_norms(state_gradient_norms, reference.fresh("state_gradient_norms"))
### END HIDDEN TESTS

# %% nbgrader={"grade": false, "grade_id": "measure_norms", "locked": true, "schema_version": 3, "solution": false, "task": false}
def measure_norms(gains, input_size, time=31, units=32, seed=0):
    """Gradient norms by gain: gain -> (time,)."""
    rng = np.random.default_rng(seed)
    x = input_size * rng.normal(size=(8, time, 4))  # (batch, time, features)
    d_h_last = rng.normal(size=(8, units))
    d_h_last /= np.linalg.norm(d_h_last)
    norms = {}
    for gain in gains:
        W_xh, W_hh, b_h = draw_weights(4, units, seed=seed, gain=gain)
        h = rnn_forward(x, np.zeros((8, units)), W_xh, W_hh, b_h)  # (8, time, units)
        norms[gain] = state_gradient_norms(h, W_hh, d_h_last)
    return norms


# %% [markdown]
# ### Experiment N: small inputs
#
# $W_{hh}$ is a **gain** times an orthogonal matrix, which turns a vector and keeps its length. The inputs are tiny, so
# the states stay near 0, where the slope of the tanh is 1. What happens over 30 steps with gain 0.5? With 1? With 1.5?

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-gradients-small", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs():
    plots.gradient_norms(measure_norms([0.5, 0.9, 1.0, 1.1, 1.5], input_size=1e-8), theory=True)

# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# The marks lie on the lines: gain$^k$. Below 1 the gradient **vanishes**, above 1 it **explodes**. Only exactly 1 keeps
# it, as long as the states stay near 0.

# %% [markdown]
# ### Experiment O: larger inputs
#
# Real inputs are not tiny. We take inputs of ordinary size, and two more gains: 2 and 3. Which of the gains still explode?

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-gradients-large", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs():
    plots.gradient_norms(measure_norms([0.5, 1.0, 1.1, 1.5, 2.0, 3.0], input_size=1.0), theory=False)

# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# With tiny inputs, gain 1.5 made the gradient 190,000 times as long. Now it vanishes: over 30 steps 0.007 to 0.12 of it is
# left, in ten draws of weights and inputs, that of the cell among them. Gains 2 and 3 still explode, but how far is a matter of
# the draw: 2.6 to 9.4 times, and 310 to 10,000 times.
#
# Only the inputs have changed. Large ones push the tanh to its flat ends, where the slope $1 - h_t^2$ is far below 1. So gain
# and slope pull in two directions. The lecture's rule says "largest singular value above 1: the gradient explodes". For
# our matrices this value is the gain. A gain above 1 does not promise an explosion; it only allows one.
#
# > **Eigenvalue or singular value?** The slides speak of singular values, the article of eigenvalues. All singular values
# > below 1: each step shrinks the gradient (W alone; tanh only shrinks further). Largest above 1: it CAN grow, it need not.
# > Eigenvalues decide what happens after very many steps (largest magnitude below 1: dies out, perhaps after growing first).
#
# The last line in numbers: this matrix has both eigenvalues at 0.9, and its largest singular value is 3.25.

# %% nbgrader={"grade": false, "grade_id": "demo-eigenvalues", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
W = np.array([[0.9, 3.0], [0.0, 0.9]])
print("eigenvalues", np.linalg.eigvals(W), " singular values", np.linalg.svd(W)[1].round(2))
for k in (1, 5, 10, 50, 100):
    print(f"after {k:3} steps the largest gradient is {np.linalg.norm(np.linalg.matrix_power(W, k), 2):.3g} times the first")


# %% [markdown]
# ### Two old tricks: ReLU, and the identity
#
# The lectures name two tricks against vanishing. **Activation**: the slope of ReLU is exactly 1 where the unit is on.
# **Initialisation**: start with $W_{hh} = I$. Together, a unit that is on hands its value forward and its gradient
# back, unchanged. In Keras it is one layer:

# %% nbgrader={"grade": false, "grade_id": "relu_identity", "locked": true, "schema_version": 3, "solution": false, "task": false}
def relu_identity(units):
    """A recurrent layer that starts as a perfect memory: ReLU, W_hh = I, small W_xh."""
    return keras.layers.SimpleRNN(
        units,
        activation="relu",
        recurrent_initializer="identity",
        kernel_initializer=keras.initializers.RandomNormal(stddev=0.03),
    )


# %% [markdown]
# There is a price. Nothing keeps the state between -1 and 1 any more. When training moves $W_{hh}$ a little above the
# identity, the state grows at each step, and the gradient too. So we need a limit: **gradient clipping**. Take all
# gradients of the network together as one long vector. If its norm is above the limit, all gradients are multiplied by
# the same factor, so that the norm becomes the limit. The direction stays.

# %% nbgrader={"grade": false, "grade_id": "ex-clip_by_global_norm", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 5.2: clip_by_global_norm                       (5 minutes, easy)
def clip_by_global_norm(gradients, max_norm):
    """Shorten a list of gradients together, so that their direction stays.

    gradients: list of float arrays    max_norm: a positive number
    returns a list of arrays, all scaled by min(1, max_norm / norm), and
            norm, over all entries of all arrays, BEFORE clipping; a norm of 0 changes nothing
    """
    # TODO: one norm over all arrays, one factor for all of them.
    ### BEGIN SOLUTION
    norm = np.sqrt(sum((gradient**2).sum() for gradient in gradients))
    scale = min(1.0, max_norm / norm) if norm > 0 else 1.0
    return [gradient * scale for gradient in gradients], norm
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-clip_by_global_norm", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.clip_by_global_norm(clip_by_global_norm)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab1_rnn as reference

checks.clip_by_global_norm(clip_by_global_norm, reference.fresh("clip_by_global_norm"))
### END HIDDEN TESTS

# %% [markdown]
# ### Experiment P: with and without clipping
#
# The task: a sequence begins with one of 8 countries, then come 20 words that say nothing. Which country was it? We
# train the ReLU net with plain steps of descent, once as it is, once with your clipping. The learning rate is the same.
# What happens to the loss? Does clipping also help a gradient that vanishes? The right picture shows the norm *before* clipping.

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "train-clipping", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["train"]
with training.needs():
    vanished = np.full((8, 32), 1e-9)  # a gradient as it arrives after many steps
    (after,), norm = clip_by_global_norm([vanished], 1.0)
    print(f"a vanished gradient: norm {norm:.1e} before clipping, {np.linalg.norm(after):.1e} after")

    runs = {
        "no clipping": recall.descend(relu_identity, gap=20, rate=0.02, steps=600),
        "clipped": recall.descend(
            relu_identity, gap=20, rate=0.02, steps=600, clip=lambda every: clip_by_global_norm(every, 1.0)
        ),
    }
    plots.clipping(runs, max_norm=1.0, chance=np.log(recall.COUNTRIES))

# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# We ran both with six seeds, that of the cell among them. Without clipping, no run learned anything: the loss ends at 2.08, which
# is guessing. With clipping five of six learned (the loss ends below 1), and one ended at 2.08 too. The two runs of a seed
# differ in the clipping alone. So clipping keeps a training alive that dies without it, not always, but mostly.
#
# Why is the largest norm of the clipped run so large? It is the norm *before* clipping. In the five runs that learned it
# grows to 100 and more, late in the training. Without clipping the longest gradient is the first or the second one, with a
# norm of 9 to 24: these few long steps stand at the very start. After three steps 33 to 48 of 100 units are still on (at the
# start 68 to 78), and at the end 7 to 9; in the five clipped runs that learned it is 64 to 79, and at the end 54 to 63. So
# the long steps switch many ReLUs off, but not all; the others go off little by little. Whether the training dies because
# they go off, or they go off because it is dead, we do not know.
#
# Clipping does nothing for a gradient that vanishes, because its factor is never above 1.
#
# > **Keras does it otherwise: two kinds of clipping, and Adam.** `clipnorm=1.0` in a Keras optimizer clips **each variable by
# > itself**: the direction of the whole changes. What you wrote is `global_clipnorm=1.0`. And Adam divides a gradient by its
# > own size, so a tiny gradient should move a weight as far as a large one. In Keras it does not when it is *very* tiny:
# > a small number, `epsilon`, stands under the line. The cell shows one step of each. Does Adam then mend a gradient that has
# > vanished? No: the gradient of a weight is a **sum over all steps**. Adam stretches the sum, and the share of the first word in
# > it stays as small as it was.

# %% nbgrader={"grade": false, "grade_id": "demo-keras-clipping", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
for option in ("clipnorm", "global_clipnorm"):
    a, b = keras.Variable([0.0]), keras.Variable([0.0])
    keras.optimizers.SGD(1.0, **{option: 1.0}).apply([keras.ops.array([-3.0]), keras.ops.array([-4.0])], [a, b])
    print(f"gradients 3 and 4, {option}=1.0: one step moves by", *(f"{float(variable[0]):.1f}" for variable in (a, b)))
for gradient in (1.0, 1e-3, 1e-9):
    weight = keras.Variable([0.0])
    keras.optimizers.Adam(1.0).apply([keras.ops.array([-gradient])], [weight])
    print(f"gradient {gradient:g}, Adam with rate 1: one step moves by {float(weight[0]):.2g}")

# %% [markdown]
# ### Experiment Q: it forgets
#
# The same task with the number of fillers $k$ from 5 to 100, now trained with care: small steps of Adam, clipped, 1,500
# of them. Each point was measured with five seeds, on 1,000 sequences that the network had not seen. To guess gives 1
# in 8. Where does the tanh network stop remembering? And the ReLU network?
#
# You add one point yourself: choose the cell and `k`.

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "train-forgetting", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["train"]
k = 25  # fillers between the country and the question: try 5 to 40
cell = "tanh"  # or "relu_identity"

with training.needs():
    layer = {"tanh": keras.layers.SimpleRNN, "relu_identity": relu_identity}[cell]
    accuracy = recall.accuracy(layer, gap=k, seed=7, label=f"{cell}, k = {k}")
    plots.forgetting(data.forgetting(), recall.CHANCE, {"cell": cell, "gap": k, "accuracy": accuracy})


# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# The tanh network does not get worse little by little. At $k = 10$ every seed remembers everything, at $k = 15$ three of five do,
# and from $k = 20$ on no seed does better than guessing, with this budget.
# The ReLU network that starts as the identity reaches much further:
# all five seeds remember at $k = 60$, and two of five at 100.

# %% [markdown]
# **How much of the gradient arrives?** The tanh network as it is *before* training: your `state_gradient_norms` says how
# long the gradient is at the first word, as a share of the one at the last.

# %% [markdown]
# **My prediction:** for $k = 15$, 20 and 40:  …

# %% nbgrader={"grade": false, "grade_id": "measure_arriving", "locked": true, "schema_version": 3, "solution": false, "task": false}
def measure_arriving(gap, seed):
    """The gradient at the first state, as a share of the one at the last, in a tanh network that is not trained yet."""
    keras.utils.set_random_seed(seed)
    network = recall.model(keras.layers.SimpleRNN(recall.UNITS), gap)
    E, W_xh, W_hh, b_h, W_hy, b_y = (weight.astype("float64") for weight in network.get_weights())
    ids, countries = recall.sequences(256, gap, seed)  # (256, gap + 1), (256,)
    h = rnn_forward(embed(ids, E), np.zeros((256, recall.UNITS)), W_xh, W_hh, b_h)  # (256, gap + 1, units)
    p = keras.ops.convert_to_numpy(keras.ops.softmax(rnn_output(h[:, -1], W_hy, b_y)))  # (256, countries)
    d_h_last = (p - one_hot(countries, recall.COUNTRIES)) @ W_hy.T / len(p)  # (256, units)
    norms = state_gradient_norms(h, W_hh, d_h_last)  # (gap + 1,)
    return norms[0] / norms[-1]


# %% nbgrader={"grade": false, "grade_id": "demo-arriving", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs():
    arriving = {gap: [measure_arriving(gap, seed) for seed in range(5)] for gap in (5, 10, 15, 20, 30, 40)}
    print("  k   arrives, as a share (five seeds: least, mean, most)")
    for gap, shares in arriving.items():
        print(f"{gap:3}   {min(shares):.0e}   {np.mean(shares):.0e}   {max(shares):.0e}")

# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# With ten seeds, those of the cell among them: at $k = 15$ about one hundredth of the gradient arrives (5e-3 to 1e-2), at 20 it is
# 8e-4 to 2e-3, and at 40 no more than a few millionths (7e-7 to 6e-6). The smaller this number, the less one step of training
# changes what the network does with the first word, with Adam too (see the box after Experiment P).

# %% [markdown]
# **Is that the end?** A small gradient is not a zero. We gave the tanh network three times the steps, or three times the
# learning rate, and nothing else changed. A network has **learned** the task when it is right in more than 9 of 10 cases. Where
# is the edge now?

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-edge", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
plots.edge(data.edge(), recall.CHANCE)

# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# At $k = 20$ no seed learned with the plain budget. With three times the steps one of five seeds did, with three times the rate
# two of five. So the edge is where the budget ends; it is no wall. But it moves slowly: at $k = 30$ none of these ten runs
# learned anything. And more is not always better: at $k = 15$, the larger rate learned with two seeds of five, three times
# the steps with four.

# %% [markdown]
# ### Experiment R: which of two clues? (may be read)
#
# The lectures say: small gradients from far back **bias the parameters to short-term dependencies**. Test it. Now each
# sequence has two clues. The first word is the country that is asked for, always. The last word is a country too, and it
# is the right one in three of four sequences. A network that follows the first word is always right; one that follows the
# last word is wrong in a quarter of the cases. Afterwards we test on sequences in which the two disagree: whom does the
# tanh network believe? Everything else is as in Experiment Q. The number of steps $k$ between the two words is 3 to 20.

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-clues", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
plots.clues(data.clues(), recall.CHANCE)

# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# Up to $k = 10$ all five seeds believe the first word, always. From $k = 15$ on all five believe the last word, always, though
# it is wrong in a quarter of the cases. At 15 the first word is not out of reach: without the second clue three of five seeds
# learned it with the same budget (Experiment Q). Only the second clue was added, and no seed learns the first word any more.
# So the nearer clue wins over the better one. This is what the lectures mean by short-term dependencies.

# %% [markdown]
# ### What is missing?
#
# The ReLU network starts as a memory that changes nothing: every unit that is on keeps what it has. But a memory must also
# **choose**: keep "France", let "grew up in" go, write "Boston" over the old town. Our cell cannot choose. It treats
# each word and each step with the same $W_{hh}$.
#
# What if a cell could decide, at each step and for each unit, what to keep, what to write and what to show? It needs
# small doors that open and close: **gates**. In Lab 2 you build them. And then the network will write music.

# %% [markdown]
# ---
# ## Part 6: In your own words

# %% [markdown] nbgrader={"grade": true, "grade_id": "written", "locked": false, "points": 10, "schema_version": 3, "solution": true, "task": false}
# **Question 6.1 (10 points, about 15 minutes).** A friend trains a tanh RNN to fill the gap in "I grew up in France, …
# and I speak fluent ____". With 5 words in between it works. With 40 words in between it stays at guessing, after as
# many steps as the friend has time for. The friend has three ideas: **(a)** clip the gradients, **(b)** use twice as
# many units, **(c)** use a ReLU cell that starts with $W_{hh} = I$.
#
# 1. Explain why the training gets nowhere at 40 words. Use the product that stands between $\partial L / \partial h_T$
#    and $\partial L / \partial h_1$.
# 2. For each idea: does it help with *this* problem? Why, or why not? Name a result from this notebook where you have
#    one.
# 3. What can even the best of the three not do, that a memory for language needs?
#
# Write 120 to 200 words.
#
# ### BEGIN MARK SCHEME
# **Marking guide.** Give points for reasons, not for words that sound right.
#
# 1. *4 points.* The gradient at $h_1$ is the one at $h_T$ times $T - 1$ factors, each a slope $1 - h_t^2$ (at most 1)
#    and $W_{hh}^T$ (1 point for the product, 1 for both kinds of factor). Factors mostly below 1 make it shrink
#    exponentially with the distance (1). So hardly any gradient comes from the early word (a few millionths of it at
#    k = 40): one step of training hardly changes what becomes of "France", and the friend's steps are not enough (1). Who
#    says that more steps or a larger rate move the edge (Experiment Q) is right.
# 2. *4 points.* (a) No: clipping only makes gradients shorter, its factor is at most 1; it is for explosion (Experiment
#    P) (1). (b) No, or hardly: more units are more capacity, not fewer factors; the product over time is as long as
#    before (1). A remark that a larger orthogonal matrix has the same gain is worth the point too. (c) Yes: slope 1
#    where the unit is on, and $W_{hh} = I$, so the product starts at the identity (1); Experiment Q: it recalls to
#    $k = 60$, where tanh fails from $k = 20$ on with the same budget (1). Accept other values read from the plot or from the own run.
# 3. *2 points.* It cannot choose what to keep and what to overwrite, depending on the word (2). One point for "it can
#    explode" or "it fails at 100" alone.
#
# Take off nothing for language. An answer that has only the words "vanishing gradient" without the product gets at most
# 3 points in all.
# ### END MARK SCHEME
#
# YOUR ANSWER HERE

# %% [markdown]
# ---
# ## Going further (optional, no points)
#
# - **Fewer units.** Train `ball_model` with 16 and with 96 units. How many units does it need to carry a position and
#   a speed behind the wall?
# - **Noise.** The noise is 0.02. Run `from labkit.recurrence import flights; flights.NOISE = 0.05`, then Experiment I
#   again. What happens to the straight line, and what to the RNN?
# - **Where is the edge?** In Experiment Q, give `recall.accuracy` other budgets (`steps=3000, rate=0.002`). What is the
#   largest `k` at which the tanh cell still learns? Change `seed`: is the edge sharp?
# - **Another start.** In Experiment Q, put
#   `layer = lambda units: keras.layers.SimpleRNN(units, recurrent_initializer="identity")` before the line with
#   `accuracy`, and run it again. Which of the two tricks does the work?
# - **Saturation.** In Experiment O, choose `input_size` between 1e-8 and 1. Where does gain 1.5 turn from exploding to
#   vanishing?
#
# ### To read on
#
# - J. Elman, *Finding Structure in Time* (1990). The network of this lab, and what its states look like.
# - P. Werbos, *Backpropagation Through Time: What It Does and How to Do It* (1990). Part 4, with its order of derivatives.
# - Y. Bengio, P. Simard, P. Frasconi, *Learning Long-Term Dependencies with Gradient Descent Is Difficult* (1994). Why
#   little gradient comes from far back, and what that does to learning.
# - R. Pascanu, T. Mikolov, Y. Bengio, *On the Difficulty of Training Recurrent Neural Networks* (2013). Singular values,
#   explosion, and clipping by the global norm.
# - Q. Le, N. Jaitly, G. Hinton, *A Simple Way to Initialize Recurrent Networks of Rectified Linear Units* (2015). The
#   ReLU cell of Part 5.
# - A. Karpathy, *The Unreasonable Effectiveness of Recurrent Neural Networks* (2015). Networks that write; the pictures of
#   their units.
# - I. Goodfellow, Y. Bengio, A. Courville, *Deep Learning* (2016), chapter 10. All of it once more, at length.
#
# You have reached the end of Lab 1. Save the notebook. The last cell says what passes, and whether something is wrong with
# the file; then submit it.

# %% nbgrader={"grade": false, "grade_id": "demo-submit", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
import labkit

labkit.submit_check()
