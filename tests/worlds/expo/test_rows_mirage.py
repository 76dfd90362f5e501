"""Rows B-34 to B-43: what Ava hears, what the city does about it, and who steps back."""

import pytest
from support.evenings import Evening
from support.packs import expo

from dreamsync_server.world.audience import class_of

PAIRS = (("ava", "leo"), ("ava", "juno"), ("leo", "juno"))
LIVED = {
    "the_pencil": "speech.pencil", "the_line": "speech.line",
    "the_house": "speech.house", "the_ward": "speech.ward",
}  # fmt: skip


def at_expo() -> Evening:
    """Return the open expo with a full hall, five proofs behind the stage."""
    evening = Evening()
    evening.to_expo()
    evening.show()
    return evening


def aftermath(absent: tuple[str, ...] = ()) -> Evening:
    """Return the morning papers after a well-played expo."""
    evening = Evening(absent=absent)
    evening.to_aftermath()
    assert evening["chapter"] == "aftermath"
    return evening


def test_B_34_at_the_front_ava_is_seen_and_heard() -> None:
    evening = at_expo()
    assert evening.tries("ava", "speak_as_mother") == "not_here"
    evening.do("ava", "step_to_front")
    assert evening["ava.scene"] == "expo.stage"
    seen = class_of(evening.play.pack, evening.play.facts, "ava.at_front")
    assert seen == ("scene:expo.stage",)
    assert evening.heard("do.step_to_front")[0].to == ("all",)
    evening.do("ava", "speak_as_mother")
    assert evening.heard("mother.unheard")[0].to == ("all",)


def shown_and_true(evening: Evening) -> list[tuple[int, int]]:
    return [(evening[f"connection.{a}.{b}"], evening[f"bond.{a}.{b}"]) for a, b in PAIRS]


def test_B_35_the_index_shows_another_bond_than_the_true_one_until_she_hears() -> None:
    evening = Evening()
    evening.go("ava", "home.bedroom")
    for who in ("leo", "leo"):
        evening.do("ava", "sit_with", who=who)
    for _ in range(4):
        evening.do("leo", "make_shadows", who="juno")
        assert all(shown > true for shown, true in shown_and_true(evening))
    evening.until("night")
    evening.do("ava", "read_index")
    evening.until("expo")
    assert all(shown > true for shown, true in shown_and_true(evening))

    heard = at_expo()
    heard.show("casebook")
    assert all(shown != true for shown, true in shown_and_true(heard))
    heard.hear_her_laugh()
    assert all(shown == true for shown, true in shown_and_true(heard))
    heard.wait(60)
    assert all(shown == true for shown, true in shown_and_true(heard))


def test_B_35_the_true_bond_is_seen_by_nobody_who_plays() -> None:
    evening = Evening()
    for a, b in PAIRS:
        name = expo().aliases.get(f"bond.{a}.{b}", f"bond.{a}.{b}")
        assert class_of(evening.play.pack, evening.play.facts, name) == ("desk",)


def test_B_36_the_laugh_is_heard_once_by_ava_alone() -> None:
    evening = at_expo()
    evening.show("casebook")
    assert evening.tries_to_cue("expo.foreign_laughter") == "condition"  # nobody laughs yet
    evening.cue("expo.demonstration")
    evening.cue("expo.foreign_laughter")
    assert [e.to for e in evening.heard("beat.expo.foreign_laughter.text")] == [("role:ava",)]
    assert evening["ava.heard"]
    assert evening.tries_to_cue("expo.foreign_laughter") == "spent"


def test_B_36_it_is_not_foreign_to_a_mother_who_has_sat_with_her() -> None:
    evening = Evening()
    evening.go("ava", "home.bedroom")
    evening.do("ava", "sit_with", who="juno")
    evening.do("ava", "sit_with", who="juno")
    evening.go("ava", "home.kitchen")
    evening.do("ava", "renew_deep_tier")
    evening.go("ava", "home.bedroom")
    evening.do("ava", "sit_with", who="juno")
    evening.do("ava", "sit_with", who="juno")
    evening.to_expo()
    evening.show("casebook")
    evening.cue("expo.demonstration")
    assert evening["bond.ava.juno"] >= 1
    assert evening.tries_to_cue("expo.foreign_laughter") == "condition"


def test_B_37_the_wedge_is_lowered_by_an_evening_that_was_kept() -> None:
    evening = aftermath()
    leo, juno = evening["leo.wedge"], evening["juno.wedge"]
    evening.go("ava", "home.bedroom")
    evening.do("ava", "apologise", who="juno")
    evening.do("ava", "sit_with", who="leo")
    assert (evening["leo.wedge"], evening["juno.wedge"]) == (leo, juno)
    evening.do("ava", "begin_ritual", way="conversation")
    evening.do("leo", "join_ritual")
    assert (evening["leo.wedge"], evening["juno.wedge"]) == (max(0, leo - 2), juno - 1)


def test_B_38_scrutiny_opens_what_it_opens_and_spin_takes_some_of_it_back() -> None:
    evening = aftermath()
    assert len(evening.heard("inquiry.opened")) == 1
    before = evening["scrutiny"]
    evening.do("ellis", "spin")
    assert evening["scrutiny"] == before - 7
    evening.do("mia", "confess_voice")
    evening.do("ellis", "read_sealed_file")
    evening.do("ellis", "publish_statement", tone="whole", admits="index")
    evening.go("leo", "home.kitchen", "street.queue", "council.hall")
    evening.do("leo", "speak_too_far", lived="the_pencil")
    evening.do("leo", "speak_too_far", lived="the_pencil")
    evening.cue("aftermath.stepping_back")
    evening.choose("ellis", "stepping_back", "step_back")
    before = evening["scrutiny"]
    evening.wait(65)
    assert evening["scrutiny"] == before + 1  # the papers, once both kinds are known
    assert len(evening.heard("inquiry.opened")) == len(evening.heard("inquiry.freeze")) == 1
    assert evening["inquiry"] == "freeze"


def test_B_38_each_threshold_opens_more_and_each_once() -> None:
    evening = Evening()
    evening.to_expo()
    evening.show("casebook", "ledger", "reel", "drawings", "letters")
    assert (evening["scrutiny"] < 40, evening["inquiry"]) == (True, "nothing")
    evening.cue("expo.both_kinds")
    evening.cue("expo.confrontation")
    evening.hear_her_laugh()
    evening.challenge("returns", "index")
    evening.do("leo", "raise_claim", charge="index")
    evening.wait(50)
    assert 40 <= evening["scrutiny"] < 60
    assert evening["inquiry"] == "opened"
    evening.until("aftermath")
    evening.do("mia", "confess_voice")
    evening.do("ellis", "read_sealed_file")
    evening.do("ellis", "publish_statement", tone="whole", admits="index")
    assert 60 <= evening["scrutiny"] < 80
    assert evening["inquiry"] == "freeze"
    evening.go("leo", "home.kitchen", "street.queue", "council.hall")
    evening.do("leo", "speak_too_far", lived="the_pencil")
    evening.do("leo", "speak_too_far", lived="the_pencil")
    evening.cue("aftermath.stepping_back")
    evening.choose("ellis", "stepping_back", "step_back")
    assert evening["scrutiny"] >= 80
    assert evening["inquiry"] == "recall"
    evening.until("dawn")
    told = [evening.heard(f"inquiry.{what}") for what in ("opened", "freeze", "recall")]
    assert [[event.to for event in events] for events in told] == [[("all",)]] * 3


def test_B_39_ellis_steps_back_by_his_players_own_hand_and_it_is_irrevocable() -> None:
    evening = aftermath()
    raised(evening)
    evening.cue("aftermath.stepping_back")
    evening.choose("ellis", "stepping_back", "step_back")
    assert evening["ellis.stepped"]
    assert evening["ellis.statement"] == "half"
    assert evening.tries("ellis", "spin") == "condition"
    assert evening.tries_to_cue("aftermath.stepping_back") in ("condition", "cooldown")


def raised(evening: Evening) -> None:
    """Let Mia say whose voice it is, which the city minds."""
    evening.do("mia", "confess_voice")
    assert evening["scrutiny"] >= 50


def test_B_39_he_steps_back_by_letter_where_nobody_plays_him() -> None:
    evening = aftermath(absent=("ellis",))
    raised(evening)
    evening.go("leo", "home.kitchen", "street.queue", "council.hall")
    evening.do("leo", "speak_too_far", lived="the_pencil")
    evening.do("leo", "speak_too_far", lived="the_pencil")
    evening.until("dawn")
    assert evening["ellis.stepped"]
    assert evening["ellis.statement"] == "whole"
    assert len(evening.heard("step.letter")) == 1


def test_B_39_the_others_who_built_it_have_breaking_points_of_their_own() -> None:
    evening = aftermath()
    raised(evening)
    assert evening["exec.okafor"] == "wavering"
    evening.do("ellis", "read_sealed_file")
    evening.do("ellis", "publish_statement", tone="whole", admits="taper")
    assert evening["exec.okafor"] == "gone"
    assert evening["exec.lindqvist"] in ("loyal", "wavering")
    assert len(evening.heard("exec.okafor")) == 1


def test_B_40_a_statement_admits_true_things_half_of_them_on_record() -> None:
    evening = aftermath()
    evening.do("ellis", "read_sealed_file")
    lies = evening["ellis.lies"]
    evening.do("ellis", "publish_statement", tone="half", admits="taper")
    assert (evening["ellis.statement"], evening["ellis.admitted"]) == ("half", ("taper",))
    assert evening["sealed.taper"] == "confessed"
    assert evening["ellis.lies"] == lies + 1  # and that it was half can be told
    assert evening["sealed.index"] != "confessed"
    evening.do("ellis", "publish_statement", tone="whole", admits="index")
    assert (evening["ellis.statement"], evening["ellis.admitted"]) == ("whole", ("taper", "index"))
    addiction, curiosity = evening["city.addiction"], evening["city.curiosity"]
    evening.do("ellis", "pay_restitution")
    assert evening["city.addiction"] == addiction - 4
    assert evening["city.curiosity"] == curiosity + 3


def in_council(motion: str) -> Evening:
    """Return a council that has carried a motion, and the dawn after it."""
    evening = aftermath()
    evening.do("mia", "table_motion", proposal=motion)
    assert evening.tries("mia", "table_motion", proposal=motion) == "condition"
    evening.go("leo", "home.kitchen", "street.queue", "council.hall")
    for who in ("leo", "mia"):
        evening.do(who, "vote", answer="aye")
    assert evening.tries("leo", "vote", answer="aye") == "condition"
    evening.do("leo", "speak_too_far", lived="the_pencil")
    evening.wait(80)
    assert evening["policy"] == motion
    assert len(evening.heard(f"ballot.{motion}")) == 1
    evening.until("dawn")
    return evening


def test_B_41_a_motion_is_put_voted_on_and_takes_effect() -> None:
    taper = in_council("taper")
    bound = taper["ava.dependency"]
    taper.wait(80)
    assert taper["ava.dependency"] == bound - 1
    children = in_council("children")
    assert children.tries("leo", "go_under") == "condition"
    due = children["household.due"]
    children.wait(80)
    assert children["household.due"] == due  # no slot is due any more


def test_B_41_what_the_hall_does_not_want_is_lost() -> None:
    evening = aftermath()
    evening.do("mia", "table_motion", proposal="taper")
    evening.do("mia", "vote", answer="no")
    evening.wait(80)
    assert evening["policy"] == "unchanged"
    assert len(evening.heard("ballot.lost")) == 1


def test_B_42_the_speech_is_made_of_what_leo_has_lived() -> None:
    evening = aftermath()
    evening.go("leo", "home.kitchen", "street.queue", "council.hall")
    lived = {"the_pencil"}
    lived |= {place for place in LIVED if place != "the_pencil"
              and evening[f"leo.saw_{place.removeprefix('the_')}"]}  # fmt: skip
    assert "the_line" not in lived
    for place in sorted(set(LIVED) - lived):
        assert evening.tries("leo", "speak_too_far", lived=place) == "bad_parameter"
    evening.do("mia", "table_motion", proposal="measure")
    ayes = evening["forum.ayes"]
    evening.do("leo", "speak_too_far", lived="the_pencil")
    assert evening["forum.ayes"] > ayes
    assert len(evening.heard("speech.pencil")) == 1


@pytest.mark.parametrize(("tests", "worth"), [(0, 1), (4, 2)])
def test_B_43_leos_clarity_becomes_avas_resolve(tests: int, worth: int) -> None:
    evening = Evening()
    for _ in range(tests):
        evening.do("leo", "draw_freely")
        evening.do("leo", "test_yourself")
    evening.to_aftermath()
    clarity, resolve = evening["leo.clarity"], evening["ava.resolve"]
    evening.go("leo", "home.kitchen", "street.queue", "council.hall")
    evening.do("leo", "speak_too_far", lived="the_pencil")
    assert max(1, clarity // 3) == worth
    assert evening["ava.resolve"] == min(10, resolve + worth)
    evening.cue("aftermath.her_sons_words")
    assert evening.heard("beat.aftermath.her_sons_words.text")[0].to == ("role:ava",)
