"""A company: every role has its player, and does what it is told."""

from support.packs import expo, starter

from dreamsync_server.story.company import do, gather, perform
from dreamsync_server.story.ways import Trigger
from dreamsync_server.world.model import Place

HERE = Place("", 0, 0)


def test_every_role_has_a_player_but_the_absent_and_those_nobody_takes() -> None:
    play = gather(expo(), 1, ("ellis",))
    held = {role: play.facts[f"{role}.held"] for role in ("ava", "leo", "ellis", "somni")}
    assert held == {"ava": "player", "leo": "player", "ellis": "nobody", "somni": "understudy"}
    assert play.facts["citizen.2.held"] == "player"


def test_parameters_that_are_not_given_are_made_up() -> None:
    play = gather(starter(), 1)
    assert do(play, "ada", "whisper", {"who": "ben"}).code == "ok"
    assert do(play, "guest.1", "hum", {}).code == "ok"
    assert play.facts["guest.1.hummed"] is True


def test_it_cues_chooses_and_walks() -> None:
    play = gather(starter(), 1)
    play.pass_to(300_000)
    assert perform(play, Trigger("cue", "chime", (), HERE)).code == "ok"
    assert play.facts["cued.chime"] == 1
    walk = Trigger("go", "go", (), HERE, "ada", (("to", "house.attic"),))
    assert perform(play, walk).code == "bad_parameter"  # the door is locked
    play.pass_to(905_000)
    answer = Trigger("choose", "waking", (), HERE, "ada", (("option", "wake"),))
    assert perform(play, answer).code == "ok"
