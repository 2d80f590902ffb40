"""The trainings of lab 4's first part: tweets, with and without their order, and the lecture's pair of sentences."""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.sentiment import pairs, tweets
from labkit.training import grids as shipped

if TYPE_CHECKING:
    from numpy.typing import NDArray

Rows = list[dict[str, Any]]
RATE, EPOCHS, PATIENCE, BATCH = 2e-3, 40, 4, 64
ALWAYS, BAG = "always positive", "bag of words"
MODELS: dict[str, dict[str, Any]] = {
    "mean embedding": {"kind": "mean"},
    "LSTM": {"kind": "LSTM"},
    "LSTM without dropout": {"kind": "LSTM", "dropout": 0.0},
    "Bidirectional(LSTM)": {"kind": "Bidirectional"},
    "Transformer": {"kind": "Block"},
}
ON_SHUFFLED = ("LSTM", "Transformer")  # these are trained on shuffled words, too
PAIR: dict[str, dict[str, Any]] = {
    "mean embedding": {"kind": "mean"},
    "RNN": {"kind": "SimpleRNN"},
    "LSTM": {"kind": "LSTM"},
    "Transformer without positions": {"kind": "Block", "ordered": False},
    "Transformer without positions, causal mask": {"kind": "Block", "ordered": False, "causal": True},
    "Transformer": {"kind": "Block"},
}


@cache
def parts() -> tuple[dict[str, NDArray[np.int32]], dict[str, NDArray[np.int64]], int]:
    """Return the ids and the labels of the three parts, and how many ids there are."""
    split = tweets.clear()
    words = tweets.vocabulary(split["train"])
    ids = {part: tweets.ids([one.words for one in split[part]], words) for part in split}
    labels = {part: np.array([one.label for one in split[part]]) for part in split}
    return ids, labels, tweets.FIRST + len(words)


def of_tweets(seed: int) -> Rows:
    """Train each model on the tweets, and those that read order on shuffled words as well; test on both orders."""
    rows = [_always(seed), _bag(seed)]
    rows += [tweet_run(name, seed) for name in MODELS]
    return rows + [tweet_run(name, seed, shuffled=True) for name in ON_SHUFFLED]


def tweet_run(name: str, seed: int, *, shuffled: bool = False) -> dict[str, Any]:
    """Train one model; shuffled: on tweets whose words are in another order, and stopped by such."""
    import keras  # noqa: PLC0415  (it takes seconds)

    ids, labels, size = parts()
    if shuffled:
        ids = {"test": ids["test"]} | {part: tweets.shuffled(ids[part], seed) for part in ("train", "valid")}
    keras.utils.set_random_seed(seed)
    model = tweets.model(size=size, **MODELS[name])
    model.compile(
        keras.optimizers.Adam(RATE), keras.losses.SparseCategoricalCrossentropy(from_logits=True), jit_compile=False
    )
    stop = keras.callbacks.EarlyStopping("val_loss", patience=PATIENCE, restore_best_weights=True)
    began = time.process_time()
    history = model.fit(
        ids["train"],
        labels["train"],
        validation_data=(ids["valid"], labels["valid"]),
        epochs=EPOCHS,
        batch_size=BATCH,
        verbose=0,
        callbacks=[stop],
    )
    took = time.process_time() - began
    facts = {"parameters": model.count_params(), "seconds": round(took, 1), "epochs": len(history.history["loss"])}
    said = [positive(model, one) for one in (ids["test"], tweets.shuffled(ids["test"]))]
    return _row(name, seed, shuffled, facts, *said)


def positive(model: Any, ids: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return how likely a model holds it that each tweet is positive: (N,)."""
    logits = np.asarray(model.predict(ids, verbose=0, batch_size=256), np.float64)
    return 1 / (1 + np.exp(logits[:, 0] - logits[:, 1]))


def _row(
    name: str, seed: int, shuffled: bool, facts: dict[str, Any], said: NDArray[np.float64], other: NDArray[np.float64]
) -> dict[str, Any]:
    """Judge what a model says of the test tweets, and of the same with their words in another order."""
    truth = parts()[1]["test"]
    return {
        "model": name,
        "trained on": "shuffled words" if shuffled else "tweets",
        "seed": seed,
        **facts,
        "accuracy": float(((said >= 0.5) == truth).mean()),
        "accuracy, words shuffled": float(((other >= 0.5) == truth).mean()),
        "macro F1": macro_f1(truth, said >= 0.5),
        "calibration error": calibration_error(said, truth),
        "positive": shipped.pack_shares(said),
        "positive, words shuffled": shipped.pack_shares(other),
    }


def _always(seed: int) -> dict[str, Any]:
    labels = parts()[1]
    share = np.full(len(labels["test"]), labels["train"].mean())
    return _row(ALWAYS, seed, False, {"parameters": 0, "seconds": 0.0}, share, share)


def _bag(seed: int) -> dict[str, Any]:
    said, facts = bag_of_words()
    return _row(BAG, seed, False, facts, said, said)


@cache
def bag_of_words() -> tuple[NDArray[np.float64], dict[str, Any]]:
    """Fit logistic regression on which words there are; how much it is held down is chosen on the validation part.

    No seed changes it: how likely each test tweet is positive, and what it took.
    """
    ids, labels, size = parts()
    began = time.process_time()
    seen = {part: bag(ids[part], size) for part in ids}
    fits = [logistic(seen["train"], labels["train"], strength) for strength in (1.0, 3.0, 10.0)]
    losses = [_cross_entropy(seen["valid"] @ one[:-1] + one[-1], labels["valid"]) for one in fits]
    best = fits[int(np.argmin(losses))]
    said = 1 / (1 + np.exp(-(seen["test"] @ best[:-1] + best[-1])))
    return said, {"parameters": len(best), "seconds": round(time.process_time() - began, 1)}


def bag(ids: NDArray[np.int32], size: int) -> NDArray[np.float64]:
    """Say which words are in each tweet: (N, size) of 0 and 1; padding and unknown words are none."""
    out = np.zeros((len(ids), size))
    np.put_along_axis(out, ids.astype(np.int64), 1.0, axis=1)
    out[:, : tweets.FIRST] = 0
    return out


def logistic(x: NDArray[np.float64], truth: NDArray[np.int64], strength: float) -> NDArray[np.float64]:
    """Fit a logistic regression with an L2 penalty (not on the constant) by Newton's steps: (features + 1,) weights."""
    wide = np.concatenate([x, np.ones((len(x), 1))], 1)
    held = strength * np.append(np.ones(x.shape[1]), 1e-6)
    weights = np.zeros(wide.shape[1])
    for _ in range(20):
        p = 1 / (1 + np.exp(-(wide @ weights)))
        slope = wide.T @ (p - truth) + held * weights
        if np.abs(slope).max() < 1e-7:
            break
        weights -= np.linalg.solve((wide * (p * (1 - p))[:, None]).T @ wide + np.diag(held), slope)
    return weights


def _cross_entropy(logits: NDArray[np.float64], truth: NDArray[np.int64]) -> float:
    return float(np.logaddexp(0, np.where(truth == 1, -logits, logits)).mean())


def macro_f1(truth: NDArray[np.int64], said: NDArray[np.bool_]) -> float:
    """Average the F1 of the two classes."""
    shares = []
    for label in (0, 1):
        real, given = truth == label, said == bool(label)
        shares.append(2 * (real & given).sum() / max(real.sum() + given.sum(), 1))
    return float(np.mean(shares))


def calibration_error(said: NDArray[np.float64], truth: NDArray[np.int64], bins: int = 10) -> float:
    """Weigh how far confidence and share of right answers lie apart in each bin (Guo et al., 2017)."""
    sure, right = np.maximum(said, 1 - said), (said >= 0.5) == truth
    place = np.minimum((sure * bins).astype(int), bins - 1)
    return float(np.abs(np.bincount(place, right.astype(float) - sure, bins)).sum() / len(truth))


def of_pair(seed: int) -> Rows:
    """Train each model on sentences whose bag of words says nothing, and test it on other pairs of adjectives."""
    return [pair_run(name, seed) for name in PAIR]


def pair_run(name: str, seed: int) -> dict[str, Any]:
    """Train one model on 1,500 sentences; how often it is right on the 1,440 others."""
    import keras  # noqa: PLC0415

    learned, asked = pairs.train(seed=seed), pairs.test()
    keras.utils.set_random_seed(seed)
    options = {"width": 16, "dropout": 0.0, "blocks": 2, **PAIR[name]}
    model = tweets.model(size=pairs.SIZE, **options)
    model.compile(
        keras.optimizers.Adam(5e-3), keras.losses.SparseCategoricalCrossentropy(from_logits=True), jit_compile=False
    )
    began = time.process_time()
    model.fit(learned.ids, learned.labels, epochs=12, batch_size=50, verbose=0)
    took = time.process_time() - began
    right = model.predict(asked.ids, verbose=0, batch_size=480).argmax(1) == asked.labels
    return {
        "model": name,
        "seed": seed,
        "parameters": model.count_params(),
        "seconds": round(took, 1),
        "accuracy": float(right.mean()),
        "right": shipped.pack(right),
    }
