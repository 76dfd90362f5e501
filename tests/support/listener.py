"""A server that lets everybody in, answers whatever is asked, and takes down what it was told."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from dreamsync.protocol.bounds import SUBPROTOCOL_JSON, SUBPROTOCOLS
from dreamsync.protocol.codec import decode_client, encode, encode_json
from dreamsync.protocol.fields import wire_map
from support.wire_examples import SERVER, WHOLE

Plain = dict[str, Any]
BY_TYPE: Final[dict[str, Plain]] = {plain["type"]: plain for plain in SERVER}
PACK: Final = BY_TYPE["worlds"]["packs"][0]
MADE: Final = {**BY_TYPE["created"], "worlds": ["w_1"]}
ANSWERS: Final[dict[str, Plain]] = {
    "create": MADE, "open_class": MADE, "branch": MADE,
    "list": BY_TYPE["worlds"], "class": BY_TYPE["worlds"],
    "card": {"type": "card", "world": WHOLE["world"], "pack": PACK},
    "why": BY_TYPE["answer"],
    "people": {"people": []},
    "graph": {"graph": {"chapters": [], "nodes": [], "edges": []}},
    "tension": {"tension": []},
    "reports": {"reports": []},
    "history": {"history": {"marks": [], "tail": 7, "ms": 0}},
    "erase": {"erased": 0},
    "watch": {"holds": False},
    "look": {"look": {
        "eyes": "leo", "position": [1, 7], "ms": 0, "at": 0, "running": True, "facts": {},
        "cards": {}, "choices": [], "digest": "0" * 16, "lines": [],
    }},
}  # fmt: skip


class Listener:
    """Serves at `url`; `heard` are the messages as they came, of all lines."""

    def __init__(self) -> None:
        self.url = ""
        self.heard: list[Plain] = []

    async def serve_one(self, socket: ServerConnection) -> None:
        """Answer one line's messages until it is gone."""
        write = encode_json if socket.subprotocol == SUBPROTOCOL_JSON else encode
        n = 0
        try:
            async for frame in socket:
                plain = wire_map(decode_client(frame))
                self.heard.append(plain)
                n += "n" in plain
                for answer in self.answers(plain, n):
                    await socket.send(write(answer))
        except ConnectionClosed:
            return

    def answers(self, plain: Plain, n: int) -> list[Plain]:
        """Return what is said to a message; `n` is how many were proposed on this line."""
        kind = plain["type"]
        if kind == "hello":
            return [BY_TYPE["welcome"]]
        if kind == "enter":
            fresh = {"n": 0, "events": [], "outcomes": [], "resumed": False}
            return [{**BY_TYPE["entered"], "as": plain["as"], **fresh, "q": plain["q"]}]
        if "n" in plain:
            outcome = {"n": plain["n"], "code": "ok", "ok": True, "pos": [1, 7 + n]}
            view = {"pos": [1, 7 + n], "ms": 61_000, "digest": WHOLE["digest"]}
            return [{"type": "view", **view, "outcomes": [outcome]}]
        if "q" in plain:
            answer = ANSWERS.get(kind, {})
            of = {} if "type" in answer else {"type": "answer", "of": kind}
            return [{**of, **answer, "q": plain["q"]}]
        return []


@asynccontextmanager
async def listener() -> AsyncIterator[Listener]:
    """Serve on a free port of loopback."""
    made = Listener()
    protocols = [Subprotocol(name) for name in SUBPROTOCOLS]
    async with serve(made.serve_one, "127.0.0.1", 0, subprotocols=protocols) as server:
        made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield made
