"""Measures lab 4's captioners: how exact each is, where the attending one looks, one digit swapped, a beam."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.claims import lab4_beyond_recipes as recipes
from benchmarks.claims.lab4_measures import Rows, compared, difference, interval, weights_of
from labkit import weights
from labkit.captioning import captions
from labkit.vision import digits, scenes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labkit.vision.scenes import Scene

TESTED, STEPS = 400, 500
PAIRS = [
    ("attending", "one_memory"),
    ("one_memory", "one_vector"),
    ("attending", "one_vector"),
    ("one_vector", "blind"),
]


@cache
def shown() -> list[Scene]:
    """Return the scenes of the test: drawings that no captioner has seen."""
    return scenes.draw("test", TESTED, seed=2)


def bleu(candidate: Sequence[str], reference: Sequence[str], n: int = 2) -> float:
    """Return the BLEU of one sentence with one reference (Papineni et al. 2002, but over one sentence)."""
    logs = 0.0
    for size in range(1, n + 1):
        said, real = (
            Counter(tuple(words[at : at + size]) for at in range(len(words) - size + 1))
            for words in (candidate, reference)
        )
        if not (hits := sum(min(count, real[piece]) for piece, count in said.items())):
            return 0.0
        logs += np.log(hits / sum(said.values())) / n
    return float(np.exp(min(0.0, 1 - len(reference) / len(candidate)) + logs))


def measured(written: captions.Written, **about: Any) -> Rows:
    """Return how exact some captions are: all, by number of digits, mean BLEU-2, words of the layout."""
    one = np.array([len(scene.cells) == 1 for scene in written.scenes])
    scores = [bleu(said, scene.caption) for scene, said in zip(written.scenes, written.captions, strict=True)]
    values = {
        "exact": written.right,
        "exact, one digit": written.right[one],
        "exact, two digits": written.right[~one],
        "BLEU-2": scores,
        "layout right": written.layout_right,
    }
    return [{**about, "measure": name, "n": len(some), **interval(some)} for name, some in values.items()]


def exactness(seed: int) -> Rows:
    """Measure the four shipped captioners on the same 400 scenes."""
    del seed
    written = {kind: captions.write(weights.load_captioner(kind), shown()) for kind in captions.KINDS}
    two = np.array([len(scene.cells) == 2 for scene in shown()])
    rows: Rows = []
    for kind, sentences in written.items():
        rows += measured(sentences, who=kind)
    for which, chosen in (
        ("exact", np.full(TESTED, fill_value=True)),
        ("exact, two digits", two),
        ("exact, one digit", ~two),
    ):
        for one, other in PAIRS:
            found = difference(written[one].right[chosen], written[other].right[chosen])
            rows.append({"who": one, "minus": other, "measure": which, **found})
    rows += [
        {"who": kind, "writes": " ".join(sentences.captions[0]), "true": str(shown()[0])}
        for kind, sentences in written.items()
    ]
    return rows + weights_of(*weights.CAPTIONERS.values())


def by_seed(seed: int) -> Rows:
    """Train three captioners for 500 steps on 5,000 scenes and measure them on the same 400 scenes."""
    rows, right = [], {}
    two = np.array([len(scene.cells) == 2 for scene in shown()])
    for kind in ("attending", "one_memory", "blind"):
        network, course = recipes.captioner(kind, STEPS, seed)
        written = captions.write(network, shown())
        right[kind] = written.right
        bits = "".join("01"[int(one)] for one in written.right)
        rows.append(
            {"seed": seed, "who": kind, "cpu_seconds": round(course.cpu_seconds, 1), "right": f"{int(bits, 2):0100x}"}
        )
        rows += measured(written, seed=seed, who=kind)
    for which, chosen in (("exact", np.full(TESTED, fill_value=True)), ("exact, two digits", two)):
        found = difference(right["attending"][chosen], right["one_memory"][chosen])
        rows.append({"seed": seed, "who": "attending", "minus": "one_memory", "measure": which, **found})
    return rows


def looking(seed: int) -> Rows:
    """Measure where the attending captioner looks when it names a digit, and what a swapped digit changes."""
    captioner, two = weights.load_captioner(), [scene for scene in shown() if len(scene.cells) == 2]
    found = captions.shares(captioner, two)
    group = np.repeat(np.arange(len(two)), 2)
    values = {"the named digit": found.named, "the other digit": found.other, "empty cells": found.empty}
    rows = compared(values, [("the named digit", "the other digit")], group, measure="share of the attention")
    looks, cell = captions.looks(captioner, two), scenes.cell_of_patch()
    for head in range(looks.shape[1]):
        shares = [
            looks[place, head, at][cell == here].sum()
            for place, scene in enumerate(two)
            for at, here in zip(named(scene.caption), scene.cells, strict=True)
        ]
        rows.append(
            {"measure": "share of the attention", "who": f"the named digit, head {head}", **interval(shares, group)}
        )
    most = np.array([found.named > found.other]).ravel()
    rows.append({"measure": "the named digit gets more than the other", **interval(most, group)})
    return rows + swapped(captioner, two, seed) + weights_of(weights.CAPTIONERS["attending"])


def named(caption: Sequence[str]) -> list[int]:
    """Return the places of the digits among the words."""
    return [place for place, word in enumerate(caption) if word in scenes.NAMES]


def drawing(scene: Scene, cell: int) -> Any:
    """Cut a cell out of a scene: (8, 8, 1)."""
    top, left = digits.SIDE * (cell // 2), digits.SIDE * (cell % 2)
    return scene.image[top : top + digits.SIDE, left : left + digits.SIDE]


def swapped(captioner: Any, two: list[Scene], seed: int) -> Rows:
    """Put another digit in place of one, and look at which words of the caption change."""
    generator, found = np.random.default_rng(seed), digits.load("test")
    changed, sides = [], []
    for scene in two:
        side = int(generator.integers(2))
        new = generator.choice(np.flatnonzero(found.labels != scene.digits[side]))
        cells = {cell: (drawing(scene, cell), digit) for cell, digit in zip(scene.cells, scene.digits, strict=True)}
        cells[scene.cells[side]] = (found.images[new], int(found.labels[new]))
        changed.append(scenes.scene(cells))
        sides.append(side)
    before, after = captions.write(captioner, two), captions.write(captioner, changed)
    rows = []
    for side, scene, was, now in zip(sides, changed, before.captions, after.captions, strict=True):
        place = named(scene.caption)[side]
        others = len(was) == len(now) and all(
            a == b for at, (a, b) in enumerate(zip(was, now, strict=True)) if at != place
        )
        word = now[place] if len(now) > place else ""
        rows.append((others, others and was[place : place + 1] != (word,), others and word == scene.caption[place]))
    table, names = (
        np.array(rows),
        ("no other word changes", "only that word changes", "only that word changes, and is right"),
    )
    return [
        {"measure": "one digit swapped", "who": name, "n": len(two), **interval(one)}
        for name, one in zip(names, table.T, strict=True)
    ]


def beams(seed: int) -> Rows:
    """Write the same 400 scenes greedily and with a beam of 3."""
    del seed
    captioner = weights.load_captioner()
    greedy, wide = (captions.write(captioner, shown(), width) for width in (1, 3))
    rows = compared({"beam 3": wide.right, "greedy": greedy.right}, [("beam 3", "greedy")], measure="exact")
    other = [one != two for one, two in zip(greedy.captions, wide.captions, strict=True)]
    rows.append({"measure": "captions that differ", "count": int(sum(other)), "of": TESTED})
    rows.append({"measure": "likelier by the beam, nats", **difference(wide.scores, greedy.scores)})
    return rows + weights_of(weights.CAPTIONERS["attending"])
