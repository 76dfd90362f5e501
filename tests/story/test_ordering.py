"""Ordering: what is needed on the way is not spoiled before its time."""

from support.planted import planted

from dreamsync_server.story.atlas import atlas_of
from dreamsync_server.story.goals import Goal
from dreamsync_server.story.seeking import seek

MORE = """
facts:
  oil: {type: int, range: [0, 4], start: 4, visible: all}
  tower.lamp: {type: choice, choices: [dark, lit], start: dark, visible: all}
  fog: {type: int, range: [0, 30], start: 0, visible: all}
  seen: {type: bool, visible: all}
actions:
  light: {by: [ada], when: oil >= 1 and tower.lamp == "dark",
          do: [{set: {tower.lamp: lit}}, {add: {oil: -1}}]}
  snuff: {by: [ada], when: tower.lamp == "lit", do: [{set: {tower.lamp: dark}}]}
  wait_for_fog: {by: [ben], cooldown: 3s, do: [{add: {fog: 1}}]}
laws:
  ship_sees_it: {when: fog >= 20 and tower.lamp == "lit", do: [{set: {seen: true}}]}
beats:
  dark_again: {when: seen and tower.lamp == "dark"}
"""
TEXTS = "\n".join(
    [f"action.{name}.label: x" for name in ("light", "snuff", "wait_for_fog")]
    + [f"fact.{name}.name: x" for name in ("oil", "tower.lamp", "fog", "seen")]
    + ["beat.dark_again.title: x", "beat.dark_again.text: x"]
)


def test_the_lamp_that_is_to_be_dark_in_the_end_is_not_snuffed_before_it_was_seen() -> None:
    atlas = atlas_of(planted(MORE, TEXTS))
    goal = Goal("beat", "dark_again")
    sought = seek(atlas, goal, 1, turns=120)
    (found,) = sought.found
    did = [step.do for step in found.steps if step.kind == "act"]
    assert did.count("light") == did.count("snuff") == 1
