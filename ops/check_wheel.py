"""Prove that the wheel serves outside the checkout: build, install, check, serve, stop.

Run it as `.venv/bin/python ops/check_wheel.py`. Everything happens in a folder of its own that is
removed at the end. Exit code 0 only if every step did what it should; the first that did not is
named, with what it printed.
"""

import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
PACK = "expo"
INSTALL_TIMEOUT_S = 300
COMMAND_TIMEOUT_S = 60
HEALTHY_TIMEOUT_S = 60
STOP_TIMEOUT_S = 20
GONE_TIMEOUT_S = 2
POLL_S = 0.1
# folder in the checkout -> folder in the wheel
SHIPPED = {
    "server/dreamsync_server/": "dreamsync_server/",
    "client_sdk/dreamsync/": "dreamsync/",
    "client_sdk/dreamsync_web/": "dreamsync_web/",
    "worlds/": "dreamsync_server/worlds/",
}


class Fault(Exception):
    """What the wheel does not do, with what was printed."""


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="dreamsync-wheel-") as name:
        place = pathlib.Path(name)
        try:
            wheel = build(place / "dist")
            check_contents(wheel)
            dreamsync = install(wheel, place)
            elsewhere = place / "elsewhere"
            elsewhere.mkdir()
            tell(f"dreamsync check {PACK}")
            run([dreamsync, "check", PACK], cwd=elsewhere, timeout_s=COMMAND_TIMEOUT_S)
            serve(dreamsync, elsewhere)
        except Fault as fault:
            tell(f"FAILED: {fault}")
            return 1
    tell("passed")
    return 0


def build(folder: pathlib.Path) -> pathlib.Path:
    tell("building")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT]
    run(command, cwd=ROOT, timeout_s=COMMAND_TIMEOUT_S)
    (wheel,) = folder.glob("*.whl")
    return wheel


def check_contents(wheel: pathlib.Path) -> None:
    """Compare the wheel with what git tracks of the packages and worlds."""
    tracked = run(["git", "ls-files", "-z", "--", *SHIPPED], cwd=ROOT, timeout_s=COMMAND_TIMEOUT_S)
    wanted = {
        name.replace(source, target, 1)
        for name in tracked.split("\0")
        for source, target in SHIPPED.items()
        if name.startswith(source) and (ROOT / name).exists()
    }
    with zipfile.ZipFile(wheel) as archive:
        missing = sorted(wanted - set(archive.namelist()))
    if missing:
        raise Fault("the wheel lacks\n  " + "\n  ".join(missing))


def install(wheel: pathlib.Path, place: pathlib.Path) -> pathlib.Path:
    """Install the wheel with [server] in the versions of requirements.lock; return its command."""
    tell("installing it with [server] outside the checkout")
    lock = (ROOT / "requirements.lock").read_text()
    pins = re.findall(r"^(\S+==.*?) *\\?$", lock, re.MULTILINE)
    constraints = place / "constraints.txt"
    constraints.write_text("\n".join(pins) + "\n")
    run([sys.executable, "-m", "venv", place / "venv"], cwd=place, timeout_s=INSTALL_TIMEOUT_S)
    python = place / "venv" / "bin" / "python"
    command = [python, "-m", "pip", "install", "-q", "--no-input", "--disable-pip-version-check"]
    command += ["-c", constraints, f"{wheel}[server]"]
    run(command, cwd=place, timeout_s=INSTALL_TIMEOUT_S)
    return place / "venv" / "bin" / "dreamsync"


def serve(dreamsync: pathlib.Path, folder: pathlib.Path) -> None:
    """Serve until /healthz answers, then stop as Ctrl-C does; nothing may stay behind."""
    port = free_port()
    log = folder.parent / "serve.log"
    command = [str(dreamsync), "serve", "--port", str(port), "--data", str(folder.parent / "data")]
    tell("dreamsync serve")
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=plain_environment(),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            wait_until_healthy(process, port)
            tell("it answers; stopping it")
            process.send_signal(signal.SIGINT)
            code = process.wait(STOP_TIMEOUT_S)
            if code != 0:
                raise Fault(f"dreamsync serve ended with exit code {code} after SIGINT")
            wait_until_gone(process.pid)
        except subprocess.TimeoutExpired:
            raise Fault(f"dreamsync serve did not stop within {STOP_TIMEOUT_S} s") from None
        except Fault as fault:
            raise Fault(f"{fault}\n{log.read_text(errors='replace')}") from None
        finally:
            if is_group_alive(process.pid):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_until_healthy(process: subprocess.Popen[bytes], port: int) -> None:
    url = f"http://127.0.0.1:{port}/healthz"
    deadline = time.monotonic() + HEALTHY_TIMEOUT_S
    answer = "nothing"
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise Fault(f"dreamsync serve ended by itself with exit code {process.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                if response.status == 200:
                    return
        except urllib.error.HTTPError as error:
            answer = f"status {error.code}"
        except OSError as error:
            answer = str(error)
        time.sleep(POLL_S)
    raise Fault(f"{url} did not answer 200 within {HEALTHY_TIMEOUT_S} s, last: {answer}")


def wait_until_gone(group: int) -> None:
    deadline = time.monotonic() + GONE_TIMEOUT_S
    while is_group_alive(group):
        if time.monotonic() > deadline:
            raise Fault("dreamsync serve left processes behind after SIGINT")
        time.sleep(POLL_S)


def is_group_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def run(command: list[object], cwd: pathlib.Path, timeout_s: float) -> str:
    """Run a command to its end and return what it printed.

    Raises: Fault if it is not there, ends with another exit code than 0 or takes too long.
    """
    words = [str(word) for word in command]
    shown = " ".join([pathlib.Path(words[0]).name, *words[1:]])
    try:
        done = subprocess.run(
            words,
            cwd=cwd,
            env=plain_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Fault(f"`{shown}` took longer than {timeout_s} s") from None
    except OSError as error:
        raise Fault(f"`{shown}`: {error}") from None
    printed = done.stdout.decode("utf-8", "replace")
    if done.returncode != 0:
        raise Fault(f"`{shown}` ended with exit code {done.returncode}\n{printed}")
    return printed


def plain_environment() -> dict[str, str]:
    """Return the environment without what would let a process find the checkout's packages."""
    hidden = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if name not in hidden}


def tell(text: str) -> None:
    print(f"wheel: {text}", flush=True)


if __name__ == "__main__":
    if shutil.which("git") is None:
        sys.exit("wheel: FAILED: git is needed to know what belongs into the wheel")
    sys.exit(main())
