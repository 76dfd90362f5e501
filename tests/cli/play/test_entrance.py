"""The way in: what was not said is asked for."""

from collections.abc import Iterable

import pytest

import dreamsync
from dreamsync_server.cli.links import Link
from dreamsync_server.cli.play.entrance import Entrance
from dreamsync_server.errors import OperatorError


class Person:
    """Answers what is asked, in order; `told` is what was written."""

    def __init__(self, answers: Iterable[str] = ()) -> None:
        self._answers = iter(answers)
        self.told = ""

    async def read(self) -> str | None:
        return next(self._answers, None)

    def write(self, text: str) -> None:
        self.told += text + "\n"


def _door(dream: dreamsync.Dream, person: Person) -> Entrance:
    return Entrance(dream, person.read, person.write)


async def test_with_one_public_world_only_role_and_name_are_asked(
    dream: dreamsync.Dream, url: str
) -> None:
    world = await dream.create_world("starter", private=False)
    person = Person(["x", "2", "Bo"])
    player = await _door(dream, person).come_in(Link(url), "", "", "")
    assert (player.world.id, player.role) == (world.id, "ben")
    assert [one.name for one in await player.people()] == ["Bo"]
    assert "Type a number from 1 to 3." in person.told


async def test_a_link_and_a_typed_code_lead_into_a_private_world(
    dream: dreamsync.Dream, url: str
) -> None:
    world = await dream.create_world("starter", private=True)
    by_link = Link(url, world.id, world.invite)
    ada = await _door(dream, Person()).come_in(by_link, "", "ada", "Ari")
    ben = await _door(dream, Person()).come_in(Link(url), world.code.lower(), "Ben", "Bo")
    assert (ada.role, ben.role, ben.world.id) == ("ada", "ben", world.id)


async def test_among_several_worlds_one_is_picked(dream: dreamsync.Dream, url: str) -> None:
    await dream.create_world("starter", private=False, title="First")
    await dream.create_world("starter", private=False, title="Second")
    listed = [world.title for world in await dream.worlds()]
    answer = str(listed.index("Second") + 1)
    player = await _door(dream, Person([answer])).come_in(Link(url), "", "ada", "Ari")
    assert player.world.title == "Second"


async def test_a_role_that_is_played_is_not_offered(dream: dreamsync.Dream, url: str) -> None:
    world = await dream.create_world("starter", private=False)
    await dream.enter(world.id, role="ada", name="Ari")
    person = Person(["1", "Bo"])
    player = await _door(dream, person).come_in(Link(url), "", "", "")
    assert player.role == "ben"
    assert "Ada:" not in person.told


async def test_where_nothing_is_to_be_had_it_is_said(dream: dreamsync.Dream, url: str) -> None:
    door = _door(dream, Person())
    with pytest.raises(OperatorError, match="no public world is open there"):
        await door.come_in(Link(url), "", "ada", "Ari")
    world = await dream.create_world("starter", private=False)
    with pytest.raises(OperatorError, match="no role 'zoe' to play here: it has ada, ben, guest"):
        await door.come_in(Link(url, world.id), "", "zoe", "Ari")
    with pytest.raises(OperatorError, match="nobody answers"):
        await door.come_in(Link(url, world.id), "", "ada", "")
    with pytest.raises(dreamsync.RefusedError):
        await door.come_in(Link(url, "nope"), "", "ada", "Ari")
