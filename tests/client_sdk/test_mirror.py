"""The mirror: facts, digests and world time."""

from typing import Any

import pytest
from support.wire_examples import FACTS, FACTS_DIGEST, OFFER, SERVER

from dreamsync.mirror import Mirror
from dreamsync.protocol.codec import decode_server, encode
from dreamsync.protocol.server_messages import Entered, Quiet, View


def whole(**other: Any) -> Entered:
    example = next(plain for plain in SERVER if plain["type"] == "entered")
    message = decode_server(encode({**example, **other}))
    assert isinstance(message, Entered)
    return message


def view(**fields: Any) -> View:
    plain = {"type": "view", "pos": [1, 8], "ms": 62_000, "digest": FACTS_DIGEST, **fields}
    message = decode_server(encode(plain))
    assert isinstance(message, View)
    return message


def test_a_whole_view_has_its_digest_and_every_kind_of_fact() -> None:
    mirror = Mirror(whole(), 0)
    assert mirror.digest == FACTS_DIGEST
    assert {name: mirror.read(name, 0) for name in FACTS} == {
        "chapter": "evening",
        "leo.scene": "home.kitchen",
        "leo.warmth": 7,
        "leo.ritual": "tea, then stars",
        "evidence.kinds": ("memo", "scan"),
        "paused": False,
        "citizen.17.cheered": True,
        "clock.bedtime": 120_000,
    }
    assert mirror.names.scenes["home.kitchen"].size == (12, 8)


def test_a_view_changes_facts_and_takes_away_what_is_no_longer_seen() -> None:
    mirror = Mirror(whole(), 0)
    away = view(changes={"chapter": "night", "new": 1}, gone=["paused", "never.seen"])
    mirror.change(away, 0)
    assert (mirror.read("chapter", 0), mirror.read("new", 0)) == ("night", 1)
    assert "paused" not in mirror.facts
    with pytest.raises(KeyError):
        mirror.read("paused", 0)
    back = view(changes={"chapter": "evening", "paused": False}, gone=["new"])
    assert mirror.change(back, 0)
    assert not mirror.change(view(changes={"new": 1}), 0)


def test_offers_choices_cards_and_the_seat_change_with_a_view() -> None:
    mirror = Mirror(whole(), 0)
    first = {"id": "a_first", "label": "First", "rank": 1}
    mirror.change(
        view(
            actions=[first],
            withdrawn=["whisper_to"],
            choices=[],
            cards={"things": {"ledger": "the ledger"}},
            role="",
            seat="",
        ),
        0,
    )
    assert [offer.id for offer in mirror.offers(0)] == ["a_first"]
    assert (mirror.choices, mirror.role, mirror.seat) == ((), "", "")
    assert mirror.names.things == {"tape": "the tape", "ledger": "the ledger"}
    mirror.change(view(actions=[OFFER]), 0)
    assert [offer.id for offer in mirror.offers(0)] == ["a_first", "whisper_to"]


def test_a_cooldown_is_over_by_the_world_s_clock() -> None:
    mirror = Mirror(whole(), 0)
    assert [offer.is_ready for offer in mirror.offers(9_999)] == [False]
    assert [(offer.is_ready, offer.code) for offer in mirror.offers(10_000)] == [(True, "ok")]


def test_world_time_runs_at_the_world_s_speed_and_stands_while_paused() -> None:
    mirror = Mirror(whole(speed=2000), 500)
    assert mirror.world_ms(1500) == 63_000
    assert mirror.world_ms(400) == 61_000
    mirror.change(view(running=False, ms=63_000), 1500)
    assert mirror.world_ms(9_999) == 63_000


def test_a_drifting_fact_is_read_as_of_now_and_its_digest_does_not_move() -> None:
    mirror = Mirror(whole(), 0)
    hour_ms = 3_600_000
    assert mirror.read("leo.warmth", hour_ms) == 3
    assert mirror.read("leo.warmth", 9 * hour_ms) == 0
    assert mirror.digest == FACTS_DIGEST


def test_world_time_does_not_run_backwards_for_a_late_frame_but_follows_a_real_jump() -> None:
    mirror = Mirror(whole(), 0)
    mirror.pass_over(Quiet(type="quiet", pos=(1, 8), ms=61_900), 1000)  # 100 ms on the way
    assert mirror.world_ms(1000) == 62_000
    mirror.pass_over(Quiet(type="quiet", pos=(1, 9), ms=62_100), 10_000)  # it stood still
    assert mirror.world_ms(10_000) == 62_100
    mirror.pass_over(Quiet(type="quiet", pos=(1, 9), ms=99_000), 10_000)
    assert (mirror.world_ms(10_000), mirror.position) == (99_000, (1, 9))


def test_events_are_new_once_and_a_whole_view_that_does_not_go_on_begins_anew() -> None:
    mirror = Mirror(whole(), 0)
    goes_on, anew = whole(), whole(resumed=False)
    assert mirror.first_events(goes_on) == [*goes_on.events]
    assert mirror.new_events(goes_on.events) == []
    assert mirror.first_events(anew) == [*anew.events]
    assert mirror.new_events(anew.events) == []


def test_a_tail_that_was_not_whole_is_asked_for_again() -> None:
    mirror = Mirror(whole(position=(1, 5)), 0)
    assert mirror.resume_position == (1, 5)
    mirror.replace(whole(position=(1, 900), resumed=True, more=True), 0)
    assert mirror.position == (1, 900)
    assert mirror.resume_position == (1, 5), "events behind the first frame were not sent yet"
    mirror.change(view(pos=(1, 900), more=True), 0)
    assert mirror.resume_position == (1, 5)
    mirror.change(view(pos=(1, 900)), 0)
    assert mirror.resume_position == (1, 900)
