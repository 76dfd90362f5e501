"""Apply a commit's changes. All that a follower ever does to a state; nothing is decided here."""

from dreamsync_server.errors import WorldFaultError
from dreamsync_server.world.commit import Commit, Position
from dreamsync_server.world.state import State
from dreamsync_server.world.values import Value, add_hashes, digest_hex, hash_fact

Undo = list[tuple[str, Value | None]]
"""Old values by name, None where the fact was not there; in the order they were changed."""


def evolve(state: State, commit: Commit) -> Undo:
    """Bring `state` to the commit that follows it; return what the facts were before.

    Raises:
        WorldFaultError: the commit does not follow the state's position, or its digest is not
            what the state comes to. The state must not be used any more.
    """
    expected = state.position.seq + 1
    if commit.position.seq != expected or commit.position.epoch < state.position.epoch:
        raise WorldFaultError(f"commit {commit.position} does not follow {state.position}")
    facts, hashes = state.facts, state.hashes
    undo: Undo = []
    added: list[int] = []
    removed: list[int] = []
    said = commit.hashes
    for i, (name, value) in enumerate(commit.changes):
        undo.append((name, facts.get(name)))
        old = hashes.pop(name, None)
        if old is not None:
            removed.append(old)
        if value is None:
            del facts[name]
            continue
        facts[name] = value
        if state.is_hashed:
            hashes[name] = new = said[i] if said else hash_fact(name, value)
            added.append(new)
    state.digest = add_hashes(state.digest, added, removed)
    if commit.position.epoch != state.position.epoch:
        state.epochs = (*state.epochs, (commit.position.epoch, commit.position.seq))
    state.position = commit.position
    state.at_ms = commit.at_ms
    facts.ms = commit.world_ms
    if state.digest != commit.digest:
        raise WorldFaultError(
            f"state digest {digest_hex(state.digest)} at {commit.position}, "
            f"the log says {digest_hex(commit.digest)}"
        )
    return undo


def unwind(state: State, commit: Commit, undo: Undo, before: tuple[Position, int, int]) -> None:
    """Take a commit back. `before` is the (position, at_ms, world_ms) that was before it."""
    assert state.position == commit.position, "only the last commit can be taken back"
    added: list[int] = []
    removed: list[int] = []
    for name, value in reversed(undo):
        old = state.hashes.pop(name, None)
        if old is not None:
            removed.append(old)
        if value is None:
            state.facts.pop(name, None)
            continue
        state.facts[name] = value
        if state.is_hashed:
            state.hashes[name] = new = hash_fact(name, value)
            added.append(new)
    state.digest = add_hashes(state.digest, added, removed)
    if before[0].epoch != commit.position.epoch:
        state.epochs = state.epochs[:-1]
    state.position, state.at_ms, state.facts.ms = before
