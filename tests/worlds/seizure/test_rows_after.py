"""Rows A-55 to A-67: what ambition keeps awake, who leaves, and what is mended or bound."""

import pytest
from support.effects import all_effects, lowered_by
from worlds.seizure.nights import CAST, Night, seizure

from dreamsync_server.world import effects as fx
from dreamsync_server.world.commit import Proposal
from dreamsync_server.world.elsewhere import shared_ending

ARCHITECT = ("accept_brief", "polish_reel", "hang_door")


def haunted() -> Night:
    """Return the first dusk, at which Mia has worked on nothing but her name."""
    night = Night()
    assert night["clients.holder"] == "dream.rehearsal"
    for _ in range(3):
        assert not night["mia.haunted"]
        night.do("mia", "polish_reel")
    return night


def test_A_55_ambition_puts_a_nightmare_into_a_waking_scene() -> None:
    night = haunted()
    assert (night["mia.ambition"], night["mia.haunted"]) == (6, True)
    assert night["clients.holder"] == "hush.kitchen"
    assert seizure().scenes["hush.kitchen"].layer == "waking"
    assert night.hearers("nightmare.mia") == [("role:mia",)]
    assert night.hearers("nightmare.leo") == [("role:leo",)]


def test_A_56_leo_plays_her_nightmare_and_understands() -> None:
    night = haunted()
    bond = night["bond.mia.leo"]
    night.until_phase("bed")
    assert night.tries("leo", "walk_nightmare") == "condition"
    night.do("mia", "let_him_see")
    night.do("leo", "walk_nightmare")
    assert night["leo.scene"] == "dream.rehearsal"
    assert night.tries("leo", "understand_her") == "condition"
    for _ in range(3):
        night.do("leo", "say_yes_again")
    night.do("leo", "understand_her")
    assert (night["leo.understanding"], night["bond.mia.leo"]) == (4, bond + 2)
    assert (night["mia.haunted"], night["clients.holder"]) == (False, "dream.rehearsal")
    assert "nightmare" in night["leo.saw"]


def supported(nights: int) -> Night:
    """Return the roof, after some nights through which Leo sat beside Mia's bed."""
    night = Night()
    for n in range(3):
        night.until_phase("bed")
        if n < nights:
            night.do("leo", "support_mia")
        night.dream("lie_down", leo="stay_up")
        if n < nights:
            night.do("leo", "keep_watch", sleeper="mia")
        if n < 2:
            night.until_phase("dawn")
            night.until_phase("dusk")
    night.until("bandits")
    return night


def test_A_57_mia_leaves_for_good_and_rests_where_she_built() -> None:
    alone, night = supported(1), supported(3)
    assert (alone["mia.support"] < 5, night["mia.support"] >= 5) == (True, True)
    assert alone.tries("mia", "leave_grind") == "condition"
    money, ambition = night["mia.money"], night["mia.ambition"]
    night.do("mia", "leave_grind")
    assert night["mia.left"]
    assert night["mia.money"] == max(0, money - 5)  # the penalty
    assert night["mia.ambition"] == max(0, ambition - 4)
    assert night.tries("mia", "leave_grind") == "condition"
    night.until("after")
    for verb in ARCHITECT:
        given = {"patron": "bride"} if verb == "accept_brief" else {}
        assert night.tries("mia", verb, **given) == "condition"
        when = seizure().actions[verb].when
        assert when is not None
        assert "not me.left" in when.source
    night.until_phase("bed")
    assert night.tries("mia", "put_on_comb") == "condition"
    night.do("mia", "teach_rest")
    for part, effect in all_effects(seizure()):
        if isinstance(effect, fx.Set) and "mia.left" in effect.fact.reach:
            assert (part, effect.value.source) == ("leave_grind", "true")


def test_A_58_only_unfiltered_rest_lowers_debt_and_it_costs_the_night() -> None:
    for role in CAST:
        assert lowered_by(seizure(), f"{role}.debt") == {"dawn_settles"}
        for part, effect in all_effects(seizure()):
            assert not (isinstance(effect, fx.Set) and f"{role}.debt" in effect.fact.reach), part
    night = Night()
    night.to_session("put_on_comb")
    night.bed("lie_down", leo="stay_up", kane="put_on_comb")
    night.until_phase("dream")
    watched = night.fork()
    watched.do("leo", "keep_watch", sleeper="terra")
    for one, debt in ((night, 1), (watched, 0)):
        before, money = one.of_cast("debt"), one.of_cast("money")
        assert before == {"mia": 1, "leo": 2, "terra": 3, "kane": 1}
        one.until_phase("dawn")
        assert one.of_cast("debt") == {"mia": 0, "leo": 3, "terra": debt, "kane": 2}
        assert one["mia.money"] == money["mia"]  # nothing was earned by it
        assert one["kane.money"] == money["kane"] + 3


def test_A_59_a_watch_makes_both_more_autonomous() -> None:
    night = Night()
    night.dream("lie_down", leo="stay_up", kane="put_on_comb")
    bond = night["bond.mia.leo"]
    night.do("leo", "keep_watch", sleeper="mia")
    assert night.of_cast("autonomy") == {"mia": 1, "leo": 1, "terra": 0, "kane": 0}
    assert (night["bond.mia.leo"], night["shared.mia.leo"]) == (bond + 1, True)
    night.do("leo", "keep_watch", sleeper="mia")
    assert (night["mia.autonomy"], night["leo.autonomy"]) == (1, 1)  # once a night
    assert night.tries("leo", "keep_watch", sleeper="kane") == "bad_parameter"


def test_A_60_a_speech_becomes_pledges_and_money_makes_it_worth_less() -> None:
    worth = {}
    for banners in (0, 1, 2):
        night = Night()
        night.dawn("put_on_comb")
        night.until_phase("dusk")
        night.to_after()
        for _ in range(banners):
            night.do("terra", "buy_banner")
        assert night["sincerity"] == 6 - 2 * banners
        assert night["spent"] == 2 * banners
        before = night["pledges"]
        night.do("terra", "speak_to_peers")
        worth[banners] = night["pledges"] - before
        assert night.hearers("do.speak_to_peers") == [("all",)]
    assert worth[0] > worth[1] > worth[2] >= 1
    pledges = night["pledges"]
    assert night.citizen("c1", "pledge") == "ok"
    assert night["pledges"] == pledges + 1
    assert night.citizen("c1", "pledge") == "condition"


def test_A_61_each_friends_rebellion_is_worth_one_resolve() -> None:
    night = Night()
    for _ in range(3):
        night.tries("leo", "witness")
    resolve = night["terra.resolve"]
    night.do("leo", "refuse_shift")
    assert night["terra.resolve"] == resolve + 1
    night.until_phase("bed")
    night.until("session")
    for role in ("mia", "leo"):
        night.do(role, "pack_kit", item="salt")
    while not night["mandate.on"]:
        night.wait(1)
    for role in ("mia", "leo"):
        night.do(role, "sabotage")
    while night["mandate.on"]:
        night.wait(1)
    assert night["terra.resolve"] == resolve + 2
    assert [len(night.heard(f"resolve.{who}")) for who in ("leo", "session")] == [1, 1]
    left = supported(3)
    for role, act in (("mia", "leave_grind"), ("kane", "confess_kai")):
        before = left["terra.resolve"]
        left.do(role, act)
        assert left["terra.resolve"] == before + 1
        assert left.hearers(f"resolve.{role}") == [("role:terra",)]


def binding(seed: int) -> Night:
    """Return the last dusk, with Mia under a comb since last night, and the odds read."""
    night = Night(seed)
    night.to_after()
    night.dawn("lie_down", mia="put_on_comb", kane="stay_up")
    assert night.tries("kane", "bind_mind", sleeper="mia") != "ok"
    night.until_phase("dusk")
    assert night.tries("kane", "bind_mind", sleeper="mia") == "condition"  # he reads them first
    night.do("kane", "read_odds")
    return night


def test_A_62_a_mind_is_bound_or_its_binder_by_odds_that_were_shown() -> None:
    found = {}
    for seed in range(1, 17):
        night = binding(seed)
        assert night.last("do.read_odds")["chance"] == night["odds"]
        assert night.hearers("do.read_odds") == [("role:kane",)]
        assert 10 <= night["odds"] <= 90
        assert night.tries("kane", "bind_mind", sleeper="leo") == "bad_parameter"
        night.do("kane", "bind_mind", sleeper="mia")
        found[seed] = night["trapped"]
        bound = night["trapped"]
        assert (night[f"{bound}.bound"], night[f"{bound}.scene"]) == (True, "dream.stratum")
    assert set(found.values()) == {"mia", "kane"}
    again = binding(1)
    again.do("kane", "bind_mind", sleeper="mia")
    assert again["trapped"] == found[1]
    while again["trapped"] != "nobody" and not again.ending:
        again.do("leo", "unbind")
    assert again.ending or again.hearers("do.unbind") == [("all",)]


def answering(answer: str) -> Night:
    """Return a bedtime after it all, at which Kane has given his answer."""
    night = Night()
    night.to_after()
    night.wait(60)
    night.cue("after.apology")
    assert night.hearers("choice.apology.ask") == [("role:kane",)]
    night.choose("kane", "apology", answer)
    night.until_phase("bed")
    assert night["shared.leo.kane"]
    return night


@pytest.mark.parametrize("answer", ["refuse", "apologise_for_results"])
def test_A_63_who_refuses_to_apologise_cannot_mend_nor_be_mended_with(answer: str) -> None:
    night = answering(answer)
    assert night["kane.refused"]
    night.do("kane", "apologise", hearer="leo")
    assert night.hearers("apologise.refused") == [("role:kane", "role:leo")]
    assert not night["sorry.leo.kane"]
    night.do("mia", "apologise", hearer="kane")
    assert night.tries("kane", "mend", hearer="mia", remedy="walk") == "condition"
    night.do("mia", "mend", hearer="kane", remedy="walk")
    assert night.hearers("mend.barred") == [("role:mia", "role:kane")]
    assert night["bonds_mended"] == 0


def test_A_63_who_apologises_may_mend() -> None:
    night = answering("apologise_whole")
    assert not night["kane.refused"]
    assert night["sorry.leo.kane"]
    night.do("kane", "mend", hearer="leo", remedy="walk")
    assert (night["mended.leo.kane"], night["bonds_mended"]) == (True, 1)


def test_A_64_what_is_shown_may_be_painted_over_and_what_is_never() -> None:
    night = Night()
    true = (night["city.insomnia"], night["enrolled"])
    for n, board in enumerate(("insomnia", "enrolled"), start=1):
        night.do("kane", "paint", board=board)
        assert night["painters"] == ("kane",) * n
        assert (night["city.insomnia"], night["enrolled"]) == true
    assert (night["shown.insomnia"], night["shown.enrolled"]) == (true[0] - 15, true[1] + 15)
    night.go("leo", "street.plaza")
    night.do("leo", "scrape_paint")
    assert (night["shown.insomnia"], night["shown.enrolled"]) == true
    assert night["painters"] == ("kane", "kane", "nobody")
    touched = {
        name
        for part, effect in all_effects(seizure())
        if part == "paint" and isinstance(effect, fx.Set | fx.Add | fx.Append)
        for name in effect.fact.reach
    }
    assert touched == {"shown.insomnia", "shown.enrolled", "painters", "consensus"}


@pytest.mark.parametrize("shared", [False, True])
def test_A_65_ones_ending_is_told_elsewhere_only_if_one_leaves_a_light(shared: bool) -> None:
    night = mending()
    if shared:
        night.do("terra", "leave_light")
        assert night.tries("leo", "leave_light") == "condition"
    night.cue("elsewhere.ferry")
    assert night.hearers("beat.elsewhere.ferry.text") == [("all",)]
    close(night)
    assert night.ending == "mended_bonds"
    assert len(night.heard("coda.elsewhere")) == shared
    for texts in seizure().texts.values():
        for key in ("coda.elsewhere", "beat.elsewhere.ferry.text"):
            assert "{" not in texts[key]  # nobody's name can be filled in


def test_A_65_what_became_of_others_is_heard_after_it_in_the_packs_own_words() -> None:
    told = {ending for nudge in seizure().nudges.values() for ending in nudge.endings}
    assert told == {beat.id for beat in seizure().beats.values() if beat.is_ending}
    early, night = Night(), mending()
    early.to_session()
    for one, ending, code in ((early, "breach", "not_now"), (night, "seized_and_lost", "ok")):
        words = next(n.id for n in seizure().nudges.values() if ending in n.endings)
        given = {"means": "elsewhere", "target": ending, "nudge": words}
        news = Proposal("nudge", "director", "director", arguments=given)
        assert one.play.direct(news).outcomes[0].code == code
    assert night.hearers("nudge.word_by_ferry.text") == [("all",)]
    assert night.last("nudge.word_by_ferry.text")["ending"] == "ending.seized_and_lost.title"


@pytest.mark.parametrize("shared", [False, True])
def test_A_65_an_ending_leaves_its_world_only_if_one_left_a_light(shared: bool) -> None:
    night = mending()
    if shared:
        night.do("mia", "leave_light")
    close(night)
    assert shared_ending(seizure(), night.play.facts) == ("mended_bonds" if shared else "")


def test_A_66_mending_takes_an_apology_and_a_shared_night() -> None:
    night = Night()
    night.to_session("put_on_comb", mia="lie_down", leo="lie_down")
    night.to_deep("put_on_comb")
    night.until_phase("bed")
    for hearer, shared in (("leo", True), ("terra", False)):
        assert night["shared.mia." + hearer] is shared
        assert night.tries("mia", "mend", hearer=hearer, remedy="soup") == "bad_parameter"
        night.do("mia", "apologise", hearer=hearer)
        code = night.tries("mia", "mend", hearer=hearer, remedy="soup")
        assert code == ("ok" if shared else "bad_parameter")
    assert night["bonds_mended"] == 1
    assert night.hearers("remedy.soup") == [("role:mia", "role:leo")]


def mending() -> Night:
    """Return the evening after, with three bonds mended on the roof."""
    night = Night()
    night.to_bandits()
    for who, hearer in (("mia", "leo"), ("mia", "terra"), ("leo", "terra")):
        night.do(who, "apologise", hearer=hearer)
        night.do(who, "mend", hearer=hearer, remedy="cards")
    assert night["bonds_mended"] == 3
    night.until("after")
    return night


def close(night: Night) -> None:
    """Let two close the last day by hand, and the world with it."""
    night.dawn()
    night.until_phase("dusk")
    night.bed()
    night.do("mia", "begin_goodnight")
    night.do("leo", "join_goodnight")
    night.wait(45)


def test_A_67_the_day_is_closed_by_two_without_a_machine_and_leaves_an_invitation() -> None:
    night = mending()
    night.until_phase("bed")
    night.do("mia", "begin_goodnight")
    assert night.tries("mia", "join_goodnight") == "condition"
    alone = night.fork()
    alone.wait(46)
    assert alone.hearers("goodnight.alone") == [("all",)]
    assert alone["invitation"] == 0
    night.do("leo", "join_goodnight")
    assert 1 <= night["invitation"] <= 6
    assert night.last("do.join_goodnight")["code"] == night["invitation"]
    assert night.hearers("do.join_goodnight") == [("all",)]
    assert not night.ending  # it is not the last night yet
