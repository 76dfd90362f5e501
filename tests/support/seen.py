"""A player's view for tests of the terminal client: Leo at home in the evening."""

from typing import Any

from dreamsync.mirror import Mirror
from dreamsync.protocol.cards import ActionOffer, ChoiceOffer, Label, ParamOffer
from dreamsync.protocol.drift import UNIT
from dreamsync.protocol.server_messages import Entered

JUNO = Label(id="juno", label="Juno")
AVA = Label(id="ava", label="Ava")


def offer(id_: str, label: str = "", *params: ParamOffer, **more: Any) -> ActionOffer:
    """Return an action that may be done, unless it is said otherwise."""
    return ActionOffer(id=id_, label=label or id_, params=params, **more)


def who(*choices: Label) -> ParamOffer:
    """Return a parameter that asks for somebody."""
    return ParamOffer(name="who", type="choice", choices=choices)


TEXT = ParamOffer(name="words", type="text", size=20)
DRAW = offer("draw", "draw something")
TALK = offer("talk", "say something", TEXT, rank=1)
SHADOWS = offer("make_shadows", "make shadow animals", who(AVA, JUNO), rank=2)
GO = offer("go", "go to", ParamOffer(name="to", type="choice", choices=(
    Label(id="home.kitchen", label="the kitchen"), Label(id="home.hall", label="the hall"),
)), rank=3)  # fmt: skip
WAITING = offer(
    "refuse", "refuse", is_ready=False, code="cooldown", rank=4, why="Too soon.", ready_ms=15_000
)
BARRED = offer("plead", "plead", is_ready=False, code="condition", rank=5, why="Nobody hears you.")
SLEEP = ChoiceOffer(
    id="sleep",
    ask="Do you sleep?",
    options=(Label(id="yes", label="close your eyes"), Label(id="no", label="stay awake")),
    until_ms=40_000,
)
FACTS: dict[str, Any] = {
    "chapter": "evening",
    "ending": "",
    "paused": False,
    "leo.scene": "home.bedroom",
    "leo.held": "player",
    "leo.player": {"text": "Ari", "ref": "r", "digest": "0" * 16},
    "juno.scene": "home.bedroom",
    "juno.held": "understudy",
    "juno.player": "",
    "juno.mood": "calm",
    "ava.scene": "home.kitchen",
    "ava.held": "player",
    "ava.player": {"text": "Bo", "ref": "r2", "digest": "0" * 16},
    "drawings.holder": "leo",
    "lamp.holder": "home.bedroom",
    "clock.bedtime": 60_000,
    "clock.alarm": 0,
    "expo.crowd": 40,
    "expo.phase": "shut",
    "leo.fear": {"fine": 7 * UNIT, "rate": -4, "since": 0, "low": 0, "high": 10},
    "leo.secret": "kept",
    "leo.helped": False,
    "trust.ava.leo": 2,
    "choice.sleep": 40_000,
}
CARDS: dict[str, Any] = {
    "roles": {"leo": "Leo", "juno": "Juno", "ava": "Ava"},
    "things": {"drawings": "nineteen drawings", "lamp": "a lamp"},
    "scenes": {
        "home.bedroom": {
            "name": "the children's room",
            "text": "Two beds.",
            "exits": ({"id": "home.kitchen", "label": "the kitchen"},),
        },
        "home.kitchen": {"name": "the kitchen", "text": "A table."},
    },
    "facts": {
        "chapter": {"label": "chapter", "kind": "choice", "words": {"evening": "Evening"}},
        "juno.mood": {"label": "mood", "kind": "choice", "about": ("juno",),
                      "words": {"calm": "at ease"}},
        "leo.scene": {"label": "where", "kind": "choice", "about": ("leo",)},
        "drawings.holder": {"label": "who has it", "kind": "choice", "about": ("drawings",)},
        "clock.bedtime": {"label": "until bedtime", "kind": "clock"},
        "clock.alarm": {"label": "until the guards come", "kind": "clock"},
        "expo.crowd": {"label": "the crowd", "kind": "int", "low": 0, "high": 100},
        "expo.phase": {"label": "the programme", "kind": "choice",
                       "words": {"shut": "not yet open"}},
        "leo.fear": {"label": "fear", "kind": "int", "about": ("leo",), "low": 0, "high": 10},
        "leo.secret": {"label": "your secret", "kind": "choice", "about": ("leo",)},
        "leo.helped": {"label": "a light in the street", "kind": "bool", "about": ("leo",)},
        "trust.ava.leo": {"label": "trust", "kind": "int", "about": ("ava", "leo"),
                          "low": 0, "high": 5},
        "choice.sleep": {"label": "Do you sleep?", "kind": "int", "low": -1, "high": 10**9},
    },
}  # fmt: skip


def mirror(**changes: Any) -> Mirror:
    """Return the view at world time 10 s, as it came when the clock of the machine said 0."""
    whole: dict[str, Any] = {
        "type": "entered", "q": 1, "session": "s1", "secret": "x", "as": "player", "role": "leo",
        "seat": "leo", "world": {"id": "w1", "pack": "expo", "title": "The Expo"},
        "position": (1, 1), "ms": 10_000, "at": 0, "speed": 1000, "running": True, "n": 0,
        "facts": FACTS, "actions": (DRAW, TALK, SHADOWS, GO, WAITING, BARRED), "choices": (SLEEP,),
        "cards": CARDS, "digest": "0" * 16, "resumed": False,
    }  # fmt: skip
    return Mirror(Entered.model_validate(whole | changes), 0)
