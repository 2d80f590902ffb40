import math
from collections import Counter

import numpy as np

SHOWN = {}  # name: (kind, what is wrong, input on which it shows)
HOW = {}  # where comparing plain values is not enough: "argument" (changed)


def _in(candidate, reference, **more):
    split = lambda t: t.split() if isinstance(t, str) else list(t)
    return dict(candidate=split(candidate), reference=split(reference), **more)


def _random(c, r, words=4, seed=0, **more):
    rng = np.random.default_rng(seed)
    return dict(
        candidate=[int(i) for i in rng.integers(0, words, size=c)],
        reference=[int(i) for i in rng.integers(0, words, size=r)],
        **more,
    )


def _runs(words, k):
    return [tuple(words[i : i + k]) for i in range(len(words) - k + 1)]


def _precisions(candidate, reference, n):
    out = []
    for k in range(1, n + 1):
        c, r = Counter(_runs(candidate, k)), Counter(_runs(reference, k))
        out.append(sum((c & r).values()) / sum(c.values()))
    return out


def _mean(p):
    return math.exp(sum(math.log(v) for v in p) / len(p)) if min(p) > 0 else 0.0


def _brevity(candidate, reference):
    return min(1.0, math.exp(1 - len(reference) / len(candidate)))


_CAT = ("the cat sat on the red mat", "the cat is on the mat")

# ---------------------------------------------------------------- wrong: natural


def bleu__w01_not_clipped(candidate, reference, n=2):
    if len(candidate) < n:
        return 0.0
    p = []
    for k in range(1, n + 1):
        runs, there = _runs(candidate, k), _runs(reference, k)
        p.append(sum(run in there for run in runs) / len(runs))
    return _mean(p) * _brevity(candidate, reference)


SHOWN["bleu__w01_not_clipped"] = (
    "natural",
    "a run counts as often as it comes in the candidate, not at most as often as in the reference",
    lambda: _in("the the the cat the", "the cat sat"),
)


def bleu__w02_arithmetic_mean(candidate, reference, n=2):
    if len(candidate) < n:
        return 0.0
    p = _precisions(candidate, reference, n)
    return sum(p) / n * _brevity(candidate, reference) if min(p) > 0 else 0.0


SHOWN["bleu__w02_arithmetic_mean"] = ("natural", "arithmetic mean of the precisions", lambda: _in(*_CAT))


def bleu__w03_no_brevity(candidate, reference, n=2):
    if len(candidate) < n:
        return 0.0
    return _mean(_precisions(candidate, reference, n))


SHOWN["bleu__w03_no_brevity"] = (
    "natural",
    "no penalty for short candidates",
    lambda: _in("the cat is", "the cat is on the mat"),
)


def bleu__w04_c_over_r(candidate, reference, n=2):
    if len(candidate) < n:
        return 0.0
    penalty = min(1.0, math.exp(1 - len(candidate) / len(reference)))
    return _mean(_precisions(candidate, reference, n)) * penalty


SHOWN["bleu__w04_c_over_r"] = (
    "natural",
    "exp(1 - c / r): long candidates are punished instead of short ones",
    lambda: _in(*_CAT),
)


def bleu__w05_recall(candidate, reference, n=2):
    if len(candidate) < n:
        return 0.0
    p = []
    for k in range(1, n + 1):
        c, r = Counter(_runs(candidate, k)), Counter(_runs(reference, k))
        p.append(sum((c & r).values()) / max(sum(r.values()), 1))
    return _mean(p) * _brevity(candidate, reference)


SHOWN["bleu__w05_recall"] = (
    "natural",
    "divides by the runs of the reference: recall, as in ROUGE",
    lambda: _in(*_CAT),
)


def bleu__w06_only_n(candidate, reference, n=2):
    if len(candidate) < n:
        return 0.0
    return _precisions(candidate, reference, n)[-1] * _brevity(candidate, reference)


SHOWN["bleu__w06_only_n"] = (
    "natural",
    "only the precision of n words, not the mean over 1 to n",
    lambda: _in(*_CAT),
)


def bleu__w07_sets(candidate, reference, n=2):
    if len(candidate) < n:
        return 0.0
    p = []
    for k in range(1, n + 1):
        c, r = set(_runs(candidate, k)), set(_runs(reference, k))
        p.append(len(c & r) / len(c))
    return _mean(p) * _brevity(candidate, reference)


SHOWN["bleu__w07_sets"] = (
    "natural",
    "counts different runs: sets instead of counts",
    lambda: _in("the cat the cat the dog", "the cat sat on the mat"),
)


def bleu__w08_bonus_for_length(candidate, reference, n=2):
    if len(candidate) < n:
        return 0.0
    return _mean(_precisions(candidate, reference, n)) * math.exp(1 - len(reference) / len(candidate))


SHOWN["bleu__w08_bonus_for_length"] = (
    "natural",
    "no min(1, ...): long candidates get a factor above 1",
    lambda: _in(*_CAT),
)


def bleu__w09_up_to_n_minus_1(candidate, reference, n=2):
    if len(candidate) < n:
        return 0.0
    return _mean(_precisions(candidate, reference, max(n - 1, 1))) * _brevity(candidate, reference)


SHOWN["bleu__w09_up_to_n_minus_1"] = (
    "natural",
    "range(1, n): the runs of n words are missing",
    lambda: _in(*_CAT),
)


def bleu__w10_product(candidate, reference, n=2):
    if len(candidate) < n:
        return 0.0
    return math.prod(_precisions(candidate, reference, n)) * _brevity(candidate, reference)


SHOWN["bleu__w10_product"] = ("natural", "the product, without the n-th root", lambda: _in(*_CAT))


# ---------------------------------------------------------------- wrong: subtle


def bleu__w11_always_square_root(candidate, reference, n=2):
    if len(candidate) < n:
        return 0.0
    return math.sqrt(math.prod(_precisions(candidate, reference, n))) * _brevity(candidate, reference)


SHOWN["bleu__w11_always_square_root"] = (
    "subtle",
    "always the square root: right for the default n = 2 only",
    lambda: _in(*_CAT, n=1),
)


def bleu__w12_as_many_as_there_are(candidate, reference, n=2):
    if not candidate:
        return 0.0
    n = min(n, len(candidate))
    return _mean(_precisions(candidate, reference, n)) * _brevity(candidate, reference)


SHOWN["bleu__w12_as_many_as_there_are"] = (
    "subtle",
    "a candidate of fewer than n words is measured by the shorter runs",
    lambda: _in("the cat", "the cat sat on", n=3),
)


def bleu__w13_epsilon(candidate, reference, n=2):
    if len(candidate) < n:
        return 0.0
    logs = [math.log(p + 1e-9) for p in _precisions(candidate, reference, n)]
    return math.exp(sum(logs) / n) * _brevity(candidate, reference)


SHOWN["bleu__w13_epsilon"] = (
    "subtle",
    "log(p + 1e-9): not 0 where a precision is 0, and with n = 4 clearly so",
    lambda: _in("the cat sat on the mat", "the cat sat by on the mat", n=4),
)


def bleu__w14_runs_joined(candidate, reference, n=2):
    if len(candidate) < n:
        return 0.0
    p = []
    for k in range(1, n + 1):
        c = Counter("".join(map(str, run)) for run in _runs(candidate, k))
        r = Counter("".join(map(str, run)) for run in _runs(reference, k))
        p.append(sum((c & r).values()) / sum(c.values()))
    return _mean(p) * _brevity(candidate, reference)


SHOWN["bleu__w14_runs_joined"] = (
    "subtle",
    "joins the words of a run without a gap: 1, 12 and 11, 2 become the same",
    lambda: _in([11, 2, 5, 1], [1, 12, 5, 11]),
)


def bleu__w15_substrings(candidate, reference, n=2):
    if len(candidate) < n:
        return 0.0
    text = " ".join(map(str, reference))
    p = []
    for k in range(1, n + 1):
        c = Counter(" ".join(map(str, run)) for run in _runs(candidate, k))
        p.append(sum(min(v, text.count(run)) for run, v in c.items()) / sum(c.values()))
    return _mean(p) * _brevity(candidate, reference)


SHOWN["bleu__w15_substrings"] = (
    "subtle",
    "searches the runs in the text of the reference: 'a' is found in 'cat'",
    lambda: _in("the cat on a mat", "the cat sat on the mat"),
)


def bleu__w16_equal_is_1(candidate, reference, n=2):
    if candidate == reference:
        return 1.0
    if len(candidate) < n:
        return 0.0
    return _mean(_precisions(candidate, reference, n)) * _brevity(candidate, reference)


SHOWN["bleu__w16_equal_is_1"] = (
    "subtle",
    "1.0 for equal texts, also where they have fewer than n words",
    lambda: _in("hello", "hello"),
)


def bleu__w17_whole_ratio(candidate, reference, n=2):
    if len(candidate) < n:
        return 0.0
    penalty = min(1.0, math.exp(1 - len(reference) // len(candidate)))
    return _mean(_precisions(candidate, reference, n)) * penalty


SHOWN["bleu__w17_whole_ratio"] = (
    "subtle",
    "r // c: no penalty where the candidate is a little shorter",
    lambda: _in("the cat sat on mat", "the cat sat on the mat"),
)


def bleu__w18_empty_raises(candidate, reference, n=2):
    penalty = min(1.0, math.exp(1 - len(reference) / len(candidate)))
    if len(candidate) < n:
        return 0.0
    return _mean(_precisions(candidate, reference, n)) * penalty


SHOWN["bleu__w18_empty_raises"] = (
    "subtle",
    "an empty candidate: division by 0",
    lambda: _in("", "the cat sat"),
)


def bleu__w19_crossed_out(candidate, reference, n=2):
    if len(candidate) < n:
        return 0.0
    p = [None] * n
    r = len(reference)
    for k in range(n, 0, -1):
        runs = _runs(reference, k) if k > 1 else reference
        hits = 0
        for run in _runs(candidate, k):
            run = run if k > 1 else run[0]
            if run in runs:
                runs.remove(run)
                hits += 1
        p[k - 1] = hits / (len(candidate) - k + 1)
    return _mean(p) * min(1.0, math.exp(1 - r / len(candidate)))


SHOWN["bleu__w19_crossed_out"] = (
    "use",
    "crosses words out in its argument reference",
    lambda: _in(*_CAT),
)
HOW["bleu__w19_crossed_out"] = "argument"


def bleu__w20_at_most_4(candidate, reference, n=2):
    if len(candidate) < n:
        return 0.0
    return _mean(_precisions(candidate, reference, min(n, 4))) * _brevity(candidate, reference)


SHOWN["bleu__w20_at_most_4"] = (
    "subtle",
    "runs of 4 words at most, whatever n",
    lambda: _in("a b c d e f g h", "a b c d e f x h", n=6),
)


# ---------------------------------------------------------------- right


def bleu__r1_counters(candidate, reference, n=2):
    if len(candidate) < n:
        return 0.0
    total = 0.0
    for k in range(1, n + 1):
        c = Counter(tuple(candidate[i : i + k]) for i in range(len(candidate) - k + 1))
        r = Counter(tuple(reference[i : i + k]) for i in range(len(reference) - k + 1))
        hits = sum((c & r).values())
        if hits == 0:
            return 0.0
        total += math.log(hits / (len(candidate) - k + 1))
    return math.exp(total / n) * min(1.0, math.exp(1 - len(reference) / len(candidate)))


def bleu__r2_list_count(candidate, reference, n=2):
    c = len(candidate)
    if c < n:
        return 0.0
    product = 1.0
    for k in range(1, n + 1):
        mine = [candidate[i : i + k] for i in range(c - k + 1)]
        theirs = [reference[i : i + k] for i in range(len(reference) - k + 1)]
        different = []
        for run in mine:
            if run not in different:
                different.append(run)
        product *= sum(min(mine.count(run), theirs.count(run)) for run in different) / len(mine)
    return product ** (1 / n) * min(1.0, math.exp(1 - len(reference) / c))


def bleu__r3_crossing_out(candidate, reference, n=2):
    if len(candidate) < n:
        return 0.0
    shares = []
    for k in range(1, n + 1):
        left = list(zip(*[reference[i:] for i in range(k)]))
        runs = list(zip(*[candidate[i:] for i in range(k)]))
        hits = 0
        for run in runs:
            if run in left:
                left.remove(run)
                hits += 1
        shares.append(hits / len(runs))
    geometric = float(np.prod(shares)) ** (1.0 / n)
    short = len(candidate) < len(reference)
    return geometric * math.exp(1 - len(reference) / len(candidate)) if short else geometric


def bleu__r4_dictionaries(candidate, reference, n=2):
    def count(words, k):
        table = {}
        for end in range(k, len(words) + 1):
            run = tuple(words[end - k : end])
            table[run] = table.get(run, 0) + 1
        return table

    if len(candidate) == 0 or len(candidate) < n:
        return 0.0
    precisions = []
    for k in range(1, n + 1):
        mine, theirs = count(candidate, k), count(reference, k)
        precisions.append(sum(min(v, theirs.get(run, 0)) for run, v in mine.items()) / sum(mine.values()))
    if 0 in precisions:
        return 0.0
    logs = np.log(precisions)
    return float(np.exp(logs.mean() + min(0.0, 1 - len(reference) / len(candidate))))


def bleu__r5_sorted_merge(candidate, reference, n=2):
    def common(a, b):
        a, b, hits, i, j = sorted(a), sorted(b), 0, 0, 0
        while i < len(a) and j < len(b):
            if a[i] == b[j]:
                hits, i, j = hits + 1, i + 1, j + 1
            elif a[i] < b[j]:
                i += 1
            else:
                j += 1
        return hits

    if len(candidate) < n:
        return 0.0
    number = {w: k for k, w in enumerate(dict.fromkeys(list(candidate) + list(reference)))}
    a, b = [number[w] for w in candidate], [number[w] for w in reference]
    value = min(1.0, math.exp(1 - len(b) / len(a)))
    for k in range(1, n + 1):
        hits = common([a[i : i + k] for i in range(len(a) - k + 1)], [b[i : i + k] for i in range(len(b) - k + 1)])
        value *= (hits / (len(a) - k + 1)) ** (1 / n)
    return value


def bleu__r6_subtraction(candidate, reference, n=2):
    try:
        precisions = []
        for k in range(1, n + 1):
            mine = Counter(tuple(candidate[i : i + k]) for i in range(len(candidate) - k + 1))
            missing = Counter(mine)
            missing.subtract(tuple(reference[i : i + k]) for i in range(len(reference) - k + 1))
            lost = sum(v for v in missing.values() if v > 0)
            precisions.append(1 - lost / sum(mine.values()))
        penalty = math.exp(min(0.0, 1 - len(reference) / len(candidate)))
    except ZeroDivisionError:
        return 0.0
    return math.pow(math.prod(precisions), 1 / n) * penalty


MORE = [
    lambda: _random(1, 1, words=1, n=1),
    lambda: _random(9, 7, seed=1),
    lambda: _random(5, 14, words=2, seed=2, n=3),
    lambda: _random(40, 30, words=3, seed=3, n=4),
    lambda: _random(3, 8, seed=4, n=4),
    lambda: _in("", "a b c", n=1),
    lambda: _in("a b c d", "a b c d", n=4),
]
