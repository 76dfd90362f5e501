"""The past on the wire: marks, moments, another world from there, and erasing."""

from typing import Any

import pytest
from support.house import House, Phone, house, two

from dreamsync.protocol import server_messages as wire
from dreamsync_server.clock import SystemClock
from dreamsync_server.gateway import history as subject
from dreamsync_server.store.memory import MemoryStore


async def at_desk(node: House, world: Any) -> Phone:
    desk = node.phone()
    entered = await desk.ask("enter", world=world.world, as_="desk", token=world.desk_token)
    assert isinstance(entered, wire.Entered), entered
    return desk


async def tail_of(desk: Phone) -> int:
    answer = await desk.ask("history")
    assert answer.history is not None
    return int(answer.history.tail)


async def test_a_desk_reads_what_happened_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "HISTORY_MARKS_MAX", 3)
    async with house() as node:
        world, _, _ = await two(node)
        desk = await at_desk(node, world)
        await desk.propose("cue", beat="chime", override=True, why="they wait")
        found, after = [], 0
        while True:
            page = (await desk.ask("history", after=after)).history
            assert len(page.marks) <= 3
            found += page.marks
            if page.next is None:
                break
            after = page.next
        kinds = [mark.kind for mark in found]
        assert kinds[0] == "open"
        assert [mark.name for mark in found if mark.kind == "join"] == ["ada", "ben", ""]
        (beat,) = [mark for mark in found if mark.kind == "beat"]
        assert (beat.by, beat.what, beat.why) == ("desk", "chime", "they wait")
        assert [mark.seq for mark in found] == sorted(mark.seq for mark in found)


async def test_an_ending_is_called_by_its_title_wherever_it_is_marked() -> None:
    async with house() as node:
        world, _, _ = await two(node)
        desk = await at_desk(node, world)
        await desk.propose("cue", beat="morning", override=True)
        marks = (await desk.ask("history")).history.marks
        titles = {mark.kind: mark.title for mark in marks if mark.what == "morning"}
        assert set(titles) >= {"ending"}
        assert set(titles.values()) == {titles["ending"]} != {"morning"}


async def test_a_moment_is_shown_through_a_roles_eyes() -> None:
    async with house() as node:
        world, ada, _ = await two(node)
        desk = await at_desk(node, world)
        await ada.propose("act", action="whisper", params={"who": "ben", "words": "psst canary"})
        then = await tail_of(desk)
        await ada.propose("act", action="make_tea")
        for eyes, hears in (("ben", True), ("guest.1", False)):
            look = (await desk.ask("look", seq=then, eyes=eyes)).look
            assert look.position[1] == then
            assert ("psst canary" in str(look.lines)) is hears
        assert "ada.nerve" not in look.facts
        whole = (await desk.ask("look", seq=then)).look
        assert whole.facts["ada.nerve"] == 5


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"type_": "look", "seq": 999}, "unknown_moment"),
        ({"type_": "look", "seq": 1, "eyes": "zoe"}, "unknown_role"),
        ({"type_": "branch", "seq": 999}, "unknown_moment"),
    ],
)
async def test_a_moment_that_never_was_is_refused(asked: dict[str, Any], code: str) -> None:
    async with house() as node:
        desk = await at_desk(node, await node.world())
        assert (await desk.ask(**asked)).code == code


async def test_only_a_desk_sees_the_past() -> None:
    async with house() as node:
        world, ada, _ = await two(node)
        script = node.phone()
        await script.ask("enter", world=world.world, as_="script", token=world.desk_token)
        for phone in (ada, script):
            for type_ in ("look", "branch"):
                assert (await phone.ask(type_, seq=1)).code == "not_allowed"
            assert (await phone.ask("history")).code == "not_allowed"
            assert (await phone.ask("erase", session="x")).code == "not_allowed"
        assert (await node.phone().ask("history")).code == "not_entered"


async def test_a_branch_is_a_world_of_its_own_and_the_origin_goes_on() -> None:
    async with house() as node:
        world, ada, _ = await two(node)
        desk = await at_desk(node, world)
        await ada.propose("act", action="whisper", params={"who": "ben", "words": "in both"})
        then = await tail_of(desk)
        await ada.propose("act", action="make_tea")
        made = await desk.ask("branch", seq=then, title="What if?")
        assert isinstance(made, wire.Created), made
        assert (await node.phone().ask("enter", world=made.world, as_="player")).code == (
            "unknown_world"
        )
        ben = node.phone()
        entered = await ben.ask(
            "enter", world=made.world, as_="player", role="ben", invite=made.invite
        )
        assert isinstance(entered, wire.Entered), entered
        assert entered.world.title == "What if?"
        assert any("in both" in line for line in entered.recap)
        assert entered.facts["ada.held"] == "nobody"
        assert (await ben.propose("act", action="make_tea")).ok
        assert (await ada.propose("act", action="talk", params={"words": "go on"})).ok
        branch_desk = await at_desk(node, made)
        people = (await branch_desk.ask("people")).people
        assert {person.as_kind for person in people} == {"player", "desk"}
        page = (await branch_desk.ask("history")).history
        assert page.origin == then
        assert "branch" in [mark.kind for mark in page.marks]


async def test_nobody_of_the_origin_comes_back_to_a_branch() -> None:
    async with house() as node:
        world, ada, _ = await two(node)
        desk = await at_desk(node, world)
        (entered,) = [m for m in ada.heard if isinstance(m, wire.Entered)]
        made = await desk.ask("branch", seq=await tail_of(desk))
        again = await node.phone().ask(
            "resume", world=made.world, session=entered.session, secret=entered.secret,
            epoch=entered.position[0], seq=entered.position[1],
        )  # fmt: skip
        assert again.code == "no_session"


async def test_no_branch_is_made_where_the_story_is_over() -> None:
    store = MemoryStore(SystemClock())
    async with house(store) as node:
        desk = await at_desk(node, await node.world())
        before = await tail_of(desk)
        assert (await desk.propose("cue", beat="morning", override=True)).ok
        refused = await desk.ask("branch", seq=await tail_of(desk))
        assert refused.code == "ended"
        assert isinstance(await desk.ask("branch", seq=before), wire.Created)
        assert not store._staged


async def test_a_branch_that_the_store_does_not_take_leaves_nothing() -> None:
    store = MemoryStore(SystemClock())
    async with house(store) as node:
        desk = await at_desk(node, await node.world())
        store.fail_next("create_world", "before")
        assert (await desk.ask("branch", seq=1)).code == "store_unavailable"
        assert len(await store.worlds()) == 1


async def test_what_a_person_wrote_is_erased_everywhere() -> None:
    store = MemoryStore(SystemClock())
    async with house(store) as node, house(store, "b") as other:
        world, ada, ben = await two(node)
        words = "the canary sings"
        await ada.propose("act", action="whisper", params={"who": "ben", "words": words})
        await ada.propose("act", action="promise", params={"words": f"{words} twice"})
        await ben.propose("act", action="talk", params={"words": "what Ben said"})
        elsewhere = await at_desk(other, world)
        desk = await at_desk(node, world)
        marks = (await desk.ask("history")).history.marks
        (session,) = [mark.session for mark in marks if mark.kind == "join" and mark.name == "ada"]
        answer = await desk.ask("erase", session=session, why="She asked.")
        assert answer.erased == 3
        assert "canary" not in everything(store)
        seq = node.hall.rooms[world.world].follower.state.position.seq
        for hall in (node.hall, other.hall):
            follower = hall.rooms[world.world].follower
            state = follower.state
            assert await follower.until(lambda state=state: state.position.seq >= seq, 5)
            kept = [step.commit.texts for step in follower.newest_steps(2_000)]
            assert "canary" not in str((follower.texts, kept))
            assert "what Ben said" in str((follower.texts, kept))
        late = other.phone()
        await late.ask("enter", world=world.world, as_="player", role="guest")
        ben.hang_up()
        back = await again(ben, other, world.world)
        looks = [await elsewhere.ask("look", seq=seq, eyes="ben") for seq in (4, 5, 6, 7)]
        told = str((late.heard, back.heard, looks, (await elsewhere.ask("history")).history))
        assert "canary" not in told
        assert "what Ben said" in told
        assert [m.name for m in (await elsewhere.ask("people")).people if m.session == session] == [
            ""
        ]


async def test_nothing_is_noted_of_somebody_who_never_was() -> None:
    async with house() as node:
        desk = await at_desk(node, await node.world())
        before = await tail_of(desk)
        assert (await desk.ask("erase", session="nobody")).code == "no_session"
        assert await tail_of(desk) == before


def everything(store: MemoryStore) -> str:
    """Return all that a store holds of its worlds, as text."""
    worlds = store._worlds.values()
    return repr([(one.card, one.log, one.texts, one.inbox, one.status) for one in worlds])


async def again(phone: Phone, node: House, world: str) -> Phone:
    """Come back on a new line, at another node."""
    (entered,) = [m for m in phone.heard if isinstance(m, wire.Entered)]
    back = node.phone()
    answer = await back.ask(
        "resume", world=world, session=entered.session, secret=entered.secret,
        epoch=entered.position[0], seq=entered.position[1],
    )  # fmt: skip
    assert isinstance(answer, wire.Entered), answer
    return back
