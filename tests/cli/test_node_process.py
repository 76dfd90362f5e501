"""The node process: it serves until it is told to stop, then ends with code 0."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

from dreamsync_server.cli.child import ChildSettings
from dreamsync_server.settings import Settings

PATIENCE_S = 20.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def started(module: str, port: int) -> subprocess.Popen[str]:
    told = ChildSettings(name="n1", store_url="memory://", settings=Settings(port=port))
    return subprocess.Popen(
        [sys.executable, "-m", f"dreamsync_server.cli.{module}", told.model_dump_json()],
        env={**os.environ, "DREAMSYNC_PARENT": str(os.getpid())},
        stderr=subprocess.PIPE,
        text=True,
    )


def test_it_answers_health_and_ends_at_sigterm() -> None:
    port = free_port()
    process = started("node_process", port)
    deadline = time.monotonic() + PATIENCE_S
    status = 0
    while status != 200 and time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1) as answer:
                status = answer.status
        except OSError:
            time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=PATIENCE_S)
    assert status == 200, said
    assert process.returncode == 0, said
    assert "Traceback" not in said
