"""Roles, things and the sets of ids declared over them and over scenes."""

from collections.abc import Iterator, Mapping

from dreamsync_server.limits import CHORUS_SEATS_MAX, ROLES_MAX, SCENES_MAX
from dreamsync_server.packs.faults import Faults, alike
from dreamsync_server.packs.names import BUILT_IN_SETS, NOBODY, NOWHERE, Names
from dreamsync_server.packs.sections import Entry, Sections
from dreamsync_server.packs.shape import Shape, read_int, read_leaves
from dreamsync_server.packs.visible import read_visible
from dreamsync_server.packs.yaml import Leaf, Row, Table
from dreamsync_server.world.model import Role, Thing

_LEANING_MAX = 1_000
LEANINGS_BUILT_IN = ("go", "wait")
"""What an understudy may lean toward besides actions and options: walking, doing nothing."""
_LIMITS = {"roles": ROLES_MAX, "things": SCENES_MAX, "scenes": SCENES_MAX}


def collect_names(sections: Sections, faults: Faults) -> Names:
    """Collect every id of a pack; the same id for two sorts of beings is a fault."""
    _refuse_shared_ids(sections, faults)
    for section, most in _LIMITS.items():
        entries = list(sections.entries(section))
        if len(entries) > most:
            faults.add("too_many", entries[most].key.place, f"more than {most} {section}")
    roles = sections.ids("roles")
    chorus = tuple(e.id for e in sections.entries("roles") if _says(e, "chorus") is not None)
    persons = tuple(role for role in roles if role not in chorus)
    closed = {e.id for e in sections.entries("roles") if _says(e, "open") is False}
    cast = tuple(role for role in persons if role not in closed)
    sets = {
        "roles": persons, "cast": cast,
        "scenes": sections.ids("scenes"), "things": sections.ids("things"),
    }  # fmt: skip
    sorts = {"roles": "roles", "cast": "roles", "scenes": "scenes", "things": "things"}
    _read_sets(sections, roles, sets, sorts, faults)
    return Names(
        roles=roles,
        chorus=chorus,
        cast=cast,
        scenes=sections.ids("scenes"),
        things=sections.ids("things"),
        sets=sets,
        sort_of_set=sorts,
        actions=sections.ids("actions"),
        laws=sections.ids("laws"),
        beats=(*sections.ids("beats"), *sections.ids("endings")),
        endings=sections.ids("endings"),
        chapters=sections.ids("chapters"),
        clocks=sections.ids("clocks"),
        choices=sections.ids("choices"),
        options=tuple(_options(sections)),
        grammars=sections.ids("grammars"),
    )


def _options(sections: Sections) -> Iterator[str]:
    """Yield every `<choice>.<option>`, as far as the shape of the choices lets it be seen."""
    for entry in sections.entries("choices"):
        options = entry.node.get("options") if isinstance(entry.node, Table) else None
        if isinstance(options, Table):
            yield from (f"{entry.id}.{key.text}" for key, _ in options.entries)


def build_roles(sections: Sections, names: Names, faults: Faults) -> Mapping[str, Role]:
    """Build the roles."""
    roles = {}
    for entry in sections.entries("roles"):
        shape = Shape(entry.node, f"role '{entry.id}'", faults)
        scene = shape.leaf("scene", "a scene", required=True)
        where = NOWHERE
        if scene is not None and scene.text != NOWHERE:
            where = names.find(scene, "scenes", shape.what, faults) or NOWHERE
        seats = shape.integer("chorus", 0, 1, CHORUS_SEATS_MAX)
        leanings = {}
        for key, node in shape.table("leanings"):
            known = key.text in names.options or key.text in LEANINGS_BUILT_IN
            what = f"leanings of {shape.what}"
            action = key.text if known else names.find(key, "actions", what, faults)
            weight = read_int(node, f"leaning '{key.text}'", faults, 0, _LEANING_MAX)
            if action is not None and weight is not None:
                leanings[action] = weight
        is_open = shape.flag("open", True)
        shape.close()
        roles[entry.id] = Role(entry.id, where, seats, leanings, is_open, entry.key.place)
    return roles


def build_things(sections: Sections, names: Names, faults: Faults) -> Mapping[str, Thing]:
    """Build the things."""
    things = {}
    for entry in sections.entries("things"):
        shape = Shape(entry.node, f"thing '{entry.id}'", faults)
        holder = NOBODY
        leaf = shape.leaf("holder", "a role, a scene or nobody")
        if leaf is not None:
            if leaf.text in names.holders:
                holder = leaf.text
            elif leaf.text not in faults.broken:
                what = f"{shape.what}: '{leaf.text}' is no role, scene or nobody"
                faults.add("unknown_id", leaf.place, what, alike(leaf.text, names.holders))
        visible = read_visible(shape, "thing", names)
        shape.close()
        things[entry.id] = Thing(entry.id, holder, visible, entry.key.place)
    return things


def _says(entry: Entry, key: str) -> object:
    node = entry.node.get(key) if isinstance(entry.node, Table) else None
    return node.value if isinstance(node, Leaf) else node


def _refuse_shared_ids(sections: Sections, faults: Faults) -> None:
    """Roles, scenes, things and sets share one name space, beats and endings another."""
    for together in (("roles", "scenes", "things", "sets"), ("beats", "endings")):
        first: dict[str, tuple[str, Entry]] = {}
        for section in together:
            for entry in sections.entries(section):
                if entry.id in first:
                    other, there = first[entry.id]
                    kind = other.removesuffix("s")
                    what = f"'{entry.id}' is a {kind} already, at {there.key.place}"
                    faults.add("given_twice", entry.key.place, what)
                else:
                    first[entry.id] = (section, entry)


def _read_sets(
    sections: Sections,
    roles: tuple[str, ...],
    sets: dict[str, tuple[str, ...]],
    sorts: dict[str, str],
    faults: Faults,
) -> None:
    known = {"roles": roles, "scenes": sets["scenes"], "things": sets["things"]}
    every = tuple(one for ids in known.values() for one in ids)
    for entry in sections.entries("sets"):
        what = f"set '{entry.id}'"
        if entry.id in BUILT_IN_SETS:
            faults.add("reserved_id", entry.key.place, f"the {what} is built in")
            continue
        members: dict[str, str] = {}
        leaves = read_leaves(entry.node, what, "ids of roles, scenes or things", faults)
        for leaf in leaves:
            sort = next((sort for sort, ids in known.items() if leaf.text in ids), None)
            first = next(iter(members.values()), sort)
            if sort is None:
                if leaf.text not in faults.broken:
                    said = f"{what}: there is no role, scene or thing '{leaf.text}'"
                    faults.add("unknown_id", leaf.place, said, alike(leaf.text, every))
            elif sort != first:
                said = f"{what} is of {first}, and '{leaf.text}' is one of the {sort}"
                faults.add("wrong_sort", leaf.place, said)
            else:
                members[leaf.text] = sort
        if isinstance(entry.node, Row) and not entry.node.items:
            faults.add("wrong_kind", entry.node.place, f"{what} has no members")
        sets[entry.id] = tuple(members)
        sorts[entry.id] = next(iter(members.values()), "roles")
