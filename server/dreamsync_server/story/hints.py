"""Hints: which of the things a role could do now would help, tried out one by one.

Only what is offered to the role is looked at, so that a hint tells nobody what their role does
not know; that it would help is what a hint is for.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from dreamsync_server.story.forecast import after
from dreamsync_server.world import effects as fx
from dreamsync_server.world.chance import draw
from dreamsync_server.world.model import Action, Expr
from dreamsync_server.world.offers import Offer, OfferBook
from dreamsync_server.world.state import State, as_tuple
from dreamsync_server.world.trace import distance

_TRIES: Final = 2
"""Bindings of an action's parameters that are tried."""
_UNKNOWN: Final = 99


_LEARNED: Final = 1
"""What a thousandth of chance counts, in hundredths of the way to a goal."""


class Hint(NamedTuple):
    """An action that would help; `gain` in hundredths of the way to a goal, 0 for a mere chance."""

    action: str
    gain: int


class Aim(NamedTuple):
    """A condition that hints bring nearer; `names` bind its variables, `worth` is its weight."""

    id: str
    when: Expr
    names: Mapping[str, str]
    worth: int


def best_hint(
    state: State,
    book: OfferBook,
    role: str,
    goals: list[Aim],
    second: int,
    steps: Mapping[str, int],
    learned: Callable[[], int] = lambda: 0,
) -> Hint | None:
    """Return the action that brings the goals nearest, None where nothing can be pointed to.

    `learned` gives what the facts as tried do to the chance of what is made for, in thousandths.
    Where nothing helps at once it is one on the way (`steps`: `action <id>` -> how far), and
    where none is, whatever it could do: to be spoken to is something. What only says something
    comes last, and to do nothing in particular last of all.
    """
    before: dict[str, int] = {}
    best: Hint | None = None
    far: tuple[int, int, int, str] | None = None
    for number, (offer, action) in enumerate(_possible(state, book, role)):
        is_written = any(param.is_free_text for param in offer.params)
        for names in () if is_written else _bindings(state, offer, role, second):
            if action.when is not None and not action.when.run(state.facts, names):
                continue
            gain = _gain(state, action, names, goals, before, learned)
            if gain > 0 and (best is None or gain > best.gain):
                best = Hint(action.id, gain)
        step = _UNKNOWN if is_written else steps.get(f"action {action.id}", _UNKNOWN)
        rank = (step, 0 if not _only_says(action.effects) else 1 if is_written else 2, number)
        if far is None or rank < far[:3]:
            far = (*rank, action.id)
    if best is not None or far is None:
        return best
    return Hint(far[3], 0)


def _only_says(effects: tuple[fx.Effect, ...]) -> bool:
    """Return whether effects change nothing, whatever holds: they say or tell something."""
    return all(
        isinstance(effect, fx.Say | fx.Tell)
        or (isinstance(effect, fx.If) and _only_says(effect.then) and _only_says(effect.other))
        for effect in effects
    )


def _possible(state: State, book: OfferBook, role: str) -> Iterator[tuple[Offer, Action]]:
    for offer in book.offered(state.facts, role):
        action = state.pack.actions.get(offer.action)
        if action is not None and offer.refusal is None and not offer.is_veiled:
            yield offer, action


def _bindings(state: State, offer: Offer, role: str, second: int) -> Iterator[dict[str, Any]]:
    seed = int(as_tuple(state.facts["@world"])[0])
    for number in range(_TRIES if offer.params else 1):
        names: dict[str, Any] = {"me": role}
        for param in offer.params:
            drawn = draw(seed, f"director/hint/{role}/{param.name}", 4 * second + number, 10**6)
            values = param.values or (param.type.low, param.type.high)
            names[param.name] = values[drawn % len(values)]
        yield names


def _gain(
    state: State,
    action: Action,
    names: Mapping[str, Any],
    goals: list[Aim],
    before: dict[str, int],
    learned: Callable[[], int],
) -> int:
    """Return what an action is worth, in hundredths of the way to each goal that it brings near."""
    for goal in goals:
        if goal.id not in before:
            before[goal.id] = distance(goal.when, state.facts, goal.names)
    gain = 0
    with after(state, action, names) as wrote:
        for goal in goals:
            if goal.when.reads.isdisjoint(wrote):
                continue
            was = before[goal.id]
            now = distance(goal.when, state.facts, goal.names)
            gain += (100 * (was - now) // max(1, was)) * goal.worth
        return gain + _LEARNED * learned()
