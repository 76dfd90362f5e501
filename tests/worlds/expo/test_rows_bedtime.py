"""Rows B-01 to B-10 of the story's table of systems: bedtime as work, and what it costs."""

import pytest
from support.evenings import Evening

KINDS = {"relaxation": "calm", "rejuvenation": "vigour", "adventure": "thrill"}


def dreamt(kind: str = "adventure", place: str = "snowfield", guest: str = "dog", **more: int):
    """Return an evening in which Leo has ordered a dream and gone under, and what he was told."""
    evening = Evening(more.get("seed", 7))
    for _ in range(more.get("drawings", 0)):
        evening.do("leo", "draw_freely")
    evening.do("leo", "order_dream", kind=kind, place_wished=place, guest_wished=guest)
    evening.until("night")
    evening.do("leo", "go_under")
    return evening, evening.last("dream.filled")


def test_B_01_the_score_is_what_was_kept_of_what_was_due() -> None:
    good = Evening()
    good.until("night")
    assert (good["household.due"], good["household.kept"]) == (1, 1)  # Juno's slot
    good.do("leo", "go_under")
    assert (good["household.due"], good["household.kept"], good["household.score"]) == (2, 2, 100)
    assert good["leo.slot"] == good["juno.slot"] == "kept"
    bad = Evening()
    bad.ally()
    bad.rebel()
    bad.until("facility")
    assert (bad["household.due"], bad["household.kept"], bad["household.score"]) == (2, 1, 50)
    assert bad["leo.slot"] == "missed"


@pytest.mark.parametrize("kind", KINDS)
def test_B_02_each_kind_of_session_has_its_own_meter_and_all_make_dependent(kind: str) -> None:
    evening, _ = dreamt(kind)
    for other, meter in KINDS.items():
        assert (evening[f"leo.{meter}"] > 2) is (other == kind)
    assert evening["leo.dependency"] > 3


def test_B_03_children_queue_and_skipping_is_seen_unless_it_is_dark() -> None:
    evening = Evening()
    evening.wait(60)
    assert evening["line.pressure"] == 4  # the street fills by itself
    evening.go("leo", "home.kitchen", "street.queue")
    evening.do("leo", "stand_in_line")
    assert evening["line.pressure"] == 3
    noticed = evening["somni.notice"]
    evening.do("leo", "cut_the_line")
    assert evening.heard("do.cut_the_line")[0].to == ("scene:street.queue",)
    assert evening["somni.notice"] == noticed + 1

    dark = Evening()
    dark.ally()
    dark.rebel()
    noticed = dark["somni.notice"]
    dark.go("leo", "street.queue")
    dark.do("leo", "cut_the_line")
    assert dark["somni.notice"] == noticed
    assert dark.heard("do.cut_the_line") == []
    assert dark.heard("do.cut_the_line.dark")[0].to == ("role:leo",)


def test_B_04_a_dream_is_made_only_of_what_its_dreamer_ordered_and_did() -> None:
    for seed in range(1, 13):
        evening, said = dreamt(place="orchard", guest="father", drawings=2, seed=seed)
        assert said["where"] == "grammar.dream_place.orchard" or said["where"].endswith("showroom")
        drawn = {str(said[one]).rpartition(".")[2] for one in ("where", "guest", "detail")}
        plain = {"showroom", "attendant", "music"}  # what everybody gets
        assert drawn <= set(evening["leo.habits"]) | plain
        assert evening.heard("dream.filled")[0].to == ("role:leo",)


def test_B_04_nobody_elses_choices_get_into_a_dream() -> None:
    evening = Evening()
    evening.go("ava", "home.bedroom")
    evening.do("ava", "order_dream", kind="relaxation", place_wished="orchard", guest_wished="dog")
    evening.go("ava", "home.kitchen")
    evening.do("ava", "take_overtime")
    evening.until("night")
    evening.do("leo", "go_under")
    said = evening.last("dream.filled")
    assert evening["leo.habits"] == ()
    assert said["where"] == "grammar.dream_place.showroom"
    assert said["guest"] == "grammar.dream_guest.attendant"
    assert said["detail"] == "grammar.dream_detail.music"
    assert said["turn"] == "grammar.dream_turn.general"


def test_B_04_the_better_it_fits_the_more_it_pleases_and_binds() -> None:
    strange, _ = dreamt()
    known, said = dreamt(drawings=5)
    assert (strange["leo.fit"], known["leo.fit"]) == (1, 3)
    assert known["leo.thrill"] > strange["leo.thrill"]
    assert known["leo.dependency"] > strange["leo.dependency"]
    assert said["turn"] == "grammar.dream_turn.close" or said["turn"].endswith("general")


def test_B_05_notice_brings_a_visit_then_a_call_then_an_alert_each_once() -> None:
    evening = Evening()
    evening.go("leo", "home.kitchen", "street.queue")
    evening.do("leo", "cut_the_line")
    evening.do("leo", "cut_the_line")
    assert [e.to for e in evening.heard("somni.visit.elsewhere")] == [("role:leo",)]
    evening.until("night")  # where being awake in bed is noticed by the hour
    assert evening.heard("somni.call.late") == []
    evening.wait(210)
    assert [e.to for e in evening.heard("somni.call.late")] == [("role:ava",)]
    assert evening.heard("somni.alert") == []
    evening.wait(200)
    assert [e.to for e in evening.heard("somni.alert")] == [("role:ellis",)]
    evening.wait(200)
    assert len(evening.heard("somni.visit.elsewhere")) == 1
    assert evening.heard("somni.visit") == []  # said once, as he was found
    assert len(evening.heard("somni.call.late")) == 1
    assert len(evening.heard("somni.alert")) == 1


def test_B_06_an_evening_is_too_short_for_overtime_chores_and_a_child() -> None:
    evening = Evening()
    assert evening["ava.hours"] == 5
    evening.do("ava", "take_overtime")
    evening.do("ava", "do_chores")
    evening.go("ava", "home.bedroom")
    evening.do("ava", "sit_with", who="juno")
    assert evening["ava.hours"] == 0
    assert evening.tries("ava", "listen") == "condition"
    assert evening.tries("ava", "sit_with", who="leo") == "condition"
    evening.go("ava", "home.kitchen")
    assert evening.tries("ava", "take_overtime") == "condition"
    assert evening.tries("ava", "do_chores") == "condition"


def test_B_07_the_daughter_drifts_away_untended_and_an_hour_on_the_floor_brings_her_back() -> None:
    alone, tended = Evening(), Evening()
    assert alone["bond.ava.juno"] == -2
    tended.go("ava", "home.bedroom")
    tended.do("ava", "sit_with", who="juno")
    assert tended["bond.ava.juno"] == -1
    for evening in (alone, tended):
        evening.until("expo")
    assert (alone["bond.ava.juno"], tended["bond.ava.juno"]) == (-3, -2)


def test_B_08_structure_lowers_imagination_and_free_play_raises_it() -> None:
    evening = Evening()
    evening.go("leo", "home.kitchen", "street.queue")
    evening.do("leo", "stand_in_line")
    evening.do("leo", "stand_in_line")
    low = evening["leo.imagination"]
    assert low == 3
    evening.go("leo", "home.kitchen")
    evening.do("leo", "draw_freely")
    assert evening["leo.imagination"] == low + 1


def test_B_08_imagination_is_what_one_wakes_oneself_with() -> None:
    evening, _ = dreamt()
    assert evening["leo.imagination"] < 6
    assert evening.tries("leo", "wake_yourself") == "condition"
    while evening["leo.imagination"] < 6:
        evening.do("leo", "hold_on")
    evening.do("leo", "wake_yourself")
    assert evening["leo.scene"] == "home.bedroom"


def smothered(evening: Evening) -> None:
    """Let Leo stand in line three times, and lie down in the dark at the right hour."""
    evening.go("leo", "home.kitchen", "street.queue")
    for _ in range(3):
        evening.do("leo", "stand_in_line")
    evening.go("leo", "home.kitchen", "home.bedroom")


def night_has_come(evening: Evening) -> None:
    evening.until("night")
    evening.do("leo", "put_out_lamp")
    evening.wait(210)
    assert evening["leo.imagination"] < 5
    assert not evening["leo.helped"]


def test_B_09_compliance_suffocates_and_suffocation_opens_the_window() -> None:
    evening = Evening()
    smothered(evening)
    evening.do("leo", "give_in")
    assert evening["leo.suffocation"] >= 7
    assert len(evening.heard("told.suffocating")) == 1
    night_has_come(evening)
    evening.do("leo", "slip_out")
    assert evening["leo.rebelled"]

    calmer = Evening()
    smothered(calmer)
    night_has_come(calmer)
    assert calmer["leo.suffocation"] < 7
    assert calmer.tries("leo", "slip_out") == "condition"


def test_B_09_every_compliant_night_suffocates_a_little_more() -> None:
    evening = Evening()
    evening.until("night")
    before = evening["leo.suffocation"]
    evening.do("leo", "go_under")
    assert evening["leo.suffocation"] == before + 1


def test_B_10_a_dream_of_ones_own_is_random_unscored_and_binds_nobody() -> None:
    gifts = set()
    for seed in range(1, 13):
        evening = Evening(seed)
        evening.until("night")
        score, bound = evening["household.score"], evening["leo.dependency"]
        evening.do("leo", "sleep_plain")
        gifts.add(evening["gift"])
        assert (evening["household.score"], evening["leo.dependency"]) == (score, bound)
        assert evening["leo.sessions"] == 0
    assert len(gifts) >= 3


def test_B_10_mia_teaches_how_such_a_dream_is_kept() -> None:
    evening = Evening()
    evening.go("leo", "home.kitchen")
    evening.do("leo", "slip_into_library")
    evening.do("mia", "teach", who="leo", skill="recall")
    assert evening["leo.recall"]
    assert evening.heard("teach.recall")[0].to == ("role:leo", "role:mia")
