"""Parts of packs are made once for each pack."""

import dataclasses

from support.packs import expo, starter

from dreamsync_server.world.model import Pack
from dreamsync_server.world.sharing import PACKS_SHARED_MAX, per_pack


def test_worlds_of_one_pack_share_a_part_and_those_of_others_do_not() -> None:
    made: list[str] = []
    part_of = per_pack(lambda pack: made.append(pack.id) or [pack.id])
    assert part_of(starter()) is part_of(starter())
    assert part_of(expo()) is not part_of(starter())
    changed = dataclasses.replace(starter(), texts={"en": {}})
    assert part_of(changed) is not part_of(starter())
    assert made == ["starter", "expo", "starter", "starter"]


def test_only_so_many_packs_are_kept() -> None:
    made: list[str] = []

    def note(pack: Pack) -> int:
        made.append(pack.hash)
        return len(made)

    part_of = per_pack(note)
    packs = [dataclasses.replace(starter(), hash=str(k)) for k in range(PACKS_SHARED_MAX + 1)]
    for pack in (*packs, packs[0]):
        part_of(pack)
    assert made.count("0") == 2
