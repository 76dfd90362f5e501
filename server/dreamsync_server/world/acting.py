"""Acting: what players and understudies do, checked in one order, refused with one reason."""

from typing import Any

from dreamsync_server.world import memory, seats
from dreamsync_server.world.apply import apply_effects, move_to, take_option
from dreamsync_server.world.commit import Event, Proposal
from dreamsync_server.world.draft import OK, Draft, Verdict, refuse
from dreamsync_server.world.memory import is_denied
from dreamsync_server.world.minding import is_muted
from dreamsync_server.world.model import Action, Exit, Pack, Param
from dreamsync_server.world.state import Facts, role_of
from dreamsync_server.world.trace import failing
from dreamsync_server.world.values import Value

GO = "go"
"""The built-in action: walk through an open exit. A pack may define its own instead."""


def act(draft: Draft, proposal: Proposal) -> Verdict:
    """Do an action for the proposer's seat."""
    seat, refusal = acting_seat(draft, proposal)
    if refusal is not None:
        return refusal
    action_id = str(proposal.arguments.get("action", ""))
    given = proposal.arguments.get("params") or {}
    action = draft.pack.actions.get(action_id)
    if action is None:
        if action_id == GO:
            return _go(draft, seat, given)
        return refuse("unknown_action", action=action_id)
    names: dict[str, Any] = {"me": seat}
    refusal = (
        refusal_before_parameters(draft.pack, draft.facts, action, seat)
        or _refusal_of_muted(draft, action)
        or _bind_parameters(draft, action, given, names)
        or refusal_of_condition(draft.facts, action, names)
    )
    if refusal is not None:
        return refusal
    if action.cooldown_ms:
        draft.put(f"@cool.{seat}.{action_id}", draft.ms + action.cooldown_ms)
    if action.times_max:
        name = f"@times.{seat}.{action_id}"
        draft.put(name, int(str(draft.facts.get(name, 0))) + 1)
    draft.put(f"did.{action_id}", int(str(draft.facts[f"did.{action_id}"])) + 1)
    memory.stir(draft, seat, action.tension)
    apply_effects(draft, action.effects, names)
    return OK


def choose(draft: Draft, proposal: Proposal) -> Verdict:
    """Answer a choice that is open for the proposer's role."""
    seat, refusal = acting_seat(draft, proposal)
    if refusal is not None:
        return refusal
    choice = draft.pack.choices.get(str(proposal.arguments.get("choice", "")))
    if choice is None or choice.role != role_of(seat):
        return refuse("unknown_choice")
    if draft.facts[f"choice.{choice.id}"] == 0:
        return refuse("not_open", choice=choice.id)
    option = choice.options.get(str(proposal.arguments.get("option", "")))
    if option is None:
        return refuse("bad_parameter", parameter="option", why="no such option")
    if option.when is not None and not option.when.run(draft.facts, {"me": seat}):
        return refuse("condition", leaf=_leaves(option.when, draft.facts, {"me": seat}))
    take_option(draft, choice.id, option.id)
    return OK


def acting_seat(draft: Draft, proposal: Proposal) -> tuple[str, Verdict | None]:
    """Return the seat a proposal acts for, or why it may not act at all."""
    if draft.facts["paused"]:
        return "", refuse("paused")
    if proposal.by == "player":
        seat = seats.seat_of(draft.facts, proposal.session)
        return seat, None if seat else refuse("no_seat")
    seat = proposal.role
    holder = seats.holder_of(draft.facts, seat)
    if draft.facts.get(f"{seat}.held") != "understudy" or holder.tenure != proposal.tenure:
        return "", refuse("stale_tenure", role=seat)
    return seat, None


def refusal_before_parameters(
    pack: Pack, facts: Facts, action: Action, seat: str
) -> Verdict | None:
    """Return why a seat may not do an action whatever its parameters are, or None."""
    if role_of(seat) not in action.by:
        return refuse("not_yours", action=action.id)
    if action.chapters and facts["chapter"] not in action.chapters:
        return refuse("not_now", action=action.id)
    if action.where and facts[f"{seat}.scene"] not in action.where:
        return refuse("not_here", action=action.id)
    if is_denied(facts, action.id):
        return refuse("not_now", action=action.id)
    free_ms = int(str(facts.get(f"@cool.{seat}.{action.id}", 0)))
    if action.cooldown_ms and free_ms > facts.ms:
        return refuse("cooldown", action=action.id, wait_ms=free_ms - facts.ms)
    done = int(str(facts.get(f"@times.{seat}.{action.id}", 0)))
    if action.times_max and done >= action.times_max:
        return refuse("spent", action=action.id)
    return None


def _refusal_of_muted(draft: Draft, action: Action) -> Verdict | None:
    writes = any(param.is_free_text for param in action.params)
    return refuse("muted") if writes and is_muted(draft.facts, draft.proposal.session) else None


def refusal_of_condition(facts: Facts, action: Action, names: dict[str, Any]) -> Verdict | None:
    """Return the refusal of an action whose condition does not hold, with the leaves that fail."""
    if action.when is None or action.when.run(facts, names):
        return None
    if action.is_veiled:
        return refuse("condition", action=action.id)
    return refuse("condition", action=action.id, leaf=_leaves(action.when, facts, names))


def values_offered(param: Param, facts: Facts, names: dict[str, Any]) -> list[Value]:
    """Return the values of a choice or bool parameter that may be given now."""
    kind = param.type
    every: tuple[Value, ...] = kind.choices if kind.kind == "choice" else (False, True)
    if param.when is None:
        return list(every)
    return [v for v in every if param.when.run(facts, {**names, param.name: v})]


def _bind_parameters(
    draft: Draft, action: Action, given: Any, names: dict[str, Any]
) -> Verdict | None:
    known = {param.name for param in action.params}
    for name in given:
        if name not in known:
            return refuse("bad_parameter", parameter=str(name), why="unknown")
    for param in action.params:
        why = _bind(draft, param, given, names)
        if why:
            return refuse("bad_parameter", parameter=param.name, why=why)
    return None


def _bind(draft: Draft, param: Param, given: Any, names: dict[str, Any]) -> str:
    """Bind one parameter; return what is wrong with it, "" for nothing."""
    kind = param.type
    if param.is_free_text:
        text = draft.proposal.texts.get(param.name, ("", ""))[1]
        if not text.strip():
            return "missing"
        if len(text) > kind.size_max:
            return f"at most {kind.size_max} characters"
        names[param.name] = draft.write(param.name)
        return ""
    if param.name not in given:
        return "missing"
    value = given[param.name]
    match kind.kind:
        case "int":
            if type(value) is not int or not kind.low <= value <= kind.high:
                return f"a whole number from {kind.low} to {kind.high}"
        case "bool":
            if type(value) is not bool:
                return "yes or no"
        case _:
            if type(value) is not str or value not in kind.choices:
                return "not one of the choices"
    names[param.name] = value
    if param.when is not None and not param.when.run(draft.facts, names):
        return "not possible now"
    return ""


def _leaves(when: Any, facts: Facts, names: dict[str, Any]) -> tuple[str, ...]:
    return tuple(leaf.text for leaf in failing(when, facts, names))


def open_exits(pack: Pack, facts: Facts, seat: str) -> list[Exit]:
    """Return the exits that a seat may take now from where it is."""
    scene = pack.scenes.get(str(facts[f"{seat}.scene"]))
    if scene is None:
        return []
    names = {"me": seat}
    return [e for e in scene.exits if e.when is None or e.when.run(facts, names)]


def _go(draft: Draft, seat: str, given: Any) -> Verdict:
    to = given.get("to")
    if not any(way.to == to for way in open_exits(draft.pack, draft.facts, seat)):
        return refuse("bad_parameter", parameter="to", why="no open way leads there")
    here = draft.facts[f"{seat}.scene"]
    move_to(draft, seat, str(to))
    if "." not in seat:
        for scene, key in ((here, "go.left"), (to, "go.came")):
            draft.tell(Event("done", (f"scene:{scene}",), seat, key, (("to", str(to)),)))
    return OK
