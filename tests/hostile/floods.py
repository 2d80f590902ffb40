"""Floods: more output, memory, files and parts than anything should take, each of a few GB at most."""

from __future__ import annotations

from hostile.case import ANY_ZERO, NO_RESULT, cheat

MEMORY = """
    kept = []
    while len(flooded) < 64:  # 4 GB, touched
        flooded.append(True)
        kept.append(np.ones(64 * 2**20 // 8))
    """
STDOUT = """
    import os
    import sys

    block = "x" * 2**20
    if not flooded:
        flooded.append(True)
        for _ in range(5 * 1024):
            print(block)
    """
DESCRIPTOR = """
    import os

    block = b"y" * 2**20
    for descriptor in (1, 2):
        for _ in range(2 * 1024):
            try:
                os.write(descriptor, block)
            except OSError:
                break
    """
UPDATES = """
    from IPython.display import clear_output, display

    if not flooded:
        flooded.append(True)
        handle = display("0", display_id="flood")
        for number in range(100_000):
            handle.update(str(number))
            clear_output(wait=True)
            display({"text/html": "<b>" * 100}, raw=True)
    """
COMMS = """
    import ipykernel.comm

    if not flooded:
        flooded.append(True)
        for number in range(300):
            comm = ipykernel.comm.Comm(target_name="flood", data={"text": "z" * 1_000_000})
            comm.send({"more": list(range(1000))}, buffers=[b"b" * 1_000_000])
    """
DISK = """
    import os
    import tempfile

    if not flooded:
        flooded.append(True)
        made = []
        for place in (os.getcwd(), tempfile.gettempdir(), "/dev/shm", os.path.expanduser("~")):
            path = os.path.join(place, "hostile-filler")
            try:
                with open(path, "wb") as file:
                    made.append(path)
                    for _ in range(1024):
                        file.write(b"d" * 2**20)
            except OSError as error:
                print(place, error)
            finally:
                if os.path.exists(path):
                    os.remove(path)
    """
FILES = """
    import os
    import tempfile

    folder, kept = tempfile.mkdtemp(), []
    try:
        for number in range(20_000):
            kept.append(open(os.path.join(folder, str(number)), "w"))
    except OSError as error:
        print(len(kept), error)
    """
ONCE = "flooded = []"

CASES = (
    cheat(
        "memory_bomb",
        "sequence_loss",
        "Takes 4 GB and touches it.",
        MEMORY,
        before=ONCE,
        states=ANY_ZERO,
        seconds=20,
        stock_unsafe=True,
    ),
    cheat(
        "five_gigabytes_stdout",
        "embed",
        "Prints 5 GB.",
        STDOUT,
        before=ONCE,
        states=ANY_ZERO,
        seconds=60,
        stock_unsafe=True,
    ),
    cheat(
        "five_gigabytes_display",
        "sequence_loss",
        "Shows 5 GB as one display_data.",
        "if not flooded:\n    flooded.append(True)\n    display({'text/plain': 'x' * (5 * 2**30)}, raw=True)",
        before=ONCE,
        states=ANY_ZERO,
        seconds=60,
        stock_unsafe=True,
    ),
    cheat(
        "floods_descriptors",
        "encode",
        "Writes 2 GB each to the file descriptors of stdout and stderr.",
        DESCRIPTOR,
        states=ANY_ZERO,
        seconds=40,
        stock_unsafe=True,
    ),
    cheat(
        "floods_updates",
        "next_word_pairs",
        "100,000 updates of a display, clear_output and HTML.",
        UPDATES,
        before=ONCE,
        states=ANY_ZERO,
        seconds=40,
        stock_unsafe=True,
    ),
    cheat(
        "floods_comms",
        "pad_batch",
        "600 MB over comms, with buffers.",
        COMMS,
        before=ONCE,
        states=ANY_ZERO,
        seconds=20,
        stock_unsafe=True,
    ),
    cheat(
        "fills_the_disk",
        "embed",
        "Writes 1 GB each to the working folder, /tmp, /dev/shm and home.",
        DISK,
        before=ONCE,
        states=ANY_ZERO,
        seconds=30,
        stock_unsafe=True,
    ),
    cheat(
        "opens_files",
        "encode",
        "Opens 20,000 new files and keeps them open.",
        FILES,
        states=ANY_ZERO,
        seconds=10,
        stock_unsafe=True,
    ),
    cheat(
        "huge_int", "sequence_loss", "Returns an int of 40 MB.", result="1 << 320_000_000", states=NO_RESULT, seconds=5
    ),
    cheat(
        "broadcast_view",
        "state_gradient_norms",
        "Returns a view of 8 TB onto one number.",
        result="np.broadcast_to(0.0, (10**6, 10**6))",
    ),
    cheat(
        "overlapping_view",
        "embed",
        "Returns 2 TB whose strides are zero and negative, and whose shape is odd.",
        result="np.lib.stride_tricks.as_strided(np.zeros(1), (2**19, 2**19, 1, 0 + 1), (0, 0, 0, 0))",
    ),
    cheat(
        "large_array",
        "loss_gradient",
        "Returns zeros of 2 GB, each time it is called.",
        result="np.zeros(2**28)",
        states=ANY_ZERO,
        seconds=20,
        stock_unsafe=True,
    ),
    cheat(
        "many_parts",
        "clip_by_global_norm",
        "Returns a list of ten million Nones.",
        result="([None] * 10_000_000, 0.0)",
        states=ANY_ZERO,
        seconds=10,
    ),
    cheat(
        "shared_parts",
        "clip_by_global_norm",
        "Lists in lists that hold each other twice: 2**40 leaves in 40 objects.",
        inside="tree = [0.0]\nfor _ in range(40):\n    tree = [tree, tree]",
        result="(tree, 0.0)",
        states=ANY_ZERO,
        seconds=5,
    ),
    cheat(
        "large_text",
        "encode",
        "Returns a text of 500 MB.",
        result="['a' * 500_000_000]",
        states=ANY_ZERO,
        seconds=10,
        stock_unsafe=True,
    ),
)
