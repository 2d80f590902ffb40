import numpy as np

SHOWN = {}


# ---------------------------------------------------------------- wrong
def build_vocabulary__w01_from_zero(words):
    vocabulary = {}
    for word in words:
        if word not in vocabulary:
            vocabulary[word] = len(vocabulary)
    return vocabulary


SHOWN["build_vocabulary__w01_from_zero"] = (
    "natural",
    "ids count from 0, not from 2",
    lambda: dict(words=["the", "cat"]),
)


def build_vocabulary__w02_from_one(words):
    vocabulary = {}
    next_id = 1
    for word in words:
        if word not in vocabulary:
            vocabulary[word] = next_id
            next_id += 1
    return vocabulary


SHOWN["build_vocabulary__w02_from_one"] = (
    "natural",
    "only id 0 is kept free, ids count from 1",
    lambda: dict(words=["the", "cat", "the"]),
)


def build_vocabulary__w03_alphabetical(words):
    return {word: i for i, word in enumerate(sorted(set(words)), start=2)}


SHOWN["build_vocabulary__w03_alphabetical"] = (
    "natural",
    "ids in alphabetical order instead of the order of occurrence",
    lambda: dict(words=["the", "cat", "sat"]),
)


def build_vocabulary__w04_by_frequency(words):
    from collections import Counter

    return {word: i + 2 for i, (word, _) in enumerate(Counter(words).most_common())}


SHOWN["build_vocabulary__w04_by_frequency"] = (
    "natural",
    "frequent words come first; right only while the counts fall in order of occurrence",
    lambda: dict(words=["a", "cat", "cat"]),
)


def build_vocabulary__w05_last_position(words):
    return {word: i for i, word in enumerate(words, start=2)}


SHOWN["build_vocabulary__w05_last_position"] = (
    "natural",
    "a repeated word gets a new id each time: the last position wins and ids have gaps",
    lambda: dict(words=["the", "cat", "the"]),
)


def build_vocabulary__w06_with_special_words(words):
    vocabulary = {"<pad>": 0, "<unk>": 1}
    for word in words:
        if word not in vocabulary:
            vocabulary[word] = len(vocabulary)
    return vocabulary


SHOWN["build_vocabulary__w06_with_special_words"] = (
    "natural",
    "padding and unknown are keys of the dict",
    lambda: dict(words=["the", "cat"]),
)


def build_vocabulary__w07_set_order(words):
    return dict(zip(set(words), range(2, 2 + len(set(words)))))


SHOWN["build_vocabulary__w07_set_order"] = (
    "natural",
    "a set forgets the order in which the words occur",
    lambda: dict(words=["w%d" % i for i in range(50)]),
)


def build_vocabulary__w08_first_position(words):
    vocabulary = {}
    for position, word in enumerate(words):
        vocabulary.setdefault(word, position + 2)
    return vocabulary


SHOWN["build_vocabulary__w08_first_position"] = (
    "subtle",
    "the id is the position in the text, so a repeat leaves a gap in the ids behind it",
    lambda: dict(words=["the", "the", "cat"]),
)


def build_vocabulary__w09_id_to_word(words):
    unique = list(dict.fromkeys(words))
    return {i + 2: unique[i] for i in range(len(unique))}


SHOWN["build_vocabulary__w09_id_to_word"] = ("natural", "dict goes from id to word", lambda: dict(words=["the", "cat"]))


def build_vocabulary__w10_order_of_last_occurrence(words):
    vocabulary = {}
    for word in words:
        vocabulary.pop(word, None)
        vocabulary[word] = None
    return {word: i for i, word in enumerate(vocabulary, 2)}


SHOWN["build_vocabulary__w10_order_of_last_occurrence"] = (
    "subtle",
    "words are numbered in the order in which they occur last",
    lambda: dict(words=["the", "cat", "the"]),
)


def build_vocabulary__w11_mutable_default(words, vocabulary={}):
    for word in words:
        if word not in vocabulary:
            vocabulary[word] = len(vocabulary) + 2
    return vocabulary


SHOWN["build_vocabulary__w11_mutable_default"] = (
    "use",
    "the default dict lives on: a second call with other words still holds the words of the first",
    "second call with other words contains the words of the first call",
)


def build_vocabulary__w12_pops_the_list(words):
    vocabulary = {}
    while words:
        word = words.pop(0)
        if word not in vocabulary:
            vocabulary[word] = len(vocabulary) + 2
    return vocabulary


SHOWN["build_vocabulary__w12_pops_the_list"] = (
    "use",
    "empties the list of the caller",
    "changes its argument words (it is empty afterwards)",
)


def build_vocabulary__w13_only_neighbours_compared(words):
    vocabulary = {}
    next_id = 2
    previous = None
    for word in words:
        if word != previous:
            vocabulary[word] = next_id
            next_id += 1
        previous = word
    return vocabulary


SHOWN["build_vocabulary__w13_only_neighbours_compared"] = (
    "subtle",
    "only a repeat directly after the word is noticed",
    lambda: dict(words=["the", "the", "cat", "the"]),
)


def build_vocabulary__w14_small_ids(words):
    unique = list(dict.fromkeys(words))
    ids = (np.arange(len(unique)) + 2).astype(np.int8)
    return dict(zip(unique, ids.tolist()))


SHOWN["build_vocabulary__w14_small_ids"] = (
    "subtle",
    "ids are int8 and wrap around after 127",
    lambda: dict(words=["w%d" % i for i in range(200)]),
)


def build_vocabulary__w15_at_most_1000(words, max_words=1000):
    vocabulary = {}
    for word in words:
        if len(vocabulary) == max_words:
            break
        if word not in vocabulary:
            vocabulary[word] = len(vocabulary) + 2
    return vocabulary


SHOWN["build_vocabulary__w15_at_most_1000"] = (
    "subtle",
    "words after the first 1000 different ones are left out",
    lambda: dict(words=["w%d" % i for i in range(1500)]),
)


def build_vocabulary__w16_seen_as_text(words):
    vocabulary = {}
    seen = ""
    for word in words:
        if word not in seen:
            vocabulary[word] = len(vocabulary) + 2
            seen += word + " "
    return vocabulary


SHOWN["build_vocabulary__w16_seen_as_text"] = (
    "subtle",
    "`in` on a string finds parts of words: 'he' counts as seen after 'the'",
    lambda: dict(words=["the", "he", "cat", "at"]),
)


def build_vocabulary__w17_last_word_missing(words):
    vocabulary = {}
    for i in range(len(words) - 1):
        if words[i] not in words[:i]:
            vocabulary[words[i]] = len(vocabulary) + 2
    return vocabulary


SHOWN["build_vocabulary__w17_last_word_missing"] = (
    "subtle",
    "the last word is not looked at; right when it occurred before",
    lambda: dict(words=["the", "cat", "sat"]),
)


def build_vocabulary__w18_no_single_letters(words):
    vocabulary = {}
    for word in words:
        if len(word) > 1 and word not in vocabulary:
            vocabulary[word] = len(vocabulary) + 2
    return vocabulary


SHOWN["build_vocabulary__w18_no_single_letters"] = (
    "subtle",
    "words of one letter ('a', 'i') are left out",
    lambda: dict(words=["a", "cat", "i", "saw"]),
)


def build_vocabulary__w19_long_words_cut(words):
    vocabulary = {}
    for word in np.array(words, dtype="U8"):
        vocabulary.setdefault(str(word), len(vocabulary) + 2)
    return vocabulary


SHOWN["build_vocabulary__w19_long_words_cut"] = (
    "subtle",
    "the array of U8 cuts words after 8 letters",
    lambda: dict(words=["understanding", "understandable", "cat"]),
)


_w20_counter = iter(range(2, 10**9))


def build_vocabulary__w20_running_counter(words):
    vocabulary = {}
    for word in words:
        if word not in vocabulary:
            vocabulary[word] = next(_w20_counter)
    return vocabulary


SHOWN["build_vocabulary__w20_running_counter"] = (
    "use",
    "the counter is global: ids of a second vocabulary do not start at 2",
    "second call: ids go on where the first call stopped",
)


# ---------------------------------------------------------------- right
def build_vocabulary__r1_loop(words):
    vocabulary = {}
    next_id = 2
    for word in words:
        if word in vocabulary:
            continue
        vocabulary[word] = next_id
        next_id += 1
    return vocabulary


def build_vocabulary__r2_fromkeys(words):
    return {word: i for i, word in enumerate(dict.fromkeys(words), start=2)}


def build_vocabulary__r3_setdefault(words):
    vocabulary = {}
    for word in words:
        vocabulary.setdefault(word, len(vocabulary) + 2)
    return vocabulary


def build_vocabulary__r4_sort_by_index(words):
    first = {}
    for i in range(len(words) - 1, -1, -1):
        first[words[i]] = i
    return dict(zip(sorted(first, key=first.get), range(2, len(first) + 2)))


def build_vocabulary__r5_defaultdict(words):
    from collections import defaultdict
    from itertools import count

    numbers = defaultdict(count(2).__next__)
    for word in words:
        numbers[word]
    return dict(numbers)


def build_vocabulary__r6_numpy_unique(words):
    unique, first = np.unique(np.array(words, dtype=object), return_index=True)
    return {unique[k]: rank + 2 for rank, k in enumerate(np.argsort(first))}
