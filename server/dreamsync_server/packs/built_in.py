"""The facts that every pack has without declaring them."""

from collections.abc import Iterator

from dreamsync_server.limits import NAME_CHARS_MAX
from dreamsync_server.packs.names import NOWHERE, Names
from dreamsync_server.world.memory import NUDGE_CAP_MAX, TEMPERAMENTS, TENSION_MAX
from dreamsync_server.world.model import About, Choice, FactDecl, Place, Role, Thing, Type
from dreamsync_server.world.values import Value

NO_PLACE = Place("", 0, 0)
HELD = ("nobody", "player", "understudy")

_COUNT = Type("int", 0, 10**13)  # also a world time in ms: some 300 years
_UNTIL = Type("int", -1, 10**13)


def world_facts(names: Names) -> Iterator[FactDecl]:
    """Yield what is about the story: chapter, ending, paused, cues, deeds."""
    chapters = names.chapters or ("",)
    yield _decl("chapter", Type("choice", choices=chapters), chapters[0], ("all",))
    yield _decl("ending", Type("choice", choices=("", *names.endings)), "", ("all",))
    yield _decl("paused", Type("bool"), False, ("all",))
    for beat in names.beats:
        yield _decl(f"cued.{beat}", _COUNT, 0, ("desk",))
    for action in names.actions:
        yield _decl(f"did.{action}", _COUNT, 0, ("desk",))


def director_facts(cast: tuple[str, ...], names: Names) -> Iterator[FactDecl]:
    """Yield what the director remembers, for the desk: tension, spotlight, what it heads for.

    `cast` are the roles it looks after.
    """
    desk = ("desk",)
    for role in cast:
        tension = Type("int", 0, TENSION_MAX)
        yield FactDecl(f"director.tension.{role}", "world", (), tension, 0, desk, 0, True, NO_PLACE)
        yield _decl(f"director.lead.{role}", _COUNT, 0, desk)
        yield _decl(f"director.background.{role}", Type("bool"), False, (f"role:{role}",))
    yield _decl("director.heading", Type("choice", choices=("", *names.endings)), "", desk)
    yield _decl("director.standby", Type("bool"), False, desk)
    yield _decl("director.temperament", Type("choice", choices=("", *TEMPERAMENTS)), "", desk)
    yield _decl("director.nudge_cap", Type("int", -1, NUDGE_CAP_MAX), -1, desk)


def role_facts(roles: dict[str, Role], names: Names, whereabouts: str) -> Iterator[FactDecl]:
    """Yield scene, held and player of every role, and of the seats of chorus roles.

    `whereabouts` is who sees where a role is: `scene` or `all`.
    """
    scenes = Type("choice", choices=(*names.scenes, NOWHERE))
    held = Type("choice", choices=HELD)
    player = Type("text", size_max=NAME_CHARS_MAX)
    for role in roles.values():
        of = (role.id,)
        about: About = "seat" if role.seats else "role"
        seen = ("self",) if role.seats else (whereabouts,)
        yield FactDecl("scene", about, of, scenes, role.scene, seen, 0, False, NO_PLACE)
        yield FactDecl("held", about, of, held, "nobody", ("all",), 0, False, NO_PLACE)
        yield FactDecl("player", about, of, player, "", ("all",), 0, False, NO_PLACE)


def thing_facts(things: dict[str, Thing], names: Names) -> Iterator[FactDecl]:
    """Yield who holds each thing, visible as the thing itself is."""
    type_ = Type("choice", choices=names.holders)
    for thing in things.values():
        of = (thing.id,)
        yield FactDecl(
            "holder", "thing", of, type_, thing.holder, thing.visible, 0, False, NO_PLACE
        )


def clock_fact(clock: str, visible: tuple[str, ...]) -> FactDecl:
    """Return the world time at which a clock ends, 0 while it does not run."""
    return _decl(f"clock.{clock}", _COUNT, 0, visible)


def choice_facts(choice: Choice) -> Iterator[FactDecl]:
    """Yield until when a choice is open and what was chosen."""
    seen = (f"role:{choice.role}",)
    yield _decl(f"choice.{choice.id}", _UNTIL, 0, seen)
    answers = Type("choice", choices=("", *choice.options))
    yield _decl(f"chose.{choice.id}", answers, "", seen)


def is_built_in(decl: FactDecl) -> bool:
    """Return whether a fact is there without being declared."""
    return decl.place == NO_PLACE


def _decl(name: str, type_: Type, start: Value, visible: tuple[str, ...]) -> FactDecl:
    return FactDecl(name, "world", (), type_, start, visible, 0, False, NO_PLACE)
