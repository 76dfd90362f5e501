"""The parts of messages that a person is shown."""

import pytest
from pydantic import ValidationError

from dreamsync.protocol.cards import ActionOffer, Event, Person, RoleCard


def test_a_card_needs_only_what_is_always_there() -> None:
    assert RoleCard(id="leo", name="Leo").held == "nobody"
    offer = ActionOffer(id="draw", label="Draw")
    assert (offer.is_ready, offer.code, offer.params) == (True, "ok", ())


def test_a_person_says_how_they_are_there_under_the_wire_name() -> None:
    person = Person.model_validate({"session": "s_1", "name": "Ari", "as": "watch"})
    assert person.as_kind == "watch"


def test_an_event_of_no_known_kind_is_refused() -> None:
    with pytest.raises(ValidationError):
        Event.model_validate({"kind": "sung", "at": (1, 0), "ms": 0})


def test_a_card_cannot_be_changed() -> None:
    card = RoleCard(id="leo", name="Leo")
    with pytest.raises(ValidationError):
        card.name = "Mia"  # type: ignore[misc]
