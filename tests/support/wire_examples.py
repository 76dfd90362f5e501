"""One example of every message of the wire, and the golden vectors made of them.

Refresh the vectors (tests/vectors/protocol/*.json) with `python tests/support/wire_examples.py`
and look at what changed: a changed vector breaks every client that is out there.
"""

import json
import pathlib
from typing import Any, Final

from dreamsync.protocol.codec import encode

FOLDER: Final = pathlib.Path(__file__).parents[1] / "vectors" / "protocol"

FACTS: Final[dict[str, Any]] = {
    "chapter": "evening",
    "leo.scene": "home.kitchen",
    "leo.warmth": {"fine": 25_200_000, "rate": -4, "since": 0, "low": 0, "high": 10},
    "leo.ritual": {"text": "tea, then stars", "ref": "t7", "digest": "00112233445566aa"},
    "evidence.kinds": ["memo", "scan"],
    "paused": False,
    "citizen.17.cheered": True,
    "clock.bedtime": 120_000,
}
FACTS_DIGEST: Final = "23b3a5f89c401d78"

EVENT: Final = {
    "kind": "said",
    "at": [7, 0],
    "ms": 61_000,
    "who": "mia",
    "who_name": "Mia",
    "text": "Not here. At the library.",
    "reach": "private",
    "key": "mia.not_here",
    "args": {"action": "whisper_to"},
}
OUTCOME: Final = {"n": 1, "code": "ok", "ok": True, "pos": [1, 7]}
OFFER: Final = {
    "id": "whisper_to",
    "label": "Whisper to somebody",
    "rank": 3,
    "is_ready": False,
    "code": "cooldown",
    "why": "You just spoke.",
    "ready_ms": 71_000,
    "params": [
        {"name": "who", "type": "choice", "choices": [{"id": "mia", "label": "Mia"}]},
        {"name": "text", "type": "text", "size": 200},
    ],
}
CHOICE: Final = {
    "id": "conscience",
    "ask": "Do you open the letter?",
    "options": [{"id": "open", "label": "Open it"}, {"id": "burn", "label": "Burn it"}],
    "until_ms": 90_000,
}
ROLE: Final = {"id": "leo", "name": "Leo", "about": "A boy of ten.", "held": "nobody"}
WORLD: Final = {
    "id": "w_7Qz1",
    "pack": "expo",
    "title": "The night before the expo",
    "about": "A family, a city and a machine that sells sleep.",
    "state": "running",
    "is_private": True,
    "languages": ["en"],
    "people": 2,
    "roles": [ROLE],
}
CARDS: Final = {
    "roles": {"leo": "Leo", "mia": "Mia"},
    "things": {"tape": "the tape"},
    "scenes": {
        "home.kitchen": {
            "name": "The kitchen",
            "text": "One lamp, two cups.",
            "layer": "waking",
            "size": [12, 8],
            "exits": [{"id": "home.hall", "label": "The hall"}],
        }
    },
    "facts": {
        "leo.warmth": {"label": "Warmth", "kind": "int", "about": ["leo"], "low": 0, "high": 10}
    },
}
WHOLE: Final = {
    "session": "s_1",
    "secret": "k_1",
    "as": "player",
    "role": "leo",
    "seat": "leo",
    "world": WORLD,
    "position": [1, 7],
    "ms": 61_000,
    "at": 1_760_000_000_000,
    "speed": 1000,
    "running": True,
    "n": 1,
    "facts": FACTS,
    "actions": [OFFER],
    "choices": [CHOICE],
    "cards": CARDS,
    "digest": FACTS_DIGEST,
}

CLIENT: Final[list[dict[str, Any]]] = [
    {"type": "hello", "v": 1, "client": "dreamsync-python/0.1.0", "lang": "en"},
    {
        "type": "create",
        "q": 1,
        "pack": "expo",
        "private": True,
        "seed": 7,
        "title": "Friday",
        "spectators": False,
        "understudies": True,
        "speed": 1000,
    },
    {"type": "list", "q": 1},
    {"type": "card", "q": 1, "code": "otter-lamp-42"},
    {
        "type": "enter",
        "q": 1,
        "world": "w_7Qz1",
        "as": "player",
        "role": "leo",
        "name": "Ari",
        "invite": "inv_9",
    },
    {
        "type": "resume",
        "q": 1,
        "world": "w_7Qz1",
        "session": "s_1",
        "secret": "k_1",
        "epoch": 1,
        "seq": 7,
    },
    {"type": "act", "n": 1, "action": "whisper_to", "params": {"who": "mia", "text": "nöw? 🌙"}},
    {"type": "choose", "n": 2, "choice": "conscience", "option": "open"},
    {"type": "claim", "n": 3, "role": "leo"},
    {"type": "release", "n": 4},
    {"type": "handover", "n": 5, "to": "s_2"},
    {"type": "leave", "n": 6},
    {"type": "pose", "x": 250, "y": 1075, "facing": 90},
    {"type": "pause", "n": 7, "why": "the door bell"},
    {"type": "unpause", "n": 8},
    {"type": "cue", "n": 9, "beat": "expo.confrontation", "override": True, "once": "act3:1"},
    {"type": "hold", "n": 10, "beat": "expo.confrontation"},
    {"type": "unhold", "n": 11, "beat": "expo.confrontation"},
    {"type": "skip", "n": 12, "beat": "expo.confrontation"},
    {"type": "whisper", "n": 13, "to": "leo", "text": "Look under the stairs."},
    {"type": "remove", "n": 14, "session": "s_2"},
    {"type": "seat", "n": 15, "role": "ellis", "to": "understudy"},
    {"type": "nudge", "n": 16, "means": "hurry", "target": "bedtime", "ms": 20_000},
    {"type": "close", "n": 17},
    {"type": "direct", "n": 18, "standby": True, "why": "I take it from here."},
    {"type": "veto", "n": 19, "target": "expo.confrontation", "ms": 60_000},
    {"type": "background", "n": 20, "on": True},
    {"type": "report", "n": 21, "seq": 7, "i": 0, "why": "that was unkind"},
    {"type": "mute", "n": 22, "session": "s_2", "on": True, "why": "it was reported"},
    {"type": "undo", "n": 23, "target": "expo.confrontation", "why": "too early"},
    {"type": "graph", "q": 8},
    {"type": "tension", "q": 9},
    {"type": "reports", "q": 10},
    {"type": "why", "q": 2, "beat": "expo.confrontation"},
    {"type": "watch", "q": 3, "id": "w1", "when": "expo.crowd >= 40", "was": False},
    {"type": "unwatch", "q": 4, "id": "w1"},
    {"type": "lang", "q": 5, "lang": "de"},
    {"type": "people", "q": 6},
    {"type": "resync", "q": 7, "digest": "00000000000000ff"},
    {"type": "history", "q": 11, "after": 400},
    {"type": "look", "q": 12, "seq": 7, "eyes": "leo"},
    {"type": "open_class", "q": 2, "pack": "expo", "count": 6, "title": "10b"},
    {"type": "class", "q": 3, "world": "Jw3q9XkYzAbC-2fT", "token": "d-9f31"},
    {"type": "branch", "q": 13, "seq": 7, "title": "What if she had spoken?"},
    {"type": "erase", "q": 14, "session": "s_2", "why": "They asked."},
]
SERVER: Final[list[dict[str, Any]]] = [
    {"type": "welcome", "v": 1, "server": "dreamsync/0.1.0", "limits": {"say_chars_max": 500}},
    {
        "type": "created",
        "q": 1,
        "world": "w_7Qz1",
        "desk_token": "d_1",
        "invite": "inv_9",
        "code": "otter-lamp-42",
    },
    {
        "type": "worlds",
        "q": 1,
        "worlds": [{"id": "w_7Qz1", "pack": "expo", "title": "The night before the expo"}],
        "packs": [{"id": "expo", "title": "The night before the expo", "languages": ["en"]}],
    },
    {"type": "card", "q": 1, "world": WORLD},
    {"type": "entered", **WHOLE, "resumed": True, "events": [EVENT], "outcomes": [OUTCOME], "q": 1},
    {"type": "reset", **WHOLE, "resumed": False, "recap": ["You told Mia."], "why": "trimmed"},
    {
        "type": "view",
        "pos": [1, 8],
        "ms": 62_000,
        "digest": "00000000000000ff",
        "changes": {"expo.crowd": 41, "leo.scene": "home.hall"},
        "gone": ["home.kitchen.lamp"],
        "events": [EVENT],
        "outcomes": [
            {
                "n": 2,
                "code": "condition",
                "ok": False,
                "pos": [1, 8],
                "text": "You are too cold to speak.",
                "args": {"leaf": "me.warmth >= 2"},
            }
        ],
        "actions": [OFFER],
        "withdrawn": ["draw"],
        "choices": [],
        "cards": {"things": {"ledger": "the ledger"}},
        "running": True,
    },
    {"type": "quiet", "pos": [1, 9], "ms": 63_000},
    {"type": "poses", "scene": "home.hall", "poses": [["leo", 250, 1075, 90], ["mia", 0, 0, 0]]},
    {"type": "hit", "id": "w1", "pos": [1, 9], "holds": True, "facts": {"expo.crowd": 41}},
    {
        "type": "answer",
        "q": 2,
        "of": "why",
        "why": {
            "beat": "expo.confrontation",
            "code": "condition",
            "text": "The crowd is too small.",
            "cued": 0,
            "is_held": False,
            "leaves": [
                {"text": "expo.crowd >= 40", "value": "12", "holds": False, "by": ["invite_all"]}
            ],
            "rivals": [{"beat": "expo.opening", "score": 12}],
        },
    },
    {
        "type": "pack",
        "pack": "expo",
        "ok": False,
        "text": "laws.yaml:7:11: unknown_fact: there is no fact leo.mod; did you mean leo.mood?",
    },
    {"type": "error", "code": "rate", "text": "Slow down.", "n": 3, "retry_ms": 250},
    {"type": "bye", "code": "node_draining", "text": "Back in a moment.", "retry_ms": 500},
]


def vectors() -> dict[str, dict[str, Any]]:
    """Return the golden vectors by file name without its ending."""
    return {
        f"{direction}_{plain['type']}": {
            "direction": direction,
            "type": plain["type"],
            "json": plain,
            "msgpack": encode(plain).hex(),
        }
        for direction, examples in (("client", CLIENT), ("server", SERVER))
        for plain in examples
    }


def write() -> None:
    """Write every vector to its file."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, vector in vectors().items():
        text = json.dumps(vector, ensure_ascii=False, indent=1) + "\n"
        (FOLDER / f"{name}.json").write_text(text, "utf-8")


if __name__ == "__main__":
    write()
