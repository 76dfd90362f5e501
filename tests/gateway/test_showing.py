"""What a desk is shown: the storyline, tension over time, what players reported; nobody else is."""

import dataclasses

import pytest
from support.house import house, two

from dreamsync.protocol import server_messages as wire
from dreamsync_server.gateway import showing


async def desk_of(node, world):
    desk = node.phone()
    await desk.ask("enter", world=world.world, as_="desk", token=world.desk_token, name="Kim")
    return desk


async def said(phone, words: str):
    view = await phone.hear(
        lambda m: isinstance(m, wire.View) and any(e.text == words for e in m.events)
    )
    return next(event for event in view.events if event.text == words)


async def test_the_desk_is_shown_how_beats_lead_to_one_another() -> None:
    async with house() as node:
        world, _, _ = await two(node)
        desk = await desk_of(node, world)
        graph = (await desk.ask("graph")).graph
        assert [chapter.id for chapter in graph.chapters] == ["night", "dream"]
        assert graph.chapters[0].curve[0] == (0, 1)
        nodes = {node.id: node.kind for node in graph.nodes}
        assert (nodes["chime"], nodes["morning"]) == ("beat", "ending")
        assert all(a in nodes and b in nodes for a, b in graph.edges)


async def test_of_a_pack_that_is_saved_again_and_again_not_every_storyline_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(showing, "PACKS_SHARED_MAX", 2)
    async with house() as node:
        world, *_ = await two(node)
        desk, room = await desk_of(node, world), node.hall.rooms[world.world]
        for state in range(4):
            room.follower.pack = dataclasses.replace(room.follower.pack, hash=f"{state:064x}")
            assert (await desk.ask("graph")).graph.nodes
        assert len(node.hall._showing._lines) == 2


async def test_the_desk_is_shown_how_tense_it_was_and_is() -> None:
    async with house() as node:
        world, _, _ = await two(node)
        desk = await desk_of(node, world)
        calm = (await desk.ask("tension")).tension
        assert (calm[-1].actual, calm[-1].chapter, calm[-1].wanted) == (0, "night", 10)
        await desk.propose("cue", beat="footsteps", override=True)
        tense = (await desk.ask("tension")).tension
        assert tense[-1].actual > 0
        assert [point.ms for point in tense] == sorted(point.ms for point in tense)


async def test_what_is_reported_goes_to_the_desk_alone_with_who_wrote_it() -> None:
    async with house() as node:
        world, ada, ben = await two(node)
        desk = await desk_of(node, world)
        await ben.propose("act", action="talk", params={"words": "You Fool!"})
        event = await said(ada, "You Fool!")
        heard_by_ben = len(ben.heard)
        outcome = await ada.propose("report", seq=event.at[0], i=event.at[1], why="It Hurt")
        assert outcome.ok
        (reported,) = (await desk.ask("reports")).reports
        assert (reported.text, reported.who, reported.why) == ("You Fool!", "ben", "It Hurt")
        assert (await desk.propose("mute", session=reported.session, why="Be kind")).ok
        people = (await desk.ask("people")).people
        assert [person.role for person in people if person.is_muted] == ["ben"]
        refused = await ben.propose("act", action="talk", params={"words": "Ha!"})
        assert refused.code == "muted"
        told = [m for m in ben.heard[heard_by_ben:] if isinstance(m, wire.View)]
        kinds = [event.kind for view in told for event in view.events]
        assert kinds == ["muted"]
        assert "It Hurt" not in repr(ben.heard)
        assert "Be kind" not in repr(ben.heard) + repr(ada.heard)


@pytest.mark.parametrize("place", [(0, 0), (1, 0), (9_999, 0)])
async def test_what_nobody_wrote_is_not_reported(place: tuple[int, int]) -> None:
    async with house() as node:
        _, ada, _ = await two(node)
        error = await ada.propose("report", seq=place[0], i=place[1])
        assert error.code == "unknown_event"


async def test_nobody_reports_what_they_wrote_themselves() -> None:
    async with house() as node:
        _, ada, _ = await two(node)
        await ada.propose("act", action="talk", params={"words": "Oh dear."})
        event = await said(ada, "Oh dear.")
        error = await ada.propose("report", seq=event.at[0], i=event.at[1])
        assert error.code == "unknown_event"


async def test_what_was_not_told_to_a_player_is_not_reported_by_it() -> None:
    async with house() as node:
        world, ada, ben = await two(node)
        desk = await desk_of(node, world)
        await desk.propose("whisper", to="ben", text="Psst, you.")
        event = await said(ben, "Psst, you.")
        error = await ada.propose("report", seq=event.at[0], i=event.at[1])
        assert error.code == "unknown_event"


async def test_only_a_desk_is_shown_any_of_it() -> None:
    async with house() as node:
        _, ada, _ = await two(node)
        for kind in ("graph", "tension", "reports"):
            assert (await ada.ask(kind)).code == "not_allowed"


async def test_the_card_at_the_door_says_who_plays() -> None:
    async with house() as node:
        world, _, _ = await two(node)
        door = node.phone()
        card = (await door.ask("card", world=world.world)).world
        assert {role.id: role.player for role in card.roles if role.player} == {
            "ada": "ada", "ben": "ben",
        }  # fmt: skip
