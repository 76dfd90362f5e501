"""How a line begins: what is said in hello, enter and resume. Pure."""

from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from dreamsync.errors import UsageError
from dreamsync.protocol import bounds
from dreamsync.protocol.cards import As
from dreamsync.protocol.fields import wire_map
from dreamsync.protocol.messages import client_message

_SORTS: Final = ("bool", "constrained-int", "constrained-str")


@dataclass(frozen=True, slots=True)
class Greeting:
    """What is said in hello: the program's name, the wanted language, an operator's token."""

    client: str
    lang: str
    token: str | None = None

    def hello(self) -> dict[str, Any]:
        """Return the hello to send."""
        return checked(
            {
                "type": "hello",
                "v": bounds.VERSION,
                "client": self.client,
                "lang": self.lang,
                "token": self.token,
            }
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """Which world to enter, and as what."""

    world: str
    as_kind: As
    role: str | None = None
    name: str | None = None
    invite: str | None = None
    token: str | None = None

    def enter(self, q: int) -> dict[str, Any]:
        """Return the enter to send."""
        return checked(
            {
                "type": "enter",
                "q": q,
                "world": self.world,
                "as": self.as_kind,
                "role": self.role,
                "name": self.name,
                "invite": self.invite,
                "token": self.token,
            }
        )

    def resume(self, q: int, identity: "Identity", position: tuple[int, int]) -> dict[str, Any]:
        """Return the resume to send, from the last position that was received."""
        return checked(
            {
                "type": "resume",
                "q": q,
                "world": self.world,
                "session": identity.session,
                "secret": identity.secret,
                "epoch": position[0],
                "seq": position[1],
            }
        )


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a session is to the server; with the secret it can be taken over."""

    session: str
    secret: str


def checked(plain: dict[str, Any]) -> dict[str, Any]:
    """Return a message's map as it is sent; a field that is None is left out.

    Raises:
        UsageError: it breaks the protocol's bounds; the program's fault.
    """
    try:
        return wire_map(
            client_message({key: item for key, item in plain.items() if item is not None})
        )
    except ValidationError as error:
        raise UsageError("bad_message", f"{plain['type']}: {_told(error)}") from None


def _told(error: ValidationError) -> str:
    """Return where a message is wrong, and how, for who wrote the program."""
    faults = error.errors(include_url=False, include_context=False)
    first = next((one for one in faults if not one["type"].endswith("_type")), None)
    if first is not None:
        return f"{_where(first['loc'])}: {first['msg']}"
    first = faults[0]
    where = _where(first["loc"])
    if sum(_where(one["loc"]) == where for one in faults) > 1:  # several sorts, and none fits
        return f"{where}: Input should be text, a whole number, or true or false"
    return f"{where}: {first['msg']}"


def _where(loc: tuple[int | str, ...]) -> str:
    """Return a place in a message without the names that pydantic gives to sorts of values."""
    return ".".join(str(part) for part in loc[1:] if part not in _SORTS)
