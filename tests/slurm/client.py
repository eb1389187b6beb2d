"""A client command of the fake SLURM: asks the scheduler through its socket, and says what that says.

Started as ``python -IS client.py SOCKET COMMAND WORD...``; loads nothing that it can do without.
"""

import json
import os
import socket
import sys


def ask(path: str, words: list[str]) -> int:
    """Send a command; returns its exit status."""
    request = {"words": words, "env": dict(os.environ), "folder": os.getcwd()}  # noqa: PTH109 pathlib loads slowly
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(path)
            connection.sendall(json.dumps(request).encode())
            connection.shutdown(socket.SHUT_WR)
            code, output, error = json.loads(b"".join(iter(lambda: connection.recv(65536), b"")))
    except (OSError, ValueError) as problem:
        code, output, error = 1, "", f"the fake SLURM is gone: {problem}"
    sys.stdout.write(output)
    if error:
        sys.stderr.write(f"{error}\n")
    return code


if __name__ == "__main__":
    sys.exit(ask(sys.argv[1], sys.argv[2:]))
