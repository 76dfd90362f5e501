"""Who may see a fact: its class of audience atoms, and the atoms a viewer has.

Atoms: `all`, `scene:<id>`, `role:<id>`, `seat:<id>`, `session:<id>`, `desk`, `nobody`. A fact's
class is the sorted tuple of its atoms; a viewer sees it if they share one. The desk sees every
class but `nobody` and what is for one session.
"""

from collections.abc import Iterable

from dreamsync_server.world.model import Fact, FactDecl, Pack
from dreamsync_server.world.state import Facts, role_of, seat_decl

AudienceClass = tuple[str, ...]
Atoms = frozenset[str]

NOBODY: AudienceClass = ("nobody",)
ALL: AudienceClass = ("all",)
NOWHERE = "nowhere"


def is_system(name: str) -> bool:
    """Return whether a fact is the engine's own, seen by nobody."""
    return name.startswith("@")


def class_of(pack: Pack, facts: Facts, name: str) -> AudienceClass:
    """Return the class of a fact as the facts are now."""
    fact = pack.facts.get(name)
    if fact is not None:
        return _class_of_fact(pack, facts, fact)
    decl = None if is_system(name) else seat_decl(pack, name)
    if decl is None:
        return NOBODY
    seat = name[: -len(decl.name) - 1]
    return _joined(_atoms_of_seat_fact(facts, decl, seat))


def _class_of_fact(pack: Pack, facts: Facts, fact: Fact) -> AudienceClass:
    decl = fact.decl
    if len(decl.visible) == 1 and decl.visible[0] == "all":
        return ALL
    atoms: list[str] = []
    for rule in decl.visible:
        match rule:
            case "all" | "desk" | "nobody":
                atoms.append(rule)
            case "scene":
                atoms.extend(_scene_atoms(pack, facts, fact))
            case "self":
                atoms.append(f"role:{fact.about[0]}")
            case "both":
                atoms.extend(f"role:{role}" for role in fact.about)
            case "holder":
                atoms.extend(_holder_atoms(pack, facts, fact.about[0]))
            case _:
                atoms.append(rule)
    return _joined(atoms)


def _scene_atoms(pack: Pack, facts: Facts, fact: Fact) -> list[str]:
    about = fact.about[0]
    match fact.decl.about:
        case "scene":
            return [f"scene:{about}"]
        case "role":
            return _at(facts, about)
        case "thing":
            holder = str(facts[f"{about}.holder"])
            return _at(facts, holder) if holder in pack.roles else _lying(holder)
        case _:
            return []


def _holder_atoms(pack: Pack, facts: Facts, thing: str) -> list[str]:
    holder = str(facts[f"{thing}.holder"])
    return [f"role:{holder}"] if holder in pack.roles else _lying(holder)


def _atoms_of_seat_fact(facts: Facts, decl: FactDecl, seat: str) -> list[str]:
    atoms: list[str] = []
    for rule in decl.visible:
        if rule == "self":
            atoms.append(f"seat:{seat}")
        elif rule == "scene":
            atoms.extend(_at(facts, seat))
        else:
            atoms.append(rule)
    return atoms


def _at(facts: Facts, seat: str) -> list[str]:
    """The scene a role is in, and the role itself where it is in none."""
    scene = facts.get(f"{seat}.scene") or facts[f"{seat}.scene"]
    return [f"role:{seat}"] if scene == NOWHERE else [f"scene:{scene}"]


def _lying(holder: str) -> list[str]:
    return ["desk"] if holder == "nobody" else [f"scene:{holder}"]


def _joined(atoms: Iterable[str]) -> AudienceClass:
    found = sorted(set(atoms))
    if "all" in found:
        return ALL
    if len(found) > 1 and "nobody" in found:
        found.remove("nobody")
    return tuple(found) or NOBODY


def atoms_of_player(facts: Facts, seat: str, session: str) -> Atoms:
    """Return the atoms of who holds `seat`; of a session without one where it is ""."""
    if not seat:
        return frozenset(("all", f"session:{session}"))
    atoms = {"all", f"role:{role_of(seat)}", f"seat:{seat}", f"session:{session}"}
    scene = facts[f"{seat}.scene"]
    if scene != NOWHERE:
        atoms.add(f"scene:{scene}")
    return frozenset(atoms)


def atoms_of_watcher(pack: Pack, session: str) -> Atoms:
    """Return the atoms of a spectator: `all` and the scenes that the pack opens."""
    scenes = (f"scene:{s.id}" for s in pack.scenes.values() if s.is_watched)
    return frozenset({"all", f"session:{session}", *scenes})


def atoms_of_desk(session: str) -> Atoms:
    """Return the atoms of the desk (and of scripts, which have its rights)."""
    return frozenset(("all", "desk", f"session:{session}"))


def sees(atoms: Atoms, audience: AudienceClass) -> bool:
    """Return whether a viewer with `atoms` sees what is for `audience`."""
    if not atoms.isdisjoint(audience):
        return True
    if "desk" not in atoms:
        return False
    return not all(atom == "nobody" or atom.startswith("session:") for atom in audience)


class Dependents:
    """Which facts' classes hang on which facts; built once for a pack."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._of_role: dict[str, list[str]] = {role: [] for role in pack.roles}
        self._of_thing: dict[str, list[str]] = {thing: [] for thing in pack.things}
        self._things_by_scene: list[str] = []
        for fact in pack.facts.values():
            about, visible = fact.decl.about, fact.decl.visible
            if about == "role" and "scene" in visible:
                self._of_role[fact.about[0]].append(fact.name)
            if about == "thing" and ("scene" in visible or "holder" in visible):
                self._of_thing[fact.about[0]].append(fact.name)
                if "scene" in visible:
                    self._things_by_scene.append(fact.name)

    def of(self, name: str) -> list[str]:
        """Return the facts whose class may change when `name` changes, in the pack's order."""
        subject, _, last = name.rpartition(".")
        if last == "holder":
            return self._of_thing.get(subject, [])
        if last != "scene":
            return []
        if subject in self._of_role:
            return [*self._of_role[subject], *self._things_by_scene]
        decls = self._pack.seat_facts.get(role_of(subject), {})
        return [f"{subject}.{decl.name}" for decl in decls.values() if "scene" in decl.visible]
