"""Where the tests in JavaScript lie and how they are run; they are skipped where Node is not."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from dreamsync.protocol import bounds, codes

SCRIPTS = Path(__file__).parent
NODE_OLDEST = 20


def _node() -> str:
    """Return a Node that is new enough, or ""."""
    found = shutil.which("node")
    if found is None:
        return ""
    said = subprocess.run([found, "--version"], capture_output=True, text=True, timeout=20)
    version = said.stdout.strip().removeprefix("v").partition(".")[0]
    return found if version.isdecimal() and int(version) >= NODE_OLDEST else ""


NODE = _node()
NODE_JS = (NODE, "--experimental-websocket", "--no-warnings")
needs_node = pytest.mark.skipif(not NODE, reason=f"Node {NODE_OLDEST} or newer is not here.")


def tables() -> str:
    """Return the wire's bounds and codes as JSON, for the other SDK to compare its own with."""
    return json.dumps(
        {
            "bounds": {
                name: value
                for name, value in vars(bounds).items()
                if name.isupper() and isinstance(value, int | str)
            },
            "errors": {
                code.code: [code.fault, code.is_retryable] for code in codes.ERRORS.values()
            },
            "outcomes": {code.code: code.fault for code in codes.OUTCOMES.values()},
            "closes": [[c.number, c.name, c.fault, c.may_resume] for c in codes.CLOSES],
        }
    )
