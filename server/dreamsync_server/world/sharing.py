"""What is worked out once for a pack and serves all its worlds in this process."""

from collections.abc import Callable
from functools import lru_cache
from typing import Final, TypeVar

from dreamsync_server.world.model import Pack

Part = TypeVar("Part")

PACKS_SHARED_MAX: Final = 64  # packs whose parts are kept; beyond: those unused for longest go


class _Same:
    """A pack, equal to itself alone: comparing contents would cost more than what is shared."""

    __slots__ = ("pack",)

    def __init__(self, pack: Pack) -> None:
        self.pack = pack

    def __hash__(self) -> int:
        return hash(self.pack.hash)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.pack is other.pack


def per_pack(make: Callable[[Pack], Part]) -> Callable[[Pack], Part]:
    """Return `make`, called once for each pack in memory; what it makes depends on no world."""

    @lru_cache(maxsize=PACKS_SHARED_MAX)
    def made(key: _Same) -> Part:
        return make(key.pack)

    return lambda pack: made(_Same(pack))
