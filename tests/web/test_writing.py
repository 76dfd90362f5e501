"""What the lab writes for a message, run in each language, says that message."""

import asyncio
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
from support.gdscript import parse
from support.gdscript_run import Object, Signal, World
from support.listener import listener
from support.wire_examples import CLIENT

import dreamsync
from dreamsync.protocol.asyncapi import document
from dreamsync.protocol.messages import client_message
from web.scripts import NODE_JS, SCRIPTS, needs_node

EXAMPLES = SCRIPTS.parents[1] / "client_sdk" / "examples"
GODOT: Final = [parse(path.read_text("utf-8")) for path in (EXAMPLES / "godot").glob("*.gd")]
ORIGIN: Final = "http://127.0.0.1:8765"
WAIT_S: Final = 60.0
MARK: Final = {"type": "card", "code": "next"}
Plain = dict[str, Any]

MORE: Final[list[Plain]] = [
    {"type": "enter", "q": 1, "world": "w_7Qz1", "as": "watch", "invite": "inv_9"},
    {"type": "enter", "q": 1, "world": "w_7Qz1", "as": "desk", "token": "d_1", "name": "Ida"},
    {"type": "enter", "q": 1, "world": "w_7Qz1", "as": "script", "token": "d_1"},
    {"type": "card", "q": 1, "pack": "expo"},
    {"type": "card", "q": 1, "world": "w_7Qz1", "invite": "inv_9"},
    {"type": "create", "q": 1, "pack": "expo", "private": False, "shares_ending": True},
    {"type": "act", "n": 1, "action": "go", "params": {"from": "hall", "on": True, "by": -3}},
    {"type": "act", "n": 1, "action": "say", "params": {"text": 'a "quote"\nand a \\ \u2028 夢'}},
    {"type": "act", "n": 1, "action": "wait", "params": {}},
    {"type": "unpause", "n": 1, "why": "all is well"},
    {"type": "pause", "n": 1},
    {"type": "direct", "n": 1, "temperament": "kind", "nudge_cap": -1},
    {"type": "nudge", "n": 1, "means": "hint", "target": "leo", "text": "up", "action": "climb"},
    {"type": "seat", "n": 1, "role": "leo", "to": "player", "session": "s_2", "why": "they asked"},
    {"type": "mute", "n": 1, "session": "s_2", "on": False},
    {"type": "background", "n": 1, "on": False},
    {"type": "why", "q": 1, "beat": "chime", "what_if": {"house.hush": 5, "lamp": True}},
    {"type": "report", "n": 1, "seq": 7, "i": 1},
    {"type": "history", "q": 1},
    {"type": "branch", "q": 1, "seq": 7},
    {"type": "hello", "v": 1, "client": "mine", "lang": "de", "token": "t_1"},
]
MESSAGES: Final = [*CLIENT, *MORE]
BY_ITSELF: Final = {"resume", "resync"}


def texts_of(messages: list[Plain], origin: str) -> list[dict[str, str]]:
    """Return what the lab writes for each message, by language."""
    done = subprocess.run(
        [*NODE_JS, str(SCRIPTS / "writing.mjs"), "write", origin],
        input=json.dumps(messages), capture_output=True, text=True, timeout=WAIT_S,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    made: list[dict[str, str]] = json.loads(done.stdout)
    return made


def core(plain: Plain) -> Any:
    """Return a message without its number, its defaults filled in: what it means."""
    numbers = {key: 1 for key in ("q", "n") if key in plain}
    meant = client_message({**plain, **numbers}).model_dump(by_alias=True)
    if plain["type"] == "hello":
        del meant["client"]  # a client that is an example says its own name
    return meant


def check_said(heard: list[Plain]) -> None:
    """Compare what was heard with all messages; each ends with MARK or has a line of its own."""
    said: list[Plain] = []
    runs: list[list[Plain]] = []
    for plain in heard:
        said.append(plain)
        if plain["type"] == "card" and plain.get("code") == "next":
            runs.append(said)
            said = []
    assert len(runs) == len(MESSAGES)
    for message, run in zip(MESSAGES, runs, strict=True):
        if message["type"] not in BY_ITSELF:
            assert core(message) in [core(plain) for plain in run], message


def test_every_message_of_the_protocol_is_among_those_that_are_tried() -> None:
    names = {one["name"] for one in document()["components"]["messages"].values()}
    assert {f"client.{plain['type']}" for plain in MESSAGES} == {
        name for name in names if name.startswith("client.")
    }


@needs_node
async def test_python_as_it_is_written_says_the_message() -> None:
    async with (
        asyncio.timeout(WAIT_S),
        listener() as server,
        dreamsync.connect(server.url) as lobby,
    ):
        texts = texts_of(MESSAGES, server.url)
        for number, text in enumerate(texts):
            body = text["Python"].replace("\n", "\n    ")
            source = f"async def main(dreamsync, viewer):\n    {body}\n    return None\n"
            names: dict[str, Any] = {"print": lambda *_: None}
            exec(compile(source, f"message {number}", "exec"), names)
            viewer = await viewer_for(lobby, body)
            await names["main"](dreamsync, viewer)
            for _ in range(2 * (not viewer.is_over)):
                await viewer.people()  # a pose goes behind the first, and before the second
            await lobby.card(code="next")
            await viewer.close()
        check_said(server.heard)


async def viewer_for(dream: dreamsync.Dream, source: str) -> Any:
    """Return a desk, or a player where a desk has no method of the name that is called."""
    called = re.search(r"viewer\.(\w+)\(", source)
    if called is None or callable(getattr(dreamsync.Desk, called[1], None)):
        return await dream.desk("w_7Qz1", token="d_1")
    return await dream.enter("w_7Qz1")


@needs_node
async def test_javascript_as_it_is_written_says_the_message() -> None:
    async with asyncio.timeout(WAIT_S), listener() as server:
        texts = [text["JavaScript"] for text in texts_of(MESSAGES, server.url)]
        assert f'from "{server.url}/sdk/dreamsync.js"' in texts[1]
        command = [*NODE_JS, str(SCRIPTS / "writing.mjs"), "run", server.url]
        await run(command, json.dumps(texts))
        check_said(server.heard)


async def run(command: list[str], given: str = "") -> None:
    """Run a program to its end."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe)
    try:
        out, error = await process.communicate(given.encode())
        assert process.returncode == 0, (out + error).decode()[:4000]
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@needs_node
@pytest.mark.skipif(not shutil.which("mcs"), reason="Mono is not here (mono-mcs).")
async def test_csharp_as_it_is_written_says_the_message(tmp_path: Path) -> None:
    async with asyncio.timeout(WAIT_S), listener() as server:
        texts = [text["C#"] for text in texts_of(MESSAGES, server.url)]
        bodies = "\n".join(
            f"static async Task Text{number}(DreamsyncClient viewer) {{\n{body(text)}\n}}"
            for number, text in enumerate(texts)
        )
        calls = "\n".join(f"await Run(Text{number});" for number in range(len(texts)))
        source = tmp_path / "Texts.cs"
        source.write_text(CSHARP.format(bodies=bodies, calls=calls, url=server.url), "utf-8")
        files = [p for p in (EXAMPLES / "unity").glob("*.cs") if p.name != "DemoBehaviour.cs"]
        program = tmp_path / "texts.exe"
        await run(["mcs", f"-out:{program}", str(source), *map(str, files)])
        await run(["mono", str(program)])
        check_said(server.heard)


def body(text: str) -> str:
    """Return a text of C# as the body of a method that has a `viewer`."""
    return text.replace("var viewer = ", "viewer = ")


CSHARP: Final = """
using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using Dreamsync;

#pragma warning disable 1998
static class Texts
{{
    static DreamsyncClient lobby;
    static void Main() {{ Say().GetAwaiter().GetResult(); }}
    static async Task Say()
    {{
        {calls}
    }}
    static async Task Run(Func<DreamsyncClient, Task> text)
    {{
        var entry = new Map {{ ["world"] = "w_7Qz1", ["as"] = "desk", ["token"] = "d_1" }};
        var viewer = await DreamsyncClient.Enter("{url}", entry);
        await text(viewer);
        for (int i = 0; i < 2 && !viewer.IsOver; i++) await viewer.Ask("people");
        viewer.Close();
        if (lobby == null) lobby = await DreamsyncClient.Lobby("{url}");
        await lobby.Ask("card", new Map {{ ["code"] = "next" }});
    }}
    {bodies}
}}
"""


class Waits(Exception):
    """A program waits for an answer; nobody gives one here."""


class Peer:
    """Godot's WebSocketPeer, of which nothing comes."""

    supported_protocols: Any = ()
    inbound_buffer_size = 0

    @classmethod
    def new(cls) -> "Peer":
        return cls()

    def connect_to_url(self, url: str) -> int:
        assert url.startswith("ws://127.0.0.1:8765/dream")
        return 0

    def close(self) -> None:
        """There is nothing to close."""


class Tree:
    """Godot's tree of nodes, with its next frame to wait for."""

    process_frame = Signal()


class Clock:
    """Godot's clock, which stands."""

    @staticmethod
    def get_ticks_msec() -> int:
        return 1


class Frames:
    """Plays a text of GDScript up to where it waits for the server; keeps the clients it makes."""

    def __init__(self, text: str) -> None:
        body = text.replace("var viewer := ", "viewer = ").replace("\n", "\n\t")
        head = "class_name Text\nextends Node\n\nvar viewer = null\n\nfunc play():\n\t"
        source = f"{head}{body}\n\tpass\n"
        self.clients: list[Object] = []
        self.world = World(
            [*GODOT, parse(source)], self._waits, WebSocketPeer=Peer, Time=Clock,
            add_child=self.clients.append, get_tree=Tree,
        )  # fmt: skip

    def play(self) -> Plain:
        """Return the message that the text says."""
        program = self.world.names["Text"].new()
        viewer = self.world.names["DreamsyncClient"].new()
        viewer.call("_start", ORIGIN, {"world": "w_7Qz1", "as": "desk", "token": "d_1"})
        program.fields["viewer"] = viewer
        self.clients.append(viewer)
        try:
            program.call("play")
        except Waits:
            pass
        return self._said(self.clients[-1] if len(self.clients) > 1 else viewer)

    def _waits(self, who: Object, signal: Signal) -> None:
        if signal is not Tree.process_frame:
            raise Waits
        session = who.fields["session"]
        session.call("line_up")
        session.call("received", {"type": "welcome", "v": 1, "server": "t"}, 0)
        session.fields["state"] = "live"

    def _said(self, client: Object) -> Plain:
        session = client.fields["session"]
        greeting = [] if client.fields["lang"] == "en" else [session.fields["_hello"]]
        session.fields["state"] = "live"
        out: list[Plain] = [*session.call("outgoing", 1), *greeting]
        return next((one for one in reversed(out)), {})


@needs_node
@pytest.mark.parametrize("number", range(len(MESSAGES)))
def test_gdscript_as_it_is_written_says_the_message(number: int, gdscript: list[str]) -> None:
    message = MESSAGES[number]
    if message["type"] in BY_ITSELF:
        assert gdscript[number].startswith("# ")
        return
    assert core(Frames(gdscript[number]).play()) == core(message)


@pytest.fixture(scope="module")
def gdscript() -> list[str]:
    return [text["GDScript"] for text in texts_of(MESSAGES, ORIGIN)]


@needs_node
def test_a_form_that_is_not_filled_in_yet_is_written_too() -> None:
    messages = [{key: plain[key] for key in ("type", "q", "n") if key in plain} for plain in CLIENT]
    for message, text in zip(messages, texts_of(messages, ORIGIN), strict=True):
        assert all(text.values()), message
        source = "async def f():\n    " + text["Python"].replace("\n", "\n    ") + "\n    pass"
        compile(source, "a form", "exec")
        parse("func f():\n\t" + text["GDScript"].replace("\n", "\n\t") + "\n\tpass\n")
        assert json.loads(text["JSON"])["type"] == message["type"]
