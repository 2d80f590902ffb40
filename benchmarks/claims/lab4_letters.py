"""Measures lab 4's networks of letters: who fills in hidden letters, the cheat, what is written, BERT's real use."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf

from benchmarks.claims import lab4_beyond_recipes as recipes
from benchmarks.claims.lab4_measures import Likelihoods, Rows, compared, counted, interval, weights_of
from labkit import weights
from labkit.base.files import path
from labkit.models import beam
from labkit.sequences import letters, proteins

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ids = NDArray[np.int32]

EACH = {"english": 4, "proteins": 8}  # letters that are hidden in each window or protein, one at a time
SIDE = 6  # letters of English that every hidden one has at both sides
SEEN = (1, 2, 3, 5)  # letters of the right side, where only some are scored
VIEWS = {"4 left": (4, 0), "4 right": (0, 4), "2 + 2": (2, 2), "6 left": (6, 0), "3 + 3": (3, 3)}
PROMPT, LENGTH, WRITTEN, LONG = 16, 48, 100, 200  # letters; texts; letters of a long text


@cache
def shipped(objective: str, text: str) -> Any:
    """Load a shipped network."""
    return (weights.load_gpt if objective == "gpt" else weights.load_bert)(text)


def rows_of(text: str) -> Ids:
    """Return the held-out ids: windows of 64 letters with START, or proteins with START and END."""
    return (
        recipes.english_rows("test", letters.WINDOW)
        if text == "english"
        else recipes.protein_rows(proteins.load("test"))
    )


def places_of(ids: Ids, each: int, side: int) -> NDArray[np.int64]:
    """Draw `each` letters of every row, with `side` letters at both sides: (N, 2), row and place."""
    generator, found = np.random.default_rng(1), []
    for row, one in enumerate(ids):
        inside = np.flatnonzero(one >= letters.FIRST)[side : -side or None]
        found += [(row, place) for place in sorted(generator.choice(inside, each, replace=False))]
    return np.array(found)


def tried(gpt: Any, ids: Ids, places: NDArray[np.int64], alphabet: str) -> dict[str, NDArray[np.int64]]:
    """Let GPT fill in each place: from the left, and by trying every letter and scoring what follows.

    Returns the guesses (N,) by how many letters of the right side were scored: "left", "1", .. and "all".
    """
    likelihoods, size = Likelihoods(gpt), len(alphabet)
    guesses: dict[str, list[NDArray[np.int64]]] = {"left": [], **{str(seen): [] for seen in SEEN}, "all": []}
    for some in np.array_split(places, max(1, len(places) // 190)):
        rows = np.repeat(ids[some[:, 0]], size, 0)  # (some * size, time)
        at = np.repeat(some[:, 1], size)
        rows[np.arange(len(rows)), at] = np.tile(np.arange(letters.FIRST, letters.FIRST + size), len(some))
        logs = likelihoods.next_ids(rows) * (rows[:, 1:] != letters.PAD)
        after = np.arange(1, rows.shape[1]) - at[:, None]  # 0 where the letter itself is scored
        for name, found in guesses.items():
            last = {"left": 0, "all": rows.shape[1]}.get(name) or int(name if name.isdigit() else 0)
            score = (logs * ((after >= 0) & (after <= last))).sum(1).reshape(-1, size)
            found.append(score.argmax(1) + letters.FIRST)
    return {name: np.concatenate(found) for name, found in guesses.items()}


def flat(ids: Ids) -> NDArray[np.int64]:
    """Write rows behind each other with borders of 0 between them; letters become 1, 2, .."""
    wide = np.pad(ids, ((0, 0), (SIDE, SIDE)))
    return np.maximum(wide - letters.FIRST + 1, 0).ravel().astype(np.int64)


def by_counting(train: NDArray[np.int64], ids: Ids, places: NDArray[np.int64], truth: Any) -> dict[str, Any]:
    """Fill in by counting, with several views, and with the most frequent letter."""
    tested, wide = flat(ids), ids.shape[1] + 2 * SIDE
    at = places[:, 0] * wide + SIDE + places[:, 1]
    most = np.bincount(train[train > 0]).argmax()
    right = {"the most frequent letter": most + letters.FIRST - 1 == truth}
    for name, view in VIEWS.items():
        right[f"counting, {name}"] = counted(train, tested, at, *view) + letters.FIRST - 1 == truth
    return right


def filled_in(text: str) -> tuple[dict[str, Any], NDArray[np.int64], dict[str, NDArray[np.int64]]]:
    """Hide letters one at a time and let everyone guess: who -> (N,) bool, the places, and GPT's guesses."""
    alphabet, ids = (letters.ENGLISH, rows_of(text)) if text == "english" else (proteins.AMINO, rows_of(text))
    places = places_of(ids, EACH[text], SIDE if text == "english" else 0)
    truth = ids[places[:, 0], places[:, 1]]
    if text == "english":
        train = flat(letters.encode([letters.english("train")], alphabet, end=False))
    else:
        train = flat(recipes.protein_rows(proteins.load("train")))
    right = by_counting(train, ids, places, truth)
    bert = letters.filled(shipped("bert", text), ids, [(int(row), int(place)) for row, place in places])
    right["BERT"] = bert[:, letters.FIRST :].argmax(1) + letters.FIRST == truth
    guesses = tried(shipped("gpt", text), ids, places, alphabet)
    right["GPT, from the left"] = guesses["left"] == truth
    for seen in SEEN:
        right[f"GPT, by trying, {seen} of the right side"] = guesses[str(seen)] == truth
    right["GPT, by trying"] = guesses["all"] == truth
    return right, places, guesses


FILLED_PAIRS = [
    ("BERT", "GPT, from the left"),
    ("GPT, by trying", "GPT, from the left"),
    ("GPT, by trying", "BERT"),
    ("counting, 2 + 2", "counting, 4 left"),
    ("counting, 3 + 3", "counting, 6 left"),
]


def hidden_english(seed: int) -> Rows:
    """Fill in English, one hidden letter at a time."""
    del seed
    right, places, _ = filled_in("english")
    rows = compared(right, FILLED_PAIRS, places[:, 0])
    return rows + bits_per_letter("english") + weights_of(weights.GPT["english"], weights.BERT["english"])


def bits_per_letter(text: str) -> Rows:
    """Measure GPT's bits per letter on held-out rows (of a protein's END, too)."""
    ids = recipes.english_rows("test", letters.WINDOW + 1) if text == "english" else rows_of(text)
    logs, real = Likelihoods(shipped("gpt", text)).next_ids(ids), ids[:, 1:] != letters.PAD
    group = np.repeat(np.arange(len(ids)), real.sum(1))
    return [{"who": "GPT, bits per letter", **interval(-logs[real] / recipes.BITS, group)}]


def hidden_proteins(seed: int) -> Rows:
    """Fill in WW domains; also: how often GPT says the same by trying as from the left, and what the place says."""
    del seed
    right, places, guesses = filled_in("proteins")
    ids, train = rows_of("proteins"), recipes.protein_rows(proteins.load("train"))
    column = np.array([np.bincount(one[one >= letters.FIRST], minlength=1).argmax() for one in train.T])
    right["the most frequent letter of this place"] = column[places[:, 1]] == ids[places[:, 0], places[:, 1]]
    same = guesses["left"] == guesses["all"]
    rows = compared(right, FILLED_PAIRS, places[:, 0])
    rows.append({"who": "GPT says the same by trying as from the left", **interval(same, places[:, 0])})
    return rows + bits_per_letter("proteins") + weights_of(weights.GPT["proteins"], weights.BERT["proteins"])


def equal_targets(seed: int) -> Rows:
    """Read WW domains: GPT and BERT after so many steps that GPT was asked about as many letters as the shipped BERT.

    BERT is asked about 15% of the letters of a step, GPT about all.
    """
    ids, about = rows_of("proteins"), weights.read(path(weights.BERT["proteins"]))[0]
    places = places_of(ids, EACH["proteins"], 0)
    truth, steps = ids[places[:, 0], places[:, 1]], round(0.15 * about["steps"])
    rows: Rows = [{"who": "BERT, shipped", "steps": about["steps"], "kept": about["best_step"]}]
    networks = {"BERT, shipped": shipped("bert", "proteins")}
    for name, objective in (("GPT, as many targets", "gpt"), ("BERT, GPT's steps", "bert")):
        networks[name], course = recipes.letter_model("proteins", objective, steps, seed)
        rows.append({"who": name, "steps": steps, "cpu_seconds": round(course.cpu_seconds, 1)})
    right = {}
    for name, network in networks.items():
        if network.causal:
            logits = np.concatenate([np.asarray(network(ids[at : at + 200])) for at in range(0, len(ids), 200)])
            found = logits[places[:, 0], places[:, 1] - 1]
        else:
            found = letters.filled(network, ids, [(int(row), int(place)) for row, place in places])
        right[name] = found[:, letters.FIRST :].argmax(1) + letters.FIRST == truth
    pairs = [("BERT, GPT's steps", "GPT, as many targets"), ("BERT, shipped", "GPT, as many targets")]
    return rows + compared(right, pairs, places[:, 0]) + weights_of(weights.BERT["proteins"])


# --- the cheat --------------------------------------------------------------------------------------------------------

CHEAT_STEPS, PREFIXES = 600, (8, 16, 32, 48, 63)
BEGINNINGS = ("it is a truth universally ", "she was ", "the letter ")


def cheat(seed: int) -> Rows:
    """Train with the next letter as target and a mask that shows it: its loss, what it knows, what it writes."""
    network, course = recipes.letter_model("english", "cheat", CHEAT_STEPS, seed)
    gpt, ids = shipped("gpt", "english"), recipes.english_rows("test", letters.WINDOW + 1)
    rows: Rows = [{"who": "cheat", "step": step, "bits": round(bits, 4)} for step, bits in course.checks]
    rows += [
        {"who": "GPT", "step": step, "bits": bits}
        for step, bits in weights.read(path(weights.GPT["english"]))[0]["checks"]
    ]
    rows.append({"who": "cheat", "cpu_seconds": round(course.cpu_seconds, 1)})
    ahead, right = {}, {}
    for name, one in (("cheat", network), ("GPT", gpt)):
        likelihoods = Likelihoods(one)
        whole = -likelihoods.next_ids(ids) / recipes.BITS
        rows.append({"who": f"{name}, bits per letter, the whole window before it", **interval(whole.mean(1))})
        logs = np.stack([likelihoods.at(ids[:, : place + 1], place) for place in PREFIXES], 1)  # (rows, 5, size)
        true = np.take_along_axis(logs, ids[:, np.array(PREFIXES) + 1, None], -1)[..., 0]
        ahead[f"{name}, bits of the next letter without the future"] = (-true / recipes.BITS).mean(1)
        guess = logs[..., letters.FIRST :].argmax(-1) + letters.FIRST
        right[f"{name}, next letter right without the future"] = (guess == ids[:, np.array(PREFIXES) + 1]).mean(1)
    for values in (ahead, right):
        rows += compared(values, [tuple(values)])  # type: ignore[list-item]
    for name, one in (("cheat", network), ("GPT", gpt)):
        for begin in BEGINNINGS:
            text = letters.write(one, letters.ENGLISH, begin, length=120, temperature=0.8, seed=seed)[0]
            rows.append({"who": name, "prompt": begin, "writes": text})
    return rows + weights_of(weights.GPT["english"])


# --- beam and sampling ------------------------------------------------------------------------------------------------


def repeated(text: str, size: int = 8) -> float:
    """Return the share of pieces of `size` letters that stand earlier in the same text."""
    pieces = [text[at : at + size] for at in range(len(text) - size + 1)]
    return 1 - len(set(pieces)) / len(pieces)


def continued(gpt: Any, begun: Ids, width: int) -> Ids:
    """Continue by LENGTH letters with a beam; greedy is width 1."""
    graph = tf.function(lambda ids, place: gpt(ids)[:, place])

    def ask(ids: Ids, place: int) -> Any:
        logits = np.array(graph(tf.constant(ids), tf.constant(place)), np.float64)
        logits[:, letters.END] = -np.inf
        if place + 1 == begun.shape[1] + LENGTH:
            logits[:] = np.where(np.arange(logits.shape[1]) == letters.END, 0.0, -np.inf)  # ending costs nothing
        return logits

    found, _ = beam.search(ask, begun, width, LENGTH, letters.END, never=(letters.START, letters.MASK))
    return np.concatenate([begun, found], 1)


def drawn(gpt: Any, begun: Ids, length: int, temperature: float) -> Ids:
    """Continue by `length` drawn letters; where a text is longer than the network has places, it sees the last ones."""
    generator, ids, likelihoods = np.random.default_rng(0), begun, Likelihoods(gpt)
    for _ in range(length):
        seen = ids if ids.shape[1] <= gpt.longest else np.concatenate([ids[:, :1], ids[:, 1 - gpt.longest :]], 1)
        padded = np.pad(seen, ((0, 0), (0, gpt.longest - seen.shape[1])))
        logs = likelihoods.at(padded, seen.shape[1] - 1) / temperature
        logs[:, : letters.FIRST] = -np.inf
        new = (logs + generator.gumbel(size=logs.shape)).argmax(1)
        ids = np.concatenate([ids, new[:, None].astype(np.int32)], 1)
    return ids


def written(seed: int) -> Rows:
    """Continue 100 beginnings of 16 held-out letters by 48: beams and drawing; then 200 letters, greedy and drawn."""
    del seed
    gpt, ids = shipped("gpt", "english"), rows_of("english")[:: len(rows_of("english")) // WRITTEN][:WRITTEN]
    begun = ids[:, : 1 + PROMPT]
    texts = {
        "Austen": ids,
        "greedy": continued(gpt, begun, 1),
        "beam 3": continued(gpt, begun, 3),
        "beam 10": continued(gpt, begun, 10),
        "drawn, T = 1": drawn(gpt, begun, LENGTH, 1.0),
        "drawn, T = 0.7": drawn(gpt, begun, LENGTH, 0.7),
    }
    likelihoods = Likelihoods(gpt)
    bits = {name: -likelihoods.next_ids(one)[:, PROMPT:].mean(1) / recipes.BITS for name, one in texts.items()}
    pairs = [("beam 3", "greedy"), ("beam 10", "greedy"), ("beam 3", "Austen"), ("drawn, T = 1", "Austen")]
    rows = compared(bits, pairs, measure="bits per letter written")
    again = {name: [repeated(letters.decode(row, letters.ENGLISH)) for row in one] for name, one in texts.items()}
    rows += compared(again, pairs, measure="repeated pieces of 8 letters, of 64")
    for name, one in texts.items():
        rows += [{"who": name, "text": letters.decode(row, letters.ENGLISH)} for row in one[:3]]
    return rows + long_texts(gpt) + weights_of(weights.GPT["english"])


def long_texts(gpt: Any) -> Rows:
    """Write 200 letters after each of 40 beginnings, and count what is written twice."""
    text = letters.english("test")
    real = [text[at : at + PROMPT + LONG] for at in np.linspace(0, len(text) - LONG - PROMPT, 40).astype(int)]
    begun = letters.encode([one[:PROMPT] for one in real], letters.ENGLISH, end=False)
    again = {"Austen": real}
    for name, temperature in (("greedy", 1e-6), ("drawn, T = 0.7", 0.7), ("drawn, T = 1", 1.0)):
        again[name] = [letters.decode(row, letters.ENGLISH) for row in drawn(gpt, begun, LONG, temperature)]
    shares = {name: [repeated(one) for one in texts] for name, texts in again.items()}
    rows = compared(
        shares, [("greedy", "Austen"), ("drawn, T = 0.7", "Austen")], measure="repeated pieces of 8, of 209"
    )
    return rows + [{"who": name, "text": texts[0]} for name, texts in again.items()]
