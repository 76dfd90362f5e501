"""Interest: a commit touches whom it concerns, and nobody else is looked at."""

from support.packs import expo
from support.stage import Stage

from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.world.values import Drift


def sessions(members: object) -> set[str]:
    return {member.viewer.session for member in members}  # type: ignore[attr-defined]


def three(stage: Stage) -> None:
    stage.enter("a", role="ada")
    stage.enter("b", role="ben")
    stage.enter("g", role="guest")


def test_a_commit_touches_the_offers_that_hang_on_what_it_changed() -> None:
    stage = Stage()
    three(stage)
    stage.play.act("a", "whisper", who="ben", words="psst")
    stage.hand_over()
    [step] = stage.follower.newest_steps(1)
    assert sessions(stage.room.sender.interest.touched(step)) == {"a"}


def test_a_private_fact_touches_its_seat_alone() -> None:
    stage = Stage()
    three(stage)
    stage.play.act("g", "hum")
    stage.hand_over()
    [step] = stage.follower.newest_steps(1)
    assert sessions(stage.room.sender.interest.private(step)) == {"g"}


def test_a_move_touches_the_session_in_the_seat() -> None:
    stage = Stage()
    three(stage)
    stage.play.ask("release", "player", "b")
    stage.hand_over()
    [step] = stage.follower.newest_steps(1)
    assert set(stage.room.sender.interest.sessions_touched(step)) == {"b"}


def test_who_is_gone_is_touched_no_more() -> None:
    stage = Stage()
    three(stage)
    stage.room.discard(stage.room.members["g"])
    stage.play.act("g", "hum")
    stage.hand_over()
    [step] = stage.follower.newest_steps(1)
    assert sessions(stage.room.sender.interest.private(step)) == set()
    assert sessions(stage.room.sender.interest.touched(step)) == set()


def test_time_touches_whose_offers_hang_on_what_drifts() -> None:
    stage = Stage(Playthrough(expo(), 7))
    stage.enter("l", role="leo")
    stage.enter("m", role="mia")
    facts, interest = stage.follower.state.facts, stage.room.sender.interest
    drift = facts["leo.imagination"]
    assert isinstance(drift, Drift)
    facts["home.bedroom.noise"] = drift._replace(rate=0)
    facts["leo.imagination"] = drift._replace(rate=0)
    assert sessions(interest.touched_by_time(facts)) == set()
    facts["leo.imagination"] = drift._replace(rate=-60)
    assert sessions(interest.touched_by_time(facts)) == {"l"}
    stage.room.discard(stage.room.members["l"])
    assert sessions(interest.touched_by_time(facts)) == set()
