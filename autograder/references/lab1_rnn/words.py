"""Oracles of lab 1, part 1: words become numbers."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.references.reference import Drawn, Reference

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

Array = np.ndarray[Any, np.dtype[Any]]

WORDS = """
this morning i took my cat for a walk the food was good not bad at all france is where grew up but now live in
boston speak fluent french clouds are sky he tossed tennis ball to serve we visited restaurant lunch were
hungry
""".split()  # noqa: SIM905


def _words(rng: Generator, count: int) -> list[str]:
    return [str(word) for word in rng.choice(WORDS, size=count)]


def build_vocabulary(words: list[str]) -> dict[str, int]:
    """Give the words numbers from 2 on, in order of first occurrence."""
    vocabulary: dict[str, int] = {}
    for word in words:
        if word not in vocabulary:
            vocabulary[word] = len(vocabulary) + 2
    return vocabulary


def _draw_build_vocabulary(rng: Generator) -> list[Drawn]:
    few = _words(rng, 6)
    return [
        ({"words": ["zebra", "apple", "mango"]}, "no word comes twice"),
        ({"words": [*few, "omega", "omega", few[0], "alpha"]}, "some words come twice"),
        ({"words": [*_words(rng, int(rng.integers(12, 20))), "zulu", "zulu", "zulu", "able"]}, "many words"),
        ({"words": []}, "no words at all"),
        (
            {"words": [f"word{number}" for number in rng.integers(0, 60, size=150)]},
            "a long text, most words come again",
        ),
    ]


def _renumbered(words: list[str]) -> dict[str, int]:
    vocabulary: dict[str, int] = {}
    for word in words:
        vocabulary[word] = len(vocabulary) + 2
    return vocabulary


BUILD_VOCABULARY = Reference(
    correct=build_vocabulary,
    draw=_draw_build_vocabulary,
    wrong={
        "from_zero": lambda words: {word: index for index, word in enumerate(dict.fromkeys(words))},
        "from_one": lambda words: {word: index + 1 for index, word in enumerate(dict.fromkeys(words))},
        "sorted": lambda words: {word: index + 2 for index, word in enumerate(sorted(set(words)))},
        "gaps": lambda words: {word: words.index(word) + 2 for word in words},
        "last_occurrence": lambda words: {word: index + 2 for index, word in enumerate(words)},
        "renumbered": _renumbered,
        "frequency": lambda words: build_vocabulary(list(dict(Counter(words).most_common()))),
        "special_keys": lambda words: {"<pad>": 0, "<unk>": 1} | build_vocabulary(words),
        "inverted": lambda words: {index: word for word, index in build_vocabulary(words).items()},
    },
)


def _tokens(sentence: str) -> list[str]:
    return re.sub(r"[^\w\s]", "", sentence.lower()).split()


def encode(sentence: str, vocabulary: dict[str, int]) -> list[int]:
    """Look up each word; 1 stands for a word that is not there."""
    return [vocabulary.get(word, 1) for word in _tokens(sentence)]


def _draw_encode(rng: Generator) -> list[Drawn]:
    words = _words(rng, 14)
    vocabulary = build_vocabulary(words)
    known = " ".join(dict.fromkeys(words))
    return [
        ({"sentence": known, "vocabulary": vocabulary}, "every word is known"),
        ({"sentence": f"{words[3]} xylophone {words[0]} quark", "vocabulary": vocabulary}, "some words are unknown"),
        (
            {"sentence": f"{words[1].upper()}, {words[2].title()}! {words[0]}.", "vocabulary": vocabulary},
            "capital letters and punctuation",
        ),
        ({"sentence": "", "vocabulary": vocabulary}, "an empty sentence"),
        (
            {"sentence": f"{words[0]} {words[0]} don't {words[0]}", "vocabulary": {**vocabulary, "dont": 31}},
            "words that come again, an apostrophe in one",
        ),
        (_long_sentence(rng), "a long sentence, ids to 5,000"),
    ]


def _long_sentence(rng: Generator) -> dict[str, Any]:
    ids = [int(number) for number in rng.choice(range(2, 5001), size=40, replace=False)]
    vocabulary = {f"word{number}": number for number in ids}
    return {"sentence": " ".join(f"word{rng.choice(ids)}" for _ in range(45)), "vocabulary": vocabulary}


ENCODE = Reference(
    correct=encode,
    draw=_draw_encode,
    wrong={
        "unknown_dropped": lambda sentence, vocabulary: [vocabulary[w] for w in _tokens(sentence) if w in vocabulary],
        "unknown_as_padding": lambda sentence, vocabulary: [vocabulary.get(word, 0) for word in _tokens(sentence)],
        "unknown_raises": lambda sentence, vocabulary: [vocabulary[word] for word in _tokens(sentence)],
        "characters": lambda sentence, vocabulary: [vocabulary.get(character, 1) for character in sentence],
        "not_tokenized": lambda sentence, vocabulary: [vocabulary.get(word, 1) for word in sentence.split()],
        "case_kept": lambda sentence, vocabulary: [
            vocabulary.get(word, 1) for word in re.sub(r"[^\w\s]", "", sentence).split()
        ],
        "reversed": lambda sentence, vocabulary: encode(sentence, vocabulary)[::-1],
    },
)


def pad_batch(sequences: list[list[int]]) -> tuple[Array, Array]:
    """Fill a table row by row; the mask is True where something was written."""
    longest = max(len(sequence) for sequence in sequences)
    ids = np.zeros((len(sequences), longest), int)
    mask = np.zeros((len(sequences), longest), bool)
    for row, sequence in enumerate(sequences):
        for step, word in enumerate(sequence):
            ids[row, step] = word
            mask[row, step] = True
    return ids, mask


def _draw_pad_batch(rng: Generator) -> list[Drawn]:
    def sequence(length: int) -> list[int]:
        return [int(word) for word in rng.integers(1, 40, size=length)]

    longest = int(rng.integers(5, 8))
    return [
        ({"sequences": [sequence(2), sequence(longest), sequence(3)]}, "three lengths"),
        ({"sequences": [sequence(4), sequence(4)]}, "equal lengths"),
        ({"sequences": [sequence(3), [], sequence(1)]}, "one sequence is empty"),
        ({"sequences": [sequence(int(rng.integers(1, 6)))]}, "a single sequence"),
        (
            {"sequences": [[int(word) for word in rng.integers(1, 5001, size=n)] for n in (7, 1, 40, 22, 39)]},
            "five sequences of up to 40 ids, to 5,000; the third is the longest",
        ),
    ]


def _left(rows: Array, mask: Array) -> Array:
    return np.stack([np.concatenate([row[~real], row[real]]) for row, real in zip(rows, mask, strict=True)])


def _truncated(sequences: list[list[int]]) -> tuple[Array, Array]:
    shortest = min(len(sequence) for sequence in sequences)
    return pad_batch([sequence[:shortest] for sequence in sequences])


def _changed(change: Callable[[Array, Array], tuple[Array, Array]]) -> Callable[..., tuple[Array, Array]]:
    return lambda sequences: change(*pad_batch(sequences))


PAD_BATCH = Reference(
    correct=pad_batch,
    draw=_draw_pad_batch,
    wrong={
        "left": _changed(lambda ids, mask: (_left(ids, mask), np.sort(mask, axis=1))),
        "left_ids_only": _changed(lambda ids, mask: (_left(ids, mask), mask)),
        "truncated": _truncated,
        "inverted_mask": _changed(lambda ids, mask: (ids, ~mask)),
        "mask_all_true": _changed(lambda ids, mask: (ids, np.ones_like(mask))),
        "transposed": _changed(lambda ids, mask: (ids.T, mask.T)),
        "padded_with_one": _changed(lambda ids, mask: (np.where(mask, ids, 1), mask)),
        "mask_int": _changed(lambda ids, mask: (ids, mask.astype(int))),
    },
)


def embed(ids: Array, E: Array) -> Array:
    """Copy one row of E for each id."""
    result = np.zeros((ids.size, E.shape[1]))
    for position, word in enumerate(ids.ravel()):
        result[position] = E[word]
    return result.reshape(*ids.shape, E.shape[1])


def _draw_embed(rng: Generator) -> list[Drawn]:
    size, d = int(rng.integers(6, 9)), int(rng.integers(3, 5))

    def table() -> Array:
        return rng.normal(size=(size, d)).round(3)

    return [
        ({"ids": np.array([[2, 5, 3, 0], [4, 1, 0, 0]]), "E": table()}, "a padded batch"),
        ({"ids": rng.integers(0, size, size=5), "E": table()}, "one sentence"),
        ({"ids": rng.integers(0, size, size=(2, 3, 2)), "E": table()}, "ids with three axes"),
        ({"ids": rng.integers(0, size, size=(3, 1)), "E": table().astype(np.float32)}, "one step, float32"),
        (
            {"ids": rng.integers(0, 300, size=(5, 40)), "E": rng.normal(size=(300, 2)).round(2)},
            "a large table and batch",
        ),
    ]


def _zero_padding(ids: Array, E: Array) -> Array:
    return np.asarray(embed(ids, E) * (ids != 0)[..., None])


EMBED = Reference(
    correct=embed,
    draw=_draw_embed,
    wrong={
        "as_numbers": lambda ids, E: ids[..., None] * E[1],
        "columns": lambda ids, E: E.T[ids % E.shape[1]],
        "off_by_one": lambda ids, E: E[ids - 1],
        "off_by_two": lambda ids, E: E[ids - 2],
        "zero_padding": _zero_padding,
        "flattened": lambda ids, E: E[ids.ravel()],
        "summed": lambda ids, E: E[ids].sum(axis=-2),
        "averaged": lambda ids, E: E[ids].mean(axis=-2),
        "one_hot": lambda ids, E: np.eye(len(E))[ids],
    },
)


def next_word_pairs(ids: Array) -> tuple[Array, Array]:
    """Pair each word with the one after it."""
    inputs = [[row[step] for step in range(len(row) - 1)] for row in ids]
    targets = [[row[step + 1] for step in range(len(row) - 1)] for row in ids]
    return np.array(inputs, ids.dtype), np.array(targets, ids.dtype)


def _draw_next_word_pairs(rng: Generator) -> list[Drawn]:
    return [
        ({"ids": rng.integers(2, 30, size=(int(rng.integers(2, 4)), int(rng.integers(5, 8))))}, "a batch"),
        ({"ids": rng.integers(2, 30, size=(1, 4))}, "one sentence"),
        ({"ids": rng.integers(2, 30, size=(3, 2))}, "two words in each sentence"),
        ({"ids": np.array([[5, 6, 7, 0, 0], [2, 3, 4, 5, 6]])}, "a padded batch"),
        ({"ids": np.array([[5, 1, 0, 7, 1], [1, 3, 1, 0, 6]])}, "ids 0 and 1 in between"),
        ({"ids": rng.integers(0, 5001, size=(5, 40))}, "five rows of 40 ids, to 5,000"),
    ]


NEXT_WORD_PAIRS = Reference(
    correct=next_word_pairs,
    draw=_draw_next_word_pairs,
    wrong={
        "not_shifted": lambda ids: (ids[:, :-1], ids[:, :-1]),
        "swapped": lambda ids: (ids[:, 1:], ids[:, :-1]),
        "over_batch": lambda ids: (ids[:-1], ids[1:]),
        "rolled": lambda ids: (ids, np.roll(ids, -1, axis=1)),
        "last_only": lambda ids: (ids[:, :-1], ids[:, -1]),
        "inputs_too_long": lambda ids: (ids, ids[:, 1:]),
    },
)


REFERENCES: dict[str, Reference] = {
    "build_vocabulary": BUILD_VOCABULARY,
    "encode": ENCODE,
    "pad_batch": PAD_BATCH,
    "embed": EMBED,
    "next_word_pairs": NEXT_WORD_PAIRS,
}
