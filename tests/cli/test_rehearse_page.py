"""The report: one page, complete in itself, that says what was found."""

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

from support.planted import planted

from dreamsync_server.cli.rehearse_page import bars, page_of
from dreamsync_server.cli.rehearse_rounds import Results
from dreamsync_server.cli.rehearse_told import Outcome
from dreamsync_server.story.atlas import atlas_of
from dreamsync_server.story.clues import advice_of
from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.story.proofs import proofs_of
from dreamsync_server.story.storyline import storyline_of
from dreamsync_server.story.trial import play_trial
from dreamsync_server.story.verdicts import verdicts_of


def page(trials: int) -> str:
    pack = planted()
    atlas, results = atlas_of(pack), Results(1, ())
    for number in range(trials):
        results.trials[number] = play_trial(pack, 1, number)[0]
    verdicts = verdicts_of(pack, proofs_of(atlas.reach), {}, {}, {})
    advice = advice_of(atlas, Playthrough(pack, 1).facts)
    return page_of(Outcome(pack, verdicts, results, (), advice), storyline_of(atlas))


def test_the_page_loads_nothing_and_runs_nothing() -> None:
    text = page(3)
    assert not re.search(r"<script|<link|<img|<iframe|src=|@import|url\(", text)
    HTMLParser().feed(text)


def test_every_picture_is_well_formed() -> None:
    pictures = re.findall(r"<svg.*?</svg>", page(3), re.DOTALL)
    assert len(pictures) == 5  # the story, endings, spotlight, pulse, one run
    for picture in pictures:
        ElementTree.fromstring(picture)


def test_it_says_what_is_impossible_and_works_without_trials() -> None:
    text = page(0)
    assert "nothing ever changes deed.holder" in text
    assert "impossible, because" in text


def test_names_are_escaped() -> None:
    assert "<b>" not in bars([("<b>", 0.5, "<i>", "#000")])
