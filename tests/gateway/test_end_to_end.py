"""A whole node on a real port, played by the SDK: store, host, gateway, sockets, sessions."""

import asyncio

import pytest
from support.lines import plain_request, raw_client
from support.node import open_node

import dreamsync

DEADLINE_S = 10.0


async def test_people_enter_act_and_each_sees_what_is_theirs() -> None:
    async with asyncio.timeout(DEADLINE_S), open_node() as node, node.connect() as dream:
        world = await dream.create_world("starter", seed=7, understudies=False)
        ada = await dream.enter(world.id, role="ada", name="Ari", invite=world.invite)
        ben = await dream.enter(world.id, role="ben", name="Bo", invite=world.invite)
        assert ada.facts["ada.scene"] == "house.kitchen"
        assert "ben.knows_song" in ben.facts
        assert "ben.knows_song" not in ada.facts

        outcome = await ada.act("whisper", who="ben", words="are you awake?")
        assert outcome.ok, outcome
        async for event in ben.events():
            if event.kind == "said":
                break
        assert (event.text, event.who) == ("are you awake?", "ada")
        await ben.until(lambda facts: facts["trust.ada.ben"] == 1)
        assert ada.mismatches == ben.mismatches == 0


async def test_a_refusal_has_a_code_and_a_sentence() -> None:
    async with asyncio.timeout(DEADLINE_S), open_node() as node, node.connect() as dream:
        world = await dream.create_world("starter", seed=7, understudies=False)
        ada = await dream.enter(world.id, role="ada", invite=world.invite)
        outcome = await ada.act("take_box")
        assert not outcome.ok
        assert outcome.code == "not_here"
        assert outcome.text
        with pytest.raises(dreamsync.RefusedError) as caught:
            await dream.enter(world.id, role="ada", invite=world.invite)
        assert caught.value.code == "taken"


async def test_a_stranger_cannot_tell_a_private_world_from_none() -> None:
    async with asyncio.timeout(DEADLINE_S), open_node() as node, node.connect() as dream:
        world = await dream.create_world("starter", understudies=False)
        answers = []
        for asked in (world.id, "no_such_world"):
            with pytest.raises(dreamsync.RefusedError) as caught:
                await dream.enter(asked, role="ada")
            answers.append((caught.value.code, str(caught.value)))
        assert answers[0] == answers[1]
        assert world.id not in [card.id for card in await dream.worlds()]


async def test_after_a_cut_a_player_misses_nothing_and_nothing_comes_twice() -> None:
    async with asyncio.timeout(DEADLINE_S), open_node() as node, node.connect() as dream:
        world = await dream.create_world("starter", seed=7, understudies=False)
        ada = await dream.enter(world.id, role="ada", invite=world.invite)
        ben = await dream.enter(world.id, role="ben", invite=world.invite)
        said = []
        for number in range(12):
            if number % 3 == 1:
                node.cut_lines()
            outcome = await ada.act("talk", words=f"line {number}")
            assert outcome.ok, outcome
        async for event in ben.events():
            if event.kind == "said":
                said.append(event.text)
            if event.text == "line 11":
                break
        assert said == [f"line {number}" for number in range(12)]
        assert (ada.resets, ben.resets) == (0, 0)
        outcomes = [
            (outcome.session, outcome.n)
            for commit in node.commits[world.id]
            for outcome in commit.outcomes
            if outcome.n
        ]
        assert len(outcomes) == len(set(outcomes)), "a proposal was decided twice"


async def test_a_desk_sees_behind_the_scenes_and_cues() -> None:
    async with asyncio.timeout(DEADLINE_S), open_node() as node, node.connect() as dream:
        world = await dream.create_world("starter", seed=7, understudies=False)
        ada = await dream.enter(world.id, role="ada", invite=world.invite)
        desk = await dream.desk(world.id, token=world.desk_token)
        assert "ben.knows_song" in desk.facts
        refused = await desk.cue("footsteps")
        assert refused.code == "condition"
        outcome = await desk.cue("footsteps", override=True)
        assert outcome.ok, outcome
        async for event in ada.events():
            if event.key == "beat.footsteps.text":
                break
        again = await desk.whisper("ada", "look up")
        assert again.ok, again


async def test_a_world_outlives_its_node() -> None:
    async with asyncio.timeout(DEADLINE_S):
        async with open_node(name="one") as one, one.connect() as dream:
            world = await dream.create_world("starter", seed=7, understudies=False)
            ada = await dream.enter(world.id, role="ada", invite=world.invite)
            assert (await ada.act("make_tea")).ok
            store = one.store
        async with open_node(store, name="two") as two, two.connect() as dream:
            ben = await dream.enter(world.id, role="ben", invite=world.invite)
            assert ben.facts["ada.held"] == "player"
            assert (await ben.act("talk", words="are you there?")).ok


async def test_the_json_sub_protocol_plays_the_same_story() -> None:
    async with (
        asyncio.timeout(DEADLINE_S),
        open_node() as node,
        dreamsync.connect(node.url, json=True) as dream,
    ):
        world = await dream.create_world("starter", seed=7, understudies=False)
        ada = await dream.enter(world.id, role="ada", invite=world.invite)
        assert (await ada.act("promise", words="wir bleiben wach – ✨")).ok
        await ada.until(lambda facts: facts["ada.vow"] == "wir bleiben wach – ✨")
        assert ada.mismatches == 0


async def test_the_node_says_when_it_is_ready() -> None:
    async with (
        asyncio.timeout(DEADLINE_S),
        open_node() as node,
        raw_client(node.server.port) as client,
    ):
        await client.send(plain_request("/readyz"))
        assert (await client.rest()).endswith(b"\r\n\r\nready\n")


async def test_stopping_tells_clients_to_come_back() -> None:
    async with asyncio.timeout(DEADLINE_S):
        async with open_node() as node:
            dream = node.connect(patience_s=0.2)
            await dream.open()
            world = await dream.create_world("starter", understudies=False)
            ada = await dream.enter(world.id, role="ada", invite=world.invite)
        assert node.count("closes_total", code="node_draining") >= 2
        with pytest.raises(dreamsync.DreamsyncError):
            await ada.act("make_tea")
        await dream.close()
