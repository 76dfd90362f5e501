"""Who comes into a room, and sessions that nobody stands behind."""

import pytest
from support.stage import Stage

from dreamsync_server.errors import PeerError
from dreamsync_server.gateway.arrivals import Arrivals
from dreamsync_server.limits import STRAY_SAID_EACH, UNSETTLED_LOOKS_MAX
from dreamsync_server.world.commit import Cause, Outcome, Proposal
from dreamsync_server.world.sessions import say_absent, session_of

HERE = "n1"
REFUSED = PeerError("taken", "Somebody holds that seat.")


class Gate:
    """A stage, and the arrivals at its node; `members` are who is in."""

    def __init__(self) -> None:
        self.stage = Stage()
        self.members: dict[str, object] = {}
        self.arrivals = Arrivals(self.stage.follower, HERE, self.members)

    def at(self, session: str, node: str = HERE) -> None:
        """Let the log say at which node a session is."""
        play = self.stage.play
        play.propose(Proposal("back", "player", session, arguments={"gateway": node}))
        self.follow()

    def looks(self, count: int) -> list[list[str]]:
        """Look so often; return of whom it is to be said each time that they are absent."""
        said = [self.arrivals.strays() for _ in range(count)]
        assert {it.kind for look in said for it in look} <= {"absent"}
        return [[it.session for it in look] for look in said]

    def follow(self) -> None:
        """Take in what was decided."""
        count = len(self.stage.play.commits) - self.stage.follower.state.position.seq
        self.stage.hand_over()
        for step in self.stage.follower.newest_steps(count):
            self.arrivals.take(step)
            for outcome in step.commit.outcomes:
                self.arrivals.decided(outcome, step.commit.cause)


def test_two_who_come_in_for_one_session_are_both_told_and_go_one_by_one() -> None:
    stage = Stage()
    arrivals = stage.room.arrivals
    older: list[str] = []
    newer: list[str] = []

    def hear_older(outcome: Outcome, cause: Cause) -> None:
        older.append(outcome.code)

    def hear_newer(outcome: Outcome, cause: Cause) -> None:
        newer.append(outcome.code)

    arrivals.hear("a", hear_older)
    arrivals.hear("a", hear_newer)
    stage.play.join("a", "ada")
    stage.hand_over()
    arrivals.unhear("a", hear_older)
    stage.play.ask("back", "player", "a")
    stage.hand_over()
    arrivals.unhear("a", hear_newer)
    assert (older, newer) == (["ok"], ["ok", "ok"])


def test_who_comes_in_is_awaited_as_often_as_it_comes() -> None:
    arrivals = Gate().arrivals
    with arrivals.coming("a", "player"):
        with arrivals.coming("a", "player"):
            assert arrivals.is_awaited()
        assert arrivals.is_awaited()
    assert not arrivals.is_awaited()


def test_a_session_that_no_line_here_has_is_a_stray_until_it_is_absent() -> None:
    gate = Gate()
    gate.stage.play.join("a", "ada")
    gate.stage.play.join("b", "ben")
    gate.at("a")
    gate.at("b", "n2")
    said = gate.looks(2 * STRAY_SAID_EACH)
    assert gate.arrivals.is_awaited()
    once = [*[[]] * (STRAY_SAID_EACH - 1), ["a"]]
    assert said == [*once, *once], "it may be about to come in; what was said may be lost"
    gate.stage.play.propose(say_absent(gate.stage.play.facts, "a", HERE))
    gate.follow()
    assert gate.arrivals.strays() == []
    assert not gate.arrivals.is_awaited()


def test_who_is_in_or_comes_in_is_no_stray() -> None:
    gate = Gate()
    for session in ("a", "b"):
        gate.stage.play.join(session)
        gate.at(session)
    gate.members["a"] = object()
    with gate.arrivals.coming("b", "player"):
        assert not any(gate.looks(STRAY_SAID_EACH))
    assert gate.looks(STRAY_SAID_EACH)[-1] == ["b"]


def test_strays_are_found_in_a_state_that_is_loaded_too() -> None:
    gate = Gate()
    gate.stage.play.join("a")
    gate.at("a")
    later = Arrivals(gate.stage.follower, HERE, {})
    said = [it.session for _ in range(STRAY_SAID_EACH) for it in later.strays()]
    assert said == ["a"]


def test_of_who_is_given_up_it_is_said_until_that_is_heard_that_it_is_absent() -> None:
    gate = Gate()
    with pytest.raises(TimeoutError), gate.arrivals.coming("a", "player"):
        raise TimeoutError
    assert gate.arrivals.is_awaited()
    join = Proposal("join", "player", "a", 0, {"kind": "player", "gateway": HERE, "role": "ada"})
    *_, (absent,) = [gate.arrivals.strays() for _ in range(STRAY_SAID_EACH)]
    for said in (join, absent):
        gate.stage.play.propose(said)
    gate.follow()
    assert not gate.arrivals.is_awaited()
    assert not any(gate.looks(STRAY_SAID_EACH))
    entry = session_of(gate.stage.play.facts, "a")
    assert entry is not None
    assert (entry.seat, entry.is_present) == ("ada", 0)


@pytest.mark.parametrize(("kind", "error"), [("watch", TimeoutError()), ("player", REFUSED)])
def test_a_spectator_and_who_was_refused_leave_nothing_to_be_settled(
    kind: str, error: Exception
) -> None:
    arrivals = Gate().arrivals
    with pytest.raises(type(error)), arrivals.coming("a", kind):
        raise error
    assert not arrivals.is_awaited()


def test_what_never_comes_to_be_decided_is_given_up_after_a_while() -> None:
    gate = Gate()
    with pytest.raises(TimeoutError), gate.arrivals.coming("a", "player"):
        raise TimeoutError
    assert gate.looks(UNSETTLED_LOOKS_MAX).count(["a"]) == UNSETTLED_LOOKS_MAX // STRAY_SAID_EACH
    assert not any(gate.looks(STRAY_SAID_EACH))
    assert not gate.arrivals.is_awaited()
