"""A world is deserted when no player, desk or script has been there for a minute."""

from typing import Any

import pytest
from host.bench import join
from support.packs import night

from dreamsync_server.host.presence import Presence
from dreamsync_server.limits import ASLEEP_AFTER_MS
from dreamsync_server.world.commit import Proposal
from dreamsync_server.world.sessions import session_of

MINUTE_S = ASLEEP_AFTER_MS / 1000


def test_an_empty_world_is_deserted_after_a_minute() -> None:
    presence = Presence(night().state, 100.0)
    assert not presence.is_deserted(100.0 + MINUTE_S - 0.1)
    assert presence.is_deserted(100.0 + MINUTE_S)


@pytest.mark.parametrize(("kind", "people", "players"), [("player", 1, 1), ("desk", 1, 0)])
def test_a_player_or_a_desk_keeps_it_awake_until_they_are_away(
    kind: Any, people: int, players: int
) -> None:
    play = night()
    presence = Presence(play.state, 0.0)
    presence.follow([play.propose(join("s", by=kind))])
    presence.look(play.state, 50.0)
    assert (presence.count_people, presence.count_players) == (people, players)
    assert not presence.is_deserted(1_000.0)

    presence.follow([play.propose(Proposal("absent", kind, "s", 1))])
    presence.look(play.state, 200.0)
    assert presence.count_people == 0
    assert not presence.is_deserted(200.0)
    assert presence.is_deserted(200.0 + MINUTE_S)

    presence.follow([play.propose(Proposal("back", kind, "s", 2))])
    presence.look(play.state, 300.0)
    assert not presence.is_deserted(1_000.0)


def test_the_director_does_not_keep_a_world_awake() -> None:
    play = night()
    play.propose(Proposal("term", "director", "director", term=1))
    assert session_of(play.facts, "director") is not None
    presence = Presence(play.state, 0.0)
    presence.look(play.state, 1.0)
    assert presence.count_people == 0
    assert presence.is_deserted(MINUTE_S)


def test_who_was_there_before_the_takeover_is_counted() -> None:
    play = night()
    play.propose(join("s", "ada"))
    assert Presence(play.state, 0.0).count_players == 1


def test_who_left_for_good_is_forgotten() -> None:
    play = night()
    play.propose(join("s", "ada"))
    presence = Presence(play.state, 0.0)
    presence.follow([play.propose(Proposal("leave", "player", "s", 1))])
    presence.look(play.state, 1.0)
    assert presence.count_people == 0
    assert not presence._sessions
