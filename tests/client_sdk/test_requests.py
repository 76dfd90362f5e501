"""Requests without an answer, and watched conditions."""

import pytest

from dreamsync.errors import UsageError
from dreamsync.requests import WAITING_MAX, Requests

WATCH = {"type": "watch", "id": "w1", "when": "expo.crowd >= 2"}


def test_a_request_is_sent_once_and_answered_by_its_number() -> None:
    requests = Requests()
    requests.add(5, {"type": "people"})
    assert requests.due() == [{"type": "people", "q": 1}]
    assert requests.due() == []
    answered = requests.answered(1)
    assert answered is not None
    assert answered.ticket == 5
    assert requests.answered(1) is None


def test_too_many_are_the_program_s_fault() -> None:
    requests = Requests()
    for ticket in range(WAITING_MAX):
        requests.add(ticket, {"type": "people"})
    with pytest.raises(UsageError):
        requests.add(99, {"type": "people"})


def test_after_a_lost_line_all_but_creations_are_asked_again() -> None:
    requests = Requests()
    requests.add(1, {"type": "create", "pack": "expo", "private": True})
    requests.add(2, {"type": "list"})
    requests.due()
    requests.add(3, {"type": "create", "pack": "expo", "private": True})  # not yet sent
    assert [request.ticket for request in requests.line_down()] == [1]
    assert [plain["type"] for plain in requests.due()] == ["list", "create"]


def test_a_condition_is_watched_again_with_what_was_last_known() -> None:
    requests = Requests()
    requests.add(1, WATCH)
    assert requests.watches() == []  # it is still to be asked
    requests.due()
    requests.answered(1)
    assert requests.matched("w1", holds=True)
    assert requests.watches() == [{**WATCH, "q": 2, "was": True}]


def test_a_condition_that_was_refused_or_given_up_is_not_watched() -> None:
    requests = Requests()
    requests.add(1, WATCH)
    requests.refused(1)
    assert not requests.matched("w1", holds=True)
    requests.add(2, WATCH)
    requests.add(3, {"type": "unwatch", "id": "w1"})
    assert not requests.matched("w1", holds=True)


def test_only_what_was_never_sent_can_be_taken_back() -> None:
    requests = Requests()
    requests.add(1, {"type": "people"})
    requests.due()
    requests.add(2, {"type": "people"})
    assert not requests.abandon(1)
    assert requests.abandon(2)
    assert requests.due() == []
    assert [request.ticket for request in requests.clear()] == [1]
