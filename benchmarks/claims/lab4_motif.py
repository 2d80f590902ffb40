"""What lab 4's DNA part says, by seeds of the places at which the pieces are cut: NumPy alone, a second or so each."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.sequences import dna, motif
from labkit.training import grids as shipped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from labkit.sequences.dna import Pieces

    Array = NDArray[np.float64]

Rows = list[dict[str, Any]]
WIDTH = {"ei": 9, "ie": 15}
SCALES = (1, 2, 4, 8, 16)
STARTS, ROUNDS, FOUND, NEAR, ALIKE = 20, 40, 0.9, 0.1, 0.75
QUERIES = {
    "scale 1": 1.0,
    "1/sqrt(9)": 1 / 3,
    "1/sqrt(36)": 1 / 6,
    "log2": 1 / np.log(2),
    "hard argmax": 1e6,
}


def of_motif(seed: int) -> Rows:
    """Find the donor's and the acceptor's pattern, in every form of the query; pieces and starts are the seed's."""
    rows = raw(seed) + [_form(name, scale, seed) for name, scale in QUERIES.items()]
    return rows + [found(kind, seed) for kind in WIDTH]


def raw(seed: int) -> Rows:
    """Feed the output itself back as the next query, 40 rounds, 20 starts; the best is chosen with the labels."""
    learned, _ = dna.pieces("ei", seed=seed).halves()
    flat = dna.windows(learned.x, WIDTH["ei"]).reshape(len(learned), -1, 4 * WIDTH["ei"])  # (N, P, 36)
    generator = np.random.default_rng(seed)
    first = flat[generator.integers(0, len(flat), STARTS), generator.integers(0, flat.shape[1], STARTS)]
    rows = []
    for scale in SCALES:
        queries = first.copy()  # (starts, 36)
        for _ in range(ROUNDS):
            weights = _softmax(scale * (flat @ queries.T))  # (N, P, starts)
            queries = np.einsum("nps,npf->sf", weights, flat, optimize=True) / len(flat)
        weights = _softmax(scale * (flat @ queries.T))
        shares = [place(weights[..., start].argmax(1), learned.border)[1] for start in range(STARTS)]
        best = int(np.argmax(shares))
        letters = "".join(dna.BASES[row.argmax()] for row in queries[best].reshape(-1, 4))
        rows.append({"what": "output fed back", "kind": "ei", "seed": seed, "scale": scale, "letters": letters,
                     "place": max(shares), "starts that find it": int(np.sum(np.array(shares) > FOUND)),
                     "starts": STARTS, "largest weight": float(weights[..., best].max(1).mean())})  # fmt: skip
    return rows


def _form(name: str, scale: float, seed: int) -> dict[str, Any]:
    """Feed log-odds back, with another factor before the softmax; the best start is the likeliest, without labels."""
    learned, _ = dna.pieces("ei", seed=seed).halves()
    one = motif.find_motif(learned.x, WIDTH["ei"], scale=scale, seed=seed)
    return {
        "what": "log-odds fed back",
        "kind": "ei",
        "seed": seed,
        "form": name,
        "letters": one.letters,
        "bits": float(motif.information(one.probabilities).sum()),
        "place": place(one.places, learned.border)[1],
        "likelihood": float(one.likelihood[-1]),
        "largest weight": float(one.weights.max(1).mean()),
    }


def found(kind: str, seed: int) -> dict[str, Any]:
    """Say all that is measured of the exact form: place, detection against "neither", both strands, likelihood."""
    width = WIDTH[kind]
    learned, held = dna.pieces(kind, seed=seed).halves()
    neither = dna.pieces("n", seed=seed)
    began = time.process_time()
    one = motif.find_motif(learned.x, width, seed=seed)
    took = time.process_time() - began
    shift, share = place(one.places, learned.border)
    matrix, base = one.matrix, one.background
    aligned = _aligned(learned, width, shift, base)
    looked, lost = motif.look(held.x, matrix), motif.look(neither.x, matrix)
    right = looked.argmax(1) - held.border == shift
    strange = ~alike(kind, len(learned))
    scores = {name: best(pieces.x, matrix) for name, pieces in (("held", held), ("neither", neither))}
    row = {
        "what": "found",
        "kind": kind,
        "seed": seed,
        "letters": str(one),
        "every letter": one.letters,
        "seconds": round(took, 3),
        "shift": shift,
        "bits": [round(float(bits), 3) for bits in motif.information(one.probabilities)],
        "correlation with the aligned matrix": float(np.corrcoef(aligned.ravel(), one.probabilities.ravel())[0, 1]),
        "place, learned": share,
        "place, held out": float(right.mean()),
        "right, held out": shipped.pack(right),
        "place, held out, without relatives": float(right[strange].mean()),
        "without relatives": int(strange.sum()),
        "place, any": 1 / looked.shape[1],
        "place, any GT": _any_gt(held) if kind == "ei" else None,
        "AUC": auc(scores["held"], scores["neither"]),
        "AUC interval": _interval(scores["held"], scores["neither"]),
        "AUC, without relatives": auc(scores["held"][strange], scores["neither"]),
        "AUC, aligned matrix": auc(*(best(part.x, np.log(aligned / base)) for part in (held, neither))),
        "AUC, other strand": auc(best(held.x[:, ::-1, ::-1], matrix), scores["neither"]),
        "AUC, other strand, interval": _interval(best(held.x[:, ::-1, ::-1], matrix), scores["neither"]),
        "largest weight, learned": float(one.weights.max(1).mean()),
        "largest weight, held out": float(looked.max(1).mean()),
        "above 0.9, held out": float((looked.max(1) > 0.9).mean()),
        "largest weight, neither": float(lost.max(1).mean()),
        "above 0.9, neither": float((lost.max(1) > 0.9).mean()),
    }
    return row | _rounds(learned, width, seed, one)


def _rounds(learned: Pieces, width: int, seed: int, one: motif.Motif) -> dict[str, Any]:
    """Say how the likelihood grows, and how many starts come near the best, after 12 rounds and after 20."""
    longer = motif.find_motif(learned.x, width, rounds=20, seed=seed)
    near = {f"starts near the best after {len(run.starts[0]) - 1}": int((run.starts[:, -1] > run.starts[:, -1].max()
            - NEAR).sum()) for run in (one, longer)}  # fmt: skip
    fall = float(np.maximum(0, -np.diff(longer.starts, axis=1)).max())
    return {"likelihood": [round(float(told), 4) for told in one.likelihood], "largest fall": fall, **near,
            "ends": [round(float(end), 3) for end in one.starts[:, -1]]}  # fmt: skip


def place(places: Any, border: Any) -> tuple[int, float]:
    """Return the most frequent distance from the border to where a pattern was found, and how frequent it is."""
    values, counts = np.unique(np.asarray(places) - border, return_counts=True)
    return int(values[counts.argmax()]), float(counts.max() / len(border))


def best(x: Array, matrix: Array) -> Array:
    """Return the score of each sequence's best window: (N,)."""
    return np.asarray((dna.windows(x, len(matrix)).reshape(len(x), -1, matrix.size) @ matrix.ravel()).max(1))


def auc(with_site: Any, without: Any) -> float:
    """Return how often a sequence with a site scores higher than one without; ties count half."""
    order = np.sort(np.asarray(without))
    below, upto = (np.searchsorted(order, with_site, side) for side in ("left", "right"))
    return float((below + upto).mean() / 2 / len(order))


def _interval(with_site: Array, without: Array, draws: int = 500) -> list[float]:
    generator = np.random.default_rng(0)
    drawn = [auc(generator.choice(with_site, len(with_site)), generator.choice(without, len(without)))
             for _ in range(draws)]  # fmt: skip
    return [float(one) for one in np.percentile(drawn, [2.5, 97.5])]


def _aligned(learned: Pieces, width: int, shift: int, base: Array) -> Array:
    """Return the shares of the letters at the true places: who knows the border needs no search."""
    inside = [x[at + shift : at + shift + width] for x, at in zip(learned.x, learned.border, strict=True)
              if 0 <= at + shift <= x.shape[0] - width]  # fmt: skip
    return np.asarray((np.sum(inside, 0) + base) / (len(inside) + 1))


def alike(kind: str, half: int) -> NDArray[np.bool_]:
    """Say which held-out sequences, whole, share at least 75% of their letters with one of the first half."""
    whole = dna.one_hot(dna.load(kind))
    flat = whole.reshape(len(whole), -1)
    return np.asarray(((flat[half:] @ flat[:half].T) / whole.shape[1]).max(1) >= ALIKE)


def _any_gt(pieces: Pieces) -> float:
    """Return how often one of the GTs of a piece, drawn at random, is the border's."""
    return float(np.mean([_share(_places(letters, "GT"), at)
                          for letters, at in zip(pieces.letters, pieces.border, strict=True)]))  # fmt: skip


def _places(letters: str, what: str) -> list[int]:
    return [at for at in range(len(letters)) if letters.startswith(what, at)]


def _share(places: Iterable[int], at: int) -> float:
    listed = list(places)
    return listed.count(at) / len(listed) if listed else 0.0


def _softmax(scores: Array) -> Array:
    e = np.exp(scores - scores.max(1, keepdims=True))
    return np.asarray(e / e.sum(1, keepdims=True))
