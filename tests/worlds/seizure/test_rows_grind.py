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


def pressed(night: Night, pressure: int) -> Night:
    """Let the board be presented to until the city is under so much pressure."""
    while night["pressure"] < pressure:
        if night.tries("kane", "convene_board") == "ok":
            night.do("kane", "present_board")
        else:  # the evening is over
            night.dawn()
            night.until_phase("dusk")
    return night


@pytest.mark.parametrize("role", ["mia", "leo", "terra"])
def test_A_04_what_presses_the_city_tempts_and_tempts_again_where_it_presses_hard(
    role: str,
) -> None:
    night, beat = Night(), f"tempt.{role}"
    assert night["pressure"] == 2
    assert night.tries_to_cue(beat) == "condition"
    pressed(night, 3)
    night.cue(beat)
    assert night.hearers(f"beat.{beat}.text") == [(f"role:{role}",)]
    night.to_session()
    assert night["pressure"] < 6
    assert night.tries_to_cue(beat) == "condition"  # once
    pressed(night, 6)
    night.cue(beat)  # and again
    assert len(night.heard(f"beat.{beat}.text")) == 2


def test_A_04_a_temptation_offers_the_more_the_more_it_presses() -> None:
    paid = {}
    for pressure in (3, 8):
        night = pressed(Night(), pressure)
        before = {fact: night[f"leo.{fact}"] for fact in ("money", "debt", "wellbeing")}
        night.cue("tempt.leo")
        night.choose("leo", "double_rate", "take")
        paid[pressure] = night["leo.money"] - before["money"]
        assert paid[pressure] == 1 + night["pressure"] // 2
        assert night["leo.debt"] == before["debt"] + 1
        assert night["leo.wellbeing"] == before["wellbeing"] - 1
    assert paid[8] > paid[3]


def test_A_04_who_lets_a_temptation_pass_owes_nothing_for_it() -> None:
    night = pressed(Night(), 3)
    for role, choice in (("mia", "rush"), ("leo", "double_rate"), ("terra", "vial")):
        debt = night[f"{role}.debt"]
        night.cue(f"tempt.{role}")
        night.wait(46)
        assert night[f"{role}.debt"] == debt
        assert night[f"chose.{choice}"] not in ("", "take", "drink")


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


def sleepless(night: Night, debt: int) -> Night:
    """Let Terra stay up and work, night after night, until she owes so much."""
    while night["terra.debt"] < debt:
        night.dream("lie_down", terra="stay_up")
        night.do("terra", "work_on")
        assert night.tries("terra", "work_on") == "condition"  # once a night
        if night["terra.debt"] < debt:
            if night["chapter"] == "deep":
                night.until("bandits")
            night.until_phase("dawn")
            if night["terra.debt"] < debt:
                night.until_phase("dusk")
    return night


def test_A_07_all_three_thresholds_are_reached_each_once_and_in_order() -> None:
    night = sleepless(Night(), 9)
    told = ("debt.blinks", "debt.slows", "debt.drops")
    at = [next(n for n, c in enumerate(night.play.commits) if key in {e.key for e in c.events})
          for key in told]  # fmt: skip
    assert at == sorted(at)
    assert [night.hearers(key) for key in told] == [[("role:terra",)]] * 3
    assert (night["terra.drowsy"], night["terra.nodding"]) == (3, True)
    night.wait(41)
    assert not night["terra.nodding"]  # the turn is lost, not the night
    night.until_phase("dawn")
    night.until_phase("dusk")
    assert night["terra.debt"] >= 9
    assert night.tries("terra", "open_paper") == "condition"  # and each evening's first one
    assert len(night.heard("debt.drops")) == 1


def test_A_07_at_three_there_are_microsleeps_and_they_go_with_the_debt() -> None:
    night = Night()
    night.dawn("lie_down", kane="put_on_comb")
    night.until_phase("dusk")
    night.dream("lie_down", kane="stay_up")
    night.do("kane", "work_on")
    night.until_phase("dawn")
    assert (night["kane.debt"], night["kane.drowsy"]) == (3, 1)
    night.until_phase("dusk")
    night.do("kane", "convene_board")
    money = night["kane.money"]
    night.do("kane", "present_board")
    assert night["kane.money"] == money + 2
    assert night.hearers("board.slipped") == [("role:kane",)]
    night.to_bandits()
    assert night["kane.debt"] < 3
    assert night["kane.drowsy"] == 0


def test_A_07_at_six_the_clocks_run_ahead_at_once_and_every_evening() -> None:
    tired, rested = sleepless(Night(), 5), Night()
    rested.to_session()
    rested.dream()
    for night, lost_ms in ((tired, 15_000), (rested, 0)):
        assert night["chapter"] == "session"
        night.play.pass_to(night["clock.dream_ends"])
        assert (night["terra.debt"] == 6) is (lost_ms > 0)
        assert night["clock.dawn_ends"] - night.play.world_ms == 120_000 - lost_ms
        night.play.pass_to(night["clock.dawn_ends"])
        assert night["clock.dusk_ends"] - night.play.world_ms == 230_000 - lost_ms
    assert tired.hearers("debt.evening") == [("role:terra",)]


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


def test_A_09_support_is_heard_only_where_there_is_a_bond() -> None:
    close, far = quarrelled("listen", "listen"), quarrelled("accuse", "accuse")
    assert (close["bond.mia.leo"], far["bond.mia.leo"]) == (3, 0)
    for night, code, support in ((close, "ok", 2), (far, "condition", 0)):
        before = night["mia.support"]
        assert night.tries("leo", "support_mia") == code
        if night is far:  # one night further from her
            night.do("mia", "take_stance", posture="accuse")
            night.do("leo", "take_stance", posture="accuse")
            assert night["bond.mia.leo"] == -1
        night.dream("lie_down", leo="stay_up")
        night.do("leo", "keep_watch", sleeper="mia")
        assert night["mia.support"] == before + support


def test_A_09_the_siblings_are_reconciled_only_where_there_is_a_bond() -> None:
    for posture, code in (("listen", "ok"), ("accuse", "bad_parameter")):
        night = quarrelled(posture, posture)
        night.to_deep()
        night.until_phase("bed")
        assert night["shared.mia.leo"]
        night.do("mia", "apologise", hearer="leo")
        assert (night["bond.mia.leo"] >= 2) is (code == "ok")
        assert night.tries("mia", "mend", hearer="leo", remedy="soup") == code


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
