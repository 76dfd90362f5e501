"""Run as a script: become a program that dies with the process that started it (Linux).

`python -I -S tether.py PARENT_PID PROGRAM ARGUMENT...`. A process of its own between fork and exec
is the way that cannot deadlock: code between the two in a parent that has threads can.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Ask the kernel to kill this process when its parent dies, then become the program."""
    parent, program = int(arguments[0]), arguments[1:]
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL)) != 0:
        sys.exit(f"prctl failed: {os.strerror(ctypes.get_errno())}")
    if os.getppid() != parent:
        sys.exit("the parent died meanwhile")
    os.execv(program[0], program)


if __name__ == "__main__":
    main(sys.argv[1:])
