"""Words: texts filled in once, names for ids, and a sentence for every refusal."""

import dataclasses

import pytest
from support.packs import starter

from dreamsync.protocol.codes import OUTCOMES
from dreamsync_server.gateway.wording import REFUSALS, Words, best_language, spoken_time
from dreamsync_server.world.values import TextRef

WORDS = Words(starter(), "en")


def with_texts(**texts: dict[str, str]) -> Words:
    pack = starter()
    merged = {lang: {**pack.texts.get(lang, {}), **more} for lang, more in texts.items()}
    return Words(dataclasses.replace(pack, texts={**pack.texts, **merged}), "de")


def test_ids_are_shown_by_name() -> None:
    shown = [WORDS.name(i) for i in ("ada", "guest.3", "house.attic", "music_box", "unknown")]
    assert shown == ["Ada", "a guest", "the attic", "the music box", "unknown"]


def test_a_text_is_filled_with_names_words_and_the_actor() -> None:
    assert WORDS.fill("comfort.done", {"who": "ben"}, {}, "ada").startswith(
        "Ada puts a hand on Ben's shoulder"
    )
    assert WORDS.fill("keepsake.picked", {"thing": "apple"}, {}, "ada").endswith(": an apple.")


def test_what_a_person_wrote_is_inserted_as_it_is() -> None:
    words = with_texts(en={"x": "{words} {words}"})
    given = {"words": TextRef("1.words", "0" * 16)}
    assert words.fill("x", given, {"1.words": "{me} <b>"}, "ada") == "{me} <b> {me} <b>"
    assert words.fill("x", given, {}, "ada") == " "


def test_a_language_without_a_text_speaks_the_first() -> None:
    words = with_texts(de={"role.ada.name": "Adele"})
    assert (words.lang, words.name("ada"), words.name("ben")) == ("de", "Adele", "Ben")


def test_where_a_pack_speaks_german_the_engine_does_too() -> None:
    words = with_texts(de={"role.ada.name": "Adele", "go.left": "{who} verschwindet."})
    assert words.fill("go.came", {}, {}, "ada") == "Adele kommt herein."
    assert words.fill("go.left", {}, {}, "ada") == "Adele verschwindet."
    assert words.fill("nudge.hint", {"action": "ada"}, {}) == "Dir kommt in den Sinn: Adele."
    assert words.refusal("cooldown", {"wait_ms": 1_000}) == "Es ist zu früh: warte noch 1 Sekunde."


@pytest.mark.parametrize(("wanted", "got"), [("en", "en"), ("en-GB", "en"), ("fr", "en")])
def test_the_nearest_language_is_taken(wanted: str, got: str) -> None:
    assert best_language(starter(), wanted) == got


@pytest.mark.parametrize("code", sorted(set(OUTCOMES) - {"ok"}))
def test_every_refusal_has_a_sentence(code: str) -> None:
    assert code in REFUSALS
    given = {"parameter": "who", "why": "missing", "wait_ms": 4_000, "expected": 3}
    sentence = WORDS.refusal(code, given)
    assert sentence
    assert "{" not in sentence


def test_a_pack_may_refuse_in_its_own_words() -> None:
    words = with_texts(en={"refusal.cooldown": "Breathe for {wait}."})
    assert words.refusal("cooldown", {"wait_ms": 3_100}) == "Breathe for 4 seconds."


@pytest.mark.parametrize(
    ("ms", "spoken"), [(1, "1 second"), (4_000, "4 seconds"), (90_000, "2 minutes")]
)
def test_a_wait_is_said_as_people_say_it(ms: int, spoken: str) -> None:
    assert spoken_time(ms) == spoken


def test_lists_are_shown_by_their_words() -> None:
    assert WORDS.show(("apple", "leaf"), {}) == "an apple, a leaf"
    assert WORDS.places("comfort.done") == {"me", "who"}
