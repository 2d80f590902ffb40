# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Lab 1: Neurons with recurrence

# %% nbgrader={"grade": false, "grade_id": "install", "locked": true, "schema_version": 3, "solution": false, "task": false}
# Installs the helper package when it is missing (in Colab); does nothing when it is there.
import importlib.util
import subprocess
import sys

if importlib.util.find_spec("labkit") is None:
    source = "deep-sequence-labkit @ {{student_repository}}/archive/refs/heads/main.zip#subdirectory=labs"
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", source], check=True)

# %% tags=["both"] nbgrader={"grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false, "task": false}
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # fewer messages from TensorFlow

import re

import keras
import numpy as np

from labkit.checks import lab1_rnn as checks

# %% [markdown]
# ## Part 1: Words become numbers

# %% nbgrader={"grade": false, "grade_id": "tokenize", "locked": true, "schema_version": 3, "solution": false, "task": false}
def tokenize(sentence):
    """Split a sentence into lower-case words; punctuation is dropped."""
    return re.sub(r"[^\w\s]", "", sentence.lower()).split()

# %% nbgrader={"grade": false, "grade_id": "ex-build_vocabulary", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 1.1: build_vocabulary                          (5 minutes, easy)
def build_vocabulary(words):
    """Number the words of a text.

    words:  flat list of tokens
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

# %% tags=["raises-exception"] nbgrader={"grade": true, "grade_id": "check-build_vocabulary", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
checks.build_vocabulary(build_vocabulary)
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

# %% tags=["raises-exception"] nbgrader={"grade": true, "grade_id": "check-encode", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
checks.encode(encode)
### BEGIN HIDDEN TESTS
from autograder.references import lab1_rnn as reference

checks.encode(encode, reference.fresh("encode"))
### END HIDDEN TESTS

# %% nbgrader={"grade": false, "grade_id": "ex-pad_batch", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 1.3: pad_batch                                 (8 minutes, medium)
def pad_batch(sequences):
    """Put sequences of different lengths into one table.

    sequences: list of lists of ids
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

# %% tags=["raises-exception"] nbgrader={"grade": true, "grade_id": "check-pad_batch", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
checks.pad_batch(pad_batch)
### BEGIN HIDDEN TESTS
from autograder.references import lab1_rnn as reference

checks.pad_batch(pad_batch, reference.fresh("pad_batch"))
### END HIDDEN TESTS

# %% nbgrader={"grade": false, "grade_id": "one_hot", "locked": true, "schema_version": 3, "solution": false, "task": false}
def one_hot(ids, size):
    """Turn ids of any shape into rows with a single 1: ids.shape + (size,). Id 0 is a row like any other."""
    return np.eye(size)[ids]

# %% nbgrader={"grade": false, "grade_id": "ex-embed", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 1.4: embed                                     (4 minutes, easy)
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

# %% tags=["raises-exception"] nbgrader={"grade": true, "grade_id": "check-embed", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
checks.embed(embed)
### BEGIN HIDDEN TESTS
from autograder.references import lab1_rnn as reference

checks.embed(embed, reference.fresh("embed"))
### END HIDDEN TESTS

# %% nbgrader={"grade": false, "grade_id": "ex-next_word_pairs", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 1.5: next_word_pairs                           (4 minutes, easy)
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

# %% tags=["raises-exception"] nbgrader={"grade": true, "grade_id": "check-next_word_pairs", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
checks.next_word_pairs(next_word_pairs)
### BEGIN HIDDEN TESTS
from autograder.references import lab1_rnn as reference

checks.next_word_pairs(next_word_pairs, reference.fresh("next_word_pairs"))
### END HIDDEN TESTS

# %% [markdown]
# ## Part 2: A neuron gets a memory

# %% nbgrader={"grade": false, "grade_id": "ex-rnn_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 2.1: rnn_step                                  (10 minutes, medium)
def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    """One step of the recurrence  h_t = tanh(x_t W_xh + h_{t-1} W_hh + b_h).

    x_t:    (batch, features)     input at time t
    h_prev: (batch, units)        hidden state at time t-1
    W_xh:   (features, units)     W_hh: (units, units)     b_h: (units,)
    returns (batch, units)        hidden state at time t
    """
    # TODO: combine input and memory, add the bias, squash with tanh.
    ### BEGIN SOLUTION
    return np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)  # (batch, units)
    ### END SOLUTION

# %% tags=["raises-exception"] nbgrader={"grade": true, "grade_id": "check-rnn_step", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
checks.rnn_step(rnn_step)
### BEGIN HIDDEN TESTS
from autograder.references import lab1_rnn as reference

checks.rnn_step(rnn_step, reference.fresh("rnn_step"))
### END HIDDEN TESTS

# %% nbgrader={"grade": false, "grade_id": "rnn_output", "locked": true, "schema_version": 3, "solution": false, "task": false}
def rnn_output(h, W_hy, b_y):
    """Read logits off the state: (..., units) -> (..., vocabulary)."""
    return h @ W_hy + b_y

# %% nbgrader={"grade": false, "grade_id": "ex-rnn_forward", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 2.2: rnn_forward                               (15 minutes, medium)
def rnn_forward(x, h_0, W_xh, W_hh, b_h, mask=None):
    """Apply rnn_step at every time step, with the same weights.

    x:    (batch, time, features)
    h_0:  (batch, units)          the state before the first step
    mask: (batch, time) bool      True where a step is real; None: all are
    returns (batch, time, units)  h_1 to h_T (without h_0); a masked step keeps the state before it
    """
    # TODO: loop over time, call rnn_step, keep every state.
    ### BEGIN SOLUTION
    h, states = h_0, []
    for t in range(x.shape[1]):
        h_new = rnn_step(x[:, t], h, W_xh, W_hh, b_h)  # (batch, units)
        h = h_new if mask is None else np.where(mask[:, t, None], h_new, h)
        states.append(h)
    return np.stack(states, axis=1)  # (batch, time, units)
    ### END SOLUTION

# %% tags=["raises-exception"] nbgrader={"grade": true, "grade_id": "check-rnn_forward", "locked": true, "points": 12, "schema_version": 3, "solution": false, "task": false}
checks.rnn_forward(rnn_forward)
### BEGIN HIDDEN TESTS
from autograder.references import lab1_rnn as reference

checks.rnn_forward(rnn_forward, reference.fresh("rnn_forward"))
### END HIDDEN TESTS

# %% nbgrader={"grade": false, "grade_id": "ex-MyRNNCell", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 2.3: MyRNNCell                                 (20 minutes, hard)
class MyRNNCell(keras.layers.Layer):
    """The recurrence as a Keras cell: keras.layers.RNN(MyRNNCell(units)) walks it through time.

    units:  size of the hidden state; also kept as `state_size`
    build:  makes the weights W_xh (features, units), W_hh (units, units), b_h (units,)
    call:   inputs (batch, features), states: a list with h_prev (batch, units); returns (h, [h])
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

# %% tags=["raises-exception"] nbgrader={"grade": true, "grade_id": "check-MyRNNCell", "locked": true, "points": 12, "schema_version": 3, "solution": false, "task": false}
checks.my_rnn_cell(MyRNNCell)
### BEGIN HIDDEN TESTS
from autograder.references import lab1_rnn as reference

checks.my_rnn_cell(MyRNNCell, reference.fresh("MyRNNCell"))
### END HIDDEN TESTS

# %% [markdown]
# ## Part 3: Memory pays off

# %% nbgrader={"grade": false, "grade_id": "ex-ball_model", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 3.1: ball_model                                (5 minutes, easy)
def ball_model(units):
    """Build a model that sees a flight and says where the ball comes next.

    units: size of the hidden state
    returns a keras.Model, (batch, time, 2) -> (batch, 2): a keras.layers.SimpleRNN with `units` units
            reads all frames, and only its last state enters the Dense layer
    """
    frames = keras.Input((None, 2))  # (batch, time, 2)
    # TODO: one line, that makes the model many-to-one: memory, (batch, units).
    ### BEGIN SOLUTION
    memory = keras.layers.SimpleRNN(units)(frames)  # (batch, units): the last state
    ### END SOLUTION
    position = keras.layers.Dense(2)(memory)  # (batch, 2)
    return keras.Model(frames, position)

# %% tags=["raises-exception"] nbgrader={"grade": true, "grade_id": "check-ball_model", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
checks.ball_model(ball_model)
### BEGIN HIDDEN TESTS
from autograder.references import lab1_rnn as reference

checks.ball_model(ball_model, reference.fresh("ball_model"))
### END HIDDEN TESTS

# %% [markdown]
# ---
# **A good place to stop.**
#
# ## Part 4: How it learns

# %% nbgrader={"grade": false, "grade_id": "ex-sequence_loss", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 4.1: sequence_loss                             (15 minutes, medium)
def sequence_loss(logits, targets, mask):
    """Mean cross-entropy over the real steps of a batch, in nats.

    logits:  (batch, time, vocabulary)
    targets: (batch, time) int
    mask:    (batch, time) bool    True where a step is real; at least one is
    returns a scalar: the sum of -log p(target) over real steps, divided by the number of real steps in the batch.
            Stable for logits as large as 1000.
    """
    # TODO: log softmax without overflow, pick the targets, sum where the mask is True, divide.
    ### BEGIN SOLUTION
    shifted = logits - logits.max(axis=-1, keepdims=True)  # (batch, time, vocabulary), at most 0
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))  # (batch, time, vocabulary)
    log_p_target = np.take_along_axis(log_p, targets[..., None], axis=-1)[..., 0]  # (batch, time)
    return -(log_p_target * mask).sum() / mask.sum()
    ### END SOLUTION

# %% tags=["raises-exception"] nbgrader={"grade": true, "grade_id": "check-sequence_loss", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
checks.sequence_loss(sequence_loss)
### BEGIN HIDDEN TESTS
from autograder.references import lab1_rnn as reference

checks.sequence_loss(sequence_loss, reference.fresh("sequence_loss"))
### END HIDDEN TESTS

# %% nbgrader={"grade": false, "grade_id": "ex-loss_gradient", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 4.2: loss_gradient                             (10 minutes, medium)
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

# %% tags=["raises-exception"] nbgrader={"grade": true, "grade_id": "check-loss_gradient", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
checks.loss_gradient(loss_gradient)
### BEGIN HIDDEN TESTS
from autograder.references import lab1_rnn as reference

checks.loss_gradient(loss_gradient, reference.fresh("loss_gradient"))
### END HIDDEN TESTS

# %% nbgrader={"grade": false, "grade_id": "ex-rnn_backward_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 4.3: rnn_backward_step                         (15 minutes, hard)
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

# %% tags=["raises-exception"] nbgrader={"grade": true, "grade_id": "check-rnn_backward_step", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
checks.rnn_backward_step(rnn_backward_step)
### BEGIN HIDDEN TESTS
from autograder.references import lab1_rnn as reference

checks.rnn_backward_step(rnn_backward_step, reference.fresh("rnn_backward_step"))
### END HIDDEN TESTS

# %% nbgrader={"grade": false, "grade_id": "ex-rnn_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 4.4: rnn_backward                              (25 minutes, hard)
def rnn_backward(x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None):
    """Backpropagation through time: the gradients of all weights and of h_0. Use float64.

    x: (batch, time, features)    h_0: (batch, units)    h: (batch, time, units), from rnn_forward
    W_xh: (features, units)       W_hh: (units, units)   W_hy: (units, vocabulary)
    d_logits: (batch, time, vocabulary)   dL/dlogits; it already holds the mean and the mask of the loss
    mask: (batch, time) bool      optional, going further: a masked step hands the gradient on as it is
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

# %% tags=["raises-exception"] nbgrader={"grade": true, "grade_id": "check-rnn_backward", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
checks.rnn_backward(rnn_backward)
### BEGIN HIDDEN TESTS
from autograder.references import lab1_rnn as reference

checks.rnn_backward(rnn_backward, reference.fresh("rnn_backward"))
### END HIDDEN TESTS

# %% [markdown]
# ## Part 5: Why it forgets

# %% nbgrader={"grade": false, "grade_id": "ex-state_gradient_norms", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 5.1: state_gradient_norms                      (15 minutes, medium)
def state_gradient_norms(h, W_hh, d_h_last):
    """How much of the gradient at the last step arrives at each earlier state.

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

# %% tags=["raises-exception"] nbgrader={"grade": true, "grade_id": "check-state_gradient_norms", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
checks.state_gradient_norms(state_gradient_norms)
### BEGIN HIDDEN TESTS
from autograder.references import lab1_rnn as reference

checks.state_gradient_norms(state_gradient_norms, reference.fresh("state_gradient_norms"))
### END HIDDEN TESTS

# %% nbgrader={"grade": false, "grade_id": "ex-clip_by_global_norm", "locked": false, "schema_version": 3, "solution": true, "task": false}
# Exercise 5.2: clip_by_global_norm                       (8 minutes, easy)
def clip_by_global_norm(gradients, max_norm):
    """Shorten a list of gradients together, so that their direction stays.

    gradients: list of arrays      max_norm: a positive number
    returns a list of arrays, all scaled by min(1, max_norm / norm), and
            norm, the length of all entries together BEFORE clipping; a norm of 0 changes nothing
    """
    # TODO: one norm over all arrays, one factor for all of them.
    ### BEGIN SOLUTION
    norm = np.sqrt(sum((gradient**2).sum() for gradient in gradients))
    scale = min(1.0, max_norm / norm) if norm > 0 else 1.0
    return [gradient * scale for gradient in gradients], norm
    ### END SOLUTION

# %% tags=["raises-exception"] nbgrader={"grade": true, "grade_id": "check-clip_by_global_norm", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
checks.clip_by_global_norm(clip_by_global_norm)
### BEGIN HIDDEN TESTS
from autograder.references import lab1_rnn as reference

checks.clip_by_global_norm(clip_by_global_norm, reference.fresh("clip_by_global_norm"))
### END HIDDEN TESTS

# %% [markdown]
# ## Part 6: In your own words

# %% [markdown] nbgrader={"grade": true, "grade_id": "written", "locked": false, "points": 10, "schema_version": 3, "solution": true, "task": false}
# **Question 6.1 (10 points).** ...
#
# YOUR ANSWER HERE
