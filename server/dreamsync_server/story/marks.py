"""What a person would look for in a log: chapters, beats, choices, who came, who stepped in."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from dreamsync_server.world.commit import Commit, Event
from dreamsync_server.world.values import TextRef, Value


class Mark(NamedTuple):
    """One of them. `key` is the text key of its title, `given` what fills it.

    `kind`: open, branch, join, leave, seat, chapter, beat, choice, chosen, ending, paused,
    unpaused, did (a desk, a script or the director stepped in; `what` says how), erased, pack,
    closed. `name` and `why` are texts that people wrote, "" where they gave none or it is erased.
    """

    seq: int
    world_ms: int
    at_ms: int
    kind: str
    by: str
    session: str
    what: str = ""
    target: str = ""
    key: str = ""
    given: tuple[tuple[str, Value], ...] = ()
    name: str = ""
    why: str = ""


_OF_EVENTS: Final = frozenset(
    "chapter beat choice chosen ending paused unpaused seat closed".split()
)
_DID: Final = frozenset(
    "nudge hold unhold skip whisper remove seat direct veto mute".split()
)  # a cue, a pause and an erasure have marks of their own
_OF_COMMITS: Final = {"leave": "leave", "erase": "erased", "repack": "pack", "join": "join"}
_PEOPLE: Final = ("desk", "script", "director")
_TARGETS: Final = ("beat", "role", "to", "target", "clock", "session")


def marks_of(commit: Commit) -> Iterator[Mark]:
    """Yield the marks of a commit; a refused proposal has none."""
    cause = commit.cause
    if any(outcome.code != "ok" for outcome in commit.outcomes):
        return
    given: dict[str, Any] = dict(cause.arguments)
    why = _text(commit, "why")

    def mark(kind: str, **more: Any) -> Mark:
        return Mark(*_place(commit), kind, cause.by, cause.session, why=why, **more)

    if cause.kind == "open":
        yield mark("open")
    elif cause.kind == "begin" and given.get("origin"):
        yield mark("branch")
    elif cause.kind in _OF_COMMITS:
        yield mark(_OF_COMMITS[cause.kind], what=str(given.get("role") or ""),
                   target=str(given.get("session") or ""), name=_text(commit, "name"))  # fmt: skip
    elif cause.kind in _DID and cause.by in _PEOPLE:
        yield mark("did", what=_means(cause.kind, given), target=_target(given))
    for event in commit.events:
        if event.kind in _OF_EVENTS:
            what, target = _of_event(event)
            key = event.key or (f"seat.{target}" if event.kind == "seat" else event.kind)
            yield mark(event.kind, what=what, target=target, key=key, given=event.arguments)


def _place(commit: Commit) -> tuple[int, int, int]:
    return commit.position.seq, commit.world_ms, commit.at_ms


def _text(commit: Commit, name: str) -> str:
    text = commit.texts.get(f"{commit.position.seq}.{name}")
    return text[2] if text is not None else ""


def _means(kind: str, given: Mapping[str, Any]) -> str:
    return str(given.get("means") or kind) if kind == "nudge" else kind


def _target(given: Mapping[str, Any]) -> str:
    return next((str(given[name]) for name in _TARGETS if given.get(name)), "")


def _of_event(event: Event) -> tuple[str, str]:
    """Return what an event is about, and the option or holder it tells."""
    given = {name: value for name, value in event.arguments if type(value) is not TextRef}
    if event.kind == "chapter":
        return event.key.removeprefix("chapter.").removesuffix(".title"), ""
    if event.kind == "ending":
        return event.key.removeprefix("ending.").removesuffix(".title"), ""
    if event.kind == "seat":
        return event.who, str(given.get("held", ""))
    if event.kind in ("choice", "chosen"):
        return str(given.get("choice", "")), str(given.get("option", ""))
    return str(given.get("beat", "")), ""
