"""Rows A-20 to A-33: the clocks over the city, the warning, and the session that is mandatory."""

import pytest
from support.effects import all_effects, lowered_by, raised_by
from worlds.seizure.nights import CAST, Night, seizure

from dreamsync_server.world import effects as fx
from dreamsync_server.world.audience import class_of
from dreamsync_server.world.model import Action

COUNTERS = ("find_flaw", "unplug_relay")


def merging(segments: int) -> Night:
    """Return a dusk at which so many segments of the merge are closed."""
    night = Night()
    night.do("leo", "witness")
    night.do("kane", "promise_eternity")
    while night["merge"] < segments:
        if night.tries("kane", "advance_merge") != "ok":
            night.dream()
            night.do("kane", "advance_merge")
            night.until_phase("dusk")
            night.do("kane", "promise_eternity")
    return night


@pytest.mark.parametrize("segments", [1, 2, 3])
def test_A_20_every_segment_of_the_merge_has_a_counter_move(segments: int) -> None:
    for name in COUNTERS:
        action = seizure().actions[name]
        assert name in lowered_by(seizure(), "merge")
        assert action.when is not None
        assert "merge" not in action.when.reads  # any segment
    night = merging(segments)
    assert night["merge"] == segments
    one, other = night, night.fork()
    one.until_phase("dusk")
    one.do("leo", "unplug_relay")
    other.do("terra", "snatch_brilliance")
    other.do("terra", "find_flaw")
    assert one["merge"] == other["merge"] == segments - 1


def test_A_20_a_segment_may_come_open_by_itself() -> None:
    assert "wrong_socket" in lowered_by(seizure(), "merge")
    night = Night()
    night.to_deep()
    assert night["merge"] < 4
    assert night.happens("wrong_socket") == "condition"


def test_A_20_one_segment_a_phase_and_its_clock_has_eight() -> None:
    night = merging(1)
    assert night.tries("kane", "advance_merge") == "condition"
    assert seizure().facts["merge"].decl.type.high == 8
    assert class_of(seizure(), night.play.facts, "merge") == ("role:kane",)


def test_A_21_kane_persuades_and_others_step_out_and_the_count_funds_the_clock() -> None:
    night = Night()
    enrolled = night["enrolled"]
    night.do("kane", "promise_eternity")
    assert night["enrolled"] == enrolled + 5 + 4 // 3
    assert night.citizen("c1", "enrol") == "ok"
    assert night["enrolled"] == enrolled + 7
    assert night.citizen("c1", "step_out") == "ok"
    night.do("leo", "unenrol")
    assert night["enrolled"] == enrolled + 1
    while night["enrolled"] >= 5:
        night.do("leo", "unenrol")
    assert night["merge"] == 0
    assert night.tries("kane", "advance_merge") == "condition"
    night.do("kane", "promise_eternity")
    assert night.tries("kane", "advance_merge") == "ok"


def test_A_22_a_rift_brings_unrest_and_cuts_the_square_in_two() -> None:
    night = Night()
    while not night.heard("told.rift"):
        if night["rift.machine"] < 6:
            night.do("kane", "promise_eternity")
        for role in ("mia", "leo", "terra"):
            if night["rift.wakeful"] < 6:
                night.go(role, "street.plaza")
                night.do(role, "unenrol")
    assert (night["rift.machine"], night["rift.wakeful"], night["tumult"]) == (6, 6, 2)
    night.until_phase("dawn")
    night.go("terra", "street.plaza")
    over = night.fork()
    over.go("terra", "tower.lab")
    night.do("terra", "unenrol")
    while night["rift.machine"] < 7:
        night.go("kane", "street.plaza")
        night.do("kane", "promise_eternity")
    assert night.tries("terra", "go", to="tower.lab") != "ok"
    assert night.tries("kane", "go", to="tower.lab") == "ok"


def test_A_23_the_doom_clock_is_hidden_and_driven_by_sleep_under_a_comb() -> None:
    doom = {}
    for pick in ("put_on_comb", "lie_down"):
        night = Night()
        assert class_of(seizure(), night.play.facts, "collapse") == ("desk",)
        night.to_session(pick)
        night.dawn(pick)
        doom[pick] = night["collapse"]
        assert doom[pick] == (night["techsleep"] + night["enrolled"] // 3) // 4
    assert doom["put_on_comb"] >= doom["lie_down"] + 5


def test_A_23_a_fuse_may_gain_the_city_a_night() -> None:
    night = Night()
    assert night.happens("blown_fuse") == "not_now"
    night.to_deep()
    assert night["collapse"] < 7
    assert night.happens("blown_fuse") == "condition"
    tired = Night()
    tired.to_deep("put_on_comb")
    assert tired["collapse"] >= 7
    slept = tired["techsleep"]
    spared = tired.fork()
    assert spared.happens("blown_fuse") == "ok"
    assert spared["techsleep"] == slept - 6
    assert spared.hearers("nudge.blown_fuse.text") == [tuple(f"role:{role}" for role in CAST)]
    for night in (tired, spared):
        night.dream()
    assert 1 <= tired["collapse"] - spared["collapse"] <= 2


def test_A_24_terra_sees_it_inside_the_dream_and_nowhere_else() -> None:
    night = Night()
    assert night.tries_to_cue("vision.trams") == "condition"
    night.bed("put_on_comb")
    awake = night.fork()
    night.until_phase("dream")
    assert night["terra.scene"] == "dream.shallows"
    night.cue("vision.trams")
    assert night["terra.trams"] == "dreamt"
    assert night.hearers("beat.vision.trams.text") == [("role:terra",)]
    assert awake.tries_to_cue("vision.trams") == "condition"
    calm = Night()
    calm.dream("put_on_comb", terra="lie_down")
    assert calm.tries_to_cue("vision.trams") == "condition"


def test_A_25_what_is_known_was_told_by_somebody_who_knew() -> None:
    night = Night()
    assert night.tries("terra", "warn", hearer="leo", fragment="trams") == "bad_parameter"
    night.tell_trams()
    assert night.of_cast("trams") == {
        "mia": "unknown", "leo": "unknown", "terra": "dreamt", "kane": "unknown",
    }  # fmt: skip
    assert night.tries("leo", "warn", hearer="kane", fragment="trams") == "bad_parameter"
    night.do("terra", "warn", hearer="leo", fragment="trams")
    night.do("leo", "warn", hearer="kane", fragment="trams")
    assert (night["leo.trams"], night["kane.trams"]) == ("terra", "leo")
    assert night.hearers("warn.believed") == [("role:terra", "role:leo")]
    assert night.hearers("warn.shrugged") == [("role:leo", "role:kane")]
    assert (night["leo.belief"], night["kane.belief"]) == (1, 0)
    assert night["mia.trams"] == "unknown"
    assert night.tries("leo", "warn", hearer="mia", fragment="noon") == "bad_parameter"


def test_A_25_a_fragment_is_only_ever_dreamt_told_or_murmured() -> None:
    sources: dict[str, set[str]] = {}
    for part, effect in all_effects(seizure()):
        if isinstance(effect, fx.Set) and {"terra.trams", "terra.noon"} & set(effect.fact.reach):
            sources.setdefault(part, set()).add(effect.value.source)
    assert sources == {
        "warn": {"me"}, "murmurs": {"murmur"},
        "vision.trams": {"dreamt"}, "vision.noon": {"dreamt"},
    }  # fmt: skip


def test_A_26_clarity_is_rested_into_spent_and_lost_to_dependency() -> None:
    night = Night()
    night.dawn("lie_down", terra="put_on_comb")
    assert night.of_cast("clarity") == {"mia": 1, "leo": 2, "terra": 0, "kane": 1}
    night.until_phase("dusk")
    night.dream("put_on_comb")
    night.do("leo", "dive")
    night.do("leo", "look_for_seams")
    assert night["leo.clarity"] == 2
    bound = Night()
    for _ in range(3):
        bound.do("terra", "snatch_brilliance")
    bound.dream("put_on_comb")
    bound.do("terra", "dive")
    assert (bound["terra.clarity"], bound["terra.dependency"]) == (1, 6)
    bound.until_phase("dawn")
    assert (bound["terra.clarity"], bound["terra.dependency"]) == (0, 7)


def test_A_27_the_session_comes_no_oftener_than_it_may_and_passes_nobody_over() -> None:
    night = Night()
    assert night.tries("mia", "comply") == "not_now"
    night.until("session")
    assert night.tries("mia", "comply") == "condition"
    for called, chapter in enumerate(("session", "deep"), start=1):
        night.until(chapter)
        while not night["mandate.on"]:
            night.wait(5)
        assert (len(night.heard("told.siren")), night["sessions_left"]) == (called, 2 - called)
        assert set(night.of_cast("answered").values()) == {"open"}
        night.do("leo", "evade")
        assert night.tries("leo", "comply") == "condition"
        while night["mandate.on"]:
            night.wait(5)
        answers = night.of_cast("answered")
        assert answers == {"mia": "comply", "leo": "evade", "terra": "comply", "kane": "comply"}
    assert night.tries_to_cue("session.called") == "condition"
    night.until("seizure")
    assert len(night.heard("told.siren")) == 2


def called(*kits: tuple[str, str], busy: bool = False) -> Night:
    """Return a mandatory session, for which some have packed something."""
    night = Night()
    night.until("session")
    for role, item in kits:
        night.do(role, "pack_kit", item=item)
    if busy:
        night.do("leo", "sign_shift")
        night.do("terra", "open_paper")
    while not night["mandate.on"]:
        night.wait(1)
    return night


def test_A_28_two_of_five_and_what_one_packed_is_what_one_can_do() -> None:
    night = called(("mia", "earplugs"), ("mia", "lamp"), ("leo", "mirror"), ("terra", "salt"))
    late = called(("mia", "earplugs"))
    for _ in range(2):
        late.wait(80)
        late.tries("mia", "pack_kit", item="lamp")
    assert late["mia.kit"] == ("earplugs", "lamp")
    assert late.tries("mia", "pack_kit", item="thread") == "condition"
    dependency = night.of_cast("dependency")
    night.do("mia", "comply")
    night.do("leo", "evade")
    assert night.tries("kane", "sabotage") == "condition"
    night.do("terra", "sabotage")
    night.do("kane", "comply")
    assert night["mia.dependency"] == dependency["mia"]
    assert night["kane.dependency"] == dependency["kane"] + 1
    assert len(night.heard("evade.mirror")) == 1
    assert night["terra.kit"] == ()


def test_A_28_each_of_the_five_things_is_good_for_something_of_its_own() -> None:
    item = next(p for p in seizure().actions["pack_kit"].params if p.name == "item")
    for thing in item.type.choices:
        used = {name for name, action in seizure().actions.items()
                if name != "pack_kit" and f"'{thing}' in me.kit" in said(action)}  # fmt: skip
        assert used, thing
    night = called(("leo", "lamp"))
    assert night.tries("terra", "read_by_lamp") == "condition"
    clarity, infringements = night["leo.clarity"], night["infringements"]
    night.do("leo", "read_by_lamp")
    assert (night["leo.answered"], night["leo.kit"]) == ("evade", ())
    assert (night["leo.clarity"], night["infringements"]) == (clarity + 1, infringements + 1)


def said(action: Action) -> str:
    """Return every condition and number that an action is made of, as it is written."""
    effects = [effect for part, effect in all_effects(seizure()) if part == action.id]
    wheres = [e.when.source for e in effects if isinstance(e, fx.If)]
    odds = [e.of.source for e in effects if isinstance(e, fx.Chance)]
    return "\n".join([action.when.source if action.when else "", *wheres, *odds])


def test_A_29_a_broken_session_loosens_the_grip_and_infringements_tighten_it() -> None:
    broken = called(("leo", "salt"), ("terra", "thread"))
    grip = broken["grip"]
    broken.do("leo", "sabotage")
    held = broken.fork()
    broken.do("terra", "sabotage")
    for night in (broken, held):
        while night["mandate.on"]:
            night.wait(5)
    assert (broken["sessions_broken"], broken["grip"]) == (1, grip - 2)
    assert (held["sessions_broken"], held["grip"]) == (0, grip + 1)
    assert {"infringed_three", "infringed_five"} <= raised_by(seizure(), "grip")


def funded() -> Night:
    """Return a session's dusk at which Kane has paid for lamps."""
    night = Night()
    night.until("session")
    night.go("kane", "street.plaza")
    night.do("kane", "fund_measure", remedy="lamps")
    return night


def test_A_30_a_measure_is_paid_for_lowers_the_citys_debt_and_spreads_slowly() -> None:
    night = funded()
    assert (night["adopted.lamps"], night["city.debt"], night["kane.money"]) == (2, 48, 3 + 3)
    night.wait(118)
    assert night["adopted.lamps"] == 2
    night.wait(5)
    assert (night["adopted.lamps"], night["city.debt"]) == (3, 47)
    nobody = Night()
    nobody.until("session")
    while nobody.tries_to_cue("session.uprising") != "ok":
        nobody.wait(10)
        assert nobody["chapter"] == "session"
    assert nobody["adopted.lamps"] == 2


def test_A_31_influencers_cancel_in_waves_unless_somebody_answers() -> None:
    shouted, answered = funded(), funded()
    answered.do("kane", "counter_wave")
    for night in (shouted, answered):
        night.wait(155)
    assert shouted["adopted.lamps"] == 1
    assert answered["adopted.lamps"] == 3
    cancels = ("vesper.cancels", "vesper.cancels.2", "vesper.cancels.3")
    assert [to for key in cancels for to in shouted.hearers(key)] == [("all",)]
    assert [to for key in cancels for to in answered.hearers(key)] == []
    assert not answered["countered"]  # against one wave


def test_A_32_who_has_two_obligations_is_torn_and_nobody_else_is() -> None:
    night = called(("leo", "mirror"), busy=True)
    assert night.of_cast("torn") == {"mia": False, "leo": True, "terra": True, "kane": False}
    assert night.hearers("torn.both") == [("role:leo",), ("role:terra",)]
    night.do("leo", "evade")  # keeps the shift
    assert (night["infringements"], night["leo.booked"]) == (1, "shift")
    night.do("terra", "comply")
    assert (night["infringements"], night["terra.booked"]) == (1, "free")
    night.do("kane", "comply")
    assert not any(night.of_cast("torn").values())
    assert set(seizure().laws["infringed_three"].when.reads) == {"infringements"}


def test_A_32_at_three_the_grip_tightens_and_at_five_one_is_named() -> None:
    night = Night()
    night.do("leo", "witness")
    night.do("leo", "unplug_relay")
    night.until_phase("dream")
    night.cue("grind.next_bed")
    night.choose("leo", "next_bed", "carry_him")
    assert (night["infringements"], night["grip"]) == (2, 4)
    night.until("session")
    night.do("leo", "sign_shift")
    while not night["mandate.on"]:
        night.wait(1)
    night.do("leo", "evade")
    assert night["infringements"] in (3, 4)  # one of them, where the siren catches him
    assert (len(night.heard("infringed.three")), night["grip"]) == (1, 5)
    while night["infringements"] < 5:
        assert night.heard("vesper.names") == []
        night.until_phase("dusk")
        night.do("leo", "unplug_relay")
    assert night.hearers("vesper.names") == [("all",)]


def test_A_33_the_countdown_is_seen_never_stopped_and_stretched_once() -> None:
    for part, effect in all_effects(seizure()):
        assert not (isinstance(effect, fx.StopClock) and effect.clock == "countdown"), part
    night = Night()
    night.to_deep()
    assert class_of(seizure(), night.play.facts, "clock.countdown") == ("all",)
    ends_ms = night["clock.countdown"]
    assert ends_ms == night.play.world_ms + 430_000
    plain = night.fork()
    night.do("mia", "stretch_clock")
    assert night["clock.countdown"] == ends_ms + 60_000
    for role in CAST[2:]:
        night.go(role, "street.plaza")
        assert night.tries(role, "stretch_clock") == "condition"
    for one, end in ((plain, ends_ms), (night, ends_ms + 60_000)):
        one.dream()
        one.play.pass_to(end - 1)
        assert one["chapter"] == "deep"
        one.wait(1)
        assert one["chapter"] == "seizure"
