"""Rows A-01 to A-10 of the story's table of systems: the night, and what it is sold for."""

from itertools import pairwise

import pytest
from support.effects import all_effects, lowered_by, raised_by
from worlds.seizure.nights import CAST, Night, seizure

from dreamsync_server.world import effects as fx

PHASES = ("dusk", "bed", "dream", "dawn")
PICKS = {"put_on_comb": "synced", "stay_up": "wakeful", "lie_down": "rested"}


def raising(fact: str) -> set[str]:
    """Return what may add to a fact about anybody of the cast."""
    return set().union(*(raised_by(seizure(), f"{role}.{fact}") for role in CAST))


def lowering(fact: str) -> set[str]:
    """Return what may take from a fact about anybody of the cast."""
    return set().union(*(lowered_by(seizure(), f"{role}.{fact}") for role in CAST))


def test_A_01_the_phases_keep_their_order_to_the_end() -> None:
    night, seen = Night(), ["dusk"]
    while not night.ending:
        if night["phase"] == "bed" and night["leo.tonight"] == "unmade":
            night.bed()
        night.wait(5)
        if night["phase"] != seen[-1]:
            seen.append(night["phase"])
    assert len(seen) > 3 * len(PHASES)
    for before, after in pairwise(seen):
        assert PHASES[(PHASES.index(before) + 1) % len(PHASES)] == after


def test_A_01_each_phase_opens_its_own_acts_and_a_bed_is_chosen_once_a_night() -> None:
    night = Night()
    assert night.tries("kane", "convene_board") == "ok"
    night.go("leo", "hush.dorm")
    assert night.tries("leo", "lie_down") == "condition"
    night.until_phase("bed")
    for pick in PICKS:
        one = night.fork()
        one.do("leo", pick)
        assert {one.tries("leo", again) for again in PICKS} == {"condition"}
        one.until_phase("dream")
        assert {one.tries("terra", again) for again in PICKS} <= {"condition", "not_here"}
        one.until_phase("dawn")
        assert one.tries("leo", "tend", chore="plants") == "ok"
        one.until_phase("bed")
        assert one.tries("leo", pick) == "ok"


@pytest.mark.parametrize(("pick", "identity"), PICKS.items())
def test_A_02_how_one_goes_to_bed_is_who_one_is(pick: str, identity: str) -> None:
    night = Night()
    night.bed(pick)
    assert set(night.of_cast("identity").values()) == {identity}


def test_A_02_every_ending_names_the_identity_it_needs() -> None:
    for beat in seizure().beats.values():
        if beat.is_ending:
            assert beat.when is not None
            assert any(name.endswith(".identity") for name in beat.when.reads), beat.id


def test_A_03_no_act_that_is_work_does_anybody_good() -> None:
    working = raising("output") & set(seizure().actions)
    assert len(working) >= 6
    assert working <= lowering("wellbeing")
    assert working & raising("wellbeing") == set()
    night = Night()
    night.do("leo", "sign_shift")
    night.do("leo", "sleep_shift")
    night.do("mia", "polish_reel")
    for role in ("leo", "mia"):
        assert (night[f"{role}.output"], night[f"{role}.wellbeing"]) == (1, 9)


def test_A_04_pressure_only_rises_unless_somebody_stops_for_it() -> None:
    assert lowered_by(seizure(), "pressure") == {"slow_down"}
    for part, effect in all_effects(seizure()):
        assert not (isinstance(effect, fx.Set) and "pressure" in effect.fact.reach), part
    night = Night()
    night.do("mia", "accept_brief", patron="bride")
    night.wait(155)
    assert night["pressure"] == 3  # a deadline went by
    night.dawn()
    assert night["pressure"] == 4  # and a night
    night.go("leo", "hush.kitchen")
    night.do("leo", "slow_down")
    assert night["pressure"] == 3
    assert night.tries("terra", "slow_down") == "condition"


def test_A_04_what_presses_the_city_brings_on_arguments() -> None:
    night = Night()
    night.until_phase("bed")
    night.cue("grind.argument")
    assert night["pressure"] == 3
    assert night.hearers("beat.grind.argument.text") == [("role:mia", "role:leo")]


def test_A_05_units_are_conserved_and_a_price_falls_to_its_floor_and_no_further() -> None:
    night = Night()
    night.dream("put_on_comb")
    night.dive("kane")
    night.until_phase("dawn")
    assert night.of_cast("units") == {"mia": 2, "leo": 2, "terra": 2, "kane": 5}
    price, earned = night["price.entertainment"], night["kane.money"]
    for sold in range(1, 6):
        night.do("kane", "sell_night", market="entertainment")
        held = sum(night.of_cast("units").values())
        assert night["harvested"] == held + night["sold.entertainment"] == 11
        assert night["price.entertainment"] == max(2, price - sold)
    assert night["kane.money"] == earned + sum(max(2, price - n) for n in range(5))
    assert night.tries("kane", "sell_night", market="creativity") == "condition"
    creativity = night["price.creativity"]
    night.do("mia", "sell_night", market="creativity")
    assert (night["sold.creativity"], night["price.creativity"]) == (1, creativity - 1)
    night.do("leo", "sell_night", market="entertainment")
    assert night["price.entertainment"] == 2


def test_A_06_a_synced_night_pays_and_costs_a_night_of_sleep() -> None:
    night = Night()
    money = night["mia.money"]
    for k in (1, 2):
        night.dawn("put_on_comb")
        assert (night["mia.debt"], night["mia.synced"]) == (k, k)
        assert night["mia.money"] == money + 3 * k
        assert night["mia.wellbeing"] == 10
        night.until_phase("dusk")
    assert seizure().facts["mia.debt"].decl.type.high == 10


def test_A_07_debt_is_felt_at_three_and_pressed_at_six_each_once_at_its_value() -> None:
    night = Night()
    for debt in (3, 4, 5, 6, 7):
        before = night["pressure"]
        night.bed("lie_down", terra="put_on_comb")
        night.until_phase("dream")
        if debt == 5:
            night.until("seizure")
            night.free()
        night.until_phase("dawn")
        assert night["terra.debt"] == debt
        assert night["terra.drowsy"] == (1 if debt < 6 else 2)
        assert len(night.heard("debt.blinks")) == 1
        assert len(night.heard("debt.slows")) == (1 if debt >= 6 else 0)
        assert night["pressure"] == min(10, before + (2 if debt == 6 else 1))
        night.until_phase("dusk")
    assert night.hearers("debt.blinks") == night.hearers("debt.slows") == [("role:terra",)]


def test_A_08_each_of_the_four_has_verbs_and_beats_of_their_own() -> None:
    pack = seizure()
    for role in CAST:
        own = [action for action in pack.actions.values() if action.by == (role,)]
        assert len(own) >= 3
        assert sum(role in beat.leads for beat in pack.beats.values()) >= 2
    night = Night()
    verbs = {"mia": "polish_reel", "leo": "witness", "terra": "open_paper", "kane": "call_kai"}
    for role in CAST:
        for owner, verb in verbs.items():
            assert night.tries(role, verb) == ("ok" if role == owner else "not_yours")


def quarrelled(mia: str, leo: str) -> Night:
    """Return a bedtime at which the two have taken their stances."""
    night = Night()
    night.until_phase("bed")
    night.do("mia", "take_stance", posture=mia)
    night.do("leo", "take_stance", posture=leo)
    return night


@pytest.mark.parametrize(
    ("mia", "leo", "bond"),
    [("listen", "listen", 3), ("listen", "accuse", 2), ("leave", "defend", 0),
     ("defend", "accuse", 0)],
)  # fmt: skip
def test_A_09_what_is_said_at_bedtime_moves_the_siblings_bond(
    mia: str, leo: str, bond: int
) -> None:
    kind = seizure().facts["bond.mia.leo"].decl.type
    assert (kind.low, kind.high) == (-5, 5)
    assert quarrelled(mia, leo)["bond.mia.leo"] == bond


def test_A_09_whom_one_believes_is_a_matter_of_the_bond() -> None:
    found = {}
    for posture in ("listen", "accuse"):
        night = quarrelled(posture, posture)
        night.do("mia", "take_stance", posture=posture)
        night.do("leo", "take_stance", posture=posture)
        night.dream("put_on_comb")
        night.dive("leo")
        night.until_phase("dawn")
        night.do("leo", "warn", hearer="mia", fragment="bells")
        found[posture] = (night["mia.bells"], night["mia.belief"])
    assert found == {"listen": ("leo", 1), "accuse": ("leo", 0)}


def test_A_10_disillusion_rises_with_each_harm_opens_acts_and_ends_paid_sleep() -> None:
    night = Night()
    assert night.tries("leo", "refuse_shift") == "condition"
    for seen in range(1, 9):
        if night.tries("leo", "witness") != "ok":  # at dawn, in the kitchen
            night.go("leo", "hush.dorm")
            night.do("leo", "witness")
        assert night["leo.disillusion"] == 2 + seen
        assert len(night.heard("leo.sceptic")) == (1 if seen >= 3 else 0)
    assert night["leo.combless"]
    night.until_phase("bed")
    assert night.tries("leo", "put_on_comb") == "condition"
    night.bed()
    night.until("deep")
    assert night.tries("leo", "sign_shift") == "condition"
    night.do("leo", "refuse_shift")
    assert night["leo.struck"]
