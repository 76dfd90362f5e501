"""The JavaScript SDK's own tests, and the golden vectors that it shares with the Python one."""

import os
import subprocess

from web.scripts import NODE_JS, SCRIPTS, needs_node, tables


@needs_node
def test_the_javascript_sdk_passes_its_tests_and_the_golden_vectors() -> None:
    done = subprocess.run(
        [*NODE_JS, "--test", *map(str, sorted(SCRIPTS.glob("*.test.mjs")))],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "DREAMSYNC_TABLES": tables()},
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "\n# pass " in done.stdout
    assert "\n# skipped 0" in done.stdout
