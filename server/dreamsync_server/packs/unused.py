"""What a pack declares and nothing in it uses."""

from dreamsync_server.packs.built_in import is_built_in
from dreamsync_server.packs.effect_tree import all_effects, changed_by, exprs_of
from dreamsync_server.packs.faults import Faults
from dreamsync_server.world import effects as fx
from dreamsync_server.world.model import Expr, FactDecl, Pack


def check_unused(pack: Pack, faults: Faults) -> None:
    """Warn of facts, clocks, choices and chapters that change nothing."""
    _check_facts(pack, faults)
    effects = list(all_effects(pack))
    started = {e.clock for e in effects if isinstance(e, fx.StartClock)}
    offered = {e.choice for e in effects if isinstance(e, fx.Offer)}
    turned = {e.chapter for e in effects if isinstance(e, fx.ToChapter)}
    for clock in pack.clocks.values():
        if clock.id not in started and not clock.starts_at_once:
            faults.add("unused", clock.place, f"nothing starts the clock '{clock.id}'")
    for choice in pack.choices.values():
        if choice.id not in offered:
            faults.add("unused", choice.place, f"nothing offers the choice '{choice.id}'")
    picked = {used for e in effects if isinstance(e, fx.Tell) for _, used in e.picks}
    picked.update(u for g in pack.grammars.values() for one in g.alternatives for u in one.uses)
    for grammar in pack.grammars.values():
        if grammar.id not in picked:
            faults.add("unused", grammar.place, f"nothing picks from the grammar '{grammar.id}'")
    for chapter in list(pack.chapters.values())[1:]:
        if chapter.id not in turned:
            faults.add("unused", chapter.place, f"nothing turns to the chapter '{chapter.id}'")


def _check_facts(pack: Pack, faults: Faults) -> None:
    read, changed = read_and_changed(pack)
    for decl in pack.decls:
        if is_built_in(decl):
            continue
        names = _names_of(pack, decl)
        is_read = not read.isdisjoint(names)
        is_changed = not changed.isdisjoint(names) or decl.rate != 0
        if not is_read and not is_changed:
            faults.add("unused", decl.place, f"nothing reads or changes the fact '{decl.name}'")
        elif not is_changed:
            what = f"nothing changes the fact '{decl.name}': it stays as it starts"
            faults.add("never_changes", decl.place, what)


def read_and_changed(pack: Pack) -> tuple[frozenset[str], frozenset[str]]:
    """Return the facts that expressions read, and those that effects change."""
    read: set[str] = set()
    changed: set[str] = set()
    for expr in _conditions(pack):
        read |= expr.reads
    for effect in all_effects(pack):
        changed.update(changed_by(effect))
        for expr in exprs_of(effect):
            read |= expr.reads
    return frozenset(read), frozenset(changed)


def _conditions(pack: Pack) -> list[Expr]:
    found = [way.when for scene in pack.scenes.values() for way in scene.exits]
    for action in pack.actions.values():
        found += [action.when, *(param.when for param in action.params)]
    found += [law.when for law in pack.laws.values()]
    found += [beat.when for beat in pack.beats.values()]
    found += [pack.shares_when, *(nudge.when for nudge in pack.nudges.values())]
    found += [o.when for choice in pack.choices.values() for o in choice.options.values()]
    found += [one.when for grammar in pack.grammars.values() for one in grammar.alternatives]
    return [when for when in found if when is not None]


def _names_of(pack: Pack, decl: FactDecl) -> list[str]:
    if decl.about == "seat":
        return [f"{role}.*.{decl.name}" for role in decl.of]
    return [name for name, fact in pack.facts.items() if fact.decl is decl]
