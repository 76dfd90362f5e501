"""Proofs: the right reason at the right place, down to what would have to change."""

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from support.domains import is_within
from support.packs import expo, starter
from support.planted import planted
from support.small_packs import played_at_random, small_packs

from dreamsync_server.story.causes import causes_of
from dreamsync_server.story.goals import Goal, reached_in
from dreamsync_server.story.proofs import proof_of, proofs_of
from dreamsync_server.story.reachable import reachable


def proofs(pack, absent=()):
    return {str(p.goal): p for p in proofs_of(reachable(pack, causes_of(pack), absent))}


def test_planted_impossible_beats_are_found_with_their_reasons_and_nothing_else_is() -> None:
    found = proofs(planted())
    assert list(found) == ["beat.oil_runs_over", "beat.cellar_opens", "beat.cellar_creaks"]
    drips = "  cellar.lamp_oil would be changed by law oil_drips (planted.yaml:14:3), but"
    turns = "    cellar.key would be changed by law key_turns (planted.yaml:10:3), but"
    assert found["beat.oil_runs_over"].reason == (
        "`cellar.lamp_oil >= 4` cannot hold: cellar.lamp_oil is 3 (planted.yaml:20:25)",
        f'{drips} `cellar.key == "found"` cannot hold: cellar.key is lost',
        f'{turns} `deed.holder == "ada"` cannot hold: deed.holder is nobody',
        "      nothing ever changes deed.holder",
    )
    assert found["beat.cellar_creaks"].reason[0] == (
        '`ben.scene == "house.cellar"` cannot hold: ben.scene is dream.orchard or house.attic'
        " or house.kitchen (planted.yaml:24:25)"
    )
    assert str(found["beat.cellar_opens"]).startswith("planted.yaml:22:3: beat.cellar_opens is")


def test_there_is_no_false_alarm_on_the_shipped_packs() -> None:
    assert proofs(starter()) == {}
    assert proofs(expo()) == {}


def test_what_needs_a_missing_role_is_proved_impossible_without_it() -> None:
    pack = starter()
    reach = reachable(pack, causes_of(pack), ("ada",))
    proof = proof_of(reach, Goal("ending", "morning"))
    assert proof is not None
    assert "chose.waking" in proof.reason[0]
    assert proof_of(reach, Goal("ending", "orchard_keeps")) is None


@settings(
    max_examples=40, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck), phases=(Phase.generate,), report_multiple_bugs=False,
)  # fmt: skip
@given(small_packs(), st.sampled_from(((), ("ada",))))
def test_nothing_called_impossible_is_ever_reached_by_random_play(pack, absent) -> None:
    assume(pack is not None)
    reach = reachable(pack, causes_of(pack), absent)
    impossible = {proof.goal for proof in proofs_of(reach)}
    for seed in range(4):
        play = played_at_random(pack, seed, absent, steps=60)
        assert not impossible & reached_in(play.commits).keys()
        for commit in play.commits:
            for name, value in commit.changes:
                is_seat = name.endswith(".held")  # taken from an understudy at the very opening
                assert is_seat or is_within(reach.domain, name, value), (name, value)
