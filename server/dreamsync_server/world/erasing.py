"""Erasing: the words of a person leave the facts; what refers to them elsewhere stays and checks.

@erased.<session>  the seq by which the texts of a session were erased

The texts themselves lie beside the log and are taken out there by whoever asked for it, before
and after this commit; whoever follows the log forgets them when it sees the commit.
"""

from typing import Final

from dreamsync_server.world import sessions
from dreamsync_server.world.commit import Commit, Proposal
from dreamsync_server.world.draft import OK, Draft, Verdict, refuse
from dreamsync_server.world.state import Facts, as_tuple, seats_of
from dreamsync_server.world.values import TextRef, Value

ERASED: Final = "@erased."
REFS_MAX: Final = 1_000  # references that one erasure names; beyond: the next one's


def erase(draft: Draft, proposal: Proposal) -> Verdict:
    """Let go of a session's name and of its texts in facts, `refs` being their references."""
    session = proposal.arguments.get("session")
    if type(session) is not str or not session:
        return refuse("bad_parameter", parameter="session", why="missing")
    refs = set(as_tuple(proposal.arguments.get("refs"))[:REFS_MAX])
    entry = sessions.session_of(draft.facts, session)
    if entry is not None and entry.name_ref:
        refs.add(entry.name_ref)
        unnamed = entry._replace(name_ref="", name_digest="")
        sessions.put_session(draft, session, unnamed)
    refs.discard("")
    for name in _facts_with_text(draft):
        value = draft.facts.get(name)
        if type(value) is TextRef and value.ref in refs:
            draft.put(name, "")
    draft.put(f"{ERASED}{session}", draft.state.position.seq + 1)
    return OK


def erased_by(commit: Commit) -> tuple[str, frozenset[str]] | None:
    """Return the session that a commit erased the words of, and the references it names."""
    if commit.cause.kind != "erase":
        return None
    given: dict[str, Value] = dict(commit.cause.arguments)
    session = str(given.get("session", ""))
    if not any(name == f"{ERASED}{session}" for name, _ in commit.changes):
        return None  # it was refused
    return session, frozenset(map(str, as_tuple(given.get("refs"))))


def erased_in(facts: Facts) -> set[str]:
    """Return the sessions whose words were erased so far."""
    return {name.removeprefix(ERASED) for name in facts if name.startswith(ERASED)}


def _facts_with_text(draft: Draft) -> list[str]:
    """Return the names of the facts that may hold a text of a person."""
    pack = draft.pack
    names = [name for name, fact in pack.facts.items() if fact.decl.type.kind == "text"]
    for role, decls in pack.seat_facts.items():
        texts = [decl.name for decl in decls.values() if decl.type.kind == "text"]
        for seat in seats_of(pack, role) if texts else ():
            names += [name for text in texts if (name := f"{seat}.{text}") in draft.facts]
    return names
