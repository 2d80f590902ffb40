"""English and proteins, letter by letter: ids, the network that is GPT or BERT, what it writes and what it fills in.

The English is the beginning of five novels by Jane Austen, in 27 letters (a to z and the space; data/lab4/README.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.models import beam
from labkit.sequences import texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Ids = NDArray[np.int32]

ENGLISH = " abcdefghijklmnopqrstuvwxyz"
PAD, START, END, MASK, FIRST = 0, 1, 2, 3, 4  # ids; MASK hides a letter
IGNORE = -100  # the target of a place that is not asked about
WINDOW = 64  # letters of a piece of English


def english(part: str) -> str:
    """Load the text of "train" (300,000 letters of three novels), "valid" or "test" (one other novel each).

    Raises FileNotFoundError when labkit lacks its file.
    """
    return " ".join(novels(part).values())


def novels(part: str) -> dict[str, str]:
    """Load the pieces of a part: title -> text."""
    return {title: text for title, text in texts.of_part("english", part)}  # noqa: C416  (pairs, for mypy)


def windows(text: str, count: int | None = None, length: int = WINDOW, seed: int = 0) -> list[str]:
    """Cut windows out of a text: `count` of them at random places, or (None) all, one behind the other."""
    if count is None:
        return [text[at : at + length] for at in range(0, len(text) - length + 1, length)]
    places = np.random.default_rng(seed).integers(0, len(text) - length + 1, count)
    return [text[at : at + length] for at in places]


def encode(pieces: Sequence[str], alphabet: str, *, end: bool = True, longest: int | None = None) -> Ids:
    """Turn texts into ids (batch, time): START, the letters, END (if `end`), padding.

    longest: letters of the longest; None: as they come. Raises ValueError at a letter that the alphabet lacks.
    """
    number = {letter: place for place, letter in enumerate(alphabet, FIRST)}
    most = max(map(len, pieces)) if longest is None else longest
    out = np.zeros((len(pieces), 1 + most + end), np.int32)
    for row, piece in zip(out, pieces, strict=True):
        if unknown := set(piece) - set(alphabet):
            raise ValueError(f"{min(unknown)!r} is none of the letters {alphabet!r}.")
        codes = [START, *(number[letter] for letter in piece), *([END] if end else [])]
        row[: len(codes)] = codes
    return out


def decode(ids: Sequence[int], alphabet: str) -> str:
    """Turn ids into text, up to the end; a hidden letter becomes _."""
    out = ""
    for one in ids:
        if one in (PAD, END):
            break
        out += "_" if one == MASK else alphabet[one - FIRST] if one >= FIRST else ""
    return out


@dataclass(frozen=True)
class Draws:
    """What chance decides when letters are hidden, all (batch, time): arguments of lab 4's corrupt."""

    chosen: NDArray[np.bool_]
    action: NDArray[np.float64]
    random_ids: Ids


def random_draws(ids: Ids, alphabet: str, generator: np.random.Generator, share: float = 0.15) -> Draws:
    """Draw which letters of (batch, time) are asked about (never START, END or padding), and what befalls each."""
    chosen = (ids >= FIRST) & (generator.random(ids.shape) < share)
    random_ids = generator.integers(FIRST, FIRST + len(alphabet), ids.shape).astype(np.int32)
    return Draws(chosen, generator.random(ids.shape), random_ids)


def batches(table: Ids, size: int = 64, seed: int = 0) -> Iterator[Ids]:
    """Give rows of a table (count, time) at random, `size` each, without end."""
    generator = np.random.default_rng(seed)
    while True:
        yield table[generator.integers(0, len(table), size)]


def model(alphabet: str, causal: bool, **options: Any) -> Any:
    """Make the network for an alphabet; see `labkit.sequences.networks.LetterModel`."""
    from labkit.sequences.networks import LetterModel

    made = LetterModel(FIRST + len(alphabet), causal, **options)
    made(np.full((1, 2), START, np.int32))
    return made


def train_step(network: Any, optimizer: Any) -> Any:
    """Make the step of a training; see `labkit.sequences.networks.train_step`."""
    from labkit.sequences import networks

    return networks.train_step(network, optimizer)


def likelihood(gpt: Any, ids: Ids) -> NDArray[np.float64]:
    """Return the log-probability in nats of each row of (batch, time), START given, its END counted if it has one."""
    logits = np.asarray(gpt(ids[:, :-1]), np.float64)  # (batch, time - 1, size)
    logits -= logits.max(-1, keepdims=True)
    each = np.take_along_axis(logits, ids[:, 1:, None], -1)[..., 0] - np.log(np.exp(logits).sum(-1))
    return np.asarray((each * (ids[:, 1:] != PAD)).sum(-1))


def filled(bert: Any, ids: Ids, places: Sequence[tuple[int, int]]) -> NDArray[np.float64]:
    """Return what BERT thinks of letters that are hidden one at a time: (places, size) probabilities.

    places: (row, time) of each letter that is hidden; everything else of its row is seen
    """
    rows, times = np.array(places).T
    out = []
    for first in range(0, len(rows), 512):
        some, at = rows[first : first + 512], times[first : first + 512]
        hidden = ids[some].copy()
        hidden[np.arange(len(some)), at] = MASK
        out.append(_softmax(np.asarray(bert(hidden), np.float64)[np.arange(len(some)), at]))
    return np.concatenate(out)


def write(
    gpt: Any,
    alphabet: str,
    prompt: str = "",
    count: int = 1,
    length: int = 200,
    *,
    temperature: float = 1.0,
    seed: int = 0,
) -> list[str]:
    """Let GPT go on from a prompt, `count` times; each text ends at END or after `length` letters.

    Where a text grows longer than the network has places, it sees START and the last letters only.
    """
    generator = np.random.default_rng(seed)
    ids = np.repeat(encode([prompt], alphabet, end=False), count, 0)  # (count, time)
    ask, done = _asker(gpt), np.zeros(count, bool)
    for _ in range(length):
        logits = ask(_recent(ids, gpt.longest), min(ids.shape[1], gpt.longest) - 1) / temperature
        logits[:, [PAD, START, MASK]] = -np.inf
        new = (logits + generator.gumbel(size=logits.shape)).argmax(-1)  # a draw from the softmax
        ids = np.concatenate([ids, np.where(done, PAD, new)[:, None].astype(np.int32)], 1)
        done |= new == END
        if done.all():
            break
    return [decode(row, alphabet) for row in ids]


def write_beam(gpt: Any, alphabet: str, prompt: str = "", width: int = 3, length: int = 40) -> tuple[str, float]:
    """Return the likeliest text of exactly so many more letters that a beam finds, and its log-probability in nats.

    Raises ValueError when prompt and continuation are longer than the network has places.
    """
    begun = encode([prompt], alphabet, end=False)
    if begun.shape[1] + length > gpt.longest:
        raise ValueError(f"Prompt and continuation have at most {gpt.longest - 1} letters together.")
    ask = _asker(gpt)

    def step(ids: Ids, place: int) -> Any:
        logits = ask(ids, place)
        logits[:, END] = -np.inf
        if place + 1 == begun.shape[1] + length:
            logits[:, START:] = np.where(np.arange(START, logits.shape[1]) == END, 0.0, -np.inf)
        return logits

    found, scores = beam.search(step, begun, width, length, END, never=(START, MASK))
    return prompt + decode(found[0], alphabet), float(scores[0])


def _asker(gpt: Any) -> Any:
    """Return ask(ids (rows, time), place) -> logits (rows, size); ids are padded so that a graph is made once."""
    import tensorflow as tf

    graph = tf.function(lambda ids, place: gpt(ids)[:, place])

    def ask(ids: Ids, place: int) -> Any:
        padded = np.pad(ids, ((0, 0), (0, gpt.longest - ids.shape[1])))
        return np.array(graph(tf.constant(padded), tf.constant(place)), np.float64)

    return ask


def _recent(ids: Ids, longest: int) -> Ids:
    if ids.shape[1] <= longest:
        return ids
    return np.concatenate([ids[:, :1], ids[:, 1 - longest :]], 1)


def _softmax(logits: Any) -> Any:
    e = np.exp(logits - logits.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)
