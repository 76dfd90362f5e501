"""Commits as lines and as plain values."""

import json

from dreamsync_server.cli.commits import as_plain, lines_of, plain_value, shown
from dreamsync_server.world.commit import Cause, Change, Commit, Event, Outcome, Position
from dreamsync_server.world.values import Drift, TextRef

COMMIT = Commit(
    position=Position(7, 12),
    world_ms=271_000,
    at_ms=1,
    cause=Cause("act", "player", "s1", 3, arguments=(("action", "talk"), ("params.who", "ben"))),
    outcomes=(Outcome("s1", 3, "ok"),),
    changes=(Change("ada.nerve", 4), Change("@seat.ada", ("s1", 1, 0)), Change("x.y", None)),
    events=(Event("said", ("scene:hall",), "ada", "", (("text", TextRef("r1", "d")),)),),
    digest=255,
    texts={"r1": ("s1", "salt", "now?")},
)


def test_a_commit_reads_as_who_did_what_and_what_came_of_it() -> None:
    assert list(lines_of(COMMIT)) == [
        "    12  0:04:31  player s1 act action=talk who=ben  → ok",
        "                 * said  to scene:hall  by ada  text='now?'",
        "                 ada.nerve = 4",
        "                 x.y = gone",
    ]


def test_the_engines_own_facts_are_there_where_they_are_asked_for() -> None:
    assert "@seat.ada = [s1, 1, 0]" in "\n".join(lines_of(COMMIT, has_system=True))


def test_plain_values_go_through_json_with_texts_and_without_salts() -> None:
    told = json.loads(json.dumps(as_plain(COMMIT)))
    assert told["position"] == [7, 12]
    assert told["texts"] == {"r1": "now?"}
    assert told["digest"] == "00000000000000ff"
    assert "salt" not in json.dumps(told)


def test_values_are_shown_as_authors_write_them() -> None:
    drift = Drift(7 * 3_600_000, -4, 0, 0, 10)
    values = (True, "", "calm", ("a", "b"), drift, TextRef("", ""), None, 3)
    assert [shown(value) for value in values] == [
        "true", '""', "calm", "[a, b]", "7 (-4 per hour)", '""', "gone", "3",
    ]  # fmt: skip
    assert plain_value(drift)["rate"] == -4
