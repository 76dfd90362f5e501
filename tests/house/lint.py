"""`./dream lint`: every check of style and types, also after one failed."""

import subprocess
import sys

STEPS = (("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",))


def main() -> int:
    """Run them all in this folder; return an exit code."""
    failed = []
    for step in STEPS:
        print("dream: lint: " + " ".join(step), file=sys.stderr, flush=True)
        if subprocess.call([sys.executable, "-m", *step]) != 0:
            failed.append(step[0])
    if failed:
        print("dream: lint found faults: " + ", ".join(failed), file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
