"""Joins the parts of a pack: from its sections to the frozen whole, with every check."""

from collections.abc import Mapping
from dataclasses import replace

from dreamsync_server.packs import built_in, facts, people, scenes, story, texts, timers
from dreamsync_server.packs.actions import build_actions
from dreamsync_server.packs.context import Context
from dreamsync_server.packs.effects import read_effects
from dreamsync_server.packs.faults import Faults
from dreamsync_server.packs.grammars import build_grammars
from dreamsync_server.packs.header import Header, read_header
from dreamsync_server.packs.names import Names
from dreamsync_server.packs.nudges import build_nudges
from dreamsync_server.packs.sections import Sections
from dreamsync_server.world.model import Choice, Fact, FactDecl, Law, Pack, Role, Thing
from dreamsync_server.world.scope import Scope, Slot

_CHANGED_BY: Mapping[str, str] = {
    "scene": "where a role is changes by the effect 'move'",
    "holder": "who holds a thing changes by the effect 'give'",
    "chapter": "the chapter changes by the effect 'chapter'",
    "ending": "the world ends by the effect 'end'",
    "clock": "a clock changes by 'start', 'stop' and 'hurry'",
    "choice": "a choice is put by the effect 'offer'",
    "chose": "what is chosen is its role's answer",
}


def build_pack(sections: Sections, pack_hash: str, faults: Faults) -> tuple[Pack, Context]:
    """Build a pack; where `faults` grew it is not to be used, only to be checked further."""
    names = people.collect_names(sections, faults)
    header = read_header(sections, faults)
    roles = dict(people.build_roles(sections, names, faults))
    things = dict(people.build_things(sections, names, faults))
    clocks_seen = timers.declare_clocks(sections, names, faults)
    choices = timers.declare_choices(sections, names, faults)
    asked = [choice for choice, _ in choices.values()]
    declared = _declare(sections, names, header, roles, things, clocks_seen, asked, faults)
    context = _context(names, declared, faults)
    built_scenes = scenes.build_scenes(context, sections)
    actions = build_actions(context, sections)
    laws = story.build_laws(context, sections)
    pack = Pack(
        id=header.id,
        hash=pack_hash,
        languages=header.languages,
        roles=roles,
        scenes=built_scenes,
        things=things,
        sets=names.sets,
        decls=tuple(declared.decls),
        facts=declared.facts,
        seat_facts={role: declared.seats.get(role, {}) for role in names.chorus},
        aliases=declared.aliases,
        actions=actions,
        laws=laws,
        beats=story.build_beats(context, sections),
        chapters=story.build_chapters(sections, faults),
        clocks=timers.build_clocks(context, sections, clocks_seen),
        choices=timers.build_choices(context, choices),
        texts={},
        start_effects=read_effects(context, context.bound(), sections.head.get("start")),
        has_safety_pause=header.has_safety_pause,
        cue_gap_ms=header.cue_gap_ms,
        speed=header.speed,
        laws_reading=_laws_reading(laws),
        drift_laws=_drift_laws(laws, declared.facts),
        grammars=build_grammars(context, sections),
        nudges=build_nudges(context, sections),
        temperament=header.temperament,
        nudge_cap=header.nudge_cap,
        lead_within_ms=header.lead_within_ms,
        elsewhere=header.elsewhere,
        elsewhere_gap_ms=header.elsewhere_gap_ms,
        shares_when=context.condition(
            sections.head.get("shares_ending"), context.bound(), "'shares_ending' of the pack"
        ),
    )
    said = texts.build_texts(
        sections,
        header.languages,
        texts.needs_of(pack),
        texts.optional_keys(pack),
        context.said,
        faults,
    )
    return replace(pack, texts=said), context


def _declare(
    sections: Sections,
    names: Names,
    header: Header,
    roles: dict[str, Role],
    things: dict[str, Thing],
    clocks_seen: dict[str, tuple[str, ...]],
    asked: list[Choice],
    faults: Faults,
) -> facts.Facts:
    """Declare the built-in facts, then the pack's own."""
    declared = facts.Facts()
    decls: list[FactDecl] = [
        *built_in.world_facts(names),
        *built_in.role_facts(roles, names, header.whereabouts),
        *built_in.thing_facts(things, names),
        *built_in.director_facts(names.cast, names),
        *(built_in.clock_fact(clock, seen) for clock, seen in clocks_seen.items()),
    ]
    for choice in asked:
        decls.extend(built_in.choice_facts(choice))
    for decl in decls:
        declared.put(decl, names, faults)
    facts.declare_facts(sections, names, declared, faults)
    return declared


def _context(names: Names, declared: facts.Facts, faults: Faults) -> Context:
    slots = {name: _slot(fact.decl) for name, fact in declared.facts.items()}
    seats = {
        role: {name: _slot(decl) for name, decl in of_role.items()}
        for role, of_role in declared.seats.items()
    }
    changed = {
        name: _changed_by(fact.decl)
        for name, fact in declared.facts.items()
        if built_in.is_built_in(fact.decl)
    }
    for role, of_role in declared.seats.items():
        for name, decl in of_role.items():
            if built_in.is_built_in(decl):
                changed[f"{role}.*.{name}"] = _changed_by(decl)
    words = {word for name in (*slots, *declared.aliases) for word in name.split(".")}
    words.update(word for of_role in seats.values() for name in of_role for word in name.split("."))
    scope = Scope(
        facts=slots,
        seats=seats,
        aliases=declared.aliases,
        sets=names.sets,
        ids=(*names.roles, *names.scenes, *names.things),
        beats=names.beats,
        clocks=names.clocks,
    )
    return Context(faults, names, scope, frozenset(words), changed)


def _slot(decl: FactDecl) -> Slot:
    return Slot(decl.type, decl.can_drift)


def _changed_by(decl: FactDecl) -> str:
    first = decl.name.partition(".")[0]
    return _CHANGED_BY.get(first, f"'{decl.name}' is kept by the world itself")


def _laws_reading(laws: Mapping[str, Law]) -> Mapping[str, tuple[str, ...]]:
    """Index laws by the facts their conditions read, in the order of the laws."""
    index: dict[str, list[str]] = {}
    for law in laws.values():
        for name in sorted(law.when.reads):
            index.setdefault(name, []).append(law.id)
    return {name: tuple(ids) for name, ids in index.items()}


def _drift_laws(laws: Mapping[str, Law], by_name: Mapping[str, Fact]) -> tuple[str, ...]:
    """Return the laws that time alone can set off."""
    drifting = {name for name, fact in by_name.items() if fact.decl.can_drift}
    return tuple(law.id for law in laws.values() if not drifting.isdisjoint(law.when.reads))
