"""Kernels that die: in a cell, in a call, of a signal, on request."""

from __future__ import annotations

from hostile.case import ANY_ZERO, Case, cheat, submission, wrong

MANY = {name: f"import os\n\nos._exit({number})\n" for number, name in enumerate(("encode", "embed", "loss_gradient"))}

CASES = (
    Case(
        "exits_in_the_function",
        "Z",
        "sys.exit inside the function: zero there, the rest is graded.",
        submission({"embed": wrong("embed", "import sys\nsys.exit(0)")}),
        ("embed",),
        frozenset({"failed", "crashed"}),
    ),
    Case(
        "dies_in_the_function",
        "Z",
        "os._exit inside the function: the kernel dies during the check.",
        submission({"loss_gradient": wrong("loss_gradient", "import os\nos._exit(0)")}),
        ("loss_gradient",),
        frozenset({"crashed"}),
        seconds=6,
    ),
    Case(
        "dies_in_the_cell",
        "Z",
        "os._exit at the top of an exercise cell: zero there, the rest is graded.",
        submission({"encode": f"import os\nos._exit(0)\n{wrong('encode')}"}),
        ("encode",),
        frozenset({"crashed"}),
        seconds=6,
    ),
    Case(
        "dies_three_times",
        "Z",
        "Three cells end the kernel: three restarts, and the rest is graded.",
        submission(MANY),
        tuple(MANY),
        frozenset({"crashed"}),
        seconds=15,
    ),
    cheat(
        "segmentation_fault",
        "embed",
        "Reads memory that is not there: the kernel dies of a signal.",
        "import ctypes\nctypes.string_at(8)",
        states={"crashed"},
        seconds=6,
    ),
    cheat(
        "quits_softly",
        "encode",
        "Asks the kernel to stop, by quit(), ask_exit and io_loop.stop: it ends a moment after the reply, maybe while "
        "another exercise's cell runs, which is not to blame and is tried again.",
        "get_ipython().ask_exit()\nget_ipython().kernel.io_loop.stop()\nquit()",
        states=ANY_ZERO,
        seconds=6,
    ),
)
