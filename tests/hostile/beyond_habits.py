"""Habits of honest students in lab 4: settings, other libraries, networks of their own, names used again."""

from __future__ import annotations

from hostile.case import LAB_OF, code, honest, put

LAB = LAB_OF["masked_mean"]
SETTINGS = """
    import random

    random.seed(1)
    np.random.seed(1)
    tf.random.set_seed(1)
    keras.utils.set_random_seed(7)
    keras.mixed_precision.set_global_policy("mixed_float16")
    tf.config.run_functions_eagerly(True)
    tf.config.optimizer.set_jit(False)
    tf.get_logger().setLevel("DEBUG")
    print(tf.config.list_physical_devices("GPU"), tf.__version__)
    """
LIBRARIES = (
    "!pip install -q nltk logomaker biopython vaderSentiment",
    "from sklearn.metrics import confusion_matrix, f1_score\nimport nltk\nimport torch",
    "from google.colab import drive, files\ndrive.mount('/content/drive')",
)
OWN_WAY = """
    import heapq
    from dataclasses import dataclass, field
    from functools import lru_cache


    @dataclass(order=True)
    class Text:
        cost: float
        words: tuple = field(compare=False)
        finished: bool = field(default=False, compare=False)


    def beam_search(step, start, end, width, max_length):
        @lru_cache(maxsize=None)
        def asked(words):
            return [float(one) for one in step([start, *words])]

        beam = [Text(0.0, ())]
        while not all(text.finished for text in beam):
            pool = [text for text in beam if text.finished]
            for text in (text for text in beam if not text.finished):
                for word, told in enumerate(asked(text.words)):
                    if word == end:
                        pool.append(Text(text.cost - told, text.words, True))
                    elif len(text.words) < max_length:
                        pool.append(Text(text.cost - told, (*text.words, word)))
            beam = heapq.nsmallest(width, pool)
        return list(beam[0].words), -beam[0].cost
    """
PATCHES = """
    @tf.function
    def patchify(images, size):
        found = tf.image.extract_patches(images, [1, size, size, 1], [1, size, size, 1], [1, 1, 1, 1], "VALID")
        return tf.reshape(found, (-1, found.shape[1] * found.shape[2], found.shape[3]))
    """
RECURSIVE = """
    from typing import Callable

    from tqdm.auto import tqdm

    def greedy(step: Callable[[list[int]], np.ndarray], start: int, end: int, max_length: int) -> list[int]:
        def written(words: list[int]) -> list[int]:
            print("so far:", words, flush=True)
            if len(words) == max_length or (best := int(np.argmax(step([start] + words)))) == end:
                return words
            return written(words + [best])

        return written([])
    """
TRAINS = """
    import matplotlib.pyplot as plt

    keras.utils.set_random_seed(0)
    some = np.random.default_rng(0).integers(1, 20, (32, 8))
    mine = TweetModel("Transformer", 20, width=8)
    train_reader(mine, some, (some > 10).any(axis=1).astype(int), "mine", epochs=1)
    seen = np.random.default_rng(1).random((16, 8, 8, 1)).astype("float32")
    train_on_digits(VisionTransformer(), seen, np.arange(16) % 10, "mine", epochs=1)
    plt.imshow(seen[0, ..., 0])
    plt.show()
    """
AGAIN = """
    digits, letters, captions, pairs, words, step, score, end = 3, "abc", [], {}, None, 1, 0.5, "end"
    tf_mask = mask = model = x = True
    patchify = patchify(tf.ones((1, 4, 4, 1)), 2)
    corrupt = "a word"
    """

CASES = (
    honest(
        "honest_settings",
        "Sets seeds, mixed precision, eager functions and the level of notes.",
        None,
        put("ex-masked_mean", code(SETTINGS)),
        lab=LAB,
    ),
    honest(
        "honest_libraries",
        "Installs and imports what the lectures' libraries are called, and goes on where they are not there.",
        None,
        put("ex-macro_f1", *map(code, LIBRARIES)),
        lab=LAB,
    ),
    honest(
        "honest_own_way",
        "A heap, a dataclass and a cache in the beam search, a traced function for the patches.",
        {"beam_search": OWN_WAY, "patchify": PATCHES},
        lab=LAB,
    ),
    honest(
        "honest_recursive",
        "Writes by calling itself, with type hints, and prints every step.",
        {"greedy": RECURSIVE},
        lab=LAB,
    ),
    honest(
        "honest_trains",
        "Trains networks of its own with the given classes, and plots.",
        None,
        put("ex-attention_rollout", code(TRAINS)),
        lab=LAB,
        seconds=10,
    ),
    honest(
        "honest_names_again",
        "Uses the names of modules and of its own functions for other things, after their checks.",
        None,
        put("ex-caption_pairs", code(AGAIN)),
        lab=LAB,
    ),
)
