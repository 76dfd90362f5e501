"""Erasing a person's words: facts let go of them, and everything still checks."""

import pytest
from support.packs import night_for_two

from dreamsync_server.world.commit import Proposal
from dreamsync_server.world.erasing import erased_by
from dreamsync_server.world.evolve import evolve
from dreamsync_server.world.sessions import session_of
from dreamsync_server.world.state import State
from dreamsync_server.world.values import TextRef


def erase(session: object, *refs: str) -> Proposal:
    return Proposal("erase", "owner", arguments={"session": session, "refs": refs})


def test_a_name_and_the_texts_named_leave_the_facts() -> None:
    play = night_for_two()
    play.propose(Proposal("join", "player", "g", 0, {"role": "guest"}, {"name": ("s", "Gil")}))
    play.act("a", "promise", words="we stay awake")
    facts = play.state.facts
    (ref,) = [v.ref for v in facts.values() if type(v) is TextRef and v.ref.endswith(".words")]
    play.propose(erase("a", ref))
    assert not [v for v in facts.values() if type(v) is TextRef and v.ref == ref]
    assert type(facts["guest.1.player"]) is TextRef
    play.propose(erase("g"))
    assert facts["guest.1.player"] == ""
    entry = session_of(facts, "g")
    assert entry is not None
    assert (entry.name_ref, entry.name_digest, entry.seat) == ("", "", "guest.1")
    assert facts["@erased.g"] == play.state.position.seq


def test_the_log_replays_to_the_same_digests() -> None:
    play = night_for_two()
    play.act("a", "promise", words="we stay awake")
    play.propose(erase("a"))
    state = State(play.pack)
    for commit in play.commits:
        evolve(state, commit)
    assert state.digest == play.state.digest


def test_who_follows_learns_whose_words_are_gone() -> None:
    play = night_for_two()
    commit = play.propose(erase("a", "2.x"))
    assert erased_by(commit) == ("a", frozenset(("2.x",)))
    assert erased_by(play.commits[0]) is None


@pytest.mark.parametrize("by", ["player", "script", "director"])
def test_only_the_desk_and_the_operator_erase(by: str) -> None:
    play = night_for_two()
    commit = play.propose(Proposal("erase", by, "a", 1, {"session": "b"}))  # type: ignore[arg-type]
    assert commit.outcomes[0].code != "ok"
    assert erased_by(commit) is None


def test_an_erasure_names_a_session() -> None:
    play = night_for_two()
    play.propose(erase(""))
    assert not [name for name in play.state.facts if name.startswith("@erased")]
