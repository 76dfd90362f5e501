"""What people wrote that the facts still speak of."""

from support.packs import night_for_two

from dreamsync_server.world.written import refs_in


def test_the_names_of_sessions_are_among_what_is_kept_without_a_seat_too() -> None:
    play = night_for_two()
    before = set(refs_in(play.facts))
    play.join("onlooker")
    (new,) = set(refs_in(play.facts)) - before
    assert new == f"{play.state.position.seq}.name"
