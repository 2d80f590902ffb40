"""One hostile submission: what its student tries, how its notebook is built, and what must become of it.

A case is about one lab, and names the exercises it is about. Every other exercise holds the solution and must earn full
points: 90 in all by checks; the written answer waits for a person. After every case, whatever its kind, the submissions
are byte-identical, nobody else's score changes, no process is left, every exercise has exactly one state, and nothing
that a student receives holds a secret.

What a cell needs to know of the world around it (`Where`) stands in its code as a name such as `__PORT__`; the build
puts a literal in its place. What succeeds in reading something prints `STOLEN:` and what it got, and returns it from
the function where it can. What runs in a browser sets `window.HOSTILE`.
"""

from __future__ import annotations

import copy
import hashlib
import json
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal

from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.course.sample.sample_class import Student, hand_in
from autograder.model.cells import grade_id
from labkit.checks import lab1_rnn, lab4_beyond

Make = Callable[[NotebookNode, NotebookNode], bytes]
Edit = Callable[[NotebookNode], None]

KINDS = {
    "Z": "zero for the affected exercises",
    "F": "full credit",
    "J": "rejected before running, with a reason",
    "M": "graded on its merits: the states say how",
}
LAB = "lab1_rnn"  # where a case does not say which
# The exercises of each lab. Lab 1 is last: some of its students are links to a neighbour's folder, whatever is in it.
LABS = {module.LAB: tuple(module.EXERCISES) for module in (lab4_beyond, lab1_rnn)}
ALL = LABS[LAB]
LAB_OF = {exercise: lab for lab, names in LABS.items() for exercise in names}
# What may become of a call that ends badly, where more than one reading is fair.
NO_RESULT = {"failed", "crashed"}
ANY_ZERO = {"failed", "crashed", "timed_out"}
STATES_OF_KIND = {"Z": {"failed"}, "F": {"passed"}, "J": {"unreadable"}, "M": {"passed"}}


@dataclass(frozen=True)
class Where:
    """The world around a case, which the runner sets up; a student may have guessed all of it right.

    host, port:  a listener for TCP and UDP on the loopback
    socket:      path of a listening Unix socket; the name of an abstract one is the same text after a zero byte
    course:      the course folder: submitted/, gradebook.db, secret.key
    checkout:    the project's own folder: solutions/, autograder/
    neighbour:   another student of the class, who has handed in
    canary:      a text that stands in every secret the runner has put out; cells get it backwards, so as not to hold it
    cell_limit, call_limit: seconds that one cell, and all the calls of one check, may take
    """

    host: str = "127.0.0.1"
    port: int = 9
    socket: str = "/run/hostile.sock"
    course: str = "/srv/course"
    checkout: str = "/srv/checkout"
    neighbour: str = "neighbour"
    canary: str = "CANARY"
    cell_limit: float = 60.0
    call_limit: float = 10.0

    def fill(self, data: bytes) -> bytes:
        """Put Python literals in place of `__HOST__`, `__PORT__` and so on, in the JSON of a notebook."""
        for name, value in (asdict(self) | {"canary": self.canary[::-1]}).items():
            literal = json.dumps(repr(value), ensure_ascii=False)[1:-1]
            data = data.replace(f"__{name.upper()}__".encode(), literal.encode())
        return data


@dataclass(frozen=True)
class Case:
    """One submission.

    kind:      one of KINDS; exercises: the affected ones; states: the acceptable states of each of those
    lab:       the lab that is handed in
    make:      (release, solution) -> the notebook's bytes, with the names of `Where` still in them
    student:   the name of the student's folder
    files:     more files beside the notebook; links: symbolic links, path in the student's folder ("" is the folder
               itself) -> target, such as "{course}/secret.key"; it takes the place of what would be there
    before:    what the same student handed in first; it is graded before this case, so that there is an old score
    flag:      text for which the submission must be flagged for review
    inert:     holds HTML or JavaScript: nothing of it may run on a page of ours or in formgrader
    secrets_looked_for: prints or returns whatever it finds: everything a student receives is searched for secrets
    seconds:   about how long it runs, beyond the start of a kernel
    stock_unsafe: must not run through stock nbgrader outside a sandbox, though it is bounded
    """

    name: str
    kind: Literal["Z", "F", "J", "M"]
    what: str
    make: Make
    exercises: tuple[str, ...] = ()
    states: frozenset[str] = frozenset()
    student: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    before: Make | None = None
    flag: str = ""
    inert: bool = False
    secrets_looked_for: bool = False
    seconds: int = 2
    stock_unsafe: bool = False
    lab: str = LAB

    def __post_init__(self) -> None:
        object.__setattr__(self, "states", self.states or frozenset(STATES_OF_KIND[self.kind]))
        object.__setattr__(self, "student", self.student or f"hostile-{self.name.replace('_', '-')}")

    def build(self, release: NotebookNode, solution: NotebookNode, where: Where | None = None) -> bytes:
        """Return the bytes that the student hands in: the same ones for the same world."""
        return (where or Where()).fill(self.make(release, solution))

    def links_in(self, where: Where | None = None) -> dict[str, str]:
        """Return the links with their real targets."""
        return {path: target.format(**asdict(where or Where())) for path, target in self.links.items()}

    def build_before(self, release: NotebookNode, solution: NotebookNode, where: Where | None = None) -> bytes | None:
        """Return what the student handed in first; None when this is the first submission."""
        return self.before and (where or Where()).fill(self.before(release, solution))


def submission(own: Mapping[str, str] | None = None, *edits: Edit) -> Make:
    """Hand in the solution with these exercises in the student's own words, edited as a whole afterwards."""

    def edit(notebook: NotebookNode) -> None:
        for one in edits:
            one(notebook)
        notebook.cells = from_dict(notebook.cells)

    written = {name: textwrap.dedent(code) for name, code in (own or {}).items()}
    return lambda release, solution: hand_in(Student(written, edit=edit), release, solution)


# How each exercise is called, and a wrong answer that looks like one: right in type and shape, all zeros.
WRONG = {
    "build_vocabulary": ("words", "dict.fromkeys(words, 0)"),
    "encode": ("sentence, vocabulary", "[0 for _ in tokenize(sentence)]"),
    "pad_batch": ("sequences", "(np.zeros((len(sequences), 1), int), np.zeros((len(sequences), 1), bool))"),
    "embed": ("ids, E", "np.zeros(ids.shape + E.shape[1:])"),
    "next_word_pairs": ("ids", "(0 * ids[:, :-1], 0 * ids[:, :-1])"),
    "rnn_step": ("x_t, h_prev, W_xh, W_hh, b_h", "np.zeros((len(x_t), len(b_h)))"),
    "sequence_loss": ("logits, targets, mask", "0.0"),
    "loss_gradient": ("logits, targets, mask", "np.zeros(logits.shape)"),
    "state_gradient_norms": ("h, W_hh, d_h_last", "np.zeros(h.shape[1])"),
    "clip_by_global_norm": ("gradients, max_norm", "([np.zeros(g.shape) for g in gradients], 0.0)"),
    "rnn_forward": ("x, h_0, W_xh, W_hh, b_h, mask=None", "np.zeros((*x.shape[:2], len(b_h)))"),
    "ball_model": ("units", "None"),
    "rnn_backward_step": (
        "d_h, x_t, h_prev, h_t, W_hh",
        "(np.zeros((x_t.shape[1], len(W_hh))), 0 * W_hh, np.zeros(len(W_hh)), 0 * d_h)",
    ),
    "rnn_backward": (
        "x, h_0, h, W_xh, W_hh, W_hy, d_logits, mask=None",
        "{'W_xh': 0 * W_xh, 'W_hh': 0 * W_hh, 'b_h': 0 * h_0[0], 'W_hy': 0 * W_hy, 'b_y': 0 * W_hy[0], 'h_0': 0 * h_0}",
    ),
    "masked_mean": ("x, mask", "tf.zeros((x.shape[0], x.shape[2]))"),
    "confusion_matrix": ("truth, predicted, classes", "np.zeros((classes, classes), int)"),
    "macro_f1": ("matrix", "0.0"),
    "calibration_error": ("probabilities, truth, bins=10", "0.0"),
    "patchify": (
        "images, size",
        "tf.zeros((len(images), images.shape[1] * images.shape[2] // size**2, images.shape[3] * size**2))",
    ),
    "add_class_token": ("x, token", "tf.zeros((len(x), x.shape[1] + 1, x.shape[2]))"),
    "saliency": ("model, x, target", "np.zeros(x.shape[:2])"),
    "masked_token_loss": ("logits, targets, ignore=-100", "tf.constant(0.0)"),
    "fill_by_trying": ("score, ids, place, candidates", "candidates[0]"),
    "log_odds": ("sites, background, pseudocount=1.0", "np.zeros(sites.shape[1:])"),
    "motif_attention": ("windows, matrix", "(windows[:, 0] * 0, np.zeros(windows.shape[:2]))"),
    "caption_pairs": (
        "captions, start, end",
        "(0 * np.pad(captions, ((0, 0), (1, 0))), 0 * np.pad(captions, ((0, 0), (1, 0))))",
    ),
    "greedy": ("step, start, end, max_length", "[]"),
    "beam_search": ("step, start, end, width, max_length", "([], 0.0)"),
    "bleu": ("candidate, reference, n=2", "0.0"),
}


def wrong(exercise: str, inside: str = "", before: str = "", result: str = "") -> str:
    """Write an exercise's cell: code before the function, code inside it, and what it returns in the end."""
    arguments, zeros = WRONG[exercise]
    body = textwrap.indent(textwrap.dedent(inside).strip("\n"), "    ")
    head = textwrap.dedent(before).strip("\n")
    return f"{head}\n\ndef {exercise}({arguments}):\n{body}\n    return {result or zeros}\n"


def cheat(
    name: str,
    exercise: str,
    what: str,
    inside: str = "",
    *,
    before: str = "",
    result: str = "",
    states: set[str] | None = None,
    edits: tuple[Edit, ...] = (),
    **more: object,
) -> Case:
    """Make a case in which one exercise is wrong and does something beside it: zero there."""
    make = submission({exercise: wrong(exercise, inside, before, result)}, *edits)
    more.setdefault("lab", LAB_OF[exercise])
    return Case(name, "Z", what, make, (exercise,), frozenset(states or ()), **more)  # type: ignore[arg-type]


def honest(name: str, what: str, own: Mapping[str, str] | None = None, *edits: Edit, **more: object) -> Case:
    """Make a case that must earn full credit."""
    return Case(name, "F", what, submission(own, *edits), **more)  # type: ignore[arg-type]


def code(source: str, **more: object) -> NotebookNode:
    """Make a code cell of the student's own."""
    source = textwrap.dedent(source).strip("\n")
    return new_code_cell(source, id=_id(source), **more)


def prose(source: str, **more: object) -> NotebookNode:
    """Make a Markdown cell of the student's own."""
    source = textwrap.dedent(source).strip("\n")
    return new_markdown_cell(source, id=_id(source), **more)


def find(notebook: NotebookNode, name: str) -> NotebookNode:
    """Return the cell with this grade id."""
    return next(cell for cell in notebook.cells if grade_id(cell) == name)


def put(place: str, *cells: NotebookNode, after: bool = False) -> Edit:
    """Insert cells before (or after) the cell with this grade id."""

    def edit(notebook: NotebookNode) -> None:
        index = notebook.cells.index(find(notebook, place)) + after
        for cell in copy.deepcopy(cells):
            while any(cell["id"] == other["id"] for other in notebook.cells):
                cell["id"] += "-again"
            notebook.cells.insert(index, cell)
            index += 1

    return edit


def _id(source: str) -> str:
    return "own-" + hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()[:12]
