"""Cards: what is drawn, and nothing that is yet to come."""

import dataclasses
from typing import Any

from support.packs import night, night_for_two, starter

from dreamsync.protocol.cards import ActionOffer, ChoiceOffer, SceneCard, WorldCard
from dreamsync_server.gateway.cards import Cards, wire_value
from dreamsync_server.gateway.gate import JUDGE
from dreamsync_server.gateway.views import Eyes
from dreamsync_server.gateway.wording import Words
from dreamsync_server.packs import load
from dreamsync_server.packs.sample import SAMPLE
from dreamsync_server.store import port
from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.world.commit import Proposal
from dreamsync_server.world.offers import OfferBook
from dreamsync_server.world.state import Facts
from dreamsync_server.world.values import Drift, TextRef

CARDS = Cards(starter(), Words(starter(), "en"))
WORLD = port.WorldCard("w", "starter", "h", 7, True, 0, title="Ours")


def tuples(plain: Any) -> Any:
    """Return wire values as they come out of a frame: lists as tuples."""
    if isinstance(plain, dict):
        return {key: tuples(value) for key, value in plain.items()}
    return tuple(map(tuples, plain)) if isinstance(plain, list) else plain


def test_values_stand_on_the_wire_as_the_protocol_has_them() -> None:
    shown = [
        wire_value(value, {"1.words": "hi"})
        for value in (3, True, "x", ("a", "b"), Drift(1, 2, 3, 4, 5), TextRef("1.words", "d"))
    ]
    assert shown == [
        3, True, "x", ["a", "b"],
        {"fine": 1, "rate": 2, "since": 3, "low": 4, "high": 5},
        {"text": "hi", "ref": "1.words", "digest": "d"},
    ]  # fmt: skip


def test_a_choice_fact_shows_the_word_of_its_value_and_of_no_other() -> None:
    facts = night_for_two().facts
    cards = CARDS.of_facts(["chapter", "ada.scene", "keepsakes"], {**facts, "keepsakes": ("leaf",)})
    words = {name: card.get("words") for name, card in cards["facts"].items()}
    assert words == {
        "chapter": {"night": "The night"},
        "ada.scene": {"house.kitchen": "the kitchen"},
        "keepsakes": {"leaf": "a leaf"},
    }
    assert cards["roles"] == {"ada": "Ada"}


def test_endings_are_called_by_their_titles() -> None:
    cards = CARDS.of_facts(
        ["cued.morning", "director.heading"], {"cued.morning": 0, "director.heading": "morning"}
    )["facts"]
    title = starter().texts["en"]["ending.morning.title"]
    assert cards["cued.morning"]["label"] == title
    assert cards["director.heading"]["words"] == {"morning": title}


def test_an_int_has_its_range_and_a_clock_is_one() -> None:
    cards = CARDS.of_facts(["house.hush", "clock.cockcrow", "no.such.fact"], {})["facts"]
    assert cards["house.hush"] == {
        "label": "how deep the house sleeps", "kind": "int", "low": 0, "high": 10
    }  # fmt: skip
    assert cards["clock.cockcrow"] == {"label": "until the cock crows", "kind": "clock"}


def test_only_facts_with_words_are_drawn_again() -> None:
    names = ("ada.mood", "keepsakes", "ada.nerve", "attic.door", "unknown")
    assert [n for n in names if CARDS.changes_with_its_value(n)] == [
        "ada.mood", "keepsakes", "attic.door"
    ]  # fmt: skip


def test_a_scene_shows_the_ways_that_are_open_to_who_is_in_it() -> None:
    facts = night_for_two().facts
    card = CARDS.of_scene("house.kitchen", facts, "ada")
    SceneCard.model_validate(tuples(card))
    assert card["exits"] == []
    facts["attic.door"] = "open"
    assert CARDS.of_scene("house.kitchen", facts, "ada")["exits"] == [
        {"id": "house.attic", "label": "the attic"}
    ]
    assert CARDS.of_scene("house.kitchen", facts, "")["exits"] == []


def test_a_door_is_open_to_one_of_a_chorus_who_has_not_moved_yet() -> None:
    base = SAMPLE["base.yaml"].replace("guest: {scene: hall,", "guest: {scene: yard,")
    pack = load({**SAMPLE, "base.yaml": base})
    play = Playthrough(pack, 7)
    play.join("g", "guest")
    assert "guest.1.scene" not in play.facts
    card = Cards(pack, Words(pack, "en")).of_scene("yard", play.facts, "guest.1")
    assert [way["id"] for way in card["exits"]] == ["hall"]


def test_an_offer_says_what_to_ask_for_and_why_it_is_not_ready() -> None:
    play = night_for_two()
    play.act("a", "whisper", who="ben", words="psst")
    offers = {o.action: o for o in OfferBook(play.pack).offered(play.facts, "ada")}
    whisper = CARDS.offer(offers["whisper"], 2, play.facts)
    ActionOffer.model_validate(tuples(whisper))
    assert (whisper["code"], whisper["ready_ms"]) == ("cooldown", play.world_ms + 3_000)
    assert whisper["params"] == [
        {"name": "who", "type": "choice", "choices": [{"id": "ben", "label": "Ben"}]},
        {"name": "words", "type": "text", "size": 200},
    ]


def test_what_is_asked_for_is_called_as_the_pack_says() -> None:
    pack = starter()
    own = {"action.pick.what": "from which tree", "value.pick.what.leaf": "a leaf that fell"}
    pack = dataclasses.replace(pack, texts={"en": {**pack.texts["en"], **own}})
    play = night_for_two()
    play.facts.update({"ada.scene": "dream.orchard", "chapter": "dream"})
    offers = {offer.action: offer for offer in OfferBook(pack).offered(play.facts, "ada")}
    cards = Cards(pack, Words(pack, "en"))
    [what] = cards.offer(offers["pick"], 0, play.facts)["params"]
    assert what["label"] == "from which tree"
    labels = {choice["id"]: choice["label"] for choice in what["choices"]}
    assert (labels["leaf"], labels["apple"]) == ("a leaf that fell", "an apple")


def test_a_choice_is_shown_to_its_role_while_it_is_open() -> None:
    play = night_for_two()
    play.facts["choice.waking"] = 99
    play.facts["ada.nerve"] = 0
    ada = Eyes(frozenset(("all", "role:ada")), JUDGE)
    [choice] = CARDS.choices(play.facts, "ada", ada)
    ChoiceOffer.model_validate(tuples(choice))
    assert (choice["until_ms"], [o["id"] for o in choice["options"]]) == (99, ["stay"])
    assert CARDS.choices(play.facts, "ben", ada) == []


def test_an_option_that_hangs_on_what_is_not_seen_is_always_shown() -> None:
    play = night_for_two()
    play.facts["choice.waking"] = -1
    play.facts["ada.nerve"] = 0
    blind = Eyes(frozenset(("all",)), JUDGE)
    [choice] = CARDS.choices(play.facts, "ada", blind)
    assert [o["id"] for o in choice["options"]] == ["wake", "stay"]
    assert "until_ms" not in choice


def test_a_worlds_card_says_who_is_there_and_what_is_free() -> None:
    play = night_for_two()
    play.join("g", "guest")
    card = WorldCard.model_validate(tuples(CARDS.world(WORLD, play.facts)))
    assert (card.title, card.state, card.people) == ("Ours", "running", 3)
    roles = {role.id: (role.held, role.seats, role.free) for role in card.roles}
    assert roles == {
        "ada": ("player", 0, 0), "ben": ("player", 0, 0), "guest": ("nobody", 20, 19)
    }  # fmt: skip


def test_a_world_is_asleep_when_it_sleeps_and_not_as_soon_as_nobody_is_in_it() -> None:
    play = night()
    assert CARDS.world(WORLD, play.facts)["state"] == "running"
    play.propose(Proposal("sleep", "owner"))
    assert CARDS.world(WORLD, play.facts)["state"] == "asleep"
    assert CARDS.world(WORLD, Facts(starter()))["people"] == 0


def test_a_pack_has_a_card_of_its_own() -> None:
    card = CARDS.pack()
    assert (card["title"], [r["id"] for r in card["roles"]]) == (
        "The House That Slept", ["ada", "ben", "guest"]
    )  # fmt: skip
