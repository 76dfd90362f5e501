"""What there is to do between the acts: in every room something, and it tells on the story."""

import pytest
from support.evenings import Evening
from support.packs import expo

IDLE = frozenset(("bide", "talk", "whisper", "remember_secret", "tell_secret"))
ROOMS = {  # role -> chapter -> rooms in which there is something to do, however often one does it
    "ava": {"evening": ("home.kitchen",), "night": ("home.kitchen",), "expo": ("expo.backstage",)},
    "mia": {
        "evening": ("library.reading", "library.stacks", "street.queue"),
        "night": ("library.reading", "library.stacks", "street.queue"),
        "facility": ("street.alley", "facility.ward", "facility.archive"),
    },
    "leo": {"facility": ("street.alley", "facility.servers", "facility.ward")},
    "ellis": {
        "evening": ("tower.office", "street.queue", "library.reading"),
        "night": ("tower.office", "street.queue", "library.reading"),
        "aftermath": ("tower.office", "street.queue", "library.reading", "council.hall"),
        "dawn": ("tower.office", "street.queue", "library.reading", "street.bakery"),
        "again": ("tower.office", "street.queue", "library.reading"),
    },
}


@pytest.mark.parametrize("role", ROOMS)
def test_there_is_something_to_do_in_every_room_again_and_again(role: str) -> None:
    for chapter, rooms in ROOMS[role].items():
        for room in rooms:
            found = [
                action.id
                for action in expo().actions.values()
                if action.id not in IDLE
                and role in action.by
                and (not action.where or room in action.where)
                and (not action.chapters or chapter in action.chapters)
                and not action.times_max
            ]
            assert found, f"{role} has nothing to do in {room} in {chapter}"


def test_B_06_ava_scores_a_family_and_may_let_it_pass() -> None:
    evening = Evening()
    faith = evening["faith"]
    evening.do("ava", "score_bedtime", verdict="let_it_pass")
    assert evening["faith"] == faith - 1
    assert evening.heard("score.passed")[0].to == ("role:ava",)
    evening.do("ava", "score_bedtime", verdict="take_a_point")
    assert "forms" in evening["ava.habits"]
    assert evening.heard("score.docked")


def test_B_18_ava_too_may_learn_from_an_old_book() -> None:
    evening = Evening()
    evening.go("ava", "street.queue", "library.reading", "library.stacks")
    evening.do("ava", "read_old_book", skill="storytelling")
    assert evening["ava.storytelling"]
    assert evening["leo.asked"] == 0


def test_B_05_the_voice_that_says_good_night_loses_its_place_when_mia_reads() -> None:
    evening = Evening()
    evening.until("night")
    evening.wait(210)
    notice = evening["somni.notice"]
    evening.do("mia", "read_aloud")
    assert evening["somni.notice"] == notice - 1
    assert evening.heard("read_aloud.night")


def test_B_20_who_stands_still_is_passed_by_and_who_searches_is_heard() -> None:
    evening = Evening()
    evening.ally()
    evening.rebel()
    evening.until("facility")
    alert = evening["facility.alert"]
    evening.do("mia", "search_room")
    assert evening["facility.alert"] == alert + 1
    told = [e for c in evening.play.commits for e in c.events if e.key.startswith("search.")]
    assert [e.to for e in told] == [("role:mia",)]
    evening.do("mia", "stand_still")
    assert evening["facility.alert"] == alert


def test_B_20_ava_belongs_to_the_building_and_searches_unheard() -> None:
    evening = Evening()
    evening.until("facility")
    alert = evening["facility.alert"]
    evening.do("ava", "search_room")
    assert evening["facility.alert"] == alert


def test_B_25_where_leo_sleeps_the_other_two_meet_over_him() -> None:
    evening = Evening()
    evening.until("facility")
    assert evening["leo.scene"] == "dream.corridor"
    evening.wait(190)
    evening.go("mia", "facility.archive")
    evening.do("mia", "take_in_archive", what="casebook")
    evening.do("ava", "open_file")
    assert evening.tries_to_cue("facility.paths_collide") == "condition"
    evening.cue("facility.two_lights")
    assert evening["joined"]
    assert evening["leo.scene"] == "dream.corridor"
    assert [e.to for e in evening.heard("lights.leo")] == [("role:leo",)]


def test_B_28_a_family_says_what_it_has_cost_them() -> None:
    evening = Evening()
    evening.until("expo")
    faith = evening["faith"]
    evening.do("ava", "ask_round")
    assert evening["faith"] == faith - 1
    assert evening.heard("do.ask_round")


def test_B_11_people_know_ellis_before_it_and_after_it() -> None:
    evening = Evening()
    evening.go("ellis", "street.queue")
    faith, guilt = evening["faith"], evening["ellis.guilt"]
    evening.do("ellis", "be_recognised")
    assert (evening["faith"], evening["ellis.guilt"]) == (faith + 1, guilt)
    evening.to_aftermath()
    evening.go("ellis", "street.queue")
    guilt = evening["ellis.guilt"]
    evening.do("ellis", "be_recognised")
    assert evening["ellis.guilt"] == guilt + 1
    assert len(evening.heard("recognised.before")) == len(evening.heard("recognised.after")) == 1
