"""Decide: pure, one commit a proposal, each (session, n) decided once."""

import copy

import pytest
from support.packs import night, night_for_two, starter

from dreamsync_server.errors import WorldFaultError
from dreamsync_server.world.commit import Moment, Position, Proposal
from dreamsync_server.world.decide import decide
from dreamsync_server.world.evolve import evolve
from dreamsync_server.world.state import State


def talk(n: int, words: str = "hello") -> Proposal:
    texts = {"words": ("salt", words)}
    return Proposal("act", "player", "a", n, {"action": "talk", "params": {}}, texts)


def test_deciding_leaves_the_state_as_it_was() -> None:
    play = night_for_two()
    facts, digest = dict(play.facts), play.state.digest
    decide(play.pack, play.state, talk(1), Moment(play.world_ms + 5, 0))
    assert dict(play.facts) == facts
    assert (play.state.digest, play.world_ms) == (digest, 0)


def test_the_same_state_proposal_and_moment_give_the_same_commit() -> None:
    play = night_for_two()
    moment = Moment(play.world_ms + 5, 17)
    first = decide(play.pack, play.state, talk(1), moment)
    assert decide(play.pack, play.state, talk(1), moment) == first


def test_a_commit_follows_the_state_by_one_and_stays_in_its_epoch() -> None:
    play = night_for_two()
    before = play.state.position
    play.act("a", "talk", words="hello")
    assert play.commits[-1].position == Position(before.epoch, before.seq + 1)


def test_begin_raises_the_epoch() -> None:
    play = night_for_two()
    given = {"epoch": 5, "outage_ms": 40}
    commit = play.propose(Proposal("begin", "owner", arguments=given))
    assert commit.position == Position(5, 4)
    assert play.state.epochs == ((1, 1), (5, 4))


def test_a_resend_is_answered_with_what_was_decided_and_changes_nothing() -> None:
    play = night_for_two()
    play.propose(talk(1))
    again = play.propose(talk(1, "something else"))
    assert [o[:3] for o in again.outcomes] == [("a", 1, "ok")]
    assert (again.changes, again.events) == ((), ())


def test_a_refusal_is_kept_too_with_its_reasons() -> None:
    play = night_for_two()
    refused = play.act("a", "comfort", who="ada")
    again = play.propose(
        Proposal("act", "player", "a", 1, {"action": "comfort", "params": {"who": "ben"}})
    )
    assert refused.code == "bad_parameter"
    assert again.outcomes == (refused,)


def test_a_number_too_high_is_told_which_one_is_expected() -> None:
    play = night_for_two()
    outcome = play.propose(talk(3)).outcomes[0]
    assert (outcome.code, dict(outcome.arguments)) == ("gap", {"expected": 1})
    assert play.propose(talk(1)).outcomes[0].code == "ok"


def test_a_resend_older_than_what_is_kept_is_stale_and_not_decided() -> None:
    play = night_for_two()
    for n in range(1, 12):
        play.propose(talk(n))
    commit = play.propose(talk(1))
    assert commit.outcomes[0].code == "stale"
    assert commit.events == ()


def test_a_retired_session_is_refused() -> None:
    play = night_for_two()
    play.ask("leave", "player", "a")
    assert play.propose(talk(2)).outcomes[0].code == "retired"
    assert play.join("a", "ada").code == "retired"


def test_a_session_that_never_joined_is_refused() -> None:
    play = night()
    assert play.propose(talk(1)).outcomes[0].code == "retired"


def test_a_player_may_not_do_what_the_desk_does() -> None:
    play = night_for_two()
    assert play.ask("cue", "player", "a", {"beat": "chime"}).code == "not_allowed"


def test_a_player_who_says_he_is_the_desk_is_refused() -> None:
    play = night_for_two()
    assert play.ask("cue", "desk", "a", {"beat": "chime"}).code == "retired"


def test_the_cursor_of_the_inbox_is_part_of_the_commit_and_of_the_state() -> None:
    play = night_for_two()
    commit = decide(play.pack, play.state, talk(1), Moment(0, 0), cursor="5-1")
    evolve(play.state, commit)
    assert commit.cursor == "5-1"
    assert play.facts["@inbox"] == "5-1"


def test_a_free_text_is_not_in_the_commit_but_beside_it() -> None:
    play = night_for_two()
    play.act("a", "talk", words="only between us")
    commit = play.commits[-1]
    assert [text for _, _, text in commit.texts.values()] == ["only between us"]
    rest = copy.copy(commit.events), commit.changes, commit.cause, commit.outcomes
    assert "only between us" not in repr(rest)


def test_an_ended_world_refuses_to_act_but_lets_people_go() -> None:
    play = night_for_two()
    play.join("d", kind="desk")
    play.ask("cue", "desk", "d", {"beat": "morning", "override": True})
    assert play.ending == "morning"
    assert play.act("a", "talk", words="is it over?").code == "ended"
    assert play.ask("leave", "player", "b").code == "ok"


def test_time_that_runs_backwards_is_our_fault() -> None:
    play = night_for_two()
    play.pass_ms(10)
    play.act("a", "talk", words="hello")
    with pytest.raises(AssertionError):
        decide(play.pack, play.state, talk(2), Moment(5, 0))


def test_the_log_alone_gives_the_state() -> None:
    play = night_for_two()
    play.act("a", "whisper", who="ben", words="there is a box upstairs")
    play.pass_to(700_000)
    state = State(starter())
    for commit in play.commits:
        evolve(state, commit)
    assert (state.digest, state.position) == (play.state.digest, play.state.position)


def test_a_commit_that_does_not_follow_is_refused_by_a_follower() -> None:
    play = night_for_two()
    state = State(starter())
    with pytest.raises(WorldFaultError):
        evolve(state, play.commits[1])


def test_what_resumes_a_session_is_no_part_of_what_the_log_tells_of_it() -> None:
    play, given = night(), {"gateway": "g", "secret": "canary"}
    joined = decide(play.pack, play.state, Proposal("join", "player", "a", 0, given), Moment(0, 0))
    assert joined.cause.arguments == (("gateway", "g"),)
