"""Start a store of each kind on this machine, without Docker: to try things, and for the tests.

    .venv/bin/python ops/local_stores.py one         one server
    .venv/bin/python ops/local_stores.py replicas    a primary and a replica
    .venv/bin/python ops/local_stores.py sentinel    a primary, two replicas, three Sentinels
    .venv/bin/python ops/local_stores.py cluster     three primaries with a replica each
    .venv/bin/python ops/local_stores.py stop        end what runs on the folder

Every server reads the file of ops/stores/ that is meant for production; only ports, folders and
the time until a failover are set besides. It runs until Ctrl-C; data stays in `--folder`. The
server is ours, or `valkey-server` on PATH.
"""

import argparse
import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

from dreamsync_server.errors import OperatorError
from dreamsync_server.store import tether
from dreamsync_server.store.binary import find_server

CONFIGS: Final = Path(__file__).parent / "stores"
KINDS: Final = ("one", "replicas", "sentinel", "cluster")
SERVICE: Final = "dreams"
SLOTS: Final = 16_384
START_S: Final = 30.0
STOP_S: Final = 10.0
DOWN_AFTER_MS: Final = 2_000
_LOOK_S: Final = 0.02
_ASK_S: Final = 2.0


class Member:
    """One server process: a data server or a Sentinel."""

    def __init__(
        self, name: str, port: int, folder: Path, config: str, *more: str, **edits: str
    ) -> None:
        self.name = name
        self.port = port
        self.folder = folder / name
        self._config = config
        self._more = more
        self._edits = {"include common.conf": f"include {CONFIGS / 'common.conf'}", **edits}
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def is_up(self) -> bool:
        """Whether its process runs."""
        return self._child is not None and self._child.poll() is None

    def start(self) -> None:
        """Start it, or start it again on its data."""
        self.folder.mkdir(parents=True, exist_ok=True)
        config = self.folder / self._config
        if not config.exists():  # a Sentinel writes into it, and a start again goes on with that
            text = (CONFIGS / self._config).read_text("utf-8")
            for old, new in self._edits.items():
                text = text.replace(old, new)
            config.write_text(text, "utf-8")
        command = [str(find_server()), str(config), "--port", str(self.port)]
        command += ["--dir", str(self.folder), "--bind", "127.0.0.1", "--daemonize", "no"]
        command += ["--logfile", str(self.folder / "server.log"), *self._more]
        if sys.platform == "linux":
            command = [sys.executable, "-I", "-S", tether.__file__, str(os.getpid()), *command]
        quiet = subprocess.DEVNULL
        self._child = subprocess.Popen(
            command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
        )

    def ask(self, *words: str | int) -> Any:
        """Run one command; return its answer: int, bytes, list or None.

        Raises:
            OSError: nobody answers. RuntimeError: it answers with an error.
        """
        with socket.create_connection(("127.0.0.1", self.port), _ASK_S) as line:
            parts = [str(word).encode() for word in words]
            said = b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)
            line.sendall(b"*%d\r\n%s" % (len(parts), said))
            with line.makefile("rb") as answer:
                return _read(answer)

    def info(self, section: str) -> dict[str, str]:
        """Return what it says of itself, {} where it does not answer."""
        with contextlib.suppress(OSError, RuntimeError):
            lines = self.ask("INFO", section).decode().split("\r\n")
            return dict(line.split(":", 1) for line in lines if ":" in line)
        return {}

    def kill(self) -> None:
        """End it with SIGKILL."""
        self._signal(signal.SIGKILL)
        if self._child is not None:
            self._child.wait(STOP_S)

    def freeze(self) -> None:
        """Stop its process with SIGSTOP: its connections stay, and nothing is answered."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def stop(self) -> None:
        """End it, by force where it does not end by itself."""
        self.thaw()
        self._signal(signal.SIGTERM)
        if self._child is None:
            return
        try:
            self._child.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.kill()

    def _signal(self, number: int) -> None:
        if self.is_up and self._child is not None:
            self._child.send_signal(number)


class LocalStores:
    """Servers of one kind. Use as a context, or `start` and `stop`. `url` is for `--store`."""

    def __init__(
        self, kind: str, folder: Path, *, port: int = 0, down_after_ms: int = DOWN_AFTER_MS
    ) -> None:
        self.kind = kind
        self.folder = folder.absolute()
        known = self.folder / "port"  # servers on old data are where they were
        self._port = port or (int(known.read_text()) if known.exists() else free_ports(9))
        self._down_after_ms = down_after_ms
        self.servers: list[Member] = []
        self.sentinels: list[Member] = []
        getattr(self, f"_plan_{kind}")()

    def __enter__(self) -> "LocalStores":
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The URL of the store."""
        hosts = [f"127.0.0.1:{each.port}" for each in (self.sentinels or self.servers)]
        match self.kind:
            case "sentinel":
                return f"redis+sentinel://{','.join(hosts)}/{SERVICE}"
            case "cluster":
                return f"redis+cluster://{','.join(hosts[:3])}"
            case _:
                return f"redis://{hosts[0]}"

    def start(self) -> None:
        """Start every server, and wait until they are what they should be together.

        Raises:
            TimeoutError: they are not within `START_S`.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "port").write_text(str(self._port))
        for each in self.servers:
            each.start()
        self._until(self._answer, "the servers do not answer")
        if self.kind == "cluster":
            self._join()
        if self.kind != "one":
            self._until(self.is_replicated, "the replicas did not come up")
        for each in self.sentinels:
            each.start()
        if self.sentinels:
            self._until(self._is_watched, "the Sentinels did not find each other")

    def stop(self) -> None:
        """End every server; the data stays."""
        for each in [*self.sentinels, *self.servers]:
            each.stop()

    def primaries(self) -> list[Member]:
        """Return the servers that are primaries by their own word, and answer."""
        return [each for each in self.servers if self._role(each) == "master" and self._has(each)]

    def is_replicated(self) -> bool:
        """Return whether every primary has a replica that is up to date."""
        count = 3 if self.kind == "cluster" else 1
        told = [each.info("replication") for each in self.primaries()]
        return len(told) >= count and all("state=online" in one.get("slave0", "") for one in told)

    # --- moving slots of a cluster, key by key -------------------------------------------------

    def begin_move(self, slot: int, source: Member, target: Member) -> None:
        """Begin to move a slot: who asks the source for a key that has gone is sent on."""
        target.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", source.ask("CLUSTER", "MYID").decode())
        source.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", target.ask("CLUSTER", "MYID").decode())

    def move_key(self, key: str, source: Member, target: Member) -> None:
        """Move one key."""
        source.ask("MIGRATE", "127.0.0.1", target.port, key, 0, 5000)

    def end_move(self, slot: int, source: Member, target: Member) -> None:
        """Move what is left of a slot, and tell every primary who has it now."""
        while keys := source.ask("CLUSTER", "GETKEYSINSLOT", slot, 10):
            for key in keys:
                self.move_key(key.decode(), source, target)
        name = target.ask("CLUSTER", "MYID").decode()
        for each in dict.fromkeys([target, source, *self.primaries()]):
            each.ask("CLUSTER", "SETSLOT", slot, "NODE", name)

    # --- what runs ---------------------------------------------------------------------------

    def _plan_one(self) -> None:
        self._add("one", "one.conf")

    def _plan_replicas(self) -> None:
        self._add("primary", "replicated.conf")
        self._add("replica", "replicated.conf", "--replicaof", f"127.0.0.1 {self._port}")

    def _plan_sentinel(self) -> None:
        self._add("primary", "replicated.conf")
        for number in (1, 2):
            self._add(
                f"replica{number}", "replicated.conf", "--replicaof", f"127.0.0.1 {self._port}"
            )
        edits = {
            " PRIMARY 6379": f" 127.0.0.1 {self.servers[0].port}",
            f"{SERVICE} 3000": f"{SERVICE} {self._down_after_ms}",
        }
        for number in (1, 2, 3):
            port, name = self._port + 2 + number, f"sentinel{number}"
            folder, config = self.folder, "sentinel.conf"
            self.sentinels.append(Member(name, port, folder, config, "--sentinel", **edits))

    def _plan_cluster(self) -> None:
        for number in range(6):
            more = ["--cluster-node-timeout", str(self._down_after_ms)]
            port = self._port + len(self.servers)
            more += ["--cluster-port", str(port + 10_000)]
            self._add(f"node{number}", "cluster.conf", *more)

    def _add(self, name: str, config: str, *more: str) -> None:
        port = self._port + len(self.servers)
        self.servers.append(Member(name, port, self.folder, config, *more))

    # --- whether it runs -----------------------------------------------------------------------

    def _answer(self) -> bool:
        return all(each.info("server") for each in self.servers)

    def _role(self, member: Member) -> str:
        return member.info("replication").get("role", "")

    def _has(self, member: Member) -> bool:
        """Return whether a primary of a cluster has any slots; elsewhere it has all."""
        if self.kind != "cluster":
            return True
        with contextlib.suppress(OSError, RuntimeError):
            mine = [row for row in _nodes(member) if "myself" in row[2]]
            return bool(mine and len(mine[0]) > 8)
        return False

    def _is_watched(self) -> bool:
        told = [each.info("sentinel").get("master0", "") for each in self.sentinels]
        wanted = ("status=ok", "sentinels=3", "slaves=2")
        return all(word in one for one in told for word in wanted)

    def _join(self) -> None:
        """Make one cluster of the servers, unless they are one already."""
        first, *others = self.servers
        if len(_nodes(first)) < len(self.servers):
            for number, each in enumerate(self.servers[:3]):
                start, end = number * SLOTS // 3, (number + 1) * SLOTS // 3 - 1
                each.ask("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
                each.ask("CLUSTER", "ADDSLOTSRANGE", start, end)
            for each in others:
                each.ask("CLUSTER", "MEET", "127.0.0.1", first.port)
            count = len(self.servers)
            has_met = lambda: all(len(_nodes(each)) == count for each in self.servers)  # noqa: E731
            self._until(has_met, "the cluster's nodes do not meet")
            for primary, replica in zip(self.servers[:3], self.servers[3:], strict=True):
                name = primary.ask("CLUSTER", "MYID").decode()
                replica.ask("CLUSTER", "REPLICATE", name)
        self._until(self._is_whole, "the cluster is not whole")

    def _is_whole(self) -> bool:
        told = [each.ask("CLUSTER", "INFO").decode() for each in self.servers]
        known = [_nodes(each) for each in self.servers]
        replicas = [sum("slave" in row[2] for row in rows) for rows in known]
        return all("cluster_state:ok" in one for one in told) and set(replicas) == {3}

    def _until(self, is_so: Any, what: str) -> None:
        until_s = time.monotonic() + START_S
        while True:
            with contextlib.suppress(OSError, RuntimeError):
                if is_so():
                    return
            if time.monotonic() > until_s:
                raise TimeoutError(f"{what}: see {self.folder}/*/server.log")
            time.sleep(_LOOK_S)


def free_ports(count: int) -> int:
    """Return the first of so many free ports in a row, each with one free for a bus above it."""
    # Below what the system gives to outgoing connections; at random, as others look here too.
    for first in random.sample(range(20_000, 22_500), 2_500):
        if all(_is_free(first + i) and _is_free(first + i + 10_000) for i in range(count)):
            return first
    raise OSError("no free ports")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _nodes(member: Member) -> list[list[str]]:
    lines = member.ask("CLUSTER", "NODES").decode().splitlines()
    return [line.split() for line in lines]


def _read(answer: Any) -> Any:
    line = answer.readline()
    if not line:
        raise ConnectionError("the server closed the line")
    kind, rest = line[:1], line[1:-2]
    match kind:
        case b"-":
            raise RuntimeError(rest.decode())
        case b":":
            return int(rest)
        case b"$":
            if int(rest) < 0:
                return None
            return answer.read(int(rest) + 2)[:-2]
        case b"*":
            return [_read(answer) for _ in range(int(rest))]
        case _:
            return rest


def _stop(note: Path) -> int:
    if not note.exists():
        print(f"nothing runs on {note.parent}")
        return 1
    with contextlib.suppress(ProcessLookupError):
        os.kill(int(note.read_text()), signal.SIGTERM)
    return 0


def main() -> int:
    """Run until told to stop; return the exit code."""
    shape = argparse.RawTextHelpFormatter
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=shape)
    asked.add_argument("kind", choices=[*KINDS, "stop"])
    asked.add_argument("--folder", type=Path, default=Path("local-stores"), help="of the data")
    asked.add_argument("--port", type=int, default=0, help="the first port; 0 takes free ones")
    asked.add_argument("--down-after-ms", type=int, default=DOWN_AFTER_MS, help="until a failover")
    given = asked.parse_args()
    note = given.folder / "local_stores.pid"
    if given.kind == "stop":
        return _stop(note)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    more = {"port": given.port, "down_after_ms": given.down_after_ms}
    stores = LocalStores(given.kind, given.folder / given.kind, **more)
    try:
        given.folder.mkdir(parents=True, exist_ok=True)
        note.write_text(str(os.getpid()))
        with stores:
            for each in [*stores.servers, *stores.sentinels]:
                print(f"  {each.name:10} 127.0.0.1:{each.port}   {each.folder}")
            print(f"\n  ./dream serve --store '{stores.url}'\n\n  Ctrl-C stops it.", flush=True)
            signal.pause()
    except KeyboardInterrupt:
        return 0
    except (OperatorError, TimeoutError, OSError) as error:
        print(f"local_stores: {error}", file=sys.stderr)
        return 2
    finally:
        note.unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
