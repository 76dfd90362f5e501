"""Rows B-44 to B-51: rituals, withdrawal, workshops, and an evening that begins again."""

import pytest
from support.evenings import Evening
from support.packs import expo


def dawn(motion: str = "") -> Evening:
    """Return the first of the evenings after, with a motion carried where one is named."""
    evening = Evening()
    evening.to_aftermath()
    if motion:
        evening.do("mia", "table_motion", proposal=motion)
        evening.do("mia", "vote", answer="aye")
    evening.to_dawn_from_aftermath()
    return evening


def with_leo_taught(evening: Evening) -> Evening:
    """Let Leo read in the stacks how the old evenings went."""
    evening.go("leo", "home.kitchen", "street.queue", "library.reading", "library.stacks")
    evening.do("leo", "read_old_book", skill="storytelling")
    evening.do("leo", "read_old_book", skill="lullaby")
    evening.go("leo", "library.reading")
    evening.do("leo", "go_to_bed")
    return evening


@pytest.mark.parametrize("way", ["story", "conversation", "mindfulness"])
def test_B_44_a_ritual_needs_two_in_the_room_and_lowers_the_wedge(way: str) -> None:
    evening = with_leo_taught(dawn())
    leo, juno = evening["leo.wedge"], evening["juno.wedge"]
    evening.do("leo", "begin_ritual", way=way)
    assert evening.tries("leo", "join_ritual") == "condition"  # nobody keeps an evening alone
    assert evening.tries("ava", "join_ritual") == "not_here"
    evening.wait(61)
    assert len(evening.heard("ritual.waits_in_vain")) == 1
    assert evening["leo.wedge"] == leo
    evening.do("ava", "go_in_to_them")
    evening.do("leo", "begin_ritual", way=way)
    evening.do("ava", "join_ritual")
    assert evening["ritual.tonight"]
    assert len(evening.heard(f"ritual.{way}")) == 1
    assert (evening["leo.wedge"], evening["juno.wedge"]) == (max(0, leo - 2), juno - 1)


def test_B_44_evenings_in_a_row_are_counted_and_a_missed_one_counts_against() -> None:
    evening = dawn()
    evening.do("ava", "go_in_to_them")
    evening.keep()
    evening.keep()
    assert evening["ritual.streak"] == 2
    evening.wait(75)
    assert evening["ritual.streak"] == 1


def test_B_45_taking_back_the_night_costs_three_nights_and_then_gives() -> None:
    evening = dawn()
    evening.unplug()
    assert evening["withdrawal"] == 3
    evening.cue("dawn.juno_cannot_sleep")
    overwork, bond = evening["ava.overwork"], evening["bond.ava.leo"]
    for night in ("first", "second", "third"):
        evening.wait(75)
        assert len(evening.heard(f"told.withdrawal.{night}")) == 1
        assert evening["bond.ava.leo"] == bond
    assert evening["ava.overwork"] > overwork
    evening.wait(75)
    assert evening["withdrawal"] == 0
    assert evening["bond.ava.leo"] == bond + 1


@pytest.mark.parametrize("role", ["ava", "leo", "mia"])
def test_B_46_each_invents_an_evening_and_not_repeating_it_is_rewarded(role: str) -> None:
    evening = dawn()
    curious = evening["city.curiosity"]
    evening.do(role, "invent_ritual", words="Everybody says one word.", tag="hush")
    assert evening["city.curiosity"] == curious + 3
    assert evening[f"{role}.own_ritual"].ref
    evening.do(role, "invent_ritual", words="Everybody says two words.", tag="hush")
    assert evening["city.curiosity"] == curious + 3
    assert evening.heard("ritual.again")[-1].to == (f"role:{role}",)
    evening.do(role, "invent_ritual", words="We walk round the block.", tag="walk")
    assert evening["city.curiosity"] == curious + 6
    assert evening[f"{role}.invented"] == 3


def test_B_47_the_new_dawn_has_places_of_its_own_and_a_calmer_clock() -> None:
    before = Evening()
    before.to_aftermath()
    assert before.tries("leo", "go", to="home.roof") == "bad_parameter"
    curves = {c.id: max(wanted for _, wanted in c.curve) for c in expo().chapters.values()}
    assert curves["dawn"] < min(curves[c] for c in ("evening", "night", "facility", "expo"))
    evening = dawn()
    evening.cue("dawn.first_light")
    evening.go("leo", "home.roof", "home.bedroom")
    evening.go("mia", "street.queue", "street.bakery")
    evening.do("mia", "carry_pamphlets")
    assert evening.heard("dawn.everybody")[0].to == ("all",)


def test_B_48_workshops_are_hosted_taught_and_attended_and_the_city_needs_less() -> None:
    nobody = Evening()
    nobody.until("expo")
    assert nobody.tries("mia", "host_workshop") == "not_now"
    evening = dawn()
    addiction = evening["city.addiction"]
    evening.do("mia", "host_workshop")
    evening.do("ava", "attend_workshop")
    evening.do("leo", "attend_workshop")
    evening.do("leo", "teach_shadows")
    assert evening["ava.storytelling"]
    assert evening["workshop.seats"] == 10 + 5 + 5 + 10
    nights = evening["nights"]
    evening.wait(60)
    assert evening["workshop.held"] == 1
    assert evening["city.addiction"] <= addiction - 5 + (evening["nights"] - nights)

    empty = dawn()
    empty.do("mia", "host_workshop")
    empty.wait(61)
    assert empty["workshop.held"] == 0  # a workshop that nobody comes to is a librarian reading


def test_B_48_a_workshop_needs_a_city_that_asks_or_a_friend() -> None:
    alone = Evening()  # Mia has met nobody, and the hall has seen little
    alone.do("mia", "gather_letters")
    alone.until("facility")
    for thing in ("ledger", "casebook"):
        alone.go("mia", "facility.archive")
        alone.do("mia", "take_in_archive", what=thing)
        alone.go("mia", "facility.lobby")
        alone.do("mia", "hum_lullaby")
    alone.do("mia", "slip_away")
    alone.until("expo")
    alone.show("ledger", "casebook", "letters")
    for beat in ("expo.both_kinds", "expo.confrontation", "expo.tram_driver"):
        alone.cue(beat)
    alone.challenge("index", "taper")
    alone.until("aftermath")
    alone.go("mia", "street.queue", "library.reading")
    assert (alone["allied"], alone["scrutiny"] < 35) == (False, True)
    assert alone.tries("mia", "host_workshop") == "condition"
    alone.go("mia", "street.queue", "council.hall")
    alone.do("mia", "confess_voice")
    alone.go("leo", "home.kitchen", "street.queue", "council.hall")
    for _ in range(2):
        alone.do("leo", "speak_too_far", lived="the_pencil")
    alone.go("mia", "street.queue", "library.reading")
    assert (alone["allied"], alone["scrutiny"] >= 35) == (False, True)
    alone.do("mia", "host_workshop")


def test_B_49_measure_takes_nothing_for_two_nights_and_no_more() -> None:
    evening = dawn("measure")
    assert evening["policy"] == "measure"
    bound, thrill = evening["leo.dependency"], evening["leo.calm"]
    for night in (1, 2, 3):
        evening.do("leo", "go_under")
        assert evening["leo.calm"] > thrill or thrill == 10  # it pleases
        thrill = evening["leo.calm"]
        evening.until_awake("leo")
        assert (evening["leo.dependency"] > bound) is (night == 3)


def test_B_50_addiction_recedes_as_curiosity_grows_for_all_to_see() -> None:
    pack = expo()
    for meter in ("city.addiction", "city.curiosity"):
        assert pack.facts[meter].decl.visible == ("all",)
    evening = dawn()
    evening.unplug()
    curve = []
    for tag in ("song", "walk", "tale", "hush", "drawing", "cooking"):
        for role in ("ava", "leo", "mia"):
            evening.do(role, "invent_ritual", words="Not that again.", tag=tag)
        curve.append((evening["city.curiosity"], evening["city.addiction"]))
    assert [c for c, _ in curve] == sorted(c for c, _ in curve)
    assert [a for _, a in curve] == sorted((a for _, a in curve), reverse=True)
    assert curve[-1][0] >= 40
    assert curve[-1][1] <= curve[0][1] - 10
    assert len(evening.heard("told.curiosity")) == 1


def reclaimed() -> Evening:
    """Return an evening at whose end Ava has put out the lamp herself."""
    evening = dawn()
    evening.unplug()
    while evening["ritual.streak"] < 4 or not evening["dawn.late"]:
        evening.keep()
    evening.do("ava", "turn_out_lamp")
    return evening


def test_B_51_the_night_cycle_begins_again_in_the_new_state() -> None:
    first = {role: Evening()[f"{role}.scene"] for role in ("ava", "leo", "juno", "mia")}
    evening = reclaimed()
    evening.wait(31)
    assert (evening["chapter"], evening["cycle"], evening.ending) == ("again", 1, "")
    assert {role: evening[f"{role}.scene"] for role in first} == first
    assert evening["home.bedroom.lamp"] == "lit"
    assert (evening["halos"], evening["line.pressure"]) == ("unplugged", 0)
    assert evening["clock.bedtime_again"] > 0  # bedtime comes again,
    evening.cue("again.alder_street")
    evening.do("ava", "go_in_to_them")
    evening.do("ava", "begin_ritual", way="conversation")
    evening.do("leo", "join_ritual")
    evening.wait(80)
    assert evening.ending == "reclaimed_bedtime"  # and nobody measures it
    assert len(evening.heard("told.bedtime_again")) == 1
