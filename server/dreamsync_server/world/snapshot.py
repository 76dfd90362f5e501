"""A whole state as plain values, for the store to keep, and back."""

from typing import Any

from dreamsync_server.errors import WorldFaultError
from dreamsync_server.world.commit import Position
from dreamsync_server.world.model import Pack
from dreamsync_server.world.state import State
from dreamsync_server.world.values import Drift, TextRef, Value

FORMAT = 1


def to_plain(state: State) -> dict[str, Any]:
    """Return the state as maps, lists, strings, ints and bools."""
    return {
        "format": FORMAT,
        "position": list(state.position),
        "epochs": [list(pair) for pair in state.epochs],
        "at_ms": state.at_ms,
        "world_ms": state.facts.ms,
        "digest": state.digest,
        "facts": [[name, value_to_plain(value)] for name, value in state.facts.items()],
    }


def from_plain(pack: Pack, plain: dict[str, Any]) -> State:
    """Return the state that `to_plain` described.

    Raises:
        WorldFaultError: it is of an unknown format, or its facts do not come to its digest.
    """
    if plain.get("format") != FORMAT:
        raise WorldFaultError(f"snapshot of format {plain.get('format')!r}, expected {FORMAT}")
    state = State(pack)
    for name, value in plain["facts"]:
        state.facts[name] = value_from_plain(value)
    state.facts.ms = plain["world_ms"]
    state.position = Position(*plain["position"])
    state.epochs = tuple((epoch, first) for epoch, first in plain["epochs"])
    state.at_ms = plain["at_ms"]
    state.rehash()
    if state.digest != plain["digest"]:
        raise WorldFaultError(f"snapshot at {state.position} does not come to its own digest")
    return state


def value_to_plain(value: Value) -> Any:
    """Return a value as a plain one; drift, text of a person and lists are tagged lists."""
    if type(value) is Drift:
        return ["drift", *value]
    if type(value) is TextRef:
        return ["text", *value]
    if isinstance(value, tuple):
        return ["list", *value]
    return value


def value_from_plain(plain: Any) -> Value:
    """Return the value that `value_to_plain` described."""
    if not isinstance(plain, list | tuple):
        known: Value = plain
        return known
    match plain[0]:
        case "drift":
            return Drift(*plain[1:])
        case "text":
            return TextRef(*plain[1:])
        case "list":
            return tuple(plain[1:])
        case tag:
            raise WorldFaultError(f"snapshot holds a value of unknown kind {tag!r}")
