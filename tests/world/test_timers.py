"""Timers: nothing happens before its time, and nothing twice."""

from support.packs import night_for_two

from dreamsync_server.world.commit import Proposal


def test_a_clock_that_is_not_due_does_nothing() -> None:
    play = night_for_two()
    play.pass_to(600_000)
    early = play.propose(Proposal("due", "owner", arguments={"timer": "clock:cockcrow"}))
    assert (early.changes, early.events) == ((), ())


def test_a_clock_that_was_due_is_not_due_again() -> None:
    play = night_for_two()
    play.pass_to(900_000)
    again = play.propose(Proposal("due", "owner", arguments={"timer": "clock:cockcrow"}))
    assert (again.changes, again.events) == ((), ())


def test_a_choice_that_waits_still_is_not_closed() -> None:
    play = night_for_two()
    play.pass_to(900_000)
    early = play.propose(Proposal("due", "owner", arguments={"timer": "choice:waking"}))
    assert early.changes == ()
    assert play.facts["choice.waking"] == 960_000
