"""What the nodes of one store say of themselves, and which of them should have the next world.

A world stays where it was opened until its node ends, so nothing moves to and fro. One that is
opened, or wakes, goes to another node only where that one is clearly less loaded: by two tenths of
a core, or, as busy as this one at most, by two worlds. What a node says is a second old, and some
seconds of hundreds; what was placed with it since is counted in.
"""

import logging
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final, NamedTuple

from dreamsync_server.errors import StoreError
from dreamsync_server.host.jobs import Jobs
from dreamsync_server.limits import PEERS_HEARD_AT_ONCE
from dreamsync_server.store.codec import READABLE, VERSION
from dreamsync_server.store.port import Store

_log = logging.getLogger(__name__)
_BUSY_LESS: Final = 2  # tenths of a core
_WORLDS_LESS: Final = 2

About = Callable[[], Mapping[str, Any]]
"""What a process says of itself: kind, state, worlds, busy (tenths of a core) and more."""


class Peer(NamedTuple):
    """Another node that takes worlds, as far as is known."""

    name: str
    busy: int  # tenths of a core
    worlds: int


class Peers:
    """The other nodes. `about` says what there is to say of this one."""

    def __init__(self, store: Store, jobs: Jobs, node: str, about: About) -> None:
        self.all: Mapping[str, Mapping[str, Any]] = {}  # every process, this one too
        self._store = store
        self._jobs = jobs
        self._node = node
        self._about = about
        self._serving: dict[str, Peer] = {}
        self._rounds = 0  # in which the others are not heard of
        self.has_seen_newer = False  # a node that writes what cannot be read here
        self._newer: set[str] = set()  # nodes whose worlds this one cannot read, as was said

    async def renew(self) -> None:
        """Say what there is to say of this node, and hear of the others: of many more seldom."""
        try:
            await self.say()
            if self._rounds > 0:
                self._rounds -= 1
                return
            self.all = await self._jobs.finish(self._store.nodes())
            self._rounds = (len(self.all) - 1) // PEERS_HEARD_AT_ONCE
        except StoreError as error:
            _log.info("other nodes are not heard of just now: %s", error)
            return
        self._serving = {
            name: Peer(name, _number(said, "busy"), _number(said, "worlds"))
            for name, said in self.all.items()
            if name != self._node and said.get("kind") == "node" and said.get("state") == "serving"
            if _reads_ours(said)
        }
        self._tell_of_newer()

    async def say(self) -> None:
        """Say what there is to say of this node.

        Raises:
            StoreError: the store did not take it.
        """
        await self._jobs.finish(self._store.put_node(self._node, self._about()))

    def place(self) -> str:
        """Return the node that should have the next world, "" for this one."""
        best = self._best()
        if best is None:
            return ""
        mine = self._about()
        busy, worlds = _number(mine, "busy"), _number(mine, "worlds")
        is_calmer = best.busy + _BUSY_LESS <= busy
        is_emptier = best.busy <= busy and best.worlds + _WORLDS_LESS <= worlds
        return self._count(best) if is_calmer or is_emptier else ""

    def refuge(self) -> str:
        """Return the node that should have a world which this one gives up, "" for none."""
        best = self._best()
        return "" if best is None else self._count(best)

    def serving(self) -> Collection[str]:
        """Return the names of the other nodes that take worlds."""
        return self._serving.keys()

    def forget(self, node: str) -> None:
        """Count on a node no more until it is heard of again."""
        self._serving.pop(node, None)

    def _tell_of_newer(self) -> None:
        """Say once of each node what it writes that cannot be read here."""
        for name, said in self.all.items():
            form = said.get("codec", VERSION)
            if form not in READABLE and name not in self._newer:
                _log.error(
                    "node %s (%s) writes version %s of the log, and this one reads %d to %d: its"
                    " worlds are not served here; let a version between them run first",
                    name, said.get("version", "?"), form, READABLE[0], READABLE[-1],
                )  # fmt: skip
                self.has_seen_newer = True
                self._newer.add(name)
        self._newer &= self.all.keys()

    def _best(self) -> Peer | None:
        return min(self._serving.values(), key=lambda p: (p.busy, p.worlds, p.name), default=None)

    def _count(self, peer: Peer) -> str:
        self._serving[peer.name] = peer._replace(worlds=peer.worlds + 1)
        return peer.name


def _reads_ours(said: Mapping[str, Any]) -> bool:
    """Return whether a node reads what this one writes: all that is older, and the next version."""
    form = said.get("codec", VERSION)
    return type(form) is int and form + 1 >= VERSION


def _number(said: Mapping[str, Any], name: str) -> int:
    value = said.get(name)
    return value if type(value) is int else 0
