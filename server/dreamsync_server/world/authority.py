"""Who may propose what: one table, and nothing goes round it."""

from typing import Final

from dreamsync_server.world.commit import ActKind, ProposerKind

_PEOPLE: Final = ("player", "desk", "script")

MAY_PROPOSE: Final[dict[ActKind, frozenset[ProposerKind]]] = {
    "open": frozenset(("owner",)),
    "begin": frozenset(("owner",)),
    "repack": frozenset(("owner",)),
    "due": frozenset(("owner",)),
    "sleep": frozenset(("owner",)),
    "wake": frozenset(("owner",)),
    "join": frozenset(_PEOPLE),
    "absent": frozenset(_PEOPLE),
    "back": frozenset(_PEOPLE),
    "leave": frozenset(_PEOPLE),
    "claim": frozenset(("player",)),
    "release": frozenset(("player",)),
    "handover": frozenset(("player",)),
    "act": frozenset(("player", "understudy")),
    "choose": frozenset(("player", "understudy")),
    "cue": frozenset(("director", "desk", "script")),
    "nudge": frozenset(("director", "desk", "script")),
    "direct": frozenset(("desk", "script")),
    "veto": frozenset(("desk", "script")),
    "background": frozenset(("player",)),
    "term": frozenset(("director",)),
    "hold": frozenset(("desk", "script")),
    "unhold": frozenset(("desk", "script")),
    "skip": frozenset(("desk", "script")),
    "undo": frozenset(("desk", "script")),
    "whisper": frozenset(("desk", "script")),
    "mute": frozenset(("desk",)),
    "report": frozenset(("player",)),
    "remove": frozenset(("desk",)),
    "seat": frozenset(("desk",)),
    "pause": frozenset(("player", "desk", "script")),
    "unpause": frozenset(("player", "desk", "script")),
    "close": frozenset(("desk", "owner")),
    "erase": frozenset(("desk", "owner")),
}

NEEDS_NO_SESSION: Final = frozenset(
    ("open", "begin", "repack", "due", "sleep", "wake", "join", "term")
)
"""What may be proposed by a session that has not joined (or by the owner, who has none)."""

GOES_ON_AFTER_THE_END: Final = frozenset(
    "begin join absent back leave sleep wake close remove mute report erase unpause".split()
)
"""What may still happen in a world that has reached its ending."""


def may_propose(kind: ActKind, by: ProposerKind) -> bool:
    """Return whether this kind of proposer may propose this at all."""
    return by in MAY_PROPOSE.get(kind, frozenset())
