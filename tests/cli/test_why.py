"""`why`: what keeps a beat from being cued."""

import json
from pathlib import Path

import pytest
from support.packs import night_for_two, starter

import dreamsync
from dreamsync_server.cli.assembly import Node
from dreamsync_server.cli.why import as_plain, told, why
from dreamsync_server.errors import OperatorError
from dreamsync_server.story.guide import Guide
from dreamsync_server.story.why import Why, explain, what_if
from dreamsync_server.world.state import State


def ask(state: State, beat: str = "chime") -> Why:
    return explain(Guide(starter()), state, starter().beats[beat])


def test_a_condition_is_told_leaf_by_leaf_with_what_can_change_it() -> None:
    answer = ask(night_for_two().state)
    assert (answer.code, answer.away) == ("condition", 4)
    assert as_plain(answer, starter())["leaves"] == [
        {
            "text": "house.hush >= 4",
            "holds": False,
            "keeps": True,
            "facts": {"house.hush": 0},
            "changed_by": [
                "action snuff_lamp (ada, ben)",
                "action wind_box (ada, ben)",
                "law falling_asleep",
                "time, as it drifts",
            ],
            "changed": None,
        },
    ]
    lines = told(answer, starter())
    assert "chime (“The stopped clock strikes”) cannot be cued now" in lines
    assert "✗ house.hush >= 4" in lines
    assert "4 away from true" in lines


def test_a_beat_that_can_be_cued_says_whether_it_comes_next() -> None:
    play = night_for_two()
    play.pass_ms(5 * 60_000)
    answer = ask(play.state)
    assert (answer.code, answer.away) == ("ok", 0)
    assert [one.beat for one in answer.choice.ranked] == ["chime"]
    assert "the director would take it next" in told(answer, starter())


def test_the_short_answer_has_the_failing_leaves_alone() -> None:
    state = what_if(night_for_two().state, {"attic.door": "open", "music_box.holder": "ada"})
    lines = told(ask(state, "footsteps"), starter(), is_short=True)
    assert "✗ music_box.holder" in lines
    assert "attic.door" not in lines


async def test_a_world_that_nobody_came_to_yet_is_said(stored_node: Node, valkey_url: str) -> None:
    async with dreamsync.connect(f"ws://127.0.0.1:{stored_node.port}") as dream:
        made = await dream.open_class("starter", 1)
    with pytest.raises(OperatorError, match="nothing has happened in this world yet"):
        await why(made.worlds[0], "morning", valkey_url, Path())


async def test_the_answer_comes_from_a_running_world(
    stored_node: Node, valkey_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with dreamsync.connect(f"ws://127.0.0.1:{stored_node.port}") as dream:
        world = await dream.create_world("starter", private=False)
    assert await why(world.id, "morning", valkey_url, Path(), is_json=True) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["beat"], answer["code"]) == ("morning", "condition")
    with pytest.raises(OperatorError, match="did you mean 'chime'"):
        await why(world.id, "chimes", valkey_url, Path())
    supposed = ["house.hush=7"]
    await why(world.id, "chime", valkey_url, Path(), supposed=supposed, is_json=True)
    assert json.loads(capsys.readouterr().out)["code"] == "ok"
    with pytest.raises(OperatorError, match="from 0 to 10"):
        await why(world.id, "chime", valkey_url, Path(), supposed=["house.hush=70"])
