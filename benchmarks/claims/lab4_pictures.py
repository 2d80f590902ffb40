"""The trainings of lab 4's second part: a Vision Transformer and a CNN on digits, and what maps of attention say."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.training import grids as shipped
from labkit.vision import digits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Rows = list[dict[str, Any]]
EPOCHS, BATCH, RATE, WARM = 40, 64, 4e-3, 60
SIDE, WIPED = 4, 4  # patches in a row; patches that are wiped out together
VIT, CNN, FIXED = "ViT, class token", "CNN", "CNN, one fixed shuffle of the patches"
MODELS: dict[str, dict[str, Any]] = {
    VIT: {},
    "ViT, mean": {"token": False},
    "ViT, mean, no positions": {"token": False, "ordered": False},
}


def of_pictures(seed: int) -> Rows:
    """Train each model on the digits, and look into the first: where it looks, and what its positions are like."""
    models: dict[str, Any] = {}
    rows = []
    for name in (*MODELS, CNN, FIXED):
        models[name], row = picture_run(name, seed)
        rows.append(row)
    rows += [
        _judged(f"{name}; patches of each test picture shuffled anew", models[name], seed, _anew(name))
        for name in (VIT, CNN)
    ]
    rows.append({"what": "logits", "seed": seed, **moved(models[VIT])})
    rows += [{"seed": seed, **row} for row in looks(models[VIT])]
    rows += [{"seed": seed, **row} for row in wiped(models[VIT], seed)]
    return rows + [{"seed": seed, **row} for row in positions(models[VIT])]


def picture_run(name: str, seed: int) -> tuple[Any, dict[str, Any]]:
    """Train one model for 40 epochs, and test it on the 500 pictures."""
    import keras  # noqa: PLC0415  (it takes seconds)

    learned = digits.load("train")
    keras.utils.set_random_seed(seed)
    model = digits.transformer(**MODELS[name]) if name in MODELS else digits.convolutional()
    steps = EPOCHS * -(-len(learned) // BATCH)
    rate = keras.optimizers.schedules.CosineDecay(0.0, steps, warmup_target=RATE, warmup_steps=WARM)
    model.compile(
        keras.optimizers.Adam(rate), keras.losses.SparseCategoricalCrossentropy(from_logits=True), jit_compile=False
    )
    began = time.process_time()
    model.fit(seen(name, learned.images), learned.labels, epochs=EPOCHS, batch_size=BATCH, verbose=0)
    took = round(time.process_time() - began, 1)
    row = _judged(name, model, seed, seen(name, digits.load("test").images))
    return model, row | {"parameters": model.count_params(), "seconds": took}


def _judged(name: str, model: Any, seed: int, x: Any) -> dict[str, Any]:
    right = model.predict(x, verbose=0, batch_size=500).argmax(1) == digits.load("test").labels
    return {"what": "accuracy", "model": name, "seed": seed, "accuracy": float(right.mean()),
            "right": shipped.pack(right)}  # fmt: skip


def seen(name: str, images: Any) -> Any:
    """Return what a model reads: patches, pictures, or pictures whose patches are in another order, always the same."""
    if name in MODELS:
        return digits.patches(images)
    return shuffled(images, np.random.default_rng(5).permutation(SIDE**2)) if name == FIXED else images


def shuffled(images: Any, order: Any) -> Any:
    """Put the patches of pictures in another order: (16,) for all, or (count, 16), one for each."""
    cut = digits.patches(images)
    every = np.broadcast_to(order, (len(cut), SIDE**2))
    return digits.together(np.take_along_axis(cut, every[..., None], 1), images.shape[1], images.shape[2], 2)


def _anew(name: str) -> Any:
    images, generator = digits.load("test").images, np.random.default_rng(3)
    mixed = shuffled(images, generator.permuted(np.tile(np.arange(SIDE**2), (len(images), 1)), axis=1))
    return digits.patches(mixed) if name in MODELS else mixed


def moved(model: Any) -> dict[str, float]:
    """Permute the patches alone, then the rows of the positions alike: how far the logits move at most."""
    x = digits.patches(digits.load("test").images)
    before, order = np.asarray(model(x)), np.random.default_rng(5).permutation(SIDE**2)
    alone = np.abs(np.asarray(model(x[:, order])) - before).max()
    table = np.array(model.places.table)
    model.places.table.assign(np.concatenate([table[:1], table[1:][order]]))
    alike = np.abs(np.asarray(model(x[:, order])) - before).max()
    model.places.table.assign(table)
    return {"patches moved": float(alone), "patches and positions moved": float(alike)}


def rollout(weights: list[Array], share: float = 0.5) -> Array:
    """Multiply the blocks' weights, (B, H, T, T) each, the mean of the heads; share: of the identity that is mixed in.

    As lab 4's attention_rollout, whose share is one half: (B, T, T), later blocks on the left.
    """
    mixed = None
    for one in weights:
        step = (1 - share) * one.mean(1) + share * np.eye(one.shape[-1])
        mixed = step if mixed is None else step @ mixed
    return np.asarray(mixed)


def _weights(model: Any) -> tuple[Array, list[Array]]:
    logits, weights = model(digits.patches(digits.load("test").images), weights=True)
    return np.asarray(logits, float), [np.asarray(one, float) for one in weights]


def looks(model: Any) -> Rows:
    """Say where the class token looks: shares on itself, on patches with ink and on empty ones; correlation with ink.

    Of a patch: its ink is the mean of its pixels, and it is empty when all are 0. bits: of 4, how even the patches are
    """
    _, weights = _weights(model)
    ink = digits.patches(digits.load("test").images).mean(-1)
    maps = {"rollout": rollout(weights), "rollout without the identity": rollout(weights, 0.0)}
    rows = []
    for name, every in maps.items():
        own, rest = every[:, 0, 0], every[:, 0, 1:]
        even = rest / rest.sum(1, keepdims=True)
        rows.append(
            {
                "what": "looks",
                "map": name,
                "class token": float(own.mean()),
                "ink": float(rest[ink > 0].mean()),
                "empty": float(rest[ink == 0].mean()),
                "even share": float(rest.mean()),
                "least": float(rest.min()),
                "most": float(rest.max()),
                "bits": float(-(even * np.log2(np.maximum(even, 1e-12))).sum(1).mean()),
                "correlation with ink": float(np.corrcoef(rest.ravel(), ink.ravel())[0, 1]),
            }
        )
    return rows


def wiped(model: Any, seed: int) -> Rows:
    """Ask which map predicts what it does to wipe out a patch, that is to put the mean training patch in its place.

    drop: how much less likely, in nats, the class becomes that was named; rank correlation over the 16 patches of a
    picture. accuracy: when the 4 patches are wiped out that the map calls most important.
    """
    x, truth = digits.patches(digits.load("test").images), digits.load("test").labels
    mean = digits.patches(digits.load("train").images).mean(0)  # (16, 4)
    logits, weights = _weights(model)
    named = logits.argmax(1)
    before, drop = _log_share(logits, named), np.zeros((len(x), SIDE**2))
    for place in range(SIDE**2):
        after = np.asarray(model(_without(x, mean, np.full((len(x), 1), place))), float)
        drop[:, place] = before - _log_share(after, named)
    maps = {
        "rollout": rollout(weights)[:, 0, 1:],
        "rollout without the identity": rollout(weights, 0.0)[:, 0, 1:],
        "last block": weights[-1].mean(1)[:, 0, 1:],
        "gradient x (input - mean)": np.abs((_gradient(model, x, named) * (x - mean)).sum(-1)),
        "ink": x.mean(-1),
        "chance": np.random.default_rng(seed).random(drop.shape),
        "the drop itself": drop,
    }
    rows = []
    for name, one in maps.items():
        alike = [float(np.corrcoef(_ranks(row), _ranks(real))[0, 1]) for row, real in zip(one, drop, strict=True)]
        right = np.asarray(model(_without(x, mean, np.argsort(-one, 1)[:, :WIPED]))).argmax(1) == truth
        rows.append({"what": "wiped", "map": name, "rank correlation": float(np.mean(alike)),
                     "accuracy": float(right.mean()), "right": shipped.pack(right)})  # fmt: skip
    return rows


def _without(x: Any, mean: Any, places: Any) -> Any:
    """Put the mean patch at some places (count, k) of each picture."""
    out = np.array(x)
    for place in np.asarray(places).T:
        out[np.arange(len(x)), place] = mean[place]
    return out


def _gradient(model: Any, x: Any, named: Any) -> Array:
    import tensorflow as tf  # noqa: PLC0415

    variable = tf.Variable(x)
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(tf.gather(model(variable), named, axis=1, batch_dims=1))
    return np.asarray(tape.gradient(total, variable), float)


def _log_share(logits: Array, named: Any) -> Array:
    most = logits.max(1)
    whole = most + np.log(np.exp(logits - most[:, None]).sum(1))
    return np.asarray(np.take_along_axis(logits, named[:, None], 1)[:, 0] - whole)


def _ranks(row: Array) -> Array:
    """Return the place of each number in the order; equal numbers share the mean of their places."""
    return np.asarray([(row < one).sum() + ((row == one).sum() - 1) / 2 for one in row], float)


def positions(model: Any) -> Rows:
    """Average the cosine of two rows of positions by the distance of their patches, in steps to the side and down."""
    rows = np.array(model.places.table, float)[1:]
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    at = np.array(np.unravel_index(np.arange(SIDE**2), (SIDE, SIDE)))
    far = np.abs(at[:, :, None] - at[:, None]).sum(0)
    cosine = rows @ rows.T
    return [
        {"what": "positions", "distance": int(distance), "cosine": float(cosine[far == distance].mean())}
        for distance in range(1, 2 * SIDE - 1)
    ]
