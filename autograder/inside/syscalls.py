"""The Linux calls that Python 3.11 has no function for, and the filter that takes calls away from a submission.

Runs inside the sandbox: standard library only.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import socket
import struct

NEW_NAMESPACES = {
    "mount": 0x0002_0000,
    "cgroup": 0x0200_0000,
    "uts": 0x0400_0000,
    "ipc": 0x0800_0000,
    "user": 0x1000_0000,
    "pid": 0x2000_0000,
    "net": 0x4000_0000,
}
NEW_TIME = 0x80

MS_READONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT = 0x1, 0x2, 0x4, 0x8, 0x20
MS_NOSYMFOLLOW, MS_BIND, MS_REC, MS_PRIVATE = 0x100, 0x1000, 0x4000, 0x4_0000

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_CAPBSET_DROP = 1, 4, 22, 24
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 36, 38, 47
PR_CAP_AMBIENT_CLEAR_ALL, SECCOMP_MODE_FILTER = 4, 2
CAPABILITY_VERSION_3 = 0x2008_0522
KEYCTL_JOIN_SESSION_KEYRING = 1
SIOCSIFFLAGS, IFF_UP = 0x8914, 1

# Name: (x86_64, aarch64). A call numbered 424 or above has the same number everywhere.
PRIVILEGED = {
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "setns": (308, 268),
    "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430), "fsconfig": (431, 431),
    "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    "open_by_handle_at": (304, 265), "name_to_handle_at": (303, 264), "fanotify_init": (300, 262),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "pidfd_getfd": (438, 438), "perf_event_open": (298, 241), "bpf": (321, 280), "userfaultfd": (323, 282),
    "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106),
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "reboot": (169, 142), "syslog": (103, 116),
    "swapon": (167, 224), "swapoff": (168, 225), "acct": (163, 89), "quotactl": (179, 60),
    "settimeofday": (164, 170), "clock_settime": (227, 112),
    "sethostname": (170, 161), "setdomainname": (171, 162),
}  # fmt: skip
# Callers know what to do where a kernel lacks these. Memory of memfd, SysV and mqueue escapes the limits; a lock on
# a file that two submissions share would let one wait for the other; clone3 hides its flags from a filter.
ABSENT = {
    "clone3": (435, 435), "memfd_create": (319, 279), "memfd_secret": (447, 447), "flock": (73, 32),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "shmget": (29, 194), "shmat": (30, 196), "shmctl": (31, 195), "mq_open": (240, 180),
    "semget": (64, 190), "semctl": (66, 191), "msgget": (68, 186), "msgctl": (71, 187),
}  # fmt: skip
SOCKET, CLONE, UNSHARE, FCNTL = (41, 198), (56, 220), (272, 97), (72, 25)
FAMILIES = (1, 2, 10)  # unix, IPv4, IPv6: a network namespace does not hold vsock and others
NETLINK = 16  # with protocol 0: which network interfaces there are
LEASES = (1024, 1026)  # F_SETLEASE, F_NOTIFY
ARCHITECTURES = {"x86_64": (0xC000_003E, 0), "aarch64": (0xC000_00B7, 1)}

ALLOW, ERRNO, KILL = 0x7FFF_0000, 0x0005_0000, 0x8000_0000
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER_AT, ARCHITECTURE_AT, FIRST_AT, SECOND_AT, THIRD_AT = 0, 4, 16, 24, 32

_libc = ctypes.CDLL(None, use_errno=True)


def call(name: str, *arguments: int | bytes | None) -> int:
    """Call a function of the C library; raise OSError when it fails."""
    passed = [ctypes.c_ulong(value) if isinstance(value, int) else value for value in arguments]
    result: int = getattr(_libc, name)(*passed)
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result


def unshare(flags: int) -> None:
    """Move this process into new namespaces."""
    call("unshare", flags)


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    """Mount a file system, or bind one part of the tree to another."""
    try:
        call("mount", *(text.encode() for text in (source, target, kind)), flags, options.encode())
    except OSError as error:
        raise OSError(error.errno, f"mounting {target}: {os.strerror(error.errno or 0)}") from None


def raise_loopback() -> None:
    """Switch on the network interface by which the processes of one network namespace reach each other."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP))


def drop_bounding_set() -> None:
    """See that no capability can be had again by executing something."""
    for capability in range(64):
        try:
            call("prctl", PR_CAPBSET_DROP, capability, 0, 0, 0)
        except OSError:
            break  # past the last one that this kernel knows, or none left to drop with


def drop_capabilities() -> None:
    """Give up every capability, also for what is executed later."""
    drop_bounding_set()
    call("prctl", PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    call("capset", struct.pack("Ii", CAPABILITY_VERSION_3, 0), bytes(24))


def number(name: str) -> int:
    """Return the number of one of the listed system calls on this processor."""
    return (PRIVILEGED | ABSENT)[name][_architecture()[1]]


def leave_keyring() -> None:
    """Take a new, empty session keyring in place of the one inherited; a kernel without keyrings has none to leave."""
    try:
        call("syscall", number("keyctl"), KEYCTL_JOIN_SESSION_KEYRING, None)
    except OSError as error:
        if error.errno not in {errno.ENOSYS, errno.EPERM, errno.EDQUOT}:
            raise


def filter_calls(families: tuple[int, ...] = FAMILIES) -> None:
    """Take the listed system calls away from this process and all that it starts, for good; no new privileges first."""
    program = filter_program(families)
    buffer = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    call("prctl", PR_SET_SECCOMP, SECCOMP_MODE_FILTER, header, 0, 0)


def filter_program(families: tuple[int, ...] = FAMILIES) -> bytes:
    """Write the seccomp filter for this processor as classic BPF (struct sock_filter: code, jt, jf, k).

    families: of sockets that may be made, beside what tells of network interfaces: ZeroMQ ends a process without it
    """
    identity, column = _architecture()
    lines = [
        (LOAD, 0, 0, ARCHITECTURE_AT), (EQUAL, 1, 0, identity), (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER_AT), (AT_LEAST, 0, 1, 0x4000_0000), (RETURN, 0, 0, ERRNO | errno.ENOSYS),
    ]  # fmt: skip
    for table, reason in ((PRIVILEGED, errno.EPERM), (ABSENT, errno.ENOSYS)):
        for columns in table.values():
            lines += [(EQUAL, 0, 1, columns[column]), (RETURN, 0, 0, ERRNO | reason)]
    namespaces = sum(NEW_NAMESPACES.values())
    denied = (RETURN, 0, 0, ERRNO | errno.EPERM)
    netlink = [(EQUAL, 0, 2, NETLINK), (LOAD, 0, 0, THIRD_AT), (EQUAL, 1, 0, 0)]
    allowed = [(EQUAL, len(families) + len(netlink) - place, 0, int(one)) for place, one in enumerate(families)]
    leases = [(EQUAL, len(LEASES) - 1 - place, int(lease == LEASES[-1]), lease) for place, lease in enumerate(LEASES)]
    for columns, body in (
        (SOCKET, [(LOAD, 0, 0, FIRST_AT), *allowed, *netlink, (RETURN, 0, 0, ERRNO | errno.EAFNOSUPPORT)]),
        (CLONE, [(LOAD, 0, 0, FIRST_AT), (ANY_BIT, 0, 1, namespaces), denied]),
        (
            UNSHARE,
            [(LOAD, 0, 0, FIRST_AT), (ANY_BIT, 0, 1, namespaces | NEW_TIME), denied],
        ),
        (FCNTL, [(LOAD, 0, 0, SECOND_AT), *leases, denied]),
    ):
        lines += [(EQUAL, 0, len(body) + 1, columns[column]), *body, (RETURN, 0, 0, ALLOW)]
    lines.append((RETURN, 0, 0, ALLOW))
    return b"".join(struct.pack("HBBI", *line) for line in lines)


def _architecture() -> tuple[int, int]:
    try:
        return ARCHITECTURES[os.uname().machine]
    except KeyError:
        raise OSError(errno.ENOSYS, f"there is no call filter for the processor {os.uname().machine}") from None
