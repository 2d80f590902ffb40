"""On what kind of file system a folder lies."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
# Those on which two machines may write at once. 9p and virtiofs are not among them: WSL and virtual machines use these
# for folders of the machine that they run on.
NETWORK = re.compile(r"nfs\d?|cifs|smb\d?|smbfs|ncpfs|afs|ceph|lustre|gpfs|beegfs|orangefs|glusterfs|gfs2|ocfs2")
_FUSE = re.compile(r"fuse\.(sshfs|glusterfs|ceph\S*|s3fs|gcsfuse|rclone|mfs\S*|juicefs)")


def network(folder: Path, mounts: Path = MOUNTS) -> str:
    """Name the network file system on which a folder lies, as the kernel calls it; nothing for a disk of this machine.

    mounts: what the kernel lists, see proc_pid_mountinfo(5); where there is no such file, nothing is known
    """
    best, kind = -1, ""
    with suppress(OSError):
        wanted = folder.resolve()
        for line in mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
            before, _, after = line.partition(" - ")
            fields = before.split()
            if len(fields) < 5 or not after.split():
                continue
            place = Path(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields[4]))
            if wanted.is_relative_to(place) and len(place.parts) >= best:  # the last one of a place covers the others
                best, kind = len(place.parts), after.split()[0]
    return kind if NETWORK.fullmatch(kind) or _FUSE.fullmatch(kind) else ""
