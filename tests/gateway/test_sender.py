"""Sending: when, how often, and to lines that are too slow."""

import pytest
from support.stage import two_in_the_kitchen

from dreamsync.protocol import server_messages as wire


def test_views_go_out_at_most_each_interval_with_the_last_value_and_all_events() -> None:
    stage, ada, _ = two_in_the_kitchen()
    for i in range(4):
        stage.play.act("b", "talk", words=f"line {i}")
        stage.hand_over()
    stage.pass_ms(49)
    ada.read()
    assert [[e.text for e in m.events] for m in ada.seen] == [["line 0"]]
    stage.pass_ms(1)
    ada.read()
    assert [e.text for e in ada.seen[1].events] == ["line 1", "line 2", "line 3"]
    assert len(ada.seen) == 2


def test_a_view_goes_with_its_commit_where_that_comes_a_moment_early_but_no_more_often() -> None:
    stage, ada, _ = two_in_the_kitchen()
    seen = []
    for ms in (0, 46, 46, 8):
        stage.pass_ms(ms)
        if ms != 8:
            stage.play.act("b", "talk", words="tick")
            stage.hand_over()
        ada.read()
        seen.append(len(ada.seen))
    assert seen == [1, 2, 2, 3]  # at 0, at 46 ms for 50, and what came at 92 at 100


def test_a_secret_act_does_not_hasten_a_view() -> None:
    stage, ada, _ = two_in_the_kitchen()
    for ms, action in ((0, "talk"), (20, "talk"), (27, "promise")):
        stage.pass_ms(ms)
        stage.play.act("b", action, words="secret")
        stage.hand_over()
    ada.read()
    assert len(ada.seen) == 1
    stage.pass_ms(3)
    ada.read()
    assert len(ada.seen) == 2


def test_ones_own_outcome_comes_at_once() -> None:
    stage, _, ben = two_in_the_kitchen()
    for i in range(3):
        stage.play.act("b", "talk", words=f"line {i}")
        stage.hand_over()
        ben.read()
        assert list(ben.outcomes) == list(range(1, i + 2))
    assert list(ben.happened.values()) == [("said", "ben", f"line {i}") for i in range(3)]


def test_the_moment_of_a_secret_act_does_not_show() -> None:
    stage, ada, _ = two_in_the_kitchen()
    stage.play.act("b", "promise", words="secret")
    stage.hand_over()
    stage.pass_ms(900)
    assert ada.line.frames == []
    stage.room.beat()
    ada.read()
    assert [(type(m), m.pos) for m in ada.seen] == [(wire.Quiet, stage.play.state.position)]


def test_a_quiet_line_is_told_that_it_lives() -> None:
    stage, ada, _ = two_in_the_kitchen()
    for _ in range(21):
        stage.pass_ms(1_000)
        stage.room.beat()
    ada.read()
    assert [type(m) for m in ada.seen] == [wire.Quiet]


def test_whether_the_world_runs_is_told_when_it_changes() -> None:
    stage, ada, ben = two_in_the_kitchen()
    stage.play.ask("pause", "player", "a")
    stage.hand_over()
    stage.pass_ms(60)
    for client in (ada, ben):
        client.read()
        assert client.is_running is False


def test_offers_come_and_go_with_what_they_hang_on() -> None:
    stage, ada, _ = two_in_the_kitchen()
    stage.play.act("b", "snuff_lamp")
    stage.hand_over()
    stage.pass_ms(60)
    ada.read()
    offer = ada.offers["snuff_lamp"]
    assert (offer.is_ready, offer.code, offer.why) == (False, "condition", "It is dark already.")


def test_a_full_line_is_sent_nothing_and_goes_on_from_the_log_when_it_has_drained() -> None:
    stage, ada, _ = two_in_the_kitchen()
    assert ada.member is not None
    stage.room.pressure(ada.member, True)
    for i in range(3):
        stage.play.act("b", "talk", words=f"line {i}")
        stage.hand_over()
        stage.pass_ms(60)
    assert ada.line.frames == []
    stage.room.pressure(ada.member, False)
    ada.read()
    assert [(m.why, m.resumed) for m in ada.seen] == [("slow", True)]
    assert [text for _, _, text in ada.happened.values()][-3:] == ["line 0", "line 1", "line 2"]
    stage.play.act("b", "talk", words="after")
    stage.hand_over()
    stage.pass_ms(60)
    ada.read()
    assert [text for _, _, text in ada.happened.values()][-1] == "after"
    assert ada.facts == stage.truth(ada)


@pytest.mark.parametrize(("waiting_bytes", "seconds"), [(600_000, 1), (200_000, 12)])
def test_a_line_that_is_far_too_full_or_full_too_long_is_cut(
    waiting_bytes: int, seconds: int
) -> None:
    stage, ada, ben = two_in_the_kitchen()
    ada.line.waiting_bytes = waiting_bytes
    for _ in range(seconds):
        stage.pass_ms(1_000)
        stage.room.beat()
    assert (ada.cut_as, ben.cut_as) == ("too_slow", "")


def test_a_line_too_slow_for_the_ring_is_given_everything_anew() -> None:
    stage, ada, _ = two_in_the_kitchen()
    assert ada.member is not None
    stage.room.pressure(ada.member, True)
    stage.play.act("b", "talk", words="missed")
    stage.hand_over()
    stage.follower._ring.clear()
    stage.room.pressure(ada.member, False)
    ada.read()
    assert [(m.why, m.resumed) for m in ada.seen] == [("slow", False)]
    assert ada.facts == stage.truth(ada)


def test_an_offer_whose_cooldown_is_over_shows_what_stands_behind_it() -> None:
    stage, ada, _ = two_in_the_kitchen()
    stage.play.act("a", "comfort", who="ben")
    stage.hand_over()
    stage.pass_ms(60)
    ada.read()
    assert ada.offers["comfort"].code == "cooldown"
    stage.pass_ms(10_500)
    stage.room.beat()
    ada.read()
    assert (ada.offers["comfort"].is_ready, ada.offers["comfort"].code) == (True, "ok")
