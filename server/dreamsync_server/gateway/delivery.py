"""Frames for one member alone: its own view, a whole view, the tail of the log it missed."""

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

from dreamsync_server.gateway.follower import Follower
from dreamsync_server.gateway.gate import Viewer
from dreamsync_server.gateway.group import Member
from dreamsync_server.gateway.rewind import recap
from dreamsync_server.gateway.views import Eyes, Fold, Judge, Turn, fold
from dreamsync_server.limits import RECAP_COMMITS_MAX, RECAP_LINES_MAX, TAIL_EVENTS_MAX
from dreamsync_server.store.port import WorldCard
from dreamsync_server.world.audience import NOWHERE
from dreamsync_server.world.offers import Offer, OfferBook
from dreamsync_server.world.sessions import session_of
from dreamsync_server.world.state import Facts, State, role_of
from dreamsync_server.world.values import digest_hex

Map = dict[str, Any]


def own_view(
    member: Member, follower: Follower, turns: Sequence[Turn], *, has_crossed: bool
) -> Map | None:
    """Return a view for a member alone, or None where there is nothing to tell it."""
    state, gate, viewer = follower.state, member.gate, member.viewer
    folded = fold(turns)
    view = gate.view(folded, state.position, state.facts)
    outcomes = gate.outcomes(folded.outcomes, state.facts, viewer)
    if outcomes:
        view["outcomes"] = outcomes
    if has_crossed:
        scenes = gate.scene_cards(state.facts, viewer)
        if scenes:
            view.setdefault("cards", {})["scenes"] = scenes
    if len(view) <= len(("type", "pos", "ms")):
        return None
    view["digest"] = digest_hex(member.digest())
    return view


def whole_view(
    member: Member,
    follower: Follower,
    book: OfferBook,
    card: WorldCard,
    turns: Sequence[Turn] = (),
) -> Map:
    """Return all a member sees now, with the outcomes and the first events of `turns`.

    Its offers are remembered, so that later views bring only what changes.
    """
    state, gate, viewer = follower.state, member.gate, member.viewer
    member.offered = offered_to(member, state.facts, book)
    member.offers = gate.offers(member.offered, state.facts)
    member.ready_ms = ready_of(member.offers)
    member.needs_offers = False
    whole = gate.whole(state, follower.index, viewer, card, member.offers)
    member.choices = whole["choices"]
    entry = session_of(state.facts, viewer.session)
    head: Map = {"session": viewer.session, "secret": member.secret}
    whole = {**head, **whole, "n": entry.n if entry else 0, "resumed": True}
    if turns:
        folded = fold(turns)
        _add_happened(whole, folded, member, state.facts)
    return whole


def bare_view(member: Member, state: State) -> Map:
    """Return a view that changes no fact; what it is sent for is for the caller to add."""
    digest = digest_hex(member.digest())
    return {"type": "view", "pos": list(state.position), "ms": state.facts.ms, "digest": digest}


def quiet_of(state: State) -> Map:
    """Return what says how far the log is, and nothing else."""
    return {"type": "quiet", "pos": list(state.position), "ms": state.facts.ms}


def recap_for(member: Member, follower: Follower, judge: Judge) -> list[str]:
    """Return the last lines that a member's role knows of; [] for who plays none."""
    viewer, facts = member.viewer, follower.state.facts
    if not viewer.seat:
        return []
    scene = facts[f"{viewer.seat}.scene"]
    role, seat = f"role:{role_of(viewer.seat)}", f"seat:{viewer.seat}"
    known: dict[str, Eyes] = {}

    def eyes_in(place: str) -> Eyes:
        if place not in known:
            here = () if place == NOWHERE else (f"scene:{place}",)
            known[place] = Eyes(frozenset(("all", role, seat, *here)), judge)
        return known[place]

    steps = follower.newest_steps(RECAP_COMMITS_MAX)
    found = recap(steps, viewer.seat, str(scene), eyes_in, RECAP_LINES_MAX)
    return member.gate.recap([event for _, _, event in found])


def tail_views(member: Member, follower: Follower, turns: Sequence[Turn]) -> list[Map]:
    """Return the events of `turns` that a whole view left out, as views at the same position."""
    events = fold(turns).events
    views = []
    for start in range(TAIL_EVENTS_MAX, len(events), TAIL_EVENTS_MAX):
        part = Fold({}, {}, [], events[start : start + TAIL_EVENTS_MAX], [])
        view = member.gate.view(part, follower.state.position, follower.state.facts)
        view["digest"] = digest_hex(follower.index.digest(member.viewer.eyes))
        if start + TAIL_EVENTS_MAX < len(events):
            view["more"] = True
        views.append(view)
    return views


def offered_to(member: Member, facts: Facts, book: OfferBook) -> list[Offer]:
    """Return what a member is offered now."""
    viewer = member.viewer
    return book.offered(facts, viewer.seat) if can_act(viewer, facts) else []


def ready_of(offers: Mapping[str, Map]) -> float:
    """Return when the first cooldown among offers is over, in ms of world time."""
    return min((offer["ready_ms"] for offer in offers.values() if "ready_ms" in offer), default=inf)


def can_act(viewer: Viewer, facts: Facts) -> bool:
    """Return whether a viewer may act at all now."""
    return bool(viewer.seat) and not facts["ending"]


def offers_changed(member: Member, follower: Follower, book: OfferBook) -> Map:
    """Return the parts of a view that say which offers and choices came, changed and went."""
    member.needs_offers = False
    found: Map = {}
    facts = follower.state.facts
    offered = offered_to(member, facts, book)
    if offered != member.offered or member.ready_ms != inf:  # a cooldown may have begun anew
        offers, old = member.gate.offers(offered, facts), member.offers
        changed = [offer for action, offer in offers.items() if old.get(action) != offer]
        withdrawn = [action for action in old if action not in offers]
        if changed:
            found["actions"] = changed
        if withdrawn:
            found["withdrawn"] = withdrawn
        member.offers, member.offered = offers, offered
        member.ready_ms = ready_of(offers)
    choices = member.gate.choices(follower.state.facts, member.viewer)
    if choices != member.choices:
        found["choices"] = member.choices = choices
    return found


def _add_happened(whole: Map, folded: Fold, member: Member, facts: Facts) -> None:
    first = folded._replace(events=folded.events[:TAIL_EVENTS_MAX])
    events = member.gate.events(first)
    outcomes = member.gate.outcomes(folded.outcomes, facts, member.viewer)
    if events:
        whole["events"] = events
    if outcomes:
        whole["outcomes"] = outcomes
    if len(folded.events) > TAIL_EVENTS_MAX:
        whole["more"] = True
