"""Small packs made at random, and random play of them: what proofs about packs are tried on."""

import json
from typing import Any

from hypothesis import strategies as st

from dreamsync_server.errors import WorldFaultError
from dreamsync_server.packs import PackFaultsError, load
from dreamsync_server.story.company import do, perform
from dreamsync_server.story.dice import Dice
from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.story.rehearsing import begin
from dreamsync_server.story.ways import Trigger
from dreamsync_server.world.model import Pack
from dreamsync_server.world.offers import OfferBook
from dreamsync_server.world.state import is_over

LEAVES = (
    "lamp", "not lamp", "door", "not door", 'colour == "red"', 'colour != "red"',
    'colour == "blue"', "coins >= 2", "coins >= 5", "coins <= 1", "coins == 3", "debt >= 4",
    "debt < coins", 'ada.scene == "cellar"', 'ben.scene == "hall"', "cued.knock >= 2",
    'key.holder == "ben"', "did.act_0 >= 3", "running(bell)",
)  # fmt: skip
EFFECTS: tuple[dict[str, Any], ...] = (
    {"set": {"lamp": True}}, {"set": {"lamp": False}}, {"set": {"door": True}},
    {"set": {"door": False}}, {"set": {"colour": "red"}}, {"set": {"colour": "blue"}},
    {"set": {"colour": "grey"}}, {"add": {"coins": 1}}, {"add": {"coins": 2}},
    {"add": {"coins": -1}}, {"set": {"coins": 2}}, {"set": {"coins": "debt + 1"}},
    {"add": {"debt": 1}}, {"set": {"debt": "coins"}}, {"move": {"who": "ada", "to": "cellar"}},
    {"move": {"who": "ben", "to": "hall"}}, {"give": {"thing": "key", "to": "ben"}},
    {"start": "bell"}, {"stop": "bell"},
)  # fmt: skip
UNDOING: tuple[dict[str, Any], ...] = (
    {"when": "door", "do": [{"set": {"door": False}}]},
    {"when": 'colour == "red" and lamp', "do": [{"add": {"debt": 1}}, {"set": {"lamp": False}}]},
    {"when": "coins >= 5", "do": [{"set": {"coins": 2}}]},
    {"when": 'ada.scene == "cellar"', "do": [{"move": {"who": "ada", "to": "hall"}}]},
)

conditions = st.recursive(
    st.sampled_from(LEAVES),
    lambda parts: st.tuples(parts, st.sampled_from(("and", "or")), parts).map(
        lambda p: f"({p[0]} {p[1]} {p[2]})"
    ),
    max_leaves=3,
)
plain = st.sampled_from(EFFECTS)
effects = st.lists(
    plain
    | st.builds(lambda when, then: {"if": when, "then": [then]}, conditions, plain)
    | st.builds(
        lambda then, other: {
            "chance": {"stream": "luck", "of": 50, "per": 100, "then": [then], "else": [other]}
        },
        plain,
        plain,
    ),
    min_size=1,
    max_size=3,
)
bounds = st.sampled_from(({}, {"times": 1}, {"times": 2}))


@st.composite
def small_packs(draw: st.DrawFn) -> Pack | None:
    """Draw a pack; None where the pack check refuses what was drawn."""
    acts = [
        {"by": [draw(st.sampled_from(("ada", "ben")))], **draw(bounds), "when": draw(conditions),
         "do": draw(effects)}
        for _ in range(3)
    ]  # fmt: skip
    acts.append({"by": ["ada", "ben"], **draw(bounds), "do": draw(effects)})
    laws = [
        {"when": draw(conditions), "once": draw(st.booleans()), "do": draw(effects)}
        for _ in range(3)
    ]
    laws.append(draw(st.sampled_from(UNDOING)))
    # What the pack check asks for: each fact is changed by something, be it as far off as this.
    beats = {"luck": {"when": "debt >= 5 and coins >= 5", "do": list(EFFECTS)}}
    beats["knock"] = {"times": draw(st.integers(0, 2)), "do": draw(effects)}
    beats |= {
        f"beat_{n}": {"when": draw(conditions), "times": draw(st.integers(0, 2)), "do": []}
        for n in range(4)
    }
    parts = {
        "actions": {f"act_{n}": {**act, "veiled": True} for n, act in enumerate(acts)},
        "laws": {f"law_{n}": law for n, law in enumerate(laws)},
        "beats": beats,
        "endings": {"over": {"when": draw(conditions)}},
        "clocks": {"bell": {"length": "40s", "starts": draw(st.booleans()), "do": draw(effects)}},
    }
    try:
        return load({"pack.yaml": json.dumps({**_HEAD, **parts}), "text/en.yaml": _texts(parts)})
    except PackFaultsError:
        return None


_HEAD: dict[str, Any] = {
    "format": 1, "id": "small", "languages": ["en"], "whereabouts": "all", "cue_gap": "0s",
    "roles": {"ada": {"scene": "hall"}, "ben": {"scene": "cellar"}},
    "scenes": {
        "hall": {"exits": ["cellar"]}, "cellar": {"exits": [{"to": "hall", "when": "door"}]},
    },
    "things": {"key": {"holder": "hall", "visible": "all"}},
    "facts": {
        "lamp": {"type": "bool", "visible": "all"}, "door": {"type": "bool", "visible": "all"},
        "colour": {"type": "choice", "choices": ["grey", "red", "blue"], "visible": "all"},
        "coins": {"type": "int", "range": [0, 6], "visible": "all"},
        "debt": {"type": "int", "range": [0, 6], "start": 1, "visible": "all"},
    },
    "chapters": {"one": {"curve": [[0, 3]]}},
}  # fmt: skip


def _texts(parts: dict[str, Any]) -> str:
    keys = ["title", "about", "notes", "chapter.one.title", "clock.bell.name", "thing.key.name"]
    keys += (f"role.{role}.{key}" for role in ("ada", "ben") for key in ("name", "about"))
    keys += (f"scene.{scene}.{key}" for scene in ("hall", "cellar") for key in ("name", "text"))
    keys += (f"fact.{name}.name" for name in _HEAD["facts"])
    for name in parts["actions"]:
        keys += (f"action.{name}.label", f"action.{name}.refuse")
    for kind in ("beat", "ending"):
        keys += (f"{kind}.{name}.{key}" for name in parts[f"{kind}s"] for key in ("title", "text"))
    return json.dumps(dict.fromkeys(keys, "x"))


def played_at_random(pack: Pack, seed: int, absent: tuple[str, ...], steps: int) -> Playthrough:
    """Play a pack with no sense at all: any offer, any cue, some time; until a fault or the end."""
    dice, book = Dice(seed, "random"), OfferBook(pack)
    play = begin(pack, seed, absent, is_hashed=False)
    seats = [role for role in pack.roles if role not in absent]
    for seat in seats:
        play.join(f"s_{seat}", seat)
    cues = [Trigger("cue", beat.id, (), beat.place) for beat in pack.beats.values()]
    try:
        for _ in range(steps):
            if is_over(play.facts):
                break
            what, seat = dice.roll(4), dice.pick(seats)
            if what == 1:
                perform(play, dice.pick(cues))
            elif what == 2:
                play.pass_ms(1000 * dice.roll(30))
            elif offers := book.possible(play.facts, seat):
                offer = dice.pick(offers)
                given = {p.name: dice.pick(p.values) for p in offer.params if p.values}
                do(play, seat, offer.action, given)  # type: ignore[arg-type]
    except WorldFaultError:
        pass  # its laws set one another off: such a world stops, and its log is what there was
    return play
