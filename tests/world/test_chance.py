"""Chance: the same seed, stream and count give the same draw, everywhere."""

from collections import Counter

from dreamsync_server.world.chance import draw


def test_draws_are_these_numbers_for_ever() -> None:
    assert [draw(7, "luck", n, 20) for n in range(8)] == [12, 3, 8, 3, 9, 19, 18, 13]


def test_streams_and_seeds_do_not_disturb_one_another() -> None:
    luck = [draw(7, "luck", n, 1000) for n in range(50)]
    assert luck != [draw(7, "fate", n, 1000) for n in range(50)]
    assert luck != [draw(8, "luck", n, 1000) for n in range(50)]


def test_no_side_is_favoured() -> None:
    count = Counter(draw(1, "die", n, 6) for n in range(6000))
    assert set(count) == {1, 2, 3, 4, 5, 6}
    assert max(count.values()) < 1.15 * min(count.values())
