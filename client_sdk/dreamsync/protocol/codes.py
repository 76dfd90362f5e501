"""Every code on the wire: errors, outcomes, close codes; what each means and whose fault it is."""

from typing import Final, Literal, NamedTuple

Fault = Literal["client", "person", "author", "server", "network", "nobody"]
"""client: the program broke the protocol or its own limits. person: what was asked is refused by
the rules of the world or the server, and may be shown to the person. author: the pack. server:
ours. network: the line. nobody: it happens."""


class Code(NamedTuple):
    """One code. `is_retryable`: the same may be sent again, after `retry_ms` where it is given."""

    code: str
    meaning: str
    fault: Fault
    is_retryable: bool = False


def _table(*codes: Code) -> dict[str, Code]:
    table = {code.code: code for code in codes}
    assert len(table) == len(codes), "a code stands twice"
    return table


ERRORS: Final = _table(
    Code("bad_message", "The message could not be read, or a field is wrong.", "client"),
    Code("too_big", "A message, text, map or list is longer than allowed.", "client"),
    Code("too_deep", "Maps and lists are nested too deeply.", "client"),
    Code("unknown_type", "There is no message of this type.", "client"),
    Code("not_greeted", "The first message must be hello, and hello comes only once.", "client"),
    Code("not_entered", "Enter a world first.", "client"),
    Code("already_entered", "This socket is in a world; open another for another.", "client"),
    Code("gap", "A proposal before this one was not taken; send from that one on.", "client", True),
    Code("rate", "Too many messages; slow down.", "client", True),
    Code("busy", "Too much is waiting to be decided; try again.", "server", True),
    Code("store_unavailable", "The world cannot be written just now; try again.", "server", True),
    Code("starting", "The world has no owner just now; try again.", "server", True),
    Code("internal", "Something went wrong in the server; it was noted there.", "server"),
    Code("unknown_world", "There is no such world, or it is not open to you.", "person"),
    Code("unknown_pack", "There is no such pack.", "person"),
    Code("unknown_role", "There is no such role.", "person"),
    Code("unknown_beat", "There is no such beat.", "person"),
    Code("unknown_moment", "There is no such moment in this world's past.", "person"),
    Code("not_allowed", "You have no right to ask that.", "person"),
    Code("no_spectators", "This world is not open to spectators.", "person"),
    Code("no_session", "The session is over or not known; enter anew.", "person"),
    Code("taken", "Somebody holds that seat.", "person"),
    Code("no_seat", "No seat is free.", "person"),
    Code("ended", "The world's story has ended.", "person"),
    Code("full", "The world or the server is full.", "person"),
    Code("slow_down", "Too many tries from your address; wait.", "person", True),
    Code("too_many_worlds", "Too many worlds are open from your address.", "person"),
    Code("no_room", "The server takes no new worlds just now.", "server"),
    Code("bad_condition", "The condition cannot be read; the text says where.", "client"),
    Code("unknown_event", "There is nothing at that place that somebody wrote.", "person"),
    Code("too_many_conditions", "Too many conditions are watched.", "client"),
)  # fmt: skip
"""What an `error` may carry."""

OUTCOMES: Final = _table(
    Code("ok", "It was done.", "nobody"),
    Code("unknown_action", "There is no such action.", "client"),
    Code("unknown_beat", "There is no such beat.", "client"),
    Code("unknown_role", "There is no such role.", "client"),
    Code("unknown_choice", "There is no such choice or option.", "client"),
    Code("bad_parameter", "A parameter is missing, unknown or not one of those offered.", "client"),
    Code("not_yours", "Your role cannot do that.", "person"),
    Code("not_here", "That cannot be done in this scene.", "person"),
    Code("not_now", "That cannot be done in this chapter.", "person"),
    Code("condition", "A condition is not met.", "person"),
    Code("cooldown", "It is too soon to do that again.", "person"),
    Code("spent", "It was done as often as it can be.", "person"),
    Code("taken", "Somebody holds that seat.", "person"),
    Code("no_seat", "You hold no seat, or none is free.", "person"),
    Code("not_open", "The choice is not open.", "person"),
    Code("paused", "The world is paused.", "person"),
    Code("ended", "The world's story has ended.", "person"),
    Code("stale", "The proposal is too old to say what became of it.", "client"),
    Code("retired", "The session is over.", "client"),
    Code("stale_term", "Another director has taken over.", "nobody"),
    Code("stale_tenure", "The seat has changed hands.", "nobody"),
    Code("already", "That was done already.", "nobody"),
    Code("held", "The beat is held at the desk.", "person"),
    Code("not_allowed", "You have no right to propose that.", "person"),
    Code("no_undo", "The pack does not say how that is undone.", "person"),
    Code("full", "The world is full.", "person"),
    Code("muted", "The desk has muted you: what you write is not told.", "person"),
)  # fmt: skip
"""What an outcome may carry: `ok`, or why the world refused."""


class CloseCode(NamedTuple):
    """A WebSocket close code of ours. `may_resume`: reconnect and resume; else do not come back."""

    number: int
    name: str
    meaning: str
    fault: Fault
    may_resume: bool


CLOSES: Final = (
    CloseCode(4000, "bad_hello", "The first message was no hello.", "client", False),
    CloseCode(4001, "no_auth", "The token is missing or wrong.", "person", False),
    CloseCode(4002, "version", "The server does not speak this version.", "client", False),
    CloseCode(4003, "origin", "Pages from this origin may not connect.", "client", False),
    CloseCode(4004, "hello_timeout", "No hello came in time.", "client", True),
    CloseCode(4005, "world_closed", "The world was closed.", "nobody", False),
    CloseCode(4006, "removed", "The desk removed you from the world.", "person", False),
    CloseCode(4007, "replaced", "The session was resumed elsewhere.", "nobody", False),
    CloseCode(4008, "flood", "Far too many messages.", "client", True),
    CloseCode(4009, "too_slow", "The line could not carry what was sent.", "network", True),
    CloseCode(4010, "node_draining", "The server is being stopped; reconnect.", "nobody", True),
    CloseCode(4011, "world_fault", "A rule broke in this world and it was stopped.", "author",
              False),
    CloseCode(4012, "protocol", "What was sent breaks the protocol.", "client", False),
)  # fmt: skip
"""Ours, beside those of RFC 6455 (1000, 1001, 1002, 1003, 1007, 1009, 1011)."""

CLOSE_BY_NUMBER: Final = {close.number: close for close in CLOSES}
CLOSE_BY_NAME: Final = {close.name: close for close in CLOSES}
