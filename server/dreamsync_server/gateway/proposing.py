"""What a client's message proposes to its world: arguments for the log, and what people wrote.

What a person wrote must not stand among the arguments, which are kept in the log: whatever is no
word an author could have made is taken as written, also where it was not asked for.
"""

from collections.abc import Mapping
from typing import Any, assert_never

from dreamsync.protocol import client_messages as wire
from dreamsync.protocol import desk_messages as desk
from dreamsync.protocol import directing_messages as directing
from dreamsync_server.limits import ID_CHARS_MAX
from dreamsync_server.world.commit import Proposal, ProposerKind

FreeTexts = Mapping[str, frozenset[str]]
"""Action id -> its parameters that a person writes."""
_Asked = tuple[dict[str, Any], dict[str, str]]
"""Arguments by name, and free texts by name."""
_OfPlayers = (
    wire.Act | wire.Choose | wire.Claim | wire.Handover | wire.Release | wire.Leave
    | directing.Background | desk.Report
)  # fmt: skip


def proposal_of(
    message: wire.Proposed, by: ProposerKind, session: str, salt: str, free_texts: FreeTexts
) -> Proposal:
    """Return what a message proposes to its world. Free texts go apart, each with the salt."""
    if isinstance(message, _OfPlayers):
        arguments, texts = _of_player(message, free_texts)
    else:
        arguments, texts = _of_desk(message)
        texts["why"] = message.why
    given = {name: value for name, value in arguments.items() if value is not None}
    salted = {name: (salt, text) for name, text in texts.items() if text}
    return Proposal(message.type, by, session, message.n, given, salted)


def _of_player(message: _OfPlayers, free_texts: FreeTexts) -> _Asked:
    match message:
        case wire.Act():
            texts = _written(message, free_texts.get(message.action, frozenset()))
            params = {name: v for name, v in message.params.items() if name not in texts}
            return {"action": message.action, "params": params}, texts
        case wire.Choose():
            return _named(message, "choice", "option"), {}
        case wire.Claim():
            return _named(message, "role"), {}
        case wire.Handover():
            return _named(message, "to"), {}
        case directing.Background():
            return _named(message, "on"), {}
        case desk.Report():
            return _named(message, "seq", "i"), {"why": message.why}
        case wire.Release() | wire.Leave():
            return {}, {}
        case _:
            assert_never(message)


def _of_desk(message: Any) -> _Asked:
    match message:
        case wire.Cue():
            named = _named(message, "beat", "once", "occurrence")
            return {**named, "override": message.override or None}, {}
        case wire.Hold() | wire.Unhold() | wire.Skip():
            return _named(message, "beat"), {}
        case wire.Whisper():
            return _named(message, "to"), {"text": message.text}
        case wire.Remove():
            return _named(message, "session"), {}
        case desk.Mute():
            return _named(message, "session", "on"), {}
        case wire.Seat():
            to = message.session or "" if message.to == "player" else message.to
            return {"role": message.role, "to": to}, {}
        case wire.Nudge(means="hurry"):
            return {"means": "hurry", "clock": message.target, "by_ms": -message.ms}, {}
        case wire.Nudge():
            return _named(message, "means", "target", "ms", "action"), {"text": message.text}
        case directing.Direct():
            return _named(message, "standby", "temperament", "nudge_cap"), {}
        case directing.Undo():
            return _named(message, "target"), {}
        case directing.Veto():
            return _named(message, "target", "ms"), {}
        case _:
            assert isinstance(message, wire.Pause | wire.Unpause | wire.CloseWorld)
            return {}, {}


def _written(message: wire.Act, free: frozenset[str]) -> dict[str, str]:
    """Return the parameters that a person wrote, asked for or not."""
    return {
        name: value
        for name, value in message.params.items()
        if type(value) is str and (name in free or not _is_word(value))
    }


def _named(message: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(message, name) for name in names}


def _is_word(text: str) -> bool:
    return (
        len(text) <= ID_CHARS_MAX
        and text.isascii()
        and text.replace(".", "_").isidentifier()
        and text == text.lower()
    )
