"""The expo in its languages: complete, keyed alike, filled alike, and nobody else's people."""

import re
from pathlib import Path

import pytest
from support.packs import WORLDS, expo

PLACE = re.compile(r"\{(\w+)\}")
ENGINE = ("refusal.", "go.", "seat.", "paused", "unpaused", "fact.", "value.held.", "action.go.")
"""What the engine says in English by itself, and only other languages have to say anew."""
MINE = {"expo": r"Ava|Ellis|SOMNI|Juno", "seizure": r"Terra|Dr\. Kane|Kai"}


def test_every_language_has_every_key() -> None:
    first, *others = expo().languages
    assert others == ["de"]
    known = expo().texts[first].keys()
    for language in others:
        found = expo().texts[language].keys()
        assert known <= found
        assert all(key.startswith(ENGINE) for key in found - known)


def test_every_language_fills_the_same_places() -> None:
    first, *others = expo().languages
    for key, text in expo().texts[first].items():
        for language in others:
            other = expo().texts[language][key]
            assert set(PLACE.findall(other)) == set(PLACE.findall(text)), key


def test_nothing_is_left_untranslated() -> None:
    english, german = expo().texts["en"], expo().texts["de"]
    same = {text for key, text in english.items() if german[key] == text}
    assert same == {
        "Ava",
        "Leo",
        "Mia",
        "Ellis",
        "Juno",
        "SOMNI",
        "{where} {guest} {detail} {turn}",
        "{me} {how}",
        "{how}",
    }


def test_the_two_languages_say_it_at_much_the_same_length() -> None:
    english, german = (sum(map(len, expo().texts[one].values())) for one in ("en", "de"))
    assert 0.9 < german / english < 1.3


@pytest.mark.parametrize(("pack_id", "other"), [("expo", "seizure"), ("seizure", "expo")])
def test_nobody_of_one_world_is_in_the_other(pack_id: str, other: str) -> None:
    strangers = re.compile(rf"\b(?:{MINE[other]})\b")
    for path in sorted(Path(WORLDS, pack_id).rglob("*.yaml")):
        found = strangers.search(path.read_text("utf-8"))
        assert found is None, f"{path}: {found}"


def test_the_mia_and_leo_of_the_expo_are_a_librarian_and_a_boy_of_ten() -> None:
    texts = expo().texts["en"]
    assert "reading room" in texts["role.mia.about"]
    assert "You are ten" in texts["role.leo.about"]
    assert expo().roles["leo"].scene == "home.bedroom"
