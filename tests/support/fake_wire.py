"""Joins a client session to a fake server without a socket, every message through the codec."""

from dreamsync.entry import Entry, Greeting
from dreamsync.notices import Happened, Notice, Settled
from dreamsync.protocol.cards import As
from dreamsync.protocol.codec import decode_server, encode
from dreamsync.session import ClientSession
from support.fake_server import DESK_TOKEN, WORLD, FakeLine, FakeWorld


class FakeWire:
    """A client session, and one line after another to a fake world."""

    def __init__(self, world: FakeWorld, as_kind: As = "player") -> None:
        token = DESK_TOKEN if as_kind == "desk" else None
        self.world = world
        self.session = ClientSession(Greeting("test", "en"), Entry(WORLD, as_kind, token=token))
        self.line = FakeLine(world)
        self.told: list[Notice] = []
        self.now_ms = 0

    def up(self) -> "FakeWire":
        """Open a line and carry it until nothing more is said."""
        self.line = FakeLine(self.world)
        self.session.line_up()
        return self.carry()

    def carry(self) -> "FakeWire":
        """Carry messages both ways until nothing more is said."""
        while self.to_server() or self.to_client():
            pass
        return self

    def to_server(self) -> int:
        """Carry what the client has to send; return how many messages."""
        sent = self.session.outgoing(self.now_ms)
        for plain in sent:
            self.line.receive(plain)
        return len(sent)

    def to_client(self) -> int:
        """Carry what the server has to send; return how many messages."""
        sent, self.line.out = self.line.out, []
        for plain in sent:
            self.session.received(decode_server(encode(plain)), self.now_ms)
        self.told += self.session.notices()
        return len(sent)

    def cut(self, code: int | None = None) -> "FakeWire":
        """Lose the line with all that is on it."""
        self.line.gone()
        self.session.line_down(code)
        self.told += self.session.notices()
        return self

    def add(self, by: int = 1) -> int:
        """Propose the action that the fake world knows; return its ticket."""
        return self.session.propose({"type": "act", "action": "add", "params": {"by": by}})

    def events(self) -> list[str]:
        """Return the texts of the events that were told."""
        return [notice.event.text for notice in self.told if isinstance(notice, Happened)]

    def outcomes(self) -> list[tuple[int, str]]:
        """Return (ticket, code) of what was settled."""
        settled = [notice for notice in self.told if isinstance(notice, Settled)]
        return [(notice.ticket, notice.outcome.code) for notice in settled]
