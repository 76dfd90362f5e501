"""Eyes on the past: a seat's, a spectator's, the desk's."""

import pytest
from support.packs import night_for_two, starter

from dreamsync_server.gateway.onlookers import DESK, WATCHER, kind_of, look_of
from dreamsync_server.world.state import Facts


def test_eyes_see_what_their_place_sees() -> None:
    facts = night_for_two().state.facts
    for eyes, atom in (("ada", "role:ada"), (DESK, "desk"), ("guest.3", "seat:guest.3")):
        look = look_of(starter(), eyes)
        assert look is not None
        assert atom in look(facts).atoms
        assert "session:a" not in look(facts).atoms
        assert look(Facts(starter())).atoms == frozenset()
    watcher = look_of(starter(), WATCHER)
    assert watcher is not None
    assert "desk" not in watcher(facts).atoms


@pytest.mark.parametrize("eyes", ["zoe", "guest", "guest.999", "ada.1", ""])
def test_there_are_no_eyes_where_there_is_no_seat(eyes: str) -> None:
    assert look_of(starter(), eyes) is None


def test_eyes_are_of_a_kind() -> None:
    assert [kind_of(eyes) for eyes in (DESK, WATCHER, "ada")] == ["desk", "watch", "player"]
