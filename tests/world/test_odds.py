"""Learned odds are values: equal where they say the same."""

from dreamsync_server.world.odds import NO_ENDING, ChapterOdds, Odds, Sign


def test_odds_that_say_the_same_are_equal() -> None:
    def odds(points: int) -> Odds:
        sign = Sign(None, 60_000, 500, (points, 0))
        part = ChapterOdds(10, (90, 100), (0, 0), (sign,))
        return Odds("ab" * 32, 1, 20, ("dawn", NO_ENDING), {"night": part})

    assert odds(5) == odds(5)
    assert odds(5) != odds(6)
