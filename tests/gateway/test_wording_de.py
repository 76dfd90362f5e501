"""The engine in German: all that it says in English, with the same places to fill."""

from collections.abc import Mapping

import pytest

from dreamsync_server.gateway import wording, wording_de
from dreamsync_server.packs.texts import placeholders


@pytest.mark.parametrize(
    ("english", "german"),
    [(wording.ENGINE, wording_de.ENGINE), (wording.REFUSALS, wording_de.REFUSALS)],
    ids=["engine", "refusals"],
)
def test_every_sentence_is_there_and_fills_the_same_places(
    english: Mapping[str, str], german: Mapping[str, str]
) -> None:
    filled = {key: sorted(placeholders(text)) for key, text in english.items()}
    assert {key: sorted(placeholders(text)) for key, text in german.items()} == filled
