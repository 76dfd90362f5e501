"""Forecasts: what an action would change, tried on the state itself and taken back."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from dreamsync_server.world.apply import apply_effects
from dreamsync_server.world.commit import Moment, Proposal
from dreamsync_server.world.draft import Draft
from dreamsync_server.world.laws import enforce_laws
from dreamsync_server.world.model import Action
from dreamsync_server.world.state import State

_TRIED: Final = Proposal("act", "director")


@contextmanager
def after(state: State, action: Action, names: Mapping[str, Any]) -> Iterator[frozenset[str]]:
    """Let `state.facts` be as they would be after an action; yield the facts it wrote.

    Conditions of the action are not asked. Chance falls as it would now.
    """
    draft = Draft(state.pack, state, _TRIED, Moment(state.facts.ms, 0))
    try:
        draft.put(f"did.{action.id}", int(str(draft.facts[f"did.{action.id}"])) + 1)
        apply_effects(draft, action.effects, names)
        enforce_laws(draft)
        yield frozenset(draft.trail)
    finally:
        draft.close()
