"""Acting: each refusal has its code, an allowed action its effects."""

import pytest
from support.packs import night, night_for_two

from dreamsync_server.world.commit import Event, Proposal
from dreamsync_server.world.seats import holder_of


def test_an_action_nobody_declared_is_unknown() -> None:
    assert night_for_two().act("a", "fly").code == "unknown_action"


def test_an_action_of_another_role_is_not_yours() -> None:
    assert night_for_two().act("a", "hum_to_ada").code == "not_yours"


def test_an_action_of_another_chapter_is_not_for_now() -> None:
    assert night_for_two().act("a", "pick", what="apple").code == "not_now"


def test_an_action_of_another_scene_is_not_here() -> None:
    assert night_for_two().act("a", "take_box").code == "not_here"


@pytest.mark.parametrize(
    ("action", "params", "why"),
    [
        ("whisper", {"words": "hush"}, "missing"),
        ("whisper", {"who": "ada", "words": "hush"}, "not possible now"),
        ("whisper", {"who": "the_moon", "words": "hush"}, "not one of the choices"),
        ("whisper", {"who": 7, "words": "hush"}, "not one of the choices"),
        ("whisper", {"who": "ben", "words": "x" * 201}, "at most 200 characters"),
        ("whisper", {"who": "ben", "words": "   "}, "missing"),
        ("make_tea", {"sugar": 2}, "unknown"),
    ],
)
def test_a_parameter_that_does_not_fit_is_named(action: str, params: dict, why: str) -> None:
    outcome = night_for_two().act("a", action, **params)
    assert outcome.code == "bad_parameter"
    assert dict(outcome.arguments)["why"] == why


def test_a_condition_that_does_not_hold_names_the_part_that_fails() -> None:
    play = night_for_two()
    play.act("a", "snuff_lamp")
    outcome = play.act("b", "snuff_lamp")
    assert outcome.code == "condition"
    assert dict(outcome.arguments)["leaf"] == ("house.kitchen.lamp",)


def test_a_veiled_action_never_says_which_part_fails() -> None:
    outcome = night_for_two().act("b", "hum_to_ada")
    assert outcome.code == "condition"
    assert "leaf" not in dict(outcome.arguments)


def test_a_cooldown_says_how_long_it_lasts_and_ends_at_its_time() -> None:
    play = night_for_two()
    assert play.act("a", "whisper", who="ben", words="one").code == "ok"
    early = play.act("a", "whisper", who="ben", words="two")
    assert (early.code, dict(early.arguments)["wait_ms"]) == ("cooldown", 3000)
    play.pass_ms(3000)
    assert play.act("a", "whisper", who="ben", words="three").code == "ok"


def test_an_action_with_a_number_of_times_is_spent_behind_them() -> None:
    play = night_for_two()
    assert [play.act("a", "make_tea").code for _ in range(4)] == ["ok", "ok", "ok", "spent"]
    assert play.act("b", "make_tea").code == "ok"


def test_a_whisper_is_for_one_role_and_raises_the_trust_of_both() -> None:
    play = night_for_two()
    play.act("b", "whisper", who="ada", words="come up")
    event = play.commits[-1].events[0]
    assert (event.kind, event.to, event.who) == ("said", ("role:ada",), "ben")
    assert play.facts["trust.ada.ben"] == 1


def test_an_int_is_clamped_to_its_range() -> None:
    play = night_for_two()
    for _ in range(8):
        play.act("a", "whisper", who="ben", words="again")
        play.pass_ms(3000)
    assert play.facts["trust.ada.ben"] == 5


def test_a_law_fires_once_on_its_edge_in_the_same_commit() -> None:
    play = night_for_two()
    play.act("a", "whisper", who="ben", words="one")
    assert play.facts["attic.door"] == "locked"
    play.act("b", "whisper", who="ada", words="two")
    assert play.facts["attic.door"] == "open"
    told = [e.key for e in play.commits[-1].events if e.kind == "told"]
    assert told == ["door.opens"]
    play.act("b", "comfort", who="ada")
    assert [e.key for e in play.commits[-1].events] == ["comfort.done"]


def test_an_understudy_acts_in_the_tenure_that_it_decided_for_and_in_no_other() -> None:
    play = night(has_understudies=True)
    now = holder_of(play.facts, "ada").tenure

    def code_of(tenure: int) -> str:
        given = {"action": "snuff_lamp"}
        done = Proposal("act", "understudy", "director", 0, given, role="ada", tenure=tenure)
        return play.direct(done).outcomes[0].code

    assert [code_of(now - 1), code_of(now + 1), code_of(now)] == ["stale_tenure"] * 2 + ["ok"]


def test_a_paused_world_refuses_to_act_and_its_time_stands_still() -> None:
    play = night_for_two()
    assert play.ask("pause", "player", "a").code == "ok"
    assert play.act("b", "make_tea").code == "paused"
    play.pass_ms(5000)
    assert play.world_ms == 0
    assert play.ask("unpause", "player", "b").code == "not_allowed"
    assert play.ask("unpause", "player", "a").code == "ok"
    assert play.act("b", "make_tea").code == "ok"


def test_a_choice_is_put_to_its_role_and_answered_once() -> None:
    play = night_for_two()
    play.pass_to(600_000 + 300_000)
    assert play.commits[-1].events == (
        Event("choice", ("role:ada",), "ada", "choice.waking.ask", (("choice", "waking"),)),
    )
    assert play.choose("b", "waking", "wake").code == "unknown_choice"
    assert play.choose("a", "waking", "fly").code == "bad_parameter"
    assert play.choose("a", "waking", "wake").code == "ok"
    assert play.choose("a", "waking", "stay").code == "not_open"
    assert play.facts["chose.waking"] == "wake"


def test_a_choice_not_answered_in_time_takes_its_default() -> None:
    play = night_for_two()
    play.pass_to(600_000 + 300_000 + 60_000)
    assert play.facts["chose.waking"] == "stay"
    assert play.facts["choice.waking"] == 0
