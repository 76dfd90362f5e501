"""A class: several worlds of one pack, opened together, with one link, one code and one desk."""

from typing import Annotated, Literal

from pydantic import Field

from dreamsync.protocol import bounds
from dreamsync.protocol.fields import Id, Number, Title, Token, WireModel, WorldId


class OpenClass(WireModel):
    """Open a class: `count` private worlds of a pack. Answer: `created`.

    There `world` is the class, `worlds` are its worlds, and `invite`, `code` and `desk_token` serve
    all of them. Whoever asks for the class's `card`, by its id or code, is given the card of the
    world with the fewest players that still has a free role, and enters that one. The worlds
    sleep until somebody comes.
    """

    type: Literal["open_class"]
    q: Number
    pack: Id
    count: Annotated[int, Field(ge=1, le=bounds.CLASS_WORLDS_MAX)]
    title: Title | None = None
    spectators: bool = False
    understudies: bool = True
    speed: Annotated[int, Field(ge=1, le=bounds.SPEED_MAX)] | None = None


class AskClass(WireModel):
    """Ask for the worlds of a class, with its desk token. Answer: `worlds`, without packs."""

    type: Literal["class"]
    q: Number
    world: WorldId
    token: Token


OfClasses = OpenClass | AskClass
"""What opens a class and asks after it."""
