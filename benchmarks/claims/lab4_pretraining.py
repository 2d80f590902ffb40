"""What pre-training is worth (lab 4, I): BERT's shipped weights against random ones, on 100 labelled windows.

Two labels: is this English, or is it read from right to left (`backwards`), or are its words in another order
(`words`)? Both forms have the same letters, so a bag of letters says nothing: the test holds every window in both.
`words` was tried first; nobody learned it.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from benchmarks.claims.lab4_measures import Rows, compared, weights_of
from labkit import weights
from labkit.base.files import path
from labkit.sequences import letters

LABELLED, VALID, TESTED = 100, 300, 600  # windows; half of them in another order; of the test each in both forms
STEPS, BATCH, CHECKS = 160, 20, 8
RATES = (3e-4, 1e-3)


def shuffled(window: str, generator: np.random.Generator) -> str:
    """Put the words of a window into another order, but for the pieces at its ends."""
    first, *words, last = window.split(" ")
    return " ".join([first, *(words[place] for place in generator.permutation(len(words))), last])


def backwards(window: str, generator: np.random.Generator) -> str:
    """Read a window from right to left."""
    del generator
    return window[::-1]


LABELS = {"backwards": backwards, "words": shuffled}


def labelled(label: str, part: str, count: int, seed: int, *, both: bool) -> tuple[Any, Any]:
    """Draw windows: ids (N, 65) and labels (N,), 1 for English; both: each in both forms, else half of them in each."""
    generator = np.random.default_rng(seed)
    real = letters.windows(letters.english(part), count, seed=seed)
    other = [LABELS[label](one, generator) for one in real]
    texts = [*real, *other] if both else [*real[: count // 2], *other[count // 2 :]]
    labels = np.arange(len(texts)) < len(texts) // 2
    return letters.encode(texts, letters.ENGLISH, end=False), labels.astype(np.int32)


class Classifier(keras.Model):  # type: ignore[misc]
    """A network of letters whose last layer is another: the mean over all places, and two logits."""

    def __init__(self, reader: Any) -> None:
        super().__init__()
        self.reader, self.dense = reader, keras.layers.Dense(2)

    def call(self, ids: Any, training: bool = False) -> Any:
        """Return the logits (batch, 2) of ids without padding."""
        x = self.reader.places(self.reader.embedding(ids))
        for block in self.reader.stack:
            x = block(x, training=training)
        return self.dense(tf.reduce_mean(self.reader.norm(x), 1))


def accuracy(model: Any, ids: Any, labels: Any) -> Any:
    """Return who is right: (N,) bool."""
    logits = [np.asarray(model(ids[at : at + 300])) for at in range(0, len(ids), 300)]
    return np.concatenate(logits).argmax(1) == labels


def tuned(label: str, pretrained: bool, rate: float, seed: int) -> tuple[float, Any]:
    """Fine-tune all weights; return the accuracy on what is chosen by, and who is right in the test."""
    keras.utils.set_random_seed(seed)
    reader = letters.model(letters.ENGLISH, causal=False, longest=letters.WINDOW + 1)
    if pretrained:
        weights.assign(reader, weights.read(path(weights.BERT["english"]))[1])
    ids, labels = labelled(label, "train", LABELLED, seed + 10, both=False)
    model, optimizer = Classifier(reader), keras.optimizers.Adam(rate)
    model(ids[:1])
    layers = (reader.embedding, reader.places, *reader.stack, reader.norm, model.dense)
    used = [one for layer in layers for one in layer.trainable_variables]
    optimizer.build(used)

    @tf.function  # type: ignore[untyped-decorator,unused-ignore]
    def step(some: Any, right: Any) -> None:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(right, model(some, training=True)))
        optimizer.apply_gradients(zip(tape.gradient(loss, used), used, strict=True))

    valid, generator = labelled(label, "valid", VALID, 1, both=False), np.random.default_rng(seed)
    best, kept = -1.0, model.get_weights()
    for number in range(STEPS):
        chosen = generator.permutation(LABELLED)[:BATCH]
        step(tf.constant(ids[chosen]), tf.constant(labels[chosen]))
        if (number + 1) % (STEPS // CHECKS) == 0 and (share := float(accuracy(model, *valid).mean())) > best:
            best, kept = share, model.get_weights()
    model.set_weights(kept)
    return best, accuracy(model, *labelled(label, "test", TESTED, 2, both=True))


def bag_of_letters(label: str, seed: int) -> Any:
    """Fit a logistic regression to the counts of the letters; return who is right in the test."""
    ids, labels = labelled(label, "train", LABELLED, seed + 10, both=False)
    tested, truth = labelled(label, "test", TESTED, 2, both=True)
    x, asked = (np.stack([np.bincount(row, minlength=31) for row in some]) / 64 for some in (ids, tested))
    mean, scale, w = x.mean(0), x.std(0) + 1e-2, np.zeros(31)
    for _ in range(500):
        p = 1 / (1 + np.exp(-((x - mean) / scale) @ w))
        w += 0.1 * (((x - mean) / scale).T @ (labels - p) / len(x) - 0.05 * w)
    return (((asked - mean) / scale @ w) > 0) == truth


def pretraining(label: str, seed: int) -> Rows:
    """Fine-tune BERT's weights and random ones on the same 100 windows, each with the better of two rates."""
    right: dict[str, Any] = {"bag of letters": bag_of_letters(label, seed)}
    rates = {}
    for name, pretrained in (("BERT's weights", True), ("random weights", False)):
        found = {rate: tuned(label, pretrained, rate, seed) for rate in RATES}
        rates[name] = max(found, key=lambda rate: found[rate][0])
        right[name] = found[rates[name]][1]
    window = np.tile(np.arange(TESTED), 2)
    pairs = [("BERT's weights", "random weights"), ("random weights", "bag of letters")]
    rows = compared(right, pairs, window, seed=seed)
    rows += [{"seed": seed, "who": name, "rate": rate} for name, rate in rates.items()]
    return rows + (weights_of(weights.BERT["english"]) if seed == 0 else [])
