"""One deadline for each of many."""

import random
from dataclasses import dataclass

from dreamsync_server.gateway.deadlines import TICK_S, Deadlines


@dataclass(eq=False)
class Item:
    name: str
    due_slot: int = -1


def test_who_is_due_is_popped_once_and_never_early() -> None:
    wheel: Deadlines[Item] = Deadlines(100.0)
    early, late = Item("early"), Item("late")
    wheel.put(late, 102.2)
    wheel.put(early, 101.0)
    assert wheel.pop(100.9) == []
    assert wheel.pop(101.0) == [early]
    assert wheel.pop(102.2) == []
    assert wheel.pop(102.2 + TICK_S) == [late]
    assert wheel.pop(200.0) == []


def test_a_new_deadline_is_in_place_of_the_old() -> None:
    wheel: Deadlines[Item] = Deadlines(0.0)
    item = Item("one")
    wheel.put(item, 1.0)
    wheel.put(item, 5.0)
    assert wheel.pop(4.0) == []
    wheel.put(item, 4.5)
    assert wheel.pop(4.5) == [item]
    assert item.due_slot == -1


def test_a_dropped_deadline_does_not_come() -> None:
    wheel: Deadlines[Item] = Deadlines(0.0)
    item = Item("one")
    wheel.put(item, 1.0)
    wheel.drop(item)
    wheel.drop(item)
    assert wheel.pop(2.0) == []


def test_a_deadline_in_the_past_is_due_at_the_next_tick() -> None:
    wheel: Deadlines[Item] = Deadlines(10.0)
    wheel.pop(20.0)
    item = Item("one")
    wheel.put(item, 3.0)
    assert wheel.pop(20.0 + TICK_S) == [item]


def test_after_a_long_sleep_of_the_machine_all_that_was_due_comes_in_order() -> None:
    wheel: Deadlines[Item] = Deadlines(0.0)
    items = [Item("a"), Item("b"), Item("c")]
    for item, due_s in zip(items, (9.0, 3.0, 6.0), strict=True):
        wheel.put(item, due_s)
    assert [item.name for item in wheel.pop(1e6)] == ["b", "c", "a"]


def test_it_agrees_with_a_plain_list_over_a_long_random_life() -> None:
    chance = random.Random(11)
    wheel: Deadlines[Item] = Deadlines(0.0)
    items = [Item(str(number)) for number in range(30)]
    due: dict[str, float] = {}
    now_s = 0.0
    for _ in range(3_000):
        item = chance.choice(items)
        if chance.random() < 0.2:
            wheel.drop(item)
            due.pop(item.name, None)
        else:
            due[item.name] = now_s + chance.random() * 30 + TICK_S
            wheel.put(item, due[item.name])
        now_s += chance.random() * 0.3
        popped = {item.name for item in wheel.pop(now_s)}
        assert all(due[name] <= now_s for name in popped)
        due = {name: at for name, at in due.items() if name not in popped}
        assert all(at > now_s - 2 * TICK_S for at in due.values())
