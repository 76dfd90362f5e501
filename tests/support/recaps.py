"""What each seat of a world has heard, whoever held it: what a recap may tell its next holder."""

from collections.abc import Iterable, Mapping
from typing import Any

from dreamsync_server.gateway.gate import JUDGE
from dreamsync_server.gateway.views import Eyes, events_for
from dreamsync_server.world.commit import Commit
from dreamsync_server.world.values import TextRef

_SCENE = ".scene"


class SeatsHeard:
    """Follows a world's commits; `by_seat` has the texts of people that each seat has heard."""

    def __init__(self) -> None:
        self.by_seat: dict[str, set[str]] = {}
        self._eyes: dict[tuple[str, object], Eyes] = {}

    def step(self, commit: Commit, facts: Mapping[str, Any], texts: Mapping[str, str]) -> None:
        """Take in a commit; `facts` are those after it."""
        values = [value for event in commit.events for _, value in event.arguments]
        if not any(type(value) is TextRef for value in values):
            return
        seats = [name.removesuffix(_SCENE) for name in facts if name.endswith(_SCENE)]
        for seat in seats:
            for _, event in events_for(commit.events, self._eyes_of(seat, facts[seat + _SCENE])):
                refs = [value.ref for _, value in event.arguments if type(value) is TextRef]
                heard = self.by_seat.setdefault(seat, set())
                heard.update(texts[ref] for ref in refs if ref in texts)

    def told_to(self, messages: Iterable[Any]) -> set[str]:
        """Return the texts that the recaps among somebody's messages may have told."""
        seats = {said.seat for said in messages if getattr(said, "recap", ())}
        return {text for seat in seats for text in self.by_seat.get(seat, ())}

    def _eyes_of(self, seat: str, place: object) -> Eyes:
        if (seat, place) not in self._eyes:
            role = seat.partition(".")[0]
            atoms = frozenset(("all", f"role:{role}", f"seat:{seat}", f"scene:{place}"))
            self._eyes[seat, place] = Eyes(atoms, JUDGE)
        return self._eyes[seat, place]
