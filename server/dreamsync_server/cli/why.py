"""`dreamsync why`: what keeps a beat from being cued now, and how near it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dreamsync_server.cli.commits import plain_value, shown
from dreamsync_server.cli.stored import Found, world_in
from dreamsync_server.cli.telling import print_json
from dreamsync_server.clock import SystemClock
from dreamsync_server.errors import OperatorError
from dreamsync_server.gateway.wording import Words
from dreamsync_server.packs.effect_tree import changed_by, walk_effects
from dreamsync_server.packs.faults import alike
from dreamsync_server.store.reading import load_state
from dreamsync_server.story.choosing import PROBE, candidates
from dreamsync_server.world.cues import refusal_of_cue, times_cued
from dreamsync_server.world.effects import Effect
from dreamsync_server.world.model import Beat, Pack
from dreamsync_server.world.state import State, as_tuple
from dreamsync_server.world.trace import distance, trace

_REFUSED: Final = {
    "ok": "",
    "condition": "its condition does not hold.",
    "not_now": "it belongs to another chapter.",
    "spent": "it was cued as often as it may be.",
    "not_allowed": "it is for a person at the desk to cue, not for the director.",
}
_BUILT_IN: Final = {"chose": "choice", "choice": "choice", "cued": "beat", "did": "action"}


@dataclass(frozen=True, slots=True)
class Why:
    """The answer. `code` is what the director's cue would be answered with; `refusal` in words."""

    beat: Beat
    title: str
    code: str
    refusal: str
    cued: int
    away: int
    leaves: tuple[dict[str, Any], ...]
    rivals: tuple[str, ...]  # best first, this beat among them where it may be cued

    def as_plain(self) -> dict[str, Any]:
        """Return the answer as plain values."""
        return {
            "beat": self.beat.id,
            "title": self.title,
            "code": self.code,
            "text": self.refusal,
            "cued": self.cued,
            "times": self.beat.times_max,
            "chapters": list(self.beat.chapters),
            "away": self.away,
            "leaves": list(self.leaves),
            "could_be_cued": list(self.rivals),
        }


async def why(world: str, beat: str, store: str, data: Path, *, is_json: bool = False) -> int:
    """Print why a beat can or cannot be cued now.

    Raises:
        OperatorError: no such world or beat.
    """
    async with world_in(store, data, world) as found:
        asked = found.pack.beats.get(beat)
        if asked is None:
            near = alike(beat, found.pack.beats)
            hint = f"did you mean {near!r}?" if near else f"it has {', '.join(found.pack.beats)}"
            raise OperatorError(f"there is no beat {beat!r} in {found.pack.id}: {hint}")
        state = await load_state(found.store, found.card.world, found.pack)
        now_ms = await _world_ms(found, state)
    with state.facts.seen_at(now_ms):
        answer = explain(found.pack, state, asked)
    if is_json:
        print_json(answer.as_plain())
    else:
        print(told(answer, found.pack))
    return 0


def explain(pack: Pack, state: State, beat: Beat) -> Why:
    """Return why a beat can or cannot be cued by the director, as the facts are."""
    facts, words = state.facts, Words(pack, "")
    refusal = refusal_of_cue(pack, facts, beat, PROBE)
    code, given = refusal if refusal is not None else ("ok", ())
    leaves = []
    if beat.when is not None:
        for leaf in trace(beat.when, facts, {}).leaves:
            by = sorted({one for name, _ in leaf.facts for one in changers(pack, name)})
            leaves.append(
                {
                    "text": leaf.text,
                    "holds": leaf.is_true == leaf.is_wanted,
                    "facts": {name: plain_value(value) for name, value in leaf.facts},
                    "changed_by": by,
                }
            )
    return Why(
        beat,
        words.text(f"{'ending' if beat.is_ending else 'beat'}.{beat.id}.title"),
        code,
        _REFUSED.get(code) or words.refusal(code, dict(given)),
        times_cued(facts, beat.id),
        0 if beat.when is None else distance(beat.when, facts, {}),
        tuple(leaves),
        tuple(one.beat for one in candidates(pack, facts)),
    )


def changers(pack: Pack, name: str) -> list[str]:
    """Return what can change a fact: `action draw`, `law dusk`, `beat knock`, `clock bedtime`."""
    parts: list[tuple[str, Sequence[Effect]]] = []
    parts += ((f"action {a.id}", a.effects) for a in pack.actions.values())
    parts += ((f"law {law.id}", law.effects) for law in pack.laws.values())
    parts += ((f"beat {b.id}", b.effects) for b in pack.beats.values())
    parts += ((f"clock {c.id}", c.effects) for c in pack.clocks.values())
    for choice in pack.choices.values():
        parts += ((f"choice {choice.id}", option.effects) for option in choice.options.values())
    found = [
        label
        for label, effects in parts
        if any(name in changed_by(effect) for effect in walk_effects(tuple(effects)))
    ]
    first, _, rest = name.partition(".")
    if first in _BUILT_IN and rest:
        found.append(f"{_BUILT_IN[first]} {rest}")
    elif rest == "scene":
        found.append("walking there")
    return found


def told(answer: Why, pack: Pack) -> str:
    """Return the answer for a person."""
    beat = answer.beat
    name = f"{beat.id} (“{answer.title}”)" if answer.title else beat.id
    lines = [_verdict(answer, name)]
    times = f"{answer.cued} of at most {beat.times_max}" if beat.times_max else str(answer.cued)
    lines.append(f"  cued so far: {times}")
    if beat.chapters:
        lines.append(f"  in chapters: {', '.join(beat.chapters)}")
    if answer.leaves:
        lines.append("  it wants:")
    for leaf in answer.leaves:
        facts = ", ".join(f"{fact} = {_value(value)}" for fact, value in leaf["facts"].items())
        lines.append(f"    {'✓' if leaf['holds'] else '✗'} {leaf['text']}")
        if facts:
            lines.append(f"        now {facts}")
        if not leaf["holds"] and leaf["changed_by"]:
            lines.append(f"        changed by {_some(leaf['changed_by'])}")
    if answer.away:
        lines.append(f"  {answer.away} away from true (a number counts its gap, all else is 1)")
    others = [one for one in answer.rivals if one != beat.id]
    if others:
        lines.append(f"  could be cued now: {_some(list(answer.rivals))}")
    return "\n".join(lines)


def _verdict(answer: Why, name: str) -> str:
    if answer.code != "ok":
        return f"{name} cannot be cued now: {answer.refusal} [{answer.code}]"
    if answer.rivals and answer.rivals[0] != answer.beat.id:
        return f"{name} can be cued now; the director would take {answer.rivals[0]} first."
    return f"{name} can be cued now, and the director would take it next."


def _some(names: list[str], most: int = 6) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _value(value: Any) -> str:
    return shown(tuple(value)) if isinstance(value, list) else shown(value)


async def _world_ms(found: Found, state: State) -> int:
    """Return world time now: what the log and the last hint say, and what ran since."""
    if not state.facts or not state.is_running():
        return state.world_ms
    hint = await found.store.status(found.card.world)
    hinted = int(hint.get("world_ms", 0)), int(hint.get("at_ms", 0))
    world_ms, at_ms = max((state.world_ms, state.at_ms), hinted)
    speed = as_tuple(state.facts["@world"])[2]
    elapsed_ms = max(0, SystemClock().now_ms() - at_ms)
    return world_ms + elapsed_ms * speed // 1000 if hint.get("awake") else world_ms
