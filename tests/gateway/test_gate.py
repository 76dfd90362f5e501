"""The gate: what is said of an event or an outcome, and what is kept back."""

import dataclasses
from typing import Any

import pytest
from support.packs import night_for_two, starter

from dreamsync.protocol.codec import decode_server, encode
from dreamsync_server.gateway.gate import JUDGE, Gate, Viewer, atoms_of
from dreamsync_server.gateway.views import Eyes, Fold
from dreamsync_server.world.commit import Cause, Event, Outcome, Position
from dreamsync_server.world.model import Pack
from dreamsync_server.world.values import TextRef

AT = Position(1, 9)


def said(event: Event, pack: Pack | None = None, **texts: str) -> dict[str, Any]:
    gate = Gate(pack or starter(), "en", {k.replace("_", "."): v for k, v in texts.items()})
    [found] = gate.events(Fold({}, {}, [], [(AT, 50, 2, event)], []))
    view = {"type": "view", "pos": [1, 9], "ms": 50, "digest": "0" * 16, "events": [found]}
    decode_server(encode(view))  # it is what the protocol says
    return found


def test_a_line_is_said_by_its_speaker_in_its_own_words() -> None:
    event = Event("said", ("scene:x",), "ada", "", (("text", TextRef("1.words", "0" * 16)),))
    assert said(event, **{"1_words": "{me}?"}) == {
        "kind": "said", "at": [9, 2], "ms": 50, "who": "ada", "who_name": "Ada",
        "text": "{me}?", "reach": "scene",
    }  # fmt: skip


def test_what_somebody_wrote_is_not_said_again_once_it_is_erased() -> None:
    texts = {"1.words": "You Fool!"}
    gate = Gate(starter(), "en", texts)
    event = Event("said", ("all",), "ada", "", (("text", TextRef("1.words", "0" * 16)),))
    fold = Fold({}, {}, [], [(AT, 50, 2, event)], [])
    assert gate.events(fold)[0]["text"] == "You Fool!"
    texts.clear()
    assert "text" not in gate.events(fold)[0]


def test_a_narration_does_not_name_its_actor_beside_its_text() -> None:
    event = Event("told", ("all",), "ben", "night.opens", (("who", "ada"), ("secret", 3)))
    found = said(event)
    assert set(found) == {"kind", "at", "ms", "text", "key"}


def test_of_an_events_arguments_only_those_of_its_text_go_out() -> None:
    event = Event("told", ("role:ada",), "ada", "comfort.done", (("who", "ben"), ("secret", 3)))
    assert said(event)["args"] == {"who": "ben"}
    assert said(event)["reach"] == "private"


def test_who_pauses_is_not_named() -> None:
    found = said(Event("paused", ("all",), "ben"))
    assert (found.get("who"), found["text"]) == (None, "The world is paused.")


@pytest.mark.parametrize("kind", ["removed", "closed"])
def test_what_is_told_by_closing_the_line_is_no_event(kind: str) -> None:
    gate = Gate(starter(), "en", {})
    fold = Fold({}, {}, [], [(AT, 0, 0, Event(kind, ("all",)))], [])
    assert gate.events(fold) == []


def outcome(
    code: str, cause: Cause, kind: str = "player", pack: Pack | None = None, **given: Any
) -> dict[str, Any]:
    play = night_for_two()
    pack = pack or play.pack
    seat = "ada" if kind == "player" else ""
    eyes = Eyes(atoms_of(pack, play.facts, kind, "a"), JUDGE)
    gate = Gate(pack, "en", {})
    told = [(AT, Outcome("a", 3, code, tuple(given.items())), cause)]
    [found] = gate.outcomes(told, play.facts, Viewer(kind, "a", seat, eyes))
    return found


def act(action: str) -> Cause:
    return Cause("act", "player", "a", 3, arguments=(("action", action),))


def test_an_outcome_that_is_ok_says_no_more() -> None:
    assert outcome("ok", act("talk")) == {"n": 3, "code": "ok", "ok": True, "pos": [1, 9]}


def test_a_refusal_names_the_leaf_that_fails() -> None:
    found = outcome("condition", act("comfort"), leaf=("me.nerve >= 3",))
    assert found["text"] == "You have not enough calm left for two."
    assert found["args"] == {"leaf": ["me.nerve >= 3"]}


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("condition", {"leaf": ("ada.nerve <= 4",)}),
        ("bad_parameter", {"parameter": "who", "why": "not possible now"}),
    ],
)
def test_a_veiled_refusal_is_the_same_whatever_the_reason(code: str, given: Any) -> None:
    assert outcome(code, act("hum_to_ada"), **given) == {
        "n": 3, "code": "condition", "ok": False, "pos": [1, 9],
        "text": "The first note will not come. Not now.",
    }  # fmt: skip


def test_a_wait_is_said_and_given_as_a_number() -> None:
    found = outcome("cooldown", act("whisper"), action="whisper", wait_ms=2_500)
    assert found["text"] == "It is too soon: wait 3 seconds."
    assert found["args"] == {"wait_ms": 2_500}


def secret_option() -> Pack:
    """The starter, where waking hangs on what Ben alone knows."""
    pack = starter()
    choice = pack.choices["waking"]
    wake = choice.options["wake"]
    assert wake.when is not None
    when = dataclasses.replace(wake.when, reads=frozenset(("ben.knows_song",)))
    options = {**choice.options, "wake": dataclasses.replace(wake, when=when)}
    choices = {"waking": dataclasses.replace(choice, options=options)}
    return dataclasses.replace(pack, choices=choices)


def test_the_leaf_of_an_option_is_kept_back_where_it_reads_what_the_role_does_not_see() -> None:
    cause = Cause("choose", "player", "a", 3, arguments=(("choice", "waking"), ("option", "wake")))
    given = {"leaf": ("ben.knows_song",)}
    assert "args" not in outcome("condition", cause, pack=secret_option(), **given)
    assert "args" in outcome("condition", cause, **given)
    assert "args" in outcome("condition", cause, "desk", pack=secret_option(), **given)


def test_joining_and_coming_back_are_no_outcomes_for_a_client() -> None:
    play = night_for_two()
    gate, eyes = Gate(starter(), "en", {}), Eyes(frozenset(), JUDGE)
    told = [(AT, Outcome("a", 0, "ok"), Cause("join", "player"))]
    assert gate.outcomes(told, play.facts, Viewer("player", "a", "ada", eyes)) == []


def test_a_recap_is_lines_ready_to_show() -> None:
    gate = Gate(starter(), "en", {"1.words": "Hush."})
    lines = gate.recap([
        Event("told", ("all",), "", "door.opens"),
        Event("said", ("all",), "ada", "", (("text", TextRef("1.words", "0" * 16)),)),
        Event("removed", ("all",)),
    ])  # fmt: skip
    assert lines == ["Above you, quite politely, a lock turns.", "Ada: Hush."]


@pytest.mark.parametrize("kind", ["desk", "script"])
def test_a_script_sees_as_a_desk_does(kind: str) -> None:
    play = night_for_two()
    assert atoms_of(play.pack, play.facts, kind, "d") == {"all", "desk", "session:d"}


def test_who_may_not_let_the_world_go_on_reads_who_may() -> None:
    found = outcome("not_allowed", Cause("unpause", "player", "a", 3))
    assert (found["code"], found["text"]) == (
        "not_allowed", "Whoever paused the world, or the desk, lets it go on."
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "to", "who", "whom"),
    [
        ("told", ("role:ada", "seat:guest.2", "desk"), "", ["ada", "guest.2"]),
        ("whisper", ("role:ben",), "", ["ben"]),
        ("muted", ("session:s", "desk"), "ben", ["ben"]),
        ("told", ("scene:dream.orchard",), "ben", None),
        ("told", ("all",), "ben", None),
    ],
)
def test_a_desk_reads_whom_something_was_told_in_private_and_nobody_else_does(
    kind: str, to: tuple[str, ...], who: str, whom: list[str] | None
) -> None:
    fold = Fold({}, {}, [], [(AT, 0, 0, Event(kind, to, who, "night.opens"))], [])
    [at_desk] = Gate(starter(), "en", {}, names_whom=True).events(fold)
    [to_players] = Gate(starter(), "en", {}).events(fold)
    assert at_desk.get("to") == whom
    assert "to" not in to_players
