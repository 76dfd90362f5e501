"""What is worked out once for a pack and serves all its worlds in this process."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Final, TypeVar

from dreamsync_server.world.model import Pack

Part = TypeVar("Part")

PACKS_SHARED_MAX: Final = 64  # packs whose parts are kept; beyond: those unused for longest go


def per_pack(make: Callable[[Pack], Part]) -> Callable[[Pack], Part]:
    """Return `make`, called once for each pack in memory; what it makes depends on no world."""
    kept: OrderedDict[str, tuple[Pack, Part]] = OrderedDict()  # by the pack's hash

    def part_of(pack: Pack) -> Part:
        known = kept.get(pack.hash)
        if known is not None and known[0] is pack:
            kept.move_to_end(pack.hash)
            return known[1]
        part = make(pack)
        kept[pack.hash] = (pack, part)
        while len(kept) > PACKS_SHARED_MAX:
            kept.popitem(last=False)
        return part

    return part_of
