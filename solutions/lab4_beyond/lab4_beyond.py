# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Lab 4: Beyond text and tunes
#
# *Edition 2*
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/{{student_repository_path}}/blob/main/labs/lab4_beyond/lab4_beyond.ipynb)
#
# ```
# CCTTGGGCAGGTAAACATTGTTTCTCGATGCATGGGAATA
# ```
#
# Forty letters of real primate DNA. Somewhere in here an **intron** begins. Nobody tells you where. In Part 4 attention finds the
# place, in about a second.
#
# Nothing in the block of Lab 3 knows what a note is. Cut **anything** into pieces, give each piece a vector, and the same
# network reads it: a tweet, a picture, English, a protein. In DNA one query of attention is enough. In this lab you cut. And you measure what the network makes of it, also where
# the result is less than the lectures promise.
#
# | Part | You build | You find out | Minutes | Points |
# |---|---|---|---|---|
# | 1. Tweets | a mean over real steps, a confusion table, F1, the calibration error | how much the order of words is worth, and how to count it | 37 | 17 |
# | 2. Pictures | patches, a class token, rollout | what a Vision Transformer knows, and what it does not | 36 | 17 |
# | 3. One network, three masks | a band mask, hidden tokens, their loss, filling in by trying | that GPT and BERT are one network | 42 | 18 |
# | *a good place to stop* | | | | |
# | 4. DNA | the other strand, log-odds, a motif that attends | where introns begin | 42 | 17 |
# | 5. Captions | pairs, greedy, beam search, BLEU | how a picture becomes a sentence | 51 | 21 |
# | 6. The table | | which words of the lectures' table hold | 6 | |
# | 7. In your own words | one written answer | | 15 | 10 |
#
# The minutes hold the exercises, 200 words of text a minute, and three minutes for each prediction with its experiment; two where it is marked *(may be read)*: its result stands in
# the text below it. That makes **two sittings: one of 120 minutes, one of 99**, with a marked stop between them. Part 7 can be written later, at home. Minutes
# and difficulty stand at each exercise.
#
# **Short of time?** The core path is Exercises 1.1, 2.1, 2.2, 3.1, 3.2, 3.3, 4.2, 4.3, 5.1 and 5.2, and the experiments B, D, G, J, L and O: 50 of the 100 points in about two hours. Nothing on it
# needs an exercise that it leaves out. Run the given cells all the same: what they define comes back later.
#
# In Colab, first choose *File → Save a copy in Drive*: the copy is yours, and it keeps your work.

# %% [markdown]
# ## How this lab works
#
# As in Labs 1 to 3: an exercise cell holds a `TODO`, the check below it prints one line when all is well, and three when
# not. For your points, the same checks run again with fresh numbers and other shapes.
#
# - **Shapes.** Batch comes first: `x (batch, time, features)`.
# - **Masks.** A mask is `True` where a step is real, and where attention is **allowed**.
# - **Numbers.** Results may be NumPy arrays or tensors, of any floating type. They may differ from ours by 1e-5 plus
#   1e-4 of the value. Where an int is asked, give an int.
# - **TensorFlow.** Where a docstring says "TensorFlow can differentiate it", write with TensorFlow's functions: float32
#   tensors come in, the gradient must find its way back, and all of it must work inside a `tf.function` too. Everything else is NumPy and plain Python.
# - **Arguments.** Leave them as they came.
# - **Nothing is drawn** in what is graded. Where a method needs chance, the drawn numbers come in as arguments.
#
# Your Lab 3 is not needed: what this lab takes from it is given, as `labkit.blocks`.
#
# **Experiments.** Before each experiment you write down a prediction, after it one sentence on what you saw: double-click the cell and write in place of the dots. Nobody grades this, and how well a
# model is trained is never graded either.
#
# **What stands in the text** is measured. Numbers in brackets are 95% intervals: over the test examples, and over the seeds where there are several. A single network, trained once, says so.
#
# **Slow machine?** Run `%env LABKIT_BUDGET=0.5` in a new cell, and every training takes half the time. It learns less, too: the text below speaks of whole trainings.
#
# **A name is not defined** (`checks`, `training`, a function of yours)? The kernel is new, or a cell above was not run: run
# the three cells below *Get ready*, then all cells above yours (in the menu: *Run All Above*, in Colab *Run before*).
#
# **Not here:** linear attention, long contexts and retrieval, T5, which the lectures name; and stock prices, since we know of no price data with a clear licence.

# %% [markdown]
# ## One box on words and symbols
#
# | Word | Here | Why |
# |---|---|---|
# | token | a piece of a sequence: a word, a patch, an amino acid | the lectures say "word" |
# | `[MASK]` | a token that hides another one | not a mask: two things with one name |
# | mask | an array of `True` and `False`: who may be looked at | as in Lab 3 |
# | class token | a learned vector in front of the patches, whose place gives the answer | the lectures do not name it |
# | nats | logarithms to base *e*, in all functions | bits are for people: divide by $\ln 2$ |
# | A, C, G, T | the four letters of DNA, in this order | so that both axes turn round in Exercise 4.1 |

# %% [markdown]
# ## Get ready
#
# Run the next three cells first, each time you open the notebook. Loading TensorFlow takes about ten seconds.

# %% nbgrader={"grade": false, "grade_id": "install", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Installs the helper package when it is missing (in Colab).
import importlib.util
import subprocess
import sys

NEEDED = "{{version}}"  # of the helper package, or newer
SOURCE = "deep-sequence-labkit @ {{student_repository}}/archive/refs/tags/{{edition_tag}}.zip#subdirectory=labs"


class Stopped(Exception):
    """Jupyter shows its sentence alone."""

    def _render_traceback_(self):
        return [str(self)]


if importlib.util.find_spec("labkit") is None:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", SOURCE]
    done = subprocess.run(pip, capture_output=True, text=True)
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["nothing"])[-1]
        raise Stopped(f"labkit can't be installed here. Is there a connection to the internet? pip says: {said}")
importlib.invalidate_caches()

import labkit

if [int(part) for part in labkit.__version__.split(".")] < [int(part) for part in NEEDED.split(".")]:
    raise Stopped(
        f"labkit {labkit.__version__} is installed, and this notebook needs {NEEDED} or newer: "
        f'run %pip install --upgrade "{SOURCE}" and restart the kernel.'
    )

# %% nbgrader={"grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["both"]
import math
import os
from collections import Counter

from labkit import quiet

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's notes on processor and graphics card stay away
quiet.load("keras")

import keras
import numpy as np
import tensorflow as tf

from labkit.checks import lab4_beyond as checks

checks.edition(2)

# %% nbgrader={"grade": false, "grade_id": "tools", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Drawings, data and training of this course. Experiments use them; no exercise needs them.
from labkit import blocks, captions, digits, dna, letters, motif, proteins, scenes, training, tweets, weights
from labkit.captioning import plots as caption_plots
from labkit.sentiment import pairs
from labkit.sentiment import plots as class_plots
from labkit.sequences import cards, lengths
from labkit.sequences import plots as sequence_plots
from labkit.training import grids
from labkit.vision import plots as digit_plots


# %% [markdown]
# ---
# ## Part 1: Tweets: many to one
#
# A tweet comes in, one answer goes out: is its writer happy or not? The lectures call this shape **many to one**. In Lab 1
# the ball had it, and the last state gave the answer. (Their **one to one**, "Will I pass this class?", is the same last layer without a sequence before it. There is nothing to build.)
#
# There is a simpler way: take the **mean** of what stands at all steps. Tweets have different lengths, so a batch is
# padded. And padding is no word: it must not count.

# %% nbgrader={"grade": false, "grade_id": "ex-masked_mean", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 1.1: masked_mean                             (4 minutes, easy)
def masked_mean(x, mask):
    """Average the real steps of each sequence. TensorFlow can differentiate it.

    x:      (batch, time, features)  float32 tensor
    mask:   (batch, time)            bool tensor, True where a step is real: at least one in each row, anywhere
    returns (batch, features)
    """
    # TODO: the sum over the real steps of each row, divided by how many there are.
    ### BEGIN SOLUTION
    counts = tf.cast(mask, x.dtype)[..., None]  # (batch, time, 1)
    return tf.reduce_sum(x * counts, axis=1) / tf.reduce_sum(counts, axis=1)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-masked_mean", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.masked_mean(masked_mean)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab4_beyond as reference

checks.masked_mean(masked_mean, reference.fresh("masked_mean"))
### END HIDDEN TESTS

# %% [markdown]
# ### Experiment A: which model reads tweets best? (may be read)
#
# 4,140 short texts, each rated by 20 people from -4 to 4 (Hutto and Gilbert, 2014). They come from a package, and are made on your machine: none of them is shipped with this course. Where they cannot be had,
# a sentence says so, and the notebook goes on. We take those with a mean of at least 0.5 or at most -0.5: positive or negative. The tweets in between are left out, which makes the task
# easier. 843 of them are the test, and 71% of these are positive. Rude ones are read by the networks, and not shown.
#
# Emoticons, *n't* and *!!!* carry much of the feeling. So `tweets.tokenize` keeps them.

# %% nbgrader={"grade": false, "grade_id": "demo-tweets", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
have_tweets = tweets.there()
print(tweets.tokenize("@anna it wasn't bad at all!!! :) https://example.org"))
if have_tweets:
    parts = tweets.clear()
    words = tweets.vocabulary(parts["train"])  # word -> id: words that come at least twice
    tweet_ids = {part: tweets.ids([one.words for one in some], words) for part, some in parts.items()}  # (tweets, 40)
    labels = {part: np.array([one.label for one in some]) for part, some in parts.items()}
    for one in [one for one in parts["train"] if one.polite and "@" not in one.text and len(one.text) < 80][:4]:
        print(f"{one.rating:+.1f}  {one.text}")


# %% [markdown]
# Here is the reader. In the middle something makes **one vector of many**: your mean, a recurrent layer, or blocks of Lab 3 and then your mean.

# %% nbgrader={"grade": false, "grade_id": "TweetModel", "locked": true, "schema_version": 3, "solution": false, "task": false}
class TweetModel(keras.Model):
    """Many to one: ids (batch, time), 0 is padding -> logits (batch, 2)."""

    def __init__(self, kind, size, width=16, dropout=0.0, ordered=True, causal=False):
        super().__init__()
        self.ordered, self.causal = ordered, causal
        start = keras.initializers.RandomNormal(stddev=0.1)
        self.embedding = keras.layers.Embedding(size, width, embeddings_initializer=start)
        self.recurrent = keras.layers.LSTM(width) if kind == "LSTM" else None
        self.blocks = [blocks.Block(width, 4, 2 * width) for _ in range(2 * (kind == "Transformer"))]
        self.norm, self.drop, self.dense = blocks.norm(), keras.layers.Dropout(dropout), keras.layers.Dense(2)

    def build(self, shape):
        self.built = True  # each layer makes its weights when it is first called

    def call(self, ids, training=False):
        mask = tf.not_equal(ids, 0)  # (batch, time)
        x = self.drop(self.embedding(ids), training=training)  # (batch, time, width)
        time = ids.shape[1]
        if self.recurrent:
            return self.dense(self.recurrent(x, mask=mask))  # the last state
        if self.blocks:
            x += 0.3 * blocks.positions(time, x.shape[-1]) * self.ordered
            allowed = np.tril(np.ones((time, time), bool)) if self.causal else np.ones((time, time), bool)
            for block in self.blocks:
                x = block(x, mask=mask[:, None] & allowed)
            x = self.norm(x)
        return self.dense(self.drop(masked_mean(x, mask), training=training))


def train_reader(model, ids, labels, label, epochs=12, batch=50, rate=5e-3):
    """Train a classifier with Adam, and show its loss."""
    epochs = training.scaled(epochs)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(rate), loss, jit_compile=False)
    live = [training.live(label, epochs, every="epoch")]
    model.fit(ids, labels, epochs=epochs, batch_size=batch, verbose=0, callbacks=live)


# %% [markdown]
# You train the simplest of all, the mean of the embeddings. Beside it stand models that we trained with several seeds: a bag of words (logistic regression), an LSTM, one in both directions
# (`Bidirectional`), one without dropout, a Transformer with positions; and the mean once more, since your training is one, with other chance. Order them.

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "train-tweets", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["train"]
own = "what a day, not bad at all :)"

with training.needs(words="the tweets, which are not here", tweet_ids="the tweets, which are not here"):
    keras.utils.set_random_seed(0)
    model = TweetModel("mean", tweets.FIRST + len(words), width=32, dropout=0.4)
    train_reader(model, tweet_ids["train"], labels["train"], "mean of the embeddings", epochs=10, batch=64, rate=2e-3)
    reader = model
    right = reader.predict(tweet_ids["test"], verbose=0).argmax(axis=1) == labels["test"]
    print(f"right: {right.mean():.1%} of {len(right)} test tweets; who always says positive: {labels['test'].mean():.1%}")
    logits = reader(tweets.ids([tweets.tokenize(own)], words))
    print(f"{own!r} is positive with probability {float(tf.nn.softmax(logits)[0, 1]):.2f}")

# %% nbgrader={"grade": false, "grade_id": "demo-tweet-models", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
measured = [row for row in grids.runs("lab4/tweets_runs") if row["trained on"] == "tweets"]
names = list(dict.fromkeys(row["model"] for row in measured))
print("accuracy of each seed, on the same 843 tweets; in brackets: with the words of each test tweet shuffled")
for name in names:
    each = [row for row in measured if row["model"] == name]
    said = (f"{row['accuracy']:.3f} ({row['accuracy, words shuffled']:.3f})" for row in each)
    print(f"{name:22} {each[0]['parameters']:7,} parameters  ", *said)
if have_tweets:
    right = {}  # name -> (tweets,): by what share of the seeds each tweet is told rightly
    for name in ["mean embedding", *(name for name in names if name not in ("mean embedding", "always positive"))]:
        shares = np.array([grids.unpack_shares(row["positive"]) for row in measured if row["model"] == name])
        right[name] = ((shares >= 0.5) == labels["test"]).mean(axis=0)
    class_plots.compare(right, labels["test"].mean(), "always positive")


# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# **No model that reads the order beats the mean.** With seeds 0 to 4: the mean is right in 88.9% [86.8, 90.9], the LSTM in 88.5%, the Transformer in 85.3%, the bag of words in 87.8%. With 843 tweets an interval is two
# points wide on each side, so one may not rank them one by one; only the Transformer is below the mean by more than chance explains: 3.6 points [1.9, 5.3]. Reading both ways, or
# leaving dropout out, changes nothing that these tweets could show.
#
# Shuffle the words of the test tweets, and the LSTM and the Transformer lose nothing: the differences are -0.2 points [-1.1, 0.8] and +0.1 [-1.1, 1.2]. That says what *these* networks use. What is order **worth**? For that both were
# trained again, on tweets whose words were shuffled. With order less without: LSTM +0.7 points [-0.8, 2.1], Transformer -0.3 [-2.0, 1.3]. Here the words decide.
#
# What it does not show: that order never matters in tweets. *not bad* is there, and rare. An average over 843 tweets may hardly see it.

# %% [markdown]
# Accuracy hides much. Who always says "positive" is right about most tweets, if most tweets are positive. The **confusion
# table** shows which class is taken for which.

# %% nbgrader={"grade": false, "grade_id": "ex-confusion_matrix", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 1.2: confusion_matrix                        (4 minutes, easy)
def confusion_matrix(truth, predicted, classes):
    """Count which class is taken for which.

    truth, predicted: (examples,) ints from 0 to classes - 1
    returns (classes, classes) counts: row = true class, column = predicted class.
            A class that never occurs has its row and its column all the same.
    """
    # TODO: count the pairs. Careful: table[truth, predicted] += 1 adds 1 once, however often a pair comes.
    ### BEGIN SOLUTION
    pairs = classes * np.asarray(truth) + np.asarray(predicted)  # one number for each pair
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-confusion_matrix", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.confusion_matrix(confusion_matrix)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab4_beyond as reference

checks.confusion_matrix(confusion_matrix, reference.fresh("confusion_matrix"))
### END HIDDEN TESTS

# %% [markdown]
# One number of the whole table, in which a rare class counts as much as a frequent one: compute **F1** for each class by itself, and
# take the mean. A class scores high only if it is found (its row) and if who names it is right (its column).

# %% nbgrader={"grade": false, "grade_id": "ex-macro_f1", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 1.3: macro_f1                                (6 minutes, medium)
def macro_f1(matrix):
    """Average the F1 scores of all classes.

    matrix: (classes, classes) ints, as from confusion_matrix; at least one example
    returns a float: the mean over all classes of  F1 = 2 M[k, k] / (sum of row k + sum of column k).
            A class with neither row nor column (0 / 0) counts 0.
    """
    # TODO: F1 of each class first, then one mean over all of them.
    ### BEGIN SOLUTION
    hits, total = np.diag(matrix), matrix.sum(axis=0) + matrix.sum(axis=1)
    return float(np.mean(2 * hits / np.maximum(total, 1)))  # where total is 0, hits are 0
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-macro_f1", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.macro_f1(macro_f1)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab4_beyond as reference

checks.macro_f1(macro_f1, reference.fresh("macro_f1"))
### END HIDDEN TESTS

# %% [markdown]
# Does a model know when it does not know? Take all tweets of which it is about 80% sure: it should be right about 80% of
# them. If it is right about 60%, it is too sure of itself. The **expected calibration error** adds up these gaps.

# %% [markdown]
# <details><summary>Stuck in 1.4? A first hint</summary>
#
# Three arrays with one entry for each example are all that is needed: how sure the model is, whether it is right, and the number of the bin.
# Which bin does `int(confidence * bins)` name? And for a confidence of exactly 1?
#
# </details>
#
# <details><summary>A second hint</summary>
#
# Go through the bins. In each one that is not empty: the mean of "right" less the mean of "sure", its absolute value, times the share of all
# examples that lie in this bin. Add them up.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "ex-calibration_error", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 1.4: calibration_error                       (10 minutes, medium)
def calibration_error(probabilities, truth, bins=10):
    """Measure how far a model is from being as right as it is sure (expected calibration error, Guo 2017).

    probabilities: (examples, classes) floats, each row sums to 1      truth: (examples,) ints
    The confidence of an example is its largest probability; the example is right when that class is its truth.
    Bin b of bins holds the confidences from b / bins up to, and without, (b + 1) / bins; 1.0 belongs to the last one.
    returns a float: the sum over the bins of
            (share of all examples in this bin) * |share of them that is right - mean of their confidences|;
            an empty bin adds 0
    """
    # TODO: confidence, right or not, and bin of each example; then the gap of each bin, weighed by its share.
    ### BEGIN SOLUTION
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    place = np.minimum((confidence * bins).astype(int), bins - 1)  # 1.0 belongs to the last bin
    error = 0.0
    for number in range(bins):
        inside = place == number
        if inside.any():
            error += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return float(error)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-calibration_error", "locked": true, "points": 7, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.calibration_error(calibration_error)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab4_beyond as reference

checks.calibration_error(calibration_error, reference.fresh("calibration_error"))
### END HIDDEN TESTS

# %% [markdown]
# ### Experiment B: the lecture's pair, learned
#
# > The food was **good**, not **bad** at all.
# >
# > The food was **bad**, not **good** at all.
#
# In Lab 1 a network that knew nothing told these two apart. Here networks **learn** them. With 12 nouns, 10 good words and 10 bad ones we make four forms, two positive and
# two negative:
#
# - *the food was good, not bad at all* (+), *the food was bad, not good at all* (-),
# - *the food was not bad at all, good* (+), *the food was not good at all, bad* (-).
#
# All four have the **same words**, and every bag of words is tested with all four: who only counts is right in exactly half. 70 of the 100
# pairs of a good and a bad word are to learn from, the other 30 are the test.

# %% [markdown]
# Five readers: the mean of the embeddings, an LSTM, and a Transformer in three forms: without positions, with them, and without them but with a **causal mask**. Which ones get
# above one half?

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "train-pair", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["train"]
readers = {
    "mean": {"kind": "mean"},
    "LSTM": {"kind": "LSTM"},
    "Transformer, no positions": {"kind": "Transformer", "ordered": False},
    "Transformer, positions": {"kind": "Transformer"},
    "Transformer, causal mask alone": {"kind": "Transformer", "ordered": False, "causal": True},
}
to_learn, to_test = pairs.train(), pairs.test()  # 1,500 sentences; 1,440 with other pairs of adjectives
print(*to_test.texts[:4], sep="\n")

with training.needs(TweetModel="the cell of TweetModel, in Experiment A"):
    right = {}
    for name, options in readers.items():
        keras.utils.set_random_seed(0)
        model = TweetModel(size=pairs.SIZE, **options)
        train_reader(model, to_learn.ids, to_learn.labels, name)
        right[name] = model.predict(to_test.ids, verbose=0).argmax(axis=1) == to_test.labels  # (1440,)
    class_plots.compare(right, 0.5, "who only counts words")

# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# The mean is right in one half, to the last sentence; it cannot be otherwise. So is the Transformer without positions: it sees a bag (Lab 3, Experiment D), and training
# does not help it out. The LSTM, and the Transformer with positions, are right everywhere, on pairs of words that they never saw together.
#
# And now the surprise: the causal mask **alone** is enough. The first word sees one word, the second sees two: so no two places are alike. No lecture says it, and Part
# 3 uses such masks.
#
# Order decided little in A, and all in B. Both are true. **A test must need what you claim.** And these are sentences by rule, nine words long: that a network reads the order
# here does not say that it understands *not* in a tweet.

# %% [markdown]
# ### Experiment C: what does it know of itself? (may be read)
#
# Back to the tweets, with your three functions. Which of the two classes is found less often? And which of two models is too sure of itself: the mean of the embeddings, or the Transformer? (Seed 0 of each.)

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-calibration", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs(labels="the tweets, which are not here"):
    truth, known = labels["test"], {}
    for name in ("mean embedding", "Transformer"):
        row = next(row for row in measured if row["model"] == name)
        positive = grids.unpack_shares(row["positive"])  # (843,)
        known[name] = np.stack([1 - positive, positive], axis=1)
        matrix = confusion_matrix(truth, known[name].argmax(axis=1), 2)
        print(
            f"{name}: accuracy {np.trace(matrix) / len(truth):.3f}, macro F1 {macro_f1(matrix):.3f}, "
            f"calibration error {calibration_error(known[name], truth):.3f}"
        )
    class_plots.confusion(matrix, ["negative", "positive"], name)
    class_plots.reliability(known, truth)

# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# The rarer class, negative, is found less often; accuracy alone hides that. The Transformer is the one that is too sure: its calibration error is 0.079, that of the mean 0.031 (means of seeds 0 to 4). On average it is
# 93% sure, and right in 85%; the mean is 87% sure, and right in 89%: it could be surer. **Who is right less often can be surer of it.**

# %% [markdown]
# **Similar words, similar vectors?** The lectures say so, and *king - man + woman = queen*. Look at what your reader has learned: the nearest words of some, by the angle between their vectors.

# %% nbgrader={"grade": false, "grade_id": "demo-neighbours", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs(reader="Experiment A", words="the tweets, which are not here"):
    E = keras.ops.convert_to_numpy(reader.embedding.embeddings)
    E = E / np.linalg.norm(E, axis=1, keepdims=True)
    listed = [word for word in words if tweets.Tweet(word, 0.0, (word,)).polite]
    rows = np.array([words[word] for word in listed])
    for word in ("happy", "thanks", "hate", "sorry", ":(", "monday"):
        if word in words:
            nearest = np.argsort(-E[rows] @ E[words[word]])[1:6]
            print(f"{word:8}", *[listed[one] for one in nearest])


# %% [markdown]
# Neighbours are words that push a tweet to the same **side**, whatever they mean: that is all that this loss asks of them. On 2,131 tweets there is no *king* and no *queen* to compute with: similar
# vectors are similar *for the task*.

# %% [markdown]
# ---
# ## Part 2: Pictures: a Vision Transformer
#
# A picture is no sequence. But cut it into squares, and read them like words, row by row: then it is one. That is all that a **Vision
# Transformer** does to a picture before a Transformer reads it.

# %% nbgrader={"grade": false, "grade_id": "ex-patchify", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 2.1: patchify                                (12 minutes, hard)
def patchify(images, size):
    """Cut pictures into squares. TensorFlow can differentiate it.

    images: (batch, height, width, channels)  float32 tensor; size divides height and width.
            Inside a tf.function the batch may be unknown: then images.shape[0] is None.
    size:   int, the side of a square in pixels
    returns (batch, height / size * width / size, size * size * channels): the patches row by row from the top left,
            and in each patch its pixels row by row, the channels of a pixel last
    """
    # TODO: reshape so that each axis of the picture becomes two, exchange two axes, reshape again.
    ### BEGIN SOLUTION
    _, height, width, channels = images.shape
    rows, columns = height // size, width // size
    x = tf.reshape(images, (-1, rows, size, columns, size, channels))
    x = tf.transpose(x, (0, 1, 3, 2, 4, 5))  # (batch, rows, columns, size, size, channels)
    return tf.reshape(x, (-1, rows * columns, size * size * channels))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-patchify", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.patchify(patchify)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab4_beyond as reference

checks.patchify(patchify, reference.fresh("patchify"))
### END HIDDEN TESTS

# %% [markdown]
# A convolution whose stride is as long as its kernel does the same, and multiplies by a matrix besides: `patchify(x) @ W`.
#
# Which place gives the answer? None of the patches is special. So a vector is put in front of them that belongs to no patch, is learned, and collects
# what it needs from the others: the **class token**.

# %% nbgrader={"grade": false, "grade_id": "ex-add_class_token", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 2.2: add_class_token                         (4 minutes, easy)
def add_class_token(x, token):
    """Put one vector in front of every sequence. TensorFlow can differentiate it, by x and by token.

    x:      (batch, patches, features)  float32 tensor; inside a tf.function the batch may be unknown
    token:  (features,)                 float32 tensor
    returns (batch, patches + 1, features): the token is the first place of each sequence
    """
    # TODO: one copy of the token for each sequence, then join along the axis of the patches.
    ### BEGIN SOLUTION
    front = tf.zeros_like(x[:, :1]) + token  # (batch, 1, features)
    return tf.concat([front, x], axis=1)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-add_class_token", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.add_class_token(add_class_token)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab4_beyond as reference

checks.add_class_token(add_class_token, reference.fresh("add_class_token"))
### END HIDDEN TESTS

# %% [markdown]
# First look at your patches. Below them is what comes out if one only reshapes.

# %% nbgrader={"grade": false, "grade_id": "demo-patches", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs():
    seen = digits.load("train").images[:3]
    digit_plots.cut(seen[2])
    squares = np.asarray(patchify(tf.constant(seen), 2))  # (3, 16, 4)
    print("your patches and the picture's:", "the same" if np.array_equal(squares, digits.patches(seen)) else "NOT the same")


# %% [markdown]
# ### Experiment D: the Vision Transformer against a convolution
#
# 1,797 digits of 8 x 8 pixels, written by 13 people: 1,297 to learn from, 500 others, by the same people, to test on. Here is a whole Vision Transformer: your
# patches, a dense layer, your class token, learned positions, two blocks, and an answer that is read off the class token.

# %% nbgrader={"grade": false, "grade_id": "VisionTransformer", "locked": true, "schema_version": 3, "solution": false, "task": false}
class VisionTransformer(keras.Model):
    """Pictures (batch, 8, 8, 1) -> logits (batch, 10), after Dosovitskiy et al. (2020); their block has GELU, ours ReLU."""

    def __init__(self, d_model=32, heads=4):
        super().__init__()
        self.embedding = keras.layers.Dense(d_model)
        self.token = self.add_weight(shape=(d_model,), initializer=keras.initializers.RandomNormal(stddev=0.02), name="token")
        self.places = blocks.LearnedPositions(17, d_model)
        self.blocks = [blocks.Block(d_model, heads, 2 * d_model, dropout=0.1) for _ in range(2)]
        self.norm, self.dense = blocks.norm(), keras.layers.Dense(10)

    def build(self, shape):
        self.built = True

    def call(self, images, training=False, weights=False):
        x, looks = self.embedding(patchify(images, 2)), []  # (batch, 16, d_model)
        x = self.places(add_class_token(x, tf.convert_to_tensor(self.token)))  # (batch, 17, d_model)
        for block in self.blocks:
            x, look = block(x, training=training, weights=True)
            looks.append(look)  # (batch, heads, 17, 17)
        logits = self.dense(self.norm(x)[:, 0])  # (batch, 10)
        return (logits, looks) if weights else logits


def train_on_digits(model, images, labels, label, epochs=40):
    """Train for 40 epochs: Adam, whose rate rises to 4e-3 and falls again."""
    epochs = training.scaled(epochs)
    steps = epochs * -(-len(labels) // 64)
    rate = keras.optimizers.schedules.CosineDecay(0.0, steps, warmup_target=4e-3, warmup_steps=min(60, steps // 2))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(rate), loss, jit_compile=False)
    live = [training.live(label, epochs, every="epoch")]
    model.fit(images, labels, epochs=epochs, batch_size=64, verbose=0, callbacks=live)


def shuffle_patches(images, order):
    """Put the 16 patches of each picture in another order, the same for all."""
    return digits.together(digits.patches(images)[:, order], 8, 8, 2)


# %% [markdown]
# Against it stands a small CNN, three layers of 3 x 3. The CNN also learns a second time, on pictures whose 16 patches are **shuffled**: in one fixed order, the same in
# training and test. For a person such a picture is a riddle. Order the three: ViT, CNN, CNN on shuffled patches. And what would the ViT say of shuffled patches?

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "train-vit", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["train"]
drawn, tested = digits.load("train"), digits.load("test")
order = np.random.default_rng(5).permutation(16)

with training.needs():
    makers = {"ViT": VisionTransformer, "CNN": digits.convolutional, "CNN, patches shuffled": digits.convolutional}
    networks, right = {}, {}
    for name, make in makers.items():
        keras.utils.set_random_seed(0)
        networks[name] = network = make()
        change = (lambda images: shuffle_patches(images, order)) if "shuffled" in name else (lambda images: images)
        train_on_digits(network, change(drawn.images), drawn.labels, name)
        right[name] = network.predict(change(tested.images), verbose=0).argmax(axis=1) == tested.labels  # (500,)
        print(f"    {network.count_params():,} parameters, {right[name].mean():.1%} of 500 test digits are right")
    class_plots.compare(right, 0.1, "guessing")

# %% [markdown]
# **A ViT does not need a second training.** Shuffle the patches of the test pictures, and put the learned positions into the same order. What becomes of its logits?

# %% nbgrader={"grade": false, "grade_id": "demo-shuffled", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs(networks="the training above"):
    vit = networks["ViT"]
    before = np.asarray(vit(tested.images))  # (500, 10)
    mixed = shuffle_patches(tested.images, order)
    alone = np.asarray(vit(mixed))
    table = keras.ops.convert_to_numpy(vit.places.table)  # (17, 32)
    vit.places.table.assign(np.concatenate([table[:1], table[1:][order]]))
    alike = np.asarray(vit(mixed))
    vit.places.table.assign(table)
    print(f"patches shuffled:               the logits move by up to {np.abs(alone - before).max():.0e}")
    print(f"patches and positions shuffled: the logits move by up to {np.abs(alike - before).max():.0e}")


# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# With seeds 0 to 4: CNN 98.4% [97.3, 99.3], ViT 96.5% [95.1, 97.7], CNN on shuffled patches 95.4% [93.5, 97.1]. The CNN is ahead of the ViT by 1.9 points [0.4, 3.5], on the same pictures (yours is seed 0 alone, where this lead is 1.0 point [-0.6, 2.6]; with the four other seeds each interval is above 0): on 1,297 digits **the ViT does not beat the CNN**, and it needs more than
# twice the time.
#
# The fixed shuffle costs the CNN 3.0 points [1.5, 4.7]. Before it is trained a CNN knows two things: neighbours belong together, and a stroke is the same stroke anywhere. The shuffle takes the first one away at the borders of patches.
# The ViT never had it: shuffle patches and positions alike, and its logits are the same **numbers**, up to rounding. For a ViT the riddle is no riddle.
#
# And the positions? Without any (and with the mean of all places in place of the class token) a ViT is right in 74%, with them in 96%: a bag of patches says a lot, and not everything.
#
# What this does not show: what happens with millions of pictures. There the article has the ViT ahead.

# %% [markdown]
# Where does it look? The second block does not look at patches: it looks at what the first block has mixed. **Rollout**
# follows attention through all blocks. In each block a place keeps itself (the residual path) and takes in others: half
# and half, as a rule of thumb.

# %% [markdown]
# <details><summary>Stuck in 2.3? A first hint</summary>
#
# One block is a table: row = a place after the block, column = a place before it. First make this table for each block: the mean of the heads,
# and the identity. Do its rows add up to 1?
#
# </details>
#
# <details><summary>A second hint</summary>
#
# A place after block 2 takes from the places after block 1, and these take from the patches. "Row of the later table times the earlier
# table" is a matrix product, with the later table on the left.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "ex-attention_rollout", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 2.3: attention_rollout                       (10 minutes, medium)
def attention_rollout(weights):
    """Follow attention through all blocks (Abnar and Zuidema 2020).

    weights: list with one array (batch, heads, places, places) for each block, the first block first;
             a row is a query, and adds up to 1
    In each block: half of the mean over the heads, plus half of the identity. Then the matrix product of all blocks,
    later blocks on the LEFT.
    returns (batch, places, places): how much of each patch (column) arrives at each place (row); rows add up to 1
    """
    # TODO: one table for each block, then multiply from the left.
    ### BEGIN SOLUTION
    rollout = np.eye(weights[0].shape[-1])
    for block in weights:
        step = (block.mean(axis=1) + np.eye(block.shape[-1])) / 2  # (batch, places, places)
        rollout = step @ rollout
    return rollout
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-attention_rollout", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.attention_rollout(attention_rollout)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab4_beyond as reference

checks.attention_rollout(attention_rollout, reference.fresh("attention_rollout"))
### END HIDDEN TESTS

# %% [markdown]
# ### Experiment E: where does it look? (may be read)
#
# Your rollout of the Vision Transformer of Experiment D: the row of the class token says how much of each patch arrives at the answer. Does it look at the ink?

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-rollout", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs(networks="the training of Experiment D"):
    _, looks = networks["ViT"](tested.images, weights=True)
    arrives = attention_rollout([np.asarray(look) for look in looks])[:, 0]  # (500, 17)
    print(f"on the class token itself: {arrives[:, 0].mean():.0%}, a quarter by construction: half of the identity, twice")
    sixes = np.flatnonzero(tested.labels == 6)[:3]
    some = [*sixes, *[np.flatnonzero(tested.labels == digit)[0] for digit in (0, 1, 3, 8, 9)]]
    digit_plots.maps(tested.images[some], arrives[some, 1:], [str(tested.labels[one]) for one in some], "arrives")
    ink = np.asarray(patchify(tf.constant(tested.images), 2)).mean(axis=-1)  # (500, 16)
    share = arrives[:, 1:]
    print(f"all 500: a patch with ink gets {share[ink > 0].mean():.3f}, an empty one {share[ink == 0].mean():.3f}; "
          f"correlation with ink {np.corrcoef(share.ravel(), ink.ravel())[0, 1]:+.2f}")  # fmt: skip

# %% [markdown]
# **Which map can be trusted?** Put the *mean* patch of all training pictures in place of one patch, and see how much less probable the answer becomes: that is *the drop itself* in the table below. Which map puts the patches into the same order (rank correlation)? And how many of the
# 500 are still right when the four patches are wiped out that a map calls most important? A good map makes that number **small**.

# %% nbgrader={"grade": false, "grade_id": "demo-wiped", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
rows = [row for row in grids.runs("lab4/pictures") if row["what"] == "wiped"]
print("map                           agrees with wiping out   still right without its top four")
for name in dict.fromkeys(row["map"] for row in rows):
    each = [row for row in rows if row["map"] == name]
    agrees = np.mean([row["rank correlation"] for row in each])
    print(f"{name:30}{agrees:15.2f}{np.mean([row['accuracy'] for row in each]):26.0%}")

# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# The map is nearly even, and it is not a map of the ink. Over the 500 test pictures a patch with ink gets 0.045, an empty one 0.046 (seeds 0 to 4; with two of them ink gets more, with three less), and the correlation with the *amount* of ink is negative with each seed, -0.06 to -0.31. An
# empty patch may tell something, too: that there is no stroke.
#
# Is the map wrong, then? Wiping out patches says otherwise. Without the four patches that rollout names, 43% are still right; without four drawn at random 83%, without the four with most ink 90%. So it knows something that the ink does
# not. But patch by patch it agrees with what wiping out does only weakly (rank correlation 0.26), and the last block alone hardly at all (0.02). Wiping out one patch at a time is a choice as well.
#
# **Where should it look? Nobody knows.** So this map cannot be scored as right or wrong. In Parts 4 and 5 we know.

# %% [markdown]
# ### Experiment F (optional): do the positions know the picture?
#
# Nobody told the network which patches are neighbours. Are the learned rows of neighbours alike?

# %% nbgrader={"grade": false, "grade_id": "demo-learned-positions", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
rows = [row for row in grids.runs("lab4/pictures") if row["what"] == "positions"]
for distance in sorted({row["distance"] for row in rows}):
    each = [row["cosine"] for row in rows if row["distance"] == distance]
    print(f"{distance} patches apart: cosine {np.mean(each):+.2f}   (each seed: " + ", ".join(f"{one:+.2f}" for one in each) + ")")


# %% [markdown]
# Hardly. The rows of neighbours have a cosine of 0.01 on average, and 0.03 at most (seeds 0 to 4): they are hardly more alike than any two. The beautiful grids of the article come from millions of pictures.

# %% [markdown]
# **Going further (optional, no points).** Pictures of patches need the way back.

# %% nbgrader={"grade": false, "grade_id": "ex-unpatchify", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 2.4: unpatchify (optional, 0 points)         (5 minutes, medium)
def unpatchify(patches, height, width, size):
    """Put patches together again: the inverse of patchify.

    patches: (batch, height / size * width / size, size * size * channels) floats, in the order of patchify
    returns  (batch, height, width, channels)
    """
    # TODO: the steps of patchify, backwards.
    ### BEGIN SOLUTION
    rows, columns = height // size, width // size
    x = np.reshape(patches, (len(patches), rows, columns, size, size, -1))
    x = np.transpose(x, (0, 1, 3, 2, 4, 5))  # (batch, rows, size, columns, size, channels)
    return np.reshape(x, (len(patches), height, width, -1))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-unpatchify", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.unpatchify(unpatchify)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab4_beyond as reference

checks.unpatchify(unpatchify, reference.fresh("unpatchify"))
### END HIDDEN TESTS

# %% [markdown]
# Another answer to "where does it look": how much would the answer change if this step were a little stronger? That is the
# **gradient**, times what stands there.

# %% nbgrader={"grade": false, "grade_id": "ex-saliency", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 2.5: saliency (optional, 0 points)           (8 minutes, medium)
def saliency(model, x, target):
    """Gradient times input: how much does each step matter for one answer?

    model:  a function: x -> logits (batch, classes), a tensor; each sequence of the batch by itself
    x:      (batch, time, features)  float32 tensor
    target: (batch,) ints: the class of which the logit is asked, for each sequence
    returns (batch, time): the absolute value of the sum over the features of  gradient * x
    """
    # TODO: under a tape, pick the logit of each target; then gradient times x, added up, without its sign.
    ### BEGIN SOLUTION
    with tf.GradientTape() as watching:
        watching.watch(x)
        asked = tf.gather(model(x), target, batch_dims=1)  # (batch,)
    return tf.abs(tf.reduce_sum(watching.gradient(asked, x) * x, axis=-1))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-saliency", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.saliency(saliency)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab4_beyond as reference

checks.saliency(saliency, reference.fresh("saliency"))
### END HIDDEN TESTS

# %% [markdown]
# ---
# ## Part 3: One network, three masks: GPT and BERT
#
# **GPT** reads from the left and says what comes next. **BERT** reads from both sides and says what is hidden. The lectures list them as two
# architectures. There is one architecture: what differs is the mask, what is fed in, and what is asked for.
#
# First the mask. A band says how far a position may look to either side: far back and not ahead (GPT), everywhere (BERT), or a few
# places back, as an n-gram does.

# %% nbgrader={"grade": false, "grade_id": "ex-band_mask", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 3.1: band_mask                               (5 minutes, easy)
def band_mask(length, back, ahead):
    """Say who may attend to whom when nobody looks far.

    length, back, ahead: ints, length at least 1, the others at least 0
    returns (length, length) bool, row = query, column = key: query t may attend to the keys from t - back up to
            t + ahead, both included, and so always to itself
    """
    # TODO: how many places does each key lie after each query? Compare with back and ahead.
    ### BEGIN SOLUTION
    places = np.arange(length)
    distance = places[None, :] - places[:, None]  # key - query
    return (distance >= -back) & (distance <= ahead)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-band_mask", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.band_mask(band_mask)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab4_beyond as reference

checks.band_mask(band_mask, reference.fresh("band_mask"))
### END HIDDEN TESTS

# %% [markdown]
# Then what is fed in. Of the tokens, some are **chosen** (15% when our BERT learned), and BERT must say what they were. Most of the chosen ones are hidden
# behind `[MASK]`; but a network that sees `[MASK]` in training only would be lost without it. So some become another token, and some stay as they are.
#
# `-100` says "no question here": the convention of PyTorch and of Hugging Face.

# %% [markdown]
# <details><summary>Stuck in 3.2? A first hint</summary>
#
# There are two results, and they have nothing to do with each other. Begin with the targets: they need `ids` and `chosen`, and nothing else.
#
# </details>
#
# <details><summary>A second hint</summary>
#
# For the inputs write down three conditions, for `[MASK]`, for a random token, and for "as it was". `chosen` belongs to the first two of them.
# `np.where(condition, this, that)` makes a new array, and leaves `ids` as it came.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "ex-corrupt", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 3.2: corrupt                                 (10 minutes, medium)
def corrupt(ids, chosen, action, random_ids, mask_id):
    """Hide tokens from BERT, and keep what it should guess. All that is drawn comes in as an argument.

    ids, random_ids: (batch, time) ints      chosen: (batch, time) bool
    action:          (batch, time) floats in [0, 1)      mask_id: int, the id of [MASK]
    Where chosen: action below 0.8 puts mask_id in place of the token, from 0.8 to below 0.9 the token of random_ids,
    and from 0.9 on the token stays. Where not chosen, the token stays.
    returns (inputs, targets), both (batch, time) ints: targets are ids as they were where chosen, and -100 elsewhere
    """
    # TODO: inputs by three cases, targets by one condition.
    ### BEGIN SOLUTION
    inputs = np.where(chosen & (action < 0.8), mask_id, ids)
    inputs = np.where(chosen & (action >= 0.8) & (action < 0.9), random_ids, inputs)
    return inputs, np.where(chosen, ids, -100)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-corrupt", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.corrupt(corrupt)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab4_beyond as reference

checks.corrupt(corrupt, reference.fresh("corrupt"))
### END HIDDEN TESTS

# %% [markdown]
# The loss asks only where there is a question. Careful: -100 is no class. Put another number in its place **before** the loss is
# computed, and multiply by 0 after it.

# %% nbgrader={"grade": false, "grade_id": "ex-masked_token_loss", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 3.3: masked_token_loss                       (8 minutes, medium)
def masked_token_loss(logits, targets, ignore=-100):
    """Average the cross-entropy over the targets that count, in nats. TensorFlow can differentiate it.

    logits:  (batch, time, classes)  float32 tensor; right also for logits of +-1000
    targets: (batch, time)           int tensor: a class, or ignore
    returns  a scalar: the mean of -log p(target) over all targets of the whole batch that are not ignore;
             0.0, with a gradient of 0, where there is none
    """
    # TODO: which targets count? Replace the others, compute the loss, multiply, add up, divide.
    ### BEGIN SOLUTION
    real = tf.not_equal(targets, ignore)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.where(real, targets, 0), logits=logits)
    counts = tf.cast(real, losses.dtype)
    return tf.reduce_sum(losses * counts) / tf.maximum(tf.reduce_sum(counts), 1.0)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-masked_token_loss", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.masked_token_loss(masked_token_loss)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab4_beyond as reference

checks.masked_token_loss(masked_token_loss, reference.fresh("masked_token_loss"))
### END HIDDEN TESTS

# %% [markdown]
# ### Experiment G: GPT, BERT, and a loss that is too good
#
# The network: an embedding of letters, learned positions, two blocks, and a dense layer that answers at **every** place. The text: the beginnings of five novels by Jane Austen,
# in 27 letters (a to z and the space), in windows of 64. Three of the novels are to learn from, *Persuasion* is the test.
#
# | | mask | fed in | asked at each place |
# |---|---|---|---|
# | GPT | `band_mask(T, T - 1, 0)` | the text | the next letter |
# | BERT | `band_mask(T, T, T)` | the text, some letters hidden | the hidden letters |
# | a 3-gram model | `band_mask(T, 1, 0)`, one block | the text | the next letter |

# %% nbgrader={"grade": false, "grade_id": "demo-bands", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs():
    T = 12
    sequence_plots.masks({"GPT": band_mask(T, T - 1, 0), "BERT": band_mask(T, T, T), "3-gram": band_mask(T, 1, 0)})
    ids = letters.encode(["she had been very happy"], letters.ENGLISH, end=False)
    draws = letters.random_draws(ids, letters.ENGLISH, np.random.default_rng(8), share=0.3)
    hidden, asked = corrupt(ids, draws.chosen, draws.action, draws.random_ids, letters.MASK)
    print("BERT reads: ", letters.decode(hidden[0], letters.ENGLISH))
    print("is asked:   ", "".join(letters.ENGLISH[one - letters.FIRST] if one >= 0 else "." for one in asked[0, 1:]))


# %% nbgrader={"grade": false, "grade_id": "train_letters", "locked": true, "schema_version": 3, "solution": false, "task": false}
def train_letters(mask, text, label, steps=125, rate=4e-3):
    """Train the network of letters to name the next letter of windows (count, 65), under a mask (64, 64).

    returns the network, and for each step the bits for each letter
    """
    keras.utils.set_random_seed(0)
    network, steps, bits = letters.model(letters.ENGLISH, causal=True), training.scaled(steps), []
    optimizer = keras.optimizers.Adam(rate)
    optimizer.build(network.trainable_variables)

    @tf.function
    def step(inputs, targets):
        with tf.GradientTape() as recorded:
            loss = masked_token_loss(network(inputs, training=True, band=mask), targets)
        variables = network.trainable_variables
        optimizer.apply_gradients(zip(recorded.gradient(loss, variables), variables))
        return loss

    progress = training.Progress(f"{label}, bits", steps) if label else None
    for number, batch in zip(range(steps), letters.batches(text)):
        optimizer.learning_rate = rate * min(1, (number + 1) / 30)
        loss = float(step(tf.constant(batch[:, :-1]), tf.constant(batch[:, 1:])))
        bits.append(loss / math.log(2))
        if progress:
            progress.log(bits[-1])
    return network, bits


# %% [markdown]
# Now train one network twice, with your mask and your loss, for a few seconds. The second time there is a small mistake: the mask lets each letter see
# **one** place too far, `band_mask(T, T - 1, 1)`. Everything else is equal. Whose loss will be lower? And who writes better?

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "train-too-good", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["train"]
text = letters.encode(letters.windows(letters.english("train"), 4000), letters.ENGLISH, end=False)  # (4000, 65)
fresh = letters.encode(letters.windows(letters.english("test"), 200), letters.ENGLISH, end=False)  # (200, 65)

with training.needs():
    trained = {
        "GPT": train_letters(np.asarray(band_mask(64, 63, 0)), text, "GPT"),
        "one place too far": train_letters(np.asarray(band_mask(64, 63, 1)), text, "one place too far"),
    }
    sequence_plots.too_good({name: bits for name, (_, bits) in trained.items()}, 2.32, "the shipped GPT, on its test")
    print("On held-out text, when nobody can see ahead:")
    for name, (network, _) in trained.items():
        loss = masked_token_loss(network(fresh[:, :-1]), fresh[:, 1:])  # with the causal mask
        print(f"  {name}: {float(loss) / math.log(2):.2f} bits for each letter")

# %% nbgrader={"grade": false, "grade_id": "demo-prompt", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
prompt = "she was very "  # yours: small letters and spaces
with training.needs(trained="the training above"):
    gpt = weights.load_gpt("english")
    for name, network in {"one place too far": trained["one place too far"][0], "GPT": trained["GPT"][0], "shipped GPT": gpt}.items():
        print(f"{name}: {letters.write(network, letters.ENGLISH, prompt, length=100, temperature=0.7, seed=1)[0]}")


# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# The wrong mask has by far the lower loss: less than a tenth of a bit, and the shipped GPT, trained much longer, has 2.32 on its test. It has learned to **copy**: the answer
# stood in the input, one place to the right. When it has to write there is nothing to the right, and it is lost: on held-out text it needs far more bits than the honest
# network, and more than the 4.75 of who guesses among 27 letters. With BERT's mask, which shows everything, the same happens, only later: after 600 steps 0.06 bits, and 9.5 without the future, where it names
# 7% of the letters and the shipped GPT 53%.
#
# **A loss that is too good measures something else.** Ask first what the network can see. BERT's targets are where they are for the same reason: if every letter were a target,
# the letters that are not hidden would be copied, and the mean would look excellent.
#
# What this does *not* show: that a look ahead is wrong in itself. BERT looks ahead, and what it is asked stands nowhere in its input.

# %% [markdown]
# Can GPT fill a gap, though it never looks ahead? Yes: it **tries**. Put each letter into the gap, and ask how probable the
# whole text is. What stands behind the gap counts, because it must follow from what stands in it.

# %% nbgrader={"grade": false, "grade_id": "ex-fill_by_trying", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 3.4: fill_by_trying                          (6 minutes, easy)
def fill_by_trying(score, ids, place, candidates):
    """Fill a gap with the candidate that makes the whole sequence most probable.

    score:      a function: list of ids -> float, the log-probability of this whole sequence (far below 0)
    ids:        list of ints      place: int, the index of the gap in ids; what stands there does not count
    candidates: list of ints, at least one; no two of them score the same
    returns an int: the candidate with the largest score of ids with this candidate at place.
            score is called once for each candidate.
    """
    # TODO: for each candidate a copy of ids, with the candidate at place. Which one scores highest?
    ### BEGIN SOLUTION
    return max(candidates, key=lambda one: score([*ids[:place], one, *ids[place + 1 :]]))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-fill_by_trying", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.fill_by_trying(fill_by_trying)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab4_beyond as reference

checks.fill_by_trying(fill_by_trying, reference.fresh("fill_by_trying"))
### END HIDDEN TESTS

# %% [markdown]
# ### Experiment H: who fills in a hidden letter? (may be read)
#
# "BERT: bidirectional understanding", say the lectures. So hide one letter at a time, and ask three: BERT, GPT from the left, and GPT by your `fill_by_trying`. The
# sentence is ours; put in your own. Who is right most often?

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-fill", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
sentence = "my sister wrote a long letter and waited for an answer"  # small letters and spaces, at most 64


def guesses_of(text, alphabet, gpt, bert, end=False):
    """Hide each letter in turn: what BERT, GPT from the left and GPT by trying put there, (letters, ids) each."""
    ids = letters.encode([text], alphabet, end=end)  # (1, 1 + length + end)
    size, places, kinds = len(text), np.arange(1, len(text) + 1), len(alphabet)
    tries = np.repeat(ids, kinds * size, axis=0)  # all at once: each letter in each place
    tries[np.arange(kinds * size), np.repeat(places, kinds)] = np.tile(np.arange(kinds) + letters.FIRST, size)
    told = letters.likelihood(gpt, tries).reshape(size, kinds)
    told = np.exp(told - told.max(axis=1, keepdims=True))
    return {
        "BERT": letters.filled(bert, ids, [(0, place) for place in places]),
        "GPT, from the left": np.asarray(tf.nn.softmax(gpt(ids[:, :-1])))[0, :size],
        "GPT, by trying": np.pad(told / told.sum(axis=1, keepdims=True), ((0, 0), (letters.FIRST, 0))),
    }


with training.needs():
    gpt, bert = weights.load_gpt("english"), weights.load_bert("english")
    ids = letters.encode([sentence], letters.ENGLISH, end=False)  # (1, length + 1)
    candidates = list(range(letters.FIRST, letters.FIRST + 27))

    def score(one):
        return float(letters.likelihood(gpt, np.array([one]))[0])

    for place in (5, 14, 23):
        best = fill_by_trying(score, [int(one) for one in ids[0]], place, candidates)
        gap = sentence[: place - 1] + "_" + sentence[place:]
        print(f"{gap}: GPT tries, and puts {letters.ENGLISH[best - letters.FIRST]!r}")

    sequence_plots.hidden(sentence, guesses_of(sentence, letters.ENGLISH, gpt, bert), letters.ENGLISH)

# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# On held-out text, *Persuasion*, 2,512 letters hidden one at a time: BERT 64.7% [62.7, 66.6], GPT from the left 51.8% [49.8, 53.7], **GPT by trying 83.0% [81.4, 84.6]**. On the same letters, trying is ahead of BERT by 18.3 points [16.6, 20.0].
#
# So "BERT understands both sides, GPT one" is not what these numbers say. The mask decides what **one pass** may use, not what the network can know. What follows must follow *from* the letter, and GPT can judge that: two letters of the right side are enough for 79.9%. It
# pays with 27 passes in place of one. Who compares BERT with GPT from the left compares a network that was shown the right side with one that was not.
#
# A control without any network: counting, with the same number of letters seen. Four to the left 55.6%, four to the right 55.3%, two and two 78.5%. A letter between two known sides is easy. BERT stays below that: it was asked about 15% of the letters of each step, GPT about all
# of them, and both learned for minutes. Whether a BERT that learns longer would pass it, we did not test.

# %% [markdown]
# **Proteins.** The same two networks, the same code, another alphabet: WW domains, short pieces of proteins of 22 to 31 amino acids, named after two W (tryptophan; in bold, with the P). One protein says little, and below it stand all 400. Test sequences that resemble learned ones were kept out.

# %% nbgrader={"grade": false, "grade_id": "demo-protein", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs(guesses_of="the cell above"):
    protein = proteins.load("test")[3]
    networks_of = weights.load_gpt("proteins"), weights.load_bert("proteins")
    bold = [place for place, letter in enumerate(protein) if letter in "WP"]
    sequence_plots.hidden(protein, guesses_of(protein, proteins.AMINO, *networks_of, end=True), proteins.AMINO, bold)

# %% [markdown]
# Here the three are close: over 3,200 amino acids of the 400 test sequences BERT 54.7% [52.8, 56.6], GPT from the left 52.9% [51.0, 54.7], GPT by trying 54.4% [52.5, 56.4]. BERT is 1.8 points [0.3, 3.3] ahead of GPT from the left, and trying gains GPT 1.5 [0.3, 2.7]. Counting says the
# same: two and two letters 45.7%, four to the left 45.4%, 0.3 points [-1.3, 1.9] apart. And what is *equal* training? In a step GPT is asked about every letter, BERT about 15%. After 360 steps each they are level, 0.4 points [-0.9, 1.8]; after as many questions, which takes BERT 2,400 steps, BERT is ahead by 4.7 [3.2, 6.1]. **What both sides are worth depends on the text, not on the name of the network.**

# %% [markdown]
# ### Experiment I: what is pre-training worth? (may be read)
#
# This is BERT's real use: not to fill in letters, but to start from. Take 100 windows of English, half of them **read from right to left**: which are which? A bag of letters cannot tell, both forms have the same
# letters. Fine-tune the shipped BERT, and the same network from random weights. Each learns with five seeds from 100 other windows, and the test is 600 held-out windows in both forms.

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-pretraining", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs():
    rows = [row for row in grids.runs("lab4/pretraining") if "mean" in row]
    for name in dict.fromkeys(row["who"] for row in rows):
        each = [row["mean"] for row in rows if row["who"] == name and "minus" not in row]
        print(f"{name:16} right: {np.mean(each):.1%}   (each seed: " + ", ".join(f"{one:.1%}" for one in each) + ")")
    for row in rows:
        if row.get("minus") == "random weights":
            print(f"seed {row['seed']}: BERT's weights less random ones {row['mean']:+.1%} [{row['low']:+.1%}, {row['high']:+.1%}]")


# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# **All of it.** BERT's weights are right in 98 to 100%, random ones in 49 to 51%, with each of the five seeds: from 100 examples alone this network learns nothing. BERT has never seen a label, and knows what English looks like.
#
# What it does not show: that this helps everywhere. The first task that we tried, windows with their words in another order, nobody learned, with BERT's weights or without.

# %% [markdown]
# **Going further (optional, no points).** The article on Transformers lets the learning rate rise first, and fall afterwards.

# %% nbgrader={"grade": false, "grade_id": "ex-warmup_rate", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 3.5: warmup_rate (optional, 0 points)        (4 minutes, easy)
def warmup_rate(step, d_model, warmup):
    """The learning rate of "Attention is all you need": it rises for `warmup` steps, and falls afterwards.

    step, d_model, warmup: ints, at least 1
    returns a float:  d_model^-0.5 * min(step^-0.5, step * warmup^-1.5)
    """
    # TODO: the formula.
    ### BEGIN SOLUTION
    return d_model**-0.5 * min(step**-0.5, step * warmup**-1.5)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-warmup_rate", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.warmup_rate(warmup_rate)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab4_beyond as reference

checks.warmup_rate(warmup_rate, reference.fresh("warmup_rate"))
### END HIDDEN TESTS

# %% [markdown]
# ---
# **A good place to stop.** The second sitting begins here.

# %% [markdown]
# ---
# ## Part 4: DNA: attention finds a motif
#
# A gene is copied, and then cut: **introns** are thrown away, what stays are the **exons**. Somewhere in each sequence of this part an intron begins. What
# marks the place? Nobody says where it is. And there is no network in this part: only attention, with one query.
#
# The letters are A, C, G and T. `one_hot_dna`, which is given, turns each into a row of four numbers. A letter that is not known is a row of zeros.

# %% nbgrader={"grade": false, "grade_id": "one_hot_dna", "locked": true, "schema_version": 3, "solution": false, "task": false}
def one_hot_dna(sequence):
    """Letters to rows: a text -> (length, 4), columns A, C, G, T; any other letter is a row of zeros."""
    return np.array([[letter == base for base in "ACGT"] for letter in sequence.upper()], float)


# %% [markdown]
# DNA has two strands. Opposite of A stands T, opposite of C stands G, and the other strand is read in the other direction.

# %% nbgrader={"grade": false, "grade_id": "ex-reverse_complement", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 4.1: reverse_complement                      (4 minutes, easy)
def reverse_complement(x):
    """The other strand of DNA, read in its own direction.

    x:      (..., length, 4) floats, columns A, C, G, T
    returns the shape of x: the last place first, and A exchanged with T, C with G
    """
    # TODO: which two axes turn round, and why is that enough?
    ### BEGIN SOLUTION
    return x[..., ::-1, ::-1]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-reverse_complement", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.reverse_complement(reverse_complement)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab4_beyond as reference

checks.reverse_complement(reverse_complement, reference.fresh("reverse_complement"))
### END HIDDEN TESTS

# %% [markdown]
# A **site** is a short stretch of letters at which something happens: here, the letters around the place of the cut. What do some sites have in common? Count the letters at each place, and compare with how frequent each letter is everywhere: the logarithm of that ratio
# is above 0 where a letter is more frequent than elsewhere. A letter that none of ten sites has is not impossible: so
# we pretend to have seen a little more, the **pseudocount**, with letters as frequent as everywhere.

# %% nbgrader={"grade": false, "grade_id": "ex-log_odds", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 4.2: log_odds                                (8 minutes, medium)
def log_odds(sites, background, pseudocount=1.0):
    """What do these sites have in common? In nats.

    sites:       (N, width, 4) floats: letters as rows of 0 and 1, or weights in their place (any numbers from 0 on)
    background:  (4,) floats above 0 with sum 1: how frequent each letter is everywhere
    pseudocount: a float above 0
    returns (width, 4):  log(p / background)  with
            p = (sum over the sites + pseudocount * background) / (N + pseudocount),  where N is the number of sites
    """
    # TODO: the shares p first, then the logarithm.
    ### BEGIN SOLUTION
    p = (sites.sum(axis=0) + pseudocount * background) / (len(sites) + pseudocount)
    return np.log(p / background)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-log_odds", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.log_odds(log_odds)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab4_beyond as reference

checks.log_odds(log_odds, reference.fresh("log_odds"))
### END HIDDEN TESTS

# %% [markdown]
# Such a matrix describes a **motif**. Now let it **search**. It is the query. Every window of a sequence is a key: how well does it fit? And the windows are the values, too: what comes
# out is the motif as this sequence writes it. With log-odds in nats the weights are more than a metaphor: they are the **probability** that the site stands at each place.

# %% [markdown]
# <details><summary>Stuck in 4.3? A first hint</summary>
#
# The score of one window is a dot product: multiply it with the matrix, number by number, and add up. Which two axes go? The shape that stays is
# `(sequences, places)`.
#
# </details>
#
# <details><summary>A second hint</summary>
#
# Softmax over the places, as in Lab 3, and without any scale: the scores are logarithms of probabilities already. For the output, each window of a sequence is
# multiplied by its weight: give the weights two more axes at the end, and add up along the places.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "ex-motif_attention", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 4.3: motif_attention                         (12 minutes, medium)
def motif_attention(windows, matrix):
    """Let a motif attend to all windows of each sequence.

    windows: (sequences, places, width, 4) floats: rows of 0 and 1; an unknown letter is a row of zeros
    matrix:  (width, 4) floats: log-odds in nats, the query
    score of a window = sum of window * matrix; softmax over the places of each sequence, with scale 1
    returns output (sequences, width, 4): the mean of the windows of each sequence, each with its weight;
            weights (sequences, places)
    """
    # TODO: scores, softmax along the places, mixture of the windows.
    ### BEGIN SOLUTION
    scores = (windows * matrix).sum(axis=(-1, -2))  # (sequences, places)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    return np.einsum("np,npwf->nwf", weights, windows), weights
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-motif_attention", "locked": true, "points": 9, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.motif_attention(motif_attention)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab4_beyond as reference

checks.motif_attention(motif_attention, reference.fresh("motif_attention"))
### END HIDDEN TESTS

# %% [markdown]
# ### Experiment J: where does the intron begin?
#
# A detective case. 679 real pieces of DNA, 40 letters each. In every piece an exon ends and an intron begins. The pieces were cut at random, so
# the place is another one in each. We tell three things: there is one site in each piece, it is 9 letters long, and it looks much the same
# everywhere. We do **not** tell where it is, nor what it looks like.
#
# Half of the pieces are to learn from, the other half is held out. Can you see it?

# %% nbgrader={"grade": false, "grade_id": "demo-pieces", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
learned, held_out = dna.pieces("ei").halves()
for text in learned.letters[:6]:
    print(text)
windows = np.array(dna.windows(learned.x, 9))  # (339, 32, 9, 4): all windows of 9 letters of each piece
background = learned.x.mean(axis=(0, 1))  # (4,)
print("windows", windows.shape, "shares of A, C, G, T:", background.round(2))

# %% [markdown]
# **The bare idea.** Take one window at random. It is the query. Let it attend to all windows. The mean of the outputs is the next query.
# Forty times. Attention pulls together what is alike: so what many pieces share should win.
#
# Each row below is a start of its own. `scale` multiplies the scores before the softmax: at scale 1 a window that fits better in one letter
# has e times the weight. What is found at scale 1? And at scale 8?

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-raw", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs():
    for scale in (1, 8):
        rng, ends = np.random.default_rng(0), []
        for start in range(6):
            query = windows[rng.integers(len(windows)), rng.integers(windows.shape[1])]  # (9, 4)
            for _ in range(40):
                query = motif_attention(windows, scale * query)[0].mean(axis=0)
            ends.append(motif.consensus(query, clear=0))
        print(f"scale {scale}:", *ends)


# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# At scale 1 every start ends at a row of G. Most windows have nearly the same weight, so the query becomes the mean of everything, and G is
# the most frequent letter. Nothing is found: with five draws of the pieces, 20 starts each, not by one start. At scale 8 the starts stop at pieces of one pattern, most of
# them a letter or two beside each other: with the five draws 13.6 of 20 starts, on average, have the site in at least nine of ten pieces. Too flat is fatal.
#
# But why 8? And which of the starts is right, if nobody knows the answer?

# %% [markdown]
# **The exact form.** Do not feed back the output. Feed back what it *says*: its log-odds, and keep scale 1. Then the weights are probabilities, and
# there is a number that tells the starts apart without any answer: how much more probable the pieces are with this motif in each than as letters of the background (the logarithm, so in nats). Here is the whole search.

# %% nbgrader={"grade": false, "grade_id": "find_motif", "locked": true, "schema_version": 3, "solution": false, "task": false}
def find_motif(windows, background, rounds=12, restarts=20, last=40, seed=0):
    """Attend, take the log-odds of what was found, attend again. The likeliest start goes on to `last` rounds.

    windows: (sequences, places, width, 4)      background: (4,)
    returns a motif.Motif: its matrix (width, 4), the queries of all rounds, the likelihood of every start
    """
    rng = np.random.default_rng(seed)

    def again(matrix):
        return log_odds(motif_attention(windows, matrix)[0], background)

    def likelihood(matrix):  # nats for each sequence
        return np.log(np.exp((windows * matrix).sum(axis=(-1, -2))).mean(axis=1)).mean()

    trails = []
    for _ in range(restarts):
        one = windows[rng.integers(len(windows)), rng.integers(windows.shape[1])]  # (width, 4)
        trails.append([log_odds(one[None], background)])
        for _ in range(rounds):
            trails[-1].append(again(trails[-1][-1]))
    starts = np.array([[likelihood(matrix) for matrix in trail] for trail in trails])  # (restarts, rounds + 1)
    best = trails[starts[:, -1].argmax()]
    while len(best) <= last:
        best.append(again(best[-1]))
    weights = motif_attention(windows, best[-1])[1]
    told = np.array([likelihood(matrix) for matrix in best])
    return motif.Motif(best[-1], background, weights, told, starts, np.array(best))


# %% [markdown]
# In the picture, each letter of a piece stands above a bar: the attention of all windows that hold it. The pieces are shifted, so that what is found in the end stands in one column. What will the bars do from round to round: where do they stand before the first round, and where after the last? And in how many of the **held-out** pieces will the
# brightest window be the right one? Any window at random is right in 3%. One of the `GT` of a piece at random is right in 47%, as almost every
# intron begins with `GT`.

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-motif", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
import time

with training.needs():
    began = time.perf_counter()
    found = find_motif(windows, background)
    print(f"Found in {time.perf_counter() - began:.1f} seconds: {found.letters}")
    sequence_plots.rounds(found, learned.x)

# %% nbgrader={"grade": false, "grade_id": "demo-held-out", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs(found="the search above"):
    held_windows = np.array(dna.windows(held_out.x, 9))  # (340, 32, 9, 4)
    for name, pieces, own in (("learned", learned, windows), ("held out", held_out, held_windows)):
        place = motif_attention(own, found.matrix)[1].argmax(axis=1)  # (pieces,)
        right = place - pieces.border == -3  # the site begins three letters before the border
        print(f"{name}: right in {right.mean():.1%} of {len(right)} pieces")
    opening = "CCTTGGGCAGGTAAACATTGTTTCTCGATGCATGGGAATA"  # a held-out piece
    seen = np.array(dna.windows(one_hot_dna(opening), 9))  # (32, 9, 4)
    border = motif_attention(seen[None], found.matrix)[1][0].argmax() + 3
    print(f"The forty letters at the top of this lab: {opening[:border]} | {opening[border:]}")
    sequence_plots.starts(found)

# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# `CAG|GTAAGT`: this is the donor site of the textbooks, three letters of the exon and six of the intron. Attention found it, with one query and no label.
# With five draws of pieces and starts (seeds 0 to 4), the brightest window is the right one in 96.2% [94.2, 97.9] of the held-out pieces. Some of them are relatives of
# learned ones; without those it is 96.1%. Its matrix agrees with the one that is counted at the true places (correlation 0.9998).
#
# In none of our runs did a round make the pieces less probable: this loop is the **EM algorithm**, and in this form the heart of the program MEME. The bold line is the
# start that ends highest. Most other starts end lower, and nobody has to know the answer to put them aside.

# %% [markdown]
# **Is the scale a matter of taste?** Lab 3 divided the scores by $\sqrt{d_k}$. A window has $9 \cdot 4 = 36$ numbers. Run the search again, with the
# scores divided by $\sqrt{36}$.

# %% nbgrader={"grade": false, "grade_id": "demo-scale", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs():
    for scale in (1, 1 / 6, 1 / np.log(2)):
        one = motif.find_motif(learned.x, 9, scale=scale)
        shares = motif.look(learned.x, scale * one.matrix)
        right = (one.places - learned.border == -3).mean()
        print(f"scale {scale:.2f}: {one.letters}, largest weight {shares.max(axis=1).mean():.2f}, place right {right:.0%}")

# %% [markdown]
# Divided by 6 the weights are nearly even, and nothing is found: this happens with all five draws. With logarithms to base 2 in place of *e* the weights are a little too sure, and the site is
# found all the same. Exact is scale 1, in nats: only then is a weight the probability of a place. In a trained network $W_q$ and $W_k$ can learn any scale. Here nothing can undo a
# wrong one.

# %% [markdown]
# **Then: neither.** 1,653 other pieces have no such site at all. What does the same query do there? Where will it look, and how sure will it be?

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-neither", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs(found="the search above"):
    neither = dna.pieces("n")
    sequence_plots.looks(held_out.x, found.matrix, "held-out pieces, with a site")
    sequence_plots.looks(neither.x, found.matrix, "pieces without a site")

# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# It points. The weights of a softmax sum to 1, so it must look *somewhere*, and often it does so with all its force: on average the largest weight is 0.69, and in 25% of
# the pieces it is above 0.9 (with a site: 0.94, and 84%; seeds 0 to 4). **A bright spot says "here rather than there". It does not say "here it is".**
#
# What does say it? The score *before* the softmax. Compare the best score of a held-out piece with that of a piece without a site: the first is the higher one in
# 94.7% [93.4, 95.9] of all pairs. A matrix that was counted at the true places gets 95.3%. So the answer was there; the softmax has divided it away.
#
# What this does not show: that a network finds such sites by itself. We told it how long the site is, and that each piece holds one. Where a trained Transformer would look, we did not measure.

# %% [markdown]
# **Paste your own sequences.** One a line, with one pattern in each. Choose the width. Below are twelve that we made: random letters, with the same word of 6 letters in each.
# Is it found? What happens with the wrong width, 4 or 9? With three sequences? With letters that are no DNA?

# %% nbgrader={"grade": false, "grade_id": "demo-own-dna", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
width = 6
own = """
ACTTGGCAATCGTACGACCTATTCTG
GGATACGACCTAACTTCGCATTAGGC
TTCCGACCTACTCGAGTTGAATCCAT
CATTGTAGGCTTACCGACCTTGAACG
CGACCTGGTATCCAATGTTCAGACTT
AAGTCTTCCAGGTTGCGACCTCATAG
TGCATTCGAGACGACCTTTCAAGGTC
GTTACAGCGACCTCCATGATTGCAAT
CCATTGCATAGGTCTTACGACCTGTA
ATCGGTTACTTCACGACCTAGGATCA
GACTTAACGACCTTGCATCCGGATTA
TTGGCATCCATACTTGGACGACCTCA
"""

with training.needs():
    x = dna.one_hot(own.split())  # shorter ones are filled up with rows of zeros
    mine = motif.find_motif(x, width)
    print("Found:", mine.letters, "(a dot would say little:", str(mine) + ")")
    sequence_plots.looks(x, mine.matrix, f"{mine.letters} in your sequences")

# %% [markdown]
# ### Experiment K: both strands (may be read)
#
# The same query on the other strand: turn each held-out piece round with your `reverse_complement`, and score again. As before: how often is the best score
# of a piece higher than that of a piece without a site? 50% is guessing.

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-strands", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs(found="the search above", neither="the pieces without a site above"):

    def best_scores(x):
        return (np.array(dna.windows(x, 9)) * found.matrix).sum(axis=(-1, -2)).max(axis=1)  # (pieces,)

    others = best_scores(neither.x)
    for name, x in (("as it is read", held_out.x), ("the other strand", reverse_complement(held_out.x))):
        higher = (best_scores(x)[:, None] > others).mean()
        print(f"{name}: higher than a piece without a site in {higher:.1%} of all pairs")

# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# As it is read, 94.7% of all pairs (seeds 0 to 4). On the other strand 43.1%: nothing, or rather less than nothing. The site has a **direction**, as a word has.
#
# What this does *not* show: that a motif never fits both strands. Where a protein of two equal halves binds, the site is often its own reverse complement.

# %% [markdown]
# **Must it be a network? (may be read)** Donor, acceptor or neither, where the place is told: the middle of all 60 letters. The biologists' way is to count: for each class the
# share of each letter at each place, 720 numbers, no training. Beside it the same with pairs of letters, and a Transformer of one block. Each method is tested on all 3,000 pieces,
# a fifth at a time. Genes have relatives: drawn at random, 18% of the held-out sites share three quarters of their letters with a learned one. So the fifths are also made of
# whole families, and then none does. Which method is ahead, and which gains by knowing relatives?

# %% nbgrader={"grade": false, "grade_id": "demo-splice", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs():
    rows = [row for name in ("splice", "splice_networks", "splice_random") for row in grids.runs(f"lab4/{name}")]
    for split in ("by likeness", "at random"):
        print(f"held out {split}: share that is right in each fifth, their mean; AUC of site against neither")
        for name in dict.fromkeys(row["method"] for row in rows):
            each = [row for row in rows if (row["method"], row["split"]) == (name, split)]
            right, auc, seconds = (np.mean([row[key] for row in each]) for key in ("accuracy", "AUC", "seconds"))
            parts = " ".join(f"{row['accuracy']:.3f}" for row in each)
            print(f"  {name:18} {each[0]['parameters']:6,} numbers {seconds:5.2f} CPU s   {parts}   {right:.3f}   {auc:.3f}")


# %% [markdown]
# Counting is ahead: with whole families held out it is right in 95.0% [94.2, 95.9] of the pieces, the Transformer in 89.0% [87.8, 90.2]. Pairs of letters are no better than single
# ones. Only the Transformer gains clearly from relatives: 2.6 points [1.3, 3.9] with fifths drawn at random, and on the pieces that have a relative 94% in place of 84%.
# Who splits at random would report that gain as skill.
#
# What this does *not* show: that no network reads splice sites better. This one is small, its size was not chosen, and it learned from 1,800 pieces.

# %% [markdown]
# ---
# ## Part 5: Captions: one to many
#
# One picture goes in, many words come out: **one to many**. The decoder is Lab 3's, with cross-attention to the patches of the picture. It
# learns as every language model does: from start and the words so far to the next word, and after the last word to the end.

# %% nbgrader={"grade": false, "grade_id": "ex-caption_pairs", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 5.1: caption_pairs                           (6 minutes, easy)
def caption_pairs(captions, start, end):
    """Make inputs and targets of captions.

    captions: (batch, time) ints: words, then 0 as padding (an empty caption is all 0); no word is 0, start or end
    returns (inputs, targets), both (batch, time + 1) ints: inputs are start, then the words, then 0;
            targets are the words, then end, then 0
    """
    # TODO: where does the end of each caption go?
    ### BEGIN SOLUTION
    batch, _ = captions.shape
    begun = np.pad(captions, ((0, 0), (1, 0)), constant_values=start)
    ended = np.pad(captions, ((0, 0), (0, 1)))
    ended[np.arange(batch), np.count_nonzero(captions, axis=1)] = end
    return begun, ended
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-caption_pairs", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.caption_pairs(caption_pairs)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab4_beyond as reference

checks.caption_pairs(caption_pairs, reference.fresh("caption_pairs"))
### END HIDDEN TESTS

# %% [markdown]
# The trained decoder says how probable each next word is. How does a sentence come of it? **Greedy**: take the most probable word, again and again.

# %% nbgrader={"grade": false, "grade_id": "ex-greedy", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 5.2: greedy                                  (6 minutes, easy)
def greedy(step, start, end, max_length):
    """Write a text: the most probable word, each time.

    step:       a function: list of ids, start first, then all words so far -> (ids,) NumPy floats: the log-probability
                of each id as the next one (-inf: never). No two that matter are equal.
    start, end: ints. Every id but end is an ordinary word, also 0, and also start where step finds it most probable.
    max_length: int, at least 1: the largest number of words
    returns the list of the words, ints: without the start in front, and without the end.
            The text stops at end, or at max_length words. step is called once for each word, and once for the end.
    """
    # TODO: ask step, take the best, stop or go on.
    ### BEGIN SOLUTION
    words = []
    while len(words) < max_length:
        word = int(np.argmax(step([start, *words])))
        if word == end:
            break
        words.append(word)
    return words
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-greedy", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.greedy(greedy)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab4_beyond as reference

checks.greedy(greedy, reference.fresh("greedy"))
### END HIDDEN TESTS

# %% [markdown]
# Greedy cannot take anything back. Suppose that after the start *a* has probability 0.55 and *b* 0.40. Greedy takes *a*. But after *a* nothing is clear: the best that can follow, the end, has
# 0.36, which makes 0.198 in all. After *b* the end has 0.90: 0.360 in all. **Beam search** keeps several texts, and decides later.

# %% [markdown]
# <details><summary>Stuck in 5.3? A first hint</summary>
#
# Write one text as `(words, sum, finished)`. The beam is a list of those, and begins with one: no words, 0.0, not finished. One round makes a new list, the pool. What
# does a finished text put into the pool? What does an open one?
#
# </details>
#
# <details><summary>A second hint</summary>
#
# An open text puts one entry into the pool for each id: with `end` it is finished and its words stay the same, with any other id it is one word longer, if there is room. Then sort
# the pool by the sum and keep `width` of them. Go on until all that are kept are finished. By hand, with *end* = 0, *a* = 1, *b* = 2, the texts of a beam of two are, round by
# round: `[1]`, `[2]`; then `[2]` with its end, and `[1]` with its end.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "ex-beam_search", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 5.3: beam_search                             (18 minutes, hard)
def beam_search(step, start, end, width, max_length):
    """Write a text: the best of several that are kept side by side.

    step, start, end, max_length: as in greedy      width: int, at least 1: how many texts are kept
    In each round every unfinished text is continued by every id: end finishes it, any other id makes it a word longer.
    These and the texts that were finished before compete: the `width` with the largest sum of log-probabilities stay.
    A text that is finished stays as it is. A text of max_length words can only be finished.
    The rounds are over when all texts that stay are finished.
    returns (words, log-probability) of the best one: a list of ints without start and end, and the sum of the
            log-probabilities of its words and of its end, a float in nats
    """
    # TODO: round by round a pool of (words, sum, finished), of which the best stay.
    ### BEGIN SOLUTION
    beam = [([], 0.0, False)]  # words, sum of log-probabilities, finished
    while not all(finished for _, _, finished in beam):
        pool = [text for text in beam if text[2]]
        for words, total, finished in beam:
            if finished:
                continue
            for word, log_probability in enumerate(step([start, *words])):
                if word == end:
                    pool.append((words, total + float(log_probability), True))
                elif len(words) < max_length:
                    pool.append(([*words, word], total + float(log_probability), False))
        beam = sorted(pool, key=lambda text: text[1], reverse=True)[:width]
    words, total, _ = beam[0]
    return words, total
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-beam_search", "locked": true, "points": 9, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.beam_search(beam_search)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab4_beyond as reference

checks.beam_search(beam_search, reference.fresh("beam_search"))
### END HIDDEN TESTS

# %% [markdown]
# The text above, as a tree. Your `beam_search` must find the second path.

# %% nbgrader={"grade": false, "grade_id": "demo-tree", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
tree = {
    (): {"end": 0.05, "a": 0.55, "b": 0.40},
    ("a",): {"end": 0.36, "a": 0.34, "b": 0.30},
    ("b",): {"end": 0.90, "a": 0.05, "b": 0.05},
}
names = ("end", "a", "b")


def tree_step(ids):
    chances = tree.get(tuple(names[one] for one in ids[1:]), {"end": 1.0, "a": 0.0, "b": 0.0})
    with np.errstate(divide="ignore"):
        return np.log([chances[name] for name in names])


with training.needs():
    caption_plots.tree(tree)
    best, told = beam_search(tree_step, start=3, end=0, width=2, max_length=4)
    print("greedy writes:", [names[one] for one in greedy(tree_step, 3, 0, 4)])
    print("a beam of two:", [names[one] for one in best], f"with probability {math.exp(told):.3f}")

# %% [markdown]
# ### Experiment L: a picture becomes a sentence
#
# The scenes: one handwritten digit or two on a canvas of 2 x 2 cells. The strokes are real. The sentences are ours, by rule: *a seven at the top left*, *a six above and left of a
# three*. 20 words, at most 8 in a sentence. 16 patches of 4 x 4 go through one block. Then four writers, which differ in what they get of the picture:
#
# | writer | what it gets | what it is |
# |---|---|---|
# | attending | all 16 patches, asked before every word | a Transformer block, then cross-attention |
# | one memory | **one** vector, the mean of the patches, asked before every word | the same Transformer |
# | one vector | one vector, the mean, at the start only | an LSTM |
# | blind | nothing | the same LSTM |
#
# A sentence is right only if every word is. The test: 400 scenes, with drawings that no writer has seen, by the same 13 people. Who gets how many of the scenes with **two** digits right? And of
# those with one?

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-captions", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
shown = scenes.draw("test", 400, seed=2)
two = np.array([len(one.digits) == 2 for one in shown])

with training.needs():
    inputs, targets = caption_pairs(scenes.ids([shown[0].caption]), scenes.START, scenes.END)
    print("reads: ", inputs[0], "\nwrites:", targets[0], " ", *shown[0].caption)
    captioners = {kind: weights.load_captioner(kind) for kind in captions.KINDS}
    written = {kind: captions.write(one, shown) for kind, one in captioners.items()}
    swaps = {}
    for kind, one in written.items():
        digits_said = [[word for word in words if word in scenes.NAMES] for words in one.captions]
        turned = [said == [scenes.NAMES[at] for at in scene.digits[::-1]] for said, scene in zip(digits_said, shown)]
        swaps[kind] = (two & ~one.right & turned).sum()
    print(f"{'':12}  all 400   two digits ({two.sum()})   one digit ({(~two).sum()})   layout right")
    for kind, one in written.items():
        shares = (one.right.mean(), one.right[two].mean(), one.right[~two].mean(), one.layout_right.mean())
        print(f"{kind:12}" + "{:9.1%}{:15.1%}{:17.1%}{:15.1%}".format(*shares))
    for kind in ("attending", "one_memory", "one_vector"):
        wrong = (two & ~written[kind].right).sum()
        print(f"{kind}: of {wrong} wrong sentences with two digits, {swaps[kind]} name the right ones in the wrong order")
    class_plots.compare({kind: one.right[two] for kind, one in written.items()}, 0.0, "blind")

# %% [markdown]
# **Draw your own.** Each drawing has eight lines: `#` is ink, `.` is paper, 1 to 9 are shades of grey. Or take a digit of the test, as the second one here.

# %% nbgrader={"grade": false, "grade_id": "demo-own-scene", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
one = """
...##...
..#..#..
..#..#..
...##...
..#..#..
..#..#..
..#..#..
...##...
"""
cells = {0: (digits.read(one), 8), 3: (tested.images[5], int(tested.labels[5]))}  # 0 and 1: top left and right, 2 and 3: below


def caption_step(captioner, scene):
    """Make the step that greedy and beam_search ask: ids so far -> log-probability of each next id."""
    memory = captioner.read(scenes.patches([scene]))

    def step(ids):
        logits = np.array(captioner.write(memory, np.array([ids], np.int32))[0, -1], float)
        logits[[scenes.PAD, scenes.START]] = -np.inf
        return logits - np.log(np.exp(logits - logits.max()).sum()) - logits.max()

    return step


with training.needs(captioners="the captioners above"):
    mine = scenes.scene(cells)
    for kind in ("attending", "one_memory"):
        said = greedy(caption_step(captioners[kind], mine), scenes.START, scenes.END, scenes.LONGEST)
        print(f"{kind:10} writes: {' '.join(scenes.words(said))}")
    print(f"by the rule:       {mine}")

# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# With one digit there is no difference to be seen between the three that see: 94%, 97%, 96%, and with 96 scenes the intervals are wide. With two, the attending writer is right in 91% [87, 94], the same writer with one memory in 72% [67, 77]:
# 19 points [14, 24] less, on the same scenes. Between those two writers **only the memory differs**. So it is the one vector that costs them, not the recurrence: the LSTM with one vector
# has 70%, and 1.6 points [-4.0, 6.9] between it and the Transformer with one vector are no difference. The layout (the sentence without its digits) is nearly always right; what goes wrong is the digits.
# And 41 of the 85 wrong sentences of the writer with one memory name the right two digits, **in the wrong order**: the mean knows what is there, and less well where. Of the attending
# writer's 28 it is one.
#
# The blind one writes sentences as they should be, and never the right one (with five other seeds in less than 1%). That is the control for "it has learned the language": here that alone is worth nothing.
#
# Is it one lucky training? With five others, of 500 steps, the attending writer is right in 65 to 85% of the scenes with two digits, the one with one memory in 48 to 52%: ahead with each seed, by 14 to 33 points.
#
# What this does not show: that it reads a stranger's hand. Your own drawing is a fair test.

# %% [markdown]
# ### Experiment M: where does it look while it writes? (may be read)
#
# Here we **know** where a writer should look: at *six* on the six. A map that only likes ink would give each of two digits one half. What share of the attention lies on the digit that
# is being named, what on the other one, and what on the two empty cells?

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-looks", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs(captioners="the captioners above"):
    attending = captioners["attending"]
    pair = [one for one in shown if len(one.digits) == 2]
    first = pair[0]
    said = captions.write(attending, [first]).captions[0]
    caption_plots.words(first, said, captions.looks(attending, [first], [said])[0])
    caption_plots.shares(captions.shares(attending, pair))

# %% [markdown]
# **And does it use what it looks at?** Exchange the drawing in one cell, and nothing else.

# %% nbgrader={"grade": false, "grade_id": "demo-swap", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
with training.needs(captioners="the captioners above", first="the cell above"):
    other = tested.images[tested.labels == (first.digits[1] + 1) % 10][0]
    left, right_one = (first.image[8 * (at // 2) :, 8 * (at % 2) :][:8, :8] for at in first.cells)
    drawings = ((left, first.digits[0]), (other, (first.digits[1] + 1) % 10))
    swapped = scenes.scene(dict(zip(first.cells, drawings)))
    again = captions.write(attending, [swapped]).captions[0]
    print("before:", *said)
    print("after: ", *again)
    caption_plots.words(swapped, again, captions.looks(attending, [swapped], [again])[0])


# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# Over the 304 scenes with two digits, 66% [65, 67] of the attention (mean of the four heads) lies on the digit that is being named, 6% on the other one, 28% on empty cells. The named digit gets more than the
# other one **every time**. The heads differ: two of them have 99% and 96% on the named digit, one has 8%: it looks elsewhere, and we do not know what for.
#
# The exchange says more than the map. In 92% [89, 95] of the scenes no other word changes when one digit is exchanged. So the word depends on that cell; a map alone does not say so. *above*, *of* and *a* say little:
# look at where they look.

# %% [markdown]
# How good is a caption? Compare it with what a person wrote. **BLEU** asks how many of its words, and of its pairs of neighbours, stand in the
# reference. Two rules keep it honest: a word counts only as often as the reference has it, and a text that is too short is punished.

# %% nbgrader={"grade": false, "grade_id": "ex-bleu", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 5.4: bleu                                    (8 minutes, medium)
def bleu(candidate, reference, n=2):
    """How much of a text stands in another one? For one sentence with one reference.

    candidate, reference: lists of words (or ids); the reference is not empty      n: int, at least 1
    The precision of k words: of all runs of k words in the candidate, the share that the reference has. A run counts
    at most as often as it stands in the reference.
    returns a float: the geometric mean of the precisions of 1 to n words, times min(1, exp(1 - r / c)), where r and c
            are the numbers of words of reference and candidate. It is 0.0 when the candidate has fewer than n words,
            and when a precision is 0.
    """
    # TODO: count runs of k words in both, take the smaller count of each, and join the n shares.
    ### BEGIN SOLUTION
    product = 1.0
    for k in range(1, n + 1):
        said, real = (Counter(zip(*(text[i:] for i in range(k)))) for text in (candidate, reference))
        hits = (said & real).total()  # of both counts the smaller one
        if not hits:
            return 0.0
        product *= hits / said.total()
    return min(1.0, math.exp(1 - len(reference) / len(candidate))) * product ** (1 / n)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-bleu", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} tags=["raises-exception"]
checks.bleu(bleu)  # NameError: "checks"? Run the three cells below "Get ready" first.
### BEGIN HIDDEN TESTS
from autograder.references import lab4_beyond as reference

checks.bleu(bleu, reference.fresh("bleu"))
### END HIDDEN TESTS

# %% [markdown]
# ### Experiment N: does a beam write better? (may be read)
#
# Two networks, one question. The captioner is sure of nearly every word. The shipped GPT is sure of little: it could go on in many ways. For which of the two
# does a beam change what is written? And is the likelier English the better one?

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "demo-beam", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
begin = "she had always been "

with training.needs(captioners="the captioners above", shown="Experiment L"):
    some = shown[:8]
    sure = [caption_step(captioners["attending"], one) for one in some]
    plain = [greedy(step, scenes.START, scenes.END, scenes.LONGEST) for step in sure]
    wide = [beam_search(step, scenes.START, scenes.END, 3, scenes.LONGEST)[0] for step in sure]
    print(f"{sum(a != b for a, b in zip(plain, wide))} of {len(some)} captions differ between greedy and a beam of 3.")
    for kind, one in written.items():
        scores = [bleu(list(words), list(scene.caption)) for words, scene in zip(one.captions, shown)]
        print(f"{kind:12} exact {one.right.mean():6.1%}, mean BLEU-2 {np.mean(scores):.3f}")
    gpt = weights.load_gpt("english")
    for width in (1, 3, 10):
        text, told = letters.write_beam(gpt, letters.ENGLISH, begin, width, 40)
        print(f"beam of {width:2}: {-told / math.log(2) / 40:.2f} bits a letter: {text}")
    for seed in range(3):
        text = letters.write(gpt, letters.ENGLISH, begin, length=40, seed=seed)[0]
        both, first = (letters.encode([one], letters.ENGLISH, end=False) for one in (text, begin))
        told = letters.likelihood(gpt, both)[0] - letters.likelihood(gpt, first)[0]
        print(f"drawn:      {-told / math.log(2) / 40:.2f} bits a letter: {text}")

# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# The sure network needs no beam: of all 400 captions a beam of 3 changes **one**, and it was wrong before: 91.75% are exact, greedily 91.5%. Where every word is nearly certain, there is nothing to take back.
#
# The unsure one is another matter. 100 beginnings of *Persuasion*, each continued by 48 letters: greedy 1.25 bits a letter by GPT's own measure, a beam of three 1.16, a beam of ten 1.13. Austen has 2.26: **the likeliest text is nothing that a person would write.** It goes round in circles:
# of its runs of 8 letters 38% (greedy) and 18% (a beam of three) came before; of Austen's 0.2%, of drawn ones 0.1%. What is drawn has 2.06 bits. So a beam is for networks that are asked for one right answer.
#
# And BLEU: 0.981 for the attending writer, 0.955 for the one with one vector. By exact sentences it is 91.5% against 76.5%. *a seven above a three* for *a one above a three* has 0.63 and is wrong.

# %% [markdown]
# ---
# ## Part 6: The table
#
# ### Experiment O: the lectures' table, measured
#
# The lectures close with a table: RNN *poor*, LSTM *good*, Transformer *excellent* at long-term dependencies, and so on, without a number. Fill it with
# numbers. Four networks of about the same size, 15,200 to 17,700 parameters, and two tasks:
#
# - **look up**: the first word of a sequence, one of 8, is asked for at its end;
# - **keep a sum**: of numbers from 0 to 3, modulo 4, that is, what is left after taking away all fours.
#
# All learn from sequences of 2 to 24 words, and are tested up to 96: lengths they have never seen. The learning rate is the best of three for each task and network. Which network is
# right at 24, in which task? And which at 96? A network that did not learn the task at 24 says nothing about 96: there the table says *not learned*.

# %% [markdown]
# **My prediction:** …

# %% nbgrader={"grade": false, "grade_id": "train-table", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["train"]
task, kind = "keep a sum", "GRU"  # or "look up"; "RNN", "LSTM", "Transformer"

with training.needs():
    rates = {(row["task"], row["model"]): row["rate"] for row in grids.runs("lab4/table_rates")}
    mine = lengths.train(task, kind, rates[task, kind], seed=7, label=f"{kind}, {task}").model
    accuracy = {str(length): lengths.accuracy(mine, task, length) for length in lengths.ASKED}
    print("right, by length:", accuracy)
    seconds = {name: {length: lengths.step_seconds(name, length, calls=15) for length in (24, 96)} for name in lengths.KINDS}
    maps = "DNA: right in 96%\ncaptions: 66% on it"  # J and M; in E nobody knows
    cards.table(grids.runs("lab4/table"), seconds, maps, {(task, kind): accuracy})

# %% [markdown]
# **What I saw, in one sentence:** …

# %% [markdown]
# With seeds 0 to 4. **Look up**: all four learn it. At 96 words the LSTM is right in 100% with each seed, the RNN in 95 to 100%, the GRU in 56 to 97%, the Transformer in 44 to 100%: it depends on the seed. *Poor* for the RNN and *excellent* for the Transformer do not fit here. **Keep a sum**: GRU and LSTM
# learn it with each seed, and are right at 96 words. The plain RNN learns it with two seeds of five. The Transformer does not learn it at all: 28% at 24 words, and to guess gives 25%. A sum must be carried along; a weighted mean does not add (Lab 3, Experiment I). A deeper network, or more steps, may learn it; ours did not.
#
# What holds of the lecture's table: the Transformer reads all words at once, in two steps in place of T. What does not: it is not *fast* on these sizes: on one thread of ours a training step at 24 words took 6 ms, the LSTM 5, and at 96 words 25 and 17. And its *memory efficiency* is the lowest when it writes: 12,288 numbers kept,
# the LSTM 96, the GRU 56. *Interpretability* is as high as you can score it: J and M.
#
# What this does not show: which of them is "the best". Two tasks, small networks, sequences of at most 24 words to learn from. In Lab 3 the Transformer needed the fewest bits for music.
#
# **Your card.** The picture above is yours to keep. And with it four things that you can now refute, each with a number of your own:
#
# 1. *"It reads the order of words."* Only if something tells it the order, and only where the task needs it: A and B.
# 2. *"It beats the CNN."* Not on 1,297 digits: D.
# 3. *"BERT is GPT with more context."* One network, another mask and another question; and GPT fills gaps by trying: G and H.
# 4. *"The heatmap shows what it used."* It points also where nothing is: J. It can be scored only where the place is known: J, M and not E.

# %% [markdown]
# ---
# ## Part 7: In your own words

# %% [markdown] nbgrader={"grade": true, "grade_id": "written", "locked": false, "points": 10, "schema_version": 3, "solution": true, "task": false}
# **Question 7.1 (10 points, about 15 minutes).** A friend says: "One Transformer does everything now, and better. It reads the order of words, it beats the CNN, BERT is GPT with
# more context so it can write too, and the heatmap shows what it used."
#
# 1. Order: what did shuffling the words of a tweet change, and what did the pair of sentences show?
# 2. ViT and CNN: what does the CNN know before training, what does a fixed shuffle of the patches do to each of the two, and why?
# 3. Why can BERT not write from left to right as GPT does, and what must GPT do to fill in a letter? What did the loss that was too good mean?
# 4. Of this lab's three pictures of attention (rollout, DNA, captions): where did we **know** where it should look, and how often did it look there?
#
# Write 150 to 250 words.
#
# ### BEGIN MARK SCHEME
# **Marking guide.** Give points for reasons, not for words that sound right.
#
# 1. *3 points.* On tweets little, by the measured paired difference: the words decide (1). On the pair all: with one bag of words only the order tells
#    them apart (1). So a test set must need what you claim (1).
# 2. *3 points.* The CNN knows that neighbours belong together, and that a stroke is the same stroke anywhere (1). It loses when the patches are shuffled (1). The
#    ViT's logits are the same numbers when patches and position rows move alike (1).
# 3. *2 points.* BERT was trained to see both sides, and when writing there is no right side yet; GPT tries every letter and scores what follows, 27 passes instead
#    of one (1 for the two). The target stood in the input, so the loss measured copying (1).
# 4. *2 points.* DNA and captions, with the measured shares (1). Rollout: where it should look is not known, so it cannot be scored so (1). Who adds that wiping out its
#    brightest patches hurts more than wiping out others (Experiment E) is right: that is another test, and says nothing of a right place.
#
# Take off nothing for language.
# ### END MARK SCHEME
#
# YOUR ANSWER HERE

# %% [markdown]
# ---
# ## Going further (optional, no points)
#
# - **Your own pictures.** Draw four more digits for Experiment L, by your own hand. Of how many is the caption right? Your hand is not among the 13.
# - **The other border.** In Experiment J, take `dna.pieces("ie")` and width 15: where introns *end*. Which letters come out as dots?
# - **One place too far, both ways.** In Experiment G, train with `band_mask(64, 64, 64)` and more steps. Does it find the copy, too? After how many steps?
# - **A narrow band.** In Experiment G, train with `band_mask(64, 2, 0)`. How far do two blocks see?
# - **Longer and longer.** In Experiment O, run the Transformer on *look up* with other seeds. At which length does it begin to fail? And with *keep a sum*, does it learn if the longest sequence has 6 words
#   (`lengths.LONGEST = 6`)?
# - **Saliency.** If you did Exercise 2.5: put it beside rollout in Experiment E. Which patches does it name? (It wants steps: take the 64 pixels, with `lambda x: networks["ViT"](tf.reshape(x, (-1, 8, 8, 1)))` as the model, and add up each patch.)
#
# ### To read on
#
# - A. Dosovitskiy et al., *An Image is Worth 16x16 Words* (2020). The Vision Transformer, and how many pictures it needs to pass a CNN.
# - J. Devlin et al., *BERT* (2018). What is hidden, what becomes another token, what stays, and why.
# - S. Jain, B. Wallace, *Attention is not Explanation* (2019). What a heatmap may be used for, and what not.
# - C. Guo et al., *On Calibration of Modern Neural Networks* (2017). Networks that are too sure, and a cure with one number.
# - T. Bailey, C. Elkan, *Fitting a Mixture Model by Expectation Maximization to Discover Motifs in Biopolymers* (1994). Part 4, without the word attention.
# - A. Kazemnejad et al., *The Impact of Positional Encoding on Length Generalization in Transformers* (2023). Why a causal mask alone tells the order, and what longer texts do.
# - A. Holtzman et al., *The Curious Case of Neural Text Degeneration* (2020). Why the likeliest text is a dull one.
# - J. Jumper et al., *Highly accurate protein structure prediction with AlphaFold* (2021). Where attention over sequences has changed a science.
#
# You have reached the end of Lab 4, and of the labs. Save the notebook. The last cell says what passes, and whether something is wrong with
# the file; then submit it.

# %% nbgrader={"grade": false, "grade_id": "demo-submit", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["demo"]
import labkit

labkit.submit_check()
