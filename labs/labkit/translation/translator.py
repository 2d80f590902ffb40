"""The translator of dates and numbers: its characters and batches, one step of training, greedy writing, exactness."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.base.files import path as shipped
from labkit.base.style import say
from labkit.models import checkpoint
from labkit.models.sampling import END, START, UNKNOWN
from labkit.training.fitting import buckets
from labkit.translation import dates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from labkit.translation.dates import Pair

    Ids = NDArray[np.int32]

ATTENTION, BOTTLENECK = "lab3/translator.npz", "lab3/bottleneck.npz"
SIZES: dict[str, dict[str, int]] = {
    ATTENTION: {"width": 96, "heads": 4, "hidden": 192, "blocks": 2},
    BOTTLENECK: {"embedding": 64, "units": 184},
}
LONGEST = 128  # characters of a text, at most
FIRST = 4  # the id of the first character
TOGETHER = 256  # texts that are translated at once when a model is measured


@dataclass(frozen=True)
class Translation:
    """What a model wrote, and where it looked.

    weights: for each text (blocks, heads, characters written, characters read); None: the model cannot look
    """

    sources: list[str]
    texts: list[str]
    weights: list[NDArray[np.float32]] | None


@dataclass(frozen=True)
class Exact:
    """Which of some pairs a model translated without any mistake: right (pairs,) bool."""

    pairs: list[Pair]
    written: list[str]

    @property
    def right(self) -> NDArray[np.bool_]:
        """True where every character is right."""
        return np.array([one.english == text for one, text in zip(self.pairs, self.written, strict=True)], bool)

    def share(self, *, kinds: Sequence[str] = dates.KINDS, languages: Sequence[str] = tuple(dates.LANGUAGES)) -> float:
        """Return the part that is right, of all or of some kinds and languages; NaN where there is none."""
        chosen = np.array([one.kind in kinds and one.language in languages for one in self.pairs], bool)
        return float(self.right[chosen].mean()) if chosen.any() else float("nan")

    def mistakes(self) -> list[tuple[str, str, str]]:
        """List (source, English, what was written) where these differ."""
        both = zip(self.pairs, self.written, strict=True)
        return [(one.source, one.english, text) for one, text in both if one.english != text]

    def __str__(self) -> str:
        parts = [
            f"{name} {100 * self.share(kinds=kinds):.1f}%"
            for name, kinds in (("dates", dates.DATES), ("numbers", ("number",)))
            if any(one.kind in kinds for one in self.pairs)
        ]
        return f"{', '.join(parts)} exact ({len(self.pairs)} pairs)"


def alphabet(pairs: Sequence[Pair]) -> str:
    """Collect the characters of both sides, in sorted order; their ids begin at 4."""
    return "".join(sorted({character for one in pairs for character in one.source + one.english}))


def encode(texts: Sequence[str], letters: str) -> Ids:
    """Turn texts into ids (batch, time), padded with 0."""
    ids = {character: number for number, character in enumerate(letters, FIRST)}
    out = np.zeros((len(texts), max(map(len, texts))), np.int32)
    for row, text in zip(out, texts, strict=True):
        row[: len(text)] = [ids.get(character, UNKNOWN) for character in text]
    return out


def batch(chosen: Sequence[Pair], letters: str) -> tuple[Ids, Ids]:
    """Return ids of the sources (batch, time), and of the English (batch, time) between START and END."""
    target = np.pad(encode([one.english for one in chosen], letters), ((0, 0), (1, 1)))
    target[:, 0] = START
    target[np.arange(len(chosen)), [len(one.english) + 1 for one in chosen]] = END
    return encode([one.source for one in chosen], letters), target


def batches(pairs: Sequence[Pair], letters: str, size: int, seed: int = 0) -> Iterator[tuple[Ids, Ids]]:
    """Give batches of translations of like length, epoch after epoch, without end."""
    lengths = [len(one.source) + len(one.english) for one in pairs]
    return (batch([pairs[place] for place in chosen], letters) for chosen in buckets(lengths, size, seed))


def train_step(model: Any, optimizer: Any, max_norm: float = 1.0) -> Any:
    """Make the step of a training with batches (source, target); it returns the loss in nats for each character."""
    import tensorflow as tf

    signature = [tf.TensorSpec((None, None), tf.int32)] * 2

    @tf.function(input_signature=signature)  # type: ignore[untyped-decorator,unused-ignore]
    def step(source: Any, target: Any) -> Any:
        real = tf.cast(target[:, 1:] != 0, tf.float32)
        with tf.GradientTape() as tape:
            logits = model((source, target[:, :-1]), training=True)
            each = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=target[:, 1:], logits=logits)
            loss = tf.reduce_sum(each * real) / tf.reduce_sum(real)
        gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, model.trainable_variables), max_norm)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        return loss

    return step


class Translator:
    """A network and its alphabet: it translates texts.

    cross_attention: a function (x, memory, W_q, W_k, W_v, W_o, num_heads, mask) -> (output, weights) that takes the
    place of the network's own; it is called with tensors for one new character at a time, x (batch, 1, d_model)
    """

    def __init__(self, network: Any, letters: str) -> None:
        self.network, self.letters = network, letters

    def translate(self, texts: Sequence[str] | str, cross_attention: Callable[..., Any] | None = None) -> Translation:
        """Translate texts, always writing the likeliest character next; one string counts as one text."""
        sources = [dates.plain(text) for text in ([texts] if isinstance(texts, str) else texts)]
        if strange := [text for text in sources if not 0 < len(text) <= LONGEST]:
            raise ValueError(f"A text must have 1 to {LONGEST} characters; {strange[0]!r} has {len(strange[0])}.")
        if not sources:
            return Translation([], [], None)
        ids, looks = _write(self.network, encode(sources, self.letters), cross_attention)
        lengths = [int(np.argmax(row == END)) if (row == END).any() else len(row) for row in ids]
        shown = " " * FIRST + self.letters  # what is no character is written as a space
        written = ["".join(shown[one] for one in row[:length]) for row, length in zip(ids, lengths, strict=True)]
        if looks is None:
            return Translation(sources, written, None)
        sizes = zip(looks, lengths, sources, strict=True)
        return Translation(sources, written, [one[..., :length, : len(source)] for one, length, source in sizes])

    def parameters(self) -> int:
        """Count the numbers that training changes."""
        return int(self.network.count_params())


def _write(network: Any, source: Ids, cross_attention: Any) -> tuple[Ids, NDArray[np.float32] | None]:
    """Write greedily until every row has ended: ids (batch, time), weights (batch, blocks, heads, time, time read)."""
    import tensorflow as tf

    state = network.read(tf.constant(source))
    before = np.full((len(source), 1), START, np.int32)
    ids: list[Ids] = []
    looks: list[Any] = []
    running = np.ones(len(source), bool)
    while running.any() and len(ids) < LONGEST:
        logits, look, state = network.write(tf.constant(before), state, cross_attention)
        before = np.argmax(logits[:, -1], axis=-1).astype(np.int32)[:, None]
        ids.append(before)
        looks.append(look)
        running &= before[:, 0] != END
    if looks[0] is None:
        return np.concatenate(ids, 1), None
    blocks = [np.concatenate([look[block] for look in looks], axis=2) for block in range(len(looks[0]))]
    return np.concatenate(ids, 1), np.stack(blocks, axis=1)


def exact(model: Translator, pairs: Sequence[Pair], cross_attention: Callable[..., Any] | None = None) -> Exact:
    """Translate the sources of some pairs, and compare with their English."""
    order = sorted(range(len(pairs)), key=lambda place: len(pairs[place].english))
    written = [""] * len(pairs)
    for start in range(0, len(order), TOGETHER):
        places = order[start : start + TOGETHER]
        texts = model.translate([pairs[place].source for place in places], cross_attention).texts
        for place, text in zip(places, texts, strict=True):
            written[place] = text
    return Exact(list(pairs), written)


def make(letters: str, name: str = ATTENTION, sizes: dict[str, int] | None = None) -> Translator:
    """Make a translator that has learned nothing yet; name: ATTENTION or BOTTLENECK."""
    from labkit.translation import networks

    kind = networks.Bottleneck if name == BOTTLENECK else networks.Attention
    network = kind(len(letters) + FIRST, **(sizes or SIZES[name]))
    network((np.ones((1, 2), np.int32), np.ones((1, 2), np.int32)))
    return Translator(network, letters)


def save(path: Path, model: Translator, about: dict[str, Any]) -> None:
    """Write a translator's weights and alphabet, and what is to be said about it ("sizes" among it)."""
    checkpoint.save(path, model.network, {**about, "alphabet": model.letters})


def load(*, bottleneck: bool = False, path: Path | None = None) -> Translator:
    """Load the shipped translator with attention, or the one with the bottleneck; say how good it is."""
    name = BOTTLENECK if bottleneck else ATTENTION
    about, arrays = checkpoint.read(path or shipped(name))
    model = make(about["alphabet"], name, about["sizes"])
    checkpoint.assign(model.network, arrays)
    if path is None:
        say(
            f"Shipped weights of the translator with {'the bottleneck' if bottleneck else 'attention'} (data/{name}): "
            f"{model.parameters():,} numbers, {about['cpu_seconds'] / 120:.3g} minutes on 2 cores; "
            f"held-out dates {100 * about['exact_dates']:.1f}% exact, numbers {100 * about['exact_numbers']:.1f}%."
        )
    return model
