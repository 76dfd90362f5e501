"""Understudies: what a seat without a player does, from what its role could do and see.

An understudy chooses among the actions that are offered to its seat (offers read only facts the
role sees), by the role's declared leanings, by a draw from (seed, seat, world second). It never
writes free text.
"""

from dataclasses import dataclass
from typing import Any

from dreamsync_server.world.chance import draw
from dreamsync_server.world.commit import Proposal
from dreamsync_server.world.memory import hinted
from dreamsync_server.world.model import Choice, Pack
from dreamsync_server.world.offers import Offer, OfferBook, ParamOffer
from dreamsync_server.world.seats import holder_of
from dreamsync_server.world.state import Facts, as_tuple

PACE_S = 7
"""World seconds between two acts of one understudy, on average."""
LEANING_WITHOUT_WORD = 1
"""The weight of what the role declares no leaning for: an action, `go`, `<choice>.<option>`."""
HINT_PULL = 6
"""What a hint adds to the weight of the action that an understudy was pointed to."""
WAIT = "wait"
"""The leaning toward doing nothing this time; 0 where the role declares none."""
CHOICE_WAIT_SHARE = 3
"""An open choice is answered when it has been open for one in so many of its time."""


@dataclass(frozen=True, slots=True)
class Understudied:
    """A seat that an understudy holds now."""

    seat: str
    tenure: int


def understudied_seats(pack: Pack, facts: Facts) -> list[Understudied]:
    """Return the seats that understudies hold, in the pack's order."""
    return [
        Understudied(role.id, holder_of(facts, role.id).tenure)
        for role in pack.roles.values()
        if role.seats == 0 and facts[f"{role.id}.held"] == "understudy"
    ]


def what_to_do(
    pack: Pack, book: OfferBook, facts: Facts, seat: str, second: int
) -> dict[str, Any] | None:
    """Return the arguments of an `act` or `choose` for a seat in this world second, or None.

    They hold `choice` and `option`, or `action` and `params`.
    """
    seed = int(as_tuple(facts["@world"])[0])
    stream = f"understudy/{seat}"
    for choice in pack.choices.values():
        if choice.role == seat and facts[f"choice.{choice.id}"] and _is_ready(choice, facts):
            return _answer(choice, facts, seed, stream, second, pack.roles[seat].leanings)
    if draw(seed, f"{stream}/pace", second, PACE_S) != 1:
        return None
    offers = [offer for offer in book.possible(facts, seat) if _writes_nothing(offer)]
    thought_of = hinted(facts, seat)
    weights = [_weight(pack, seat, offer, thought_of) for offer in offers]
    if not any(weights):
        return None
    weights.append(pack.roles[seat].leanings.get(WAIT, 0))
    picked = _pick(weights, draw(seed, stream, second, sum(weights)))
    if picked == len(offers):
        return None
    params = {
        param.name: _value(param, draw(seed, f"{stream}/{param.name}", second, 10**6))
        for param in offers[picked].params
    }
    return {"action": offers[picked].action, "params": params}


def proposal_of(done: dict[str, Any], seat: Understudied, term: int, n: int) -> Proposal:
    """Return the proposal by which an understudy does what it chose."""
    return Proposal(
        "choose" if "choice" in done else "act",
        "understudy",
        session="director",
        n=n,
        arguments=done,
        role=seat.seat,
        tenure=seat.tenure,
        term=term,
    )


def _is_ready(choice: Choice, facts: Facts) -> bool:
    """An understudy takes its time, so that a player who arrives may still choose."""
    ends_ms = int(str(facts[f"choice.{choice.id}"]))
    if ends_ms < 0:
        return True
    return facts.ms >= ends_ms - choice.within_ms + choice.within_ms // CHOICE_WAIT_SHARE


def _answer(
    choice: Choice, facts: Facts, seed: int, stream: str, second: int, leanings: Any
) -> dict[str, Any]:
    options = [
        option.id
        for option in choice.options.values()
        if option.when is None or option.when.run(facts, {"me": choice.role})
    ] or [choice.default]
    weights = [leanings.get(f"{choice.id}.{option}", LEANING_WITHOUT_WORD) for option in options]
    total = sum(weights)
    picked = _pick(weights, draw(seed, stream, second, total)) if total else 0
    return {"choice": choice.id, "option": options[picked]}


def _writes_nothing(offer: Offer) -> bool:
    return not any(param.is_free_text for param in offer.params)


def _weight(pack: Pack, seat: str, offer: Offer, thought_of: str) -> int:
    leaning = max(0, pack.roles[seat].leanings.get(offer.action, LEANING_WITHOUT_WORD))
    return leaning + HINT_PULL if offer.action == thought_of else leaning


def _pick(weights: list[int], drawn: int) -> int:
    """Return the index at which the running sum of weights reaches `drawn` (from 1)."""
    for index, weight in enumerate(weights):
        drawn -= weight
        if drawn <= 0:
            return index
    return len(weights) - 1


def _value(param: ParamOffer, drawn: int) -> Any:
    if param.values:
        return param.values[drawn % len(param.values)]
    kind = param.type
    return kind.low + drawn % (kind.high - kind.low + 1)
