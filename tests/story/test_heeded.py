"""Heeded: a hint helped where somebody it was for did in time what it points to."""

import pytest
from support.packs import night, starter

from dreamsync_server.story.heeded import HEEDED_MS, heeded_in
from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.world.commit import Proposal
from dreamsync_server.world.directing import DIRECTOR


def two() -> Playthrough:
    play = night()
    for role in ("ada", "ben"):
        play.join(f"s_{role}", role)
    return play


def hinted() -> Playthrough:
    play = two()
    given = {"means": "hint", "target": "ada", "action": "make_tea"}
    assert play.direct(Proposal("nudge", "director", DIRECTOR, 0, given)).outcomes[0].code == "ok"
    return play


@pytest.mark.parametrize(
    ("session", "after_ms", "helped"),
    [("s_ada", 30_000, 1), ("s_ben", 30_000, 0), ("s_ada", HEEDED_MS + 1000, 0)],
)
def test_only_its_own_role_in_time_follows_a_hint(session: str, after_ms: int, helped: int) -> None:
    play = hinted()
    play.pass_ms(after_ms)
    assert play.act(session, "make_tea").code == "ok"
    assert heeded_in(starter(), play.commits) == {"action.make_tea": [1, helped]}


def test_once_followed_it_is_done_with() -> None:
    play = hinted()
    for _ in range(2):
        assert play.act("s_ada", "make_tea").code == "ok"
    assert heeded_in(starter(), play.commits) == {"action.make_tea": [1, 1]}


def test_a_hint_of_the_pack_goes_by_its_id() -> None:
    play = two()
    given = {"means": "hint", "target": "draught"}
    play.direct(Proposal("nudge", "director", DIRECTOR, 0, given))
    assert play.act("s_ben", "comfort", who="ada").code == "ok"
    assert heeded_in(starter(), play.commits) == {"draught": [1, 1]}
