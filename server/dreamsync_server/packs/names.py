"""All ids of a pack by sort, so that whatever names one is checked before anything is built."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dreamsync_server.packs.faults import Faults, alike
from dreamsync_server.packs.shape import read_leaves
from dreamsync_server.packs.yaml import Leaf, Node

NOWHERE = "nowhere"
NOBODY = "nobody"
BUILT_IN_SETS = ("roles", "cast", "scenes", "things")


@dataclass(frozen=True, slots=True)
class Names:
    """Ids in the authors' order. `sets` gives members, `sort_of_set` roles, scenes or things."""

    roles: tuple[str, ...]  # all, chorus roles too
    chorus: tuple[str, ...]
    cast: tuple[str, ...]  # those a player may take, without chorus roles
    scenes: tuple[str, ...]
    things: tuple[str, ...]
    sets: Mapping[str, tuple[str, ...]]
    sort_of_set: Mapping[str, str]
    actions: tuple[str, ...]
    laws: tuple[str, ...]
    beats: tuple[str, ...]  # endings too
    endings: tuple[str, ...]
    chapters: tuple[str, ...]
    clocks: tuple[str, ...]
    choices: tuple[str, ...]
    options: tuple[str, ...]  # `<choice>.<option>`
    grammars: tuple[str, ...]

    @property
    def persons(self) -> tuple[str, ...]:
        """Roles with one seat: all but chorus roles."""
        return tuple(role for role in self.roles if role not in self.chorus)

    @property
    def holders(self) -> tuple[str, ...]:
        """What `<thing>.holder` may be."""
        return (*self.persons, *self.scenes, NOBODY)

    def of(self, sort: str) -> tuple[str, ...]:
        """Return the ids of a sort (`roles`, `persons`, `scenes`, ...)."""
        found: tuple[str, ...] = getattr(self, sort)
        return found

    def find(self, leaf: Leaf, sort: str, what: str, faults: Faults) -> str | None:
        """Return the id that a scalar names, or None behind a fault."""
        known = self.of(sort)
        if leaf.text in known:
            return leaf.text
        if leaf.text not in faults.broken:
            singular = "role" if sort == "persons" else sort.removesuffix("s")
            said = f"{what}: there is no {singular} '{leaf.text}'"
            if sort == "persons" and leaf.text in self.chorus:
                said = f"{what}: '{leaf.text}' is a chorus role, and one person is wanted"
            faults.add("unknown_id", leaf.place, said, alike(leaf.text, known))
        return None

    def find_all(
        self, leaves: Iterable[Leaf], sort: str, what: str, faults: Faults
    ) -> tuple[str, ...]:
        """Return the ids that scalars name; each may also be a set of them. Each id once."""
        found: dict[str, None] = {}
        base = "roles" if sort in ("persons", "chorus") else sort
        for leaf in leaves:
            if leaf.text in self.sets and leaf.text not in self.of(sort):
                if self.sort_of_set[leaf.text] == base:
                    found.update(dict.fromkeys(self.sets[leaf.text]))
                else:
                    said = f"{what}: '{leaf.text}' is a set of {self.sort_of_set[leaf.text]}"
                    faults.add("wrong_sort", leaf.place, f"{said}, not of {base}")
                continue
            known = (*self.of(sort), *self.sets)
            if leaf.text not in self.of(sort) and alike(leaf.text, known) in self.sets:
                said = f"{what}: there is no {base.removesuffix('s')} or set '{leaf.text}'"
                faults.add("unknown_id", leaf.place, said, alike(leaf.text, known))
                continue
            one = self.find(leaf, sort, what, faults)
            if one is not None:
                found[one] = None
        return tuple(found)

    def members(self, node: Node, sort: str, what: str, faults: Faults) -> tuple[str, ...]:
        """Return the ids of a list, of a set, or a single one."""
        leaves = read_leaves(node, what, f"ids of {sort}", faults)
        return self.find_all(leaves, sort, what, faults)


def find_sort(leaf: Leaf, names: Names) -> str | None:
    """Return which of roles, scenes and things an id is of."""
    for sort in ("roles", "scenes", "things"):
        if leaf.text in names.of(sort):
            return sort
    return None
