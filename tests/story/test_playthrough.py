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


def test_nothing_that_director_or_understudy_propose_is_refused_but_veiled_actions() -> None:
    play = night(3, has_understudies=True)
    codes: set[tuple[str, bool]] = set()
    for _ in range(900):
        for commit in play.direct_second():
            action = play.pack.actions.get(str(dict(commit.cause.arguments).get("action")))
            codes.add((commit.outcomes[0].code, action is not None and action.is_veiled))
        play.pass_ms(1000)
    assert ("ok", False) in codes
    assert codes <= {("ok", False), ("ok", True), ("condition", True), ("spent", True)}


def test_a_fork_plays_on_as_its_original_would() -> None:
    play = night(4, has_understudies=True)
    for _ in range(200):
        play.direct_second()
        play.pass_ms(1000)
    fork = play.fork()
    for one in (fork, play):
        for _ in range(200):
            one.direct_second()
            one.pass_ms(1000)
    assert fork.state.digest == play.state.digest
    assert fork.commits == play.commits
