"""Requests about a world: why, watch, people, language, the whole view again."""

from support.house import house, two

from dreamsync.protocol import server_messages as wire


async def test_the_desk_cues_asks_why_and_watches() -> None:
    async with house() as node:
        world, ada, _ = await two(node)
        desk = node.phone()
        entered = await desk.ask("enter", world=world.world, as_="desk", token=world.desk_token)
        assert entered.facts["ada.nerve"] == 5
        answer = await desk.ask("why", beat="chime")
        assert (answer.why.code, answer.why.leaves[0].text) == ("condition", "house.hush >= 4")
        watch = await desk.ask("watch", id="tea", when="ada.nerve >= 6")
        assert watch.holds is False
        await ada.propose("act", action="make_tea")
        hit = await desk.hear(lambda m: isinstance(m, wire.Hit))
        assert (hit.id, hit.holds, hit.facts) == ("tea", True, {"ada.nerve": 6})
        outcome = await desk.propose("cue", beat="chime", override=True)
        assert outcome.ok


async def test_what_turned_while_a_desk_s_line_was_full_is_told_when_it_has_drained() -> None:
    async with house() as node:
        world, ada, _ = await two(node)
        desk = node.phone()
        await desk.ask("enter", world=world.world, as_="desk", token=world.desk_token)
        desk.talk.congested(True)
        watch = await desk.ask("watch", id="calm", when="ada.nerve == 5")
        assert watch.holds
        await desk.hear(lambda m: isinstance(m, wire.Hit) and m.id == "calm" and m.holds)
        await ada.propose("act", action="make_tea")
        assert not [m for m in desk.heard if isinstance(m, wire.Hit) and not m.holds]
        desk.talk.congested(False)
        await desk.hear(lambda m: isinstance(m, wire.Hit) and m.id == "calm" and not m.holds)


async def test_a_language_that_the_pack_has_not_is_answered_with_its_first() -> None:
    async with house() as node:
        _, ada, _ = await two(node)
        answer = await ada.ask("lang", lang="de")
        assert answer.lang == "en"
        reset = await ada.hear(lambda m: isinstance(m, wire.Reset))
        assert reset.why == "language"


async def test_only_the_desk_may_ask_why() -> None:
    async with house() as node:
        _, ada, _ = await two(node)
        assert (await ada.ask("why", beat="chime")).code == "not_allowed"


async def test_a_beat_that_is_not_there_is_said_to_be_unknown() -> None:
    async with house() as node:
        world = await node.world()
        desk = node.phone()
        await desk.ask("enter", world=world.world, as_="desk", token=world.desk_token)
        assert (await desk.ask("why", beat="nothing")).code == "unknown_beat"
        await desk.propose("hold", beat="chime")
        assert (await desk.ask("why", beat="chime")).why.is_held
        await desk.ask("watch", id="a", when="ada.nerve > 5")
        assert (await desk.ask("unwatch", id="a")).of == "unwatch"


async def test_who_lost_count_is_given_everything_anew() -> None:
    async with house() as node:
        _, ada, _ = await two(node)
        ada.say("resync", q=99, digest="0" * 16)
        reset = await ada.hear(lambda m: isinstance(m, wire.Reset))
        assert (reset.why, dict(reset.facts)) == ("resync", ada.view())
