"""Texts: what must be there, what is in vain, what fills the gaps."""

from support.sample import check_with, told

from dreamsync_server.packs import check_files, load
from dreamsync_server.packs.sample import SAMPLE
from dreamsync_server.packs.texts import placeholders


def without(key: str) -> list[str]:
    kept = [line for line in SAMPLE["text/en.yaml"].splitlines() if not line.startswith(f"{key}:")]
    return [str(f) for f in check_files({**SAMPLE, "text/en.yaml": "\n".join(kept)}).faults]


def test_every_text_of_the_sample_is_needed() -> None:
    for line in SAMPLE["text/en.yaml"].splitlines():
        key = line.partition(":")[0]
        assert without(key)[0].endswith(f"there is no text '{key}' in text/en.yaml"), key


def test_a_missing_text_is_told_where_it_is_needed_with_the_one_that_was_meant() -> None:
    text = SAMPLE["text/en.yaml"].replace("beat.noon.title:", "beat.noon.titel:")
    missing, spare = check_files({**SAMPLE, "text/en.yaml": text}).faults
    assert (missing.file, missing.suggestion) == ("base.yaml", "beat.noon.titel")
    assert (spare.severity, spare.suggestion) == ("warning", "beat.noon.title")


def test_texts_may_be_spread_over_files_and_are_trimmed() -> None:
    pack = load({**SAMPLE, "text/en/more.yaml": "action.rest.text: |\n  Lie down.\n"})
    assert pack.texts["en"]["action.rest.text"] == "Lie down."


def test_the_engine_s_own_sentences_may_be_worded_by_a_pack() -> None:
    text = "go.came: '{who} kommt.'\nrefusal.cooldown: Not so fast.\nvalue.mood.loud: laut\n"
    assert told(check_with(text=text)) == []


def test_a_text_used_twice_is_filled_in_both_places() -> None:
    more = "laws: {a: {when: calm > 1, do: [tell: {text: resting, to: all}]}}"
    faults = check_with(more).faults
    assert [f"{f.code} {f.file}" for f in faults] == ["unknown_placeholder text/en.yaml"] * 2
    assert "as it is used at more.yaml:1:46" in faults[0].what


def test_a_text_that_is_no_text_or_given_twice() -> None:
    assert told(check_with(text="action.rest.text: [a]\n")) == ["wrong_kind text/en/more.yaml:1:19"]
    assert told(check_with(text="title: again\n")) == ["given_twice text/en/more.yaml:1:1"]


def test_placeholders_are_named_in_order() -> None:
    assert placeholders("{me} and {who}, {me}") == ("me", "who", "me")
