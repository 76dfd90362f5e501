"""Dice: the same name and seed, the same draws."""

from dreamsync_server.story.dice import Dice


def test_the_same_dice_fall_alike_and_others_otherwise() -> None:
    def rolls(seed: int, name: str) -> list[int]:
        dice = Dice(seed, name)
        return [dice.roll(1000) for _ in range(20)]

    assert rolls(1, "a") == rolls(1, "a")
    assert rolls(1, "a") != rolls(1, "b")
    assert rolls(1, "a") != rolls(2, "a")


def test_weights_are_heeded() -> None:
    dice = Dice(1, "w")
    drawn = [dice.weigh([0, 1, 9]) for _ in range(500)]
    assert drawn.count(0) == 0
    assert drawn.count(2) > 6 * drawn.count(1) > 0
    assert dice.weigh([0, 0]) == -1
    assert {dice.pick("ab") for _ in range(50)} == {"a", "b"}
    assert 100 < sum(dice.happens(30) for _ in range(500)) < 200
