"""Starts what is measured, in a process of its own, and tells it what to do."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dreamsync_server.cli.bench.crowd import Client, Crowd, LoadError
from dreamsync_server.store.embedded import EmbeddedStore

WORLDS: Final = Path(__file__).parent / "worlds"
PACK: Final = "bench"
START_S: Final = 60.0
ANSWER_S: Final = 120.0
STOP_S: Final = 20.0
_PRIORITY: Final = -10


@dataclass(frozen=True, slots=True)
class Options:
    """How to measure. `is_quick` makes everything smaller; `is_tiny` is for tests of the bench
    itself. `folder` is where data is written: on the file system whose fsync counts."""

    is_quick: bool = False
    is_tiny: bool = False
    is_fast: bool = True  # on uvloop, where it is installed
    is_first: bool = False  # before everybody else on this machine, where that is allowed
    profile: str = ""
    nodes: tuple[int, ...] = (1, 2)  # how many are compared by the measurement of that name
    folder: Path = Path(tempfile.gettempdir())

    def size(self, full: int, quick: int, tiny: int) -> int:
        """Return a size by how it is measured."""
        return tiny if self.is_tiny else quick if self.is_quick else full


class Rig:
    """One process that is measured, with a crowd of clients around it."""

    def __init__(self, process: "subprocess.Popen[bytes]", crowd: Crowd) -> None:
        self.crowd = crowd
        self._process = process
        self._lines: list[bytes] = []
        self._rest = b""
        assert process.stdout is not None, "its output is a pipe"
        crowd.watch(process.stdout, self._read)
        started = self._answer(START_S)
        self.port: int = started["port"]
        self.loop: str = started["loop"].partition(".")[0]

    def tell(self, what: str, **given: Any) -> dict[str, Any]:
        """Let the process do something, and return its answer; meanwhile the crowd reads on."""
        self.start(what, **given)
        return self._answer(ANSWER_S)

    def start(self, what: str, **given: Any) -> None:
        """Let the process do something; `finish` returns its answer."""
        assert self._process.stdin is not None, "its input is a pipe"
        self._process.stdin.write(json.dumps({"do": what, **given}).encode() + b"\n")
        self._process.stdin.flush()

    def finish(self) -> dict[str, Any]:
        """Return the answer to what was started."""
        return self._answer(ANSWER_S)

    def open(self, count: int, pack: str = PACK) -> list[str]:
        """Open worlds."""
        found: list[str] = self.tell("open", pack=pack, count=count)["worlds"]
        return found

    def mark(self) -> dict[str, float]:
        """Return what the process has used and sent so far."""
        return self.tell("mark")

    def since(self, before: dict[str, float]) -> dict[str, float]:
        """Return what it has used and sent since a mark."""
        return {name: value - before[name] for name, value in self.mark().items()}

    def fill(self, world: str, count: int, kind: str = "player", role: str = "guest",
             scenes: tuple[str, ...] = ()) -> list[Client]:  # fmt: skip
        """Let clients into a world, equal parts of them in each of some scenes."""
        clients = self.crowd.connect(self.port, count)
        self.crowd.enter(clients, world, kind, role)
        for i, scene in enumerate(scenes):
            self.crowd.go(clients[i :: len(scenes) + 1], scene)
        return clients

    def _read(self) -> None:
        assert self._process.stdout is not None, "its output is a pipe"
        data = self._process.stdout.read1(65536)  # type: ignore[attr-defined]
        if not data:
            raise LoadError("the process that is measured has ended; its words are above")
        *lines, self._rest = (self._rest + data).split(b"\n")
        self._lines += lines

    def _answer(self, timeout_s: float) -> dict[str, Any]:
        self.crowd.until(lambda: bool(self._lines), "the measured process", timeout_s)
        answer: dict[str, Any] = json.loads(self._lines.pop(0))
        return answer


@contextmanager
def open_rig(kind: str, options: Options, worlds: Path = WORLDS) -> Iterator[Rig]:
    """Start a `node` or a `gallery`, with a crowd; end both behind it.

    Raises:
        LoadError: it did not start.
    """
    if options.is_first:
        go_first()
    with _store(options) if kind == "node" else nullcontext("") as url, Crowd() as crowd:
        with _subject(kind, url, options, worlds, "bench", 0) as process:
            yield Rig(process, crowd)


@contextmanager
def open_rigs(count: int, options: Options, *, port: int = 0) -> Iterator[list[Rig]]:
    """Start so many nodes over one store, with one crowd; end all behind it.

    With a `port` they share it.

    Raises:
        LoadError: one did not start.
    """
    if options.is_first:
        go_first()
    with _store(options) as url, Crowd() as crowd, ExitStack() as stack:
        found = []
        for i in range(count):
            started = _subject("node", url, options, WORLDS, f"bench-{i}", port)
            found.append(Rig(stack.enter_context(started), crowd))
        yield found


@contextmanager
def _subject(
    kind: str, url: str, options: Options, worlds: Path, name: str, port: int
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run one process that is measured."""
    told = {
        "kind": kind,
        "name": name,
        "port": port,
        "worlds": str(worlds),
        "store_url": url,
        "is_fast": options.is_fast,
        "profile": options.profile,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "dreamsync_server.cli.bench.subject", json.dumps(told)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        assert process.stdin is not None, "its input is a pipe"
        process.stdin.close()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def go_first() -> None:
    """Let this process and all that it starts run before others, where that is allowed.

    On a machine that others use as well, what is measured in time is else what they leave over.
    """
    with suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, 0, _PRIORITY)
        # Linux shares its cores out among sessions first, and only then among their processes.
        Path("/proc/self/autogroup").write_text(str(_PRIORITY), "ascii")


@contextmanager
def _store(options: Options) -> Iterator[str]:
    """Run an embedded store over a fresh folder, as `serve` does: every commit is fsynced.

    It is a child of ours and not of what is measured: another loop than asyncio's own cannot
    start it.
    """
    with tempfile.TemporaryDirectory(prefix="dreamsync-bench-", dir=options.folder) as folder:
        store = EmbeddedStore(Path(folder) / "store")
        with asyncio.Runner() as runner:
            runner.run(store.start())
            try:
                yield store.url
            finally:
                runner.run(store.stop())
