"""Right answers of lab 4, part 5, that differ from the solution."""

import heapq
import itertools
import math
from collections import Counter

import numpy as np

from checks.late import tf

# 5.1 caption_pairs


def caption_pairs__row_by_row(captions, start, end):
    batch, time = captions.shape
    inputs, targets = np.zeros((batch, time + 1), int), np.zeros((batch, time + 1), int)
    for row, caption in enumerate(captions):
        words = caption[caption != 0]
        inputs[row, : len(words) + 1] = [start, *words]
        targets[row, : len(words) + 1] = [*words, end]
    return inputs, targets


def caption_pairs__lists(captions, start, end):
    inputs, targets = [], []
    for caption in captions.tolist():
        words = [word for word in caption if word]
        rest = [0] * (len(caption) - len(words))
        inputs.append([start, *words, *rest])
        targets.append([*words, end, *rest])
    return inputs, targets


def caption_pairs__first_zero(captions, start, end):
    wide = np.hstack([captions, np.zeros((len(captions), 1), captions.dtype)])
    targets = wide.copy()
    targets[np.arange(len(wide)), (wide == 0).argmax(axis=1)] = end
    return np.hstack([np.full((len(captions), 1), start), captions]), targets


def caption_pairs__where(captions, start, end):
    lengths = (captions > 0).sum(axis=1, keepdims=True)
    wide = np.pad(captions, ((0, 0), (0, 1)))
    return np.insert(captions, 0, start, axis=1), np.where(np.arange(wide.shape[1]) == lengths, end, wide)


def caption_pairs__shifted_back(captions, start, end):
    inputs = np.concatenate([np.full((len(captions), 1), start), captions], axis=1)
    framed = np.concatenate([inputs, np.zeros((len(captions), 1), int)], axis=1)
    for row in framed:
        row[np.count_nonzero(row[1:]) + 1] = end
    return inputs, framed[:, 1:]


def caption_pairs__tensorflow(captions, start, end):
    wide = tf.pad(captions, [[0, 0], [0, 1]])
    lengths = tf.math.count_nonzero(captions, axis=1)
    ends = tf.one_hot(lengths, wide.shape[1], on_value=end, off_value=0, dtype=wide.dtype)
    return tf.pad(captions, [[0, 0], [1, 0]], constant_values=start), wide + ends


# 5.2 greedy


def greedy__for(step, start, end, max_length):
    ids = [start]
    for _ in range(max_length):
        word = step(ids).argmax()
        if word == end:
            break
        ids.append(int(word))
    return ids[1:]


def greedy__endless_loop(step, start, end, max_length):
    words = []
    while True:
        log_probabilities = list(step([start, *words]))
        word = log_probabilities.index(max(log_probabilities))
        if word == end:
            return words
        words.append(word)
        if len(words) == max_length:
            return words


def greedy__recursive(step, start, end, max_length):
    def go_on(words):
        if len(words) == max_length:
            return words
        word = int(np.argmax(step([start, *words])))
        return words if word == end else go_on([*words, word])

    return go_on([])


def greedy__sorted(step, start, end, max_length):
    words = []
    while len(words) < max_length:
        order = np.argsort(-step([start, *words]))
        if order[0] == end:
            break
        words.append(order[0])
    return words


def greedy__tensorflow(step, start, end, max_length):
    words = []
    word = None
    while word != end and len(words) < max_length:
        word = int(tf.argmax(step([start, *words])))
        words.append(word)
    return words[:-1] if word == end else words


def greedy__by_the_largest_number(step, start, end, max_length):
    words = []
    for _ in range(max_length):
        row = step((start, *words))
        word = max(range(len(row)), key=lambda one: row[one])
        if word == end:
            break
        words.append(word)
    return words


# 5.3 beam_search


def beam_search__whole_lists(step, start, end, width, max_length):
    beam = [([start], 0.0)]
    while any(ids[-1] != end or len(ids) == 1 for ids, _ in beam):
        pool = []
        for ids, total in beam:
            if len(ids) > 1 and ids[-1] == end:
                pool.append((ids, total))
                continue
            row = step(ids)
            for word in range(len(row)) if len(ids) <= max_length else [end]:
                pool.append(([*ids, word], total + row[word]))
        beam = sorted(pool, key=lambda text: text[1])[-width:]
    ids, total = max(beam, key=lambda text: text[1])
    return ids[1:-1], total


def beam_search__heap(step, start, end, width, max_length):
    order = itertools.count()
    beam = [(0.0, next(order), (), False)]
    for _ in range(max_length + 1):
        pool = []
        for total, number, words, finished in beam:
            if finished:
                pool.append((total, number, words, True))
                continue
            for word, more in enumerate(step([start, *words]).tolist()):
                if word == end:
                    pool.append((total + more, next(order), words, True))
                elif len(words) < max_length:
                    pool.append((total + more, next(order), (*words, word), False))
        beam = heapq.nlargest(width, pool)
    total, _, words, _ = beam[0]
    return list(words), total


def beam_search__arrays(step, start, end, width, max_length):
    texts, totals, finished = [[]], np.zeros(1), np.zeros(1, bool)
    while not finished.all():
        rows = []
        for text, done in zip(texts, finished, strict=True):
            row = np.full(1, 0.0) if done else np.array(step([start, *text]))
            if not done and len(text) == max_length:
                row[np.arange(len(row)) != end] = -np.inf
            rows.append(row)
        flat = np.concatenate([total + row for total, row in zip(totals, rows, strict=True)])
        origin = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
        word = np.concatenate([np.arange(len(row)) for row in rows])
        best = [one for one in np.argsort(-flat)[:width] if flat[one] > -np.inf]
        new_texts, new_finished = [], []
        for one in best:
            text, done = texts[origin[one]], finished[origin[one]]
            closes = done or word[one] == end
            new_texts.append(text if closes else [*text, int(word[one])])
            new_finished.append(bool(closes))
        texts, totals, finished = new_texts, flat[best], np.array(new_finished)
    winner = int(np.argmax(totals))
    return texts[winner], totals[winner]


def beam_search__dictionaries(step, start, end, width, max_length):
    beam = [{"words": [], "total": 0.0, "done": False}]
    while not all(text["done"] for text in beam):
        pool = []
        for text in beam:
            if text["done"]:
                pool.append(text)
                continue
            row = step([start] + text["words"])
            pool.append({"words": text["words"], "total": text["total"] + row[end], "done": True})
            if len(text["words"]) < max_length:
                for word in range(len(row)):
                    if word != end:
                        longer = text["words"] + [word]
                        pool.append({"words": longer, "total": text["total"] + row[word], "done": False})
        pool.sort(key=lambda text: text["total"], reverse=True)
        beam = pool[:width]
    return beam[0]["words"], float(beam[0]["total"])


def beam_search__only_the_best_few(step, start, end, width, max_length):
    beam, finished = [([], 0.0)], []
    while beam:
        pool = list(finished)
        for words, total in beam:
            row = np.asarray(step([start, *words]), dtype=float)
            if len(words) == max_length:
                pool.append((words, total + row[end], True))
                continue
            for word in np.argsort(row)[::-1][:width]:
                pool.append((words if word == end else [*words, int(word)], total + row[word], bool(word == end)))
        pool = sorted(pool, key=lambda text: -text[1])[:width]
        finished = [text for text in pool if text[2]]
        beam = [text[:2] for text in pool if not text[2]]
    words, total, _ = finished[0]
    return words, total


def beam_search__until_the_best_is_finished(step, start, end, width, max_length):
    beam = [(0.0, [], False)]
    while not beam[0][2]:  # nothing that is open can become better than it is
        pool = [text for text in beam if text[2]]
        for total, words, done in beam:
            if not done:
                row = step([start, *words])
                pool += [
                    (total + one, words if word == end else [*words, word], word == end)
                    for word, one in enumerate(row)
                    if word == end or len(words) < max_length
                ]
        beam = sorted(pool, key=lambda text: text[0], reverse=True)[:width]
    total, words, _ = beam[0]
    return words, total


# 5.4 bleu


def bleu__logarithms(candidate, reference, n=2):
    if len(candidate) < n:
        return 0.0
    logs = []
    for size in range(1, n + 1):
        said = Counter(tuple(candidate[i : i + size]) for i in range(len(candidate) - size + 1))
        real = Counter(tuple(reference[i : i + size]) for i in range(len(reference) - size + 1))
        hits = sum(min(count, real[run]) for run, count in said.items())
        if hits == 0:
            return 0.0
        logs.append(math.log(hits / sum(said.values())))
    return math.exp(sum(logs) / n + min(0, 1 - len(reference) / len(candidate)))


def bleu__struck_out(candidate, reference, n=2):
    precisions = []
    for size in range(1, n + 1):
        runs = [candidate[i : i + size] for i in range(len(candidate) - size + 1)]
        left = [reference[i : i + size] for i in range(len(reference) - size + 1)]
        hits = 0
        for run in runs:
            if run in left:
                left.remove(run)
                hits += 1
        precisions.append(hits / len(runs) if runs else 0.0)
    if not min(precisions):
        return 0.0
    brevity = 1.0 if len(candidate) > len(reference) else math.exp(1 - len(reference) / len(candidate))
    return brevity * math.prod(precisions) ** (1 / n)


def bleu__numpy(candidate, reference, n=2):
    precisions = np.zeros(n)
    for size in range(1, n + 1):
        said = Counter(zip(*(candidate[i:] for i in range(size)), strict=False))
        real = Counter(zip(*(reference[i:] for i in range(size)), strict=False))
        if said:
            precisions[size - 1] = (said & real).total() / said.total()
    if (precisions == 0).any():
        return 0.0
    return np.exp(np.log(precisions).mean()) * min(1, np.exp(1 - len(reference) / len(candidate)))


def bleu__counted_by_hand(candidate, reference, n=2):
    score = 1.0
    for size in range(1, n + 1):
        number = len(candidate) - size + 1
        if number < 1:
            return 0.0
        said, real = {}, {}
        for words, table in ((candidate, said), (reference, real)):
            for i in range(len(words) - size + 1):
                run = tuple(words[i : i + size])
                table[run] = table.get(run, 0) + 1
        score *= sum(min(count, real.get(run, 0)) for run, count in said.items()) / number
    if len(candidate) < len(reference):
        return math.exp(1 - len(reference) / len(candidate)) * score ** (1 / n)
    return score ** (1 / n)


def bleu__recursive(candidate, reference, n=2):
    def precision(size):
        runs = [tuple(candidate[i : i + size]) for i in range(len(candidate) - size + 1)]
        pool = [tuple(reference[i : i + size]) for i in range(len(reference) - size + 1)]
        return sum(min(runs.count(run), pool.count(run)) for run in set(runs)) / max(len(runs), 1)

    precisions = [precision(size) for size in range(1, n + 1)]
    if 0 in precisions:
        return 0.0
    penalty = math.exp(min(0.0, 1.0 - len(reference) / len(candidate)))
    return float(penalty * np.prod(precisions) ** (1.0 / n))
