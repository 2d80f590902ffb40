import re

import numpy as np

SHOWN = {}


# ---------------------------------------------------------------- wrong
def encode__w01_split(sentence, vocabulary):
    return [vocabulary.get(word, 1) for word in sentence.split()]


SHOWN["encode__w01_split"] = (
    "natural",
    "split instead of tokenize: capitals and punctuation make words unknown",
    lambda: dict(sentence="The cat, the dog!", vocabulary={"the": 2, "cat": 3, "dog": 4}),
)


def encode__w02_unknown_is_zero(sentence, vocabulary):
    return [vocabulary.get(word, 0) for word in tokenize(sentence)]


SHOWN["encode__w02_unknown_is_zero"] = (
    "natural",
    "an unknown word gets the id of padding",
    lambda: dict(sentence="the zebra", vocabulary={"the": 2}),
)


def encode__w03_characters(sentence, vocabulary):
    return [vocabulary.get(c, 1) for c in sentence.lower()]


SHOWN["encode__w03_characters"] = (
    "natural",
    "walks over the letters of the string",
    lambda: dict(sentence="the cat", vocabulary={"the": 2, "cat": 3}),
)


def encode__w04_key_error(sentence, vocabulary):
    return [vocabulary[word] for word in tokenize(sentence)]


SHOWN["encode__w04_key_error"] = (
    "natural",
    "an unknown word raises a KeyError",
    lambda: dict(sentence="the zebra", vocabulary={"the": 2}),
)


def encode__w05_unknown_left_out(sentence, vocabulary):
    return [vocabulary[word] for word in tokenize(sentence) if word in vocabulary]


SHOWN["encode__w05_unknown_left_out"] = (
    "natural",
    "unknown words are left out",
    lambda: dict(sentence="the zebra sat", vocabulary={"the": 2, "sat": 3}),
)


def encode__w06_unknown_is_next_id(sentence, vocabulary):
    unknown = len(vocabulary) + 2
    return [vocabulary.get(word, unknown) for word in tokenize(sentence)]


SHOWN["encode__w06_unknown_is_next_id"] = (
    "natural",
    "unknown words get the first id behind the vocabulary",
    lambda: dict(sentence="the zebra", vocabulary={"the": 2, "cat": 3}),
)


def encode__w07_array(sentence, vocabulary):
    return np.array([vocabulary.get(word, 1) for word in tokenize(sentence)])


SHOWN["encode__w07_array"] = (
    "natural",
    "gives an array instead of a list of int (and floats for the empty sentence)",
    lambda: dict(sentence="", vocabulary={"the": 2}),
)


def encode__w08_setdefault(sentence, vocabulary):
    return [vocabulary.setdefault(word, 1) for word in tokenize(sentence)]


SHOWN["encode__w08_setdefault"] = (
    "use",
    "setdefault writes the unknown words into the vocabulary of the caller",
    "changes its argument vocabulary (unknown words become keys)",
)


def encode__w09_empty_is_unknown(sentence, vocabulary):
    words = tokenize(sentence) or [""]
    return [vocabulary.get(word, 1) for word in words]


SHOWN["encode__w09_empty_is_unknown"] = (
    "subtle",
    "the empty sentence gives [1]",
    lambda: dict(sentence="", vocabulary={"the": 2}),
)


def encode__w10_no_repeats(sentence, vocabulary):
    return [vocabulary.get(word, 1) for word in dict.fromkeys(tokenize(sentence))]


SHOWN["encode__w10_no_repeats"] = (
    "subtle",
    "a word that comes twice is encoded once",
    lambda: dict(sentence="the cat the dog", vocabulary={"the": 2, "cat": 3, "dog": 4}),
)


def encode__w11_stops_at_unknown(sentence, vocabulary):
    ids = []
    for word in tokenize(sentence):
        if word not in vocabulary:
            ids.append(1)
            break
        ids.append(vocabulary[word])
    return ids


SHOWN["encode__w11_stops_at_unknown"] = (
    "subtle",
    "what follows the first unknown word is lost",
    lambda: dict(sentence="the zebra sat", vocabulary={"the": 2, "sat": 3}),
)


_w12_known_sentences = {}


def encode__w12_cached_by_sentence(sentence, vocabulary):
    if sentence not in _w12_known_sentences:
        _w12_known_sentences[sentence] = [vocabulary.get(word, 1) for word in tokenize(sentence)]
    return list(_w12_known_sentences[sentence])


SHOWN["encode__w12_cached_by_sentence"] = (
    "use",
    "the cache does not look at the vocabulary",
    "the same sentence with another vocabulary returns the first result",
)


def encode__w13_at_most_20(sentence, vocabulary, max_len=20):
    return [vocabulary.get(word, 1) for word in tokenize(sentence)[:max_len]]


SHOWN["encode__w13_at_most_20"] = (
    "subtle",
    "sentences are cut after 20 words",
    lambda: dict(sentence=" ".join(["cat"] * 30), vocabulary={"cat": 2}),
)


def encode__w14_prefix_match(sentence, vocabulary):
    ids = []
    for word in tokenize(sentence):
        matches = [i for known, i in vocabulary.items() if known.startswith(word)]
        ids.append(matches[0] if matches else 1)
    return ids


SHOWN["encode__w14_prefix_match"] = (
    "subtle",
    "takes the first word of the vocabulary that only begins like the word",
    lambda: dict(sentence="the cat", vocabulary={"then": 2, "the": 3, "cat": 4}),
)


def encode__w15_small_ids(sentence, vocabulary):
    ids = np.array([vocabulary.get(word, 1) for word in tokenize(sentence)], dtype=np.int64).astype(np.uint8)
    return [int(i) for i in ids]


SHOWN["encode__w15_small_ids"] = (
    "subtle",
    "ids of 256 and more wrap around",
    lambda: dict(sentence="the cat", vocabulary={"the": 2, "cat": 300}),
)


def encode__w16_position_in_vocabulary(sentence, vocabulary):
    known = list(vocabulary)
    return [known.index(word) + 2 if word in known else 1 for word in tokenize(sentence)]


SHOWN["encode__w16_position_in_vocabulary"] = (
    "subtle",
    "takes the place of the key instead of the id that the dict holds",
    lambda: dict(sentence="the cat", vocabulary={"the": 7, "cat": 5}),
)


def encode__w17_whole_sentence_unknown(sentence, vocabulary):
    try:
        return [vocabulary[word] for word in tokenize(sentence)]
    except KeyError:
        return [1]


SHOWN["encode__w17_whole_sentence_unknown"] = (
    "natural",
    "one unknown word makes the whole sentence one unknown word",
    lambda: dict(sentence="the zebra sat", vocabulary={"the": 2, "sat": 3}),
)


def encode__w18_mutable_default(sentence, vocabulary, ids=[]):
    for word in tokenize(sentence):
        ids.append(vocabulary[word] if word in vocabulary else 1)
    return ids


SHOWN["encode__w18_mutable_default"] = (
    "use",
    "the default list goes on growing over the calls",
    "second call returns the ids of the first sentence too",
)


def encode__w19_each_word_once_in_vocabulary(sentence, vocabulary):
    remaining = dict(vocabulary)
    return [remaining.pop(word, 1) for word in tokenize(sentence)]


SHOWN["encode__w19_each_word_once_in_vocabulary"] = (
    "subtle",
    "pop takes the word out of the vocabulary: its second occurrence is unknown",
    lambda: dict(sentence="the cat the dog", vocabulary={"the": 2, "cat": 3, "dog": 4}),
)


def encode__w20_returns_map(sentence, vocabulary):
    return map(lambda word: vocabulary.get(word, 1), tokenize(sentence))


SHOWN["encode__w20_returns_map"] = (
    "use",
    "a map object instead of a list: it has no length and can be read once only",
    lambda: dict(sentence="the cat", vocabulary={"the": 2, "cat": 3}),
)


# ---------------------------------------------------------------- right
def encode__r1_get(sentence, vocabulary):
    return [vocabulary.get(word, 1) for word in tokenize(sentence)]


def encode__r2_loop(sentence, vocabulary):
    ids = []
    for word in tokenize(sentence):
        if word in vocabulary:
            ids.append(vocabulary[word])
        else:
            ids.append(1)
    return ids


def encode__r3_try(sentence, vocabulary):
    def look_up(word):
        try:
            return vocabulary[word]
        except KeyError:
            return 1

    return list(map(look_up, tokenize(sentence)))


def encode__r4_defaultdict(sentence, vocabulary):
    from collections import defaultdict

    table = defaultdict(lambda: 1)
    table.update(vocabulary)
    return [table[word] for word in tokenize(sentence)]


def encode__r5_filled_list(sentence, vocabulary):
    words = tokenize(sentence)
    ids = [1] * len(words)
    for i, word in enumerate(words):
        if word in vocabulary.keys():
            ids[i] = vocabulary[word]
    return ids


def encode__r6_add_unknown(sentence, vocabulary):
    words = list(tokenize(sentence))
    table = {**{word: 1 for word in words}, **vocabulary}
    return [table[word] for word in words]
