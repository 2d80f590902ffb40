"""Honest work in unusual clothes: all of it is right, and none of it may lose a point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograder.course.sample.lab1_answers import PRINTS_WARNINGS
from hostile.case import Case, code, honest, prose, put, submission

if TYPE_CHECKING:
    from nbformat import NotebookNode

FLOAT32 = {
    "rnn_step": """
        def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
            x_t, h_prev, W_xh, W_hh, b_h = (np.asarray(a, np.float32) for a in (x_t, h_prev, W_xh, W_hh, b_h))
            return np.tanh(np.concatenate([h_prev, x_t], axis=1) @ np.concatenate([W_hh, W_xh]) + b_h)
        """,
    "sequence_loss": """
        def sequence_loss(logits, targets, mask):
            logits = np.asarray(logits, np.float32)
            log_sum = np.logaddexp.reduce(logits[..., ::-1], axis=-1)
            picked = (logits * one_hot(targets, logits.shape[-1]).astype(np.float32)).sum(axis=-1)
            return np.float32(((log_sum - picked) * mask)[::-1].sum() / mask.sum())
        """,
}
UNICODE = {
    "encode": """
        def encode(sentence, vocabulary):
            wörter, übersetzung = tokenize(sentence), vocabulary
            return [übersetzung.get(wort, 1) for wort in wörter]
        """,
}
BEATS = """
    import threading
    import time


    def Herzschlag():
        while True:
            time.sleep(0.05)


    threading.Thread(target=Herzschlag, name="Herzschlag ♥", daemon=True).start()
    """
SLOW = """
    import time

    patience = []


    def embed(ids, E):
        if not patience:  # only the first call is slow
            patience.append("over")
            until = time.monotonic() + 0.6 * __CALL_LIMIT__
            while time.monotonic() < until:
                np.ones((40, 40)) @ np.ones((40, 40))
        return E[ids]
    """
SLOW_CELL = """
    import time

    until = time.monotonic() + 0.6 * __CELL_LIMIT__
    while time.monotonic() < until:
        time.sleep(0.1)


    def embed(ids, E):
        return np.take(E, ids, axis=0)
    """
CALLABLES = {
    "encode": """
        import functools


        def _look_up(unknown, sentence, vocabulary):
            return [vocabulary.get(word, unknown) for word in tokenize(sentence)]


        encode = functools.partial(_look_up, 1)
        """,
    "embed": """
        class Embedder:
            def __call__(self, ids, E):
                return E[ids]


        embed = Embedder()
        """,
    "next_word_pairs": "next_word_pairs = lambda ids: (ids[:, :-1], ids[:, 1:])",
    "sequence_loss": """
        import tensorflow as tf


        @tf.function(reduce_retracing=True)
        def sequence_loss(logits, targets, mask):
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=logits)
            return tf.reduce_mean(tf.boolean_mask(losses, mask))
        """,
    "clip_by_global_norm": """
        def with_norm(clip):
            def wrapped(gradients, max_norm):
                norm = np.sqrt(sum(np.vdot(g, g) for g in gradients))
                return clip(gradients, max_norm, norm), norm
            return wrapped


        @with_norm
        def clip_by_global_norm(gradients, max_norm, norm):
            return [g if norm <= max_norm else g * (max_norm / norm) for g in gradients]
        """,
}
SUBCLASSES = {
    "build_vocabulary": """
        import collections


        def build_vocabulary(words):
            vocabulary = collections.OrderedDict()
            for word in words:
                vocabulary.setdefault(word, np.int64(len(vocabulary) + 2))
            return vocabulary
        """,
    "encode": """
        def encode(sentence, vocabulary):
            return [np.int32(vocabulary.get(word, 1)) for word in tokenize(sentence)]
        """,
    "pad_batch": """
        Batch = collections.namedtuple("Batch", "ids mask")


        def pad_batch(sequences):
            longest = max(map(len, sequences))
            ids = [list(row) + [0] * (longest - len(row)) for row in sequences]
            mask = [[t < len(row) for t in range(longest)] for row in sequences]
            return Batch(np.array(ids, np.int32), np.array(mask))
        """,
    "embed": "import tensorflow as tf\n\n\ndef embed(ids, E):\n    return tf.gather(E, ids)",
    "sequence_loss": """
        def sequence_loss(logits, targets, mask):
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=logits)
            return np.array(tf.reduce_mean(losses[mask]), dtype=np.longdouble)
        """,
}
VIEWS = {
    "embed": "def embed(ids, E):\n    return np.asfortranarray(E[ids][..., ::-1])[..., ::-1]",
    "next_word_pairs": """
        def next_word_pairs(ids):
            pairs = np.lib.stride_tricks.as_strided(  # read-only, strides that overlap
                ids, (len(ids), ids.shape[1] - 1, 2), (*ids.strides, ids.strides[1]), writeable=False
            )
            return pairs[..., 0], pairs[..., 1]
        """,
    "loss_gradient": """
        def loss_gradient(logits, targets, mask):
            z = logits.T - logits.T.max(axis=0)
            p = np.exp(z) / np.exp(z).sum(axis=0)
            gradient = (p.T - one_hot(targets, logits.shape[-1])) * mask[..., None] / mask.sum()
            gradient.flags.writeable = False
            return np.asfortranarray(gradient)[::-1][::-1]
        """,
}


def crlf(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell.source = cell.source.replace("\n", "\r\n")


def drop_demos(notebook: NotebookNode) -> None:
    notebook.cells = [cell for cell in notebook.cells if not {"demo", "train"} & set(cell.metadata.get("tags", []))]


def drop_metadata(notebook: NotebookNode) -> None:
    for number, cell in enumerate(notebook.cells):
        cell.metadata, cell["id"] = {}, f"cell-{number}"
    notebook.metadata = {}


def on_windows(release: NotebookNode, solution: NotebookNode) -> bytes:
    make = submission(UNICODE, put("ex-embed", code(BEATS)), crlf)
    return make(release, solution).replace(b"\n", b"\r\n")


def with_bom(release: NotebookNode, solution: NotebookNode) -> bytes:
    return b"\xef\xbb\xbf" + submission()(release, solution)


CASES = (
    honest("honest", "Everything is as the solution has it."),
    honest(
        "honest_stderr",
        "All is right; TensorFlow's warnings stand on stderr, also from inside a function.",
        {
            "rnn_step": """
                import sys


                def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
                    print("W0000 5 out of the last 5 calls triggered retracing. Error? No.", file=sys.stderr)
                    return np.tanh(x_t @ W_xh + h_prev @ W_hh + b_h)
                """
        },
        put("tokenize", code(PRINTS_WARNINGS)),
    ),
    honest("honest_float32", "Computes in float32 and adds in another order, within the promised tolerance.", FLOAT32),
    honest("honest_slow", "A function that takes 60 % of what one check may take.", {"embed": SLOW}, seconds=8),
    honest("honest_slow_cell", "A cell that takes 60 % of what one cell may take.", {"embed": SLOW_CELL}, seconds=40),
    Case("honest_windows", "F", "Unicode names, Windows line ends in cells and file, a daemon thread.", on_windows),
    honest("honest_callables", "Partials, lambdas, callable objects, decorators and tf.function for def.", CALLABLES),
    honest("honest_subclasses", "OrderedDict, namedtuple, NumPy scalars and tensors for dict, tuple, int.", SUBCLASSES),
    honest("honest_views", "Results that are read-only, overlapping, reversed or in Fortran order.", VIEWS),
    honest("honest_demos_deleted", "Deletes every experiment: nothing graded needs one.", None, drop_demos),
    honest(
        "honest_no_metadata", "An editor dropped all metadata; the first line names each exercise.", None, drop_metadata
    ),
    Case("honest_bom", "F", "Saved by an editor that puts a byte order mark in front of UTF-8.", with_bom),
    honest(
        "honest_large_pictures",
        "Notes and 8 MB of pictures in the outputs, as a long session leaves them.",
        None,
        put(
            "ex-embed",
            prose("# My notes\n\nß, 漢字 and 🎈 stand here."),
            code(
                "plots",
                execution_count=7,
                outputs=[
                    {
                        "output_type": "display_data",
                        "data": {"image/png": "iVBORw0KGgoA" + "A" * 2_000_000, "text/plain": "<Figure>"},
                        "metadata": {},
                    }
                ]
                * 4,
            ),
        ),
    ),
)
