import math
from collections import Counter

import numpy as np

SHOWN = {}  # name: (kind, what is wrong, input on which it shows)
HOW = {}  # where comparing plain values is not enough: "argument" (changed), ("state", first input)


def _in(lengths=(3, 1, 4), time=5, start=1, end=2, words=20, seed=0, low=3):
    rng = np.random.default_rng(seed)
    captions = np.zeros((len(lengths), time), dtype=int)
    for row, n in zip(captions, lengths):
        row[:n] = rng.integers(low, low + words, size=n)
    return dict(captions=captions, start=start, end=end)


def _rows(rows, start=1, end=2):
    return dict(captions=np.array(rows), start=start, end=end)


def _inputs(captions, start):
    return np.concatenate([np.full((len(captions), 1), start), captions], axis=1)


# ---------------------------------------------------------------- wrong: natural


def caption_pairs__w01_end_in_last_column(captions, start, end):
    ends = np.full((len(captions), 1), end)
    return _inputs(captions, start), np.concatenate([captions, ends], axis=1)


SHOWN["caption_pairs__w01_end_in_last_column"] = (
    "natural",
    "puts the end behind the padding, in the last column",
    lambda: _in(),
)


def caption_pairs__w02_one_column_too_few(captions, start, end):
    batch, time = captions.shape
    whole = np.zeros((batch, time + 1), dtype=int)
    whole[:, :time] = captions
    whole[np.arange(batch), (captions != 0).sum(axis=1)] = end
    return _inputs(captions, start)[:, :-1], whole[:, :-1]


SHOWN["caption_pairs__w02_one_column_too_few"] = (
    "natural",
    "keeps the width time: both lack their last column",
    lambda: _in(),
)


def caption_pairs__w03_no_end(captions, start, end):
    zeros = np.zeros((len(captions), 1), dtype=int)
    return _inputs(captions, start), np.concatenate([captions, zeros], axis=1)


SHOWN["caption_pairs__w03_no_end"] = ("natural", "the targets have no end", lambda: _in())


def caption_pairs__w04_end_in_inputs(captions, start, end):
    batch, time = captions.shape
    targets = np.zeros((batch, time + 1), dtype=int)
    targets[:, :time] = captions
    targets[np.arange(batch), (captions != 0).sum(axis=1)] = end
    inputs = np.concatenate([np.full((batch, 1), start), targets[:, :-1]], axis=1)
    return inputs, targets


SHOWN["caption_pairs__w04_end_in_inputs"] = (
    "natural",
    "shifts the targets by one to get the inputs: the end stands in the inputs too",
    lambda: _in(),
)


def caption_pairs__w05_end_everywhere(captions, start, end):
    zeros = np.zeros((len(captions), 1), dtype=int)
    targets = np.concatenate([captions, zeros], axis=1)
    targets[targets == 0] = end
    return _inputs(captions, start), targets


SHOWN["caption_pairs__w05_end_everywhere"] = (
    "natural",
    "the whole padding of the targets becomes end",
    lambda: _in(),
)


def caption_pairs__w06_end_on_last_word(captions, start, end):
    batch, time = captions.shape
    targets = np.zeros((batch, time + 1), dtype=int)
    targets[:, :time] = captions
    targets[np.arange(batch), (captions != 0).sum(axis=1) - 1] = end
    return _inputs(captions, start), targets


SHOWN["caption_pairs__w06_end_on_last_word"] = (
    "natural",
    "the end replaces the last word",
    lambda: _in(),
)


def caption_pairs__w07_swapped(captions, start, end):
    batch, time = captions.shape
    targets = np.zeros((batch, time + 1), dtype=int)
    targets[:, :time] = captions
    targets[np.arange(batch), (captions != 0).sum(axis=1)] = end
    return targets, _inputs(captions, start)


SHOWN["caption_pairs__w07_swapped"] = ("natural", "returns (targets, inputs)", lambda: _in())


def caption_pairs__w08_start_in_targets(captions, start, end):
    batch, time = captions.shape
    both = np.zeros((batch, time + 2), dtype=int)
    both[:, 0] = start
    both[:, 1:-1] = captions
    both[np.arange(batch), (captions != 0).sum(axis=1) + 1] = end
    return both[:, :-1], both


SHOWN["caption_pairs__w08_start_in_targets"] = (
    "natural",
    "the targets begin with start and have time + 2 columns",
    lambda: _in(),
)


def caption_pairs__w09_start_replaces_word(captions, start, end):
    batch, time = captions.shape
    inputs = np.zeros((batch, time + 1), dtype=int)
    inputs[:, :time] = captions
    inputs[:, 0] = start
    targets = np.zeros((batch, time + 1), dtype=int)
    targets[:, :time] = captions
    targets[np.arange(batch), (captions != 0).sum(axis=1)] = end
    return inputs, targets


SHOWN["caption_pairs__w09_start_replaces_word"] = (
    "natural",
    "start replaces the first word of the inputs",
    lambda: _in(),
)


def caption_pairs__w10_one_length_for_all(captions, start, end):
    batch, time = captions.shape
    targets = np.zeros((batch, time + 1), dtype=int)
    targets[:, :time] = captions
    targets[:, np.count_nonzero(captions[0])] = end
    return _inputs(captions, start), targets


SHOWN["caption_pairs__w10_one_length_for_all"] = (
    "natural",
    "puts the end of all captions where the first caption ends",
    lambda: _in(),
)


# ---------------------------------------------------------------- wrong: subtle


def caption_pairs__w11_full_caption_without_end(captions, start, end):
    batch, time = captions.shape
    targets = np.zeros((batch, time + 1), dtype=int)
    targets[:, :time] = captions
    for row in targets:
        length = np.count_nonzero(row)
        if length < time:
            row[length] = end
    return _inputs(captions, start), targets


SHOWN["caption_pairs__w11_full_caption_without_end"] = (
    "subtle",
    "a caption without padding gets no end",
    lambda: _in((5, 3)),
)


def caption_pairs__w12_empty_caption_skipped(captions, start, end):
    batch, time = captions.shape
    inputs, targets = np.zeros((2, batch, time + 1), dtype=int)
    for k, caption in enumerate(captions):
        words = caption[caption != 0]
        if len(words) == 0:
            continue
        inputs[k, : len(words) + 1] = [start, *words]
        targets[k, : len(words) + 1] = [*words, end]
    return inputs, targets


SHOWN["caption_pairs__w12_empty_caption_skipped"] = (
    "subtle",
    "an empty caption gives rows of zeros, without start and end",
    lambda: _in((3, 0, 2)),
)


def caption_pairs__w13_first_zero(captions, start, end):
    batch, time = captions.shape
    targets = np.zeros((batch, time + 1), dtype=int)
    targets[:, :time] = captions
    targets[np.arange(batch), np.argmax(captions == 0, axis=1)] = end
    return _inputs(captions, start), targets


SHOWN["caption_pairs__w13_first_zero"] = (
    "subtle",
    "argmax finds no 0 in a full caption and answers 0: the end replaces the first word",
    lambda: _in((5, 3)),
)


def caption_pairs__w14_bytes(captions, start, end):
    batch, time = captions.shape
    inputs, targets = np.zeros((2, batch, time + 1), dtype=np.uint16)
    inputs[:, 0] = start
    inputs[:, 1:] = captions
    targets[:, :time] = captions
    targets[np.arange(batch), (captions != 0).sum(axis=1)] = end
    return inputs, targets


SHOWN["caption_pairs__w14_bytes"] = (
    "subtle",
    "uint16: ids from 65536 on become others",
    lambda: _in((4, 2), words=100, low=90000),
)


def caption_pairs__w15_in_place(captions, start, end):
    batch, time = captions.shape
    inputs = _inputs(captions, start)
    lengths = (captions != 0).sum(axis=1)
    last = np.zeros((batch, 1), dtype=int)
    for k, n in enumerate(lengths):
        if n < time:
            captions[k, n] = end
        else:
            last[k] = end
    return inputs, np.concatenate([captions, last], axis=1)


SHOWN["caption_pairs__w15_in_place"] = (
    "use",
    "writes the end into its argument captions",
    lambda: _in(),
)
HOW["caption_pairs__w15_in_place"] = "argument"


def caption_pairs__w16_different_words(captions, start, end):
    batch, time = captions.shape
    targets = np.zeros((batch, time + 1), dtype=int)
    targets[:, :time] = captions
    for k, caption in enumerate(captions):
        targets[k, len(set(caption.tolist()) - {0})] = end
    return _inputs(captions, start), targets


SHOWN["caption_pairs__w16_different_words"] = (
    "subtle",
    "takes the number of different words for the length: wrong where a word comes twice",
    lambda: _rows([[7, 8, 7, 0, 0], [5, 6, 0, 0, 0]]),
)


def caption_pairs__w17_start_1_end_2(captions, start, end):
    batch, time = captions.shape
    targets = np.zeros((batch, time + 1), dtype=int)
    targets[:, :time] = captions
    targets[np.arange(batch), (captions != 0).sum(axis=1)] = 2
    return _inputs(captions, 1), targets


SHOWN["caption_pairs__w17_start_1_end_2"] = (
    "subtle",
    "start = 1 and end = 2 are written into the code",
    lambda: _in(start=98, end=99),
)


def caption_pairs__w18_words_above_end(captions, start, end):
    batch, time = captions.shape
    targets = np.zeros((batch, time + 1), dtype=int)
    targets[:, :time] = captions
    targets[np.arange(batch), (captions > max(start, end)).sum(axis=1)] = end
    return _inputs(captions, start), targets


SHOWN["caption_pairs__w18_words_above_end"] = (
    "subtle",
    "takes ids above start and end for words: right where the special ids come first only",
    lambda: _in(start=98, end=99),
)


def caption_pairs__w19_length_in_a_byte(captions, start, end):
    batch, time = captions.shape
    targets = np.zeros((batch, time + 1), dtype=int)
    targets[:, :time] = captions
    lengths = (captions != 0).sum(axis=1, dtype=np.uint8)
    targets[np.arange(batch), lengths] = end
    return _inputs(captions, start), targets


SHOWN["caption_pairs__w19_length_in_a_byte"] = (
    "subtle",
    "counts the words in uint8: wrong for captions of 256 words or more",
    lambda: _in((280, 3), time=300),
)


def caption_pairs__w20_padding_cut(captions, start, end):
    longest = (captions != 0).sum(axis=1).max()
    captions = captions[:, :longest]
    batch, time = captions.shape
    targets = np.zeros((batch, time + 1), dtype=int)
    targets[:, :time] = captions
    targets[np.arange(batch), (captions != 0).sum(axis=1)] = end
    return _inputs(captions, start), targets


SHOWN["caption_pairs__w20_padding_cut"] = (
    "subtle",
    "cuts columns that are padding in all captions: right where one caption is full",
    lambda: _in((3, 1, 2), time=6),
)


# ---------------------------------------------------------------- right


def caption_pairs__r1_lengths(captions, start, end):
    batch, time = captions.shape
    lengths = np.count_nonzero(captions, axis=1)
    inputs = np.zeros((batch, time + 1), dtype=captions.dtype)
    inputs[:, 0] = start
    inputs[:, 1:] = captions
    targets = np.zeros_like(inputs)
    targets[:, :-1] = captions
    targets[np.arange(batch), lengths] = end
    return inputs, targets


def caption_pairs__r2_pad_and_where(captions, start, end):
    inputs = np.pad(captions, ((0, 0), (1, 0)), constant_values=start)
    targets = np.pad(captions, ((0, 0), (0, 1)))
    return inputs, np.where((targets == 0) & (inputs != 0), end, targets)


def caption_pairs__r3_loop(captions, start, end):
    inputs, targets = [], []
    for caption in np.asarray(captions).tolist():
        words = [w for w in caption if w != 0]
        rest = [0] * (len(caption) - len(words))
        inputs.append([start] + words + rest)
        targets.append(words + [end] + rest)
    return np.array(inputs), np.array(targets)


def caption_pairs__r4_column_numbers(captions, start, end):
    batch, time = captions.shape
    lengths = (captions != 0).sum(axis=1, keepdims=True)
    padded = np.hstack([captions, np.zeros((batch, 1), dtype=captions.dtype)])
    columns = np.arange(time + 1)[None, :]
    inputs = np.where(columns == 0, start, np.roll(padded, 1, axis=1))
    return inputs, padded + end * (columns == lengths)


def caption_pairs__r5_first_zero(captions, start, end):
    batch = captions.shape[0]
    inputs = np.column_stack([np.full(batch, start), captions])
    targets = np.column_stack([captions, np.zeros(batch, dtype=int)])
    first = (targets == 0).argmax(axis=1)
    np.put_along_axis(targets, first[:, None], end, axis=1)
    return inputs, targets


def caption_pairs__r6_cumsum(captions, start, end):
    wide = np.insert(captions, captions.shape[1], 0, axis=1)
    zeros_so_far = np.cumsum(wide == 0, axis=1)
    targets = wide + (zeros_so_far == 1) * end
    inputs = np.insert(captions, 0, start, axis=1)
    return inputs, targets


MORE = [
    lambda: _in((0,), time=1),
    lambda: _in((1,), time=1, start=8, end=9, low=1, words=6),
    lambda: _in((5, 0, 3, 2, 5)),
    lambda: _in((280, 0, 300), time=300, words=5),
    lambda: _in((4, 7, 1), time=9, start=70001, end=70002, low=1, words=70000),
]
