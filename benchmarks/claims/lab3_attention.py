"""Computes what lab 3 says, by the lab's own cells: each function returns the numbers of some of its claims."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import tensorflow as tf

from benchmarks.claims import cells
from labkit import characters, counting, data, sampling, silence, transformer, weights
from labkit.attention import cost, heads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.claims.summary import Numbers

LAB = "lab3_attention"
CHOSEN_ON = slice(60, 90)  # validation tunes, in the order of their lengths
EVERY, TUNES, HEAT = 6, 40, 0.8  # one in so many test tunes is read without some heads, and so many are written


@cache
def _texts(part: str) -> list[str]:
    return [entry.text for entry in data.tunes().part(part)]


@cache
def _networks() -> tuple[Any, Any, dict[str, int]]:
    """Return the solution's network with the course's weights, labkit's, and the vocabulary."""
    course, letters = weights.load_transformer()
    made = cells.names(LAB)["MusicTransformer"]
    own = transformer.carried(lambda: made(len(letters) + characters.FIRST), course)
    return own, course, letters


def carried() -> Numbers:
    """Read all test tunes with the lab's own network, and with labkit's, that have the same weights."""
    own, course, letters = _networks()
    ids = np.array([characters.encode(_texts("test")[0], letters)], np.int32)
    return {
        "own": float(own is not course),
        "numbers": float(sum(int(np.prod(one.shape)) for one in own.trainable_weights)),
        "logits": float(np.abs(np.asarray(own(ids)) - np.asarray(course(ids))).max()),
        "bits": characters.bits_per_character(own, _texts("test"), letters, known=True),
        "bits_labkit": characters.bits_per_character(course, _texts("test"), letters, known=True),
    }


def _near(table: Any) -> Any:
    """Say how much each head gives, on average, to the character just read and to each of four before it."""
    queries = np.arange(4, table.shape[-1])
    return np.stack([table[..., queries, queries - back].mean(-1) for back in range(5)])


def looks() -> Numbers:
    """Say where the heads look while validation tunes are read, and how many of them near by."""
    own, _, letters = _networks()
    read = sorted(_texts("valid"), key=len)[CHOSEN_ON]
    tables = [transformer.looks(own, text, letters) for text in read]
    shares, counting = silence.on_the_header(read, tables), heads.gaze(read, tables).counting()
    near = np.mean([_near(table) for table in tables], axis=0)  # (how far back, blocks, heads)
    found = {f"header_{b + 1}_{h + 1}": float(shares[b, h]) for b, h in np.ndindex(shares.shape)}
    found |= {f"back_{b + 1}_{h + 1}": float(counting[b, h]) for b, h in np.ndindex(counting.shape)}
    found |= {f"near_{far}": float(near[far].max()) for far in range(5)}
    return found | {"near_0_and_1": float((near[0] + near[1]).max()), "near_2_of_3_3": float(near[2, 2, 2])}


def _roles() -> dict[str, tuple[silence.Head, ...]]:
    """Choose heads on validation tunes, as the lab does."""
    own, _, letters = _networks()
    read = sorted(_texts("valid"), key=len)[CHOSEN_ON]
    return silence.roles(read, [transformer.looks(own, text, letters) for text in read])


def _without(chosen: Sequence[silence.Head], texts: Sequence[str], tunes: int, seed: int) -> tuple[float, float, float]:
    """Return bits of texts, and of tunes that are written the share of bars that occur again, and how many bars."""
    own, course, letters = _networks()
    with transformer.silenced(own, chosen), transformer.silenced(course, chosen):
        bits = characters.bits_per_character(own, texts, letters, known=True)
        written, _ = sampling.sample(course, letters, tunes, temperature=HEAT, seed=seed)
    again, bars = counting.occurring_again(written)
    return bits, again, float(bars)


def controls(seeds: Sequence[int]) -> Numbers:
    """Measure what the lab's cell draws: every sixth test tune, 40 tunes written. seeds: one, of what is written."""
    roles = {"none": (), **_roles()}
    names = {silence.BACK: "back", silence.HEADER: "header", silence.RANDOM: "random"}
    found: Numbers = {}
    for role, chosen in roles.items():
        name = names.get(role, role)
        bits, again, bars = _without(chosen, _texts("test")[::EVERY], TUNES, seeds[0])
        found |= {f"{name}_bits": bits, f"{name}_again": again, f"{name}_bars": bars}
        found |= {f"{name}_{block + 1}_{head + 1}": 1.0 for block, head in chosen}
    return found


def start(seeds: Sequence[int]) -> Numbers:
    """Say how far fresh blocks move what goes through them: one, and twelve in a row; as they are, and with zeros."""
    block = cells.names(LAB)["TransformerBlock"]
    moved, cosines, silent = [], [], []
    for seed in seeds:
        keras.utils.set_random_seed(seed)
        x = tf.constant(np.random.default_rng(seed).normal(size=(4, 32, 128)), tf.float32)
        y = x
        for number in range(12):
            one = block(128, 4, 384)
            z = one(y)
            if not number:
                moved.append(_norm(z - x) / _norm(x))
                for weight in (one.W_o, *one.dense_2.weights):
                    weight.assign(tf.zeros_like(weight))
                silent.append(_norm(one(x) - x))
            y = z
        cosines.append(float(np.sum(np.asarray(x) * np.asarray(y))) / (_norm(x) * _norm(y)))
    return {
        "moved": float(np.mean(moved)),
        "cosine_12": float(np.mean(cosines)),
        "cosine_12_most": max(cosines),
        "silent": max(silent),
    }


def _norm(x: Any) -> float:
    return float(np.sqrt((np.asarray(x, float) ** 2).sum()))


def order() -> Numbers:
    """Say which of Experiment D's ways tell a sentence from its twin: by the numbers of the lab's own cell."""
    names = cells.names(LAB)
    review, twin = (
        ["the", "food", "was", "good", "not", "bad", "at", "all"],
        ["the", "food", "was", "bad", "not", "good", "at", "all"],
    )
    rng = np.random.default_rng(1)
    table = {word: rng.normal(size=16).astype("float32") for word in review}
    dense = np.random.default_rng(2).normal(0, 128**-0.5, (128, 16))
    found: dict[str, list[Any]] = {"bag": [], "causal": [], "dense": [], "positions": []}
    for sentence in (review, twin):
        x = np.stack([table[word] for word in sentence])
        attend = names["scaled_dot_product_attention"]
        placed = tf.constant(x + names["positional_encoding"](len(x), 16), tf.float32)
        given = tf.constant(x)
        found["bag"].append(np.asarray(attend(given, given, given)[0]).mean(0))
        found["causal"].append(np.asarray(attend(given, given, given, names["causal_mask"](len(x)))[0]).mean(0))
        found["dense"].append(x.reshape(-1) @ dense)
        found["positions"].append(np.asarray(attend(placed, placed, placed)[0]).mean(0))
    return {name: float(np.abs(one - other).max()) for name, (one, other) in found.items()}


def scale() -> Numbers:
    """Compute Experiment B's curves: the mean largest of 16 weights by width and scale."""
    weigh, rng, found = cells.names(LAB)["attention_weights"], np.random.default_rng(0), {}
    for width in (4, 16, 64, 256, 1024):
        Q, K = (tf.constant(rng.normal(size=(200, 16, width)), tf.float32) for _ in range(2))
        for name, by in (("root", None), ("none", 1.0), ("d", 1 / width)):
            found[f"{name}_{width}"] = float(np.max(weigh(Q, K, scale=by), axis=-1).mean())
    return found


def operations() -> Numbers:
    """Count the operations for a token of width 128, LSTM and attention."""
    found = {f"attention_{length}": float(cost.operations("attention", length)) for length in (16, 256, 2048)}
    return found | {"lstm": float(cost.operations("LSTM", 16)), "equal": float(cost.equal())}
