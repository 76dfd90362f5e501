"""Times: how often something of a pack can happen in one run, at most, and what that adds up to.

An action may be bounded for each actor, a beat and a nudge for the run; a law may be once. Where
all that adds to a fact is bounded, so is the fact, whatever the end of its range.
"""

from collections.abc import Callable

from dreamsync_server.story.ways import Trigger, Way, Ways
from dreamsync_server.world.intervals import Interval
from dreamsync_server.world.model import Pack
from dreamsync_server.world.state import role_of

Happens = Callable[[int], bool]
"""Whether a way, by its index, can happen at all."""
By = Callable[[Way], Interval | None]
"""All that a way can add or set, as far as is known now."""


def times_at_most(pack: Pack, ways: Ways, trigger: Trigger) -> int | None:
    """Return how often a trigger can happen in a run; None where nothing bounds it.

    Each spelled seat of a chorus stands for all of them, however many are spelled. Combinations of
    an action's parameters share its bound: whoever adds them up counts them once.
    """
    match trigger.kind:
        case "start":
            return 1
        case "act":
            seats = pack.roles[role_of(trigger.seat)].seats or 1
            return pack.actions[trigger.id].times_max * seats or None
        case "cue":
            return pack.beats[trigger.id].times_max or None
        case "nudge":
            return pack.nudges[trigger.id].times_max or None
        case "law":
            return 1 if pack.laws[trigger.id].is_once else None
        case "clock":
            clock = pack.clocks[trigger.id]
            starts = any(ways.ways[n].kind == "run" for n in ways.of.get(f"clock.{clock.id}", ()))
            return None if clock.repeats or starts or not clock.starts_at_once else 1
        case "go" | "choose" | "default":
            return None


def sum_of(pack: Pack, ways: Ways, target: str, happens: Happens, by: By) -> Interval | None:
    """Return how far everything together can move a fact from what it is set to; None: any far."""
    most: dict[tuple[str, str, str], tuple[int, int]] = {}  # by what it is of: down, up
    for number, (low, high) in _each_time(ways, target, happens, by).items():
        trigger = ways.triggers[number]
        times = times_at_most(pack, ways, trigger)
        if times is None and (low or high):
            return None
        role = pack.roles.get(role_of(trigger.seat))
        is_chorus = role is not None and role.seats > 0
        key = (trigger.kind, trigger.id, role_of(trigger.seat) if is_chorus else trigger.seat)
        down, up = most.get(key, (0, 0))
        most[key] = (min(down, low * (times or 0)), max(up, high * (times or 0)))
    return Interval(sum(down for down, _ in most.values()), sum(up for _, up in most.values()))


def _each_time(ways: Ways, target: str, happens: Happens, by: By) -> dict[int, tuple[int, int]]:
    """Return how far each trigger, by its index, moves a fact each time: down and up."""
    found: dict[int, tuple[int, int]] = {}
    for number in ways.of.get(target, ()):
        way = ways.ways[number]
        if way.kind != "add" or not happens(number):
            continue
        known = by(way)
        if known is None:
            continue
        down, up = found.get(way.trigger, (0, 0))
        found[way.trigger] = (down + min(0, known.low), up + max(0, known.high))
    return found
