"""The classic wrong answers of lab 4, part 5: pairs, greedy and beam search, BLEU.

A name says all (`listed`): `greedy__end_in_result` must earn the hint `end_in_result`.
"""

import math
from collections import Counter

import numpy as np

# 5.1 caption_pairs


def _column(captions, value):
    return np.full((len(captions), 1), value)


def _inputs(captions, start):
    return np.concatenate([_column(captions, start), captions], axis=1)


def _targets(captions, end):
    result = np.concatenate([captions, _column(captions, 0)], axis=1)
    for row in result:
        row[np.argmax(row == 0)] = end
    return result


def caption_pairs__exchanged(captions, start, end):
    return _targets(captions, end), _inputs(captions, start)


def caption_pairs__ids_exchanged(captions, start, end):
    return _inputs(captions, end), _targets(captions, start)


def caption_pairs__no_start(captions, start, end):
    return np.concatenate([captions, _column(captions, 0)], axis=1), _targets(captions, end)


def caption_pairs__no_start__short(captions, start, end):
    return captions.copy(), _targets(captions, end)


def caption_pairs__start_behind(captions, start, end):
    return np.concatenate([captions, _column(captions, start)], axis=1), _targets(captions, end)


def caption_pairs__end_in_inputs(captions, start, end):
    return _inputs(_targets(captions, end), start), _targets(captions, end)


def caption_pairs__end_in_inputs__cut(captions, start, end):
    return _inputs(_targets(captions, end), start)[:, :-1], _targets(captions, end)


def caption_pairs__cut(captions, start, end):
    return _inputs(captions[:, :-1], start), _targets(captions, end)


def caption_pairs__cut__both(captions, start, end):
    return _inputs(captions[:, :-1], start), _targets(captions, end)[:, :-1]


def caption_pairs__cut__no_end(captions, start, end):
    return _inputs(captions[:, :-1], start), captions.copy()


def caption_pairs__end_last(captions, start, end):
    return _inputs(captions, start), np.concatenate([captions, _column(captions, end)], axis=1)


def caption_pairs__no_end(captions, start, end):
    return _inputs(captions, start), np.concatenate([captions, _column(captions, 0)], axis=1)


def caption_pairs__no_end__short(captions, start, end):
    return _inputs(captions, start), captions.copy()


def caption_pairs__start_in_targets(captions, start, end):
    return _inputs(captions, start), _inputs(captions, start)


def caption_pairs__start_in_targets__and_end(captions, start, end):
    return _inputs(captions, start), _inputs(_targets(captions, end), start)


def caption_pairs__padding_is_end(captions, start, end):
    targets = _targets(captions, end)
    targets[targets == 0] = end
    return _inputs(captions, start), targets


def caption_pairs__end_overwrites(captions, start, end):
    targets = np.concatenate([captions, _column(captions, 0)], axis=1)
    lengths = (captions != 0).sum(axis=1)
    targets[np.arange(len(captions)), np.maximum(lengths - 1, 0)] = end
    return _inputs(captions, start), targets


def caption_pairs__type__floats(captions, start, end):
    targets = np.zeros((len(captions), captions.shape[1] + 1))
    targets[:] = _targets(captions, end)
    return _inputs(captions, start), targets


def caption_pairs__value__end_twice(captions, start, end):
    targets = _targets(captions, end)
    targets[:, -1] = np.where(targets[:, -1] == 0, end, targets[:, -1])
    return _inputs(captions, start), targets


def caption_pairs__raises__no_room(captions, start, end):
    targets = captions.copy()
    targets[np.arange(len(captions)), (captions != 0).sum(axis=1)] = end
    return _inputs(captions, start), targets


def caption_pairs__raises__lists(captions, start, end):
    return np.array([[start, *row[row != 0]] for row in captions]), _targets(captions, end)


def caption_pairs__changed(captions, start, end):
    found = _inputs(captions, start), _targets(captions, end)
    captions[captions == 0] = end
    return found


def caption_pairs__zeros(captions, start, end):
    return np.zeros_like(_inputs(captions, start)), np.zeros_like(_inputs(captions, start))


def caption_pairs__constant(captions, start, end):
    return np.ones_like(_inputs(captions, start)), np.ones_like(_inputs(captions, start))


def caption_pairs__echo(captions, start, end):
    return captions, captions


# 5.2 greedy


def _write(step, start, end, room, fed=None, pick=np.argmax):
    words = []
    for _ in range(room):
        word = int(pick(step([start, *words] if fed is None else fed(words))))
        if word == end:
            break
        words.append(word)
    return words


def greedy__never_stops(step, start, end, max_length):
    words, word = [], None
    while word != end:
        word = int(np.argmax(step([start, *words])))
        words.append(word)
    return words[:-1]


def greedy__no_start(step, start, end, max_length):
    return _write(step, start, end, max_length, fed=lambda words: words)


def greedy__no_start__last_word_alone(step, start, end, max_length):
    return _write(step, start, end, max_length, fed=lambda words: words[-1:] or [start])


def greedy__changes(step, start, end, max_length):
    rng = np.random.default_rng()

    def pick(row):
        return rng.choice(len(row), p=np.exp(row) / np.exp(row).sum())

    return _write(step, start, end, max_length, pick=pick)


_WRITTEN = []


def greedy__changes__kept(step, start, end, max_length):
    while len(_WRITTEN) < max_length:
        word = int(np.argmax(step([start, *_WRITTEN])))
        if word == end:
            break
        _WRITTEN.append(word)
    _WRITTEN.append(len(_WRITTEN))
    return list(_WRITTEN)


def greedy__asked_too_often(step, start, end, max_length):
    words = []
    while len(words) < max_length and np.argmax(step([start, *words])) != end:
        words.append(int(np.argmax(step([start, *words]))))
    return words


def greedy__asked_too_often__at_the_end(step, start, end, max_length):
    words = []
    word = int(np.argmax(step([start])))
    while word != end and len(words) < max_length:
        words.append(word)
        word = int(np.argmax(step([start, *words])))
    return words


def greedy__end_in_result(step, start, end, max_length):
    words = []
    while len(words) < max_length:
        words.append(int(np.argmax(step([start, *words]))))
        if words[-1] == end:
            break
    return words


def greedy__start_in_result(step, start, end, max_length):
    return [start, *_write(step, start, end, max_length)]


def greedy__both_in_result(step, start, end, max_length):
    ids = [start]
    while ids[-1] != end and len(ids) <= max_length:
        ids.append(int(np.argmax(step(ids))))
    return ids


def _drawn_with(seed):
    def pick(row):
        return np.random.default_rng(seed).choice(len(row), p=np.exp(row) / np.exp(row).sum())

    return pick


def greedy__draws(step, start, end, max_length):
    return _write(step, start, end, max_length, pick=_drawn_with(0))


def greedy__draws__other_seed(step, start, end, max_length):
    return _write(step, start, end, max_length, pick=_drawn_with(1))


def greedy__least_probable(step, start, end, max_length):
    return _write(step, start, end, max_length, pick=np.argmin)


def greedy__second_best(step, start, end, max_length):
    return _write(step, start, end, max_length, pick=lambda row: np.argsort(row)[-2])


def greedy__not_stopped(step, start, end, max_length):
    words = []
    for _ in range(max_length):
        words.append(int(np.argmax(step([start, *words]))))
    return words


def greedy__one_too_long(step, start, end, max_length):
    words = []
    while len(words) <= max_length:
        word = int(np.argmax(step([start, *words])))
        if word == end:
            return words
        words.append(word)
    return words


def greedy__start_counted(step, start, end, max_length):
    ids = [start]
    while len(ids) < max_length:
        word = int(np.argmax(step(list(ids))))
        if word == end:
            break
        ids.append(word)
    return ids[1:]


def greedy__last_word_only(step, start, end, max_length):
    return _write(step, start, end, max_length, fed=lambda words: [start, *words[-1:]])


def greedy__never_fed_back(step, start, end, max_length):
    return _write(step, start, end, max_length, fed=lambda words: [start, *words[:0]])


def greedy__newest_first(step, start, end, max_length):
    return _write(step, start, end, max_length, fed=lambda words: [start, *reversed(words)])


def greedy__type__array(step, start, end, max_length):
    return np.array(_write(step, start, end, max_length))


def greedy__shape__specials_dropped(step, start, end, max_length):
    return [word for word in _write(step, start, end, max_length) if word not in (0, start, end)]


def greedy__shape__falsy_word_ends(step, start, end, max_length):
    words = []
    while len(words) < max_length:
        word = int(np.argmax(step([start, *words])))
        if word == end or not word:
            break
        words.append(word)
    return words


def greedy__raises__probabilities(step, start, end, max_length):
    return _write(step, start, end, max_length, pick=lambda row: row.index(max(row)))


def greedy__type__zeros(step, start, end, max_length):
    return 0


def greedy__shape__constant(step, start, end, max_length):
    return [7]


def greedy__type__echo(step, start, end, max_length):
    return start


# 5.3 beam_search


def _total(*text):
    return text[1]


def _all_of(_, mine):
    return mine


def _search(step, start, end, width, max_length, **how):
    """Search with a beam; `how` says what is done otherwise."""
    gain, rank = how.get("gain", float), how.get("rank", _total)
    beam = [((), 0.0, False)]
    for _ in range(max_length + 1):
        if how.get("over", all)(done for *_, done in beam):
            break
        pool = [text for text in beam if text[2] and not how.get("drop")]
        for words, total, done in beam:
            if done and not how.get("go_on"):
                continue
            pool += how.get("some", _all_of)(
                words,
                [
                    (
                        words if word == end else (*words, word),
                        total + how.get("cost", {}).get(word, gain)(lp),
                        word == end,
                    )
                    for word, lp in enumerate(step([start, *words]))
                    if word == end or len(words) < max_length
                ],
            )
        if not pool:
            break
        beam = sorted(pool, key=lambda text: -how.get("sign", 1) * rank(*text))[:width]
    finished = [text for text in beam if text[2]] or beam
    words, total, _ = max(finished, key=lambda text: how.get("sign", 1) * how.get("last", rank)(*text))
    return list(words), total


def beam_search__never_stops(step, start, end, width, max_length):
    beam = [([], 0.0, False)]
    while not all(done for *_, done in beam):
        pool = [text for text in beam if text[2]]
        for words, total, done in beam:
            if not done:
                for word, lp in enumerate(step([start, *words])):
                    if word != end:
                        pool.append(([*words, word], total + lp, False))
        beam = sorted(pool, key=lambda text: -text[1])[:width]
    return beam[0][:2]


def beam_search__no_start(step, start, end, width, max_length):
    return _search(lambda prefix: step(prefix[1:]), start, end, width, max_length)


def beam_search__end_in_result(step, start, end, width, max_length):
    words, total = _search(step, start, end, width, max_length)
    return [*words, end], total


def beam_search__start_in_result(step, start, end, width, max_length):
    words, total = _search(step, start, end, width, max_length)
    return [start, *words], total


def beam_search__probability(step, start, end, width, max_length):
    words, total = _search(step, start, end, width, max_length)
    return words, math.exp(total)


def beam_search__width_one(step, start, end, width, max_length):
    words, total = [], 0.0
    while True:
        row = step([start, *words])
        word = int(np.argmax(row)) if len(words) < max_length else end
        total += float(row[word])
        if word == end:
            return words, total
        words.append(word)


def beam_search__best_continuation_only(step, start, end, width, max_length):
    def best(words, mine):
        return [max(mine, key=lambda text: text[1])] if words else mine

    return _search(step, start, end, width, max_length, some=best)


def beam_search__probabilities_added(step, start, end, width, max_length):
    return _search(step, start, end, width, max_length, gain=math.exp)


def beam_search__probabilities_added__as_logarithm(step, start, end, width, max_length):
    words, total = _search(step, start, end, width, max_length, gain=math.exp)
    return words, math.log(total)


def beam_search__finished_dropped(step, start, end, width, max_length):
    return _search(step, start, end, width, max_length, drop=True)


def beam_search__finished_dropped__set_aside(step, start, end, width, max_length):
    beam, finished = [([], 0.0)], []
    while beam:
        longer = []
        for words, total in beam:
            row = step([start, *words])
            finished.append((words, total + float(row[end])))
            if len(words) < max_length:
                longer += [([*words, word], total + float(lp)) for word, lp in enumerate(row) if word != end]
        beam = sorted(longer, key=lambda text: -text[1])[:width]
    return max(finished, key=lambda text: text[1])


def beam_search__finished_continued(step, start, end, width, max_length):
    return _search(step, start, end, width, max_length, go_on=True, drop=True)


def beam_search__wrong_way(step, start, end, width, max_length):
    return _search(step, start, end, width, max_length, sign=-1)


def beam_search__wrong_way__at_the_end(step, start, end, width, max_length):
    return _search(step, start, end, width, max_length, last=lambda *text: -text[1])


def beam_search__by_length(step, start, end, width, max_length):
    def rank(words, total, done):
        return total / max(len(words) + done, 1)

    return _search(step, start, end, width, max_length, rank=rank)


def beam_search__by_length__one_more(step, start, end, width, max_length):
    return _search(step, start, end, width, max_length, rank=lambda words, total, _: total / (len(words) + 1))


def beam_search__by_length__at_the_end(step, start, end, width, max_length):
    return _search(step, start, end, width, max_length, last=lambda *text: text[1] / (len(text[0]) + 1))


def beam_search__by_length__returned(step, start, end, width, max_length):
    words, total = beam_search__by_length(step, start, end, width, max_length)
    return words, total / (len(words) + 1)


def beam_search__end_not_counted(step, start, end, width, max_length):
    return _search(step, start, end, width, max_length, cost={end: lambda lp: 0.0 * bool(lp)})


def beam_search__end_not_counted__returned(step, start, end, width, max_length):
    words, total = _search(step, start, end, width, max_length)
    return words, total - float(step([start, *words])[end])


def beam_search__end_not_counted__at_the_limit(step, start, end, width, max_length):
    beam = [([], 0.0, False)]
    while not all(done for *_, done in beam):
        pool = []
        for words, total, done in beam:
            if done or len(words) == max_length:
                pool.append((words, total, True))
                continue
            for word, lp in enumerate(step([start, *words])):
                pool.append((words, total + lp, True) if word == end else ([*words, word], total + lp, False))
        beam = sorted(pool, key=lambda text: -text[1])[:width]
    return beam[0][0], float(beam[0][1])


def beam_search__first_finished(step, start, end, width, max_length):
    return _search(step, start, end, width, max_length, over=any)


def beam_search__shape__start_is_no_word(step, start, end, width, max_length):
    return _search(step, start, end, width, max_length, some=lambda _, mine: [t for t in mine if t[0][-1:] != (start,)])


def beam_search__type__words_alone(step, start, end, width, max_length):
    return _search(step, start, end, width, max_length)[0]


def beam_search__type__tuple(step, start, end, width, max_length):
    words, total = _search(step, start, end, width, max_length)
    return tuple(words), total


def beam_search__type__exchanged(step, start, end, width, max_length):
    return _search(step, start, end, width, max_length)[::-1]


def beam_search__value__bits(step, start, end, width, max_length):
    words, total = _search(step, start, end, width, max_length)
    return words, total / math.log(2)


def beam_search__raises__two_values(step, start, end, width, max_length):
    [(word, total)] = step([start])
    return [word], total


def beam_search__type__zeros(step, start, end, width, max_length):
    return 0


def beam_search__shape__constant(step, start, end, width, max_length):
    return [7], 7.0


def beam_search__echo(step, start, end, width, max_length):
    return start, end


# 5.4 bleu


def _runs(words, size):
    return [tuple(words[i : i + size]) for i in range(len(words) - size + 1)]


def _precision(candidate, reference, size, clip=True):
    said, real = Counter(_runs(candidate, size)), Counter(_runs(reference, size))
    hits = sum(min(said[run], real[run]) if clip else said[run] * (run in real) for run in said)
    return hits / max(len(_runs(candidate, size)), 1)


def _all(candidate, reference, n, **how):
    return [_precision(candidate, reference, size, **how) for size in range(1, n + 1)]


def _factor(candidate, reference):
    return min(1.0, math.exp(1 - len(reference) / len(candidate)))


def _right(candidate, reference, n):
    if not candidate:
        return 0.0
    return _factor(candidate, reference) * float(np.prod(_all(candidate, reference, n))) ** (1 / n)


def bleu__percent(candidate, reference, n=2):
    return 100 * _right(candidate, reference, n)


def bleu__not_clipped(candidate, reference, n=2):
    if not candidate:
        return 0.0
    return _factor(candidate, reference) * float(np.prod(_all(candidate, reference, n, clip=False))) ** (1 / n)


def bleu__arithmetic(candidate, reference, n=2):
    return _factor(candidate, reference) * float(np.mean(_all(candidate, reference, n))) if candidate else 0.0


def bleu__arithmetic__short(candidate, reference, n=2):
    return bleu__arithmetic(candidate, reference, n) if len(candidate) >= n else 0.0


def bleu__arithmetic__zero(candidate, reference, n=2):
    return bleu__arithmetic(candidate, reference, n) if all(_all(candidate, reference, n)) else 0.0


def bleu__no_brevity(candidate, reference, n=2):
    return float(np.prod(_all(candidate, reference, n))) ** (1 / n)


def bleu__linear_brevity(candidate, reference, n=2):
    return min(1.0, len(candidate) / len(reference)) * float(np.prod(_all(candidate, reference, n))) ** (1 / n)


def bleu__long_rewarded(candidate, reference, n=2):
    if not candidate:
        return 0.0
    return math.exp(1 - len(reference) / len(candidate)) * float(np.prod(_all(candidate, reference, n))) ** (1 / n)


def bleu__brevity_turned(candidate, reference, n=2):
    factor = min(1.0, math.exp(1 - len(candidate) / len(reference)))
    return factor * float(np.prod(_all(candidate, reference, n))) ** (1 / n)


def bleu__recall(candidate, reference, n=2):
    if not candidate:
        return 0.0
    return _factor(candidate, reference) * float(np.prod(_all(reference, candidate, n))) ** (1 / n)


def bleu__recall__no_brevity(candidate, reference, n=2):
    return float(np.prod(_all(reference, candidate, n))) ** (1 / n)


def bleu__only_longest(candidate, reference, n=2):
    return _factor(candidate, reference) * _precision(candidate, reference, n) if candidate else 0.0


def bleu__only_words(candidate, reference, n=2):
    return _factor(candidate, reference) * _precision(candidate, reference, 1) if candidate else 0.0


def bleu__product(candidate, reference, n=2):
    return _factor(candidate, reference) * math.prod(_all(candidate, reference, n)) if candidate else 0.0


def bleu__value__smoothed(candidate, reference, n=2):
    if not candidate:
        return 0.0
    logs = [math.log(max(p, 1e-2)) for p in _all(candidate, reference, n)]
    return _factor(candidate, reference) * math.exp(sum(logs) / n)


def bleu__raises__log_of_0(candidate, reference, n=2):
    logs = [math.log(p) for p in _all(candidate, reference, n)]
    return _factor(candidate, reference) * math.exp(sum(logs) / n)


def bleu__raises__empty(candidate, reference, n=2):
    return _factor(candidate, reference) * float(np.prod(_all(candidate, reference, n))) ** (1 / n)


def bleu__value__joined_words(candidate, reference, n=2):
    one, two = "".join(map(str, candidate)), "".join(map(str, reference))
    return _right(one, two, n)


def bleu__type__int(candidate, reference, n=2):
    return _right(candidate, reference, n) or 0


def bleu__changed(candidate, reference, n=2):
    found = _right(candidate, reference, n)
    reference.sort(key=str)
    return found


def bleu__zeros(candidate, reference, n=2):
    return 0.0


def bleu__constant(candidate, reference, n=2):
    return 0.5


def bleu__echo(candidate, reference, n=2):
    return candidate
