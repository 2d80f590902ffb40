#!/usr/bin/env bash
# jupyter_client==8.6.3 with pyzmq==27.1.0, Python 3.11 to 3.13, Linux.
#
# What a Jupyter kernel sends is sent without a copy when a part of it is longer than 64 KiB (Session.copy_threshold), and the first
# time that this happens in a process, pyzmq starts a thread of its own, which frees such buffers. Where the process may start no further
# thread (there is a limit on processes, and it is reached) a short message is sent as ever, and a
# long one raises "can't start new thread": one would expect that a send needs no thread. In a kernel of
# ours the client then waited for a reply that never came, while every short request was answered.
# With Session.copy_threshold above the size of the message it is sent.
#
# Seen:
#   100 bytes: sent
#   100000 bytes: RuntimeError can't start new thread
#   100000 bytes, copied: sent
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check jupyter_client==8.6.3 pyzmq==27.1.0
chmod -R a+rX "$folder"
cat > "$folder/look.py" <<'PYTHON'
import os
import resource

import zmq
from jupyter_client.session import Session

context = zmq.Context()
there, here = context.socket(zmq.PULL), context.socket(zmq.PUSH)
here.connect(f"tcp://127.0.0.1:{there.bind_to_random_port('tcp://127.0.0.1')}")
session = Session(key=b"key")
session.send(here, "stream", {"text": "begin"})
there.recv_multipart()  # all that ZeroMQ itself needs is running now
if os.geteuid() == 0:
    os.setuid(65534)  # the limit does not bind root
resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


def outcome(size):
    try:
        session.send(here, "stream", {"text": "x" * size})
    except RuntimeError as error:
        return f"RuntimeError {error}"
    return "sent" if len(b"".join(there.recv_multipart())) > size else "cut short"


print("100 bytes:", outcome(100))
print("100000 bytes:", outcome(100_000))
session.copy_threshold = 1 << 30
print("100000 bytes, copied:", outcome(100_000), flush=True)
os._exit(0)
PYTHON
said=$("$folder/venv/bin/python" "$folder/look.py")
echo "$said"
[ "$said" = "100 bytes: sent
100000 bytes: RuntimeError can't start new thread
100000 bytes, copied: sent" ]
