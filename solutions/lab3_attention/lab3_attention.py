# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Lab 3: Self-attention
#
# *Edition 2*
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/{{student_repository_path}}/blob/main/labs/lab3_attention/lab3_attention.ipynb)
#
# At the end of this lab you watch a network find out by itself that *siebenundneunzig* says its seven first and
# *ninety-seven* says it last. Nobody told it. You see where it looks.
#
# Labs 1 and 2 carried the past along in one state. Whatever the first word said had to survive every step in between.
# This lab throws the recurrence away. Every position looks at every other position **directly**, and decides itself how
# much each of them matters. That is **attention**. You build it from one dot product, turn it into a Transformer, and
# measure it against the recurrent networks: on music, on translation, and on time.
#
# | Part | You build | You find out | Minutes | Points |
# |---|---|---|---|---|
# | 1. Attention is a search | similarities, softmax, attention weights, attention | what the lecture's heatmap shows, and why scores are scaled | 53 | 30 |
# | 2. Masks and positions | two masks, a positional encoding | that attention alone sees a bag of words | 27 | 16 |
# | 3. Many heads | split, merge, multi-head attention | what a sequence costs, an LSTM and attention side by side | 32 | 12 |
# | *a good place to stop* | | | | |
# | 4. The block | a Transformer block, its size | what a block does before it has learned anything | 28 | 18 |
# | 5. A Transformer writes music | layer normalisation, the whole network | whether it beats the LSTM, and which heads it needs to look back | 38 | 12 |
# | 6. Translation | attention across two sequences | where a network looks when it translates a date | 14 | 2 |
# | 7. In your own words | one written answer | | 16 | 10 |
# | 8. Going further | if you like: a count of operations, a cache of keys and values | | *optional* | |
#
# The minutes hold the exercises, 200 words of text a minute, and three minutes for each experiment with its prediction.
# That makes **two sittings: one of 117 minutes, one of 96**, with a marked stop between them. Minutes and difficulty stand at each
# exercise.
#
# In Colab, first choose *File → Save a copy in Drive*. If you like, choose *Runtime → Change runtime type → T4 GPU* for the
# training in Part 5.

# %% [markdown]
# ## How this lab works
#
# As in Labs 1 and 2: an exercise cell holds a `TODO`, the check below it prints one line when all is well, and three when
# not. For your points, the same checks run again with fresh numbers and other shapes.
#
# - **Shapes.** Batch comes first: `x (batch, time, features)`. "(..., d)" means: any axes in front.
# - **Masks.** A mask is `True` where attention is **allowed**, everywhere in this course, and in Keras. Other books and
#   programs turn it round: look twice when you read them.
# - **Numbers.** Results may be NumPy arrays or tensors, of any floating type. They may differ from ours by 1e-5 plus
#   1e-4 of the value.
# - **TensorFlow.** From Exercise 1.3 on a network learns *through* your functions. Where a docstring says "TensorFlow can
#   differentiate it", write with TensorFlow's functions (`tf.matmul`, `tf.exp`, `tf.reduce_sum`, `tf.where`, `tf.reshape`,
#   `tf.transpose`): float32 tensors come in, the gradient must find its way back, and all of it must work inside a
#   `tf.function` too, where trainings run.
# - **Arguments.** Leave them as they came.
# - **Earlier mistakes.** A function that calls an earlier function of yours, and is right apart from that, still earns
#   its points.
#
# Before each experiment you write down a prediction, after it one sentence on what you saw. Nobody grades this. How well
# a model is trained is never graded either.
#
# **Slow machine?** Run `%env LABKIT_BUDGET=0.5` in a new cell, and every training takes half the time.
#
# **A name is not defined** (`checks`, `training`, a function of yours)? The kernel is new, or a cell above was not run: run
# the three cells below *Get ready*, then all cells above yours (in the menu: *Run All Above*, in Colab *Run before*).

# %% [markdown]
# ## One box on words and symbols
#
# | In the lectures | Here | Why |
# |---|---|---|
# | "compute the attention **mask**" | attention **weights** | the lecture's mask is what comes out of the softmax: numbers that add up to 1. Our masks are `True` and `False`: who may be looked at |
# | "cosine similarity" for $Q K^T$ | dot product | the lecture names both; a dot product is a cosine times both lengths. Transformers take the dot product and divide by $\sqrt{d_k}$ |
# | "scaling" | $1 / \sqrt{d_k}$, with $d_k$ the width of one head | Experiment B shows why |
# | dense layers with biases for $Q$, $K$, $V$ | matrices $W_q$, $W_k$, $W_v$, $W_o$ without biases | what counts is the product; one thing less to carry |
# | norm after the sum (post-norm) | norm before (pre-norm), with epsilon 1e-5 | what most programs do since 2019: it trains without tricks |
# | `positional_encoding(position, d_model)` with an axis of batches | `(length, d_model)` | it broadcasts anyway |

# %% [markdown]
# ## Get ready
#
# Run the next three cells first, each time you open the notebook. Loading TensorFlow takes about ten seconds.

# %% nbgrader={"grade": false, "grade_id": "install", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Installs the helper package, and what two experiments need, when they are missing (in Colab).
import importlib.util
import subprocess
import sys

NEEDED = "{{version}}"  # of the helper package, or newer
SOURCE = "deep-sequence-labkit @ {{student_repository}}/archive/refs/tags/{{edition_tag}}.zip#subdirectory=labs"


class Stopped(Exception):
    """Jupyter shows its sentence alone."""

    def _render_traceback_(self):
        return [str(self)]


for name, package in (("labkit", SOURCE), ("num2words", "num2words"), ("babel", "babel")):
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

from labkit.checks import lab3_attention as checks

checks.edition(2)

# %% nbgrader={"grade": false, "grade_id": "tools", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Drawings, data and training of this course. Experiments use them; no exercise needs them.
from labkit import abc, alignment, audio, characters, cost, counting, data, dates, judge_plots, looking, metrics, ngrams
from labkit import novelty, positions, sampling, score, silence, training, transformer, translator, weights, words


# %% [markdown]
# ---
# ## Part 1: Attention is a search
#
# You type some words into a search box: that is a **query**. Every page has a title: that is its **key**. The search compares
# your query with all keys. Then it hands you what stands *behind* the keys that fit: the **values**.
#
# Attention does the same with vectors, and softly: it does not return the one best value, but a mixture of all of them.
# First it needs a number for "how well does this key fit this query?".

# %% nbgrader={"grade": false, "grade_id": "ex-dot_similarity", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 1.1: dot_similarity                            (3 minutes, easy)
def dot_similarity(q, k):
    """Compare vectors by their dot product: the sum of q_i k_i.

    q, k:   (..., d)    two float arrays of the same shape; the vectors lie along the last axis
    returns (...)       one number for each pair of vectors
    """
    # TODO: multiply number by number, and add up along the last axis.
    ### BEGIN SOLUTION
    return np.sum(q * k, axis=-1)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-dot_similarity", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.dot_similarity(dot_similarity)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab3_attention as reference

checks.dot_similarity(dot_similarity, reference.fresh("dot_similarity"))
### END HIDDEN TESTS

# %% [markdown]
# The dot product grows with the length of both vectors. The **cosine** does not: it asks for the direction alone. The cosine
# of a vector with itself is 1, with one at a right angle 0.

# %% nbgrader={"grade": false, "grade_id": "ex-cosine_similarity", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 1.2: cosine_similarity                         (5 minutes, easy)
def cosine_similarity(q, k):
    """Compare vectors by the cosine of the angle between them: the dot product divided by both lengths.

    q, k:   (..., d)    two float arrays of the same shape; the length of each vector is between 0.001 and 1000
    returns (...)       one number between -1 and 1 for each pair of vectors
    """
    # TODO: dot_similarity, divided by the length of q and by the length of k.
    ### BEGIN SOLUTION
    return dot_similarity(q, k) / (np.linalg.norm(q, axis=-1) * np.linalg.norm(k, axis=-1))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-cosine_similarity", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.cosine_similarity(cosine_similarity)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab3_attention as reference

checks.cosine_similarity(cosine_similarity, reference.fresh("cosine_similarity"))
### END HIDDEN TESTS

# %% [markdown]
# ### Experiment A: the lecture's heatmap
#
# "He tossed the tennis ball to serve." The lecture draws a table of who matters to whom. Here are seven vectors, **made by
# hand**: each word has two traits, and words that share a trait are alike (he *throws*, tossed is what is *thrown*, so is a ball).
# A trained network would find its own.
#
# Left you see the lecture's table, right the cosines of our vectors. Look at the sums beside the rows. The lecture calls
# its table "attention weighting", and says that a softmax makes it. Can that be?

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-tennis", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
vectors = words.tennis()  # (7, traits), each of length 1

with training.needs():
    cosines = [[cosine_similarity(query, key) for key in vectors] for query in vectors]
    words.table({"as the lecture draws it": words.DRAWN, "cosines of our vectors": cosines})


# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# The two tables are the same: what the lecture draws are *similarities*. It cannot be the result of a softmax, for two
# reasons. Its rows do not add up to 1. And it holds zeros: an exponential is never zero. The softmax comes next.

# %% nbgrader={"grade": false, "grade_id": "ex-softmax", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 1.3: softmax                                   (10 minutes, medium)
def softmax(x, axis=-1):
    """Turn scores into weights: positive, with sum 1 along an axis. TensorFlow can differentiate it.

    x:      a float32 tensor of any shape; right also for scores of +-1000, and for -inf, whose weight is 0
            (each slice along the axis holds at least one finite score)
    returns the shape of x:  exp(x) / sum of exp(x) along the axis
    """
    # TODO: subtract the largest score of each slice first: it changes nothing, and no exponential overflows.
    ### BEGIN SOLUTION
    largest = tf.stop_gradient(tf.reduce_max(x, axis=axis, keepdims=True))  # it changes nothing: no gradient goes there
    powers = tf.exp(x - largest)  # at most 1
    return powers * (1 / tf.reduce_sum(powers, axis=axis, keepdims=True))  # one division for each slice
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-softmax", "locked": true, "points": 7, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.softmax(softmax)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab3_attention as reference

checks.softmax(softmax, reference.fresh("softmax"))
### END HIDDEN TESTS

# %% [markdown]
# A softmax over 1,000 and 999 must work as one over 1 and 0 does: only differences count. And a score of $-\infty$ gets weight
# 0: that is how we will forbid things later.
#
# Now all queries and all keys at once. Row $t$ of $Q K^T$ holds the scores of query $t$ with every key. The softmax runs
# along the **keys**: each query has one whole attention to give away.

# %% nbgrader={"grade": false, "grade_id": "ex-attention_weights", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 1.4: attention_weights                         (15 minutes, medium)
def attention_weights(Q, K, mask=None, scale=None):
    """How much does each query attend to each key? TensorFlow can differentiate it.

    Q: (..., T_q, d_k)  queries      K: (..., T_k, d_k)  keys, both float32 tensors
    mask:   bool, or None: broadcasts to (..., T_q, T_k); True where attention is allowed (at least one key in each row)
    scale:  a number that multiplies every score before the softmax (above 0 where there is a mask);
            None stands for 1 / sqrt(d_k)
    returns (..., T_q, T_k)    softmax over the KEYS of  scale * Q K^T;  a masked weight is 0 (at most 1e-6)
    """
    # TODO: scores of all pairs in one product, scale, put a very low score where the mask is False, softmax.
    ### BEGIN SOLUTION
    if scale is None:
        scale = 1 / np.sqrt(Q.shape[-1])
    scores = tf.matmul(Q * scale, K, transpose_b=True)  # (..., T_q, T_k); Q has fewer numbers than the scores
    if mask is not None:
        scores = tf.where(mask, scores, -1e9)
    return softmax(scores)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-attention_weights", "locked": true, "points": 11, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.attention_weights(attention_weights)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab3_attention as reference

checks.attention_weights(attention_weights, reference.fresh("attention_weights"))
### END HIDDEN TESTS

# %% [markdown]
# ### Experiment B: why divide by $\sqrt{d_k}$?
#
# Queries and keys with $d$ random numbers each, mean 0 and variance 1. Their dot product adds up $d$ products. How large
# does it get, when $d$ grows from 4 to 1,024? And what does a softmax make of scores that large? Left: the spread of the
# scores. Right: the largest of 16 weights, with your scale, without any, and divided by $d$ in place of $\sqrt d$.

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-scale", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs():
    widths, rng = (4, 16, 64, 256, 1024), np.random.default_rng(0)
    spread, largest = [], {"scaled by 1/√d": [], "no scale": [], "scaled by 1/d": []}
    for width in widths:
        Q, K = (tf.constant(rng.normal(size=(200, 16, width)), tf.float32) for _ in range(2))
        spread.append(float(np.std(np.asarray(tf.matmul(Q, K, transpose_b=True)))))
        for name, scale in (("scaled by 1/√d", None), ("no scale", 1.0), ("scaled by 1/d", 1 / width)):
            largest[name].append(float(np.max(attention_weights(Q, K, scale=scale), axis=-1).mean()))
    words.saturation(widths, largest, spread)


# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# The variance of a sum of $d$ such products is $d$, so the scores spread like $\sqrt d$. Without a scale, one weight is nearly 1 and
# all others are nearly 0: the softmax is **saturated**. Its gradient is then nearly 0 as well (the slope of a weight $w$ is
# $w(1 - w)$), and nothing can be learned about where to look. Divided by $\sqrt d$, the scores have the same spread at every
# width. Dividing by $d$ is too much: the wider the vectors, the more all weights become alike (1/16 each), and no key stands out.
#
# The last step of the search: hand over the values.

# %% nbgrader={"grade": false, "grade_id": "ex-scaled_dot_product_attention", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 1.5: scaled_dot_product_attention              (8 minutes, easy)
def scaled_dot_product_attention(Q, K, V, mask=None):
    """Attend: mix the values by the attention weights. TensorFlow can differentiate it.

    Q: (..., T_q, d_k)    K: (..., T_k, d_k)    V: (..., T_k, d_v), float32 tensors    mask: as in attention_weights
    returns output (..., T_q, d_v), weights (..., T_q, T_k)
    """
    # TODO: attention_weights (with its own scale), then one product with V.
    ### BEGIN SOLUTION
    weights = attention_weights(Q, K, mask)  # (..., T_q, T_k)
    return tf.matmul(weights, V), weights
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-scaled_dot_product_attention", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.scaled_dot_product_attention(scaled_dot_product_attention)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab3_attention as reference

checks.scaled_dot_product_attention(scaled_dot_product_attention, reference.fresh("scaled_dot_product_attention"))
### END HIDDEN TESTS

# %% [markdown]
# ### Experiment C: two banks
#
# One word, two meanings. *She sat on the bank of the river. The bank lent her the money.* Our hand-made vector of "bank" has
# as much of water as of money. Each word is query, key and value in one. What does "bank" become in each sentence?

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-bank", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs():
    moved = {}
    for sentence in (words.RIVER, words.MONEY):
        x = tf.constant(words.senses(sentence))  # (words, 4)
        output, table = scaled_dot_product_attention(x, x, x)
        moved[" ".join(sentence)] = np.asarray(output)[sentence.index("bank")]
    words.two_banks(moved)


# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# After one step of attention the same word has two vectors. This is what "attending to the most important parts of the
# input" buys: a vector that knows its neighbours. Real networks do this with learned vectors, in many layers.
#
# ---
# ## Part 2: Masks and positions
#
# Some keys must not be looked at. In a batch, short sentences end in **padding**: nobody should attend to it. And a network
# that writes must not look at what it has not written yet: the **future**. Both are masks: `True` where attention is allowed.

# %% nbgrader={"grade": false, "grade_id": "ex-padding_mask", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 2.1: padding_mask                              (4 minutes, easy)
def padding_mask(ids):
    """Say which keys are real: nobody may attend to padding.

    ids:    (batch, time) int    0 is padding
    returns (batch, 1, time) bool: True where the key is real. The middle axis stands for the queries:
            the same keys are allowed to every query, so the mask says nothing about rows
    """
    # TODO: compare with 0, and add the axis of the queries.
    ### BEGIN SOLUTION
    return (ids != 0)[:, None, :]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-padding_mask", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.padding_mask(padding_mask)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab3_attention as reference

checks.padding_mask(padding_mask, reference.fresh("padding_mask"))
### END HIDDEN TESTS

# %% nbgrader={"grade": false, "grade_id": "ex-causal_mask", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 2.2: causal_mask                               (5 minutes, easy)
def causal_mask(length):
    """Say which keys lie in the past: position t may attend to positions 0..t, itself included.

    length: an int, at least 1
    returns (length, length) bool: row t (the query) is True at columns 0..t (the keys); called inside a tf.function too
    """
    # TODO: a triangle of True with its diagonal; np.tril keeps what is on and below the diagonal.
    ### BEGIN SOLUTION
    return np.tril(np.ones((length, length), dtype=bool))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-causal_mask", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.causal_mask(causal_mask)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab3_attention as reference

checks.causal_mask(causal_mask, reference.fresh("causal_mask"))
### END HIDDEN TESTS

# %% [markdown]
# The shapes are chosen so that `padding & causal` works: `(batch, 1, time)` and `(time, time)` broadcast to
# `(batch, time, time)`. A padded *query* keeps its row: its result is thrown away later, and a row without any allowed key
# would be a softmax over nothing.

# %% nbgrader={"grade": false, "grade_id": "demo-masks", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs():
    ids = np.array([[5, 3, 7, 2], [4, 6, 0, 0]])  # two sentences, the second with padding
    both = np.asarray(padding_mask(ids)) & np.asarray(causal_mask(4))  # (2, 4, 4)
    for sentence, allowed in zip(ids, both):
        print(sentence, "".join(f"\n  query {t}: " + " ".join("■" if one else "·" for one in row) for t, row in enumerate(allowed)))

# %% [markdown]
# ### Experiment D: without positions, a sentence is a bag
#
# *The food was good, not bad at all* and *The food was bad, not good at all*. Lab 1 met them: word counts cannot tell them
# apart. Can attention? We let each word attend to all words, and take the mean over the sentence. Beside it: the same with your causal mask,
# and the dense network of the lecture's "Idea 1", which gets all eight words in one row.

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-bag", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
review = "the food was good not bad at all".split()
twin = "the food was bad not good at all".split()
rng = np.random.default_rng(1)
table = {word: rng.normal(size=16).astype("float32") for word in review}  # one random vector for each word

dense = np.random.default_rng(2).normal(0, 128**-0.5, size=(8 * 16, 16))  # "Idea 1": one layer on all words in a row

with training.needs():
    found = {"attention": [], "attention, causal mask": [], "dense layer on the row": []}
    for sentence in (review, twin):
        x = tf.constant(np.stack([table[word] for word in sentence]))  # (8, 16)
        past = tf.constant(np.asarray(causal_mask(8)))
        found["attention"].append(np.asarray(scaled_dot_product_attention(x, x, x)[0]).mean(axis=0))
        found["attention, causal mask"].append(np.asarray(scaled_dot_product_attention(x, x, x, past)[0]).mean(axis=0))
        found["dense layer on the row"].append(np.asarray(x).ravel() @ dense)
    for name, (one, other) in found.items():
        print(f"{name:24} largest difference between the two sentences: {np.abs(one - other).max():.0e}")


# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# Attention: no difference but rounding. Shuffle the words, and the results are shuffled with them: nothing in $\text{softmax}(QK^T)V$ knows what
# came first. The other two tell the sentences apart. With a causal mask a word sees only those before it: that lets order in, even
# without positions. And the dense network knows the order well, though the lecture's slide says "no order" of it: each place in the row has weights of its own. What
# it lacks is something else: it fits one length only, and what it learns about a word at one place it does not know at the next.
#
# So we **add** to each word something that says where it stands: waves of many lengths, like the hands of a clock, from fast to slow.

# %% nbgrader={"grade": false, "grade_id": "ex-positional_encoding", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 2.3: positional_encoding                       (12 minutes, medium)
def positional_encoding(length, d_model):
    """Give each position a vector of its own, made of waves.

    length:  number of positions, 1 to 256        d_model: even
    returns  (length, d_model) floats: for position p and i = 0, 1, ..., d_model/2 - 1
             column 2i   is sin(p / 10000^(2i / d_model))
             column 2i+1 is cos(p / 10000^(2i / d_model))      (right to 1e-4); called inside a tf.function too
    """
    # TODO: one table of angles (length, d_model / 2); sines into the even columns, cosines into the odd ones.
    ### BEGIN SOLUTION
    rates = 10000.0 ** (-np.arange(0, d_model, 2) / d_model)  # (d_model / 2,)
    angles = np.arange(length)[:, None] * rates  # (length, d_model / 2)
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(length, d_model)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-positional_encoding", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.positional_encoding(positional_encoding)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab3_attention as reference

checks.positional_encoding(positional_encoding, reference.fresh("positional_encoding"))
### END HIDDEN TESTS

# %% nbgrader={"grade": false, "grade_id": "demo-positions", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs():
    positions.waves(positional_encoding(64, 32))
    means = []
    for sentence in (review, twin):
        x = np.stack([table[word] for word in sentence]) + np.asarray(positional_encoding(len(sentence), 16))
        x = tf.constant(x, tf.float32)
        means.append(np.asarray(scaled_dot_product_attention(x, x, x)[0]).mean(axis=0))
    print(f"largest difference between the two sentences, with positions: {np.abs(means[0] - means[1]).max():.2f}")


# %% [markdown]
# The right picture shows why waves are a good choice. How alike two positions are depends on their **distance** only. A head can
# learn "look three steps back" once, and it holds everywhere.
#
# ---
# ## Part 3: Many heads
#
# One softmax has one attention to give away. But a word may need several things at once: its verb, its adjective, the word
# just before it. So the features are cut into **heads**. Each head searches by itself, in its own block of columns.

# %% nbgrader={"grade": false, "grade_id": "ex-split_heads", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 3.1: split_heads                               (8 minutes, medium)
def split_heads(x, num_heads):
    """Cut the features into heads. TensorFlow can differentiate it.

    x:       (batch, time, d_model), a float32 tensor      num_heads divides d_model
    returns  (batch, num_heads, time, d_model / num_heads): head k holds the k-th block of neighbouring columns
    """
    # TODO: first cut the last axis in two, THEN bring the axis of the heads to the front.
    ### BEGIN SOLUTION
    batch, time, d_model = x.shape
    heads = tf.reshape(x, (batch, time, num_heads, d_model // num_heads))
    return tf.transpose(heads, (0, 2, 1, 3))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-split_heads", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.split_heads(split_heads)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab3_attention as reference

checks.split_heads(split_heads, reference.fresh("split_heads"))
### END HIDDEN TESTS

# %% nbgrader={"grade": false, "grade_id": "ex-merge_heads", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 3.2: merge_heads                               (4 minutes, easy)
def merge_heads(x):
    """Undo split_heads: put the heads side by side again. TensorFlow can differentiate it.

    x:       (batch, num_heads, time, d_head), a float32 tensor
    returns  (batch, time, num_heads * d_head)
    """
    # TODO: the two steps of split_heads, backwards.
    ### BEGIN SOLUTION
    batch, num_heads, time, d_head = x.shape
    return tf.reshape(tf.transpose(x, (0, 2, 1, 3)), (batch, time, num_heads * d_head))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-merge_heads", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.merge_heads(merge_heads)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab3_attention as reference

checks.merge_heads(merge_heads, reference.fresh("merge_heads"))
### END HIDDEN TESTS

# %% nbgrader={"grade": false, "grade_id": "ex-multi_head_attention", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 3.3: multi_head_attention                      (15 minutes, hard)
def multi_head_attention(x, W_q, W_k, W_v, W_o, num_heads, mask=None):
    """Let every position attend to every position, in several heads. TensorFlow can differentiate it.

    x:       (batch, time, d_model), a float32 tensor
    W_q, W_k, W_v, W_o: (d_model, d_model), float32 tensors or weights of a Keras layer; no biases
    mask:    (time, time), (batch, 1, time) or (batch, time, time) bool, or None; True where attention is allowed; the same for all heads
    returns  output (batch, time, d_model), weights (batch, num_heads, time, time)

    queries, keys and values are x W_q, x W_k, x W_v, cut into heads; each head attends by itself (its d_k is
    d_model / num_heads); the merged heads go through W_o. It equals keras.layers.MultiHeadAttention without biases.
    """
    # TODO: three products, split; give a mask with a batch axis an axis for the heads; attend; merge; W_o.
    ### BEGIN SOLUTION
    Q, K, V = (split_heads(tf.matmul(x, W), num_heads) for W in (W_q, W_k, W_v))  # (batch, heads, time, d_head) each
    if mask is not None and len(mask.shape) == 3:
        mask = mask[:, None]  # (batch, 1, 1 or time, time)
    output, weights = scaled_dot_product_attention(Q, K, V, mask)
    return tf.matmul(merge_heads(output), W_o), weights
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-multi_head_attention", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.multi_head_attention(multi_head_attention)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab3_attention as reference

checks.multi_head_attention(multi_head_attention, reference.fresh("multi_head_attention"))
### END HIDDEN TESTS

# %% [markdown]
# ### Experiment E: does it agree with Keras?
#
# `keras.layers.MultiHeadAttention` gets the same matrices, a causal mask, and four heads.

# %% nbgrader={"grade": false, "grade_id": "demo-parity", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs():
    rng = np.random.default_rng(0)
    x = tf.constant(rng.normal(size=(2, 6, 8)), tf.float32)  # (batch, time, d_model)
    layer = keras.layers.MultiHeadAttention(num_heads=4, key_dim=2, use_bias=False)
    mask = np.asarray(causal_mask(6))[None]
    expected, _ = layer(x, x, attention_mask=mask, return_attention_scores=True)
    matrices = [np.asarray(one).reshape(8, 8) for one in layer.get_weights()]  # W_q, W_k, W_v (8, 4, 2), W_o (4, 2, 8)
    output, attention = multi_head_attention(x, *map(tf.constant, matrices), num_heads=4, mask=tf.constant(mask))
    print(f"largest difference: {np.abs(np.asarray(output) - np.asarray(expected)).max():.0e}")
    print("weights (batch, heads, time, time):", attention.shape)

# %% [markdown]
# ### Experiment F: what does a sequence cost?
#
# An LSTM takes one step after the other. Attention takes all of them at once: no step waits for another. But every position
# looks at every position, and that is $T^2$ pairs. Time per token against the length $T$: which one grows, and where do the two
# lines cross? Beside the clock stands what can be counted: the operations of the matrix products, $16 d^2$ for a token in the LSTM (four gates), $8 d^2 + 4Td$ in
# attention (four matrices, scores, mixture), each multiplication and each addition.

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-cost", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs():
    lengths = (16, 64, 256, 1024, 2048)
    cost.against_length(lengths, cost.forward(multi_head_attention, lengths))


# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# Counted, the two are equal at $T = 2d = 256$, on every machine. The clock says something else, and something else on each machine: very short sequences are
# mostly overhead, and the products of attention run over many positions at once, while the LSTM's steps must wait for each other: a graphics card with a thousand
# workers lets most of them wait. Per token the LSTM does the same work at every length; attention's work and memory grow with $T$. "Fast, parallel",
# says the lecture; "with optimizations", it says of memory. Both hold: up to a length. (Exercise 8.1 counts a whole block.)
#
# ---
#
# # ☕ A good place to stop
#
# You have attention with many heads, masks and positions. This is the end of the first sitting. Save the notebook.
#
# When you come back: run all cells from the top (*Run All*), and go on here.
#
# ---
#
# ## Part 4: The block
#
# A Transformer is a stack of equal **blocks**. Each block does two things, and **adds** each result to what it got:
#
# 1. attention: every position gathers what it needs from the others;
# 2. a small dense network: every position works on what it gathered, by itself.
#
# $$x \leftarrow x + \text{attention}(\text{norm}_1(x)) \qquad x \leftarrow x + W_2\, \text{relu}(W_1\, \text{norm}_2(x))$$
#
# The sums are called **residual connections**. They are for the depth what the open forget gate of Lab 2 was for time: a
# path on which nothing is lost. The norm stands *inside*, before each part (pre-norm): the path itself stays free.

# %% nbgrader={"grade": false, "grade_id": "ex-TransformerBlock", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 4.1: TransformerBlock                          (20 minutes, hard)
class TransformerBlock(keras.layers.Layer):
    """One block of a Transformer: attention, then a small network for each position; each ADDS its result to x.

    d_model: width of x     num_heads: divides d_model     d_ff: width of the hidden layer     dropout: share from 0 to 1
    """

    def __init__(self, d_model, num_heads, d_ff, dropout=0.0, **options):
        super().__init__(**options)
        self.supports_masking = True  # else Keras warns when call gets a mask
        self.num_heads = num_heads
        self.norm_1 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.norm_2 = keras.layers.LayerNormalization(epsilon=1e-5)
        self.W_q, self.W_k, self.W_v, self.W_o = (
            self.add_weight(shape=(d_model, d_model), initializer="glorot_uniform", name=name)
            for name in ("W_q", "W_k", "W_v", "W_o")
        )
        self.dense_1 = keras.layers.Dense(d_ff, activation="relu")
        self.dense_2 = keras.layers.Dense(d_model)
        self.dropout = keras.layers.Dropout(dropout)

    def call(self, x, mask=None, training=False):
        """Run the block.

        x: (batch, time, d_model)     mask: as in multi_head_attention     returns (batch, time, d_model)
        Works inside a tf.function; gradients flow to x and to all weights

        x = x + dropout(attention(norm_1(x)));  then  x = x + dropout(dense_2(dense_1(norm_2(x))))
        """
        # TODO: normalise, attend with your multi_head_attention, drop out, add; normalise, two dense layers, drop out, add.
        ### BEGIN SOLUTION
        attended, _ = multi_head_attention(
            self.norm_1(x), self.W_q, self.W_k, self.W_v, self.W_o, self.num_heads, mask
        )
        x = x + self.dropout(attended, training=training)
        hidden = self.dense_2(self.dense_1(self.norm_2(x)))
        return x + self.dropout(hidden, training=training)
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-TransformerBlock", "locked": true, "points": 15, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.transformer_block(TransformerBlock)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab3_attention as reference

checks.transformer_block(TransformerBlock, reference.fresh("TransformerBlock"))
### END HIDDEN TESTS

# %% [markdown]
# ### Experiment G: a block that does nothing
#
# With random weights and a causal mask, we change the last position of the input: which outputs change? Then we set $W_o$ and the last dense
# layer to zero. What comes out? And what do blocks do that are as Keras makes them: is a fresh stack of twelve near "do nothing", too?

# %% nbgrader={"grade": false, "grade_id": "demo-block", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs():
    block = TransformerBlock(d_model=16, num_heads=4, d_ff=32)
    x = tf.constant(np.random.default_rng(0).normal(size=(1, 6, 16)), tf.float32)
    mask = tf.constant(np.asarray(causal_mask(6)))
    before = np.asarray(block(x, mask=mask))
    changed = tf.concat([x[:, :5], x[:, 5:] + 1.0], axis=1)
    moved = np.abs(np.asarray(block(changed, mask=mask)) - before).max(axis=(0, 2))
    print("changed outputs, position by position:", " ".join("■" if one > 0 else "·" for one in moved))
    for weight in (block.W_o, *block.dense_2.weights):
        weight.assign(tf.zeros_like(weight))
    print(f"with W_o and dense_2 zero, output minus input: {np.abs(np.asarray(block(x, mask=mask)) - np.asarray(x)).max():.0e}")

    y = x = np.random.default_rng(0).normal(size=(4, 32, 128)).astype("float32")
    for number in range(1, 13):  # twelve fresh blocks
        y = np.asarray(TransformerBlock(d_model=128, num_heads=4, d_ff=384)(tf.constant(y)))
        if number in (1, 12):
            alike = np.sum(x * y) / (np.linalg.norm(x) * np.linalg.norm(y))
            moved = np.linalg.norm(y - x) / np.linalg.norm(x)
            print(f"{number:2} fresh: moved by {moved:.2f} times the length of x; cosine with what went in: {alike:.2f}")


# %% [markdown]
# A block whose parts are silent lets everything through unchanged: the path is free. But a fresh block is not silent. Keras's start (Glorot) lets both parts speak at
# once: one block moves its input by 0.67 of its length, and behind twelve the cosine with what went in is 0.29. Some programs begin with zeros there, so that a deep stack does begin as "do
# nothing". Whether that learns better was not tried here.

# %% nbgrader={"grade": false, "grade_id": "ex-block_parameters", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 4.2: block_parameters                          (6 minutes, medium)
def block_parameters(d_model, d_ff):
    """Count the numbers that training can change in one TransformerBlock of any size: build nothing.

    returns an int: four matrices without biases, two dense layers with biases, two normalisations (a scale and a shift each)
    """
    # TODO: add up the shapes. Why does num_heads not matter?
    ### BEGIN SOLUTION
    attention = 4 * d_model * d_model
    dense = d_model * d_ff + d_ff + d_ff * d_model + d_model
    norms = 2 * 2 * d_model
    return attention + dense + norms
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-block_parameters", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.block_parameters(block_parameters)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab3_attention as reference

checks.block_parameters(block_parameters, reference.fresh("block_parameters"))
### END HIDDEN TESTS

# %% nbgrader={"grade": false, "grade_id": "demo-count", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs():
    block = TransformerBlock(d_model=128, num_heads=4, d_ff=384)
    block(tf.zeros((1, 1, 128)))
    print("your count:", block_parameters(128, 384), "  Keras counts:", block.count_params())


# %% [markdown]
# ---
# ## Part 5: A Transformer writes music
#
# The tunes of Lab 2, character by character, the same split, the same measure (bits per character on held-out tunes). Only the network
# changes: an embedding plus your positions, a stack of your blocks with your causal mask, and a dense layer for the logits.
#
# Your blocks hold a layer that you took from Keras: the **layer normalisation**. It looks at the features of one position and at nothing
# else: not at its neighbours, not at the other tunes of the batch. So it does the same in training and in writing, for any
# length and any batch. Write it once yourself. (Your blocks go on using the layer of Keras, which keeps `gamma` and `beta`.)

# %% nbgrader={"grade": false, "grade_id": "ex-layer_norm", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 5.1: layer_norm                                (6 minutes, medium)
def layer_norm(x, gamma, beta, epsilon=1e-5):
    """Give each position mean 0 and variance 1, then a scale and a shift. TensorFlow can differentiate it.

    x:       (..., d), a float32 tensor: the last axis holds the features of one position
    gamma:   (d,) scale      beta: (d,) shift, both float32 tensors      epsilon: a number above 0
    returns  the shape of x:  gamma * (x - mean) / sqrt(variance + epsilon) + beta
             mean and variance are those of each position by itself; the variance is the mean of the squared distances
    """
    # TODO: mean and variance along the last axis (keep the axis), then the formula.
    ### BEGIN SOLUTION
    mean = tf.reduce_mean(x, axis=-1, keepdims=True)  # (..., 1)
    variance = tf.reduce_mean((x - mean) ** 2, axis=-1, keepdims=True)
    return gamma * (x - mean) / tf.sqrt(variance + epsilon) + beta
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-layer_norm", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.layer_norm(layer_norm)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab3_attention as reference

checks.layer_norm(layer_norm, reference.fresh("layer_norm"))
### END HIDDEN TESTS

# %% nbgrader={"grade": false, "grade_id": "demo-norm", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs():
    x = tf.constant(np.random.default_rng(0).normal(5, 3, size=(2, 6, 16)), tf.float32)
    layer = keras.layers.LayerNormalization(epsilon=1e-5)
    expected = np.asarray(layer(x))
    found = np.asarray(layer_norm(x, *map(tf.convert_to_tensor, (layer.gamma, layer.beta))))
    print(f"largest difference to Keras: {np.abs(found - expected).max():.0e}")


# %% [markdown]
# ### The whole network
#
# One layer more stands at the bottom: a **causal convolution** that puts each character together with the three before it. A character
# alone says little (three of them make a note), and a head that must first find its neighbours has more to learn. What stands further back
# is left to attention.
#
# And one more stands at the top: pre-norm leaves the path through the blocks free, so what comes out of the last one has any size. A last norm
# brings it back to one size before the logits are made.

# %% nbgrader={"grade": false, "grade_id": "ex-MusicTransformer", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 5.2: MusicTransformer                          (12 minutes, medium)
class MusicTransformer(keras.Model):
    """A Transformer that reads tunes: ids (batch, time) -> logits (batch, time, vocabulary_size), with your blocks."""

    def __init__(self, vocabulary_size, d_model=128, num_heads=4, d_ff=384, blocks=3, near=4, dropout=0.1):
        super().__init__()
        self.d_model = d_model
        self.embedding = keras.layers.Embedding(vocabulary_size, d_model)
        self.near = keras.layers.Conv1D(d_model, near, padding="causal")  # a character and the three before it
        self.blocks = [TransformerBlock(d_model, num_heads, d_ff, dropout) for _ in range(blocks)]
        self.norm = keras.layers.LayerNormalization(epsilon=1e-5)
        self.to_logits = keras.layers.Dense(vocabulary_size)

    def call(self, ids, training=False):
        """Read characters; say at each position what may come next.

        ids: (batch, time) int, time at least 1      returns (batch, time, vocabulary_size): logits, no softmax
        Works inside a tf.function, which knows the time as a number; gradients flow to all weights

        x = near(embedding(ids) * sqrt(d_model)) + positional_encoding(time, d_model)
        x goes through all blocks in their order, each with the causal mask and with training as it came
        logits = to_logits(norm(x))
        Padding stands behind a tune, where no real position looks: it needs no mask of its own.
        """
        # TODO: embed and scale, near, add the positions, go through the blocks, the last norm, the logits.
        ### BEGIN SOLUTION
        length = ids.shape[1]
        x = self.near(self.embedding(ids) * np.sqrt(self.d_model))  # (batch, time, d_model)
        x = x + tf.cast(positional_encoding(length, self.d_model), x.dtype)
        mask = tf.convert_to_tensor(causal_mask(length))  # (time, time)
        for layer in self.blocks:
            x = layer(x, mask=mask, training=training)
        return self.to_logits(self.norm(x))
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-MusicTransformer", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.music_transformer(MusicTransformer)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab3_attention as reference

checks.music_transformer(MusicTransformer, reference.fresh("MusicTransformer"))
### END HIDDEN TESTS

# %% [markdown]
# Your network reads with a causal mask, and writes from left to right: that is called **decoder-only**. Without the mask every position sees both sides: **encoder-only**,
# a network that reads and does not write. In Part 6 an encoder reads and a decoder writes, joined by cross-attention: that is the Transformer of 2017. Lab 4 takes up the first two
# (GPT, BERT).
#
# What it learns from is given. Position $t$ has read `ids[:, : t + 1]`. Which column of `ids` must its logits be compared with?
#
# *My answer:* …

# %% nbgrader={"grade": false, "grade_id": "next_token_loss", "locked": true, "schema_version": 3, "solution": false, "task": false}
def next_token_loss(logits, ids):
    """Mean cross-entropy in nats: what stands at position t predicts ids[:, t + 1].

    logits: (batch, time, vocabulary_size)     ids: (batch, time) int; targets that are 0 (padding) don't count, one is real
    """
    targets = ids[:, 1:]
    each = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=logits[:, :-1])  # (batch, time - 1)
    real = tf.cast(targets != 0, each.dtype)
    return tf.reduce_sum(each * real) / tf.reduce_sum(real)


def sample_step(model, ids, temperature, rng):
    """Write one more character for each row: ids (batch, t), without padding -> (batch, t + 1)."""
    scores = np.asarray(model(ids)[:, -1], float) / temperature  # the last place alone says what comes next
    scores[:, :3] = -np.inf  # padding, unknown, start are never written
    p = np.exp(scores - scores.max(axis=-1, keepdims=True))
    p /= p.sum(axis=-1, keepdims=True)
    return np.concatenate([ids, [[rng.choice(len(row), p=row)] for row in p]], axis=1).astype("int32")


# %% [markdown]
# ### Experiment H: five minutes, again
#
# The same five minutes on the same tunes as the LSTM of Lab 2. The dashed line is the model that only counts. The LSTM reached
# 1.56 bits per character. Does the Transformer get there in the same time?

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "train-music", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["train"]
texts = {part: [entry.text for entry in data.tunes().part(part)] for part in ("train", "valid", "test")}
alphabet = characters.vocabulary(texts["train"])

with training.needs():
    model = MusicTransformer(len(alphabet) + characters.FIRST)
    optimizer = keras.optimizers.Adam()
    fitted = training.fit(
        model,
        optimizer,
        transformer.train_step(model, optimizer),
        transformer.batches(texts["train"], alphabet),
        lambda: transformer.bits_per_character(model, texts["valid"], alphabet),
        seconds=300,
        learning_rate=transformer.RATE,
        label="your Transformer",
        line=ngrams.NGram(texts["train"], order=14).bits_per_character(texts["valid"]),
    )

# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# On our machine the Transformer crosses the line of the LSTM (1.56) after about three minutes, though it reads every tune
# only ten times in five, and the LSTM almost twenty times. But it also starts to learn the training tunes by heart: watch
# the grey curve fall below the blue one. Dropout, and tunes in other keys, slow that down; the weights of the next
# experiment were trained with both, and four times as long.

# %% [markdown]
# ### Experiment I: everything in one table
#
# Four models, the same characters, the same held-out tunes: one that counts, a plain recurrent network, the LSTM of Lab 2, and the Transformer, with
# the weights of the course. The Transformer is **your own code**: the course's 574,647 numbers go into your `MusicTransformer`. (Where it is not right yet, labkit's stands in, and the first
# lines say so.) Its hundred tunes are written by labkit's, which has the same numbers and keeps keys and values: that is quicker.
#
# Fewer bits, better tunes: is it so? Look at the bits first, then at the line "every bar fills its meter".

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-table", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
composer, letters = weights.load_transformer()
mine = transformer.carried(lambda: MusicTransformer(len(letters) + characters.FIRST), composer)
shipped = {"RNN": weights.load_char_rnn()[0], "LSTM": weights.load_char_model()[0], "Transformer": composer}
library = novelty.training()

counted = ngrams.NGram(texts["train"], order=14)
written = {"n-gram": counted.samples(100, temperature=0.8)}
written |= {name: sampling.sample(one, letters, 100, temperature=0.8, seed=1) for name, one in shipped.items()}
bits = {"n-gram": counted.bits_per_character(texts["test"])}
bits |= {name: characters.bits_per_character(one, texts["test"], letters) for name, one in shipped.items() if one is not composer}
bits["Transformer"] = characters.bits_per_character(mine, texts["test"], letters, known=True)
columns = {
    name: metrics.measure(tunes, ended, bits[name], [library.longest(tune).length for tune in tunes])
    for name, (tunes, ended) in written.items()
}
columns["real tunes"] = metrics.measure(texts["test"])
metrics.table(columns)

# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# The Transformer needs fewest bits, and fewer of its tunes have all bars right than of the LSTM's. Both are true: a loss is one number, and does not say what a network
# is good at. Why the bars? This table does not tell. The two differ in more than their kind: training time, tunes in other keys, dropout. One guess: the
# LSTM can carry the filled part of a bar along in its state, as Lab 2 found in its cells, and attention must find it anew at every position. It is a guess until someone trains both alike.

# %% [markdown]
# Now your code writes, character by character: eight tunes, with the given `sample_step`. No cache, no shortcut: each new character reads all earlier ones once more.

# %% nbgrader={"grade": false, "grade_id": "demo-listen", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
rng = np.random.default_rng(7)
ids = np.full((8, 1), sampling.START, "int32")
while ids.shape[1] < 400 and not (ids == sampling.END).any(axis=1).all():
    ids = sample_step(mine, ids, temperature=0.8, rng=rng)
back = {number: character for character, number in letters.items()}
tunes = ["".join(back[one] for one in row[1 : list(row).index(sampling.END)]) for row in ids.tolist() if sampling.END in row]
valid = [tune for tune in tunes if not abc.read(tune).problems]
print(f"{len(tunes)} of 8 tunes have ended, {len(valid)} of them without a mistake")
if valid or tunes:
    best = max(valid or tunes, key=lambda tune: len(set(tune.split("|"))))  # most bars that differ
    print(best)
    display(score.show(best), audio.play(best))

# %% [markdown]
# ### Experiment J: does a head look one bar back?
#
# Tunes repeat themselves: what stands at the same place one bar ago, or two, or four, is the best hint at what comes next. The LSTM
# must carry it along. A head could just look. We let the Transformer read real tunes that it has never seen. Before each note, we ask
# every head how much weight it gives to the notes one eighth of a bar back, two eighths, and so on, up to four bars.

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-gaze", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
read = sorted(texts["valid"], key=len)[60:90]
seen_by = [transformer.looks(mine, tune, letters) for tune in read]  # what your multi_head_attention returns
seen = looking.gaze(read, seen_by)
looking.back(seen)
block, head = seen.best
tune = read[5]
looking.over(tune, seen_by[5][block, head], start=len(tune) - 75, title=f"block {block + 1}, head {head + 1}")

# %% nbgrader={"grade": false, "grade_id": "demo-heads", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
looking.every_head(seen_by[5])

# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# The peaks stand at whole bars, and the highest at two and four: folk tunes repeat themselves after two bars and four. No one told the network what a bar is. It
# found out because what stood there helps. Three heads of the first block do it most clearly: 1.2, 1.3 and 1.4 (first the block, then the head).
#
# What do the others do? 1.1 has most of its attention on the header. 3.3 gives 40% of its attention to the character two before the one just read, and no head gives more than 9% to the
# character just read and the one before it together. "Each head attends to a different part", says the lecture. Here three of the four heads of one block look at the same places.
#
# ### Experiment J, continued: silence a head
#
# A heatmap shows where a head *looks*. Does the network need what is there? The lecture gives attention a "high" for interpretability. Let's try it: we take heads out (a head's result enters by its own rows of $W_o$: those become zero), and
# look at two things. How many bits does the network need then, on tunes of the test part? And how many bars of the tunes that it writes occur again?
#
# Three heads that look whole bars back; the one that looks most at the header (key, meter); three others at random, as a control. They were chosen above, on
# validation tunes; they are tested on others.

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-silence", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
roles = {silence.NOTHING: (), **silence.roles(read, seen_by)}
rows = {}
for role, chosen in roles.items():
    with transformer.silenced(mine, chosen), transformer.silenced(composer, chosen):
        needed = characters.bits_per_character(mine, texts["test"][::6], letters, known=True)
        tunes, _ = sampling.sample(composer, letters, 40, temperature=0.8, seed=1)
    rows[role] = silence.Silence(chosen, needed, *counting.occurring_again(tunes))
silence.table(rows, real=counting.occurring_again(texts["test"])[0])


# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# On our machine, with these settings: with all heads the network needs 1.32 bits, and 55% of the bars that it writes occur again. Without 1.2, 1.3 and 1.4 it needs 1.69 bits, and its tunes all but stop
# repeating themselves: 6%. Without 1.1, the one on the header, it needs 1.44 bits and repeats as before (55%). Without three at random (3.1, 3.2, 3.4) it needs 1.37 bits, and repeats as before (59%). So it is
# not the number of silent heads, and not the bits alone: these three carry the repeats.
#
# So here the picture was right about what the network needs. But the picture alone did not show it: it says where a head looks, not what it takes from there, nor what the other heads could do in its
# place. **Where a head looks is a question; to silence it is an experiment.** And one caution: the others were trained beside it. A network that never had this head might do without.
#
# ---
# ## Part 6: Translation
#
# Until now a sequence looked at itself. In a translation one sequence looks at **another**: the English text that is being
# written asks the foreign text that was read. Queries come from the one, keys and values from the other.

# %% nbgrader={"grade": false, "grade_id": "ex-cross_attention", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 6.1: cross_attention                           (6 minutes, easy)
def cross_attention(x, memory, W_q, W_k, W_v, W_o, num_heads, mask=None):
    """Let one sequence attend to another, in several heads. TensorFlow can differentiate it.

    x:       (batch, T_x, d_model)  asks: it gives the queries
    memory:  (batch, T_m, d_model)  answers: it gives the keys and the values; both are float32 tensors
    mask:    (T_x, T_m), (batch, 1, T_m) or (batch, T_x, T_m) bool, or None; matrices as in multi_head_attention
    returns  output (batch, T_x, d_model), weights (batch, num_heads, T_x, T_m)
    """
    # TODO: as multi_head_attention. What comes from x, and what from memory?
    ### BEGIN SOLUTION
    Q = split_heads(tf.matmul(x, W_q), num_heads)  # (batch, heads, T_x, d_head)
    K, V = (split_heads(tf.matmul(memory, W), num_heads) for W in (W_k, W_v))  # (batch, heads, T_m, d_head)
    if mask is not None and len(mask.shape) == 3:
        mask = mask[:, None]
    output, weights = scaled_dot_product_attention(Q, K, V, mask)
    return tf.matmul(merge_heads(output), W_o), weights
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-cross_attention", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.cross_attention(cross_attention)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab3_attention as reference

checks.cross_attention(cross_attention, reference.fresh("cross_attention"))
### END HIDDEN TESTS

# %% [markdown]
# ### Experiment K: dates and numbers
#
# *vendredi 20 novembre 2026* is *Friday, November 20, 2026*. German *siebenundneunzig* is *ninety-seven*. Dates and numbers in five languages
# (the dates from the Unicode locale data, CLDR, the number words from num2words), written character by character. Two networks of about the same size learned
# it for the same time:
#
# - the **bottleneck**: an LSTM reads, and hands over its last state. Another LSTM writes. All that was read must fit into
#   one vector: the lecture's "encoding bottleneck";
# - **attention**: a Transformer reads, another writes, and every character that is written asks all that was read, by your
#   `cross_attention`.
#
# How often is a held-out text right to the last character? Dates are short; numbers in words grow to sixty characters. Where
# will the bottleneck fail?

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-translate", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
attending, bottleneck = translator.load(), translator.load(bottleneck=True)
held_out = dates.pairs("test", 600, seed=1)

with training.needs():
    exact = {"attention": translator.exact(attending, held_out, cross_attention)}
    exact["bottleneck"] = translator.exact(bottleneck, held_out)
    for name, one in exact.items():
        print(f"{name}: {one}")
    alignment.lengths(exact)

# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# Both networks know the dates. On long texts the one with attention is ahead: every character that was read stays within reach, and its line stays flat. Is it the one
# vector alone that holds the other back? This picture does not say: it is an LSTM besides, and when its training ended it was still getting better.

# %% [markdown]
# ### Experiment L: the alignment
#
# This is what the lab was for. Each row is a character that the network writes; the bright spots are where your `cross_attention` looks
# when it writes it. Try your own dates and numbers.

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-alignment", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
own = ["vendredi 20 novembre 2026", "2026. november 20., péntek", "siebenundneunzig"]  # French, Hungarian, German

with training.needs():
    translation = attending.translate(own, cross_attention)
    for source, english, looks in zip(own, translation.texts, translation.weights):
        print(f"{source} → {english}")
        alignment.heatmap(source, english, looks)


# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# Look at the digits and at the first letters of each word: there the choice is made, and the network must look. Inside a
# word it looks around, since once *Nov* is written the rest is certain.
#
# Nobody told the network what belongs to what. It saw pairs of texts, and a loss. Where the order is the same, the bright spots run along a
# diagonal. Where languages differ, the line breaks and crosses.
#
# ---
# ## Part 7: In your own words

# %% [markdown] nbgrader={"grade": true, "grade_id": "written", "locked": false, "points": 10, "schema_version": 3, "solution": true, "task": false}
# **Question 7.1 (10 points, about 15 minutes).** A friend says: "Attention is all you need: a Transformer sees the whole sequence at once, so it knows
# the order and never forgets, and the heatmap explains what it does. LSTMs are only slower."
#
# 1. Does attention know the order? Say what happens without positions, with a result of Experiment D.
# 2. What does looking at everything cost, and what does an LSTM pay instead? Name time, steps in a row, and memory, with a
#    result of Experiment F.
# 3. Why are the scores divided by $\sqrt{d_k}$, and not by $d_k$? Say what goes wrong on both sides.
# 4. Does the heatmap explain the answer? Say what it shows and one thing that it does not show.
#
# Write 120 to 200 words.
#
# ### BEGIN MARK SCHEME
# **Marking guide.** Give points for reasons, not for words that sound right.
#
# 1. *3 points.* No: shuffled inputs give the same outputs, shuffled (1); the mean over a sentence and its twin is equal, so they cannot
#    be told apart (1); positions are added to the vectors, or: a causal mask lets a little order in (1).
# 2. *3 points.* Attention: work and memory per token grow with the length, $T^2$ in all (1). The LSTM: constant work per token, but $T$
#    steps that wait for each other, and a state of fixed size (1). A result of F: where the lines cross, or the memory at the longest
#    length (1).
# 3. *2 points.* Scores of random vectors spread like $\sqrt{d_k}$: without the scale the softmax saturates, and its gradient vanishes (1).
#    Divided by $d_k$, all scores are close to 0: the weights are all alike (1).
# 4. *2 points.* It shows how the values are mixed, for one head (1). It does not show what the values hold, what other heads and the residual path add, or what would
#    happen if the weights were others (1).
#
# Take off nothing for language.
# ### END MARK SCHEME
#
# YOUR ANSWER HERE

# %% [markdown]
# ---
# ## Part 8: Going further (optional, no points)
#
# **How many operations?** Parameters say how large a block is. How much it works depends on the length, too.

# %% nbgrader={"grade": false, "grade_id": "ex-block_flops", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 8.1: block_flops (optional, 0 points)          (5 minutes, medium)
def block_flops(time, d_model, d_ff):
    """Count the operations of the matrix products in one TransformerBlock, for one sequence.

    A product of (a, b) with (b, c) costs 2 a b c: a multiplication and an addition for each term. Norms, softmax, biases and ReLU are left out.
    returns an int
    """
    ### BEGIN SOLUTION
    projections = 4 * 2 * time * d_model * d_model
    attention = 2 * 2 * time * time * d_model  # scores, and the mixture of the values
    dense = 2 * 2 * time * d_model * d_ff
    return projections + attention + dense
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-block_flops", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.block_flops(block_flops)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab3_attention as reference

checks.block_flops(block_flops, reference.fresh("block_flops"))
### END HIDDEN TESTS

# %% nbgrader={"grade": false, "grade_id": "demo-flops", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs():
    for length in (64, 256, 1024, 4096):
        total, alone = block_flops(length, 128, 384), 4 * length * length * 128
        print(f"T = {length:>5,}: {total / 1e6:>9,.0f} million operations, {alone / total:.0%} of them for looking at each other")


# %% [markdown]
# **A cache.** When a Transformer writes, only one position is new at each step. The keys and values of all earlier positions are what they were: keep
# them.

# %% nbgrader={"grade": false, "grade_id": "ex-attend_next", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 8.2: attend_next (optional, 0 points)          (15 minutes, hard)
def attend_next(x_t, keys, values, W_q, W_k, W_v, W_o, num_heads):
    """Causal multi-head attention for ONE new position, with the keys and values of all earlier ones kept (a KV cache).

    x_t:          (batch, 1, d_model)                the new position
    keys, values: (batch, num_heads, t, d_head)      of the t earlier positions; t may be 0. All are float32 tensors
    returns output (batch, 1, d_model), keys (batch, num_heads, t + 1, d_head), values (batch, num_heads, t + 1, d_head):
            the last row of multi_head_attention with a causal mask, and the longer cache for the next call
    """
    ### BEGIN SOLUTION
    q, k, v = (split_heads(tf.matmul(x_t, W), num_heads) for W in (W_q, W_k, W_v))  # (batch, heads, 1, d_head)
    keys = tf.concat([keys, k], axis=2)
    values = tf.concat([values, v], axis=2)
    output, _ = scaled_dot_product_attention(q, keys, values)  # the past is all there is: no mask
    return tf.matmul(merge_heads(output), W_o), keys, values
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-attend_next", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.attend_next(attend_next)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab3_attention as reference

checks.attend_next(attend_next, reference.fresh("attend_next"))
### END HIDDEN TESTS

# %% nbgrader={"grade": false, "grade_id": "demo-cache", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs():
    rng, length = np.random.default_rng(0), 256
    x = tf.constant(rng.normal(size=(1, length, 128)), tf.float32)
    matrices = [tf.constant(rng.normal(0, 128**-0.5, (128, 128)), tf.float32) for _ in range(4)]
    keys = values = tf.zeros((1, 4, 0, 32))
    rows = []
    for t in range(length):
        row, keys, values = attend_next(x[:, t : t + 1], keys, values, *matrices, 4)
        rows.append(np.asarray(row)[0, 0])
    whole, _ = multi_head_attention(x, *matrices, 4, tf.constant(np.asarray(causal_mask(length))))
    print(f"largest difference to the whole at once: {np.abs(np.stack(rows) - np.asarray(whole)[0]).max():.0e}")
    with_cache = cost.seconds(lambda: attend_next(x[:, :1], keys, values, *matrices, 4)[0].numpy())
    without = cost.seconds(lambda: multi_head_attention(x, *matrices, 4)[0].numpy())
    print(f"one more character at length {length}: {1e3 * with_cache:.1f} ms with the cache, {1e3 * without:.1f} ms without")

# %% [markdown]
# More to try:
#
# - **No positions.** Leave the positions out of `MusicTransformer`. A causal mask lets a little order in: how much worse is it?
# - **One head or eight.** The number of parameters stays the same. What changes?
# - **Your own date.** Write the day you were born in German or Hungarian, and look at the alignment.
#
# You have reached the end of Lab 3. Save the notebook. The last cell says what passes, and whether something is wrong with
# the file; then submit it.
#

# %% nbgrader={"grade": false, "grade_id": "demo-submit", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
import labkit

labkit.submit_check()
