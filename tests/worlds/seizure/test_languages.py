"""The seizure in its languages: complete, keyed alike, filled alike, and in whole sentences."""

import re

from worlds.seizure.nights import seizure

PLACE = re.compile(r"\{(\w+)\}")
ENGINE = ("refusal.", "go.", "seat.", "paused", "unpaused", "fact.", "value.held.", "action.go.")
"""What the engine says in English by itself, and only other languages have to say anew."""
UNFINISHED = re.compile(r"\b(?:TODO|TBD|FIXME|XXX|lorem|placeholder)\b", re.IGNORECASE)


def test_every_language_has_every_key() -> None:
    first, *others = seizure().languages
    assert others == ["de"]
    known = seizure().texts[first].keys()
    for language in others:
        found = seizure().texts[language].keys()
        assert known <= found
        assert all(key.startswith(ENGINE) for key in found - known)


def test_every_language_fills_the_same_places() -> None:
    first, *others = seizure().languages
    for key, text in seizure().texts[first].items():
        for language in others:
            other = seizure().texts[language][key]
            assert set(PLACE.findall(other)) == set(PLACE.findall(text)), key


def test_nothing_is_left_untranslated() -> None:
    english, german = seizure().texts["en"], seizure().texts["de"]
    same = {text for key, text in english.items() if german[key] == text}
    names = {"Mia", "Leo", "Terra", "Kai", "Vesper"}
    assert {text for text in same if len(text) > 12} == set()
    assert names <= same


def test_the_two_languages_say_it_at_much_the_same_length() -> None:
    english, german = (sum(map(len, seizure().texts[one].values())) for one in ("en", "de"))
    assert 0.9 < german / english < 1.3


def test_nothing_is_unfinished_and_nothing_is_said_twice() -> None:
    for language, texts in seizure().texts.items():
        whole = [text for text in texts.values() if len(text) > 60]
        assert not [text for text in whole if UNFINISHED.search(text)]
        assert len(set(whole)) == len(whole), language
