"""Rows A-34 to A-41: the last pitch, Leo's script, and how deep one may go before it tears."""

from itertools import product

import pytest
from support.effects import all_effects
from worlds.rerecord import recorded
from worlds.seizure.nights import CAST, Night, seizure

from dreamsync_server.story.rehearsing import begin, take_step
from dreamsync_server.world import effects as fx
from dreamsync_server.world.audience import class_of

LEAKS = {"leak.moth": 7, "leak.staircase": 4, "leak.tide": 1}
SHADOWS = ("kai", "first", "exit")


def pitching(*, informed: bool) -> Night:
    """Return the third night's dusk, with Mia knowing what she says or not."""
    night = Night()
    if informed:
        night.tell_trams()
        night.do("terra", "warn", hearer="mia", fragment="trams")
        assert (night["mia.trams"], night["mia.belief"]) == ("terra", 1)
    night.to_deep()
    return night


def test_A_34_a_pitch_is_made_once_of_what_she_holds_and_changes_leos_options() -> None:
    landed, flat = pitching(informed=True), pitching(informed=False)
    assert Night().tries("mia", "last_pitch", hearers="board") == "not_now"
    for night, result in ((landed, "landed"), (flat, "fell_flat")):
        assert night.tries("leo", "write_waker", waker="everyone") == "bad_parameter"
        night.do("mia", "last_pitch", hearers="clients_only")
        assert night["pitch"] == result
        assert night.tries("mia", "last_pitch", hearers="board") == "spent"
    assert landed.hearers("pitch.urges") == [("role:leo",)]
    assert landed.tries("leo", "write_waker", waker="everyone") == "ok"
    assert flat.tries("leo", "write_waker", waker="everyone") == "bad_parameter"


def test_A_34_the_bigger_the_audience_the_more_it_takes() -> None:
    night = pitching(informed=True)  # two things held
    for hearers, result in (("clients_only", "landed"), ("board", "fell_flat")):
        one = night.fork()
        one.do("mia", "last_pitch", hearers=hearers)
        assert one["pitch"] == result


def test_A_35_what_nobody_tends_is_lost_for_good() -> None:
    night, kept = Night(), Night()
    for role in CAST:
        kept.go(role, "hush.kitchen")
        kept.do(role, "tend", chore="letters")
    night.dawn()
    kept.dawn()
    assert (night["lost"], kept["lost"]) == (("cat",), ())
    assert set(night.of_cast("neglect").values()) == {1}
    for role in CAST:
        night.do(role, "tend", chore="supper")
    night.until_phase("dusk")
    night.dawn()
    assert night["lost"] == ("cat",)
    night.until_phase("dusk")
    night.to_after()
    assert night["lost"] == ("cat", "window_box")
    for part, effect in all_effects(seizure()):
        assert not (isinstance(effect, fx.Remove) and "lost" in effect.fact.reach), part


def scripting() -> Night:
    """Return a dream at which Leo may read his script; the slots are not all written yet."""
    known = recorded("seizure")["scripted"]
    night = Night(known.seed)
    night.play = begin(seizure(), known.seed, is_hashed=False)
    for step in known.steps:
        if step.do == "perform_script":
            night.play.pass_to(step.at_ms)
            return night
        night.play.pass_to(step.at_ms)
        assert take_step(night.play, step).code == step.expect
    raise AssertionError("nothing is performed")


def test_A_36_every_valid_script_ends_the_world_and_every_other_one_says_why() -> None:
    start = scripting()
    assert start.tries("leo", "write_image", picture="nightmare") == "bad_parameter"  # not seen
    start = scripting()
    slots = {
        name: seizure().facts[f"script.{name}"].decl.type.choices[1:]
        for name in ("wakes", "breaks")
    }
    wakers = [who for who in slots["wakes"] if who != "everyone"]
    faults = set()
    for waker, wreck, picture in product(wakers, slots["breaks"], start["leo.saw"]):
        night = start.fork()
        night.do("leo", "write_waker", waker=waker)
        night.do("leo", "write_break", wreck=wreck)
        night.do("leo", "write_image", picture=picture)
        night.do("leo", "perform_script")
        fault = night["script.fault"]
        faults.add(fault)
        if fault == "sound":
            night.wait(46)
            assert night.ending == "scripted"
        else:
            assert night.hearers(f"script.{fault}") == [("role:leo",)]
            assert night["closing"] == "unclosed"
    assert {"sound", "unearned", "unbelieving"} <= faults


def test_A_36_a_slot_left_empty_is_named() -> None:
    night = scripting()
    assert night["script.wakes"] == "unwritten"
    night.do("leo", "perform_script")
    assert night["script.fault"] == "no_waker"
    assert night.hearers("script.no_waker") == [("role:leo",)]


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_A_37_there_is_a_way_back_from_every_depth(depth: int) -> None:
    for seed in range(1, 9):
        night = Night(seed)
        night.dream("put_on_comb")
        assert night["leo.depth"] == 1
        clarity = night["leo.clarity"]
        night.dive("leo", depth)
        assert night["leo.clarity"] == clarity + depth - 1  # more power
        if depth == 4:
            assert night.tries("leo", "dive") == "not_here"
        while night["leo.depth"] > 1 and night["phase"] == "dream":
            assert night.tries("leo", "climb") in ("ok", "not_here")
        if night["phase"] == "dream":
            night.do("leo", "wake_early")
        assert (night["leo.depth"], night["leo.scene"]) in ((0, "hush.dorm"), (0, "hush.kitchen"))


def test_A_37_the_return_is_harder_the_deeper_and_sure_by_a_door_that_was_hung() -> None:
    slips = {2: 0, 4: 0}
    for seed, depth in product(range(1, 16), slips):
        night = Night(seed)
        night.dream("put_on_comb")
        night.dive("leo", depth)
        hung = night.fork()
        night.do("leo", "climb")
        slips[depth] += len(night.heard("climb.slips"))
        hung.do("mia", "hang_door")
        while hung["leo.depth"] > 1:
            hung.do("leo", "climb")
        assert hung.heard("climb.slips") == []
    assert slips[4] > slips[2]


def torn() -> Night:
    """Return a dream whose fabric was torn as it is torn, leak by leak, and nowhere else."""
    night = Night()
    lowest = night["fabric"]
    for _ in range(2):
        night.dream("put_on_comb")
        for role in CAST:
            while night[f"{role}.depth"] < 4:
                night.do(role, "dive")
                lowest = min(lowest, night["fabric"])
                for leak, at in LEAKS.items():
                    assert len(night.heard(leak)) == (lowest <= at), (leak, lowest)
        night.until_phase("dusk")
    return night


def test_A_38_the_dream_leaks_exactly_at_seven_four_and_one() -> None:
    night = torn()
    assert night["fabric"] == 2  # it was sewn: the city goes to bed by the clock
    assert len(night.heard("leak.mended")) >= 1
    assert (night["moth.holder"], night["staircase.holder"]) == ("hush.kitchen", "street.plaza")
    assert night["tide.holder"] == "hush.dorm"
    whole = Night()
    whole.to_session()
    assert whole["fabric"] == 10
    assert whole["moth.holder"] == "dream.shallows"


def reported(night: Night) -> dict[str, int]:
    """Return the numbers that were published last."""
    said = night.last("report.published")
    return {role: said[role[0]] for role in CAST}


def test_A_39_the_report_tells_the_true_debt_unless_somebody_forged_it() -> None:
    night = Night()
    for _ in range(2):
        night.dawn("put_on_comb")
        assert reported(night) == night.of_cast("debt") == night.of_cast("reported")
        night.until_phase("dusk")
    night = Night()
    night.to_session("put_on_comb")
    night.do("leo", "witness")
    night.do("leo", "witness")
    night.do("kane", "forge_report", sleeper="terra", lean="up")
    night.dawn("put_on_comb")
    assert reported(night) == night.of_cast("debt") | {"terra": night["terra.debt"] + 3}
    assert night.hearers("report.sanction") == [("role:terra",)]  # seven, as it reads
    leaked, contested = night.fork(), night
    contested.do("terra", "contest_report")
    leaked.go("leo", "street.plaza")
    leaked.do("leo", "leak_report")
    for one in (leaked, contested):
        assert one.of_cast("reported") == one.of_cast("debt")
        assert one["terra.forged"] == "genuine"


def lucid() -> Night:
    """Return the third night, torn and clear enough for her who answers."""
    night = torn()
    night.until("deep")
    night.cue("deep.clarity")
    return night


def test_A_40_clarity_comes_when_it_is_thin_and_answers_each_once() -> None:
    early = Night()
    early.to_deep()
    assert early.tries_to_cue("deep.clarity") == "condition"
    night = lucid()
    assert night["clear.scene"] == "hush.dorm"
    code = night.tries("kane", "insert_symbol", sleeper="clear", sign="key")
    assert code == "bad_parameter"  # nothing can be put into her
    for role, question in zip(CAST, (*night_questions(), "who_runs_it"), strict=True):
        night.do(role, "ask_clearly", question=question)
        assert night.tries(role, "ask_clearly", question=question) == "condition"
    assert [night[f"{r}.shadow_{s}"] for r, s in zip(CAST, SHADOWS, strict=False)] == [True] * 3
    assert night["kane.shadow_kai"]
    assert night.hearers("shadow.kai") == [("role:mia",), ("role:kane",)]
    night.wait(240)
    assert not night["lucid_hour"]


def night_questions() -> tuple[str, ...]:
    """Return what she may be asked, in the order of the shadows behind the answers."""
    asked = next(p for p in seizure().actions["ask_clearly"].params if p.name == "question")
    return asked.type.choices


def test_A_41_the_shadows_are_seen_by_asking_her_or_by_lucid_probing_only() -> None:
    for shadow in SHADOWS:
        names = {f"{role}.shadow_{shadow}" for role in CAST}
        paths = {
            part
            for part, effect in all_effects(seizure())
            if isinstance(effect, fx.Set) and names & set(effect.fact.reach)
        }
        assert paths == {"ask_clearly", "probe_shadow"}
        assert all(not seizure().facts[name].start for name in names)
    night = Night()
    night.dream("put_on_comb")
    night.dive("leo", 3)
    assert night.tries("leo", "probe_shadow") == "condition"
    while night["leo.clarity"] < 5:
        night.do("leo", "dive" if night["leo.depth"] < 4 else "climb")
    night.do("leo", "probe_shadow")
    assert sum(night[f"leo.shadow_{shadow}"] for shadow in SHADOWS) == 1
    assert class_of(seizure(), night.play.facts, "leo.shadow_kai") == ("role:leo",)
