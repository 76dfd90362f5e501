"""Golden transcripts of a client's session: what is called, and what the machine gives for it.

An SDK in another language replays them step by step and must give the same. Refresh them
(tests/vectors/session.json) with `PYTHONPATH=tests python tests/support/session_vectors.py` and
look at what changed: a changed one means that other clients behave differently from now on.

A step is {"call", "args", "gives"}; what gives nothing has no `gives`. `received` takes a message
and the time, `outgoing` and `seen` the time, `line_down` a close code or 0. What fails gives
{"error": code}; `notices` are maps with `kind`; `seen` is what a program reads of the mirror, and
the session's counts.
"""

import copy
import json
import pathlib
import random
from collections.abc import Callable
from typing import Any, Final

from dreamsync import notices
from dreamsync.entry import Entry, Greeting
from dreamsync.errors import DreamsyncError
from dreamsync.protocol.codec import decode_server, encode
from dreamsync.protocol.fields import wire_map
from dreamsync.protocol.server_messages import ServerMessage
from dreamsync.session import ClientSession
from support.fake_server import DESK_TOKEN, WORLD, FakeLine, FakeWorld
from support.fake_wire import FakeWire
from support.wire_examples import SERVER, WHOLE

FILE: Final = pathlib.Path(__file__).parents[1] / "vectors" / "session.json"
Plain = dict[str, Any]


class Recorder(ClientSession):
    """A session that writes down what it is asked and what it gives."""

    def __init__(self, greeting: Greeting, entry: Entry | None) -> None:
        super().__init__(greeting, entry)
        self.steps: list[Plain] = []

    def propose(self, plain: Plain) -> int:
        return self._written("propose", [plain], lambda: super(Recorder, self).propose(plain))

    def ask(self, plain: Plain) -> int:
        return self._written("ask", [plain], lambda: super(Recorder, self).ask(plain))

    def pose(self, x: int, y: int, facing: int) -> None:
        self._written("pose", [x, y, facing], lambda: super(Recorder, self).pose(x, y, facing))

    def abandon(self, ticket: int) -> bool:
        return self._written("abandon", [ticket], lambda: super(Recorder, self).abandon(ticket))

    def line_up(self) -> None:
        self._written("line_up", [], super().line_up)

    def line_down(self, close_code: int | None = None) -> None:
        down = super().line_down
        self._written("line_down", [close_code or 0], lambda: down(close_code))

    def outgoing(self, now_ms: int) -> list[Plain]:
        return self._written("outgoing", [now_ms], lambda: super(Recorder, self).outgoing(now_ms))

    def received(self, message: ServerMessage, now_ms: int) -> None:
        args = [wire_map(message), now_ms]
        self._written("received", args, lambda: super(Recorder, self).received(message, now_ms))
        if self.mirror is not None:
            self._written("seen", [now_ms + 500], lambda: seen(self, now_ms + 500))

    def notices(self) -> list[notices.Notice]:
        told = super().notices()
        if told:
            plain = [plain_notice(notice) for notice in told]
            self._written("notices", [], lambda: plain)
        return told

    def _written(self, call: str, args: list[Any], do: Callable[[], Any]) -> Any:
        step = {"call": call, "args": copy.deepcopy(args)}
        self.steps.append(step)
        try:
            given = do()
        except DreamsyncError as error:
            step["gives"] = {"error": error.code}
            raise
        if given is not None:
            step["gives"] = copy.deepcopy(given)
        return given


def seen(session: ClientSession, now_ms: int) -> Plain:
    """Return what a program reads at a moment."""
    mirror = session.mirror
    assert mirror is not None
    return {
        "state": session.state.value,
        "id": session.id,
        "role": mirror.role,
        "position": mirror.position,
        "resume_position": mirror.resume_position,
        "digest": mirror.digest,
        "running": mirror.running,
        "world_ms": mirror.world_ms(now_ms),
        "facts": {name: mirror.read(name, now_ms) for name in sorted(mirror.facts)},
        "offers": [[o.id, o.is_ready, o.code] for o in mirror.offers(now_ms)],
        "choices": [choice.id for choice in mirror.choices],
        "names": sorted([*mirror.names.roles, *mirror.names.things, *mirror.names.scenes]),
        "resets": session.resets,
        "mismatches": session.mismatches,
        "wake_at_ms": session.wake_at_ms or 0,
    }


def plain_notice(notice: notices.Notice) -> Plain:
    """Return a notice as a map."""
    match notice:
        case notices.Live(is_first):
            return {"kind": "live", "is_first": is_first}
        case notices.Settled(ticket, outcome):
            return {"kind": "settled", "ticket": ticket, "code": outcome.code}
        case notices.Replied(ticket, answer):
            return {"kind": "replied", "ticket": ticket, "type": answer.type}
        case notices.Failed(ticket, error):
            return {"kind": "failed", "ticket": ticket, "code": error.code}
        case notices.Happened(event):
            return {"kind": "happened", "at": event.at, "text": event.text}
        case notices.Jumped(why, recap):
            return {"kind": "jumped", "why": why, "recap": recap}
        case notices.Changed():
            return {"kind": "changed"}
        case notices.Posed(poses):
            return {"kind": "posed", "scene": poses.scene, "poses": poses.poses}
        case notices.Matched(hit):
            return {"kind": "matched", "id": hit.id, "holds": hit.holds}
        case notices.PackTold(change):
            return {"kind": "pack", "ok": change.ok}
        case notices.Broken(error, retry_ms):
            return {"kind": "broken", "code": error.code, "retry_ms": retry_ms}
        case notices.Over(ended):
            return {"kind": "over", "code": ended.code if ended else ""}


def transcripts() -> list[Plain]:
    """Play every scene and return its transcript."""
    made = []
    for scene in SCENES:
        wire = FakeWire(FakeWorld(), "desk" if scene is _watching else "player")
        token = DESK_TOKEN if scene is _watching else None
        entry = Entry(WORLD, "desk" if token else "player", role=None, token=token)
        greeting = Greeting("test", "en")
        recorder = wire.session = Recorder(greeting, None if scene is _in_the_lobby else entry)
        scene(wire)
        plain = {"world": WORLD, "as": entry.as_kind, **({"token": token} if token else {})}
        name = scene.__name__.strip("_").replace("_", " ")
        entered = {} if scene is _in_the_lobby else {"entry": plain}
        made.append({"scene": name, **entered, "steps": recorder.steps})
    plain_all: list[Plain] = json.loads(json.dumps(made))
    return plain_all


def _read(plain: Plain) -> ServerMessage:
    return decode_server(encode(plain))


def _entering_and_acting(wire: FakeWire) -> None:
    wire.up().add(2)
    wire.session.propose({"type": "act", "action": "fly"})
    wire.carry()
    for _ in range(10):
        wire.add()
    wire.carry()


def _in_the_lobby(wire: FakeWire) -> None:
    wire.up().session.ask({"type": "list"})
    wire.carry()
    wire.session.ask({"type": "create", "pack": "expo", "private": True})
    wire.session.ask({"type": "list"})
    wire.session.outgoing(0)
    wire.cut().up().session.end(None)


def _all_that_can_be_seen(wire: FakeWire) -> None:
    session = wire.session
    session.line_up()
    session.outgoing(0)
    whole = {**WHOLE, "recap": ["You told Mia."], "n": 0}
    session.received(_read({"type": "welcome", "v": 1, "server": "t"}), 0)
    session.outgoing(0)
    session.received(_read({"type": "entered", **whole, "resumed": False, "q": 1}), 10)
    for plain in SERVER:
        if plain["type"] in ("view", "quiet", "poses", "hit", "pack"):
            session.received(_read(plain), 2_000)
            session.notices()
    session.received(_read({"type": "quiet", "pos": [1, 10], "ms": 72_000}), 9_000)
    choice = {"id": "stay", "ask": "Stay?", "options": [{"id": "yes", "label": "Yes"}]}
    last = {"type": "view", "pos": [1, 11], "ms": 73_000, "digest": "0" * 16, "running": False}
    last |= {"choices": [choice], "role": "mia", "seat": "mia", "gone": ["paused"]}
    session.received(_read(last), 10_000)
    session.notices()


def _losing_what_was_sent_and_what_was_decided(wire: FakeWire) -> None:
    wire.up().add()
    wire.session.outgoing(0)
    wire.cut().up().add()
    wire.to_server()
    wire.world.commit({}, "meanwhile")
    wire.cut()
    wire.world.commit({"expo.crowd": 9}, "while away")
    wire.up()


def _a_tail_that_comes_in_two(wire: FakeWire) -> None:
    wire.up().world.commit({}, "one")
    wire.carry().cut()
    for text in ("two", "three"):
        wire.world.commit({}, text)
    wire.session.line_up()
    wire.line = FakeLine(wire.world)
    wire.to_server(), wire.to_client(), wire.to_server()
    entered = wire.line.out.pop()
    rest = entered["events"].pop()
    wire.session.received(_read({**entered, "more": True}), 0)
    view = {"pos": entered["position"], "ms": entered["ms"], "digest": entered["digest"]}
    wire.cut().session.line_up()
    wire.line = FakeLine(wire.world)
    wire.to_server(), wire.to_client(), wire.to_server()
    wire.session.received(_read({**wire.line.out.pop(), "more": True}), 0)
    wire.session.received(_read({"type": "view", **view, "events": [rest]}), 0)
    wire.carry()


def _a_snapshot_and_a_repaired_log(wire: FakeWire) -> None:
    wire.up().add()
    wire.carry().cut()
    wire.world.sessions["s_1"].decided.clear()
    wire.world.has_forgotten = True
    wire.world.commit({"expo.crowd": 4}, "missed")
    wire.add()
    wire.up().world.commit({}, "after")
    wire.carry()
    wire.line.reset("slow", resumed=False)
    wire.carry()


def _waiting_and_giving_up(wire: FakeWire) -> None:
    wire.up().world.not_taken = [("rate", 200)]
    first = wire.add()
    wire.add()
    wire.carry()
    wire.session.abandon(first)
    for wire.now_ms in (100, 200):
        wire.carry()
    wire.world.not_taken = [("not_allowed", None), ("busy", None)]
    wire.add(5), wire.add(7), wire.add(9)
    wire.carry()
    for wire.now_ms in (300, 1_000, 2_000):
        wire.carry()
    late = wire.add()
    wire.session.abandon(late)
    wire.add(3)
    wire.carry()


def _a_gap_and_a_repeat_that_is_refused(wire: FakeWire) -> None:
    wire.up().add()
    wire.session.outgoing(0)
    wire.session.received(_read({"type": "error", "code": "gap", "text": "Gap.", "n": 1}), 0)
    for wire.now_ms in (49, 50):
        wire.carry()
    wire.add(), wire.add()
    wire.to_server()
    wire.cut().world.not_taken = [("not_allowed", None)]
    wire.up().add()
    wire.carry()


def _watching(wire: FakeWire) -> None:
    wire.up().session.ask({"type": "watch", "id": "w1", "when": "nonsense"})
    wire.session.ask({"type": "watch", "id": "w2", "when": "expo.crowd >= 3"})
    wire.carry().world.commit({"expo.crowd": 3})
    wire.carry().cut().up().cut()
    wire.world.commit({"expo.crowd": 0})
    wire.up().session.ask({"type": "unwatch", "id": "w2"})
    wire.carry().session.ask({"type": "watch", "id": "w3", "when": "expo.crowd >= 9"})
    wire.session.outgoing(0)  # not answered before the line is lost: asked again, not watched anew
    wire.cut().up().cut().up()


def _digests_that_do_not_agree(wire: FakeWire) -> None:
    wire.up().world.is_lying = True
    for _ in range(5):
        wire.world.commit({"expo.crowd": 1})
        wire.to_client(), wire.to_server()
        for plain in wire.line.out:
            if plain["type"] == "reset":
                plain["digest"] = "f" * 16
        wire.to_client()


def _poses(wire: FakeWire) -> None:
    wire.up().session.pose(1, 0, 0)
    wire.session.pose(2, 0, 359)
    wire.carry().session.pose(3, 0, 0)
    for wire.now_ms in (20, 50, 90):
        wire.carry().session.pose(wire.now_ms, 0, 0)
    wire.cut().up()


def _doors_that_are_shut(wire: FakeWire) -> None:
    wire.world.entry_errors = [{"code": "starting", "text": "Wait.", "retry_ms": 70}]
    wire.up().cut().up().cut()
    wire.world.entry_errors = [{"code": "no_session", "text": "Gone."}]
    wire.session.ask({"type": "people"})
    wire.add()
    wire.up()


def _a_role_that_is_taken(wire: FakeWire) -> None:
    wire.world.entry_errors = [{"code": "taken", "text": "Ari holds it."}]
    wire.up()


def _being_moved_and_removed(wire: FakeWire) -> None:
    wire.up().session.received(
        _read({"type": "bye", "code": "node_draining", "text": "Bye.", "retry_ms": 40}), 0
    )
    wire.to_client()
    wire.cut(4010).up().cut(1006).up().add()
    wire.session.outgoing(0)
    wire.add()
    wire.cut(4006)


def _a_world_that_is_closed(wire: FakeWire) -> None:
    wire.up().session.received(_read({"type": "bye", "code": "world_closed", "text": "Bye."}), 0)
    wire.to_client()


def _leaving(wire: FakeWire) -> None:
    wire.up().session.propose({"type": "leave"})
    wire.carry().cut(1000)


def _a_long_night_on_a_bad_line(wire: FakeWire) -> None:
    dice = random.Random(7)
    wire.up()
    for step in range(40):
        match dice.randrange(6):
            case 0 | 1:
                wire.add()
            case 2:
                wire.to_server()
            case 3:
                wire.to_client()
            case 4:
                wire.world.commit({}, f"by itself {step}")
            case _:
                if dice.random() < 0.4:
                    wire.world.not_taken.append((dice.choice(["rate", "busy"]), 10))
                wire.now_ms += 20
                wire.cut().session.line_up()
                wire.line = FakeLine(wire.world)
    for _ in range(4):
        wire.now_ms += 1000
        wire.carry()


SCENES: Final[tuple[Callable[[FakeWire], None], ...]] = (
    _entering_and_acting, _in_the_lobby, _all_that_can_be_seen,
    _losing_what_was_sent_and_what_was_decided, _a_tail_that_comes_in_two,
    _a_snapshot_and_a_repaired_log, _waiting_and_giving_up,
    _a_gap_and_a_repeat_that_is_refused, _watching,
    _digests_that_do_not_agree, _poses, _doors_that_are_shut, _a_role_that_is_taken,
    _being_moved_and_removed, _a_world_that_is_closed, _leaving, _a_long_night_on_a_bad_line,
)  # fmt: skip


def as_text(made: list[Plain]) -> str:
    """Return the file's text: a step a line, so that a difference can be read."""
    scenes = []
    for transcript in made:
        steps = ",\n".join("  " + json.dumps(s, ensure_ascii=False) for s in transcript["steps"])
        head = json.dumps({key: one for key, one in transcript.items() if key != "steps"})
        scenes.append(f'{head[:-1]}, "steps": [\n{steps}\n ]}}')
    return "[\n" + ",\n".join(scenes) + "\n]\n"


if __name__ == "__main__":
    FILE.write_text(as_text(transcripts()), "utf-8")
