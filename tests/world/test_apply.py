"""Effects: each does what it says, with variables, clamps and audiences."""

from support.packs import night, night_for_two

from dreamsync_server.limits import DRIFT_UNIT
from dreamsync_server.packs import load
from dreamsync_server.packs.sample import SAMPLE
from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.world.values import Drift


def told(play) -> list[tuple[str, tuple[str, ...], str]]:
    return [(e.kind, e.to, e.key) for e in play.commits[-1].events]


def test_each_moves_every_member_and_a_clock_starts() -> None:
    play = night_for_two()
    play.pass_to(600_000)
    assert [play.facts["ada.scene"], play.facts["ben.scene"]] == ["dream.orchard"] * 2
    assert play.facts["clock.cockcrow"] == 900_000


def test_adding_to_a_drifting_fact_keeps_its_fraction_and_its_rate() -> None:
    play = night_for_two()
    play.pass_to(90_500)
    play.act("a", "snuff_lamp")
    hush = play.facts["house.hush"]
    assert hush == Drift(90_500 * 60 + 2 * DRIFT_UNIT, 60, 90_500, 0, 10)


def test_a_stopped_drift_keeps_its_value() -> None:
    play = night()
    play.pass_to(650_000)
    assert play.facts["house.hush"].rate == 0
    assert play.facts.whole("house.hush") == 10


def test_a_thing_is_given_and_what_hangs_on_it_changes_hands() -> None:
    play = night_for_two()
    play.facts["ada.scene"] = "house.attic"
    play.state.rehash()
    play.act("a", "take_box")
    assert play.facts["music_box.holder"] == "ada"
    assert play.act("a", "wind_box").code == "ok"
    assert play.facts["music_box.wound"] is True


def test_luck_is_drawn_from_a_counted_stream() -> None:
    def wind(seed: int) -> str:
        play = night_for_two(seed)
        play.facts["music_box.holder"] = "ada"
        play.state.rehash()
        play.act("a", "wind_box")
        assert play.facts["@rng.luck"] == 1
        return play.commits[-1].events[0].key

    found = {wind(seed) for seed in range(20)}
    assert found == {"box.plays", "box.stutters"}
    assert wind(3) == wind(3)


def test_a_list_is_bounded_and_a_full_one_drops_its_first() -> None:
    play = night_for_two()
    play.pass_to(600_000)
    for what in ("apple", "leaf", "ribbon"):
        assert play.act("a", "pick", what=what).code == "ok"
    assert play.facts["keepsakes"] == ("apple", "leaf", "ribbon")


def test_a_line_is_heard_in_the_speakers_scene() -> None:
    play = night_for_two()
    play.act("a", "talk", words="hello")
    assert told(play) == [("said", ("scene:house.kitchen",), "")]


def test_a_private_text_is_for_its_role_alone() -> None:
    play = night_for_two()
    play.act("a", "promise", words="never again")
    assert told(play) == [("told", ("role:ada",), "vow.made")]
    assert play.facts["ada.vow"].ref in play.commits[-1].texts


def test_a_choice_for_a_role_that_nobody_holds_is_taken_by_default_at_once() -> None:
    play = night()
    play.pass_to(600_000 + 300_000)
    assert play.facts["choice.waking"] == 0
    assert play.facts["chose.waking"] == "stay"


def test_an_end_effect_brings_its_ending_in_with_text_and_effects() -> None:
    law = "laws: {over: {when: calm >= 2, do: [end: night]}}"
    play = Playthrough(load({**SAMPLE, "law.yaml": law}), 7)

    play.pass_to(3_600_000)

    assert play.ending == "night"
    assert told(play)[-2:] == [
        ("told", ("all",), "ending.night.text"),
        ("ending", ("all",), "ending.night.title"),
    ]
