"""Rows B-21 to B-33: what they find, what it costs to see it, and the hall that is shown it."""

import itertools

import pytest
from support.effects import lowered_by, raised_by
from support.evenings import Evening
from support.packs import expo

CONTACT = {  # everything that may warm Ava is somebody near her
    "quarrel_settled", "ritual_kept", "dawn.own_laugh", "sit_with", "apologise", "tell_secret",
}  # fmt: skip


def at_facility(*, planned: bool = True) -> Evening:
    """Return the facility's first minute, Leo and Mia in the loading bay."""
    evening = Evening()
    evening.ally()
    evening.rebel()
    if planned:
        evening.plan()
    evening.until("facility")
    return evening


def at_expo() -> Evening:
    """Return the open expo with a full hall, five proofs behind the stage."""
    evening = Evening()
    evening.to_expo()
    evening.show()
    return evening


def chain_holds(evening: Evening, thing: str) -> bool:
    """Return whether the last name in a proof's custody is whoever of the cast has it."""
    holder = evening[f"{thing}.holder"]
    return holder not in expo().sets["cast"] or evening[f"{thing}.custody"][-1:] == (holder,)


def test_B_21_what_is_shown_was_found_and_every_hand_is_on_record() -> None:
    evening = at_expo()
    evening.do("mia", "hand_over", what="ledger", who="leo")
    assert evening["ledger.custody"] == ("mia", "leo")
    for thing in ("ledger", "ledger", "reel", "casebook"):
        evening.show(thing)
        assert evening["evidence.shown"] <= evening["evidence.found"]
    assert evening["evidence.shown"] == 3  # the ledger twice
    assert all(chain_holds(evening, thing) for thing in expo().sets["proofs"])


def test_B_21_a_proof_can_be_copied_lost_and_forged() -> None:
    evening = at_facility()
    evening.do("mia", "copy_proof", what="letters")
    assert evening["letters.copies"] == 1
    evening.go("ellis", "facility.archive")
    evening.do("ellis", "shred_file", what="casebook")
    assert evening["casebook.holder"] == "nobody"
    evening.do("ellis", "plant_forgery")
    evening.go("mia", "facility.archive")
    evening.do("mia", "take_in_archive", what="memo")
    evening.do("mia", "authenticate", what="memo")
    assert len(evening.heard("check.forged")) == 1
    assert evening["memo.holder"] == "nobody"


def test_B_21_a_forgery_that_is_shown_speaks_for_the_other_side() -> None:
    evening = at_facility()
    evening.go("ellis", "facility.archive")
    evening.do("ellis", "plant_forgery")
    evening.go("mia", "facility.archive")
    evening.do("mia", "take_in_archive", what="memo")
    evening.until("expo")
    evening.show()
    before = evening["faith"]
    evening.show("memo")
    assert evening["faith"] == before + 10
    assert evening["evidence.dependency"] == 0


def test_B_22_three_clues_and_more_lead_to_each_conclusion() -> None:
    for conclusion in ("taper", "returns", "index"):
        assert len(raised_by(expo(), f"clue.{conclusion}")) >= 3
    evening = Evening()
    evening.to_expo()
    assert evening["ordered.returns"] == "lindqvist"
    assert evening["ordered.index"] == "board"
    assert evening.heard("concluded.index")[0].to == ("role:leo", "role:mia")
    assert evening["ordered.taper"] == "unknown"  # two clues are not three
    evening.go("mia", "expo.stage")
    assert evening.heard("concluded.taper") == []


def test_B_23_warmth_withers_and_only_contact_restores_it() -> None:
    assert raised_by(expo(), "ava.warmth") == CONTACT
    evening = Evening()
    warm = evening["ava.warmth"]
    evening.do("ava", "take_overtime")
    assert evening["ava.warmth"] == warm - 1
    evening.until("night")
    assert evening["ava.warmth"] < warm - 1
    cold = evening["ava.warmth"]
    evening.go("ava", "home.bedroom")
    evening.do("ava", "sit_with", who="leo")
    assert evening["ava.warmth"] == cold + 1


@pytest.mark.parametrize("answer", ["soften", "harden"])
def test_B_24_the_crisis_comes_with_the_cold_and_reweighs_what_she_may_do(answer: str) -> None:
    evening = Evening()
    evening.wait(60)
    assert evening.tries_to_cue("night.conscience") == "not_now"
    for action in ("take_overtime", "renew_deep_tier", "take_overtime", "read_index"):
        evening.do("ava", action)
    evening.until("night")
    evening.wait(190)
    assert evening["ava.warmth"] <= 4
    evening.cue("night.conscience")
    assert evening.heard("choice.conscience.ask")[0].to == ("role:ava",)
    evening.choose("ava", "conscience", answer)
    evening.until("facility")
    softened = answer == "soften"
    assert evening["ava.conscience"] == ("softened" if softened else "hardened")
    assert evening.tries("ava", "call_security") == ("condition" if softened else "ok")
    assert evening["facility.alert"] >= (0 if softened else 3)
    evening.go("mia", "facility.archive")
    evening.do("mia", "take_in_archive", what="ledger")
    assert evening.tries("ava", "cover_for") == ("ok" if softened else "condition")


def test_B_24_it_does_not_come_while_she_is_warm() -> None:
    evening = Evening()
    evening.until("night")
    evening.wait(190)
    assert evening["ava.warmth"] > 4
    assert evening.tries_to_cue("night.conscience") == "condition"


def find_something(evening: Evening, who: str) -> None:
    """Let one of the two threads find something in the building."""
    match who:
        case "ava":
            evening.do("ava", "open_file")
        case "leo":
            evening.go("leo", "facility.archive", "facility.lobby", "facility.ward")
            evening.do("leo", "look_at_faces")
        case _:
            evening.go("mia", "facility.archive")
            evening.do("mia", "take_in_archive", what="casebook")


@pytest.mark.parametrize("order", list(itertools.permutations(("ava", "leo", "mia"), 2)))
def test_B_25_the_paths_collide_in_whatever_order_they_arrive(order: tuple[str, str]) -> None:
    evening = at_facility()
    evening.wait(180)
    is_joined = False
    for arrived, who in enumerate(order, 1):
        assert evening.tries_to_cue("facility.paths_collide") == "condition"
        find_something(evening, who)
        is_joined = arrived == 2 and "ava" in order
    assert evening.tries_to_cue("facility.paths_collide") == ("ok" if is_joined else "condition")
    assert evening["joined"] is is_joined
    if is_joined:
        assert {evening[f"{role}.scene"] for role in ("ava", "leo", "mia")} == {"facility.ward"}


def test_B_26_what_leo_feared_is_true_and_fear_turns_to_resolve() -> None:
    evening = at_facility()
    fear, resolve = evening["leo.fear"], evening["leo.resolve"]
    assert fear >= 4
    evening.go("leo", "facility.archive", "facility.lobby", "facility.ward")
    evening.do("leo", "look_at_faces")
    assert (evening["leo.fear"], evening["leo.resolve"]) == (1, resolve + fear)


def test_B_27_those_who_slip_have_names_and_stages_and_can_be_held() -> None:
    evening = Evening()
    evening.go("mia", "street.queue")
    for key in ("watch.odile", "watch.teodor", "watch.pell"):
        evening.do("mia", "watch_line")
        assert evening.heard(key)[0].to == ("role:mia",)
    city, odile = evening["city.addiction"], evening["case.odile"]
    evening.do("mia", "sit_with_case", person="odile")
    assert (evening["case.odile"], evening["city.addiction"]) == (odile - 1, city - 1)
    pell = evening["case.pell"]
    evening.until("facility")  # a night with nobody sitting by
    assert evening["case.pell"] == pell + 1


@pytest.mark.parametrize(
    ("kind", "tie"), [("relaxation", "supper"), ("rejuvenation", "call"), ("adventure", "friend")]
)
def test_B_28_every_custom_dream_costs_a_tie_and_it_is_listed(kind: str, tie: str) -> None:
    evening = Evening()
    evening.do("leo", "order_dream", kind=kind, place_wished="orchard", guest_wished="dog")
    evening.until("night")
    evening.do("leo", "go_under")
    assert evening["leo.ties"] == (tie,)
    assert evening["ties.lost"] == (tie,)


@pytest.mark.parametrize("absent", [(), ("leo",), ("ava", "ellis"), ("leo", "mia")], ids=str)
def test_B_29_the_expo_opens_whatever_was_done_before(absent: tuple[str, ...]) -> None:
    evening = Evening(absent=absent)
    evening.until("expo")
    assert (evening["chapter"], evening["expo.phase"]) == ("expo", "doors")
    assert evening["expo.crowd"] >= 10
    evening.wait(75)
    assert evening["expo.phase"] == "keynote"
    evening.wait(185)
    assert evening["expo.phase"] == "open_floor"
    assert evening["expo.crowd"] > 30


def test_B_30_a_claim_needs_evidence_and_a_proof_spoils_the_reply() -> None:
    bare = Evening()
    bare.until("expo")
    bare.wait(80)
    bare.go("mia", "expo.stage")
    assert bare.tries("mia", "raise_claim", charge="taper") == "bad_parameter"

    evening = at_expo()
    evening.go("mia", "expo.stage")
    evening.do("mia", "raise_claim", charge="index")
    assert evening["claim.now"] == "index"
    evening.show("reel")
    assert evening["claim.proved"]
    before = evening["faith"], evening["scrutiny"]
    evening.do("ellis", "answer_with_grace")
    assert (evening["faith"], evening["scrutiny"]) == (before[0] + 1, before[1])
    assert evening["claim.now"] == "silence"
    evening.do("mia", "raise_claim", charge="returns")
    won = evening["claim.won"]
    evening.wait(50)  # and silence answers too
    assert evening["claim.won"] == won + 1
    assert evening["sealed.returns"] == "exposed"


def test_B_31_a_showing_is_worth_quality_times_novelty_times_crowd() -> None:
    evening = at_expo()
    for novelty in (3, 1):
        evening.wait(45)
        quality, crowd = evening["casebook.quality"], evening["expo.crowd"]
        worth = quality * novelty * crowd * (150 - evening["faith"]) // 20_000
        before = evening["scrutiny"]
        evening.show("casebook")
        assert evening["scrutiny"] == before + worth
    assert evening.tries("mia", "show_video", what="casebook") == "bad_parameter"
    assert worth >= 0


def test_B_31_the_screens_can_be_cut_and_patched_in_again() -> None:
    evening = at_expo()
    evening.show("casebook")
    evening.do("ellis", "cut_screens")
    assert evening.tries("mia", "show_video", what="ledger") == "condition"
    evening.do("mia", "patch_screens")
    evening.show("ledger")


def test_B_32_the_confrontation_needs_both_kinds_of_proof() -> None:
    evening = at_expo()
    evening.show("casebook", "reel")
    assert (evening["evidence.addiction"], evening["evidence.dependency"]) == (2, 0)
    assert evening.tries_to_cue("expo.confrontation") == "condition"
    assert evening.tries_to_cue("expo.both_kinds") == "condition"
    evening.show("ledger")
    assert evening["evidence.dependency"] == 1
    evening.cue("expo.confrontation")
    evening.cue("expo.both_kinds")


def test_B_33_the_disturbances_come_in_order_and_the_last_one_empties_the_hall() -> None:
    evening = Evening()
    evening.to_uproar()
    order = ("chaos.murmur", "chaos.aisles", "chaos.barrier", "chaos.empties")
    keys = [e.key for c in evening.play.commits for e in c.events if e.key in order]
    assert keys == list(order)
    assert evening["expo.phase"] == "emptied"
    assert evening["chapter"] == "aftermath" or evening.ending


def test_B_37_only_a_ritual_lowers_the_wedge() -> None:
    rituals = {"ritual_kept", "dawn.juno_joins"}
    assert lowered_by(expo(), "leo.wedge") | lowered_by(expo(), "juno.wedge") == rituals
