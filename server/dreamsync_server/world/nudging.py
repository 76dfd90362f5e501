"""Nudging: the director's other means, and what a person at the desk says to the director."""

from collections.abc import Callable
from typing import Final

from dreamsync_server.world import elsewhere, memory
from dreamsync_server.world.apply import NO_NAMES, apply_effects, hurry
from dreamsync_server.world.commit import Event, Proposal
from dreamsync_server.world.draft import OK, Draft, Verdict, refuse
from dreamsync_server.world.model import Nudge, Pack
from dreamsync_server.world.seats import hand_to, seat_of
from dreamsync_server.world.state import Facts, as_tuple, role_of
from dreamsync_server.world.trace import failing
from dreamsync_server.world.values import Value

HINT_LASTS_MS: Final = 60_000
VETO_MS_MAX: Final = 24 * 3_600_000
_FREE: Final = ("call", "undeny", "hurry")
"""What is not told to players, and so is not held to the cap."""
_APART: Final = (*_FREE, "elsewhere")
"""What does not wait for the last nudge: news has a gap of its own."""


def nudge(draft: Draft, proposal: Proposal) -> Verdict:
    """Use one of the other means: `means` is which, `target` what it is about.

    elsewhere (an ending, told by `nudge` or plainly; the director's alone), hint (target: a nudge
    of the pack, or a role with `action` or a text), cause, deny, bridge, rescue (a nudge), deny,
    undeny (an action), hurry (a clock; `by_ms`), cast (a role that nobody plays), call (the
    person at the desk). The director is held to the cap.
    """
    given = proposal.arguments
    means = str(given.get("means", "hurry"))
    do = _MEANS.get(means)
    if do is None:
        return refuse("bad_parameter", parameter="means", why="unknown")
    if proposal.by == "director":
        refusal = refusal_of_director(draft.pack, draft.facts, means)
        if refusal is not None:
            return refusal
    target = str(given.get("target", given.get("clock", "")))
    verdict = do(draft, proposal, target)
    if verdict == OK and proposal.by == "director":
        if means not in _APART:
            draft.put("@nudge", draft.ms)
        if type(given.get("rung")) is int:
            draft.put("@rung", (given["rung"], draft.ms))
        memory.head_for(draft, str(given.get("heading", "")))
    return verdict


def refusal_of_director(pack: Pack, facts: Facts, means: str) -> Verdict | None:
    """Return why the director may not nudge by these means at all now, or None."""
    if facts["paused"]:
        return refuse("paused")
    if facts.get("director.standby"):
        return refuse("held")
    if means in _FREE:
        return None
    wait_ms = memory.wait_before_nudge(pack, facts)
    if wait_ms < 0:
        return refuse("not_allowed")
    is_early = wait_ms > 0 and means not in _APART
    return refuse("cooldown", wait_ms=wait_ms) if is_early else None


def refusal_of_nudge(facts: Facts, nudge: Nudge, *, is_director: bool) -> Verdict | None:
    """Return why a nudge of the pack may not be used now, or None."""
    count, last_ms = _used(facts, nudge)
    if nudge.times_max and count >= nudge.times_max:
        return refuse("spent", nudge=nudge.id)
    if is_director and memory.is_vetoed(facts, nudge.id):
        return refuse("held", nudge=nudge.id)
    if nudge.chapters and facts["chapter"] not in nudge.chapters:
        return refuse("not_now", nudge=nudge.id)
    if count and nudge.every_ms and facts.ms < last_ms + nudge.every_ms:
        return refuse("cooldown", wait_ms=last_ms + nudge.every_ms - facts.ms)
    if nudge.when is not None and not nudge.when.run(facts, NO_NAMES):
        leaves = tuple(leaf.text for leaf in failing(nudge.when, facts, NO_NAMES))
        return refuse("condition", nudge=nudge.id, leaf=leaves)
    return None


def direct(draft: Draft, proposal: Proposal) -> Verdict:
    """The desk takes over (`standby` true) or hands back, sets temperament or cap (-1: pack's)."""
    given = proposal.arguments
    standby, temperament, cap = (given.get(k) for k in ("standby", "temperament", "nudge_cap"))
    if temperament is not None and temperament not in ("", *memory.TEMPERAMENTS):
        return refuse("bad_parameter", parameter="temperament", why="unknown")
    if cap is not None and (type(cap) is not int or not -1 <= cap <= memory.NUDGE_CAP_MAX):
        why = f"a whole number from -1 to {memory.NUDGE_CAP_MAX}"
        return refuse("bad_parameter", parameter="nudge_cap", why=why)
    if standby is not None:
        draft.put("director.standby", bool(standby))
    if temperament is not None:
        draft.put("director.temperament", str(temperament))
    if cap is not None:
        draft.put("director.nudge_cap", cap)
    return OK


def veto(draft: Draft, proposal: Proposal) -> Verdict:
    """The desk keeps the director from a beat or nudge for `ms` (five minutes); 0 lets it go."""
    target = str(proposal.arguments.get("target", ""))
    if target not in draft.pack.beats and target not in draft.pack.nudges:
        return refuse("unknown_beat", beat=target)
    ms = proposal.arguments.get("ms", memory.VETO_MS)
    if type(ms) is not int or not 0 <= ms <= VETO_MS_MAX:
        return refuse("bad_parameter", parameter="ms", why=f"from 0 to {VETO_MS_MAX}")
    draft.put(f"@veto.{target}", draft.ms + ms)
    return OK


def background(draft: Draft, proposal: Proposal) -> Verdict:
    """A player wants to stay in the background, or (`on` false) no longer."""
    seat = seat_of(draft.facts, proposal.session)
    name = f"director.background.{role_of(seat)}"
    if name not in draft.facts:
        return refuse("no_seat")
    draft.put(name, bool(proposal.arguments.get("on", True)))
    return OK


def _used(facts: Facts, nudge: Nudge) -> tuple[int, int]:
    kept = as_tuple(facts.get(f"@nudged.{nudge.id}"))
    return (int(kept[0]), int(kept[1])) if kept else (0, 0)


def _hint(draft: Draft, proposal: Proposal, target: str) -> Verdict:
    if target in draft.pack.nudges:
        return _of_pack(draft, proposal, target)
    if target not in memory.directed_roles(draft.pack):
        return refuse("unknown_role", role=target)
    action = str(proposal.arguments.get("action", ""))
    to = (f"role:{target}",)
    if action in draft.pack.actions:
        said: tuple[tuple[str, Value], ...] = (("action", f"action.{action}.label"),)
        draft.tell(Event("nudge", to, "", "nudge.hint", said))
        draft.put(f"@hint.{target}", (action, draft.ms + HINT_LASTS_MS))
    elif proposal.texts.get("text", ("", ""))[1].strip():
        draft.tell(Event("nudge", to, "", "", (("text", draft.write("text")),)))
    else:
        return refuse("bad_parameter", parameter="action", why="an action or a text")
    memory.lead(draft, (target,))
    return OK


def _of_pack(draft: Draft, proposal: Proposal, target: str) -> Verdict:
    nudge = draft.pack.nudges.get(target)
    if nudge is None or nudge.kind == "elsewhere":
        return refuse("bad_parameter", parameter="target", why="no nudge of the pack")
    is_director = proposal.by == "director"
    refusal = refusal_of_nudge(draft.facts, nudge, is_director=is_director)
    if refusal is not None:
        return refusal
    _use(draft, nudge, ())
    return OK


def _use(draft: Draft, nudge: Nudge, given: tuple[tuple[str, Value], ...]) -> None:
    """Tell a nudge of the pack and do what it does; `given` fills its text."""
    count, _ = _used(draft.facts, nudge)
    draft.put(f"@nudged.{nudge.id}", (count + 1, draft.ms))
    to = tuple(f"role:{role}" for role in nudge.roles) or ("all",)
    said: tuple[tuple[str, Value], ...] = (("nudge", nudge.id), *given)
    draft.tell(Event("nudge", to, "", f"nudge.{nudge.id}.text", said))
    if nudge.kind == "deny":
        for action in nudge.actions:
            draft.put(f"@denied.{action}", draft.ms + nudge.lasts_ms)
    for role in nudge.roles:
        if nudge.kind == "hint" and nudge.actions:
            draft.put(f"@hint.{role}", (nudge.actions[0], draft.ms + nudge.lasts_ms))
        if nudge.tension:
            memory.stir(draft, role, nudge.tension)
    memory.lead(draft, nudge.roles)
    apply_effects(draft, nudge.effects, NO_NAMES)


def _elsewhere(draft: Draft, proposal: Proposal, target: str) -> Verdict:
    """Tell of an ending that another world shared, by a nudge of the pack or in our own words."""
    if proposal.by != "director":
        return refuse("not_allowed", beat=target)
    refusal = elsewhere.refusal_of_news(draft.pack, draft.facts, target)
    if refusal is not None:
        return refusal
    given: tuple[tuple[str, Value], ...] = (("ending", f"ending.{target}.title"),)
    words = elsewhere.words_for(draft.pack, target)
    nudge = draft.pack.nudges.get(str(proposal.arguments.get("nudge", "")))
    if not words:
        draft.tell(Event("nudge", ("all",), "", elsewhere.PLAIN, given))
    elif nudge not in words:
        return refuse("bad_parameter", parameter="nudge", why="no word of that ending")
    else:
        refusal = refusal_of_nudge(draft.facts, nudge, is_director=True)
        if refusal is not None:
            return refusal
        _use(draft, nudge, given)
    elsewhere.note_told(draft, target)
    return OK


def _deny(draft: Draft, proposal: Proposal, target: str) -> Verdict:
    if target in draft.pack.nudges:
        return _of_pack(draft, proposal, target)
    if target not in draft.pack.actions or proposal.by == "director":
        return refuse("bad_parameter", parameter="target", why="no nudge of the pack")
    ms = proposal.arguments.get("ms")
    draft.put(f"@denied.{target}", draft.ms + (ms if type(ms) is int and ms > 0 else HINT_LASTS_MS))
    return OK


def _undeny(draft: Draft, proposal: Proposal, target: str) -> Verdict:
    if not memory.is_denied(draft.facts, target):
        return refuse("not_now", action=target)
    draft.drop(f"@denied.{target}")
    return OK


def _hurry(draft: Draft, proposal: Proposal, clock: str) -> Verdict:
    by_ms = proposal.arguments.get("by_ms")
    if clock not in draft.pack.clocks or type(by_ms) is not int:
        return refuse("bad_parameter", parameter="clock", why="a clock of the pack and by_ms")
    if not draft.facts[f"clock.{clock}"]:
        return refuse("not_now", clock=clock)
    hurry(draft, clock, by_ms)
    return OK


def _cast(draft: Draft, proposal: Proposal, role: str) -> Verdict:
    """Let an understudy take a role that nobody plays, unless a person wanted it empty."""
    if role not in memory.directed_roles(draft.pack):
        return refuse("unknown_role", role=role)
    if draft.facts[f"{role}.held"] != "nobody":
        return refuse("taken", role=role)
    if proposal.by == "director" and draft.facts.get(f"@vacant.{role}"):
        return refuse("not_allowed", role=role)
    hand_to(draft, role, "understudy", "")
    return OK


def _call(draft: Draft, proposal: Proposal, target: str) -> Verdict:
    """Call the person at the desk: the story stands still and the director is at its end."""
    draft.tell(Event("nudge", ("desk",), "", "nudge.call", (("why", target),)))
    return OK


_MEANS: Final[dict[str, Callable[[Draft, Proposal, str], Verdict]]] = {
    "hint": _hint,
    "cause": _of_pack,
    "elsewhere": _elsewhere,
    "deny": _deny,
    "undeny": _undeny,
    "bridge": _of_pack,
    "rescue": _of_pack,
    "hurry": _hurry,
    "cast": _cast,
    "call": _call,
}
