"""Goals: endings, beats and actions, by name and by the commits that reach them."""

from support.packs import night_for_two, starter

from dreamsync_server.story.goals import (
    Goal,
    goal_named,
    goals_of,
    place_of,
    reached_by,
    reached_in,
)
from dreamsync_server.world.commit import Proposal


def test_every_ending_beat_and_action_is_a_goal() -> None:
    kinds = [goal.kind for goal in goals_of(starter())]
    assert (kinds.count("ending"), kinds.count("beat"), kinds.count("action")) == (2, 3, 12)


def test_a_goal_is_named_with_or_without_its_kind() -> None:
    pack = starter()
    assert goal_named(pack, "ending.morning") == goal_named(pack, "morning")
    assert goal_named(pack, "action.hum") == Goal("action", "hum")
    assert goal_named(pack, "beat.hum") is None
    assert place_of(pack, Goal("beat", "chime")).file == "story.yaml"


def test_what_is_refused_reaches_nothing() -> None:
    play = night_for_two()
    play.act("a", "wind_box")
    assert [*reached_by(play.commits[-1])] == []
    play.act("a", "snuff_lamp")
    play.direct(Proposal("cue", "desk", arguments={"beat": "chime", "override": True}))
    assert set(reached_in(play.commits)) == {Goal("action", "snuff_lamp")}


def test_an_ending_is_reached_however_it_comes_about() -> None:
    play = night_for_two()
    play.join("s_desk", kind="desk")
    given = {"beat": "morning", "override": True}
    assert play.ask("cue", "desk", "s_desk", given).code == "ok"
    assert Goal("ending", "morning") in reached_by(play.commits[-1])
