"""Loops, sleeps and bombs of processes and stacks; each ends by itself after ten minutes or some hundred processes."""

from __future__ import annotations

from hostile.case import ANY_ZERO, Case, cheat, code, put, submission, wrong

LOOP = """
    import time

    until = time.monotonic() + 600
    while time.monotonic() < until:
        try:
            while time.monotonic() < until:
                pass
        except BaseException:
            pass
    """
DEAF = """
    import signal
    import threading
    import time

    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD}:
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    get_ipython().kernel.interrupt_request = lambda *anything, **more: None
    until = time.monotonic() + 600
    while time.monotonic() < until:
        try:
            time.sleep(1)
        except BaseException:
            pass
    """
FORKS = """
    import os
    import signal
    import time

    bombs = []


    def bomb(depth):
        signal.alarm(90)  # every process ends by itself
        for _ in range(2 if depth else 0):
            try:
                if os.fork() == 0:
                    bomb(depth - 1)
            except OSError:
                break
        time.sleep(60)
        os._exit(0)
    """
THREADS = """
    import threading
    import time

    try:
        while len(threads) < 800:
            threads.append(True)
            threading.Thread(target=time.sleep, args=(120,), daemon=True).start()
    except RuntimeError as error:
        print(error)
    """
RECURSION = """
    import functools
    import sys

    sys.setrecursionlimit(2**31 - 1)


    class Deep:
        def __getattr__(self, name):
            return functools.reduce(lambda a, b: getattr(Deep(), name), [1, 2])


    Deep().fall
    """
HOLDS_GIL = """
    import ctypes

    ctypes.PyDLL(None).sleep(600)
    """
IN_C = """
    import itertools

    sum(itertools.repeat(0, 10**11))
    """
STOPS = """
    import os
    import signal
    import time

    parent = os.getpid()
    if os.fork() == 0:  # wakes it up again after ten minutes
        time.sleep(600)
        os.kill(parent, signal.SIGCONT)
        os._exit(0)
    os.kill(parent, signal.SIGSTOP)
    """
ENDLESS = """
    import time


    class Endless:
        until = time.monotonic() + 600

        def __iter__(self):
            while time.monotonic() < self.until:
                yield 0.0

        def __getattr__(self, name):
            while time.monotonic() < self.until:
                try:
                    time.sleep(1)
                except BaseException:
                    pass
            raise AttributeError(name)

        def __array__(self, *anything, **more):
            return self.forever
    """
ENDLESS_LIST = """
    import time


    class Endless(list):
        def __iter__(self):
            until = time.monotonic() + 600
            while time.monotonic() < until:
                yield 1

    class Growing(dict):
        def items(self):
            for number in range(10**9):
                self[number] = number
                yield number, number
    """

CASES = (
    cheat(
        "endless_loop",
        "sequence_loss",
        "An endless loop that catches BaseException.",
        LOOP,
        states={"timed_out"},
        seconds=20,
    ),
    cheat(
        "endless_and_deaf",
        "embed",
        "Ignores every signal and the interrupt request, and sleeps.",
        DEAF,
        states={"timed_out"},
        seconds=20,
    ),
    Case(
        "endless_cell",
        "Z",
        "The top of an exercise cell loops and catches BaseException: stopped, the rest is graded.",
        submission(
            {
                "encode": "def _wait():\n"
                + "\n".join(f"    {line}" for line in LOOP.splitlines())
                + f"\n\n_wait()\n{wrong('encode')}"
            }
        ),
        ("encode",),
        frozenset({"timed_out", "crashed"}),
        seconds=70,
    ),
    cheat(
        "holds_the_interpreter",
        "clip_by_global_norm",
        "Sleeps in C while it holds the interpreter's lock.",
        HOLDS_GIL,
        states={"timed_out"},
        seconds=20,
    ),
    cheat("loops_in_c", "embed", "A loop in C that looks at no signal.", IN_C, states={"timed_out"}, seconds=20),
    cheat(
        "stops_itself",
        "loss_gradient",
        "Stops itself with SIGSTOP: it answers neither calls nor interrupts.",
        STOPS,
        states=ANY_ZERO,
        seconds=20,
        stock_unsafe=True,
    ),
    cheat(
        "fork_bomb",
        "encode",
        "Two processes, each of which starts two more: 255 of them.",
        "if not bombs:\n    bombs.append(True)\n    if os.fork() == 0:\n        bomb(7)",
        before=FORKS,
        states=ANY_ZERO,
        seconds=20,
        stock_unsafe=True,
    ),
    cheat(
        "thread_bomb",
        "embed",
        "Starts 800 threads.",
        THREADS,
        before="threads = []",
        states=ANY_ZERO,
        seconds=10,
        stock_unsafe=True,
    ),
    cheat("recursion", "encode", "Calls itself without end.", result="encode(sentence, vocabulary)"),
    cheat(
        "recursion_in_c",
        "build_vocabulary",
        "Lifts the recursion limit and overflows the stack of C.",
        RECURSION,
        states=ANY_ZERO,
        seconds=10,
        stock_unsafe=True,
    ),
    cheat(
        "endless_iterator",
        "embed",
        "Returns an object without end: iteration, attributes and __array__ all wait.",
        before=ENDLESS,
        result="Endless()",
        states={"failed", "timed_out"},
        seconds=20,
    ),
    cheat(
        "endless_list",
        "encode",
        "A list subclass whose iteration never ends, a dict that grows while it is read.",
        before=ENDLESS_LIST,
        result="Endless([1, Growing(a=1)])",
        states={"failed", "timed_out"},
        seconds=20,
    ),
    cheat(
        "sleeps",
        "clip_by_global_norm",
        "Sleeps for ten minutes, and could be interrupted.",
        "import time\ntime.sleep(600)",
        states={"timed_out"},
        seconds=15,
    ),
    Case(
        "slow_scratch_cells",
        "M",
        "All is right, but after the last check three scratch cells sleep: the limit of the submission may end it; "
        "what was checked before counts.",
        submission(None, put("written", *[code(f"import time\ntime.sleep({600 + n})") for n in range(3)])),
        seconds=190,
    ),
)
