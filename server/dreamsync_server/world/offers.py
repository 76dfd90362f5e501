"""What a seat may do now: its actions with the values they take, and why not yet.

An action's conditions read only facts its role sees, or it is veiled: then it is always offered
and never explained. So offers give nothing away.
"""

from dataclasses import dataclass
from typing import Final

from dreamsync_server.world.acting import (
    GO,
    open_exits,
    refusal_before_parameters,
    refusal_of_condition,
    values_offered,
)
from dreamsync_server.world.draft import Verdict
from dreamsync_server.world.expr import reads_of, variables_of
from dreamsync_server.world.model import Action, Pack, Param, Type
from dreamsync_server.world.sharing import per_pack
from dreamsync_server.world.state import Facts, role_of
from dreamsync_server.world.values import Value

_WAYS_MAX: Final = 256  # offers of ways to walk that are kept


@dataclass(frozen=True, slots=True)
class ParamOffer:
    """One parameter of an offered action; `values` None where any value of the type may do."""

    name: str
    type: Type
    is_free_text: bool
    values: tuple[Value, ...] | None


@dataclass(frozen=True, slots=True)
class Offer:
    """One action offered to a seat. `refusal` says why it would be refused now, if it would."""

    action: str
    params: tuple[ParamOffer, ...]
    is_veiled: bool
    refusal: Verdict | None


class OfferBook:
    """The actions of a pack by role, with what can be known of them beforehand."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._of_role: dict[str, list[_Entry]] = {role: [] for role in pack.roles}
        self._reads: dict[str, frozenset[str]] = {}
        self._here: dict[tuple[str, Value, Value], tuple[_Entry, ...]] = {}
        self._ways: dict[tuple[str, ...], Offer] = {}
        for action in pack.actions.values():
            entry = _entry(action)
            for role in action.by:
                self._of_role[role].append(entry)

    def offered(self, facts: Facts, seat: str) -> list[Offer]:
        """Return what is offered to a seat now, in the pack's order.

        Left out: what is not its role's, not of this chapter, not of this scene, and what is
        spent.
        """
        found = []
        for entry in self._of_role[role_of(seat)]:
            refusal = refusal_before_parameters(self._pack, facts, entry.action, seat)
            if refusal is None or refusal[0] == "cooldown":
                found.append(_offer(facts, entry, seat, refusal))
        return found + self._walking(facts, seat)

    def possible(self, facts: Facts, seat: str) -> list[Offer]:
        """Return what a seat is offered and would not be refused for a reason it can see now.

        The same as `offered` without the refused ones, some four times faster: nothing is
        explained.
        """
        found = []
        names = {"me": seat}
        for entry in self._entries_here(facts, seat):
            action = entry.action
            is_bound = action.cooldown_ms or action.times_max
            if is_bound and refusal_before_parameters(self._pack, facts, action, seat) is not None:
                continue
            when = None if action.is_veiled or entry.reads_params else action.when
            if when is not None and not when.run(facts, names):
                continue
            params = tuple(_param_offer(facts, param, names, entry) for param in action.params)
            if action.is_veiled or all(param.values != () for param in params):
                found.append(Offer(action.id, params, action.is_veiled, None))
        return found + self._walking(facts, seat)

    def _entries_here(self, facts: Facts, seat: str) -> "tuple[_Entry, ...]":
        """Return the actions of a seat that fit the chapter and where it is."""
        key = (role_of(seat), facts["chapter"], facts[f"{seat}.scene"])
        found = self._here.get(key)
        if found is None:
            role, chapter, scene = key
            found = self._here[key] = tuple(
                entry
                for entry in self._of_role[role]
                if (not entry.action.chapters or chapter in entry.action.chapters)
                and (not entry.action.where or scene in entry.action.where)
            )
        return found

    def _walking(self, facts: Facts, seat: str) -> list[Offer]:
        """Return the built-in action `go` with the ways that are open, where there is one."""
        if GO in self._pack.actions:
            return []
        ways = tuple(way.to for way in open_exits(self._pack, facts, seat))
        if not ways:
            return []
        offer = self._ways.get(ways)
        if offer is None:
            if len(self._ways) >= _WAYS_MAX:
                self._ways.clear()
            to = ParamOffer("to", Type("choice", choices=ways), False, ways)
            offer = self._ways[ways] = Offer(GO, (to,), False, None)
        return [offer]

    def reads(self, seat: str) -> frozenset[str]:
        """Return the facts whose change can change what is offered to a seat.

        Names of other chorus seats' facts stand as patterns (`citizen.*.mood`).
        """
        if seat not in self._reads:
            self._reads[seat] = self._reads_of(seat)
        return self._reads[seat]

    def _reads_of(self, seat: str) -> frozenset[str]:
        reads = {"chapter", "paused", "ending", f"{seat}.scene", f"{seat}.held"}
        for entry in self._of_role[role_of(seat)]:
            action = entry.action
            reads.add(f"@cool.{seat}.{action.id}")
            reads.add(f"@times.{seat}.{action.id}")
            reads.add(f"@denied.{action.id}")
            for when in (action.when, *(param.when for param in action.params)):
                if when is not None:
                    reads |= reads_of(when.node, seat)
        for scene in self._pack.scenes.values():
            for way in scene.exits:
                if way.when is not None:
                    reads |= reads_of(way.when.node, seat)
        return frozenset(reads)


@dataclass(frozen=True, slots=True)
class _Entry:
    """An action with what its conditions bind: known once, not at each commit."""

    action: Action
    reads_params: bool
    related: frozenset[str]  # parameters whose condition reads other parameters
    ready: Offer  # what is offered of it without parameters, where nothing is against it


def _entry(action: Action) -> _Entry:
    own = {param.name for param in action.params}
    used = variables_of(action.when.node) if action.when is not None else frozenset()
    related = frozenset(
        param.name
        for param in action.params
        if param.when is not None and variables_of(param.when.node) & (own - {param.name})
    )
    return _Entry(action, bool(used & own), related, Offer(action.id, (), action.is_veiled, None))


def _offer(facts: Facts, entry: _Entry, seat: str, refusal: Verdict | None) -> Offer:
    action, names = entry.action, {"me": seat}
    params = tuple(_param_offer(facts, param, names, entry) for param in action.params)
    if action.is_veiled:
        return Offer(action.id, params, True, refusal) if params or refusal else entry.ready
    if refusal is None and not entry.reads_params:
        refusal = refusal_of_condition(facts, action, dict(names))
    if refusal is None and any(p.values == () for p in params):
        empty = next(p.name for p in params if p.values == ())
        refusal = ("bad_parameter", (("parameter", empty), ("why", "nothing to choose")))
    return Offer(action.id, params, False, refusal) if params or refusal else entry.ready


def _param_offer(facts: Facts, param: Param, names: dict[str, str], entry: _Entry) -> ParamOffer:
    kind = param.type
    if param.is_free_text or kind.kind not in ("choice", "bool"):
        return ParamOffer(param.name, kind, param.is_free_text, None)
    if entry.action.is_veiled or param.name in entry.related:
        return ParamOffer(param.name, kind, False, tuple(kind.choices) or (False, True))
    return ParamOffer(param.name, kind, False, tuple(values_offered(param, facts, dict(names))))


book_of = per_pack(OfferBook)
"""Give the book of a pack; its worlds share one."""
