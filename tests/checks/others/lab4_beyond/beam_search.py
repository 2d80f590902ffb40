import heapq
import math
from collections import Counter

import numpy as np

SHOWN = {}  # name: (kind, what is wrong, input on which it shows)
HOW = {}  # where comparing plain values is not enough: ("state", first input)


def _log_softmax(z):
    return z - np.logaddexp.reduce(z)


def _model(count, start, end, seed=0, sharp=1.0, end_bonus=0.0, never=()):
    """A language model of `count` ids that looks at the whole text. The ids in never are impossible everywhere."""

    def step(ids):
        assert ids[0] == start
        z = np.random.default_rng([seed, *[int(i) for i in ids]]).normal(size=count) * sharp
        z[end] += end_bonus
        z[list(never)] = -np.inf
        return _log_softmax(z)

    return step


def _random(count, width, max_length, start=1, end=2, seed=0, **more):
    step = _model(count, start, end, seed, **more)
    return dict(step=step, start=start, end=end, width=width, max_length=max_length)


def _in(table, width=2, max_length=5, start=1, end=2, count=5):
    """table: {words: {id: probability}}; after other words the end has 0.9. What is left goes to the other ids."""

    def step(ids):
        assert ids[0] == start
        given = table.get(tuple(int(i) for i in ids[1:]), {end: 0.9})
        rest = np.array([0.0 if i in given else 1.0 + 0.01 * i for i in range(count)])
        left = 1 - sum(given.values())
        p = rest / rest.sum() * left if rest.any() else rest
        for i, v in given.items():
            p[i] = v
        with np.errstate(divide="ignore"):
            return np.log(p)

    return dict(step=step, start=start, end=end, width=width, max_length=max_length)


def _long(length, width=2, start=1, end=2, count=400, more=5):
    """A text of `length` words, each of them with a log-probability of about -5."""

    def step(ids):
        z = 0.1 * np.cos(np.arange(count) * (1.0 + 0.013 * len(ids)))
        z[3 + len(ids) % 3] = 1.0
        z[end] = 20.0 if len(ids) - 1 >= length else -20.0
        return _log_softmax(z)

    return dict(step=step, start=start, end=end, width=width, max_length=length + more)


def _rounds(step, start, end, width, max_length, rank=lambda words, total, done: total):
    """Beam search by the docstring, with the rank to be chosen."""
    beam = [([], 0.0, False)]
    while not all(done for _, _, done in beam):
        pool = []
        for words, total, done in beam:
            if done:
                pool.append((words, total, done))
                continue
            logp = step([start] + words)
            for i in range(len(logp)):
                if i == end:
                    pool.append((words, total + logp[i], True))
                elif len(words) < max_length:
                    pool.append((words + [i], total + logp[i], False))
        pool.sort(key=lambda t: rank(*t), reverse=True)
        beam = pool[:width]
    return beam


# ---------------------------------------------------------------- wrong: natural


def beam_search__w01_greedy(step, start, end, width, max_length):
    words, total = [], 0.0
    while True:
        logp = step([start] + words)
        word = int(np.argmax(logp)) if len(words) < max_length else end
        total += float(logp[word])
        if word == end:
            return words, total
        words.append(word)


_TRAP = {(): {3: 0.5, 4: 0.4, 2: 0.05}, (3,): {0: 0.3, 1: 0.28, 2: 0.2}, (4,): {2: 0.9}}

SHOWN["beam_search__w01_greedy"] = (
    "natural",
    "width does nothing: only the best text is kept",
    lambda: _in(_TRAP),
)


def beam_search__w02_per_word(step, start, end, width, max_length):
    beam = _rounds(step, start, end, width, max_length, lambda w, s, d: s / (len(w) + d))
    return beam[0][0], float(beam[0][1])


SHOWN["beam_search__w02_per_word"] = (
    "natural",
    "compares log-probabilities per word: long texts win",
    lambda: _in({(): {2: 0.3, 3: 0.6}, (3,): {4: 0.7, 2: 0.1}, (3, 4): {4: 0.7, 2: 0.1}, (3, 4, 4): {2: 0.8}}),
)


def beam_search__w03_each_on_its_own(step, start, end, width, max_length):
    results = []
    first = step([start])
    for i in np.argsort(-first)[:width]:
        words, total, word = [], float(first[i]), int(i)
        while word != end:
            words.append(word)
            logp = step([start] + words)
            word = end if len(words) == max_length else int(np.argmax(logp))
            total += float(logp[word])
        results.append((words, total))
    return max(results, key=lambda t: t[1])


SHOWN["beam_search__w03_each_on_its_own"] = (
    "natural",
    "takes the `width` best first words, and continues each of them greedily: the texts never compete",
    lambda: _in(
        {(): {3: 0.5, 4: 0.4}, (3,): {3: 0.5, 4: 0.45}, (3, 3): {0: 0.3, 1: 0.28}, (3, 4): {2: 1.0}, (4,): {0: 0.3}}
    ),
)


def beam_search__w04_first_finished(step, start, end, width, max_length):
    beam = [([], 0.0)]
    while True:
        pool = []
        for words, total in beam:
            logp = step([start] + words)
            for i in range(len(logp)):
                if i == end or len(words) < max_length:
                    pool.append((words + [i], total + float(logp[i])))
        beam = sorted(pool, key=lambda t: t[1], reverse=True)[:width]
        for words, total in beam:
            if words[-1] == end:
                return words[:-1], total


SHOWN["beam_search__w04_first_finished"] = (
    "natural",
    "returns the first text that is finished, though another one may become better",
    lambda: _in({(): {3: 0.6, 2: 0.3}, (3,): {4: 0.95}, (3, 4): {2: 0.95}}),
)


def beam_search__w05_end_kept(step, start, end, width, max_length):
    words, total, _ = _rounds(step, start, end, width, max_length)[0]
    return words + [end], float(total)


SHOWN["beam_search__w05_end_kept"] = ("natural", "the end stands behind the words", lambda: _in(_TRAP))


def beam_search__w06_end_is_free(step, start, end, width, max_length):
    beam = [([], 0.0, False)]
    while not all(done for _, _, done in beam):
        pool = [t for t in beam if t[2]]
        for words, total, done in beam:
            if done:
                continue
            logp = step([start] + words)
            pool.append((words, total + float(logp[end]), True))
            if len(words) < max_length:
                pool += [(words + [i], total + float(v), False) for i, v in enumerate(logp) if i != end]
        beam = sorted(pool, key=lambda t: -t[1])[:width]
    words = beam[0][0]
    return words, float(sum(step([start] + words[:t])[w] for t, w in enumerate(words)))


SHOWN["beam_search__w06_end_is_free"] = (
    "natural",
    "the sum is that of the words alone, without the end",
    lambda: _in(_TRAP),
)


def beam_search__w07_max_length_unfinished(step, start, end, width, max_length):
    beam = [([], 0.0, False)]
    for _ in range(max_length):
        pool = []
        for words, total, done in beam:
            if done:
                pool.append((words, total, True))
                continue
            for i, v in enumerate(step([start] + words)):
                pool.append((words, total + v, True) if i == end else (words + [i], total + v, False))
        beam = sorted(pool, key=lambda t: t[1], reverse=True)[:width]
    return beam[0][0], float(beam[0][1])


SHOWN["beam_search__w07_max_length_unfinished"] = (
    "natural",
    "max_length rounds: a text of max_length words is returned without its end being counted",
    lambda: _in({(): {3: 0.9}, (3,): {4: 0.9}, (3, 4): {0: 0.5, 2: 0.3}}, max_length=2),
)


def beam_search__w08_finished_go_on(step, start, end, width, max_length):
    beam = [([], 0.0)]
    for t in range(max_length + 1):
        pool = []
        for words, total in beam:
            logp = step([start] + words)
            for i in [end] if t == max_length else range(len(logp)):
                pool.append((words + [i], total + float(logp[i])))
        beam = sorted(pool, key=lambda t: t[1], reverse=True)[:width]
    words, total = beam[0]
    return words[: words.index(end)], total


SHOWN["beam_search__w08_finished_go_on"] = (
    "natural",
    "continues finished texts too, and cuts them at the end afterwards",
    lambda: _in(_TRAP),
)


def beam_search__w09_probabilities_added(step, start, end, width, max_length):
    beam = [([], 0.0, False)]
    while not all(done for _, _, done in beam):
        pool = []
        for words, total, done in beam:
            if done:
                pool.append((words, total, True))
                continue
            for i, v in enumerate(np.exp(step([start] + words))):
                if i == end:
                    pool.append((words, total + v, True))
                elif len(words) < max_length:
                    pool.append((words + [i], total + v, False))
        beam = sorted(pool, key=lambda t: t[1], reverse=True)[:width]
    return beam[0][0], float(np.log(beam[0][1]))


SHOWN["beam_search__w09_probabilities_added"] = (
    "natural",
    "adds up probabilities instead of their logarithms",
    lambda: _in(_TRAP),
)


def beam_search__w10_start_counts(step, start, end, width, max_length):
    beam = [([start], 0.0, False)]
    while not all(done for _, _, done in beam):
        pool = []
        for ids, total, done in beam:
            if done:
                pool.append((ids, total, True))
                continue
            for i, v in enumerate(step(ids)):
                if i == end:
                    pool.append((ids, total + float(v), True))
                elif len(ids) < max_length:
                    pool.append((ids + [i], total + float(v), False))
        beam = sorted(pool, key=lambda t: t[1], reverse=True)[:width]
    return beam[0][0][1:], beam[0][1]


SHOWN["beam_search__w10_start_counts"] = (
    "natural",
    "start counts as a word: texts end one word too early",
    lambda: _in({(): {3: 0.9}, (3,): {4: 0.9}, (3, 4): {2: 0.9}}, max_length=2),
)


# ---------------------------------------------------------------- wrong: subtle


def beam_search__w11_finished_aside(step, start, end, width, max_length):
    beam, finished = [([], 0.0)], []
    while beam:
        pool = []
        for words, total in beam:
            logp = step([start] + words)
            finished.append((words, total + float(logp[end])))
            if len(words) < max_length:
                pool += [(words + [i], total + float(v)) for i, v in enumerate(logp) if i != end]
        beam = heapq.nlargest(width, pool, key=lambda t: t[1])
    return max(finished, key=lambda t: t[1])


SHOWN["beam_search__w11_finished_aside"] = (
    "subtle",
    "finished texts are laid aside and take no place from the unfinished: more texts survive than width",
    lambda: _in(
        {(): {3: 0.45, 2: 0.3, 4: 0.2}, (3,): {0: 0.3, 1: 0.28, 2: 0.2}, (4,): {2: 1.0}, (3, 0): {2: 0.9}},
        width=1,
        max_length=3,
    ),
)


def beam_search__w12_products(step, start, end, width, max_length):
    beam = [([], 1.0, False)]
    while not all(done for _, _, done in beam):
        pool = []
        for words, p, done in beam:
            if done:
                pool.append((words, p, True))
                continue
            for i, v in enumerate(np.exp(step([start] + words))):
                if i == end:
                    pool.append((words, p * v, True))
                elif len(words) < max_length:
                    pool.append((words + [i], p * v, False))
        beam = sorted(pool, key=lambda t: t[1], reverse=True)[:width]
    with np.errstate(divide="ignore"):
        return beam[0][0], float(np.log(beam[0][1]))


SHOWN["beam_search__w12_products"] = (
    "subtle",
    "multiplies probabilities: long texts come to 0",
    lambda: _long(180),
)


def beam_search__w13_copies_of_start(step, start, end, width, max_length):
    beam = [([], 0.0, False)] * width
    while not all(done for _, _, done in beam):
        pool = []
        for words, total, done in beam:
            if done:
                pool.append((words, total, True))
                continue
            for i, v in enumerate(step([start] + words)):
                if i == end:
                    pool.append((words, total + float(v), True))
                elif len(words) < max_length:
                    pool.append((words + [i], total + float(v), False))
        beam = sorted(pool, key=lambda t: t[1], reverse=True)[:width]
    return beam[0][0], beam[0][1]


SHOWN["beam_search__w13_copies_of_start"] = (
    "subtle",
    "begins with `width` copies of the empty text: all places are taken by copies of the same text",
    lambda: _in(_TRAP),
)


def beam_search__w14_best_ids_only(step, start, end, width, max_length):
    beam = [([], 0.0, False)]
    while not all(done for _, _, done in beam):
        pool = []
        for words, total, done in beam:
            if done:
                pool.append((words, total, True))
                continue
            logp = step([start] + words)
            for i in np.argsort(-logp)[:width]:  # no more than these can stay
                i = int(i)
                if i == end:
                    pool.append((words, total + float(logp[i]), True))
                elif len(words) < max_length:
                    pool.append((words + [i], total + float(logp[i]), False))
        beam = sorted(pool, key=lambda t: t[1], reverse=True)[:width]
    return (beam[0][0], beam[0][1]) if beam else ([], -np.inf)


SHOWN["beam_search__w14_best_ids_only"] = (
    "subtle",
    "looks at the best `width` ids of each text: at max_length the end is lost where it is not among them",
    lambda: _in({(): {3: 0.6, 4: 0.3}, (3,): {0: 0.5, 1: 0.3, 2: 0.1}, (4,): {0: 0.4, 1: 0.38, 2: 0.1}}, max_length=1),
)


def beam_search__w15_not_empty(step, start, end, width, max_length):
    def guarded(ids):
        logp = np.array(step(ids))
        if len(ids) == 1:
            logp[end] = -np.inf
        return logp

    words, total, _ = _rounds(guarded, start, end, width, max_length)[0]
    return words, float(total)


SHOWN["beam_search__w15_not_empty"] = (
    "subtle",
    "does not allow the empty text",
    lambda: _in({(): {2: 0.8, 3: 0.15}}),
)


def beam_search__w16_best_from_minus_100(step, start, end, width, max_length):
    best_words, best = [], -100.0
    for words, total, _ in _rounds(step, start, end, width, max_length):
        if total > best:
            best_words, best = words, float(total)
    return best_words, best


SHOWN["beam_search__w16_best_from_minus_100"] = (
    "subtle",
    "the search for the best begins at -100: long texts lie below",
    lambda: _long(40),
)


def beam_search__w17_partition(step, start, end, width, max_length):
    beam = [([], 0.0, False)]
    while not all(done for _, _, done in beam):
        pool = []
        for words, total, done in beam:
            if done:
                pool.append((words, total, True))
                continue
            logp = step([start] + words)
            top = set(np.argpartition(-logp, width)[:width].tolist()) | {end}
            for i in sorted(top):
                if i == end:
                    pool.append((words, total + float(logp[i]), True))
                elif len(words) < max_length:
                    pool.append((words + [i], total + float(logp[i]), False))
        beam = sorted(pool, key=lambda t: t[1], reverse=True)[:width]
    return beam[0][0], beam[0][1]


SHOWN["beam_search__w17_partition"] = (
    "subtle",
    "np.argpartition(-logp, width) raises where width is not smaller than the number of ids",
    lambda: _in(_TRAP, width=5),
)


def beam_search__w18_finished_in_front(step, start, end, width, max_length):
    finished, going = [], [([], 0.0)]
    while going:
        pool = []
        for words, total in going:
            for i, v in enumerate(step([start] + words)):
                if i == end:
                    pool.append((words, total + float(v), True))
                elif len(words) < max_length:
                    pool.append((words + [i], total + float(v), False))
        limit = sorted([s for _, s, _ in pool] + [s for _, s in finished], reverse=True)[:width][-1]
        finished = [(w, s) for w, s in finished if s >= limit] + [(w, s) for w, s, d in pool if d and s >= limit]
        going = [(w, s) for w, s, d in pool if not d and s >= limit]
    return finished[0]


SHOWN["beam_search__w18_finished_in_front"] = (
    "subtle",
    "returns the text of the last round that was finished first, not the best one",
    lambda: _in({(): {3: 0.6, 2: 0.3}, (3,): {4: 0.95}, (3, 4): {2: 0.95}}),
)


def beam_search__w19_start_finishes(step, start, end, width, max_length):
    beam = [([], 0.0, False)]
    while not all(done for _, _, done in beam):
        pool = []
        for words, total, done in beam:
            if done:
                pool.append((words, total, True))
                continue
            for i, v in enumerate(step([start] + words)):
                if i == end:
                    pool.append((words, total + float(v), True))
                elif len(words) < max_length and i not in (0, start):
                    pool.append((words + [i], total + float(v), False))
        beam = sorted(pool, key=lambda t: t[1], reverse=True)[:width]
    return beam[0][0], beam[0][1]


SHOWN["beam_search__w19_start_finishes"] = (
    "subtle",
    "never continues with start or with id 0",
    lambda: _in({(): {1: 0.6, 3: 0.3}, (1,): {0: 0.9}, (1, 0): {2: 0.9}}),
)


def beam_search__w20_default_list(step, start, end, width, max_length, results=[]):
    for words, total, _ in _rounds(step, start, end, width, max_length):
        results.append((float(total), words))
    total, words = max(results, key=lambda t: t[0])
    return words, total


SHOWN["beam_search__w20_default_list"] = (
    "use",
    "a list as default argument: a better text of an earlier call wins",
    lambda: _in(_TRAP),
)
HOW["beam_search__w20_default_list"] = ("state", lambda: _in({(): {4: 0.95}, (4,): {2: 0.95}}))


# ---------------------------------------------------------------- right


def beam_search__r1_sorted_pool(step, start, end, width, max_length):
    beam = [([], 0.0, False)]
    while not all(finished for _, _, finished in beam):
        pool = []
        for words, total, finished in beam:
            if finished:
                pool.append((words, total, True))
                continue
            for i, v in enumerate(step([start] + words)):
                if i == end:
                    pool.append((words, total + float(v), True))
                elif len(words) < max_length:
                    pool.append((words + [i], total + float(v), False))
        pool.sort(key=lambda text: text[1], reverse=True)
        beam = pool[:width]
    return beam[0][0], beam[0][1]


def beam_search__r2_heap(step, start, end, width, max_length):
    beam = [(0.0, (start,))]  # finished: the last id is end
    finished = lambda ids: len(ids) > 1 and ids[-1] == end
    while any(not finished(ids) for _, ids in beam):
        pool = [t for t in beam if finished(t[1])]
        for total, ids in beam:
            if not finished(ids):
                logp = step(list(ids))
                allowed = [end] if len(ids) - 1 == max_length else range(len(logp))
                pool.extend((total + float(logp[i]), ids + (i,)) for i in allowed)
        beam = heapq.nlargest(width, pool, key=lambda t: t[0])
    total, ids = beam[0]
    return list(ids[1:-1]), total


def beam_search__r3_arrays(step, start, end, width, max_length):
    texts, sums, done = [[]], np.zeros(1), np.zeros(1, dtype=bool)
    while not done.all():
        parents, ids, totals = [], [], []
        for k, words in enumerate(texts):
            if done[k]:
                parents.append([k])
                ids.append([-1])
                totals.append([sums[k]])
                continue
            logp = np.asarray(step([start] + words), dtype=float)
            choice = np.array([end]) if len(words) == max_length else np.arange(len(logp))
            parents.append([k] * len(choice))
            ids.append(choice)
            totals.append(sums[k] + logp[choice])
        parents, ids, totals = np.concatenate(parents), np.concatenate(ids), np.concatenate(totals)
        order = np.argsort(-totals, kind="stable")[:width]
        texts = [texts[p] + ([] if i in (-1, end) else [int(i)]) for p, i in zip(parents[order], ids[order])]
        done = (ids[order] == -1) | (ids[order] == end)
        sums = totals[order]
    return texts[0], float(sums[0])


def beam_search__r4_dict(step, start, end, width, max_length):
    pool = {((), False): 0.0}
    while any(not finished for _, finished in pool):
        following = {}
        for (words, finished), total in pool.items():
            if finished:
                following[words, True] = total
            else:
                logp = step([start, *words])
                following[words, True] = total + float(logp[end])
                if len(words) < max_length:
                    for i in set(range(len(logp))) - {end}:
                        following[words + (i,), False] = total + float(logp[i])
        best = sorted(following.items(), key=lambda item: item[1], reverse=True)
        pool = dict(best[:width])
    (words, _), total = max(pool.items(), key=lambda item: item[1])
    return list(words), total


def beam_search__r5_stops_when_best_is_finished(step, start, end, width, max_length):
    beam = [([], 0.0, False)]
    while not beam[0][2]:  # sums only fall: a finished text in front stays in front
        pool = [text for text in beam if text[2]]
        for words, total, finished in beam:
            if finished:
                continue
            logp = step([start] + words)
            pool.append((words, total + float(logp[end]), True))
            if len(words) < max_length:
                pool += [(words + [i], total + float(logp[i]), False) for i in range(len(logp)) if i != end]
        beam = sorted(pool, key=lambda text: -text[1])[:width]
    return beam[0][:2]


def beam_search__r6_best_ids_and_end(step, start, end, width, max_length):
    class Text:
        def __init__(self, words, total, finished):
            self.words, self.total, self.finished = words, total, finished

        def following(self):
            if self.finished:
                return [self]
            logp = step([start] + self.words)
            out = [Text(self.words, self.total + logp[end], True)]
            if len(self.words) < max_length:
                for i in np.argsort(logp)[::-1][: width + 1]:
                    if i != end:
                        out.append(Text(self.words + [int(i)], self.total + logp[i], False))
            return out

    kept = [Text([], 0.0, False)]
    while not all(t.finished for t in kept):
        pool = [f for t in kept for f in t.following()]
        kept = sorted(pool, key=lambda t: t.total)[::-1][:width]
    return kept[0].words, float(kept[0].total)


MORE = [
    lambda: _random(3, 1, 1),
    lambda: _random(5, 2, 4, seed=1),
    lambda: _random(6, 4, 6, start=5, end=0, seed=2, end_bonus=1.0),
    lambda: _random(20, 10, 8, start=0, end=19, seed=3, sharp=2.0),
    lambda: _random(4, 50, 5, seed=4, end_bonus=-2.0),
    lambda: _random(8, 3, 3, seed=5, end_bonus=-6.0, never=(1, 4)),
    lambda: _long(30, width=3, count=50),
]
