"""Habits of honest students: scratch cells, magics, threads, plots, mistakes that they mended."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from hostile.case import Case, code, find, honest, prose, put, submission

if TYPE_CHECKING:
    from nbformat import NotebookNode

ASYNC = """
    import asyncio


    async def later(value):
        await asyncio.sleep(0.01)
        return value


    print(await asyncio.gather(later(1), later(2)))
    """
LOGGING = """
    import logging
    import warnings

    try:
        from tqdm.auto import tqdm
    except ImportError:
        tqdm = iter

    logging.basicConfig(level=logging.DEBUG, force=True)
    log = logging.getLogger("homework")
    warnings.filterwarnings("error", category=RuntimeWarning)
    np.set_printoptions(precision=2)
    """
LOGGED = """
    def embed(ids, E):
        log.error("this is how errors look: %s", ids.shape)
        rows = [E[i] for i in tqdm(ids.ravel())]
        return np.reshape(rows, ids.shape + (E.shape[1],))
    """
PLOTS = """
    %matplotlib inline
    import matplotlib.pyplot as plt
    from matplotlib.animation import FuncAnimation
    from IPython.display import HTML

    figure, axes = plt.subplots()
    (line,) = axes.plot(np.arange(10))
    film = FuncAnimation(figure, lambda k: line.set_ydata(np.arange(10) * k), frames=3)
    display(HTML(film.to_jshtml()))
    plt.show()
    """
THREADS = """
    import concurrent.futures
    import threading

    lock = threading.Lock()


    def clip_by_global_norm(gradients, max_norm):
        squares = []

        def add(gradient):
            with lock:
                squares.append((gradient**2).sum())

        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            list(pool.map(add, gradients))
        norm = np.sqrt(sum(squares))
        return [g * (1 if norm <= max_norm else max_norm / norm) for g in gradients], norm
    """
HELPERS = """
    from __future__ import annotations

    from dataclasses import dataclass
    from functools import lru_cache
    from typing import Any


    @dataclass(frozen=True)
    class Counter:
        first: int = 2

        def number(self, words: list[str]) -> dict[str, int]:
            return {word: self.first + place for place, word in enumerate(dict.fromkeys(words))}


    @lru_cache(maxsize=None)
    def row(size: int, one: int) -> Any:
        return np.arange(size) == one


    if __name__ == "__main__":
        assert Counter().number(["a", "b", "a"]) == {"a": 2, "b": 3}
        print("my own tests pass")
    """
TABS = """
def state_gradient_norms(h, W_hh, d_h_last):
\tif False:
\t        return None
\td_h, norms = d_h_last, []
\tfor t in range(h.shape[1] - 1, -1, -1):
\t\tnorms.insert(0, np.linalg.norm(d_h))
\t\td_h = (d_h * (1 - h[:, t] ** 2)) @ W_hh.T
\treturn np.array(norms)
"""
PRINTS = """
    def sequence_loss(logits, targets, mask):
        for number in range(300):
            print("number", number, "of", logits.shape, flush=True)
        display(logits)
        z = logits - logits.max(axis=-1, keepdims=True)
        log_p = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
        return -(log_p[mask] * one_hot(targets, logits.shape[-1])[mask]).sum() / mask.sum()
    """
CATCHES = """
    def encode(sentence, vocabulary):
        ids = []
        for word in tokenize(sentence):
            try:
                ids.append(vocabulary[word])
            except Exception:
                ids.append(1)
            finally:
                pass
        return ids
    """
FILES = """
    import os
    import pathlib
    import subprocess
    import sys
    import tempfile

    os.chdir(tempfile.mkdtemp())
    pathlib.Path("notes.txt").write_text("twelve")
    np.save("table.npy", np.arange(12))
    answer = subprocess.run([sys.executable, "-c", "print(6 * 7)"], capture_output=True, text=True).stdout
    print(answer, os.cpu_count(), os.getcwd(), pathlib.Path.home())


    def embed(ids, E):
        np.save("E.npy", E)
        return np.load("E.npy")[ids]
    """
RECURSIVE = """
    import random
    import sys

    random.seed(1)
    np.random.seed(1)
    keras.utils.set_random_seed(7)
    sys.setrecursionlimit(20_000)


    def build_vocabulary(words, depth=0, vocabulary=None):
        vocabulary = {} if vocabulary is None else vocabulary
        np.random.seed(0)
        if depth < 3000:
            return build_vocabulary(words, depth + 1, vocabulary)
        for word in words:
            vocabulary.setdefault(word, len(vocabulary) + 2)
        return vocabulary
    """
RENAMES = """
    import numpy
    import keras.ops as K

    xp = numpy


    def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
        return K.tanh(K.matmul(x_t, W_xh) + xp.dot(h_prev, W_hh) + b_h)
    """


def two_attempts(notebook: NotebookNode) -> None:
    """Copy the exercise cell as Jupyter does, metadata and all, and leave a wrong first attempt above."""
    right = find(notebook, "ex-encode")
    first = copy.deepcopy(right)
    first.source = "# Exercise 1.2: encode\ndef encode(sentence, vocabulary):\n    return sentence.split()"
    first["id"] = "first-attempt"
    notebook.cells.insert(notebook.cells.index(right), first)


def own_kernelspec(notebook: NotebookNode) -> None:
    notebook.metadata.kernelspec = {"display_name": "my-venv (3.12)", "language": "python", "name": "my-venv"}
    notebook.metadata.language_info = {"name": "python", "version": "3.12.1", "nbconvert_exporter": "python"}
    notebook.metadata.colab = {"provenance": [], "gpuType": "T4"}
    notebook.metadata.accelerator = "GPU"


def timed(notebook: NotebookNode) -> None:
    cell = find(notebook, "ex-embed")
    cell.source = "%%time\n" + cell.source


def many_cells(notebook: NotebookNode) -> None:
    notebook.cells[20:20] = [prose(f"note {number}") for number in range(3000)]
    notebook.cells[20:20] = [code(f"tried = {number}") for number in range(300)]


LONG = "\n".join(f"# thought {number}: {'x' * 150}" for number in range(5000))
MAGICS = ("%load_ext autoreload\n%autoreload 2\n%time sum(range(10))\n!echo a shell\n%pwd", "%%bash\necho from bash")
SCRATCH = (
    "this is not Python",
    "1 / 0",
    "import a_package_that_nobody_has",
    "name = input('Your name? ')",
    "assert encode('a b', {}) == [7], 'I was curious'",
    "raise KeyboardInterrupt",
    "from IPython.display import clear_output\nclear_output()",
)

CASES = (
    honest("honest_async", "Awaits at the top level of a cell.", None, put("ex-embed", code(ASYNC))),
    honest(
        "honest_logging",
        "Logs, turns warnings into errors, wraps loops in a progress bar.",
        {"embed": LOGGED},
        put("ex-embed", code(LOGGING)),
    ),
    honest(
        "honest_plots", "Plots, and a film in HTML with scripts in it.", None, put("ex-encode", code(PLOTS)), seconds=10
    ),
    honest("honest_threads", "A function that works in a pool of threads.", {"clip_by_global_norm": THREADS}),
    honest(
        "honest_helpers",
        "Helpers in a cell of their own: dataclass, type hints, cache, a __main__ guard.",
        {
            "build_vocabulary": "build_vocabulary = Counter().number",
            "embed": "def embed(ids: Any, E: Any) -> Any:\n"
            "    return np.array([row(len(E), int(i)) for i in ids.ravel()], float).dot(E).reshape(*ids.shape, -1)",
        },
        put("ex-build_vocabulary", code(HELPERS)),
    ),
    honest("honest_tabs", "Tabs for indentation.", {"state_gradient_norms": TABS}),
    honest(
        "honest_long_cell",
        "An exercise cell with 5,000 lines of thought.",
        {"embed": LONG + "\ndef embed(ids, E):\n    return E[ids]"},
    ),
    honest("honest_prints", "Prints a few thousand lines, from inside a function.", {"sequence_loss": PRINTS}),
    honest("honest_catches", "Catches exceptions where it expects them.", {"encode": CATCHES}),
    honest("honest_files", "Changes directory, writes and reads its own files, starts a Python.", {"embed": FILES}),
    honest(
        "honest_recursion",
        "Sets seeds and the recursion limit, and calls itself 3,000 times.",
        {"build_vocabulary": RECURSIVE},
    ),
    honest(
        "honest_renames",
        "Renames its imports, and later its own functions, after their checks.",
        {"rnn_step": RENAMES},
        put("demo-embedding", code("embed = embed(np.array([0]), np.eye(2))\nnp = __import__('numpy')\nmask = 'mine'")),
    ),
    honest(
        "honest_two_attempts",
        "A wrong attempt stands above the right one, with the same grade id: the later counts, as in Jupyter.",
        None,
        two_attempts,
    ),
    honest("honest_kernelspec", "The notebook names the kernel of the student's own machine.", None, own_kernelspec),
    honest(
        "honest_magics",
        "Magics and shell commands in own cells, %%time above an exercise.",
        None,
        timed,
        put("ex-encode", *map(code, MAGICS)),
    ),
    honest(
        "honest_scratch",
        "Scratch cells of its own that fail: syntax, names, input().",
        None,
        put("ex-encode", *map(code, SCRATCH)),
    ),
    honest(
        "honest_exit",
        "A scratch cell says exit, which ends the kernel a moment later: what runs by then is tried again.",
        None,
        put("ex-encode", code("exit"), prose("...")),
    ),
    honest("honest_many_cells", "3,000 notes and 300 small cells of its own.", None, many_cells, seconds=10),
    honest(
        "honest_endless_scratch",
        "A scratch cell never ends: it alone is stopped, and the rest is graded.",
        None,
        put("ex-encode", code("import time\nend = time.time() + 600\nwhile time.time() < end:\n    time.sleep(0.1)")),
        seconds=65,
    ),
    Case(
        "honest_after_bad",
        "F",
        "A first submission that fails, then the right one: the new score counts.",
        submission(),
        before=submission({"encode": "def encode(sentence, vocabulary):\n    return []"}),
    ),
)
