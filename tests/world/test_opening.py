"""Opening, sleeping and waking: the owner's own proposals."""

from support.packs import night, night_for_two, starter

from dreamsync_server.world.commit import Proposal
from dreamsync_server.world.values import Drift


def test_the_first_commit_holds_every_fact_at_its_start() -> None:
    first = night().commits[0]
    changed = dict(first.changes)
    assert set(starter().facts) <= set(changed)
    assert changed["ada.mood"] == "uneasy"
    assert changed["house.hush"] == Drift(0, 60, 0, 0, 10)


def test_what_happens_at_the_start_is_told_with_it() -> None:
    assert [(e.key, e.to) for e in night().commits[0].events] == [("night.opens", ("all",))]


def test_with_understudies_every_role_is_played_from_the_start() -> None:
    assert night(has_understudies=True).facts["ben.held"] == "understudy"
    assert night().facts["ben.held"] == "nobody"


def test_a_world_does_not_sleep_while_somebody_is_there() -> None:
    play = night_for_two()
    play.propose(Proposal("sleep", "owner"))
    assert play.state.is_running()


def test_a_sleeping_world_stands_still_until_somebody_comes() -> None:
    play = night_for_two()
    for session in "ab":
        play.propose(Proposal("absent", "player", session))
    play.propose(Proposal("sleep", "owner"))
    play.pass_ms(5000)
    assert (play.state.is_running(), play.world_ms) == (False, 0)
    play.propose(Proposal("back", "player", "a"))
    assert play.state.is_running()
