"""The report: one page, complete in itself, that says what was found."""

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

from support.planted import planted

from dreamsync_server.cli.rehearse_page import chosen_runs, page_of
from dreamsync_server.cli.rehearse_rounds import Results
from dreamsync_server.cli.rehearse_told import Outcome
from dreamsync_server.story.atlas import atlas_of
from dreamsync_server.story.clues import advice_of
from dreamsync_server.story.never import never_of
from dreamsync_server.story.playthrough import Playthrough
from dreamsync_server.story.proofs import proofs_of
from dreamsync_server.story.storyline import Storyline, storyline_of
from dreamsync_server.story.trial import play_trial
from dreamsync_server.story.verdicts import verdicts_of


def outcome(trials: int) -> tuple[Outcome, Storyline]:
    pack = planted()
    atlas, results = atlas_of(pack), Results(1, ())
    for number in range(trials):
        results.trials[number] = play_trial(pack, 1, number)[0]
    verdicts = verdicts_of(pack, proofs_of(atlas.reach), {}, {}, {})
    advice = advice_of(atlas, Playthrough(pack, 1).facts)
    never, without = never_of(atlas.reach), {"ada": ("ending.morning",)}
    told = Outcome(pack, verdicts, results, (), advice, never=never, without=without)
    return told, storyline_of(atlas)


def page(trials: int, run: int | None = None) -> str:
    return page_of(*outcome(trials), run)


def test_the_page_loads_nothing_and_runs_nothing() -> None:
    text = page(3)
    assert not re.search(r"<script|<link|<img|<iframe|src=|@import|url\((?!#)|\son\w+=", text)
    HTMLParser().feed(text)


def test_every_picture_is_well_formed() -> None:
    text = page(3)
    pictures = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    runs = len(re.findall("class=run ", text))
    assert len(pictures) == 3 + runs  # the story, tension, dull stretches, and each run
    for picture in pictures:
        ElementTree.fromstring(picture)


def test_it_says_what_is_impossible_and_works_without_trials() -> None:
    text = page(0)
    assert "nothing ever changes deed.holder" in text
    assert "impossible, because" in text
    assert "scene house.cellar: never, because nobody can ever come there" in text
    assert "Tension" not in text


def test_a_run_that_is_asked_for_is_shown_first_and_each_ending_has_one() -> None:
    told, _ = outcome(6)
    runs = chosen_runs(told, 4)
    assert [why for why, _ in runs[:3]] == ["run 4", "median length", "longest dull stretch"]
    assert runs[0][1].number == 4
    shown = {trial.ending for _, trial in runs[3:]}
    assert shown == {trial.ending for trial in told.results.trials.values()}
    assert chosen_runs(told, 99)[0][0] == "median length"


def test_the_tension_is_what_was_measured() -> None:
    told, line = outcome(2)
    for trial in told.results.trials.values():
        trial.tension = [[second, 100, 0] for second, _, _ in trial.tension]
    text = page_of(told, line)
    assert "10.0</b><small>of 10: tension off what is wanted" in text


def test_names_are_escaped() -> None:
    told, line = outcome(1)
    told.results.trials[0].beats["<b>bold"] = 1000
    assert "<b>bold" not in page_of(told, line)
