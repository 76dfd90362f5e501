"""Interest: a commit touches whom it concerns, and nobody else is looked at."""

from support.stage import Stage


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
