"""Donor, acceptor or neither: matrices against a Transformer, five times with a fifth of the pieces held out.

Two ways to hold out: whole families of pieces (labkit.sequences.likeness), or pieces at random. The seed is the fifth
that is held out; the next one is to choose by, and three are learned.
"""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.claims.lab4_motif import auc
from labkit.sequences import dna, likeness
from labkit.training import grids as shipped

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Places = NDArray[np.int64]

Rows = list[dict[str, Any]]
KINDS = ("ei", "ie", "n")
FOLDS, RELATED = 5, 0.75
BY_LIKENESS, AT_RANDOM = "by likeness", "at random"
ALWAYS, MATRICES, CHAINS, TRANSFORMER = "always neither", "matrices", "matrices of pairs", "Transformer"
PSEUDOCOUNTS = (0.1, 0.3, 1.0, 3.0, 10.0)
SIZES = dict[str, Any](d_model=32, num_heads=2, d_ff=64, dropout=0.2)
TRAINING = {"epochs": 8, "batch_size": 64}
RATE = {"warmup_target": 4e-3, "warmup_steps": 30}


@cache
def pieces() -> tuple[Array, Places, dict[str, Places]]:
    """Return one-hot letters (N, 60, 4), classes (N,), and for both splits the fifth that each piece belongs to.

    A text that comes in two classes is left out.
    """
    listed = {kind: dna.load(kind) for kind in KINDS}
    every = [text for some in listed.values() for text in some]
    known = [(text, label) for label, some in enumerate(listed.values()) for text in some if every.count(text) == 1]
    x, labels = dna.one_hot([text for text, _ in known]), np.array([label for _, label in known])
    family = {BY_LIKENESS: likeness.families(x), AT_RANDOM: np.arange(len(x))}
    return x, labels, {split: likeness.folds(one, labels, FOLDS) for split, one in family.items()}


def parts(split: str, fold: int) -> tuple[Places, Places, Places]:
    """Return where the pieces stand that are to learn from, to choose by and for the test."""
    part = pieces()[2][split]
    test, valid = part == fold, part == (fold + 1) % FOLDS
    return np.flatnonzero(~test & ~valid), np.flatnonzero(valid), np.flatnonzero(test)


def of_splice(seed: int) -> Rows:
    """Judge who always says neither, and the matrices, single letters and pairs."""
    rows = []
    for split in (BY_LIKENESS, AT_RANDOM):
        labels = pieces()[1]
        learned, _, test = parts(split, seed)
        shares = np.log(np.bincount(labels[learned]) / len(learned))
        rows.append(_row(ALWAYS, split, seed, {"parameters": 0, "seconds": 0.0}, np.tile(shares, (len(test), 1))))
        rows += [counted(name, split, seed) for name in (MATRICES, CHAINS)]
    return rows


def of_network(seed: int, split: str) -> Rows:
    """Train the Transformer."""
    return [trained(split, seed)]


def counted(name: str, split: str, fold: int) -> dict[str, Any]:
    """Count letters at each place in each class; the pseudocount is the one that is best on the part to choose by."""
    x, labels, _ = pieces()
    learned, valid, test = parts(split, fold)
    began = time.process_time()
    features = x.reshape(len(x), -1) if name == MATRICES else pairs(x).reshape(len(x), -1)  # (N, places times 4 or 16)
    tables = [log_shares(features[learned], labels[learned], one) for one in PSEUDOCOUNTS]
    losses = [cross_entropy(features[valid] @ table + prior, labels[valid]) for table, prior in tables]
    best = int(np.argmin(losses))
    table, prior = tables[best]
    facts = {
        "parameters": table.size,
        "seconds": round(time.process_time() - began, 2),
        "pseudocount": PSEUDOCOUNTS[best],
        "to choose by": losses[best],
    }
    return _row(name, split, fold, facts, features[test] @ table + prior)


def pairs(x: Array) -> Array:
    """Say which two letters stand at each place and the one before it: (N, L, 4) -> (N, L, 16).

    The first place has no letter before it: its pairs are those with A.
    """
    before = np.concatenate([np.broadcast_to(np.eye(4)[0], (len(x), 1, 4)), x[:, :-1]], 1)
    return np.asarray((before[..., :, None] * x[..., None, :]).reshape(*x.shape[:2], 16))


def log_shares(features: Array, labels: Places, pseudocount: float) -> tuple[Array, Array]:
    """Return the log of each letter's share at each place in each class (features, classes), and of the classes'.

    features: (N, places times 4) letters, or (N, places times 16) pairs: then of a letter when the one before is known
    """
    count = np.stack([features[labels == label].sum(0) for label in range(len(KINDS))], 1) + pseudocount / 4
    cells = count.reshape(-1, 4, len(KINDS))  # four letters of one place, after one letter
    table = np.log(cells / cells.sum(1, keepdims=True)).reshape(-1, len(KINDS))
    return table, np.log(np.bincount(labels) / len(labels))


def trained(split: str, fold: int) -> dict[str, Any]:
    """Train a Transformer; the weights of the epoch that is best on the part to choose by are tested."""
    import keras  # noqa: PLC0415  (it takes seconds)

    x, labels, _ = pieces()
    learned, valid, test = parts(split, fold)
    keras.utils.set_random_seed(fold)
    model = network(x.shape[1])
    steps = TRAINING["epochs"] * -(-len(learned) // TRAINING["batch_size"])
    rate = keras.optimizers.schedules.CosineDecay(0.0, steps - RATE["warmup_steps"], **RATE)
    model.compile(
        keras.optimizers.Adam(rate), keras.losses.SparseCategoricalCrossentropy(from_logits=True), jit_compile=False
    )
    keep = keras.callbacks.EarlyStopping("val_loss", patience=TRAINING["epochs"], restore_best_weights=True)
    began = time.process_time()
    told = model.fit(
        x[learned].astype(np.float32),
        labels[learned],
        validation_data=(x[valid].astype(np.float32), labels[valid]),
        verbose=0,
        callbacks=[keep],
        **TRAINING,
    )
    losses = told.history["val_loss"]
    facts = {
        "parameters": model.count_params(),
        "seconds": round(time.process_time() - began, 1),
        "epochs": int(np.argmin(losses)) + 1,
        "to choose by": min(losses),
    }
    return _row(TRANSFORMER, split, fold, facts, np.asarray(model(x[test].astype(np.float32)), np.float64))


def network(length: int) -> Any:
    """Make the encoder: letters to vectors, learned positions, a block, the mean of all places, three logits."""
    import keras  # noqa: PLC0415

    from labkit.models.blocks import Block, LearnedPositions, norm  # noqa: PLC0415

    letters = keras.Input((length, 4))
    width, drop = SIZES["d_model"], keras.layers.Dropout(SIZES["dropout"])
    x = LearnedPositions(length, width)(keras.layers.Dense(width)(letters))  # (batch, length, width)
    x = keras.layers.GlobalAveragePooling1D()(norm()(Block(**SIZES)(x)))  # (batch, width)
    return keras.Model(letters, keras.layers.Dense(len(KINDS))(drop(x)))


def cross_entropy(logits: Array, labels: Places) -> float:
    """Return the mean of -log p of the right class, in nats."""
    return float((np.logaddexp.reduce(logits, 1) - logits[np.arange(len(labels)), labels]).mean())


def _row(name: str, split: str, fold: int, facts: dict[str, Any], logits: Array) -> dict[str, Any]:
    """Judge logits (pieces, classes) on the test; tested: which of all pieces these are, in their order."""
    x, labels, part = pieces()
    learned, _, test = parts(split, fold)
    right = logits.argmax(1) == labels[test]
    site = np.logaddexp(logits[:, 0], logits[:, 1]) - logits[:, 2]
    told = labels[test] < 2  # donors and acceptors
    related = likeness.nearest(x[test], x[learned]) >= RELATED
    return {
        "method": name,
        "split": split,
        "seed": fold,
        **facts,
        "learned": len(learned),
        "accuracy": float(right.mean()),
        "cross entropy": cross_entropy(logits, labels[test]),
        "AUC": auc(site[told], site[~told]),
        "with a relative": float(related.mean()),
        "sites with a relative": float(related[told].mean()),
        "tested": shipped.pack(part[split] == fold),
        "right": shipped.pack(right),
        "related": shipped.pack(related),
    }
