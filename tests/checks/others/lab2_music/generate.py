import numpy as np
import tensorflow as tf
import keras

SHOWN = {}


class _Chain:
    """A model that is nearly sure: after id k comes following[k]."""

    def __init__(self, following, size, high=60.0):
        self.following, self.size, self.high = following, size, high

    def __call__(self, ids, training=False):
        ids = np.asarray(ids)
        logits = np.zeros(ids.shape + (self.size,), dtype="float32")
        for t, k in enumerate(ids[0]):
            logits[0, t, self.following.get(int(k), 3)] = self.high
        return tf.constant(logits)


class _Score:
    """A model that is nearly sure: at step t (START is step 0) comes score[t], whatever stood before."""

    def __init__(self, score, size, high=60.0):
        self.score, self.size, self.high = score, size, high

    def __call__(self, ids, training=False):
        time = np.asarray(ids).shape[1]
        logits = np.zeros((1, time, self.size), dtype="float32")
        for t in range(time):
            logits[0, t, self.score[t] if t < len(self.score) else 3] = self.high
        return tf.constant(logits)


class _Fixed:
    """A model which gives the same logits at each step."""

    def __init__(self, logits):
        self.logits = np.array(logits, dtype="float32")

    def __call__(self, ids, training=False):
        return tf.constant(np.tile(self.logits, (1, np.asarray(ids).shape[1], 1)))


_ABC = {"a": 4, "b": 5, "c": 6, "d": 7}


def _args(model, prompt="a", vocabulary=None, max_length=12, temperature=1.0, top_p=1.0, seed=0):
    return dict(
        model=model,
        prompt=prompt,
        vocabulary=dict(_ABC) if vocabulary is None else vocabulary,
        max_length=max_length,
        temperature=temperature,
        top_p=top_p,
        seed=seed,
    )


def generate__w01_no_start(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    rng = np.random.default_rng(seed)
    characters = {i: c for c, i in vocabulary.items()}
    ids = [vocabulary[c] for c in prompt]
    text = prompt
    while len(text) < max_length:
        logits = np.array(model(np.array([ids], dtype=int))[0, -1], dtype=float)
        logits[:3] = -np.inf
        new = rng.choice(len(logits), p=next_probabilities(logits, temperature, top_p))
        if new == 3:
            break
        ids.append(int(new))
        text += characters[int(new)]
    return text


SHOWN["generate__w01_no_start"] = (
    "natural",
    "does not give START to the model",
    lambda: _args(_Score([4, 5, 6, 7, 5, 3], 8)),
)


def generate__w02_first_step(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    rng = np.random.default_rng(seed)
    characters = {i: c for c, i in vocabulary.items()}
    ids, text = [2] + [vocabulary[c] for c in prompt], prompt
    while len(text) < max_length:
        logits = np.array(model(np.array([ids]))[0][0], dtype=float)
        logits[:3] = -np.inf
        new = int(rng.choice(len(logits), p=next_probabilities(logits, temperature, top_p)))
        if new == 3:
            break
        ids.append(new)
        text += characters[new]
    return text


SHOWN["generate__w02_first_step"] = (
    "natural",
    "draws from the first step",
    lambda: _args(_Score([4, 5, 6, 7, 5, 3], 8)),
)


def generate__w03_the_best(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    characters = {i: c for c, i in vocabulary.items()}
    ids, text = [2] + [vocabulary[c] for c in prompt], prompt
    while len(text) < max_length:
        logits = np.array(model(np.array([ids]))[0, -1], dtype=float)
        logits[:3] = -np.inf
        new = int(np.argmax(next_probabilities(logits, temperature, top_p)))
        if new == 3:
            break
        ids.append(new)
        text += characters[new]
    return text


SHOWN["generate__w03_the_best"] = (
    "natural",
    "takes the most probable character instead of drawing",
    "with equal logits for two characters and 200 seeds only one of them ever comes",
)


def generate__w04_end_in_the_tune(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    rng = np.random.default_rng(seed)
    characters = {i: c for c, i in vocabulary.items()}
    characters[3] = "\n"
    ids, text = [2] + [vocabulary[c] for c in prompt], prompt
    while len(text) < max_length and ids[-1] != 3:
        logits = np.array(model(np.array([ids]))[0, -1], dtype=float)
        logits[:3] = -np.inf
        new = int(rng.choice(len(logits), p=next_probabilities(logits, temperature, top_p)))
        ids.append(new)
        text += characters[new]
    return text


SHOWN["generate__w04_end_in_the_tune"] = ("natural", "writes a newline for END", lambda: _args(_Score([4, 5, 6, 3], 8)))


def generate__w05_prompt_not_counted(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    rng = np.random.default_rng(seed)
    characters = {i: c for c, i in vocabulary.items()}
    ids, text = [2] + [vocabulary[c] for c in prompt], prompt
    for _ in range(max_length):
        logits = np.array(model(np.array([ids]))[0, -1], dtype=float)
        logits[:3] = -np.inf
        new = int(rng.choice(len(logits), p=next_probabilities(logits, temperature, top_p)))
        if new == 3:
            break
        ids.append(new)
        text += characters[new]
    return text


SHOWN["generate__w05_prompt_not_counted"] = (
    "natural",
    "adds up to max_length characters to the prompt",
    lambda: _args(_Chain({4: 5, 5: 4}, 8), prompt="abab", max_length=6),
)


def generate__w06_rng_in_the_loop(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    characters = {i: c for c, i in vocabulary.items()}
    ids, text = [2] + [vocabulary[c] for c in prompt], prompt
    while len(text) < max_length:
        logits = np.array(model(np.array([ids]))[0, -1], dtype=float)
        logits[:3] = -np.inf
        p = next_probabilities(logits, temperature, top_p)
        new = int(np.random.default_rng(seed).choice(len(p), p=p))
        if new == 3:
            break
        ids.append(new)
        text += characters[new]
    return text


SHOWN["generate__w06_rng_in_the_loop"] = (
    "use",
    "a new generator with the same seed for each character",
    "with the same logits at each step each tune repeats one character",
)


def generate__w07_nothing_forbidden(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    rng = np.random.default_rng(seed)
    characters = {i: c for c, i in vocabulary.items()}
    ids, text = [2] + [vocabulary[c] for c in prompt], prompt
    while len(text) < max_length:
        p = next_probabilities(np.array(model(np.array([ids]))[0, -1]), temperature, top_p)
        new = int(rng.choice(len(p), p=p / p.sum()))
        if new == 3:
            break
        ids.append(new)
        text += characters.get(new, "?")
    return text


SHOWN["generate__w07_nothing_forbidden"] = (
    "natural",
    "draws 0, 1 and 2 too (and writes ? for them)",
    lambda: _args(_Fixed([0, 60, 0, -90, 30, -90, -90, -90])),
)


def generate__w08_forbidden_after_the_cut(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    rng = np.random.default_rng(seed)
    characters = {i: c for c, i in vocabulary.items()}
    ids, text = [2] + [vocabulary[c] for c in prompt], prompt
    while len(text) < max_length:
        p = next_probabilities(np.array(model(np.array([ids]))[0, -1]), temperature, top_p)
        p[:3] = 0
        new = int(rng.choice(len(p), p=p / p.sum()))
        if new == 3:
            break
        ids.append(new)
        text += characters[new]
    return text


SHOWN["generate__w08_forbidden_after_the_cut"] = (
    "subtle",
    "takes 0, 1, 2 out after top_p: nothing is left (NaN) where they were the most probable",
    lambda: _args(_Fixed([0, 20, 0, -90, 8, -90, -90, -90]), top_p=0.5),
)


def generate__w09_temperature_unused(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    rng = np.random.default_rng(seed)
    characters = {i: c for c, i in vocabulary.items()}
    ids, text = [2] + [vocabulary[c] for c in prompt], prompt
    while len(text) < max_length:
        logits = np.array(model(np.array([ids]))[0, -1], dtype=float)
        logits[:3] = -np.inf
        new = int(rng.choice(len(logits), p=next_probabilities(logits, 1.0, top_p)))
        if new == 3:
            break
        ids.append(new)
        text += characters[new]
    return text


SHOWN["generate__w09_temperature_unused"] = (
    "natural",
    "does not hand the temperature on",
    lambda: _args(_Fixed([0, 0, 0, 0.0, 0.5, 0.4, 0.3, 0.2]), max_length=30, temperature=0.001),
)


def generate__w10_top_p_unused(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    rng = np.random.default_rng(seed)
    characters = {i: c for c, i in vocabulary.items()}
    ids, text = [2] + [vocabulary[c] for c in prompt], prompt
    while len(text) < max_length:
        logits = np.array(model(np.array([ids]))[0, -1], dtype=float)
        logits[:3] = -np.inf
        new = int(rng.choice(len(logits), p=next_probabilities(logits, temperature)))
        if new == 3:
            break
        ids.append(new)
        text += characters[new]
    return text


SHOWN["generate__w10_top_p_unused"] = (
    "natural",
    "does not hand top_p on",
    lambda: _args(_Fixed([0, 0, 0, 0.0, 0.5, 0.4, 0.3, 0.2]), max_length=30, top_p=0.1),
)


def generate__w11_last_character_only(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    rng = np.random.default_rng(seed)
    characters = {i: c for c, i in vocabulary.items()}
    text = prompt
    ids = np.array([[2] + [vocabulary[c] for c in prompt]])
    while len(text) < max_length:
        logits = np.array(model(ids)[0, -1], dtype=float)
        logits[:3] = -np.inf
        new = int(rng.choice(len(logits), p=next_probabilities(logits, temperature, top_p)))
        if new == 3:
            break
        ids = np.array([[new]])  # the model has already seen the rest
        text += characters[new]
    return text


SHOWN["generate__w11_last_character_only"] = (
    "use",
    "after the first draw the model sees only the last character, but it keeps no state",
    lambda: _args(_Score([4, 5, 6, 7, 5, 3], 8)),
)


def generate__w12_window(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    rng = np.random.default_rng(seed)
    characters = {i: c for c, i in vocabulary.items()}
    ids, text = [2] + [vocabulary[c] for c in prompt], prompt
    while len(text) < max_length:
        logits = np.array(model(np.array([ids[-32:]]))[0, -1], dtype=float)
        logits[:3] = -np.inf
        new = int(rng.choice(len(logits), p=next_probabilities(logits, temperature, top_p)))
        if new == 3:
            break
        ids.append(new)
        text += characters[new]
    return text


SHOWN["generate__w12_window"] = (
    "subtle",
    "the model sees the last 32 ids only",
    lambda: _args(_Score([4, 5, 6, 7] * 10 + [3], 8), max_length=50),
)


def generate__w13_at_least_one(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    rng = np.random.default_rng(seed)
    characters = {i: c for c, i in vocabulary.items()}
    ids, text = [2] + [vocabulary[c] for c in prompt], prompt
    while True:
        logits = np.array(model(np.array([ids]))[0, -1], dtype=float)
        logits[:3] = -np.inf
        new = int(rng.choice(len(logits), p=next_probabilities(logits, temperature, top_p)))
        if new == 3:
            return text
        ids.append(new)
        text += characters[new]
        if len(text) >= max_length:
            return text


SHOWN["generate__w13_at_least_one"] = (
    "subtle",
    "draws before it looks at the length: too long if the prompt has max_length characters",
    lambda: _args(_Chain({4: 5, 5: 4}, 8), prompt="abab", max_length=4),
)


def generate__w14_characters_by_position(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    rng = np.random.default_rng(seed)
    characters = list(vocabulary)
    ids, text = [2] + [vocabulary[c] for c in prompt], prompt
    while len(text) < max_length:
        logits = np.array(model(np.array([ids]))[0, -1], dtype=float)
        logits[:3] = -np.inf
        new = int(rng.choice(len(logits), p=next_probabilities(logits, temperature, top_p)))
        if new == 3:
            break
        ids.append(new)
        text += characters[new - 4]
    return text


SHOWN["generate__w14_characters_by_position"] = (
    "subtle",
    "takes the characters by their position in the dict, not by their id",
    lambda: _args(_Score([4, 5, 6, 7, 5, 3], 8), prompt="", vocabulary={"d": 7, "b": 5, "a": 4, "c": 6}),
)


_w15_generators = {}


def generate__w15_generator_kept(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    rng = _w15_generators.setdefault(seed, np.random.default_rng(seed))
    characters = {i: c for c, i in vocabulary.items()}
    ids, text = [2] + [vocabulary[c] for c in prompt], prompt
    while len(text) < max_length:
        logits = np.array(model(np.array([ids]))[0, -1], dtype=float)
        logits[:3] = -np.inf
        new = int(rng.choice(len(logits), p=next_probabilities(logits, temperature, top_p)))
        if new == 3:
            break
        ids.append(new)
        text += characters[new]
    return text


SHOWN["generate__w15_generator_kept"] = (
    "use",
    "keeps one generator for each seed between the calls",
    "the second call with the same seed gives another tune",
)


def generate__w16_never_ends(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    rng = np.random.default_rng(seed)
    characters = {i: c for c, i in vocabulary.items()}
    ids, text = [2] + [vocabulary[c] for c in prompt], prompt
    while len(text) < max_length:
        logits = np.array(model(np.array([ids]))[0, -1], dtype=float)
        logits[:4] = -np.inf
        new = int(rng.choice(len(logits), p=next_probabilities(logits, temperature, top_p)))
        ids.append(new)
        text += characters[new]
    return text


SHOWN["generate__w16_never_ends"] = (
    "natural",
    "forbids END too: always max_length characters",
    lambda: _args(_Score([4, 5, 6, 3], 8)),
)


def generate__w17_vocabulary_extended(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    rng = np.random.default_rng(seed)
    vocabulary["<start>"], vocabulary["<end>"] = 2, 3
    characters = {i: c for c, i in vocabulary.items()}
    ids, text = [vocabulary["<start>"]] + [vocabulary[c] for c in prompt], prompt
    while len(text) < max_length:
        logits = np.array(model(np.array([ids]))[0, -1], dtype=float)
        logits[:3] = -np.inf
        new = int(rng.choice(len(logits), p=next_probabilities(logits, temperature, top_p)))
        if characters[new] == "<end>":
            break
        ids.append(new)
        text += characters[new]
    return text


SHOWN["generate__w17_vocabulary_extended"] = (
    "use",
    "writes START and END into the caller's vocabulary",
    "changes its argument vocabulary",
)


def generate__w18_int8_ids(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    rng = np.random.default_rng(seed)
    characters = {i: c for c, i in vocabulary.items()}
    ids = np.array([[2] + [vocabulary[c] for c in prompt]]).astype(np.int8)
    text = prompt
    while len(text) < max_length:
        logits = np.array(model(ids)[0, -1], dtype=float)
        logits[:3] = -np.inf
        new = int(rng.choice(len(logits), p=next_probabilities(logits, temperature, top_p)))
        if new == 3:
            break
        ids = np.append(ids, np.array([[new]]).astype(np.int8), axis=1)
        text += characters[new]
    return text


SHOWN["generate__w18_int8_ids"] = (
    "subtle",
    "int8: ids above 127 reach the model as negative numbers",
    lambda: _args(
        _Chain({200: 201, 201: 202, 202: 3}, 204), prompt=chr(496), vocabulary={chr(k + 296): k for k in range(4, 204)}
    ),
)


def generate__w19_stripped(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    rng = np.random.default_rng(seed)
    characters = {i: c for c, i in vocabulary.items()}
    ids, text = [2] + [vocabulary[c] for c in prompt], prompt
    while len(text) < max_length:
        logits = np.array(model(np.array([ids]))[0, -1], dtype=float)
        logits[:3] = -np.inf
        new = int(rng.choice(len(logits), p=next_probabilities(logits, temperature, top_p)))
        if new == 3:
            break
        ids.append(new)
        text += characters[new]
    return text.strip()


SHOWN["generate__w19_stripped"] = (
    "subtle",
    "strips blanks and newlines at both ends",
    lambda: _args(_Chain({5: 6, 6: 4, 4: 3}, 7), prompt="a", vocabulary={"\n": 4, "a": 5, "b": 6}),
)


def generate__w20_special_ids_end_it(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    rng = np.random.default_rng(seed)
    characters = {i: c for c, i in vocabulary.items()}
    ids, text = [2] + [vocabulary[c] for c in prompt], prompt
    while len(text) < max_length:
        p = next_probabilities(np.array(model(np.array([ids]))[0, -1]), temperature, top_p)
        new = int(rng.choice(len(p), p=p / p.sum()))
        if new not in characters:
            break
        ids.append(new)
        text += characters[new]
    return text


SHOWN["generate__w20_special_ids_end_it"] = (
    "natural",
    "draws 0, 1, 2 and takes them for the end",
    lambda: _args(_Fixed([0, 60, 0, -90, 30, -90, -90, -90])),
)


def generate__r1_choice(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    rng = np.random.default_rng(seed)
    characters = {i: c for c, i in vocabulary.items()}
    ids = [2] + [vocabulary[c] for c in prompt]
    text = prompt
    while len(text) < max_length:
        logits = np.array(model(np.array([ids]))[0, -1], dtype=np.float64)
        logits[[0, 1, 2]] = -np.inf
        p = next_probabilities(logits, temperature, top_p)
        new = int(rng.choice(len(p), p=p))
        if new == 3:
            break
        ids.append(new)
        text += characters[new]
    return text


def generate__r2_logits_from_end_on(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    END = 3
    rng = np.random.default_rng(seed)
    letters = dict(zip(vocabulary.values(), vocabulary.keys()))
    ids = [2, *map(vocabulary.__getitem__, prompt)]
    for _ in range(max_length - len(prompt)):
        logits = model(tf.constant([ids]))
        allowed = np.asarray(logits)[0, -1, END:].astype(float)
        new = END + int(rng.choice(allowed.size, p=next_probabilities(allowed, temperature, top_p)))
        if new == END:
            break
        ids.append(new)
    return "".join(letters[k] for k in ids[1:])


def generate__r3_inverse_of_the_distribution(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    generator = np.random.default_rng(seed)
    inverse = {}
    for c in vocabulary:
        inverse[vocabulary[c]] = c
    out = list(prompt)
    ids = np.array([[2] + [vocabulary[c] for c in out]], dtype=np.int64)
    while len(out) < max_length:
        last = np.asarray(model(ids))[0, -1]
        last = np.concatenate([np.full(3, -np.inf), last[3:]])
        cumulative = np.cumsum(next_probabilities(last, temperature, top_p))
        new = int(np.searchsorted(cumulative, generator.random() * cumulative[-1], side="right"))
        if new == 3:
            return "".join(out)
        ids = np.concatenate([ids, [[new]]], axis=1)
        out.append(inverse[new])
    return "".join(out)


def generate__r4_ids_made_anew(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    rng = np.random.default_rng(seed)
    characters = {i: c for c, i in vocabulary.items()}

    def draw(text):
        ids = tf.constant([[2] + [vocabulary[c] for c in text]], dtype=tf.int32)
        logits = np.array(tf.cast(model(ids)[0, -1], tf.float64))
        logits[:3] = float("-inf")
        return int(rng.choice(len(logits), p=next_probabilities(logits, temperature, top_p)))

    text = prompt
    new = draw(text) if len(text) < max_length else 3
    while new != 3:
        text = text + characters[new]
        new = draw(text) if len(text) < max_length else 3
    return text


def generate__r5_multinomial(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    rng = np.random.default_rng(seed)
    names = {number: c for c, number in vocabulary.items()}
    ids = np.full((1, max_length + 1), 2, dtype=np.int32)
    n = 1
    for c in prompt:
        ids[0, n] = vocabulary[c]
        n += 1
    while n <= max_length:
        logits = keras.ops.convert_to_numpy(model(ids[:, :n]))[0, n - 1]
        p = np.zeros(len(logits))
        p[3:] = next_probabilities(logits[3:], temperature, top_p)
        new = int(rng.multinomial(1, p / p.sum()).argmax())
        if new == 3:
            break
        ids[0, n] = new
        n += 1
    return "".join(names[int(k)] for k in ids[0, 1:n])


def generate__r6_training_false(model, prompt, vocabulary, max_length, temperature, top_p, seed):
    rng = np.random.default_rng(seed)
    id_to_char = {v: k for k, v in vocabulary.items()}
    tune = prompt
    while len(tune) < max_length:
        context = np.array([2] + [vocabulary[c] for c in tune])[None, :]
        logits = np.array(model(context, training=False), dtype="float64")[0][-1]
        logits[:3] = -np.inf
        probabilities = next_probabilities(logits, temperature, top_p=top_p)
        choice = rng.choice(np.arange(logits.size), p=probabilities / probabilities.sum())
        if choice == 3:
            break
        tune += id_to_char[choice]
    return tune
