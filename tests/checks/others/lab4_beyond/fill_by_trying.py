import functools
import math
from collections import Counter

import numpy as np

SHOWN = {}  # name: (kind, what is wrong, input on which it shows)
HOW = {}  # where comparing plain values is not enough: "argument" (changed), ("state", first input)


def _score(seed=0, times=10.0, shift=-300.0):
    """A number for each whole sequence, by its ids and their order."""

    def score(ids):
        assert isinstance(ids, list)
        return float(np.random.default_rng([seed, len(ids), *[int(i) for i in ids]]).normal() * times + shift)

    return score


def _table(ids, place, scores, once=False):
    """Scores by candidate, for the sequence ids with the candidate at place; anything else is most improbable."""
    seen = []

    def score(s):
        s = list(s)
        if once:
            assert s not in seen, "score was called again"
            seen.append(s)
        rest = s[:place] + s[place + 1 :]
        if len(s) == len(ids) and rest == ids[:place] + ids[place + 1 :] and s[place] in scores:
            return scores[s[place]]
        return -1e6 - sum(s)

    return score


def _in(scores, ids=(5, 6, 7, 8), place=2, once=False):
    ids = list(ids)
    return dict(score=_table(ids, place, scores, once), ids=ids, place=place, candidates=list(scores))


def _random(length, place, count, seed=0, **more):
    rng = np.random.default_rng(seed)
    ids = [int(i) for i in rng.integers(0, 1000, size=length)]
    candidates = [int(i) for i in rng.permutation(1000)[:count]]
    return dict(score=_score(seed, **more), ids=ids, place=place, candidates=candidates)


# ---------------------------------------------------------------- wrong: natural


def fill_by_trying__w01_smallest(score, ids, place, candidates):
    return min(candidates, key=lambda c: score(ids[:place] + [c] + ids[place + 1 :]))


SHOWN["fill_by_trying__w01_smallest"] = (
    "natural",
    "takes the log-probability for a loss: the smallest score",
    lambda: _in({3: -40.0, 4: -20.0, 9: -30.0}),
)


def fill_by_trying__w02_index(score, ids, place, candidates):
    scores = []
    for c in candidates:
        trial = ids.copy()
        trial[place] = c
        scores.append(score(trial))
    return int(np.argmax(scores))


SHOWN["fill_by_trying__w02_index"] = (
    "natural",
    "returns the index of the candidate instead of the candidate",
    lambda: _in({3: -40.0, 4: -20.0, 9: -30.0}),
)


def fill_by_trying__w03_inserts(score, ids, place, candidates):
    return max(candidates, key=lambda c: score(ids[:place] + [c] + ids[place:]))


SHOWN["fill_by_trying__w03_inserts"] = (
    "natural",
    "inserts the candidate before what stands at place",
    lambda: _in({3: -40.0, 4: -20.0, 9: -30.0}),
)


def fill_by_trying__w04_returns_score(score, ids, place, candidates):
    return max(score(ids[:place] + [c] + ids[place + 1 :]) for c in candidates)


SHOWN["fill_by_trying__w04_returns_score"] = (
    "natural",
    "returns the best score instead of the candidate",
    lambda: _in({3: -40.0, 4: -20.0, 9: -30.0}),
)


def fill_by_trying__w05_best_starts_at_0(score, ids, place, candidates):
    best, best_score = None, 0.0
    for c in candidates:
        trial = list(ids)
        trial[place] = c
        s = score(trial)
        if s > best_score:
            best, best_score = c, s
    return best


SHOWN["fill_by_trying__w05_best_starts_at_0"] = (
    "natural",
    "the best score starts at 0, which no log-probability exceeds: None",
    lambda: _in({3: -40.0, 4: -20.0, 9: -30.0}),
)


def fill_by_trying__w06_left_context_only(score, ids, place, candidates):
    return max(candidates, key=lambda c: score(ids[:place] + [c]))


SHOWN["fill_by_trying__w06_left_context_only"] = (
    "natural",
    "scores the sequence up to the gap only",
    lambda: _in({3: -40.0, 4: -20.0, 9: -30.0}),
)


def fill_by_trying__w07_gap_removed(score, ids, place, candidates):
    rest = ids[:place] + ids[place + 1 :]
    return max(candidates, key=lambda c: score(rest + [c]))


SHOWN["fill_by_trying__w07_gap_removed"] = (
    "natural",
    "takes the gap out and puts the candidate at the end",
    lambda: _in({3: -40.0, 4: -20.0, 9: -30.0}),
)


def fill_by_trying__w08_place_from_1(score, ids, place, candidates):
    return max(candidates, key=lambda c: score(ids[: place - 1] + [c] + ids[place:]))


SHOWN["fill_by_trying__w08_place_from_1"] = (
    "natural",
    "counts places from 1: fills the place before the gap",
    lambda: _in({3: -40.0, 4: -20.0, 9: -30.0}),
)


def fill_by_trying__w09_last_left_out(score, ids, place, candidates):
    best = candidates[0]
    best_score = score(ids[:place] + [best] + ids[place + 1 :])
    for k in range(1, len(candidates) - 1):
        s = score(ids[:place] + [candidates[k]] + ids[place + 1 :])
        if s > best_score:
            best, best_score = candidates[k], s
    return best


SHOWN["fill_by_trying__w09_last_left_out"] = (
    "natural",
    "does not try the last candidate",
    lambda: _in({3: -40.0, 4: -20.0, 9: -10.0}),
)


def fill_by_trying__w10_calls_twice(score, ids, place, candidates):
    best = candidates[0]
    for c in candidates[1:]:
        if score(ids[:place] + [c] + ids[place + 1 :]) > score(ids[:place] + [best] + ids[place + 1 :]):
            best = c
    return best


SHOWN["fill_by_trying__w10_calls_twice"] = (
    "natural",
    "asks for the score of the best one again and again: more than one call for a candidate",
    lambda: _in({3: -40.0, 4: -20.0, 9: -30.0}, once=True),
)


# ---------------------------------------------------------------- wrong: subtle


def fill_by_trying__w11_best_starts_at_minus_100(score, ids, place, candidates):
    best, best_score = candidates[0], -100.0
    for c in candidates:
        s = score(ids[:place] + [c] + ids[place + 1 :])
        if s > best_score:
            best, best_score = c, s
    return best


SHOWN["fill_by_trying__w11_best_starts_at_minus_100"] = (
    "subtle",
    "the best score starts at -100: long sequences lie below, and the first candidate stays",
    lambda: _in({3: -340.0, 4: -320.0, 9: -330.0}),
)


def fill_by_trying__w12_in_place(score, ids, place, candidates):
    scores = []
    for c in candidates:
        ids[place] = c
        scores.append(score(ids))
    return candidates[int(np.argmax(scores))]


SHOWN["fill_by_trying__w12_in_place"] = (
    "use",
    "writes into its argument ids and leaves the last candidate there",
    lambda: _in({3: -40.0, 4: -20.0, 9: -30.0}),
)
HOW["fill_by_trying__w12_in_place"] = "argument"


def fill_by_trying__w13_probabilities(score, ids, place, candidates):
    p = [math.exp(score(ids[:place] + [c] + ids[place + 1 :])) for c in candidates]
    return candidates[int(np.argmax(p))]


SHOWN["fill_by_trying__w13_probabilities"] = (
    "subtle",
    "compares exp(score): 0 for all below -745, and the first candidate wins",
    lambda: _in({3: -940.0, 4: -920.0, 9: -930.0}),
)


def fill_by_trying__w14_candidate_0_is_false(score, ids, place, candidates):
    best, best_score = None, None
    for c in candidates:
        s = score(ids[:place] + [c] + ids[place + 1 :])
        if not best or s > best_score:
            best, best_score = c, s
    return best


SHOWN["fill_by_trying__w14_candidate_0_is_false"] = (
    "subtle",
    "`not best` also when the best so far is the id 0: the next one replaces it",
    lambda: _in({3: -40.0, 0: -20.0, 9: -30.0}),
)


def fill_by_trying__w15_all_equal_ids(score, ids, place, candidates):
    gap = ids[place]
    return max(candidates, key=lambda c: score([c if i == gap else i for i in ids]))


SHOWN["fill_by_trying__w15_all_equal_ids"] = (
    "subtle",
    "replaces every id that equals the one at place",
    lambda: _in({3: -30.0, 4: -40.0, 9: -20.0}, ids=(7, 6, 7, 8), place=2),
)


def fill_by_trying__w16_present_one_skipped(score, ids, place, candidates):
    best, best_score = None, -math.inf
    for c in candidates:
        if c == ids[place] and len(candidates) > 1:
            continue  # nothing would change
        s = score(ids[:place] + [c] + ids[place + 1 :])
        if s > best_score:
            best, best_score = c, s
    return best


SHOWN["fill_by_trying__w16_present_one_skipped"] = (
    "subtle",
    "does not try the candidate that stands at place already",
    lambda: _in({3: -40.0, 7: -20.0, 9: -30.0}),
)


def fill_by_trying__w17_array(score, ids, place, candidates):
    scores = []
    for c in candidates:
        trial = np.array(ids)
        trial[place] = c
        scores.append(score(trial))
    return candidates[int(np.argmax(scores))]


def _with_end(s):
    s = [1] + s + [2]  # a model that puts its own start and end around the list
    return -300.0 - abs(s[3] - 6.4)


SHOWN["fill_by_trying__w17_array"] = (
    "subtle",
    "gives score an array instead of a list: [1] + ids + [2] adds instead of joining",
    lambda: dict(score=_with_end, ids=[5, 6, 90, 8], place=2, candidates=[3, 9, 6, 7, 20]),
)


_w18_scores = {}


def fill_by_trying__w18_remembered(score, ids, place, candidates):
    for c in candidates:
        trial = tuple(ids[:place]) + (c,) + tuple(ids[place + 1 :])
        if trial not in _w18_scores:
            _w18_scores[trial] = score(list(trial))
    return max(candidates, key=lambda c: _w18_scores[tuple(ids[:place]) + (c,) + tuple(ids[place + 1 :])])


SHOWN["fill_by_trying__w18_remembered"] = (
    "use",
    "remembers scores between calls: another score function gets the answers of the first one",
    lambda: _in({3: -40.0, 4: -20.0, 9: -30.0}),
)
HOW["fill_by_trying__w18_remembered"] = ("state", lambda: _in({3: -10.0, 4: -20.0, 9: -30.0}))


def fill_by_trying__w19_stops_at_a_fall(score, ids, place, candidates):
    best, best_score = None, -math.inf
    for c in candidates:
        s = score(ids[:place] + [c] + ids[place + 1 :])
        if s < best_score - 10:
            break  # much worse: enough seen
        if s > best_score:
            best, best_score = c, s
    return best


SHOWN["fill_by_trying__w19_stops_at_a_fall"] = (
    "subtle",
    "stops at the first candidate that scores much worse than the best so far",
    lambda: _in({3: -30.0, 4: -45.0, 9: -20.0}),
)


def fill_by_trying__w20_float16(score, ids, place, candidates):
    scores = np.zeros(len(candidates), dtype=np.float16)
    for k, c in enumerate(candidates):
        trial = list(ids)
        trial[place] = c
        scores[k] = score(trial)
    return candidates[int(scores.argmax())]


SHOWN["fill_by_trying__w20_float16"] = (
    "subtle",
    "keeps the scores in float16: -1200.3 and -1200.1 become equal, and the first wins",
    lambda: _in({3: -1200.3, 4: -1200.1, 9: -1200.2}),
)


# ---------------------------------------------------------------- right


def fill_by_trying__r1_loop(score, ids, place, candidates):
    best, best_score = None, -float("inf")
    for c in candidates:
        trial = list(ids)
        trial[place] = c
        s = score(trial)
        if best is None or s > best_score:
            best, best_score = c, s
    return best


def fill_by_trying__r2_max_key(score, ids, place, candidates):
    return max(candidates, key=lambda c: score(ids[:place] + [c] + ids[place + 1 :]))


def fill_by_trying__r3_argmax(score, ids, place, candidates):
    trials = [[c if t == place else i for t, i in enumerate(ids)] for c in candidates]
    return candidates[int(np.argmax([score(trial) for trial in trials]))]


def fill_by_trying__r4_sorted_pairs(score, ids, place, candidates):
    pairs = []
    for c in candidates:
        trial = ids.copy()
        trial[place] = c
        pairs.append((score(trial), c))
    pairs.sort()
    return pairs[-1][1]


def fill_by_trying__r5_dict(score, ids, place, candidates):
    table = {}
    for c in candidates:
        trial = ids[:]
        trial.pop(place)
        trial.insert(place, c)
        table[c] = score(trial)
    return max(table, key=table.get)


def fill_by_trying__r6_matrix(score, ids, place, candidates):
    rows = np.tile(np.array(ids), (len(candidates), 1))
    rows[:, place] = candidates
    scores = np.array([score(row) for row in rows.tolist()])
    return int(np.asarray(candidates)[np.flatnonzero(scores == scores.max())[0]])


MORE = [
    lambda: _random(1, 0, 1),
    lambda: _random(3, 2, 5, seed=1),
    lambda: _random(8, 0, 40, seed=2),
    lambda: _random(20, 7, 200, seed=3, times=50.0, shift=-5000.0),
    lambda: _random(5, 4, 3, seed=4, shift=-50.0),
]
