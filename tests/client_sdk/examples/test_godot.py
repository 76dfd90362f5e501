"""The Godot client: parsed, and run by an interpreter of what it uses of GDScript.

Godot is not here. Its session is held to the same transcripts as the other SDKs, and the client is
driven frame by frame, as Godot does, against a real node.
"""

import asyncio
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from support.gdscript import GDScriptError, parse
from support.gdscript_run import Object, World
from support.node import Node, open_node
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

import dreamsync

CHECKOUT = Path(__file__).parents[3]
SOURCES = CHECKOUT / "client_sdk" / "examples" / "godot"
VECTORS = CHECKOUT / "tests" / "vectors"
FILES = sorted(SOURCES.glob("*.gd"))
SCRIPTS = [parse(path.read_text("utf-8")) for path in FILES]
WAIT_S: Final = 20.0
FRAME_S: Final = 0.005


class Json:
    """Godot's JSON: every number that is parsed is a fraction."""

    @staticmethod
    def parse_string(text: str) -> Any:
        return json.loads(text, parse_int=float)

    @staticmethod
    def stringify(value: Any) -> str:
        return json.dumps(value)


class Time:
    """Godot's clock."""

    @staticmethod
    def get_ticks_msec() -> int:
        return time.monotonic_ns() // 1_000_000


class Peer:
    """Godot's WebSocketPeer, over a real socket."""

    STATE_CONNECTING, STATE_OPEN, STATE_CLOSING, STATE_CLOSED = range(4)
    supported_protocols: Any = ()
    inbound_buffer_size = 65535

    def __init__(self) -> None:
        self._state = self.STATE_CONNECTING
        self._packets: list[bytes] = []
        self._code = -1
        self._socket: ClientConnection | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @classmethod
    def new(cls) -> "Peer":
        return cls()

    def connect_to_url(self, url: str) -> int:
        self._start(self._carry(url))
        return 0

    def poll(self) -> None:
        """What comes is put there by the task."""

    def get_ready_state(self) -> int:
        return self._state

    def get_available_packet_count(self) -> int:
        return len(self._packets)

    def get_packet(self) -> bytes:
        return self._packets.pop(0)

    def get_close_code(self) -> int:
        return self._code

    def send_text(self, text: str) -> None:
        assert self._socket is not None
        self._start(self._socket.send(text))

    def close(self) -> None:
        if self._socket is not None:
            self._start(self._socket.close())

    async def _carry(self, url: str) -> None:
        try:
            async with connect(url, subprotocols=[*self.supported_protocols]) as socket:
                self._socket, self._state = socket, self.STATE_OPEN
                async for text in socket:
                    assert isinstance(text, str)
                    self._packets.append(text.encode())
                self._code = socket.close_code or -1
        except (OSError, WebSocketException):
            self._code = -1
        self._state = self.STATE_CLOSED

    def _start(self, work: Any) -> None:
        async def quietly() -> None:
            try:
                await work
            except ConnectionClosed:
                return

        task = asyncio.get_running_loop().create_task(quietly())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def world() -> World:
    return World(SCRIPTS, JSON=Json, Time=Time, WebSocketPeer=Peer)


WORLD = world()
MIRROR = WORLD.names["DreamsyncMirror"]
WHOLE: Callable[[Any], Any] = WORLD.names["DreamsyncClient"].get("whole")


def as_godot_reads(plain: Any) -> Any:
    """Return a message as the client has it: parsed by Godot, and made whole again."""
    return WHOLE(Json.parse_string(json.dumps(plain)))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_can_be_read_and_has_the_shape_of_the_house(path: Path) -> None:
    text = path.read_text("utf-8")
    lines = text.splitlines()
    assert parse(text).base
    assert lines[0].startswith("# "), "its first line says what it is for"
    assert len(lines) <= 400
    assert max(len(line.expandtabs(4)) for line in lines) <= 110


def test_every_drift_reads_the_same_at_every_moment() -> None:
    for line in json.loads((VECTORS / "drift.json").read_text()):
        drift = as_godot_reads({**line, "since": line["since_ms"], "at": []})
        for ms, fine, value in line["at"]:
            assert MIRROR.get("fine_at")(drift, ms) == fine
            assert MIRROR.get("value_at")(drift, ms) == value


def test_every_fact_has_its_hash() -> None:
    for fact in json.loads((VECTORS / "digest.json").read_text())["facts"]:
        high, low = MIRROR.get("hash_fact")(fact["name"], as_godot_reads(fact["value"]))
        assert f"{high:08x}{low:08x}" == fact["hash"], fact["name"]


TRANSCRIPTS = json.loads((VECTORS / "session.json").read_text("utf-8"))


@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=lambda one: one["scene"])
def test_the_session_gives_what_the_transcripts_say(transcript: dict[str, Any]) -> None:
    made = WORLD.names["DreamsyncSession"].new("test", "en", "", transcript.get("entry", {}))
    for number, step in enumerate(transcript["steps"]):
        gives = as_godot_reads(replayed(made, step["call"], as_godot_reads(step["args"])))
        assert gives == step.get("gives"), (number, step["call"], step["args"])


def replayed(session: Object, call: str, args: list[Any]) -> Any:
    """Do one step of a transcript and return what it gives, as the transcripts have it."""
    match call:
        case "seen":
            return seen(session, *args)
        case "notices":
            return [plain_notice(notice) for notice in session.call("notices")]
        case "propose" | "ask":
            return session.call(call, *args) or {"error": session.fields["refusal"]}
        case "received":
            fault = session.call("received", *args)
            return {"error": fault} if fault else None
    return session.call(call, *args)


def plain_notice(notice: dict[str, Any]) -> dict[str, Any]:
    kept = ("kind", "ticket", "code", "retry_ms", "why", "recap", "is_first", "scene", "poses")
    plain = {key: notice[key] for key in kept if key in notice}
    parts = {"outcome": ["code"], "answer": ["type"], "event": ["at", "text"], "change": ["ok"],
             "hit": ["id", "holds"]}  # fmt: skip
    for part, keys in parts.items():
        plain |= {key: notice[part][key] for key in keys if part in notice}
    return plain


def seen(session: Object, now_ms: int) -> dict[str, Any]:
    mirror = session.fields["mirror"]
    facts = {name: mirror.call("read", name, now_ms) for name in mirror.fields["facts"]}
    offers = [
        [one["id"], one.get("is_ready", True), one.get("code", "ok")]
        for one in mirror.call("offers", now_ms)
    ]
    names = mirror.fields["names"]
    return {
        **{key: session.fields[key] for key in ("state", "id", "resets", "mismatches")},
        **{key: mirror.fields[key] for key in ("role", "position", "running")},
        "resume_position": mirror.call("resume_position"),
        "digest": mirror.call("digest"),
        "world_ms": mirror.call("world_ms", now_ms),
        "facts": facts,
        "offers": offers,
        "choices": [one["id"] for one in mirror.fields["choices"]],
        "names": sorted([*names["roles"], *names["things"], *names["scenes"]]),
        "wake_at_ms": session.call("wake_at_ms"),
    }


class Game:
    """A Godot game's loop with the client in it."""

    def __init__(self) -> None:
        self.client = WORLD.names["DreamsyncClient"].new()

    async def until(self, is_so: Callable[[], object]) -> None:
        """Draw frames until something is so."""
        async with asyncio.timeout(WAIT_S):
            while not is_so():
                self.client.call("_process", FRAME_S)
                await asyncio.sleep(FRAME_S)

    async def result(self, ticket: int) -> dict[str, Any]:
        """Return what became of a proposal or request, as `await client.propose(…)` does."""
        assert ticket > 0
        heard = self.client.fields["finished"].heard
        await self.until(lambda: any(one[0] == ticket for one in heard))
        found: dict[str, Any] = next(one[1] for one in heard if one[0] == ticket)
        return found

    def propose(self, **plain: Any) -> int:
        ticket: int = self.client.fields["session"].call("propose", plain)
        return ticket


async def entered(node: Node, made: dreamsync.World, role: str) -> Game:
    game = Game()
    entry = {"world": made.id, "as": "player", "role": role, "invite": made.invite}
    game.client.call("_start", node.url, entry)
    await game.until(lambda: game.client.call("is_live"))
    return game


async def test_the_client_plays_on_a_real_node_through_lost_lines() -> None:
    async with open_node() as node, node.connect() as dream:
        made = await dream.create_world("starter", seed=7, understudies=False)
        ben = await dream.enter(made.id, role="ben", name="Bo", invite=made.invite)
        ada = await entered(node, made, "ada")
        assert ada.client.call("fact", "ada.scene") == "house.kitchen"
        first = ada.propose(type="act", action="talk", params={"words": "one, 夢"})
        assert (await ada.result(first))["ok"]
        second = ada.propose(type="act", action="talk", params={"words": "two"})
        node.cut_lines()
        assert (await ada.result(second))["ok"]
        refused = ada.propose(type="act", action="no_such_thing", params={})
        assert (await ada.result(refused))["code"] == "unknown_action"
        await ben.act("talk", words="three")
        told = ada.client.fields["happened"].heard
        await ada.until(lambda: any("three" in one[0].get("text", "") for one in told))
        said = [one[0]["text"] for one in told if one[0]["kind"] == "said"]
        assert [text for text in said if text in ("one, 夢", "two", "three")] == [
            "one, 夢", "two", "three",
        ]  # fmt: skip
        session = ada.client.fields["session"]
        assert (session.fields["mismatches"], session.fields["resets"]) == (0, 0)
        assert len(ada.client.fields["away"].heard) == 1
        assert (await ada.result(ada.propose(type="leave")))["ok"]
        await ada.until(lambda: ada.client.call("is_over"))
        assert ada.client.fields["over"].heard == [["", ""]]


async def test_a_door_that_is_shut_is_said_and_not_tried_again() -> None:
    async with open_node() as node:
        game = Game()
        entry = {"world": "w_nowhere", "as": "player"}
        game.client.call("_start", node.url, entry)
        await game.until(lambda: game.client.call("is_over"))
        assert game.client.fields["over"].heard[0][0] == "unknown_world"


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("http://a:1", "ws://a:1/dream"),
        ("a:1", "ws://a:1/dream"),
        ("wss://a/", "wss://a/dream"),
        ("ws://a/b/", "ws://a/b/"),
    ],
)
def test_an_address_may_be_given_in_any_form(given: str, url: str) -> None:
    assert WORLD.names["DreamsyncClient"].get("socket_url")(given) == url


@pytest.mark.parametrize(
    "source",
    [
        "func f():\nreturn 1",
        "func f()\n\tpass",
        "var x = (1",
        "func f():\n\tx := 1",
        "var x: = 1 +",
    ],
)
def test_what_is_no_gdscript_is_not_read(source: str) -> None:
    with pytest.raises((GDScriptError, IndexError)):
        parse(source + "\n")


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("y = 1", "was not declared"),
        ('return 1 == "1"', "cannot be compared"),
        ('var a: int = "1"', "is int"),
        ('return {}["a"]', "no key"),
        ("return -1 << 2", "not shifted"),
        ("return [].nothing()", "has no nothing"),
    ],
)
def test_what_godot_would_refuse_is_refused(line: str, fault: str) -> None:
    script = parse(f"class_name Wrong\nextends RefCounted\n\nfunc f():\n\t{line}\n")
    with pytest.raises(GDScriptError, match=fault):
        World([script]).names["Wrong"].new().call("f")


def test_the_demo_uses_what_the_client_has() -> None:
    client, demo = (parse((SOURCES / f"dreamsync_{n}.gd").read_text()) for n in ("client", "demo"))
    has = {**client.funcs, **client.signals, **client.fields}
    text = (SOURCES / "dreamsync_demo.gd").read_text()
    used = set(re.findall(r"\bclient\.(\w+)", text))
    assert used
    assert used <= has.keys()
    assert set(re.findall(r"connect\((\w+)\)", text)) - {"pressed"} <= demo.funcs.keys()
