import itertools
import math
from collections import Counter

import numpy as np

SHOWN = {}  # name: (kind, what is wrong, input on which it shows)
HOW = {}  # where comparing plain values is not enough: ("state", first input)


def _log_softmax(z):
    return z - np.logaddexp.reduce(z)


def _model(count, start, seed=0, sharp=2.0, end=None, end_bonus=0.0, strict=None):
    """A language model of `count` ids that looks at the whole text. strict: the text may not get longer than that."""

    def step(ids):
        assert ids[0] == start
        if strict is not None:
            assert len(ids) - 1 < strict and end not in ids[1:], "step was called once too often"
        z = np.random.default_rng([seed, *[int(i) for i in ids]]).normal(size=count) * sharp
        if end is not None:
            z[end] += end_bonus
        return _log_softmax(z)

    return step


def _script(words, count, start, end, strict=False, top=0.7):
    """Most probable are these words, then the end, and after any other text the end."""
    words = list(words)

    def step(ids):
        ids = [int(i) for i in ids]
        if strict:
            assert end not in ids[1:] and len(ids) - 1 <= len(words), "step was called once too often"
        after = ids[1:]
        if ids[0] == start and after == words[: len(after)] and len(after) < len(words):
            best = words[len(after)]
        else:
            best = end
        p = (1 - top) * (1 + 0.01 * np.arange(count))
        p = p / (p.sum() - p[best]) * (1 - top)
        p[best] = top
        return np.log(p)

    return step


def _in(words, count=8, start=1, end=2, max_length=10, **more):
    return dict(step=_script(words, count, start, end, **more), start=start, end=end, max_length=max_length)


def _random(count, start=1, end=2, max_length=10, seed=0, end_bonus=0.0, strict=None):
    step = _model(count, start, seed, end=end, end_bonus=end_bonus, strict=strict)
    return dict(step=step, start=start, end=end, max_length=max_length)


def _long(length, start=1, end=2, more=20):
    """The ids 3, 4, 5, 3, 4, 5, ... as far as `length` words."""

    def step(ids):
        best = 3 + (len(ids) - 1) % 3 if len(ids) - 1 < length else end
        p = np.full(6, 0.1)
        p[best] = 0.5
        return np.log(p)

    return dict(step=step, start=start, end=end, max_length=length + more)


# ---------------------------------------------------------------- wrong: natural


def greedy__w01_start_kept(step, start, end, max_length):
    ids = [start]
    while len(ids) - 1 < max_length:
        word = int(np.argmax(step(ids)))
        if word == end:
            break
        ids.append(word)
    return ids


SHOWN["greedy__w01_start_kept"] = ("natural", "returns start in front of the words", lambda: _in([4, 5, 3]))


def greedy__w02_end_kept(step, start, end, max_length):
    ids = [start]
    while len(ids) - 1 < max_length:
        word = int(np.argmax(step(ids)))
        ids.append(word)
        if word == end:
            break
    return ids[1:]


SHOWN["greedy__w02_end_kept"] = ("natural", "the end stands behind the words", lambda: _in([4, 5, 3]))


def greedy__w03_last_id_only(step, start, end, max_length):
    words, last = [], start
    for _ in range(max_length):
        last = int(np.argmax(step([last])))
        if last == end:
            break
        words.append(last)
    return words


SHOWN["greedy__w03_last_id_only"] = (
    "natural",
    "gives step the last id alone instead of the whole text",
    lambda: _in([4, 5, 3]),
)


def greedy__w04_without_start(step, start, end, max_length):
    words = []
    for _ in range(max_length):
        word = int(np.argmax(step(words if words else [start])))
        if word == end:
            break
        words.append(word)
    return words


SHOWN["greedy__w04_without_start"] = (
    "natural",
    "after the first word, start is missing in front of what step gets",
    lambda: _in([4, 5, 3]),
)


def greedy__w05_start_counts(step, start, end, max_length):
    ids = [start]
    while len(ids) < max_length:
        word = int(np.argmax(step(ids)))
        if word == end:
            break
        ids.append(word)
    return ids[1:]


SHOWN["greedy__w05_start_counts"] = (
    "natural",
    "counts start as a word: one word too few at max_length",
    lambda: _in([4, 5, 3, 6], max_length=3),
)


def greedy__w06_smallest(step, start, end, max_length):
    words = []
    for _ in range(max_length):
        word = int(np.argmin(step([start] + words)))
        if word == end:
            break
        words.append(word)
    return words


SHOWN["greedy__w06_smallest"] = ("natural", "takes the least probable id", lambda: _in([4, 5, 3]))


def greedy__w07_one_word_more(step, start, end, max_length):
    words = []
    while len(words) <= max_length:
        word = int(np.argmax(step([start] + words)))
        if word == end:
            break
        words.append(word)
    return words


SHOWN["greedy__w07_one_word_more"] = (
    "natural",
    "<= in place of <: max_length + 1 words",
    lambda: _in([4, 5, 3, 6], max_length=3),
)


def greedy__w08_cut_afterwards(step, start, end, max_length):
    ids = [start]
    for _ in range(max_length):
        ids.append(int(np.argmax(step(ids))))
    words = ids[1:]
    return words[: words.index(end)] if end in words else words


SHOWN["greedy__w08_cut_afterwards"] = (
    "natural",
    "does not stop at end: goes on to max_length and cuts afterwards, step is called behind the end",
    lambda: _in([4, 5, 3], strict=True),
)


def greedy__w09_drawn(step, start, end, max_length):
    rng = np.random.default_rng(3)
    words = []
    for _ in range(max_length):
        p = np.exp(step([start] + words))
        word = int(rng.choice(len(p), p=p / p.sum()))
        if word == end:
            break
        words.append(word)
    return words


SHOWN["greedy__w09_drawn"] = (
    "natural",
    "draws each word at random instead of taking the most probable",
    lambda: _in([4, 5, 3, 6, 7, 4, 3, 3, 5], top=0.4),
)


def greedy__w10_asks_once_more(step, start, end, max_length):
    ids = [start]
    word = int(np.argmax(step(ids)))
    while word != end and len(ids) <= max_length:
        ids.append(word)
        word = int(np.argmax(step(ids)))
    return ids[1:]


SHOWN["greedy__w10_asks_once_more"] = (
    "natural",
    "asks step again when the text has max_length words already",
    lambda: _random(6, max_length=3, end_bonus=-20.0, strict=3),
)


# ---------------------------------------------------------------- wrong: subtle


def greedy__w11_start_stops(step, start, end, max_length):
    words = []
    while len(words) < max_length:
        word = int(np.argmax(step([start] + words)))
        if word in (start, end):
            break
        words.append(word)
    return words


SHOWN["greedy__w11_start_stops"] = (
    "subtle",
    "stops where start comes as a word",
    lambda: _in([4, 1, 3]),
)


def greedy__w12_zero_stops(step, start, end, max_length):
    words = []
    while len(words) < max_length:
        word = int(np.argmax(step([start] + words)))
        if not word or word == end:
            break
        words.append(word)
    return words


SHOWN["greedy__w12_zero_stops"] = ("subtle", "takes id 0 for padding and stops", lambda: _in([4, 0, 3]))


def greedy__w13_start_removed(step, start, end, max_length):
    ids = [start]
    for _ in range(max_length):
        word = int(np.argmax(step(ids)))
        if word == end:
            break
        ids.append(word)
    return [i for i in ids if i != start]


SHOWN["greedy__w13_start_removed"] = (
    "subtle",
    "removes start everywhere, also as a word",
    lambda: _in([4, 1, 3]),
)


def greedy__w14_not_empty(step, start, end, max_length):
    words = []
    for t in range(max_length):
        logp = np.array(step([start] + words))
        if t == 0:
            logp[end] = -np.inf
        word = int(logp.argmax())
        if word == end:
            break
        words.append(word)
    return words


SHOWN["greedy__w14_not_empty"] = (
    "subtle",
    "does not allow the end as the first choice: never an empty text",
    lambda: _in([]),
)


def greedy__w15_recursive(step, start, end, max_length):
    def write(ids):
        if len(ids) > max_length:
            return ids
        word = int(np.argmax(step(ids)))
        return ids if word == end else write(ids + [word])

    return write([start])[1:]


SHOWN["greedy__w15_recursive"] = (
    "subtle",
    "calls itself for each word: RecursionError for thousands of words",
    lambda: _long(5000),
)


def greedy__w16_window(step, start, end, max_length):
    ids = [start]
    while len(ids) <= max_length:
        word = int(np.argmax(step(ids[-20:])))
        if word == end:
            break
        ids.append(word)
    return ids[1:]


SHOWN["greedy__w16_window"] = (
    "subtle",
    "gives step the last 20 ids only: start is missing from the twentieth word on",
    lambda: _in([3, 4, 5, 6, 7] * 6, max_length=50),
)


def greedy__w17_negated_in_place(step, start, end, max_length):
    words = []
    for _ in range(max_length):
        loss = step([start] + words)
        np.negative(loss, out=loss)
        word = int(np.argmin(loss))
        if word == end:
            break
        words.append(word)
    return words


def _stored():
    table = np.log(np.array([0.05, 0.1, 0.2, 0.5, 0.15]))  # the same array whatever the text
    return dict(step=lambda ids: table, start=1, end=2, max_length=4)


SHOWN["greedy__w17_negated_in_place"] = (
    "use",
    "negates the array of step in place: a step that returns a stored array gives other answers afterwards",
    _stored,
)


def greedy__w18_repetition_stops(step, start, end, max_length):
    words = []
    for _ in range(max_length):
        word = int(np.argmax(step([start] + words)))
        if word == end or words[-3:] == [word] * 3:
            break  # caught in a loop
        words.append(word)
    return words


SHOWN["greedy__w18_repetition_stops"] = (
    "subtle",
    "stops when the same word would come a fourth time in a row",
    lambda: _in([4, 5, 5, 5, 5, 3]),
)


def greedy__w19_default_list(step, start, end, max_length, words=[]):
    while len(words) < max_length:
        word = int(np.argmax(step([start] + words)))
        if word == end:
            break
        words.append(word)
    return words


SHOWN["greedy__w19_default_list"] = (
    "use",
    "a list as default argument: the words of the first call stand in front in the second",
    lambda: _in([4, 5, 3]),
)
HOW["greedy__w19_default_list"] = ("state", lambda: _in([6, 7]))


def greedy__w20_unsure_stops(step, start, end, max_length):
    words = []
    while len(words) < max_length:
        logp = step([start] + words)
        word = int(np.argmax(logp))
        if word == end or logp[word] < -5.0:
            break
        words.append(word)
    return words


SHOWN["greedy__w20_unsure_stops"] = (
    "subtle",
    "stops where even the best id has a log-probability below -5: with many ids",
    lambda: _in([400, 5, 3], count=1000, top=0.005),
)


# ---------------------------------------------------------------- right


def greedy__r1_for(step, start, end, max_length):
    ids = [start]
    for _ in range(max_length):
        word = int(np.argmax(step(ids)))
        if word == end:
            break
        ids.append(word)
    return ids[1:]


def greedy__r2_while(step, start, end, max_length):
    words = []
    while len(words) < max_length:
        logp = list(step([start] + words))
        word = max(range(len(logp)), key=logp.__getitem__)
        if word == end:
            return words
        words.append(word)
    return words


def greedy__r3_iter(step, start, end, max_length):
    ids = [start]

    def following():
        ids.append(int(step(list(ids)).argmax()))
        return ids[-1]

    return list(itertools.islice(iter(following, end), max_length))


def greedy__r4_sorted(step, start, end, max_length):
    words, finished = [], False
    while not finished:
        best = np.argsort(step([start, *words]))[-1]
        if best != end:
            words.append(int(best))
        finished = best == end or len(words) == max_length
    return words


def greedy__r5_generator(step, start, end, max_length):
    def write():
        text = (start,)
        while len(text) <= max_length:
            logp = np.asarray(step(list(text)))
            word = int(np.flatnonzero(logp == logp.max())[0])
            if word == end:
                return
            yield word
            text += (word,)

    return list(write())


def greedy__r6_takewhile(step, start, end, max_length):
    state = [start]

    def choices():
        for _ in range(max_length):
            scores = step(state[:])
            pick = 0
            for i in range(1, len(scores)):
                if scores[i] > scores[pick]:
                    pick = i
            state.append(pick)
            yield pick

    return list(itertools.takewhile(lambda word: word != end, choices()))


MORE = [
    lambda: _random(3, max_length=1),
    lambda: _random(5, start=0, end=4, max_length=30, seed=1),
    lambda: _random(50, start=49, end=0, max_length=20, seed=2, end_bonus=2.0),
    lambda: _random(10, max_length=15, seed=3, end_bonus=-50.0, strict=15),
    lambda: _long(100),
    lambda: _in([1, 1, 0, 7], strict=True),
]
