"""Numbers and letters of what can be typed."""

from dataclasses import replace

from support.seen import BARRED, DRAW, GO, SHADOWS, TALK, WAITING, mirror, offer

from dreamsync_server.cli.play.glance import look
from dreamsync_server.cli.play.menu import Menu, Numbers

SEEN = look(mirror(), 0)


def numbers(menu: Menu) -> dict[str, int]:
    return {entry.offer.id: entry.number for entry in menu.entries}


def test_what_may_be_done_now_gets_the_first_numbers() -> None:
    shuffled = replace(SEEN, offers=(BARRED, DRAW, WAITING, TALK))
    assert numbers(Numbers().menu(shuffled)) == {"draw": 1, "talk": 2, "plead": 3, "refuse": 4}


def test_a_number_stays_with_its_action_while_others_come_and_go() -> None:
    given = Numbers()
    given.menu(replace(SEEN, offers=(DRAW, TALK, GO)))
    new = offer("hide", "hide")
    assert numbers(given.menu(replace(SEEN, offers=(new, TALK)))) == {"talk": 2, "hide": 4}
    assert numbers(given.menu(replace(SEEN, offers=(DRAW, TALK)))) == {"draw": 1, "talk": 2}


def test_a_new_scene_is_numbered_anew() -> None:
    given = Numbers()
    given.menu(replace(SEEN, offers=(DRAW, TALK, GO)))
    moved = replace(SEEN, scene="home.kitchen", offers=(GO,))
    assert numbers(given.menu(moved)) == {"go": 1}


def test_answers_have_letters() -> None:
    menu = Numbers().menu(SEEN)
    assert [(a.letter, a.option.id) for a in menu.answers] == [("a", "yes"), ("b", "no")]
    assert menu.answer("b") == menu.answers[1]
    assert menu.answer("c") is None


def test_speaking_is_the_action_that_takes_nothing_but_a_text() -> None:
    shout = offer("shout", "shout", *TALK.params)
    assert Numbers().menu(replace(SEEN, offers=(DRAW, SHADOWS, shout, TALK))).say() == TALK
    assert Numbers().menu(replace(SEEN, offers=(DRAW, shout))).say() == shout
    assert Numbers().menu(replace(SEEN, offers=(DRAW,))).say() is None
