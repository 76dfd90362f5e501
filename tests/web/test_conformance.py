"""The JavaScript SDK against the Python one: the same steps, on the same node, seen the same."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from support.node import Node, open_node

import dreamsync
from dreamsync.protocol.values import WireDrift, WireText
from web.scripts import NODE_JS, SCRIPTS, needs_node

STEPS = json.loads((Path(__file__).parent / "conformance.json").read_text("utf-8"))
DEADLINE_S = 30.0


class Script:
    """The other SDK in a process of its own: a step goes in, what it saw comes out."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    @classmethod
    async def start(cls, node: Node, kind: str) -> "Script":
        """Start it and wait until it has reached the node."""
        process = await asyncio.create_subprocess_exec(
            *NODE_JS, str(SCRIPTS / "conformance.mjs"), node.url, kind,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        script = cls(process)
        assert await script.answer() == "ready"
        return script

    def send(self, step: dict[str, Any]) -> None:
        """Give it a step."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(step).encode() + b"\n")

    async def answer(self) -> Any:
        """Return what it saw."""
        assert self.process.stdout is not None
        line = await self.process.stdout.readline()
        assert line, "the script ended"
        return json.loads(line)

    async def end(self) -> None:
        """End it."""
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()


class Original:
    """The Python SDK, told as the script tells."""

    def __init__(self, dream: dreamsync.Dream) -> None:
        self.dream = dream
        self.viewers: dict[str, Any] = {}
        self.read: dict[str, AsyncIterator[dreamsync.Event]] = {}
        self.hits: list[str] = []
        self.hit = asyncio.Event()

    async def do(self, step: dict[str, Any]) -> Any:
        """Do a step and return what was seen, as JSON would have it."""
        seen = await getattr(self, f"do_{step['do']}")(
            **{key: item for key, item in step.items() if key != "do"}
        )
        return json.loads(json.dumps(seen))

    async def do_create(self, pack: str, options: dict[str, Any]) -> Any:
        self.world = await self.dream.create_world(pack, private=True, **options)
        return ["code", "desk_token", "invite", "world"]

    async def do_enter(self, who: str, role: str, name: str) -> Any:
        self.viewers[who] = await self.dream.enter(
            self.world.id, role=role, name=name, invite=self.world.invite
        )
        self.read.pop(who, None)
        return self.seen(who)

    async def do_watch(self, who: str) -> Any:
        self.viewers[who] = await self.dream.watch(self.world.id, invite=self.world.invite)
        return self.seen(who)

    async def do_desk(self, who: str) -> Any:
        token = self.world.desk_token
        self.viewers[who] = await self.dream.desk(self.world.id, token=token)
        return "desk"

    async def do_propose(self, who: str, plain: dict[str, Any]) -> Any:
        out = await self.viewers[who]._conversation.propose(plain)
        return {"ok": out.ok, "code": out.code, "text": out.text, "args": dict(out.args)}

    async def do_why(self, who: str, beat: str) -> Any:
        why = await self.viewers[who].why(beat)
        return [why.code, [[leaf.text, leaf.holds] for leaf in why.leaves]]

    async def on_hit(self, hit: dreamsync.Hit) -> None:
        self.hits.append(hit.when)
        self.hit.set()

    async def do_when(self, who: str, condition: str) -> Any:
        self.viewers[who].when(condition)(self.on_hit)
        await self.viewers[who].watching()

    async def do_unwatch(self, who: str) -> Any:
        try:
            await self.viewers[who].unwatch(self.on_hit)
        except dreamsync.DreamsyncError as error:
            return [type(error).__name__, error.code]
        return None

    async def do_hits(self, count: int) -> Any:
        while len(self.hits) < count:
            self.hit.clear()
            await self.hit.wait()
        return self.hits

    async def do_people(self, who: str) -> Any:
        return [[p.name, p.as_kind, p.role] for p in await self.viewers[who].people()]

    async def do_events(self, who: str, until: str) -> Any:
        told = []
        events = self.read.setdefault(who, self.viewers[who].events())
        async for event in events:
            told.append([event.kind, event.who, event.text, event.reach])
            if event.text == until:
                return told
        return told

    async def do_see(self, who: str) -> Any:
        return self.seen(who)

    async def do_refused(self, role: str) -> Any:
        try:
            await self.dream.enter(self.world.id, role=role, invite=self.world.invite)
        except dreamsync.DreamsyncError as error:
            return [type(error).__name__, error.code]
        return "entered"

    async def do_past(self, who: str) -> Any:
        desk = self.viewers[who]
        marks = [mark async for mark in desk.history() if mark.by != "director"]
        joined = [mark for mark in marks if mark.kind == "join"][1]
        look = await desk.look(joined.seq, "ben")
        await desk.branch(joined.seq, "What if?")
        erased = await desk.erase(joined.session, "asked")
        return [
            [[m.kind, m.by, m.what, m.title, m.name, m.why] for m in marks],
            [look.eyes, sorted(look.facts), [line.text for line in look.lines]],
            ["code", "desk_token", "invite", "q", "type", "world"],
            erased,
        ]

    async def do_leave(self, who: str) -> Any:
        await self.viewers[who].leave()
        return self.viewers[who].is_over

    def seen(self, who: str) -> Any:
        viewer = self.viewers[who]
        facts = [
            [name, value]
            for name, value in sorted(viewer.facts.items())
            if not isinstance(viewer.mirror.facts[name], WireDrift | WireText)
            and not name.startswith(("clock.", "choice."))
        ]
        return {
            "role": viewer.role,
            "seat": viewer.mirror.seat,
            "facts": facts,
            "offers": [[o.id, o.is_ready, o.code] for o in viewer.actions()],
            "choices": [choice.id for choice in viewer.choices],
            "mismatches": viewer.mismatches,
            "resets": viewer.resets,
        }


@needs_node
@pytest.mark.parametrize("kind", ["msgpack", "json"])
async def test_both_sdks_see_the_same_story(kind: str) -> None:
    async with asyncio.timeout(DEADLINE_S), open_node() as node, node.connect() as dream:
        original = Original(dream)
        script = await Script.start(node, kind)
        try:
            for step in STEPS:
                if step["do"] == "cut":
                    node.cut_lines()
                    continue
                script.send(step)
                ours, theirs = await asyncio.gather(original.do(step), script.answer())
                assert theirs == ours, step
        finally:
            await script.end()
