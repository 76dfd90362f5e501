"""`why`: what keeps a beat from being cued."""

import json
from pathlib import Path

import pytest
from support.packs import night_for_two, starter

import dreamsync
from dreamsync_server.cli.assembly import Node
from dreamsync_server.cli.why import changers, explain, told, why
from dreamsync_server.errors import OperatorError


def test_a_condition_is_told_leaf_by_leaf_with_what_can_change_it() -> None:
    answer = explain(starter(), night_for_two().state, starter().beats["chime"])
    assert (answer.code, answer.away) == ("condition", 4)
    assert answer.leaves == (
        {
            "text": "house.hush >= 4",
            "holds": False,
            "facts": {"house.hush": 0},
            "changed_by": ["action snuff_lamp", "action wind_box", "law falling_asleep"],
        },
    )
    lines = told(answer, starter())
    assert "chime (“The stopped clock strikes”) cannot be cued now" in lines
    assert "✗ house.hush >= 4" in lines
    assert "4 away from true" in lines


def test_a_beat_that_can_be_cued_says_whether_it_comes_next() -> None:
    play = night_for_two()
    play.pass_ms(5 * 60_000)
    answer = explain(starter(), play.state, starter().beats["chime"])
    assert (answer.code, answer.away, answer.rivals) == ("ok", 0, ("chime",))
    assert "the director would take it next" in told(answer, starter())


def test_what_the_engine_changes_is_named_too() -> None:
    assert changers(starter(), "chose.waking") == ["choice waking"]
    assert changers(starter(), "cued.chime") == ["beat chime"]
    assert "walking there" in changers(starter(), "ada.scene")


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
