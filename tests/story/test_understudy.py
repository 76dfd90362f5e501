"""Understudies: they do only what is offered to their seat, by leaning and by draw."""

import dataclasses

from support.packs import night, night_for_two, starter

from dreamsync_server.story.understudy import Understudied, understudied_seats, what_to_do
from dreamsync_server.world.offers import OfferBook


def test_seats_that_understudies_hold_are_known_with_their_tenure() -> None:
    play = night(has_understudies=True)
    play.join("a", "ada")
    assert understudied_seats(play.pack, play.facts) == [Understudied("ben", 1)]


def test_it_does_only_what_is_offered_and_never_writes_text() -> None:
    play = night(has_understudies=True)
    book = OfferBook(play.pack)
    done = [what_to_do(play.pack, book, play.facts, "ben", s) for s in range(400)]
    acts = {d["action"] for d in done if d is not None}
    assert acts
    assert acts <= {o.action for o in book.offered(play.facts, "ben")}
    assert not acts & {"talk", "whisper", "promise"}


def test_it_leans_toward_what_its_role_likes() -> None:
    pack = starter()
    ada = dataclasses.replace(pack.roles["ada"], leanings={"make_tea": 50, "snuff_lamp": 1})
    pack = dataclasses.replace(pack, roles={**pack.roles, "ada": ada})
    play = night_for_two()
    book = OfferBook(pack)
    acts = [what_to_do(pack, book, play.facts, "ada", s) for s in range(3000)]
    names = [a["action"] for a in acts if a]
    assert names.count("make_tea") > 5 * names.count("snuff_lamp") > 0


def test_it_answers_an_open_choice_after_a_while() -> None:
    play = night(has_understudies=True)
    play.pass_to(900_000)
    book = OfferBook(play.pack)
    with play.facts.seen_at(901_000) as facts:
        early = what_to_do(play.pack, book, facts, "ada", 901)
    assert early is None or "choice" not in early
    with play.facts.seen_at(930_000) as facts:
        done = what_to_do(play.pack, book, facts, "ada", 930)
    assert done is not None
    assert done["choice"] == "waking"
    assert done["option"] in ("wake", "stay")
