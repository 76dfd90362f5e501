"""What is one role's alone is found nowhere else: frames, errors, replays, logs, metrics."""

import asyncio
import itertools
import sys
from pathlib import Path

import pytest
from support.node import open_node

from dreamsync_server.settings import Settings
from dreamsync_server.world.audience import Atoms, AudienceClass
from faults.leaks import VAULT, Play, play, secrets_of
from faults.line_tap import LineTap
from faults.rig import Rig

COMMAND_S = 60.0
# What is never shown to the keeper itself either, or only named in the pack's own condition.
NOT_SHOWN = {b"cnry"}


@pytest.fixture
def secrets() -> set[bytes]:
    """Return every secret there is to find, those that people say among them."""
    files = [path.read_text("utf-8") for path in (VAULT / "vault").rglob("*.yaml")]
    named = secrets_of({str(i): text for i, text in enumerate(files)})
    return (named | {b"cnryword", b"cnrymutter"}) - NOT_SHOWN


@pytest.mark.parametrize("keeper_is_json", [False, True])
async def test_what_is_one_roles_alone_is_found_nowhere_else(
    tmp_path: Path, secrets: set[bytes], keeper_is_json: bool
) -> None:
    settings = Settings(verbose=True)
    async with Rig(tmp_path, worlds=VAULT, settings=settings) as rig:
        told = await play(rig.line, keeper_is_json=keeper_is_json)
        told.others["metrics"] = await page(rig.settings.port, "/metrics")
        asked = [(who, form) for who in ("thief", "watcher") for form in ((), ("--json",))]
        works = [replay(rig, told.world, who, *form) for who, form in [*asked, ("keeper", ())]]
        *answers, told.kept["replay"] = await asyncio.gather(*works)
        told.others |= {
            f"replay {name}": answer for name, answer in zip(asked, answers, strict=True)
        }
    told.others["logs"] = rig.logs()
    assert told.leaks() == []
    assert b"cnryevent" in told.kept["replay"], "the keeper's own replay has it"
    shown = {s for s in secrets if s in told.kept["keeper"]}
    assert secrets - shown == set(), "a secret that nobody was shown proves nothing"
    assert b"dreamsync_commits_total" in told.others["metrics"]
    assert told.world.encode() in told.others["logs"]


async def test_the_scan_finds_the_leak_where_the_judge_is_bypassed() -> None:
    def everybody_sees(_atoms: Atoms, _class: AudienceClass) -> bool:
        return True

    told = await played_here(everybody_sees)
    leaks = told.leaks()
    for name in ("thief", "watcher True", "watcher False", "late player True"):
        assert any(leak.startswith(f"{name}: cnry") for leak in leaks), (name, leaks)
    for secret in ("cnryname", "cnrymark", "cnryevent", "cnrymutter", "cnryword", "cnryscene"):
        assert f"thief: {secret}" in leaks, (secret, leaks)


async def test_with_the_judge_in_its_place_the_same_play_leaks_nothing() -> None:
    assert (await played_here(None)).leaks() == []


async def played_here(judge: object) -> Play:
    """Play on a node in this process, with another judge where one is given."""
    given = {} if judge is None else {"judge": judge}
    tick = itertools.count(1)
    async with open_node(worlds=VAULT, **given) as node:  # type: ignore[arg-type]
        return await play(lambda: LineTap(node.server.port, tick), keeper_is_json=True)


async def page(port: int, path: str) -> bytes:
    """Return what a plain request is answered with."""
    async with asyncio.timeout(COMMAND_S):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        answer = await reader.read()
        writer.close()
    return answer


async def replay(rig: Rig, world: str, seen_by: str, *more: str) -> bytes:
    """Return all that the replay command prints."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "dreamsync_server.cli", "replay", world, "--as", seen_by,
        "--store", rig.store.url, *more,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    async with asyncio.timeout(COMMAND_S):
        out, _ = await process.communicate()
    assert process.returncode == 0, out
    return out
