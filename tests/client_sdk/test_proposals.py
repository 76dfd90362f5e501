"""The numbered window of proposals."""

import pytest

from dreamsync.proposals import WAITING_MAX, WINDOW, Proposals


def made(count: int) -> Proposals:
    proposals = Proposals()
    for ticket in range(1, count + 1):
        proposals.add(ticket, {"type": "act", "action": f"a{ticket}"})
    return proposals


def sent(proposals: Proposals, now_ms: int = 0) -> list[tuple[int, str]]:
    return [(plain["n"], plain["action"]) for plain in proposals.due(now_ms)]


def test_they_are_numbered_from_one_and_sent_once() -> None:
    proposals = made(2)
    assert proposals.due(0) == [
        {"type": "act", "n": 1, "action": "a1"},
        {"type": "act", "n": 2, "action": "a2"},
    ]
    assert proposals.due(0) == []


def test_no_more_than_the_window_is_under_way() -> None:
    proposals = made(WINDOW + 2)
    assert len(sent(proposals)) == WINDOW
    assert proposals.settle(1) is not None
    assert sent(proposals) == [(WINDOW + 1, f"a{WINDOW + 1}")]


def test_they_are_full_in_the_end() -> None:
    assert not made(WAITING_MAX - 1).is_full
    proposals = made(WAITING_MAX)
    assert proposals.is_full
    assert len(proposals) == WAITING_MAX


def test_an_outcome_of_no_known_number_is_nobody_s() -> None:
    assert made(1).settle(7) is None


def test_one_that_must_wait_holds_those_behind_it() -> None:
    proposals = made(3)
    sent(proposals)
    proposals.wait(2, 100)
    assert proposals.wake_at_ms == 100
    assert sent(proposals, 99) == []
    assert sent(proposals, 100) == [(2, "a2"), (3, "a3")]
    assert proposals.wake_at_ms is None


def test_a_gap_behind_one_that_waits_already_changes_nothing() -> None:
    proposals = made(3)
    sent(proposals)
    proposals.wait(2, 100)
    proposals.wait(3, 10)
    assert proposals.wake_at_ms == 100


def test_one_that_is_given_up_leaves_its_number_to_the_next() -> None:
    proposals = made(3)
    sent(proposals)
    gone = proposals.give_up(2)
    assert gone is not None
    assert gone.ticket == 2
    assert sent(proposals) == [(2, "a3")]
    proposals.add(9, {"type": "act", "action": "a9"})
    assert sent(proposals) == [(3, "a9")]


def test_a_repeat_that_is_given_up_leaves_no_number() -> None:
    proposals = made(3)
    sent(proposals)
    proposals.restart(3)
    sent(proposals)
    assert proposals.give_up(2) is not None
    proposals.restart(3)
    assert sent(proposals) == [(1, "a1"), (3, "a3")]


def test_only_what_was_never_sent_can_be_taken_back() -> None:
    proposals = made(3)
    assert proposals.abandon(2)
    assert sent(proposals) == [(1, "a1"), (2, "a3")]
    assert not proposals.abandon(1)
    assert not proposals.abandon(77)


@pytest.mark.parametrize(
    ("decided_n", "is_repaired", "numbers"),
    [(2, False, [3, 4]), (4, False, [3, 4]), (2, True, [3, 4]), (0, True, [1, 2])],
)
def test_on_a_new_line_all_goes_again(
    decided_n: int, is_repaired: bool, numbers: list[int]
) -> None:
    proposals = made(4)
    sent(proposals)
    proposals.settle(1)
    proposals.settle(2)
    proposals.restart(decided_n, is_repaired=is_repaired)
    assert [n for n, _ in sent(proposals)] == numbers


def test_numbers_go_on_from_what_a_repaired_world_knows_though_nothing_waits() -> None:
    proposals = made(1)
    sent(proposals)
    proposals.settle(1)
    proposals.restart(0, is_repaired=True)
    proposals.add(2, {"type": "act", "action": "b"})
    assert sent(proposals) == [(1, "b")]


def test_all_can_be_taken_out() -> None:
    proposals = made(2)
    assert [item.ticket for item in proposals.clear()] == [1, 2]
    assert len(proposals) == 0
