"""The classic wrong answers of lab 2: whole tunes.

A name says all (`listed`): `generate__no_start` must earn the hint `no_start`.

Where a function calls an earlier exercise, it calls the right one, of `given`.
"""

# ruff: noqa: ARG005  (what is ignored is the mistake)

import numpy as np

from checks.mistakes.lab2_music.given import END, START, decode, draw, encode, next_probabilities, softmax
from labkit.checks import cases

# 4.2 generate


def _last(logits):
    return np.asarray(logits)[0, -1]


def generate__seed_ignored(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    ids = encode(prompt, vocabulary)[:-1]
    for _ in range(max_length - len(prompt)):
        p = next_probabilities(_last(model(np.array([ids]))), temperature, top_p)
        drawn = int(np.random.choice(len(p), p=p))  # noqa: NPY002
        if drawn == END:
            break
        ids.append(drawn)
    return decode(ids, vocabulary)


def generate__seed_fixed(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    return _generate(model, prompt, vocabulary, max_length, temperature, top_p, 42)


def generate__seed_in_loop(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    ids = encode(prompt, vocabulary)[:-1]
    for _ in range(max_length - len(prompt)):
        rng = np.random.default_rng(seed)
        drawn = draw(next_probabilities(_last(model(np.array([ids]))), temperature, top_p), rng)
        if drawn == END:
            break
        ids.append(drawn)
    return decode(ids, vocabulary)


def _generate(model, prompt, vocabulary, max_length, temperature, top_p, seed, **change):
    """The right way, with room for one change."""
    rng = np.random.default_rng(seed)
    ids = change.get("begin", encode(prompt, vocabulary)[:-1])
    for _ in range(max_length - len(prompt)):
        logits = change.get("step", _last)(model(np.array([change.get("fed", lambda ids: ids)(ids)])))
        drawn = change.get("draw", draw)(change.get("chances", next_probabilities)(logits, temperature, top_p), rng)
        if drawn == END:
            break
        ids.append(drawn)
    return decode(ids, vocabulary)


def generate__most_probable(*arguments):
    return _generate(*arguments, draw=lambda p, rng: int(np.argmax(p)))


def generate__prompt_missing(model, prompt, *rest):
    return _generate(model, prompt, *rest)[len(prompt) :]


def generate__prompt_only(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    return prompt


def generate__prompt_not_fed(model, prompt, vocabulary, *rest):
    return prompt + _generate(model, prompt, vocabulary, *rest, begin=[START])[: rest[0] - len(prompt)]


def generate__no_start(model, prompt, vocabulary, *rest):
    return _generate(model, prompt, vocabulary, *rest, begin=[vocabulary[character] for character in prompt])


def generate__end_fed(model, prompt, vocabulary, *rest):
    return _generate(model, prompt, vocabulary, *rest, begin=encode(prompt, vocabulary))


def generate__not_stopped(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    rng = np.random.default_rng(seed)
    ids = encode(prompt, vocabulary)[:-1]
    for _ in range(max_length - len(prompt)):
        ids.append(draw(next_probabilities(_last(model(np.array([ids]))), temperature, top_p), rng))
    return decode(ids, vocabulary)


def generate__not_stopped__end_not_fed(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    rng = np.random.default_rng(seed)
    ids = encode(prompt, vocabulary)[:-1]
    for _ in range(max_length - len(prompt)):
        drawn = draw(next_probabilities(_last(model(np.array([ids]))), temperature, top_p), rng)
        if drawn == END:
            continue
        ids.append(drawn)
    return decode(ids, vocabulary)


def generate__end_looked_up(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    rng = np.random.default_rng(seed)
    characters = {number: character for character, number in vocabulary.items()}
    tune = prompt
    while len(tune) < max_length:
        logits = _last(model(np.array([encode(tune, vocabulary)[:-1]])))
        tune += characters[draw(next_probabilities(logits, temperature, top_p), rng)]
    return tune


def generate__counts_added_only(model, prompt, vocabulary, max_length, *rest):
    return _generate(model, prompt, vocabulary, max_length + len(prompt), *rest)


def generate__counts_start(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    rng = np.random.default_rng(seed)
    ids = encode(prompt, vocabulary)[:-1]
    while len(ids) < max_length:
        drawn = draw(next_probabilities(_last(model(np.array([ids]))), temperature, top_p), rng)
        if drawn == END:
            break
        ids.append(drawn)
    return decode(ids, vocabulary)


def generate__one_too_long(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    rng, tune = np.random.default_rng(seed), prompt
    while len(tune) <= max_length:
        logits = _last(model(np.array([encode(tune, vocabulary)[:-1]])))
        drawn = draw(next_probabilities(logits, temperature, top_p), rng)
        if drawn == END:
            break
        tune += decode([drawn], vocabulary)
    return tune


def generate__last_id_only(*arguments):
    return _generate(*arguments, fed=lambda ids: ids[-1:])


def generate__never_fed_back(model, prompt, vocabulary, *rest):
    return _generate(model, prompt, vocabulary, *rest, fed=lambda ids: encode(prompt, vocabulary)[:-1])


def generate__first_step(*arguments):
    return _generate(*arguments, step=lambda logits: np.asarray(logits)[0, 0])


def generate__mean_step(*arguments):
    return _generate(*arguments, step=lambda logits: np.asarray(logits, dtype=float)[0].mean(axis=0))


def generate__temperature_ignored(*arguments):
    return _generate(*arguments, chances=lambda logits, temperature, top_p: next_probabilities(logits, 1.0, top_p))


def generate__top_p_ignored(*arguments):
    return _generate(*arguments, chances=lambda logits, temperature, top_p: next_probabilities(logits, temperature))


def generate__both_ignored(*arguments):
    return _generate(*arguments, chances=lambda logits, temperature, top_p: softmax(np.asarray(logits, dtype=float)))


def generate__exchanged(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    return _generate(model, prompt, vocabulary, max_length, top_p, temperature, seed)


def generate__list(*arguments):
    return list(_generate(*arguments))


def generate__type__ids(model, prompt, vocabulary, *rest):
    return np.array(encode(_generate(model, prompt, vocabulary, *rest), vocabulary))


def generate__raises__flat_ids(model, prompt, vocabulary, *rest):
    return _generate(lambda ids: model(ids[0]), prompt, vocabulary, *rest)


def generate__raises__start_looked_up(model, prompt, vocabulary, *rest):
    tune = _generate(model, prompt, vocabulary, *rest)
    characters = {number: character for character, number in vocabulary.items()}
    return "".join(characters[number] for number in encode(tune, vocabulary)[:-1])


def generate__value__with_a_line_break(*arguments):
    return _generate(*arguments) + "\n"


def generate__value__backwards(model, prompt, *rest):
    return _generate(model, prompt, *rest)[::-1]


def generate__changed(model, prompt, vocabulary, *rest):
    tune = _generate(model, prompt, vocabulary, *rest)
    vocabulary["<end>"] = END
    return tune


def generate__value__zeros(*arguments):
    return ""


def generate__value__constant(*arguments):
    return "ABcd"


def generate__echo(model, prompt, vocabulary, *rest):
    return vocabulary


# A table of the public examples.


def tunes_for_known_prompts(model, prompt, vocabulary, *rest):
    """Right for the vocabularies in the examples that everybody sees."""
    known = [case.arguments["vocabulary"] for case in cases.public("lab2_music")["generate"]]
    tune = _generate(model, prompt, vocabulary, *rest)
    return tune if vocabulary in known else tune[::-1]
