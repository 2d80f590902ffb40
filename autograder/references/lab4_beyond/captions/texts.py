"""Captions as inputs and targets, and how good one is: oracles, what is drawn, and what people do otherwise."""

# ruff: noqa: ARG005  (a wrong formula leaves out some of what it is given)

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.references.reference import Drawn, Reference

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from numpy.random import Generator

    from autograder.references.lab4_beyond.drawing import Arguments, Array

    Words = Sequence[Hashable]


def caption_pairs(captions: Array, start: int, end: int) -> tuple[Array, Array]:
    """Write both rows of each caption word by word."""
    inputs, targets = (np.zeros((captions.shape[0], captions.shape[1] + 1), int) for _ in range(2))
    for row, caption in enumerate(captions.tolist()):
        words = [word for word in caption if word]
        for place, word in enumerate([start, *words]):
            inputs[row, place] = word
        for place, word in enumerate([*words, end]):
            targets[row, place] = word
    return inputs, targets


def captions_of(rng: Generator, lengths: Sequence[int], width: int, low: int = 5) -> Array:
    """Draw captions of these lengths, padded to this width."""
    words = rng.integers(low, low + 30, size=(len(lengths), width))
    return np.where(np.arange(width) < np.array(lengths)[:, None], words, 0)


def _draw_pairs(rng: Generator) -> list[Drawn]:
    def arguments(lengths: Sequence[int], width: int, start: int = 1, end: int = 2) -> Arguments:
        return {"captions": captions_of(rng, lengths, width), "start": start, "end": end}

    width = int(rng.integers(5, 8))
    return [
        ({"captions": np.array([[5, 6, 7], [8, 0, 0]]), "start": 1, "end": 2}, "three words and one"),
        (arguments([width, 2, width - 1], width), "three captions"),
        (arguments([4, 4], 4), "no padding"),
        (arguments([3, 1], 5, 50, 40), "padding in every caption; other ids for start and end"),
        (arguments([2, 0, 3], 3), "an empty caption"),
        (arguments([1], 1), "one word"),
        (arguments([40, 17, 1, 33, 9], 40), "five captions of up to 40 words"),
    ]


def _pairs(change: Callable[..., Any]) -> Callable[..., Any]:
    """Change the right pair: change(inputs, targets, captions, start, end)."""
    return lambda captions, start, end: change(*caption_pairs(captions, start, end), captions, start, end)


def _wider(captions: Array) -> Array:
    return np.concatenate([captions, np.zeros((len(captions), 1), int)], axis=1)


def _framed(captions: Array, start: int, end: int) -> Array:
    """Put start and end around each caption: (B, T + 2)."""
    inputs, targets = caption_pairs(captions, start, end)
    return np.concatenate([inputs[:, :1], targets], axis=1)


def _end_last(targets: Array, end: int) -> Array:
    found = np.where(targets == end, 0, targets)
    found[:, -1] = end
    return found


def _end_overwrites(targets: Array, end: int) -> Array:
    found = np.where(targets == end, 0, targets)
    last = np.maximum((found != 0).sum(axis=1) - 1, 0)
    found[np.arange(len(found)), last] = end
    return found


def _start_behind(captions: Array, start: int) -> Array:
    return np.concatenate([captions, np.full((len(captions), 1), start)], axis=1)


PAIRS = Reference(
    correct=caption_pairs,
    draw=_draw_pairs,
    crossed=False,
    wrong={
        "no_start": _pairs(lambda inputs, targets, captions, start, end: (_wider(captions), targets)),
        "no_start/short": _pairs(lambda inputs, targets, captions, start, end: (captions, targets)),
        "end_in_inputs": _pairs(lambda inputs, targets, captions, start, end: (_framed(captions, start, end), targets)),
        "end_in_inputs/cut": _pairs(
            lambda inputs, targets, captions, start, end: (_framed(captions, start, end)[:, :-1], targets)
        ),
        "cut": _pairs(lambda inputs, targets, captions, start, end: (inputs[:, :-1], targets)),
        "cut/both": _pairs(lambda inputs, targets, captions, start, end: (inputs[:, :-1], targets[:, :-1])),
        "cut/no_end": _pairs(lambda inputs, targets, captions, start, end: (inputs[:, :-1], captions)),
        "end_last": _pairs(lambda inputs, targets, captions, start, end: (inputs, _end_last(targets, end))),
        "no_end": _pairs(lambda inputs, targets, captions, start, end: (inputs, _wider(captions))),
        "no_end/short": _pairs(lambda inputs, targets, captions, start, end: (inputs, captions)),
        "start_in_targets": _pairs(lambda inputs, targets, captions, start, end: (inputs, inputs.copy())),
        "start_in_targets/and_end": _pairs(
            lambda inputs, targets, captions, start, end: (inputs, _framed(captions, start, end))
        ),
        "padding_is_end": _pairs(
            lambda inputs, targets, captions, start, end: (inputs, np.where(targets == 0, end, targets))
        ),
        "end_overwrites": _pairs(lambda inputs, targets, captions, start, end: (inputs, _end_overwrites(targets, end))),
        "exchanged": _pairs(lambda inputs, targets, captions, start, end: (targets, inputs)),
        "ids_exchanged": lambda captions, start, end: caption_pairs(captions, end, start),
        "start_behind": _pairs(lambda inputs, targets, captions, start, end: (_start_behind(captions, start), targets)),
    },
)


def grams(words: Words, size: int) -> Counter[tuple[Hashable, ...]]:
    """Count the runs of so many words."""
    return Counter(tuple(words[at : at + size]) for at in range(len(words) - size + 1))


def bleu(candidate: Words, reference: Words, n: int = 2) -> float:
    """Strike out a run of the reference for each run of the candidate that it holds."""
    product = 1.0
    for size in range(1, n + 1):
        left = [tuple(reference[at : at + size]) for at in range(len(reference) - size + 1)]
        runs = [tuple(candidate[at : at + size]) for at in range(len(candidate) - size + 1)]
        hits = 0
        for run in runs:
            if run in left:
                left.remove(run)
                hits += 1
        if not hits:
            return 0.0
        product *= hits / len(runs)
    brevity = 1.0 if len(candidate) >= len(reference) else math.exp(1 - len(reference) / len(candidate))
    return float(brevity * product ** (1 / n))


def precision(candidate: Words, reference: Words, size: int, *, clip: bool = True) -> float:
    """Return the share of the candidate's runs of this size that the reference holds."""
    said, real = grams(candidate, size), grams(reference, size)
    hits = sum(min(count, real[gram]) if clip else count * (gram in real) for gram, count in said.items())
    return hits / max(sum(said.values()), 1)


def _brevity(candidate: Words, reference: Words) -> float:
    return math.exp(min(0.0, 1 - len(reference) / len(candidate)))


def _score(
    join: Callable[[Sequence[float]], float] = lambda p: math.prod(p) ** (1 / len(p)),
    short: Callable[[Words, Words], float] = _brevity,
    **how: bool,
) -> Callable[..., float]:
    """Join the precisions of 1 to n words, or make up for a short candidate, in another way."""

    def formula(candidate: Words, reference: Words, n: int = 2) -> float:
        found = [precision(candidate, reference, size, **how) for size in range(1, n + 1)]
        return float(short(candidate, reference) * join(found)) if len(candidate) else 0.0

    return formula


def _recall(candidate: Words, reference: Words, n: int = 2) -> float:
    found = [precision(reference, candidate, size) for size in range(1, n + 1)]
    return math.prod(found) ** (1 / n) * _brevity(candidate, reference) if len(candidate) else 0.0


def _mean(p: Sequence[float]) -> float:
    return sum(p) / len(p)


def _length_share(candidate: Words, reference: Words) -> float:
    return min(1.0, len(candidate) / len(reference))


def _both_ways(candidate: Words, reference: Words) -> float:
    return math.exp(1 - len(reference) / len(candidate))


def _turned(candidate: Words, reference: Words) -> float:
    return math.exp(min(0.0, 1 - len(candidate) / max(len(reference), 1)))


def _draw_bleu(rng: Generator) -> list[Drawn]:
    def arguments(said: str, real: str, n: int | None = None) -> Arguments:
        return {"candidate": said.split(), "reference": real.split()} | ({"n": n} if n else {})

    words = [
        str(word)
        for word in rng.permutation(
            ["a", "seven", "three", "one", "nine", "above", "below", "left", "right", "of", "is"]
        )
    ]
    text = [words[0], *(str(word) for word in rng.choice(words[:5], size=9)), words[0]]
    changed = [*text[:3], "two", *text[4:7], text[0], text[0]]
    ids = [int(one) for one in rng.integers(3, 9, size=12)]
    return [
        (arguments("a b c", "a b d"), "by hand"),
        (arguments("a a b", "a b c d", 2), "a word comes too often, and the text is short"),
        (arguments("a seven above a three", "a one above a three", 3), "up to three words"),
        ({"candidate": changed, "reference": text, "n": 2}, "a longer text"),
        (arguments("the the the", "the cat", 1), "single words only"),
        (arguments("a b a b c d e", "a b c d", 2), "longer than the reference"),
        (arguments("", "a b"), "an empty candidate"),
        (arguments("a", "a b c", 2), "fewer words than n"),
        ({"candidate": ids[:9], "reference": [*ids[:4], 40, *ids[5:]], "n": 4}, "ids in place of words, n = 4"),
        (arguments("b c d e", "a b c d e f g"), "only part of the reference"),
    ]


BLEU = Reference(
    correct=bleu,
    draw=_draw_bleu,
    wrong={
        "not_clipped": _score(clip=False),
        "arithmetic": _score(_mean),
        "arithmetic/0_where_short": lambda candidate, reference, n=2: (
            _score(_mean)(candidate, reference, n) if len(candidate) >= n else 0.0
        ),
        "arithmetic/0_where_one_is": _score(lambda p: _mean(p) if all(p) else 0.0),
        "no_brevity": _score(short=lambda candidate, reference: 1.0),
        "linear_brevity": _score(short=_length_share),
        "long_rewarded": _score(short=_both_ways),
        "brevity_turned": _score(short=_turned),
        "recall": _recall,
        "recall/no_brevity": lambda candidate, reference, n=2: (
            math.prod(precision(reference, candidate, size) for size in range(1, n + 1)) ** (1 / n)
        ),
        "only_longest": _score(lambda p: p[-1]),
        "only_words": _score(lambda p: p[0]),
        "product": _score(math.prod),
        "percent": lambda candidate, reference, n=2: 100 * bleu(candidate, reference, n),
    },
)

REFERENCES: dict[str, Reference] = {"caption_pairs": PAIRS, "bleu": BLEU}
