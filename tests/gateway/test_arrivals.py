"""Who comes into a room, and sessions that nobody stands behind."""

from support.stage import Stage

from dreamsync_server.gateway.arrivals import Arrivals
from dreamsync_server.world.commit import Cause, Outcome, Proposal

HERE = "n1"


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

    def follow(self) -> None:
        """Take in what was decided."""
        count = len(self.stage.play.commits) - self.stage.follower.state.position.seq
        self.stage.hand_over()
        for step in self.stage.follower.newest_steps(count):
            self.arrivals.take(step)


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
    with arrivals.coming("a"):
        with arrivals.coming("a"):
            assert arrivals.is_awaited()
        assert arrivals.is_awaited()
    assert not arrivals.is_awaited()


def test_a_session_that_no_line_here_has_at_two_looks_is_a_stray_until_it_is_absent() -> None:
    gate = Gate()
    gate.stage.play.join("a", "ada")
    gate.stage.play.join("b", "ben")
    gate.at("a")
    gate.at("b", "n2")
    assert gate.arrivals.strays() == [], "it may be about to come in"
    assert gate.arrivals.is_awaited()
    assert gate.arrivals.strays() == ["a"]
    assert gate.arrivals.strays() == ["a"], "that it is absent may have been lost"
    gate.stage.play.propose(Proposal("absent", "player", "a", arguments={"was_at": HERE}))
    gate.follow()
    assert gate.arrivals.strays() == []
    assert not gate.arrivals.is_awaited()


def test_who_is_in_or_comes_in_is_no_stray() -> None:
    gate = Gate()
    for session in ("a", "b"):
        gate.stage.play.join(session)
        gate.at(session)
    gate.members["a"] = object()
    with gate.arrivals.coming("b"):
        assert [gate.arrivals.strays() for _ in range(2)] == [[], []]
    assert [gate.arrivals.strays() for _ in range(2)] == [[], ["b"]]


def test_strays_are_found_in_a_state_that_is_loaded_too() -> None:
    gate = Gate()
    gate.stage.play.join("a")
    gate.at("a")
    later = Arrivals(gate.stage.follower, HERE, {})
    assert [later.strays() for _ in range(2)] == [[], ["a"]]
