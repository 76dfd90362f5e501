"""A short night on a node with a real store, for the tests of the commands about the past."""

from dataclasses import dataclass
from pathlib import Path

import dreamsync
from dreamsync_server.cli.assembly import Node
from dreamsync_server.cli.export import export

WORDS = "the canary sings"


@dataclass(frozen=True, slots=True)
class Night:
    """A world that was played, and the seq at which Ada had whispered."""

    world: dreamsync.World
    whispered: int
    tail: int


async def night(node: Node, words: str = WORDS, name: str = "Ari") -> Night:
    """Play a little: Ada whispers to Ben and promises, Ben makes tea."""
    async with dreamsync.connect(f"ws://127.0.0.1:{node.port}") as dream:
        world = await dream.create_world("starter", seed=7, understudies=False, title="A night")
        ada = await dream.enter(world.id, role="ada", name=name, invite=world.invite)
        ben = await dream.enter(world.id, role="ben", name="Bo", invite=world.invite)
        said = await ada.act("whisper", who="ben", words=words)
        assert (await ada.act("promise", words=f"{words} twice")).ok
        last = await ben.act("make_tea")
        assert last.ok
    return Night(world, said.position[1], last.position[1])


async def exported(
    node: Node, store: str, folder: Path, words: str = WORDS, name: str = "Ari"
) -> tuple[Night, Path]:
    """Play a night and export it."""
    played = await night(node, words, name)
    file = folder / "night.dream"
    assert await export(played.world.id, store, Path(), out=file) == 0
    return played, file
