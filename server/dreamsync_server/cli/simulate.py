"""`dreamsync simulate`: the whole system under seeds, with faults. It lies with the tests."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from dreamsync_server.errors import OperatorError

_CHECKOUT = Path(__file__).parents[3]


def simulate(given: Sequence[str], checkout: Path = _CHECKOUT) -> int:
    """Run the simulation of a checkout with a command line's arguments; return its exit code.

    Raises:
        OperatorError: this is no checkout.
    """
    tests = checkout / "tests"
    if not (tests / "simulation").is_dir():
        raise OperatorError("The simulation lies with the tests: run it from a checkout.")
    path = os.pathsep.join(filter(None, (str(tests), os.environ.get("PYTHONPATH", ""))))
    command = [sys.executable, "-m", "simulation", *given]
    return subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, check=False).returncode
