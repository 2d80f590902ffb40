"""Reaching for other processes: the grader, its memory, its sockets, and whoever is graded next."""

from __future__ import annotations

from hostile.case import Case, code, put, submission
from hostile.reach import once

PROC = """
    for path in glob.glob("/proc/[0-9]*"):
        if os.path.basename(path) == str(os.getpid()):
            continue
        for name in ("environ", "cmdline", "maps"):
            read(f"{path}/{name}")
        for name in ("cwd", "root", "exe"):
            try:
                where = os.readlink(f"{path}/{name}")
                if name == "root":
                    read(f"{path}/root" + __COURSE__ + "/secret.key")
                else:
                    take(f"{path}/{name}", where)
            except OSError:
                pass
        for one in glob.glob(f"{path}/fd/*"):
            try:
                if os.readlink(one).startswith(("/", "socket", "memfd")) and "/dev/" not in os.readlink(one):
                    take(one, os.readlink(one))
            except OSError:
                pass
        try:
            with open(f"{path}/mem", "r+b"):
                take(f"{path}/mem", "memory of another process, open for writing")
        except OSError:
            pass
    """
# Harmless signals only: 0 asks, SIGCONT and SIGWINCH do nothing to a process that runs.
SIGNALS = """
    import ctypes
    import signal

    call = ctypes.CDLL(None, use_errno=True).syscall
    for pid in {os.getppid(), 1, *range(os.getpid() - 50, os.getpid() + 5)} - {0, os.getpid()}:
        try:
            other = open(f"/proc/{pid}/cmdline").read()
        except OSError:
            other = ""
        try:
            grader = os.readlink(f"/proc/{pid}/ns/pid") != os.readlink("/proc/self/ns/pid")
        except OSError:
            grader = any(word in other for word in ("nbgrader", "pytest", "dask"))
        for number in (0, signal.SIGCONT, signal.SIGWINCH):
            try:
                os.kill(pid, number)
                take(f"signal {number} to {pid}", other, grader)
            except OSError:
                pass
        try:  # whoever may trace a process may take its descriptors; to attach with ptrace could stop it
            taken = call(438, os.pidfd_open(pid), 0, 0)
            if taken >= 0:
                take(f"descriptor 0 of {pid}", other, grader)
                os.close(taken)
        except OSError:
            pass
    """
ENVIRONMENT = """
    for name, value in os.environ.items():
        if any(word in name.upper() for word in ("SEED", "KEY", "TOKEN", "SECRET", "PASS", "GRADER", "COURSE")):
            told = CANARY in value or any(word in name.upper() for word in ("SEED", "GRADER", "COURSE"))
            take(name, value if told else f"{len(value)} letters")
    for one in (sys.argv, sys.path, sys.orig_argv, os.getcwd()):
        if "course" in str(one) or "submitted" in str(one) or __COURSE__ in str(one):
            take("process", one)
    for name in list(sys.modules):
        if name.startswith(("autograder", "nbgrader", "dask", "distributed")):
            take("module", name)
    """
SOCKETS = """
    import json
    import socket

    own = get_ipython().kernel.config.get("IPKernelApp", {}).get("connection_file", "")
    print("my own connection file is", own)
    for pattern in ("/tmp/**/kernel-*.json", "/run/**/kernel-*.json", "~/.local/share/jupyter/runtime/*",
                    "/root/.local/share/jupyter/runtime/*"):
        for path in glob.glob(os.path.expanduser(pattern), recursive=True):
            if os.path.realpath(path) != os.path.realpath(str(own)):
                read(path)
    lines = open("/proc/net/unix").read().splitlines()[1:] if os.path.exists("/proc/net/unix") else []
    names = {line.split()[-1] for line in lines if len(line.split()) == 8}
    for name in names | {"/var/run/docker.sock", "/run/dbus/system_bus_socket", "/run/systemd/notify"}:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(0.3)
            try:
                line.connect("\\0" + name[1:] if name.startswith("@") else name)
                if os.path.basename(os.path.dirname(name)) not in str(own):
                    take("socket", name)
            except OSError:
                pass
    """
SHARED = """
    import fcntl
    from multiprocessing import shared_memory

    for place in ("/dev/shm", "/tmp", "/var/tmp", "/run/lock", os.path.expanduser("~")):
        for path in glob.glob(place + "/hostile-note"):
            take("left by an earlier submission", path, True)
        try:
            with open(place + "/hostile-note", "w") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                file.write("encode: [2, 3, 4]")
        except OSError:
            pass
    try:
        kept = shared_memory.SharedMemory("hostile-shared", create=True, size=100)
        kept.close()
    except FileExistsError:
        take("shared memory", "left by an earlier submission", True)
    except OSError:
        pass
    """
# Files that a later kernel of the same home would run; each is harmless, and says that it ran.
INFECT = """
    import pathlib

    home = pathlib.Path.home()
    ran = "print('STOLEN: a file of another submission ran')\\n"
    for name, text in (
        (".ipython/profile_default/startup/00-hostile.py", ran),
        (".ipython/profile_default/ipython_config.py", ran),
        (".local/lib/python3.11/site-packages/usercustomize.py", ran),
        (".keras/keras.json", '{"floatx": "float16", "epsilon": 0.5, "backend": "tensorflow"}'),
        (".config/matplotlib/matplotlibrc", "backend: hostile"),
    ):
        if (home / name).exists() and "hostile" in (home / name).read_text():
            take("left by an earlier submission", home / name, True)
        try:
            if not any(home.glob(".bash*")):  # never somebody's real home
                (home / name).parent.mkdir(parents=True, exist_ok=True)
                (home / name).write_text(text)
        except OSError:
            pass
    """
# Opened for appending, and closed again: nothing is changed where it succeeds.
INSTALLED = """
    import keras
    import labkit.checks

    folder = os.path.dirname(labkit.checks.__file__)
    for path in (labkit.checks.__file__, folder + "/lab1_rnn/__init__.py", folder + "/lab1_rnn/cases.json", np.__file__,
                 keras.__file__, sys.executable, os.__file__, folder + "/__pycache__/judge.cpython-311.pyc"):
        try:
            open(path, "ab").close()
            take("writable", path, True)
        except OSError:
            pass
    """
SURVIVOR = """
    import subprocess
    import sys

    endless = "import signal, time; [signal.signal(n, signal.SIG_IGN) for n in (1, 2, 15)]; time.sleep(600)"
    subprocess.Popen([sys.executable, "-c", endless, "hostile-survivor"], start_new_session=True)
    subprocess.Popen([sys.executable, "-c",
        f"import os, sys\\nif os.fork() == 0:\\n os.setsid()\\n if os.fork() == 0:\\n  exec({endless!r})",
        "hostile-survivor"], stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    """
LINGERS = """
    import atexit
    import signal
    import threading
    import time


    def linger(*anything):
        until = time.monotonic() + 300
        while time.monotonic() < until:
            try:
                time.sleep(0.5)
            except BaseException:
                pass


    signal.signal(signal.SIGTERM, linger)
    atexit.register(linger)
    threading.Thread(target=linger, daemon=False).start()
    """
NAMESPACES = """
    import ctypes
    import subprocess

    call = ctypes.CDLL(None, use_errno=True)
    for flag in (0x20000000, 0x40000000, 0x00020000):  # pid, network and mount namespaces, each with a user's own
        ours, theirs = os.pipe()
        if os.fork() == 0:
            if call.unshare(flag | 0x10000000) == 0:  # allowed, as long as nothing can be read from there
                read("/proc/1/environ")
                read(__COURSE__ + "/secret.key")
            os.write(theirs, "\\n".join(FOUND).encode()[:20_000])
            os._exit(0)
        os.close(theirs)
        os.wait()
        take(f"namespace {flag:x}", os.read(ours, 20_000))
        os.close(ours)
    for command in (["sudo", "-n", "id"], ["su", "-c", "id"], ["nsenter", "-t", "1", "-a", "id"], ["mount"]):
        try:
            done = subprocess.run(command, capture_output=True, timeout=1, stdin=subprocess.DEVNULL)
            if done.returncode == 0 and command[0] != "mount":
                take(command, done.stdout, True)
        except (OSError, subprocess.TimeoutExpired):
            pass
    for number in range(3, 64):  # a folder that is still open leads out of any jail
        try:
            inside = os.listdir(f"/proc/self/fd/{number}/..")
            take(f"descriptor {number}", inside, bool({"gradebook.db", "solutions"} & set(inside)))
        except OSError:
            pass
    """

CASES = (
    once(
        "reads_other_processes", "embed", "Reads environment, command line, files and memory of other processes.", PROC
    ),
    once(
        "signals_other_processes",
        "encode",
        "Sends harmless signals to other processes and takes their descriptors.",
        SIGNALS,
        stock_unsafe=True,
    ),
    once(
        "link_beside",
        "embed",
        "Files beside the notebook are links to the course and its key, and the notebook reads them.",
        "for path in glob.glob('*') + glob.glob('*/*'):\n    read(path)",
        links={"lab1_rnn/answers.txt": "{course}/secret.key", "lab1_rnn/all": "{course}"},
    ),
    once(
        "reads_environment",
        "sequence_loss",
        "Searches environment, arguments and modules for seed, key and grader.",
        ENVIRONMENT,
    ),
    once(
        "finds_sockets",
        "clip_by_global_norm",
        "Looks for the sockets and connection files of other kernels.",
        SOCKETS,
        seconds=10,
    ),
    once(
        "leaves_notes",
        "pad_batch",
        "Leaves files, locks and shared memory for the next submission, and looks for some.",
        SHARED,
    ),
    once(
        "infects_home",
        "next_word_pairs",
        "Leaves files in the home folder that the next kernel would run.",
        INFECT,
    ),
    once("writes_installed_files", "build_vocabulary", "Opens labkit, NumPy and Python itself for writing.", INSTALLED),
    once(
        "leaves_the_sandbox",
        "loss_gradient",
        "Namespaces, sudo, nsenter and open folders as ways out.",
        NAMESPACES,
        stock_unsafe=True,
        seconds=10,
    ),
    Case(
        "leaves_survivors",
        "M",
        "All is right, but two processes in sessions of their own stay behind.",
        submission(None, put("ex-embed", code(SURVIVOR))),
        seconds=3,
        stock_unsafe=True,
    ),
    Case(
        "refuses_to_leave",
        "M",
        "All is right, but atexit, SIGTERM and a thread keep the kernel for five minutes.",
        submission(None, put("written", code(LINGERS))),
        seconds=5,
        stock_unsafe=True,
    ),
)
