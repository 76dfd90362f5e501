"""Rows B-11 to B-20: the man in the tower, the boy at the window, the plan and the building."""

import pytest
from support.evenings import Evening
from support.packs import expo

from dreamsync_server.world.audience import class_of

QUARRELS = {  # both stands -> what of wedge, doubt and kept slots they leave behind
    ("insist", "refuse"): ("locked", "hard", 8, 4, 0),
    ("insist", "give_in"): ("won", "kept", 6, 2, 1),
    ("bargain", "refuse"): ("no_bargain", "hard", 6, 4, 0),
    ("bargain", "plead"): ("bargain", "kept", 4, 2, 0),
    ("listen", "plead"): ("listened", "asked", 4, 2, 0),
}


def asked(charge: str = "index", seed: int = 7) -> Evening:
    """Return an expo at which Mia has just asked Ellis a question in front of everybody."""
    evening = Evening(seed)
    evening.to_expo()
    evening.wait(90)
    evening.go("mia", "expo.stage")
    evening.do("mia", "raise_claim", charge=charge)
    return evening


def in_bed(*, helped: bool) -> Evening:
    """Return a night with Leo in bed, the lamp still lit."""
    evening = Evening()
    if helped:
        evening.ally()
    evening.until("night")
    if helped:
        evening.go("mia", "street.queue")
        evening.do("mia", "hang_lamp")
    return evening


def test_B_11_charisma_is_spent_to_turn_scrutiny_into_faith() -> None:
    evening = asked()
    before = [evening[f] for f in ("ellis.charisma", "faith", "scrutiny")]
    evening.do("ellis", "answer_with_grace")
    after = [evening[f] for f in ("ellis.charisma", "faith", "scrutiny")]
    assert [b - a for a, b in zip(before, after, strict=True)] == [-2, 4, -2]


def test_B_11_who_is_caught_lying_has_less_of_it() -> None:
    found = {}
    for seed in range(1, 30):
        evening = asked(seed=seed)
        before = evening["ellis.charisma"]
        evening.do("ellis", "deny")
        caught = bool(evening.heard("deny.too_soon"))  # nothing on the screens contradicts him
        assert bool(evening.heard("deny.believed")) is not caught
        found[caught] = evening["ellis.charisma"] - before
        if len(found) == 2:
            break
    assert found == {True: -3, False: 0}


def test_B_12_sessions_pay_for_stars_guards_and_a_better_story() -> None:
    evening = Evening()
    evening.until("night")
    funds = evening["ellis.funds"]
    evening.do("leo", "go_under")
    assert evening["ellis.funds"] == funds + 1
    crowd, guards = evening["expo.crowd"], evening["ellis.guards"]
    evening.do("ellis", "buy_spectacle")
    evening.do("ellis", "buy_security")
    assert (evening["expo.crowd"], evening["ellis.guards"]) == (crowd + 8, guards + 1)
    assert evening["ellis.funds"] == funds + 1 - 3 - 4
    assert evening.tries("ellis", "buy_security") == "condition"
    after = Evening()
    after.to_aftermath()
    funds = after["ellis.funds"]
    after.do("ellis", "spin")
    assert after["ellis.funds"] == funds - 1


def test_B_13_what_is_sealed_only_ellis_knows() -> None:
    evening = Evening()
    for file in ("taper", "returns", "index"):
        fact = f"sealed.{file}"
        assert class_of(evening.play.pack, evening.play.facts, fact) == ("role:ellis",)
        assert evening[fact] == "sealed"
    for _ in range(3):
        evening.do("ellis", "read_sealed_file")
    told = {event.key: event.to for commit in evening.play.commits for event in commit.events
            if event.key.startswith("sealed.")}  # fmt: skip
    assert told == {f"sealed.{file}": ("role:ellis",) for file in ("taper", "returns", "index")}


def test_B_13_each_of_it_can_be_exposed_confessed_or_leaked() -> None:
    exposed = asked("returns")
    exposed.wait(60)  # nobody answers
    assert exposed["sealed.returns"] == "exposed"
    confessed = asked("index")
    confessed.do("ellis", "concede")
    assert confessed["sealed.index"] == "confessed"
    leaked = Evening()
    leaked.to_expo()
    assert leaked.tries("mia", "send_to_papers", file="taper") == "condition"  # no copy yet
    leaked.do("mia", "copy_proof", what="ledger")
    leaked.do("mia", "send_to_papers", file="taper")
    assert leaked["sealed.taper"] == "leaked"
    assert leaked["sealed.returns"] == leaked["sealed.index"] == "sealed"


def test_B_14_a_drawing_with_shut_eyes_shows_what_was_lost() -> None:
    evening = Evening()
    evening.go("leo", "home.kitchen", "street.queue")
    evening.do("leo", "stand_in_line")
    evening.do("leo", "stand_in_line")
    evening.go("leo", "home.kitchen", "home.bedroom")
    evening.do("leo", "test_yourself")
    assert evening["leo.score"] < 9  # last week's
    assert (evening["leo.doubt"], evening["leo.fear"]) == (4, 5)
    assert evening["leo.last_score"] == evening["leo.score"]
    for _ in range(4):
        evening.do("leo", "draw_freely")
    evening.until("night")
    clarity = evening["leo.clarity"]
    evening.do("leo", "test_yourself")
    assert evening["leo.clarity"] == clarity + 1


@pytest.mark.parametrize("is_together", [True, False], ids=["together", "apart"])
@pytest.mark.parametrize("stands", QUARRELS, ids="-".join)
def test_B_15_the_quarrel_writes_wedge_doubt_and_adherence(
    stands: tuple[str, str], is_together: bool
) -> None:
    face_to_face, through_the_flat, wedge, doubt, kept = QUARRELS[stands]
    evening = Evening()
    if is_together:
        evening.go("leo", "home.kitchen")
    evening.do("ava", stands[0])
    evening.do("leo", stands[1])
    told = {e.key for c in evening.play.commits for e in c.events if e.key.startswith("quarrel.")}
    key = face_to_face if is_together else f"apart.{through_the_flat}"
    assert told == {f"quarrel.{key}"}
    assert (evening["leo.wedge"], evening["leo.doubt"]) == (wedge, doubt)
    assert evening["household.kept"] == kept
    assert evening.tries("leo", "refuse") == "condition"  # one takes a stand once


def test_B_16_the_night_asks_for_dark_quiet_and_the_hour() -> None:
    evening = in_bed(helped=True)
    evening.wait(210)
    assert evening.tries("leo", "slip_out") == "condition"  # the lamp is lit
    evening.do("leo", "put_out_lamp")
    evening.do("leo", "loop_band")
    assert evening["home.bedroom.noise"] <= 4
    evening.do("leo", "slip_out")
    assert evening["leo.rebelled"]
    assert evening["leo.scene"] == "street.queue"

    early = in_bed(helped=True)
    early.do("leo", "put_out_lamp")
    assert early["night.hour"] < 2
    assert early.tries("leo", "slip_out") == "condition"

    loud = in_bed(helped=False)
    loud.wait(210)
    loud.do("leo", "pocket_drawings")
    loud.do("leo", "put_out_lamp")
    assert loud["home.bedroom.noise"] == 5
    assert loud.tries("leo", "slip_out") == "condition"
    loud.do("leo", "lie_still")
    loud.do("leo", "slip_out")


@pytest.mark.parametrize("helped", [True, False])
def test_B_16_it_is_possible_with_and_without_help(helped: bool) -> None:
    evening = in_bed(helped=helped)
    evening.do("leo", "put_out_lamp")
    evening.wait(210)
    evening.do("leo", "slip_out")
    assert evening["leo.rebelled"]
    assert evening["leo.helped"] is helped


def test_B_17_what_leo_does_in_the_library_makes_mia_notice() -> None:
    evening = Evening()
    evening.go("leo", "home.kitchen")
    evening.do("leo", "slip_into_library")
    assert evening.tries_to_cue("evening.librarian_notices") == "condition"
    evening.do("leo", "leave_drawing")
    evening.cue("evening.librarian_notices")
    assert evening["mia.noticed"]
    assert evening["allied"]


def test_B_17_a_boy_in_the_stacks_is_noticed_too() -> None:
    evening = Evening()
    evening.go("leo", "home.kitchen")
    evening.do("leo", "slip_into_library")
    evening.go("leo", "library.stacks")
    for skill in ("recall", "lullaby"):
        evening.do("leo", "read_old_book", skill=skill)
    assert evening["leo.asked"] == 2
    evening.cue("evening.librarian_notices")


def test_B_16_a_mother_who_sits_in_the_room_sees_the_empty_bed() -> None:
    evening = in_bed(helped=True)
    evening.go("ava", "home.bedroom")
    evening.do("leo", "put_out_lamp")
    evening.wait(210)
    assert not evening["ava.knows_gone"]
    evening.do("leo", "slip_out")
    assert evening["ava.knows_gone"]


def test_B_18_the_old_books_teach_what_unlocks_a_verb() -> None:
    evening = Evening()
    evening.to_aftermath()
    assert evening.tries("leo", "begin_ritual", way="story") == "bad_parameter"
    assert evening.tries("leo", "begin_ritual", way="mindfulness") == "bad_parameter"
    evening.go("leo", "home.kitchen", "street.queue", "library.reading", "library.stacks")
    evening.do("leo", "read_old_book", skill="storytelling")
    assert evening.tries("leo", "read_old_book", skill="storytelling") == "bad_parameter"
    evening.go("leo", "library.reading")
    evening.do("leo", "go_to_bed")
    evening.do("leo", "begin_ritual", way="story")

    dreamer = Evening()
    dreamer.until("night")
    dreamer.do("leo", "go_under")
    assert dreamer.tries("leo", "wake_yourself") == "condition"
    reader = Evening()
    reader.go("leo", "home.kitchen", "street.queue", "library.reading", "library.stacks")
    reader.do("leo", "read_old_book", skill="recall")
    reader.until("night")
    reader.do("leo", "go_under")
    reader.do("leo", "wake_yourself")


def test_B_19_each_line_of_the_plan_is_signed_by_a_role() -> None:
    evening = Evening()
    evening.ally()
    evening.rebel()
    evening.plan()
    signed = {part: evening[f"plan.{part}"] for part in ("way_in", "watch", "cover", "way_out")}
    assert signed == {"way_in": "leo", "watch": "mia", "cover": "leo", "way_out": "mia"}
    assert evening["plan.quality"] >= 7
    assert evening.tries("leo", "sign_plan", part="watch") in ("bad_parameter", "spent")


def test_B_19_a_good_plan_makes_the_building_easier() -> None:
    woken = {}
    for is_planned in (True, False):
        evening = Evening()
        evening.ally()
        evening.rebel()
        if is_planned:
            evening.plan()
        evening.until("facility")
        evening.go("mia", "facility.archive")
        before = evening["facility.alert"]
        evening.do("mia", "take_in_archive", what="ledger")
        woken[is_planned] = evening["facility.alert"] - before
    assert woken[True] < woken[False]


def ways_out(evening: Evening, scene: str, role: str) -> set[str]:
    """Return where a role may walk to from a scene as things stand."""
    exits = expo().scenes[scene].exits
    facts = evening.play.facts
    return {e.to for e in exits if e.when is None or e.when.run(facts, {"me": role})}


def test_B_20_no_zone_is_without_an_exit() -> None:
    evening = Evening()
    evening.until("facility")
    pack = expo()
    for zone in pack.sets["zones"]:
        for role in pack.sets["cast"]:
            assert ways_out(evening, zone, role), f"{role} cannot leave {zone}"
        for thief in pack.sets["thieves"]:
            reached = {zone}
            while not reached >= (more := reached.union(*(ways_out(evening, s, thief)
                                                           for s in reached))):  # fmt: skip
                reached = more
            assert "street.alley" in reached


TASKS = {  # each one's own in the building: where, for whom the guards' alert goes which way
    "crawl_duct": ("leo", 0), "hum_lullaby": ("mia", -1), "cover_for": ("ava", -1),
    "stand_guards_down": ("ellis", -1), "walk_zones": ("ellis", 1),
}  # fmt: skip


@pytest.mark.parametrize("task", TASKS)
def test_B_20_each_has_a_task_of_their_own_in_the_building(task: str) -> None:
    who, way = TASKS[task]
    evening = Evening()
    evening.ally()
    evening.rebel()
    evening.plan()
    evening.until("facility")
    for thing in ("casebook", "ledger"):
        evening.go("mia", "facility.archive")
        evening.do("mia", "take_in_archive", what=thing)
    evening.go("mia", "facility.lobby")
    assert evening["facility.alert"] >= 3
    for role in ("ava", "leo", "mia", "ellis"):
        if role != who:
            assert evening.tries(role, task) == "not_yours"
    before = evening["facility.alert"]
    evening.do(who, task)
    moved = evening["facility.alert"] - before
    assert (moved > 0) - (moved < 0) == way
    if task == "crawl_duct":
        assert evening["leo.scene"] == "facility.servers"


def alarmed(seed: int) -> Evening:
    """Return a facility in which the guards have come for Mia, who holds the ledger, copied not."""
    evening = Evening(seed)
    evening.ally()
    evening.rebel()
    evening.plan()
    evening.until("facility")
    evening.go("mia", "facility.archive")
    for thing in ("casebook", "ledger"):
        evening.do("mia", "take_in_archive", what=thing)
    evening.go("leo", "facility.archive", "facility.servers")
    evening.do("leo", "take_in_servers", what="scans")
    assert evening["clock.alarm"] > 0
    evening.wait(61)
    return evening


def test_B_20_the_alarm_puts_one_out_with_what_one_carries_or_without() -> None:
    found = {}
    for seed in range(1, 40):
        evening = alarmed(seed)
        assert evening["mia.scene"] == "street.alley"
        seized = any("role:mia" in event.to for event in evening.heard("alarm.seized"))
        found[seized] = evening["ledger.holder"]
        assert evening["ledger.custody"] == (("mia", "ellis") if seized else ("mia",))
        assert evening["leo.captured"] is bool(evening.heard("alarm.leo"))
        if len(found) == 2:
            break
    assert found == {True: "ellis", False: "mia"}
