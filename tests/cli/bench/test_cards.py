"""The cards of worlds that are opened to be measured."""

from dreamsync_server.cli.bench.cards import card_of


def test_anybody_may_enter_and_watch_and_no_two_are_the_same() -> None:
    one, other = card_of("bench", "h" * 64), card_of("bench", "h" * 64)
    assert not one.is_private
    assert one.has_spectators
    assert not one.has_understudies
    assert (one.pack_id, one.pack_hash) == ("bench", "h" * 64)
    assert one.world != other.world
