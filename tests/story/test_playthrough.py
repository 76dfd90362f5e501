"""Playing by hand: time passes with what falls due, the director and bots play along."""

from support.packs import night


def test_understudies_and_director_finish_the_starter_by_themselves() -> None:
    endings = set()
    for seed in range(8):
        play = night(seed, has_understudies=True)
        while not play.ending and play.world_ms < 3_600_000:
            play.direct_second()
            play.pass_ms(1000)
        endings.add(play.ending)
    assert endings <= {"morning", "orchard_keeps"}
    assert "" not in endings


def test_the_same_seed_plays_the_same_story() -> None:
    def played(seed: int) -> tuple[int, int]:
        play = night(seed, has_understudies=True)
        for _ in range(300):
            play.direct_second()
            play.pass_ms(1000)
        return len(play.commits), play.state.digest

    assert played(5) == played(5)
    assert played(5) != played(6)


def test_no_proposal_of_director_or_understudy_is_refused() -> None:
    play = night(3, has_understudies=True)
    for _ in range(900):
        for commit in play.direct_second():
            assert commit.outcomes[0].code == "ok", commit.cause
        play.pass_ms(1000)
