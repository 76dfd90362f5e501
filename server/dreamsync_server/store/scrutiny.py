"""What a commit that comes from outside may hold: the shapes our own commits have, and no others.

A log's digests say that it is whole, not who wrote it. So each commit of a stranger's file is
looked at before it is kept: every value is one that its fact may have under the pack in force,
every number is one that may be told, and every name is a fact of the pack or one of the engine's.
"""

import re
from collections.abc import Iterable
from typing import Any, Final

from dreamsync_server.errors import WorldFaultError
from dreamsync_server.limits import (
    CHANGES_PER_COMMIT_MAX,
    EVENTS_PER_COMMIT_MAX,
    FACT_INT_MAX,
    INT_EXACT_MAX,
)
from dreamsync_server.world.audience import is_system
from dreamsync_server.world.commit import Commit
from dreamsync_server.world.model import Pack, Type
from dreamsync_server.world.state import seat_decl
from dreamsync_server.world.values import Drift, TextRef, Value

_ATOMS: Final = ("all", "desk", "nobody")
_ATOM_KINDS: Final = ("scene:", "role:", "seat:", "session:")
_TEXT_CHARS_MAX: Final = 8_192
_WORD_CHARS_MAX: Final = 200
_SPEED_MAX: Final = 1_000_000
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # nothing of it reaches a terminal


def check_commit(pack: Pack, commit: Commit, world_ms: int) -> None:
    """Check a commit that follows world time `world_ms`; `pack` is the one in force behind it.

    Raises:
        WorldFaultError: it is none that a world could have decided.
    """
    seq = commit.position.seq
    position = commit.position
    numbers = (*position, commit.world_ms, commit.at_ms)
    _so(all(type(n) is int and 0 <= n <= INT_EXACT_MAX // 2 for n in numbers), seq, "its position")
    _so(commit.world_ms >= world_ms, seq, "its time, which runs backwards")
    _so(type(commit.digest) is int and 0 <= commit.digest < 2**64, seq, "its digest")
    cause = commit.cause
    words = (cause.kind, cause.by, cause.session, cause.role, commit.cursor)
    _so(all(_is_word(word) for word in words), seq, "its cause")
    _so(_is_count(cause.n) and _is_count(cause.tenure) and _is_count(cause.term), seq, "its cause")
    _so(_are_pairs(cause.arguments), seq, "its cause")
    for outcome in commit.outcomes:
        is_one = _is_word(outcome.session) and _is_word(outcome.code) and _is_count(outcome.n)
        _so(is_one and _are_pairs(outcome.arguments), seq, "an outcome")
    _so(len(commit.events) <= EVENTS_PER_COMMIT_MAX, seq, "the number of its events")
    for event in commit.events:
        is_one = _is_word(event.kind) and _is_word(event.who) and _is_word(event.key)
        is_one = is_one and type(event.to) is tuple and all(_is_atom(atom) for atom in event.to)
        _so(is_one and _are_pairs(event.arguments), seq, "an event")
    _so(len(commit.changes) <= 2 * CHANGES_PER_COMMIT_MAX, seq, "the number of its changes")
    for name, value in commit.changes:
        _so(_is_word(name) and _may_be(pack, name, value), seq, f"the fact {name!s:.80}")


def is_text(text: object) -> bool:
    """Return whether something is text as people or the engine write it: bounded, no controls."""
    return type(text) is str and len(text) <= _TEXT_CHARS_MAX and not _CONTROL.search(text)


def check_whole(pack: Pack, names: Iterable[str]) -> None:
    """Check that no fact of the pack is missing.

    Raises:
        WorldFaultError: one is.
    """
    known = set(names)
    for name in pack.facts:
        if name not in known:
            raise WorldFaultError(f"the fact {name} of the pack is missing")
    if "@world" not in known:
        raise WorldFaultError("the world's seed is missing")


def _may_be(pack: Pack, name: str, value: Value | None) -> bool:
    if value is None:
        return True
    if is_system(name):
        return _is_memory(name, value)
    fact = pack.facts.get(name)
    decl = fact.decl if fact is not None else seat_decl(pack, name)
    if decl is None:
        return False
    return _is_of(value, decl.type)


def _is_memory(name: str, value: Value) -> bool:
    if name == "@world":
        numbers = [n for n in value if type(n) is int] if type(value) is tuple else []
        return len(numbers) == 3 and 0 < numbers[2] <= _SPEED_MAX
    if name.startswith("@seat."):
        return type(value) is tuple and [type(part) for part in value] == [str, int, int]
    return type(value) is not Drift and type(value) is not TextRef and _is_value(value)


def _is_of(value: Value, wanted: Type) -> bool:
    match wanted.kind:
        case "int":
            if type(value) is Drift:
                is_it = all(type(part) is int for part in value)
                return is_it and -FACT_INT_MAX <= value.low <= value.high <= FACT_INT_MAX
            # A bound of a pack may be passed by what the engine itself counts.
            return type(value) is int and abs(value) <= INT_EXACT_MAX
        case "bool":
            return type(value) is bool
        case "choice":
            return type(value) is str and _is_word(value)
        case "text":
            return type(value) is str or (type(value) is TextRef and _is_value(value))
        case _:
            return type(value) is tuple and _is_value(value)


def _is_value(value: Any) -> bool:
    kind = type(value)
    if kind is str:
        return is_text(value)
    if kind is int:
        return bool(abs(value) <= INT_EXACT_MAX)
    if kind is TextRef:
        return all(type(part) is str and len(part) <= 200 for part in value)
    if kind is Drift:
        return all(type(part) is int for part in value)
    if kind is tuple:
        return all(type(part) in (bool, int, str) and _is_value(part) for part in value)
    return kind is bool


def _are_pairs(pairs: Any) -> bool:
    return type(pairs) is tuple and all(
        type(pair) is tuple and len(pair) == 2 and _is_word(pair[0]) and _is_value(pair[1])
        for pair in pairs
    )


def _is_word(word: Any) -> bool:
    return len(word) <= _WORD_CHARS_MAX and is_text(word) if type(word) is str else False


def _is_count(number: Any) -> bool:
    return type(number) is int and 0 <= number <= INT_EXACT_MAX


def _is_atom(atom: Any) -> bool:
    return _is_word(atom) and (atom in _ATOMS or atom.startswith(_ATOM_KINDS))


def _so(is_so: bool, seq: int, what: str) -> None:
    if not is_so:
        raise WorldFaultError(f"commit {seq} cannot be one of ours: {what} is not as it must be")
