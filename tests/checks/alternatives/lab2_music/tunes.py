"""Right answers of lab 2, as differently as students write them: whole tunes."""

import numpy as np

from checks.alternatives.lab2_music.given import END, START, decode, draw, encode, next_probabilities

# 4.2 generate


def generate__while(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    characters = {number: character for character, number in vocabulary.items()}
    rng = np.random.default_rng(seed)
    tune, ids = prompt, encode(prompt, vocabulary)
    ids.pop()
    while len(tune) < max_length:
        logits = model(np.asarray([ids]), training=False)[0, -1, :].numpy()
        number = rng.choice(np.arange(len(logits)), p=next_probabilities(logits, temperature, top_p))
        if number == END:
            return tune
        tune += characters[number]
        ids.append(number)
    return tune


def generate__encoded_anew(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    import tensorflow as tf

    rng, tune = np.random.default_rng(seed), prompt
    for _ in range(len(prompt), max_length):
        logits = tf.squeeze(model(tf.constant([encode(tune, vocabulary)[:-1]])), 0)[-1]
        drawn = draw(next_probabilities(logits, temperature, top_p=top_p), rng)
        if drawn == END:
            break
        tune += decode([drawn], vocabulary)
    return tune


def generate__predict(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    rng = np.random.default_rng(seed)
    ids = np.array([[START] + [vocabulary[character] for character in prompt]])
    while ids.shape[1] <= max_length:
        logits = model.predict(ids, verbose=0)[:, -1]
        drawn = draw(next_probabilities(logits[0], temperature, top_p), rng)
        if drawn == 3:
            break
        ids = np.concatenate([ids, [[drawn]]], axis=1)
    return decode(ids[0], vocabulary)


def generate__recursive(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    rng = seed if isinstance(seed, np.random.Generator) else np.random.default_rng(seed)
    if len(prompt) >= max_length:
        return prompt
    logits = np.array(model(np.array([encode(prompt, vocabulary)[:-1]])))[0][-1]
    drawn = draw(next_probabilities(logits, temperature, top_p), rng)
    if drawn == END:
        return prompt
    return generate__recursive(
        model, prompt + decode([drawn], vocabulary), vocabulary, max_length, temperature, top_p, rng
    )


def generate__inverse_of_the_cumulative_sum(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    from keras import ops

    rng, ids, added = np.random.default_rng(seed), encode(prompt, vocabulary)[:-1], []
    for chance in rng.random(max_length - len(prompt)):
        logits = ops.convert_to_numpy(model(ops.array([ids])))[0, -1]
        sums = np.cumsum(next_probabilities(logits, temperature, top_p))
        added.append(int(np.searchsorted(sums, chance * sums[-1], side="right")))
        if added[-1] == END:
            break
        ids = ids + added[-1:]
    return prompt + decode(added, vocabulary)
