import numpy as np

SHOWN = {}


def tune_vocabulary__w01_ids_from_0(tunes):
    chars = sorted(set("".join(tunes)))
    return {c: i for i, c in enumerate(chars)}


SHOWN["tune_vocabulary__w01_ids_from_0"] = ("natural", "counts from 0", lambda: dict(tunes=["abc", "cab"]))


def tune_vocabulary__w02_ids_from_5(tunes):
    vocabulary = {}
    next_id = 4
    for c in sorted(set("".join(tunes))):
        next_id += 1
        vocabulary[c] = next_id
    return vocabulary


SHOWN["tune_vocabulary__w02_ids_from_5"] = (
    "natural",
    "adds before it gives the id: starts at 5",
    lambda: dict(tunes=["abc", "cab"]),
)


def tune_vocabulary__w03_order_of_appearance(tunes):
    vocabulary = {}
    for tune in tunes:
        for c in tune:
            if c not in vocabulary:
                vocabulary[c] = len(vocabulary) + 4
    return vocabulary


SHOWN["tune_vocabulary__w03_order_of_appearance"] = (
    "natural",
    "numbers in the order of appearance, not sorted",
    lambda: dict(tunes=["cab", "dab"]),
)


def tune_vocabulary__w04_specials_as_keys(tunes):
    tokens = ["<pad>", "<unk>", "<start>", "<end>"] + sorted(set("".join(tunes)))
    return {token: k for k, token in enumerate(tokens)}


SHOWN["tune_vocabulary__w04_specials_as_keys"] = (
    "natural",
    "the four special ids are keys",
    lambda: dict(tunes=["abc"]),
)


def tune_vocabulary__w05_id_to_character(tunes):
    return dict(enumerate(sorted(set("".join(tunes))), start=4))


SHOWN["tune_vocabulary__w05_id_to_character"] = ("natural", "maps ids to characters", lambda: dict(tunes=["abc"]))


def tune_vocabulary__w06_by_frequency(tunes):
    from collections import Counter

    counts = Counter("".join(tunes))
    return {c: k for k, (c, _) in enumerate(sorted(counts.items(), key=lambda e: (-e[1], e[0])), 4)}


SHOWN["tune_vocabulary__w06_by_frequency"] = (
    "natural",
    "the most frequent character first",
    lambda: dict(tunes=["abbb", "cc"]),
)


def tune_vocabulary__w07_repeats_counted(tunes):
    return {c: k + 4 for k, c in enumerate(sorted("".join(tunes)))}


SHOWN["tune_vocabulary__w07_repeats_counted"] = (
    "natural",
    "counts repeated characters too: gaps between the ids",
    lambda: dict(tunes=["abba"]),
)


def tune_vocabulary__w08_tunes_as_entries(tunes):
    return {c: k for k, c in enumerate(sorted(set(tunes)), 4)}


SHOWN["tune_vocabulary__w08_tunes_as_entries"] = (
    "natural",
    "numbers the tunes: right if each tune is one character",
    lambda: dict(tunes=["ab", "bc"]),
)


def tune_vocabulary__w09_stripped(tunes):
    characters = set()
    for tune in tunes:
        characters |= set(tune.strip())
    return {c: i for i, c in enumerate(sorted(characters), 4)}


SHOWN["tune_vocabulary__w09_stripped"] = (
    "subtle",
    "strips the tunes: a newline or blank only at an end gets lost",
    lambda: dict(tunes=["X:1\n", "abc\n"]),
)


def tune_vocabulary__w10_lower_case(tunes):
    return {c: i for i, c in enumerate(sorted(set("".join(tunes).lower())), 4)}


SHOWN["tune_vocabulary__w10_lower_case"] = ("subtle", "small letters only", lambda: dict(tunes=["abC"]))


def tune_vocabulary__w11_sorted_without_case(tunes):
    return {c: i for i, c in enumerate(sorted(set("".join(tunes)), key=lambda c: (c.lower(), c)), 4)}


SHOWN["tune_vocabulary__w11_sorted_without_case"] = (
    "subtle",
    "sorts without regard to case: A a B b",
    lambda: dict(tunes=["aB"]),
)


def tune_vocabulary__w12_joined_by_newline(tunes):
    text = "\n".join(tunes)
    return {c: i for i, c in enumerate(sorted(set(text)), 4)}


SHOWN["tune_vocabulary__w12_joined_by_newline"] = (
    "natural",
    "the newline between the tunes becomes a character of its own",
    lambda: dict(tunes=["ab", "bc"]),
)


_w13_characters = set()


def tune_vocabulary__w13_global_set(tunes):
    for tune in tunes:
        _w13_characters.update(tune)
    return {c: i for i, c in enumerate(sorted(_w13_characters), 4)}


SHOWN["tune_vocabulary__w13_global_set"] = (
    "use",
    "collects the characters of all calls",
    "the second call still has the characters of the first",
)


def tune_vocabulary__w14_no_tunes(tunes):
    characters = set.union(*[set(tune) for tune in tunes])
    return {c: i for i, c in enumerate(sorted(characters), 4)}


SHOWN["tune_vocabulary__w14_no_tunes"] = ("subtle", "raises for an empty list", lambda: dict(tunes=[]))


def tune_vocabulary__w15_words(tunes):
    characters = set()
    for tune in tunes:
        for bar in tune.split():
            characters.update(bar)
    return {c: i for i, c in enumerate(sorted(characters), 4)}


SHOWN["tune_vocabulary__w15_words"] = (
    "subtle",
    "split() drops blanks and newlines",
    lambda: dict(tunes=["ab cd|", "ef"]),
)


def tune_vocabulary__w16_ascii(tunes):
    text = "".join(tunes).encode("ascii", errors="ignore").decode("ascii")
    return {c: i for i, c in enumerate(sorted(set(text)), 4)}


SHOWN["tune_vocabulary__w16_ascii"] = (
    "subtle",
    "drops characters outside ASCII",
    lambda: dict(tunes=["T:Caf\u00e9", "ab\u266f"]),
)


def tune_vocabulary__w17_list_emptied(tunes):
    characters = set()
    while tunes:
        characters.update(tunes.pop())
    return {c: i for i, c in enumerate(sorted(characters), 4)}


SHOWN["tune_vocabulary__w17_list_emptied"] = (
    "use",
    "pops the tunes off the caller's list",
    "changes its argument: the list is empty afterwards",
)


def tune_vocabulary__w18_rare_left_out(tunes):
    from collections import Counter

    counts = Counter(c for tune in tunes for c in tune)
    frequent = [c for c, n in counts.items() if n > 1]  # the rest becomes 1, unknown
    return {c: i for i, c in enumerate(sorted(frequent), 4)}


SHOWN["tune_vocabulary__w18_rare_left_out"] = (
    "subtle",
    "leaves out characters that occur only once",
    lambda: dict(tunes=["aab", "bac"]),
)


def tune_vocabulary__w19_offset_of_code_points(tunes):
    codes = {ord(c) for tune in tunes for c in tune}
    first = min(codes, default=0)
    return {chr(code): code - first + 4 for code in sorted(codes)}


SHOWN["tune_vocabulary__w19_offset_of_code_points"] = (
    "subtle",
    "id = code point - first code point + 4: right only without gaps",
    lambda: dict(tunes=["abd"]),
)


def tune_vocabulary__w20_unicode_normalised(tunes):
    import unicodedata

    text = unicodedata.normalize("NFKC", "".join(tunes))
    return {c: i for i, c in enumerate(sorted(set(text)), 4)}


SHOWN["tune_vocabulary__w20_unicode_normalised"] = (
    "subtle",
    "normalises first, so that characters such as \u00bd are no keys",
    lambda: dict(tunes=["a\u00bd", "b"]),
)


def tune_vocabulary__r1_join(tunes):
    return {c: i for i, c in enumerate(sorted(set("".join(tunes))), start=4)}


def tune_vocabulary__r2_nested_loops(tunes):
    characters = []
    for tune in tunes:
        for c in tune:
            if c not in characters:
                characters.append(c)
    characters.sort()
    vocabulary = dict()
    for k in range(len(characters)):
        vocabulary[characters[k]] = k + 4
    return vocabulary


def tune_vocabulary__r3_union_zip(tunes):
    characters = sorted(set().union(*tunes))
    return dict(zip(characters, range(4, 4 + len(characters))))


def tune_vocabulary__r4_chain_count(tunes):
    from itertools import chain, count

    ids = count(4)
    return {c: next(ids) for c in sorted(frozenset(chain.from_iterable(tunes)))}


def tune_vocabulary__r5_counter_code_points(tunes):
    from collections import Counter

    counts = Counter()
    for tune in tunes:
        counts.update(tune)
    return {chr(code): 4 + k for k, code in enumerate(sorted(ord(c) for c in counts))}


def tune_vocabulary__r6_groupby(tunes):
    from itertools import groupby

    every = sorted(c for tune in tunes for c in tune)
    vocabulary = {}
    for c, _ in groupby(every):
        vocabulary[c] = len(vocabulary) + 4
    return vocabulary
