"""Causes: whatever changes a fact when it is played was listed among its ways."""

import dataclasses

from support.packs import night, starter

from dreamsync_server.story.causes import causes_of
from dreamsync_server.world.effects import Audience, End, If, Tell, ToChapter
from dreamsync_server.world.model import Place

WAYS = causes_of(starter(), chorus_seats=20)


def test_no_fact_ever_changes_in_another_way_than_those_listed() -> None:
    play = night(3, has_understudies=True)
    play.join("s", "guest")
    for _ in range(900):
        play.direct_second()
        play.act("s", "hum")
        play.pass_ms(1000)
    assert play.ending
    unlisted = {
        change.name
        for commit in play.commits[1:]
        for change in commit.changes
        if not change.name.startswith(("@", "director."))
        and not change.name.endswith((".held", ".player"))
        and change.name not in WAYS.of
    }
    assert unlisted == set()
    assert {"attic.door", "ada.scene", "did.hum", "cued.chime", "ending"} <= set(WAYS.of)


def test_an_action_is_spelled_out_for_each_actor_and_parameter() -> None:
    found = [(t.seat, t.given) for t in WAYS.triggers if t.kind == "act" and t.id == "comfort"]
    assert found == [("ada", (("who", "ada"),)), ("ada", (("who", "ben"),)),
                     ("ben", (("who", "ada"),)), ("ben", (("who", "ben"),))]  # fmt: skip


def test_what_follows_an_end_happens_only_where_the_world_goes_on() -> None:
    pack = starter()
    here = Place("x", 1, 1)
    when = pack.laws["unlocking"].when
    effects = (
        If(when, (End("morning", here),), (), here),
        ToChapter("dream", here),
        Tell("x", Audience("all"), (), here),
    )
    law = dataclasses.replace(pack.laws["unlocking"], id="closing", effects=effects)
    ways = causes_of(dataclasses.replace(pack, laws={"closing": law}))
    (turn,) = [way for way in ways.ways if way.target == "chapter"]
    (after,) = turn.after
    assert (after.wanted, after.reads) == (False, {"trust.ada.ben"})
    assert turn.guards == ()
