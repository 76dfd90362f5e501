"""State: chorus seats are sparse, seats have names, time runs or stands."""

import pytest
from support.packs import night_for_two, starter

from dreamsync_server.world.state import Facts, is_seat, role_of, seat_decl, seats_of


def test_a_chorus_seat_reads_as_its_start_until_it_changes() -> None:
    facts = Facts(starter())
    assert facts["guest.7.hummed"] is False
    assert facts["guest.7.scene"] == "dream.orchard"
    assert len(facts) == 0


@pytest.mark.parametrize("name", ["guest.0.hummed", "guest.21.hummed", "guest.x.hummed", "no"])
def test_what_is_no_fact_is_no_fact(name: str) -> None:
    with pytest.raises(KeyError):
        Facts(starter())[name]


def test_seats_are_named_by_their_role() -> None:
    pack = starter()
    assert seats_of(pack, "ada") == ["ada"]
    assert seats_of(pack, "guest")[::19] == ["guest.1", "guest.20"]
    assert role_of("guest.4") == "guest"
    assert [is_seat(pack, s) for s in ("ada", "guest.20", "guest", "guest.21", "guest.07")] == [
        True, True, False, False, False,
    ]  # fmt: skip


def test_a_seats_fact_has_a_declaration() -> None:
    decl = seat_decl(starter(), "guest.4.hummed")
    assert decl is not None
    assert decl.name == "hummed"


def test_time_stands_still_in_a_paused_and_in_an_ended_world() -> None:
    play = night_for_two()
    assert play.state.is_running()
    play.ask("pause", "player", "a")
    assert not play.state.is_running()


def test_a_fork_goes_its_own_way() -> None:
    play = night_for_two()
    before = dict(play.facts), play.state.digest, play.state.position
    fork = play.fork()
    fork.act("a", "snuff_lamp")
    fork.pass_ms(5_000)
    assert (dict(play.facts), play.state.digest, play.state.position) == before
    play.act("a", "snuff_lamp")
    play.pass_ms(5_000)
    assert (fork.facts, fork.state.digest) == (play.facts, play.state.digest)
