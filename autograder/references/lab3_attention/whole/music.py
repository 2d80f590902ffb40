"""Oracle of lab 3's music Transformer: what its probe sees, with stand-ins for any of the earlier exercises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.references import ways
from autograder.references.lab3_attention.block.layer import block_weights
from autograder.references.lab3_attention.whole import parts
from autograder.references.lab3_attention.whole.music_wrong import WRONG
from autograder.references.lab3_attention.whole.parts import Earlier, seen, whole
from autograder.references.reference import Drawn, Reference
from labkit.checks.cases import More
from labkit.checks.lab3_attention.block_probes import WEIGHTS
from labkit.checks.lab3_attention.whole_probes import Sizes, groups

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.random import Generator

Array = np.ndarray[Any, np.dtype[Any]]

# The fakes that take the places of earlier exercises, and what each computes.
FAKES: dict[str, tuple[str, dict[str, Any]]] = {
    "TransformerBlock": ("lab3_attention.whole_fakes.blunt_block", {"block": parts.blunt_block}),
    "positional_encoding": ("lab3_attention.whole_fakes.crooked_positions", {"positions": parts.crooked_positions}),
    "causal_mask": ("lab3_attention.whole_fakes.short_past", {"past": parts.short_past}),
}


def _weights(rng: Generator, sizes: Sizes) -> list[Array]:
    """Draw weights in the order of `whole_probes`: those below the blocks, the blocks, those above."""
    d_model = sizes.d_model
    below = [
        rng.normal(0, 0.6, size=(sizes.vocabulary_size, d_model)),
        rng.normal(0, 0.6, size=(sizes.near, d_model, d_model)),
        rng.normal(0, 0.4, size=d_model),
    ]
    above = [
        rng.normal(1.0, 0.5, size=d_model),
        rng.normal(0, 0.5, size=d_model),
        rng.normal(0, 0.7, size=(d_model, sizes.vocabulary_size)),
        rng.normal(0, 0.5, size=sizes.vocabulary_size),
    ]
    stack = [list(block_weights(rng, d_model, sizes.d_ff).values()) for _ in range(sizes.blocks)]
    flat = [*below, *(one for own in stack for one in own), *above]
    return [np.asarray(one, np.float32).round(3) for one in flat]


def music_case(
    rng: Generator, sizes: Sizes, ids: Array | None = None, shape: tuple[int, int] = (1, 1)
) -> dict[str, Any]:
    """Draw ids (batch, time), 0 for padding among them, where none are given, and weights."""
    drawn = rng.integers(0, sizes.vocabulary_size, size=shape) if ids is None else ids
    return {**sizes._asdict(), "ids": np.asarray(drawn, np.int32), "weights": _weights(rng, sizes)}


def _dropping(rng: Generator, dropout: float, time: int) -> dict[str, Any]:
    """Draw a network in which dropout can drop one number of each block, so that few results are possible.

    W_o and the kernel of dense_2 are zero, of its bias one number is left.
    """
    sizes = Sizes(4, 4, 2, 2, 2, 2, dropout)
    case = music_case(rng, sizes, shape=(1, time))
    zero = {"W_o", "dense_2.kernel", "dense_2.bias"}
    for number in range(sizes.blocks):
        for place, name in enumerate(WEIGHTS, 3 + number * len(WEIGHTS)):
            if name in zero:
                case["weights"][place] = np.zeros_like(case["weights"][place])
            if name == "dense_2.bias":
                case["weights"][place][2 * number] = np.float32(round(float(rng.uniform(0.8, 1.5)), 2))
    return case


def _draw(rng: Generator) -> list[Drawn]:
    heads, time = int(rng.integers(2, 4)), int(rng.integers(4, 6))
    small = Sizes(5, 4, 2, 3, 2, 2, 0.0)
    first = music_case(rng, small, shape=(2, time))
    future = first["ids"].copy()
    future[:, -1] = (future[:, -1] + rng.integers(1, 5)) % 5
    share = [float(one) for one in rng.choice((0.4, 0.45, 0.55, 0.6), size=2, replace=False)]
    drawn = [
        (first, "two blocks"),
        (first | {"ids": future}, "the same, another last character"),
        (music_case(rng, Sizes(4, 2 * heads, heads, 4, 1, 3, 0.0), shape=(1, 4)), "one block"),
        (music_case(rng, Sizes(3, 2, 1, 2, 3, 1, 0.0), shape=(3, 2)), "three blocks, near=1"),
        (_dropping(rng, share[0], 1), "dropout"),
        (_dropping(rng, share[1], 2), "dropout, two steps"),
        (music_case(rng, small, np.array([[3, 1, 4, 0, 0, 0], [2, 2, 1, 4, 3, 0]])), "padding behind the tunes"),
    ]
    # The public table has the first two with fakes, too: whether `training` is handed on must be among them.
    return [drawn[0], drawn[5], *drawn[1:5], drawn[6]]


def _trained(rng: Generator, once: Callable[..., Array], arguments: Mapping[str, Any]) -> More:
    """Say what comes of the probe `labkit.checks.lab3_attention.whole_probes.music_trained`."""
    sizes = Sizes(*(arguments[name] for name in Sizes._fields))
    ids, own = arguments["ids"], arguments["weights"]
    others, more = _weights(rng, sizes), (len(ids), ids.shape[1] + 2)
    other_ids, longer = (rng.integers(0, sizes.vocabulary_size, size=one).astype(np.int32) for one in (ids.shape, more))
    value, last = once(sizes, ids, own), once(sizes, longer, others)
    sums, longer_sums = ways.weigh(rng, [value]), ways.weigh(rng, [last])
    rows = [np.concatenate([one.ravel() for one in group]) for group in groups(own)]
    directions, slopes = ways.along(rng, lambda moved: ways.total([once(sizes, ids, _shaped(moved, own))], sums), rows)
    whole_sum = round(ways.total([value], sums), 6)
    asked = {
        "directions": directions,
        "sums": sums,
        "others": others,
        "other_ids": other_ids,
        "longer": longer,
        "longer_sums": longer_sums,
    }
    again = round(ways.total([once(sizes, other_ids, others)], sums), 6)
    return More(
        asked,
        {
            "other_object": whole_sum,
            "training_unsaid": round(ways.total([once(sizes, ids, others)], sums), 6),
            "in_graph": whole_sum,
            "gradient": np.round(slopes, 5),
            "again": np.array([again, round(ways.total([last], longer_sums), 6)]),  # traced, and not
        },
    )


def _shaped(rows: Sequence[Array], weights: Sequence[Array]) -> list[Array]:
    """Undo the rows of `groups`: give each weight its shape again."""
    numbers, found = np.concatenate(list(rows)), []
    for one in weights:
        found.append(numbers[: one.size].reshape(one.shape))
        numbers = numbers[one.size :]
    return found


@dataclass(frozen=True)
class Assembled(Reference):
    """The oracle of the network, which calls three earlier exercises: fakes may stand for any of them."""

    @property
    def groups(self) -> list[frozenset[str]]:
        """Each earlier exercise alone, and all of them; in grading any of them together."""
        return [*(frozenset({name}) for name in FAKES), frozenset(FAKES)]

    def with_stand_ins(self, names: frozenset[str]) -> tuple[dict[str, str], Callable[..., Any]]:
        """Return the fakes of any of the earlier exercises."""
        given = {name: fake for name, (fake, _) in FAKES.items() if name in names}
        changed = {part: made for name in given for part, made in FAKES[name][1].items()}
        return given, seen(whole, Earlier(**changed))


REFERENCES: dict[str, Reference] = {
    "MusicTransformer": Assembled(
        correct=seen(whole),
        draw=_draw,
        ways=_trained,
        asked=("two blocks",),
        # A second round tells again, with other numbers, what the order of the steps is; the rest hangs on no number.
        once=("one block", "three blocks, near=1", "dropout", "dropout, two steps", "padding behind the tunes"),
        wrong={key: seen(formula) for key, formula in WRONG.items()},
        shown=2,
    ),
}
