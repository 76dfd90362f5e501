"""The hall: five of the cast and 500 citizens in one expo world, an act a second each."""

import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from dreamsync_server.cli.bench.crowd import Client
from dreamsync_server.cli.bench.deciding import folder_of
from dreamsync_server.cli.bench.figures import Figure
from dreamsync_server.cli.bench.rig import Options, Rig, open_rig

CAST: Final = ("ava", "leo", "mia", "ellis")
_AIM: Final = 50.0
_SECONDS: Final = 10
_ACTS: Final = ("cheer", "murmur")


def hall(options: Options) -> list[Figure]:
    """Measure the CPU of the node that owns the hall and speaks to all in it."""
    people, seconds = options.size(500, 500, 10), options.size(_SECONDS, 4, 1)
    rounds = options.size(3, 1, 1)
    shares, rates, bares = [], [], []
    with _worlds(people + 5, options) as worlds, open_rig("node", options, worlds) as rig:
        (world,) = rig.open(1, "expo")
        crowd = rig.fill(world, people, role="citizen")
        for role in CAST:
            crowd += rig.fill(world, 1, role=role)
        crowd += rig.fill(world, 1, "watch", role="")
        actors = crowd[:people]
        rig.crowd.run(1.0)
        for client in rig.crowd.clients:
            client.is_deaf = True
        for _ in range(rounds):
            before = rig.mark()
            _act(rig, actors, seconds)
            used = rig.since(before)
            shares.append(100 * used["cpu_s"] / used["at_s"])
            rates.append(used["messages"] / used["at_s"])
            size = int(used["bytes"] / used["messages"])
            hz = used["messages"] / used["at_s"] / len(crowd)
            bare = rig.tell("bare", seconds=2.0, hz=hz, bytes=size)
            bares.append(100 * bare["cpu_s"] / 2.0)
        note = f"{people} citizens, an act a second each, {rig.loop}; views ≤ 20/s a client"
    return [
        Figure("CPU of owner and gateway in the hall", "% of a core", tuple(shares),
               sorted(bares)[len(bares) // 2], "bare send loop", aim=_AIM, note=note),
        Figure("messages delivered in the hall", "/s", tuple(rates)),
    ]  # fmt: skip


def _act(rig: Rig, actors: list[Client], seconds: float) -> None:
    """Let each act once a second, evenly spread."""
    start_s = time.perf_counter()
    for turn in range(int(seconds)):
        for i, client in enumerate(actors):
            due_s = start_s + turn + i / len(actors)
            rig.crowd.turn(0)
            while (left_s := due_s - time.perf_counter()) > 0:
                rig.crowd.turn(left_s)
            client.act(_ACTS[(turn + i) % len(_ACTS)])


@contextmanager
def _worlds(seats: int, options: Options) -> Iterator[Path]:
    """Give a folder with the shipped expo, changed so that the whole crowd is in the hall.

    It has `seats` citizens, who begin on the floor and may cheer and murmur there as often as
    they like: every act is taken, which costs more than a refusal.
    """
    with tempfile.TemporaryDirectory(prefix="dreamsync-bench-", dir=options.folder) as folder:
        expo = Path(folder) / "expo"
        shutil.copytree(folder_of("expo"), expo, ignore=shutil.ignore_patterns("rehearsals"))
        _edit(expo / "pack.yaml", r"citizen: \{scene: [\w.]+, chorus: \d+\}",
              f"citizen: {{scene: expo.floor, chorus: {seats}}}")  # fmt: skip
        _edit(expo / "actions" / "citizen.yaml", r"(?m)^    (cooldown|chapters): .*\n", "")
        # What is counted must not come to its end, or nobody is told anything any more.
        _edit(expo / "facts.yaml", r"((?:hall\.)?(?:cheers|murmurs): \{.*?range: \[0, )\d+",
              r"\g<1>1000000")  # fmt: skip
        yield Path(folder)


def _edit(path: Path, pattern: str, into: str) -> None:
    text, count = re.subn(pattern, into, path.read_text("utf-8"))
    assert count, f"{path.name} has no {pattern}"
    path.write_text(text, "utf-8")
