"""Rows A-42 to A-54: the seizure, the roof at dawn, and what is held out of consciousness."""

import pytest
from support.effects import all_effects, raised_by
from worlds.seizure.nights import CAST, Night, seizure

from dreamsync_server.world import effects as fx
from dreamsync_server.world.audience import class_of

EXIT_S_MAX = 75
"""Within this time a door comes for whoever is stranded."""
GOOD_ENDINGS = ("unfiltered_rest", "campaign", "scripted", "mended_bonds")
PLANS = {"mia": "draw_floor", "leo": "show_rows", "terra": "time_rounds", "kane": "give_key"}
JOBS = {"mia": "unpick_set", "leo": "empty_row", "terra": "turn_stream", "kane": "cut_power"}
CARDS = ("ledger", "bell", "lamp", "numbers", "door", "song")


def test_A_42_the_ladder_is_climbed_by_scheming_and_its_top_is_the_seizure() -> None:
    night = Night()
    assert night.tries("kane", "scheme") == "not_now"
    night.until("session")
    night.do("kane", "scheme")
    assert night["escalation"] == 1
    assert night.tries("kane", "scheme") == "condition"  # one a night
    night.to_deep()
    assert night["escalation"] == 2
    night.do("kane", "scheme")
    assert night["escalation"] == 3
    night.wait(61)
    night.cue("deep.offer_of_kai")  # where the telephone is
    night.choose("kane", "offer_of_kai", "agree")
    night.dream()
    assert (night["escalation"], night["chapter"]) == (4, "deep")
    night.until("seizure")
    assert night["escalation"] == seizure().facts["escalation"].decl.type.high == 5


def seized(seed: int = 7) -> Night:
    """Return the seizure's first moment, with Mia and Terra under."""
    night = Night(seed)
    night.to_deep()
    night.dream("lie_down", mia="put_on_comb", terra="put_on_comb")
    night.until("seizure")
    return night


def test_A_43_sync_is_locked_sleepers_are_stranded_and_a_showdown_opens() -> None:
    night = seized()
    stranded = {"mia": True, "leo": False, "terra": True, "kane": False}
    assert night.of_cast("stranded") == stranded
    assert night.tries("mia", "dive") == "condition"
    assert night.tries("terra", "wake_early") == "condition"
    for action in ("put_on_comb", "snatch_brilliance", "sign_shift", "sell_night"):
        when = seizure().actions[action].when
        assert when is not None
        assert "not seized" in when.source
    assert night["showdown"] == "open"
    assert night.tries("mia", "stand_firm") == "not_here"
    while night["showdown"] == "open":
        night.do("leo", "stand_firm")
    assert night["showdown"] == "held"
    assert night.hearers("showdown.held") == [("all",)]


@pytest.mark.parametrize("seed", range(1, 5))
def test_A_43_nobody_is_stuck_for_longer_than_it_takes_a_door_to_come(seed: int) -> None:
    night = seized(seed)
    assert night.tries("mia", "walk_out") == "condition"
    night.wait(EXIT_S_MAX)
    for role in ("mia", "terra"):
        assert night[f"{role}.ajar"]
        night.do(role, "walk_out")
        assert (night[f"{role}.stranded"], night[f"{role}.scene"]) == (False, "hush.dorm")


def test_A_43_the_doorway_fills_where_enough_sit_up() -> None:
    night = seized()
    night.do("leo", "pull_out", sleeper="mia")
    night.do("leo", "pull_out", sleeper="terra")
    while not night.heard("showdown.sat_up") and night["chapter"] == "seizure":
        assert night["showdown"] == "open"
        for role in CAST:
            night.tries(role, "pull_row")
    assert (night["independence"] >= 6, night["showdown"]) == (True, "held")


def test_A_44_getting_somebody_out_earns_what_good_endings_need() -> None:
    night = seized()
    autonomy = night.of_cast("autonomy")
    night.do("leo", "pull_out", sleeper="mia")
    assert night["independence"] == 1
    assert night["leo.autonomy"] == autonomy["leo"] + 1
    assert night["mia.autonomy"] == autonomy["mia"] + 1
    assert night.tries("leo", "pull_out", sleeper="mia") == "bad_parameter"
    assert night.tries("terra", "pull_out", sleeper="leo") == "bad_parameter"
    lost = night.fork()
    lost.until("bandits")
    assert lost.ending == "seized_and_lost"
    night.free()
    assert night["independence"] >= 4
    night.until("bandits")
    assert not night.ending
    for ending in GOOD_ENDINGS:
        when = seizure().beats[ending].when
        assert when is not None
        assert "independence >= 4" in when.source


def test_A_44_one_of_the_row_may_sit_up_without_having_been_called() -> None:
    night = seized()
    row = night["row.stranded"]
    assert night.happens("clerks_break") == "ok"
    assert (night["independence"], night["row.stranded"]) == (1, row - 1)
    assert night.happens("clerks_break") != "ok"  # one does
    assert night["independence"] < 4


def knowing(count: int) -> Night:
    """Return the roof, with so many who know a fragment of what Terra saw."""
    night = Night()
    night.tell_trams()
    for hearer in ("leo", "mia")[: count - 1]:
        night.do("terra", "warn", hearer=hearer, fragment="trams")
    night.to_bandits()
    return night


def test_A_45_fragments_of_three_are_the_plan_of_all() -> None:
    night = knowing(3)
    laying = [role for role in CAST if night[f"{role}.trams"] != "unknown"]
    for laid, role in enumerate(laying[:3]):
        assert night.tries("terra", "combine_fragments") == "condition", laid
        night.do(role, "lay_fragment")
    night.do("terra", "combine_fragments")
    assert night["kaleidoscope"]
    nothing = Night()
    nothing.to_bandits()
    assert nothing.tries("leo", "lay_fragment") == "condition"


def test_A_46_the_shards_make_the_whole_and_nobody_has_all_of_it() -> None:
    night = seized()
    shards = night.of_cast("shard")
    held = seizure().facts["mia.shard"].decl.type.choices[1:]
    assert sorted(shards.values()) == sorted(held)  # the union is the whole, each piece once
    for role, shard in shards.items():
        assert night.hearers(f"shard.{shard}") == [(f"role:{role}",)]
        assert class_of(seizure(), night.play.facts, f"{role}.shard") == (f"role:{role}",)
    for role in CAST:
        assert not night["whole"]
        night.do(role, "say_shard")
        assert night.hearers(f"shard.told.{shards[role]}") == [("all",)]
    assert night["whole"]


def test_A_47_the_directors_whispers_pass_on_only_what_somebody_knows() -> None:
    for told, code in ((False, "condition"), (True, "ok")):
        night = Night()
        if told:
            night.tell_trams()
        night.to_seizure()
        assert night.happens("through_plaster") == code
        assert night["leo.trams"] == ("murmur" if told else "unknown")


def test_A_47_what_one_knows_leaks_to_others_as_a_whisper() -> None:
    told = Night()
    told.tell_trams()
    silent = Night()
    for night in (told, silent):
        night.to_seizure()
        night.until("bandits")
        night.until("after")
    assert "murmur" in told.of_cast("trams").values()
    assert {e.to for e in told.heard("murmur.trams")} <= {(f"role:{role}",) for role in CAST}
    assert set(silent.of_cast("trams").values()) == {"unknown"}
    assert silent.heard("murmur.trams") == []


def test_A_48_attention_swells_breaks_carries_its_rider_and_ransacks() -> None:
    night = Night()
    night.do("kane", "insert_symbol", sleeper="mia", sign="crown")
    for _ in range(3):
        night.do("mia", "polish_reel")
        night.do("leo", "witness")
    night.until("session")
    for n in range(20):
        assert night.citizen(f"c{n}", "pass_it_on") == "ok"
    night.do("leo", "leak_report")
    night.do("kane", "promise_eternity")
    attention, enrolled = night["attention"], night["enrolled"]
    assert (attention, night["riding"]) == (6, "promise")
    night.wait(95)
    assert night["attention"] == attention + 2 - 6  # one by itself, one for twenty shares
    assert (night["enrolled"], night["riding"]) == (enrolled + 8, "nothing")
    assert night["log.holder"] == "street.plaza"
    logs = ("ransack.log", "ransack.log.2", "ransack.log.3")
    assert [to for key in logs for to in night.hearers(key)] == [("all",)]
    assert night.citizen("c1", "raid") == "condition"


def test_A_49_two_true_things_clash_and_somebody_rules() -> None:
    outcomes = set()
    for seed in range(1, 9):
        night = Night(seed)
        night.dream("put_on_comb")
        for role in ("mia", "leo", "terra"):
            night.dive(role)
        night.until_phase("dawn")
        night.until_phase("dusk")
        assert night.tries("mia", "rule_on_clash", verdict="waking") == "condition"
        night.cue("clash.window")
        truth, fabric = night["clash.truth"], night["fabric"]
        outcomes.add(truth)
        hint = {e.to for e in night.heard(f"clash.hint_{truth}")}
        assert hint == {(f"role:{role}",) for role in CAST if night[f"{role}.clarity"] >= 4}
        right, wrong = night, night.fork()
        right.do("mia", "rule_on_clash", verdict=truth)
        wrong.do("mia", "rule_on_clash", verdict="dreamt" if truth == "waking" else "waking")
        assert (right["clash.right"], right["fabric"]) == (1, fabric + 1)
        assert (wrong["clash.right"], wrong["fabric"]) == (0, fabric - 1)
        assert right["clash.now"] == wrong["clash.now"] == "calm"
    assert outcomes == {"waking", "dreamt"}


@pytest.mark.parametrize("missing", CAST)
def test_A_50_any_three_on_the_roof_are_enough_for_a_plan(missing: str) -> None:
    night = Night(absent=(missing,))
    night.to_bandits()
    for role, part in PLANS.items():
        assert not night["plan.ready"] or role == CAST[-1]
        if role != missing:
            night.do(role, part)
    assert night["plan.ready"]


def test_A_50_the_roof_is_for_those_awake_and_each_slot_for_one_role() -> None:
    night = seized()
    night.do("leo", "pull_out", sleeper="mia")
    while night["independence"] < 4:
        for role in ("mia", "leo", "kane"):
            night.tries(role, "pull_row")
            night.tries(role, "stand_firm")
    night.until("bandits")
    assert night["terra.stranded"]
    scenes = night.of_cast("scene")
    assert scenes.pop("terra").startswith("dream.")
    assert set(scenes.values()) == {"hush.roof"}
    for role in CAST:
        for owner, part in PLANS.items():
            if role != owner:
                assert night.tries(role, part) == "not_yours"
    assert not seizure().scenes["hush.roof"].is_watched


def dismantled(seed: int) -> Night:
    """Return the evening after a job that everybody tried twice."""
    night = Night(seed)
    night.to_bandits()
    assert night.tries("mia", JOBS["mia"]) == "condition"  # no plan yet
    for role in CAST:
        night.do(role, PLANS[role])
    for _ in range(2):
        for role, job in JOBS.items():
            assert night.tries(role, job) in ("ok", "condition")
    night.until("after")
    return night


def test_A_51_the_job_has_a_step_for_each_and_may_succeed_in_part() -> None:
    for role, job in JOBS.items():
        assert seizure().actions[job].by == (role,)
    found = set()
    for seed in range(1, 31):
        night = dismantled(seed)
        done = night["dismantled"]
        found.add(done)
        assert done == sum(night[f"off.{what}"] for what in ("sets", "rows", "stream", "power"))
        text = "job.whole" if done == 4 else "job.half" if done >= 2 else "job.little"
        assert night.hearers(text) == [("all",)]
        assert night["seized"] is (done == 4)
        assert sum(len(night.heard(f"job.{t}")) for t in ("whole", "half", "little")) == 1
    assert {1, 2, 3, 4} <= found


def test_A_52_a_truth_is_found_only_by_comparing_two_private_dreams() -> None:
    parts = {
        part
        for part, effect in all_effects(seizure())
        if isinstance(effect, fx.Append | fx.Set) and "truths" in effect.fact.reach
    }
    assert parts == {"compare_dreams"}
    found: set[str] = set()
    for seed in range(1, 9):
        night = Night(seed)
        night.dawn()
        cards = night.of_cast("card")
        for role, card in cards.items():
            assert (f"role:{role}",) in night.hearers(f"card.{card}")
        for role in CAST[1:]:
            if cards[role] != cards["mia"] and not night["truths"]:
                night.do("mia", "compare_dreams", hearer=role)
                assert night["truths"] == (cards["mia"],)
                assert night.hearers(f"truth.{cards['mia']}") == [("all",)]
                assert night.tries("mia", "compare_dreams", hearer=role) == "condition"
        found |= set(night["truths"])
    assert len(found) >= 3
    assert found <= set(CARDS)


def test_A_52_three_truths_make_another_city() -> None:
    for seed in range(1, 30):
        night = Night(seed)
        night.dawn()
        if len(set(night.of_cast("card").values())) == len(CAST):
            break
    city = night["city.dependency"]
    for hearer, role in zip(CAST[1:], CAST, strict=False):
        assert night.heard("told.truths") == []
        night.do(role, "compare_dreams", hearer=hearer)
    assert len(night["truths"]) == 3
    assert night["city.dependency"] == city - 4
    assert night.hearers("told.truths") == [("all",)]
    when = seizure().laws["truths_six"].when
    assert when.reads == {"truths"}
    assert "truths_six" in raised_by(seizure(), "pledges")


def test_A_53_euphoria_raises_consent_and_too_much_of_it_bars_a_reform() -> None:
    glad, sober = Night(), Night()
    for n in range(3):
        if n < 2:
            glad.do("kane", "paint", board="insomnia")
        glad.do("kane", "promise_eternity")
    assert glad["euphoria"] == 7
    for night in (glad, sober):
        night.until_phase("dawn")
        night.go("leo", "street.plaza")
        assert night.tries("leo", "call_vote") == "condition"  # on what?
        night.go("kane", "street.plaza")
        night.do("kane", "fund_measure", remedy="lamps")
        night.do("leo", "call_vote")
    assert glad["consensus"] >= 7 > sober["consensus"]
    assert (glad["reform"], sober["reform"]) == ("refused", "carried")
    for night in (Night(), glad):
        night.until_phase("bed")
        euphoria, consensus, tumult = night["euphoria"], night["consensus"], night["tumult"]
        night.until_phase("dawn")
        assert night["consensus"] == min(10, consensus + euphoria // 4 - tumult // 3)
        assert euphoria // 4 >= 1


def test_A_54_a_resolution_frays_each_night_it_is_not_acted_on() -> None:
    night = Night()
    for role in ("mia", "leo"):
        night.go(role, "hush.kitchen")
        night.do(role, "declare", vow="rest")
    for dawn in range(1, 5):
        assert night["mia.resolution"] == night["leo.resolution"] == "rest"
        night.bed()
        if dawn > 1:
            night.do("leo", "act_on_it")
        if dawn == 3:
            night.until("bandits")
        night.until_phase("dawn")
        assert night["mia.resolve"] == 3 - (dawn - 1)
        assert night["leo.resolve"] == 3 + (dawn - 1)
        if dawn < 4:
            night.until_phase("dusk")
    assert night["mia.resolution"] == "undeclared"
    assert night.hearers("resolution.frayed") == [("role:mia",)]


def test_A_54_tumult_frays_consensus() -> None:
    calm, loud = Night(), Night()
    for role in CAST:
        loud.go(role, "street.plaza")
        loud.do(role, "declare", vow="strike")
    loud.do("leo", "counter_wave")
    assert loud["tumult"] >= 3
    for night in (calm, loud):
        night.until_phase("dawn")
    assert loud["consensus"] < calm["consensus"]
