"""Verdicts: three, and never a fourth."""

from support.packs import starter
from support.planted import planted

from dreamsync_server.story.atlas import atlas_of
from dreamsync_server.story.goals import Goal, goals_of
from dreamsync_server.story.proofs import proofs_of
from dreamsync_server.story.seeking import Found, Miss
from dreamsync_server.story.verdicts import verdicts_of


def test_each_goal_is_impossible_witnessed_or_not_yet_witnessed() -> None:
    pack = planted()
    morning, opens = Goal("ending", "morning"), Goal("beat", "cellar_opens")
    chime, steps = Goal("beat", "chime"), Goal("beat", "footsteps")
    verdicts = {
        one.goal: one
        for one in verdicts_of(
            pack,
            proofs_of(atlas_of(pack).reach),
            {morning: Found(morning, 7, ("ben",), (), 0)},
            {chime: "morning"},
            {steps: Miss(2.5, 65_000, ('attic.door == "open"',))},
        )
    }
    assert set(verdicts) == set(goals_of(pack))
    assert str(verdicts[morning]) == (
        "ending.morning: witnessed, replay it: seed 7, 0 steps, without ben"
    )
    assert str(verdicts[chime]).endswith("replay it: rehearsals/morning.yaml")
    assert str(verdicts[opens]).startswith("beat.cellar_opens: impossible, because `cellar.key")
    assert str(verdicts[steps]) == (
        "beat.footsteps: not yet witnessed, nearest miss 2.5 away at 1:05,"
        ' lacking `attic.door == "open"`'
    )
    assert verdicts[steps].as_plain()["verdict"] == "not yet witnessed"
    assert verdicts[opens].as_plain()["because"][0].startswith("`cellar.key")


def test_what_was_seen_is_witnessed_whatever_a_proof_says() -> None:
    goal = Goal("beat", "chime")
    (verdict,) = [v for v in verdicts_of(starter(), (), {}, {goal: "x"}, {}) if v.goal == goal]
    assert verdict.kind == "witnessed"
