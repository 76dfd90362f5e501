"""`dreamsync why`, `whynot`, `whatif`: what keeps a beat from its cue, how near it is, what if."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from dreamsync_server.cli.commits import plain_value, shown
from dreamsync_server.cli.stored import Found, world_in
from dreamsync_server.cli.telling import print_json
from dreamsync_server.clock import SystemClock
from dreamsync_server.errors import OperatorError
from dreamsync_server.gateway.wording import Words
from dreamsync_server.limits import LOG_PAGE, LOG_WINDOW_COMMITS
from dreamsync_server.packs.faults import alike
from dreamsync_server.store.port import Store
from dreamsync_server.story.guide import Guide
from dreamsync_server.story.why import (
    Changed,
    Leaf,
    Why,
    asked_of,
    explain,
    last_changes,
    near_misses,
    what_if,
)
from dreamsync_server.world.commit import Commit
from dreamsync_server.world.model import Beat, Pack
from dreamsync_server.world.state import State, as_tuple

_REFUSED: Final = {
    "ok": "",
    "condition": "its condition does not hold.",
    "not_now": "it belongs to another chapter.",
    "spent": "it was cued as often as it may be.",
    "not_allowed": "it is for a person at the desk to cue, not for the director.",
    "held": "a person at the desk holds it, vetoed it, or directs alone.",
}


async def why(
    world: str,
    beat: str,
    store: str,
    data: Path,
    *,
    supposed: Sequence[str] = (),
    is_short: bool = False,
    is_json: bool = False,
) -> int:
    """Print why a beat can or cannot be cued now; `is_short` has the leaves that fail alone.

    `supposed` are `fact=value`: the answer is for a copy of the world in which they are so.

    Raises:
        OperatorError: no such world, beat or fact.
    """
    async with world_in(store, data, world) as found:
        asked = _beat(found.pack, beat)
        state = await found.state()
        if not state.position.seq:
            raise OperatorError("nothing has happened in this world yet: it waits for somebody")
        newest = await _newest(found.store, found.card.world, state)
        history = last_changes(newest, asked_of(asked), state.facts)
        now_ms = await _world_ms(found, state)
    given = _given(supposed)
    if given:
        state = _suppose(state, given)
    with state.facts.seen_at(now_ms):
        answer = explain(Guide(found.pack), state, asked, history, supposed=given.keys())
        near = near_misses(found.pack, state.facts)
    if is_json:
        print_json({**as_plain(answer, found.pack), "near": [one._asdict() for one in near]})
    else:
        print(told(answer, found.pack, is_short=is_short))
        if near and answer.code != "ok":
            print("  nearest now: " + _some([f"{n.beat} ({n.away} away)" for n in near]))
    return 0


def as_plain(answer: Why, pack: Pack) -> dict[str, Any]:
    """Return the answer as plain values."""
    choice = answer.choice
    return {
        "beat": answer.beat.id,
        "title": _title(answer, pack),
        "code": answer.code,
        "text": refusal(answer, pack),
        "cued": answer.cued,
        "times": answer.beat.times_max,
        "chapters": list(answer.beat.chapters),
        "away": answer.away,
        "leaves": [_plain_leaf(leaf) for leaf in answer.leaves],
        "could_be_cued": [
            {"beat": one.beat, "score": one.score, "points": dict(one.terms)}
            for one in choice.ranked
        ],
        "bar": choice.bar,
        "next": choice.beat.beat if choice.beat is not None else None,
        "tension": {"group": choice.mood.group, "wanted": choice.mood.wanted,
                    "phase": choice.mood.phase},
        "trace": choice.trace(),
    }  # fmt: skip


def refusal(answer: Why, pack: Pack) -> str:
    """Return why the director may not cue the beat, "" where it may."""
    given = dict(answer.arguments)
    return (
        _REFUSED[answer.code]
        if answer.code in _REFUSED
        else Words(pack, "").refusal(answer.code, given)
    )


def told(answer: Why, pack: Pack, *, is_short: bool = False) -> str:
    """Return the answer for a person."""
    beat, choice = answer.beat, answer.choice
    title = _title(answer, pack)
    name = f"{beat.id} (“{title}”)" if title else beat.id
    lines = [_verdict(answer, pack, name)]
    if not is_short:
        times = f"{answer.cued} of at most {beat.times_max}" if beat.times_max else str(answer.cued)
        lines.append(f"  cued so far: {times}")
        if beat.chapters:
            lines.append(f"  in chapters: {', '.join(beat.chapters)}")
    leaves = answer.failing if is_short else answer.leaves
    if leaves:
        lines.append("  it lacks:" if is_short else "  it wants:")
    for leaf in leaves:
        lines.extend(_leaf_lines(leaf))
    if answer.away:
        lines.append(f"  {answer.away} away from true (a number counts its gap, all else is 1)")
    if choice.ranked and not is_short:
        lines.append("  could be cued now, with their points:")
        for one in choice.ranked[:6]:
            points = " ".join(f"{term}{value:+d}" for term, value in one.terms if value)
            lines.append(f"    {one.score:4d}  {one.beat}  ({points})")
        lines.append(f"  the director: {choice.trace()}")
    return "\n".join(lines)


def _verdict(answer: Why, pack: Pack, name: str) -> str:
    if answer.code != "ok":
        return f"{name} cannot be cued now: {refusal(answer, pack)} [{answer.code}]"
    chosen = answer.choice.beat
    if chosen is None:
        return f"{name} can be cued now; the director waits for the moment."
    if chosen.beat != answer.beat.id:
        return f"{name} can be cued now; the director would take {chosen.beat} first."
    return f"{name} can be cued now, and the director would take it next."


def _leaf_lines(leaf: Leaf) -> list[str]:
    lines = [f"    {'✓' if leaf.holds else '✗'} {leaf.text}"]
    facts = ", ".join(f"{fact} = {_value(plain_value(value))}" for fact, value in leaf.facts)
    if facts:
        since = f", since {leaf.changed.world_ms / 1000:.0f} s by {leaf.changed.by}" if (
            leaf.changed is not None) else ""  # fmt: skip
        lines.append(f"        now {facts}{since}")
    if not leaf.holds and leaf.changers:
        lines.append(f"        changed by {_some(list(leaf.changers))}")
    return lines


def _plain_leaf(leaf: Leaf) -> dict[str, Any]:
    changed: Changed | None = leaf.changed
    return {
        "text": leaf.text,
        "holds": leaf.holds,
        "keeps": leaf.keeps,
        "facts": {name: plain_value(value) for name, value in leaf.facts},
        "changed_by": list(leaf.changers),
        "changed": None if changed is None else changed._asdict(),
    }


def _title(answer: Why, pack: Pack) -> str:
    kind = "ending" if answer.beat.is_ending else "beat"
    return Words(pack, "").text(f"{kind}.{answer.beat.id}.title")


def _beat(pack: Pack, beat: str) -> Beat:
    found = pack.beats.get(beat)
    if found is None:
        near = alike(beat, pack.beats)
        hint = f"did you mean {near!r}?" if near else f"it has {', '.join(pack.beats)}"
        raise OperatorError(f"there is no beat {beat!r} in {pack.id}: {hint}")
    return found


def _given(supposed: Sequence[str]) -> dict[str, str]:
    given: dict[str, str] = {}
    for one in supposed:
        name, equals, value = one.partition("=")
        if not equals:
            raise OperatorError(f"{one!r} is not fact=value")
        given[name.strip()] = value.strip()
    return given


def _suppose(state: State, given: Mapping[str, str]) -> State:
    try:
        return what_if(state, given)
    except ValueError as error:
        raise OperatorError(str(error)) from error


async def _newest(store: Store, world: str, state: State) -> list[Commit]:
    """Return the newest commits of a world, the newest first, as far as the live log reaches."""
    seq = max(0, state.position.seq - LOG_WINDOW_COMMITS)
    found: list[Commit] = []
    while page := await store.read(world, seq, None, LOG_PAGE):
        found.extend(page)
        seq = page[-1].position.seq
    return found[::-1]


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
