"""A world that was opened, with what leads into it."""

from dataclasses import dataclass

from dreamsync.protocol.server_messages import Created


@dataclass(frozen=True, slots=True)
class World:
    """A world you opened. The secrets are said once: keep them.

    `invite` lets people into a private world (it goes behind the # of a link), `code` is the same
    for typing; both are "" for a public one. `desk_token` opens its desk.
    """

    id: str
    invite: str
    code: str
    desk_token: str


@dataclass(frozen=True, slots=True)
class Class:
    """A class you opened: several worlds under one link, one code and one desk token.

    `invite` goes behind the # of the class's link, `code` is for typing: either leads each who
    comes to one of `worlds`. `desk_token` opens the desk of every one of them.
    """

    id: str
    worlds: tuple[str, ...]
    invite: str
    code: str
    desk_token: str


def class_of(made: Created) -> Class:
    """Return the class that the server says it made."""
    ids = made.worlds or ()
    return Class(made.world, ids, made.invite or "", made.code or "", made.desk_token)


def world_of(made: Created) -> World:
    """Return the world that the server says it made."""
    return World(made.world, made.invite or "", made.code or "", made.desk_token)
