"""Commits as plain values and as lines: what an operator reads of a log, with nothing held back."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from dreamsync_server.cli.telling import clock_of
from dreamsync_server.world.commit import Cause, Commit, Event
from dreamsync_server.world.values import Drift, TextRef, Value, digest_hex

_INDENT: Final = " " * 17


def as_plain(commit: Commit) -> dict[str, Any]:
    """Return a commit as plain values, for JSON; free texts stand under `texts` by reference."""
    cause = commit.cause
    return {
        "position": list(commit.position),
        "world_ms": commit.world_ms,
        "at_ms": commit.at_ms,
        "cause": {
            "kind": cause.kind,
            "by": cause.by,
            **{
                name: item
                for name, item in cause._asdict().items()
                if name not in ("kind", "by", "arguments") and item
            },
            "arguments": {name: plain_value(value) for name, value in cause.arguments},
        },
        "outcomes": [
            {
                "session": outcome.session,
                "n": outcome.n,
                "code": outcome.code,
                "arguments": {name: plain_value(value) for name, value in outcome.arguments},
            }
            for outcome in commit.outcomes
        ],
        "changes": {name: plain_value(value) for name, value in commit.changes},
        "events": [_plain_event(event) for event in commit.events],
        "texts": {ref: text for ref, (_, _, text) in commit.texts.items()},
        "digest": digest_hex(commit.digest),
        "cursor": commit.cursor,
    }


def plain_value(value: Value | None) -> Any:
    """Return a fact's value as plain values."""
    match value:
        case Drift():
            return value._asdict()
        case TextRef():
            return value._asdict()
        case tuple():
            return list(value)
        case _:
            return value


def lines_of(commit: Commit, *, has_system: bool = False) -> Iterator[str]:
    """Yield a commit as lines for a person; the engine's own facts where they are asked for."""
    cause = commit.cause
    codes = ", ".join(outcome.code for outcome in commit.outcomes)
    verdict = f"  → {codes}" if codes else ""
    head = f"{commit.position.seq:>6}  {clock_of(commit.world_ms):>7}"
    yield f"{head}  {_cause_line(cause)}{verdict}"
    for event in commit.events:
        yield f"{_INDENT}{_event_line(event, commit.texts)}"
    for name, value in commit.changes:
        if has_system or not name.startswith("@"):
            yield f"{_INDENT}{name} = {shown(value)}"


def shown(value: Value | None) -> str:
    """Return a value as an author reads it."""
    match value:
        case None:
            return "gone"
        case Drift():
            per_hour = f"{value.rate:+d} per hour" if value.rate else "still"
            return f"{value.at(value.since_ms)} ({per_hour})"
        case TextRef():
            return f"text {value.ref}" if value.ref else '""'
        case bool():
            return "true" if value else "false"
        case str():
            return value if value else '""'
        case tuple():
            return "[" + ", ".join(str(item) for item in value) + "]"
        case _:
            return str(value)


def _cause_line(cause: Cause) -> str:
    who: str = cause.by
    if cause.role:
        who = f"{who} {cause.role}"
    elif cause.session and cause.session != cause.by:
        who = f"{who} {cause.session}"
    return " ".join((who, cause.kind, *_pairs(cause.arguments)))


def _pairs(arguments: Iterable[tuple[str, Value]]) -> Iterator[str]:
    return (f"{name.removeprefix('params.')}={shown(value)}" for name, value in arguments)


def _event_line(event: Event, texts: Mapping[str, tuple[str, str, str]]) -> str:
    parts = [event.kind, f"to {', '.join(event.to)}"]
    if event.who:
        parts.append(f"by {event.who}")
    if event.key:
        parts.append(event.key)
    for name, value in event.arguments:
        if isinstance(value, TextRef):
            text = texts.get(value.ref, ("", "", "(erased)"))[2]
            parts.append(f"{name}={text!r}")
        else:
            parts.append(f"{name}={shown(value)}")
    return "* " + "  ".join(parts)


def _plain_event(event: Event) -> dict[str, Any]:
    return {
        "kind": event.kind,
        "to": list(event.to),
        "who": event.who,
        "key": event.key,
        "arguments": {name: plain_value(value) for name, value in event.arguments},
    }
