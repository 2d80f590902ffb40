"""The classic wrong answers of lab 2: tunes as numbers.

A name says all (`listed`): `tune_vocabulary__not_sorted` must earn the hint `not_sorted`.
"""

from collections import Counter

import numpy as np

# 2.1 tune_vocabulary


def tune_vocabulary__first_id__from_0(tunes):
    return {character: number for number, character in enumerate(sorted(set("".join(tunes))))}


def tune_vocabulary__first_id__from_1(tunes):
    return {character: number for number, character in enumerate(sorted(set("".join(tunes))), 1)}


def tune_vocabulary__first_id__from_2(tunes):
    return {character: number + 2 for number, character in enumerate(sorted(set("".join(tunes))))}


def tune_vocabulary__first_id__from_3(tunes):
    return {character: number + 3 for number, character in enumerate(sorted(set("".join(tunes))))}


def tune_vocabulary__first_id__from_5(tunes):
    return {character: number + 5 for number, character in enumerate(sorted(set("".join(tunes))))}


def tune_vocabulary__not_sorted(tunes):
    vocabulary = {}
    for tune in tunes:
        for character in tune:
            if character not in vocabulary:
                vocabulary[character] = len(vocabulary) + 4
    return vocabulary


def tune_vocabulary__not_sorted__downwards(tunes):
    return {character: n + 4 for n, character in enumerate(sorted(set("".join(tunes)), reverse=True))}


def tune_vocabulary__sorted_by_tune(tunes):
    vocabulary = {}
    for tune in tunes:
        for character in sorted(set(tune)):
            vocabulary.setdefault(character, len(vocabulary) + 4)
    return vocabulary


def tune_vocabulary__sorted_by_tune__again(tunes):
    vocabulary, number = {}, 4
    for tune in tunes:
        for character in sorted(set(tune)):
            vocabulary[character] = number
            number += 1
    return vocabulary


def tune_vocabulary__gaps(tunes):
    return {character: number for number, character in enumerate(sorted("".join(tunes)), start=4)}


def tune_vocabulary__frequency(tunes):
    counts = Counter("".join(tunes)).most_common()
    return {character: number for number, (character, _) in enumerate(counts, start=4)}


def tune_vocabulary__special_keys(tunes):
    vocabulary = {"<pad>": 0, "<unk>": 1, "<start>": 2, "<end>": 3}
    for character in sorted(set("".join(tunes))):
        vocabulary[character] = len(vocabulary)
    return vocabulary


def tune_vocabulary__words(tunes):
    words = {word for tune in tunes for word in tune.split()}
    return {word: number for number, word in enumerate(sorted(words), start=4)}


def tune_vocabulary__words__lines(tunes):
    lines = {line for tune in tunes for line in tune.split("\n") if line}
    return {line: number for number, line in enumerate(sorted(lines), start=4)}


def tune_vocabulary__whole_tunes(tunes):
    return {tune: number for number, tune in enumerate(sorted(set(tunes)), start=4)}


def tune_vocabulary__first_tune(tunes):
    for tune in tunes:
        return {character: number for number, character in enumerate(sorted(set(tune)), start=4)}
    return {}


def tune_vocabulary__last_tune(tunes):
    vocabulary = {}
    for tune in tunes:
        vocabulary = {character: number for number, character in enumerate(sorted(set(tune)), start=4)}
    return vocabulary


def tune_vocabulary__case_lost(tunes):
    return {character: number for number, character in enumerate(sorted(set("".join(tunes).lower())), start=4)}


def tune_vocabulary__case_lost__upper(tunes):
    return {character: number for number, character in enumerate(sorted(set("".join(tunes).upper())), start=4)}


def tune_vocabulary__spaces_lost(tunes):
    characters = {character for tune in tunes for character in tune if not character.isspace()}
    return {character: number for number, character in enumerate(sorted(characters), start=4)}


def tune_vocabulary__inverted(tunes):
    return dict(enumerate(sorted(set("".join(tunes))), start=4))


def tune_vocabulary__list(tunes):
    return sorted(set("".join(tunes)))


def tune_vocabulary__value__only_letters(tunes):
    characters = {character for tune in tunes for character in tune if character.isalpha()}
    return {character: number for number, character in enumerate(sorted(characters), start=4)}


def tune_vocabulary__type__id_is_text(tunes):
    return {character: str(number) for number, character in enumerate(sorted(set("".join(tunes))), start=4)}


def tune_vocabulary__changed(tunes):
    tunes.sort()
    return {character: number for number, character in enumerate(sorted(set("".join(tunes))), start=4)}


def tune_vocabulary__zeros(tunes):
    return dict.fromkeys("".join(tunes), 0)


def tune_vocabulary__value__constant(tunes):
    return {"A": 4, "B": 5, "C": 6}


def tune_vocabulary__echo(tunes):
    return tunes


# 2.2 next_step_pairs


def next_step_pairs__not_shifted(ids):
    return ids[:, :-1], ids[:, :-1]


def next_step_pairs__not_shifted__both_late(ids):
    return ids[:, 1:], ids[:, 1:]


def next_step_pairs__swapped(ids):
    return ids[:, 1:], ids[:, :-1]


def next_step_pairs__over_batch(ids):
    return ids[:-1], ids[1:]


def next_step_pairs__rolled(ids):
    return ids, np.roll(ids, -1, axis=-1)


def next_step_pairs__last_only(ids):
    return ids[:, :-1], ids[:, -1]


def next_step_pairs__last_only__column(ids):
    return ids[:, :-1], ids[:, -1:]


def next_step_pairs__inputs_too_long(ids):
    return ids, ids[:, 1:]


def next_step_pairs__start_left_out(ids):
    return ids[:, 1:-1], ids[:, 2:]


def next_step_pairs__two_ahead(ids):
    return ids[:, :-2], ids[:, 2:]


def next_step_pairs__shape__time_first(ids):
    return ids[:, :-1].T, ids[:, 1:].T


def next_step_pairs__type__float(ids):
    return ids[:, :-1].astype(float), ids[:, 1:].astype(float)


def next_step_pairs__type__one_array(ids):
    return np.stack([ids[:, :-1], ids[:, 1:]], axis=-1).tolist()[0][0][0]


def next_step_pairs__changed(ids):
    inputs, targets = ids[:, :-1].copy(), ids[:, 1:].copy()
    ids += 1
    return inputs, targets


def next_step_pairs__zeros(ids):
    return np.zeros_like(ids[:, 1:]), np.zeros_like(ids[:, 1:])


def next_step_pairs__constant(ids):
    return np.ones_like(ids[:, 1:]), np.ones_like(ids[:, 1:])


def next_step_pairs__echo(ids):
    return ids, ids
